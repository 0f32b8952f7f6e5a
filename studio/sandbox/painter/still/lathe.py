"""Turned solids: a radius by height, marched by the rays, and the inside of a vessel seen through its mouth."""

from dataclasses import dataclass
from math import cos, sin

import numpy as np

from studio.sandbox.painter.colour import Field, normalised
from studio.sandbox.painter.still.forms import Solids, window_of
from studio.sandbox.painter.vocabulary import Part

_STEPS = 16
_FINE = 4096


def _profile(points: Field, count: int) -> tuple[Field, Field]:
    """(height, radius) of a lathe, evenly spaced in height: a monotone cubic: bellies are round, lips crisp."""
    y, r = points[:, 1].astype(np.float64), points[:, 0].astype(np.float64)
    step = np.diff(y)
    slope = np.diff(r) / step
    product = slope[:-1] * slope[1:]
    inner = np.where(product > 0, 2 * product / np.where(product > 0, slope[:-1] + slope[1:], 1.0), 0.0)
    tangent = np.concatenate([slope[:1], inner, slope[-1:]])
    heights = np.linspace(y[0], y[-1], count)
    i = np.clip(np.searchsorted(y, heights, side="right") - 1, 0, len(step) - 1)
    t = (heights - y[i]) / step[i]
    radius = (
        (1 + 2 * t) * (1 - t) ** 2 * r[i] + t * (1 - t) ** 2 * step[i] * tangent[i]
        + t * t * (3 - 2 * t) * r[i + 1] + t * t * (t - 1) * step[i] * tangent[i + 1]
    )  # fmt: skip
    return heights.astype(np.float32), np.maximum(radius, 1e-4).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Turned:
    """A lathe's radius by height, as the rays look it up."""

    heights: Field
    radius: Field
    c: np.float32
    s: np.float32

    def radius_at(self, y: Field) -> Field:
        low, high = self.heights[0], self.heights[-1]
        place = np.clip((y - low) * np.float32((len(self.heights) - 1) / (high - low)), 0, len(self.heights) - 1.001)
        below = place.astype(np.int32)
        part = place - below.astype(np.float32)
        radius: Field = self.radius[below] + (self.radius[below + 1] - self.radius[below]) * part
        return radius

    def squares(self) -> Field:
        """The radius squared at `_FINE` even heights."""
        fine = np.linspace(self.heights[0], self.heights[-1], _FINE, dtype=np.float32)
        return np.interp(fine, self.heights, self.radius).astype(np.float32) ** 2


@dataclass(frozen=True, slots=True)
class _Rays:
    """Rays (flat) through a lathe: per ray the square of u, and where its z = 0 stands in the table of squares."""

    squares: Field
    across: Field
    place: Field
    step: np.float32
    """How far along the table a unit of z goes."""

    def only(self, kept: Field) -> "_Rays":
        return _Rays(squares=self.squares, across=self.across[kept], place=self.place[kept], step=self.step)

    def inside(self, z: Field) -> Field:
        at = np.clip(self.place + z * self.step, 0, _FINE - 1).astype(np.int32)
        return np.asarray(self.squares[at] - self.across > z * z)


def _enter(form: _Turned, u: Field, v: Field) -> tuple[Field, Field]:
    """(which rays hit, their z): marched back from the front until inside, then bisected. Flat arrays."""
    widest = np.float32(form.radius.max())
    left = np.nonzero(np.abs(u) < widest)[0]
    v = v[left]
    first = np.clip((form.heights[-1] * form.c - v) / form.s, -widest, widest)
    last = np.clip((form.heights[0] * form.c - v) / form.s, -widest, widest)
    unit = np.float32((_FINE - 1) / (form.heights[-1] - form.heights[0])) / form.c
    place = (v - form.heights[0] * form.c) * unit + np.float32(0.5)
    rays = _Rays(squares=form.squares(), across=u[left] ** 2, place=place, step=unit * form.s)
    hits: list[tuple[Field, Field, Field]] = []
    going, marched, way = left, rays, (last - first) / np.float32(_STEPS)
    for k in range(_STEPS + 1):
        z = first + way * np.float32(k)
        within = marched.inside(z)
        before = first[within] + way[within] * np.float32(max(0, k - 1))
        hits.append((going[within], before, z[within]))
        out = ~within
        going, marched, first, way = going[out], marched.only(out), first[out], way[out]
    hit, near, far = (np.concatenate([found[i] for found in hits]) for i in range(3))
    order = np.argsort(hit)
    hit, near, far = hit[order], near[order], far[order]
    return hit, _bisected(rays.only(np.searchsorted(left, hit)), near=near, far=far)


