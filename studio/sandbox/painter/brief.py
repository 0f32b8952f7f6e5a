"""Reading a prompt: which subject, colours, light, surface, setting and words it asks for."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.sandbox.painter.noise import dice
from studio.sandbox.painter.scene import Extra, Kind, Scene
from studio.sandbox.painter.still_life import wall_tone
from studio.sandbox.painter.vocabulary import vocabulary

_REFERENCE_LINE = re.compile(r'^\s*image\s+\d+\s*:\s*".*$', re.IGNORECASE | re.MULTILINE)
_QUOTED = re.compile("[\"“„«]([^\"”“»]{1,80})[\"”»]|(?<!\\w)['‘]([^'’]{2,80})['’](?!\\w)")
_GROUND_WORDS = ("background", "backdrop", "wall", "seamless")
_EXTRA_WORDS: Mapping[Extra, tuple[str, ...]] = {
    "steam": ("steam", "steaming", "hot coffee", "hot tea"),
    "snow": ("snowing", "snowfall", "snowflakes", "falling snow"),
    "rain": ("rain", "rainy", "raining"),
    "fog": ("fog", "foggy", "mist", "misty", "haze"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A word of the vocabulary and where it stands in the text."""

    name: str
    start: int
    end: int


def without_references(prompt: str) -> str:
    """The prompt without the lines that introduce references."""
    return _REFERENCE_LINE.sub(" ", prompt).strip()


def quoted_text(prompt: str) -> str:
    """The first quoted words, else an empty string."""
    match = _QUOTED.search(prompt)
    return next(group for group in match.groups() if group) if match else ""


def find_terms(text: str, table: Mapping[str, Iterable[str]]) -> list[Found]:
    """Every term in the text, in order; of overlapping ones the longest."""
    hits: list[Found] = []
    for name, words in table.items():
        for word in words:
            pattern = rf"(?<![a-z]){re.escape(word)}(?:s|es)?(?![a-z])"
            hits += [Found(name, m.start(), m.end()) for m in re.finditer(pattern, text)]
    hits.sort(key=lambda hit: (hit.start - hit.end, hit.start))
    kept: list[Found] = []
    for hit in hits:
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def find_colours(text: str) -> list[Found]:
    return find_terms(text, {name: (name,) for name in vocabulary().colours})


def find_subjects(text: str) -> list[Found]:
    return find_terms(text, {name: subject.words for name, subject in vocabulary().subjects.items()})


def find_lights(text: str) -> list[Found]:
    return find_terms(text, {name: light.words for name, light in vocabulary().lights.items()})


def find_surfaces(text: str) -> list[Found]:
    return find_terms(text, {name: surface.words for name, surface in vocabulary().surfaces.items()})


def find_extras(text: str) -> tuple[Extra, ...]:
    return tuple(extra for extra, words in _EXTRA_WORDS.items() if find_terms(text, {extra: words}))


def is_ground(text: str, colour: Found) -> bool:
    """Whether the colour is said of the background: "on a sage background", "background in sage"."""
    after = text[colour.end : colour.end + 28].split()[:3]
    before = text[max(0, colour.start - 26) : colour.start].split()[-3:]
    named_after = any(word.strip(".,") in _GROUND_WORDS for word in after) and not any("," in w for w in after[:1])
    return named_after or any(word.strip(".,") in _GROUND_WORDS for word in before)


def _body_colour(text: str, subject: Found | None) -> str:
    """The colour nearest before the subject, else the first that is not the background's."""
    codes = vocabulary().colours
    own = [hit for hit in find_colours(text) if not is_ground(text, hit) and text[hit.end : hit.end + 5] != " hour"]
    if subject is None:
        return codes[own[0].name] if own else ""
    near = [hit for hit in own if hit.end <= subject.start and len(text[hit.end : subject.start].split()) <= 3]
    if near:
        return codes[near[-1].name]
    after = [hit for hit in own if 0 <= hit.start - subject.end <= 18]
    return codes[after[0].name] if after else ""


def _ground_colour(text: str) -> str:
    codes = vocabulary().colours
    return next((codes[hit.name] for hit in find_colours(text) if is_ground(text, hit)), "")


