"""Reading what a clause wants done to things and to what is behind them: add, remove, swap, recolour, background."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from studio.sandbox.painter.edits.drafting import blanked
from studio.sandbox.painter.edits.ground_words import GROUND, PAINT, Reading, State, read_ground, read_support
from studio.sandbox.painter.edits.several_words import REMOVE, SWAP, read_several
from studio.sandbox.painter.filters.ashore import ashore_words
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.whereabouts import (
    MOST,
    Placing,
    before_place,
    count_in,
    number_in,
    place_beside_it,
    place_in,
    placing_from,
    size_in,
)
from studio.sandbox.painter.reading.cast_list import Named, cast_of, find_colours, find_subjects, is_ground
from studio.sandbox.painter.reading.finding import Found
from studio.sandbox.painter.scene import Scene
from studio.sandbox.painter.vocabulary import Subject, vocabulary

_ADD = re.compile(
    r"^(?:add|put|place|include|insert|set|introduce|bring in|throw in|drop in|pop|have|with|draw|paint in|show|"
    r"there (?:is|are|should be)|i (?:want|need)|give (?:it|him|her|us|me|them))\b"
)
_BUST_CM = 60.0
_SEVERAL = re.compile(r"\ba (?:few|couple|pair|(?:half a )?dozen|hundred|thousand)\b")
_MORE_OF = re.compile(r"\b(?:another|one more|(?:two|three|four|five|[2-5]|a few|some) more)\b")
_TURNED = re.compile(r"(?:change|turn|switch|transform)\b.* (?:to|into)\b")
_INSTEAD = re.compile(r"^(?:make it|use|i want|show|paint|try)? ?(?P<new>an? .+?)(?: instead)?$")
_IT = re.compile(r"\b(?:it|this|subject|product|object|main (?:thing|object)|item|thing)\b")
_ALLOWED_AFTER = re.compile(
    r"^(?:s|es)?(?:[\s,.]*$| (?:of|with|that|which|please|too|as well|in|made|to|at|and|standing)\b)"
)


_SURROUNDINGS = re.compile(
    r"\b(?:sky|water|sea|lake|river|sun|moon|clouds?|grass|trees?|leaves|floor|ground|road|light)\b"
)
_LETTERS = re.compile(r"\b(?:texts?|words?|letters|lettering|fonts?|titles?|headline|caption|typography|slogan)\b")
_HOUSE_CM = 200.0
_TOO_MANY = f"I add up to {MOST} things at once; ask for the others in the next turn."


def _label(subject: Subject, count: int = 1) -> str:
    if count > 1:
        return f"{('two', 'three', 'four', 'five', 'six', 'seven')[count - 2]} {subject.many}"
    return f"{subject.article} {subject.label}"


def _heads(text: str) -> list[Named]:
    """The things a phrase speaks of; one that only describes another word ("orange tint") is not among them."""
    return [one for one in cast_of(text, left_out="", stage="kitchen") if _ALLOWED_AFTER.match(text[one.hit.end :])]


def _is_the_subject(name: str, scene: Scene | None) -> bool:
    return scene is not None and name == scene.subject


def _added_at(ops: Sequence[Op], name: str) -> int | None:
    """Where in the ops the thing was added last."""
    found = [i for i, op in enumerate(ops) if op.name == "add" and op.value.partition("|")[0] == name]
    return found[-1] if found else None


def _beside_cm(scene: Scene | None, text: str) -> float:
    """How high the picture's subject is: of a sandbox scene the tallest thing, else what the words say it is."""
    words = vocabulary().subjects
    if scene is not None and scene.kind == "portrait":
        return _BUST_CM
    if scene is not None and scene.subject:
        return max(words[name].height_cm for name in (scene.subject, *(item.subject for item in scene.items)))
    rest = text[len(before_place(text)) :]
    named = find_subjects(rest)
    return words[named[0].name].height_cm if named else 0.0


def _in_the_open(scene: Scene | None, subject: Subject, place: str) -> bool:
    """Whether the picture is wide country; of a picture from elsewhere the size of what is added tells."""
    if scene is not None and scene.kind == "portrait":
        return place == "sky"  # above a head is the open, beside it a table
    return scene.kind != "object" if scene is not None else subject.height_cm >= _HOUSE_CM


