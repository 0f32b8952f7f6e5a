"""The kinds of open country: each lays its ground and says where things can stand."""

from collections.abc import Callable, Mapping

import numpy as np

from studio.sandbox.painter.colour import Field, mix, shifted, smoothstep, srgb
from studio.sandbox.painter.land.ground import GRASS, Land, below, lay_grass, lay_water, nearness, receding
from studio.sandbox.painter.land.ridges import (
    FOREST_GREEN,
    MOUNTAIN_GREY,
    SNOW_GREY,
    plant_trees,
    raise_birches,
    raise_mountains,
    ridge,
    roll_hills,
)
from studio.sandbox.painter.land.sprites import tones
from studio.sandbox.painter.noise import cloud, line

_SEA, _LAKE, _SAND, _CANYON, _REGOLITH = "#27506a", "#2c5663", "#b5713f", "#b4633c", "#8f8d8b"
_WOOD_GREENS = {"jungle": "#2f6b3a", "birch": "#8a9a4a", "broadleaf": "#4a6b34"}
Country = Callable[[Land, np.random.Generator, str], None]


def _mountains(land: Land, rng: np.random.Generator, colour: str) -> None:
    ground = srgb(colour or MOUNTAIN_GREY)
    raise_mountains(land, rng, ground=ground, snowy=False)
    trees = shifted(mix(ground, srgb("#1d3327"), 0.5), light=-0.10)
    if land.busy:
        _plain(land, rng, trees=trees)
    else:
        plant_trees(land, rng, colour=trees, rows=(0.97,), size=0.13)


def _plain(land: Land, rng: np.random.Generator, *, trees: Field) -> None:
    """A meadow before the mountains, with a wood behind it, for things to stand on."""
    h, w = land.view.size
    plant_trees(land, rng, colour=trees, rows=(0.72, 0.76), size=0.075)
    edge = h * 0.735 + h * 0.018 * line(rng, width=w, cells=2, octaves=3)
    lay_grass(land, edge, colour=srgb(land.grass), purpose="plain")
    land.floor_px = h * 0.80


def _snow(land: Land, rng: np.random.Generator, colour: str) -> None:
    land.grass = GRASS["winter"]
    raise_mountains(land, rng, ground=srgb(colour or SNOW_GREY), snowy=True)
    if land.busy:
        _plain(land, rng, trees=srgb("#2d4048"))
    else:
        plant_trees(land, rng, colour=srgb("#2d4048"), rows=(0.97,), size=0.12)


def _sea(land: Land, rng: np.random.Generator, colour: str) -> None:
    view, h, w = land.view, land.view.height, land.view.width
    coasts = int(rng.integers(0, 3))
    along = np.linspace(0, 1, w, dtype=np.float32)
    for k in range(coasts):
        edge = ridge(view, rng, base=view.horizon_px + h * 0.02, rise=h * (0.13 - 0.06 * k), cells=2.0 + k, gain=0.42)
        edge = edge + h * 0.11 * smoothstep(0.25, 0.7, along if view.side < 0 else 1 - along) * (1 - 0.6 * k)
        far = mix(view.air.haze, srgb("#3c4f66") * np.float32(0.5 + 0.5 * view.air.power), 0.28 + 0.24 * k)
        land.picture[:] = mix(land.picture, far, below(view, edge)[..., None])
    lay_water(land, view.horizon_px, deep=colour or _SEA, calm=-1.2 if land.rough else float(rng.uniform(0.0, 0.35)))
    land.floor_px = view.horizon_px + h * 0.12


def _lake(land: Land, rng: np.random.Generator, colour: str) -> None:
    h, w = land.view.size
    snowy = land.season == "winter"
    if land.level:
        roll_hills(land, rng, ground=None, layers=2)
    else:
        raise_mountains(land, rng, ground=srgb(MOUNTAIN_GREY), snowy=snowy, layers=4)
    shore = 0.66
    plant_trees(land, rng, colour=srgb("#24382f"), rows=(shore + 0.005,), size=0.085)
    lay_water(land, h * shore, deep=colour or _LAKE, calm=0.94)
    along = np.linspace(0, 1, w, dtype=np.float32)
    u = along if land.view.side > 0 else 1 - along
    edge = h * (0.84 + 0.30 * smoothstep(0.15, 0.75, u)) + h * 0.014 * line(rng, width=w, cells=5, octaves=4)
    lay_grass(land, edge, colour=srgb(land.grass), purpose="shore")
    land.floor_px = h * 0.90


