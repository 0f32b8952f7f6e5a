"""A small WebP of a stored picture, upright and in sRGB, so that every browser shows it the same."""

from io import BytesIO
from typing import Final

from PIL import Image

from studio.errors import InputError, PictureRefused
from studio.imaging.colour import in_srgb, to_eight_bit
from studio.imaging.decode import decode, refusing, strip, upright
from studio.imaging.intake import MIME_TYPES
from studio.imaging.orientation import swaps_sides
from studio.imaging.sniff import format_of

MAX_WIDTH_PX: Final = 2048
_WEBP_MAX_SIDE_PX: Final = 16_383
_QUALITY: Final = 82


def check_width(width_px: int) -> None:
    """InputError (bad_value) outside 1–2048."""
    if not 1 <= width_px <= MAX_WIDTH_PX:
        raise InputError("bad_value", f"A thumbnail is 1 to {MAX_WIDTH_PX:,} pixels wide, not {width_px:,}.")


def thumbnail(data: bytes, *, width_px: int) -> bytes:
    """WebP at most this wide as displayed, never enlarged. Takes PNG, JPEG and WebP; else PictureRefused."""
    check_width(width_px)
    source_format = format_of(data)
    if source_format not in MIME_TYPES:
        raise PictureRefused(f"This {source_format} is not a picture the studio keeps; use PNG, JPEG or WebP.")
    stripped = strip(data, source_format=source_format)
    turned = swaps_sides(stripped.orientation)
    # Twice the wanted width: a JPEG decoded at a fraction is box-filtered, and the real filter should do the rest.
    at_least = (1, 2 * width_px) if turned else (2 * width_px, 1)
    decoded = decode(stripped.data, source_format=source_format, at_least=at_least)
    target = _target(decoded.size_px, width_px=width_px, turned=turned)
    with refusing(source_format):
        pixels = to_eight_bit(decoded.image)
        if pixels.mode in {"1", "P"} or pixels.has_transparency_data:
            pixels = pixels.convert("RGBA" if pixels.has_transparency_data else "RGB")
        resized = pixels.resize(target, Image.Resampling.LANCZOS, reducing_gap=2.0)
        small = upright(in_srgb(resized), orientation=stripped.orientation)
        small.info = {}
        buffer = BytesIO()
        small.save(buffer, "WEBP", quality=_QUALITY, method=4)
    return buffer.getvalue()


def _target(size_px: tuple[int, int], *, width_px: int, turned: bool) -> tuple[int, int]:
    """The size before turning."""
    displayed_width = size_px[1] if turned else size_px[0]
    longest = max(size_px)
    scale = min(1.0, width_px / displayed_width, _WEBP_MAX_SIDE_PX / longest)
    width, height = (max(1, round(side * scale)) for side in size_px)
    return width, height
