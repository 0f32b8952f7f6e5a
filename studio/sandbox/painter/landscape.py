"""Open country with depth of air: sky, ridges behind ridges, sea, dunes, woods, snow. sRGB floats."""

from dataclasses import dataclass

import numpy as np

from studio.sandbox.painter.colour import Field, mix, ramp, shifted, smoothstep, srgb
from studio.sandbox.painter.noise import blurred, cloud, dice, line, moved
from studio.sandbox.painter.scene import Canvas, Scene


@dataclass(frozen=True, slots=True)
class Air:
    """The colours of an hour: sky from zenith to horizon, the sun and how high it stands (0 horizon, 1 zenith)."""

    zenith: str
    middle: str
    horizon: str
    sun: str
    height: float
    stars: bool = False


_AIRS = {
    "soft": Air("#7fa3c4", "#bcd0de", "#efe7da", "#fff4de", 0.45),
    "morning": Air("#86a9cc", "#e3cdc4", "#fbe3c0", "#fff0cf", 0.16),
    "noon": Air("#2f76b8", "#7fb4dc", "#dcebf2", "#fffbe8", 0.75),
    "golden": Air("#5b5f8f", "#d98f74", "#fbcf8a", "#ffe3a3", 0.10),
    "night": Air("#070d22", "#16264a", "#3c5578", "#e9efff", 0.55, stars=True),
    "neon": Air("#1a0f3d", "#7a2a86", "#ff7fb0", "#ffd9a8", 0.12, stars=True),
    "studio": Air("#8fb2cc", "#cfdde4", "#f2ede4", "#ffffff", 0.5),
    "cold": Air("#8fa6b8", "#bccbd5", "#e3e8ea", "#f7fbff", 0.3),
}
_GROUND = {"mountains": "#2f4858", "sea": "#27506a", "desert": "#b5713f", "forest": "#27463a", "snow": "#5b7590"}


def air_of(light: str) -> Air:
    return _AIRS[light]


@dataclass(frozen=True, slots=True)
class View:
    height: int
    width: int
    horizon_px: int
    sun_px: tuple[float, float]
    air: Air
    side: float


def _view(scene: Scene, *, width: int, height: int) -> View:
    rng = dice(scene.seed, "view")
    horizon = int(height * float(rng.uniform(0.50, 0.64)) * (0.94 if scene.kind == "sea" else 1.0))
    across = float(rng.uniform(0.18, 0.42))
    side = -1.0 if rng.random() < 0.5 else 1.0
    air = air_of(scene.light)
    sun = (width * (across if side < 0 else 1 - across), horizon - height * air.height * 0.62)
    return View(height=height, width=width, horizon_px=horizon, sun_px=sun, air=air, side=side)


def paint_sky(view: View, rng: np.random.Generator, *, cloudy: float = 0.5) -> Field:
    air, h, w = view.air, view.height, view.width
    y = np.arange(h, dtype=np.float32)[:, None]
    x = np.arange(w, dtype=np.float32)[None, :]
    down = np.clip(y / max(view.horizon_px, 1), 0, 1.2)
    stops = [(0.0, srgb(air.zenith)), (0.55, srgb(air.middle)), (1.0, srgb(air.horizon))]
    sky = ramp(stops, np.broadcast_to(down, (h, w)))
    span = max(min(h, w), 0.35 * max(h, w))
    distance = np.hypot(x - view.sun_px[0], (y - view.sun_px[1]) * 1.15) / span
    sun = srgb(air.sun)
    glow = 0.55 * np.exp(-distance / 0.22) + 0.25 * np.exp(-distance / 0.7)
    sky = mix(sky, sun, np.clip(glow * (0.55 if air.stars else 1.0), 0, 1)[..., None])
    if air.stars:
        spark = rng.random((h, w), dtype=np.float32) > 0.9994
        light = blurred(spark.astype(np.float32), 0.7) * 4 * (1 - 0.8 * smoothstep(0.3, 1.0, down))
        sky = mix(sky, np.ones(3, dtype=np.float32), np.clip(light, 0, 0.9)[..., None])
    sky = _clouds(sky, view, rng, cloudy=cloudy)
    disc = 1 - smoothstep(0.036, 0.036 + 2.5 / span, distance)
    return mix(sky, np.clip(sun * 1.05, 0, 1), (disc * 0.96)[..., None])


