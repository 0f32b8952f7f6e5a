"""A subject told from its ground by its outline, where its colours are the ground's own: glass, white on white.

How much a way from the border must climb over steps of colour is nought on a calm ground, and soft shade adds nothing;
what an outline shuts in is behind a step from every side. The level that parts the two is where it matters least.
"""

from dataclasses import dataclass

import numpy as np

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.filters.regions import holes, regions
from studio.sandbox.painter.noise import blurred

_HUE = 1.6
"""How much a step of hue counts against one of lightness."""
_ROUNDS = 3
_CALM = 0.030
"""The steps of a border beyond which it is too restless for outlines to tell."""
_LEVELS = 48
_LOWEST, _HIGHEST = 0.006, 0.40
_STEADY = 1.5
"""How many times over the level may be raised, at least, with hardly any change of what is shut in."""
_GROUND = 0.03
"""How far from the ground's colours what is seen through a handle may be."""
_EDGE = 0.002
_LEAST, _MOST = 0.012, 0.62


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a picture before its outlines are: colours (h, w, 3), its border and the ground expected."""

    lab: Field
    band: Field
    ground: Field
    away: Field
    """How far each pixel's colour is from the ground's."""
    told: Field | None
    """The body as its colours tell it."""


def _steps(scaled: Field) -> tuple[Field, Field]:
    """The steps of colour to the pixel below (h - 1, w) and to the right (h, w - 1)."""
    down: Field = np.sqrt((np.diff(scaled, axis=0) ** 2).sum(axis=-1))
    right: Field = np.sqrt((np.diff(scaled, axis=1) ** 2).sum(axis=-1))
    return down, right


def _climbed(down: Field, right: Field, start: Field) -> Field:
    """The least sum of steps on a way from where start (h, w) is true, by sweeps to all four sides."""
    far = np.where(start, np.float32(0), np.float32(99))
    height, width = far.shape
    across, beside = np.ascontiguousarray(far.T), np.ascontiguousarray(right.T)
    for _ in range(_ROUNDS):
        far = np.ascontiguousarray(across.T)
        for row in range(1, height):
            np.minimum(far[row], far[row - 1] + down[row - 1], out=far[row])
        for row in range(height - 2, -1, -1):
            np.minimum(far[row], far[row + 1] + down[row], out=far[row])
        across = np.ascontiguousarray(far.T)
        for column in range(1, width):
            np.minimum(across[column], across[column - 1] + beside[column - 1], out=across[column])
        for column in range(width - 2, -1, -1):
            np.minimum(across[column], across[column + 1] + beside[column], out=across[column])
    return np.ascontiguousarray(across.T)


def _steady_level(climb: Field) -> float | None:
    """The middle of the longest range of levels over which what lies above changes by less than a twelfth."""
    levels = np.geomspace(_LOWEST, _HIGHEST, _LEVELS)
    areas = np.array([float((climb > level).mean()) for level in levels])
    best, found = 0.0, None
    for low in range(_LEVELS):
        if not _LEAST < areas[low] < _MOST:
            continue
        high = low + int(np.argmax(np.append(areas[low:], 0.0) < areas[low] * 0.92)) - 1
        # Of two as steady the larger counts more: a dark lid is shut in as firmly as its jar.
        length = float(np.log(levels[max(low, high)] / levels[low])) * (areas[low] ** 0.5)
        if levels[max(low, high)] / levels[low] >= _STEADY and length > best:
            best, found = length, float(np.sqrt(levels[low] * levels[max(low, high)]))
    return found


def _flat(mask: Field) -> Field:
    """Where the mask is hardly high, against the whole of it."""
    height = mask.shape[0]
    rows = np.nonzero(mask.any(axis=1))[0]
    tall = int(rows[-1] - rows[0] + 1)
    # How long the run is, up and down, that a pixel is in.
    above, below = np.zeros(mask.shape, dtype=np.int32), np.zeros(mask.shape, dtype=np.int32)
    for row in range(height):
        above[row] = np.where(mask[row], (above[row - 1] if row else 0) + 1, 0)
        back = height - 1 - row
        below[back] = np.where(mask[back], (below[back + 1] if row else 0) + 1, 0)
    return np.asarray(mask & (above + below - 1 < max(4, tall * 0.16)))


def _shade(mask: Field, climb: Field, seen: Seen) -> Field:
    """Where the mask is a shadow's edges: at the foot of it, darker than the ground and of its hue; beside the body
    that is told by its colours fainter than that, else hardly high."""
    rows = np.nonzero(mask.any(axis=1))[0]
    low = np.arange(mask.shape[0])[:, None] > rows[-1] - (rows[-1] - rows[0] + 1) * 0.25
    lab, ground = seen.lab, seen.ground
    light = np.clip(lab[..., :1] / np.maximum(ground[..., :1], 0.05), 0.35, 1.0)
    hue = np.hypot(*np.moveaxis(lab[..., 1:] - ground[..., 1:] * light, -1, 0))
    faint = climb < 0.8 * float(np.median(climb[mask]))
    beside = _flat(mask) if seen.told is None else faint & (seen.told < 0.5)
    return np.asarray(mask & low & beside & (lab[..., 0] < ground[..., 0] - 0.006) & (hue < 0.02))


def _opened(mask: Field, edges: Field, seen: Seen) -> Field:
    """The mask with the gap of a handle left open: compact, far smaller than the body, just like the ground, and at
    the body's side or all round what its colours tell for certain."""
    ground = regions(mask & ~edges & (seen.away < _GROUND))
    total = int(mask.sum())
    columns = np.nonzero(mask.any(axis=0))[0]
    middle, wide = float(columns.mean()), float(np.ptp(columns) + 1)
    kept = mask.copy()
    for number in np.nonzero((ground.sizes > total * 0.015) & (ground.sizes < total * 0.20))[0]:
        inside = ground.labels == number
        rows, across = np.nonzero(inside)
        size = np.ptp(rows) + 1, np.ptp(across) + 1
        compact = 0.4 < size[0] / size[1] < 4 and rows.size > 0.5 * size[0] * size[1]
        grown = blurred(inside.astype(np.float32), 1.5) > 0.02
        if not compact or float(np.median(seen.away[inside])) > _GROUND / 2:
            continue
        ringed = seen.told is not None and float((seen.told[grown & ~inside] > 0.5).mean()) > 0.6
        if ringed or abs(float(across.mean()) - middle) > 0.22 * wide:
            kept &= ~(grown & (seen.away < _GROUND))
    return kept


