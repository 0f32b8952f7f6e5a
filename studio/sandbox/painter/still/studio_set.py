"""How things are staged: camera, frame, light, and the place they stand in."""

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np

from studio.sandbox.painter.colour import Field, linear, mix, shifted, srgb, to_linear, to_oklab
from studio.sandbox.painter.land.landscape import paint_landscape
from studio.sandbox.painter.noise import blurred, dice, stretched
from studio.sandbox.painter.scene import Scene
from studio.sandbox.painter.still.arrangement import Spot
from studio.sandbox.painter.still.backdrop import Room, build_room
from studio.sandbox.painter.still.counter import furnish_counter
from studio.sandbox.painter.still.cutout import screen_box
from studio.sandbox.painter.still.interior import build_interior
from studio.sandbox.painter.still.shading import Rig
from studio.sandbox.painter.vocabulary import Light, Subject, vocabulary

_WALLS = ("#d8d2c6", "#cfc4b2", "#d9bfb2", "#b9c2b2", "#b4c0c8", "#c9a793", "#cbbfd0", "#a9b8b3")
_FROM_ABOVE = radians(78)
_LYING = radians(4)
_OWN_LIGHT = ("night", "neon", "golden", "candle", "drama", "blue")
"""Lights that colour a room more than its paint does."""
_GROUNDS = {
    "sea": "sand", "desert": "sand", "forest": "grass", "snow": "snow", "mountains": "grass", "city": "concrete",
    "meadow": "grass", "lake": "grass", "moon": "sand", "canyon": "sand", "hills": "grass",
}  # fmt: skip
"""What one stands on before a landscape."""

_BARE_GROUNDS = ("sea", "desert", "city", "moon", "canyon")
"""Where no snow lies on the ground in winter."""

Size = tuple[int, int]
"""(height, width) in pixels."""


@dataclass(frozen=True, slots=True)
class Staging:
    """Everything the seed decides."""

    side: float
    pitch: float
    lean: float
    """How far the light stands to the side."""
    place: float
    """Where the things stand across, −1 to 1."""
    size: float
    gobo: str
    arch: bool
    plinth: bool
    hue: float


@dataclass(frozen=True, slots=True)
class Frame:
    """How centimetres become pixels: pixels a centimetre, and the pixel of the point (0, 0, 0)."""

    scale: float
    origin: tuple[float, float]
    pitch: float

    def foot(self, spot: Spot) -> tuple[float, float]:
        """The pixel (x, y) a thing stands on."""
        lifted = spot.y * cos(self.pitch) - spot.z * sin(self.pitch)
        return self.origin[0] + spot.x * self.scale, self.origin[1] - lifted * self.scale


def _ground_of(scene: Scene) -> str:
    """The surface before a landscape, "" where there is none."""
    snowed = scene.season == "winter" and scene.setting and scene.setting not in _BARE_GROUNDS
    return "snow" if snowed else _GROUNDS.get(scene.setting, "")


def _pitch(scene: Scene, subject: Subject, drawn: float) -> float:
    """The camera's height as an angle; drawn: the seed's say, 0–1."""
    if scene.view == "top":
        return _FROM_ABOVE
    if scene.view == "low":
        return radians(2.5 + 2 * drawn)
    if scene.view == "iso":
        return radians(35)
    if scene.stage == "room":
        return radians(8 + 3 * drawn)
    if scene.stage in ("kitchen", "sill") or scene.support:
        return radians(10 + 4 * drawn)
    if subject.food and subject.flat:
        return radians(27 + 9 * drawn)
    if subject.flat and not subject.figure:
        return radians(20 + 7 * drawn)
    return radians(6 + 4 * drawn) if subject.figure else radians(11 + 6 * drawn)


def staging_of(scene: Scene, subject: Subject) -> Staging:
    rng = dice(scene.seed, "staging")
    bare = not (scene.surface or scene.setting or scene.plain or scene.stage or scene.support or scene.view == "top")
    alone = scene.count == 1 and not scene.items
    return Staging(
        side=-1.0 if rng.random() < 0.6 else 1.0,
        pitch=_pitch(scene, subject, float(rng.random())),
        lean=float(rng.uniform(0.5, 0.75)),
        place=float(rng.uniform(-0.5, 0.5)),
        size=float(rng.uniform(0.92, 1.08)),
        gobo="leaves" if rng.random() < 0.3 else "window",
        arch=bool(rng.random() < 0.3) and bare,
        plinth=(bool(rng.random() < 0.35) and bare and alone and not (subject.figure or subject.flat or subject.home))
        or scene.support == "plinth",
        hue=float(rng.uniform(-0.12, 0.12)),
    )


