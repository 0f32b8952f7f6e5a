"""A worktop before a wall: a kitchen's tiles and shelf, or the window one stands beside. In linear light."""

import numpy as np

from studio.sandbox.painter.colour import Field, linear, mix, shifted, smoothstep, to_linear, to_srgb
from studio.sandbox.painter.noise import blurred
from studio.sandbox.painter.still.backdrop import Room
from studio.sandbox.painter.still.interior import Box, lay_box, lay_oval, lay_window, shade_boxes

_JARS = ("#c9694a", "#e9e2d3", "#7f9a83", "#d3a430", "#39566b", "#b98a5c")


def furnish_counter(
    picture: Field, room: Room, rng: np.random.Generator, *, kitchen: bool, plain: bool, window: bool = True
) -> Field:
    """What is behind the worktop, painted over the wall of a room (h, w, 3); the worktop stays as it is."""
    edge = float(np.clip(room.horizon_px, room.height * 0.30, room.height * 0.86))
    wide = room.width * float(rng.uniform(0.24, 0.30) if kitchen else rng.uniform(0.44, 0.52))
    wide = min(wide, room.height * (0.62 if kitchen else 0.95))
    start = room.width * 0.06 if room.side < 0 else room.width * 0.94 - wide
    box = (start, edge * 0.09, start + wide, edge * (0.72 if kitchen else 0.86))
    wall = picture.copy()
    if kitchen:
        wall = _tiled(wall, room, edge=edge)
    if window:
        wall = lay_window(wall, room, box=box, frame="" if kitchen else "#7d5f48")
        _daylight(wall, box, room)
    if kitchen and not plain:
        span = (box[2] + room.width * 0.06, room.width * 0.95)
        if room.side > 0:
            span = (room.width * 0.05, box[0] - room.width * 0.06)
        wall = _shelf(wall, room, rng, span=span, level=edge * 0.40)
    y = np.arange(room.height, dtype=np.float32)[:, None, None]
    return mix(wall, picture, smoothstep(-0.8, 0.8, y - room.horizon_px)).astype(np.float32)


def _tiled(picture: Field, room: Room, *, edge: float) -> Field:
    """Glazed tiles in a running bond above the worktop, up to the shelf."""
    top, side = edge * 0.46, room.height / 13
    y = np.arange(room.height, dtype=np.float32)[:, None] - edge
    x = np.arange(room.width, dtype=np.float32)[None, :]
    row = np.floor(y / (side * 0.5))
    across = (x / side + 0.5 * (row % 2)) % 1
    down = (y / (side * 0.5)) % 1
    near = np.minimum(np.minimum(across, 1 - across) * side, np.minimum(down, 1 - down) * side * 0.5)
    joint = 1 - smoothstep(0.0, max(1.0, side * 0.035), near)
    shine = 1.10 + 0.05 * np.sin(row * 12.9898 + np.floor(x / side + 0.5 * (row % 2)) * 78.233)
    glaze = 0.10 * smoothstep(0.75, 0.95, down) * (1 - joint)
    tile = mix(np.broadcast_to(room.wall, picture.shape), np.broadcast_to(linear("#f4f1ea"), picture.shape), 0.55)
    light = picture.mean(axis=-1, keepdims=True) / max(float(room.wall.mean()), 1e-3)
    body = tile * light * (shine * (1 - 0.34 * joint) + glaze)[..., None]
    return mix(picture, body, smoothstep(-1, 1, y + edge - top)[..., None])


def _daylight(picture: Field, box: Box, room: Room) -> None:
    """The glow round a window, in place."""
    plane = np.zeros((room.height // 4 + 1, room.width // 4 + 1, 1), dtype=np.float32)
    lay_box(plane, np.ones(1, dtype=np.float32), (box[0] / 4, box[1] / 4, box[2] / 4, box[3] / 4))
    glow = blurred(plane[..., 0], max(2.0, room.height / 40))
    glow = np.repeat(np.repeat(glow, 4, axis=0), 4, axis=1)[: room.height, : room.width]
    picture += glow[..., None] * room.key * np.float32(0.12 if float(room.wall.mean()) > 0.16 else 0.03)


def _shelf(picture: Field, room: Room, rng: np.random.Generator, *, span: tuple[float, float], level: float) -> Field:
    """A board with jars, bowls and a few plates, and the shade under it."""
    left, right = span
    thick = room.height * 0.016
    shade = shade_boxes((room.height, room.width), [(left, level + thick, right, level + thick * 4)], thick * 2)
    picture = picture * (1 - 0.40 * shade)[..., None]
    x, unit = left + room.height * 0.03, room.height * 0.055
    while x < right - unit * 2:
        tone = linear(_JARS[int(rng.integers(len(_JARS)))]) * room.key * np.float32(0.62)
        wide, tall = unit * float(rng.uniform(0.7, 1.15)), unit * float(rng.uniform(1.1, 2.0))
        if rng.random() < 0.3:
            _bowls(picture, tone, at=(x, level), wide=unit * 1.6)
            x += unit * 2.0
        else:
            _jar(picture, tone, box=(x, level - tall, x + wide, level))
            x += wide + unit * float(rng.uniform(0.15, 0.9))
    wood = linear("#b08054") * room.key * np.float32(0.8)
    lay_box(picture, wood, (left, level, right, level + thick))
    lay_box(picture, wood * np.float32(1.25), (left, level, right, level + thick * 0.3))
    return picture


def _rounded(picture: Field, tone: Field, box: Box) -> None:
    """A box lit from one side, so that it looks round, in place."""
    strips = 9
    for k in range(strips):
        a, b = box[0] + (box[2] - box[0]) * k / strips, box[0] + (box[2] - box[0]) * (k + 1) / strips
        light = 0.72 + 0.5 * float(np.sin(np.pi * (k + 0.8) / strips)) ** 1.5
        lay_box(picture, tone * np.float32(light), (a, box[1], b, box[3]))


def _jar(picture: Field, tone: Field, *, box: Box) -> None:
    """A jar with its lid, in place."""
    wide, tall = box[2] - box[0], box[3] - box[1]
    lid = to_linear(shifted(to_srgb(np.clip(tone, 0, 1)), light=-0.12))
    _rounded(picture, tone, (box[0], box[1] + tall * 0.16, box[2], box[3]))
    _rounded(picture, lid, (box[0] + wide * 0.06, box[1], box[2] - wide * 0.06, box[1] + tall * 0.18))


def _bowls(picture: Field, tone: Field, *, at: tuple[float, float], wide: float) -> None:
    """Three bowls in a stack, in place."""
    x, foot = at
    for k in range(3):
        top, middle = foot - wide * (0.30 + 0.16 * k), x + wide / 2
        light = tone * np.float32(0.9 + 0.12 * k)
        within = (x, top, x + wide, foot - wide * 0.16 * k)
        lay_oval(picture, light, (middle, top, wide * 0.5, wide * 0.30), within=within)
