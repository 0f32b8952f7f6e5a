"""What moves pixels, measured by where they are found."""

import numpy as np
import pytest
from PIL import Image

from studio.sandbox.painter.colour import luma
from studio.sandbox.painter.filters.geometry import tilt_of
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.registry import apply_op, apply_ops
from studio.sandbox.painter.scene import Canvas
from tests.sandbox.painter.filters.measures import (
    HEIGHT,
    WIDTH,
    Picture,
    changed,
    correlation,
)


def test_flips_are_the_mirrored_pixels(canvas: Canvas) -> None:
    assert np.array_equal(changed(canvas, "flip", 1.0, "horizontal"), canvas.picture[:, ::-1])
    assert np.array_equal(changed(canvas, "flip", 1.0, "vertical"), canvas.picture[::-1])


@pytest.mark.parametrize(("degrees", "turns"), [(90, 1), (180, 2), (-90, 3)])
def test_quarter_turns_move_whole_pixels_clockwise(degrees: int, turns: int, canvas: Canvas) -> None:
    square = Canvas(picture=canvas.picture[:, 40:200])
    turned = apply_ops(square, [Op("rotate", 1.0, str(degrees))]).picture
    assert np.array_equal(turned, np.rot90(square.picture, k=-turns))


def test_a_turn_fills_its_corners_from_the_picture(canvas: Canvas) -> None:
    turned = changed(canvas, "rotate", 1.0, "15")
    corner = turned[:12, -12:].reshape(-1, 3).mean(axis=0)
    assert np.abs(corner - canvas.picture[:60, -60:].reshape(-1, 3).mean(axis=0)).max() < 0.25
    there_and_back = apply_ops(canvas, [Op("rotate", 1.0, "15"), Op("rotate", 1.0, "-15")]).picture
    inner = (slice(50, 110), slice(90, 160))
    assert np.abs(there_and_back[inner] - canvas.picture[inner]).mean() < 0.02


@pytest.mark.parametrize("degrees", [-5.0, 4.0])
def test_a_crooked_picture_is_straightened(degrees: float) -> None:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    lines = 0.5 + 0.3 * np.sin((y + x * np.tan(np.radians(degrees))) / 5)
    crooked = Canvas(picture=np.repeat(lines[..., None], 3, axis=-1).astype(np.float32))
    assert abs(tilt_of(crooked.picture)) == pytest.approx(abs(degrees), abs=0.6)
    assert abs(tilt_of(apply_op(crooked, Op("straighten")).picture)) < 0.6


def found_scale(picture: Picture, model: Picture) -> float:
    """By which factor the model's middle appears in the picture, by matching templates of many sizes."""
    size = 24
    patch = model[80 - size : 80 + size, 128 - size : 128 + size]
    best = (-1.0, 0.0)
    for factor in np.arange(0.6, 2.01, 0.05):
        side = int(2 * size * factor)
        scaled = np.asarray(Image.fromarray(luma(patch)).resize((side, side), Image.Resampling.BICUBIC))
        for dy in range(-8, 9, 4):
            for dx in range(-8, 9, 4):
                top, left = 80 - side // 2 + dy, 128 - side // 2 + dx
                part = luma(picture)[max(top, 0) : top + side, max(left, 0) : left + side]
                if part.shape == scaled.shape:
                    best = max(best, (correlation(part, scaled), float(factor)))
    return best[1]


@pytest.mark.parametrize("amount", [-0.6, 1.0])
def test_zoom_scales_what_it_shows(amount: float, canvas: Canvas) -> None:
    asked = 1 + 0.45 * amount if amount > 0 else 1 / (1 - 0.45 * amount)
    value = "0.5,0.5" if amount > 0 else ""
    grainy = apply_op(canvas, Op("grain", 1.6, "ab"))
    assert found_scale(changed(grainy, "zoom", amount, value), grainy.picture) == pytest.approx(asked, abs=0.08)


def test_a_crop_shows_the_very_pixels_on_a_mat(canvas: Canvas) -> None:
    left = apply_ops(canvas, [Op("crop", 1.0, "0,0,0.5,1")]).picture
    assert np.array_equal(left[:, 64:192], canvas.picture[:, :128])
    assert left[:, :60].std() < 0.01
    square = apply_ops(canvas, [Op("crop", 1.0, "1:1"), Op("invert")]).picture
    assert (square[:, :40] > 0.9).all(), "the mat is laid last: what is done after the crop is not done to it"
    tall = apply_ops(Canvas(picture=canvas.picture), [Op("crop", 1.0, "16:10")]).picture
    assert np.array_equal(tall, canvas.picture)


def test_a_border_frames_the_whole_picture(canvas: Canvas) -> None:
    framed = changed(canvas, "border", 1.0, "#ffffff")
    wide = round(HEIGHT * 0.055)
    assert min(framed[:wide].min(), framed[:, :wide].min(), framed[-wide:].min(), framed[:, -wide:].min()) == 1
    inner = framed[wide:-wide, wide:-wide]
    small = np.asarray(Image.fromarray(luma(canvas.picture)).resize(inner.shape[1::-1], Image.Resampling.BICUBIC))
    assert correlation(luma(inner), small) > 0.9


def test_letterbox_bars_are_black_and_the_rest_the_same(canvas: Canvas) -> None:
    wide = changed(canvas, "letterbox")
    bars = (wide == 0).all(axis=(1, 2))
    assert bars[0]
    assert bars[-1]
    assert np.array_equal(wide[~bars], canvas.picture[~bars])
