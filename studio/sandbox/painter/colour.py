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


@cache
def _decode_table() -> Field:
    """Linear light of each 8-bit sRGB value, extended to 4096 steps."""
    value = np.linspace(0.0, 1.0, 4096, dtype=np.float32)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


@cache
def _encode_table() -> Field:
    value = np.linspace(0.0, 1.0, 8192, dtype=np.float32)
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055).astype(np.float32)


def srgb(code: str) -> Field:
    """The sRGB floats of "#rrggbb"."""
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], dtype=np.float32)


def to_linear(picture: Field) -> Field:
    index = (np.clip(picture, 0, 1) * 4095 + 0.5).astype(np.int32)
    return _decode_table()[index]


def to_srgb(picture: Field) -> Field:
    index = (np.clip(picture, 0, 1) * 8191 + 0.5).astype(np.int32)
    return _encode_table()[index]


def linear(code: str) -> Field:
    return to_linear(srgb(code))


def filmic(picture: Field) -> Field:
    """Linear light to sRGB with a soft shoulder: highlights roll off instead of clipping."""
    shoulder = np.where(picture > 0.7, 1.0 - 0.3 * np.exp(-(picture - 0.7) / 0.3), picture)
    return to_srgb(shoulder)


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
    return first + (second - first) * amount


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
    return np.stack([np.interp(at, places, colours[:, i]) for i in range(3)], axis=-1).astype(np.float32)


def smoothstep(low: float, high: float, value: Field) -> Field:
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    eased: Field = t * t * (3.0 - 2.0 * t)
    return eased
