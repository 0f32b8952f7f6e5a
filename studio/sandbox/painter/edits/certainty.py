"""Whether what stands out in a picture from elsewhere is one thing that can be cut out, before it is."""

from collections.abc import Sequence

import numpy as np

from studio.sandbox.painter.colour import Field, to_oklab
from studio.sandbox.painter.edits.size_words import SUBJECT
from studio.sandbox.painter.filters.matte import shrunk, subject_alpha
from studio.sandbox.painter.filters.objects import subject_box
from studio.sandbox.painter.filters.ops import Op, blurred_picture
from studio.sandbox.painter.filters.placed import FOCUS
from studio.sandbox.painter.given.footing import is_sure
from studio.sandbox.painter.noise import blurred, stretched
from studio.sandbox.painter.scene import Canvas

UNSURE = "Nothing stands out clearly enough in this picture to be cut out, so I left it as it is."
FAINT = "The outline is faint in places, so the cut-out may not be true there."
_LOOK_PX = 320
_CUTS = frozenset(("remove", "recolour", "swap"))
_GROUNDS = frozenset(("background", "blur background"))
"""What keeps the subject and changes all else: it may be as large as a portrait's, and must be told from the rest."""
_WIDEST = 0.8
_LEAST_STEP = 0.035
_MOST_UNSEEN = 0.15
_LARGEST = 0.3
"""What fills more of the picture and reaches from side to side is not one thing."""


def _is_one_thing(canvas: Canvas, *, whole: bool) -> bool:
    """whole: it is to be set down elsewhere, so nothing of it may be missing."""
    small = shrunk(canvas.picture, _LOOK_PX)
    alpha = _found(canvas, small)
    box = subject_box(alpha)
    if box is None or not is_sure(alpha):
        return False
    if whole and not is_outlined(small, alpha):
        return False
    return float(alpha.mean()) < _LARGEST or box[2] - box[0] < _WIDEST * alpha.shape[1]


def _found(canvas: Canvas, small: Field) -> Field:
    """Coverage of what stands out in a small copy of the picture, beside what was set in."""
    alpha: Field = subject_alpha(small)
    for one in canvas.known:
        alpha = alpha * (1 - stretched(one.cover, height=alpha.shape[0], width=alpha.shape[1]))
    return np.asarray(alpha, dtype=np.float32)


def is_outlined(picture: Field, alpha: Field) -> bool:
    """Whether the picture itself changes nearly everywhere along the outline, as it does where a thing ends."""
    lab = to_oklab(picture)
    solid = (alpha > 0.5).astype(np.float32)
    weights = [blurred(part, 2.0) for part in (solid, 1 - solid)]
    inside, outside = (
        blurred_picture(lab * part[..., None], 2.0) / np.maximum(weight, 0.02)[..., None]
        for part, weight in zip((solid, 1 - solid), weights, strict=True)
    )
    rim = (weights[0] > 0.3) & (weights[1] > 0.3)
    if not rim.any():
        return False
    steps = np.sqrt(((inside - outside)[rim] ** 2).sum(axis=-1))
    return float((steps < _LEAST_STEP).mean()) < _MOST_UNSEEN


def certain(ops: Sequence[Op], canvas: Canvas) -> tuple[Op, ...]:
    """The ops without those that would cut out something that nobody can tell from the rest."""
    kept, known = [], False
    found: dict[str, bool] = {}
    for op in ops:
        if op.name == FOCUS:
            known = op.value != ""
        need = _need_of(op)
        if need and not known:
            if need not in found:
                found[need] = _allows(canvas, need)
            if not found[need]:
                continue
        kept.append(op)
    return tuple(kept)


def doubt(ops: Sequence[Op], canvas: Canvas) -> str:
    """What is to be said of a background that is changed behind an outline that cannot be seen everywhere, or ""."""
    grounds = [i for i, op in enumerate(ops) if op.name in _GROUNDS]
    if not grounds or any(op.name == FOCUS and op.value for op in ops[: grounds[-1]]):
        return ""
    small = shrunk(canvas.picture, _LOOK_PX)
    return "" if is_outlined(small, _found(canvas, small)) else FAINT


def _need_of(op: Op) -> str:
    """What an op has to be sure of: the "subject", "one thing", a "whole thing", or nothing."""
    if op.name in _GROUNDS:
        return "subject"
    if op.name == "shift" and op.value.startswith(SUBJECT):
        return "whole thing"
    return "one thing" if op.name in _CUTS and op.value != "shadow" else ""


def _allows(canvas: Canvas, need: str) -> bool:
    if need == "subject":
        return is_sure(_found(canvas, shrunk(canvas.picture, _LOOK_PX)))
    return _is_one_thing(canvas, whole=need == "whole thing")
