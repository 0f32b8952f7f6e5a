"""Crop, zoom, turn, mirror, straighten and frame: what moves pixels rather than changes them.

A canvas may leave here in another shape (a square out of a wide picture); `framed` brings it back to the asked size.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import Field, luma, mix, smoothstep, srgb
from studio.sandbox.painter.filters.ops import Filters, Op, blurred_picture, with_alpha, with_picture
from studio.sandbox.painter.scene import Canvas

Box = tuple[float, float, float, float]
"""left, top, right, bottom as shares of the picture, 0 to 1."""

_MAT = "#f6f5f2"
_SAME_RATIO = 0.02
_LEAST_SHARE = 0.05
_RIM_BLURS = (0.006, 0.03)
"""Radii in short sides; the farther beyond the rim, the softer."""
_STEEPEST_DEGREES = 12.0
_TILT_SIDE = 420


def mapped(canvas: Canvas, change: Callable[[Field], Field]) -> Canvas:
    """The same move made to every plane."""
    picture = np.stack([change(canvas.picture[..., i]) for i in range(3)], axis=-1)
    planes = [None if plane is None else np.clip(change(plane), 0, 1) for plane in (canvas.alpha, canvas.shadow)]
    return Canvas(picture=np.clip(picture, 0, 1).astype(np.float32), alpha=planes[0], shadow=planes[1])


def _resized(plane: Field, *, width: int, height: int, box: Box | None = None) -> Field:
    image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32), mode="F")
    resized = image.resize((width, height), Image.Resampling.BICUBIC, box=box, reducing_gap=3.0)
    return np.array(resized, dtype=np.float32)


def _pixels(canvas: Canvas, box: Box) -> Box:
    height, width = canvas.picture.shape[:2]
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height


def _enlarged(canvas: Canvas, box: Box) -> Canvas:
    """The box of every plane, over as many pixels as before."""
    height, width = canvas.picture.shape[:2]
    return mapped(canvas, lambda plane: _resized(plane, width=width, height=height, box=_pixels(canvas, box)))


def _cut(canvas: Canvas, box: Box) -> Canvas:
    """The box of every plane in whole pixels, none of them resampled."""
    left, top, right, bottom = (round(n) for n in _pixels(canvas, box))
    return mapped(canvas, lambda plane: plane[top : max(bottom, top + 8), left : max(right, left + 8)])


def centre_of(alpha: Field) -> tuple[float, float]:
    """(x, y) of the covered part's middle, as shares of the frame."""
    weight = max(float(alpha.sum()), 1.0)
    height, width = alpha.shape
    x = float((alpha.sum(axis=0) * np.arange(width)).sum()) / weight / width
    y = float((alpha.sum(axis=1) * np.arange(height)).sum()) / weight / height
    return x, y


def _about(x: float, y: float, *, wide: float, high: float) -> Box:
    """A box of the given shares about a point, moved to lie inside the picture."""
    x, y = min(max(x, wide / 2), 1 - wide / 2), min(max(y, high / 2), 1 - high / 2)
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def crop(canvas: Canvas, op: Op) -> Canvas:
    """To the value: "left,top,right,bottom" in shares, or a ratio "w:h" about the subject."""
    if ":" not in op.value:
        left, top, right, bottom = (float(n) for n in op.value.split(","))
        return _cut(canvas, (left, top, max(right, left + _LEAST_SHARE), max(bottom, top + _LEAST_SHARE)))
    wide, _, high = op.value.partition(":")
    height, width = canvas.picture.shape[:2]
    asked = float(wide) / float(high)
    share = asked / (width / height)
    if abs(share - 1) < _SAME_RATIO:
        return canvas
    canvas, alpha = with_alpha(canvas)
    x, y = centre_of(alpha)
    return _cut(canvas, _about(x, y, wide=min(1.0, share), high=min(1.0, 1 / share)))


def zoom(canvas: Canvas, op: Op) -> Canvas:
    """Closer by 1 + 0.45 × amount, on the value "x,y" or else on the subject; a negative amount steps back."""
    factor = 1 + 0.45 * abs(op.amount)
    if op.amount < 0:
        return _stepped_back(canvas, factor)
    if op.value:
        x, y = (float(n) for n in op.value.split(","))
    else:
        canvas, alpha = with_alpha(canvas)
        x, y = centre_of(alpha)
    return _enlarged(canvas, _about(x, y, wide=1 / factor, high=1 / factor))


def _reflected(index: Field, length: int) -> Field:
    """Indices beyond a row's ends, folded back into it."""
    place = index % (2 * length)
    return np.where(place < length, place, 2 * length - 1 - place)


