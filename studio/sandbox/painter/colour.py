"""Colour in the painter: hex strings, sRGB floats 0–1, linear light, Oklab."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Field = npt.NDArray[Any]
"""Floats, or truth values and indices made from them: a plane (h, w), a picture (h, w, 3) or a colour (3,)."""
Bytes = npt.NDArray[np.uint8]

_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]], dtype=np.float32,
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]], dtype=np.float32,
)  # fmt: skip
LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
_CHANNELS = 3
_RAMP_STEPS = 8192
_STRIP = 100_000


@cache
def _decode_table() -> Field:
    """Linear light of each 8-bit sRGB value, extended to 4096 steps."""
    value = np.linspace(0.0, 1.0, 4096, dtype=np.float32)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


@cache
def _encode_table() -> Field:
    value = np.linspace(0.0, 1.0, 8192, dtype=np.float32)
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055).astype(np.float32)


def _looked_up(table: Field, values: Field, *, most: int) -> Field:
    """The table's entry for each value, 0 at its start and `most` at its end; done in strips that stay in the cache."""
    step = (len(table) - 1) // most
    if values.size <= _STRIP:
        return np.asarray(table[(np.clip(values, 0, most) * step + 0.5).astype(np.int32)])
    found = np.empty(values.shape, dtype=table.dtype)
    flat, source = found.reshape(-1), np.ascontiguousarray(values).reshape(-1)
    for start in range(0, flat.size, _STRIP):
        part = np.clip(source[start : start + _STRIP], 0, most)
        part *= step
        part += 0.5
        np.take(table, part.astype(np.int32), out=flat[start : start + _STRIP], mode="clip")
    return found


def is_hex(code: str) -> bool:
    """Whether this is "#rrggbb"."""
    return len(code) == 7 and code[0] == "#" and all(c in "0123456789abcdef" for c in code[1:].lower())


def srgb(code: str) -> Field:
    """The sRGB floats of "#rrggbb"."""
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], dtype=np.float32)


def to_linear(picture: Field) -> Field:
    return _looked_up(_decode_table(), picture, most=1)


def to_srgb(picture: Field) -> Field:
    return _looked_up(_encode_table(), picture, most=1)


def linear(code: str) -> Field:
    return to_linear(srgb(code))


@cache
def _filmic_table() -> Field:
    """The sRGB value of linear light from 0 to 4, beyond which everything is white."""
    value = np.linspace(0.0, 4.0, 4 * 8192 - 3, dtype=np.float32)
    shoulder = np.where(value > 0.7, 1.0 - 0.3 * np.exp(-(value - 0.7) / 0.3), value)
    return to_srgb(shoulder)


def filmic(picture: Field) -> Field:
    """Linear light to sRGB with a soft shoulder: highlights roll off instead of clipping."""
    return _looked_up(_filmic_table(), picture, most=4)


def luma(picture: Field) -> Field:
    plane: Field = picture @ LUMA
    return plane


def to_oklab(picture: Field) -> Field:
    """SRGB to Oklab (L 0–1, a, b)."""
    lab: Field = np.cbrt(to_linear(picture) @ _TO_LMS.T) @ _TO_LAB.T
    return lab


def from_oklab(lab: Field) -> Field:
    """Oklab to sRGB, clipped to the gamut."""
    lms = (lab @ np.linalg.inv(_TO_LAB).T.astype(np.float32)) ** 3
    return to_srgb(lms @ np.linalg.inv(_TO_LMS).T.astype(np.float32))


def mix(first: Field, second: Field, amount: Field | float) -> Field:
    """From the first (0) to the second (1); an amount (h, w, 1) goes for every channel."""
    if isinstance(amount, np.ndarray) and amount.ndim > 1 and amount.shape[-1] == 1:
        shape = np.broadcast_shapes(first.shape, second.shape, amount.shape)
        if shape[-1] == _CHANNELS:
            return _mixed(first, second, amount[..., 0], shape)
    return first + (second - first) * amount


def _mixed(first: Field, second: Field, amount: Field, shape: tuple[int, ...]) -> Field:
    # Channel by channel, for NumPy is slow where the innermost axis has three values; in strips that stay in the cache.
    mixed = np.empty(shape, dtype=np.result_type(first, second, amount))
    start, end, share = (
        np.broadcast_to(first, shape),
        np.broadcast_to(second, shape),
        np.broadcast_to(amount, shape[:-1]),
    )
    strip = max(1, _STRIP // max(1, mixed[:1].size))
    for top in range(0, shape[0], strip):
        rows = slice(top, top + strip)
        for i in range(_CHANNELS):
            way = (end[rows, ..., i] - start[rows, ..., i]) * share[rows]
            np.add(start[rows, ..., i], way, out=mixed[rows, ..., i])
    return mixed


def scaled(picture: Field, plane: Field) -> Field:
    """The picture (h, w, 3), or a colour, multiplied by a plane (h, w)."""
    product = np.empty((*plane.shape, _CHANNELS), dtype=np.result_type(picture, plane))
    for i in range(_CHANNELS):
        np.multiply(picture[..., i], plane, out=product[..., i])
    return product


def brightest(picture: Field) -> Field:
    """The largest of each pixel's channels, a plane."""
    return np.maximum(np.maximum(picture[..., 0], picture[..., 1]), picture[..., 2])


def normalised(vectors: Field) -> Field:
    """The vectors (…, 3) at length 1."""
    x, y, z = (vectors[..., i] for i in range(_CHANNELS))
    return scaled(vectors, 1 / np.maximum(np.sqrt(x * x + y * y + z * z), np.float32(1e-6)))


def shifted(colour: Field, *, light: float = 0.0, chroma: float = 1.0, turn: float = 0.0) -> Field:
    """The sRGB colour with its Oklab lightness moved, chroma scaled and hue turned (radians)."""
    lab = to_oklab(colour[None, :])[0]
    a, b = float(lab[1]) * chroma, float(lab[2]) * chroma
    cos, sin = float(np.cos(turn)), float(np.sin(turn))
    moved = np.array([np.clip(lab[0] + light, 0.02, 0.99), a * cos - b * sin, a * sin + b * cos], dtype=np.float32)
    answer: Field = from_oklab(moved[None, :])[0]
    return answer


def complement(colour: Field) -> Field:
    """A quiet partner: the opposite hue, softened and moved towards middle lightness."""
    lab = to_oklab(colour[None, :])[0]
    if float(np.hypot(lab[1], lab[2])) < 0.03:
        return srgb("#d9774a")
    return shifted(colour, light=float(0.62 - lab[0]) * 0.6, chroma=0.9, turn=2.7)


def ramp(stops: Sequence[tuple[float, Field]], at: Field) -> Field:
    """Colours along stops (position, colour), blended smoothly; at is any plane, the answer adds a colour axis."""
    places = np.array([place for place, _ in stops], dtype=np.float32)
    colours = np.stack([colour for _, colour in stops])
    fine = at if at.size < _RAMP_STEPS else np.linspace(places[0], places[-1], _RAMP_STEPS, dtype=np.float32)
    table = np.stack([np.interp(fine, places, colours[:, i]) for i in range(3)], axis=-1).astype(np.float32)
    if fine is at:
        return table
    step = np.float32((_RAMP_STEPS - 1) / max(float(places[-1] - places[0]), 1e-6))
    index = np.clip((at - places[0]) * step + np.float32(0.5), 0, _RAMP_STEPS - 1).astype(np.int32)
    picture: Field = table[index]
    return picture


def smoothstep(low: float, high: float, value: Field) -> Field:
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    eased: Field = t * t * (3.0 - 2.0 * t)
    return eased