def _clouds(sky: Field, view: View, rng: np.random.Generator, *, cloudy: float) -> Field:
    h, w = sky.shape[:2]
    unit = max(1.0, w / h)
    body = cloud(rng, height=h, width=w, cells=(7, 2.2 * unit), octaves=6)
    down = np.linspace(0, h / max(view.horizon_px, 1), h, dtype=np.float32)[:, None]
    band = np.exp(-(((down - 0.52) / 0.30) ** 2))
    cover = smoothstep(0.25, 1.25, body + band * 0.55 + cloudy - 0.5) * band
    lit = np.clip(0.5 + (body - moved(body, down=max(1, h // 60), right=int(view.side * w / 90))) * 0.9, 0, 1)
    warm = mix(srgb(view.air.horizon), srgb(view.air.sun), 0.6)
    cool = mix(srgb(view.air.middle), srgb(view.air.zenith), 0.35)
    return mix(sky, mix(cool, warm, lit[..., None]), (cover * 0.72)[..., None])


def _ridge(view: View, rng: np.random.Generator, *, base: float, rise: float, cells: float, gain: float) -> Field:
    """The upper edge of a range in px, for each column."""
    cells = max(1.0, cells * view.width / max(view.height, view.width * 0.5))
    shape = line(rng, width=view.width, cells=cells, octaves=8, gain=gain)
    return np.asarray(base - rise * (0.45 + 0.55 * shape), dtype=np.float32)


def _relief(view: View, rng: np.random.Generator, *, cells: float) -> Field:
    """Lit and shaded flanks: the slope of folded noise towards the light, about −1 to 1."""
    h, w = view.height, view.width
    fold = 1 - np.abs(cloud(rng, height=h, width=w, cells=(cells * 1.1, cells * w / h), octaves=5))
    shift = max(1, w // 260)
    slope = fold - moved(fold, down=shift, right=int(view.side * shift))
    return np.asarray(np.tanh(slope * 4.5), dtype=np.float32)


def _coverage(view: View, edge: Field) -> Field:
    y = np.arange(view.height, dtype=np.float32)[:, None]
    return np.asarray(np.clip(y - edge[None, :] + 0.5, 0, 1))


def _mountains(picture: Field, view: View, scene: Scene, rng: np.random.Generator) -> Field:
    ground = srgb(scene.colour or _GROUND["snow" if scene.kind == "snow" else "mountains"])
    haze = mix(srgb(view.air.horizon), srgb(view.air.middle), 0.35)
    dark = 0.45 if view.air.stars else 0.0
    layers = 5
    y = np.arange(view.height, dtype=np.float32)[:, None]
    for k in range(layers):
        near = k / (layers - 1)
        edge = _ridge(
            view, rng, base=view.horizon_px + view.height * (0.04 + 0.30 * near**1.3),
            rise=view.height * (0.36 - 0.20 * near) * (1.15 if k == 1 else 0.9), cells=2.2 + 1.6 * near, gain=0.47,
        )  # fmt: skip
        own = mix(haze, shifted(ground, light=-0.10 * near - dark * 0.2), 0.22 + 0.74 * near)
        relief = _relief(view, rng, cells=5 + 3 * near)
        depth = np.clip((y - edge[None, :]) / (view.height * 0.30), 0, 1)
        body = own + (relief * (0.045 + 0.085 * near) * (1 - dark))[..., None] * mix(srgb(view.air.sun), own, 0.35)
        snow = smoothstep(0.0, 0.35, relief * 0.55 + 0.34 - depth * (4.2 if scene.kind == "mountains" else 1.4))
        if k in (1, 2) or scene.kind == "snow":
            white = mix(srgb("#f6f8fb"), own, 0.30 if k < 2 else 0.12) * (1 - dark * 0.6)
            shade = mix(white, srgb("#8aa2c4") * (1 - dark), np.clip(-relief * 0.9 + 0.12, 0, 0.75)[..., None])
            body = mix(body, shade, (snow * (0.9 if k else 0.5))[..., None])
        mist = np.clip(depth * 1.15 - 0.18, 0, 1) * (0.72 - 0.55 * near)
        body = mix(body, haze, mist[..., None])
        picture = mix(picture, body, _coverage(view, edge)[..., None])
    return _trees(picture, view, rng, colour=shifted(mix(ground, srgb("#1d3327"), 0.5), light=-0.10), count=1)


def _trees(picture: Field, view: View, rng: np.random.Generator, *, colour: Field, count: int) -> Field:
    """Rows of conifers, the nearest last."""
    haze = mix(srgb(view.air.horizon), srgb(view.air.middle), 0.4)
    for k in range(count):
        near = (k + 1) / count
        size = view.height * (0.05 + 0.11 * near) * (1.0 if count > 1 else 0.8)
        base = view.height * (0.60 + 0.34 * near) if count > 1 else view.height * 0.97
        floor = base + view.height * 0.05 * line(rng, width=view.width, cells=3)
        edge = floor.copy()
        step = max(2.0, size * 0.17)
        x = np.arange(view.width, dtype=np.float32)
        for centre in np.arange(-size, view.width + size, step):
            middle = centre + float(rng.uniform(-0.5, 0.5)) * step
            tall = size * float(rng.uniform(0.55, 1.3))
            left, right = int(max(0, middle - tall * 0.22)), int(min(view.width, middle + tall * 0.22 + 1))
            if right <= left:
                continue
            away = np.abs(x[left:right] - middle) / (tall * 0.21)
            teeth = 0.10 * np.abs((away * 5.5) % 1 - 0.5)
            top = floor[left:right] - tall * np.clip(1 - away**0.82 - teeth, 0, 1)
            edge[left:right] = np.minimum(edge[left:right], top)
        own = mix(haze, colour, 0.25 + 0.75 * near)
        y = np.arange(view.height, dtype=np.float32)[:, None]
        depth = np.clip((y - edge[None, :]) / (size * 1.6), 0, 1)
        body = mix(mix(own, srgb(view.air.sun), 0.10), own * 0.86, depth[..., None])
        body = mix(body, haze, (smoothstep(0.4, 1.0, depth) * (0.62 - 0.60 * near))[..., None])
        picture = mix(picture, body, _coverage(view, edge)[..., None])
    return picture


def _sea(picture: Field, view: View, scene: Scene, rng: np.random.Generator) -> Field:
    h, w = view.height, view.width
    haze = srgb(view.air.horizon)
    for k in range(2):
        edge = _ridge(view, rng, base=view.horizon_px + h * 0.02, rise=h * (0.13 - 0.06 * k), cells=2.0 + k, gain=0.42)
        edge = edge + h * 0.11 * smoothstep(
            0.25,
            0.7,
            np.linspace(0, 1, w, dtype=np.float32) if view.side < 0 else np.linspace(1, 0, w, dtype=np.float32) * 0.9,
        ) * (1 - 0.6 * k)
        picture = mix(picture, mix(haze, srgb("#3c4f66"), 0.28 + 0.24 * k), _coverage(view, edge)[..., None])
    deep = srgb(scene.colour or _GROUND["sea"]) * (0.35 if view.air.stars else 1.0)
    y = np.arange(h, dtype=np.float32)[:, None]
    x = np.arange(w, dtype=np.float32)[None, :]
    t = np.clip((y - view.horizon_px) / max(h - view.horizon_px, 1), 0, 1)
    rows = np.clip(2 * view.horizon_px - np.arange(h) * 1.0, 0, view.horizon_px - 1).astype(int)
    mirror = picture[np.maximum(rows, 0)]
    # Waves crowd towards the horizon: the noise is drawn in rows of equal distance and laid out in perspective.
    crest = np.zeros((h, w), dtype=np.float32)
    for rows_of, across in ((26, 4.0), (70, 11.0), (170, 30.0)):
        waves = cloud(rng, height=h, width=w, cells=(rows_of, across * w / h), octaves=1)
        place = np.clip(0.22 / (0.22 + t[:, 0]), 0, 1) * (h - 1.001)
        below = place.astype(int)
        part = (place - below)[:, None]
        crest += (waves[below] * (1 - part) + waves[below + 1] * part) * 0.7
    calm = mix(mirror, np.broadcast_to(deep, mirror.shape), (0.42 + 0.38 * t)[..., None])
    body = calm * (1 + (crest * (0.05 + 0.11 * t))[..., None])
    path = np.exp(-np.abs(x - view.sun_px[0]) / (w * (0.035 + 0.10 * t)))
    glitter = path * smoothstep(-0.1, 0.9, crest + 0.45 * (1 - t)) * (0.75 - 0.25 * t)
    body = mix(body, srgb(view.air.sun), np.clip(glitter, 0, 0.9)[..., None])
    edge = np.full(w, float(view.horizon_px), dtype=np.float32)
    return mix(picture, body, _coverage(view, edge)[..., None])


def _desert(picture: Field, view: View, scene: Scene, rng: np.random.Generator) -> Field:
    sand = srgb(scene.colour or _GROUND["desert"])
    sand = mix(sand, sand * srgb(view.air.zenith) * 1.4, 0.7) if view.air.stars else sand
    haze = srgb(view.air.horizon)
    h, w = view.height, view.width
    y = np.arange(h, dtype=np.float32)[:, None]
    for k in range(5):
        near = k / 4
        base = view.horizon_px + h * (0.02 + 0.34 * near)
        edge = base - h * (0.08 + 0.12 * near) * (
            0.4 + 0.6 * line(rng, width=w, cells=1.6 + near, octaves=2, gain=0.35)
        )
        slope = np.gradient(edge) * view.side
        lit = smoothstep(-0.22, 0.22, -slope)
        depth = np.clip((y - edge[None, :]) / (h * 0.30), 0, 1)
        sheared = np.clip(np.arange(w)[None, :] + view.side * np.maximum(y - edge[None, :], 0) * 1.7, 0, w - 1)
        lean = lit[sheared.astype(int)]
        bright = mix(shifted(sand, light=0.13), srgb(view.air.sun), 0.22)
        dark = shifted(sand, light=-0.20, chroma=0.85)
        bent = np.clip(lean + 0.55 * depth * (1 - lean), 0, 1)
        ripple = cloud(rng, height=h, width=w, cells=(60 - 30 * near, 5), octaves=3) * 0.035 * near
        body = mix(dark, bright, bent[..., None]) * (1 + ripple)[..., None]
        body = mix(haze, body, 0.35 + 0.65 * near**0.7)
        picture = mix(picture, body, _coverage(view, edge)[..., None])
    return picture


def _forest(picture: Field, view: View, scene: Scene, rng: np.random.Generator) -> Field:
    ground = srgb(scene.colour or _GROUND["forest"])
    haze = mix(srgb(view.air.horizon), srgb(view.air.middle), 0.4)
    edge = _ridge(view, rng, base=view.horizon_px + view.height * 0.02, rise=view.height * 0.22, cells=2, gain=0.42)
    picture = mix(picture, mix(haze, ground, 0.22), _coverage(view, edge)[..., None])
    picture = _trees(picture, view, rng, colour=shifted(ground, light=-0.07), count=5)
    y, x = np.mgrid[0 : view.height, 0 : view.width].astype(np.float32)
    angle = np.arctan2(x - view.sun_px[0] - view.side * view.height * 0.5, y + view.height * 0.8)
    rays = smoothstep(
        0.1,
        1.0,
        np.interp(angle, np.linspace(-3.2, 3.2, 400), line(rng, width=400, cells=70, octaves=2)).astype(np.float32),
    )
    fade = np.exp(-np.hypot(x - view.sun_px[0], y - view.sun_px[1]) / (view.height * 0.55))
    return mix(picture, srgb(view.air.sun), (rays * fade * (0.15 if view.air.stars else 0.42))[..., None])


def paint_landscape(scene: Scene, *, width: int, height: int) -> Canvas:
    view = _view(scene, width=width, height=height)
    rng = dice(scene.seed, f"land {scene.kind}")
    picture = paint_sky(view, rng, cloudy=float(rng.uniform(0.25, 0.75)))
    if scene.kind == "sea":
        picture = _sea(picture, view, scene, rng)
    elif scene.kind == "desert":
        picture = _desert(picture, view, scene, rng)
    elif scene.kind == "forest":
        picture = _forest(picture, view, scene, rng)
    else:
        picture = _mountains(picture, view, scene, rng)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    vignette = 1 - 0.16 * np.clip(x * x * 0.7 + y * y - 0.5, 0, 1)
    return Canvas(picture=np.clip(picture * vignette[..., None], 0, 1).astype(np.float32))
