"""Width and height of an encoded picture, read from its header alone.

The service needs no more than that to follow an input picture's ratio; decoding is the painter's, in another process.
"""

import struct
from collections.abc import Iterator
from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_START_OF_FRAME: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xDA)})
_HEIF_BRANDS: Final = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"hevc", b"avif")


def looks_like_picture(data: bytes) -> bool:
    """Whether these are bytes of a kind the models accept: PNG, JPEG, WebP, HEIC, HEIF (docs/image-generation)."""
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    heif = data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS
    return data.startswith((_PNG, b"\xff\xd8\xff")) or webp or heif


def size_px(data: bytes) -> tuple[int, int] | None:
    """(width, height) in pixels; None when the header does not say."""
    try:
        if data.startswith(_PNG):
            width, height = struct.unpack_from(">II", data, 16)
        elif data.startswith(b"\xff\xd8"):
            return next(_jpeg_frames(data), None)
        elif data[:4] == b"RIFF":
            return _webp(data)
        else:
            return _heif(data)
    except (struct.error, IndexError):
        return None
    return (width, height) if width and height else None


def _jpeg_frames(data: bytes) -> Iterator[tuple[int, int]]:
    at = 2
    while at + 4 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF or marker == 0xFF:
            at += 1
            continue
        if marker in _STANDALONE:
            at += 2
            continue
        if marker in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, at + 5)
            if width and height:
                yield width, height
            return
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def _webp(data: bytes) -> tuple[int, int] | None:
    chunk = data[12:16]
    if chunk == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _heif(data: bytes) -> tuple[int, int] | None:
    """The largest `ispe` box of the header: tiles and thumbnails have smaller ones of their own."""
    sizes: list[tuple[int, int]] = []
    at = data.find(b"ispe", 0, 65_536)
    while at >= 0:
        width, height = struct.unpack_from(">II", data, at + 8)
        sizes.append((width, height))
        at = data.find(b"ispe", at + 4, 65_536)
    return max((size for size in sizes if all(size)), default=None)
