"""Reading "make the mug bigger", "half the size", "duplicate the lamp", "put the apple behind the jug"."""

import re
from dataclasses import replace

from studio.sandbox.painter.edits.clauses import Degree
from studio.sandbox.painter.edits.drafting import Asked, Draft
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.whereabouts import MOST, Placing, before_place, place_in, placing_from
from studio.sandbox.painter.reading.cast_list import find_subjects
from studio.sandbox.painter.scene import MOST_THINGS, SIZES, Scene
from studio.sandbox.painter.vocabulary import vocabulary

_MULTIPLE = r"(?:(?:twice|double|triple|(?:two|three|four|[2-4]) ?(?:times|x)) (?:as|the) (?:big|large|size|tall))"
_LARGER = re.compile(
    rf"\b(?:bigger|larger|enlarge|taller|scale (?:it |the |\w+ ){{0,3}}up|grow|{_MULTIPLE}"
    r"|double (?:it|the \w+) in size|increase (?:the |its )?size|too (?:small|little|tiny))\b"
)
_SMALLER = re.compile(
    r"\b(?:smaller|shrink|scale (?:it |the |\w+ ){0,3}down|half as (?:big|large|tall)|half (?:the|its) size"
    r"|(?:reduce|decrease|halve) (?:the |its )?size|too (?:big|large|huge))\b"
)
_TIMES = re.compile(r"\b(triple|three|four|[2-4])\b ?(?:times|x|the|as)")
_NUMBERS = {"triple": 3.0, "three": 3.0, "four": 4.0}
_IT = re.compile(r"\b(?:it|this|that|product|object|subject|item|thing)\b")
_OTHERS = re.compile(
    r"\b(?:picture|image|photo|frame|canvas|text|words?|letters?|font|logo|title|headline|background|sky|sun|moon|room"
    r"|window|shadows?|border|crop|table|wall)\b"
)
_FURNISHED = re.compile(r"\bthe (?:table|wall|room|window)\b(?! with)")
_NOT_SIZED = "I can change the size of the picture's subject and of what was added to it, not of the rest."
_WAYS = {"higher": "up", "lower": "down", "center": "centre", "middle": "centre", "up": "up", "down": "down",
         "left": "left", "right": "right", "centre": "centre"}  # fmt: skip
_MOVE = re.compile(
    r"^(?:move|shift|slide|push|bring|drag|put|place)\b(?!.*\b(?:of|beside|next to|near|corner)\b)"
    rf".*?\b({'|'.join(_WAYS)})\b"
)
_COPY = re.compile(r"^(?:duplicate|copy|clone|double|repeat)\b(?! (?:the )?(?:size|exposure|contrast))")
_PUT = re.compile(r"^(?:put|place|move|set|bring)\b")
_WHERE = {"up": "moved up", "down": "moved down", "centre": "moved to the middle", "": ""}
SUBJECT = "s"
"""Stands for the picture's own subject where a shift says which thing is meant."""


def factor_of(text: str, degree: Degree) -> float | None:
    """How many times as large a clause asks something to be; None when it speaks of no size."""
    times = _TIMES.search(text)
    if _LARGER.search(text):
        exact = _NUMBERS.get(times.group(1)) or float(times.group(1)) if times else degree.times
        return max(exact or 1 + 0.35 * degree.scale, 1.05)
    if _SMALLER.search(text):
        return min(degree.times or 1 - min(0.6, 0.28 * degree.scale), 0.95)
    return None


def way_of(text: str) -> str:
    """Where a clause asks something to be moved, "" for nowhere."""
    move = _MOVE.search(text)
    return _WAYS[move.group(1)] if move else ""


def said_of(factor: float | None, way: str) -> str:
    """The change of size and place as a caption puts it."""
    size = "" if factor is None else "larger" if factor > 1 else "smaller"
    return " and ".join(filter(None, (size, _WHERE.get(way, f"moved to the {way}"))))


def _label(name: str) -> str:
    return vocabulary().subjects[name].label if name in vocabulary().subjects else name


def _added(name: str, draft: Draft) -> tuple[list[Op], int, Placing] | None:
    """Where a thing was set in last: the list of changes, its place there, and how it was set in."""
    for ops in (draft.ops, draft.before):
        for i, op in reversed(list(enumerate(ops))):
            placing = placing_from(op.value) if op.name == "add" else None
            if placing is not None and placing.subject == name:
                return ops, i, placing
    return None


def _resized(scene: Scene, factor: float, draft: Draft) -> None:
    """The scene's own subject at another size; what stands beside it keeps its own."""
    label = _label(scene.subject)
    size = round(min(SIZES[1], max(SIZES[0], scene.size * factor)), 3)
    if size == scene.size:
        draft.note(f"The {label} is as {'large' if factor > 1 else 'small'} as I draw it already.")
        return
    for ops in (draft.before, draft.ops):
        for i, op in enumerate(ops):
            placing = placing_from(op.value) if op.name == "add" else None
            if placing is not None and placing.beside_cm > 0:
                beside = min(50000.0, placing.beside_cm * size / scene.size)
                ops[i] = replace(op, value=replace(placing, beside_cm=beside).text())
    draft.restage(replace(scene, size=size), f"the {label} {said_of(factor, '')}")


