"""A thing that is in the picture already made larger or smaller, moved, doubled; and set on dry ground."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from studio.sandbox.painter.edits.certainty import is_outlined
from studio.sandbox.painter.edits.instructions import read_instruction
from studio.sandbox.painter.filters.ashore import ashore, dry_ground
from studio.sandbox.painter.filters.registry import apply_ops
from studio.sandbox.painter.finish import decode
from studio.sandbox.painter.records import recalled
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Canvas, Scene, scene_from_record, scene_to_record
from tests.sandbox.painter.conftest import Pixels, drawn, painted, pixels_of

Box = tuple[int, int, int, int]


def box_of(solid: npt.NDArray[Any]) -> Box:
    """(left, top, right, bottom) of what is covered."""
    rows, columns = np.nonzero(solid.any(axis=1))[0], np.nonzero(solid.any(axis=0))[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def subject_box(picture: bytes) -> Box:
    """The box round the subject of a sandbox picture, from its scene painted again."""
    scene = recalled(decode(picture).record).scene
    assert scene is not None
    alpha = render(scene, width=256, height=160).alpha
    assert alpha is not None
    return box_of(alpha > 0.5)


def red(picture: bytes) -> Pixels:
    pixels = pixels_of(picture)
    return np.asarray((pixels[..., 0] > 1.8 * pixels[..., 1]) & (pixels[..., 0] > 1.8 * pixels[..., 2]))


def test_a_subject_is_made_smaller_on_its_foot_and_the_place_stays(mug: bytes) -> None:
    after = painted("Make the mug much smaller", source=mug)
    old, new = subject_box(mug), subject_box(after.data)
    assert (new[3] - new[1]) / (old[3] - old[1]) == pytest.approx(0.55, abs=0.05)
    assert abs(new[3] - old[3]) <= 4
    away = np.abs(pixels_of(after.data) - pixels_of(mug))[:20]
    assert away.mean() < 1.5
    assert after.caption.endswith("the mug smaller.")
    assert after.notice == ""


def test_a_subject_is_made_larger_as_far_as_the_picture_has_room_and_no_further(mug: bytes) -> None:
    first = painted("Make the mug three times as large", source=mug)
    old, new = subject_box(mug), subject_box(first.data)
    assert new[3] - new[1] > 1.2 * (old[3] - old[1])
    assert new[0] > 0
    assert new[1] > 0
    assert new[3] < 160
    again = painted("Make the mug bigger", source=first.data)
    assert "fills the picture already" in again.notice
    assert subject_box(again.data) == new


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_subject_moved_to_a_side_of_a_tall_picture_keeps_its_size(side: str) -> None:
    scene = Scene(kind="object", seed=bytes(32), subject="mug", surface="linen")
    moved = Scene(kind="object", seed=bytes(32), subject="mug", surface="linen", place=side, moved=True)  # type: ignore[arg-type]  # a side of Place
    alphas = [render(one, width=160, height=160).alpha for one in (scene, moved)]
    old, new = (box_of(alpha > 0.5) for alpha in alphas if alpha is not None)
    assert new[3] - new[1] == pytest.approx(old[3] - old[1], abs=2)
    assert (new[0] < old[0]) if side == "left" else (new[2] > old[2])


def test_a_size_in_a_record_is_ours_or_refused() -> None:
    record = scene_to_record(Scene(kind="object", seed=bytes(32), subject="mug", size=0.7, moved=True))
    assert scene_from_record(record) == Scene(kind="object", seed=bytes(32), subject="mug", size=0.7, moved=True)
    for wrong in (0, 40.0, "1", True, float("nan")):
        assert scene_from_record({**record, "size": wrong}) is None


def test_the_subject_of_a_picture_from_elsewhere_is_made_smaller_on_its_foot() -> None:
    source = drawn("#c02020")
    after = painted("make the ball half as big", source=source)
    old, new = box_of(red(source)), box_of(red(after.data))
    assert (new[3] - new[1]) / (old[3] - old[1]) == pytest.approx(0.5, abs=0.06)
    assert abs(new[3] - old[3]) <= 4
    ground = pixels_of(after.data)[44:70, 100:156]
    assert np.abs(ground - np.array([0xB9, 0xB6, 0xB0])).mean() < 6, "what it covered is filled in"


def test_an_outline_that_cuts_through_a_thing_is_not_that_of_a_thing() -> None:
    picture = pixels_of(drawn("#c02020")) / 255
    disc = np.asarray(picture[..., 0] > 1.8 * picture[..., 1], dtype=np.float32)
    half = disc.copy()
    half[84:] = 0
    assert is_outlined(picture, disc)
    assert not is_outlined(picture, half)


def shore() -> Pixels:
    """Sky and water, and sand in the lower right corner."""
    picture = Image.new("RGB", (256, 160), "#9fc4e0")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 70, 256, 160), fill="#4f86a8")
    pen.polygon([(130, 160), (256, 110), (256, 160)], fill="#d8c48c")
    return np.asarray(np.asarray(picture, dtype=np.float32) / np.float32(255), dtype=np.float32)


def test_sand_is_dry_and_water_is_not() -> None:
    ground = dry_ground(shore())
    rows, columns = ground.shape
    assert ground[: int(rows * 0.9), : int(columns * 0.4)].max() == 0
    assert ground[int(rows * 0.9) :, int(columns * 0.85) :].mean() > 0.9


def test_a_thing_put_on_the_shore_stands_with_its_whole_foot_on_sand() -> None:
    middle, foot, wide, tall = ashore(shore(), (90.0, 150.0, 60.0, 60.0))
    sand = shore()[..., 2] < 0.6
    under = sand[round(foot - tall * 0.1) : round(foot), round(middle - wide / 2) : round(middle + wide / 2)]
    assert under.mean() > 0.9
    assert 25 < tall <= 60


def test_the_picture_is_made_grey_before_a_thing_in_colour_is_set_into_it() -> None:
    scene, ball = drawn("#2a7a4a", ground="#3060a0"), drawn("#c02020", ground="#f4f4f4")
    painting = painted("Make it black and white, then place image 1 here on the left", source=scene, references=(ball,))
    pixels = pixels_of(painting.data)
    assert red(painting.data).sum() > 300
    assert float((np.ptp(pixels, axis=-1) > 30).mean()) < 0.2
    assert painting.caption == "The picture, black and white, with image 1 set into it, on the left."


def test_a_thing_that_is_there_is_put_elsewhere_or_doubled(mug: bytes) -> None:
    with_lemon = painted("add a lemon on the left", source=mug).data
    behind = recalled(decode(painted("put the lemon behind the mug", source=with_lemon).data).record)
    assert [op.value.split("|")[:2] for op in behind.ops] == [["lemon", "behind"]]
    twice = recalled(decode(painted("duplicate the lemon", source=with_lemon).data).record)
    assert [op.value.split("|")[4] for op in twice.ops] == ["2"]
    smaller = recalled(decode(painted("make the lemon half as big", source=with_lemon).data).record)
    heights = [float(one.ops[0].value.split("|")[5]) for one in (recalled(decode(with_lemon).record), smaller)]
    assert heights[1] == pytest.approx(heights[0] / 2, rel=0.02)


def test_what_is_added_on_a_shore_stands_on_land() -> None:
    reading = read_instruction("add a chair on the beach", Scene(kind="sea", seed=bytes(32)), bytes(32))
    bare = Canvas(picture=shore())
    after = apply_ops(bare, reading.ops).picture
    left, _, right, foot = box_of(np.abs(after - bare.picture).sum(axis=-1) > 0.25)
    assert left > 100
    assert (shore()[foot - 3 : foot - 1, left:right, 2] < 0.6).mean() > 0.8
    assert reading.did == ("a chair on the beach",)
