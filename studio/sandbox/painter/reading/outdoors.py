"""Reading a prompt for what is not on a table: landscapes with things in them, cities, people."""

import re
from collections.abc import Mapping, Sequence

from studio.sandbox.painter.land.features import (
    Season,
    Thing,
    feature_table,
    find_features,
    find_season,
    said_of,
    things_in,
)
from studio.sandbox.painter.noise import dice
from studio.sandbox.painter.people.person import people_of, people_said, said_of_person
from studio.sandbox.painter.reading.finding import Found, find_terms
from studio.sandbox.painter.reading.reading import stage_of
from studio.sandbox.painter.scene import Kind, Scene, Woods
from studio.sandbox.painter.vocabulary import vocabulary

_LANDS: tuple[Kind, ...] = (
    "mountains", "sea", "desert", "forest", "snow", "city", "meadow", "lake", "canyon", "space", "street",
)  # fmt: skip
_FIRM: tuple[Kind, ...] = (
    "street",
    "space",
    "lake",
    "canyon",
    "sea",
    "desert",
    "snow",
    "city",
    "forest",
    "meadow",
    "mountains",
)
"""Of several named at once, the one that says most: "a lake in the mountains" is a lake."""
_INDOORS = re.compile(
    r"\b(studio|seamless|tabletop|table|toy|miniature|figurine|model of|on a shelf|desk|product|sofa|icon|packshot)\b"
)
_SKY = re.compile(r"\b(?:sky|skies|clouds|sunset|sunrise)\b")
"""What needs a country under it, though none was named."""
_WEAK_PEOPLE = re.compile(
    r"\b(model|face|character|artist|human|bust|student|doctor|chef|musician"
    r"|(?:trio|duo|couple|pair|group) of)\b"
)
_SKY_WORDS = "night|evening|morning|summer|winter|stormy|cloudy|clear|open|glowing"
_DRAWN_LIGHTS = ("soft", "morning", "golden", "noon", "soft", "golden")
_UNMISTAKABLE = ("moon", "aurora", "milky_way", "rainbow", "lighthouse", "castle", "windmill", "waterfall")
_SKY_NIGHT = ("moon", "aurora", "milky_way")
_KIND_PHRASES = {
    "mountains": "Mountain ridges in layers of air", "sea": "A calm sea", "desert": "Dunes in raking light",
    "forest": "A conifer wood in mist", "snow": "Snow-covered peaks", "city": "A skyline over water",
    "meadow": "Rolling hills", "lake": "A still lake under mountains", "canyon": "A canyon of layered rock",
    "space": "The surface of a moon under stars", "street": "A street of lit shop fronts",
}  # fmt: skip
_PLACE_PHRASES = {
    "mountains": "before mountains", "sea": "by a calm sea", "desert": "among dunes", "forest": "in a conifer wood",
    "snow": "under snow-covered peaks", "city": "in a city", "meadow": "among rolling hills", "lake": "at a still lake",
    "canyon": "in a canyon", "space": "on a moon under stars", "street": "in a street",
}  # fmt: skip
_WOODS: Mapping[str, tuple[str, ...]] = {
    "jungle": ("jungle", "rainforest", "rain forest", "tropical forest", "tropical"),
    "birch": ("birch", "birches", "birch forest", "birch wood", "aspen", "aspens"),
    "conifer": ("conifer", "conifers", "pine", "pines", "fir", "firs", "spruce", "taiga", "redwood", "sequoia"),
    "broadleaf": ("oak forest", "oak wood", "oaks", "beech", "beeches", "maple", "maples", "broadleaf", "deciduous"),
}
_WOOD_NOUNS = {
    "conifer": "conifer wood", "broadleaf": "wood of broad-leaved trees", "birch": "birch wood", "jungle": "jungle",
}  # fmt: skip
_SEASON_PHRASES = {
    "": "",
    "spring": " in spring",
    "summer": " in summer",
    "autumn": " in autumn colours",
    "winter": " in winter",
}


def is_signed_street(text: str) -> bool:
    """Whether the signs a text (lower case) names are a street's, not a poster's."""
    posters = find_terms(text, {"poster": vocabulary().scenes["poster"]})
    words = {text[hit.start : hit.end] for hit in posters}
    return words <= {"sign", "signs", "banner", "banners"} and bool({"street", "city"} & set(lands_in(text)))


def lands_in(text: str) -> list[Kind]:
    """The kinds of place a text (lower case) names, the one that says most first."""
    hits = find_terms(text, {kind: vocabulary().scenes[kind] for kind in _LANDS})
    names = {hit.name for hit in hits}
    return [kind for kind in _FIRM if kind in names]


