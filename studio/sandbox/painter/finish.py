"""From a working picture to the file: full size, grain, the sandbox's mark, metadata; and reading pictures given."""

import base64
import binascii
import io
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from PIL import Image, ImageFilter, PngImagePlugin, UnidentifiedImageError

from studio.sandbox.painter.colour import Bytes, Field
from studio.sandbox.painter.drift import Drift, drifted
from studio.sandbox.painter.mark import found_in, put_on, taken_off
from studio.sandbox.painter.noise import dice, to_bytes
from studio.sandbox.painter.profiles import as_srgb, srgb_profile

NOTE = "Painted by the Retake sandbox, not by Gemini."
_WORK_PIXELS = 1_750_000
"""Painted at most this large; beyond, scaled up and grained at full size."""
_NATIVE_PIXELS = 1_100_000
_PRINT_SIDE = 16
_MAX_PIXELS = 80_000_000
_KEY = "retake-sandbox"
_TILE_SIDE = 256
_STRIP_PIXELS = 2_000_000
_LOOKED_INTO = 24
_FEW = 2
_REDUCED_PIXELS = 4_000_000


@dataclass(frozen=True, slots=True)
class Given:
    """A decoded picture: sRGB, the record a sandbox picture carries, and whether its file says that it is marked."""

    picture: Image.Image
    record: dict[str, Any] | None
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Under:
    """A picture from elsewhere that was changed; in_place: nothing moved, so what did not change comes through."""

    picture: Image.Image
    in_place: bool


@dataclass(frozen=True, slots=True)
class Output:
    """The file to make; the seed is that of the grain."""

    width_px: int
    height_px: int
    mime_type: Literal["image/jpeg", "image/png"]
    seed: bytes
    drift: Drift = field(default_factory=Drift)


def working_size(width: int, height: int) -> tuple[int, int]:
    """(width, height) to paint at for a picture of the asked pixels."""
    pixels = width * height
    if pixels <= _NATIVE_PIXELS:
        return width, height
    factor = min(1.0, (_WORK_PIXELS / pixels) ** 0.5)
    return max(1, round(width * factor)), max(1, round(height * factor))


