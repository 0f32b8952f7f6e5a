"""One more solid for the ray caster: a round rod that may taper, lying in any direction, with flat ends."""

from dataclasses import dataclass, replace
from math import cos, sin

import numpy as np

from studio.sandbox.painter.colour import Field, normalised
from studio.sandbox.painter.still.forms import Solids
from studio.sandbox.painter.still.parts import Part

_THIN = 1e-5
Axes = tuple[Field, Field, Field]
"""A vector's x, y and z, each a plane or what makes one with the others."""


def _seen(solids: Solids, low: Field, high: Field) -> tuple[slice, slice] | None:
    """The pixels of a box in space; None when it is out of the picture."""
    c, s = cos(solids.pitch), sin(solids.pitch)
    rows, columns = solids.depth.shape
    bottom, top = low[1] * c - high[2] * s, high[1] * c - low[2] * s
    x0, x1 = int((low[0] - solids.left) * solids.scale) - 1, int((high[0] - solids.left) * solids.scale) + 2
    y0, y1 = int((solids.top - top) * solids.scale) - 1, int((solids.top - bottom) * solids.scale) + 2
    x0, x1, y0, y1 = max(0, x0), min(columns, x1), max(0, y0), min(rows, y1)
    return (slice(y0, y1), slice(x0, x1)) if x1 > x0 and y1 > y0 else None


@dataclass(frozen=True, slots=True)
class _Rays:
    """Parallel rays, one a pixel (h, w), about the middle of the rod's first end.

    What a pixel's row and column give is kept apart as long as it can be: of three planes only one is worked out.
    """

    x: Field
    """(1, w)."""
    y: Field
    """(h, 1)."""
    z: Field
    """(h, 1)."""
    towards: Field
    along: Field
    """How far along the axis each ray starts (h, w)."""

    def off_axis(self, axis: Field, along: Field, depth: Field | float = 0.0) -> Axes:
        """From the axis, at `along`, to the point at a depth of each ray."""
        d = self.towards
        return (
            self.x - along * axis[0], self.y + depth * d[1] - along * axis[1], self.z + depth * d[2] - along * axis[2],
        )  # fmt: skip


def _rays(solids: Solids, window: tuple[slice, slice], start: Field, axis: Field) -> _Rays:
    c, s = np.float32(cos(solids.pitch)), np.float32(sin(solids.pitch))
    u, v = solids.u[window[1]], solids.v[window[0]]
    x, y, z = (u - start[0])[None, :], (v * c - start[1])[:, None], (-v * s - start[2])[:, None]
    along = x * axis[0] + (y * axis[1] + z * axis[2])
    return _Rays(x=x, y=y, z=z, towards=np.array([0, s, c], dtype=np.float32), along=along)


def _dot(first: Axes, second: Axes) -> Field:
    product: Field = first[0] * second[0] + first[1] * second[1] + first[2] * second[2]
    return product


def _side(rays: _Rays, axis: Field, *, radii: tuple[float, float], length: float) -> Field:
    """Depth of the nearest hit on the mantle, −1e6 where there is none."""
    slope = np.float32((radii[1] - radii[0]) / length)
    along, d_along = rays.along, np.float32(rays.towards @ axis)
    across = rays.off_axis(axis, along)
    d_across = rays.towards - d_along * axis
    radius, d_radius = np.float32(radii[0]) + slope * along, slope * d_along
    a = np.float32(d_across @ d_across - d_radius * d_radius)
    a = a if abs(a) > _THIN else np.float32(_THIN)
    b = _dot(across, (d_across[0], d_across[1], d_across[2])) - radius * d_radius
    square = b * b - a * (_dot(across, across) - radius * radius)
    depth = (np.sqrt(np.maximum(square, 0)) - b) / a
    place = along + depth * d_along
    hit: Field = np.where((square > 0) & (place >= 0) & (place <= length), depth, np.float32(-1e6))
    return hit


def _end(rays: _Rays, axis: Field, *, at: float, radius: float) -> Field:
    """Depth of the hit on a flat end, −1e6 where there is none."""
    facing = float(rays.towards @ axis)
    if abs(facing) < _THIN or radius <= 0:
        return np.full(rays.along.shape, -1e6, dtype=np.float32)
    depth = (np.float32(at) - rays.along) / np.float32(facing)
    spot = rays.off_axis(axis, np.full_like(depth, at), depth)
    hit: Field = np.where(_dot(spot, spot) < radius * radius, depth, np.float32(-1e6))
    return hit


def cast_rod(solids: Solids, part: Part, *, index: int) -> None:
    """Adds the rod [x0, y0, z0, x1, y1, z1, r0, r1] of the part to the solids."""
    numbers = np.array(part.numbers[0], dtype=np.float32)
    start, stop, radii = numbers[:3], numbers[3:6], (float(numbers[6]), float(numbers[7]))
    widest = max(radii)
    window = _seen(solids, np.minimum(start, stop) - widest, np.maximum(start, stop) + widest)
    length = float(np.linalg.norm(stop - start))
    if window is None or length < _THIN:
        return
    axis = ((stop - start) / length).astype(np.float32)
    rays = _rays(solids, window, start, axis)
    side = _side(rays, axis, radii=radii, length=length)
    ends = [_end(rays, axis, at=at, radius=r) for at, r in ((0.0, radii[0]), (length, radii[1]))]
    depth = np.maximum(side, np.maximum(*ends))
    seen = np.nonzero((depth > -1e5) & (depth > solids.depth[window]))
    at = (seen[0] + window[0].start, seen[1] + window[1].start)
    solids.depth[at] = depth[seen]
    solids.normal[at] = _facing(rays, seen, axis, depth=depth[seen], flat=(depth > side)[seen], part=part)
    solids.material[at] = index


def _facing(rays: _Rays, seen: tuple[Field, ...], axis: Field, *, depth: Field, flat: Field, part: Part) -> Field:
    """The normals (n, 3) of the rays that hit, by whether they hit a flat end."""
    x0, y0, z0, x1, y1, z1, *radii = part.numbers[0]
    length = float(np.linalg.norm([x1 - x0, y1 - y0, z1 - z0]))
    hit = replace(rays, x=rays.x[0, seen[1]], y=rays.y[seen[0], 0], z=rays.z[seen[0], 0], along=rays.along[seen])
    along = hit.along + depth * np.float32(rays.towards @ axis)
    out = np.stack(hit.off_axis(axis, along, depth), axis=-1)
    reach = np.sqrt(np.maximum((out * out).sum(axis=-1, keepdims=True), np.float32(1e-9)))
    way = np.where(along > length / 2, np.float32(1), np.float32(-1))[:, None] * axis
    # The rim catches light: near it the end bends towards the mantle.
    rim = np.clip((reach / np.float32(max(radii)) - (1 - part.round)) / max(part.round, 0.02), 0, 1) ** 2
    slope = np.float32((radii[1] - radii[0]) / length)
    return normalised(np.where(flat[:, None], way + np.float32(0.7) * rim * out / reach, out / reach - slope * axis))