def _are_people(text: str, left_out: str, named: Sequence[Found]) -> bool:
    if people_said(text) == 0 or (left_out and people_said(left_out)):
        return False
    strong = _WEAK_PEOPLE.sub(" ", text)
    return bool(people_said(strong)) or not named


def _outside(named: Sequence[Found], features: Sequence[Found]) -> list[Found]:
    """The subjects that no feature stands for: "a dog" of "a dog at a lighthouse"."""
    return [
        hit
        for hit in named
        if not any(f.start < hit.end and hit.start < f.end and f.end - f.start >= hit.end - hit.start for f in features)
    ]


def read_outdoors(text: str, *, left_out: str, named: Sequence[Found], seed: bytes) -> Scene | None:
    """The landscape, city or portrait a text (lower case) asks for, None when it asks for things on a table.

    named: where the text names subjects of the vocabulary. The light is the caller's to set.
    """
    codes = vocabulary().colours
    lands = lands_in(text)
    if _are_people(text, left_out, named):
        setting = lands[0] if lands else ""
        features = _features(text, left_out, codes) if setting else ()
        people = people_of(seed, text, colours=codes)
        return Scene(
            kind="portrait", seed=seed, people=people, setting=setting, features=features, season=find_season(text)
        )
    if stage_of(text, ()) in ("room", "kitchen"):
        return None
    hits = find_features(text)
    indoors = bool(_INDOORS.search(text))
    others = _outside(named, hits)
    features = _features(text, left_out, codes)
    if others or (named and indoors):
        return None
    if not features and not lands and (named or not _SKY.search(text)):
        return None
    kind = lands[0] if lands else _home(features) if features else "sea"
    if kind == "space":
        # What one stands on does not hang in its own sky.
        features = tuple(thing for thing in features if thing.name != "moon")
    if kind in ("city", "street"):
        return Scene(kind=kind, seed=seed, season=find_season(text), features=features)
    return Scene(kind=kind, seed=seed, features=features, season=_season(text, kind), colour=_land_colour(text, kind),
                 woods=find_woods(text))  # fmt: skip


def _features(text: str, left_out: str, codes: Mapping[str, str]) -> tuple[Thing, ...]:
    denied = {hit.name for hit in find_features(left_out)} if left_out else set()
    hits = [hit for hit in find_features(text) if hit.name not in denied]
    return things_in(text, hits, find_terms(text, {name: (name,) for name in codes}), codes)


def features_behind(text: str, left_out: str, named: Sequence[Found]) -> tuple[Thing, ...]:
    """What stands in the landscape behind the named subjects: the lighthouse of "a dog before a lighthouse"."""
    hits = [
        hit
        for hit in find_features(text)
        if not any(hit.start < one.end and one.start < hit.end for one in named)
    ]  # fmt: skip
    denied = {hit.name for hit in find_features(left_out)} if left_out else set()
    codes = vocabulary().colours
    return things_in(
        text,
        [hit for hit in hits if hit.name not in denied],
        find_terms(text, {name: (name,) for name in codes}),
        codes,
    )


def home_behind(text: str) -> str:
    """Where an unmistakable feature of the open country is at home, for what stands before it; "" without one."""
    seen = next((hit.name for hit in find_features(text) if hit.name in _UNMISTAKABLE), "")
    return feature_table()[seen].home if seen else ""


def _home(features: Sequence[Thing]) -> Kind:
    """Where the first feature that stands somewhere is at home."""
    table = feature_table()
    firm = [thing for thing in features if table[thing.name].place != "heavens"] or list(features)
    return table[firm[0].name].home  # type: ignore[return-value]


def _season(text: str, kind: str) -> Season:
    said = find_season(text)
    return said if said or kind != "snow" else "winter"


def _land_colour(text: str, kind: str) -> str:
    """Of "red mountains" or "a turquoise sea"; Mars is red."""
    codes = vocabulary().colours
    if kind == "space" and re.search(r"\bmars\b|\bmartian\b", text):
        return "#b4623f"
    words = "|".join(re.escape(word) for word in (*vocabulary().scenes.get(kind, ()), "water"))
    if find_terms(text, {name: row.words for name, row in feature_table().items() if row.painter == "rows"}):
        return ""  # the colour of the flowers, not of the hills
    names = "|".join(sorted(map(re.escape, codes), key=len, reverse=True))
    found = re.search(rf"\b({names}) (?:{words})\b", text)
    return codes[found.group(1)] if found and found.group(1) not in ("golden", "white") else ""


