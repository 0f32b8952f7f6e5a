"""What is read out of a prompt: things, counts, colours, materials, framing, what to leave out."""

import json
from dataclasses import replace
from typing import get_args

import pytest

from studio.prompt import StructuredPrompt
from studio.sandbox.painter.reading.brief import describe, read_brief
from studio.sandbox.painter.reading.styles import styles_asked
from studio.sandbox.painter.scene import Item, Place, Scene, Stage, View, scene_from_record, scene_to_record
from studio.sandbox.painter.vocabulary import vocabulary


def scene_of(prompt: str) -> Scene:
    return read_brief(prompt, bytes(32))


def names(scene: Scene) -> list[tuple[str, int]]:
    return [(scene.subject, scene.count), *((item.subject, item.count) for item in scene.items)]


@pytest.mark.parametrize(
    ("prompt", "things"),
    [
        ("a mug and two lemons", [("mug", 1), ("lemon", 2)]),
        ("three apples on a wooden table", [("apple", 3)]),
        ("a wine bottle with a wine glass and grapes", [("wine_bottle", 1), ("wine_glass", 1), ("grapes", 1)]),
        ("matte black perfume bottle", [("perfume", 1)]),
        ("a lemon cake", [("cake", 1)]),
        ("a bowl of ramen, top-down", [("ramen", 1)]),
        ("flowers in a vase", [("flowers", 1)]),
        ("a burger with a glass of beer", [("burger", 1), ("glass", 1)]),
        ("twelve hundred words, no more", [("", 1)]),
    ],
)
def test_the_things_named_are_counted(prompt: str, things: list[tuple[str, int]]) -> None:
    assert names(scene_of(prompt)) == things


def test_each_thing_has_its_own_colour_and_material() -> None:
    scene = scene_of("a matte black mug, a red teapot and three strawberries on a white plate")
    codes = vocabulary().colours
    assert (scene.colour, scene.finish) == (codes["black"], "matte")
    assert scene.items == (
        Item("teapot", codes["red"]), Item("strawberry", count=3), Item("plate", codes["white"]),
    )  # fmt: skip


def test_a_material_brings_its_colour_unless_another_is_said() -> None:
    assert scene_of("a chrome toaster").colour == vocabulary().finish_colours["chrome"]
    assert scene_of("a red chrome toaster").colour == vocabulary().colours["red"]


def test_a_cat_on_a_sofa_is_on_it_and_in_a_room() -> None:
    scene = scene_of("a cat sleeping on a green sofa")
    assert (scene.subject, scene.stage) == ("cat", "room")
    assert scene.items == (Item("sofa", vocabulary().colours["green"], role="under"),)


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("close-up", "view", "close"), ("flat lay", "view", "top"), ("wide shot", "view", "wide"),
        ("low angle", "view", "low"), ("isometric", "view", "iso"), ("left third", "place", "left"),
        ("negative space on the left", "place", "right"), ("centred", "place", "centre"),
        ("copy space above", "place", "bottom"), ("rim light", "rim", True), ("minimalist", "plain", True),
        ("on a seamless backdrop", "stage", "seamless"), ("living room interior", "stage", "room"),
        ("on slate", "surface", "slate"), ("golden hour", "light", "golden"), ("blue hour", "light", "blue"),
    ],
)  # fmt: skip
def test_composition_words_are_read(words: str, field: str, value: object) -> None:
    assert getattr(scene_of(f"a teapot, {words}"), field) == value
    assert getattr(scene_of("a teapot"), field) != value


def test_a_structured_prompt_is_read_field_by_field() -> None:
    prompt = StructuredPrompt(
        subject="A camera and a cup",
        style="Watercolour, muted",
        composition="Left third, wide shot",
        technical="85 mm lens, f/2.8",
        exclude="plants, people, text",
    ).compose()
    scene = scene_of(prompt)
    assert names(scene) == [("camera", 1), ("teacup", 1)]
    assert (scene.place, scene.view) == ("left", "wide")
    assert [style.name for style in styles_asked(prompt, lettered=False)] == ["watercolour", "muted"]


def test_what_is_excluded_is_not_painted() -> None:
    scene = scene_of("A mug on a table. Do not include: lemons, fog, watercolour.")
    assert names(scene) == [("mug", 1)]
    assert scene.extras == ()
    assert styles_asked("A mug. Do not include: watercolour.", lettered=False) == ()
    assert names(scene_of("a vase, a lemon and a pear, no lemons")) == [("vase", 1), ("pear", 1)]


def test_a_lens_is_not_a_camera_and_a_pencil_sketch_holds_no_pencil() -> None:
    assert names(scene_of("a pear, 50mm lens")) == [("pear", 1)]
    assert names(scene_of("a pencil sketch of a teapot")) == [("teapot", 1)]


@pytest.mark.parametrize(
    ("prompt", "caption"),
    [
        ("a mug and two lemons on linen, morning light", "A mug and two lemons on linen, morning light."),
        ("a cat on a sofa, soft light", "A cat on a sofa, soft window light."),
        ("three red apples, studio", "Three red apples, studio light."),
        ("a bowl of strawberries, studio", "A bowl with five strawberries on it, studio light."),
        ("a pizza, flat lay on slate, soft light", "A pizza on slate, seen from above, soft window light."),
    ],
)
def test_the_caption_says_what_is_there(prompt: str, caption: str) -> None:
    assert describe(scene_of(prompt)) == caption


FULL = "two red mugs and a lemon on slate, close-up, left third, rim light, minimal"


def test_a_scene_survives_its_record() -> None:
    scene = scene_of(FULL)
    assert scene_from_record(json.loads(json.dumps(scene_to_record(scene)))) == scene


def test_a_record_from_before_is_still_read() -> None:
    old = ("kind", "seed", "subject", "colour", "surface", "wall", "tone", "light", "setting", "text", "extras")
    scene = scene_of("a red mug on slate")
    record = {name: value for name, value in scene_to_record(scene).items() if name in old}
    assert scene_from_record(record) == replace(scene, items=(), count=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 99}, {"count": True}, {"finish": "goo"}, {"stage": "moon"}, {"view": 3}, {"place": "up"}, {"rim": 1},
        {"items": "mug"}, {"items": [["mug", "", "", 1]]}, {"items": [["nothing", "", "", 1, "beside"]]},
        {"items": [["mug", "red", "", 1, "beside"]]}, {"items": [["mug", "", "", 1, "above"]]},
        {"items": [["mug", "", "", 1, "beside"]] * 20}, {"finish": []},
    ],
)  # fmt: skip
def test_a_record_with_a_value_that_is_not_ours_is_refused(wrong: dict[str, object]) -> None:
    assert scene_from_record({**scene_to_record(scene_of("a mug")), **wrong}) is None


def test_the_tables_name_only_what_a_scene_can_hold() -> None:
    words = vocabulary()
    assert set(words.views) <= set(get_args(View))
    assert set(words.places) <= set(get_args(Place))
    assert set(words.stages) <= set(get_args(Stage))
    assert set(words.finish_colours) <= set(words.finishes)
