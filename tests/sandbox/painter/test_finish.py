"""Pictures come in in any colours and go out in sRGB, marked once, sharp without halos, in little memory."""

import io
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw

from studio.sandbox.painter import paint
from studio.sandbox.painter.finish import (
    NOTE,
    Given,
    Output,
    Under,
    covered,
    decode,
    finished,
    without_mark,
    working_size,
)
from studio.sandbox.painter.lettering.typefaces import font
from studio.sandbox.painter.profiles import srgb_profile
from tests.sandbox.painter.conftest import FRESH, Pixels, order, painted, pixels_of

SEED = bytes(32)


def file_of(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def decoded(data: bytes) -> Pixels:
    return np.asarray(decode(data).picture, dtype=np.float32)


def lab_profile_of(space: str) -> bytes:
    """A profile whose red and green are swapped against sRGB's, or that is grey with a gamma of 1."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    if space == "swapped":
        red, green = profile.find(b"rXYZ"), profile.find(b"gXYZ")
        profile[red : red + 4], profile[green : green + 4] = profile[green : green + 4], profile[red : red + 4]
    return bytes(profile)


def test_an_embedded_profile_is_honoured_on_the_way_in() -> None:
    red = Image.new("RGB", (16, 16), (255, 0, 0))
    assert np.abs(decoded(file_of(red)) - (255, 0, 0)).max() == 0
    assert np.abs(decoded(file_of(red, icc_profile=lab_profile_of("swapped"))) - (0, 255, 0)).max() < 4


@pytest.mark.parametrize("profile", [b"", b"not a profile", lab_profile_of("")[:200], lab_profile_of("")])
def test_a_broken_profile_and_srgb_itself_leave_the_pixels_alone(profile: bytes) -> None:
    picture = Image.new("RGB", (16, 16), (201, 77, 30))
    assert np.abs(decoded(file_of(picture, icc_profile=profile)) - (201, 77, 30)).max() <= 1


def test_a_profile_of_another_colour_space_than_the_pixels_is_ignored() -> None:
    grey = Image.new("L", (16, 16), 90)
    assert np.abs(decoded(file_of(grey, icc_profile=lab_profile_of("swapped"))) - 90).max() == 0


def test_deep_grey_is_scaled_not_clipped() -> None:
    ramp = np.linspace(0, 65535, 64, dtype=np.uint16)[None, :].repeat(8, axis=0)
    assert np.abs(decoded(file_of(Image.fromarray(ramp)))[..., 0] - ramp / 257).max() <= 1


def test_transparency_lies_over_white_in_every_mode() -> None:
    clear = Image.new("RGBA", (8, 8), (200, 0, 0, 0))
    assert decoded(file_of(clear)).min() == 255
    assert decoded(file_of(clear.convert("LA"))).min() == 255
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([0, 0, 0, 250, 10, 20])
    assert np.abs(decoded(file_of(palette)) - (250, 10, 20)).max() == 0
    assert decoded(file_of(palette, transparency=1)).min() == 255
    half = decoded(file_of(Image.new("RGBA", (8, 8), (0, 0, 0, 128))))
    assert np.abs(half - 127).max() <= 1


def test_cmyk_comes_in_as_the_colour_it_prints() -> None:
    cyan = decoded(file_of(Image.new("CMYK", (16, 16), (255, 0, 0, 0)), "JPEG"))
    assert cyan[..., 0].mean() < 60
    assert cyan[..., 2].mean() > 180


def test_a_picture_lying_on_its_side_is_set_upright() -> None:
    lying = Image.new("RGB", (24, 12), (0, 0, 255))
    lying.paste((255, 0, 0), (0, 0, 12, 12))
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = decode(file_of(lying, "JPEG", exif=exif, quality=95)).picture
    assert upright.size == (12, 24)
    top, bottom = upright.getpixel((6, 3)), upright.getpixel((6, 20))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200
    assert bottom[0] < 60


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png"])
def test_a_file_says_its_colours_and_what_it_is(kind: Literal["image/jpeg", "image/png"]) -> None:
    data = paint(replace(FRESH, mime_type=kind)).data
    with Image.open(io.BytesIO(data)) as opened:
        assert opened.info["icc_profile"] == srgb_profile()
        note = opened.info.get("comment", opened.info.get("retake-sandbox", ""))
    assert len(srgb_profile()) < 1000
    assert NOTE.encode() in (note if isinstance(note, bytes) else note.encode())
    assert b"digitalsourcetype/algorithmicMedia" in data
    assert b"trained" not in data


def test_a_changed_picture_from_elsewhere_says_that_it_is_a_mix(photo: bytes) -> None:
    data = painted("warmer", source=photo).data
    assert b"digitalsourcetype/composite" in data


def mark_of(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    side = min(height, width)
    return pixels[height - round(side * 0.075) :, width - round(side * 0.16) :]


@pytest.mark.parametrize("tone", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("size", [(512, 512), (1408, 176), (1376, 768)])
def test_the_mark_can_be_read_on_any_ground_and_is_small(tone: float, size: tuple[int, int]) -> None:
    ground = np.full((size[1], size[0], 3), tone, dtype=np.float32)
    under = Under(Image.new("RGB", size), in_place=False)
    data = finished(ground, Output(*size, "image/png", SEED), record=None, under=under)
    pixels = pixels_of(data)
    changed = np.abs(pixels - round(tone * 255)).max(axis=-1) > 3
    rows, columns = np.nonzero(changed)
    assert rows.min() > size[1] * 0.8
    assert columns.min() > size[0] * 0.75
    assert 0.0003 < changed.mean() < 0.03
    plate = pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert np.percentile(plate, 99) - np.median(plate) > 60


def test_a_mark_is_not_drawn_over_a_mark(mug: bytes) -> None:
    picture = Image.fromarray(pixels_of(mug).astype(np.uint8))
    with Image.open(io.BytesIO(mug)) as opened:
        note = opened.info["retake-sandbox"]
    from_elsewhere = file_of(picture, "JPEG", quality=95, comment=note.split("{")[0].encode())
    again = paint(replace(order("warmer", source=from_elsewhere), mime_type="image/png")).data
    for _ in range(2):
        again = painted("warmer", source=again).data
    first, last = (mark_of(pixels_of(data)).mean(axis=-1) for data in (mug, again))
    assert abs(np.percentile(first, 2) - np.percentile(last, 2)) < 16
    assert abs(first.max() - last.max()) < 12


def saved_anew(data: bytes, *, scale: float = 1.0) -> bytes:
    """The picture as a studio passes it on: without what its file said, encoded anew, maybe at another size."""
    picture = Image.fromarray(pixels_of(data).astype(np.uint8), mode="RGB")
    size = round(picture.width * scale), round(picture.height * scale)
    return file_of(picture.resize(size, Image.Resampling.LANCZOS), "JPEG", quality=90)


@pytest.mark.parametrize("scale", [1.0, 1.5, 0.8])
def test_a_mark_is_found_by_its_pixels_when_the_file_says_nothing(mug: bytes, scale: float) -> None:
    again = decode(saved_anew(mug, scale=scale))
    assert not again.marked
    clean = np.asarray(without_mark(again), dtype=np.float32)
    marked = np.asarray(again.picture, dtype=np.float32)
    height, width = marked.shape[:2]
    corner = (
        slice(height - round(height * 0.15), height - round(height * 0.05)),
        slice(width - round(width * 0.2), -9),
    )
    before, after = marked[corner].mean(axis=-1), clean[corner].mean(axis=-1)
    assert after.std() < 0.5 * before.std()
    assert np.percentile(after, 99) < np.percentile(before, 99) - 20
    rest = slice(0, round(height * 0.8))
    assert np.array_equal(clean[rest], marked[rest])


def labelled(word: str, size: int) -> Image.Image:
    """A picture from elsewhere with somebody else's small label where ours would be."""
    noise = np.random.default_rng(size).integers(90, 140, (40, 64, 3), dtype=np.uint8)
    picture = Image.fromarray(noise).resize((256, 160))
    pen, letters = ImageDraw.Draw(picture), font("sans", size)
    right, bottom = 256 - size * 0.9, 160 - size * 0.9
    wide = pen.textlength(word, font=letters) + size
    pen.rounded_rectangle((right - wide, bottom - size * 1.9, right, bottom), radius=size * 0.95, fill=(60, 60, 60))
    pen.text((right - wide + size / 2, bottom - size * 1.57), word, font=letters, fill=(245, 245, 245))
    return picture


@pytest.mark.parametrize("size", [8, 12])
@pytest.mark.parametrize("word", ["handbook", "product", "© Jo 2024", "SANDBOX", ""])
def test_nobody_else_s_label_is_taken_off(word: str, size: int) -> None:
    picture = labelled(word, size)
    assert without_mark(Given(picture=picture, record=None)) is picture


def test_enlarging_an_edge_leaves_no_halo() -> None:
    size = (2400, 1000)
    ground = np.full((700, 1680, 3), 0.25, dtype=np.float32)
    ground[:, 840:] = (0.8, 0.7, 0.6)
    under = Under(Image.new("RGB", (8, 8)), in_place=False)
    pixels = pixels_of(finished(ground, Output(*size, "image/png", SEED), record=None, under=under))[:800]
    for channel, (low, high) in enumerate(((64, 204), (64, 178), (64, 153))):
        assert pixels[..., channel].min() > low - 20
        assert pixels[..., channel].max() < high + 20
    row = pixels[400, 1150:1250, 0]
    assert int(((row > 75) & (row < 190)).sum()) <= 4


def test_pixels_nothing_was_done_to_come_through_at_full_size_untouched() -> None:
    size = (1600, 1000)
    rng = np.random.default_rng(1)
    picture = Image.fromarray(rng.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8))
    width, height = working_size(*size)
    small = covered(picture, width=width // 2, height=height // 2)
    small[: height // 8] *= 0.5
    data = finished(small, Output(*size, "image/png", SEED), record=None, under=Under(picture, in_place=True))
    gap = np.abs(pixels_of(data) - np.asarray(picture, dtype=np.float32))
    assert gap[400:900].max() <= 2
    assert gap[:200].mean() > 20
