"""Shapes with smooth edges: polygons drawn larger than they are, scaled down, laid on a picture in place."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from studio.sandbox.painter.colour import Field, mix
from studio.sandbox.painter.still.forms import smooth_path

_FINE = 3
"""A shape is drawn this many times larger than it is laid."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A coverage 0–1 and where on the picture its upper left corner lies, in px."""

    top: int
    left: int
    cover: Field

    @property
    def area(self) -> tuple[slice, slice]:
        rows, columns = self.cover.shape
        return slice(self.top, self.top + rows), slice(self.left, self.left + columns)

    def grid(self) -> tuple[Field, Field]:
        """(y, x) of each pixel's middle, as a column and a row."""
        rows, columns = self.cover.shape
        y = np.arange(self.top, self.top + rows, dtype=np.float32)[:, None] + np.float32(0.5)
        x = np.arange(self.left, self.left + columns, dtype=np.float32)[None, :] + np.float32(0.5)
        return y, x


def filled(points: Field, *, size: tuple[int, int], soft_px: float = 0.0) -> Patch:
    """The inside of a polygon (n, 2) of x, y in px on a picture of size (height, width)."""
    height, width = size
    pad = 1 + int(np.ceil(soft_px * 2.6))
    low, high = np.floor(points.min(axis=0)).astype(int) - pad, np.ceil(points.max(axis=0)).astype(int) + pad
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    right, bottom = min(width, int(high[0])), min(height, int(high[1]))
    if right <= left or bottom <= top:
        return Patch(0, 0, np.zeros((0, 0), dtype=np.float32))
    fine = _FINE if soft_px < 3 else 1
    plane = Image.new("L", ((right - left) * fine, (bottom - top) * fine), 0)
    local = (points - np.array([left, top])) * fine
    ImageDraw.Draw(plane).polygon([(float(x), float(y)) for x, y in local], fill=255)
    small = plane.reduce(fine) if fine > 1 else plane
    if soft_px > 0:
        small = small.filter(ImageFilter.GaussianBlur(soft_px))
    return Patch(top, left, np.asarray(small, dtype=np.float32) / np.float32(255))


def within(patch: Patch, outer: Patch) -> Patch:
    """The patch cut to the coverage of another."""
    cover = np.zeros_like(patch.cover)
    top, left = max(patch.top, outer.top), max(patch.left, outer.left)
    bottom = min(patch.top + patch.cover.shape[0], outer.top + outer.cover.shape[0])
    right = min(patch.left + patch.cover.shape[1], outer.left + outer.cover.shape[1])
    if bottom > top and right > left:
        own = (slice(top - patch.top, bottom - patch.top), slice(left - patch.left, right - patch.left))
        other = (slice(top - outer.top, bottom - outer.top), slice(left - outer.left, right - outer.left))
        cover[own] = patch.cover[own] * outer.cover[other]
    return Patch(patch.top, patch.left, cover)


def lay(picture: Field, patch: Patch, colour: Field, strength: float = 1.0) -> None:
    """Paints the patch on the picture, in place. The colour is one (3,) or one for each pixel of the patch."""
    area = patch.area
    picture[area] = mix(picture[area], colour, (patch.cover * np.float32(strength))[..., None])


def oval(middle: tuple[float, float], radii: tuple[float, float], *, turn: float = 0.0, count: int = 72) -> Field:
    """An ellipse (count, 2), turned by radians."""
    t = np.linspace(0, 2 * np.pi, count, endpoint=False)
    x, y = radii[0] * np.cos(t), radii[1] * np.sin(t)
    cos, sin = np.cos(turn), np.sin(turn)
    return np.stack([middle[0] + x * cos - y * sin, middle[1] + x * sin + y * cos], axis=1).astype(np.float32)


def rounded(points: Field, count: int = 120) -> Field:
    """A closed smooth curve through the points."""
    return smooth_path(np.vstack([points, points[:1]]).astype(np.float32), count)


def stroke(points: Field, widths: tuple[float, ...], count: int = 48) -> Field:
    """The outline of a brush stroke along the points (n, 2); widths are spread along it, in the points' unit."""
    path = smooth_path(np.asarray(points, dtype=np.float32), count)
    step = np.gradient(path, axis=0)
    length = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-6)
    normal = np.stack([-step[:, 1], step[:, 0]], axis=1) / length[:, None]
    half = np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    return np.vstack([path + normal * half, (path - normal * half)[::-1]]).astype(np.float32)
