"""Reading a prompt: which things, colours, light, surface, setting, framing and words it asks for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from studio.sandbox.painter.land.features import find_season
from studio.sandbox.painter.lettering.textplace import CAPITALS, quotes, without_quotes
from studio.sandbox.painter.noise import dice
from studio.sandbox.painter.people.person import people_said
from studio.sandbox.painter.reading.captions import colour_name, describe
from studio.sandbox.painter.reading.cast_list import (
    Named,
    cast_of,
    find_colours,
    find_subjects,
    is_alike,
    is_carried,
    is_ground,
    names_left_out,
    own_colours,
)
from studio.sandbox.painter.reading.designs import colours_on, is_printed, names_form, read_copy, read_design
from studio.sandbox.painter.reading.finding import Found, find_terms
from studio.sandbox.painter.reading.outdoors import (
    features_behind,
    find_woods,
    home_behind,
    is_signed_street,
    outdoor_light,
    read_outdoors,
    sky_colour,
)
from studio.sandbox.painter.reading.reading import (
    Wish,
    cut_up,
    order_of,
    place_of,
    room_things,
    stage_of,
    support_of,
    view_of,
    wants_plain,
    wants_rim,
)
from studio.sandbox.painter.reading.styles import without_styles
from studio.sandbox.painter.scene import Extra, Kind, Scene, Stage
from studio.sandbox.painter.still.studio_set import wall_tone
from studio.sandbox.painter.vocabulary import vocabulary

__all__ = [
    "Found", "colour_name", "describe", "find_colours", "find_extras", "find_lights", "find_subjects", "find_surfaces",
    "find_terms", "is_ground", "quoted_text", "read_brief", "without_references",
]  # fmt: skip

_REFERENCE_LINE = re.compile(r'^\s*image\s+\d+\s*:\s*".*$', re.IGNORECASE | re.MULTILINE)
_EXTRA_WORDS: Mapping[Extra, tuple[str, ...]] = {
    "steam": ("steam", "steaming", "hot coffee", "hot tea"),
    "snow": ("snowing", "snowfall", "snowflakes", "falling snow"),
    "rain": ("rain", "rainy", "raining", "storm", "stormy", "thunderstorm", "tempest"),
    "fog": ("fog", "foggy", "mist", "misty", "haze"),
}
_FAINT_LIGHTS = (
    "editorial",
    "commercial",
    "catalogue",
    "product shot",
    "soft",
    "window",
    "sunlight",
    "sunlit",
    "bright",
    "fresh",
    "warm",
    "cool",
    "cold",
    "dark",
    "clean",
    "minimal",
    "minimalist",
    "gentle",
    "cosy",
    "cozy",
    "autumn",
    "winter",
    "summer",
)
"""Words that may say something of the light but give way to any other that does."""

_SEAMLESS = re.compile(r"\b(?:seamless|cyclorama|infinity cove|plain back(?:ground|drop)|studio backdrop|packshot)\b")
_OTHERS = ("green", "blue", "yellow", "red", "white", "black", "grey", "brown", "purple")
_DARK = ("night", "dusk", "blue", "candle", "neon", "drama")
_HOURS = ("golden", "morning", "noon", "night", "dusk", "blue")


def without_references(prompt: str) -> str:
    """The prompt without the lines that introduce references."""
    return _REFERENCE_LINE.sub(" ", prompt).strip()


def quoted_text(prompt: str) -> str:
    """The first quoted words, else an empty string."""
    return next((quote.text for quote in quotes(prompt)), "")


def find_lights(text: str) -> list[Found]:
    return find_terms(text, {name: light.words for name, light in vocabulary().lights.items()})


def find_surfaces(text: str) -> list[Found]:
    return find_terms(text, {name: surface.words for name, surface in vocabulary().surfaces.items()})


def find_extras(text: str) -> tuple[Extra, ...]:
    return tuple(extra for extra, words in _EXTRA_WORDS.items() if find_terms(text, {extra: words}))


def _ground_colour(text: str) -> str:
    codes = vocabulary().colours
    return next((codes[hit.name] for hit in find_colours(text) if is_ground(text, hit)), "")


def _surface(text: str, subjects: Sequence[Found]) -> str:
    """What the things stand on; a material said of a thing ("a wooden chair") is not it."""
    for hit in find_surfaces(text):
        if any(hit.start < s.end and s.start < hit.end and s.name != "table" for s in subjects):
            continue
        said_on = re.search(r"\b(?:on|onto|over|atop|upon|against)\s(?:[\w-]+\s){0,3}$", text[: hit.start])
        described = any(s.name != "table" and 0 < s.start - hit.end <= 1 for s in subjects)
        if said_on or not (described or text[: hit.start].endswith(("glass of ", "jug of ", "bottle of "))):
            return hit.name
    return ""


def _surface_colour(text: str, surface: str) -> str:
    """The colour said right before the surface: "black velvet"; "" for none."""
    codes = vocabulary().colours
    starts = [hit.start for hit in find_surfaces(text) if hit.name == surface]
    near = [codes[c.name] for c in find_colours(text) if any(0 <= start - c.end <= 1 for start in starts)]
    return near[0] if near else ""


def _light(text: str, *, scene: Scene, seed: bytes) -> str:
    if scene.kind in ("street", "city") and "neon" in text:
        return "neon"
    stuff = find_surfaces(text)
    hits = [hit for hit in find_lights(text) if all(hit.end <= one.start or hit.start >= one.end for one in stuff)]
    firm = [hit for hit in hits if text[hit.start : hit.end].removesuffix("s") not in _FAINT_LIGHTS]
    if _is_indoors(scene) and "rain" in find_extras(text) and not {hit.name for hit in firm} & set(_DARK):
        return "overcast"
    if firm and scene.kind not in ("poster", "abstract") and firm[0].name == "drama":
        # A mood of the grading gives way to the hour: "a dramatic lake at sunset".
        return next((hit.name for hit in firm if hit.name in _HOURS), "drama")
    if firm or hits:
        return (firm or hits)[0].name
    if scene.kind not in ("object", "abstract", "poster"):
        return outdoor_light(scene, seed)
    if scene.rim:
        return "studio"
    drawn = ("soft", "soft", "morning", "studio")
    return drawn[int(dice(seed, "light").integers(len(drawn)))]


def _kind(text: str, *, subject: Found | None, quoted: str) -> tuple[Kind, str]:
    """(what is painted, the landscape behind it or "")."""
    scenes = find_terms(text, vocabulary().scenes)
    names = [hit.name for hit in scenes]
    if "poster" in names:
        return "poster", ""
    indoors = stage_of(text, ()) in ("room", "kitchen")
    lands = [] if indoors else [name for name in names if name not in ("abstract", "poster")]
    if subject is not None:
        behind = next((name for name in lands if name != "snow"), lands[0] if lands else "")
        if not behind and not indoors:
            behind = home_behind(text)
        return "object", behind
    if lands:
        return lands[0], ""  # type: ignore[return-value]
    return ("poster", "") if quoted else ("abstract", "")


def _still_life(wish: Wish, named: Sequence[Named], *, setting: str, seed: bytes) -> Scene:
    """The scene of things on a table, before a backdrop or in a room."""
    first, text = named[0], wish.text
    stage = "" if setting else stage_of(text, [one.name for one in named])
    surface = "" if setting else _surface(text, find_subjects(text))
    if stage == "seamless" and surface and not _SEAMLESS.search(text):
        stage = ""  # the linen of "a product photo of a mug on linen" is seen
    if stage == "kitchen" and not surface:
        surface = ("wood", "marble")[int(dice(seed, "worktop").integers(2))]
    view = view_of(text)
    return Scene(
        kind="object",
        seed=seed,
        subject=first.name,
        colour=first.said_colour(),
        surface=surface if stage != "seamless" else "",
        surface_colour=_surface_colour(text, surface),
        tone=wall_tone(first.said_colour() or vocabulary().subjects[first.name].colour, seed),
        setting=setting,
        features=features_behind(text, wish.left_out, [one.hit for one in named]) if setting else (),
        season=find_season(text) if setting else "",
        woods=find_woods(text) if setting else "",
        items=tuple(one.item() for one in named[1:]),
        count=first.count,
        finish=first.finish,
        stage="" if view in ("top", "iso") and stage != "seamless" else stage,
        support=support_of(text) if view != "top" else "",
        view=view,
        place=place_of(text),
        order=order_of(text),
        absent=tuple(sorted(names_left_out(wish.left_out))),
        rim=wants_rim(text),
        plain=wants_plain(text) or bool(find_subjects(wish.left_out)),
    )


def _with_table(named: list[Named], wish: Wish) -> list[Named]:
    """With the desk or table its room has, when only small things were named."""
    subjects = vocabulary().subjects
    own = next((name for name in room_things(wish.text) if subjects[name].seat and subjects[name].home), "")
    own = "" if own in names_left_out(wish.left_out) else own
    if not named or own not in ("desk", "table") or any(subjects[one.name].home for one in named):
        return named
    return [*named, replace(named[-1], name=own, count=1, colour="", finish="", role="beside")]


def _room_cast(wish: Wish, stage: Stage) -> tuple[list[Named], bool]:
    """(what stands in the room that is named, whether all of it is to be left out: then its first thing is given)."""
    usual = " , ".join(_as_words(room_things(wish.text)))
    named = cast_of(usual, left_out=wish.left_out, stage=stage)
    if usual and not named:
        return cast_of(usual, left_out="", stage=stage)[:1], True
    codes = [vocabulary().colours[hit.name] for hit in own_colours(wish.text, [])]
    if named and codes:
        named[0] = replace(named[0], colour=codes[0])
    return named, False


def _in_palette(named: list[Named], wish: Wish) -> list[Named]:
    """The first thing in the first colour of the palette, where none was said of it."""
    colours = find_colours(wish.palette)
    if not named or not colours or named[0].said_colour():
        return named
    return [replace(named[0], colour=vocabulary().colours[colours[0].name]), *named[1:]]


def _thing_words() -> set[str]:
    return {word for subject in vocabulary().subjects.values() for word in subject.words}


def _shunning(named: list[Named], left_out: str) -> list[Named]:
    """Another colour for what would have one that is left out: "an apple, not red"."""
    codes = vocabulary().colours
    said = {word.strip(" .") for word in re.split(r",|\bor\b|\band\b|\bnor\b", left_out)} - _thing_words()
    denied = [codes[word] for word in sorted(said & set(codes))]

    def shuns(one: Named) -> Named:
        own = one.said_colour() or vocabulary().subjects[one.name].colour
        if not any(is_alike(own, code) for code in denied):
            return one
        other = next(codes[name] for name in _OTHERS if not any(is_alike(codes[name], code) for code in denied))
        return replace(one, colour=other, finish="")

    return [shuns(one) for one in named] if denied else named


def _is_indoors(scene: Scene) -> bool:
    """Whether a scene is in a room, where no rain falls."""
    return scene.kind == "object" and scene.stage in ("room", "kitchen", "sill")


def _is_open(scene: Scene) -> bool:
    """Whether there is a sky in a scene."""
    return bool(scene.setting) if scene.kind in ("object", "portrait") else scene.kind not in ("poster", "abstract")


def _as_words(names: Sequence[str]) -> list[str]:
    """Subjects as a prompt names them."""
    return [vocabulary().subjects[name].words[0] for name in names]


def read_brief(prompt: str, seed: bytes) -> Scene:
    """The scene a prompt asks for; what it leaves open is the seed's to choose."""
    quoted = quoted_text(prompt)
    plain = without_references(prompt)
    wish = cut_up(CAPITALS.sub(" ", without_quotes(plain)))
    stage = stage_of(wish.text, ())
    named = cast_of(without_styles(wish.subject), left_out=wish.left_out, stage=stage)
    emptied = False
    if not named and not people_said(wish.text):
        named, emptied = _room_cast(wish, stage)
    named = _shunning(_in_palette(_with_table(named, wish), wish), wish.left_out)
    kind, setting = _kind(wish.text, subject=named[0].hit if named else None, quoted=quoted)
    printed = quoted or is_printed(plain, wish.left_out, shown=bool(named), view=view_of(wish.text))
    if kind == "poster" and not printed:
        kind = "object" if named else "abstract"
    outdoors = None
    if re.search(r"\babstract\b", wish.text) and not named and kind != "poster":
        kind = "abstract"
    elif kind != "poster" or is_signed_street(wish.text):
        outdoors = read_outdoors(wish.text, left_out=wish.left_out, named=[one.hit for one in named], seed=seed)
    if outdoors is not None:
        kind, scene = outdoors.kind, replace(outdoors, absent=tuple(sorted(names_left_out(wish.left_out))))
        if kind == "portrait":
            scene = replace(scene, items=tuple(one.item() for one in named if is_carried(wish.text, one))[:2])
    elif kind == "object":
        scene = _still_life(wish, named, setting=setting, seed=seed)
        scene = replace(scene, bare=True, plain=True, items=()) if emptied else scene
    else:
        scene = Scene(kind=kind, seed=seed)
        if kind in ("poster", "abstract"):
            scene = _coloured(scene, f"{wish.text} {wish.palette}")
        if kind == "poster":
            scene = _with_picture(scene, wish, named)
    denied = find_extras(wish.left_out)
    extras = tuple(e for e in find_extras(wish.text) if e not in denied and (e == "steam" or not _is_indoors(scene)))
    return replace(
        scene,
        wall=sky_colour(wish.text) if _is_open(scene) else scene.wall or _ground_colour(wish.text),
        light=_light(wish.text, scene=scene, seed=seed),
        text=read_copy(prompt) if kind == "poster" else "",
        extras=extras,
        design=read_design(plain) if kind == "poster" else "",
    )


def _with_picture(scene: Scene, wish: Wish, named: Sequence[Named]) -> Scene:
    """A poster with what its picture is to show."""
    shown = read_outdoors(wish.text, left_out=wish.left_out, named=[one.hit for one in named], seed=scene.seed)
    if shown is None:
        named = [one for one in named if not names_form(vocabulary().subjects[one.name].words, wish.text)]
        return replace(scene, items=tuple(one.item() for one in named[:3]))
    setting = shown.setting if shown.kind == "portrait" else shown.kind
    return replace(
        scene, setting=setting, features=shown.features, people=shown.people, season=shown.season, woods=shown.woods
    )


def _coloured(scene: Scene, text: str) -> Scene:
    """An abstract or a poster in the first colour said, on the second."""
    codes = [vocabulary().colours[hit.name] for hit in own_colours(text, [])]
    second = codes[1] if len(codes) > 1 else ""
    if scene.kind == "poster":
        ink, ground = colours_on(text)
        if ink:
            return replace(scene, colour=ink, wall=ground)
        return replace(scene, colour=codes[0] if codes else "", tone=second)
    return replace(scene, colour=codes[0] if codes else "", wall=second)
