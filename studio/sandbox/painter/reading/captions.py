"""What a picture shows, in one short sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from studio.sandbox.painter.reading.designs import describe_design
from studio.sandbox.painter.reading.outdoors import describe_outdoors, place_phrase
from studio.sandbox.painter.scene import Item, Scene
from studio.sandbox.painter.still.standing import as_shown
from studio.sandbox.painter.vocabulary import vocabulary

_QUALITIES = (
    "matte",
    "matt",
    "satin",
    "glossy",
    "gloss",
    "shiny",
    "polished",
    "lacquered",
    "transparent",
    "translucent",
)
"""Finishes that are said before a colour; materials are said after it."""
_NUMBER_WORDS = ("", "A", "Two", "Three", "Four", "Five", "Six", "Seven")
_VIEW_PHRASES: Mapping[str, str] = {
    "top": "seen from above", "close": "close up", "wide": "small in a wide frame", "low": "from low down",
    "iso": "seen at an angle from above",
}  # fmt: skip


def colour_name(code: str) -> str:
    """The vocabulary's name of a colour, "" for none."""
    return next((name for name, value in vocabulary().colours.items() if value == code), "") if code else ""


def _noun(item: Item) -> str:
    """The noun phrase: "two red apples", "an armchair", "some flowers"; lower case."""
    subject = vocabulary().subjects[item.subject]
    colour = colour_name(item.colour)
    finish = item.finish if item.finish not in (*colour.split(), *subject.label.split()) else ""
    adjectives = [finish, colour] if finish in _QUALITIES else [colour, finish]
    if item.count == 1 and colour and any(part.opening and part.finish == "glass" for part in subject.parts):
        return f"{subject.article} {subject.label} with {with_article(colour)} drink"
    thing = " ".join(part for part in (*adjectives, subject.label) if part)
    if subject.article == "none":
        return thing
    if item.count == 2 and subject.pair:
        return f"a pair of {' '.join(part for part in (*adjectives, subject.many) if part)}"
    if item.count > 1:
        many = " ".join(part for part in (*adjectives, subject.many) if part)
        return f"{_NUMBER_WORDS[item.count].lower()} {many}"
    if subject.article == "some":
        return f"some {thing}"
    return with_article(thing)


def with_article(words: str) -> str:
    """The words after the "a" or "an" they take."""
    return f"{'an' if words[:1].lower() in tuple('aeiou') else 'a'} {words}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


_STAGE_PHRASES = {"room": " in a room", "kitchen": " on a kitchen counter", "sill": " beside a window"}

_EMPTY = {"room": "an empty room", "kitchen": "an empty kitchen counter", "sill": "an empty window sill"}


def _where(scene: Scene, under: Sequence[Item]) -> str:
    if under:
        return f" on {_noun(under[0])}"
    if scene.setting:
        return place_phrase(scene)
    dyed = colour_name(scene.surface_colour)
    surface = " ".join(part for part in (dyed, scene.surface.replace("_", " ")) if part)
    if scene.stage in _STAGE_PHRASES:
        return _STAGE_PHRASES[scene.stage] + (f" of {surface}" if surface and scene.stage == "kitchen" else "")
    wall = colour_name(scene.wall)
    tinted = with_article(wall) if wall else "a"
    if scene.support == "air":
        return f" floating before {tinted} backdrop"
    if scene.support == "plinth":
        stuff = f"{surface} " if surface else ""
        return f" on a {stuff}plinth" + (f" before {tinted} backdrop" if wall else "")
    if surface:
        return f" on {surface}" + (f" before {tinted} wall" if wall else "")
    if scene.stage == "seamless":
        return f" on {tinted} seamless backdrop" if not wall else f" on a seamless {wall} backdrop"
    return f" before {tinted} backdrop" if wall and scene.view != "top" else ""


def _things(scene: Scene) -> str:
    first = Item(subject=scene.subject, colour=scene.colour, finish=scene.finish, count=scene.count)
    beside = [item for item in scene.items if item.role == "beside"]
    on_top = [item for item in scene.items if item.role == "on"]
    under = [item for item in scene.items if item.role == "under"]
    main = _noun(first) + (f" with {_listed([_noun(item) for item in on_top])} on it" if on_top else "")
    if scene.order and len(scene.items) == 1 and beside:
        return f"{main} to the {scene.order} of {_noun(beside[0])}{_where(scene, under)}"
    joined = f"{main}{_where(scene, under)} with " if under and beside else ""
    if joined:
        return joined + _listed([_noun(item) for item in beside])
    return _listed([main, *(_noun(item) for item in beside)]) + _where(scene, under)


def _drawn(scene: Scene) -> str:
    """The things a mark, a pattern or a sheet of stickers is drawn of, "" for other printed things."""
    form = scene.design.partition(" ")[0]
    if form in ("logo", "emblem", "icon"):
        return _noun(replace(scene.items[0], count=1)) if scene.items else ""
    if form not in ("pattern", "sticker"):
        return ""
    subjects = vocabulary().subjects
    return _listed([subjects[item.subject].many for item in scene.items]) if scene.items else ""


def describe(scene: Scene) -> str:
    """One short sentence on what is painted."""
    scene = as_shown(scene)
    light = vocabulary().lights[scene.light].phrase
    if scene.light == "soft" and (scene.kind != "object" or scene.setting or "window" in scene.absent):
        light = "soft light"
    if scene.rim:
        light = f"{light} with a bright rim" if scene.light != "studio" else "rim light"
    if scene.kind == "poster":
        return describe_design(scene.design, scene.text, _drawn(scene))
    if scene.kind == "abstract":
        names = [name for name in (colour_name(scene.colour), colour_name(scene.wall)) if name]
        return f"An abstract of folded {' and '.join(names) or 'colour'}."
    if scene.kind != "object":
        return describe_outdoors(scene, _listed([_noun(item) for item in scene.items]) if scene.items else "")
    things = _things(scene) if scene.subject else _EMPTY.get(scene.stage, f"an empty set{_where(scene, ())}")
    view = f", {_VIEW_PHRASES[scene.view]}" if scene.view else ""
    extra = f", with {' and '.join(scene.extras)}" if scene.extras else ""
    return f"{things[0].upper()}{things[1:]}{view}, {light}{extra}."
