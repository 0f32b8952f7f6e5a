"""Every change that can be made to a finished picture, by name: Canvas to Canvas."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from studio.sandbox.painter.colour import mix
from studio.sandbox.painter.filters.background import GROUNDS
from studio.sandbox.painter.filters.geometry import MOVES, framed
from studio.sandbox.painter.filters.light import LIGHTS
from studio.sandbox.painter.filters.objects import OBJECTS
from studio.sandbox.painter.filters.ops import Filter, Op, with_alpha
from studio.sandbox.painter.filters.placed import FOCUSES
from studio.sandbox.painter.filters.recolour import COLOURS
from studio.sandbox.painter.filters.removal import REMOVALS
from studio.sandbox.painter.filters.strokes import STROKES
from studio.sandbox.painter.filters.tone import TONES
from studio.sandbox.painter.filters.weather import add_extra
from studio.sandbox.painter.given.shifting import SHIFTS
from studio.sandbox.painter.land.landmarks import LANDMARKS
from studio.sandbox.painter.lettering.setting import set_text
from studio.sandbox.painter.lettering.textplace import from_value
from studio.sandbox.painter.scene import Canvas

__all__ = ["FILTERS", "Filter", "Op", "apply_op", "apply_ops", "with_alpha"]


def _text(canvas: Canvas, op: Op) -> Canvas:
    order = from_value(op.value)
    return canvas if order is None else set_text(canvas, order)


def _extra(canvas: Canvas, op: Op) -> Canvas:
    name, _, seed = op.value.partition(":")
    known = canvas if name != "steam" else with_alpha(canvas)[0]
    return add_extra(known, name, seed=seed.encode(), amount=op.amount)  # type: ignore[arg-type]


def _nudge(canvas: Canvas, op: Op) -> Canvas:
    """The mild change made when the words were not understood: a little contrast, light and warmth."""
    for name, amount in (("contrast", 0.35), ("exposure", 0.16), ("warmth", 0.2), ("vignette", 0.25)):
        canvas = TONES[name](canvas, Op(name, amount * op.amount))
    return canvas


_FULLY = 0.7
"""An amount below this leaves some of the picture in the drawing made of it."""


def _drawn(name: str, draw: Filter) -> Mapping[str, Filter]:
    """A drawing that "a bit of" lays thinly over the picture."""

    def thinly(canvas: Canvas, op: Op) -> Canvas:
        drawn = draw(canvas, op)
        if op.amount >= _FULLY:
            return drawn
        share = 0.15 + 0.85 * max(0.0, op.amount)
        return replace(drawn, picture=mix(canvas.picture, drawn.picture, share))

    return {name: thinly}


FILTERS: Mapping[str, Filter] = {
    **TONES, **LIGHTS, **{key: drawing for name in STROKES for key, drawing in _drawn(name, STROKES[name]).items()},
    **MOVES,
    **GROUNDS, **REMOVALS, **OBJECTS, **COLOURS, **LANDMARKS, **FOCUSES, **SHIFTS, "text": _text,
    "extra": _extra, "nudge": _nudge,
}  # fmt: skip


def apply_op(canvas: Canvas, op: Op) -> Canvas:
    return FILTERS[op.name](canvas, op)


_UNDER_WORDS = frozenset((*GROUNDS, *REMOVALS, "recolour"))
"""Changes to what the picture shows, which words written on it lie upon, whichever was asked for first."""


_OF_THE_SUBJECT = frozenset(("remove", "swap", "recolour"))
"""Changes to the picture's own subject, never to what was added to it: that is set in after them."""


def _put_off(ops: list[Op], late: tuple[str, ...], after: frozenset[str]) -> list[Op]:
    """The ops with the late ones behind the last of those they are to come after."""
    last = max((i for i, op in enumerate(ops) if op.name in after and op.value != "shadow"), default=-1)
    early = ops[: last + 1]
    moved = [op for op in early if op.name in late]
    return [*(op for op in early if op.name not in late), *moved, *ops[last + 1 :]]


def layered(ops: Iterable[Op]) -> list[Op]:
    """The changes in the order they are made: as asked, but for what lies upon the picture, which stays upon it."""
    return _put_off(_put_off(list(ops), ("add", "landmark"), _OF_THE_SUBJECT), ("text",), _UNDER_WORDS)


def apply_ops(canvas: Canvas, ops: Iterable[Op]) -> Canvas:
    """The changes one after another; what was cropped to another shape is at the end set in the frame again."""
    height, width = canvas.picture.shape[:2]
    for op in layered(ops):
        canvas = apply_op(canvas, op)
    return framed(canvas, width=width, height=height)
