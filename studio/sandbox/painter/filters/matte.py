"""Telling a subject from its background in any picture.

The background is what the border is: a smooth surface, what lies left and right on the same row, or one of a few
colours. What none of these explains is the subject; two colour models then sharpen that, and the picture's own edges
draw the outline at full size. Where a body's colours are the ground's, its outline tells (`outline`).
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import Field, smoothstep, to_oklab
from studio.sandbox.painter.filters.outline import Seen, shut_in
from studio.sandbox.painter.filters.regions import holes, regions
from studio.sandbox.painter.noise import blurred, stretched

_SMALL = 224
_CLUSTERS = 6
# A shadow differs in lightness only, so lightness counts less than hue.
_WEIGHTS = np.array([0.6, 1.8, 1.8], dtype=np.float32)
_SAME_HUE = 0.03
"""Distance in the plane of Oklab's a and b within which a colour may be the ground's own."""
_POOL_OF_LIGHT = 0.14
_BINS = (20, 28, 28)
_LOST = 0.02
"""The share of what an outline shuts in that may be missing from a body before it counts as nibbled."""


def shrunk(picture: Field, side: int = _SMALL) -> Field:
    """The picture (h, w, 3) averaged down so that its longer side is at most `side` px."""
    height, width = picture.shape[:2]
    factor = min(1.0, side / max(height, width))
    size = (max(8, round(width * factor)), max(8, round(height * factor)))
    image = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8), mode="RGB")
    return np.asarray(image.resize(size, Image.Resampling.BOX), dtype=np.float32) / np.float32(255)


def _rim(height: int, width: int) -> Field:
    edge = max(2, min(height, width) // 14)
    rim = np.zeros((height, width), dtype=bool)
    rim[:edge], rim[-edge:], rim[:, :edge], rim[:, -edge:] = True, True, True, True
    return rim


def _band(height: int, width: int) -> Field:
    """Where the background is taken to show: the border, but for the middle of its lower side, where busts end."""
    band = _rim(height, width)
    band[height // 2 :, width // 5 : width - width // 5] = False
    return band


def _length(gap: Field) -> Field:
    length: Field = np.sqrt(((gap * _WEIGHTS) ** 2).sum(axis=-1))
    return length


def _apart(lab: Field, ground: Field) -> Field:
    """Distance of a colour from the ground expected there; the ground in shade, or lit, is nearer than another hue."""
    light = np.clip(lab[..., :1] / np.maximum(ground[..., :1], 0.05), 0.35, 1.3)
    hue = lab[..., 1:] - ground[..., 1:] * light
    step = lab[..., 0] - ground[..., 0]
    shade = np.where(step < 0, np.abs(step) * 0.32 + np.maximum(-step - 0.22, 0) * 0.9, step * 0.55)
    apart: Field = np.sqrt((hue * hue).sum(axis=-1) * 3.2 + shade * shade)
    return apart


def _lit_like(lab: Field, ground: Field) -> Field:
    """The expected ground as bright as the picture has it: a pool of light on a table is no subject.

    Where the hue is the ground's own and the lightness not far off, what is seen is taken for lit ground, and carried
    along the row; a body of another hue is passed over.
    """
    step = lab[..., 0] - ground[..., 0]
    light = np.clip(lab[..., :1] / np.maximum(ground[..., :1], 0.05), 0.35, 1.3)
    hue = np.hypot(*np.moveaxis(lab[..., 1:] - ground[..., 1:] * light, -1, 0))
    ours = np.exp(-((hue / _SAME_HUE) ** 2)) * (np.abs(step) < _POOL_OF_LIGHT) + 1e-4
    height, width = step.shape
    size = (max(8, width // 12), max(8, height // 3))

    def spread(plane: Field) -> Field:
        small = Image.fromarray(plane.astype(np.float32), mode="F").resize(size, Image.Resampling.BOX)
        soft = np.asarray(small, dtype=np.float32)
        soft = np.pad(soft, ((0, 0), (2, 2)), mode="edge")
        near = soft[:, :-4] + 2 * soft[:, 1:-3] + 3 * soft[:, 2:-2] + 2 * soft[:, 3:-1] + soft[:, 4:]
        return stretched(near / np.float32(9), height=height, width=width)

    lift = np.clip(spread(step * ours) / np.maximum(spread(ours), 1e-4), 0, _POOL_OF_LIGHT)
    lit = ground.copy()
    lit[..., 0] += lift * np.clip(spread(ours) * 3, 0, 1)
    return lit


def _surface(lab: Field, band: Field) -> Field:
    """A quadratic surface (h, w, 3) through the border; what of the subject touches the border is discounted."""
    height, width = band.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1)
    rows, goal = terms[band], lab[band].astype(np.float64)
    weight = np.ones(len(rows))
    for _ in range(4):
        root = np.sqrt(weight)[:, None]
        fit, *_ = np.linalg.lstsq(rows * root, goal * root, rcond=None)
        miss = _length(goal - rows @ fit)
        weight = 1 / (1 + (miss / max(float(np.median(miss)) * 2, 0.01)) ** 2)
    surface: Field = (terms @ fit).astype(np.float32)
    return surface


def _from_rows(lab: Field) -> Field:
    """Distance from the colours at both ends of the row, blended across."""
    width = lab.shape[1]
    edge = max(2, width // 14)
    soft = np.stack([blurred_lab(lab[..., i]) for i in range(3)], axis=-1)
    left, right = np.median(soft[:, :edge], axis=1), np.median(soft[:, -edge:], axis=1)
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    return _apart(lab, _lit_like(lab, left[:, None] * (1 - x) + right[:, None] * x))


def blurred_lab(plane: Field, radius_px: float = 1.2) -> Field:
    """A plane of Oklab blurred: `blurred` takes 0–1."""
    low, high = float(plane.min()), float(plane.max())
    span = max(high - low, 1e-4)
    return blurred((plane - low) / span, radius_px) * span + low


def _from_clusters(lab: Field, band: Field) -> Field:
    """Distance from the nearest of the border's few colours, beyond its own spread."""
    points = lab[band]
    axis = points - points.mean(axis=0)
    order = np.argsort(axis @ np.linalg.svd(axis.T @ axis)[0][:, 0], kind="stable")
    centres = points[order[np.linspace(0, len(order) - 1, _CLUSTERS * 2 + 1).astype(int)[1::2]]]
    nearest = np.zeros(len(points), dtype=np.intp)
    for _ in range(6):
        nearest = np.argmin(_length(points[:, None] - centres[None]), axis=1)
        counts = np.bincount(nearest, minlength=_CLUSTERS)
        sums = np.stack([np.bincount(nearest, points[:, i], _CLUSTERS) for i in range(3)], axis=-1)
        centres = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centres)
    kept = np.bincount(nearest, minlength=_CLUSTERS) > len(points) * 0.02
    gaps = [_length(lab - centre) for centre in centres[kept]]
    spread = [
        float(np.percentile(gap[band][nearest == i], 80)) for i, gap in zip(np.nonzero(kept)[0], gaps, strict=True)
    ]
    away: Field = np.min([np.maximum(gap - width, 0) for gap, width in zip(gaps, spread, strict=True)], axis=0)
    return away


