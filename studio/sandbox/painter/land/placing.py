"""Where the features of a landscape go: the land first, then what stands on it from far to near."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from studio.sandbox.painter.colour import Field, srgb
from studio.sandbox.painter.land.features import Feature, Thing, feature_table
from studio.sandbox.painter.land.ground import Land, lay_beach, lay_river, lay_road, lay_rows
from studio.sandbox.painter.land.relief import raise_cliff, raise_crag, raise_island, raise_waterfall
from studio.sandbox.painter.land.sky import View
from studio.sandbox.painter.land.sprites import Spot, beam, ground_shadow, paint_feature

HEADLAND = ("cabin", "windmill", "lone_tree", "castle")
"""By the sea these stand on a headland; what else stands on land stands on a beach."""
_LANDS = ("beach", "island", "cliff")

_SEASON_LEAVES = {"": "", "spring": "#dd9fb2", "summer": "", "autumn": "#c4692a", "winter": "#8d8f90"}
_ROW_SOILS: Mapping[str, tuple[str, float]] = {
    "lavender": ("#5c7040", 1.0), "tulips": ("#4f7a3c", 0.8), "wheat": ("#b08a45", 0.35), "vineyard": ("#a5824f", 1.0),
    "sunflowers": ("#4f6e2f", 0.7),
}  # fmt: skip
_ORDER = ("waterfall", "island", "beach", "cliff", "lavender", "tulips", "wheat", "vineyard", "sunflowers", "river",
          "road", "path")  # fmt: skip


def _shape_land(land: Land, thing: Thing, feature: Feature) -> None:
    colour = thing.colour or feature.colour
    if feature.painter == "rows":
        soil, tall = _ROW_SOILS[thing.name]
        lay_rows(land, colour=colour, soil=soil, tall=tall)
    elif feature.painter == "road":
        lay_road(land, colour=colour, marked=thing.name == "road")
    elif feature.painter == "cliff":
        raise_cliff(land, colour=colour, tall=0.24)
    else:
        painters: Mapping[str, Callable[[], None]] = {
            "river": lambda: lay_river(land, deep="#3b6a78"),
            "waterfall": lambda: raise_waterfall(land, colour=colour),
            "beach": lambda: lay_beach(land, colour=colour),
            "island": lambda: raise_island(land, colour=colour),
        }
        painters[feature.painter]()


def _lift_land(land: Land, things: tuple[Thing, ...]) -> None:
    """Gives what should stand high a cliff over water, else a crag."""
    names = {thing.name for thing in things}
    if land.high is not None or not any(feature_table()[name].place == "high" for name in names):
        return
    if land.water_px is not None and "lake" not in names:
        raise_cliff(land, colour="#6f675f", tall=0.15)
    else:
        raise_crag(land, colour="#7d7468", tall=0.17)


def shore_for(things: tuple[Thing, ...]) -> tuple[Thing, ...]:
    """The things by the sea, with land under those that need it."""
    table, names = feature_table(), {thing.name for thing in things}
    standing = [thing for thing in things if table[thing.name].place in ("ground", "near", "span")]
    if not standing or names & set(_LANDS):
        return things
    return (Thing("cliff" if any(thing.name in HEADLAND for thing in standing) else "beach"), *things)


def place_things(land: Land, things: tuple[Thing, ...], *, rng: np.random.Generator) -> Field | None:
    """Paints every feature but those of the sky; answers the coverage of what stands, None when nothing does."""
    table = feature_table()
    shapes = [thing for thing in things if table[thing.name].place == "terrain"]
    for thing in sorted(shapes, key=lambda thing: _ORDER.index(thing.name)):
        _shape_land(land, thing, table[thing.name])
    _lift_land(land, things)
    order = ("high", "span", "sky", "water", "ground", "near")
    standing = [thing for thing in things if table[thing.name].place in order]
    if not standing:
        return None
    before = land.picture.copy()
    for thing in sorted(standing, key=lambda thing: order.index(table[thing.name].place)):
        for spot in _spots(land, thing, rng):
            _stand(land, thing, spot)
    changed = np.abs(land.picture - before).max(axis=-1)
    return np.asarray(np.clip(changed * 12 - 0.25, 0, 1), dtype=np.float32)


def _stand(land: Land, thing: Thing, spot: Spot) -> None:
    feature, view = feature_table()[thing.name], land.view
    colour = thing.colour or (_SEASON_LEAVES[land.season] if feature.seasonal else "")
    if feature.place in ("ground", "near"):
        ground_shadow(land.picture, view, spot, wide={"cabin": 1.0, "tent": 1.1}.get(thing.name, 0.34))
    if feature.place == "water":
        _mirrored(land, feature, spot=spot, colour=colour)
    paint_feature(land.picture, view, feature, spot=spot, colour=colour, seed=land.seed)
    if thing.name == "lighthouse" and view.air.power < 0.7:
        beam(land.picture, view, (spot.x, spot.y - spot.height * 0.80))


def _mirrored(land: Land, feature: Feature, *, spot: Spot, colour: str) -> None:
    """The thing upside down in the water, broken by the waves."""
    view = land.view
    top = int(np.clip(spot.y, 1, view.height - 1))
    rows = min(view.height - top, int(spot.height * 0.9), top)
    if rows < 2:
        return
    above = land.picture.copy()
    paint_feature(above, view, feature, spot=spot, colour=colour, seed=land.seed)
    waves = np.sin(np.arange(rows) * 1.3) * spot.height * 0.012 * np.linspace(0.3, 2.0, rows)
    columns = np.clip(np.arange(view.width)[None, :] + waves[:, None], 0, view.width - 1).astype(int)
    mirror = above[top - 1 - np.arange(rows)][np.arange(rows)[:, None], columns]
    plain = land.picture[top - 1 - np.arange(rows)][np.arange(rows)[:, None], columns]
    there = np.clip(np.abs(mirror - plain).max(axis=-1) * 8, 0, 1) * np.linspace(0.62, 0.05, rows)[:, None]
    part = land.picture[top : top + rows]
    part += (mirror * 0.82 + srgb("#203848") * 0.08 - part) * there[..., None]


def _kept_inside(spot: Spot, view: View, *, free: bool) -> Spot:
    """The spot with its thing inside the frame's safe edge; free: whether it may be moved sideways."""
    edge = 0.05 * view.height
    tall = min(spot.height, max(spot.y - edge, 0.25 * spot.height))
    side = min(view.width / 2, 0.04 * view.width + 0.42 * tall)
    x = float(np.clip(spot.x, side, view.width - side)) if free else spot.x
    return replace(spot, x=x, height=tall)


