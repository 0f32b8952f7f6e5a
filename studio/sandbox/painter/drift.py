"""What an edit changes though nobody asked: a slight shift and zoom, a colour cast, softening. Off unless ordered.

The whole picture drifts, what was edited too, as when a model draws all of it again; nothing shows a seam. A
conversation drifts one way, so that its turns add up.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from math import ceil, cos, pi, sin, sqrt
from typing import Any, Final

import numpy as np
from PIL import Image, ImageFilter

from studio.sandbox.painter.colour import Bytes
from studio.sandbox.painter.noise import dice

_SHIFT: Final = 1.25 / 1024
_ZOOM: Final = 0.002
_CAST: Final = 0.0095
_SOFT: Final = (0.85 / 1024) ** 2
_MOST: Final = 0.25
_KEY: Final = "drift"


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a picture is from where it began. Lengths are shares of the picture's mean side."""

    right: float = 0.0
    down: float = 0.0
    zoom: float = 0.0
    """0.002 makes it 0.2 % larger."""
    warm: float = 0.0
    """Colour cast from blue to orange, in sRGB."""
    green: float = 0.0
    """Colour cast from magenta to green, in sRGB."""
    soft: float = 0.0
    """Variance of the softening, which adds up over turns; a share squared."""

    def __add__(self, other: "Drift") -> "Drift":
        return Drift(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def turn_drift(amount: float, *, conversation: str, seed: bytes) -> Drift:
    """One turn's drift: its way is the conversation's (its first words), its exact length the turn's seed's."""
    if amount <= 0:
        return Drift()
    way = dice(conversation.encode(), "drift")
    turn, tint, sign = float(way.uniform(0, 2 * pi)), float(way.uniform(0, 2 * pi)), float(way.choice((-1, 1)))
    far, zoom, cast, soft = (amount * float(n) for n in dice(seed, "drift").uniform(0.85, 1.15, 4))
    return Drift(
        right=_SHIFT * far * cos(turn), down=_SHIFT * far * sin(turn), zoom=_ZOOM * zoom * sign,
        warm=_CAST * cast * cos(tint), green=_CAST * cast * sin(tint), soft=_SOFT * soft,
    )  # fmt: skip


def drift_of(record: Mapping[str, Any] | None) -> Drift:
    """The drift a picture's record tells of; none where it tells of none that could be ours."""
    numbers = (record or {}).get(_KEY)
    fields = len(Drift.__slots__)
    if not isinstance(numbers, list) or len(numbers) != fields:
        return Drift()
    if not all(isinstance(n, int | float) and abs(n) <= _MOST for n in numbers) or numbers[-1] < 0:
        return Drift()
    return Drift(*(float(n) for n in numbers))


def with_drift(record: dict[str, Any], drift: Drift) -> dict[str, Any]:
    """The record telling of the drift: a scene painted again must not jump back to where it began."""
    told = [float(f"{n:.4g}") for n in astuple(drift)]
    return {**record, _KEY: told} if any(told) else record


def drifted(pixels: Bytes, drift: Drift, *, seed: bytes) -> Bytes:
    """The pixels (h, w, 3) as far as the drift says; the same array where there is none."""
    if drift == Drift():
        return pixels
    height, width = pixels.shape[:2]
    side = sqrt(height * width)
    image = _moved(pixels, drift, side)
    if drift.soft:
        image = image.filter(ImageFilter.GaussianBlur(sqrt(drift.soft) * side))
    return _cast(np.asarray(image), drift, seed)


def _moved(pixels: Bytes, drift: Drift, side: float) -> Image.Image:
    height, width = pixels.shape[:2]
    right, down, grown = drift.right * side, drift.down * side, 1 / (1 + drift.zoom)
    edge = ceil(max(abs(right), abs(down)) + abs(drift.zoom) * max(height, width) + 2)
    wide = Image.fromarray(np.pad(pixels, ((edge, edge), (edge, edge), (0, 0)), mode="edge"), mode="RGB")
    left, top = edge + width / 2 * (1 - grown) - right * grown, edge + height / 2 * (1 - grown) - down * grown
    # A resize of a box rather than an affine transform, whose bicubic filter sharpens.
    box = (left, top, left + width * grown, top + height * grown)
    return wide.resize((width, height), Image.Resampling.BICUBIC, box=box)


def _cast(pixels: Bytes, drift: Drift, seed: bytes) -> Bytes:
    """The colour cast, half as strong in black and white, dithered: it is less than a step of 8 bits."""
    value = np.linspace(-1, 1, 256, dtype=np.float32)
    weight = 255 * (1 - 0.5 * value**4)
    warm, green = drift.warm / sqrt(2), drift.green / sqrt(6)
    rng = dice(seed, "drift cast")
    cast = np.empty_like(pixels)
    for i, gain in enumerate((warm - green, 2 * green, -warm - green)):
        table = (np.arange(256) + gain * weight).astype(np.float32)
        cast[..., i] = np.clip(table[pixels[..., i]] + rng.random(pixels.shape[:2], dtype=np.float32), 0, 255)
    return cast
