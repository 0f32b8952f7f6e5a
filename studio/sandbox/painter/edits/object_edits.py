"""Edits of things and backgrounds, written into the plan of an edit; and which of their records are to be believed."""

import re

from studio.sandbox.painter.edits.clauses import speech
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
from studio.sandbox.painter.reading.cast_list import find_subjects
from studio.sandbox.painter.vocabulary import vocabulary

_WASHES = ("monochrome", "duotone", "gradient", "tint", "sepia", "border", "split")
_GROUP = re.compile(r"\b(?:both|all|each|every)(?: of)?(?: the| these| those)? (fruits?|things?|objects?)\b")
_CLEARED = re.compile(
    r"^(?:remove|delete|erase|get rid of) (?:everything|all)(?: else)? (?:except|but|apart from)(?: for)? (the [\w ]+)$"
)
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


def _each(text: str, draft: Draft) -> list[str]:
    """The clause said of each thing that it means: "both fruits", "everything except the mug"; else the clause."""
    group, cleared = _GROUP.search(text), _CLEARED.search(text)
    if group is None and cleared is None:
        return [text]
    words, scene = vocabulary().subjects, draft.scene
    placings = [placing_from(op.value) for op in (*draft.before, *draft.ops) if op.name == "add"]
    names = [placing.subject for placing in placings if placing is not None]
    if scene is not None and scene.kind == "object":
        names = [scene.subject, *(item.subject for item in scene.items), *names]
    names = [name for name in names if name in words]
    if cleared is not None:
        spared = {hit.name for hit in find_subjects(cleared.group(1))} | {scene.subject if scene is not None else ""}
        gone = [f"remove the {words[name].label}" for name in names if name not in spared]
        return [*gone, text]
    fruit = group is not None and group.group(1).startswith("fruit")
    meant = [name for name in dict.fromkeys(names) if not fruit or name in speech("fruits")]
    return [_GROUP.sub(f"the {words[name].label}", text) for name in meant] or [text]


def read_objects(asked: Asked, draft: Draft) -> str:
    """Reads "add a lemon beside it", "remove the mug", "blur the background", "paint the car matte black"."""
    if _is_of_colour(asked, draft):
        return asked.left
    adding = bool(draft.ops) and draft.ops[-1].name == "add" and _LISTED.search(asked.left) is not None
    rest = asked.left
    for text in _each(asked.left, draft):
        state = State(
            scene=draft.scene,
            ops=(*draft.before, *draft.ops),
            seed=draft.seed,
            degree=asked.degree.scale,
            adding=adding,
        )
        reading = read_things(text, state)
        if reading is not None:
            _written(reading, draft)
            rest = reading.rest
    return rest
