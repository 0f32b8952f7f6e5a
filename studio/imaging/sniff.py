"""What a file is, told from its first bytes; its name and declared type are never asked."""

import re
from typing import Final, Literal

from studio.errors import PictureRefused

Format = Literal["PNG", "JPEG", "WebP", "GIF", "BMP", "TIFF", "AVIF", "HEIC"]

_HEAD_BYTES: Final = 1024
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_HEIF_BRANDS: Final = frozenset({b"mif1", b"mif2", b"msf1"})

_SIGNATURES: Final[tuple[tuple[bytes, Format], ...]] = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
)
_OTHERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", "PDF documents cannot be sent as pictures; export the page as PNG."),
    (b"8BPS", "Photoshop files cannot be sent; export it as PNG."),
    (b"\0\0\0\x0cJXL ", "JPEG XL pictures cannot be sent; export it as PNG or JPEG."),
    (b"\xff\x0a", "JPEG XL pictures cannot be sent; export it as PNG or JPEG."),
    (b"\0\0\0\x0cjP  ", "JPEG 2000 pictures cannot be sent; export it as PNG or JPEG."),
    (b"II+\0", "BigTIFF pictures cannot be sent; export it as PNG or ordinary TIFF."),
    (b"MM\0+", "BigTIFF pictures cannot be sent; export it as PNG or ordinary TIFF."),
    (b"\0\0\x01\0", "Icon files cannot be sent; export it as PNG."),
)
_USE: Final = "use PNG, JPEG, WebP, HEIC, AVIF, GIF, TIFF or BMP."
_SVG: Final = re.compile(rb"<(?:svg|!DOCTYPE\s+svg)\b", re.IGNORECASE)


def format_of(data: bytes) -> Format:
    """PictureRefused, with what to do instead, for everything that is not a picture the studio takes."""
    if not data:
        raise PictureRefused("This file is empty; choose another one.")
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[4:8] == b"ftyp":
        return _iso_format(data)
    raise PictureRefused(_what_instead(data[:_HEAD_BYTES]))


def _iso_format(data: bytes) -> Format:
    """AVIF and HEIC share the container of MP4; the brands tell them apart (ISO/IEC 23008-12)."""
    size = min(int.from_bytes(data[:4]), _HEAD_BYTES)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, size - 3, 4))}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    if brands & (_HEIC_BRANDS | _HEIF_BRANDS):
        return "HEIC"
    raise PictureRefused("This file is a video, not a picture; export one frame of it as PNG or JPEG.")


def _what_instead(head: bytes) -> str:
    for signature, sentence in _OTHERS:
        if head.startswith(signature):
            return sentence
    if not _is_text(head):
        return f"This file is not a picture the studio can read; {_USE}"
    if _SVG.search(head):
        return "SVG drawings cannot be sent; export it as PNG."
    return f"This file is not a picture but text; {_USE}"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return b"\0" not in head and not any(byte < 9 or 13 < byte < 27 for byte in head)
