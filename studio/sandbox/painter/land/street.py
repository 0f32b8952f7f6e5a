"""A street in one-point perspective: house fronts, shops, signs, lamps, and the road that mirrors them when wet.

Metres: x across from the middle of the road, y up from it, z away from the eye.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from studio.sandbox.painter.colour import Field, mix, shifted, smoothstep, srgb
from studio.sandbox.painter.land.ink import filled, lay, oval, rounded, stroke
from studio.sandbox.painter.land.sky import View, air_of, paint_sky
from studio.sandbox.painter.land.sprites import tones
from studio.sandbox.painter.noise import blurred, cloud, dice, line
from studio.sandbox.painter.scene import Canvas, Scene

_HALF, _KERB, _EYE = 6.4, 4.3, 1.65
_BLOCK, _BLOCKS, _FAR = 8.0, 14, 104.0
_FRONTS = ("#a2664a", "#8b8378", "#c9b393", "#7c5a4c", "#b9a48c", "#6f7c86", "#d2c6b2", "#94746a", "#a98f5f")
_NEONS = ("#ff4f9a", "#35d6ff", "#ffb13d", "#8a6bff", "#4dffa6", "#ff5a4a")
_AWNINGS = ("#a8403a", "#2f5d57", "#c98b3a", "#3a4f7a", "#7a3f5c", "#e3dccb")


@dataclass(frozen=True, slots=True)
class _Street:
    view: View
    vanish: tuple[float, float]
    focal: float
    seed: bytes
    lit: float
    """The share of windows with light in them."""
    glow: float
    """How strongly lamps and shops shine, 0–1."""

    def on_screen(self, x: float, y: float, z: float) -> tuple[float, float]:
        return self.vanish[0] + self.focal * x / z, self.vanish[1] - self.focal * (y - _EYE) / z


def _street(scene: Scene, *, width: int, height: int) -> _Street:
    rng = dice(scene.seed, "street")
    air = air_of(scene.light, scene.wall)
    side = -1.0 if rng.random() < 0.5 else 1.0
    vanish = (width * (0.5 + side * float(rng.uniform(0.0, 0.10))), height * float(rng.uniform(0.50, 0.58)))
    sun = (vanish[0] + side * width * 0.05, vanish[1] - height * max(0.06, air.height * 0.6))
    view = View(height=height, width=width, horizon_px=int(vanish[1]), sun_px=sun, air=air, side=side)
    dark = float(np.clip((0.95 - air.power) / 0.5, 0, 1))
    focal = max(min(height, width) * 0.86, 0.42 * max(height, width))
    return _Street(
        view=view, vanish=vanish, focal=focal, seed=scene.seed, lit=0.06 + 0.46 * dark, glow=0.25 + 0.75 * dark
    )


def _inside(at: Field, low: float, high: float, edge: Field) -> Field:
    """1 between two values, its edges as soft as a pixel is wide."""
    return np.asarray(np.clip((at - low) / edge + 0.5, 0, 1) * np.clip((high - at) / edge + 0.5, 0, 1))


def _fronts(picture: Field, street: _Street, way: int) -> None:
    """One side's houses, in place."""
    view, rng = street.view, dice(street.seed, f"fronts {way}")
    middle = int(np.clip(street.vanish[0], 1, view.width - 1))
    half = slice(0, middle) if way < 0 else slice(middle, view.width)
    dx = (view.columns()[:, half] - street.vanish[0]) / street.focal * way
    dy = (view.rows() - street.vanish[1]) / street.focal
    z = _HALF / np.maximum(dx, 1e-4)
    up = _EYE - dy * z
    there = (dx > _HALF / _FAR) & (up > 0)
    block = np.clip((z / _BLOCK).astype(int), 0, _BLOCKS - 1)
    tall = rng.uniform(11, 24, _BLOCKS).astype(np.float32)[block]
    colours = np.stack([srgb(_FRONTS[int(k)]) for k in rng.integers(0, len(_FRONTS), _BLOCKS)])
    foot = np.maximum(z / street.focal, 0.004)
    long = np.maximum(z * z / (_HALF * street.focal), 0.004)
    roof = np.clip((tall - up) / foot + 0.5, 0, 1) * there
    u, v = z % _BLOCK, up
    shine = 0.72 if way * view.side < 0 else 0.34
    wall = tones(view, colours[block], shine)
    rough = 1 + 0.05 * np.sin(up * 26) * np.clip(0.05 / foot, 0, 1)
    wall = wall * rough[..., None] * (0.86 + 0.14 * np.clip(up / 6, 0, 1))[..., None]
    cornice = _inside(v, 3.9, 4.25, foot) + _inside(v - tall, -0.7, 0.0, foot)
    wall = mix(wall, tones(view, shifted(srgb("#d8d0c2"), light=-0.05), shine), np.clip(cornice, 0, 1)[..., None] * 0.7)
    wall = wall * (1 - 0.35 * (1 - np.clip(np.minimum(u, _BLOCK - u) / 0.25, 0, 1)))[..., None]
    wall = _windows(wall, street, rng, at=(u, v, block), soft=(long, foot))
    wall = _shops(wall, street, rng, at=(u, v, block), soft=(long, foot))
    deep = (1 - np.exp(-np.maximum(z - 6, 0) / 70))[..., None]
    picture[:, half] = mix(picture[:, half], mix(wall, view.air.haze, deep), roof[..., None])


