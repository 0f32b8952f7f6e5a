"""A thing that was set into a picture taken up again and put down elsewhere, or at another size."""

import re
from dataclasses import replace

import numpy as np

from studio.sandbox.painter.colour import smoothstep
from studio.sandbox.painter.filters.background import own_colours
from studio.sandbox.painter.filters.inpaint import filled_in
from studio.sandbox.painter.filters.objects import subject_box
from studio.sandbox.painter.filters.ops import Filters, Op, with_alpha
from studio.sandbox.painter.filters.removal import taken_out
from studio.sandbox.painter.given.compose import Cutout, scaled, set_down
from studio.sandbox.painter.given.footing import light_of
from studio.sandbox.painter.noise import blurred
from studio.sandbox.painter.scene import Canvas, Known

SHIFT = "shift"
_VALUE = re.compile(r"(?:[0-5]|s(?::[a-z]{1,20})?),(left|right|up|down|centre|),\d\.\d{2}")
_LEAST_PX = 6
_ENLARGED = 1.1
_STEP = 0.24
"""How far "to the left" is, of the picture's width."""


def is_shift(value: str) -> bool:
    """Whether a line from a record says a shift: "number of the thing,way,factor of its size"; in place of the number
    "s" for what stands out in the picture, "s:mug" where it has a name.
    """
    return _VALUE.fullmatch(value) is not None


def _middle(way: str, x: float, *, width: int) -> float:
    return {"left": x - _STEP * width, "right": x + _STEP * width, "centre": width / 2}.get(way, x)


def _meant(canvas: Canvas, which: str) -> Known | None:
    """The thing a shift speaks of, None when there is none of that number."""
    if which.isdecimal():
        return canvas.known[int(which)] if int(which) < len(canvas.known) else None
    _, alpha = with_alpha(canvas)
    name = which.partition(":")[2]
    return Known(names=(name,) if name else (), cover=alpha, shade=np.zeros_like(alpha))


def _smooth(cut: Cutout, grown: float) -> Cutout:
    """An enlarged cut-out with an outline as crisp as before: the steps of its pixels are not enlarged with it."""
    if grown < _ENLARGED:
        return cut
    soft = blurred(np.pad(cut.alpha, 2), 0.9 * grown)[2:-2, 2:-2]
    return replace(cut, alpha=np.asarray(smoothstep(0.26, 0.74, soft), dtype=np.float32))


def _shift(canvas: Canvas, op: Op) -> Canvas:
    """The thing lifted with its shadow, what was under it filled in, and put down on the same plane."""
    which, way, factor = op.value.split(",")
    one = _meant(canvas, which)
    box = None if one is None else subject_box(one.cover)
    if one is None or box is None:
        return canvas
    height, width = one.cover.shape
    area = (slice(max(0, int(box[1]) - 1), int(box[3]) + 1), slice(max(0, int(box[0]) - 1), int(box[2]) + 1))
    cut = Cutout(colour=own_colours(canvas.picture, one.cover)[area], alpha=one.cover[area], standing=True)
    hole = taken_out(replace(canvas, shadow=one.shade if which.isdecimal() else None), one.cover)
    empty = replace(canvas, picture=filled_in(canvas.picture, hole, seed=b"shift"), alpha=None, shadow=None)
    grown = min(float(factor), 0.9 * height / cut.alpha.shape[0], 0.94 * width / cut.alpha.shape[1])
    wide, tall = max(_LEAST_PX, round(cut.alpha.shape[1] * grown)), max(_LEAST_PX, round(cut.alpha.shape[0] * grown))
    foot = float(area[0].stop) + {"up": -0.10, "down": 0.10}.get(way, 0.0) * height
    middle = _middle(way, (box[0] + box[2]) / 2, width=width)
    left = round(float(np.clip(middle - wide / 2, width * 0.015, width * 0.985 - wide)))
    top = round(float(np.clip(foot - tall, 0, height * 0.985 - tall)))
    others = tuple(known for known in canvas.known if known is not one)
    side = light_of(empty).side
    ready = _smooth(scaled(cut, width=wide, height=tall), grown)
    done = set_down(replace(empty, known=others), ready, one.names, at=(left, top), side=side)
    known = list(done.known)
    if which.isdecimal():
        known.insert(int(which), known.pop())  # the numbers of all others stay
    elif not one.names:
        known.pop()  # a later edit finds it as this one did
    return replace(done, known=tuple(known))


SHIFTS: Filters = {SHIFT: _shift}
