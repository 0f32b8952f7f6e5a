"""The picture as if made by hand or printed: pencil, ink, watercolour, oil, poster, mosaic, halftone."""

import numpy as np
from PIL import Image, ImageFilter

from studio.sandbox.painter.colour import Field, from_oklab, luma, mix, smoothstep, srgb, to_oklab
from studio.sandbox.painter.filters.ops import Filters, Op, as_field, as_image, blurred_picture, with_picture
from studio.sandbox.painter.filters.tone import grey_of
from studio.sandbox.painter.noise import blurred, cloud, dice, stretched
from studio.sandbox.painter.scene import Canvas

_KUWAHARA_SIDE = 460
_LARGE = 560
"""Short side in px from which on broad brushwork is done at half the size."""
_MOST_PLATES = 256
_HALFTONE_DEGREES = (15.0, 75.0, 0.0, 45.0)
"""The screens of cyan, magenta, yellow and black in offset printing."""


def _windows(plane: Field, radius: int) -> list[Field]:
    """Means of a plane over the four squares that have each pixel in a corner, by a summed-area table."""
    padded = np.pad(plane, ((radius + 1, radius), (radius + 1, radius)), mode="edge")
    table = padded.cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
    height, width = plane.shape
    side = radius + 1
    parts = []
    for top in (0, radius):
        for left in (0, radius):
            low, right = table[top + side :][:height], left + side
            above = table[top:][:height]
            total = low[:, right:][:, :width] - low[:, left:][:, :width]
            total = total - above[:, right:][:, :width] + above[:, left:][:, :width]
            parts.append((total / side**2).astype(np.float32))
    return parts


def simplified(picture: Field, *, radius: int) -> Field:
    """Kuwahara: each pixel takes mostly the calmest of the four squares beside it: areas go flat, edges stay crisp."""
    height, width = picture.shape[:2]
    factor = min(1.0, _KUWAHARA_SIDE / max(height, width))
    size = (max(8, round(width * factor)), max(8, round(height * factor)))
    flat = as_field(as_image(picture).resize(size, Image.Resampling.BOX)) if factor < 1 else picture
    for reach in (max(1, round(radius * factor)), max(1, round(radius * factor * 0.6))):
        grey = luma(flat)
        means, squares = _windows(grey, reach), _windows(grey * grey, reach)
        calm = [
            1 / (1e-4 + np.maximum(square - mean * mean, 0)) ** 3 for mean, square in zip(means, squares, strict=True)
        ]
        total = sum(calm[1:], start=calm[0])
        planes = [
            sum((w * m for w, m in zip(calm, _windows(flat[..., i], reach), strict=True)), start=np.zeros_like(grey))
            / total
            for i in range(3)
        ]
        flat = np.stack(planes, axis=-1).astype(np.float32)
    return flat if factor == 1 else as_field(as_image(flat).resize((width, height), Image.Resampling.BICUBIC))


