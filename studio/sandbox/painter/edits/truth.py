"""Whether an edit can be seen, so that none is claimed that cannot."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.records import Recalled
from studio.sandbox.painter.render import render

if TYPE_CHECKING:
    from studio.sandbox.painter.edits.instructions import Plan

_LOOK_PX = 160
_LEAST = 1.5 / 255
_LEAST_SHARE = 0.0002


def is_seen(before: Field, after: Field) -> bool:
    """Whether two pictures (h, w, 3) of the same grain differ anywhere."""
    if before.shape != after.shape:
        return True
    return float((np.abs(after - before).max(axis=-1) > _LEAST).mean()) > _LEAST_SHARE


def owned_up_unseen(plan: "Plan") -> "Plan":
    """The plan that claims nothing of what was tried in vain, and says so."""
    tried = ", ".join(dict.fromkeys(plan.did))
    sentence = f"I tried this, but it changes nothing that can be seen here: {tried}."
    return replace(plan, did=(), notes=(*plan.notes, sentence))


def is_in_vain(plan: "Plan", known: Recalled, size: tuple[int, int]) -> bool:
    """Whether a plan that only paints the sandbox's own scene (width, height px) anew paints the very same again."""
    old, new = known.scene, plan.scene
    if old is None or new is None or not plan.did or old == new or plan.ops or plan.kept != tuple(known.ops):
        return False
    factor = min(1.0, _LOOK_PX / max(size))
    width, height = max(16, round(size[0] * factor)), max(16, round(size[1] * factor))
    before, after = (render(scene, width=width, height=height).picture for scene in (old, new))
    return not is_seen(before, after)