def _spots(land: Land, thing: Thing, rng: np.random.Generator) -> list[Spot]:
    """One spot for each of the thing, the farthest first."""
    feature, view = feature_table()[thing.name], land.view
    first = _first_spot(land, feature, rng)
    spots = [first]
    for k in range(1, thing.count):
        away = (1 if k % 2 else -1) * (0.16 + 0.11 * k) * view.unit * float(rng.uniform(0.8, 1.2))
        small = float(rng.uniform(0.55, 0.85))
        rise = view.unit * float(rng.uniform(-0.02, 0.16)) if feature.place == "sky" else first.height * 0.10
        spots.append(
            replace(first, x=first.x + away * -view.side, y=first.y - rise, height=first.height * small,
                    far=min(0.6, first.far + 0.15), flip=not first.flip)
        )  # fmt: skip
    free = feature.place in ("sky", "water", "ground", "near") and spots[0].x != (land.high or (None,))[0]
    kept = [_kept_inside(spot, view, free=free) for spot in spots if feature.place != "span"] or spots
    return sorted(kept, key=lambda spot: (spot.y, spot.x))


def _first_spot(land: Land, feature: Feature, rng: np.random.Generator) -> Spot:
    view = land.view
    h, w, unit = view.height, view.width, view.unit
    tall = unit * feature.height * float(rng.uniform(0.92, 1.1))
    away = w / 2 - view.side * float(rng.uniform(0.02, 0.16)) * w
    flip = bool(rng.random() < 0.5)
    if feature.place == "high" and land.high is not None:
        return Spot(land.high[0], land.high[1] + 1, tall * 0.92, far=0.10, flip=view.side > 0)
    if feature.place == "ground" and land.high is not None and feature.name in HEADLAND:
        return Spot(land.high[0], land.high[1] + 2, tall * 0.9, far=0.08, flip=view.side > 0)
    if feature.place == "sky" and land.void:
        return Spot(w / 2 + view.side * float(rng.uniform(0.06, 0.14)) * w, h * 0.66, tall, far=0.0, flip=False)
    if feature.place == "sky":
        return Spot(away, view.horizon_px * float(rng.uniform(0.52, 0.66)) + tall * 0.2, tall, far=0.06, flip=flip)
    if feature.place == "water":
        top = land.water_px if land.water_px is not None else land.floor_px
        return Spot(away, min(h * 0.93, top + (h - top) * float(rng.uniform(0.20, 0.42))), tall, far=0.05, flip=flip)
    if feature.place == "span":
        return Spot(w / 2, land.floor_px + unit * 0.085, tall, far=0.10)
    if feature.place == "near":
        beside = w / 2 + view.side * float(rng.uniform(0.16, 0.30)) * unit
        foot = max(land.floor_px, h * 0.90)
        if feature.name == "palm" and land.high is not None:
            return Spot(land.high[0], land.high[1] + 2, tall * 0.34, far=0.12, flip=flip)
        return Spot(beside, min(h * 0.97, foot + h * 0.03), tall, far=0.0, flip=view.side > 0)
    return Spot(away, land.floor_px + h * float(rng.uniform(0.0, 0.04)), tall, far=0.05, flip=flip)