def _pitch(scene: Scene | None, subject: Subject) -> int:
    if scene is not None and scene.view == "top":
        return 4 if subject.lies else 78
    return 8 if subject.figure else 12


def _is_here(before: str, name: str, scene: Scene | None) -> bool:
    """Whether the words speak of a thing that is in the picture already: "put the mug on slate"."""
    if not re.search(r"\b(?:the|this|its?|my|your)(?: \w+)? $", before):
        return False
    return scene is None or name == scene.subject or re.search(r"^(?:move|put|place|set|show)\b", before) is not None


def _counted(before: str, count: int) -> int:
    """How many are asked for; an article means one, whatever the noun's ending."""
    if re.search(r"\b(?:an?|one|another|the)\b", before) and not _SEVERAL.search(before):
        return 1
    return min(MOST, max(count, count_in(before)))


def _add(text: str, state: State) -> Reading | None:
    if state.scene is not None and state.scene.kind == "poster":
        return None
    front = before_place(text)
    verb = _ADD.search(text) is not None or state.adding
    place = place_beside_it(text)
    if not verb and not place and not _MORE_OF.search(text):
        return None
    things = [
        one for one in _heads(front)
        if not _is_here(front[: one.hit.start], one.name, state.scene)
    ]  # fmt: skip
    if not things:
        return _another(text, state) if _MORE_OF.search(text) else None
    if any(is_ground(text, colour) for colour in find_colours(front)) and "background" not in place:
        return None
    things, notice = (things, "") if len(things) <= MOST else (things[:MOST], _TOO_MANY)
    ops, said = list(state.ops), []
    for k, one in enumerate(things):
        subject = vocabulary().subjects[one.name]
        before = front[one.since : one.hit.start]
        count = _counted(before, one.count)
        placing = Placing(
            subject=one.name, place=place, colour=one.colour, finish=one.finish, count=count,
            height_cm=round(max(0.3, subject.height_cm * size_in(before)), 2),
            beside_cm=_beside_cm(state.scene, text), pitch_deg=_pitch(state.scene, subject),
            seed=f"{state.seed[:8]}{len(ops) + k:02x}", open_air=_in_the_open(state.scene, subject, place),
        )  # fmt: skip
        ops.append(Op("add", 1.0, placing.text()))
        said.append(_label(subject, count))
        notice = notice or (_TOO_MANY if number_in(before) > MOST else "")
    where = _where(place) if place or state.scene is None or state.scene.kind == "object" else ashore_words(text)
    return Reading(state.scene, tuple(ops), f"{' and '.join(said)} {where}".strip(), notice=notice)


def _where(place: str) -> str:
    return {
        "": "beside it", "beside-left": "to its left", "beside-right": "to its right", "on": "on top of it",
        "behind": "behind it", "front": "in front of it", "background": "in the background", "sky": "above it",
        "foreground": "in the foreground", "beside": "beside it", "left": "on the left", "right": "on the right",
        "below": "below it", "top": "at the top", "bottom": "at the bottom", "centre": "in the middle",
        "same": "in its place",
        **{f"{depth}-{side}": f"{said} on the {side}" for side in ("left", "right") for depth, said in
           (("background", "in the background"), ("foreground", "in the foreground"), ("behind", "behind it"),
            ("front", "in front of it"))},
    }.get(place, f"in the {place.replace('-', ' ')} corner")  # fmt: skip


def _another(text: str, state: State) -> Reading | None:
    """Reads "another one", "three more": what was added last, again."""
    last = next((placing_from(op.value) for op in reversed(state.ops) if op.name == "add"), None)
    if last is None or re.search(r"\b(?:version|variation|try|composition|take)\b", text):
        return None
    count = min(MOST, count_in(text) if re.search(r"more\b", text) else 1)
    place = place_in(text) or ("beside" if last.place in ("", "beside", "beside-left", "beside-right") else last.place)
    again = replace(last, count=count, place=place, seed=f"{state.seed[:8]}{len(state.ops):02x}")
    subject = vocabulary().subjects[last.subject]
    said = "another " + subject.label if count == 1 else f"{_label(subject, count)} more"
    return Reading(state.scene, (*state.ops, Op("add", 1.0, again.text())), said)


