"""Small pictures to paint on: drawn here, so that what a test measures is known beforehand."""

import io
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from studio.sandbox.painter import Painting, PaintOrder, paint

Pixels = npt.NDArray[np.float32]
FRESH = PaintOrder(
    prompt="A ceramic mug on linen, morning light",
    width_px=256,
    height_px=160,
    mime_type="image/png",
    seed=bytes(32),
    source=None,
    references=(),
    subject_prompt="A ceramic mug on linen, morning light",
)


def pixels_of(data: bytes) -> Pixels:
    """Pixels (h, w, 3), 0–255."""
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"), dtype=np.float32)


def encoded(picture: Image.Image, kind: Literal["PNG", "JPEG"] = "PNG") -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def drawn(colour: str, *, width: int = 256, height: int = 160, ground: str = "#b9b6b0") -> bytes:
    """A disc of the colour on a calm ground: a picture from elsewhere."""
    picture = Image.new("RGB", (width, height), ground)
    box = (width // 2 - 44, height // 2 - 44, width // 2 + 44, height // 2 + 44)
    ImageDraw.Draw(picture).ellipse(box, fill=colour)
    return encoded(picture)


def order(prompt: str, *, seed: int = 0, source: bytes | None = None, references: tuple[bytes, ...] = ()) -> PaintOrder:
    return replace(FRESH, prompt=prompt, seed=bytes([seed]) * 32, source=source, references=references)


def painted(prompt: str, *, seed: int = 0, source: bytes | None = None, references: tuple[bytes, ...] = ()) -> Painting:
    return paint(order(prompt, seed=seed, source=source, references=references))


def without_mark(pixels: Pixels) -> Pixels:
    """The picture but for its lower strip, where the mark is."""
    return pixels[: int(pixels.shape[0] * 0.85)]


@pytest.fixture(scope="session")
def mug() -> bytes:
    """A picture of the sandbox's own."""
    return paint(FRESH).data


@pytest.fixture(scope="session")
def photo() -> bytes:
    """A picture from elsewhere: a terracotta disc on grey."""
    return drawn("#b4553c")
