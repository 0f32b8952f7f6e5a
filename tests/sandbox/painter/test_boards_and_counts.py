"""Which pictures given are meant, how many times, and where: ranges, exceptions, counts, places, labels, titles."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.sandbox.painter.given.board import Design, board_tiles
from studio.sandbox.painter.given.compose import Cutout, scaled
from studio.sandbox.painter.given.mentions import Label, named_by_label
from studio.sandbox.painter.given.people_words import unread_of_people
from studio.sandbox.painter.given.reference_words import read_references
from studio.sandbox.painter.given.series import sitter_of
from tests.sandbox.painter.conftest import Pixels, drawn, encoded, painted, pixels_of

WIDTH, HEIGHT = 256, 160


def redness(pixels: Pixels) -> Pixels:
    return np.asarray((pixels[..., 0] > 1.9 * pixels[..., 1]) & (pixels[..., 0] > 1.9 * pixels[..., 2]))


def runs_of(mask: Pixels) -> int:
    """How many columns' stretches a mask has: things that stand apart."""
    columns = mask.sum(axis=0) > 2
    return int((np.diff(columns.astype(int), prepend=0) == 1).sum())


@pytest.fixture(scope="module")
def bottle() -> bytes:
    picture = Image.new("RGB", (160, 160), "#f6f6f4")
    ImageDraw.Draw(picture).rectangle((62, 30, 98, 130), fill="#c02020")
    return encoded(picture)


@pytest.fixture(scope="module")
def meadow() -> bytes:
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#9cc4ec")
    ImageDraw.Draw(picture).rectangle((0, 96, WIDTH, HEIGHT), fill="#4f8c3c")
    return encoded(picture)


@pytest.mark.parametrize(
    ("text", "count", "items"),
    [
        ("a moodboard of image 1 to 4", 5, (0, 1, 2, 3)),
        ("a moodboard of image 2 to image 4", 5, (1, 2, 3)),
        ("a grid of image 1-3", 5, (0, 1, 2)),
        ("collage of everything except image 3", 4, (0, 1, 3)),
        ("board, leave out image 2", 3, (0, 2)),
        ("a board of all images but not images 1 and 2", 4, (2, 3)),
        ("collage, image 3 biggest", 3, (0, 1, 2)),
        ("a contact sheet with image 3 first", 3, (2, 0, 1)),
        ("a contact sheet with image 1 last", 3, (1, 2, 0)),
        ("a collage of images 1 and 2", 4, (0, 1)),
        ("add image 1 to image 2", 3, (0,)),
        ("put image 1 on image 2, 3 times", 2, (0,)),
    ],
)
def test_the_pictures_meant_are_those_of_the_range_without_the_exceptions(
    text: str, count: int, items: tuple[int, ...]
) -> None:
    wanted = read_references(text, count, bytes(32))
    assert wanted.items == items
    assert wanted.absent == ()
    assert wanted.missed == ()


@pytest.mark.parametrize(
    ("text", "copies"),
    [
        ("place image 1 on image 2 twice", 2),
        ("put image 1 on image 2, 3 times", 3),
        ("take the bottle out of image 1 and put three of them on image 2", 3),
        ("five bottles from image 1 on image 2", 5),
        ("three of image 1 in a row", 3),
        ("put image 1 on image 2", 1),
        ("a 2x3 grid", 1),
        ("two images side by side", 1),
    ],
)
def test_a_count_is_read(text: str, copies: int) -> None:
    assert read_references(text, 2, bytes(32)).more.copies == copies


def test_three_of_a_thing_stand_apart(bottle: bytes, meadow: bytes) -> None:
    painting = painted("put image 1 on image 2, 3 times", references=(bottle, meadow))
    assert runs_of(redness(pixels_of(painting.data))) == 3
    assert painting.notice == ""


def test_more_than_there_is_room_for_is_said(bottle: bytes, meadow: bytes) -> None:
    painting = painted("put image 1 on image 2 99 times", references=(bottle, meadow))
    assert "room for 12" in painting.notice