def _remove(text: str, state: State) -> Reading | None:
    found = REMOVE.search(text)
    if found is None or GROUND.search(text):
        return None
    rest = text[found.end() :]
    if re.search(r"\bshadows?\b", rest):
        return Reading(state.scene, (*state.ops, Op("remove", 1.0, "shadow")), "no shadow")
    named = find_subjects(rest)
    for hit in named:
        at = _added_at(state.ops, hit.name)
        if at is not None:
            gone = vocabulary().subjects[hit.name].label
            return Reading(state.scene, (*state.ops[:at], *state.ops[at + 1 :]), f"no {gone}")
    if state.scene is not None and state.scene.kind != "object":
        return None
    meant = re.fullmatch(r"\s*(?:the |this |that |main )*(?:it|subject|product|object|thing|person|\w+)\s*", rest)
    if state.scene is not None and named and state.scene.kind == "object" and not _only_one(named, state.scene):
        label = vocabulary().subjects[named[0].name].label
        return Reading(state.scene, state.ops, "", notice=f"There is no {label} in the picture to take out.")
    if not ((named and _only_one(named, state.scene)) or (_IT.search(rest) and meant)):
        return None
    label = vocabulary().subjects[named[0].name].label if named else "subject"
    if state.scene is not None:
        return Reading(replace(state.scene, bare=True), state.ops, f"the {label} removed")
    return Reading(None, (*state.ops, Op("remove")), f"the {label} removed")


def _only_one(named: Sequence[Found], scene: Scene | None) -> bool:
    """Whether the named thing is the picture's subject, or may be: nobody knows what a foreign picture shows."""
    return scene is None or any(hit.name == scene.subject for hit in named)


def _new_thing(text: str) -> Named | None:
    things = _heads(text)
    return things[-1] if things else None


def _swap(text: str, state: State) -> Reading | None:
    found = SWAP.search(text)
    if found and _TURNED.match(found.group(0)) and found.group("new").strip(" .!") in vocabulary().colours:
        return None  # "change the mug to orange" is said of its colour
    new = _new_thing(found.group("new")) if found else None
    old = found.group("old") if found else "it"
    if new is None:
        instead = _INSTEAD.match(text) if text.startswith("make it a") or text.endswith(" instead") else None
        new = _new_thing(instead.group("new")) if instead else None
    if new is None or GROUND.search(old):
        return None
    subject = vocabulary().subjects[new.name]
    for hit in find_subjects(old):
        at = _added_at(state.ops, hit.name)
        placing = placing_from(state.ops[at].value) if at is not None else None
        if at is not None and placing is not None:
            other = replace(
                placing, subject=new.name, colour=new.colour, finish=new.finish, height_cm=round(subject.height_cm, 2)
            )
            ops = (*state.ops[:at], Op("add", 1.0, other.text()), *state.ops[at + 1 :])
            return Reading(state.scene, ops, f"{_label(subject)} instead")
    if state.scene is None:
        placing = Placing(
            subject=new.name, place="same", colour=new.colour, finish=new.finish, count=1,
            height_cm=round(subject.height_cm, 2), pitch_deg=_pitch(None, subject), seed=state.seed[:8],
        )  # fmt: skip
        return Reading(None, (*state.ops, Op("swap", 1.0, placing.text())), f"{_label(subject)} instead")
    if state.scene.kind != "object":
        return None
    count = _counted(found.group("new") if found else text, new.count)
    scene = replace(state.scene, subject=new.name, colour=new.colour, finish=new.finish, count=count,
                    text="", bare=False)  # fmt: skip
    return Reading(scene, state.ops, f"{_label(subject, count)} instead")