def _worked_small(picture: Field) -> tuple[Field, float]:
    """(the picture at half its size where it is large, the factor): broad strokes show no more at full size."""
    height, width = picture.shape[:2]
    factor = 0.5 if min(height, width) >= _LARGE else 1.0
    if factor == 1.0:
        return picture, factor
    return as_field(as_image(picture).resize((width // 2, height // 2), Image.Resampling.BOX)), factor


def _full(picture: Field, shape: tuple[int, ...]) -> Field:
    """A picture or plane worked on small, at the picture's own (h, w)."""
    if picture.shape[:2] == shape[:2]:
        return picture
    planes = [picture] if picture.ndim == len(shape[:2]) else [picture[..., i] for i in range(picture.shape[2])]
    large = [stretched(plane, height=shape[0], width=shape[1]) for plane in planes]
    return large[0] if picture.ndim == len(shape[:2]) else np.stack(large, axis=-1)


def _edges(grey: Field, radius_px: float) -> Field:
    """Dark lines where the picture darkens, 0 (none) to 1: a difference of blurs with a soft threshold."""
    gap = blurred(grey, radius_px) - 0.985 * blurred(grey, radius_px * 1.9)
    return 1 - smoothstep(-0.035, 0.004, gap)


def _streaks(shape: tuple[int, int], degrees: float, seed: str, *, fine_px: float) -> Field:
    """Strokes all running one way: noise drawn out along the direction, about -1 to 1."""
    height, width = shape
    side = int(np.hypot(height, width)) + 4
    rng = dice(b"strokes", f"{seed}{degrees:.0f}")
    grid = rng.standard_normal((int(side / fine_px) + 2, max(3, int(side / (fine_px * 11)))), dtype=np.float32)
    image = Image.fromarray(grid, mode="F").resize((side, side), Image.Resampling.BICUBIC)
    turned = image.rotate(-degrees, Image.Resampling.BILINEAR)
    left, top = (side - width) // 2, (side - height) // 2
    return np.asarray(turned, dtype=np.float32)[top : top + height, left : left + width]


def pencil(canvas: Canvas, op: Op) -> Canvas:
    """Graphite: contour lines, then one, two and three layers of hatching as the tone goes down, on toothed paper."""
    grey = grey_of(canvas.picture)
    size = min(grey.shape)
    low, high = (float(n) for n in np.percentile(grey[::4, ::4], (1, 97)))
    tone = np.clip((grey - low) / max(high - low, 0.2), 0, 1)
    soft = blurred(tone, max(1.0, size / 320))
    dodge = np.clip(tone / np.maximum(blurred(tone, max(2.0, size / 70)), 0.05), 0, 1)
    lines = np.clip(1.35 * (1 - dodge) ** 0.8 + 0.75 * _edges(soft, max(0.8, size / 700)), 0, 1)
    fine = max(1.3, size / 420)
    hatch = np.zeros_like(tone)
    for degrees, start in ((128.0, 0.80), (38.0, 0.52), (84.0, 0.28)):
        stroke = smoothstep(-0.25, 0.9, _streaks(tone.shape, degrees, "pencil", fine_px=fine))
        hatch += 0.44 * stroke * smoothstep(0, 0.45, start - soft)
    tooth = cloud(dice(b"pencil", "paper"), height=tone.shape[0], width=tone.shape[1],
                  cells=(tone.shape[0] / 2.2, tone.shape[1] / 2.2), octaves=1)  # fmt: skip
    ink = np.clip((lines + hatch + 0.16 * (1 - soft) ** 2) * (1 + 0.16 * tooth) * np.float32(op.amount**0.5), 0, 0.95)
    paper = srgb("#f8f6f1") * (1 + 0.012 * tooth)[..., None]
    return with_picture(canvas, mix(paper, srgb("#2b2c30"), ink[..., None]))


def ink(canvas: Canvas, op: Op) -> Canvas:
    """Black lines and solid shadows on white paper."""
    grey = blurred(grey_of(canvas.picture), max(0.8, min(canvas.picture.shape[:2]) / 600))
    size = min(grey.shape)
    lines = np.maximum(_edges(grey, max(1.0, size / 420)), 1 - smoothstep(0.10, 0.24, grey))
    cover = np.clip(lines * min(1.3, 0.7 + 0.3 * op.amount), 0, 1)
    return with_picture(canvas, mix(srgb("#fbfaf6"), srgb("#15161a"), cover[..., None]))


def comic(canvas: Canvas, op: Op) -> Canvas:
    """Flat areas of clear colour with ink lines round them."""
    size = min(canvas.picture.shape[:2])
    lab = to_oklab(simplified(canvas.picture, radius=max(2, size // 120)))
    light = lab[..., 0]
    steps = light * 7
    whole = np.floor(steps)
    lab[..., 0] = (whole + smoothstep(0.40, 0.60, steps - whole)) / 7
    lab[..., 1:] *= np.float32(1 + 0.25 * op.amount)
    lines = _edges(blurred(grey_of(canvas.picture), max(1.0, size / 500)), max(1.0, size / 420))
    return with_picture(canvas, mix(from_oklab(lab), srgb("#17181d"), (0.88 * lines)[..., None]))


def _wobbled(picture: Field, *, seed: str, reach_px: float) -> Field:
    """The picture with its contours run a little, as wet paint does."""
    height, width = picture.shape[:2]
    rng = dice(b"wobble", seed)
    cells = (18.0, 18.0 * width / height)
    down, right = (cloud(rng, height=height, width=width, cells=cells, octaves=3) * reach_px for _ in range(2))
    rows = np.clip(np.arange(height)[:, None] + down, 0, height - 1).astype(np.int32)
    columns = np.clip(np.arange(width)[None, :] + right, 0, width - 1).astype(np.int32)
    return picture[rows, columns]


def watercolour(canvas: Canvas, op: Op) -> Canvas:
    """Washes: flat areas that run, pigment gathered at their rims, granulation, and paper left white in the lights."""
    height, width = canvas.picture.shape[:2]
    small, _ = _worked_small(canvas.picture)
    size = min(small.shape[:2])
    flat = simplified(small, radius=max(2, round(size / 105 * min(1.5, 0.6 + 0.4 * op.amount))))
    wash = blurred_picture(_wobbled(flat, seed="wash", reach_px=size / 260), max(0.8, size / 900))
    grey = luma(wash)
    rng = dice(b"watercolour", "paper")
    bloom = cloud(rng, height=small.shape[0], width=small.shape[1], cells=(4, 4 * width / height), octaves=5)
    tooth = cloud(rng, height=height, width=width, cells=(height / 3.2, width / 3.2), octaves=2)
    rim = np.clip((blurred(grey, size / 110) - grey) * 3.2, 0, 0.34) + _edges(grey, max(1.2, size / 300)) * 0.16
    load = 1 - np.clip(0.17 + 0.16 * bloom + 0.35 * smoothstep(0.72, 1.0, grey), 0, 0.75)
    lab = to_oklab(wash)
    lab[..., 1:] *= np.float32(1.16)
    wash = np.clip(_full(from_oklab(lab), (height, width)), 0, 1)
    bloom, grey, rim, load = (_full(plane, (height, width)) for plane in (bloom, grey, rim, load))
    paper = srgb("#fcfaf5") * (1 + 0.016 * tooth)[..., None]
    shade = 1 - np.clip(rim + 0.06 * tooth * (1 - grey) + 0.03 * bloom, -0.1, 0.5)
    painted = mix(paper, wash * shade[..., None], load[..., None])
    return with_picture(canvas, painted)


def oil(canvas: Canvas, op: Op) -> Canvas:
    """Brushwork: paint laid in flat dabs that follow the forms, with the relief of the bristles lit from above left."""
    small, factor = _worked_small(canvas.picture)
    size = min(small.shape[:2])
    flat = simplified(small, radius=max(2, round(size / 95 * min(1.6, 0.6 + 0.4 * op.amount))))
    grey = blurred(luma(flat), max(1.5, size / 160))
    down, right = np.gradient(grey)
    # The doubled angle of the contour, smoothed, so that neighbouring strokes agree.
    first, second = (blurred(n * 40 + 0.5, size / 50) - 0.5 for n in (right**2 - down**2, 2 * right * down))
    along = (np.degrees(np.arctan2(second, first)) / 2 + 90) % 180
    calm = np.hypot(first, second) < 2e-3
    along = np.where(calm, 35.0, along)
    relief, total = np.zeros_like(grey), np.zeros_like(grey)
    for degrees in range(0, 180, 30):
        apart = np.abs((along - degrees + 90) % 180 - 90)
        weight = np.clip(1 - apart / 30, 0, 1).astype(np.float32)
        relief += weight * _streaks(grey.shape, float(degrees), "oil", fine_px=max(1.2, size / 300))
        total += weight
    relief /= np.maximum(total, 0.3)
    relief, flat = _full(relief, canvas.picture.shape), np.clip(_full(flat, canvas.picture.shape), 0, 1)
    step = round(1 / factor)
    lit = relief - np.roll(relief, (step, step), (0, 1))
    lab = to_oklab(flat)
    lab[..., 0] += (
        (0.014 * relief + 0.045 * np.clip(lit, -1, 1))
        * np.float32(min(1.5, op.amount))
        * (0.35 + 0.65 * np.clip(lab[..., 0], 0, 1))
    )
    lab[..., 1:] *= np.float32(1.14)
    return with_picture(canvas, from_oklab(lab))


def posterise(canvas: Canvas, op: Op) -> Canvas:
    """At most six flat colours (four for "much"), chosen from the picture, as a screen print has them."""
    colours = 8 if op.amount < 0.8 else 6 if op.amount <= 1.2 else 4
    small_picture, _ = _worked_small(canvas.picture)
    flat = simplified(small_picture, radius=max(2, min(small_picture.shape[:2]) // 110))
    lab = to_oklab(flat)
    lab[..., 1:] *= np.float32(1.4)
    lab[..., 0] += np.float32(0.5) * (lab[..., 0] - 0.5) * lab[..., 0] * (1 - lab[..., 0])
    image = as_image(from_oklab(lab)).filter(ImageFilter.MedianFilter(3))
    image = image.resize((canvas.picture.shape[1], canvas.picture.shape[0]), Image.Resampling.BICUBIC)
    small = image.resize((max(8, image.width // 5), max(8, image.height // 5)), Image.Resampling.NEAREST)
    plates = small.quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=2).convert("RGB").getcolors(_MOST_PLATES)
    codes = np.array(sorted(code for _, code in plates or ()), dtype=np.float32) / np.float32(255)
    plain = as_field(image)
    gaps = -2 * plain @ codes.T + (codes * codes).sum(axis=-1)
    return with_picture(canvas, codes[gaps.argmin(axis=-1)])


def pixelate(canvas: Canvas, op: Op) -> Canvas:
    height, width = canvas.picture.shape[:2]
    side = max(2.0, min(height, width) / 44 * max(0.4, op.amount))
    cells = (max(2, round(width / side)), max(2, round(height / side)))
    planes = [Image.fromarray(np.ascontiguousarray(canvas.picture[..., i])) for i in range(3)]
    mean = np.stack([np.asarray(plane.resize(cells, Image.Resampling.BOX)) for plane in planes], axis=-1)
    rows = np.arange(height) * cells[1] // height
    columns = np.arange(width) * cells[0] // width
    return with_picture(canvas, mean[rows][:, columns])


def _screen(shape: tuple[int, int], *, degrees: float, cell_px: float) -> Field:
    """A dot screen: the share of ink, 0–1, at which each place begins to print; its values are evenly spread."""
    turn = np.radians(degrees)
    y = np.arange(shape[0], dtype=np.float32)[:, None] * np.float32(2 * np.pi / cell_px)
    x = np.arange(shape[1], dtype=np.float32)[None, :] * np.float32(2 * np.pi / cell_px)
    along, up = (
        x * np.float32(np.cos(turn)) + y * np.float32(np.sin(turn)),
        y * np.float32(np.cos(turn)) - x * np.float32(np.sin(turn)),
    )
    wave = (np.cos(along) + np.cos(up)) / 2
    return 0.5 - 0.5 * np.sign(wave) * np.abs(wave) ** np.float32(0.8)


def halftone(canvas: Canvas, op: Op) -> Canvas:
    """Four-colour offset dots on paper."""
    height, width = canvas.picture.shape[:2]
    cell = max(3.0, min(height, width) / 105 * max(0.5, op.amount))
    soft = blurred_picture(canvas.picture, max(0.8, cell / 4))
    black = (1 - soft.max(axis=-1)) ** np.float32(1.15)
    inks = [1 - (soft[..., i] + black) for i in range(3)]
    paper = np.broadcast_to(srgb("#fbf8f0"), (height, width, 3)).astype(np.float32)
    tones = ("#12a5dc", "#e0267f", "#ffdf1b", "#1d1d22")
    for cover, degrees, tone in zip((*inks, black), _HALFTONE_DEGREES, tones, strict=True):
        edge = np.float32(1.1 / cell)
        dot = np.clip(
            (np.clip(cover, 0, 1) - _screen((height, width), degrees=degrees, cell_px=cell)) / edge + 0.5, 0, 1
        )
        paper = paper * (1 - dot[..., None] * (1 - srgb(tone)))
    return with_picture(canvas, paper)


STROKES: Filters = {
    "pencil": pencil, "ink": ink, "comic": comic, "watercolour": watercolour, "oil": oil, "posterise": posterise,
    "pixelate": pixelate, "halftone": halftone,
}  # fmt: skip
