"""The one EXIF field a picture keeps: which way up it is.

Bytes only. An EXIF block is the TIFF structure of CIPA DC-008.
"""

import struct
from typing import Final

UPRIGHT: Final = 1
_ORIENTATION_TAG: Final = 0x0112
_SHORT: Final = 3
_ENTRY_BYTES: Final = 12
_MAX_ENTRIES: Final = 512


def orientation_of(exif: bytes) -> int:
    """1–8 as EXIF numbers them; 1 where the block has none, or a value that means nothing."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None or len(exif) < 8:
        return UPRIGHT
    (directory,) = struct.unpack_from(f"{order}I", exif, 4)
    if directory + 2 > len(exif):
        return UPRIGHT
    (count,) = struct.unpack_from(f"{order}H", exif, directory)
    for index in range(min(count, _MAX_ENTRIES)):
        start = directory + 2 + index * _ENTRY_BYTES
        if start + _ENTRY_BYTES > len(exif):
            return UPRIGHT
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, start)
        if tag == _ORIENTATION_TAG:
            return value if kind == _SHORT and 1 <= value <= 8 else UPRIGHT
    return UPRIGHT


def exif_with(orientation: int) -> bytes:
    """The smallest EXIF block that says only this."""
    entry = struct.pack(">HHIHH", _ORIENTATION_TAG, _SHORT, 1, orientation, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)


def swaps_sides(orientation: int) -> bool:
    """Whether the picture is shown with width and height exchanged."""
    return orientation >= 5
