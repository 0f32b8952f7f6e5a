"""The style of one picture given to another: its palette, as a smooth map of colours, and its texture, band by band."""

from itertools import pairwise

import numpy as np
from PIL import Image, ImageFilter

from studio.sandbox.painter.colour import LUMA, Field, from_oklab, mix, to_oklab
from studio.sandbox.painter.filters.matte import shrunk
from studio.sandbox.painter.noise import dice

_SAMPLES = 1600
_MAPPED = 640
"""Samples that the table of colours is made from."""
_TURNS = 20
_NODES = 17
"""Steps along each axis of the table of colours."""
_SPREAD = 0.06
"""How far a sample's shift reaches in Oklab: wide enough that neighbouring colours stay neighbours."""
_RIDGE = 2e-5
_BANDS_PX = (0.8, 1.6, 3.2)
"""Radii of the bands of texture, for a picture of 1,000 px; the model is brought to the picture's scale first."""
_TILE = 150
_MOST_GAIN = 2.6


def _samples(picture: Field, count: int, rng: np.random.Generator) -> Field:
    """Oklab colours of so many of the picture's pixels, spread over all of it."""
    lab = to_oklab(shrunk(picture, 200)).reshape(-1, 3).astype(np.float64)
    picked: Field = lab[rng.permutation(np.arange(count) * len(lab) // count)]
    return picked


def _rotation(rng: np.random.Generator) -> Field:
    q, r = np.linalg.qr(rng.standard_normal((3, 3)))
    turned: Field = q * np.sign(np.diag(r))
    return turned


def _transported(source: Field, goal: Field, rng: np.random.Generator) -> Field:
    """Where each colour goes: sliced optimal transport between two clouds of as many points.

    Pitié, Kokaram, Dahyot, "N-dimensional probability density function transfer", 2005.
    """
    moved = source.copy()
    for _ in range(_TURNS):
        turn = _rotation(rng)
        ours, theirs = moved @ turn, np.sort(goal @ turn, axis=0)
        order = np.argsort(ours, axis=0, kind="stable")
        for axis in range(3):
            step = np.empty(len(ours))
            step[order[:, axis]] = theirs[:, axis]
            ours[:, axis] = ours[:, axis] + (step - ours[:, axis]) * 0.8
        moved = ours @ turn.T
    return moved


def _smoothed_map(source: Field, moved: Field, nodes: Field) -> Field:
    """Where any colour goes: the best affine map of the samples, and the mean of what it leaves over near by."""
    known = np.hstack([source, np.ones((len(source), 1))])
    # Ridge towards leaving colours as they are: greys say nothing of where reds should go.
    ridge = np.diag([_RIDGE * len(source)] * 3 + [0.0])
    affine = np.linalg.solve(known.T @ known + ridge, known.T @ (moved - source))
    affine[:3] += np.eye(3)
    step = max(1, len(source) // _MAPPED)
    near = source[::step].astype(np.float32)
    left = (moved - known @ affine)[::step].astype(np.float32)
    away = (nodes**2).sum(axis=1)[:, None] + (near**2).sum(axis=1)[None, :] - 2 * nodes @ near.T
    weight = np.exp(away / np.float32(-2 * _SPREAD**2))
    rest = (weight @ left) / (weight.sum(axis=1, keepdims=True) + np.float32(4.0))
    mapped: Field = nodes @ affine[:3].astype(np.float32) + affine[3].astype(np.float32) + rest
    return mapped


def _through_table(picture: Field, table: Field) -> Field:
    """The picture through a table of colours (n, n, n, 3) indexed by blue, green and red."""
    image = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8), mode="RGB")
    lut = ImageFilter.Color3DLUT(_NODES, [float(v) for v in table.ravel()])
    return np.asarray(image.filter(lut), dtype=np.float32) / np.float32(255)


def with_palette(picture: Field, model: Field, *, amount: float = 1.0) -> Field:
    """The picture in the model's colours, as a smooth map so that gradients stay gradients; amount 1 is all the way."""
    rng = dice(b"palette", "transport")
    source, goal = _samples(picture, _SAMPLES, rng), _samples(model, _SAMPLES, rng)
    moved = _transported(source, goal, rng)
    steps = np.linspace(0, 1, _NODES, dtype=np.float32)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    nodes = np.stack([red, green, blue], axis=-1).reshape(-1, 3)
    lab = to_oklab(nodes)
    mapped = _smoothed_map(source, moved, lab)
    table = from_oklab(mix(lab, mapped, min(1.0, amount)).astype(np.float32))
    changed = _through_table(picture, np.clip(table, 0, 1))
    return np.asarray(np.clip(changed, 0, 1), dtype=np.float32)


def _soft(plane: Field, radius_px: float) -> Field:
    """A plane of any range blurred at float precision, edges repeated."""
    reach = max(1, round(radius_px * 2.5))
    at = np.arange(-reach, reach + 1, dtype=np.float32)
    kernel = np.exp(-(at**2) / (2 * radius_px**2))
    kernel /= kernel.sum()
    for axis in (0, 1):
        padded = np.pad(plane, [(reach, reach) if k == axis else (0, 0) for k in (0, 1)], mode="edge")
        size = plane.shape[axis]
        total = np.zeros_like(plane)
        for k, share in enumerate(kernel):
            total += share * (padded[k : k + size] if axis == 0 else padded[:, k : k + size])
        plane = total
    return plane


def _bands(grey: Field, unit: float) -> list[Field]:
    """Differences of ever softer copies, the finest first."""
    levels = [grey]
    for radius in _BANDS_PX:
        levels.append(_soft(levels[0], max(0.5, radius * unit)))
    return [fine - soft for fine, soft in pairwise(levels)]


def _plainest(model: Field, side: int) -> tuple[int, int]:
    """The corner (row, column) of the square of the model with most texture for the least drawing."""
    height, width = model.shape
    fine = np.abs(model - _soft(model, 1.2))
    coarse = _soft(model, 5.0)
    drawn = np.hypot(*np.gradient(coarse))
    best, corner = -1.0, (0, 0)
    for row in np.linspace(0, height - side, 9).astype(int):
        for column in np.linspace(0, width - side, 9).astype(int):
            area = (slice(row, row + side, 3), slice(column, column + side, 3))
            score = float(np.median(fine[area])) / (float(np.quantile(drawn[area], 0.9)) + 0.004)
            if score > best:
                best, corner = score, (int(row), int(column))
    return corner


def _tiled(tile: Field, *, height: int, width: int) -> Field:
    """A tile repeated, every other one mirrored, so that it has no seams."""
    both = np.concatenate([tile, tile[::-1]], axis=0)
    both = np.concatenate([both, both[:, ::-1]], axis=1)
    rows, columns = np.arange(height) % both.shape[0], np.arange(width) % both.shape[1]
    tiled: Field = both[rows][:, columns]
    return tiled


def _is_regular(tile: Field) -> bool:
    """Whether a texture repeats itself, as a halftone's dots or a weave do."""
    power = np.abs(np.fft.rfft2(tile - tile.mean())) ** 2
    return float(power.max()) > 0.035 * float(power.sum())


def _strewn(tile: Field, *, height: int, width: int) -> Field:
    """A texture that never repeats: pieces of the tile from everywhere, one melting into the next."""
    rng = dice(b"texture", "pieces")
    piece = max(8, min(112, tile.shape[0] // 2, tile.shape[1] // 2))
    seam = max(2, piece // 4)
    step = piece - seam
    rise = np.clip((np.arange(piece, dtype=np.float32) + 0.5) / seam, 0, 1)
    # Two pieces that share a seam have nothing in common: their squares, not they, must add up to one.
    edge = np.sqrt(np.minimum(rise, rise[::-1]))
    window = edge[:, None] * edge[None, :]
    rows, columns = -(-(height + piece) // step), -(-(width + piece) // step)
    total = np.zeros((rows * step + piece, columns * step + piece), dtype=np.float32)
    tops = rng.integers(0, tile.shape[0] - piece + 1, (rows, columns))
    lefts = rng.integers(0, tile.shape[1] - piece + 1, (rows, columns))
    for r in range(rows):
        for c in range(columns):
            top, left = tops[r, c], lefts[r, c]
            area = (slice(r * step, r * step + piece), slice(c * step, c * step + piece))
            total[area] += tile[top : top + piece, left : left + piece] * window
    strewn: Field = total[seam : seam + height, seam : seam + width]
    return strewn


def _evened(tile: Field, energy: float) -> Field:
    """A band of the tile with outlines brought down to the swing of the texture round them."""
    local = np.sqrt(_soft(tile * tile, max(2.0, min(tile.shape) / 18))) + energy * 0.8
    return np.asarray(np.clip(tile / local * energy * 1.7, -3.5 * energy, 3.5 * energy), dtype=np.float32)


def _energy(band: Field) -> float:
    """The typical swing of a band, outlines left out."""
    return float(np.median(np.abs(band[::2, ::2]))) * 1.48


def _by_tone(band: Field, grey: Field) -> Field:
    """The model's texture at five depths of tone, against its mean: paper shows in light, strokes in shade."""
    bins = np.clip((grey * 5).astype(int), 0, 4)
    strong = np.bincount(bins.ravel(), np.abs(band).ravel(), 5)
    count = np.bincount(bins.ravel(), minlength=5)
    mean = float(np.abs(band).mean()) + 1e-5
    level = np.where(count > band.size * 0.01, strong / np.maximum(count, 1) / mean, 1.0)
    return np.asarray(np.clip(level, 0.45, 1.8))


def with_texture(picture: Field, model: Field, *, amount: float = 1.0) -> Field:
    """The picture with the model's brush, paper or grain: its texture is laid in where the picture has less of it and
    the picture's own calmed where it has more; outlines stay."""
    height, width = picture.shape[:2]
    unit = max(height, width) / 1000
    side = min(_TILE, *model.shape[:2])
    grey, other = (picture @ LUMA).astype(np.float32), (model @ LUMA).astype(np.float32)
    row, column = _plainest(other, side)
    area = (slice(row, row + side), slice(column, column + side))
    change = np.zeros_like(grey)
    tone = np.clip(grey, 0, 1) * 5 - 0.5
    regular = _is_regular(other[area] - _soft(other[area], _BANDS_PX[-1]))
    for ours, theirs in zip(_bands(grey, unit), _bands(other, unit), strict=True):
        goal, own = _energy(theirs[area]), _energy(ours)
        if goal > own:
            tile = _evened(theirs[area], goal)
            more = (_tiled if regular else _strewn)(tile, height=height, width=width)
            level = np.interp(tone, np.arange(5), _by_tone(theirs, other)).astype(np.float32)
            change += more * level * np.float32(min(1.0, 1 - own / goal) * amount)
        else:
            kept = max(0.35, goal / max(own, 1e-4))
            calm = np.exp(-((ours / max(4 * own, 0.01)) ** 2))
            change -= ours * calm * np.float32((1 - kept) * min(1.0, amount))
    return np.asarray(np.clip(picture + change[..., None], 0, 1), dtype=np.float32)


def restyled(picture: Field, model: Field, *, amount: float = 1.0, palette_only: bool = False) -> Field:
    """The picture's content in the model's palette and, unless only that is asked for, with its texture."""
    changed = with_palette(picture, model, amount=0.96 * amount)
    return changed if palette_only else with_texture(changed, model, amount=min(_MOST_GAIN, amount))


def palette_distance(first: Field, second: Field) -> float:
    """How far apart two pictures' colours are in Oklab: the mean over turned axes of the distance between quantiles."""
    rng = dice(b"palette", "distance")
    ours, theirs = _samples(first, 1200, rng), _samples(second, 1200, rng)
    gaps = []
    for _ in range(12):
        turn = _rotation(rng)
        gaps.append(np.abs(np.sort(ours @ turn, axis=0) - np.sort(theirs @ turn, axis=0)).mean())
    return float(np.mean(gaps))