def _desert(land: Land, rng: np.random.Generator, colour: str) -> None:
    view, h, w = land.view, land.view.height, land.view.width
    sand = srgb(colour or _SAND)
    sand = shifted(sand, turn=float(rng.uniform(-0.12, 0.16)), light=float(rng.uniform(-0.03, 0.05)))
    sand = mix(sand, sand * srgb(view.air.zenith) * 1.4, 0.7) if view.air.stars else sand
    y, flow = view.rows(), float(rng.uniform(1.2, 2.2))
    for k in range(5):
        near = k / 4
        base = view.horizon_px + h * (0.02 + 0.34 * near)
        crest = line(rng, width=w, cells=flow + near, octaves=2, gain=0.35)
        edge = base - h * (0.08 + 0.12 * near) * (0.4 + 0.6 * crest)
        lit = smoothstep(-0.22, 0.22, -np.gradient(edge) * view.side)
        depth = np.clip((y - edge[None, :]) / (h * 0.30), 0, 1)
        reach = view.columns() + view.side * np.maximum(y - edge[None, :], 0) * 1.7
        lean = lit[np.clip(reach, 0, w - 1).astype(int)]
        bright = mix(shifted(sand, light=0.13), srgb(view.air.sun), 0.22)
        dark = shifted(sand, light=-0.20, chroma=0.85)
        bent = np.clip(lean + 0.55 * depth * (1 - lean), 0, 1)
        ripple = cloud(rng, height=h, width=w, cells=(60 - 30 * near, 5), octaves=3) * 0.035 * near
        body = mix(dark, bright, bent[..., None]) * (1 + ripple)[..., None]
        body = mix(srgb(view.air.horizon), body, 0.35 + 0.65 * near**0.7)
        land.picture[:] = mix(land.picture, body, below(view, edge)[..., None])
    land.floor_px = h * 0.86


def _forest(land: Land, rng: np.random.Generator, colour: str) -> None:
    view, h, w = land.view, land.view.height, land.view.width
    ground = srgb(colour or _WOOD_GREENS.get(land.trees, FOREST_GREEN))
    edge = ridge(view, rng, base=view.horizon_px + h * 0.02, rise=h * 0.22, cells=2, gain=0.42)
    land.picture[:] = mix(land.picture, mix(view.air.haze, ground, 0.22), below(view, edge)[..., None])
    rows = (0.668, 0.736, 0.80) if land.busy else (0.668, 0.736, 0.804, 0.872, 0.94)
    plant_trees(land, rng, colour=shifted(ground, light=-0.07), rows=rows, size=0.16)
    if land.busy:
        floor = h * 0.80 + h * 0.018 * line(rng, width=w, cells=2, octaves=3)
        lay_grass(land, floor, colour=srgb(land.grass), purpose="clearing")
        land.floor_px = h * 0.87
    if land.trees == "birch":
        raise_birches(land, rng)
    y, x = view.rows(), view.columns()
    angle = np.arctan2(x - view.sun_px[0] - view.side * h * 0.5, y + h * 0.8)
    beams = line(rng, width=400, cells=70, octaves=2)
    rays = smoothstep(0.1, 1.0, np.interp(angle, np.linspace(-3.2, 3.2, 400), beams).astype(np.float32))
    fade = np.exp(-np.hypot(x - view.sun_px[0], y - view.sun_px[1]) / (h * 0.55))
    strength = 0.15 if view.air.stars else float(rng.uniform(0.2, 0.5))
    land.picture[:] = mix(land.picture, srgb(view.air.sun), (rays * fade * strength)[..., None])


def _meadow(land: Land, rng: np.random.Generator, colour: str) -> None:
    h, w = land.view.size
    if rng.random() < 0.4:
        edge = ridge(land.view, rng, base=land.view.horizon_px + h * 0.03, rise=h * 0.20, cells=2.4, gain=0.45)
        far = mix(land.view.air.haze, srgb(MOUNTAIN_GREY), 0.25)
        land.picture[:] = mix(land.picture, far, below(land.view, edge)[..., None])
    ground = srgb(colour) if colour else None
    roll_hills(land, rng, ground=ground)
    edge = np.asarray(h * 0.765 + h * 0.025 * line(rng, width=w, cells=1.6, octaves=2), dtype=np.float32)
    lay_grass(land, edge, colour=ground if ground is not None else srgb(land.grass), purpose="meadow")
    land.floor_px = h * 0.82