def _recolour(text: str, state: State) -> Reading | None:
    colours = [hit for hit in find_colours(text) if not is_ground(text, hit) and text[hit.end : hit.end + 5] != " hour"]
    if _LETTERS.search(text) or REMOVE.search(text):
        return None
    if not colours:
        return _counted_anew(text, state) or _refinished(text, state)
    if not PAINT.search(text):
        return None
    if re.search(rf"\b(?:less|too|not so) (?:\w+ )?{colours[-1].name}\b", text):
        return None
    if state.scene is None and _SURROUNDINGS.search(text) and not find_subjects(text):
        return None
    colour = colours[-1]
    if (
        len(colours) > 1
        and text[colours[-2].end : colour.start] == " "
        and not re.search(r"\b(?:the|this|that) $", text[: colours[-2].start])
    ):
        # Of "emerald green" the first word says which green.
        colour = replace(colours[-2], end=colour.end)
    code = vocabulary().colours[colour.name]
    named = [hit for hit in find_subjects(text) if hit.end <= colour.start or hit.start >= colour.end]
    for hit in named:
        at = _added_at(state.ops, hit.name)
        placing = placing_from(state.ops[at].value) if at is not None else None
        if at is not None and placing is not None and not _is_the_subject(hit.name, state.scene):
            ops = (*state.ops[:at], Op("add", 1.0, replace(placing, colour=code).text()), *state.ops[at + 1 :])
            return Reading(state.scene, ops, f"a {colour.name} {vocabulary().subjects[hit.name].label}")
    return _repainted(text, state, code=code, colour=colour)


def _counted_anew(text: str, state: State) -> Reading | None:
    """Reads "two mugs", "make it three": so many of a sandbox scene's subject."""
    scene = state.scene
    found = re.match(
        r"(?:make (?:it|them) |now |show |i want |have )?(two|three|four|five|six|[2-6])\b(?: (?:\w+ )?(.+))?$", text
    )
    if scene is None or scene.kind != "object" or found is None:
        return None
    named = [hit.name for hit in find_subjects(found.group(2) or "")]
    if (found.group(2) and named != [scene.subject]) or place_in(text):
        return None
    count = count_in(found.group(1))
    return Reading(
        replace(scene, count=count, bare=False, changed=()),
        state.ops,
        _label(vocabulary().subjects[scene.subject], count),
    )


def _refinished(text: str, state: State) -> Reading | None:
    """Reads "make the mug glossy", "in chrome": the subject of another material."""
    finishes = vocabulary().finishes
    word = next((w for w in sorted(finishes, key=len, reverse=True) if re.search(rf"\b{w}\b", text)), "")
    own = [hit for hit in find_subjects(text) if state.scene is None or hit.name == state.scene.subject]
    about = own or _IT.search(text) or re.search(r"\b(?:finish|material)\b", text)
    if not word or not about or re.search(r"\b(?:on|onto|table|background|wall|floor|add|look)\b", text):
        return None
    code = vocabulary().finish_colours.get(word, "")
    if state.scene is None:
        finish = {"matte": "matte", "gloss": "gloss", "metal": "metal"}.get(finishes[word], "")
        op = Op("recolour", 1.0, f"{code},{finish}" if finish else code)
        return Reading(None, (*state.ops, op), f"{word} subject") if code and PAINT.search(text) else None
    if state.scene.kind != "object":
        return None
    scene = replace(state.scene, finish=word, colour=code or state.scene.colour, bare=False)
    return Reading(scene, state.ops, f"{word} subject")


def _repainted(text: str, state: State, *, code: str, colour: Found) -> Reading | None:
    """The subject in a colour, with its finish where one is said ("matte black")."""
    said_of = find_subjects(text[: colour.start]) or _IT.search(text)
    if not said_of or (state.scene is not None and state.scene.kind != "object"):
        return None
    rest = blanked(text, colour.start, colour.end)
    finishes = vocabulary().finishes
    word = next((w for w in finishes if re.search(rf"\b{w}\b", text) and w not in vocabulary().colours), "")
    if not word and colour.name in finishes:
        word = colour.name
    if state.scene is not None:
        scene = replace(state.scene, colour=code, finish=word or state.scene.finish)
        return Reading(scene, state.ops, f"{colour.name} subject", rest=rest)
    finish = {"matte": "matte", "gloss": "gloss", "metal": "metal"}.get(finishes.get(word, ""), "")
    value = f"{code},{finish}" if finish else code
    return Reading(None, (*state.ops, Op("recolour", 1.0, value)), f"{colour.name} subject", rest=rest)


_READERS: tuple[Callable[[str, State], Reading | None], ...] = (
    read_ground,
    read_support,
    read_several,
    _remove,
    _swap,
    _add,
    _recolour,
)


def read_things(text: str, state: State) -> Reading | None:
    """What a clause (small letters, quoted words taken out) asks of things and background; None when nothing."""
    return next((reading for reader in _READERS if (reading := reader(text, state)) is not None), None)
