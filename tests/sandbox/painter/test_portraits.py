"""Portraits: people look as the words say, and the same person stays the same."""

import json
from dataclasses import replace

import numpy as np
import pytest

from studio.sandbox.painter.people.person import (
    Person,
    people_of,
    people_said,
    people_table,
    person_from_record,
    person_of,
    person_to_record,
    person_with,
)
from studio.sandbox.painter.people.portrait import backdrop, paint_people
from studio.sandbox.painter.reading.brief import describe, read_brief
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Canvas, Scene, scene_from_record, scene_to_record
from tests.sandbox.painter.conftest import Pixels

SEED = bytes([3]) * 32
COLOURS = {"red": "#c3312f", "navy": "#1d2b50"}


def person(text: str, seed: bytes = SEED) -> Person:
    return person_of(seed, text, colours=COLOURS)


def with_trait(one: Person, trait: str, value: str) -> Person:
    changed = person_from_record({**person_to_record(one), trait: value})
    assert changed is not None
    return changed


def top_of(one: Person) -> int:
    """The first row the person covers."""
    alpha = painted(one).alpha
    assert alpha is not None
    return int(np.nonzero(alpha > 0.5)[0].min())


def painted(one: Person, *, light: str = "studio", seed: bytes = SEED) -> Canvas:
    ground = backdrop((200, 200), wall="#cccccc", light=light, seed=seed)
    return paint_people(ground, (one,), light=light, seed=seed)


@pytest.mark.parametrize(
    ("text", "traits"),
    [
        ("portrait of a woman with long red hair", {"gender": "woman", "hair": "long", "hair_colour": "red"}),
        ("an old man with a white beard", {"gender": "man", "age": "old", "beard": "full", "hair_colour": "white"}),
        ("a bald man with glasses", {"hair": "bald", "gender": "man"}),
        ("a young woman with a bob, green eyes", {"age": "young", "hair": "bob", "eyes": "green"}),
        ("a smiling girl with freckles", {"age": "child", "expression": "smile", "freckles": True}),
        ("a woman in a hijab", {"head": "hijab"}),
        ("a man in a navy suit", {"clothes": "suit", "clothes_colour": "#1d2b50"}),
        ("a woman in a red dress", {"clothes": "dress", "clothes_colour": "#c3312f"}),
        ("a man in a hoodie and a cap, serious", {"clothes": "hoodie", "head": "cap", "expression": "neutral"}),
        ("a black woman with an afro", {"skin": "deep", "hair": "afro", "gender": "woman"}),
        ("a woman with curly blonde hair", {"hair": "curly", "hair_colour": "blonde"}),
        ("a man with sunglasses and a moustache", {"glasses": "sun", "beard": "moustache"}),
        ("a woman without glasses", {"glasses": ""}),
    ],
)
@pytest.mark.parametrize("seed", [1, 9])
def test_words_win_over_the_seed(text: str, traits: dict[str, object], seed: int) -> None:
    found = person(text, bytes([seed]) * 32)
    assert {name: getattr(found, name) for name in traits} == traits


def test_what_is_not_said_is_the_seeds_to_choose() -> None:
    people = [person("portrait of a woman", bytes([n]) * 32) for n in range(24)]
    assert len({one.skin for one in people}) >= 4
    assert len({one.hair for one in people}) >= 4
    assert len({one.clothes for one in people}) >= 3
    assert len({one.face for one in people}) == 24


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a portrait of a woman", 1), ("a man and a woman", 2), ("four friends laughing", 4), ("a couple", 2),
        ("an old man, a woman and two girls", 4), ("twelve people", 3), ("mountains, no people", 0),
        ("a mug on linen", 0), ("portrait of a fox", 0), ("a group of people", 3),
    ],
)  # fmt: skip
def test_as_many_people_as_the_words_ask_for(text: str, count: int) -> None:
    assert people_said(text) == count
    assert len(people_of(SEED, text)) == count