def _usual(distance: Field, band: Field) -> float:
    """How far the border itself mostly is from the model; a subject that reaches the border is left out."""
    return float(np.percentile(distance[band], 75))


def _standing_out(lab: Field, band: Field, ground: Field) -> tuple[list[Field], float]:
    """How far each pixel is from what explains the border, by the strict and the lenient measure; and how restless
    the border is."""
    surface = _apart(lab, _lit_like(lab, ground))
    rows, clusters = _from_rows(lab), _from_clusters(lab, band)
    restless = float(np.percentile(surface[band], 90))
    models = [surface, rows, clusters]
    floor = [max(_usual(model, band), 0.012) for model in models]
    best = int(np.argmin(floor[:2]))
    # The calmer of surface and rows decides; the few colours only excuse what is plainly one of them.
    lenient = np.maximum(models[best] - floor[best] * 0.5, 0).astype(np.float32)
    return [np.minimum(lenient, clusters * 2.2 + 0.02).astype(np.float32), lenient], restless


def _bins(lab: Field) -> Field:
    scaled = np.stack([lab[..., 0] * _BINS[0], (lab[..., 1] + 0.35) * 40, (lab[..., 2] + 0.35) * 40], axis=-1)
    index = np.clip(scaled.astype(np.int32), 0, np.array(_BINS) - 1)
    flat: Field = (index[..., 0] * _BINS[1] + index[..., 1]) * _BINS[2] + index[..., 2]
    return flat


