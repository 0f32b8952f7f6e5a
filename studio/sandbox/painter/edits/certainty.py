"""Whether what stands out in a picture from elsewhere is one thing that can be cut out, before it is."""

from collections.abc import Sequence

import numpy as np

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.filters.matte import shrunk, subject_alpha
from studio.sandbox.painter.filters.objects import subject_box
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.placed import FOCUS
from studio.sandbox.painter.given.footing import is_sure
from studio.sandbox.painter.noise import stretched
from studio.sandbox.painter.scene import Canvas

UNSURE = "Nothing stands out clearly enough in this picture to be cut out, so I left it as it is."
_LOOK_PX = 320
_CUTS = frozenset(("remove", "recolour", "swap"))
_WIDEST = 0.8
_LARGEST = 0.3
"""What fills more of the picture and reaches from side to side is not one thing."""


def _is_one_thing(canvas: Canvas) -> bool:
    small = shrunk(canvas.picture, _LOOK_PX)
    alpha: Field = subject_alpha(small)
    for one in canvas.known:
        alpha = alpha * (1 - stretched(one.cover, height=alpha.shape[0], width=alpha.shape[1]))
    box = subject_box(alpha)
    if box is None or not is_sure(np.asarray(alpha, dtype=np.float32)):
        return False
    return float(alpha.mean()) < _LARGEST or box[2] - box[0] < _WIDEST * alpha.shape[1]


def certain(ops: Sequence[Op], canvas: Canvas) -> tuple[Op, ...]:
    """The ops without those that would cut out something that nobody can tell from the rest."""
    kept, known = [], False
    one_thing: bool | None = None
    for op in ops:
        if op.name == FOCUS:
            known = op.value != ""
        if op.name in _CUTS and op.value != "shadow" and not known:
            one_thing = _is_one_thing(canvas) if one_thing is None else one_thing
            if not one_thing:
                continue
        kept.append(op)
    return tuple(kept)
