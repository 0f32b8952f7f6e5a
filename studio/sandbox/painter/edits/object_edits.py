"""Edits of things and backgrounds, written into the plan of an edit; and which of their records are to be believed."""

import re

from studio.sandbox.painter.edits.drafting import Asked, Draft
from studio.sandbox.painter.edits.framing import framing_of
from studio.sandbox.painter.edits.ground_words import Reading, State
from studio.sandbox.painter.edits.object_words import read_things
from studio.sandbox.painter.edits.phrases import wishes_of
from studio.sandbox.painter.filters.background import is_ground
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.placed import is_focus
from studio.sandbox.painter.filters.recolour import is_paint
from studio.sandbox.painter.filters.whereabouts import placing_from
from studio.sandbox.painter.given.shifting import is_shift

_WASHES = ("monochrome", "duotone", "gradient", "tint", "sepia", "border", "split")
_LISTED = re.compile(r"^(?:an?|one|two|three|four|five|some|another|a few|[2-7])\b")


def believed(op: Op) -> bool:
    """Whether the value of one of these ops, found in a file, is one of ours; True for every other op."""
    match op.name:
        case "add" | "swap":
            return placing_from(op.value) is not None
        case "remove":
            return op.value in ("", "shadow")
        case "focus":
            return is_focus(op.value)
        case "shift":
            return is_shift(op.value)
        case "background":
            return is_ground(op.value)
        case "recolour" | "recolour background":
            return is_paint(op.value)
        case _:
            return True


def _survivors(old: list[Op], new: tuple[Op, ...]) -> int:
    """How many of the old ops are still there, or changed in their place, at the head of the new."""
    if len(new) >= len(old):
        return len(old)
    return sum(any(op is kept for kept in new) for op in old)


def _written(reading: Reading, draft: Draft) -> None:
    every = [*draft.before, *draft.ops]
    count = len(draft.before)
    if every and reading.ops[1:] == tuple(every):
        count += 1  # put before all others
    elif len(reading.ops) < len(every):
        count = _survivors(draft.before, reading.ops)
    draft.before, draft.ops, draft.scene = list(reading.ops[:count]), list(reading.ops[count:]), reading.scene
    draft.made((), reading.did)
    if reading.notice:
        draft.note(reading.notice)


def _is_of_colour(asked: Asked, draft: Draft) -> bool:
    """Whether the clause's colours are those of a wash, a tint or a print, and no thing's: "an orange gradient"."""
    wishes = [*wishes_of(asked.left, asked.degree, seed=draft.seed), *framing_of(asked.left, asked.degree)]
    return any(op.name in _WASHES for wish in wishes for op in wish.ops)


def read_objects(asked: Asked, draft: Draft) -> str:
    """Reads "add a lemon beside it", "remove the mug", "blur the background", "paint the car matte black"."""
    if _is_of_colour(asked, draft):
        return asked.left
    adding = bool(draft.ops) and draft.ops[-1].name == "add" and _LISTED.search(asked.left) is not None
    state = State(
        scene=draft.scene, ops=(*draft.before, *draft.ops), seed=draft.seed, degree=asked.degree.scale, adding=adding
    )
    reading = read_things(asked.left, state)
    if reading is None:
        return asked.left
    _written(reading, draft)
    return reading.rest
