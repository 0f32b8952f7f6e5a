"""What cannot become a picture is refused in one sentence that says what to do."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO
from zipfile import ZipFile, ZipInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.errors import PictureRefused
from studio.imaging.decode import MAX_UPLOAD_BYTES
from studio.imaging.intake import inspect, take_in
from studio.imaging.thumbnail import thumbnail
from tests.imaging import pictures


def sentence(data: bytes) -> str:
    with pytest.raises(PictureRefused) as caught:
        take_in(data)
    assert caught.value.facts.category == "bad_picture"
    return str(caught.value)


def zipped() -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        # A ZipInfo of its own is dated 1980: the bytes, and so the test's name, are the same in every worker.
        archive.writestr(ZipInfo("picture.png"), b"no")
    return buffer.getvalue()


def blank_png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = pictures.png_chunk(b"IHDR", header) + pictures.png_chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + body + pictures.png_chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "This file is empty; choose another one."),
        (b"Dear team,\nhere is the brief.\n", "This file is not a picture but text; use PNG, JPEG"),
        ("\ufeffGrüße".encode("utf-16"), "This file is not a picture but text"),
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG drawings cannot be sent; export it"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF documents cannot be sent as pictures; export the page as PNG."),
        (b"8BPS\0\x01", "Photoshop files cannot be sent"),
        (b"\xff\x0a\xfa\x7f", "JPEG XL pictures cannot be sent"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "This file is a video, not a picture"),
        (zipped(), "This file is not a picture the studio can read"),
        (b"\x7fELF\x02\x01\x01\0", "This file is not a picture the studio can read"),
        (blank_png(20_000, 20_000), "This picture has 400 megapixels; 50 is the most, so export a smaller copy."),
        (blank_png(10_000, 5_001), "This picture has 50.1 megapixels; 50 is the most"),
        (blank_png(20_000, 10), "This picture is 20,000 × 10 pixels; 16,384 is the longest side"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "This PNG is damaged and cannot be read"),
        (b"\xff\xd8\xff\xe0", "This JPEG is cut off: its end is missing; copy or download it again."),
        (b"RIFF\x40\0\0\0WEBPVP8 ", "This WebP is cut off"),
        (b"GIF89a\x01\0", "This GIF is "),
        (b"BM\0\0", "This BMP is "),
        (b"II*\0\x08\0\0\0", "This TIFF is "),
    ],
    ids=lambda value: repr(value[:24]),
)  # fmt: skip
def test_each_refusal_is_one_sentence_with_a_remedy(data: bytes, expected: str) -> None:
    said = sentence(data)
    assert said.startswith(expected)
    assert said.count(". ") == 0
    assert said.endswith(".")


def test_too_many_bytes_are_refused_with_both_numbers() -> None:
    said = sentence(b"\x89PNG\r\n\x1a\n".ljust(MAX_UPLOAD_BYTES + 17_200_000))
    assert said == "This file is 81.2 MB; 64 MB is the most, so export a smaller copy."


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_a_picture_cut_off_anywhere_is_refused(kind: str) -> None:
    data = pictures.encoded(pictures.scene(), kind)
    # The last bytes of a GIF or an AVIF hold no pixels, so only cuts inside the pixels have to be noticed there.
    last = len(data) - (0 if kind in {"PNG", "JPEG", "WEBP"} else 8)
    for size in {*range(1, last, max(1, last // 60)), last - 1}:
        sentence(data[:size])


def test_a_picture_without_its_second_half_is_called_cut_off() -> None:
    for kind in ("PNG", "JPEG", "WEBP", "BMP", "TIFF"):
        data = pictures.encoded(pictures.scene(), kind)
        assert "is cut off" in sentence(data[: len(data) * 3 // 4])


def test_a_heic_cut_off_or_overwritten_is_refused() -> None:
    data = pictures.heic(pictures.scene(64, 48))
    for size in range(12, len(data) - 8, max(1, len(data) // 25)):
        assert sentence(data[:size]).startswith("This HEIC is ")
    assert sentence(data[:40] + b"\xff" * (len(data) - 40)).startswith("This HEIC is damaged")


def test_thirty_two_bit_samples_are_refused() -> None:
    data = pictures.encoded(Image.fromarray(np.ones((4, 4), dtype=np.float32)), "TIFF")
    assert sentence(data) == "This picture has 32-bit samples; export it with 8 or 16 bits per channel."


@pytest.mark.parametrize("tags", [{50706: b"\x01\x04\0\0"}, {254: 1}], ids=["dng", "preview first"])
def test_the_preview_in_a_camera_raw_file_is_not_taken_for_the_picture(tags: dict[int, object]) -> None:
    data = pictures.encoded(pictures.scene(), "TIFF", tiffinfo=tags)
    assert sentence(data) == "This is a camera raw file; develop it and export it as JPEG or PNG."


def test_what_is_appended_to_a_picture_does_not_travel() -> None:
    for data in (pictures.encoded(pictures.scene(), kind) for kind in ("PNG", "JPEG", "WEBP")):
        picture = take_in(data + zipped())
        assert picture.data == data
        assert picture.notes == ("extra_data_removed",)


def test_a_picture_under_a_false_name_is_known_by_its_content() -> None:
    """Names never reach intake, so a JPEG called .png is a JPEG."""
    assert take_in(pictures.encoded(pictures.scene(), "JPEG")).mime_type == "image/jpeg"


HEADS = (
    b"",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"RIFF\x20\0\0\0WEBP",
    b"GIF89a",
    b"BM",
    b"II*\0",
    b"\0\0\0\x18ftypavif",
)
SEEDS = (
    *(pictures.encoded(pictures.scene(16, 16), kind) for kind in ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP")),
    pictures.animated("PNG"),
    pictures.loaded_jpeg(),
    pictures.loaded_webp(),
    pictures.deep_grey([1, 2, 3]),
)


def handle(data: bytes) -> None:
    """Whatever the bytes, each way in succeeds or raises PictureRefused; anything else fails the test."""
    for way_in in (take_in, inspect, lambda given: thumbnail(given, width_px=8)):
        with suppress(PictureRefused):
            way_in(data)


@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_random_bytes_are_taken_or_refused_and_nothing_else(head: bytes, rest: bytes) -> None:
    handle(head + rest)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_altered_pictures_are_taken_or_refused_and_nothing_else(data: st.DataObject) -> None:
    picture = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 6))):
        picture[data.draw(st.integers(0, len(picture) - 1))] = data.draw(st.integers(0, 255))
    handle(bytes(picture))