def test_a_list_of_people_tells_them_apart() -> None:
    first, second, third = people_of(SEED, "an old man with a beard, a woman with red hair and a boy")
    assert (first.gender, first.age, first.beard) == ("man", "old", "full")
    assert (second.gender, second.hair_colour, second.beard) == ("woman", "red", "")
    assert (third.gender, third.age) == ("man", "child")


@pytest.mark.parametrize(
    "prompt", ["a lake in the mountains, no people", "a city skyline without people", "a cosy room, no people"]
)
def test_no_people_means_none(prompt: str) -> None:
    scene = read_brief(prompt, SEED)
    assert scene.kind != "portrait"
    assert scene.people == ()


@pytest.mark.parametrize("trait", ["hair", "head", "clothes", "beard", "hair_colour", "skin"])
def test_every_value_of_a_trait_shows(trait: str) -> None:
    base = replace(person("a man with short brown hair in a jumper"), beard="", head="", glasses="", skin="light")
    pictures = [painted(with_trait(base, trait, value)).picture for value in people_table()[trait]]
    gaps = [np.abs(a - b).max(axis=-1) > 0.08 for i, a in enumerate(pictures) for b in pictures[:i]]
    assert min(gap.mean() for gap in gaps) > 0.002


def test_hair_has_the_colour_said() -> None:
    base = replace(person("a woman with long hair"), head="", skin="light")
    dark, fair, red = (painted(replace(base, hair_colour=c)).picture[:60] for c in ("black", "blonde", "red"))
    changed = np.abs(dark - fair).max(axis=-1) > 0.2
    assert changed.mean() > 0.08
    assert fair[changed].mean() > dark[changed].mean() + 0.2
    assert (red[changed][:, 0] - red[changed][:, 2]).mean() > 0.2


def test_eyes_are_open_and_have_their_colour() -> None:
    base = replace(person("a woman"), glasses="", head="", hair="bun", skin="light", expression="neutral")
    blue, brown = (painted(replace(base, eyes=c)).picture for c in ("blue", "brown"))
    moved = np.abs(blue - brown).max(axis=-1) > 0.1
    assert 20 < moved.sum() < 600
    assert (blue - brown)[moved][:, 2].mean() > 0.1
    left, right = np.nonzero(moved)[1].min(), np.nonzero(moved)[1].max()
    assert right - left > 12


def test_age_shows() -> None:
    young = replace(person("a woman with grey hair"), age="young", glasses="", head="")
    gap = np.abs(painted(young).picture - painted(replace(young, age="old")).picture).max(axis=-1)
    assert (gap > 0.03).mean() > 0.004


def test_a_child_is_smaller() -> None:
    grown = replace(person("a boy"), age="adult", beard="", head="", hair="short")
    assert top_of(replace(grown, age="child")) > top_of(grown) + 8


def test_the_same_person_stays_recognisable_in_another_sitting() -> None:
    """Their own second picture is nearer to the first than anybody else's is."""
    lights = ("studio", "golden")

    def features_of(one: Person, light: str, seed: int) -> Pixels:
        canvas = painted(one, light=light, seed=bytes([seed]) * 32)
        assert canvas.alpha is not None
        small = (canvas.picture * canvas.alpha[..., None]).reshape(10, 20, 10, 20, 3).mean(axis=(1, 3))
        return np.asarray(small, dtype=np.float32)

    cast = [person(text, bytes([n]) * 32) for n, text in enumerate(
        ("a black woman with an afro", "a pale woman with long red hair", "an old man with a white beard",
            "a boy"))]  # fmt: skip
    first = [features_of(one, lights[0], 1) for one in cast]
    for k, one in enumerate(cast):
        again = features_of(one, lights[1], 2)
        gaps = [float(np.abs(again - other).mean()) for other in first]
        assert int(np.argmin(gaps)) == k