def decode(data: bytes) -> Given:
    """ValueError when it is not a picture that can be decoded, or too large."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                raise ValueError("the picture is too large")
            record, marked = _record_of(opened), NOTE in _note_of(opened)
            picture = as_srgb(opened)
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        struct.error,
        Image.DecompressionBombError,
        EOFError,
    ) as error:
        raise ValueError(f"the picture cannot be decoded: {error}") from error
    if record is not None and not _matches(picture, str(record.get("print", ""))):
        record = None
    return Given(picture=picture, record=record, marked=marked)


def _note_of(opened: Image.Image) -> str:
    note = opened.info.get("comment", opened.info.get(_KEY, ""))
    return note.decode("utf-8", "replace") if isinstance(note, bytes) else str(note)


def _record_of(opened: Image.Image) -> dict[str, Any] | None:
    text = _note_of(opened)
    start = text.find("{")
    if NOTE not in text or start < 0:
        return None
    try:
        record = json.loads(text[start:])
    except ValueError:
        return None  # someone else's comment, or one cut short: the picture is then like any other
    return record if isinstance(record, dict) else None


def _fingerprint(picture: Image.Image) -> bytes:
    return picture.convert("L").resize((_PRINT_SIDE, _PRINT_SIDE), Image.Resampling.BOX).tobytes()


def _matches(picture: Image.Image, printed: str) -> bool:
    """Whether the pixels still are those the record was written for."""
    try:
        known = base64.b64decode(printed, validate=True)
    except binascii.Error:
        return False
    if len(known) != _PRINT_SIDE**2:
        return False
    gap = np.frombuffer(known, np.uint8).astype(int) - np.frombuffer(_fingerprint(picture), np.uint8)
    return int(np.abs(gap).max()) <= 4


def covered(picture: Image.Image, *, width: int, height: int) -> Field:
    """The picture cropped about its middle to the ratio and scaled to the size, as floats."""
    factor = max(width / picture.width, height / picture.height)
    wide, high = width / factor, height / factor
    wide, high = min(wide, picture.width), min(high, picture.height)
    left, top = max(0.0, (picture.width - wide) / 2), max(0.0, (picture.height - high) / 2)
    fitted = picture.resize(
        (width, height),
        Image.Resampling.LANCZOS,
        box=(left, top, min(left + wide, picture.width), min(top + high, picture.height)),
        reducing_gap=2.0,
    )
    return np.asarray(fitted, dtype=np.float32) / np.float32(255)


def _grained(pixels: Bytes, rng: np.random.Generator, strength: float) -> None:
    """Adds film grain in place: one soft tile, laid at a new offset in every square."""
    side = _TILE_SIDE
    tile = rng.standard_normal((side, side)).astype(np.float32)
    tile = tile * 0.8 + (np.roll(tile, 1, 0) + np.roll(tile, 1, 1)) * 0.35
    grain = np.tile(np.rint(tile * strength).astype(np.int16)[..., None], (2, 2, 3))
    for top in range(0, pixels.shape[0], side):
        for left in range(0, pixels.shape[1], side):
            part = pixels[top : top + side, left : left + side]
            down, right = side - int(rng.integers(side)), side - int(rng.integers(side))
            moved = grain[down : down + part.shape[0], right : right + part.shape[1]]
            grained = np.clip(part + moved, 0, 255).astype(np.uint8)
            # Pure white is no film at all: a background made white stays 255.
            white = (part == 255).view(np.uint8)
            np.bitwise_or(grained, np.negative(white), out=part)


def without_marks(given: Sequence[Given]) -> list[Image.Image]:
    """As `without_mark`. Of very many pictures each is shown too small for a mark to be read, and to look for scaled
    ones in all of them would take too long."""
    return [without_mark(one, scaled=len(given) <= _LOOKED_INTO) for one in given]


def without_mark(given: Given, *, scaled: bool = True) -> Image.Image:
    """The picture with our mark taken off again, where it has one, so that an edit neither doubles nor moves it;
    scaled as in `found_in`."""
    label = found_in(given.picture, told=given.marked, scaled=scaled)
    return given.picture if label is None else taken_off(given.picture, label)


def decoded_many(files: Sequence[bytes]) -> list[Given]:
    """As `decode`; where there are several, large ones are kept smaller, so that fourteen of 4K fit in memory."""
    return [decode(data) if len(files) <= _FEW else _reduced(decode(data)) for data in files]


def _reduced(given: Given) -> Given:
    factor = round((given.picture.width * given.picture.height / _REDUCED_PIXELS) ** 0.5)
    if factor < 2:
        return given
    return replace(given, picture=without_mark(given).reduce(factor), marked=False)


def _carried(picture: Field, under: Image.Image) -> Bytes:
    """A change made at working size carried to the full-size picture it was made to: only what differs moves."""
    before = covered(under, width=picture.shape[1], height=picture.shape[0])
    pixels = np.array(under)
    strip = max(1, _STRIP_PIXELS // under.width)
    for i in range(3):
        change = Image.fromarray((picture[..., i] - before[..., i]) * np.float32(255), mode="F")
        for top in range(0, under.height, strip):
            rows = pixels[top : top + strip, :, i]
            box = (0, top * change.height / under.height,
                   change.width, (top + len(rows)) * change.height / under.height)  # fmt: skip
            part = change.resize((under.width, len(rows)), Image.Resampling.BICUBIC, box=box)
            rows[:] = np.clip(np.rint(rows + np.asarray(part)), 0, 255).astype(np.uint8)
    return pixels


def _extreme(pixels: Bytes, pick: np.ufunc) -> Bytes:
    """The least or greatest of each pixel and its eight neighbours, by channel."""
    across = pixels.copy()
    pick(across[:, 1:], pixels[:, :-1], out=across[:, 1:])
    pick(across[:, :-1], pixels[:, 1:], out=across[:, :-1])
    both = across.copy()
    pick(both[1:], across[:-1], out=both[1:])
    pick(both[:-1], across[1:], out=both[:-1])
    return both


def _sharpened(image: Image.Image, radius_px: float) -> Image.Image:
    """Edges steeper, but no value beyond its neighbours': no halos, and no colour that was not there."""
    pixels = np.asarray(image)
    sharp = np.asarray(image.filter(ImageFilter.UnsharpMask(radius=radius_px, percent=60, threshold=2)))
    return Image.fromarray(np.clip(sharp, _extreme(pixels, np.minimum), _extreme(pixels, np.maximum)), mode="RGB")


