"""Steam, snow, rain and fog over any picture: in layers, so that the air has depth."""

from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from studio.sandbox.painter.colour import Field, brightest, luma, mix, smoothstep, srgb
from studio.sandbox.painter.noise import blurred, cloud, dice, stretched
from studio.sandbox.painter.scene import Canvas, Extra
from studio.sandbox.painter.still.forms import smooth_path

_SNOW_LAYERS = ((0.0014, 1500, 0.55, 0.7), (0.0026, 520, 0.80, 0.5), (0.0052, 120, 0.85, 0.5), (0.0120, 26, 0.62, 0.9))
"""(radius as a share of the short side, flakes in its square, opacity, softness in radii), far to near."""
_RAIN_LAYERS = ((0.030, 900, 0.0009, 0.26), (0.065, 420, 0.0013, 0.42), (0.120, 90, 0.0022, 0.50))
"""(length as a share of the short side, streaks in its square, width as a share, opacity), far to near."""
RAIN_SLANT = 0.14
"""Sideways for each pixel down."""


def add_extra(canvas: Canvas, extra: Extra, *, seed: bytes, amount: float = 1.0) -> Canvas:
    painters = {"steam": _steam, "snow": _snow, "rain": _rain, "fog": _fog}
    picture = painters[extra](canvas, dice(seed, extra), amount)
    return replace(canvas, picture=np.clip(picture, 0, 1).astype(np.float32))


