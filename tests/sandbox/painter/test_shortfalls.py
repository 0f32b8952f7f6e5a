"""What a prompt forbids, counts or compares is done, or the answer says that it was not."""

import numpy as np
import pytest

from studio.sandbox.painter.reading.brief import describe, read_brief
from studio.sandbox.painter.reading.unknown import notice_of_unknown
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import scene_from_record, scene_to_record
from studio.sandbox.painter.vocabulary import vocabulary

SEED = bytes(range(32))


def answer(prompt: str) -> tuple[str, str]:
    """(caption, notice) of a fresh picture."""
    scene = read_brief(prompt, SEED)
    return describe(scene), notice_of_unknown(prompt, scene)


@pytest.mark.parametrize(
    ("prompt", "thing", "part"),
    [("a coffee cup, no saucer", "teacup", "saucer"), ("a cup with no handle", "teacup", "handle"),
     ("a wine glass, no wine", "wine glass", "wine"), ("a city at night without lights", "skyline", "lights"),
     ("a bottle of red wine without a label", "wine bottle", "label")],
)  # fmt: skip
def test_a_part_that_cannot_be_left_out_is_said_to_be_there(prompt: str, thing: str, part: str) -> None:
    caption, notice = answer(prompt)
    assert thing in caption
    assert f"leave out “{part}”" in notice


def test_what_can_be_left_out_is() -> None:
    assert read_brief("A red apple, not on a table", SEED).surface == ""
    assert answer("a mug, no saucer") == answer("a mug")
    lake, level = (
        render(read_brief(said, SEED), width=160, height=100).picture for said in ("a lake", "a lake without mountains")
    )
    # Slopes of light and shade stand over the trees of the one, sky over those of the other.
    rough = [np.abs(np.diff(picture[10:45].mean(axis=-1), axis=1)).mean() for picture in (lake, level)]
    assert rough[1] < 0.7 * rough[0], rough


@pytest.mark.parametrize(("prompt", "asked"), [("twelve eggs", "eggs"), ("a hundred balloons", "balloons")])
def test_more_than_has_room_is_counted_and_said(prompt: str, asked: str) -> None:
    caption, notice = answer(prompt)
    assert caption.startswith(f"Seven {asked}")
    assert f"seven {asked}" in notice
    assert answer(f"seven {asked}")[1] == ""


def test_two_counts_share_one_noun() -> None:
    scene = read_brief("one red and two blue cups", SEED)
    codes = vocabulary().colours
    assert (scene.count, scene.colour) == (1, codes["red"])
    assert [(item.count, item.colour) for item in scene.items] == [(2, codes["blue"])]


@pytest.mark.parametrize(
    ("prompt", "caption"),
    [("an office building, brutalist", "A skyline"), ("a stormy sea", "A rough sea, overcast"),
     ("a lighthouse in a storm", "A lighthouse by a rough sea"),
     ("a city street at day", "A street of lit shop fronts, bright"),
     ("a t-shirt mockup, black", "A black T-shirt"),
     ("a white horse in a snowy field", "A white horse among rolling hills in winter"),
     ("a quiet european alley with café tables", "A street"),
     ("a glass glass", "A glass,"), ("a glass of water", "A glass,"),
     ("an avocado toast with egg", "A loaf of bread and an egg")],
)  # fmt: skip
def test_the_picture_is_of_what_was_said(prompt: str, caption: str) -> None:
    assert answer(prompt)[0].startswith(caption)


@pytest.mark.parametrize(
    ("prompt", "words"),
    [("an avocado toast with egg", "as a loaf of bread"), ("a chess board", "as a chess piece"),
     ("rolling hills with cypress trees", "cypress trees"), ("a quiet alley with café tables", "café tables"),
     ("a blue vase with yellow tulips", "not blue"), ("Un chien sur la plage au coucher du soleil", "I read English")],
)  # fmt: skip
def test_what_was_not_painted_is_said(prompt: str, words: str) -> None:
    assert words in answer(prompt)[1]


@pytest.mark.parametrize(
    "prompt",
    ['A beach with the words "HI THERE" at the top', "neon signs in a street at night", "blue and gold",
     "a yellow vase with yellow tulips", "a bottle, no people, no text", "soft pastel light", "hello"],
)  # fmt: skip
def test_nothing_is_said_to_be_missing_that_is_there(prompt: str) -> None:
    assert answer(prompt)[1] == ""


def test_a_storm_whips_up_the_sea() -> None:
    calm, rough = (
        render(read_brief(said, SEED), width=256, height=160).picture[110:]
        for said in ("an overcast sea", "a stormy sea")
    )
    assert (
        np.abs(np.diff(rough.mean(axis=-1), axis=0)).mean() > 1.3 * np.abs(np.diff(calm.mean(axis=-1), axis=0)).mean()
    )


def test_people_outdoors_are_not_in_a_studio() -> None:
    assert read_brief("two children, outdoors", SEED).setting == "meadow"


@pytest.mark.parametrize("number", range(6))
def test_a_logo_shows_the_mark_that_was_named(number: int) -> None:
    prompt = 'logo: a mountain and "SUMMIT"'
    named, other = (render(read_brief(said, bytes([number] * 32)), width=128, height=96).picture
                    for said in (prompt, prompt.replace("mountain", "camera")))  # fmt: skip
    assert (np.abs(named - other).max(axis=-1) > 0.1).mean() > 0.002


def test_ground_in_winter_is_white() -> None:
    field = render(read_brief("a white horse in a snowy field", SEED), width=128, height=80).picture[70:]
    assert np.ptp(field.mean(axis=(0, 1))) < 0.12


@pytest.mark.parametrize("number", range(4))
def test_a_thing_stands_on_the_side_that_was_said(number: int) -> None:
    """Seen by where the red is and where the green."""
    for side, sign in (("left", 1), ("right", -1)):
        scene = read_brief(f"a red apple to the {side} of a green pear", bytes([number] * 32))
        picture = render(scene, width=96, height=64).picture
        red, green = picture[..., 0] - picture[..., 1], picture[..., 1] - picture[..., 0]
        across = np.arange(96)
        middles = [float((np.clip(one - 0.12, 0, 1).sum(axis=0) * across).sum() / np.clip(one - 0.12, 0, 1).sum())
                   for one in (red, green)]  # fmt: skip
        assert (middles[1] - middles[0]) * sign > 8
        assert scene_from_record(scene_to_record(scene)) == scene


def test_a_side_of_the_frame_is_a_place() -> None:
    scene = read_brief("a red apple on the left of the frame", SEED)
    assert (scene.place, scene.order) == ("left", "")
