"""The tables beside this file, read once: subjects, colours, lights, surfaces and scenes."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Finish = Literal["matte", "satin", "gloss", "metal", "glass", "glow"]
Shape = Literal["lathe", "tube", "ball", "box"]


@dataclass(frozen=True, slots=True)
class Part:
    """One solid of a subject; `numbers` as the table's head describes."""

    shape: Shape
    numbers: tuple[tuple[float, ...], ...]
    paint: str = "body"
    finish: Finish = "matte"
    turn: float = 0.0
    tilt: float = 0.0
    round: float = 0.1
    flat: float = 1.0
    opening: tuple[float, float] | None = None
    """(inner radius, level of the filling)."""
    fill: str = "#20140f"


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


def _part(row: Mapping[str, Any], finish: Finish) -> Part:
    shape: Shape = next(s for s in ("lathe", "tube", "ball", "box") if s in row)
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
    )


def _subjects(table: Mapping[str, Any], *, figure: bool) -> dict[str, Subject]:
    return {
        name: Subject(
            name=name,
            words=tuple(row["words"]),
            colour=row["colour"],
            finish=row["finish"],
            parts=tuple(_part(part, row["finish"]) for part in row["parts"]),
            blend=float(row.get("blend", 0)),
            figure=figure,
        )
        for name, row in table.items()
    }


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
        scenes={name: tuple(words) for name, words in terms["scenes"].items()},
    )
