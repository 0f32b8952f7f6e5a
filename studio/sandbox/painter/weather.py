"""Steam, snow, rain and fog over any picture."""

from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from studio.sandbox.painter.colour import Field, mix, smoothstep, srgb
from studio.sandbox.painter.forms import smooth_path
from studio.sandbox.painter.noise import blurred, cloud, dice, stretched
from studio.sandbox.painter.scene import Canvas, Extra


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


def _snow(canvas: Canvas, rng: np.random.Generator, amount: float) -> Field:
    height, width = canvas.picture.shape[:2]
    picture = canvas.picture
    unit = min(height, width)
    for radius, count, glow in ((0.0016, 900, 0.75), (0.0032, 240, 0.85), (0.008, 46, 0.6)):
        plane = Image.new("L", (width, height), 0)
        pen = ImageDraw.Draw(plane)
        number = int(count * amount * width * height / unit**2)
        for px, py, size in zip(
            rng.uniform(0, width, number), rng.uniform(0, height, number), rng.uniform(0.6, 1.4, number), strict=True
        ):
            r = max(0.8, radius * unit * size)
            pen.ellipse((px - r, py - r, px + r, py + r), fill=255)
        soft = blurred(np.asarray(plane, dtype=np.float32) / 255, max(0.6, radius * unit * 0.55))
        picture = mix(picture, np.ones(3, dtype=np.float32), (soft * glow)[..., None])
    return picture


def _rain(canvas: Canvas, rng: np.random.Generator, amount: float) -> Field:
    height, width = canvas.picture.shape[:2]
    unit = min(height, width)
    plane = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(plane)
    number = int(420 * amount * width * height / unit**2)
    for px, py, size in zip(
        rng.uniform(-20, width, number), rng.uniform(-40, height, number), rng.uniform(0.4, 1.0, number), strict=True
    ):
        length = unit * 0.075 * size
        pen.line((px, py, px - length * 0.16, py + length), fill=int(90 + 120 * size), width=max(1, int(unit * 0.0016)))
    soft = blurred(np.asarray(plane, dtype=np.float32) / 255, max(0.5, unit * 0.0008))
    grey = mix(canvas.picture, canvas.picture.mean(axis=-1, keepdims=True) * srgb("#c9d6e2") * np.float32(0.92), 0.38)
    return mix(grey, srgb("#eaf2f8"), (soft * 0.55)[..., None])


def _fog(canvas: Canvas, rng: np.random.Generator, amount: float) -> Field:
    height, width = canvas.picture.shape[:2]
    drift = cloud(rng, height=max(8, height // 4), width=max(8, width // 4), cells=(5, 3 * width / height), octaves=4)
    plane = stretched(drift, height=height, width=width)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    cover = np.clip(0.46 + 0.30 * plane + 0.18 * np.sin(y * 3.1), 0.05, 0.92) * (0.55 + 0.45 * smoothstep(0.0, 0.5, y))
    bright = mix(srgb("#e9ecee"), canvas.picture.mean(axis=(0, 1)), 0.25)
    return mix(canvas.picture, bright, np.clip(cover * amount, 0, 0.92)[..., None])
