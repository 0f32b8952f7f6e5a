"""A small ray caster for the solids of a subject: parallel rays from slightly above; depth, normal, material.

Space: x right, y up, z towards the camera. Screen: u right, v up, in the same units; v = y·cos − z·sin of the pitch.
"""

from dataclasses import dataclass, field
from math import ceil, cos, radians, sin

import numpy as np

from studio.sandbox.painter.colour import Field, brightest, normalised, scaled
from studio.sandbox.painter.vocabulary import Part

FAR = np.float32(-1e6)
"""The depth of a pixel that nothing was hit in."""


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
    depth = np.full(shape, FAR, dtype=np.float32)
    normal = np.zeros((*shape, 3), dtype=np.float32)
    material = np.full(shape, -1, dtype=np.float32)
    return Solids(scale=scale, pitch=pitch, left=left, top=top, depth=depth, normal=normal, material=material)


def window_of(solids: Solids, *, centre: tuple[float, float], half: tuple[float, float]) -> tuple[slice, slice] | None:
    """The rows and columns of a box on the screen; None when it is outside."""
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


def cast_tube(solids: Solids, part: Part, *, index: int) -> None:
    """A sweep of spheres along a smooth path; flat > 1 widens it in z."""
    points = np.array(part.numbers, dtype=np.float32)
    length = float(np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1).sum())
    thin = max(0.010, float(np.median(points[:, 3])))
    path = smooth_path(points, int(min(260, max(12, length / thin * 10))))
    _cast_spheres(solids, path[path[:, 3] > 1e-4], flat=part.flat, index=index)


@dataclass(frozen=True, slots=True)
class _Sweep:
    """Upright spheroids as rows and columns see them: their equation separates, which makes long sweeps cheap."""

    top: Field
    bottom: Field
    left: Field
    right: Field
    """The pixels that each may be seen at, from the first to before the last."""
    high: Field
    """By sphere and row, what is left of the square under the root; the column's share is taken off."""
    wide: Field
    """By sphere and column, that share."""
    way: Field
    """By sphere and row, where the ray is nearest to the middle."""


def _sweep(solids: Solids, path: Field, flat: float) -> _Sweep:
    rows, columns = solids.depth.shape
    c, s = cos(solids.pitch), sin(solids.pitch)
    x, y, z, r = path.astype(np.float64).T
    v, tall = y * c - z * s, r * float(np.hypot(c, flat * s))
    left = np.maximum(((x - r - solids.left) * solids.scale).astype(int) - 1, 0)
    right = np.minimum(((x + r - solids.left) * solids.scale).astype(int) + 2, columns)
    top = np.maximum(((solids.top - v - tall) * solids.scale).astype(int) - 1, 0)
    bottom = np.minimum(((solids.top - v + tall) * solids.scale).astype(int) + 2, rows)
    x, y, z, r = (n[:, None] for n in path.T)
    deep, c32, s32 = r * np.float32(flat), np.float32(c), np.float32(s)
    up, out = (solids.v * c32 - y) / r, (-solids.v * s32 - z) / deep
    dy, dz = s32 / r, c32 / deep
    a = dy * dy + dz * dz
    way = (up * dy + out * dz) / a
    high, wide = way * way - (up**2 + out**2 - 1) / a, ((solids.u - x) / r) ** 2 / a
    return _Sweep(top=top, bottom=bottom, left=left, right=right, high=high, wide=wide, way=way)


def _cast_spheres(solids: Solids, path: Field, *, flat: float, index: int) -> None:
    """Spheres (x, y, z, r), nearest wins; the normals are worked out once, for the pixels that are seen."""
    if not len(path):
        return
    sweep = _sweep(solids, path, flat)
    all_of_it = slice(sweep.top.min(), sweep.bottom.max()), slice(sweep.left.min(), sweep.right.max())
    which = np.full(solids.depth.shape, -1, dtype=np.int16)
    with np.errstate(invalid="ignore"):  # beside a sphere the root is NaN, which is nearer than nothing
        for k, (top, bottom, left, right) in enumerate(
            zip(sweep.top, sweep.bottom, sweep.left, sweep.right, strict=True)
        ):
            if right <= left or bottom <= top:
                continue
            rows, columns = slice(top, bottom), slice(left, right)
            depth = sweep.high[k, rows, None] - sweep.wide[k, columns]
            np.sqrt(depth, out=depth)
            depth -= sweep.way[k, rows, None]
            before = solids.depth[rows, columns]
            nearer = depth > before
            np.copyto(before, depth, where=nearer)
            np.copyto(which[rows, columns], np.int16(k), where=nearer)
    _face_spheres(solids, path, which, window=all_of_it, flat=flat, index=index)


def _face_spheres(
    solids: Solids, path: Field, which: Field, *, window: tuple[slice, slice], flat: float, index: int
) -> None:
    """Normals and material where a sphere is seen, which is within the window."""
    c, s = np.float32(cos(solids.pitch)), np.float32(sin(solids.pitch))
    rows, columns = np.nonzero(which[window] >= 0)
    at = (rows + window[0].start, columns + window[1].start)
    x, y, z, r = path[which[at]].T
    u, v, depth, deep = solids.u[at[1]], solids.v[at[0]], solids.depth[at], np.float32(flat)
    normal = np.stack([(u - x) / r, (v * c + depth * s - y) / r, (depth * c - v * s - z) / (r * deep * deep)], axis=-1)
    solids.normal[at] = normalised(normal)
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
    window = window_of(
        solids, centre=(x, y * c - z * s), half=(float(spread[0]), float(spread[1]) * c + float(spread[2]) * s)
    )
    if window is None:
        return
    start, along = _local_rays(solids, window, centre=(x, y, z), turned=turned)
    p, d = start / axes, along / axes
    a = float(d @ d)
    b = p @ d
    square = b * b - a * (np.einsum("ijk,ijk->ij", p, p) - 1)
    depth = (-b + np.sqrt(np.maximum(square, 0))) / np.float32(a)
    normal = normalised(((p + scaled(d, depth)) / axes) @ turned.T)
    _keep(solids, window, hit=square > 0, depth=depth, normal=normal, index=index)


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
    window = window_of(
        solids, centre=(x, y * c - z * s), half=(float(spread[0]), float(spread[1]) * c + float(spread[2]) * s)
    )
    if window is None:
        return
    start, along = _local_rays(solids, window, centre=(x, y, z), turned=turned)
    along = np.where(np.abs(along) < 1e-5, np.float32(1e-5), along)
    sides = np.sign(along) * axes
    leave = -brightest((start - sides) / along)
    enter = brightest((-sides - start) / along)
    hit = leave > enter
    place = (start + scaled(along, leave)) / axes
    soft = max(part.round, 0.02)
    edge = np.clip((np.abs(place) - (1 - soft)) / soft, 0, 1)
    normal = normalised((np.sign(place) * edge**2) @ turned.T)
    _keep(solids, window, hit=hit, depth=leave, normal=normal, index=index)