def test_side_by_side_nobody_is_lost() -> None:
    scene = read_brief("five friends, studio light", SEED)
    alpha = render(scene, width=400, height=200).alpha
    assert alpha is not None
    heads = alpha[int(200 * 0.62)] > 0.5
    edges = int(np.abs(np.diff(heads.astype(int))).sum())
    assert len(scene.people) == 5
    assert edges >= 6


def test_dramatic_light_leaves_one_side_in_shade() -> None:
    one = replace(person("a bald man"), beard="", glasses="", skin="light", hair="bald")
    sides = {}
    for light in ("drama", "studio"):
        face = painted(one, light=light).picture[70:110, 70:130].mean(axis=(0, 2))
        sides[light] = abs(float(face[:30].mean() - face[30:].mean()))
    assert sides["drama"] > sides["studio"] * 1.5


def test_people_stand_before_the_place_that_is_named() -> None:
    scene = read_brief("a woman on a beach at sunset", SEED)
    assert (scene.kind, scene.setting, len(scene.people)) == ("portrait", "sea", 1)
    assert describe(scene).endswith("by a calm sea, golden late light.")


def test_a_caption_says_who_is_there() -> None:
    one = replace(person("an old man with a white beard"), glasses="")
    assert describe(Scene(kind="portrait", seed=SEED, light="drama", people=(one,))) == (
        "A portrait of an old man with a white beard, dramatic light."
    )


def test_a_person_survives_a_record() -> None:
    for n in range(12):
        one = person("portrait of a person", bytes([n]) * 32)
        assert person_from_record(json.loads(json.dumps(person_to_record(one)))) == one


@pytest.mark.parametrize(
    "change",
    [
        {"hair": "mohawk"}, {"clothes_colour": "red"}, {"face": [0.1, 0.2]}, {"face": [0, 0, 0, 9]}, {"glasses": "x"},
        {"earrings": 1}, {"beard": None}, {"face": [True, 0, 0, 0]}, {"extra": 1}, {"glasses": []}, {"skin": {}},
    ],
)  # fmt: skip
def test_a_record_of_nobody_is_refused(change: dict[str, object]) -> None:
    assert person_from_record({**person_to_record(person("a man")), **change}) is None


def test_a_portrait_survives_its_record_and_is_nothing_without_people() -> None:
    scene = read_brief("a man and a woman, golden hour", SEED)
    record = json.loads(json.dumps(scene_to_record(scene)))
    assert scene_from_record(record) == scene
    assert scene_from_record({**record, "people": []}) is None


@pytest.mark.parametrize(
    ("edit", "changes"),
    [
        ("make her hair blonde", {"hair_colour": "blonde"}), ("give him a beard", {"beard": "full"}),
        ("add a hat", {"head": "hat"}), ("put on sunglasses", {"glasses": "sun"}),
        ("make her smile", {"expression": "smile"}), ("give her a red dress", {"clothes": "dress",
            "clothes_colour": "#c3312f"}),
        ("take off the glasses", {"glasses": ""}), ("remove the cap", {"head": ""}), ("warmer light", {}),
    ],
)  # fmt: skip
def test_an_edit_changes_what_it_names_and_nothing_else(edit: str, changes: dict[str, str]) -> None:
    before = replace(person("a woman with black hair, neutral, in a coat and a cap"), glasses="round", beard="")
    after = person_with(before, edit, colours=COLOURS)
    assert person_to_record(after) == {**person_to_record(before), **changes}


def test_a_large_group_in_a_tall_picture_stands_in_two_rows() -> None:
    scene = read_brief("a portrait of five friends", bytes(32))
    for size, least, most in (((120, 180), 0.3, 0.6), ((200, 100), 0.0, 0.45)):
        cover = render(scene, width=size[0], height=size[1]).alpha
        assert cover is not None
        top = np.flatnonzero(np.asarray(cover > 0.5).any(axis=1))[0] / size[1]
        assert least < top < most