def _bisected(rays: _Rays, *, near: Field, far: Field) -> Field:
    """Where each ray enters, between a z outside and a z inside."""
    for _ in range(6):
        half = (near + far) * np.float32(0.5)
        within = rays.inside(half)
        far = np.where(within, half, far)
        near = np.where(within, near, half)
    return far


def cast_lathe(solids: Solids, part: Part, *, index: int, fill_index: int) -> None:
    c, s = np.float32(cos(solids.pitch)), np.float32(sin(solids.pitch))
    heights, radius = _profile(np.array(part.numbers, dtype=np.float32), 240)
    form = _Turned(heights=heights, radius=radius, c=c, s=s)
    low, high, widest = float(heights[0]), float(heights[-1]), float(radius.max())
    window = window_of(
        solids, centre=(0, (low + high) / 2 * float(c)), half=(widest, (high - low) / 2 * float(c) + widest * float(s))
    )
    if window is None:
        return
    shape = (window[0].stop - window[0].start, window[1].stop - window[1].start)
    u = np.broadcast_to(solids.u[window[1]][None, :], shape).ravel()
    v = np.broadcast_to(solids.v[window[0]][:, None], shape).ravel()
    hit, z = _enter(form, u, v)
    u, v = u[hit], v[hit]
    y = (v + z * s) / c
    r = np.maximum(form.radius_at(y), np.float32(1e-4))
    slope = (form.radius_at(y + np.float32(0.012)) - form.radius_at(y - np.float32(0.012))) / np.float32(0.024)
    cap = y > high - 0.004
    normal = normalised(np.stack([np.where(cap, 0, u / r), np.where(cap, 1, -slope), np.where(cap, 0, z / r)], axis=-1))
    depth = z * c + y * s
    rows, columns = np.divmod(hit, shape[1])
    rows, columns = rows + window[0].start, columns + window[1].start
    nearer = depth > solids.depth[rows, columns]
    rows, columns = rows[nearer], columns[nearer]
    solids.depth[rows, columns] = depth[nearer]
    solids.normal[rows, columns] = normal[nearer]
    solids.material[rows, columns] = index
    if part.opening is not None:
        _cast_opening(solids, part, index=index, fill_index=fill_index)


def _cast_opening(solids: Solids, part: Part, *, index: int, fill_index: int) -> None:
    """The inside of a vessel seen through its mouth: the far wall and the filling."""
    if part.opening is None:
        return
    inner, level = part.opening
    brim = part.numbers[-1][1]
    c, s = np.float32(cos(solids.pitch)), np.float32(sin(solids.pitch))
    window = window_of(solids, centre=(0, brim * float(c)), half=(inner, inner * float(s)))
    if window is None:
        return
    u, v = solids.u[window[1]][None, :], solids.v[window[0]][:, None]
    mouth = u**2 + ((brim * c - v) / s) ** 2 < inner**2
    z_fill = (level * c - v) / s
    filled = mouth & (u**2 + z_fill**2 < inner**2)
    u2 = np.broadcast_to(u, mouth.shape)
    back = -np.sqrt(np.maximum(inner**2 - u2**2, 0))
    wall = np.stack([-u2 / inner, np.full(mouth.shape, 0.15), -back / inner], axis=-1).astype(np.float32)
    y_wall = (v + back * s) / c
    depth = np.where(filled, z_fill * c + level * s, back * c + y_wall * s).astype(np.float32)
    normal = np.where(filled[..., None], np.array([0, 1, 0], dtype=np.float32), wall)
    seen = mouth & (solids.depth[window] <= (brim * s + (brim * c - v) / s * c) + 0.03)
    solids.depth[window][seen] = depth[seen]
    solids.normal[window][seen] = normal[seen]
    solids.material[window][seen] = np.where(filled, fill_index, index)[seen]
