"""What a prompt means: colours that are not things, what is left out, the fields of a form, the light."""

import numpy as np
import pytest

from studio.sandbox.painter.reading.brief import describe, read_brief
from studio.sandbox.painter.reading.unknown import notice_of_unknown
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Scene, scene_from_record, scene_to_record
from studio.sandbox.painter.vocabulary import vocabulary

CODES = vocabulary().colours


def scene_of(prompt: str) -> Scene:
    return read_brief(prompt, bytes(32))


def things(scene: Scene) -> list[str]:
    return [name for name in (scene.subject, *(item.subject for item in scene.items)) if name]


@pytest.mark.parametrize(
    ("prompt", "kind", "shown"),
    [
        ("A sunset over the sea with pink and orange sky", "sea", []),
        ("A sunset with orange clouds", "sea", []),
        ("Abstract gradient waves, purple to orange", "abstract", []),
        ("A cherry red car", "object", ["car"]),
        ("A salmon pink sofa", "object", ["sofa"]),
        ("A green bottle and lime green background", "object", ["bottle"]),
        ("Rose gold ring on white", "object", ["ring"]),
        ("A white vase, orange and teal palette", "object", ["vase"]),
        ("A living room in olive and peach", "object", ["sofa", "floor_lamp", "house_plant"]),
        ("an orange and white cat", "object", ["cat"]),
        ("an orange striped cat", "object", ["cat"]),
        ("Autumn forest path, orange leaves, morning fog, sun rays", "forest", []),
        ("A pizza with basil leaves", "object", ["pizza", "basil"]),
        ("A perfume bottle with eucalyptus leaves", "object", ["perfume", "eucalyptus"]),
    ],
)
def test_a_colours_name_is_not_painted_as_a_thing(prompt: str, kind: str, shown: list[str]) -> None:
    scene = scene_of(prompt)
    assert (scene.kind, things(scene)) == (kind, shown)
    assert notice_of_unknown(prompt, scene) == ""


@pytest.mark.parametrize(
    ("prompt", "shown"),
    [
        ("an orange", ["orange"]),
        ("two oranges", ["orange"]),
        ("oranges in a bowl", ["orange", "bowl"]),
        ("an orange, white background", ["orange"]),
        ("an orange cut in half", ["orange"]),
        ("a pear, an orange and a lime on a table", ["pear", "orange", "lime"]),
        ("still life of apple, orange, grapes", ["apple", "orange", "grapes"]),
        ("tea with lemon", ["mug", "lemon"]),
        ("a rose in a vase", ["flowers"]),
        ("leaves", ["plant"]),
    ],
)
def test_a_thing_named_like_a_colour_is_painted(prompt: str, shown: list[str]) -> None:
    assert things(scene_of(prompt)) == shown


def test_a_colour_of_two_words_is_one_colour() -> None:
    assert scene_of("A cherry red car").colour == CODES["cherry red"]
    assert describe(scene_of("Rose gold ring, studio light")) == "A rose gold ring, studio light."
    assert scene_of("an orange and white cat").colour == CODES["orange"]
    assert describe(scene_of("a matte black cream jar, studio light")) == "A matte black cream jar, studio light."


@pytest.mark.parametrize(
    ("prompt", "shown"),
    [
        ("A living room without plants", ["sofa", "floor_lamp"]),
        ("Living room. Do not include: window, plants, pictures", ["sofa", "floor_lamp"]),
        ("A kitchen. Do not include: fruit, bread.", ["teapot"]),
        ("A laptop in a home office, no desk", ["laptop"]),
    ],
)
def test_what_a_place_has_unasked_can_be_left_out(prompt: str, shown: list[str]) -> None:
    assert things(scene_of(prompt)) == shown


def test_a_counter_from_which_everything_is_left_out_is_empty() -> None:
    scene = scene_of("Kitchen counter, no teapot, no bread, no lemon")
    assert describe(scene).startswith("An empty kitchen counter")
    alpha = render(scene, width=160, height=100).alpha
    assert alpha is not None
    assert float(alpha.max()) == 0.0


@pytest.mark.parametrize(
    ("prompt", "left_out"),
    [
        ("A desk with a laptop", ", no window"),
        ("A living room, minimal", ". Do not include: window."),
        ("A sofa", ", no pictures"),
        ("A kitchen counter with a mug", " without a window"),
        ("A city skyline at noon", " without water"),
        ("A beach at noon", ". Do not include: clouds."),
        ("A beach at sunset", ". Do not include: sun."),
    ],
)
def test_the_picture_is_another_without_what_is_left_out(prompt: str, left_out: str) -> None:
    scene = scene_of(prompt + left_out)
    absent = scene.absent
    assert absent
    assert scene_from_record(scene_to_record(scene)) == scene
    own, whole = render(scene, width=160, height=100), render(scene_of(prompt), width=160, height=100)
    assert float(np.abs(own.picture - whole.picture).max()) > 0.02


def test_a_caption_does_not_claim_what_was_left_out() -> None:
    assert "window" not in describe(scene_of("A desk with a laptop, soft light, no window"))
    assert "water" not in describe(scene_of("A city skyline without water"))


def test_the_fields_of_a_form_are_known() -> None:
    prompt = "Subject: coffee mug. Camera: 50mm lens. Lighting: candlelight. Do not include: text, people"
    assert (things(scene_of(prompt)), scene_of(prompt).light) == (["mug"], "candle")
    assert scene_of("Subject: a red car. Setting: coastal road at dusk").setting == "sea"
    assert scene_of("Subject: a vase. Palette: terracotta, sand, off-white").colour == CODES["terracotta"]
    assert scene_of("A vase. Background: sage. Mood: calm.").wall == CODES["sage"]
    for name in ("Negative", "Avoid", "Exclude"):
        assert things(scene_of(f"A mug and a lemon. {name}: lemon")) == ["mug"]


def test_a_sentence_after_what_is_to_be_avoided_is_asked_for() -> None:
    assert things(scene_of("Avoid: text, lemons. A red mug on linen")) == ["mug"]


def test_linen_under_a_product_photo_is_seen() -> None:
    assert scene_of("A ceramic mug on linen. Style: Product photo, natural light.").surface == "linen"
    assert scene_of("A mug. Composition: Close-up, mug left of centre").place == "left"


@pytest.mark.parametrize(
    ("prompt", "light"),
    [
        ("A dramatic mountain lake at sunset", "golden"),
        ("A cinematic city at night", "night"),
        ("A dramatic mountain lake", "drama"),
        ("A pear on a table, hard sunlight from the right", "noon"),
        ("A village with lit windows at blue hour", "blue"),
        ("A pear by the window, golden hour", "golden"),
        ("Living room, rainy afternoon outside the window", "overcast"),
    ],
)
def test_the_hour_said_is_the_hour_painted(prompt: str, light: str) -> None:
    assert scene_of(prompt).light == light


def test_it_does_not_rain_indoors() -> None:
    assert scene_of("Living room, rainy afternoon outside the window").extras == ()
    assert scene_of("A mug with steam on a kitchen counter").extras == ("steam",)
    assert scene_of("A rainy street").extras == ("rain",)


def test_a_colour_that_is_refused_is_not_the_things_own() -> None:
    assert scene_of("A watercolour of an apple, not red").colour not in ("", CODES["red"])
    assert scene_of("A watercolour of an apple, not blue").colour == ""
    assert scene_of("A mug. Avoid: lemon, lime, white background").colour == ""


def test_open_country_has_no_window() -> None:
    assert "window" not in describe(scene_of("A lake, soft light"))