def rig_of(light: Light, stage: Staging, table: Field) -> Rig:
    towards = np.array([stage.side * stage.lean, 0.30 + 0.55 * light.height, 0.55], dtype=np.float32)
    towards /= np.linalg.norm(towards)
    shadow = np.array([stage.side * (0.75 + 0.5 * (1 - light.height)), 0.8, -0.18], dtype=np.float32)
    if stage.pitch >= _FROM_ABOVE:
        shadow[0] *= np.float32(0.42)  # seen from above a long shadow would be larger than the thing
    key, fill = mix(linear(light.key), np.ones(3, dtype=np.float32), 0.45), linear(light.fill)
    return Rig(
        towards=towards,
        shadow=shadow,
        key=key * 0.86 * light.lift,
        sky=fill * 0.46 * light.lift,
        bounce=mix(table, key, 0.2) * 0.42,
        lift=light.lift,
    )


def wall_tone(colour: str, seed: bytes) -> str:
    """A quiet wall that sets the colour off: one of those furthest from it in hue."""
    body = to_oklab(srgb(colour)[None, :])[0]
    tones = sorted(_WALLS, key=lambda code: float(np.hypot(*(to_oklab(srgb(code)[None, :])[0] - body)[1:])))
    return tones[-1 - int(dice(seed, "wall").integers(5))]


def wall_colour(scene: Scene, light: Light, stage: Staging) -> Field:
    if scene.wall:
        return srgb(scene.wall)
    tinted = light.name in _OWN_LIGHT
    return shifted(
        mix(srgb(light.wall), srgb(scene.tone or _WALLS[0]), 0.15 if tinted else 0.72), light=stage.hue * 0.2
    )


def _room(scene: Scene, light: Light, stage: Staging, *, size: Size, horizon: float, middle: float) -> Room:
    wall = wall_colour(scene, light, stage)
    stuff = "" if scene.support else scene.surface  # a plinth is made of it, and stands on a plain floor
    surface = vocabulary().surfaces.get(stuff or _ground_of(scene))
    own = scene.surface_colour if stuff else ""
    table = shifted(wall, light=0.035) if surface is None else srgb(own or surface.colour)
    if surface is not None and light.name in _OWN_LIGHT:
        table = mix(table, table * srgb(light.key), 0.6)
    lift = light.lift
    return Room(
        height=size[0], width=size[1], horizon_px=horizon,
        sharp=surface is not None or scene.stage in ("kitchen", "sill"),
        wall=to_linear(wall) * lift, table=to_linear(table) * lift * (1.0 if surface is None else 0.95),
        texture="" if surface is None else surface.texture, side=stage.side, key=linear(light.key),
        shaft=0.0 if scene.stage == "seamless" else light.shaft, gobo=stage.gobo,
        arch_px=middle if stage.arch else None,
        arch=to_linear(shifted(wall, light=-0.07, chroma=1.5, turn=stage.hue * 6)) * lift,
    )  # fmt: skip


def spot_pitch(spot: Spot, pitch: float) -> float:
    """Seen from above, a thing that lies is drawn as if it stood: its broad side is what one sees."""
    return _LYING if pitch >= _FROM_ABOVE and spot.thing.subject.lies else pitch


def foot_shift(spot: Spot, pitch: float) -> float:
    """How far towards the camera, in centimetres, the foot of a lying thing is from its middle."""
    return spot.height / 2 if spot_pitch(spot, pitch) != pitch else 0.0


def _safe(middle: float, half: float, length: float) -> float:
    """The middle, moved so that what reaches half to either side keeps 4 % off the frame where there is room."""
    edge = 0.04 * length + half
    return float(np.clip(middle, min(edge, length / 2), max(length - edge, length / 2)))


def _shares(scene: Scene, spots: list[Spot]) -> tuple[float, float]:
    """How much of the frame the things fill at most: (of its height, of its width)."""
    if scene.stage == "room":
        return 0.62, 0.80
    if scene.stage in ("kitchen", "sill"):
        return 0.50, 0.58
    if scene.support:
        return 0.74, 0.60
    food = vocabulary().subjects[scene.subject].food
    if scene.view == "top":
        return (0.86, 0.80) if food or len(spots) > 2 else (0.74, 0.70)
    if len(spots) > 1:
        return 0.66, 0.66
    return (0.66, 0.62) if food else (0.64, 0.58)


