"""A small ray caster for the solids of a subject: parallel rays from slightly above; depth, normal, material.

Space: x right, y up, z towards the camera. Screen: u right, v up, in the same units; v = y·cos − z·sin of the pitch.
"""

from dataclasses import dataclass, field
from math import ceil, cos, radians, sin

import numpy as np

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.vocabulary import Part

_FAR = np.float32(-1e6)
_STEPS = 16


@dataclass(slots=True)
class Solids:
    """What the rays hit: one value a pixel, rows from top to bottom."""

    scale: float
    """Pixels per unit."""
    pitch: float
    left: float
    top: float
    depth: Field
    normal: Field
    material: Field
    """Index of the material, −1 where nothing was hit."""
    u: Field = field(init=False)
    v: Field = field(init=False)

    def __post_init__(self) -> None:
        height, width = self.depth.shape
        self.u = (self.left + (np.arange(width, dtype=np.float32) + 0.5) / self.scale).astype(np.float32)
        self.v = (self.top - (np.arange(height, dtype=np.float32) + 0.5) / self.scale).astype(np.float32)

    def heights(self) -> Field:
        """Y of each hit."""
        return self.v[:, None] * np.float32(cos(self.pitch)) + self.depth * np.float32(sin(self.pitch))

    def reach(self) -> Field:
        """Z of each hit."""
        return self.depth * np.float32(cos(self.pitch)) - self.v[:, None] * np.float32(sin(self.pitch))


def empty_solids(*, box: tuple[float, float, float, float], scale: float, pitch: float) -> Solids:
    """Room for the box (left, bottom, right, top) in screen units."""
    left, bottom, right, top = box
    shape = (max(4, ceil((top - bottom) * scale)), max(4, ceil((right - left) * scale)))
    depth = np.full(shape, _FAR, dtype=np.float32)
    normal = np.zeros((*shape, 3), dtype=np.float32)
    material = np.full(shape, -1, dtype=np.float32)
    return Solids(scale=scale, pitch=pitch, left=left, top=top, depth=depth, normal=normal, material=material)


def _window(solids: Solids, *, centre: tuple[float, float], half: tuple[float, float]) -> tuple[slice, slice] | None:
    rows, columns = solids.depth.shape
    x0 = int((centre[0] - half[0] - solids.left) * solids.scale) - 1
    x1 = int((centre[0] + half[0] - solids.left) * solids.scale) + 2
    y0 = int((solids.top - centre[1] - half[1]) * solids.scale) - 1
    y1 = int((solids.top - centre[1] + half[1]) * solids.scale) + 2
    x0, x1, y0, y1 = max(0, x0), min(columns, x1), max(0, y0), min(rows, y1)
    return (slice(y0, y1), slice(x0, x1)) if x1 > x0 and y1 > y0 else None


def _keep(solids: Solids, where: tuple[slice, slice], *, hit: Field, depth: Field, normal: Field, index: int) -> None:
    nearer = hit & (depth > solids.depth[where])
    solids.depth[where][nearer] = depth[nearer]
    solids.normal[where][nearer] = normal[nearer]
    solids.material[where][nearer] = index


def smooth_path(points: Field, count: int) -> Field:
    """A Catmull–Rom curve through the points (n, k), sampled count times."""
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    if np.allclose(points[0], points[-1]):
        padded[0], padded[-1] = points[-2], points[1]
    place = np.linspace(0, len(points) - 1 - 1e-6, count)
    i = place.astype(int)
    t = (place - i)[:, None]
    a, b, c, d = padded[i], padded[i + 1], padded[i + 2], padded[i + 3]
    curve = b + 0.5 * t * ((c - a) + t * ((2 * a - 5 * b + 4 * c - d) + t * (3 * (b - c) + d - a)))
    return np.asarray(curve, dtype=np.float32)


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
        radius: Field = self.radius[below] + (self.radius[below + 1] - self.radius[below]) * (place - below)
        return radius

    def inside(self, u: Field, v: Field, z: Field) -> Field:
        y = (v + z * self.s) / self.c
        gap = self.radius_at(y) ** 2 - u * u - z * z
        return np.asarray((gap > 0) & (y >= self.heights[0] - 1e-4) & (y <= self.heights[-1] + 1e-4))


