"""An uploaded file → a checked picture ready to be stored and sent, or a refusal that says what to do.

PNG, JPEG and WebP keep their pixels as they came and only lose metadata. What Gemini does not take (GIF, BMP, TIFF,
AVIF), what it reads badly (CMYK, 16 bits) and HEIC, whose metadata cannot be cut out safely, is encoded anew:
losslessly as PNG where the source was lossless or has transparency, else as JPEG at quality 95 without subsampling.
"""

from dataclasses import dataclass, replace
from io import BytesIO
from typing import Final, Literal

from PIL import Image, TiffImagePlugin

from studio.errors import PictureRefused
from studio.imaging.colour import to_eight_bit
from studio.imaging.containers import Removed, Stripped, png_with_colour_of
from studio.imaging.decode import Decoded, check_bytes, decode, header_size, refusing, strip, upright
from studio.imaging.orientation import orientation_of, swaps_sides
from studio.imaging.sniff import Format, format_of

Note = Literal[
    "metadata_removed", "provenance_removed", "extra_data_removed",
    "converted", "converted_heic", "first_frame", "cmyk_converted", "depth_reduced", "alpha_kept",
]  # fmt: skip
"""One per thing worth telling. "converted": another file format, "converted_heic":
because its metadata cannot be cut out; "alpha_kept": therefore PNG, not JPEG;
"provenance_removed": a C2PA manifest, which the removal of metadata would have broken anyway."""

MIME_TYPES: Final[dict[Format, str]] = {"PNG": "image/png", "JPEG": "image/jpeg", "WebP": "image/webp"}
"""The formats that are stored and sent."""

_REMOVED_NOTES: Final[dict[Removed, Note]] = {
    "metadata": "metadata_removed",
    "provenance": "provenance_removed",
    "extra_data": "extra_data_removed",
}
_LOSSY: Final = frozenset[Format]({"AVIF", "HEIC", "JPEG"})
_METADATA_KEYS: Final = frozenset({"exif", "xmp", "comment", "photoshop"})
# ImageDescription, Make, Model, Software, DateTime, Artist, HostComputer, XMP, Copyright, IPTC, Photoshop, Exif, GPS.
_TIFF_METADATA: Final = frozenset({270, 271, 272, 305, 306, 315, 316, 700, 33432, 33723, 34377, 34665, 34853})
_TIFF_BITS: Final = 258
_TIFF_SUBFILE: Final = 254
_TIFF_DNG_VERSION: Final = 50706
_JPEG_QUALITY: Final = 95
_PNG_LEVEL: Final = 3
_PNG_BITS_AT: Final = 24


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready to be stored and sent. Width and height are as displayed, orientation applied."""

    data: bytes
    mime_type: str
    width_px: int
    height_px: int
    notes: tuple[Note, ...]
    source_format: str
    frame_count: int


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a picture from the model measures, as displayed."""

    width_px: int
    height_px: int
    mime_type: str


def take_in(data: bytes) -> Picture:
    """Raises PictureRefused, in one sentence, for whatever cannot become a picture the studio sends."""
    check_bytes(data)
    source_format = format_of(data)
    if source_format not in MIME_TYPES:
        return _converted(data, source_format=source_format)
    stripped = strip(data, source_format=source_format)
    decoded = decode(stripped.data, source_format=source_format)
    deep = source_format == "PNG" and stripped.data[_PNG_BITS_AT] == 16
    animated_webp = source_format == "WebP" and stripped.frames > 1
    if deep or animated_webp or decoded.image.mode == "CMYK":
        return _reencoded(decoded, stripped=stripped, source_format=source_format, deep=deep)
    width_px, height_px = _displayed(decoded.size_px, orientation=stripped.orientation)
    return Picture(
        data=stripped.data,
        mime_type=MIME_TYPES[source_format],
        width_px=width_px,
        height_px=height_px,
        notes=_container_notes(stripped),
        source_format=source_format,
        frame_count=stripped.frames,
    )


def inspect(data: bytes) -> Inspected:
    """Measure a PNG, JPEG or WebP and prove it whole. Raises PictureRefused.

    A PNG or WebP is decoded once. A JPEG is walked to its end marker instead: a designer waits for this, 4K takes 80 ms
    to decode, and decoders paint over damage inside a scan rather than report it.
    """
    source_format = format_of(data)
    if source_format not in MIME_TYPES:
        raise PictureRefused(f"This {source_format} is not a picture the studio keeps; use PNG, JPEG or WebP.")
    stripped = strip(data, source_format=source_format)
    size_px = (
        header_size(data, source_format=source_format)
        if source_format == "JPEG"
        else decode(data, source_format=source_format).size_px
    )
    width_px, height_px = _displayed(size_px, orientation=stripped.orientation)
    return Inspected(width_px=width_px, height_px=height_px, mime_type=MIME_TYPES[source_format])


def _displayed(size_px: tuple[int, int], *, orientation: int) -> tuple[int, int]:
    width_px, height_px = size_px
    return (height_px, width_px) if swaps_sides(orientation) else (width_px, height_px)


