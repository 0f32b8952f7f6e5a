"""Things on a table, before a backdrop or in a room: cast, lit and set into it with their shadows."""

from dataclasses import dataclass, replace
from math import sin, sqrt

import numpy as np

from studio.sandbox.painter.colour import Field, brightest, filmic, linear, scaled, shifted
from studio.sandbox.painter.noise import blurred, moved, stretched
from studio.sandbox.painter.scene import Canvas, Relief, Scene
from studio.sandbox.painter.still.arrangement import Spot
from studio.sandbox.painter.still.cutout import (
    Cast,
    Thing,
    cast_at,
    lit_thing,
    patch_of,
    screen_box,
    set_in,
    thing_shadow,
    turn_of,
)
from studio.sandbox.painter.still.parts import Part
from studio.sandbox.painter.still.resizing import resized, room_for
from studio.sandbox.painter.still.shading import Rig
from studio.sandbox.painter.still.standing import PUT, as_changed, gone_numbers, spots_of
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
_RAYS_A_PIXEL = 0.6
"""In a large picture no more rays than this, by its pixels, are cast at one thing: what fills it is cast less fine."""


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
    casts = []
    for spot in spots:
        pitch = spot_pitch(spot, frame.pitch)
        box = screen_box(spot.thing, pitch)
        scale = spot.unit_cm * frame.scale
        scale *= _finer((box[2] - box[0]) * scale, (box[3] - box[1]) * scale, size=size)
        casts.append(Cut(spot=spot, cast=cast_at(spot.thing, box=box, scale=scale, pitch=pitch), box=box))
    return casts


def _finer(width_px: float, height_px: float, *, size: Size) -> float:
    """How many rays go along a pixel's edge, for a thing of this size in the picture."""
    pixels = size[0] * size[1]
    if pixels <= _FEW_PIXELS:
        return 2.0
    return min(1.5, max(1.2, sqrt(_RAYS_A_PIXEL * pixels / (width_px * height_px))))


def _shadows(casts: list[Cut], frame: Frame, rig: Rig, *, size: Size, count: int) -> Field:
    """All shadows on the ground in one plane; cast small where there are several (`count`), for they are soft."""
    small = 1 if count == 1 else 2 if count < 4 else 3
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


def _placed(scene: Scene, stage: Staging) -> list[Spot]:
    spots = spots_of(scene)
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
    spots, frame = resized(scene, spots, frame, size=size)
    # What was taken away is cast like the rest, so that the frame and all that stays are where they were.
    every = _casts(as_changed(scene, spots), frame, size=size)
    gone = gone_numbers(scene)
    casts = [cut for cut in every if cut.spot.number not in gone]
    painted = [cut.spot for cut in casts if cut.spot.number < PUT]  # what was put on one of them since changes none
    shadow = _shadows(casts, frame, rig, size=size, count=len(spots)) * (0.15 + 0.85 * floor)
    picture = _darkened(picture, shadow, light)
    alpha = np.zeros(size, dtype=np.float32)
    shot = Shot(frame=frame, rig=rig, spots=painted, rim=_rim(scene, light))
    stood = _box_of([cut for cut in every if _is_subject(cut, scene)], frame) if scene.bare else None
    for cut in sorted(casts, key=lambda one: one.spot.order):
        _set_spot(picture, alpha, cut, shot)
    relief = _relief([cut for cut in casts if _is_subject(cut, scene)], frame, alpha)
    if room.texture == "mirror" and scene.view != "top":
        picture = _reflected(picture, alpha, [frame.foot(spot)[1] for spot in spots if spot.y == 0])
    return Canvas(
        picture=filmic(_finished(picture, light=light, side=stage.side)), alpha=alpha, shadow=shadow, stood=stood,
        relief=relief,
    )  # fmt: skip


def _relief(cuts: list[Cut], frame: Frame, alpha: Field) -> Relief | None:
    """How the first of the subject's things is turned; None for what lies flat under the camera, or is not there."""
    if not cuts or spot_pitch(cuts[0].spot, frame.pitch) != frame.pitch:
        return None
    spot, cast, box = cuts[0].spot, cuts[0].cast, cuts[0].box
    foot, scale = frame.foot(spot), spot.unit_cm * frame.scale
    at = (round(foot[1] - box[3] * scale), round(foot[0] + box[0] * scale))
    turn = np.zeros(alpha.shape, dtype=np.float32)
    found = turn_of(cast, finer=cast.solids.scale / scale, at=at, size=(alpha.shape[0], alpha.shape[1]))
    if found is None:
        return None
    there, sine, stuck = found
    turn[there] = sine
    label = None
    if spot.thing.subject.finish in ("glass", "gloss"):  # what is matte on a bottle is its label
        label = np.zeros(alpha.shape, dtype=np.float32)
        label[there] = stuck
    return Relief(alpha=alpha, turn=turn, tilt=sin(frame.pitch), label=label)


def largest(scene: Scene, *, width: int, height: int) -> float:
    """How many times its usual size the scene's subject can be drawn in a picture of this size."""
    stage = staging_of(scene, vocabulary().subjects[scene.subject])
    spots, size = _placed(scene, stage), (height, width)
    return room_for(scene, spots, framed(scene, spots, stage, size=size), size=size)


def _is_subject(cut: Cut, scene: Scene) -> bool:
    return 0 <= cut.spot.number < scene.count


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
    haze = np.exp(-((x - side * 0.95) ** 2) / 0.9) * (np.exp(-((y + 0.95) ** 2) / 0.9) * 0.10)
    picture = picture + scaled(linear(light.key), haze * np.float32(light.lift * (0.4 + 0.6 * light.shaft)))
    bright = np.clip(brightest(picture) - 0.85, 0, 1)
    picture += scaled(linear(light.key), blurred(bright, min(height, width) / 45) * np.float32(0.5))
    vignette = 1 - 0.20 * np.clip((x * x * 0.8 + y * y) - 0.55, 0, 1)
    return scaled(picture, vignette)