def _canyon(land: Land, rng: np.random.Generator, colour: str) -> None:
    view, h, w = land.view, land.view.height, land.view.width
    rock = srgb(colour or _CANYON)
    bands = line(rng, width=256, cells=18, octaves=3)
    for k in range(5):
        near = k / 4
        shape = line(rng, width=w, cells=max(1.0, (2.4 + near) * w / view.unit * 0.6), octaves=5, gain=0.5)
        steps = np.round(shape * 2.2) / 2.2
        mesa = steps + np.clip(shape - steps, -0.08, 0.08)
        side = np.abs(np.linspace(-1, 1, w, dtype=np.float32)) ** 2
        edge = view.horizon_px + h * (0.02 + 0.24 * near) - h * (0.09 + 0.10 * near) * (0.3 + mesa + 1.5 * near * side)
        depth = np.clip((view.rows() - edge[None, :]) / (h * 0.5), 0, 1)
        wobble = cloud(rng, height=h, width=w, cells=(4, 4), octaves=3) * 0.02
        layer = bands[np.clip((depth + wobble + near * 0.2) * 255, 0, 255).astype(int)]
        flutes = cloud(rng, height=h, width=w, cells=(2, 22 * w / view.unit), octaves=4)
        shine = np.clip(
            0.62
            + 0.16 * flutes * view.side
            - np.clip(np.gradient(edge), -0.6, 0.6)[None, :] * view.side * 0.3
            - 0.4 * depth,
            0,
            1,
        )
        own = shifted(rock, light=0.05 - 0.05 * near)
        body = tones(view, own, shine) * (1 + 0.17 * layer)[..., None]
        body = mix(body, view.air.haze, 0.70 * (1 - near) ** 1.1)
        land.picture[:] = mix(land.picture, body, below(view, edge)[..., None])
    land.floor_px = h * 0.88


def _space(land: Land, rng: np.random.Generator, colour: str) -> None:
    view, h, w = land.view, land.view.height, land.view.width
    rock = srgb(colour or _REGOLITH)
    far = ridge(view, rng, base=h * 0.70, rise=h * 0.10, cells=3, gain=0.4)
    form = relief_of(view.size, rng, side=view.side)
    body = tones(view, rock, np.clip(0.42 + 0.4 * form, 0, 1)) * np.float32(0.8)
    land.picture[:] = mix(land.picture, body, below(view, far)[..., None])
    edge = np.asarray(h * 0.74 + h * 0.03 * line(rng, width=w, cells=2, octaves=4), dtype=np.float32)
    near = nearness(view, edge)
    rough = receding(view, near, rng)
    shine = np.clip(0.55 + 0.30 * rough - 0.2 * near, 0, 1)
    for _ in range(9):
        cx, t = float(rng.uniform(0, w)), float(rng.uniform(0.05, 0.95)) ** 1.3
        cy, rx = h * (0.76 + 0.24 * t), view.unit * (0.012 + 0.10 * t) * float(rng.uniform(0.5, 1.2))
        x, y = (view.columns() - cx) / rx, (view.rows() - cy) / (rx * 0.26)
        away = np.hypot(x, y)
        bowl = (1 - smoothstep(0.75, 1.0, away)) * (x * view.side * -0.5 + 0.15)
        rim = np.exp(-(((away - 1.02) / 0.13) ** 2)) * (0.16 + 0.22 * x * view.side)
        shine = shine - bowl * 0.75 + rim
    ground = tones(view, rock, np.clip(shine, 0, 1))
    land.picture[:] = mix(land.picture, ground, below(view, edge)[..., None])
    land.floor_px = h * 0.86


def relief_of(size: tuple[int, int], rng: np.random.Generator, *, side: float) -> Field:
    """Lumpy ground lit from the side, about −1 to 1."""
    h, w = size
    lumps = cloud(rng, height=h, width=w, cells=(14, 14 * w / h), octaves=4)
    return np.asarray(np.tanh(np.gradient(lumps, axis=1) * side * w / 24), dtype=np.float32)


COUNTRIES: Mapping[str, Country] = {
    "mountains": _mountains, "snow": _snow, "sea": _sea, "lake": _lake, "desert": _desert, "forest": _forest,
    "meadow": _meadow, "canyon": _canyon, "space": _space,
}  # fmt: skip