def _enter(form: _Turned, u: Field, v: Field) -> tuple[Field, Field]:
    """(which rays hit, their z): marched back from the front until inside, then bisected. Flat arrays."""
    widest = np.float32(form.radius.max())
    first = np.clip((form.heights[-1] * form.c - v) / form.s, -widest, widest)
    last = np.clip((form.heights[0] * form.c - v) / form.s, -widest, widest)
    near, far = first.copy(), np.full(u.shape, _FAR, dtype=np.float32)
    left = np.nonzero(np.abs(u) < widest)[0]
    for k in range(_STEPS + 1):
        z = first[left] + (last[left] - first[left]) * np.float32(k / _STEPS)
        within = form.inside(u[left], v[left], z)
        found = left[within]
        far[found] = z[within]
        near[found] = first[found] + (last[found] - first[found]) * np.float32(max(0, k - 1) / _STEPS)
        left = left[~within]
    hit = np.nonzero(far > _FAR)[0]
    a, b, uu, vv = near[hit], far[hit], u[hit], v[hit]
    for _ in range(6):
        half = (a + b) * np.float32(0.5)
        within = form.inside(uu, vv, half)
        b = np.where(within, half, b)
        a = np.where(within, a, half)
    return hit, b


def cast_lathe(solids: Solids, part: Part, *, index: int, fill_index: int) -> None:
    c, s = np.float32(cos(solids.pitch)), np.float32(sin(solids.pitch))
    heights, radius = _profile(np.array(part.numbers, dtype=np.float32), 240)
    form = _Turned(heights=heights, radius=radius, c=c, s=s)
    low, high, widest = float(heights[0]), float(heights[-1]), float(radius.max())
    window = _window(
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
    normal = np.stack([np.where(cap, 0, u / r), np.where(cap, 1, -slope), np.where(cap, 0, z / r)], axis=-1)
    normal /= np.maximum(np.sqrt((normal * normal).sum(axis=-1, keepdims=True)), 1e-6)
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
    window = _window(solids, centre=(0, brim * float(c)), half=(inner, inner * float(s)))
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


def cast_tube(solids: Solids, part: Part, *, index: int) -> None:
    """A sweep of spheres along a smooth path; flat > 1 widens it in z."""
    points = np.array(part.numbers, dtype=np.float32)
    length = float(np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1).sum())
    thin = max(0.010, float(np.median(points[:, 3])))
    for x, y, z, r in smooth_path(points, int(min(260, max(12, length / thin * 10)))):
        _cast_sphere(solids, centre=(float(x), float(y), float(z)), r=float(r), flat=part.flat, index=index)


def _cast_sphere(solids: Solids, *, centre: tuple[float, float, float], r: float, flat: float, index: int) -> None:
    """An upright spheroid; its equation separates into a row and a column, which makes long sweeps cheap."""
    x, y, z = centre
    c, s = cos(solids.pitch), sin(solids.pitch)
    window = _window(solids, centre=(x, y * c - z * s), half=(r, r * float(np.hypot(c, flat * s))))
    if window is None or r <= 1e-4:
        return
    v = solids.v[window[0]]
    across = (solids.u[window[1]] - np.float32(x)) / np.float32(r)
    up, out = (
        (v * np.float32(c) - np.float32(y)) / np.float32(r),
        (-v * np.float32(s) - np.float32(z)) / np.float32(r * flat),
    )
    dy, dz = np.float32(s / r), np.float32(c / (r * flat))
    a = dy * dy + dz * dz
    b = up * dy + out * dz
    square = (b * b - a * (up * up + out * out - 1))[:, None] - a * (across * across)[None, :]
    rows, columns = np.nonzero(square > 0)
    depth = (np.sqrt(square[rows, columns]) - b[rows]) / a
    at = (rows + window[0].start, columns + window[1].start)
    nearer = depth > solids.depth[at]
    rows, columns, depth = rows[nearer], columns[nearer], depth[nearer]
    at = (at[0][nearer], at[1][nearer])
    normal = np.stack([across[columns], up[rows] + depth * dy, (out[rows] + depth * dz) / np.float32(flat)], axis=-1)
    normal /= np.maximum(np.sqrt((normal * normal).sum(axis=-1, keepdims=True)), 1e-6)
    solids.depth[at] = depth
    solids.normal[at] = normal
    solids.material[at] = index


