"""A file becomes a picture that can be sent, with a note for each thing done to it."""

import struct
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from studio.errors import PictureRefused
from studio.imaging.intake import Inspected, Picture, inspect, take_in
from tests.imaging import pictures

PLAIN = {
    "PNG": ("image/png", pictures.encoded(pictures.scene(), "PNG")),
    "JPEG": ("image/jpeg", pictures.encoded(pictures.scene(), "JPEG")),
    "WebP": ("image/webp", pictures.encoded(pictures.scene(), "WEBP")),
}
LOADED = {"PNG": pictures.loaded_png, "JPEG": pictures.loaded_jpeg, "WebP": pictures.loaded_webp}


def nearness(picture: Picture, image: Image.Image) -> float:
    """The mean difference of two pictures' RGB values."""
    given = np.asarray(Image.open(BytesIO(picture.data)).convert("RGB"), dtype=float)
    return float(np.abs(given - np.asarray(image.convert("RGB"), dtype=float)).mean())


@pytest.mark.parametrize("name", PLAIN)
def test_a_clean_picture_is_taken_in_byte_for_byte(name: str) -> None:
    mime_type, data = PLAIN[name]
    assert take_in(data) == Picture(
        data=data, mime_type=mime_type, width_px=48, height_px=32, notes=(), source_format=name, frame_count=1
    )


@pytest.mark.parametrize("name", LOADED)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_with_metadata_keeps_its_pixels_and_is_measured_as_displayed(name: str, orientation: int) -> None:
    data = LOADED[name](orientation=orientation)
    picture = take_in(data)
    assert picture.notes == ("metadata_removed", "extra_data_removed")
    assert (picture.width_px, picture.height_px) == ((32, 48) if orientation >= 5 else (48, 32))
    assert np.array_equal(pictures.pixels(picture.data), pictures.pixels(data))
    assert not [secret for secret in pictures.SECRETS if secret in picture.data]
    assert take_in(picture.data) == Picture(
        data=picture.data,
        mime_type=picture.mime_type,
        width_px=picture.width_px,
        height_px=picture.height_px,
        notes=(),
        source_format=name,
        frame_count=1,
    )


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_png_modes_gemini_takes_are_left_alone(mode: str) -> None:
    image = pictures.scene(mode="RGBA").convert("LA") if mode == "LA" else pictures.scene(mode=mode)
    data = pictures.encoded(image, "PNG")
    assert take_in(data).data == data


def test_palette_transparency_survives() -> None:
    data = pictures.encoded(pictures.scene().quantize(9), "PNG", transparency=3)
    assert take_in(data).data == data


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_lossless_formats_become_png_with_the_same_pixels(kind: str) -> None:
    image = pictures.scene().quantize(16)
    picture = take_in(pictures.encoded(image if kind == "GIF" else image.convert("RGB"), kind))
    assert (picture.mime_type, picture.notes, picture.source_format) == ("image/png", ("converted",), kind)
    assert nearness(picture, image) == 0


def test_gif_transparency_survives_conversion() -> None:
    image = pictures.scene().quantize(4)
    picture = take_in(pictures.encoded(image, "GIF", transparency=1, comment=b"canary-comment"))
    assert picture.notes == ("converted", "metadata_removed")
    assert b"canary-comment" not in picture.data
    alpha = np.asarray(Image.open(BytesIO(picture.data)).convert("RGBA"))[:, :, 3]
    assert np.array_equal(alpha == 0, np.asarray(image) == 1)


def test_avif_becomes_a_jpeg_close_to_it() -> None:
    picture = take_in(pictures.encoded(pictures.scene(), "AVIF", quality=95))
    assert (picture.mime_type, picture.notes) == ("image/jpeg", ("converted",))
    assert nearness(picture, pictures.scene()) < 3


def test_a_turned_avif_is_turned_upright() -> None:
    data = pictures.encoded(pictures.scene(), "AVIF", quality=95, exif=pictures.exif(orientation=6).tobytes())
    picture = take_in(data)
    assert (picture.width_px, picture.height_px) == (32, 48)
    assert nearness(picture, pictures.scene().transpose(Image.Transpose.ROTATE_270)) < 3
    assert "metadata_removed" in picture.notes
    assert not Image.open(BytesIO(picture.data)).getexif()