def _windows(
    wall: Field, street: _Street, rng: np.random.Generator, *, at: tuple[Field, Field, Field], soft: tuple[Field, Field]
) -> Field:
    u, v, block = at
    column, floor = (u / 2.0).astype(int), np.clip(((v - 4.4) / 3.1).astype(int), 0, 7)
    a, b = u % 2.0, (v - 4.4) % 3.1
    glass = _inside(a, 0.45, 1.55, soft[0]) * _inside(b, 0.55, 2.35, soft[1]) * (v > 4.4)
    frame = _inside(a, 0.33, 1.67, soft[0]) * _inside(b, 0.42, 2.48, soft[1]) * (v > 4.4)
    table = rng.random((_BLOCKS, 4, 8)).astype(np.float32)
    chance = table[block, np.clip(column, 0, 3), floor]
    on = (chance < street.lit).astype(np.float32)
    warm = mix(srgb("#ffcf86"), srgb("#ffe9c4"), (chance / max(street.lit, 1e-3))[..., None].clip(0, 1))
    bar = 1 - 0.6 * _inside(a, 0.96, 1.04, soft[0])
    sky = tones(street.view, mix(srgb("#54697c"), street.view.air.haze, 0.25), 0.45)
    pane = mix(sky, warm * np.float32(0.55 + 0.45 * street.glow), on[..., None]) * bar[..., None]
    wall = mix(wall, tones(street.view, srgb("#e6dfd2"), 0.5), (frame * 0.7)[..., None])
    return mix(wall, pane, glass[..., None])


def _shops(
    wall: Field, street: _Street, rng: np.random.Generator, *, at: tuple[Field, Field, Field], soft: tuple[Field, Field]
) -> Field:
    u, v, block = at
    glass = _inside(u, 0.5, 7.5, soft[0]) * _inside(v, 0.45, 2.95, soft[1])
    glows = np.stack([mix(srgb("#ffd596"), srgb(_NEONS[int(k)]), float(m)) for k, m in zip(
        rng.integers(0, len(_NEONS), _BLOCKS), rng.uniform(0, 0.4, _BLOCKS), strict=True)])  # fmt: skip
    number = block.astype(np.float32)
    things = _inside((u * 1.6 + 0.37 * number) % 1, 0.16, 0.84, soft[0] * 1.6) * _inside(
        (v * 1.15) % 1, 0.0, 0.66, soft[1]
    )
    shelves = 1 - 0.30 * things * (0.5 + 0.5 * np.sin(u * 2.9 + number)) * (v < 2.2)
    door = _inside(u % 3.5, 1.55, 1.75, soft[0])
    lamp = glows[block] * (shelves * (0.62 + 0.38 * np.clip(v / 3, 0, 1)) * (1 - 0.7 * door))[..., None]
    dim = tones(street.view, srgb("#4b5560"), 0.4)
    wall = mix(wall, mix(dim, lamp, 0.25 + 0.75 * street.glow), glass[..., None])
    awnings = np.stack([srgb(_AWNINGS[int(k)]) for k in rng.integers(0, len(_AWNINGS), _BLOCKS)])
    stripe = 0.88 + 0.12 * np.sign(np.sin(u * 7.5)) * np.clip(0.12 / soft[0], 0, 1)
    cloth = _inside(u, 0.3, 7.7, soft[0]) * _inside(v, 2.85, 3.65, soft[1])
    return mix(wall, tones(street.view, awnings[block], 0.75) * stripe[..., None], (cloth * 0.95)[..., None])


