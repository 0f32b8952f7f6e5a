"""Every name that one data file of the painter takes from another, or from the code, exists."""

import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from studio.sandbox import painter
from studio.sandbox.painter.filters.light import SIDES, moods
from studio.sandbox.painter.filters.registry import FILTERS
from studio.sandbox.painter.land.features import feature_table
from studio.sandbox.painter.lettering.textplace import lexicon
from studio.sandbox.painter.lettering.typefaces import typefaces
from studio.sandbox.painter.reading.designs import designs
from studio.sandbox.painter.scene import KINDS, Place, Stage, Support, View
from studio.sandbox.painter.sheets.poster import LAYOUTS
from studio.sandbox.painter.sheets.sheet import marks
from studio.sandbox.painter.still.parts import Finish
from studio.sandbox.painter.vocabulary import vocabulary

HERE = Path(painter.__file__).parent
References = Iterator[tuple[str, Collection[str], Collection[str]]]
"""(where, the names used, the names there are)."""


def table(path: str) -> dict[str, Any]:
    return tomllib.loads((HERE / path).read_text("utf-8"))


def of_designs() -> References:
    known, subjects = designs(), vocabulary().subjects
    for name, topic in known.topics.items():
        yield f"{name} layouts", topic.layouts, LAYOUTS
        yield f"{name} palettes", topic.palettes, known.palettes
        yield f"{name} marks", topic.marks, marks()
        yield f"{name} subjects", topic.subjects, subjects
    yield "mark words", known.mark_words, marks()


def of_terms() -> References:
    words = vocabulary()
    yield "kinds with members", words.kind_members, words.kinds
    for group in (words.kind_members, words.rooms):
        for name, members in group.items():
            yield name, members, words.subjects
    yield "scenes", words.scenes, KINDS
    yield "finishes", set(words.finishes.values()), get_args(Finish)
    yield "coloured finishes", words.finish_colours, words.finishes
    yield "likened lights", {light.like for light in words.lights.values()} - {""}, words.lights
    named: Mapping[str, tuple[Mapping[str, Any], Any]] = {
        "views": (words.views, View), "places": (words.places, Place), "stages": (words.stages, Stage),
        "supports": (words.supports, Support),
    }  # fmt: skip
    for name, (used, type_) in named.items():
        yield name, used, get_args(type_)
    yield "stand-ins", table("reading/strangers.toml")["instead"], words.subjects


def of_lettering() -> References:
    faces = typefaces().faces
    assert {path.name for path in (HERE / "lettering/fonts").iterdir()} >= {face.file for face in faces.values()}
    yield "words of faces", typefaces().words, faces
    yield "faces that follow", {row["next"] for row in table("lettering/typefaces.toml")["faces"].values()}, faces
    yield "faces of the world", table("lettering/typefaces.toml")["world"], faces
    yield "sizes", {"title", "subtitle", "small"}, lexicon().role_words


def of_filters() -> References:
    yield "moods", moods(), {*vocabulary().lights, "key"}  # a high key has a clause of its own
    yield "sides of moods", {mood.place for mood in moods().values()}, SIDES
    edits = table("edits/edits.toml")
    yield "scales moved", {row["op"] for row in edits["graded"]}, FILTERS
    for key in ("ops", "gone"):
        yield key, {op[0] for row in edits["effect"] for op in row.get(key, ())}, FILTERS


def of_land() -> References:
    yield "homes of features", {feature.home for feature in feature_table().values()}, KINDS


@pytest.mark.parametrize("references", [of_designs, of_terms, of_lettering, of_filters, of_land])
def test_every_name_in_a_data_file_exists(references: Callable[[], References]) -> None:
    missing = {where: set(used) - set(known) for where, used, known in references()}
    assert {where: names for where, names in missing.items() if names} == {}
