"""One more solid for the ray caster: a round rod that may taper, lying in any direction, with flat ends."""

from math import cos, sin

import numpy as np

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.still.forms import Solids
from studio.sandbox.painter.still.parts import Part

_THIN = 1e-5


def _seen(solids: Solids, low: Field, high: Field) -> tuple[slice, slice] | None:
    """The pixels of a box in space; None when it is out of the picture."""
    c, s = cos(solids.pitch), sin(solids.pitch)
    rows, columns = solids.depth.shape
    bottom, top = low[1] * c - high[2] * s, high[1] * c - low[2] * s
    x0, x1 = int((low[0] - solids.left) * solids.scale) - 1, int((high[0] - solids.left) * solids.scale) + 2
    y0, y1 = int((solids.top - top) * solids.scale) - 1, int((solids.top - bottom) * solids.scale) + 2
    x0, x1, y0, y1 = max(0, x0), min(columns, x1), max(0, y0), min(rows, y1)
    return (slice(y0, y1), slice(x0, x1)) if x1 > x0 and y1 > y0 else None


def _rays(solids: Solids, window: tuple[slice, slice], start: Field) -> tuple[Field, Field]:
    """(ray starts (h, w, 3) seen from `start`, the one direction)."""
    c, s = np.float32(cos(solids.pitch)), np.float32(sin(solids.pitch))
    u, v = solids.u[window[1]], solids.v[window[0]]
    rays = np.empty((len(v), len(u), 3), dtype=np.float32)
    rays[..., 0] = u[None, :] - start[0]
    rays[..., 1] = (v * c)[:, None] - start[1]
    rays[..., 2] = (-v * s)[:, None] - start[2]
    return rays, np.array([0, s, c], dtype=np.float32)


def _side(rays: Field, towards: Field, axis: Field, *, radii: tuple[float, float], length: float) -> Field:
    """Depth of the nearest hit on the mantle, −1e6 where there is none."""
    slope = np.float32((radii[1] - radii[0]) / length)
    along, d_along = rays @ axis, np.float32(towards @ axis)
    across = rays - along[..., None] * axis
    d_across = towards - d_along * axis
    radius, d_radius = radii[0] + slope * along, slope * d_along
    a = np.float32(d_across @ d_across - d_radius * d_radius)
    a = a if abs(a) > _THIN else np.float32(_THIN)
    b = across @ d_across - radius * d_radius
    square = b * b - a * ((across * across).sum(axis=-1) - radius * radius)
    depth = (np.sqrt(np.maximum(square, 0)) - b) / a
    place = along + depth * d_along
    hit: Field = np.where((square > 0) & (place >= 0) & (place <= length), depth, np.float32(-1e6))
    return hit


def _end(rays: Field, towards: Field, axis: Field, *, at: float, radius: float) -> Field:
    """Depth of the hit on a flat end, −1e6 where there is none."""
    facing = float(towards @ axis)
    if abs(facing) < _THIN or radius <= 0:
        return np.full(rays.shape[:2], -1e6, dtype=np.float32)
    depth = (at - rays @ axis) / np.float32(facing)
    spot = rays + depth[..., None] * towards - at * axis
    hit: Field = np.where((spot * spot).sum(axis=-1) < radius * radius, depth, np.float32(-1e6))
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
    rays, towards = _rays(solids, window, start)
    side = _side(rays, towards, axis, radii=radii, length=length)
    ends = [_end(rays, towards, axis, at=at, radius=r) for at, r in ((0.0, radii[0]), (length, radii[1]))]
    depth = np.maximum(side, np.maximum(*ends))
    hit = depth > -1e5
    spot = rays + depth[..., None] * towards
    along = spot @ axis
    out = spot - along[..., None] * axis
    reach = np.sqrt(np.maximum((out * out).sum(axis=-1, keepdims=True), 1e-9))
    flat = (depth > side)[..., None]
    way = np.where(along > length / 2, 1.0, -1.0)[..., None] * axis
    # The rim catches light: near it the end bends towards the mantle.
    rim = np.clip((reach / widest - (1 - part.round)) / max(part.round, 0.02), 0, 1) ** 2
    slope = np.float32((radii[1] - radii[0]) / length)
    normal = np.where(flat, way + 0.7 * rim * out / reach, out / reach - slope * axis)
    normal = normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)
    nearer = hit & (depth > solids.depth[window])
    solids.depth[window][nearer] = depth[nearer]
    solids.normal[window][nearer] = normal[nearer]
    solids.material[window][nearer] = index
