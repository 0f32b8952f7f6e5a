"""Reading what is asked of some of a still life's things, "the left one", "one glass", "the pear": the rest stays."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from studio.sandbox.painter.changes import Change, by_place
from studio.sandbox.painter.edits.drafting import blanked
from studio.sandbox.painter.edits.ground_words import GROUND, PAINT, Reading, State
from studio.sandbox.painter.filters.whereabouts import count_in
from studio.sandbox.painter.reading.brief import find_surfaces
from studio.sandbox.painter.reading.captions import colour_name, with_article
from studio.sandbox.painter.reading.cast_list import cast_of, find_colours, find_subjects, names_left_out
from studio.sandbox.painter.reading.finding import Found
from studio.sandbox.painter.scene import Scene
from studio.sandbox.painter.still.interior import FURNITURE
from studio.sandbox.painter.still.standing import Standing, spots_of, standing
from studio.sandbox.painter.vocabulary import vocabulary

REMOVE = re.compile(r"\b(?:remove|delete|erase|take (?:away|out|off)|get rid of|without|lose|no|hide|clear)\b")
SWAP = re.compile(
    r"\b(?:swap|replace|exchange|substitute|change|turn|switch|transform)\b (?P<old>.+?) "
    r"\b(?:for|with|into|to|by)\b (?P<new>.+)"
)
_ONE = re.compile(r"\b(?:one|it|other|thing|object)\b")
_SIDES = (
    ("middle", r"\b(?:middle|cent(?:re|er|ral))\b"), ("left", r"\b(?:left(?:most)?|first)\b"),
    ("right", r"\b(?:right(?:most)?|last)\b"), ("front", r"\b(?:front|nearest|closest|foremost)\b"),
    ("back", r"\b(?:back|rear|furthest|farthest|hindmost)\b"),
)  # fmt: skip
_NUMBERED = (r"\bsecond\b", r"\bthird\b", r"\bfourth\b")
_SOME = re.compile(r"\b(?:one|an?|single|two|three|four|five|six|[1-6])\b(?: of)?(?: (?:the|these|those|them))?")
_ON = re.compile(r"\b(?:on|onto|upon|on top of|atop) (?P<base>(?:the|its|this|that) [\w ]+)$")
_ADD = re.compile(r"^(?:please )?(?:add|put|place|include|insert|set|have|with|draw|show|paint|i want|an?|some)\b")
_SURFACE = re.compile(r"\bthe (table ?top|table|tablecloth|counter(?:top)?|surface|floor|ground|desk|board|slab)\b")
_FIXTURES = frozenset(("window", "pictures", "rug"))
"""What belongs to a room and is none of its things."""
_ALL = re.compile(r"\b(?:all|both|every|each)\b")
_EXCEPTED = re.compile(r"\b(?:except|but|apart from|other than|everything|only)\b")


def _in_order(scene: Scene, there: Sequence[Standing], *, depth: bool = False) -> list[Standing]:
    """The things from left to right, or from the back to the front."""
    at = {spot.number: (spot.z if depth else spot.x) for spot in spots_of(scene)}
    return sorted(there, key=lambda one: at.get(one.number, 0.0))


def _called_so(there: Sequence[Standing], name: str) -> list[Standing]:
    """The things of the name, else those whose name ends with it: a wine glass is a glass."""
    own = [one for one in there if name == one.shown or (not one.own and name in FURNITURE.get(one.shown, ()))]
    return own or [one for one in there if one.shown.endswith(f"_{name}")]


def _of_colour(text: str, hit: Found, there: list[Standing]) -> list[Standing]:
    """Those of the colour said before the name, where some are: "the red apple"."""
    before = [colour.name for colour in find_colours(text) if colour.end < hit.start <= colour.end + 1]
    subjects = vocabulary().subjects
    own = [
        one for one in there
        if before and before[-1] == colour_name(one.colour or subjects[one.shown].colour)
    ]  # fmt: skip
    return own or there


def _chosen(text: str, scene: Scene, there: list[Standing]) -> list[Standing]:
    """Which of things alike the words mean; all where they say nothing of the kind."""
    if _ALL.search(text) or len(there) < 2:
        return there
    if re.search(r"\bothers?\b", text):
        touched = by_place(scene.changed)
        return [one for one in there if (one.subject, one.nth) not in touched] or there
    side = next((name for name, pattern in _SIDES if re.search(pattern, text)), "")
    some = _SOME.search(re.sub(r"\b(?:this|that|the (?:\w+ )?) ?one\b", " ", text))
    number = count_in(some.group(0)) if some else 0
    row = _in_order(scene, there, depth=side in ("front", "back"))
    nth = next((k for k, pattern in enumerate(_NUMBERED, start=1) if re.search(pattern, text)), 0)
    if 0 < nth < len(row):
        return [row[nth]]
    if side == "middle":
        return [row[len(row) // 2]]
    if side in ("left", "back"):
        return row[: max(1, number)]
    if side in ("right", "front") or number:
        return row[-max(1, number) :]
    return there


def meant(text: str, scene: Scene) -> tuple[list[Standing], bool]:
    """(the things of the still life that the words name, whether these are only some of their kind)."""
    there = standing(scene)
    hits = find_subjects(text)
    found: list[Standing] = []
    some = False
    for hit in hits:
        alike = _called_so(there, hit.name)
        chosen = _chosen(text, scene, _of_colour(text, hit, alike))
        some = some or len(chosen) < len(alike)
        found += [one for one in chosen if one not in found]
    if hits or not _ONE.search(text) or not any(re.search(pattern, text) for _, pattern in _SIDES):
        return found, some
    own = [one for one in there if one.own and one.role != "under"]
    return (_chosen(text, scene, own), True) if len(own) > 1 else ([], False)


def with_changes(scene: Scene, changes: Sequence[Change]) -> Scene:
    """The scene with these changes, each in the place of an earlier one of the same thing."""
    every = {**by_place(scene.changed), **by_place(changes)}
    return replace(scene, changed=tuple(every.values()))


def _change_of(scene: Scene, one: Standing) -> Change:
    return by_place(scene.changed).get((one.subject, one.nth), Change(one.subject, one.nth))


def _called(things: Sequence[Standing], *, some: bool) -> str:
    """What a sentence calls them: "pear", "one pear", "two pears", "apple and pear"."""
    subjects = vocabulary().subjects
    names = list(dict.fromkeys(one.shown for one in things))
    if some and len(names) == 1:
        words = ("one", "two", "three", "four", "five", "six", "seven")[len(things) - 1]
        return f"{words} {subjects[names[0]].label if len(things) == 1 else subjects[names[0]].many}"
    return " and ".join(subjects[name].label for name in names)


def _taken_out(text: str, state: State, scene: Scene) -> Reading | None:
    found = REMOVE.search(text)
    if found is None:
        return None
    rest = text[found.end() :]
    things, some = meant(rest, scene)
    if re.search(r"\bshadows?\b", rest):
        return None
    if not things:
        return _without_fixtures(rest, state, scene)
    main = {one.number for one in standing(scene) if one.role is None}
    numbers = {one.number for one in things}
    bare = bool(main) and main <= numbers
    singly = [one for one in things if not (bare and one.role is None)]
    gone = with_changes(
        scene, [replace(_change_of(scene, one), **({"bears": ""} if one.put else {"gone": True})) for one in singly]
    )
    if bare:
        gone = replace(gone, bare=True)
    called = _called(things, some=some)
    said = f"{called} removed" if some else f"the {called} removed" if main & numbers else f"no {called}"
    return Reading(gone, state.ops, said)


def _without_fixtures(text: str, state: State, scene: Scene) -> Reading | None:
    """Reads "remove the rug" of a room."""
    names = sorted(names_left_out(text) & _FIXTURES) if scene.stage == "room" else []
    if not names or set(names) <= set(scene.absent):
        return None
    bare = replace(scene, absent=tuple(sorted({*scene.absent, *names})))
    return Reading(bare, state.ops, f"no {' and '.join(names)}")


def _exchanged(text: str, state: State, scene: Scene) -> Reading | None:
    found = SWAP.search(text)
    new = cast_of(found.group("new"), left_out="", stage="kitchen") if found else []
    if found is None or not new or sum(one.own for one in standing(scene)) < 2:
        return None
    things, some = meant(found.group("old"), scene)
    other = new[-1]
    if not things or other.count > max(1, len(things)):
        return None
    changes = [
        replace(_change_of(scene, one), bears=other.name, bears_colour=other.colour)
        if one.put
        else Change(one.subject, one.nth, other.colour, other.finish, other.name)
        for one in things
    ]
    subject = vocabulary().subjects[other.name]
    article = {"none": "", "some": "some "}.get(subject.article, f"{subject.article} ")
    what = f"{article}{subject.label}" if len(changes) == 1 else subject.many
    return Reading(with_changes(scene, changes), state.ops, f"{what} instead" + (" of one" if some else ""))


def _painted(text: str, state: State, scene: Scene) -> Reading | None:
    colours = find_colours(text)
    if not colours or not PAINT.search(text) or re.search(r"\b(?:less|too|not so)\b|\bhour\b", text):
        return None
    colour = colours[-1]
    rest = blanked(text, colour.start, colour.end)
    things, some = meant(rest, scene)
    others = any(one.number not in {thing.number for thing in things} for one in standing(scene) if one.role is None)
    main = [one for one in things if one.role is None]
    if not things or (main and not others and not some and not scene.changed and len(main) == len(things)):
        return None  # all of the subject: its own colour
    code = vocabulary().colours[colour.name]
    finish = next((word for word in vocabulary().finishes if re.search(rf"\b{word}\b", rest)), "")
    changes = [
        replace(_change_of(scene, one), bears_colour=code)
        if one.put
        else replace(_change_of(scene, one), colour=code, finish=finish or _change_of(scene, one).finish)
        for one in things
    ]
    called = _called(things, some=some)
    said = f"{called} {colour.name}" if some or len(changes) > 1 else with_article(f"{colour.name} {called}")
    return Reading(with_changes(scene, changes), state.ops, said)


def _put_on(text: str, state: State, scene: Scene) -> Reading | None:
    """Reads "add a cat on the sofa": something on a thing of the scene that has a place for it."""
    said = _ON.search(text)
    if said is None or not (_ADD.search(text) or state.adding):
        return None
    subjects = vocabulary().subjects
    new = cast_of(text[: said.start()], left_out="", stage="kitchen")
    bases, _ = meant(said.group("base"), scene)
    bases = [one for one in bases if subjects[one.shown].seat and not one.put]
    if len(new) != 1 or new[0].count != 1 or len(bases) != 1 or _change_of(scene, bases[0]).bears:
        return None
    thing, base = new[0], bases[0]
    if _is_named_here(text[: said.start()]) or subjects[thing.name].height_cm > subjects[base.shown].height_cm * 2:
        return None
    change = replace(_change_of(scene, base), bears=thing.name, bears_colour=thing.colour)
    label = subjects[thing.name].label
    return Reading(
        with_changes(scene, [change]), state.ops, f"{with_article(label)} on the {subjects[base.shown].label}"
    )


def _is_named_here(text: str) -> bool:
    return re.search(r"\b(?:the|this|that|it)\b", text) is not None


def has_surface(scene: Scene) -> bool:
    """Whether what the things of a still life stand on can be given a colour of its own."""
    return scene.kind == "object" and scene.stage != "room" and not (scene.setting or scene.support)


def _surfaced(text: str, state: State, scene: Scene) -> Reading | None:
    """Reads "make the table white": the colour of what all stands on."""
    colours = find_colours(text)
    said = _SURFACE.search(text)
    stuff = [hit for hit in find_surfaces(text) if all(hit.start >= c.end or hit.end <= c.start
             for c in colours)]  # fmt: skip
    things = [hit.name for hit in find_subjects(text) if hit.name != "table"]
    if not has_surface(scene) or not PAINT.search(text) or things:
        return None
    if not colours or not (said or any(hit.name == scene.surface for hit in stuff)):
        return None
    code = vocabulary().colours[colours[-1].name]
    surface = scene.surface or "wood"
    what = said.group(1) if said else surface.replace("_", " ")
    return Reading(
        replace(scene, surface=surface, surface_colour=code), state.ops, f"the {what} {colours[-1].name}"
    )  # fmt: skip


_READERS: tuple[Callable[[str, State, Scene], Reading | None], ...] = (
    _taken_out, _exchanged, _put_on, _painted, _surfaced,
)  # fmt: skip


def read_several(text: str, state: State) -> Reading | None:
    """What a clause (small letters) asks of single things of a sandbox still life; None when nothing."""
    scene = state.scene
    if scene is None or scene.kind != "object" or GROUND.search(text) or _EXCEPTED.search(text):
        return None
    # What was added since is known by its own record.
    added = {op.value.partition("|")[0] for op in state.ops if op.name == "add"}
    if any(hit.name in added for hit in find_subjects(text)):
        return None
    return next((reading for read in _READERS if (reading := read(text, state, scene)) is not None), None)
