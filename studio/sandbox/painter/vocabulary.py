"""The tables beside this file, read once: subjects, colours, lights, surfaces, finishes, scenes and words."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

from studio.sandbox.painter.still.parts import Finish, Part, Shape, bounds, repeated

__all__ = ["Finish", "Light", "Part", "Shape", "Subject", "Surface", "Vocabulary", "vocabulary"]

_SHAPES: tuple[Shape, ...] = get_args(Shape)


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing the painter can model."""

    name: str
    words: tuple[str, ...]
    colour: str
    finish: Finish
    parts: tuple[Part, ...]
    blend: float
    figure: bool
    label: str = ""
    """The noun of a caption: "bowl of ramen"."""
    many: str = ""
    """Its plural."""
    article: str = "a"
    """ "some" for what is never one."""
    height_cm: float = 20.0
    home: bool = False
    """Furniture: it stands on a floor."""
    food: bool = False
    dish: bool = False
    """Its model has the bowl, plate or vase it comes in."""
    lies: bool = False
    """Laid flat when seen from above."""
    seat: float = 0.0
    """At which height, in the model's units, something can stand on it; 0 when nothing can."""
    yaw: float = 26.0
    """How far the seed may turn it, degrees to either side."""
    pair: bool = False
    """Sold in twos: a plural without a number is a pair."""
    flat: bool = False
    """Much wider than high: it wants to be seen from a little above."""


@dataclass(frozen=True, slots=True)
class Light:
    """A mood of light. Colours are hex; lift is exposure, height 0–1, shaft how strongly the window lights the wall."""

    name: str
    words: tuple[str, ...]
    key: str
    fill: str
    wall: str
    lift: float
    height: float
    shaft: float
    phrase: str
    like: str = ""
    """The light of the first eight it is nearest to, for whatever knows only those; "" for one of them."""


@dataclass(frozen=True, slots=True)
class Surface:
    """What the subject stands on."""

    name: str
    words: tuple[str, ...]
    colour: str
    texture: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    subjects: Mapping[str, Subject]
    colours: Mapping[str, str]
    lights: Mapping[str, Light]
    surfaces: Mapping[str, Surface]
    scenes: Mapping[str, tuple[str, ...]]
    finishes: Mapping[str, Finish]
    """Material words and the finish they mean."""
    finish_colours: Mapping[str, str]
    """The colour of a material that has one of its own."""
    views: Mapping[str, tuple[str, ...]]
    places: Mapping[str, tuple[str, ...]]
    stages: Mapping[str, tuple[str, ...]]
    supports: Mapping[str, tuple[str, ...]]
    rooms: Mapping[str, tuple[str, ...]]
    """What stands in a room of which nothing else was said."""
    kinds: Mapping[str, tuple[str, ...]]
    """What can be left out besides single subjects: kinds of them, and what a place gets unasked."""
    kind_members: Mapping[str, tuple[str, ...]]
    """The subjects of a kind."""


def _part(row: Mapping[str, Any], finish: Finish) -> Part:
    shape: Shape = next(s for s in _SHAPES if s in row)
    numbers = row[shape] if shape in ("lathe", "tube") else [row[shape]]
    opening = row.get("open")
    return Part(
        shape=shape,
        numbers=tuple(tuple(float(n) for n in point) for point in numbers),
        paint=row.get("paint", "body"),
        finish=row.get("finish", finish),
        turn=float(row.get("turn", 0)),
        tilt=float(row.get("tilt", 0)),
        round=float(row.get("round", 0.1)),
        flat=float(row.get("flat", 1)),
        opening=(float(opening[0]), float(opening[1])) if opening else None,
        fill=row.get("fill", "#20140f"),
        skin=row.get("skin", ""),
    )


def _is_flat(parts: tuple[Part, ...]) -> bool:
    left, bottom, _, right, top, _ = bounds(parts)
    return (top - bottom) < 0.42 * (right - left)


def _subject(name: str, row: Mapping[str, Any], *, figure: bool) -> Subject:
    parts = [copy for part in row["parts"] for copy in repeated(_part(part, row["finish"]), part)]
    label = row.get("label", name.replace("_", " "))
    return Subject(
        name=name,
        words=tuple(row["words"]),
        colour=row["colour"],
        finish=row["finish"],
        parts=tuple(parts),
        blend=float(row.get("blend", 0)),
        figure=figure,
        label=label,
        many=row.get("many", label if label.endswith("s") and not label.endswith("ss") else f"{label}s"),
        article=row.get("article", "an" if label[0] in "aeiou" else "a"),
        height_cm=float(row.get("height", 40 if figure else 20)),
        home=bool(row.get("home")),
        food=bool(row.get("food")),
        dish=bool(row.get("dish")),
        lies=bool(row.get("lies")),
        seat=float(row.get("seat", 0)),
        yaw=float(row.get("yaw", 26)),
        pair=bool(row.get("pair")),
        flat=_is_flat(tuple(parts)),
    )


def _subjects(table: Mapping[str, Any], *, figure: bool) -> dict[str, Subject]:
    return {name: _subject(name, row, figure=figure) for name, row in table.items()}


def _words(table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in table.items()}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


@cache
def vocabulary() -> Vocabulary:
    terms = _read("terms.toml")
    lights = {k: Light(name=k, **{**row, "words": tuple(row["words"])}) for k, row in terms["lights"].items()}
    surfaces = {k: Surface(name=k, **{**row, "words": tuple(row["words"])}) for k, row in terms["surfaces"].items()}
    return Vocabulary(
        subjects=_subjects(_read("subjects.toml"), figure=False) | _subjects(_read("figures.toml"), figure=True),
        colours={name.replace("-", " "): code for name, code in terms["colours"].items()},
        lights=lights,
        surfaces=surfaces,
        scenes=_words(terms["scenes"]),
        finishes=terms["finishes"],
        finish_colours=terms["finish_colours"],
        views=_words(terms["views"]),
        places=_words(terms["places"]),
        stages=_words(terms["stages"]),
        supports=_words(terms["supports"]),
        rooms=_words(terms["rooms"]),
        kinds=_words(terms["kinds"]),
        kind_members=_words(terms["kind_members"]),
    )
