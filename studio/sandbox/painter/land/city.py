"""A skyline in haze with lit windows, over water. sRGB floats."""

import numpy as np

from studio.sandbox.painter.colour import Field, mix, shifted, smoothstep, srgb
from studio.sandbox.painter.land.features import feature_table
from studio.sandbox.painter.land.heavens import paint_heavens
from studio.sandbox.painter.land.sky import View, air_of, paint_sky
from studio.sandbox.painter.noise import blurred, cloud, dice
from studio.sandbox.painter.scene import Canvas, Scene


def _tower(pen: tuple[Field, Field], rng: np.random.Generator, *, box: tuple[int, int, int, int], lit: float) -> None:
    """Adds a tower to (body, windows): box is left, top, right, bottom in px; body is 1 + the light on its face."""
    body, windows = pen
    left, top, right, bottom = box
    tone = float(rng.uniform(0.0, 0.5))
    split = left + int((right - left) * float(rng.uniform(0.4, 0.75)))
    body[top:bottom, left:right] = 1 + tone
    body[top:bottom, split:right] = 1 + tone * 0.4
    windows[top:bottom, left:right] = 0
    pitch = max(3, int((right - left) / float(rng.integers(8, 15))))
    gap = max(1, pitch // 3)
    rows = np.arange(top + pitch, bottom - gap, pitch)
    columns = np.arange(left + gap, right - gap, pitch)
    for r in rows:
        for c in columns[rng.random(len(columns)) < lit]:
            windows[r : r + pitch - gap, c : min(c + pitch - gap, right)] = rng.uniform(0.35, 1.0)
    if rng.random() < 0.3:
        middle, wide = (left + right) // 2, max(1, (right - left) // 26)
        spire = int((bottom - top) * float(rng.uniform(0.08, 0.2)))
        body[max(0, top - spire) : top, middle : middle + wide] = 1 + tone


def _row(view: View, rng: np.random.Generator, *, near: float, lit: float) -> tuple[Field, Field]:
    body = np.zeros((view.height, view.width), dtype=np.float32)
    windows = np.zeros_like(body)
    unit = min(view.height, view.width * 0.8)
    body[view.horizon_px - int(view.height * 0.03 * near) : view.horizon_px] = 1
    centre = view.width * float(rng.uniform(0.3, 0.7))
    x = -int(unit * 0.05)
    while x < view.width:
        wide = int(unit * float(rng.uniform(0.045, 0.10)) * (0.7 + 0.5 * near))
        hill = 0.55 + 0.6 * float(np.exp(-(((x - centre) / (view.width * 0.28)) ** 2)))
        tall = int(view.height * float(rng.uniform(0.10, 0.36)) * hill * (1.15 - 0.35 * near))
        left, right = max(0, x), min(view.width, x + max(4, wide))
        if right > left:
            top = max(1, view.horizon_px - tall)
            _tower((body, windows), rng, box=(left, top, right, view.horizon_px), lit=lit)
        x += wide + int(unit * float(rng.uniform(-0.008, 0.018)))
    return body, windows


def paint_city(scene: Scene, *, width: int, height: int) -> Canvas:
    rng = dice(scene.seed, "city")
    side = -1.0 if rng.random() < 0.5 else 1.0
    air = air_of(scene.light, scene.wall)
    wet = "water" not in scene.absent
    horizon = int(height * float(rng.uniform(0.68, 0.76)))
    if not wet:
        horizon = height  # the houses stand on the frame
    sun = (width * (0.5 + side * 0.24), horizon - height * air.height * 0.55 - height * 0.05)
    view = View(height=height, width=width, horizon_px=horizon, sun_px=sun, air=air, side=side)
    moonlit = any(thing.name == "moon" for thing in scene.features)
    picture = paint_sky(
        view, scene.seed, sun=not moonlit and "sun" not in scene.absent, clouds="clouds" not in scene.absent
    )
    for thing in scene.features:
        if thing.name in ("moon", "aurora", "rainbow"):
            feature = feature_table()[thing.name]
            paint_heavens(
                picture, view, painter=feature.painter, colour=thing.colour or feature.colour, seed=scene.seed
            )
    stone = srgb(scene.colour or ("#1b2440" if air.stars else "#4a5568"))
    haze = mix(srgb(air.horizon), srgb(air.middle), 0.3)
    lit = 0.5 if air.stars else 0.32 if scene.light in ("golden", "morning") else 0.14
    y = np.arange(height, dtype=np.float32)[:, None]
    for near in (0.0, 0.5, 1.0):
        body, windows = _row(view, rng, near=near, lit=lit)
        face = np.clip(body - 1, 0, 1)[..., None]
        own = mix(haze, shifted(stone, light=-0.10 * near), 0.16 + 0.80 * near)
        colour = mix(own, mix(own, srgb(air.sun), 0.40), face)
        colour = mix(
            colour,
            haze,
            (
                smoothstep(view.horizon_px - height * 0.22, view.horizon_px, np.broadcast_to(y, body.shape))
                * (0.6 - 0.45 * near)
            )[..., None],
        )
        glass = mix(
            srgb("#ffd793"),
            srgb("#9fd8ff"),
            (cloud(rng, height=height, width=width, cells=(9, 14), octaves=1) > 0.5)[..., None],
        )
        colour = mix(colour, glass, (windows * (0.18 + 0.74 * near))[..., None])
        glow = blurred(windows, max(2.0, height / 160)) * (0.55 if air.stars else 0.2)
        picture = mix(picture, colour, np.clip(body, 0, 1)[..., None])
        picture = picture + glow[..., None] * srgb("#ffb765") * 0.6 * near
    if wet:
        picture = _water(picture, view, rng, stone=stone)
    return Canvas(picture=np.clip(picture, 0, 1).astype(np.float32))


def _water(picture: Field, view: View, rng: np.random.Generator, *, stone: Field) -> Field:
    height, width = view.height, view.width
    below = np.arange(view.horizon_px, height)
    t = ((below - view.horizon_px) / max(1, height - view.horizon_px)).astype(np.float32)[:, None]
    ripple = cloud(rng, height=height, width=width, cells=(90, 6 * width / height), octaves=3)[view.horizon_px :]
    rows = np.clip(2 * view.horizon_px - below[:, None] + ripple * height * 0.012 * (0.3 + t), 0, view.horizon_px - 1)
    columns = np.clip(np.arange(width)[None, :] + ripple * width * 0.003, 0, width - 1)
    mirror = picture[rows.astype(int), columns.astype(int)]
    mirror = np.stack([blurred(np.clip(mirror[..., i], 0, 1), max(1.0, height / 300)) for i in range(3)], axis=-1)
    dark = shifted(stone, light=-0.08)
    out = picture.copy()
    out[view.horizon_px :] = (
        mix(mirror, np.broadcast_to(dark, mirror.shape), (0.22 + 0.30 * t)[..., None]) * (1 + 0.06 * ripple)[..., None]
    )
    return out