def shut_in(seen: Seen) -> Field | None:
    """What an outline shuts in (h, w), None where the border is too restless or nothing is."""
    down, right = _steps(_calmed(seen.lab, seen.band))
    usual = float(np.percentile(np.concatenate([down[seen.band[1:]], right[seen.band[:, 1:]]]), 92))
    if usual > _CALM:
        return None
    floor = np.float32(max(0.002, usual * 1.4))
    down, right = np.maximum(down - floor, 0), np.maximum(right - floor, 0)
    climb = _climbed(down, right, seen.band)
    level = _steady_level(climb)
    if level is None:
        return None
    mask = climb > level
    mask |= holes(mask).labels >= 0
    mask = _joined(mask & ~_shade(mask, climb, seen), climb)
    edges = np.zeros(mask.shape, dtype=bool)
    edges[1:] |= down > _EDGE
    edges[:, 1:] |= right > _EDGE
    mask = _opened(mask, edges, seen)
    return mask if _LEAST < float(mask.mean()) < _MOST else None


def _joined(mask: Field, climb: Field) -> Field:
    """The largest part of a mask with others a tenth of it, and smaller ones as firm that are close by: a handle."""
    found = regions(mask)
    if not found.sizes.size:
        return mask
    largest = int(np.argmax(found.sizes))
    body = found.labels == largest
    rows, columns = np.nonzero(body.any(axis=1))[0], np.nonzero(body.any(axis=0))[0]
    tall, wide = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    near = np.zeros(mask.shape, dtype=bool)
    near[max(0, rows[0] - tall) : rows[-1] + 1, max(0, columns[0] - wide // 2) : columns[-1] + wide // 2] = True
    firm = mask & near & (climb > 0.5 * float(np.median(climb[body])))
    inside = np.bincount(found.labels[firm], minlength=len(found.sizes)) > 0.5 * found.sizes
    kept = (found.sizes >= found.sizes[largest] * 0.10) | (inside & (found.sizes > found.sizes[largest] * 0.012))
    return np.isin(found.labels, np.nonzero(kept)[0])


def _calmed(lab: Field, band: Field) -> Field:
    """The picture without its grain, its edges kept: a mean of neighbours that differ no more than grain does."""
    scaled: Field = (lab * np.array([1.0, _HUE, _HUE])).astype(np.float32)
    for radius in (2, 1):
        down, right = _steps(scaled)
        grain = max(float(np.median(np.concatenate([down[band[1:]], right[band[:, 1:]]]))), 0.001)
        scaled = _smoothed(scaled, radius, 2.2 * grain)
    return scaled


def _smoothed(scaled: Field, radius: int, near: float) -> Field:
    """Tomasi, Manduchi, "Bilateral Filtering", 1998, over a square of pixels."""
    height, width = scaled.shape[:2]
    padded = np.pad(scaled, [(radius, radius), (radius, radius), (0, 0)], mode="edge")
    total, weights = np.zeros_like(scaled), np.zeros((height, width, 1), dtype=np.float32)
    for dy in range(2 * radius + 1):
        for dx in range(2 * radius + 1):
            other = padded[dy : dy + height, dx : dx + width]
            gap = other - scaled
            weight = np.exp(-np.einsum("hwc,hwc->hw", gap, gap) / np.float32(2 * near * near))[..., None]
            total += other * weight
            weights += weight
    calmed: Field = total / weights
    return calmed
