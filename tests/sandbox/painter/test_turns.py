"""Edits that follow one another, and changes to country, people and empty rooms, measured."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from studio.sandbox.painter.colour import Field, srgb
from studio.sandbox.painter.filters.matte import subject_alpha
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.registry import apply_op
from studio.sandbox.painter.land.landmarks import Landmark, landmark_from
from studio.sandbox.painter.reading.brief import read_brief
from studio.sandbox.painter.records import recalled, record_of
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Canvas
from tests.sandbox.painter.conftest import Pixels, encoded, painted, pixels_of, without_mark

SEED = bytes(range(32))
WIDE, HIGH = 256, 160


def shown(data: bytes) -> Pixels:
    return without_mark(pixels_of(data))


def told(data: bytes, *turns: str) -> list[bytes]:
    """The pictures of a conversation, the one it begins with first."""
    pictures = [data]
    for turn in turns:
        pictures.append(painted(turn, source=pictures[-1]).data)
    return pictures


def warmth(pixels: Pixels) -> float:
    return float((pixels[..., 0] - pixels[..., 2]).mean())


def test_a_conversation_of_seven_turns_comes_back_to_where_it_began(mug: bytes) -> None:
    first, warm, warmer, lemon, blue, undone, milder, original = told(
        mug, "warmer", "a bit more", "add a lemon on the left", "make it cobalt blue", "undo", "less warm",
        "back to the original",
    )  # fmt: skip
    assert warmth(shown(first)) < warmth(shown(warm)) < warmth(shown(warmer))
    assert np.abs(shown(lemon) - shown(blue)).max() > 60
    assert np.array_equal(shown(undone), shown(lemon))
    assert warmth(shown(milder)) < warmth(shown(lemon))
    assert np.array_equal(shown(original), shown(first))


def test_less_of_that_halves_the_last_change_and_again_repeats_it(mug: bytes) -> None:
    first, much, less = told(mug, "much darker", "less of that")
    twice = painted("do that again", source=less).data
    assert shown(much).mean() < shown(less).mean() < shown(first).mean()
    assert shown(twice).mean() < shown(less).mean()


def test_what_changed_nothing_is_not_a_step_to_undo(mug: bytes) -> None:
    warm, _, undone = told(mug, "warmer", "thanks, looks great!", "undo")[1:]
    assert np.array_equal(shown(undone), shown(mug))
    assert not np.array_equal(shown(warm), shown(mug))


def test_a_subject_taken_away_leaves_the_very_room_behind_it() -> None:
    scene = read_brief("A ceramic mug on linen, morning light", SEED)
    whole = render(scene, width=WIDE, height=HIGH)
    empty = render(replace(scene, bare=True), width=WIDE, height=HIGH)
    assert whole.alpha is not None
    assert whole.shadow is not None
    assert empty.alpha is not None
    free = (whole.alpha == 0) & (whole.shadow < 0.001)
    assert np.abs(whole.picture - empty.picture)[free].mean() < 0.004
    assert np.abs(whole.picture - empty.picture)[whole.alpha > 0.9].mean() > 0.05
    assert float(empty.alpha.max()) == 0.0
    assert empty.stood is not None
    rows, columns = np.nonzero(whole.alpha > 0.5)
    left, top, right, bottom = empty.stood
    assert abs(left - columns.min()) < 8
    assert abs(right - columns.max()) < 8
    assert abs(top - rows.min()) < 8
    assert abs(bottom - rows.max()) < 12


def test_an_empty_room_is_remembered_by_its_record() -> None:
    scene = replace(read_brief("A mug on linen", SEED), bare=True)
    assert recalled(record_of(scene, ())).scene == scene


@pytest.mark.parametrize(("place", "columns"), [("left", slice(86, 256)), ("right", slice(0, 170))])
def test_a_landmark_stays_in_the_third_that_was_named(place: str, columns: slice) -> None:
    land = render(read_brief("Mountains with a lake at noon", SEED), width=WIDE, height=HIGH)
    op = Op("landmark", 1.0, Landmark("cabin", place, "", 1, "00").text())
    gap = np.abs(apply_op(land, op).picture - land.picture).max(axis=-1)
    assert (gap > 0.05).mean() > 0.003
    assert gap[:, columns].max() < 0.02


@pytest.mark.parametrize("text", ["cabin|left||1", "yeti|left||1|00", "cabin|moon||1|00", "cabin|left|red|1|00",
                                  "cabin|left||9|00", "cabin|left||1|zz", "river|||1|00"])  # fmt: skip
def test_a_landmark_from_a_strangers_file_is_not_believed(text: str) -> None:
    assert landmark_from(text) is None


def fields_under_a_sky() -> Canvas:
    picture = np.empty((HIGH, WIDE, 3), dtype=np.float32)
    picture[:80], picture[80:] = srgb("#7fb4dc"), srgb("#5b8a3c")
    return Canvas(picture=picture)


def test_autumn_turns_green_to_orange_and_leaves_the_sky() -> None:
    before = fields_under_a_sky()
    after = apply_op(before, Op("season", 1.0, "autumn")).picture
    assert np.abs(after[:80] - before.picture[:80]).max() < 0.01
    assert (after[80:, :, 0] - after[80:, :, 1]).mean() > 0.12


def test_winter_makes_green_pale_and_without_colour() -> None:
    after = apply_op(fields_under_a_sky(), Op("season", 1.0, "winter")).picture[80:]
    assert after.mean() > 0.65
    assert float(np.ptp(after, axis=-1).mean()) < 0.08


def test_more_vibrant_gives_a_grey_no_cast() -> None:
    grey = np.full((HIGH, WIDE, 3), (0.50, 0.505, 0.515), dtype=np.float32)
    grey[:, :40] = srgb("#b07a5a")
    after = apply_op(Canvas(picture=grey), Op("vibrance", 1.0)).picture
    assert np.ptp(after[:, 60:], axis=-1).max() < 0.024
    assert np.ptp(after[:, :30], axis=-1).mean() > np.ptp(grey[:, :30], axis=-1).mean() * 1.15


def test_hair_is_dyed_and_the_clothes_stay() -> None:
    portrait = painted("Portrait of a woman with curly brown hair, studio light").data
    before, after = shown(portrait), shown(painted("make her hair blonde", source=portrait).data)
    gap = np.abs(after - before).max(axis=-1)
    assert (gap[:90] > 20).mean() > 0.02
    assert gap[118:].max() < 12


def test_stepping_back_leaves_no_frame_where_the_picture_ended() -> None:
    y = np.arange(HIGH, dtype=np.float32)[:, None, None]
    wall = np.where(y < 95, srgb("#d5d0c6"), srgb("#8a6a48")) * np.ones((1, WIDE, 1), dtype=np.float32)
    after = apply_op(Canvas(picture=wall.astype(np.float32)), Op("zoom", -1.0)).picture
    assert np.abs(np.diff(after, axis=1)).max() < 0.05
    assert after[:60].mean() - after[-50:].mean() > 0.25


def lit_table() -> tuple[Field, Field]:
    """A green disc before a wall, on a wooden table with a pool of light in its middle; and the disc's coverage."""
    y, x = np.mgrid[0:HIGH, 0:WIDE].astype(np.float32)
    pool = 1 + 0.30 * np.exp(-(((x - 128) / 60) ** 2))
    wood = srgb("#9a6a3c") * pool[..., None]
    picture = np.where((y < 100)[..., None], srgb("#cfc8bd"), wood)
    disc = np.clip(36.5 - np.hypot(x - 128, y - 88), 0, 1)
    body = srgb("#3f7d58") * (1.1 - 0.3 * ((x - 90) / 76))[..., None]
    return np.clip(picture + (body - picture) * disc[..., None], 0, 1).astype(np.float32), disc


def test_a_pool_of_light_on_the_table_is_no_part_of_the_subject() -> None:
    picture, disc = lit_table()
    alpha = subject_alpha(picture)
    assert np.minimum(alpha, disc).sum() / np.maximum(alpha, disc).sum() > 0.93


def test_a_bare_name_does_not_paint_over_a_picture_nobody_knows(photo: bytes) -> None:
    answer = painted("bright red mug", source=photo)
    assert "bright red mug" in answer.notice
    assert np.abs(shown(answer.data) - shown(photo)).mean() < 30


def test_black_and_white_of_the_background_leaves_the_subject_its_colour() -> None:
    picture = Image.open(io.BytesIO(painted("A red apple on linen, morning light").data)).convert("RGB")
    after = shown(painted("make the background black and white", source=encoded(picture)).data)
    assert np.ptp(after[:20], axis=-1).max() < 3
    assert np.ptp(after, axis=-1).max() > 90