def _rotation(part: Part) -> Field:
    a, b = radians(part.turn), radians(part.tilt)
    about_y = np.array([[cos(a), 0, sin(a)], [0, 1, 0], [-sin(a), 0, cos(a)]])
    about_z = np.array([[cos(b), -sin(b), 0], [sin(b), cos(b), 0], [0, 0, 1]])
    return np.asarray(about_y @ about_z, dtype=np.float32)


def cast_ball(solids: Solids, part: Part, *, index: int) -> None:
    x, y, z, *half = part.numbers[0]
    axes, turned = np.array(half, dtype=np.float32), _rotation(part)
    c, s = cos(solids.pitch), sin(solids.pitch)
    spread = np.sqrt((turned**2) @ axes**2)
    window = _window(
        solids, centre=(x, y * c - z * s), half=(float(spread[0]), float(spread[1]) * c + float(spread[2]) * s)
    )
    if window is None:
        return
    start, along = _local_rays(solids, window, centre=(x, y, z), turned=turned)
    p, d = start / axes, along / axes
    a = float(d @ d)
    b = p @ d
    square = b * b - a * ((p * p).sum(axis=-1) - 1)
    depth = (-b + np.sqrt(np.maximum(square, 0))) / np.float32(a)
    normal = ((p + depth[..., None] * d) / axes) @ turned.T
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)
    _keep(solids, window, hit=square > 0, depth=depth.astype(np.float32), normal=normal.astype(np.float32), index=index)


def _local_rays(
    solids: Solids, window: tuple[slice, slice], *, centre: tuple[float, float, float], turned: Field
) -> tuple[Field, Field]:
    """Ray starts (h, w, 3) and the one direction, in the solid's own axes."""
    c, s = np.float32(cos(solids.pitch)), np.float32(sin(solids.pitch))
    u, v = solids.u[window[1]], solids.v[window[0]]
    start = np.empty((len(v), len(u), 3), dtype=np.float32)
    start[..., 0] = u[None, :] - centre[0]
    start[..., 1] = (v * c)[:, None] - centre[1]
    start[..., 2] = (-v * s)[:, None] - centre[2]
    return start @ turned, np.array([0, s, c], dtype=np.float32) @ turned


def cast_box(solids: Solids, part: Part, *, index: int) -> None:
    """A box whose edges are softened by bending the normal near them."""
    x, y, z, *half = part.numbers[0]
    axes, turned = np.array(half, dtype=np.float32), _rotation(part)
    c, s = cos(solids.pitch), sin(solids.pitch)
    spread = np.abs(turned) @ axes
    window = _window(
        solids, centre=(x, y * c - z * s), half=(float(spread[0]), float(spread[1]) * c + float(spread[2]) * s)
    )
    if window is None:
        return
    start, along = _local_rays(solids, window, centre=(x, y, z), turned=turned)
    along = np.where(np.abs(along) < 1e-5, np.float32(1e-5), along)
    sides = np.sign(along) * axes
    leave = ((sides - start) / along).min(axis=-1)
    enter = ((-sides - start) / along).max(axis=-1)
    hit = leave > enter
    place = (start + leave[..., None] * along) / axes
    soft = max(part.round, 0.02)
    edge = np.clip((np.abs(place) - (1 - soft)) / soft, 0, 1)
    normal = (np.sign(place) * edge**2) @ turned.T
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)
    _keep(solids, window, hit=hit, depth=leave.astype(np.float32), normal=normal.astype(np.float32), index=index)
