"""Things on a table, before a backdrop or in a room: cast, lit and set into it with their shadows."""

from dataclasses import dataclass, replace
from math import sin

import numpy as np

from studio.sandbox.painter.colour import Field, brightest, filmic, linear, scaled, shifted
from studio.sandbox.painter.noise import blurred, dice, moved, stretched
from studio.sandbox.painter.scene import Canvas, Scene
from studio.sandbox.painter.still.arrangement import Spot, arranged
from studio.sandbox.painter.still.cutout import (
    Cast,
    Thing,
    cast_at,
    lit_thing,
    patch_of,
    screen_box,
    set_in,
    thing_shadow,
)
from studio.sandbox.painter.still.interior import furnished
from studio.sandbox.painter.still.parts import Part
from studio.sandbox.painter.still.shading import Rig
from studio.sandbox.painter.still.studio_set import (
    Frame,
    Size,
    Staging,
    backdrop,
    foot_shift,
    framed,
    rig_of,
    spot_pitch,
    staging_of,
    wall_colour,
)
from studio.sandbox.painter.vocabulary import Light, Subject, vocabulary

_SKINS = {"wood": "wooden", "stone": "mottled", "marble": "mottled", "sand": "mottled", "paper": "mottled"}
"""What a plinth of a surface looks like."""
_FEW_PIXELS = 700_000
"""Up to here rays are cast twice as fine as the picture along an edge; beyond, 1.5 times."""


@dataclass(frozen=True, slots=True)
class Shot:
    """What is the same for every thing in the picture."""

    frame: Frame
    rig: Rig
    spots: list[Spot]
    rim: float


@dataclass(frozen=True, slots=True)
class Cut:
    """A thing in its place, cast; box: (left, bottom, right, top) on the screen in its own units."""

    spot: Spot
    cast: Cast
    box: tuple[float, float, float, float]


def _casts(spots: list[Spot], frame: Frame, *, size: Size) -> list[Cut]:
    finer = 2.0 if size[0] * size[1] <= _FEW_PIXELS else 1.5
    casts = []
    for spot in spots:
        pitch = spot_pitch(spot, frame.pitch)
        box = screen_box(spot.thing, pitch)
        scale = spot.unit_cm * frame.scale * finer
        casts.append(Cut(spot=spot, cast=cast_at(spot.thing, box=box, scale=scale, pitch=pitch), box=box))
    return casts


