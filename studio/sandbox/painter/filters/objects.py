"""Things set into a finished picture: cast like a still life's, in the picture's own light, standing where the words
say and throwing their shadow there. Nothing outside the place named is touched."""

from dataclasses import dataclass, replace
from math import cos, radians

import numpy as np

from studio.sandbox.painter.colour import LUMA, Field, filmic, mix, to_linear, to_srgb
from studio.sandbox.painter.filters.ambience import Ambience, ambience_of
from studio.sandbox.painter.filters.ashore import on_land
from studio.sandbox.painter.filters.ops import Filters, Op, blurred_picture, with_alpha
from studio.sandbox.painter.filters.shelf import Box, kept_in, with_shelf
from studio.sandbox.painter.filters.whereabouts import Placing, depth_and_side, frame_of, placing_from
from studio.sandbox.painter.land.flock import flock
from studio.sandbox.painter.noise import blurred, dice, stretched
from studio.sandbox.painter.scene import Canvas
from studio.sandbox.painter.still.cutout import (
    Patch,
    Thing,
    cast_at,
    lit_thing,
    patch_of,
    screen_box,
    thing_shadow,
    window_of,
)
from studio.sandbox.painter.vocabulary import vocabulary

_USUAL_CM = 22.0
"""How high the subject of a picture is taken to be when nobody said what it is."""
_PERSON_CM = 170.0
_LARGE_PX = 180
"""A thing higher than this throws its shadow at half the size; twice as high, it is cast less fine."""
_FEW_PIXELS = 700_000
"""Up to here rays are cast twice as fine as the picture along an edge; beyond, 1.5 times."""
_ALOFT = ("sky", "top", "top-left", "top-right")
_FLYING = ("balloon", "bird", "butterfly", "drone", "rocket", "plane", "kite")
_FAR = ("background", "behind")


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where one thing stands: its foot (x, y) and height in px; whether the subject hides it; how far away it is."""

    x: float
    y: float
    height: float
    hidden: bool = False
    softness: float = 0.0
    """Radius in px of what the lens leaves out of focus."""
    grounded: bool = True
    onto: bool = False
    """It stands on the subject, so that its shadow falls there only."""


def subject_box(alpha: Field) -> Box | None:
    """The box round the subject, None when there is hardly one."""
    solid = alpha > 0.5
    if float(solid.mean()) < 0.002:
        return None
    rows, columns = np.nonzero(solid.any(axis=1))[0], np.nonzero(solid.any(axis=0))[0]
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _height_px(placing: Placing, box: Box | None, size: tuple[int, int]) -> float:
    """How high the thing is drawn: true to the subject where its height is known, plausible elsewhere."""
    height = size[0]
    if box is None:
        return height * float(np.clip(0.20 * (placing.height_cm / _PERSON_CM) ** 0.45, 0.05, 0.5))
    tall = box[3] - box[1]
    if placing.beside_cm > 0:
        # Held within what can be seen: a ring beside a guitar is drawn larger than it is.
        return tall * float(np.clip(placing.height_cm / placing.beside_cm, 0.18, 1.7))
    return tall * float(np.clip((placing.height_cm / _USUAL_CM) ** 0.6, 0.22, 1.25))


def _calm_side(canvas: Canvas, box: Box) -> float:
    """The side of the subject to set a thing on, −1 or 1: the emptier, then the wider, of two alike the calmer."""
    height, width = canvas.picture.shape[:2]
    left, right = box[0], width - box[2]
    if canvas.alpha is not None:
        taken = [float(canvas.alpha[:, : int(left)].sum()), float(canvas.alpha[:, int(box[2]) :].sum())]
        if abs(taken[0] - taken[1]) > 0.004 * height * width:
            return -1.0 if taken[0] < taken[1] else 1.0
    if abs(left - right) > 0.06 * width:
        return -1.0 if left > right else 1.0
    restless = np.abs(np.diff(canvas.picture[height // 3 :] @ LUMA, axis=1)).mean(axis=0)
    return -1.0 if restless[: width // 3].mean() <= restless[-width // 3 :].mean() else 1.0


def _beside(canvas: Canvas, box: Box, wide: float, side: float) -> float:
    """The middle of what stands beside the subject, past what stands there already while the picture is wide enough."""
    width = canvas.picture.shape[1]
    edge = box[0] if side < 0 else box[2]
    if canvas.alpha is not None:
        taken = np.nonzero((canvas.alpha > 0.5).any(axis=0))[0]
        beyond = taken[taken < box[0]] if side < 0 else taken[taken >= box[2]]
        if beyond.size:
            further = float(beyond[0] if side < 0 else beyond[-1] + 1)
            edge = further if (further if side < 0 else width - further) > wide * 0.9 else edge
    return edge + side * wide * 0.56


def _middle(placing: Placing, box: Box, canvas: Canvas, wide: float) -> float:
    """Where across the picture the things stand: their middle in px."""
    width = canvas.picture.shape[1]
    centre = (box[0] + box[2]) / 2
    place = placing.place
    if place in ("beside-left", "beside-right", "beside", ""):
        side = -1.0 if place == "beside-left" else 1.0 if place == "beside-right" else _calm_side(canvas, box)
        return _beside(canvas, box, wide, side)
    depth, named = depth_and_side(place)
    if depth in ("background", "foreground"):
        side = {"left": -1.0, "right": 1.0}.get(named) or _calm_side(canvas, box)
        return box[0] * 0.5 if side < 0 else (box[2] + width) / 2
    if depth in ("behind", "front"):
        side = {"left": -1.0, "right": 1.0}.get(named) or _calm_side(canvas, box)
        reach = (box[2] - box[0]) * (0.42 if depth == "behind" else 0.30)
        return centre + side * reach
    if place in ("on", "below", "same"):
        return centre
    left, _, right, _ = frame_of(placing, canvas.picture.shape[:2])
    return (left + right) / 2


def _foot(placing: Placing, box: Box, size: tuple[int, int], tall: float) -> float:
    """The row the things stand on."""
    height, depth = size[0], box[3] - box[1]
    low = min(box[3], height * 0.93)
    if placing.place == "on":
        return box[1] + min(depth * 0.12, (box[2] - box[0]) * 0.10)
    if placing.place in _ALOFT:
        return height * 0.295 if placing.place != "sky" else max(tall * 1.1, min(box[1] - 0.05 * height, height * 0.30))
    depth_said = depth_and_side(placing.place)[0]
    if placing.place.startswith("bottom") or depth_said == "foreground":
        return height * 0.965
    shift = {"background": -0.30, "behind": -0.16, "front": 0.16, "below": 0.22, "same": 0.0}.get(depth_said, 0.03)
    return float(np.clip(low + shift * depth * 0.6, height * 0.45, height * 0.965))


def _flies(placing: Placing) -> bool:
    """Whether it hangs in the air: in the sky, or high up in open country, or because it is a thing that flies."""
    return placing.place == "sky" or (placing.place in _ALOFT and (placing.open_air or placing.subject in _FLYING))


def _space(place: str, box: Box, width: float) -> float:
    """The room in px beside the subject, on the side said or on the wider one."""
    sides = {"beside-left": box[0], "beside-right": width - box[2]}
    return sides.get(place, max(sides.values()))


def _stands(placing: Placing, thing_ratio: float, canvas: Canvas) -> list[_Stand]:
    """A place for each of the things; thing_ratio: width by height."""
    size = canvas.picture.shape[0], canvas.picture.shape[1]
    known = canvas.stood or (None if canvas.alpha is None else subject_box(canvas.alpha))
    known = None if placing.open_air else known
    box = known or (size[1] * 0.36, size[0] * 0.35, size[1] * 0.64, size[0] * 0.80)
    left, top, right, bottom = frame_of(placing, size)
    tall = _height_px(placing, known, size)
    near, depth = 2.0 if placing.open_air else 1.3, depth_and_side(placing.place)[0]
    tall *= {"background": 0.62, "behind": 0.92, "foreground": near, "front": 1.05}.get(depth, 1.0)
    count, step = placing.count, 0.92
    margin = 0.02 * (right - left)
    room = (right - left - 2 * margin) / (1 + (count - 1) * step)
    foot = min(_foot(placing, box, size, tall), bottom - 0.02 * size[0])
    if placing.place in ("beside", "beside-left", "beside-right", "") and known is not None:
        # What stands beside does not cover the subject while there is room to stand smaller.
        space = _space(placing.place, box, size[1])
        tall = max(tall * 0.6, min(tall, space * 1.02 / (1 + (count - 1) * step) / thing_ratio))
    tall = min(tall, room / thing_ratio, (foot - top) * 0.94)
    wide = tall * thing_ratio
    group = wide * (1 + (count - 1) * step)
    middle = _middle(placing, box, canvas, group)
    middle = float(np.clip(middle, left + margin + group / 2, right - margin - group / 2))
    if placing.open_air and not _flies(placing) and depth != "background":
        middle, foot, group, tall = on_land(canvas.picture, (middle, foot, group, tall), bounds=(left, right))
        wide = group / (1 + (count - 1) * step)
    rng = dice(placing.seed.encode(), "stands")
    soft = size[0] / 260 if depth == "background" else size[0] / 400 if depth == "foreground" else 0.0
    found = []
    for k in range(count):
        jitter = float(rng.uniform(-1, 1))
        x = middle - group / 2 + wide / 2 + k * step * wide
        y = foot + (jitter * 0.05 * tall if count > 1 and placing.place not in (*_ALOFT, "on") else 0.0)
        grown = tall * (1 + 0.06 * jitter) if count > 1 else tall
        found.append(
            _Stand(
                x, min(y, bottom - 1), grown, hidden=depth in _FAR, softness=soft,
                grounded=not _flies(placing), onto=placing.place == "on",
            )
        )  # fmt: skip
    return sorted(found, key=lambda stand: stand.y)


def _under(picture: Field, stand: _Stand) -> Field:
    """The linear colour of the ground round the foot."""
    height, width = picture.shape[:2]
    reach = max(3, int(stand.height * 0.3))
    r, c = int(np.clip(stand.y, 0, height - 1)), int(np.clip(stand.x, 0, width - 1))
    area = picture[max(0, r - reach // 3) : r + reach, max(0, c - reach) : c + reach]
    return to_linear(np.median(area.reshape(-1, 3), axis=0))


@dataclass(frozen=True, slots=True)
class _Made:
    """One thing ready to be laid: sRGB colours and coverage with their corner, and the plane of its shadow."""

    colour: Field
    cover: Field
    patch: Patch
    shade: Field
    shade_at: tuple[int, int]


def _made(thing: Thing, stand: _Stand, picture: Field, light: Ambience, *, pitch: float) -> _Made:
    box = screen_box(thing, pitch)
    left, _, right, top = box
    scale = stand.height / (top - box[1])
    # A model need not stand in the middle of its box: the place given is the box's middle.
    stand = replace(stand, x=stand.x - (left + right) / 2 * scale)
    foot = stand.y + box[1] * scale * cos(pitch) * 0.5
    finer = 2.0 if picture.shape[0] * picture.shape[1] <= _FEW_PIXELS else 1.5 if stand.height < 2 * _LARGE_PX else 1.25
    cast = cast_at(thing, box=box, scale=scale * finer, pitch=pitch)
    rows = np.clip(foot - cast.solids.v * scale, 0, picture.shape[0] - 1).astype(int)
    columns = np.clip(stand.x + cast.solids.u * scale, 0, picture.shape[1] - 1).astype(int)
    lit = lit_thing(cast, light.rig, to_linear(picture[rows][:, columns]))
    patch = patch_of(cast, lit, finer=finer, at=(round(foot - top * scale), round(stand.x + left * scale)))
    alpha = patch.alpha
    colour = filmic(patch.light / np.maximum(alpha, 0.02)[..., None])
    if light.grain > 0.003:
        noise = dice(b"grain", str(alpha.shape)).standard_normal(alpha.shape, dtype=np.float32)
        colour = np.clip(colour + (noise * np.float32(light.grain))[..., None], 0, 1)
    # The shadow's own small plane: as wide as it can be thrown.
    reach = round(stand.height * 2.2 + (right - left) * scale)
    size = (round(stand.height * 1.6) + 8, 2 * reach)
    at = (round(foot - size[0] * 0.62), round(stand.x - reach))
    shade = np.zeros(size, dtype=np.float32)
    if stand.grounded:
        # A shadow is soft: that of a large thing is cast at half the size.
        part = 2 if stand.height > _LARGE_PX else 1
        origin = ((stand.x - at[1]) / part, (foot - at[0]) / part)
        shade = thing_shadow(
            cast, light.rig, size=(size[0] // part, size[1] // part), origin=origin, scale=scale / part
        )
        shade = shade if part == 1 else stretched(shade, height=size[0], width=size[1])
    return _Made(colour=colour, cover=alpha, patch=patch, shade=shade, shade_at=at)


def _blur_made(made: _Made, radius_px: float) -> _Made:
    """Out of focus; the coverage is softened with the colours, so no dark rim appears."""
    pad = int(radius_px * 3) + 1
    cover = np.pad(made.cover, pad)
    colour = np.pad(made.colour, ((pad, pad), (pad, pad), (0, 0))) * cover[..., None]
    soft = blurred(cover, radius_px)
    colour = blurred_picture(colour, radius_px) / np.maximum(soft, 0.02)[..., None]
    patch = replace(made.patch, row=made.patch.row - pad, column=made.patch.column - pad, alpha=soft)
    return replace(made, colour=np.clip(colour, 0, 1), cover=soft, patch=patch)


def _laid(canvas: Canvas, made: _Made, stand: _Stand, kept: Field) -> Canvas:
    """The thing on the picture: first its shadow on the ground, then itself; the subject hides what is behind it."""
    size = (kept.shape[0], kept.shape[1])
    picture = canvas.picture.copy()
    alpha = np.zeros(size, dtype=np.float32) if canvas.alpha is None else canvas.alpha
    shadow = np.zeros(size, dtype=np.float32) if canvas.shadow is None else canvas.shadow.copy()
    there = window_of(Patch(made.shade, made.shade, *made.shade_at), size)
    if there is not None:
        area, own = there
        shade = made.shade[own] * kept[area] * (alpha[area] if stand.onto else 1 - alpha[area])
        picture[area] = np.where(
            shade[..., None] > 0.002,
            to_srgb(to_linear(picture[area]) * (1 - np.float32(0.70) * shade)[..., None]),
            picture[area],
        )
        shadow[area] = np.maximum(shadow[area], shade)
    there = window_of(made.patch, size)
    whole = alpha.copy()
    if there is not None:
        area, own = there
        cover = made.cover[own] * (1 - alpha[area] if stand.hidden else 1.0) * (kept[area] > 0)
        picture[area] = mix(picture[area], made.colour[own], cover[..., None])
        whole[area] = np.maximum(whole[area], cover)
    return replace(canvas, picture=np.clip(picture, 0, 1).astype(np.float32), alpha=whole, shadow=shadow)


def _standing_in(box: Box, *, ratio: float) -> _Stand:
    """The place of a thing that takes another's: on the same ground, about as large."""
    height = min(box[3] - box[1], (box[2] - box[0]) * 1.25 / ratio)
    return _Stand(x=(box[0] + box[2]) / 2, y=box[3], height=height)