def _histogram(bins: Field, weight: Field) -> Field:
    """Share of the weight by colour, spread over neighbouring colours."""
    counts = np.bincount(bins.ravel(), weight.ravel(), int(np.prod(_BINS))).reshape(_BINS)
    for axis in range(3):
        counts = counts * 0.5 + (np.roll(counts, 1, axis) + np.roll(counts, -1, axis)) * 0.25
    shares: Field = counts / max(float(counts.sum()), 1e-6)
    return shares.ravel()


def _by_colour(lab: Field, chance: Field) -> Field:
    """The chance of being subject, sharpened by what colours subject and background have."""
    bins, rim = _bins(lab), _rim(*chance.shape)
    ground = np.where(rim & (_band(*chance.shape) | (chance < 0.5)), 0.15, 1.0) * chance
    for _ in range(2):
        ours, theirs = _histogram(bins, ground**2), _histogram(bins, (1 - ground) ** 2)
        ratio = (ours[bins] + 2e-5) / (ours[bins] + theirs[bins] + 4e-5)
        near = np.clip(blurred(ground, 3.0), 0.02, 0.98)
        odds = np.log(near / (1 - near)) * 1.1 + np.log(ratio / (1 - ratio)) * 0.55 + np.log(_odds(ground)) * 0.6
        ground = np.clip(1 / (1 + np.exp(-odds)), 0, 1).astype(np.float32)
    return ground


def _odds(chance: Field) -> Field:
    safe = np.clip(chance, 0.03, 0.97)
    odds: Field = safe / (1 - safe)
    return odds


def _crisp(mask: Field, lab: Field) -> Field:
    """The largest region, and others a tenth of it that have an outline as sharp: a patch of sun has not."""
    found = regions(mask)
    if not found.sizes.size:
        return mask
    steps = np.hypot(*np.gradient(lab[..., 0])) + np.hypot(*np.gradient(lab[..., 1])) * 2
    rim = mask & ~_eroded(mask)
    names = found.labels[rim]
    sharp = np.bincount(names, steps[rim], len(found.sizes)) / np.maximum(
        np.bincount(names, minlength=len(found.sizes)), 1
    )
    largest = int(np.argmax(found.sizes))
    kept = (found.sizes >= found.sizes[largest] * 0.10) & (sharp >= sharp[largest] * 0.55)
    # A leaf or a lid may hang apart from its body: small, as sharp, and close by.
    rows, columns = np.nonzero(found.labels == largest)
    tall, wide = np.ptp(rows) + 1, np.ptp(columns) + 1
    r, c = np.indices(mask.shape)
    close = (np.abs(r - rows.mean()) < 0.68 * tall) & (np.abs(c - columns.mean()) < 0.60 * wide) & mask
    inside = np.bincount(found.labels[close], minlength=len(found.sizes)) >= found.sizes * 0.8
    kept |= (found.sizes >= max(5, found.sizes[largest] * 0.006)) & (sharp >= sharp[largest] * 0.7) & inside
    kept[largest] = True
    return np.isin(found.labels, np.nonzero(kept)[0])


def _eroded(mask: Field) -> Field:
    inner = mask.copy()
    inner[1:] &= mask[:-1]
    inner[:-1] &= mask[1:]
    inner[:, 1:] &= mask[:, :-1]
    inner[:, :-1] &= mask[:, 1:]
    return inner


def _solid(chance: Field, distance: Field, lab: Field) -> Field:
    """One body: specks dropped, holes filled unless they plainly show the background."""
    mask = _crisp(chance > 0.5, lab)
    gaps = holes(mask)
    limit = max(6, int(mask.sum() * 0.004))
    for number in np.unique(gaps.labels[gaps.labels >= 0]):
        inside = gaps.labels == number
        if gaps.sizes[number] <= limit or float(np.median(distance[inside])) > 0.03:
            mask = mask | inside
    return np.asarray(mask, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Guide:
    """A linear model of coverage by colour around each pixel: alpha = slope · colour + offset."""

    slope: Field
    offset: Field


def _boxed(plane: Field, radius: int) -> Field:
    """The mean over a square window, its edges repeated."""
    side = 2 * radius + 1
    padded = np.pad(plane, [(radius + 1, radius), (radius + 1, radius)] + [(0, 0)] * (plane.ndim - 2), mode="edge")
    sums = padded.cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
    mean: Field = (sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]) / side**2
    return mean.astype(np.float32)


