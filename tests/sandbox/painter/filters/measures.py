"""A picture from elsewhere with known light and places, and what can be measured on any."""

import numpy as np
import numpy.typing as npt

from studio.sandbox.painter.colour import luma, to_oklab
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.registry import apply_op
from studio.sandbox.painter.noise import blurred
from studio.sandbox.painter.scene import Canvas

Picture = npt.NDArray[np.float32]
WIDTH, HEIGHT = 256, 160


def photo_like() -> Picture:
    """A sky over ground, a shaded ball, a pale and a strong colour, and a texture: known light, known places."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    sky = np.stack([0.52 + 0.2 * y / HEIGHT, 0.62 + 0.15 * y / HEIGHT, 0.78 - 0.05 * y / HEIGHT], axis=-1)
    ground = np.array([0.45, 0.38, 0.30], dtype=np.float32) * (0.9 + 0.1 * np.sin(x / 3) * np.sin(y / 2))[..., None]
    picture = np.where((y < 90)[..., None], sky, ground)
    far = np.hypot(x - 120, y - 86)
    shade = np.clip(1 - np.hypot(x - 108, y - 72) / 62, 0.12, 1)[..., None]
    picture = np.where((far < 36)[..., None], np.array([0.80, 0.30, 0.18]) * (0.35 + 0.75 * shade), picture)
    picture[20:40, 200:236] = (0.86, 0.80, 0.74)
    picture[112:140, 200:236] = (0.10, 0.55, 0.22)
    return np.clip(picture, 0, 1).astype(np.float32)


def changed(canvas: Canvas, name: str, amount: float = 1.0, value: str = "") -> Picture:
    picture: Picture = apply_op(canvas, Op(name, amount, value)).picture
    assert picture.shape == canvas.picture.shape
    assert picture.dtype == np.float32
    assert 0 <= picture.min() <= picture.max() <= 1
    return picture


def chroma(picture: Picture) -> Picture:
    lab = to_oklab(picture)
    size: Picture = np.hypot(lab[..., 1], lab[..., 2])
    return size


def warm(picture: Picture) -> float:
    return float(to_oklab(picture)[..., 2].mean())


def fine(picture: Picture) -> float:
    """Energy finer than two pixels."""
    grey = luma(picture)
    return float(np.abs(grey - blurred(grey, 2.0)).mean())


def correlation(first: Picture, second: Picture) -> float:
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def edges(picture: Picture) -> Picture:
    down, right = np.gradient(blurred(luma(picture), 1.5))
    steep: Picture = np.hypot(down, right).astype(np.float32)
    return steep
