import colorsys
import time
from itertools import pairwise

import numpy as np
import pytest

from studio.sandbox.painter.given.board import Design, board_tiles
from studio.sandbox.painter.given.mentions import labels_of
from studio.sandbox.painter.given.reference_words import read_references
from tests.sandbox.painter.conftest import Pixels, drawn, painted, pixels_of


def _hue(step: int) -> str:
    return "#" + "".join(f"{round(c * 255):02x}" for c in colorsys.hsv_to_rgb(step / 14, 0.9, 0.5 + 0.4 * (step % 2)))


COLOURS = tuple(_hue(step) for step in range(14))


def reach_of(colour: str, pixels: Pixels) -> tuple[float, float]:
    """The middle (row, column) of what is about that colour."""
    goal = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    rows, columns = np.nonzero(np.abs(pixels - goal).max(axis=-1) < 22)
    return float(rows.mean()), float(columns.mean())


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


def test_two_hundred_pictures_are_laid_out_in_order_and_in_time() -> None:
    pictures = tuple(drawn(COLOURS[i % 14], width=48 + 8 * (i % 4), height=48) for i in range(200))
    tiles = board_tiles([(48 + 8 * (i % 4), 48) for i in range(200)], width=640, height=360)
    places = [(tile.top, tile.left) for tile in tiles]
    began_s = time.process_time()
    painting = painted("collage", references=pictures)
    assert time.process_time() - began_s < 5
    assert "200" in painting.caption
    assert (len(set(places)), places) == (200, sorted(places))
    assert all(
        one.left + one.width <= after.left or one.top + one.height <= after.top for one, after in pairwise(tiles)
    )


def test_a_product_is_set_into_the_scene_of_another_picture() -> None:
    product, scene = drawn("#c02020", ground="#f4f4f4"), drawn("#2a7a4a", width=320, height=200, ground="#3060a0")
    prompt = 'Image 1: "mug.jpg" (object)\nplace the product from image 1 on the scene of image 2'
    painting = painted(prompt, references=(product, scene))
    pixels = pixels_of(painting.data)
    assert painting.caption.startswith("The mug of image 1 set into image 2")
    red = (pixels[..., 0] > 2 * pixels[..., 1]) & (pixels[..., 0] > 2 * pixels[..., 2])
    assert float(red.mean()) > 0.03, "in the scene's light its red is another"
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


@pytest.mark.parametrize("size", [(640, 360), (500, 500), (200, 1600), (1600, 200)])
@pytest.mark.parametrize("layout", ["board", "grid", "row", "column", "pair"])
def test_gaps_are_equal_and_no_tile_is_tiny(size: tuple[int, int], layout: str) -> None:
    tiles = board_tiles([(160, 120)] * 6, width=size[0], height=size[1], design=Design(layout=layout))
    areas = [tile.width * tile.height for tile in tiles]
    assert max(areas) < 3 * min(areas)
    rows = {tile.top for tile in tiles}
    across = [
        right.left - left.left - left.width
        for left, right in pairwise(tiles)
        if left.top == right.top and right.left > left.left
    ]
    down = [b - a - tiles[0].height for a, b in pairwise(sorted(rows))]
    assert max(across + down) - min(across + down) <= 2


def test_the_board_keeps_the_order_given() -> None:
    colours = COLOURS[:6]
    pixels = pixels_of(painted("a grid", references=tuple(drawn(colour) for colour in colours)).data)
    places = [reach_of(colour, pixels) for colour in colours]
    assert places == sorted(places, key=lambda place: (round(place[0] / 20), place[1]))


def test_captions_are_written_only_when_asked_for() -> None:
    prompt = 'Image 1: "linen.jpg":\nImage 2: "clay.jpg":\na grid'
    references = (drawn("#c02020"), drawn("#2a7a4a"))
    bare, named = (pixels_of(painted(text, references=references).data) for text in (prompt, f"{prompt} with captions"))
    assert np.abs(bare - named).max() > 60


def test_words_not_understood_are_said_and_the_pictures_laid_out() -> None:
    painting = painted("frobnicate wildly", references=(drawn("#c02020"), drawn("#2a7a4a")))
    assert painting.notice == "I did not understand “frobnicate wildly”, so I laid the pictures out side by side."
    assert "board" in painting.caption


def test_a_number_no_picture_has_is_said() -> None:
    painting = painted("put image 5 on image 1", references=tuple(drawn(colour) for colour in COLOURS[:3]))
    assert painting.notice == "There is no image 5: 3 pictures were given."


def test_an_edit_that_does_not_speak_of_the_references_edits_the_current_picture(photo: bytes) -> None:
    plain = painted("make it black and white", source=photo)
    along = painted("make it black and white", source=photo, references=(drawn("#1030d0"),))
    assert np.array_equal(pixels_of(plain.data), pixels_of(along.data))
    assert along.notice == ""


@pytest.mark.parametrize(
    ("text", "items", "ground"),
    [
        ("place the product from image 1 on the scene of image 2", (0,), 1),
        ("put the cup from the second image on the table of the first picture", (1,), 0),
        ("put image 2 on image 1", (1,), 0),
        ("use image 3 as the background for images 1 and 2", (0, 1), 2),
        ("combine image 1 and image 2", (0,), 1),
        ("swap the background of image 1 with image 2", (0,), 1),
        ("put both on image 3", (0, 1), 2),
        ("the first image next to the second", (0,), 1),
        ("a quiet room", (), None),
        ("place photo #3 onto reference 1", (2,), 0),
    ],
)
def test_what_is_set_where_is_read(text: str, items: tuple[int, ...], ground: int | None) -> None:
    wanted = read_references(text, 3, bytes(32))
    assert (wanted.items, wanted.ground) == (items, ground)


@pytest.mark.parametrize(
    ("text", "style", "what"),
    [
        ("in the style of image 2", 1, "all"),
        ("use the palette from image 1", 0, "palette"),
        ("make image 1 look like image 3", 2, "all"),
        ("apply the brushwork of the third picture to image 1", 2, "all"),
        ("in image 2's colours", 1, "palette"),
        ("put image 2 on image 1", None, "all"),
        ("in the style of image 9", None, "all"),
    ],
)
def test_whose_style_is_read(text: str, style: int | None, what: str) -> None:
    wanted = read_references(text, 3, bytes(32))
    assert (wanted.style, "palette" if wanted.palette_only else "all") == (style, what)


@pytest.mark.parametrize(
    ("text", "layout", "columns"),
    [
        ("a moodboard", "board", 0),
        ("collage of images 1, 2 and 3", "board", 0),
        ("a 2x2 grid", "grid", 2),
        ("before and after", "pair", 0),
        ("side by side", "row", 0),
        ("a lookbook", "board", 0),
        ("put image 2 on image 1", "", 0),
    ],
)
def test_the_layout_is_read(text: str, layout: str, columns: int) -> None:
    wanted = read_references(text, 4, bytes(32))
    assert (wanted.layout, wanted.columns) == (layout, columns)


def test_a_picture_attached_earlier_is_not_counted() -> None:
    prompt = 'Image 1: "a.jpg" (object), attached earlier in this conversation.\nImage 2: "b.jpg" (style):\nuse it'
    assert [(label.number, label.role) for label in labels_of(prompt, 1)] == [(2, "style")]


def test_a_picture_is_named_by_its_file() -> None:
    prompt = 'Image 1: "cup.jpg" (object):\nImage 2: "hall.png":\nput cup.jpg on hall.png'
    wanted = read_references(prompt, 2, bytes(32))
    assert (wanted.items, wanted.ground) == ((0,), 1)
