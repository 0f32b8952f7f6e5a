"""What was set into a picture stays known: an edit that names it changes it, and nothing that stands beside it."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.sandbox.painter.colour import srgb
from studio.sandbox.painter.edits.instructions import read_instruction
from studio.sandbox.painter.edits.placed_words import spoken_of
from studio.sandbox.painter.filters.placed import is_focus, known_in, known_to_record
from studio.sandbox.painter.filters.recolour import painted_over
from studio.sandbox.painter.finish import decode
from studio.sandbox.painter.given.mentions import Label
from studio.sandbox.painter.given.naming import names_of, share_of
from studio.sandbox.painter.given.shifting import is_shift
from studio.sandbox.painter.scene import Known, Scene
from tests.sandbox.painter.conftest import Pixels, drawn, encoded, painted, pixels_of

SIZE = (256, 160)
PROMPT = """Image 1: "sneaker.jpg" (object)
Image 2: "place.jpg" (object)
Place the sneaker from image 1 on the left of image 2"""


def place() -> bytes:
    """A wall and a floor with a great green box on the right, which stands out most."""
    picture = Image.new("RGB", SIZE, "#9fa8b0")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 100, 256, 160), fill="#a98c70")
    pen.rectangle((150, 40, 225, 120), fill="#1f7a3a")
    return encoded(picture)


def shoe() -> bytes:
    picture = Image.new("RGB", (160, 160), "#fafafa")
    ImageDraw.Draw(picture).rectangle((40, 60, 120, 120), fill="#3040c0")
    return encoded(picture)


@pytest.fixture(scope="module")
def composed() -> bytes:
    return painted(PROMPT, references=(shoe(), place())).data


def blue(pixels: Pixels) -> Pixels:
    return np.asarray((pixels[..., 2] > 1.5 * pixels[..., 0]) & (pixels[..., 2] > 1.5 * pixels[..., 1]))


def box_of(pixels: Pixels) -> Pixels:
    """The green box's inside."""
    return pixels[46:96, 156:218]


def edited(prompt: str, source: bytes) -> tuple[Pixels, str, str]:
    painting = painted(prompt, source=source)
    return pixels_of(painting.data), painting.caption, painting.notice


def test_what_was_set_in_is_taken_out_and_what_stands_out_more_stays(composed: bytes) -> None:
    pixels, caption, notice = edited("Remove the sneaker", composed)
    assert blue(pixels_of(composed)).sum() > 300
    assert blue(pixels).sum() < 8
    assert np.abs(box_of(pixels) - box_of(pixels_of(composed))).mean() < 2
    assert (caption, notice) == ("The sneaker removed.", "")


def test_what_was_set_in_takes_the_colour_and_nothing_else_does(composed: bytes) -> None:
    pixels, caption, _ = edited("Make the sneaker red", composed)
    was = blue(pixels_of(composed))
    red = (pixels[..., 0] > 1.6 * pixels[..., 1]) & (pixels[..., 0] > 1.6 * pixels[..., 2])
    assert float(red[was].mean()) > 0.85
    assert np.abs(box_of(pixels) - box_of(pixels_of(composed))).mean() < 2
    assert caption == "Red sneaker."


def test_it_is_still_known_after_an_edit_of_the_whole_picture(composed: bytes) -> None:
    warm = painted("make it a little warmer", source=composed).data
    assert blue(edited("remove it", warm)[0]).sum() < 8


def test_it_is_forgotten_once_everything_has_moved(composed: bytes) -> None:
    turned = decode(painted("flip the picture", source=composed).data)
    assert known_in(turned.record, SIZE) == ()


def test_it_is_made_larger_and_moved(composed: bytes) -> None:
    pixels, caption, _ = edited("Make the sneaker bigger and move it to the right", composed)
    before, after = blue(pixels_of(composed)), blue(pixels)
    assert after.sum() > 1.4 * before.sum()
    assert np.nonzero(after)[1].mean() > np.nonzero(before)[1].mean() + 35
    assert caption == "The sneaker larger, the sneaker moved to the right."


def test_a_move_to_the_side_keeps_its_size(composed: bytes) -> None:
    after = blue(edited("Move the sneaker to the right", composed)[0])
    assert after.sum() == pytest.approx(blue(pixels_of(composed)).sum(), rel=0.12)