def _continued(picture: Field, levels: list[Field], *, down: Field, right: Field) -> Field:
    """What lies beyond the rim at the given rows and columns: mirrored first, then the edge's colours drawn outwards.

    levels: the picture ever softer. A horizon or a table's edge goes on as a line.
    """
    height, width = picture.shape[:2]
    unit = min(height, width)
    y = np.maximum(np.abs(down - (height - 1) / 2) - (height - 1) / 2, 0)[:, None]
    x = np.maximum(np.abs(right - (width - 1) / 2) - (width - 1) / 2, 0)[None, :]
    out = np.hypot(y, x).astype(np.float32) / unit
    r, c = np.clip(down, 0, height - 1), np.clip(right, 0, width - 1)
    part = picture[_reflected(down, height)][:, _reflected(right, width)]
    for soft, (start, end) in zip(levels, ((0.0, 0.04), (0.06, 0.3)), strict=True):
        part = mix(part, soft[r][:, c], smoothstep(start, end, out)[..., None])
    return part


def _extended(canvas: Canvas, *, rows: int, columns: int) -> Canvas:
    """The picture continued on every side; only what is new is computed."""
    height, width = canvas.picture.shape[:2]
    unit = min(height, width)
    down, right = np.arange(-rows, height + rows), np.arange(-columns, width + columns)
    big = np.empty((len(down), len(right), 3), dtype=np.float32)
    big[rows : rows + height, columns : columns + width] = canvas.picture
    levels = [blurred_picture(canvas.picture, max(0.8, unit * share)) for share in _RIM_BLURS]
    inside = slice(rows, rows + height)
    for part in (
        np.s_[:rows, :],
        np.s_[rows + height :, :],
        (inside, np.s_[:columns]),
        (inside, np.s_[columns + width :]),
    ):
        big[part] = _continued(canvas.picture, levels, down=down[part[0]], right=right[part[1]])

    def padded(plane: Field) -> Field:
        return np.pad(plane, ((rows, rows), (columns, columns)))

    return Canvas(
        picture=big.astype(np.float32),
        alpha=None if canvas.alpha is None else padded(canvas.alpha),
        shadow=None if canvas.shadow is None else padded(canvas.shadow),
    )