def place_things(canvas: Canvas, placing: Placing, *, instead: Box | None = None) -> Canvas:
    """The picture with the things in it; alpha then covers them too, so that a new background leaves them.

    instead: the box of what they take the place of.
    """
    words = vocabulary().subjects
    pitch = radians(min(placing.pitch_deg, 78))
    rng = dice(placing.seed.encode(), "things")
    subject = words[placing.subject]
    yaws = [float(rng.uniform(-1, 1)) * subject.yaw for _ in range(placing.count)]
    things = [Thing(subject=subject, colour=placing.colour, finish=placing.finish, yaw_deg=yaw) for yaw in yaws]
    boxes = [screen_box(thing, pitch) for thing in things]
    ratio = max((box[2] - box[0]) / (box[3] - box[1]) for box in boxes)
    places = _stands(placing, ratio, canvas) if instead is None else [_standing_in(instead, ratio=ratio)] * len(things)
    frame = frame_of(placing, (canvas.picture.shape[0], canvas.picture.shape[1]))
    kept = kept_in((canvas.picture.shape[0], canvas.picture.shape[1]), frame)
    light = ambience_of(canvas, _under(canvas.picture, places[0]))
    if placing.place in _ALOFT and not _flies(placing):
        wide = places[0].height * ratio * 0.72
        span = (min(stand.x for stand in places) - wide, max(stand.x for stand in places) + wide)
        canvas = with_shelf(canvas, foot=max(stand.y for stand in places), span=span, frame=frame)
    if canvas.stood is None and canvas.alpha is not None:
        # Remembered, so that what is added next stands by the subject and not by what was added before.
        canvas = replace(canvas, stood=subject_box(canvas.alpha))
    start = canvas.alpha
    for thing, stand in zip(things, places, strict=True):
        made = _made(thing, stand, canvas.picture, light, pitch=pitch)
        if stand.softness > 0.6:
            made = _blur_made(made, stand.softness)
        # Things of one group stand before each other; only the subject itself hides them.
        laid = _laid(replace(canvas, alpha=start) if stand.hidden else canvas, made, stand, kept)
        whole = laid.alpha if canvas.alpha is None or laid.alpha is None else np.maximum(canvas.alpha, laid.alpha)
        canvas = replace(laid, alpha=whole)
    return canvas


def _flown(canvas: Canvas, placing: Placing) -> Canvas:
    """Birds on the wing, in the upper part of the place named."""
    size = canvas.picture.shape[0], canvas.picture.shape[1]
    left, top, right, bottom = frame_of(placing, size)
    frame = (left, top, right, min(bottom, size[0] * 0.33))
    picture, cover = flock(canvas.picture, count=placing.count, frame=frame, seed=placing.seed.encode())
    alpha = None if canvas.alpha is None else np.maximum(canvas.alpha, cover)
    return replace(canvas, picture=picture, alpha=alpha)


def _add(canvas: Canvas, op: Op) -> Canvas:
    placing = placing_from(op.value)
    if placing is None:
        raise ValueError(f"not a placing: {op.value!r}")
    if placing.subject == "bird" and placing.place in _ALOFT:
        return _flown(canvas, placing)
    return place_things(canvas if placing.open_air else with_alpha(canvas)[0], placing)


OBJECTS: Filters = {"add": _add}