def test_many_products_stand_in_the_scene_that_is_named(meadow: bytes) -> None:
    hues = ("#c02020", "#2030c0", "#c020c0", "#e0c020", "#20c0c0", "#202020", "#f08020")
    painting = painted(
        "put the products from images 1 to 7 on the scene of image 8",
        references=(*(drawn(hue, ground="#f4f4f4") for hue in hues), meadow),
    )
    pixels = pixels_of(painting.data)
    sky = np.abs(pixels[:60] - (0x9C, 0xC4, 0xEC)).max(axis=-1)
    assert float((sky < 16).mean()) > 0.9, "it is the scene, not a board"
    ground = pixels[90:, :]
    apart = np.abs(ground - (0x4F, 0x8C, 0x3C)).max(axis=-1) > 60
    assert float(apart.mean()) > 0.05


@pytest.mark.parametrize(("words", "low", "high"), [("on the left", 0.0, 0.4), ("on the right", 0.6, 1.0)])
def test_it_is_added_to_the_current_picture_where_it_is_said(
    words: str, low: float, high: float, bottle: bytes, meadow: bytes
) -> None:
    pixels = pixels_of(painted(f"add it {words}", source=meadow, references=(bottle,)).data)
    columns = np.nonzero(redness(pixels))[1]
    assert low < float(columns.mean()) / WIDTH < high


def test_a_corner_and_the_air_are_above_the_ground(bottle: bytes, meadow: bytes) -> None:
    corner = redness(pixels_of(painted("add it in the top right corner", source=meadow, references=(bottle,)).data))
    rows, columns = np.nonzero(corner)
    assert rows.max() < 0.6 * HEIGHT
    assert columns.min() > 0.7 * WIDTH
    aloft = redness(pixels_of(painted("image 1 floating above image 2", references=(bottle, meadow)).data))
    assert np.nonzero(aloft)[0].max() < 96, "above the ground, which begins there"


@pytest.mark.parametrize(
    ("text", "items", "ground"),
    [
        ("Place the bottle on the grass in the scene", (0,), 1),
        ("Put the product in the scene.", (0,), 1),
        ("put the bottle on the hills", (0,), 1),
    ],
)
def test_labels_say_which_picture_is_meant(text: str, items: tuple[int, ...], ground: int) -> None:
    for role in (" (scene)", ""):
        prompt = f'Image 1: "bottle.jpg" (object)\nImage 2: "hills.jpg"{role}\n{text}'
        wanted = read_references(prompt, 2, bytes(32))
        assert (wanted.items, wanted.ground, wanted.missed) == (items, ground, ())


def test_words_that_only_look_like_a_files_name_stay() -> None:
    labels = (Label(1, "red.jpg"), Label(2, "photo.jpg", "object"))
    assert named_by_label("the red car in the photo", labels) == "the red car in the photo"


def test_a_title_has_a_band_of_its_own_and_a_colour_lies_under_the_board() -> None:
    sizes = [(160, 120)] * 5
    bare, titled = (
        board_tiles(sizes, width=WIDTH, height=HEIGHT, design=Design(title=title)) for title in ("", "SPRING 26")
    )
    assert min(tile.top for tile in titled) > min(tile.top for tile in bare) + 12
    references = tuple(drawn("#c02020") for _ in sizes)
    painting = painted('a moodboard on black with the title "SPRING 26" at the top', references=references)
    pixels = pixels_of(painting.data)
    assert float(pixels[:4].mean()) < 40
    band = pixels[6 : min(tile.top for tile in titled) - 2]
    assert float((band.min(axis=-1) > 170).mean()) > 0.02, "light letters"
    assert painting.caption == "A board of the 5 references on black, titled “SPRING 26”."


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (500, 500)])
@pytest.mark.parametrize("middle", [True, False])
@pytest.mark.parametrize("count", [2, 5, 14])
def test_the_largest_picture_of_a_board_is_the_one_named(*, size: tuple[int, int], middle: bool, count: int) -> None:
    design = Design(hero=1, hero_middle=middle)
    tiles = board_tiles([(160, 120)] * count, width=size[0], height=size[1], design=design)
    areas = [tile.width * tile.height for tile in tiles]
    assert areas[1] > 1.1 * max(area for i, area in enumerate(areas) if i != 1)
    covered = np.zeros((size[1], size[0]), dtype=int)
    for tile in tiles:
        covered[tile.top : tile.top + tile.height, tile.left : tile.left + tile.width] += 1
    assert covered.max() == 1
    assert covered.sum() == sum(areas), "all inside"


