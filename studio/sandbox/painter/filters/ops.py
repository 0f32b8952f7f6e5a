"""A change made to a finished picture, as a value, and what every filter needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import Field, mix
from studio.sandbox.painter.filters.matte import subject_alpha
from studio.sandbox.painter.noise import blurred
from studio.sandbox.painter.scene import Canvas


@dataclass(frozen=True, slots=True)
class Op:
    """One change: its name in FILTERS, how strongly, and its colour, words or seed where it has one.

    Amount 1 is "as said", 0.5 "a bit", 1.6 "much"; below 0 the opposite.
    """

    name: str
    amount: float = 1.0
    value: str = ""


Filter = Callable[[Canvas, Op], Canvas]
Filters = Mapping[str, Filter]


def with_picture(canvas: Canvas, picture: Field) -> Canvas:
    """The canvas with other pixels, clipped to what a screen shows."""
    return replace(canvas, picture=np.clip(picture, 0, 1).astype(np.float32))


def with_alpha(canvas: Canvas) -> tuple[Canvas, Field]:
    """The canvas and its subject's coverage, found where it was not known."""
    if canvas.alpha is not None:
        return canvas, canvas.alpha
    alpha = subject_alpha(canvas.picture)
    return replace(canvas, alpha=alpha), alpha


def as_image(picture: Field) -> Image.Image:
    """A picture (h, w, 3) or a plane (h, w) as 8 bit."""
    pixels = np.clip(picture * np.float32(255) + np.float32(0.5), 0, 255).astype(np.uint8)
    return Image.fromarray(pixels, mode="RGB" if pixels.ndim == 3 else "L")


def as_field(image: Image.Image) -> Field:
    return np.asarray(image, dtype=np.float32) / np.float32(255)


def blurred_picture(picture: Field, radius_px: float) -> Field:
    """A picture (h, w, 3) blurred."""
    return np.stack([blurred(picture[..., i], radius_px) for i in range(3)], axis=-1)


def across(height: int, width: int) -> tuple[Field, Field]:
    """(y, x), each from -1 to 1 and broadcasting to the picture: rows (h, 1) and columns (1, w)."""
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    return y, x


def toned(plane: Field, stops: Sequence[tuple[float, Field]]) -> Field:
    """The plane (0–1) through colour stops (position, sRGB colour), by a table of 1024 steps."""
    places = np.array([place for place, _ in stops], dtype=np.float32)
    colours = np.stack([colour for _, colour in stops])
    steps = np.linspace(0, 1, 1024)
    table = np.stack([np.interp(steps, places, colours[:, i]) for i in range(3)], axis=-1).astype(np.float32)
    return table[(np.clip(plane, 0, 1) * 1023 + 0.5).astype(np.int32)]


HALVES = ("left", "right", "top", "bottom")


def half_of(picture: Field, side: str) -> Field:
    """1 in the half of the picture (h, w, 3) on the side, 0 in the other."""
    y, x = across(picture.shape[0], picture.shape[1])
    inside = {"left": x < 0, "right": x >= 0, "top": y < 0, "bottom": y >= 0}[side]
    return np.broadcast_to(inside, picture.shape[:2]).astype(np.float32)


def within(change: Filter, region: str) -> Filter:
    """The filter kept to the "subject" or the "background" of the picture, or to one of its HALVES."""

    def kept(canvas: Canvas, op: Op) -> Canvas:
        if region in HALVES:
            known, cover = canvas, half_of(canvas.picture, region)
        else:
            known, alpha = with_alpha(canvas)
            cover = alpha if region == "subject" else 1 - alpha
        changed = change(known, replace(op, value="")).picture
        # Where nothing covers, the very same floats come back.
        return replace(
            known, picture=np.where(cover[..., None] > 0, mix(known.picture, changed, cover[..., None]), known.picture)
        )

    return kept
