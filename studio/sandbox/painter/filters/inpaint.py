"""Filling what was taken out of a picture: colours flow in along the rows, texture is copied from alike places.

In a small picture each place of the hole first takes the colours seen left, right, above and below it, the sides
counting most, as floors and horizons run across. Then, coarse to fine and a few times over, every patch is looked up
among the known ones, rather near its own row. What that leaves as a step at the rim is levelled out, and at full size
each pixel takes its detail from where its patch was found.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.noise import dice, stretched

_WORK = 120
_REACH = 3
_CANDIDATES = 900
_SCALES = (0.5, 1.0)
"""Of the working picture, coarse to fine."""


def _averaged(plane: Field, *, height: int, width: int) -> Field:
    image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32), mode="F")
    return np.asarray(image.resize((width, height), Image.Resampling.BOX), dtype=np.float32)


def _stacked(picture: Field, *, height: int, width: int, smooth: bool) -> Field:
    """Every plane of a picture at another size."""
    resize = stretched if smooth else _averaged
    return np.stack([resize(picture[..., i], height=height, width=width) for i in range(picture.shape[2])], axis=-1)


def smooth_fill(picture: Field, known: Field) -> Field:
    """The picture (h, w, c) with its unknown part a soft continuation of the known; known is 0–1 (h, w)."""
    height, width = known.shape
    if min(height, width) <= 4:
        total = max(float(known.sum()), 1e-4)
        mean = (picture * known[..., None]).sum(axis=(0, 1)) / total
        return np.asarray(picture * known[..., None] + mean * (1 - known[..., None]), dtype=np.float32)
    size = {"height": (height + 1) // 2, "width": (width + 1) // 2}
    weight = _averaged(known, **size)
    coarse = _stacked(picture * known[..., None], **size, smooth=False) / np.maximum(weight, 1e-4)[..., None]
    below = smooth_fill(np.where(weight[..., None] > 1e-3, coarse, 0), np.clip(weight * 4, 0, 1))
    guess = _stacked(below, height=height, width=width, smooth=True)
    filled = guess + (picture - guess) * known[..., None]
    for _ in range(6 if max(height, width) <= 160 else 0):
        around = np.pad(filled, ((1, 1), (1, 1), (0, 0)), mode="edge")
        mean = (around[2:, 1:-1] + around[:-2, 1:-1] + around[1:-1, 2:] + around[1:-1, :-2]) * np.float32(0.25)
        filled = mean + (picture - mean) * known[..., None]
    return np.asarray(filled, dtype=np.float32)


def _seen(picture: Field, hole: Field, *, axis: int, backwards: bool) -> tuple[Field, Field]:
    """(the known colour each pixel sees along an axis, how far away it is); far away when there is none."""
    turned = np.flip(hole, axis) if backwards else hole
    shape = [1, 1]
    shape[axis] = -1
    index = np.arange(hole.shape[axis]).reshape(shape)
    last = np.maximum.accumulate(np.where(turned, -1, index), axis=axis)
    away = np.where(last < 0, 1e6, index - last).astype(np.float32)
    flipped = np.flip(picture, axis) if backwards else picture
    colours = np.take_along_axis(flipped, np.maximum(last, 0)[..., None], axis=axis)
    return (np.flip(colours, axis), np.flip(away, axis)) if backwards else (colours, away)


def flowed(picture: Field, hole: Field, *, upright: float = 1.0) -> Field:
    """The hole filled from its four sides, the nearer counting more and left and right most.

    upright: what above and below count against 9 for each side; 0 leaves a row without any known pixel black.
    """
    total = np.zeros_like(picture)
    weight = np.zeros((*hole.shape, 1), dtype=np.float32)
    for axis, worth in ((1, 9.0), (0, upright)):
        for backwards in (False, True):
            colours, away = _seen(picture, hole, axis=axis, backwards=backwards)
            share = (worth / np.maximum(away, 1) ** 2 * (away < 1e5))[..., None].astype(np.float32)
            total += colours * share
            weight += share
    return np.where(hole[..., None], total / np.maximum(weight, 1e-9), picture)


@dataclass(frozen=True, slots=True)
class _Match:
    """For each place of and round the hole the place its detail comes from."""

    rows: Field
    columns: Field
    from_rows: Field
    from_columns: Field


def _patches(picture: Field, rows: Field, columns: Field) -> Field:
    """(n, 3 · side²): the square around each place."""
    padded = np.pad(picture, ((_REACH, _REACH), (_REACH, _REACH), (0, 0)), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (2 * _REACH + 1, 2 * _REACH + 1), axis=(0, 1))
    found: Field = windows[rows, columns].reshape(len(rows), -1)
    return found


def _grown(mask: Field, reach: int) -> Field:
    """The mask and everything within a square of `reach` round it."""
    padded = np.pad(mask, reach + 1, mode="constant")
    sums = padded.astype(np.int32).cumsum(axis=0).cumsum(axis=1)
    side = 2 * reach + 1
    window = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    height, width = mask.shape
    return np.asarray(window[:height, :width] > 0)


def _matched(picture: Field, hole: Field, rng: np.random.Generator) -> _Match | None:
    known = np.nonzero(~_grown(hole, _REACH))
    rows, columns = np.nonzero(_grown(hole, 2))
    if len(known[0]) < 40:
        return None
    picked = np.sort(rng.permutation(len(known[0]))[:_CANDIDATES])
    there_r, there_c = known[0][picked], known[1][picked]
    # A step of a tenth of the picture's height costs as much as a difference of 0.05 all over the patch.
    step = 0.5 * (2 * _REACH + 1) * 3**0.5 / hole.shape[0]

    def features(r: Field, c: Field) -> Field:
        place = np.stack([r * step, c * step * 0.12], axis=-1)
        return np.concatenate([_patches(picture, r, c), place], axis=1).astype(np.float32)

    ours, theirs = features(rows, columns), features(there_r, there_c)
    best = np.argmin((theirs * theirs).sum(axis=1)[None, :] - 2 * (ours @ theirs.T), axis=1)
    return _Match(rows=rows, columns=columns, from_rows=there_r[best], from_columns=there_c[best])


def _voted(picture: Field, hole: Field, match: _Match) -> Field:
    """The hole with each pixel the mean of what all patches over it say, levelled to fit its rim."""
    height, width = hole.shape
    total, weight = np.zeros_like(picture), np.zeros((height, width, 1), dtype=np.float32)
    for down in range(-_REACH, _REACH + 1):
        # Every other place of the patch has a say, as on a chessboard.
        for right in range(-_REACH + (down + _REACH) % 2, _REACH + 1, 2):
            r, c = match.rows + down, match.columns + right
            good = (r >= 0) & (r < height) & (c >= 0) & (c < width)
            fr = np.clip(match.from_rows + down, 0, height - 1)[good]
            fc = np.clip(match.from_columns + right, 0, width - 1)[good]
            share = np.float32(1 / (1 + down * down + right * right))
            # Places are distinct within one shift, so plain indexing adds each of them once.
            total[r[good], c[good]] += picture[fr, fc] * share
            weight[r[good], c[good]] += share
    said = np.where(weight > 0, total / np.maximum(weight, 1e-6), picture)
    rim = (weight[..., 0] > 0) & ~hole
    level = smooth_fill((picture - said) * rim[..., None], rim.astype(np.float32))
    return np.where(hole[..., None], np.clip(said + level, 0, 1), picture)


def _worked(picture: Field, known: Field, rng: np.random.Generator) -> tuple[Field, _Match | None]:
    """A small picture filled coarse to fine, and where its detail came from."""
    height, width = known.shape
    filled: Field | None = None
    match = None
    for scale in _SCALES:
        size = {"height": max(12, round(height * scale)), "width": max(12, round(width * scale))}
        hole = _averaged(known, **size) < 0.98
        here = _stacked(picture, **size, smooth=False)
        start = flowed(here, hole) if filled is None else _stacked(filled, **size, smooth=True)
        filled = np.where(hole[..., None], start, here)
        for _ in range(2 if scale < 1 else 1):
            match = _matched(filled, hole, rng)
            if match is None:
                break
            filled = _voted(filled, hole, match)
    return (picture if filled is None else filled), match


def _detail(picture: Field, known: Field, match: _Match, size: tuple[int, int]) -> Field:
    """What is finer than the working picture, copied at full size from where each patch was found."""
    height, width = known.shape
    coarse = _stacked(picture, height=size[0], width=size[1], smooth=False)
    fine = picture - _stacked(coarse, height=height, width=width, smooth=True)
    down, right = np.zeros(size, dtype=np.int32), np.zeros(size, dtype=np.int32)
    down[match.rows, match.columns] = match.from_rows - match.rows
    right[match.rows, match.columns] = match.from_columns - match.columns
    rows, columns = np.nonzero(known < 1)
    r, c = rows * size[0] // height, columns * size[1] // width
    fr = np.clip(rows + down[r, c] * height // size[0], 0, height - 1)
    fc = np.clip(columns + right[r, c] * width // size[1], 0, width - 1)
    out = np.zeros_like(picture)
    out[rows, columns] = fine[fr, fc] * (known[fr, fc] > 0)[..., None]
    return out


def filled_in(picture: Field, hole: Field, *, seed: bytes = b"") -> Field:
    """The picture (h, w, 3) with the hole (h, w; anything above 0) filled; outside it the pixels are the very same."""
    height, width = hole.shape
    known = (hole <= 0).astype(np.float32)
    if known.all() or not known.any():
        return picture
    factor = min(1.0, _WORK / max(height, width))
    size = (max(12, round(height * factor)), max(12, round(width * factor)))
    weight = _averaged(known, height=size[0], width=size[1])
    mean = _stacked(picture * known[..., None], height=size[0], width=size[1], smooth=False)
    small = np.where(weight[..., None] > 0.02, mean / np.maximum(weight, 0.02)[..., None], 0).astype(np.float32)
    filled, match = _worked(small, weight, dice(seed, "fill"))
    base = _stacked(filled, height=height, width=width, smooth=True)
    if match is not None:
        # Nothing of what is taken out may bleed into the detail.
        base = base + _detail(base + (picture - base) * known[..., None], known, match, size)
    return np.where(known[..., None] > 0, picture, np.clip(base, 0, 1)).astype(np.float32)