def test_each_picture_is_changed_as_its_own_words_say() -> None:
    references = (drawn("#c02020"), drawn("#2030c0"))
    painting = painted("make image 1 black and white and image 2 sepia, side by side", references=references)
    pixels = pixels_of(painting.data)[:, :, :]
    colour = pixels.max(axis=-1) - pixels.min(axis=-1)
    middle = slice(60, 100)
    assert float(colour[middle, 40:110].max()) < 30
    assert float((pixels[..., 0] - pixels[..., 2])[middle, 150:210].mean()) > 20


def test_a_thing_takes_the_place_of_the_one_named(mug: bytes, bottle: bytes) -> None:
    painting = painted("replace the mug with the bottle from image 1", source=mug, references=(bottle,))
    red = redness(pixels_of(painting.data))
    columns = np.nonzero(red)[1]
    assert float(red.mean()) > 0.04, "as large as the mug was"
    assert abs(float(columns.mean()) / WIDTH - 0.5) < 0.12
    assert painting.caption == "The picture with the bottle of image 1 in the place of the mug."


def test_a_product_on_a_coloured_backdrop_has_that_colour_behind_it(bottle: bytes) -> None:
    pixels = pixels_of(painted("Product shot of image 1 on a blue seamless background", references=(bottle,)).data)
    rim = np.concatenate([pixels[:30, :60].reshape(-1, 3), pixels[:30, -60:].reshape(-1, 3)]).mean(axis=0)
    assert rim[2] > rim[0] + 30
    rows = np.nonzero(redness(pixels))[0]
    assert rows.max() - rows.min() > 0.4 * HEIGHT


def test_the_colours_of_the_reference_are_taken_and_nothing_is_pasted(mug: bytes) -> None:
    painting = painted(
        "match the colours of the reference", source=mug, references=(drawn("#1030d0", ground="#2040a0"),)
    )
    assert painting.caption == "The picture, in the colours of image 1."
    assert painting.notice == ""


def test_someone_joins_the_sitter_of_a_portrait() -> None:
    sitter = painted("portrait of a woman with red hair").data
    other = painted("portrait of an old man with a white beard").data
    painting = painted("now add the person from image 1 on the left", source=sitter, references=(other,))
    pixels = pixels_of(painting.data)
    red = redness(pixels)[:110]
    assert float(np.nonzero(red)[1].mean()) > 0.55 * WIDTH, "she has moved over to the right"


def test_someone_beside_the_person_of_another_picture_is_not_pasted_over_them() -> None:
    wanted = read_references("put the person of image 1 next to the person in image 2", 2, bytes(32))
    assert (wanted.people, wanted.ground, wanted.together) == ((0, 1), None, True)


def test_a_view_nobody_is_painted_in_is_said() -> None:
    assert unread_of_people("the woman from image 1 from behind", dressed=True)[0] == ("from behind",)


def test_more_people_than_fit_into_a_group_are_laid_out_and_it_is_said() -> None:
    painting = painted("the people together in a park", references=(drawn("#c02020"),) * 6)
    assert "more than 5 people" in painting.notice


def test_a_very_wide_picture_of_someone_costs_no_more_than_another(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def watched(cut: Cutout, *, width: int, height: int) -> Cutout:
        sizes.append(width * height)
        return scaled(cut, width=width, height=height)

    monkeypatch.setattr("studio.sandbox.painter.given.series.scaled", watched)
    flat = encoded(Image.new("RGB", (1000, 50), "#7888a0"))
    painted("portrait of the person in image 1 in a cafe", references=(flat,))
    assert sizes
    assert max(sizes) < 12 * WIDTH * HEIGHT
    assert sitter_of(Image.new("RGB", (50, 1000), "#7888a0")).cut.alpha.shape[0] <= 640
