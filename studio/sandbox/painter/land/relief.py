"""Cliffs, crags, islands and waterfalls: places for things that stand high."""

import numpy as np

from studio.sandbox.painter.colour import Field, mix, smoothstep, srgb
from studio.sandbox.painter.land.ground import Land, lay_foam, lay_rock, lay_water
from studio.sandbox.painter.land.sprites import tones
from studio.sandbox.painter.noise import blurred, cloud, dice, line


def _from_side(land: Land, side: float) -> Field:
    """0 at the given edge of the picture, growing to 1 at the other."""
    along = np.linspace(0, 1, land.view.width, dtype=np.float32)
    return along if side < 0 else along[::-1]


def raise_cliff(land: Land, *, colour: str, tall: float) -> None:
    """A headland running out from the side away from the sun, over water or a plain. tall is a share of the height."""
    view, rng = land.view, dice(land.seed, "cliff")
    h, w = view.size
    u = _from_side(land, -view.side)
    reach = float(rng.uniform(0.40, 0.52)) * min(1.0, view.unit / w * 1.5)
    rough = line(rng, width=w, cells=9 * w / view.unit, octaves=6)
    top = view.horizon_px + h * 0.06 - h * tall
    foot_px = view.horizon_px + h * 0.17
    fall = smoothstep(reach - 0.10, reach + 0.075, u + 0.02 * rough)
    dip = h * 0.03 * np.sin(u * 7) + h * 0.012 * rough
    edge = top + dip * (1 - fall) + (foot_px + h * 0.02 - top) * fall**1.3 + h * 0.02 * rough * fall
    foot = foot_px + h * 0.10 * (1 - u / reach) + h * 0.010 * rough
    lay_rock(land, edge, foot, colour=colour, far=0.06, green=True)
    # Stacks: rocks the sea has cut off.
    for _ in range(2):
        at, wide = reach + float(rng.uniform(0.07, 0.15)), float(rng.uniform(0.012, 0.03))
        stack = (
            foot_px - h * tall * float(rng.uniform(0.12, 0.36)) * np.exp(-(((u - at) / wide) ** 4)) + h * 0.004 * rough
        )
        lay_rock(land, stack, np.full(w, foot_px, dtype=np.float32), colour=colour, far=0.12, green=False)
    if land.water_px is not None:
        lay_foam(land, np.where(u < reach + 0.05, foot, foot_px))
    place = int(np.argmin(np.abs(u - reach * 0.66)))
    land.high = (float(place), float(edge[place]) + h * 0.006)


def raise_crag(land: Land, *, colour: str, tall: float, at: float | None = None) -> None:
    """A steep hill with room on its top, in the middle distance. tall and at (across) are shares of the picture."""
    view, rng = land.view, dice(land.seed, "crag")
    h, w = view.size
    middle = at if at is not None else 0.5 - view.side * float(rng.uniform(0.06, 0.18))
    x = (np.arange(w, dtype=np.float32) / w - middle) * w / view.unit
    rough = line(rng, width=w, cells=8 * w / view.unit, octaves=6)
    base = land.floor_px + h * 0.02
    body = np.exp(-((np.abs(x + 0.02 * rough) / 0.30) ** 2.6)) + 0.30 * np.exp(-((x / 0.62) ** 2))
    edge = base - h * tall * np.minimum(body, 1.12) + h * 0.012 * rough
    lay_rock(land, edge, np.full(w, base + h * 0.02, dtype=np.float32), colour=colour, far=0.16, green=True)
    place = int(np.clip(middle * w, 0, w - 1))
    land.high = (float(place), float(edge[max(0, place - w // 40) : place + w // 40 + 1].max()) + h * 0.004)


def raise_island(land: Land, *, colour: str) -> None:
    """An island far out, wooded, with a rim of sand and its mirror in the water."""
    view, rng = land.view, dice(land.seed, "island")
    h, w = view.size
    middle = 0.5 - view.side * float(rng.uniform(0.02, 0.14))
    x = (np.arange(w, dtype=np.float32) / w - middle) * w / view.unit
    rough = line(rng, width=w, cells=26 * w / view.unit, octaves=4)
    foot = view.horizon_px + h * 0.10
    hill = np.exp(-((x / 0.24) ** 2)) * 0.62 + np.exp(-(((x - 0.16) / 0.10) ** 2)) * 0.26
    rim = np.exp(-((np.abs(x) / 0.40) ** 6))
    edge = foot - h * 0.20 * hill * (1 + 0.10 * rough) + h * 0.3 * (1 - rim)
    sand_edge = foot - h * 0.012 * rim + h * 0.3 * (1 - np.exp(-((np.abs(x) / 0.46) ** 8)))
    flat = np.full(w, foot, dtype=np.float32)
    mirror = np.clip(view.rows() - foot, 0, None) / (h * 0.10)
    shade = np.exp(-mirror) * np.clip(1 - mirror, 0, 1) * np.exp(-((np.abs(x) / 0.38) ** 4))[None, :]
    land.picture[:] = mix(land.picture, tones(view, srgb(colour), 0.1), (shade * (view.rows() > foot) * 0.6)[..., None])
    lay_rock(land, edge, flat, colour=colour, far=0.14, green=False)
    lay_rock(land, sand_edge, flat, colour="#e3cc9c", far=0.05, green=False)
    lay_foam(land, np.where(rim > 0.3, flat, h * 2.0), strength=0.5)
    place = int(np.clip(middle * w, 0, w - 1))
    land.high = (float(place), float(edge[place]) + h * 0.01)


def raise_waterfall(land: Land, *, colour: str) -> None:
    """Water over a wall of rock into a pool."""
    view, rng = land.view, dice(land.seed, "waterfall")
    h, w = view.size
    middle = 0.5 + float(rng.uniform(-0.10, 0.10))
    x = (np.arange(w, dtype=np.float32) / w - middle) * w / view.unit
    rough = line(rng, width=w, cells=9 * w / view.unit, octaves=6)
    lip, pool = h * float(rng.uniform(0.24, 0.34)), h * 0.80
    edge = lip + h * 0.05 * rough - h * 0.14 * (1 - np.exp(-((x / 0.26) ** 2)))
    lay_rock(land, edge, np.full(w, pool + h * 0.01, dtype=np.float32), colour=colour, far=0.10, green=True)
    wide = 0.055 + 0.035 * smoothstep(lip, pool, view.rows())
    streak = cloud(rng, height=h, width=w, cells=(4, 90 * w / view.unit), octaves=3)
    across = np.abs(x[None, :] + 0.008 * streak) / wide
    sheet = (1 - smoothstep(0.72, 1.05, across)) * np.clip((view.rows() - lip) / (h * 0.01) + 0.5, 0, 1)
    sheet = sheet * (view.rows() < pool + h * 0.01)
    white = tones(view, srgb("#f4f8fa"), np.clip(0.70 + 0.42 * streak, 0.05, 1))
    land.picture[:] = mix(land.picture, white, (sheet * np.clip(0.86 + 0.25 * streak, 0.4, 1))[..., None])
    lay_water(land, pool, deep="#2f5a5a", calm=0.75)
    mist = np.exp(-((x[None, :] / 0.20) ** 2)) * np.exp(-(((view.rows() - pool) / (h * 0.055)) ** 2))
    cloudy = mist * np.clip(0.75 + 0.5 * blurred(np.clip(0.5 + streak * 0.3, 0, 1), 6), 0, 1)
    land.picture[:] = mix(land.picture, tones(view, srgb("#f6fafc"), 0.95), np.clip(cloudy * 0.85, 0, 0.9)[..., None])
    land.floor_px = h * 0.93