def test_heic_becomes_a_jpeg_without_its_location() -> None:
    data = pictures.heic(pictures.scene(64, 48), exif=pictures.exif().tobytes())
    assert b"Canary Street 7" in data
    picture = take_in(data)
    assert (picture.mime_type, picture.notes) == ("image/jpeg", ("converted_heic", "metadata_removed"))
    assert (picture.width_px, picture.height_px, picture.source_format) == (64, 48, "HEIC")
    assert nearness(picture, pictures.scene(64, 48)) < 3
    assert not [secret for secret in pictures.SECRETS if secret in picture.data]


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_heic_is_upright(orientation: int) -> None:
    picture = take_in(pictures.heic(pictures.scene(64, 48), orientation=orientation))
    photo = pictures.encoded(pictures.scene(64, 48), "JPEG", quality=95, exif=pictures.exif(orientation=orientation))
    turned = ImageOps.exif_transpose(Image.open(BytesIO(photo)))
    assert (picture.width_px, picture.height_px) == turned.size
    assert nearness(picture, turned) < 3
    assert not Image.open(BytesIO(picture.data)).getexif()


@pytest.mark.parametrize(
    ("make", "note"),
    [(pictures.heic, "converted_heic"), (lambda image: pictures.encoded(image, "AVIF", quality=95), "converted")],
)
def test_transparency_makes_a_converted_picture_a_png(make: object, note: str) -> None:
    assert callable(make)
    picture = take_in(make(pictures.scene(64, 48, mode="RGBA")))
    assert (picture.mime_type, picture.notes) == ("image/png", (note, "alpha_kept"))
    assert Image.open(BytesIO(picture.data)).mode == "RGBA"


def test_an_opaque_alpha_channel_is_no_transparency() -> None:
    image = pictures.scene().convert("RGBA")
    picture = take_in(pictures.encoded(image, "AVIF", quality=95))
    assert (picture.mime_type, picture.notes) == ("image/jpeg", ("converted",))


def test_a_colour_profile_survives_conversion() -> None:
    profile = pictures.srgb_profile()
    for data in (
        pictures.encoded(pictures.scene(), "TIFF", icc_profile=profile),
        pictures.encoded(pictures.scene(), "AVIF", icc_profile=profile),
    ):
        assert Image.open(BytesIO(take_in(data).data)).info["icc_profile"] == profile


def test_the_second_picture_in_a_phone_photo_is_dropped() -> None:
    first, second = pictures.scene(), Image.new("RGB", (48, 32), "red")
    data = pictures.encoded(first, "MPO", save_all=True, append_images=[second])
    assert getattr(Image.open(BytesIO(data)), "n_frames", 1) == 2
    picture = take_in(data)
    assert picture.notes == ("metadata_removed", "extra_data_removed")
    assert np.array_equal(pictures.pixels(picture.data), pictures.pixels(data))
    assert Image.open(BytesIO(picture.data)).format == "JPEG"
    assert b"MPF" not in picture.data


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "AVIF", "WEBP", "PNG"])
def test_only_the_first_frame_of_several_is_taken(kind: str) -> None:
    data = pictures.animated(kind)
    picture = take_in(data)
    assert picture.frame_count == 3
    assert "first_frame" in picture.notes
    assert ("converted" in picture.notes) is (kind != "PNG")
    assert nearness(picture, Image.open(BytesIO(data))) < 2
    assert getattr(Image.open(BytesIO(picture.data)), "n_frames", 1) == 1


def test_a_jpeg_in_printing_colours_becomes_rgb() -> None:
    image = pictures.scene(mode="CMYK")
    picture = take_in(pictures.encoded(image, "JPEG", quality=95, exif=pictures.exif(orientation=6)))
    assert picture.notes == ("metadata_removed", "cmyk_converted")
    assert (picture.mime_type, picture.width_px, picture.height_px) == ("image/jpeg", 32, 48)
    assert nearness(picture, image.convert("RGB").transpose(Image.Transpose.ROTATE_270)) < 3
    assert Image.open(BytesIO(picture.data)).mode == "RGB"


@pytest.mark.parametrize("profile", [b"not a profile", pictures.srgb_profile()], ids=["broken", "of another space"])
def test_a_useless_profile_on_printing_colours_is_ignored(profile: bytes) -> None:
    image = pictures.scene(mode="CMYK")
    picture = take_in(pictures.encoded(image, "JPEG", quality=95, icc_profile=profile))
    assert nearness(picture, image) < 3
    assert "icc_profile" not in Image.open(BytesIO(picture.data)).info


