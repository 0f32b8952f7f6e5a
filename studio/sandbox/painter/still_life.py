"""A subject on a table: the solids are cast, lit, set into the room with their shadow."""

from dataclasses import dataclass, replace
from math import cos, radians, sin

import numpy as np
from PIL import Image

from studio.sandbox.painter.backdrop import Room, build_room
from studio.sandbox.painter.colour import Field, complement, filmic, linear, mix, shifted, srgb, to_linear, to_oklab
from studio.sandbox.painter.forms import Solids, cast_ball, cast_box, cast_lathe, cast_tube, empty_solids
from studio.sandbox.painter.landscape import paint_landscape
from studio.sandbox.painter.noise import blurred, dice
from studio.sandbox.painter.scene import Canvas, Scene
from studio.sandbox.painter.shading import Material, Rig, cast_shadow, shade, softened
from studio.sandbox.painter.vocabulary import Light, Part, Subject, vocabulary

_FEW_PIXELS = 700_000
"""Up to here rays are cast twice as fine as the picture along an edge; beyond, 1.5 times."""
_WALLS = ("#d8d2c6", "#cfc4b2", "#d9bfb2", "#b9c2b2", "#b4c0c8", "#c9a793", "#cbbfd0", "#a9b8b3")


@dataclass(frozen=True, slots=True)
class Staging:
    """Everything the seed decides."""

    side: float
    pitch: float
    yaw: float
    lean: float
    """How far the light stands to the side."""
    place: float
    """Where the subject stands across, −1 to 1."""
    size: float
    gobo: str
    arch: bool
    plinth: bool
    hue: float


def _staging(scene: Scene, subject: Subject) -> Staging:
    rng = dice(scene.seed, "staging")
    plain = not scene.surface and not scene.setting
    figure = subject.figure
    return Staging(
        side=-1.0 if rng.random() < 0.6 else 1.0,
        pitch=radians(float(rng.uniform(11, 17)) if not figure else float(rng.uniform(6, 10))),
        yaw=float(rng.uniform(-26, 26)),
        lean=float(rng.uniform(0.5, 0.75)),
        place=float(rng.uniform(-0.5, 0.5)),
        size=float(rng.uniform(0.92, 1.08)),
        gobo="leaves" if rng.random() < 0.3 else "window",
        arch=bool(rng.random() < 0.3) and plain,
        plinth=bool(rng.random() < 0.35) and plain and not figure,
        hue=float(rng.uniform(-0.12, 0.12)),
    )


def _turned(part: Part, yaw_deg: float, raised: float) -> Part:
    a = radians(yaw_deg)
    rows: list[tuple[float, ...]] = []
    for row in part.numbers:
        if part.shape == "lathe":
            rows.append((row[0], row[1] + raised))
            continue
        x, y, z, *rest = row
        rows.append((x * cos(a) + z * sin(a), y + raised, -x * sin(a) + z * cos(a), *rest))
    opening = (part.opening[0], part.opening[1] + raised) if part.opening else None
    return replace(part, numbers=tuple(rows), turn=part.turn + yaw_deg, opening=opening)


def _extent(parts: tuple[Part, ...], subject: Subject, pitch: float) -> tuple[float, float, float, float]:
    """(left, bottom, right, top) on the screen, from a coarse cast."""
    solids = empty_solids(box=(-1.6, -1.0, 1.6, 2.2), scale=48, pitch=pitch)
    _cast(parts, subject, solids, "")
    rows, columns = np.nonzero(solids.material >= 0)
    edge = 0.03
    return (
        float(solids.u[columns.min()]) - edge, float(solids.v[rows.max()]) - edge,
        float(solids.u[columns.max()]) + edge, float(solids.v[rows.min()]) + edge,
    )  # fmt: skip


def _paints(subject: Subject, colour: str) -> dict[str, Field]:
    body = srgb(colour or subject.colour)
    accent = complement(body)
    return {
        "body": body,
        "dark": shifted(body, light=-0.13),
        "light": shifted(body, light=0.13, chroma=0.8),
        "accent": accent,
    }


def _cast(parts: tuple[Part, ...], subject: Subject, solids: Solids, colour: str) -> list[Material]:
    named = _paints(subject, colour)
    materials: list[Material] = []
    for part in parts:
        paint = named[part.paint] if part.paint in named else srgb(part.paint)
        materials.append(Material(colour=to_linear(paint), finish=part.finish))
        index = len(materials) - 1
        if part.shape == "lathe":
            if part.opening:
                materials[index] = replace(materials[index], filling=linear(part.fill), level=part.opening[1])
                materials.append(Material(colour=linear(part.fill), finish="satin"))
            cast_lathe(solids, part, index=index, fill_index=len(materials) - 1)
        elif part.shape == "tube":
            cast_tube(solids, part, index=index)
        elif part.shape == "ball":
            cast_ball(solids, part, index=index)
        else:
            cast_box(solids, part, index=index)
    return materials


