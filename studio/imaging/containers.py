"""Metadata out of PNG, JPEG and WebP without touching a pixel: whole chunks and segments go, the rest stays as it came.

Kept: everything that changes how the pixels look (colour profile, transparency, gamma, density, Adobe transform) and a
rebuilt EXIF block holding only the orientation. A picture with nothing to remove comes back as the very same bytes.
Formats: PNG third edition, ITU T.81 with JFIF and ICC.1 annex B, the WebP container specification.
"""

import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from studio.imaging.orientation import UPRIGHT, exif_with, orientation_of

Removed = Literal["metadata", "provenance", "extra_data"]
"""EXIF, XMP, IPTC, comments, previews; a C2PA manifest; anything unknown, and bytes behind the picture's end."""


class ContainerError(Exception):
    """The bytes are not a whole picture of their format."""


class CutOff(ContainerError):
    """The picture ends before its own end."""


@dataclass(frozen=True, slots=True)
class Stripped:
    """A picture without metadata. `frames` counts the animation's frames; 1 for a still."""

    data: bytes
    removed: frozenset[Removed] = frozenset()
    orientation: int = UPRIGHT
    frames: int = 1


@dataclass(frozen=True, slots=True)
class _Piece:
    """A chunk or segment: its name, its content, and both with framing, as found."""

    name: bytes
    content: bytes
    whole: bytes


PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PNG_COLOUR: Final = frozenset({b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"pHYs"})
_PNG_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"sBIT", b"bKGD"}) | _PNG_COLOUR
_PNG_ANIMATION: Final = frozenset({b"acTL", b"fcTL", b"fdAT"})
_PNG_METADATA: Final = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})


def strip_png(data: bytes) -> Stripped:
    """ContainerError for a PNG that is not whole. The frames of an APNG behind its default image go."""
    pieces, removed, orientation, names = [], set[Removed](), UPRIGHT, Counter[bytes]()
    end = len(PNG_SIGNATURE)
    for piece in _png_chunks(data):
        end += len(piece.whole)
        if piece.name in _PNG_KEPT:
            pieces.append(piece.whole)
        elif piece.name in _PNG_ANIMATION:
            names[piece.name] += 1
        elif piece.name == b"eXIf":
            orientation = orientation_of(piece.content)
            if orientation != UPRIGHT and piece.content == exif_with(orientation):
                pieces.append(piece.whole)
            else:
                removed.add("metadata")
        elif not piece.name[0] & 0x20:
            raise ContainerError(f"unknown critical chunk {piece.name!r}")
        else:
            removed.add(_png_kind(piece.name))
    # acTL states a count too, but each frame has its fcTL, and those cannot be wrong.
    frames = max(1, names[b"fcTL"])
    if end < len(data) or (names and frames == 1):
        removed.add("extra_data")
    if not removed and frames == 1:
        return Stripped(data=data, orientation=orientation)
    kept = _with_exif_chunk(pieces, orientation=orientation)
    return Stripped(
        data=PNG_SIGNATURE + b"".join(kept), removed=frozenset(removed), orientation=orientation, frames=frames
    )


def png_with_colour_of(png: bytes, *, original: bytes) -> bytes:
    """A freshly encoded PNG wearing the original's colour and density chunks, so that it is shown the same way."""
    colour = [piece.whole for piece in _png_chunks(original) if piece.name in _PNG_COLOUR]
    header, *rest = [piece.whole for piece in _png_chunks(png) if piece.name not in _PNG_COLOUR]
    return PNG_SIGNATURE + b"".join([header, *colour, *rest])


def _png_chunks(data: bytes) -> Iterator[_Piece]:
    at = len(PNG_SIGNATURE)
    name = b""
    while name != b"IEND":
        if at + 12 > len(data):
            raise CutOff(f"no IEND in {len(data)} bytes")
        size, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + size
        if end > len(data):
            raise CutOff(f"{name!r} ends at {end} of {len(data)} bytes")
        if not name.isalpha():
            raise ContainerError(f"not a chunk name: {name!r}")
        if at == len(PNG_SIGNATURE) and name != b"IHDR":
            raise ContainerError(f"{name!r} before IHDR")
        yield _Piece(name=name, content=data[at + 8 : end - 4], whole=data[at:end])
        at = end