def _kind(text: str, *, subject: Found | None, quoted: str) -> tuple[Kind, str]:
    """(what is painted, the landscape behind it or "")."""
    scenes = find_terms(text, vocabulary().scenes)
    names = [hit.name for hit in scenes]
    if "poster" in names:
        return "poster", ""
    lands = [name for name in names if name not in ("abstract", "poster")]
    if subject is not None:
        land_first = bool(lands) and scenes[0].start < subject.start and scenes[0].name == lands[0]
        behind = next((name for name in lands if name != "snow"), lands[0] if lands else "")
        return ("object", behind) if not land_first else (lands[0], "")  # type: ignore[return-value]
    if lands:
        return lands[0], ""  # type: ignore[return-value]
    return ("poster", "") if quoted else ("abstract", "")


def read_brief(prompt: str, seed: bytes) -> Scene:
    """The scene a prompt asks for; what it leaves open is the seed's to choose."""
    quoted = quoted_text(prompt)
    plain = without_references(prompt)
    text = " ".join((plain.replace(quoted, " ") if quoted else plain).lower().split())
    subjects = find_subjects(text)
    surfaces = [
        hit
        for hit in find_surfaces(text)
        if all(hit.end <= s.start or hit.start >= s.end or s.name == "table" for s in subjects)
    ]
    # "a vase on a table": the table is what it stands on.
    standing = [hit for hit in subjects if not (hit.name == "table" and len(subjects) > 1)]
    subject = standing[0] if standing else None
    kind, setting = _kind(text, subject=subject, quoted=quoted)
    lights = find_lights(text)
    drawn = (
        ("soft", "morning", "golden")
        if kind not in ("object", "abstract", "poster")
        else ("soft", "soft", "morning", "studio")
    )
    light = lights[0].name if lights else drawn[int(dice(seed, "light").integers(len(drawn)))]
    if kind == "city" and not lights:
        light = "golden" if seed[0] % 2 else "night"
    is_object = kind == "object" and subject is not None
    colour = _body_colour(text, subject) if is_object or kind in ("poster", "abstract") else ""
    return Scene(
        kind=kind,
        seed=seed,
        subject=subject.name if is_object and subject else "",
        colour=colour,
        surface=surfaces[0].name if is_object and surfaces and not setting else "",
        wall=_ground_colour(text),
        tone=wall_tone(colour or vocabulary().subjects[subject.name].colour, seed) if is_object and subject else "",
        light=light,
        setting=setting if is_object else "",
        text=quoted if kind == "poster" else "",
        extras=find_extras(text),
    )


_KIND_PHRASES: Mapping[str, str] = {
    "mountains": "Mountain ridges in layers of air", "sea": "A calm sea with a far coast",
    "desert": "Dunes in raking light",
    "forest": "A conifer wood in mist", "snow": "Snow-covered peaks", "city": "A skyline over water",
    "abstract": "An abstract of folded colour",
}  # fmt: skip


def colour_name(code: str) -> str:
    """The vocabulary's name of a colour, "" for none."""
    return next((name for name, value in vocabulary().colours.items() if value == code), "") if code else ""


def describe(scene: Scene) -> str:
    """One short sentence on what is painted."""
    light = vocabulary().lights[scene.light].phrase
    if scene.kind == "poster":
        return f"A poster that reads “{scene.text or 'Untitled'}”."
    if scene.kind != "object":
        return f"{_KIND_PHRASES[scene.kind]}, {light}." if scene.kind != "abstract" else f"{_KIND_PHRASES['abstract']}."
    noun = scene.subject.replace("_", " ")
    thing = " ".join(part for part in (colour_name(scene.colour), noun) if part)
    article = "An" if thing[0] in "aeiou" else "A"
    if noun in ("flowers", "headphones"):
        article = "Some"
    ground = f" on {scene.surface}" if scene.surface else f" before a {scene.setting} view" if scene.setting else ""
    extra = f", with {' and '.join(scene.extras)}" if scene.extras else ""
    return f"{article} {thing}{ground}, {light}{extra}."
