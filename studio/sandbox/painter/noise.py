"""Seeded randomness and soft noise planes."""

import hashlib

import numpy as np
from PIL import Image, ImageFilter

from studio.sandbox.painter.colour import Bytes, Field

_CELL_PX = 6
"""A cell of noise is drawn at least this large before it is enlarged."""


def dice(seed: bytes, purpose: str) -> np.random.Generator:
    """A generator for one purpose; another purpose drawing more does not move it."""
    digest = hashlib.sha256(seed + b"/" + purpose.encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def stretched(plane: Field, *, height: int, width: int) -> Field:
    """A plane resampled smoothly."""
    picture = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32), mode="F")
    return np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)


def blurred(plane: Field, radius_px: float) -> Field:
    """A plane of 0–1 blurred; wide blurs are done small."""
    height, width = plane.shape[:2]
    shrink = max(1, int(radius_px / 4))
    small = (max(2, width // shrink), max(2, height // shrink))
    picture = Image.fromarray((np.clip(plane, 0, 1) * 255 + 0.5).astype(np.uint8), mode="L")
    if shrink > 1:
        picture = picture.resize(small, Image.Resampling.BOX)
    picture = picture.filter(ImageFilter.GaussianBlur(radius_px / shrink))
    if shrink == 1:
        return np.asarray(picture, dtype=np.float32) / np.float32(255)
    return stretched(np.asarray(picture, dtype=np.float32) / 255, height=height, width=width)


def cloud(rng: np.random.Generator, *, height: int, width: int, cells: tuple[float, float], octaves: int = 4) -> Field:
    """Fractal noise, mean 0, about −1 to 1; cells = (across the height, across the width) of the coarsest octave."""
    gain, rows, columns = 1.0, cells[0], cells[1]
    total: Field = np.zeros((2, 2), dtype=np.float32)
    for _ in range(octaves):
        grid = rng.standard_normal((max(2, int(rows) + 2), max(2, int(columns) + 2))).astype(np.float32)
        # A coarse octave is smooth: drawn small, it is enlarged together with those before it.
        shrink = max(1, int(min(height / grid.shape[0], width / grid.shape[1]) / _CELL_PX))
        size = (-(-height // shrink), -(-width // shrink))
        total = stretched(total, height=size[0], width=size[1]) if total.shape != size else total
        total = total + np.float32(gain) * stretched(grid, height=size[0], width=size[1])
        gain, rows, columns = gain * 0.5, rows * 2, columns * 2
        if rows > height and columns > width:
            break
    if total.shape != (height, width):
        total = stretched(total, height=height, width=width)
    return total * np.float32(0.6)


def line(rng: np.random.Generator, *, width: int, cells: float, octaves: int = 6, gain: float = 0.5) -> Field:
    """One-dimensional fractal noise of the given width, about −1 to 1."""
    total = np.zeros(width, dtype=np.float32)
    strength = 1.0
    for _ in range(octaves):
        count = int(cells) + 3
        points = rng.uniform(-1, 1, count).astype(np.float32)
        place = np.linspace(0, count - 1.001, width)
        left = place.astype(int)
        part = (place - left).astype(np.float32)
        part = part * part * (3 - 2 * part)
        total += np.float32(strength) * (points[left] * (1 - part) + points[np.minimum(left + 1, count - 1)] * part)
        cells, strength = cells * 2, strength * gain
        if cells > width:
            break
    return total


def moved(plane: Field, *, down: int, right: int) -> Field:
    """A plane (h, w) moved by whole pixels, its edges repeated."""
    rows = np.clip(np.arange(plane.shape[0]) - down, 0, plane.shape[0] - 1)
    columns = np.clip(np.arange(plane.shape[1]) - right, 0, plane.shape[1] - 1)
    return plane[rows][:, columns]


def to_bytes(picture: Field, rng: np.random.Generator) -> Bytes:
    """An sRGB picture as 8 bit, dithered so that long gradients do not band; what is 8 bit already stays as it is."""
    height, width = picture.shape[:2]
    dither = (rng.random((height, width, 1), dtype=np.float32) - np.float32(0.5)) * np.float32(0.99)
    return np.clip(picture * np.float32(255) + dither + np.float32(0.5), 0, 255).astype(np.uint8)
