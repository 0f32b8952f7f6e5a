import colorsys

import numpy as np
import pytest

from studio.sandbox.painter.references import board_tiles, placement, style_reference
from tests.sandbox.painter.conftest import Pixels, drawn, painted, pixels_of


def _hue(step: int) -> str:
    return "#" + "".join(f"{round(c * 255):02x}" for c in colorsys.hsv_to_rgb(step / 14, 0.9, 0.5 + 0.4 * (step % 2)))


COLOURS = tuple(_hue(step) for step in range(14))


def share_of(colour: str, pixels: Pixels) -> float:
    """How much of the picture is about that colour."""
    goal = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return float((np.abs(pixels - goal).max(axis=-1) < 22).mean())


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9, 14])
def test_every_reference_is_on_the_board(count: int) -> None:
    references = tuple(drawn(colour, width=120 + 15 * i, height=120) for i, colour in enumerate(COLOURS[:count]))
    painting = painted("a moodboard", references=references)
    pixels = pixels_of(painting.data)
    assert min(share_of(colour, pixels) for colour in COLOURS[:count]) > 0.002
    assert "board" in painting.caption


@pytest.mark.parametrize("count", range(1, 15))
@pytest.mark.parametrize("size", [(640, 360), (360, 640), (500, 500), (1600, 200), (200, 1600)])
def test_tiles_lie_inside_the_board_and_apart(count: int, size: tuple[int, int]) -> None:
    tiles = board_tiles([(100 + 40 * (i % 4), 120) for i in range(count)], width=size[0], height=size[1])
    covered = np.zeros((size[1], size[0]), dtype=int)
    for tile in tiles:
        assert tile.left >= 0
        assert tile.left + tile.width <= size[0]
        assert tile.top >= 0
        assert tile.top + tile.height <= size[1]
        covered[tile.top : tile.top + tile.height, tile.left : tile.left + tile.width] += 1
    assert covered.max() == 1


def test_a_product_is_set_into_the_scene_of_another_picture() -> None:
    product, scene = drawn("#c02020", ground="#f4f4f4"), drawn("#2a7a4a", width=320, height=200, ground="#3060a0")
    prompt = 'Image 1: "mug.jpg" (object)\nplace the product from image 1 on the scene of image 2'
    painting = painted(prompt, references=(product, scene))
    pixels = pixels_of(painting.data)
    assert painting.caption == "Image 1 set into image 2, with a soft shadow."
    assert share_of("#c02020", pixels) > 0.03
    assert share_of("#3060a0", pixels) > 0.3
    assert share_of("#f4f4f4", pixels) < 0.02


def test_a_reference_is_added_beside_the_current_picture(mug: bytes) -> None:
    pixels = pixels_of(
        painted("put image 1 next to it", source=mug, references=(drawn("#1030d0", ground="#ffffff"),)).data
    )
    assert share_of("#1030d0", pixels) > 0.01


def test_many_references_and_the_current_picture_share_a_board(mug: bytes) -> None:
    references = tuple(drawn(colour) for colour in COLOURS[:4])
    pixels = pixels_of(painted("use these", source=mug, references=references).data)
    assert min(share_of(colour, pixels) for colour in COLOURS[:4]) > 0.004


def test_the_style_of_a_reference_moves_the_palette(photo: bytes) -> None:
    before = pixels_of(photo)
    after = pixels_of(
        painted("in the style of image 1", source=photo, references=(drawn("#1020c0", ground="#203080"),)).data
    )
    assert (after[..., 2] - after[..., 0]).mean() > (before[..., 2] - before[..., 0]).mean() + 30


def test_a_lone_reference_can_be_edited() -> None:
    pixels = pixels_of(painted("make image 1 black and white", references=(drawn("#c02020"),)).data)
    assert (pixels.max(axis=-1) - pixels.min(axis=-1))[:130].mean() < 0.5


def test_an_undecodable_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be decoded"):
        painted("a moodboard", references=(b"nothing",))


@pytest.mark.parametrize(
    ("text", "style", "place"),
    [
        ("in the style of image 2", 1, None),
        ("use the palette from image 1", 0, (0, None)),
        ("put image 2 on image 1", None, (1, 0)),
        ("a quiet room", None, None),
        ("in the style of image 9", None, None),
    ],
)
def test_words_about_references_are_read(text: str, style: int | None, place: tuple[int, int | None] | None) -> None:
    assert style_reference(text, 3) == style
    if place is not None or style is None:
        assert placement(text, 3) == place