def test_a_printing_profile_decides_the_colours() -> None:
    profile = pictures.cmyk_profile()
    image = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    picture = take_in(pictures.encoded(image, "JPEG", quality=95, icc_profile=profile))
    expected = ImageCms.profileToProfile(
        image, BytesIO(profile), ImageCms.createProfile("sRGB"), renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB", flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    assert expected is not None
    assert nearness(picture, expected) < 3
    assert nearness(picture, image) > 20


def test_printing_colours_in_a_lossless_file_become_png() -> None:
    picture = take_in(pictures.encoded(pictures.scene(mode="CMYK"), "TIFF"))
    assert (picture.mime_type, picture.notes) == ("image/png", ("converted", "cmyk_converted"))


def test_sixteen_bit_grey_is_scaled_and_not_clipped() -> None:
    picture = take_in(pictures.deep_grey([0, 256, 257, 40_000, 65_535]))
    assert (picture.mime_type, picture.notes) == ("image/png", ("depth_reduced",))
    assert pictures.pixels(picture.data).tolist() == [[0, 1, 1, 156, 255]]


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_sixteen_bit_colours_become_eight(channels: int) -> None:
    samples = np.linspace(0, 65_535, 6 * 4 * channels).astype(np.uint16).reshape(4, 6, channels)
    picture = take_in(pictures.deep_png(samples, pictures.png_chunk(b"gAMA", struct.pack(">I", 100_000))))
    assert picture.notes == ("depth_reduced",)
    image = Image.open(BytesIO(picture.data))
    shown = np.asarray(image)[:, :, [0, 3]] if channels == 2 else np.asarray(image)
    assert np.abs(shown.astype(int) - samples // 257).max() <= 1
    assert image.info["gamma"] == 1.0


def test_the_transparent_colour_of_a_sixteen_bit_picture_stays_transparent() -> None:
    samples = np.full((2, 2, 3), 1000, dtype=np.uint16)
    samples[0, 0] = (0x1234, 0x5678, 0x9ABC)
    picture = take_in(pictures.deep_png(samples, pictures.png_chunk(b"tRNS", bytes.fromhex("123456789abc"))))
    alpha = np.asarray(Image.open(BytesIO(picture.data)).convert("RGBA"))[:, :, 3]
    assert alpha.tolist() == [[0, 255], [255, 255]]


def test_a_sixteen_bit_tiff_is_scaled() -> None:
    image = Image.fromarray(np.array([[0, 40_000, 65_535]], dtype=np.uint16))
    picture = take_in(pictures.encoded(image, "TIFF"))
    assert picture.notes == ("converted", "depth_reduced")
    assert pictures.pixels(picture.data).tolist() == [[0, 156, 255]]


def test_a_tiff_loses_its_tags_and_stands_upright() -> None:
    tags = {270: "canary-comment", 700: pictures.XMP, 274: 6}
    picture = take_in(pictures.encoded(pictures.scene(), "TIFF", tiffinfo=tags))
    assert picture.notes == ("converted", "metadata_removed")
    assert (picture.width_px, picture.height_px) == (32, 48)
    assert nearness(picture, pictures.scene().transpose(Image.Transpose.ROTATE_270)) == 0
    assert not [secret for secret in pictures.SECRETS if secret in picture.data]


def test_lab_becomes_rgb() -> None:
    lab = Image.merge("LAB", [Image.new("L", (8, 8), 255), Image.new("L", (8, 8), 128), Image.new("L", (8, 8), 128)])
    picture = take_in(pictures.encoded(lab, "TIFF"))
    assert np.asarray(Image.open(BytesIO(picture.data))).min() > 240


@pytest.mark.parametrize("name", PLAIN)
def test_a_picture_from_the_model_is_measured(name: str) -> None:
    mime_type, data = PLAIN[name]
    assert inspect(data) == Inspected(width_px=48, height_px=32, mime_type=mime_type)
    turned = LOADED[name](orientation=6)
    assert inspect(turned) == Inspected(width_px=32, height_px=48, mime_type=mime_type)


@pytest.mark.parametrize("name", PLAIN)
def test_a_damaged_picture_from_the_model_is_refused(name: str) -> None:
    _, data = PLAIN[name]
    for broken in (b"", data[: len(data) // 2], data[:-1], b"{}"):
        with pytest.raises(PictureRefused):
            inspect(broken)


def test_a_format_the_model_does_not_send_is_refused() -> None:
    with pytest.raises(PictureRefused, match="This GIF is not a picture the studio keeps"):
        inspect(pictures.encoded(pictures.scene(), "GIF"))