def _shadows(casts: list[Cut], frame: Frame, rig: Rig, *, size: Size) -> Field:
    """All shadows on the ground in one plane; cast small where there are several, for they are soft."""
    small = 1 if len(casts) == 1 else 2 if len(casts) < 4 else 3
    part = (-(-size[0] // small), -(-size[1] // small))
    total = np.zeros(part, dtype=np.float32)
    for cut in casts:
        spot = cut.spot
        foot = frame.foot(spot)
        if spot_pitch(spot, frame.pitch) != frame.pitch or spot.base_z is not None:
            continue
        if spot.y > 0:
            total = np.maximum(total, _floating_shadow(spot, frame, size=part, small=small))
            continue
        origin = (foot[0] / small, foot[1] / small)
        plane = thing_shadow(cut.cast, rig, size=part, origin=origin, scale=spot.unit_cm * frame.scale / small)
        total = np.maximum(total, plane)
    return total if small == 1 else stretched(total, height=size[0], width=size[1])


def _floating_shadow(spot: Spot, frame: Frame, *, size: Size, small: int) -> Field:
    """A soft pool on the ground below a thing in the air."""
    foot = frame.foot(replace(spot, y=0.0))
    reach = spot.half_width * frame.scale
    x = (np.arange(size[1], dtype=np.float32)[None, :] * small - foot[0]) / (reach * 1.05)
    y = (np.arange(size[0], dtype=np.float32)[:, None] * small - foot[1]) / (reach * max(0.18, sin(frame.pitch)) * 1.1)
    return np.asarray(0.62 * np.exp(-((x * x + y * y) * 1.3)), dtype=np.float32)


def _close_shadow(alpha: Field, *, side: float, reach_px: float, down: float) -> Field:
    """The shadow of a flat thing on what it lies on: its own shape, thrown a little aside."""
    thrown = moved(alpha, down=int(reach_px * down), right=int(-side * reach_px))
    near = moved(alpha, down=int(reach_px * 0.3), right=int(-side * reach_px * 0.3))
    return np.maximum(blurred(thrown, max(1.5, reach_px * 0.8)) * 0.75, blurred(near, max(1.0, reach_px * 0.3)) * 0.6)


def _sampled(picture: Field, cast: Cast, *, foot: tuple[float, float], scale: float) -> Field:
    """The picture at the rays' own pixels; scale: pixels a unit."""
    rows = np.clip(foot[1] - cast.solids.v * scale, 0, picture.shape[0] - 1).astype(int)
    columns = np.clip(foot[0] + cast.solids.u * scale, 0, picture.shape[1] - 1).astype(int)
    sample: Field = picture[rows][:, columns]
    return sample


def _shaded_by(spot: Spot, spots: list[Spot], rig: Rig) -> float:
    """How much of the key the others take from a thing, 0–1: those between it and the light, by how near they are."""
    lost = 0.0
    for other in spots:
        gap = (other.x - spot.x) * float(np.sign(rig.shadow[0]))
        reach = other.height * abs(float(rig.shadow[0] / rig.shadow[1])) + other.half_width
        if other is not spot and 0 < gap < reach and abs(other.z - spot.z) < other.half_depth + spot.half_depth * 0.7:
            lost = max(lost, (1 - gap / reach) * min(1.0, other.height / spot.height))
    return min(1.0, lost)


def _plinth(spots: list[Spot], tone: str, *, skin: str = "", asked: bool = False) -> list[Spot]:
    """A round block under the things; low, and higher where one was asked for."""
    left, right = min(one.x - one.half_width for one in spots), max(one.x + one.half_width for one in spots)
    back, front = min(one.z - one.half_depth for one in spots), max(one.z + one.half_depth for one in spots)
    tall = max(one.height for one in spots)
    radius = max(right - left, front - back) / 2 * 0.98 + tall * 0.06
    rise = radius * 0.42 if asked else tall * 0.13
    high = rise / radius
    edge = min(0.09 * high, 0.035)
    part = Part("lathe", ((1.0, 0.0), (1.0, high - edge), (1.0 - edge, high)), finish="matte", skin=skin)
    block = Subject("plinth", (), tone, "matte", (part,), blend=0.0, figure=False)
    x, z = (left + right) / 2, (back + front) / 2
    base = Spot(Thing(subject=block, colour=tone), radius, radius, radius, rise, x=x, z=z)
    return [base, *(replace(one, y=one.y + rise, base_z=z) for one in spots)]


def _hex(colour: Field) -> str:
    return "#" + "".join(f"{round(float(c) * 255):02x}" for c in np.clip(colour, 0, 1))


def _with_furniture(scene: Scene) -> Scene:
    return (
        furnished(scene)
        if scene.stage == "room" and not scene.setting and scene.view not in ("top", "close")
        else scene
    )


def _placed(scene: Scene, stage: Staging) -> list[Spot]:
    spots = arranged(_with_furniture(scene), dice(scene.seed, "arrangement"), pitch=stage.pitch)
    if scene.support == "air":
        lift = max(spot.height for spot in spots) * 0.34
        return [replace(spot, y=spot.y + lift) for spot in spots]
    if not stage.plinth:
        return spots
    surface = vocabulary().surfaces.get(scene.surface) if scene.support else None
    if surface is not None:
        return _plinth(spots, scene.surface_colour or surface.colour, skin=_SKINS.get(surface.texture, ""), asked=True)
    light = vocabulary().lights[scene.light]
    tone = _hex(shifted(wall_colour(scene, light, stage), light=0.03))
    return _plinth(spots, tone, asked=scene.support == "plinth")


def paint_still_life(scene: Scene, *, width: int, height: int) -> Canvas:
    """The scene's things in their place; alpha covers all of them, shadow is theirs on the ground."""
    words, size = vocabulary(), (height, width)
    light = words.lights[scene.light]
    stage = staging_of(scene, words.subjects[scene.subject])
    spots = _placed(scene, stage)
    frame = framed(scene, spots, stage, size=size)
    picture, floor, room = backdrop(scene, spots, frame, stage, size=size)
    rig = rig_of(light, stage, room.table)
    casts = _casts(spots, frame, size=size)
    shadow = _shadows([c for c in casts if not (scene.bare and _is_subject(c, scene))], frame, rig, size=size) * (
        0.15 + 0.85 * floor
    )
    picture = _darkened(picture, shadow, light)
    alpha = np.zeros(size, dtype=np.float32)
    shot = Shot(frame=frame, rig=rig, spots=spots, rim=_rim(scene, light))
    stood = None
    if scene.bare:
        # Cast like the rest, so that the frame and all that stays are where they were.
        stood = _box_of([cut for cut in casts if _is_subject(cut, scene)], frame)
        casts = [cut for cut in casts if not _is_subject(cut, scene)]
    for cut in sorted(casts, key=lambda one: one.spot.order):
        _set_spot(picture, alpha, cut, shot)
    if room.texture == "mirror" and scene.view != "top":
        picture = _reflected(picture, alpha, [frame.foot(spot)[1] for spot in spots if spot.y == 0])
    return Canvas(
        picture=filmic(_finished(picture, light=light, side=stage.side)), alpha=alpha, shadow=shadow, stood=stood
    )


def _is_subject(cut: Cut, scene: Scene) -> bool:
    return cut.spot.thing.subject.name == scene.subject


def _box_of(cuts: list[Cut], frame: Frame) -> tuple[float, float, float, float] | None:
    """The box (left, top, right, bottom; px) round cast things; None for none."""
    boxes = []
    for cut in cuts:
        (x, y), scale = frame.foot(cut.spot), cut.spot.unit_cm * frame.scale
        left, bottom, right, top = cut.box
        boxes.append((x + left * scale, y - top * scale, x + right * scale, y - bottom * scale))
    if not boxes:
        return None
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _darkened(picture: Field, shadow: Field, light: Light) -> Field:
    dim = 0.74 if light.lift > 0.8 else 0.80
    dark, fill = np.empty_like(picture), linear(light.fill)
    for i in range(3):
        np.multiply(picture[..., i], 1 + shadow * (float(fill[i]) * 0.05 - dim), out=dark[..., i])
    return dark


def _rim(scene: Scene, light: Light) -> float:
    """How strongly a lamp behind draws the edges: where it is asked for, and where it looks best."""
    if scene.rim:
        return 1.1
    return 0.35 if scene.stage == "seamless" or light.name in ("drama", "night", "neon") else 0.0


def _set_spot(picture: Field, alpha: Field, cut: Cut, shot: Shot) -> None:
    """Lays one thing over the picture, in place, with the shadow of a thing that lies or stands on another."""
    spot, cast, frame, rig = cut.spot, cut.cast, shot.frame, shot.rig
    foot, scale = frame.foot(spot), spot.unit_cm * frame.scale
    foot = (foot[0], foot[1] + foot_shift(spot, frame.pitch) * sin(frame.pitch) * frame.scale)
    finer = cast.solids.scale / scale
    lit = lit_thing(cast, rig, _sampled(picture, cast, foot=foot, scale=scale), rim=shot.rim)
    lost = _shaded_by(spot, shot.spots, rig)
    if lost > 0:
        lit *= np.float32(1 - 0.38 * lost)
    at = (round(foot[1] - cut.box[3] * scale), round(foot[0] + cut.box[0] * scale))
    patch = patch_of(cast, lit, finer=finer, at=at)
    lying = spot_pitch(spot, frame.pitch) != frame.pitch
    if lying or spot.base_z is not None:
        own = np.zeros_like(alpha)
        set_in(np.zeros_like(picture), own, patch)
        reach = max(2.0, scale * (0.05 if lying else 0.06))
        shade = _close_shadow(own, side=float(np.sign(rig.towards[0])), reach_px=reach, down=0.7 if lying else 0.25)
        picture[:] = scaled(picture, 1 - 0.6 * shade)
    set_in(picture, alpha, patch)


def _reflected(picture: Field, alpha: Field, feet: list[float]) -> Field:
    """The things upside down under their feet, for a wet table."""
    base = max(feet)
    rows = np.arange(alpha.shape[0])
    source = np.clip((2 * base - rows).astype(int), 0, alpha.shape[0] - 1)
    fade = (np.clip(1 - (rows - base) / (alpha.shape[0] * 0.45), 0, 1) * (rows > base)).astype(np.float32)
    under = (alpha[source] * 0.45 * fade[:, None] * (1 - alpha))[..., None]
    mirrored: Field = picture * (1 - under) + picture[source] * under
    return mirrored


def _finished(picture: Field, *, light: Light, side: float) -> Field:
    """Bloom of the highlights, a breath of haze on the lit side, a quiet vignette."""
    height, width = picture.shape[:2]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    haze = np.exp(-((x - side * 0.95) ** 2 + (y + 0.95) ** 2) / 0.9) * 0.10
    picture = picture + scaled(linear(light.key), haze * np.float32(light.lift * (0.4 + 0.6 * light.shaft)))
    bright = np.clip(brightest(picture) - 0.85, 0, 1)
    picture += scaled(linear(light.key), blurred(bright, min(height, width) / 45) * np.float32(0.5))
    vignette = 1 - 0.20 * np.clip((x * x * 0.8 + y * y) - 0.55, 0, 1)
    return scaled(picture, vignette)