def _ground(picture: Field, street: _Street, *, wet: float) -> None:
    """Road and pavements; wet 0–1 mirrors the street."""
    view, rng = street.view, dice(street.seed, "road")
    top = int(street.vanish[1]) + 1
    dy = (np.arange(top, view.height, dtype=np.float32)[:, None] + 0.5 - street.vanish[1]) / street.focal
    z = np.minimum(_EYE / np.maximum(dy, 1e-3), _FAR)
    x = (view.columns() - street.vanish[0]) / street.focal * z
    soft = np.maximum(z / street.focal, 0.004)
    paved = np.clip((np.abs(x) - _KERB) / soft + 0.5, 0, 1)
    kerb = _inside(np.abs(x), _KERB - 0.16, _KERB + 0.06, soft)
    rough = cloud(rng, height=view.height - top, width=view.width, cells=(40, 50), octaves=3)
    road = tones(view, srgb("#54565b"), np.clip(0.5 + 0.09 * rough, 0, 1))
    slab = 0.92 + 0.08 * np.clip(np.abs((z % 1.2) - 0.6) / 0.05, 0, 1)
    pavement = tones(view, srgb("#a39d94"), np.clip(0.5 + 0.05 * rough, 0, 1)) * slab[..., None]
    floor = mix(road, pavement, paved[..., None])
    floor = mix(floor, tones(view, srgb("#8d8880"), 0.75), (kerb * 0.7)[..., None])
    dash = _inside(np.abs(x), -0.07, 0.07, soft) * ((z % 5.0) < 2.4) * np.clip(0.16 / soft, 0, 1)
    floor = mix(floor, tones(view, srgb("#efe9da"), 0.8), (dash * 0.75)[..., None])
    rows = np.clip(2 * street.vanish[1] - np.arange(top, view.height), 0, top - 1).astype(int)
    mirror = picture[rows]
    smear = np.stack([blurred(np.clip(mirror[..., i], 0, 1), max(1.0, view.unit / 170)) for i in range(3)], axis=-1)
    puddles = smoothstep(-0.5, 0.6, cloud(rng, height=view.height - top, width=view.width, cells=(9, 5), octaves=3))
    ripple = 1 + 0.10 * line(rng, width=view.height - top, cells=46, octaves=2)[:, None, None]
    amount = wet * (0.35 + 0.65 * puddles) * (0.9 - 0.35 * np.clip(dy * 1.4, 0, 1))
    floor = mix(floor * np.float32(1 - 0.35 * wet), np.clip(smear * 1.08 * ripple, 0, 1), amount[..., None])
    spill = street.glow * 0.22 * np.exp(-(((np.abs(x) - 5.2) / 1.5) ** 2)) * np.clip(14 / (z + 6), 0, 1)
    floor = 1 - (1 - np.clip(floor, 0, 1)) * (1 - srgb("#ffc070") * spill[..., None])
    deep = (1 - np.exp(-np.maximum(z - 6, 0) / 70))[..., None]
    picture[top:] = mix(floor, view.air.haze, deep)


def _sign(picture: Field, street: _Street, rng: np.random.Generator, *, way: int, z: float) -> None:
    """A lit sign standing out from a wall, with marks that are no letters."""
    colour = srgb(_NEONS[int(rng.integers(len(_NEONS)))])
    low, tall, wide = float(rng.uniform(3.9, 6.0)), float(rng.uniform(1.6, 4.2)), float(rng.uniform(0.7, 1.15))
    left, bottom = street.on_screen(way * _HALF, low, z)
    right, top = street.on_screen(way * (_HALF - wide), low + tall, z)
    size = street.view.size
    scale = street.focal / z
    box = np.array([[left, bottom], [right, bottom], [right, top], [left, top]], dtype=np.float32)
    middle, reach = ((left + right) / 2, (bottom + top) / 2), max(abs(right - left), abs(top - bottom))
    halo = filled(oval(middle, (reach * 0.9, reach * 0.9)), size=size, soft_px=reach * 0.35)
    area = halo.area
    picture[area] = 1 - (1 - picture[area]) * (1 - colour * (halo.cover * 0.62 * street.glow)[..., None])
    lay(picture, filled(box, size=size), mix(srgb("#15131c"), colour * 0.75, 0.25 + 0.45 * street.glow))
    inner = middle + (box - middle) * np.array([0.84, 0.94])
    rim = np.vstack([inner, inner[:2]])
    bright = mix(colour, np.ones(3, dtype=np.float32), 0.55 * street.glow)
    for a, b in pairwise(rim):
        lay(picture, filled(stroke(np.stack([a, (a + b) / 2, b]), (scale * 0.075,), 6), size=size), bright, 0.95)
    for k in range(max(2, int(tall / 0.8))):
        y = bottom + (top - bottom) * (k + 0.6) / (max(2, int(tall / 0.8)) + 0.2)
        bend = np.array([[-0.24, 0.1], [-0.05, -0.22], [0.1, 0.18], [0.26, -0.12]]) * rng.uniform(0.6, 1.2, (4, 2))
        mark = bend * scale * wide + np.array([middle[0], y])
        lay(picture, filled(stroke(mark.astype(np.float32), (scale * 0.095,), 20), size=size), bright, 0.95)


