"""The room around a still life: wall, table and its texture, the window's light. All in linear light."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from studio.sandbox.painter.colour import Field, mix, scaled, smoothstep
from studio.sandbox.painter.noise import blurred, cloud, line, moved, stretched


@dataclass(frozen=True, slots=True)
class Room:
    """Where things are, in pixels, and what they are made of (linear colours)."""

    height: int
    width: int
    horizon_px: float
    sharp: bool
    """A table with an edge rather than a seamless sweep."""
    wall: Field
    table: Field
    texture: str
    side: float
    """−1 when the light comes from the left, 1 from the right."""
    key: Field
    shaft: float
    gobo: str
    arch_px: float | None
    """Where a niche stands, its middle; None without one."""
    arch: Field


def _gradient(room: Room, rng: np.random.Generator) -> tuple[Field, Field]:
    y = np.linspace(0, 1, room.height, dtype=np.float32)[:, None]
    x = np.linspace(0, 1, room.width, dtype=np.float32)[None, :]
    near = x if room.side < 0 else 1 - x
    # A bell over the plane is the product of one across and one down, which spares a million powers.
    wash = np.exp(-((near - 0.12) ** 2 / 0.55)) * np.exp(-((y - 0.18) ** 2 / 0.75))
    wall_light = 0.40 + 0.78 * wash
    below = y - np.float32(room.horizon_px / room.height + 0.14)
    pool = np.exp(-((near - 0.42) ** 2 / 0.30)) * np.exp(-(below**2 / 0.10))
    table_light = 0.55 + 0.55 * pool - 0.16 * smoothstep(0.72, 1.05, y)
    drift = cloud(rng, height=room.height, width=room.width, cells=(2, 3), octaves=2) * 0.03
    return wall_light + drift, table_light + drift


def _weave(size: tuple[int, int], rng: np.random.Generator) -> Field:
    h, w = size
    warp = rng.standard_normal((1, w)).astype(np.float32) * 0.5 + rng.standard_normal((h, w)).astype(np.float32) * 0.3
    weft = rng.standard_normal((h, 1)).astype(np.float32)
    folds = cloud(rng, height=h, width=w, cells=(5, 2.5), octaves=3)
    return np.asarray(1 + 0.030 * warp + 0.030 * weft + 0.055 * folds)


def _wood(size: tuple[int, int], rng: np.random.Generator) -> Field:
    h, w = size
    unit = min(size)
    grain = cloud(rng, height=h, width=w, cells=(h / unit * 70, w / unit * 2.2), octaves=3)
    rings = np.sin(cloud(rng, height=h, width=w, cells=(h / unit * 9, w / unit * 1.1), octaves=2) * 9)
    boards = np.abs(((np.linspace(0, 1, h, dtype=np.float32) * h / unit * 5.2) % 1) - 0.5)[:, None]
    joints = 1 - smoothstep(0.0, 0.012, boards)
    return np.asarray(1 + 0.09 * grain + 0.06 * rings - 0.32 * joints)


def _marble(size: tuple[int, int], rng: np.random.Generator) -> Field:
    h, w = size
    bent = cloud(rng, height=h, width=w, cells=(7, 4), octaves=5)
    across = np.linspace(0, 3.2 * w / min(size), w, dtype=np.float32)[None, :]
    veins = 1 - smoothstep(0.0, 0.16, np.abs(np.sin(across + bent * 2.6)))
    depth = 0.4 + 0.6 * np.clip(cloud(rng, height=h, width=w, cells=(4, 3)), 0, 1)
    return np.asarray(1 - 0.22 * veins * depth + 0.02 * bent)


def _stone(size: tuple[int, int], rng: np.random.Generator) -> Field:
    fine = cloud(rng, height=size[0], width=size[1], cells=(40, 22), octaves=5)
    return np.asarray(1 + 0.10 * fine + 0.05 * cloud(rng, height=size[0], width=size[1], cells=(5, 3)))


def _sand(size: tuple[int, int], rng: np.random.Generator) -> Field:
    ripple = cloud(rng, height=size[0], width=size[1], cells=(26, 4), octaves=3)
    return np.asarray(1 + 0.07 * ripple + 0.045 * rng.standard_normal(size).astype(np.float32))


def _folds(size: tuple[int, int], rng: np.random.Generator) -> Field:
    bent = cloud(rng, height=size[0], width=size[1], cells=(3, 4), octaves=2)
    across = np.linspace(0, 9 * size[1] / min(size), size[1], dtype=np.float32)[None, :]
    return np.asarray(1 + 0.34 * np.sin(across + bent * 2.4))


def _tile(size: tuple[int, int], rng: np.random.Generator) -> Field:
    h, w = size
    side = min(size) / 7.5
    y, x = np.arange(h, dtype=np.float32)[:, None] / (side * 0.62), np.arange(w, dtype=np.float32)[None, :] / side
    joint = np.minimum(np.abs((y % 1) - 0.5) - 0.5, 0) > -0.022
    joint = joint | (np.abs((x % 1) - 0.5) > 0.486)
    shade = rng.uniform(-0.05, 0.05, (int(y.max()) + 1, int(x.max()) + 1)).astype(np.float32)
    return np.asarray(1 + shade[y.astype(int), x.astype(int)] - 0.26 * blurred(joint.astype(np.float32), 0.8))


def _brushed(size: tuple[int, int], rng: np.random.Generator) -> Field:
    lines = rng.standard_normal((size[0], 1)).astype(np.float32) * 0.05
    return np.asarray(1 + lines + 0.03 * cloud(rng, height=size[0], width=size[1], cells=(160, 3), octaves=2))


_TEXTURES: Mapping[str, Callable[[tuple[int, int], np.random.Generator], Field]] = {
    "weave": _weave, "wood": _wood, "marble": _marble, "stone": _stone, "sand": _sand, "folds": _folds,
    "tile": _tile, "brushed": _brushed,
}  # fmt: skip


def _texture(room: Room, rng: np.random.Generator) -> Field:
    """A multiplier for the table, about 1."""
    size = (room.height, room.width)
    return _TEXTURES[room.texture](size, rng) if room.texture in _TEXTURES else np.ones(size, dtype=np.float32)


def _window_light(room: Room, rng: np.random.Generator) -> Field:
    """Panes of sun, or sun through leaves, thrown on the room: 0–1."""
    rows, columns = max(24, room.height // 4), max(24, room.width // 4)
    picture = Image.new("L", (columns, rows), 0)
    pen = ImageDraw.Draw(picture)
    span = min(rows, columns)
    slope = float(rng.uniform(0.5, 0.85)) * (1 if room.side < 0 else -1)
    start = columns * (float(rng.uniform(0.02, 0.24)) if room.side < 0 else float(rng.uniform(0.76, 0.98)))
    flip = 1 if room.side < 0 else -1
    drop = rows * 1.05
    if room.gobo == "leaves":
        pen.rectangle((0, 0, columns, rows), fill=190)
        for _ in range(4):
            _frond(pen, rng, columns=columns, rows=rows)
        soft = blurred(np.asarray(picture, dtype=np.float32) / 255, span / 46)
        return stretched(soft, height=room.height, width=room.width)
    offset = 0.0
    for pane in (0.30, 0.16, 0.07):
        a, b = start + flip * offset * span, start + flip * (offset + pane) * span
        pen.polygon(
            [(a, -2), (b, -2), (b + slope * drop + flip * pane * span * 0.28, drop), (a + slope * drop, drop)], fill=255
        )  # fmt: skip
        offset += pane + 0.055
    soft = blurred(np.asarray(picture, dtype=np.float32) / 255, span / 30)
    return stretched(soft, height=room.height, width=room.width)


def _frond(pen: ImageDraw.ImageDraw, rng: np.random.Generator, *, columns: int, rows: int) -> None:
    """The shadow of a palm leaf: a curved stem with blades."""
    x, y = float(rng.uniform(-0.1, 1.1)) * columns, float(rng.uniform(-0.25, 0.35)) * rows
    angle, size = float(rng.uniform(0.3, 2.8)), min(rows, columns) * float(rng.uniform(0.75, 1.15))
    for k in range(17):
        t = k / 16
        sx, sy = x + np.cos(angle) * size * t, y + np.sin(angle) * size * t
        length = size * 0.42 * np.sin(np.pi * min(1.0, 0.18 + t * 0.85))
        for turn in (0.75, -0.75):
            ex, ey = sx + np.cos(angle + turn) * length, sy + np.sin(angle + turn) * length
            mx, my = (sx + ex) / 2 - (ey - sy) * 0.07, (sy + ey) / 2 + (ex - sx) * 0.07
            nx, ny = (sx + ex) / 2 + (ey - sy) * 0.07, (sy + ey) / 2 - (ex - sx) * 0.07
            pen.polygon([(sx, sy), (mx, my), (ex, ey), (nx, ny)], fill=40)


def _arch(room: Room) -> Field:
    """A round-headed niche behind the subject, 0–1."""
    y = np.arange(room.height, dtype=np.float32)[:, None]
    x = np.abs(np.arange(room.width, dtype=np.float32)[None, :] - (room.arch_px or 0.0))
    half = min(room.height * 0.36, room.width * 0.34)
    crown = max(room.height * 0.06 + half, room.horizon_px - half * 1.5)
    inside = half - np.where(y < crown, np.hypot(x, y - crown), x)
    return np.asarray(np.clip(inside + 0.5, 0, 1), dtype=np.float32)


def build_room(room: Room, rng: np.random.Generator) -> tuple[Field, Field]:
    """(the empty room (h, w, 3), where it is table (h, w))."""
    y = np.arange(room.height, dtype=np.float32)[:, None]
    wall_light, table_light = _gradient(room, rng)
    bow = 0.012 * room.height * line(rng, width=room.width, cells=1, octaves=1)[None, :]
    soft = 1.6 if room.sharp else room.height * 0.085
    floor = np.broadcast_to(smoothstep(-soft, soft, y - room.horizon_px - bow), (room.height, room.width))
    wall = scaled(room.wall, wall_light)
    if room.arch_px is not None:
        niche = _arch(room)
        lit = moved(niche, down=int(room.height * 0.02), right=int(-room.side * room.width * 0.022))
        wall = mix(wall, scaled(room.arch, wall_light), niche[..., None])
        wall = scaled(wall, 1 - niche * (0.05 + 0.30 * (1 - blurred(lit, room.width / 130))))
    table = scaled(room.table, table_light * np.clip(_texture(room, rng), 0.3, 1.6))
    picture = mix(wall, table, floor[..., None])
    if room.shaft > 0:
        sun = _window_light(room, rng) * (0.85 - 0.35 * floor)
        picture *= 1 + scaled(room.key, room.shaft * sun)
    if room.sharp:
        edge = np.exp(-np.abs(y - room.horizon_px - bow) / (room.height * 0.03)) * (1 - floor)
        picture = scaled(picture, 1 - 0.16 * edge)
    return picture.astype(np.float32, copy=False), floor