def _rig(light: Light, stage: Staging, table: Field) -> Rig:
    towards = np.array([stage.side * stage.lean, 0.30 + 0.55 * light.height, 0.55], dtype=np.float32)
    towards /= np.linalg.norm(towards)
    shadow = np.array([stage.side * (0.75 + 0.5 * (1 - light.height)), 0.8, -0.18], dtype=np.float32)
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


def _wall_colour(scene: Scene, light: Light, stage: Staging) -> Field:
    if scene.wall:
        return srgb(scene.wall)
    own = light.name in ("night", "neon", "golden")
    return shifted(mix(srgb(light.wall), srgb(scene.tone or _WALLS[0]), 0.15 if own else 0.72), light=stage.hue * 0.2)


def _room(scene: Scene, light: Light, stage: Staging, *, size: tuple[int, int], horizon: float, middle: float) -> Room:
    wall = _wall_colour(scene, light, stage)
    surface = vocabulary().surfaces.get(scene.surface)
    table = shifted(wall, light=0.035) if surface is None else srgb(surface.colour)
    if surface is not None and light.name in ("night", "neon", "golden"):
        table = mix(table, table * srgb(light.key), 0.6)
    lift = light.lift
    return Room(
        height=size[0], width=size[1], horizon_px=horizon, sharp=surface is not None,
        wall=to_linear(wall) * lift, table=to_linear(table) * lift * (1.0 if surface is None else 0.95),
        texture="" if surface is None else surface.texture, side=stage.side, key=linear(light.key),
        shaft=light.shaft, gobo=stage.gobo, arch_px=middle if stage.arch else None,
        arch=to_linear(shifted(wall, light=-0.07, chroma=1.5, turn=stage.hue * 6)) * lift,
    )  # fmt: skip


def _sampled(picture: Field, *, solids: Solids, origin: tuple[float, float], scale: float) -> Field:
    """The picture at the solids' own pixels."""
    rows = np.clip(origin[1] - solids.v * scale, 0, picture.shape[0] - 1).astype(int)
    columns = np.clip(origin[0] + solids.u * scale, 0, picture.shape[1] - 1).astype(int)
    sample: Field = picture[rows][:, columns]
    return sample


def _placed(plane: Field, *, size: tuple[int, int], at: tuple[int, int], shape: tuple[int, int]) -> Field:
    """A plane scaled to shape (h, w) and set at (row, column) in an empty plane of size; what falls outside is cut."""
    # A tent over three rays in each direction first: an edge then has enough steps to be smooth.
    soft = plane.astype(np.float32, copy=True)
    soft[1:-1] = soft[1:-1] * 0.5 + (plane[:-2] + plane[2:]) * 0.25
    soft[:, 1:-1] = soft[:, 1:-1] * 0.5 + (soft[:, :-2] + soft[:, 2:]) * 0.25
    picture = Image.fromarray(soft, mode="F")
    small = np.asarray(picture.resize((shape[1], shape[0]), Image.Resampling.BICUBIC), dtype=np.float32)
    out = np.zeros(size, dtype=np.float32)
    r0, c0 = max(0, at[0]), max(0, at[1])
    r1, c1 = min(size[0], at[0] + shape[0]), min(size[1], at[1] + shape[1])
    if r1 > r0 and c1 > c0:
        out[r0:r1, c0:c1] = small[r0 - at[0] : r1 - at[0], c0 - at[1] : c1 - at[1]]
    return out


def _mirrored(alpha: Field, light: Field, base_px: float) -> tuple[Field, Field]:
    """The subject upside down under its base, for a wet table."""
    rows = np.arange(alpha.shape[0])
    source = np.clip((2 * base_px - rows).astype(int), 0, alpha.shape[0] - 1)
    fade = np.clip(1 - (rows - base_px) / (alpha.shape[0] * 0.45), 0, 1) * (rows > base_px)
    return alpha[source] * (0.45 * fade)[:, None].astype(np.float32), light[source]