def sky_colour(text: str) -> str:
    """Of "a pink sky" or "the sky turns green" (lower case text), as "#rrggbb"; "" for the hour's own."""
    codes = vocabulary().colours
    names = "|".join(sorted(map(re.escape, codes), key=len, reverse=True))
    found = re.search(
        rf"\b({names})(?: and (?:{names}))?(?: (?:{_SKY_WORDS}))? (?:sky|skies|sunset|sunrise|dusk|dawn|twilight)\b"
        rf"|\b(?:sky|skies) (?:(?:is|are|in|of|turns?|turned|turning|painted|a|an|shades|pale|deep) )*({names})\b",
        text,
    )
    return codes[found.group(1) or found.group(2)] if found else ""


def outdoor_light(scene: Scene, seed: bytes) -> str:
    """The light of an outdoor scene when none was said."""
    if any(thing.name in _SKY_NIGHT for thing in scene.features) or scene.kind == "space":
        return "night"
    rng = dice(seed, "light")
    if scene.kind == "portrait":
        return ("soft", "studio", "golden", "soft")[int(rng.integers(4))]
    if scene.kind in ("city", "street"):
        return ("golden", "night", "blue")[int(rng.integers(3))]
    return _DRAWN_LIGHTS[int(rng.integers(len(_DRAWN_LIGHTS)))]


def find_woods(text: str) -> Woods:
    """The kind of wood a text (lower case) names, "" for none."""
    hits = find_terms(text, _WOODS)
    return hits[0].name if hits else ""  # type: ignore[return-value] # the table's keys are the type's


def trees_of(scene: Scene) -> Woods:
    """What grows in the scene's woods."""
    return scene.woods or ("broadleaf" if scene.season in ("autumn", "spring") else "conifer")


def place_phrase(scene: Scene) -> str:
    """Where something before a landscape is, with what stands in it."""
    seen = f" with {said_of(scene.features)} behind" if scene.features else ""
    place = {"forest": f"in a {_WOOD_NOUNS[trees_of(scene)]}", "snow": "in the snow"}.get(
        scene.setting, _PLACE_PHRASES[scene.setting]
    )
    winter = " in winter" if scene.season == "winter" and scene.setting != "snow" else ""
    return f" {place}{winter}{seen}"


def _is_stormy(scene: Scene) -> bool:
    return "rain" in scene.extras and scene.light == "overcast"


def _place(scene: Scene) -> str:
    """Where the things of a landscape are."""
    if scene.kind == "forest":
        return f"in a {_WOOD_NOUNS[trees_of(scene)]}"
    if scene.kind == "sea" and _is_stormy(scene):
        return "by a rough sea"
    if any(thing.name == "waterfall" for thing in scene.features):
        return "over a wall of rock"
    if scene.kind == "space" and scene.colour:
        return "on a planet of coloured rock under stars"
    return _PLACE_PHRASES[scene.kind]


def describe_outdoors(scene: Scene, beside: str = "") -> str:
    """One short sentence on a landscape, a city or people; beside: what people have with them."""
    light = "soft light" if scene.light == "soft" else vocabulary().lights[scene.light].phrase
    weather = f", with {' and '.join(scene.extras)}" if scene.extras else ""
    if scene.kind == "portrait":
        who = [said_of_person(person) for person in scene.people]
        together = who[0] if len(who) == 1 else f"{', '.join(who[:-1])}, and {who[-1]}"
        place = f" {_PLACE_PHRASES.get(scene.setting, '')}".rstrip()
        at_hand = f" and {beside}" if beside else ""
        return f"A portrait of {together}{at_hand}{place}, {light}{weather}."
    season = _SEASON_PHRASES[scene.season] if scene.kind != "snow" else ""
    hue = next((name for name, code in vocabulary().colours.items() if code == scene.wall), "")
    sky = f" under {'an' if hue[0] in 'aeiou' else 'a'} {hue} sky" if hue else ""
    if not scene.features or scene.kind in ("city", "street"):
        what = _KIND_PHRASES[scene.kind]
        if scene.kind == "city" and "water" in scene.absent:
            what = "A skyline"
        if scene.kind == "lake" and "mountains" in scene.absent:
            what = "A still lake among low hills"
        if scene.kind == "sea" and _is_stormy(scene):
            what = "A rough sea"
        if scene.kind == "forest":
            what = f"A {_WOOD_NOUNS[trees_of(scene)]}{' in mist' if scene.woods != 'jungle' else ''}"
        return f"{what}{season}{sky}, {light}{weather}."
    said = said_of(scene.features)
    place = _place(scene)
    return f"{said[0].upper()}{said[1:]} {place}{season}{sky}, {light}{weather}."
