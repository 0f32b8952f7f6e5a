"""Open country with depth of air, and the things that stand in it. sRGB floats."""

import numpy as np

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.land.city import paint_city
from studio.sandbox.painter.land.country import COUNTRIES
from studio.sandbox.painter.land.features import Thing, feature_table
from studio.sandbox.painter.land.ground import GRASS, Land
from studio.sandbox.painter.land.heavens import paint_heavens
from studio.sandbox.painter.land.placing import place_things, shore_for
from studio.sandbox.painter.land.sky import Air, View, air_of, paint_sky
from studio.sandbox.painter.land.street import paint_street
from studio.sandbox.painter.noise import dice
from studio.sandbox.painter.reading.outdoors import trees_of
from studio.sandbox.painter.scene import Canvas, Scene

_VOID = Air("#04050b", "#080b16", "#10162a", "#ffffff", 0.5, stars=True, power=0.95)
_GROUNDED = ("ground", "span", "near")


def landscape_view(scene: Scene, *, width: int, height: int) -> View:
    """Horizon, sun and the side it stands on: the seed's to choose."""
    rng = dice(scene.seed, "view")
    horizon = int(height * float(rng.uniform(0.48, 0.64)) * (0.94 if scene.kind == "sea" else 1.0))
    across = float(rng.uniform(0.14, 0.44))
    side = -1.0 if rng.random() < 0.5 else 1.0
    air = _VOID if scene.kind == "space" else air_of(scene.light, scene.wall)
    lift = float(rng.uniform(0.75, 1.35))
    sun = (
        width * (across if side < 0 else 1 - across),
        max(height * 0.10, horizon - height * min(0.9, air.height * lift) * 0.62),
    )
    return View(height=height, width=width, horizon_px=horizon, sun_px=sun, air=air, side=side)


def _needs_floor(things: tuple[Thing, ...]) -> bool:
    """Whether something is to stand on open ground."""
    rows = [feature_table()[thing.name] for thing in things]
    return any(
        row.place in _GROUNDED or row.place == "high" or row.painter in ("road", "river", "rows") for row in rows
    )


def _heavens_of(scene: Scene) -> tuple[Thing, ...]:
    hung = tuple(thing for thing in scene.features if feature_table()[thing.name].place == "heavens")
    if (
        scene.kind == "space"
        and not scene.colour
        and not any(thing.name in ("planet", "moon", "earth") for thing in hung)
    ):
        return (*hung, Thing("earth"))
    return hung


def paint_landscape(scene: Scene, *, width: int, height: int) -> Canvas:
    """Any place out of doors, a city's too. sRGB floats; alpha is the coverage of what stands in it."""
    if scene.kind == "city":
        return paint_city(scene, width=width, height=height)
    if scene.kind == "street":
        return paint_street(scene, width=width, height=height)
    view = landscape_view(scene, width=width, height=height)
    hung = _heavens_of(scene)
    night = any(thing.name in ("moon", "milky_way", "aurora", "planet") for thing in hung) or scene.kind == "space"
    storm = "rain" in scene.extras and scene.light == "overcast"
    picture = paint_sky(view, scene.seed, sun=not (night or storm or "sun" in scene.absent), air=scene.kind != "space",
                        clouds="clouds" not in scene.absent)  # fmt: skip
    for thing in sorted(hung, key=lambda thing: ("milky_way", "aurora").count(thing.name), reverse=True):
        if thing.name != "birds":
            _hang(picture, view, thing, scene.seed)
    land = Land(
        picture=picture, view=view, seed=scene.seed, season=scene.season, grass=GRASS[scene.season],
        busy=_needs_floor(scene.features), void=scene.kind == "space", trees=trees_of(scene),
        floor_px=height * 0.86, level="mountains" in scene.absent,
        rough=storm,
    )  # fmt: skip
    rng = dice(scene.seed, f"land {scene.kind}")
    COUNTRIES[scene.kind](land, rng, scene.colour)
    things = shore_for(scene.features) if scene.kind == "sea" else scene.features
    alpha = place_things(land, things, rng=dice(scene.seed, "places"))
    for thing in hung:
        if thing.name == "birds":
            _hang(picture, view, thing, scene.seed)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    vignette = 1 - 0.16 * np.clip(x * x * 0.7 + y * y - 0.5, 0, 1)
    return Canvas(picture=np.clip(picture * vignette[..., None], 0, 1).astype(np.float32), alpha=alpha)


def _hang(picture: Field, view: View, thing: Thing, seed: bytes) -> None:
    feature = feature_table()[thing.name]
    paint_heavens(picture, view, painter=feature.painter, colour=thing.colour or feature.colour, seed=seed)
