"""From a working picture to the file: full size, grain, the sandbox's mark, metadata; and reading pictures given."""

import base64
import binascii
import io
import json
import struct
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from PIL import Image, ImageFilter, PngImagePlugin, UnidentifiedImageError

from studio.sandbox.painter.colour import Bytes, Field
from studio.sandbox.painter.lettering import set_lines
from studio.sandbox.painter.noise import dice, to_bytes

NOTE = "Painted by the Retake sandbox, not by Gemini."
_WORK_PIXELS = 1_750_000
"""Painted at most this large; beyond, scaled up and grained at full size."""
_NATIVE_PIXELS = 1_100_000
_PRINT_SIDE = 16
_MAX_PIXELS = 80_000_000
_KEY = "retake-sandbox"


@dataclass(frozen=True, slots=True)
class Given:
    """A decoded picture: sRGB, and the record a sandbox picture carries."""

    picture: Image.Image
    record: dict[str, Any] | None


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
            record = _record_of(opened)
            picture = _flattened(opened)
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
    return Given(picture=picture, record=record)


def _flattened(opened: Image.Image) -> Image.Image:
    if opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info:
        over = opened.convert("RGBA")
        ground = Image.new("RGBA", over.size, (255, 255, 255, 255))
        return Image.alpha_composite(ground, over).convert("RGB")
    return opened.convert("RGB")


def _record_of(opened: Image.Image) -> dict[str, Any] | None:
    note = opened.info.get("comment", opened.info.get(_KEY, ""))
    text = note.decode("utf-8", "replace") if isinstance(note, bytes) else str(note)
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
    side = 256
    tile = rng.standard_normal((side, side)).astype(np.float32)
    tile = tile * 0.8 + (np.roll(tile, 1, 0) + np.roll(tile, 1, 1)) * 0.35
    for top in range(0, pixels.shape[0], side):
        for left in range(0, pixels.shape[1], side):
            part = pixels[top : top + side, left : left + side]
            moved = np.roll(tile, (int(rng.integers(side)), int(rng.integers(side))), (0, 1))[
                : part.shape[0], : part.shape[1]
            ]
            grain = np.rint(moved * strength).astype(np.int16)[..., None]
            part[:] = np.clip(part.astype(np.int16) + grain, 0, 255).astype(np.uint8)


def _marked(pixels: Bytes) -> None:
    """The word "sandbox" on a translucent label in the lower right corner, in place."""
    height, width = pixels.shape[:2]
    size = max(8, round(min(height, width, 3000) * 0.0165))
    wide, high, gap = round(size * 5.4), round(size * 1.9), round(size * 0.9)
    top, left = max(0, height - high - gap), max(0, width - wide - gap)
    area = pixels[top : top + high, left : left + wide]
    shape = (area.shape[0], area.shape[1])
    yy, xx = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    r = high / 2
    dx = np.maximum(np.abs(xx - wide / 2) - (wide / 2 - r), 0)
    pill = np.clip(r - np.hypot(dx, yy - high / 2), 0, 1)[..., None]
    text = set_lines(["sandbox"], face="sans", size_px=size, at=(wide / 2, high * 0.5 - size * 0.62), shape=shape)[
        ..., None
    ]
    floats = area.astype(np.float32)
    floats = floats * (1 - 0.34 * pill) + 20 * 0.34 * pill
    floats = floats * (1 - 0.86 * text) + 250 * 0.86 * text
    area[:] = np.clip(floats, 0, 255).astype(np.uint8)


def finished(
    picture: Field,
    *,
    size: tuple[int, int],
    mime_type: Literal["image/jpeg", "image/png"],
    seed: bytes,
    record: dict[str, Any] | None,
    grain: bool = True,
) -> bytes:
    """The encoded file: size is (width, height). PNG keeps less grain, which it cannot pack."""
    rng = dice(seed, "finish")
    image = Image.fromarray(to_bytes(picture, rng), mode="RGB")
    if image.size != size:
        image = image.resize(size, Image.Resampling.BICUBIC)
        image = (
            image.filter(ImageFilter.UnsharpMask(radius=2.2, percent=60, threshold=2))
            if size[0] > picture.shape[1]
            else image
        )
    pixels = np.array(image)
    if grain:
        _grained(
            pixels,
            rng,
            min(3.8, 1.4 + 1.15 * (size[0] * size[1] / 1e6) ** 0.5) * (1.0 if mime_type == "image/jpeg" else 0.4),
        )
    _marked(pixels)
    image = Image.fromarray(pixels, mode="RGB")
    note = NOTE
    if record is not None:
        printed = base64.b64encode(_fingerprint(image)).decode()
        note = f"{NOTE} {json.dumps({**record, 'print': printed}, separators=(',', ':'), sort_keys=True)}"
    out = io.BytesIO()
    if mime_type == "image/jpeg":
        image.save(out, "JPEG", quality=92, subsampling="4:2:0", dpi=(300, 300), comment=note.encode())
    else:
        info = PngImagePlugin.PngInfo()
        info.add_text("Software", NOTE)
        info.add_text(_KEY, note)
        image.save(out, "PNG", compress_level=4, dpi=(300, 300), pnginfo=info)
    return out.getvalue()