def _mouth(canvas: Canvas) -> tuple[float, float, float]:
    """(x, y, width) in px of where steam would rise: the top of the subject, else the middle."""
    height, width = canvas.picture.shape[:2]
    if canvas.alpha is None or canvas.alpha.max() < 0.5:
        return width / 2, height * 0.52, width * 0.14
    solid = canvas.alpha > 0.5
    counts = solid.sum(axis=1)
    rows = np.nonzero(counts > counts.max() * 0.35)[0]
    top = int(rows[0]) if rows.size else int(np.nonzero(counts)[0][0])
    columns = np.nonzero(solid[min(top + max(2, height // 30), height - 1)])[0]
    return float(columns.mean()), top + height * 0.03, float(np.ptp(columns)) * 0.62


def _steam(canvas: Canvas, rng: np.random.Generator, amount: float) -> Field:
    height, width = canvas.picture.shape[:2]
    x, y, spread = _mouth(canvas)
    plane = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(plane)
    rise = min(y * 0.97, height * 0.36)
    for k in range(3):
        start = x + (k - 1) * spread * 0.28
        sway = spread * 0.17
        phase, turns = float(rng.uniform(0, 6.28)), float(rng.uniform(2.6, 3.8))
        tall = rise * float(rng.uniform(0.75, 1.0))
        points = [
            [start + np.sin(phase + turns * i / 9) * sway * (0.15 + 0.10 * i), y - tall * i / 9] for i in range(10)
        ]
        path = smooth_path(np.array(points, dtype=np.float32), 90)
        for i, (px, py) in enumerate(path):
            t = i / 89
            r = spread * (0.035 + 0.075 * t)
            glow = int(215 * np.sin(np.pi * min(1.0, 0.10 + t * 0.90)) ** 0.8)
            pen.ellipse((px - r, py - r, px + r, py + r), fill=glow)
    soft = blurred(np.asarray(plane, dtype=np.float32) / 255, max(1.5, spread * 0.06))
    wisps = 0.72 + 0.28 * cloud(rng, height=height, width=width, cells=(9, 14), octaves=2)
    # On a pale wall white steam shows only against a little shade of its own.
    shaded = canvas.picture * (1 - 0.38 * amount * blurred(soft, max(3.0, spread * 0.16)))[..., None]
    return mix(shaded, srgb("#fffdf8"), np.clip(soft * wisps * 0.85 * max(0.6, amount), 0, 0.85)[..., None])


def _cooled(picture: Field, *, grey: float, cast: Field) -> Field:
    """Less colour and the light of an overcast sky."""
    return mix(picture, luma(picture)[..., None] * cast, grey)


def _flakes(shape: tuple[int, int], rng: np.random.Generator, *, number: int, radius: float) -> Field:
    """Soft discs at random places, each of its own size, drawn at twice the size for smooth rims."""
    height, width = shape
    scale = 2 if radius < 6 else 1
    plane = Image.new("L", (width * scale, height * scale), 0)
    pen = ImageDraw.Draw(plane)
    places = np.stack([rng.uniform(0, width, number), rng.uniform(0, height, number)], axis=-1) * scale
    for (x, y), size in zip(places, rng.uniform(0.45, 1.35, number) * radius * scale, strict=True):
        r = max(0.7 * scale, float(size))
        pen.ellipse((x - r, y - r * 1.12, x + r, y + r * 1.12), fill=int(150 + 105 * min(1.0, r / (radius * scale))))
    return np.asarray(plane.resize((width, height), Image.Resampling.BOX), dtype=np.float32) / np.float32(255)


def _snow(canvas: Canvas, rng: np.random.Generator, amount: float) -> Field:
    height, width = canvas.picture.shape[:2]
    unit = min(height, width)
    full = min(1.0, amount)
    picture = _cooled(canvas.picture, grey=0.30 * full, cast=srgb("#dfe9f5"))
    veil = stretched(cloud(rng, height=max(8, height // 8), width=max(8, width // 8), cells=(3, 4), octaves=2),
                     height=height, width=width)  # fmt: skip
    picture = mix(picture, srgb("#eef3f8"), np.clip(0.13 * amount + 0.05 * amount * veil, 0, 0.5)[..., None])
    gusts = np.clip(0.8 + 0.35 * veil, 0.35, 1.2)
    for radius, count, glow, softness in _SNOW_LAYERS:
        number = max(1, int(count * amount * width * height / unit**2))
        plane = _flakes((height, width), rng, number=number, radius=radius * unit)
        soft = blurred(plane, max(0.4, radius * unit * softness))
        picture = mix(picture, np.ones(3, dtype=np.float32), np.clip(soft * glow * gusts, 0, 1)[..., None])
    return picture


def _streaks(shape: tuple[int, int], rng: np.random.Generator, *, number: int, length: float, width_px: float) -> Field:
    height, width = shape
    plane = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(plane)
    sizes = rng.uniform(0.55, 1.15, number) * length
    lefts, tops = rng.uniform(-0.1 * width, 1.1 * width, number), rng.uniform(-length, height, number)
    glows = rng.uniform(90, 255, number)
    for x, y, size, glow in zip(lefts, tops, sizes, glows, strict=True):
        # Faint at the upper end, bright at the drop.
        for start, end, share in ((0.0, 0.45, 0.35), (0.45, 0.8, 0.7), (0.8, 1.0, 1.0)):
            first, last = (
                (x - RAIN_SLANT * size * start, y + size * start),
                (x - RAIN_SLANT * size * end, y + size * end),
            )
            pen.line((first, last), fill=int(glow * share), width=max(1, round(width_px)))
    return np.asarray(plane, dtype=np.float32) / np.float32(255)


def _rain(canvas: Canvas, rng: np.random.Generator, amount: float) -> Field:
    height, width = canvas.picture.shape[:2]
    unit = min(height, width)
    full = min(1.0, amount)
    own = canvas.picture
    top = brightest(own)
    lights = smoothstep(0.10, 0.36, (top + brightest(-own)) * top)
    dim = float(
        np.clip(2.3 - 3.4 * float(np.median(luma(own[: max(1, height // 4)]))), 0, 1)
    )  # after dark lamps shine through the rain
    grey = 0.42 * full * (1 - 0.75 * dim) * (1 - 0.9 * dim * lights)
    picture = mix(own, luma(own)[..., None] * srgb("#c3d2e0"), grey[..., None]) * np.float32(1 - 0.16 * full)
    picture = mix(picture, own, (dim * lights * 0.9)[..., None])
    spilt = np.stack([blurred(own[..., k] * lights, max(2.0, unit / 28)) for k in range(3)], axis=-1)
    picture = 1 - (1 - np.clip(picture, 0, 1)) * (1 - np.clip(spilt * np.float32(0.8 * dim * full), 0, 1))
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    # Far rain is a veil, thickest towards the horizon.
    picture = mix(
        picture,
        srgb("#b4c1cc"),
        (0.20 * full * (1 - 0.7 * dim) * (1 - np.abs(y - 0.4) * 1.2).clip(0, 1))[..., None],
    )
    for length, count, wide, glow in _RAIN_LAYERS:
        number = max(1, int(count * amount * width * height / unit**2))
        plane = _streaks((height, width), rng, number=number, length=length * unit, width_px=wide * unit)
        soft = blurred(plane, max(0.45, wide * unit * 0.5))
        picture = mix(picture, srgb("#f1f6fb"), np.clip(soft * glow * (1 - 0.5 * dim), 0, 1)[..., None])
    return picture


def _fog(canvas: Canvas, rng: np.random.Generator, amount: float) -> Field:
    """Thin at one's feet, thick in the distance, in drifting banks; what stands in front stays clearer."""
    height, width = canvas.picture.shape[:2]
    drift = cloud(rng, height=max(8, height // 4), width=max(8, width // 4), cells=(5, 2.2 * width / height), octaves=4)
    plane = stretched(drift, height=height, width=width)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    far = 1 - smoothstep(0.42, 1.02, y)
    thick = (0.16 + 0.72 * far) * (0.86 + 0.30 * plane)
    if canvas.alpha is not None:
        thick = thick * (1 - 0.42 * blurred(canvas.alpha, min(height, width) / 160))
    share = 1 - np.exp(-1.35 * np.clip(thick, 0, 2) * amount)
    light = np.percentile(canvas.picture[::8, ::8].reshape(-1, 3), 88, axis=0).astype(np.float32)
    air = mix(srgb("#e6eaed"), light, 0.30)
    return mix(canvas.picture, air, np.clip(share, 0, 0.95)[..., None].astype(np.float32))
