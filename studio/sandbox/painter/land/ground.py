"""What land is made of: grass, water, rows of a field, roads, rivers, rock. Everything is painted in place."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from studio.sandbox.painter.colour import Field, mix, shifted, smoothstep, srgb
from studio.sandbox.painter.land.features import Season
from studio.sandbox.painter.land.sky import View
from studio.sandbox.painter.land.sprites import hazed, tones
from studio.sandbox.painter.noise import blurred, cloud, dice, line

GRASS: Mapping[Season, str] = {
    "": "#6d8a45", "spring": "#86ac4f", "summer": "#6f9440", "autumn": "#97853f", "winter": "#e8eef4",
}  # fmt: skip


@dataclass(slots=True)
class Land:
    """A landscape in the making, and where things can stand in it (px)."""

    picture: Field
    view: View
    seed: bytes
    season: Season = ""
    floor_px: float = 0.0
    """The row where things of the middle distance stand."""
    water_px: float | None = None
    """The row where water begins, None when there is none."""
    high: tuple[float, float] | None = None
    """The top of a cliff or hill."""
    grass: str = ""
    trees: str = ""
    """What grows in its woods: "conifer", "broadleaf", "birch" or "jungle"."""
    void: bool = False
    """Whether it lies under a black sky."""
    busy: bool = False
    """Whether things are to stand here, so that there must be open ground."""
    level: bool = False
    """Whether no mountains are to rise behind it."""
    rough: bool = False
    """Whether a storm is on."""


def below(view: View, edge: Field | float) -> Field:
    """The coverage of everything under an edge, given in px for each column."""
    return np.asarray(np.clip(view.rows() - np.atleast_1d(edge)[None, :] + 0.5, 0, 1), dtype=np.float32)


def under(view: View, edge: Field) -> slice:
    """The rows an edge leaves something to paint in."""
    return slice(int(np.clip(edge.min() - 1, 0, view.height - 1)), view.height)


def nearness(view: View, top: Field | float) -> Field:
    """0 at the edge, 1 at the foot of the picture."""
    edge = np.atleast_1d(np.asarray(top, dtype=np.float32))[None, :]
    return np.asarray(np.clip((view.rows() - edge) / np.maximum(view.height - edge, 1), 0, 1), dtype=np.float32)


def receding(view: View, near: Field, rng: np.random.Generator, *, grain: float = 1.0) -> Field:
    """Noise lying on the ground: fine and flat far away, broad in front; about −1 to 1."""
    side = 512
    tile = cloud(rng, height=side, width=side, cells=(24, 24), octaves=4)
    away = 1.0 / (near + 0.10)
    down = (away * 90 * grain) % (2 * side)
    across = ((view.columns() - view.width / 2) / view.unit * away * 60 * grain) % (2 * side)
    rows = np.where(down >= side, 2 * side - 1 - down, down).astype(np.int32)
    columns = np.where(across >= side, 2 * side - 1 - across, across).astype(np.int32)
    return np.asarray(tile[np.clip(rows, 0, side - 1), np.clip(columns, 0, side - 1)])


def lay_grass(land: Land, edge: Field, *, colour: Field, purpose: str) -> None:
    """A field of grass (or snow) from the edge down, in cloud shadows."""
    view, rng = land.view, dice(land.seed, f"grass {purpose}")
    near = nearness(view, edge)
    rough = receding(view, near, rng)
    broad = cloud(rng, height=view.height, width=view.width, cells=(7, 2.5 * view.width / view.height), octaves=2)
    shine = np.clip(0.62 + 0.22 * rough * (0.25 + near) + 0.26 * broad - 0.16 * near, 0, 1)
    body = tones(view, colour, shine)
    body = mix(body, view.air.haze, ((1 - near) ** 3 * 0.45)[..., None])
    land.picture[:] = mix(land.picture, body, below(view, edge)[..., None])


def lay_water(land: Land, top_px: float, *, deep: str, calm: float = 1.0, edge: Field | None = None) -> None:
    """Water from a row down, mirroring what stands above it; calm 1 is a lake, 0 an open sea, less a storm."""
    view, rng, picture = land.view, dice(land.seed, "water"), land.picture
    h, w = view.size
    top = int(top_px)
    span = h - top
    if span < 2:
        return
    colour = srgb(deep) * np.float32(0.35 if view.air.stars else 0.55 + 0.45 * view.air.power)
    t = ((np.arange(top, h, dtype=np.float32) - top) / max(span, 1))[:, None]
    # Waves crowd towards the horizon: the noise is drawn in rows of equal distance and laid out in perspective.
    place = np.clip(0.22 / (0.22 + t[:, 0]), 0, 1) * (h - 1.001)
    upper, part = place.astype(int), (place - place.astype(int))[:, None].astype(np.float32)
    crest = np.zeros((span, w), dtype=np.float32)
    for rows_of, across in ((26, 4.0), (70, 11.0), (170, 30.0)):
        waves = cloud(rng, height=h, width=w, cells=(rows_of, across * w / h), octaves=1)
        crest += (waves[upper] * (1 - part) + waves[upper + 1] * part) * 0.7
    bend = crest * (1.2 + 9 * t) * (0.4 + 0.6 * (1 - calm)) * (h / 700)
    rows = np.clip(2 * top - np.arange(top, h)[:, None] + bend, 0, max(top - 1, 0)).astype(np.int32)
    mirror = picture[rows, np.arange(w)[None, :]]
    sunk = (0.42 + 0.38 * t) * (1 - 0.62 * calm) + 0.16 * calm * t
    body = mix(mirror, np.broadcast_to(colour, mirror.shape), np.minimum(sunk, 0.96)[..., None])
    body = body * (1 + (crest * (0.05 + 0.11 * t) * (1 - 0.6 * calm))[..., None])
    path = np.exp(-np.abs(view.columns() - view.sun_px[0]) / (w * (0.035 + 0.10 * t)))
    glitter = path * smoothstep(-0.1, 0.9, crest + 0.45 * (1 - t)) * (0.75 - 0.25 * t) * (1 - 0.55 * calm)
    body = mix(body, srgb(view.air.sun), np.clip(glitter, 0, 0.9)[..., None])
    if calm < 0:
        foam = smoothstep(0.55, 1.15, crest) * (0.2 + 0.5 * t) * min(1.0, -calm)
        body = mix(body, view.air.haze, foam[..., None])
    cover = 1.0 if edge is None else below(view, edge)[top:, :, None]
    picture[top:] = mix(picture[top:], body, cover)
    land.water_px = float(top)


def _winding(land: Land, top: float, purpose: str) -> tuple[Field, Field]:
    """(t, middle): how near each row is, and the column a road or river has there."""
    view, rng = land.view, dice(land.seed, purpose)
    t = nearness(view, top)
    end = view.width * (0.5 + view.side * float(rng.uniform(0.02, 0.14)))
    start = view.width * (0.5 - view.side * float(rng.uniform(0.0, 0.22)))
    sway = view.unit * float(rng.uniform(0.10, 0.20)) * view.side
    turns = float(rng.uniform(1.0, 1.5))
    middle = end + (start - end) * t**0.8 + sway * np.sin(t**0.45 * np.pi * 2 * turns) * (0.15 + t) * (1 - 0.4 * t)
    return t, np.asarray(middle, dtype=np.float32)


def lay_road(land: Land, *, colour: str, marked: bool) -> None:
    """A road (marked by a dashed line) or a path, winding from the foot of the picture to the far edge."""
    view, top = land.view, land.floor_px - land.view.height * 0.04
    t, middle = _winding(land, top, "road")
    half = view.unit * (0.004 + (0.20 if marked else 0.11) * t**1.5)
    away = np.abs(view.columns() - middle)
    inside = np.clip(half - away + 0.5, 0, 1) * (view.rows() > top)
    rough = receding(view, np.broadcast_to(t, view.size), dice(land.seed, "road grain"))
    body = tones(view, srgb(colour), np.clip(0.6 + 0.14 * rough, 0, 1))
    verge = np.clip(half * 1.16 + 1 - away, 0, 1) * (view.rows() > top)
    picture = land.picture
    picture[:] = mix(picture, tones(view, shifted(srgb(colour), light=0.10), 0.6), (verge * 0.55)[..., None])
    picture[:] = mix(picture, body, inside[..., None])
    if marked:
        dash = (1.0 / (t + 0.12) * 2.6) % 1 < 0.5
        stripe = np.clip(half * 0.028 + 0.25 - away, 0, 1) * dash * (view.rows() > top)
        edges = np.clip(half * 0.022 + 0.3 - np.abs(away - half * 0.90), 0, 1) * (view.rows() > top)
        paint = tones(view, srgb("#f3efe4"), 0.8)
        picture[:] = mix(picture, paint, (np.maximum(stripe, edges * 0.8) * 0.9)[..., None])


def lay_river(land: Land, *, deep: str) -> None:
    """A river from the far edge to the foot of the picture, mirroring the sky."""
    view, top = land.view, land.floor_px - land.view.height * 0.03
    t, middle = _winding(land, top, "river")
    half = view.unit * (0.006 + 0.30 * t**1.35)
    wavy = half * (1 + 0.05 * line(dice(land.seed, "bank"), width=view.height, cells=9, octaves=3)[:, None])
    away = np.abs(view.columns() - middle)
    bank = np.clip(wavy * 1.10 + 1 - away, 0, 1) * (view.rows() > top)
    land.picture[:] = mix(land.picture, tones(view, srgb("#5d5240"), 0.35), (bank * 0.6)[..., None])
    before = land.picture.copy()
    lay_water(land, top, deep=deep, calm=0.85)
    inside = np.clip(wavy - away + 0.5, 0, 1) * (view.rows() > top)
    land.picture[:] = mix(before, land.picture, inside[..., None])


def lay_rows(land: Land, *, colour: str, soil: str, tall: float) -> None:
    """A planted field: rows running to a point on the horizon. tall 0–1 says how deep the furrows look."""
    view, rng = land.view, dice(land.seed, "rows")
    top = land.floor_px - view.height * 0.05
    edge = top + view.height * 0.012 * line(rng, width=view.width, cells=3, octaves=2)
    t = nearness(view, edge)
    vanish = view.width * (0.5 + float(rng.uniform(-0.25, 0.25)))
    fan = (view.columns() - vanish) / view.unit / (t + 0.07)
    bump = 0.5 + 0.5 * np.cos(fan * 2 * np.pi * (0.9 + 0.4 * float(rng.random())) * 1.3)
    rough = receding(view, t, rng, grain=2.6)
    crown = smoothstep(0.5 - 0.42 * tall, 0.62, bump + 0.22 * rough * (0.4 + t))
    flank = np.clip(0.66 + 0.30 * rough + 0.22 * np.sin(fan * 2 * np.pi * 1.3) * view.side * tall, 0, 1)
    flower = srgb(colour)
    top_of = tones(view, flower, flank)
    low = tones(view, mix(srgb(soil), flower * 0.6, 0.30), np.clip(0.32 + 0.2 * rough, 0, 1))
    body = mix(low, top_of, (0.25 + 0.75 * crown)[..., None])
    # Far away the furrows close and only the colour of the flowers is left.
    body = mix(tones(view, flower, 0.72), body, smoothstep(0.02, 0.30, t)[..., None])
    body = mix(body, view.air.haze, ((1 - t) ** 4 * 0.40)[..., None])
    land.picture[:] = mix(land.picture, body, below(view, edge)[..., None])


def lay_beach(land: Land, *, colour: str) -> None:
    """Sand in the foreground, wet where the last wave ran, with a line of foam."""
    view, rng = land.view, dice(land.seed, "beach")
    h, w = view.size
    x = np.linspace(0, 1, w, dtype=np.float32) if view.side > 0 else np.linspace(1, 0, w, dtype=np.float32)
    edge = h * (0.79 + 0.13 * (1 - x) ** 1.6 - 0.07 * x) + h * 0.014 * line(rng, width=w, cells=4, octaves=3)
    down = view.rows() - edge[None, :]
    rough = receding(view, nearness(view, edge), rng, grain=1.6)
    sand = tones(view, srgb(colour), np.clip(0.72 + 0.16 * rough, 0, 1))
    wet = mix(tones(view, srgb(colour), 0.25), view.air.haze, 0.25)
    body = mix(wet, sand, smoothstep(h * 0.02, h * 0.075, down)[..., None])
    land.picture[:] = mix(land.picture, body, below(view, edge)[..., None])
    shallow = srgb("#58b5ab") * np.float32(0.4 + 0.6 * view.air.power)
    tint = np.exp(np.minimum(down, 0) / (h * 0.055)) * (down < 0) * 0.55
    land.picture[:] = mix(land.picture, shallow, tint[..., None])
    lace = cloud(rng, height=h, width=w, cells=(60, 60 * w / h), octaves=2)
    for offset, strong in ((0.0, 0.95), (-0.040, 0.55), (-0.075, 0.35)):
        band = np.exp(-(((down - h * offset) / (h * 0.007)) ** 2)) * np.clip(0.7 + 0.7 * lace, 0, 1)
        land.picture[:] = mix(land.picture, tones(view, srgb("#fbfaf4"), 0.9), (band * strong)[..., None])
    land.floor_px = max(land.floor_px, h * 0.90)


def lay_rock(land: Land, edge: Field, foot: Field, *, colour: str, far: float, green: bool) -> None:
    """Rock between two edges (px for each column): weathered, in strata, lit from the side, grass on its top."""
    view, rng = land.view, dice(land.seed, "rock")
    columns = np.nonzero((edge < foot + 1) & (edge < view.height))[0]
    if columns.size == 0 or foot.max() <= 0:
        return
    across = slice(int(columns.min()), int(columns.max()) + 1)
    edge, foot = edge[across], foot[across]
    top = int(np.clip(edge.min() - 1, 0, view.height - 1))
    down = slice(top, int(np.clip(foot.max() + 2, top + 1, view.height)))
    y = view.rows()[down]
    h, (rows, wide) = view.height, (y.shape[0], len(edge))
    depth = y - edge[None, :]
    cover = np.clip(depth + 0.5, 0, 1) * np.clip(foot[None, :] - y + 0.5, 0, 1)
    fold = 1 - np.abs(cloud(rng, height=rows, width=wide, cells=(9 * rows / h, 15 * wide / h), octaves=5))
    shift = max(1, view.width // 300)
    slope = np.tanh((fold - np.roll(fold, (shift, int(view.side * shift)), (0, 1))) * 5)
    bent = cloud(rng, height=rows, width=wide, cells=(4 * rows / h, 4 * wide / view.width), octaves=2)
    strata = np.sin((depth / h * 46) + bent * 2.2)
    shine = np.clip(0.46 + 0.40 * slope + 0.09 * strata - 0.22 * np.clip(depth / (h * 0.4), 0, 1), 0, 1)
    body = tones(view, srgb(colour), shine)
    if green:
        turf = 1 - smoothstep(h * 0.012, h * 0.045, depth + slope * h * 0.012 + strata * h * 0.004)
        body = mix(body, tones(view, srgb(land.grass), np.clip(0.62 + 0.3 * slope, 0, 1)), (turf * 0.95)[..., None])
    land.picture[down, across] = mix(land.picture[down, across], hazed(view, body, far), cover[..., None])


def lay_foam(land: Land, foot: Field, *, strength: float = 0.8) -> None:
    """The broken white where rock meets water."""
    view, rng = land.view, dice(land.seed, "foam")
    lace = cloud(rng, height=view.height, width=view.width, cells=(60, 70), octaves=2)
    band = np.exp(-(((view.rows() - foot[None, :]) / (view.height * 0.008)) ** 2)) * np.clip(0.6 + 0.8 * lace, 0, 1)
    soft = blurred(band, max(0.7, view.unit / 900))
    land.picture[:] = mix(land.picture, tones(view, srgb("#fbfaf4"), 0.9), (soft * strength)[..., None])