def framed(scene: Scene, spots: list[Spot], stage: Staging, *, size: Size) -> Frame:
    """The camera that shows every thing at the size and in the place asked for."""
    height, width = size
    c, s = cos(stage.pitch), sin(stage.pitch)
    boxes = []
    for spot in spots:
        left, bottom, right, top = (
            side * spot.unit_cm for side in screen_box(spot.thing, spot_pitch(spot, stage.pitch))
        )
        rise = spot.y * c - (spot.z + foot_shift(spot, stage.pitch)) * s
        boxes.append((spot.x + left, rise + bottom, spot.x + right, rise + top))
    left, bottom = (min(box[k] for box in boxes) for k in (0, 1))
    right, top = (max(box[k] for box in boxes) for k in (2, 3))
    if scene.support == "air":
        bottom = min(bottom, -max(spot.z + spot.half_depth for spot in spots) * s)  # its shadow belongs to it
    high, wide = _shares(scene, spots)
    if width < 1.1 * height:
        wide = min(0.84, wide * 1.24)  # a square or upright frame is filled across
    factor = {"close": 1.62 if len(spots) == 1 else 1.38, "wide": 0.56, "low": 1.2}.get(scene.view, 1.0)
    factor = min(factor, 1.0) if scene.support else factor
    if scene.place in ("left", "right") and not scene.moved:
        wide = min(wide, 0.46)
    scale = min(high * height / (top - bottom), wide * width / (right - left)) * factor * stage.size
    spare = max(0.0, width - (right - left) * scale)
    aside = max(0.33 * spare, spare / 2 - 0.05 * width) if scene.moved else 0.33 * spare
    across = {"left": -aside, "right": aside, "centre": 0.0}.get(scene.place, stage.place * 0.32 * spare * 0.66)
    down = {"top": 0.38, "bottom": 0.68}.get(scene.place, 0.5 if scene.view == "top" else 0.56) * height
    if scene.stage == "room":
        down = height * 0.80 - (top - bottom) / 2 * scale
    if scene.stage in ("kitchen", "sill"):
        down = height * 0.82 - (top - bottom) / 2 * scale
    if scene.view == "low" and not scene.support:
        down = height * 0.88 - (top - bottom) / 2 * scale
    if scene.view != "close":
        down = _safe(down, (top - bottom) / 2 * scale, height)
    origin = (width / 2 - (left + right) / 2 * scale + across, down + (top + bottom) / 2 * scale)
    return Frame(scale=scale, origin=origin, pitch=stage.pitch)


def _horizon(spots: list[Spot], frame: Frame) -> float:
    """Behind the furthest foot, by the depth of what stands there."""
    if frame.pitch >= _FROM_ABOVE:
        return -1e4
    feet = [frame.foot(spot)[1] - spot.half_depth * sin(frame.pitch) * frame.scale for spot in spots]
    tallest = max(spot.height for spot in spots)
    return min(feet) - frame.scale * max(tallest * 0.10, sin(frame.pitch) * tallest * 1.0)


def backdrop(scene: Scene, spots: list[Spot], frame: Frame, stage: Staging, *, size: Size) -> tuple[Field, Field, Room]:
    """(the empty place in linear light, where it is ground, what it is made of)."""
    light = vocabulary().lights[scene.light]
    horizon = _horizon(spots, frame)
    room = _room(scene, light, stage, size=size, horizon=horizon, middle=frame.origin[0])
    rng = dice(scene.seed, "room")
    if scene.stage == "room" and not scene.setting and scene.view != "top":
        picture, floor = build_interior(room, rng, feet=[frame.foot(spot) for spot in spots], plain=scene.plain,
                                        absent=scene.absent)  # fmt: skip
    else:
        picture, floor = build_room(room, rng)
        if scene.stage in ("kitchen", "sill") and scene.view not in ("top", "close"):
            picture = furnish_counter(picture, room, rng, kitchen=scene.stage == "kitchen",
                                      plain=scene.plain or "shelf" in scene.absent,
                                      window="window" not in scene.absent)  # fmt: skip
    if scene.setting:
        picture = _outdoors(scene, picture, floor, light=light)
    return picture, floor, room


def _outdoors(scene: Scene, picture: Field, floor: Field, *, light: Light) -> Field:
    """A landscape out of focus where the wall would be."""
    height, width = floor.shape
    behind = Scene(
        kind=scene.setting, seed=scene.seed, light=scene.light, features=scene.features,  # type: ignore[arg-type]
        season=scene.season, woods=scene.woods, absent=scene.absent, wall=scene.wall,
    )  # fmt: skip
    reach = min(height, width) / 70
    # Painted no larger than shows once it is out of focus.
    shrink = max(1, int(reach / 4))
    view = paint_landscape(behind, width=-(-width // shrink), height=-(-height // shrink)).picture
    planes = [blurred(view[..., i], reach / shrink) for i in range(3)]
    if shrink > 1:
        planes = [stretched(plane, height=height, width=width) for plane in planes]
    soft = np.stack(planes, axis=-1)
    return mix(to_linear(soft) * np.float32(light.lift), picture, floor[..., None])
