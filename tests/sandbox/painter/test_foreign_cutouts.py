"""Subjects of pictures from elsewhere whose colours are their ground's: found by their outline, or not cut at all."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.sandbox.painter.colour import Field, srgb
from studio.sandbox.painter.filters.matte import subject_alpha
from studio.sandbox.painter.noise import blurred, dice
from tests.sandbox.painter.conftest import encoded, painted, pixels_of, without_mark

WIDTH, HEIGHT, FINER = 256, 160, 4
Drawing = Callable[[ImageDraw.ImageDraw], None]


def mask_of(*drawings: Drawing) -> Field:
    plane = Image.new("L", (WIDTH * FINER, HEIGHT * FINER), 0)
    for draw in drawings:
        draw(ImageDraw.Draw(plane))
    return np.asarray(plane.resize((WIDTH, HEIGHT), Image.Resampling.BOX), dtype=np.float32) / np.float32(255)


def box(kind: str, left: float, top: float, right: float, bottom: float, **how: int) -> Drawing:
    corners = [left * FINER, top * FINER, right * FINER, bottom * FINER]
    return lambda pen: getattr(pen, kind)(corners, **(how or {"fill": 255}))


def over(picture: Field, cover: Field, colour: Field | float) -> Field:
    return np.asarray(picture * (1 - cover[..., None]) + colour * cover[..., None], dtype=np.float32)


def lit_wall(colour: str) -> Field:
    """A plain wall, darker towards the corners."""
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j].astype(np.float32)
    return np.asarray(srgb(colour) * (1 - 0.08 * (x * x + y * y))[..., None], dtype=np.float32)


def grained(picture: Field, strength: float = 0.008) -> Field:
    noise = dice(b"camera", "noise").standard_normal((HEIGHT, WIDTH, 1), dtype=np.float32)
    return np.asarray(np.clip(picture + noise * np.float32(strength), 0, 1), dtype=np.float32)


def glass() -> tuple[Field, Field]:
    """See-through: a dark wall, a bright rim and a highlight on grey."""
    body = mask_of(lambda pen: pen.polygon([(412, 120), (612, 120), (584, 540), (440, 540)], fill=255))
    inner = mask_of(lambda pen: pen.polygon([(424, 120), (600, 120), (573, 526), (451, 526)], fill=255))
    wall = lit_wall("#8d9196")
    picture = over(over(wall, body, wall * 0.78 + 0.04), inner, wall * 0.97 + 0.015)
    picture = over(picture, mask_of(box("line", 114, 36, 118, 124, fill=255, width=8)) * 0.5, 1.0)
    picture = over(picture, mask_of(box("ellipse", 103, 27, 153, 34, outline=255, width=7)) * 0.7, 0.95)
    return grained(picture), np.maximum(body, mask_of(box("ellipse", 103, 27, 153, 34)))


def white_mug() -> tuple[Field, Field]:
    """White on white, told by the shade along its outline; open through the handle."""
    cover = np.maximum(
        mask_of(box("rectangle", 92, 44, 148, 122), box("ellipse", 92, 38, 148, 52)),
        mask_of(box("ellipse", 132, 58, 176, 106, outline=255, width=24)),
    )
    picture = over(lit_wall("#f4f4f3"), cover, srgb("#fbfbfa"))
    picture = over(picture, mask_of(box("ellipse", 95, 40, 145, 51)), 0.80)
    edge = np.clip(cover - blurred(cover, 2.0), 0, 1)
    return grained(picture * (1 - 0.4 * edge[..., None]), 0.004), cover


def pale_sitter() -> tuple[Field, Field]:
    """Head and shoulders in the colours of the beige wall behind them."""
    head, bust = mask_of(box("ellipse", 104, 26, 152, 92)), mask_of(box("ellipse", 68, 98, 188, 230))
    neck, hair = mask_of(box("rectangle", 116, 80, 140, 112)), mask_of(box("ellipse", 102, 20, 154, 56))
    picture = over(lit_wall("#d9cdb8"), bust, srgb("#e9e2d4"))
    picture = over(over(over(picture, neck, srgb("#d6baa4")), hair, srgb("#c8ab7e")), head, srgb("#e6c9b2"))
    for left in (117, 133):
        picture = over(picture, mask_of(box("ellipse", left, 56, left + 7, 60)), srgb("#4a3a30"))
    return grained(picture), np.maximum.reduce([head, bust, neck, hair])


def wire_handled() -> tuple[Field, Field]:
    """A pot with a handle two pixels thin."""
    cover = np.maximum(
        mask_of(box("ellipse", 98, 74, 160, 136)),
        mask_of(box("arc", 102, 28, 156, 120, start=180, end=360, fill=255, width=8)),
    )
    return grained(over(lit_wall("#cfcac0"), cover, srgb("#40566b"))), cover


def overlap(alpha: Field, mask: Field) -> float:
    """Intersection over union."""
    found, true = alpha > 0.5, mask > 0.5
    return float((found & true).sum() / max(1, (found | true).sum()))


@pytest.mark.parametrize("draw", [glass, white_mug, pale_sitter, wire_handled])
def test_a_subject_in_its_ground_s_colours_is_found_by_its_outline(draw: Callable[[], tuple[Field, Field]]) -> None:
    picture, mask = draw()
    assert overlap(subject_alpha(picture), mask) > 0.85


def test_a_thin_handle_is_kept_and_what_is_seen_through_it_is_not() -> None:
    picture, mask = wire_handled()
    alpha = subject_alpha(picture)
    handle = (mask > 0.9) & (np.arange(HEIGHT)[:, None] < 70)
    assert float((alpha[handle] > 0.5).mean()) > 0.8
    assert float(alpha[50:66, 120:138].mean()) < 0.1


def file_of(picture: Field) -> bytes:
    return encoded(Image.fromarray((picture * 255 + 0.5).astype(np.uint8), mode="RGB"))


NOTHING_THERE = file_of(grained(lit_wall("#8a8d90")))


@pytest.mark.parametrize("prompt", ["remove the background", "blur the background"])
def test_a_background_behind_nothing_in_particular_is_left_and_that_is_said(prompt: str) -> None:
    painting = painted(prompt, source=NOTHING_THERE)
    before, after = (without_mark(pixels_of(data)) for data in (NOTHING_THERE, painting.data))
    assert np.abs(before - after).max() < 3
    assert "Nothing stands out clearly enough" in painting.notice


def test_what_cannot_be_cut_out_is_set_in_whole_and_that_is_said() -> None:
    scene = file_of(over(lit_wall("#cdd6de"), mask_of(box("rectangle", 0, 100, 256, 160)), srgb("#8a5f3c")))
    painting = painted("Place the product from image 1 on the table of image 2", references=(NOTHING_THERE, scene))
    assert "as a card" in painting.notice


def test_a_pale_portrait_keeps_its_face_before_white() -> None:
    picture, mask = pale_sitter()
    after = pixels_of(painted("white background", source=file_of(picture)).data)
    inside = (mask > 0.99) & (np.arange(HEIGHT)[:, None] < 130)
    assert np.percentile(np.abs(after - picture * 255).max(axis=-1)[inside], 98) < 12
    assert float((after[:20, :80].min(axis=-1) == 255).mean()) > 0.99