def _container_notes(stripped: Stripped) -> tuple[Note, ...]:
    notes = [note for removed, note in _REMOVED_NOTES.items() if removed in stripped.removed]
    return (*notes, "first_frame") if stripped.frames > 1 else tuple(notes)


def _converted(data: bytes, *, source_format: Format) -> Picture:
    """GIF, BMP, TIFF, AVIF and HEIC: nothing of the file but its pixels and colour profile goes on."""
    decoded = decode(data, source_format=source_format)
    image = decoded.image
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        _refuse_camera_raw(image, data=data)
    notes: list[Note] = ["metadata_removed"] if _has_metadata(image) else []
    if decoded.frames > 1:
        notes.append("first_frame")
    # Pillow has turned a TIFF while loading it, and libheif a HEIC; an AVIF still has to be.
    exif = image.info.get("exif", b"") if source_format == "AVIF" else b""
    return _encoded(
        image,
        source_format=source_format,
        orientation=orientation_of(exif.removeprefix(b"Exif\0\0")),
        notes=[*notes, *_depth_notes(deep=_bits_of(image) > 8)],
        frames=decoded.frames,
    )


def _reencoded(decoded: Decoded, *, stripped: Stripped, source_format: Format, deep: bool) -> Picture:
    """PNG, JPEG and WebP whose pixels have to change."""
    image = decoded.image
    key = image.info.get("transparency")
    if deep and isinstance(key, tuple):
        # Pillow keeps the high byte of 16-bit colours, but the transparent colour at 16 bits.
        image.info["transparency"] = tuple(sample >> 8 for sample in key)
    picture = _encoded(
        image,
        source_format=source_format,
        orientation=stripped.orientation,
        notes=[*_container_notes(stripped), *_depth_notes(deep=deep)],
        frames=stripped.frames,
    )
    if source_format != "PNG":
        return picture
    return replace(picture, data=png_with_colour_of(picture.data, original=stripped.data))


def _depth_notes(*, deep: bool) -> list[Note]:
    return ["depth_reduced"] if deep else []


def _encoded(image: Image.Image, *, source_format: Format, orientation: int, notes: list[Note], frames: int) -> Picture:
    with refusing(source_format):
        pixels = upright(to_eight_bit(image), orientation=orientation)
        has_alpha = _is_see_through(pixels)
        if source_format in _LOSSY and not has_alpha:
            mime_type, data = "image/jpeg", _as_jpeg(pixels)
        else:
            mime_type, data = "image/png", _as_png(pixels)
    if image.mode == "CMYK":
        notes = [*notes, "cmyk_converted"]
    if MIME_TYPES.get(source_format) != mime_type:
        notes = ["converted_heic" if source_format == "HEIC" else "converted", *notes]
    if has_alpha and source_format in _LOSSY:
        notes = [*notes, "alpha_kept"]
    return Picture(
        data=data,
        mime_type=mime_type,
        width_px=pixels.width,
        height_px=pixels.height,
        notes=tuple(notes),
        source_format=source_format,
        frame_count=frames,
    )


def _is_see_through(image: Image.Image) -> bool:
    """Whether any pixel is not fully opaque; an alpha channel alone does not make it so."""
    if image.mode not in {"LA", "RGBA"}:
        return image.has_transparency_data
    return image.getchannel("A").getextrema() != (255, 255)


def _as_jpeg(image: Image.Image) -> bytes:
    pixels = image if image.mode in {"L", "RGB"} else image.convert("RGB")
    profile = image.info.get("icc_profile")
    # A comment would be copied from `info`; the profile is the one thing that may stay.
    pixels.info = {}
    buffer = BytesIO()
    pixels.save(buffer, "JPEG", quality=_JPEG_QUALITY, subsampling=0, icc_profile=profile)
    return buffer.getvalue()


def _as_png(image: Image.Image) -> bytes:
    kept = {key: image.info[key] for key in ("icc_profile", "transparency") if key in image.info}
    image.info = {}
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=_PNG_LEVEL, **kept)
    return buffer.getvalue()


def _has_metadata(image: Image.Image) -> bool:
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return any(tag in image.tag_v2 for tag in _TIFF_METADATA)
    return any(image.info.get(key) for key in _METADATA_KEYS)


def _bits_of(image: Image.Image) -> int:
    """Bits per channel in the file, where the format's decoder tells."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return max(int(bits) for bits in image.tag_v2.get(_TIFF_BITS, (1,)))
    return int(image.info.get("bit_depth", 8))


def _refuse_camera_raw(image: TiffImagePlugin.TiffImageFile, *, data: bytes) -> None:
    """DNG, NEF, ARW and CR2 are TIFF files whose first picture is only a small preview."""
    is_preview = bool(image.tag_v2.get(_TIFF_SUBFILE, 0) & 1)
    if is_preview or _TIFF_DNG_VERSION in image.tag_v2 or data[8:10] == b"CR":
        raise PictureRefused("This is a camera raw file; develop it and export it as JPEG or PNG.")
