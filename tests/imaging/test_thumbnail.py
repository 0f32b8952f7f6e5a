"""Thumbnails are small upright WebPs in sRGB."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from studio.errors import InputError, PictureRefused
from studio.imaging.thumbnail import thumbnail
from tests.imaging import pictures

KINDS = ("PNG", "JPEG", "WEBP")


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    assert image.format == "WEBP"
    return image


def distance(given: Image.Image, wanted: Image.Image) -> float:
    difference = np.asarray(given.convert("RGB"), dtype=float) - np.asarray(wanted.convert("RGB"), dtype=float)
    return float(np.abs(difference).mean())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_thumbnail_is_as_wide_as_asked_and_upright(kind: str, orientation: int) -> None:
    data = pictures.encoded(pictures.scene(480, 320), kind, exif=pictures.exif(orientation=orientation))
    small = opened(thumbnail(data, width_px=60))
    assert small.size == ((60, 90) if orientation >= 5 else (60, 40))
    upright = ImageOps.exif_transpose(Image.open(BytesIO(data))).convert("RGB").resize(small.size)
    assert distance(small, upright) < 6


@pytest.mark.parametrize("kind", KINDS)
def test_a_small_picture_is_not_enlarged(kind: str) -> None:
    assert opened(thumbnail(pictures.encoded(pictures.scene(), kind), width_px=512)).size == (48, 32)


def test_nothing_but_pixels_is_in_a_thumbnail() -> None:
    for data in (pictures.loaded_jpeg(orientation=6), pictures.loaded_png(), pictures.loaded_webp()):
        small = thumbnail(data, width_px=24)
        assert not [secret for secret in pictures.SECRETS if secret in small]
        assert not opened(small).getexif()


def test_transparency_is_kept() -> None:
    small = opened(thumbnail(pictures.encoded(pictures.scene(480, 320, mode="RGBA"), "PNG"), width_px=60))
    assert small.mode == "RGBA"
    alpha = np.asarray(small)[:, :, 3]
    assert alpha[:, 0].min() > 240
    assert alpha[:, -1].max() < 140


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA"])
def test_every_png_mode_has_a_thumbnail(mode: str) -> None:
    image = pictures.scene(240, 160, mode="RGBA").convert("LA") if mode == "LA" else pictures.scene(240, 160, mode=mode)
    assert opened(thumbnail(pictures.encoded(image, "PNG"), width_px=30)).size == (30, 20)


def test_palette_transparency_is_kept() -> None:
    image = Image.new("P", (40, 40), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(0, (0, 0, 40, 20))
    alpha = np.asarray(opened(thumbnail(pictures.encoded(image, "PNG", transparency=0), width_px=20)))[:, :, 3]
    assert (alpha[0, 0], alpha[-1, -1]) == (0, 255)


def test_the_colour_profile_is_applied() -> None:
    image = Image.new("CMYK", (64, 64), (255, 0, 0, 0))
    profile = pictures.cmyk_profile()
    expected = ImageCms.profileToProfile(image, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert expected is not None
    small = opened(thumbnail(pictures.encoded(image, "JPEG", quality=95, icc_profile=profile), width_px=32))
    assert distance(small, expected.resize((32, 32))) < 12
    assert distance(small, image.resize((32, 32))) > 20
    assert "icc_profile" not in small.info


def test_a_broken_profile_is_ignored() -> None:
    data = pictures.encoded(pictures.scene(), "PNG", icc_profile=b"not a profile")
    assert distance(opened(thumbnail(data, width_px=48)), pictures.scene()) < 6


def test_sixteen_bit_grey_is_not_clipped() -> None:
    data = pictures.encoded(Image.fromarray(np.full((32, 32), 40_000, dtype=np.uint16)), "PNG")
    assert abs(int(np.asarray(opened(thumbnail(data, width_px=16)).convert("L")).mean()) - 156) <= 2


def test_a_very_long_picture_fits_what_webp_holds() -> None:
    small = opened(thumbnail(pictures.encoded(Image.new("L", (1, 16_384)), "PNG"), width_px=512))
    assert small.size == (1, 16_383)


@pytest.mark.parametrize("width_px", [0, -1, 2049])
def test_an_impossible_width_is_a_bad_value(width_px: int) -> None:
    with pytest.raises(InputError) as caught:
        thumbnail(pictures.encoded(pictures.scene(), "PNG"), width_px=width_px)
    assert caught.value.facts.category == "bad_value"


def test_what_is_not_stored_has_no_thumbnail() -> None:
    with pytest.raises(PictureRefused):
        thumbnail(pictures.encoded(pictures.scene(), "BMP"), width_px=8)