def _of_scene(asked: Asked, draft: Draft, scene: Scene) -> bool:
    factor = factor_of(asked.left, asked.degree)
    if factor is None or scene.kind != "object":
        return False
    if _FURNISHED.search(asked.left):
        draft.note(_NOT_SIZED)
        return True
    if _OTHERS.search(asked.left):
        return False
    # Without the word of size after it a lemon is no colour.
    named = [hit.name for hit in find_subjects(_SMALLER.sub(" ", _LARGER.sub(" ", asked.left)))]
    added = next((found for name in named if (found := _added(name, draft)) is not None), None)
    if not scene.bare and (scene.subject in named or (not named and _IT.search(asked.left))):
        _resized(scene, factor, draft)
    elif added is not None:
        ops, at, placing = added
        high = min(50000.0, max(0.1, placing.height_cm * factor))
        ops[at] = replace(ops[at], value=replace(placing, height_cm=high).text())
        draft.made((), f"the {_label(placing.subject)} {said_of(factor, '')}")
    elif any(item.subject in named for item in scene.items):
        draft.note(_NOT_SIZED)
    else:
        return False
    return True


def read_size(asked: Asked, draft: Draft) -> str:
    """Reads what is said of the size of a picture's own subject and, of a picture from elsewhere, of its place."""
    if draft.scene is not None:
        return "" if _of_scene(asked, draft, draft.scene) else asked.left
    text = asked.left
    factor, way = factor_of(text, asked.degree), way_of(text)
    named = [hit.name for hit in find_subjects(text)]
    meant = bool(named) or (not draft.placed and _IT.search(text) is not None)
    if (factor is None and not way) or not meant or _OTHERS.search(text):
        return text
    name = named[0] if named else ""
    known = f"{SUBJECT}:{name}" if re.fullmatch(r"[a-z]{1,20}", name) else SUBJECT
    label = _label(name) if name else "subject"
    draft.op(Op("shift", 1.0, f"{known},{way},{min(9.0, factor or 1.0):.2f}"), f"the {label} {said_of(factor, way)}")
    return ""


def _copied(text: str, draft: Draft, scene: Scene) -> bool:
    """Reads "duplicate the lamp": one more of what the scene or a change to it has."""
    named = [hit.name for hit in find_subjects(text)]
    added = next((found for name in named if (found := _added(name, draft)) is not None), None)
    if scene.subject in named or (not named and _IT.search(text)):
        if scene.count >= MOST_THINGS or scene.bare:
            draft.note(f"There cannot be more of the {_label(scene.subject)} in the picture.")
        else:
            count = scene.count + 1
            draft.restage(replace(scene, count=count), f"the {_label(scene.subject)} once more")
    elif added is not None and added[2].count < MOST:
        ops, at, placing = added
        ops[at] = replace(ops[at], value=replace(placing, count=placing.count + 1).text())
        draft.made((), f"the {_label(placing.subject)} once more")
    elif any(item.subject in named and item.count < MOST_THINGS for item in scene.items):
        items = tuple(replace(i, count=i.count + 1) if i.subject in named else i for i in scene.items)
        draft.restage(replace(scene, items=items), f"the {_label(named[0])} once more")
    else:
        return False
    return True


def _replaced(text: str, draft: Draft, scene: Scene) -> bool:
    """Reads "put the apple behind the jug" of an apple that is in the picture besides its subject."""
    place, named = place_in(text), [hit.name for hit in find_subjects(before_place(text))]
    if not place or len(named) != 1 or named[0] == scene.subject:
        return False
    added = _added(named[0], draft)
    item = next((one for one in scene.items if one.subject == named[0] and one.role == "beside"), None)
    said = f"the {_label(named[0])} moved"
    if added is not None:
        ops, at, placing = added
        ops[at] = replace(ops[at], value=replace(placing, place=place).text())
        draft.made((), said)
        return True
    if item is None or scene.subject not in vocabulary().subjects:
        return False
    words = vocabulary().subjects
    placing = Placing(
        subject=item.subject, place=place, colour=item.colour, finish=item.finish, count=item.count,
        height_cm=round(max(0.3, words[item.subject].height_cm), 2),
        beside_cm=words[scene.subject].height_cm * scene.size, seed=draft.seed[:8],
    )  # fmt: skip
    draft.scene = replace(scene, items=tuple(one for one in scene.items if one is not item))
    draft.op(Op("add", 1.0, placing.text()), said)
    return True


def read_copies(asked: Asked, draft: Draft) -> str:
    """Reads what is said of things in a still life that are there already: once more, or elsewhere."""
    scene, text = draft.scene, asked.left
    if scene is None or scene.kind != "object":
        return text
    copied = _COPY.search(text) and _copied(text, draft, scene)
    moved = not copied and _PUT.search(text) and _replaced(text, draft, scene)
    return "" if copied or moved else text