def _stepped_back(canvas: Canvas, factor: float) -> Canvas:
    height, width = canvas.picture.shape[:2]
    small = (max(8, round(height / factor)), max(8, round(width / factor)))
    shrunk = mapped(canvas, lambda plane: _resized(plane, width=small[1], height=small[0]))
    rows, columns = -(-(height - small[0]) // 2), -(-(width - small[1]) // 2)
    return mapped(_extended(shrunk, rows=rows, columns=columns), lambda plane: plane[:height, :width])


def flip(canvas: Canvas, op: Op) -> Canvas:
    return mapped(canvas, np.flipud if op.value == "vertical" else np.fliplr)


def rotate(canvas: Canvas, op: Op) -> Canvas:
    """By op.value degrees clockwise, amount 0 with empty corners.

    Quarter turns move whole pixels; else the corners are the picture continued.
    """
    degrees = float(op.value)
    if degrees % 90 == 0:
        return mapped(canvas, lambda plane: np.ascontiguousarray(np.rot90(plane, k=-int(degrees // 90))))
    height, width = canvas.picture.shape[:2]
    angle = np.radians(degrees)
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    reach = abs(cos) * np.array([width, height]) + abs(sin) * np.array([height, width])
    columns, rows = (max(2, int(np.ceil((n - m) / 2)) + 2) for n, m in zip(reach, (width, height), strict=True))
    if op.amount <= 0:
        columns = rows = 0  # what lies beyond the corners will be cut off
    big = canvas if op.amount <= 0 else _extended(canvas, rows=rows, columns=columns)
    cx, cy = width / 2, height / 2
    matrix = (cos, sin, cx + columns - cos * cx - sin * cy, -sin, cos, cy + rows + sin * cx - cos * cy)

    def turn(plane: Field) -> Field:
        image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32), mode="F")
        turned = image.transform((width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)
        return np.asarray(turned, dtype=np.float32)

    return mapped(big, turn)


def tilt_of(picture: Field) -> float:
    """Degrees clockwise by which the picture's long lines are off the horizontal and vertical; 0 when unclear."""
    height, width = picture.shape[:2]
    factor = min(1.0, _TILT_SIDE / max(height, width))
    grey = _resized(luma(picture), width=max(8, round(width * factor)), height=max(8, round(height * factor)))
    for _ in range(2):
        # Two binomial blurs in floats: eight bits would round the small slopes this looks for away.
        grey[1:-1] = (grey[:-2] + 2 * grey[1:-1] + grey[2:]) / 4
        grey[:, 1:-1] = (grey[:, :-2] + 2 * grey[:, 1:-1] + grey[:, 2:]) / 4
    down, right = np.gradient(grey)
    strength = np.hypot(down, right)
    strength[:3], strength[-3:], strength[:, :3], strength[:, -3:] = 0, 0, 0, 0
    # The gradient stands across its line; folding by 90° lets horizontals and verticals vote together.
    angle = (np.degrees(np.arctan2(down, right)) + 45) % 90 - 45
    bins = np.arange(-_STEEPEST_DEGREES, _STEEPEST_DEGREES + 0.01, 0.25)
    votes, edges = np.histogram(angle, bins=bins, weights=strength**2)
    wide = np.convolve(votes, np.full(17, 1 / 17), mode="same")
    best = int(wide.argmax())
    if wide[best] < 1.6 * max(float(votes.mean()), 1e-9):
        return 0.0
    near = slice(max(0, best - 10), best + 11)
    return float(((edges[:-1] + 0.125)[near] * votes[near]).sum() / votes[near].sum())


def straighten(canvas: Canvas, op: Op) -> Canvas:
    """Turned until its lines are level, and enlarged just enough that no corner is missing."""
    degrees = float(op.value) if op.value else -tilt_of(canvas.picture)
    if abs(degrees) < 0.2:
        return canvas
    height, width = canvas.picture.shape[:2]
    angle = np.radians(abs(degrees))
    cover = np.cos(angle) + np.sin(angle) * max(width / height, height / width)
    share = 1 / float(cover)
    return _enlarged(rotate(canvas, Op("rotate", 0.0, f"{degrees:.2f}")), _about(0.5, 0.5, wide=share, high=share))


def border(canvas: Canvas, op: Op) -> Canvas:
    """A frame of the value's colour; the picture is made smaller, not covered."""
    height, width = canvas.picture.shape[:2]
    wide = max(2, round(min(height, width) * 0.055 * op.amount))
    wide = min(wide, min(height, width) // 4)
    inner = (width - 2 * wide, height - 2 * wide)
    shape = inner[0] / inner[1] * height / width
    cut = _cut(canvas, _about(0.5, 0.5, wide=min(1.0, shape), high=min(1.0, 1 / shape)))
    small = mapped(cut, lambda plane: _resized(plane, width=inner[0], height=inner[1]))
    return _laid(small, shape=(height, width), ground=srgb(op.value or "#ffffff"))


def letterbox(canvas: Canvas, _: Op) -> Canvas:
    """Black bars above and below, as a wide film is shown."""
    height, width = canvas.picture.shape[:2]
    bar = max(round((height - width / 2.39) / 2), round(height * 0.09))
    picture = canvas.picture.copy()
    picture[:bar], picture[height - bar :] = 0, 0
    return with_picture(canvas, picture)


def _laid(canvas: Canvas, *, shape: tuple[int, int], ground: Field) -> Canvas:
    """A smaller canvas in the middle of a ground of the given (height, width)."""
    high, wide = canvas.picture.shape[:2]
    top, left = (shape[0] - high) // 2, (shape[1] - wide) // 2
    picture = np.broadcast_to(ground, (*shape, 3)).astype(np.float32)
    picture[top : top + high, left : left + wide] = canvas.picture

    def padded(plane: Field | None) -> Field | None:
        if plane is None:
            return None
        return np.pad(plane, ((top, shape[0] - high - top), (left, shape[1] - wide - left)))

    return Canvas(picture=picture, alpha=padded(canvas.alpha), shadow=padded(canvas.shadow))


def framed(canvas: Canvas, *, width: int, height: int) -> Canvas:
    """The canvas at exactly the asked pixels: filling them where its ratio fits, else whole on a pale mat."""
    high, wide = canvas.picture.shape[:2]
    if (wide, high) == (width, height):
        return canvas
    ratio = (wide / high) / (width / height)
    if abs(ratio - 1) < _SAME_RATIO:
        return mapped(canvas, lambda plane: _resized(plane, width=width, height=height))
    factor = min(width / wide, height / high)
    inner = (max(8, round(wide * factor)), max(8, round(high * factor)))
    if inner != (wide, high):
        canvas = mapped(canvas, lambda plane: _resized(plane, width=inner[0], height=inner[1]))
    return _laid(canvas, shape=(height, width), ground=srgb(_MAT))


MOVES: Filters = {
    "crop": crop, "zoom": zoom, "flip": flip, "rotate": rotate, "straighten": straighten, "border": border,
    "letterbox": letterbox,
}  # fmt: skip