def paint_still_life(scene: Scene, *, width: int, height: int) -> Canvas:
    words = vocabulary()
    subject, light = words.subjects[scene.subject], words.lights[scene.light]
    stage = _staging(scene, subject)
    raised = 0.13 if stage.plinth else 0.0
    parts = tuple(_turned(part, stage.yaw, raised) for part in subject.parts)
    left, bottom, right, top = _extent(parts, subject, stage.pitch)
    bust = subject.name == "portrait"
    scale = min((0.86 if bust else 0.62) * height / (top - bottom), (0.9 if bust else 0.56) * width / (right - left))
    scale *= 1.0 if bust else stage.size
    if stage.plinth:
        reach = max(-left, right) * 0.92 + 0.08
        parts += (Part("lathe", ((reach, 0.0), (reach, raised - 0.012), (reach - 0.012, raised)), paint="#000000"),)
        left, bottom, right, top = _extent(parts, subject, stage.pitch)
    origin = (
        width / 2 - (left + right) / 2 * scale + stage.place * max(0.0, width - (right - left) * scale) * 0.16,
        height + (bottom + 0.05) * scale if bust else height * 0.56 + (top + bottom) / 2 * scale,
    )
    horizon = origin[1] - scale * max(0.16, sin(stage.pitch) * 1.9)
    room = _room(scene, light, stage, size=(height, width), horizon=horizon, middle=origin[0])
    picture, floor = build_room(room, dice(scene.seed, "room"))
    if scene.setting:
        picture = _outdoors(scene, picture, floor, light=light)

    finer = 2.0 if width * height <= _FEW_PIXELS else 1.5
    rig = _rig(light, stage, room.table)
    solids = empty_solids(box=(left, bottom, right, top), scale=scale * finer, pitch=stage.pitch)
    materials = _cast(parts, subject, solids, scene.colour)
    if stage.plinth:
        materials[-1] = Material(colour=room.wall * np.float32(1.08), finish="matte")
    if subject.blend:
        softened(solids, subject.blend * scale / 420)
    shadow = cast_shadow(solids, rig, size=(height, width), origin=origin, scale=scale)
    shadow = shadow * (0.15 + 0.85 * floor)
    dim = 0.74 if light.lift > 0.8 else 0.80
    picture = picture * (1 - dim * shadow)[..., None] + picture * (shadow * 0.05)[..., None] * linear(light.fill)

    lit = shade(solids, materials, rig, _sampled(picture, solids=solids, origin=origin, scale=scale))
    hit = (solids.material >= 0).astype(np.float32)
    at = (round(origin[1] - top * scale), round(origin[0] + left * scale))
    shape = (max(1, round(solids.depth.shape[0] / finer)), max(1, round(solids.depth.shape[1] / finer)))
    alpha = np.clip(_placed(hit, size=(height, width), at=at, shape=shape), 0, 1)
    planes = [_placed(lit[..., i] * hit, size=(height, width), at=at, shape=shape) for i in range(3)]
    colour = np.stack(planes, axis=-1)
    if room.texture == "mirror":
        under, upside = _mirrored(alpha, colour, origin[1])
        picture = picture * (1 - under)[..., None] + upside * 0.45 * (under > 0)[..., None]
    picture = picture * (1 - alpha)[..., None] + np.maximum(colour, 0)
    return Canvas(picture=filmic(_finished(picture, light=light, side=stage.side)), alpha=alpha, shadow=shadow)


def _outdoors(scene: Scene, picture: Field, floor: Field, *, light: Light) -> Field:
    """A landscape out of focus where the wall would be."""
    height, width = floor.shape
    view = paint_landscape(replace(scene, kind=scene.setting, setting=""), width=width, height=height).picture  # type: ignore[arg-type]
    soft = np.stack([blurred(view[..., i], min(height, width) / 70) for i in range(3)], axis=-1)
    return mix(to_linear(soft) * np.float32(light.lift), picture, floor[..., None])


def _finished(picture: Field, *, light: Light, side: float) -> Field:
    """Bloom of the highlights, a breath of haze on the lit side, a quiet vignette."""
    height, width = picture.shape[:2]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    haze = np.exp(-((x - side * 0.95) ** 2 + (y + 0.95) ** 2) / 0.9) * 0.10
    picture = picture + haze[..., None] * linear(light.key) * np.float32(light.lift * (0.4 + 0.6 * light.shaft))
    bright = np.clip(picture.max(axis=-1) - 0.85, 0, 1)
    picture = picture + blurred(bright, min(height, width) / 45)[..., None] * linear(light.key) * np.float32(0.5)
    vignette = 1 - 0.20 * np.clip((x * x * 0.8 + y * y) - 0.55, 0, 1)
    return (picture * vignette[..., None]).astype(np.float32)
