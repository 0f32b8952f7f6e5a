"""Untrusted bytes → a whole, decoded Pillow image within the limits, or PictureRefused with one sentence."""

import math
import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import pillow_heif
from PIL import Image, UnidentifiedImageError

from studio.errors import PictureRefused
from studio.imaging.containers import ContainerError, CutOff, Stripped, strip_jpeg, strip_png, strip_webp
from studio.imaging.sniff import Format

MAX_UPLOAD_BYTES: Final = 64_000_000
MAX_PIXELS: Final = 50_000_000
MAX_SIDE_PX: Final = 16_384

# What decoders were seen to raise on damaged files: Pillow's plugins are Python reading untrusted structures.
_DECODER_FAILURES: Final = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, EOFError, AttributeError,
    AssertionError, struct.error, zlib.error,
)  # fmt: skip
_PIXELS_IN_MESSAGE: Final = re.compile(r"\((\d+) pixels\)")
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_STRIPPERS: Final = {"PNG": strip_png, "JPEG": strip_jpeg, "WebP": strip_webp}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Loaded pixels, the size the file states (before any turning), and how many frames it holds."""

    image: Image.Image
    size_px: tuple[int, int]
    frames: int


def check_bytes(data: bytes) -> None:
    """PictureRefused when there are more bytes than a picture may have."""
    if len(data) > MAX_UPLOAD_BYTES:
        raise PictureRefused(
            f"This file is {len(data) / 1e6:,.1f} MB; {MAX_UPLOAD_BYTES // 1_000_000} MB is the most, "
            "so export a smaller copy."
        )


def strip(data: bytes, *, source_format: Format) -> Stripped:
    """PNG, JPEG or WebP without metadata. PictureRefused where the container is broken or cut off."""
    try:
        return _STRIPPERS[source_format](data)
    except CutOff as error:
        raise _cut_off(source_format) from error
    except ContainerError as error:
        raise _damaged(source_format) from error


def decode(data: bytes, *, source_format: Format, at_least: tuple[int, int] | None = None) -> Decoded:
    """The first frame, every pixel loaded. `at_least` lets a JPEG decode at a fraction of its size, not below this."""
    with refusing(source_format):
        if source_format == "HEIC":
            return _decode_heic(data)
        image = Image.open(BytesIO(data), formats=(source_format.upper(),))
        _check_size(image.size)
        size_px = image.size
        # Counted before loading: counting afterwards makes some plugins decode again.
        frames = int(getattr(image, "n_frames", 1))
        if at_least is not None:
            image.draft(None, at_least)
        image.load()
    return Decoded(image=image, size_px=size_px, frames=frames)


def header_size(data: bytes, *, source_format: Format) -> tuple[int, int]:
    """The size a picture states, in pixels, checked against the limits; nothing is decoded."""
    with refusing(source_format), Image.open(BytesIO(data), formats=(source_format.upper(),)) as image:
        _check_size(image.size)
        return image.size


def upright(image: Image.Image, *, orientation: int) -> Image.Image:
    """The image turned and mirrored as its EXIF orientation asks."""
    method = _TURNS.get(orientation)
    return image if method is None else image.transpose(method)


@contextmanager
def refusing(source_format: Format) -> Iterator[None]:
    """Whatever a decoder raises inside becomes a refusal that names the format."""
    try:
        with warnings.catch_warnings():
            # Remarks on odd files go nowhere; the bomb warning starts above our own limit.
            warnings.simplefilter("ignore")
            yield
    except PictureRefused:
        raise
    except Image.DecompressionBombError as error:
        # Pillow stops at the header before the size can be asked; its message has the count.
        stated = _PIXELS_IN_MESSAGE.search(str(error))
        raise _too_many_pixels(int(stated[1]) if stated else 2 * (Image.MAX_IMAGE_PIXELS or MAX_PIXELS)) from error
    except MemoryError as error:
        raise PictureRefused(
            f"This {source_format} needs more memory than one picture may use; export a smaller copy."
        ) from error
    except UnidentifiedImageError as error:
        raise _damaged(source_format) from error
    except _DECODER_FAILURES as error:
        cut_off = isinstance(error, EOFError) or "truncated" in str(error).lower()
        raise (_cut_off if cut_off else _damaged)(source_format) from error


def _decode_heic(data: bytes) -> Decoded:
    """Upright already: libheif applies the container's rotation itself."""
    pictures = pillow_heif.open_heif(data, convert_hdr_to_8bit=True)
    primary = pictures[pictures.primary_index]
    # Pixels are decoded by to_pillow(), so the size is checked on the container first.
    _check_size(primary.size)
    image = primary.to_pillow()
    return Decoded(image=image, size_px=image.size, frames=len(pictures))


def _check_size(size: tuple[int, int]) -> None:
    width_px, height_px = size
    if width_px * height_px > MAX_PIXELS:
        raise _too_many_pixels(width_px * height_px)
    if max(size) > MAX_SIDE_PX:
        raise PictureRefused(
            f"This picture is {width_px:,} × {height_px:,} pixels; {MAX_SIDE_PX:,} is the longest side, "
            "so export a smaller copy."
        )


def _too_many_pixels(pixels: int) -> PictureRefused:
    # Rounded up, so that a picture just over the limit does not read as just under it.
    megapixels = f"{math.ceil(pixels / 100_000) / 10:,.1f}".removesuffix(".0")
    return PictureRefused(
        f"This picture has {megapixels} megapixels; {MAX_PIXELS // 1_000_000} is the most, so export a smaller copy."
    )


def _cut_off(source_format: Format) -> PictureRefused:
    return PictureRefused(f"This {source_format} is cut off: its end is missing; copy or download it again.")


def _damaged(source_format: Format) -> PictureRefused:
    return PictureRefused(
        f"This {source_format} is damaged and cannot be read; open it in an image editor and export it again."
    )