def test_on_the_shore_is_where_the_ground_is_near() -> None:
    words = "Place the sneaker from image 1 on the {} of image 2"
    shore, scene = (
        blue(pixels_of(painted(words.format(where), references=(shoe(), place())).data)) for where in ("beach", "scene")
    )
    assert np.nonzero(shore)[0].max() > np.nonzero(scene)[0].max() + 6


def test_a_name_that_nobody_can_know_is_not_claimed() -> None:
    painting = painted("Remove the mug", source=drawn("#c02020"))
    assert "mug removed" not in f"{painting.caption} {painting.notice}"
    assert "cannot tell whether that was the mug" in painting.notice


def test_where_nothing_can_be_told_apart_nothing_is_taken_out() -> None:
    rng = np.random.default_rng(4)
    source = encoded(Image.fromarray(rng.integers(90, 160, (160, 256, 3)).astype(np.uint8), mode="RGB"))
    pixels, _, notice = edited("Remove the mug", source)
    assert "Nothing stands out clearly" in notice
    assert np.abs(pixels - pixels_of(source))[:120].max() < 3


def test_a_white_body_turns_all_red() -> None:
    light = np.linspace(0.86, 0.99, 64, dtype=np.float32)
    picture = np.repeat(np.repeat(light[None, :, None], 64, axis=0), 3, axis=2)
    red = painted_over(picture, np.ones((64, 64), dtype=np.float32), code="#c02020")
    assert float((red[..., 0] - red[..., 1]).min()) > 0.5 * float(srgb("#c02020")[0] - srgb("#c02020")[1])


def known(*names: str) -> Known:
    cover = np.zeros((160, 256), dtype=np.float32)
    cover[40:100, 30:90] = 1
    return Known(names=names, cover=cover, shade=cover * 0)


def test_a_record_tells_the_outline_it_was_told() -> None:
    (one,) = known_in(known_to_record([known("sneaker")]), SIZE)
    assert one.names == ("sneaker",)
    assert np.abs(one.cover - known("sneaker").cover).mean() < 0.01


@pytest.mark.parametrize(
    "wrong",
    [
        {"names": "sneaker"}, {"names": ["<b>"]}, {"cover": [0, 0, 2, 1, ""]}, {"cover": [0, 0, 1, 1, "!!"]},
        {"cover": [0.5, 0, 0.2, 1, "AAAA"]}, {"cover": None}, {"shade": [0, 0, 1, 1, "AAAA"]},
    ],
)  # fmt: skip
def test_a_record_that_is_none_of_ours_is_not_believed(wrong: dict[str, object]) -> None:
    record = known_to_record([known("sneaker")])
    assert record is not None
    record["placed"][0].update(wrong)
    assert known_in(record, SIZE) == ()


def test_a_clause_means_what_it_names() -> None:
    placed = (("sneaker",), ("mug", "becher"))
    assert spoken_of("make the mug red", placed) == (1,)
    assert spoken_of("remove the becher", placed) == (1,)
    assert spoken_of("remove the sofa", placed) == ()
    assert spoken_of("remove it", placed[:1]) == (0,)
    assert spoken_of("blur the background", placed) == (0, 1)


def test_each_clause_is_of_its_own_thing() -> None:
    plan = read_instruction("remove the mug and make the sneaker red", None, bytes(32), placed=(("sneaker",), ("mug",)))
    assert [(op.name, op.value) for op in plan.ops if op.name == "focus"] == [("focus", "1"), ("focus", "0")]


def test_a_things_names_come_from_its_file_the_words_and_its_own_scene() -> None:
    mug = Scene(kind="object", seed=bytes(32), subject="mug")
    assert names_of("place the gizmo from image 1 on image 2", Label(1, "IMG_2041.jpg"), None) == ("gizmo",)
    assert names_of("put image 1 on image 2", Label(1, "white sneaker.png"), None)[0] == "sneaker"
    assert names_of("put image 1 on image 2", Label(1, "a.png"), mug) == ("mug",)


def test_a_shoe_in_a_landscape_is_smaller_than_a_chair_and_what_nobody_knows_is_held_small() -> None:
    beach = Scene(kind="sea", seed=bytes(32))
    assert share_of(("sneaker",), beach) < share_of(("chair",), beach) <= 0.46
    assert share_of(("sneaker",), beach) <= 0.2
    assert share_of(("gizmo",), beach) <= 0.28


def test_values_in_a_file_are_ours_or_refused() -> None:
    assert is_focus("0,2")
    assert is_focus("")
    assert not is_focus("9")
    assert is_shift("0,left,1.35")
    assert not is_shift("0,away,1.35")
