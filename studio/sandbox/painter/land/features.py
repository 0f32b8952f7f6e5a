"""What may stand, sail or fly in a landscape: the table, and what a prompt names of it."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from studio.sandbox.painter.reading.finding import Found, find_terms

Season = Literal["", "spring", "summer", "autumn", "winter"]
SEASONS: tuple[Season, ...] = get_args(Season)
MOST_FEATURES = 8
_MOST_ALIKE = 5
_NUMBERS = {"two": 2, "2": 2, "three": 3, "3": 3, "four": 4, "4": 4, "five": 5, "5": 5, "several": 3, "some": 3,
            "many": 5, "few": 3, "pair": 2, "couple": 2}  # fmt: skip
_DENIED = re.compile(r"\b(no|without|avoid|except|excluding|not)( any| a| an| the)?(?: \w+)?$")
_SEASON_WORDS: Mapping[str, tuple[str, ...]] = {
    "spring": ("spring", "springtime", "cherry blossom", "blossom", "blooming", "in bloom", "april"),
    "summer": ("summer", "summertime", "july", "lush"),
    "autumn": (
        "autumn",
        "autumnal",
        "fall colours",
        "fall colors",
        "fall foliage",
        "october",
        "in fall",
        "in the fall",
    ),
    "winter": ("winter", "wintry", "snowy", "snow-covered", "january", "december", "in the snow"),
}


@dataclass(frozen=True, slots=True)
class Feature:
    """A row of features.toml; its head describes the fields."""

    name: str
    words: tuple[str, ...]
    phrase: str
    home: str
    place: str
    colour: str
    painter: str
    height: float
    seasonal: bool
    parts: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """A feature of one scene; colour is "#rrggbb" or "" for the table's own."""

    name: str
    colour: str = ""
    count: int = 1


@cache
def feature_table() -> Mapping[str, Feature]:
    rows = tomllib.loads((Path(__file__).parent / "features.toml").read_text(encoding="utf-8"))
    return {
        name: Feature(
            name=name,
            words=tuple(row["words"]),
            phrase=row["phrase"],
            home=row["home"],
            place=row["place"],
            colour=row["colour"],
            painter=row.get("painter", ""),
            height=float(row.get("height", 0.2)),
            seasonal=bool(row.get("seasonal", False)),
            parts=tuple(row.get("parts", ())),
        )
        for name, row in rows.items()
    }


def find_features(text: str) -> list[Found]:
    """The features a text (lower case) names and does not forbid."""
    hits = find_terms(text, {name: feature.words for name, feature in feature_table().items()})
    return [hit for hit in hits if not _DENIED.search(text[: hit.start].rstrip())]


def find_season(text: str) -> Season:
    """The first season the text names, "" for none."""
    hits = find_terms(text, _SEASON_WORDS)
    return hits[0].name if hits else ""  # type: ignore[return-value]


def _count(text: str, hit: Found) -> int:
    before = re.findall(r"[a-z0-9]+", text[: hit.start])[-3:]
    said = next((_NUMBERS[word] for word in reversed(before) if word in _NUMBERS), 0)
    plural = text[hit.start : hit.end].endswith("s") and feature_table()[hit.name].parts
    return min(_MOST_ALIKE, said or (3 if plural else 1))


def things_in(
    text: str, hits: Sequence[Found], colours: Sequence[Found], codes: Mapping[str, str]
) -> tuple[Thing, ...]:
    """The features of a scene: each once, with the colour said right before it and how many."""
    things: dict[str, Thing] = {}
    for hit in hits:
        if hit.name in things:
            continue
        near = [c for c in colours if c.end <= hit.start and len(text[c.end : hit.start].split()) <= 1]
        own = [c for c in near if "," not in text[c.end : hit.start]]
        things[hit.name] = Thing(hit.name, codes[own[-1].name] if own else "", _count(text, hit))
    return tuple(things.values())[:MOST_FEATURES]


def things_to_record(things: Sequence[Thing]) -> list[list[str | int]]:
    return [[thing.name, thing.colour, thing.count] for thing in things]


def things_from_record(rows: object) -> tuple[Thing, ...] | None:
    """The features of a record found in a file, which may be anything; None unless every value is one of ours."""
    if not isinstance(rows, list) or len(rows) > MOST_FEATURES:
        return None
    things = [_thing_from(row) for row in rows]
    return None if None in things else tuple(thing for thing in things if thing is not None)


def _thing_from(row: object) -> Thing | None:
    if not (isinstance(row, list) and len(row) == 3 and isinstance(row[0], str) and isinstance(row[1], str)):
        return None
    name, colour, count = row
    good = (
        name in feature_table()
        and (colour == "" or re.fullmatch(r"#[0-9a-f]{6}", colour) is not None)
        and isinstance(count, int)
        and not isinstance(count, bool)
        and 1 <= count <= _MOST_ALIKE
    )
    return Thing(name, colour, count) if good else None


def said_of(things: Sequence[Thing]) -> str:
    """The features as a caption names them: "a lighthouse, a cliff and birds"."""
    phrases = [_phrase(thing) for thing in things]
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}" if phrases else ""


def _phrase(thing: Thing) -> str:
    phrase = feature_table()[thing.name].phrase
    if thing.count == 1:
        return phrase
    number = {2: "two", 3: "three", 4: "four", 5: "five"}[thing.count]
    return f"{number} {phrase.split(' ', 1)[1]}s"