def _guide(small: Field, mask: Field, *, radius: int, smooth: float) -> _Guide:
    """He, Sun, Tang, "Guided Image Filtering", 2013, with a colour guide."""
    mean_i, mean_p = _boxed(small, radius), _boxed(mask, radius)
    outer = small[..., :, None] * small[..., None, :]
    spread = _boxed(outer, radius) - mean_i[..., :, None] * mean_i[..., None, :]
    shared = _boxed(small * mask[..., None], radius) - mean_i * mean_p[..., None]
    slope = np.linalg.solve(spread + np.eye(3, dtype=np.float32) * smooth, shared[..., None])[..., 0]
    offset = mean_p - (slope * mean_i).sum(axis=-1)
    return _Guide(slope=_boxed(slope, radius), offset=_boxed(offset, radius))


def _refined(picture: Field, guide: _Guide) -> Field:
    height, width = picture.shape[:2]
    alpha = stretched(guide.offset, height=height, width=width).copy()
    for i in range(3):
        alpha += stretched(guide.slope[..., i], height=height, width=width) * picture[..., i]
    return alpha


def _body(small: Field) -> Field | None:
    """The subject in a small picture as 0 or 1; None where nothing stands out."""
    lab = to_oklab(small)
    band = _band(*lab.shape[:2])
    ground = _surface(lab, band)
    distances, restless = _standing_out(lab, band, ground)
    coloured = _by_distance(lab, distances, restless)
    outlined = shut_in(Seen(lab=lab, band=band, ground=ground, away=distances[-1], told=coloured))
    return coloured if outlined is None else _whole(coloured, outlined)


def _whole(coloured: Field | None, outlined: Field) -> Field:
    """The body by its colours, unless its outline shows that a part of it was taken for ground."""
    if coloured is None:
        return outlined.astype(np.float32)
    solid = coloured > 0.5
    # A pixel along the edge is nobody's loss.
    lost, beyond = float((outlined & _eroded(~solid)).sum()), float((solid & ~outlined).sum())
    if lost < _LOST * float(outlined.sum()) or beyond > 0.2 * float(solid.sum()):
        return coloured
    return (outlined | solid).astype(np.float32)


def _by_distance(lab: Field, distances: list[Field], restless: float) -> Field | None:
    """The subject by how far its colours are from those expected of the ground."""
    height, width = lab.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    middle = np.exp(-((x * 0.95) ** 4 + (y * 0.9) ** 4)).astype(np.float32)
    low = max(0.030, min(restless, 0.10) * 0.7)
    for distance in distances:
        chance = smoothstep(low, low * 2 + 0.02, blurred(distance, 0.8) * (0.45 + 0.75 * middle))
        mask = _solid(_by_colour(lab, chance), distance, lab)
        if mask.any():
            # What stands out far less than most of the body does is a patch of light on the ground beside it.
            strict = min(0.32 * float(np.percentile(distance[mask > 0], 75)), 0.09)
            if strict > low:
                chance = chance * smoothstep(strict * 0.7, strict * 1.3, blurred(distance, 0.8))
                mask = _solid(_by_colour(lab, chance), distance, lab)
        if 0.008 <= float(mask.mean()) <= 0.85:
            return mask
    return None


def _oval(height: int, width: int) -> Field:
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return (1 - smoothstep(0.55, 0.75, np.hypot(x, y))).astype(np.float32)


def subject_alpha(picture: Field) -> Field:
    """Coverage of the subject (h, w), soft-edged; a centred oval where nothing stands out."""
    height, width = picture.shape[:2]
    small = shrunk(picture)
    mask = _body(small)
    if mask is None:
        return _oval(height, width)
    radius = max(2, min(mask.shape) // 50)
    alpha = _refined(picture, _guide(small, blurred(mask, 0.7), radius=radius, smooth=2e-4))
    near = stretched(blurred(mask, radius * 0.9), height=height, width=width)
    alpha = np.where(near > 0.97, 1.0, np.where(near < 0.03, 0.0, alpha))
    return smoothstep(0.12, 0.88, alpha).astype(np.float32)