def _lamp(picture: Field, street: _Street, *, way: int, z: float) -> None:
    """A street lamp on the kerb."""
    size, scale = street.view.size, street.focal / z
    foot, head = street.on_screen(way * (_KERB + 0.3), 0, z), street.on_screen(way * (_KERB + 0.3), 4.6, z)
    post = mix(srgb("#23262c") * np.float32(0.5 + 0.5 * street.view.air.power), street.view.air.haze, min(0.8, z / 90))
    lay(picture, filled(stroke(np.array([foot, [(foot[0] + head[0]) / 2, (foot[1] + head[1]) / 2], head]),
                               (scale * 0.13, scale * 0.07), 10), size=size), post)  # fmt: skip
    globe = oval((head[0], head[1] - scale * 0.16), (scale * 0.19, scale * 0.23))
    light = mix(srgb("#e9e4d8"), srgb("#ffdca0"), street.glow)
    if street.glow > 0.4:
        halo = filled(
            oval((head[0], head[1] - scale * 0.16), (scale * 1.5, scale * 1.5)), size=size, soft_px=scale * 0.6
        )
        area = halo.area
        picture[area] = 1 - (1 - picture[area]) * (1 - srgb("#ffc878") * (halo.cover * 0.45 * street.glow)[..., None])
    lay(picture, filled(rounded(globe[::6], 40), size=size), light)


def _far_end(picture: Field, street: _Street) -> None:
    """The hazy blocks where the street ends."""
    view, rng = street.view, dice(street.seed, "far end")
    steps = np.repeat(rng.uniform(0.3, 1.0, 40), -(-view.width // 40))[: view.width].astype(np.float32)
    near = np.exp(-(((view.columns()[0] - street.vanish[0]) / (view.width * 0.22)) ** 2))
    edge = street.vanish[1] - view.height * 0.16 * steps * near
    cover = np.clip(view.rows() - edge[None, :] + 0.5, 0, 1)
    tone = mix(view.air.haze, srgb("#49536a") * np.float32(0.4 + 0.6 * view.air.power), 0.35)
    picture[:] = mix(picture, tone, cover[..., None])


def paint_street(scene: Scene, *, width: int, height: int) -> Canvas:
    """A street of shops; wet when it rains, a little at night. sRGB floats."""
    street = _street(scene, width=width, height=height)
    picture = paint_sky(street.view, scene.seed, sun=scene.light not in ("night", "neon"))
    _far_end(picture, street)
    for way in (-1, 1):
        _fronts(picture, street, way)
    rng = dice(scene.seed, "signs")
    many = 15 if scene.light == "neon" else 6 if street.glow > 0.6 else 2
    for z in sorted(rng.uniform(8, 46, many), reverse=True):
        _sign(picture, street, rng, way=-1 if rng.random() < 0.5 else 1, z=float(z))
    wet = 0.85 if "rain" in scene.extras else 0.32 if scene.light in ("night", "neon", "blue") else 0.04
    _ground(picture, street, wet=wet)
    for z in (40.0, 25.0, 15.0, 9.0):
        for way in (-1, 1):
            _lamp(picture, street, way=way, z=z)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    vignette = 1 - 0.2 * np.clip(x * x * 0.8 + y * y - 0.45, 0, 1)
    return Canvas(picture=np.clip(picture * vignette[..., None], 0, 1).astype(np.float32))