def _png_kind(name: bytes) -> Removed:
    if name in _PNG_METADATA:
        return "metadata"
    return "provenance" if name == b"caBX" else "extra_data"


def _with_exif_chunk(pieces: list[bytes], *, orientation: int) -> Iterable[bytes]:
    kept = [piece for piece in pieces if piece[4:8] != b"eXIf"]
    if orientation == UPRIGHT:
        return kept
    body = b"eXIf" + exif_with(orientation)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return [kept[0], chunk, *kept[1:]]


_SOS: Final = 0xDA
_EOI: Final = 0xD9
_JPEG_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
# A literal first, nothing repeated: a 4K scan takes 2 ms (a leading \xff+ took 26), and a run of fill
# bytes is not tried anew from each of them.
_JPEG_END_OF_SCAN: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_EXIF_NAME: Final = b"Exif\0\0"


def strip_jpeg(data: bytes) -> Stripped:
    """ContainerError for a JPEG that is not whole. Whatever follows the end marker (previews, depth maps) goes."""
    pieces, removed, orientation = [], set[Removed](), UPRIGHT
    exif_seen, end = False, 2
    for piece in _jpeg_segments(data):
        end += len(piece.whole)
        kept = _jpeg_kept(piece)
        if piece.name == b"\xe1" and piece.content.startswith(_EXIF_NAME) and not exif_seen:
            exif_seen, orientation = True, orientation_of(piece.content[len(_EXIF_NAME) :])
            minimal = _exif_segment(orientation)
            kept = minimal if orientation != UPRIGHT and piece.whole == minimal else b""
        if kept != piece.whole:
            removed.add(_jpeg_kind(piece))
        pieces.append(kept)
    if end < len(data):
        removed.add("extra_data")
    if not removed:
        return Stripped(data=data, orientation=orientation)
    kept_pieces = [piece for piece in pieces if piece and piece[:2] != b"\xff\xe1"]
    if orientation != UPRIGHT:
        # JFIF wants its own segment first; readers look for EXIF anywhere before the scan.
        at = 1 if kept_pieces[0][:2] == b"\xff\xe0" else 0
        kept_pieces.insert(at, _exif_segment(orientation))
    return Stripped(data=data[:2] + b"".join(kept_pieces), removed=frozenset(removed), orientation=orientation)


def _jpeg_segments(data: bytes) -> Iterator[_Piece]:
    """Segments after SOI up to and with EOI; a scan's entropy-coded bytes belong to its SOS segment."""
    at, marker = 2, 0
    while marker != _EOI:
        start = at
        while at < len(data) and data[at] == 0xFF:
            at += 1
        if at >= len(data):
            raise CutOff(f"no end marker in {len(data)} bytes")
        if at == start:
            raise ContainerError(f"no marker at byte {start}")
        marker = data[at]
        at += 1
        content = b""
        if marker != _EOI and marker not in _JPEG_BARE:
            size = int.from_bytes(data[at : at + 2])
            if at + 2 > len(data) or at + size > len(data):
                raise CutOff(f"segment {marker:#x} is longer than the file")
            if size < 2:
                raise ContainerError(f"segment {marker:#x} has no length")
            content = data[at + 2 : at + size]
            at += size
        if marker == _SOS:
            scan_end = _JPEG_END_OF_SCAN.search(data, at)
            if scan_end is None:
                raise CutOff("the last scan has no end")
            # Fill bytes belong to the marker they lead to.
            at += len(data[at : scan_end.start()].rstrip(b"\xff"))
        yield _Piece(name=bytes([marker]), content=content, whole=data[start:at])


def _jpeg_kept(piece: _Piece) -> bytes:
    """The segment as it stays: whole, shortened, or nothing."""
    marker, content = piece.name[0], piece.content
    if marker == 0xE0:
        return _jfif_kept(piece)
    if marker == 0xE2 and content.startswith(b"ICC_PROFILE\0"):
        return piece.whole
    if marker == 0xEE and content.startswith(b"Adobe"):
        # Twelve bytes carry the colour transform; longer ones carry something else.
        return piece.whole if len(content) <= 12 else _segment(0xEE, content[:12])
    if marker == 0xFE or 0xE0 <= marker <= 0xEF:
        return b""
    return piece.whole