def _enlarged(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """At the full size; sharpened before, which looks as afterwards and takes a tenth of the time."""
    factor = size[0] / image.width
    if factor > 1:
        image = _sharpened(image, 2.2 / factor)
    return image.resize(size, Image.Resampling.BICUBIC)


def _full_size(picture: Field, how: Output, under: Under | None, rng: np.random.Generator) -> Bytes:
    """The pixels at the size asked for, with the drift ordered; grained unless the picture came from elsewhere."""
    size = (how.width_px, how.height_px)
    image = Image.fromarray(to_bytes(picture, rng), mode="RGB")
    if image.size == size:
        pixels = np.array(image)
    elif under is not None and under.in_place and under.picture.size == size:
        pixels = _carried(picture, under.picture)
    else:
        pixels = np.array(_enlarged(image, size))
    pixels = drifted(pixels, how.drift, seed=how.seed)
    if under is None:
        strength = min(3.8, 1.4 + 1.15 * (size[0] * size[1] / 1e6) ** 0.5)
        _grained(pixels, rng, strength * (1.0 if how.mime_type == "image/jpeg" else 0.4))
    return pixels


def _packet(*, given: bool) -> str:
    """XMP that says how the picture came to be.

    The IPTC's words for "purely by an algorithm, from no sampled data" and "a mix of several elements"
    (http://cv.iptc.org/newscodes/digitalsourcetype/, read 2026-11-23).
    """
    source = "composite" if given else "algorithmicMedia"
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmp:CreatorTool="Retake sandbox"'
        f' Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/{source}"/>'
        "</rdf:RDF></x:xmpmeta>"
    )


def finished(picture: Field, how: Output, *, record: dict[str, Any] | None, under: Under | None = None) -> bytes:
    """The encoded file. PNG keeps less grain, which it cannot pack.

    `under` is the picture from elsewhere that was changed: it gets no grain of ours.
    """
    pixels = _full_size(picture, how, under, dice(how.seed, "finish"))
    put_on(pixels)
    image = Image.fromarray(pixels, mode="RGB")
    note, packet = NOTE, _packet(given=record is None or "scene" not in record)
    if record is not None:
        printed = base64.b64encode(_fingerprint(image)).decode()
        note = f"{NOTE} {json.dumps({**record, 'print': printed}, separators=(',', ':'), sort_keys=True)}"
    out = io.BytesIO()
    if how.mime_type == "image/jpeg":
        image.save(
            out, "JPEG", quality=92, subsampling="4:2:0", dpi=(300, 300), comment=note.encode(),
            icc_profile=srgb_profile(), xmp=packet.encode(),
        )  # fmt: skip
    else:
        info = PngImagePlugin.PngInfo()
        info.add_text("Software", NOTE)
        info.add_text(_KEY, note)
        info.add_itxt("XML:com.adobe.xmp", packet)
        image.save(out, "PNG", compress_level=4, dpi=(300, 300), pnginfo=info, icc_profile=srgb_profile())
    return out.getvalue()
