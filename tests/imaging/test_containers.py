"""Stripping takes metadata out of PNG, JPEG and WebP and leaves every pixel as it came."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps

from studio.imaging.containers import ContainerError, Stripped, strip_jpeg, strip_png, strip_webp
from studio.imaging.orientation import exif_with, orientation_of, swaps_sides
from tests.imaging import pictures

PLAIN = {
    "jpeg": (strip_jpeg, pictures.encoded(pictures.scene(), "JPEG")),
    "jpeg progressive grey": (strip_jpeg, pictures.encoded(pictures.scene(mode="L"), "JPEG", progressive=True)),
    "jpeg with restarts": (strip_jpeg, pictures.encoded(pictures.scene(), "JPEG", restart_marker_blocks=1)),
    "jpeg with profile": (strip_jpeg, pictures.encoded(pictures.scene(), "JPEG", icc_profile=pictures.srgb_profile())),
    "png": (strip_png, pictures.encoded(pictures.scene(), "PNG")),
    "png palette": (strip_png, pictures.encoded(pictures.scene().quantize(7), "PNG", transparency=2)),
    "png bilevel": (strip_png, pictures.encoded(pictures.scene(mode="1"), "PNG")),
    "png with profile": (
        strip_png,
        pictures.encoded(pictures.scene(mode="RGBA"), "PNG", icc_profile=pictures.srgb_profile(), dpi=(72, 72)),
    ),
    "webp": (strip_webp, pictures.encoded(pictures.scene(), "WEBP")),
    "webp lossless alpha": (strip_webp, pictures.encoded(pictures.scene(mode="RGBA"), "WEBP", lossless=True)),
    "webp lossy alpha": (strip_webp, pictures.encoded(pictures.scene(mode="RGBA"), "WEBP")),
    "webp with profile": (strip_webp, pictures.encoded(pictures.scene(), "WEBP", icc_profile=pictures.srgb_profile())),
}
LOADED = {
    "jpeg": (strip_jpeg, pictures.loaded_jpeg),
    "png": (strip_png, pictures.loaded_png),
    "webp": (strip_webp, pictures.loaded_webp),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_picture_without_metadata_comes_back_as_the_same_bytes(name: str) -> None:
    strip, data = PLAIN[name]
    assert strip(data) == Stripped(data=data)


@pytest.mark.parametrize("kind", LOADED)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_metadata_goes_and_pixels_profile_and_orientation_stay(kind: str, orientation: int) -> None:
    strip, make = LOADED[kind]
    data = make(orientation=orientation)
    stripped = strip(data)
    assert not [secret for secret in pictures.SECRETS if secret in stripped.data]
    assert stripped.removed == {"metadata", "extra_data"}
    assert stripped.orientation == orientation
    assert np.array_equal(pictures.pixels(stripped.data), pictures.pixels(data))
    image = Image.open(BytesIO(stripped.data))
    assert image.info["icc_profile"] == pictures.srgb_profile()
    assert dict(image.getexif()) == ({} if orientation == 1 else {pictures.ORIENTATION: orientation})
    assert not image.getexif().get_ifd(pictures.GPS_IFD)
    assert "comment" not in image.info
    assert "xmp" not in image.info


@pytest.mark.parametrize("kind", LOADED)
@pytest.mark.parametrize("orientation", [1, 6])
def test_stripping_again_changes_nothing(kind: str, orientation: int) -> None:
    strip, make = LOADED[kind]
    once = strip(make(orientation=orientation))
    assert strip(once.data) == Stripped(data=once.data, orientation=orientation)


@pytest.mark.parametrize("kind", LOADED)
def test_nothing_but_metadata_was_known_to_be_there_before(kind: str) -> None:
    """Guards the tests above: the canaries are in the pictures they strip."""
    _, make = LOADED[kind]
    assert b"Canary Street 7" in make()
    assert b"canary-xmp" in make()
    assert b"canary-trailer" in make()


def test_a_png_keeps_what_its_pixels_need() -> None:
    image = pictures.scene().quantize(5)
    data = pictures.loaded_png(image=image)
    extra = (pictures.png_chunk(b"gAMA", b"\0\0\xb1\x8f"), pictures.png_chunk(b"sBIT", b"\x08\x08\x08"))
    stripped = strip_png(pictures.png_with(data, *extra))
    assert pictures.png_chunk_names(stripped.data) == [
        b"IHDR", b"gAMA", b"sBIT", b"iCCP", b"PLTE", b"pHYs", b"IDAT", b"IEND",
    ]  # fmt: skip


def test_a_c2pa_manifest_is_told_apart() -> None:
    png = pictures.png_with(PLAIN["png"][1], pictures.png_chunk(b"caBX", b"jumb"))
    box = b"JP\0\x01\0\0\0\x01\0\0\0\x20jumb\0\0\0\x18jumdc2pa"
    jpeg = pictures.jpeg_with(PLAIN["jpeg"][1], pictures.jpeg_segment(0xEB, box))
    assert strip_png(png) == Stripped(data=PLAIN["png"][1], removed=frozenset({"provenance"}))
    assert strip_jpeg(jpeg) == Stripped(data=PLAIN["jpeg"][1], removed=frozenset({"provenance"}))


def test_thumbnails_inside_jfif_go() -> None:
    data = PLAIN["jpeg"][1]
    # JFIF's own header is 14 bytes behind SOI, marker and length; the last two count the thumbnail's columns and rows.
    header = data[6:18] + b"\x01\x01" + b"\x10\x20\x30"
    with_thumbnail = (
        data[:2] + pictures.jpeg_segment(0xE0, header) + pictures.jpeg_segment(0xE0, b"JFXX\0\x10") + data[20:]
    )
    assert strip_jpeg(with_thumbnail) == Stripped(data=data, removed=frozenset({"metadata"}))


@pytest.mark.parametrize("fill", [b"", b"\xff", b"\xff" * 9])
def test_fill_bytes_belong_to_the_marker_they_lead_to_and_a_run_of_them_in_a_scan_to_the_scan(fill: bytes) -> None:
    plain = pictures.encoded(pictures.scene(), "JPEG")
    scan = plain[:-2] + fill + b"\xff\x00" + fill + b"\xff\xd0"
    assert strip_jpeg(scan + fill + b"\xff\xd9") == Stripped(data=scan + fill + b"\xff\xd9")
    stripped = strip_jpeg(scan + fill + pictures.jpeg_segment(0xE5, b"canary") + plain[-2:])
    assert stripped == Stripped(data=scan + plain[-2:], removed=frozenset({"metadata"}))


def test_the_adobe_marker_which_decides_the_colours_stays() -> None:
    data = pictures.encoded(pictures.scene(mode="CMYK"), "JPEG", comment="canary-comment")
    stripped = strip_jpeg(data)
    assert b"Adobe" in stripped.data
    assert np.array_equal(pictures.pixels(stripped.data), pictures.pixels(data))


def test_the_default_picture_of_an_apng_is_kept() -> None:
    data = pictures.animated("PNG")
    stripped = strip_png(data)
    assert stripped.frames == 3
    assert pictures.png_chunk_names(stripped.data) == [b"IHDR", b"IDAT", b"IEND"]
    assert np.array_equal(pictures.pixels(stripped.data), pictures.pixels(data))


def test_an_animated_webp_is_counted() -> None:
    assert strip_webp(pictures.animated("WEBP")).frames == 3


def test_webp_flags_and_sizes_fit_what_is_left() -> None:
    stripped = strip_webp(pictures.loaded_webp(orientation=6)).data
    assert pictures.webp_chunk_names(stripped) == [b"VP8X", b"ICCP", b"VP8 ", b"EXIF"]
    assert stripped[20] & 0x0C == 0x08
    upright = strip_webp(pictures.loaded_webp()).data
    assert pictures.webp_chunk_names(upright) == [b"VP8X", b"ICCP", b"VP8 "]
    assert upright[20] & 0x0C == 0
    assert int.from_bytes(upright[4:8], "little") == len(upright) - 8


@pytest.mark.parametrize("name", PLAIN)
def test_a_picture_cut_anywhere_is_not_whole(name: str) -> None:
    strip, data = PLAIN[name]
    for size in range(12, len(data), 7):
        with pytest.raises(ContainerError):
            strip(data[:size])
    with pytest.raises(ContainerError):
        strip(data[:-1])


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_read_in_both_byte_orders(order: str, orientation: int) -> None:
    block = Image.Exif()
    block.endian = order
    block[pictures.IMAGE_DESCRIPTION] = "first in the directory"
    block[pictures.ORIENTATION] = orientation
    assert orientation_of(block.tobytes().removeprefix(b"Exif\0\0")) == orientation
    assert orientation_of(exif_with(orientation)) == orientation


@pytest.mark.parametrize(
    "block", [b"", b"MM\0*", b"II*\0\xff\xff\xff\x7f", exif_with(9), exif_with(0), exif_with(6)[:16], b"no exif at all"]
)
def test_a_broken_exif_block_means_upright(block: bytes) -> None:
    assert orientation_of(block) == 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_sides_are_swapped_as_pillow_swaps_them(orientation: int) -> None:
    image = Image.open(BytesIO(pictures.encoded(pictures.scene(), "JPEG", exif=pictures.exif(orientation=orientation))))
    turned = ImageOps.exif_transpose(image)
    assert swaps_sides(orientation) is (turned.size != image.size)