def _jfif_kept(piece: _Piece) -> bytes:
    """JFIF without the uncompressed thumbnail it may hold; JFXX, which is only a thumbnail, goes."""
    if not piece.content.startswith(b"JFIF\0") or len(piece.content) < 14:
        return b""
    if len(piece.content) == 14:
        return piece.whole
    return _segment(0xE0, piece.content[:12] + b"\0\0")


def _jpeg_kind(piece: _Piece) -> Removed:
    # C2PA manifests travel as JUMBF boxes in APP11 (C2PA specification, "Embedding manifests into JPEG").
    return "provenance" if piece.name == b"\xeb" and b"jumb" in piece.content[:64] else "metadata"


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def _exif_segment(orientation: int) -> bytes:
    return _segment(0xE1, _EXIF_NAME + exif_with(orientation))


_WEBP_KEPT: Final = frozenset({b"VP8X", b"ICCP", b"ALPH", b"VP8 ", b"VP8L"})
_WEBP_ANIMATION: Final = frozenset({b"ANIM", b"ANMF"})
_WEBP_KINDS: Final[dict[bytes, Removed]] = {b"EXIF": "metadata", b"XMP ": "metadata", b"C2PA": "provenance"}
_FLAG_EXIF: Final = 0x08
_FLAG_XMP: Final = 0x04


def strip_webp(data: bytes) -> Stripped:
    """ContainerError for a WebP that is not whole. An animation comes back as it was, its frames counted."""
    pieces, removed, orientation, frames = list[_Piece](), set[Removed](), UPRIGHT, 0
    for piece in _webp_chunks(data):
        if piece.name in _WEBP_ANIMATION:
            frames += piece.name == b"ANMF"
        elif piece.name == b"EXIF":
            # Some writers repeat JPEG's six-byte name here.
            orientation = orientation_of(piece.content.removeprefix(_EXIF_NAME))
            if orientation == UPRIGHT or piece.content != exif_with(orientation):
                removed.add("metadata")
        elif piece.name in _WEBP_KEPT:
            pieces.append(piece)
        else:
            removed.add(_WEBP_KINDS.get(piece.name, "extra_data"))
    if len(data) > 8 + _riff_bytes(data):
        removed.add("extra_data")
    if not any(piece.name == b"VP8X" for piece in pieces):
        # EXIF counts only in the extended format, whose header announces it.
        orientation = UPRIGHT
    if frames or not removed:
        return Stripped(data=data, removed=frozenset(removed), orientation=orientation, frames=max(frames, 1))
    return Stripped(data=_webp_of(pieces, orientation=orientation), removed=frozenset(removed), orientation=orientation)


def _riff_bytes(data: bytes) -> int:
    """The size the RIFF header states, made even as the format wants it."""
    size = int.from_bytes(data[4:8], "little")
    return size + size % 2


def _webp_chunks(data: bytes) -> Iterator[_Piece]:
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data) or len(data) < 20:
        raise CutOff(f"the header says {end} bytes, there are {len(data)}")
    at = 12
    while at + 8 <= end:
        name, size = struct.unpack_from("<4sI", data, at)
        if at + 8 + size > end:
            raise CutOff(f"{name!r} is longer than the file")
        padded = at + 8 + size + size % 2
        yield _Piece(name=name, content=data[at + 8 : at + 8 + size], whole=data[at:padded])
        at = padded


def _webp_of(pieces: list[_Piece], *, orientation: int) -> bytes:
    chunks = []
    for piece in pieces:
        content = piece.content
        if piece.name == b"VP8X" and content:
            flags = content[0] & ~(_FLAG_EXIF | _FLAG_XMP)
            content = bytes([flags | (_FLAG_EXIF if orientation != UPRIGHT else 0)]) + content[1:]
        chunks.append(_riff_chunk(piece.name, content))
    if orientation != UPRIGHT:
        chunks.append(_riff_chunk(b"EXIF", exif_with(orientation)))
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff_chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
