"""A room: wall and floor in perspective, window or lamp light, frames, a rug; and what belongs in it unasked."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from studio.sandbox.painter.colour import Field, linear, mix, scaled, shifted, smoothstep, srgb, to_linear, to_srgb
from studio.sandbox.painter.noise import blurred, cloud, dice, stretched
from studio.sandbox.painter.scene import MOST_THINGS, Item, Scene
from studio.sandbox.painter.still.backdrop import Room
from studio.sandbox.painter.vocabulary import vocabulary

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""
FURNITURE = {"floor_lamp": ("lamp",), "house_plant": ("plant", "cactus", "flowers"), "side_table": ("table", "desk")}
"""What a room gets unasked, and what stands in for it."""
_FLOORS = ("#b98d62", "#8a6244", "#c9a67d", "#a3978a", "#d6c3a5")
_RUGS = ("#b8584a", "#39566b", "#c7a24e", "#7d8f74", "#e3d6c2", "#8f6f80")
_TREES = ((0.16, 0.46, 0.20, "#a9c09a"), (0.88, 0.56, 0.22, "#9db78f"), (0.62, 0.30, 0.26, "#86a578"),
          (0.36, 0.24, 0.34, "#7a9a6a"))  # fmt: skip
"""Outside a window, far to near: (place across, height, half width; shares of the window), colour."""
_ARTS = ("#d9774a", "#2f4f63", "#e3b34c", "#7f9a83", "#c98f86", "#efe4d0")


def furnished(scene: Scene) -> Scene:
    """The scene with a few things a room has, where none were named and nothing spare was asked for."""
    rng = dice(scene.seed, "furniture")
    named = {scene.subject, *(item.subject for item in scene.items)}
    total = scene.count + sum(item.count for item in scene.items)
    wanted = [
        name for name, twins in FURNITURE.items() if not named & {name, *twins} and name not in scene.absent
    ]  # fmt: skip
    subjects = vocabulary().subjects
    small = [
        name for name in named if not (subjects[name].home or subjects[name].figure or subjects[name].height_cm >= 45)
    ]
    if small and "side_table" in wanted:
        return replace(scene, items=(*scene.items, Item(subject="side_table")))
    if scene.plain or total >= 4 or not wanted:
        return scene
    chosen = [wanted[int(k)] for k in rng.permutation(len(wanted))[: 2 if total < 3 else 1]]
    return replace(
        scene, items=(scene.items + tuple(Item(subject=name) for name in chosen))[: MOST_THINGS - scene.count]
    )


def _boards(room: Room, rng: np.random.Generator, *, edge: float) -> Field:
    """The floor's light (h, w): boards that run towards the viewer and meet far behind the wall."""
    y = np.arange(room.height, dtype=np.float32)[:, None]
    x = np.arange(room.width, dtype=np.float32)[None, :]
    vanish = edge - room.height * 0.75
    depth = np.maximum(y - vanish, 1.0)
    across = (x - room.width * 0.46) / depth * 5.2
    far = room.height / depth * 3.0
    board = np.floor(across)
    shade = np.sin(board * 12.9898) * 43758.5453
    shade = (shade - np.floor(shade) - 0.5) * 0.14
    joint = 1 - smoothstep(0.0, 0.035, np.abs(across - board - 0.5) * -1 + 0.5)
    ends = np.abs(((far + np.abs(np.sin(board * 4.1)) * 3) % 1.9) / 1.9 - 0.5)
    butt = 1 - smoothstep(0.0, 0.012, ends)
    grain = cloud(rng, height=room.height, width=room.width, cells=(5, 60), octaves=3) * 0.05
    light: Field = 1 + shade + grain - 0.30 * joint - 0.22 * butt
    return light


def _covered(start: float, stop: float, count: int) -> tuple[slice, Field]:
    """The pixels a stretch touches, and how much of each it covers."""
    first, last = max(0, int(start)), min(count, int(stop) + 1)
    at = np.arange(first, max(first, last), dtype=np.float32)
    return slice(first, max(first, last)), np.clip(np.minimum(at + 1, stop) - np.maximum(at, start), 0, 1)


def lay_box(picture: Field, tone: Field, box: Box) -> None:
    """Paints the box in place with a colour (3,), or with the same box of a picture (h, w, 3) or (h, 1, 3)."""
    rows, down = _covered(box[1], box[3], picture.shape[0])
    columns, across = _covered(box[0], box[2], picture.shape[1])
    cover = (down[:, None] * across[None, :]).astype(np.float32)[..., None]
    flat = tone if tone.ndim == 1 else tone[rows] if tone.shape[1] == 1 else tone[rows, columns]
    picture[rows, columns] += (flat - picture[rows, columns]) * cover


def shade_boxes(size: tuple[int, int], boxes: list[Box], soft_px: float) -> Field:
    """The soft shadow of flat things on a wall, drawn a quarter as fine."""
    small = np.zeros((size[0] // 4 + 1, size[1] // 4 + 1, 1), dtype=np.float32)
    for box in boxes:
        lay_box(small, np.ones(1, dtype=np.float32), (box[0] / 4, box[1] / 4, box[2] / 4, box[3] / 4))
    return stretched(blurred(small[..., 0], max(1.0, soft_px / 4)), height=size[0], width=size[1])


def lay_window(picture: Field, room: Room, *, box: Box, frame: str = "") -> Field:
    """A window with its frame ("#rrggbb", "" for painted), bright outside, its reveal shaded."""
    x0, y0, x1, y1 = box
    bar = max(2.0, (x1 - x0) * 0.035)
    y = np.linspace(0, 1, room.height, dtype=np.float32)[:, None, None]
    down = np.clip((y * room.height - y0) / max(1.0, y1 - y0), 0, 1)
    outside = mix(linear("#8fbbe0"), linear("#efe9d6"), down) * room.key * np.float32(1.05)
    dark = float(room.wall.mean()) < 0.16
    if dark:
        outside = mix(linear("#1a2748"), linear("#4a5f8c"), np.clip(y * 1.8, 0, 1))
    tone = (
        linear(frame) * room.key
        if frame
        else mix(room.wall * np.float32(1.25), np.ones(3, dtype=np.float32) * np.float32(0.72), 0.4)
    )
    lay_box(picture, tone, (x0 - bar * 1.6, y0 - bar * 1.6, x1 + bar * 1.6, y1 + bar * 2.6))
    middle = (y0 * 0.62 + y1 * 0.38, (x0 + x1) / 2)
    for left, right in ((x0, middle[1] - bar / 2), (middle[1] + bar / 2, x1)):
        for top, bottom in ((y0, middle[0] - bar / 2), (middle[0] + bar / 2, y1)):
            lay_box(picture, outside, (left, top, right, bottom))
            _garden(picture, room, box=box, pane=(left, top, right, bottom), dark=dark)
    return picture


def _garden(picture: Field, room: Room, *, box: Box, pane: Box, dark: bool) -> None:
    """Soft trees and a hedge seen through a pane, in place; box: the whole window."""
    wide, high = box[2] - box[0], box[3] - box[1]
    lit = room.key * np.float32(0.16 if dark else 0.72)
    for x, rise, half, code in _TREES:
        middle = (box[0] + wide * x, box[3] - high * rise * 0.35)
        oval = (*middle, wide * half, high * rise * 0.75)
        lay_oval(picture, linear(code) * lit, oval, within=pane)


def _pictures(picture: Field, room: Room, rng: np.random.Generator, *, middle: float, edge: float) -> Field:
    """One to three framed pictures with a mount and a quiet composition, and their small shadow."""
    count = min(int(rng.integers(1, 4)), 3 if room.width > room.height else 1)
    tall = min(room.height * 0.26, edge * 0.42, room.width * 0.24)
    wide, gap = tall * 0.74, tall * 0.16
    left = middle - (count * wide + (count - 1) * gap) / 2
    top = max(edge * 0.16, edge * 0.52 - tall)
    wood = linear(("#3a2c22", "#b98d57", "#efe9de", "#1d1d1f")[int(rng.integers(4))])
    starts = [left + k * (wide + gap) for k in range(count)]
    off = tall * 0.035
    dark = [(x0 + off, top + off, x0 + wide + off, top + tall + off) for x0 in starts]
    picture = picture * (1 - 0.35 * shade_boxes((room.height, room.width), dark, tall * 0.04))[..., None]
    rim, mount = tall * 0.035, tall * 0.13
    for x0 in starts:
        lay_box(picture, wood, (x0, top, x0 + wide, top + tall))
        lit = linear("#f2eee6") * np.float32(0.9) * room.key
        lay_box(picture, lit, (x0 + rim, top + rim, x0 + wide - rim, top + tall - rim))
        _art(picture, (x0 + mount, top + mount, x0 + wide - mount, top + tall - mount), rng)
    return picture


def _art(picture: Field, box: Box, rng: np.random.Generator) -> None:
    """A sun over a hill in three flat colours, painted in place."""
    x0, y0, x1, y1 = box
    tones = [linear(_ARTS[int(k)]) * np.float32(0.8) for k in rng.permutation(len(_ARTS))[:3]]
    lay_box(picture, tones[0], box)
    wide, high = x1 - x0, y1 - y0
    r = wide * float(rng.uniform(0.18, 0.28))
    lay_oval(picture, tones[1], (x0 + wide * float(rng.uniform(0.35, 0.65)), y0 + high * 0.38, r, r), within=box)
    rise = high * float(rng.uniform(0.35, 0.55))
    lay_oval(picture, tones[2], (x0 + wide * 0.4, y1, wide * 0.9, rise), within=box)


def lay_oval(picture: Field, tone: Field, oval: Box, *, within: Box) -> None:
    """Paints an oval (middle x, middle y, half width, half height) in place, cut off by a box; tone as in `lay_box`."""
    rows, down = _covered(within[1], within[3], picture.shape[0])
    columns, across = _covered(within[0], within[2], picture.shape[1])
    y = (np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + 0.5 - oval[1]) / oval[3]
    x = (np.arange(columns.start, columns.stop, dtype=np.float32)[None, :] + 0.5 - oval[0]) / oval[2]
    away = np.sqrt(x * x + y * y)
    # The distance to the edge in pixels, to first order: the edge is smooth however flat the oval.
    steep = np.sqrt((x / oval[2]) ** 2 + (y / oval[3]) ** 2) / np.maximum(away, 1e-6)
    inside = np.clip((1 - away) / np.maximum(steep, 1e-6) + 0.5, 0, 1)
    cover = (inside * down[:, None] * across[None, :]).astype(np.float32)[..., None]
    flat = tone if tone.ndim == 1 else tone[rows, columns]
    picture[rows, columns] += (flat - picture[rows, columns]) * cover


def _rug(picture: Field, room: Room, rng: np.random.Generator, *, feet: list[tuple[float, float]], edge: float) -> None:
    """A round or oblong rug under what stands in the middle, painted in place."""
    low, high = max(y for _, y in feet), min(y for _, y in feet)
    x, y = sum(px for px, _ in feet) / len(feet), min(room.height * 0.93, (low + high) / 2 + (low - edge) * 0.22)
    half = (room.width * float(rng.uniform(0.30, 0.38)), max(room.height * 0.07, (low - edge) * 0.42))
    colour = srgb(_RUGS[int(rng.integers(len(_RUGS)))])
    weave = 1 + 0.08 * cloud(rng, height=room.height, width=room.width, cells=(90, 120), octaves=2)
    border = float(rng.choice([0.86, 0.80, 0.92]))
    for factor, tone in ((1.0, colour), (border, shifted(colour, light=0.22, chroma=0.5)), (border - 0.05, colour)):
        a, b = half[0] * factor, half[1] * (1 - (1 - factor) * 1.4)
        lit = scaled(to_linear(tone) * room.key * np.float32(0.62), weave)
        lay_oval(picture, lit, (x, y, a, b), within=(x - a - 1, y - b - 1, x + a + 1, y + b + 1))


def _sunlight(room: Room, *, box: tuple[float, float, float, float], edge: float) -> Field:
    """The window's light on the floor and across the wall: 0–1."""
    picture = Image.new("L", (max(16, room.width // 4), max(16, room.height // 4)), 0)
    pen = ImageDraw.Draw(picture)
    x0, _, x1, _ = (v / 4 for v in box)
    low, away = room.height / 4, -room.side * (x1 - x0) * 1.1
    start = edge / 4 * 0.98
    half = (x1 - x0) * 0.46
    for left, right in ((x0, x0 + half), (x1 - half, x1)):
        pen.polygon(
            [
                (left + away * 0.4, start),
                (right + away * 0.4, start),
                (right + away * 1.9, low),
                (left + away * 1.9, low),
            ],
            fill=255,
        )
    soft = blurred(np.asarray(picture, dtype=np.float32) / 255, max(1.5, room.width / 4 / 60))
    return stretched(soft, height=room.height, width=room.width)


def build_interior(
    room: Room, rng: np.random.Generator, *, feet: list[tuple[float, float]], plain: bool, absent: Sequence[str] = ()
) -> tuple[Field, Field]:
    """(the empty room (h, w, 3) in linear light, where it is floor (h, w)); feet: where things stand, in pixels.

    absent: what the room is not to have: "window", "pictures", "rug".
    """
    size = (room.height, room.width)
    edge = float(np.clip(min(y for _, y in feet) - room.height * 0.07, room.height * 0.42, room.height * 0.76))
    y = np.arange(room.height, dtype=np.float32)[:, None]
    x = np.linspace(0, 1, room.width, dtype=np.float32)[None, :]
    near = x if room.side < 0 else 1 - x
    wash = 0.55 + 0.55 * np.exp(-((near - 0.15) ** 2 / 0.40 + (y / room.height - 0.3) ** 2 / 0.5))
    floor = np.broadcast_to(smoothstep(-1.2, 1.2, y - edge), size).astype(np.float32)
    uneven = cloud(rng, height=room.height, width=room.width, cells=(2, 3), octaves=2) * 0.02
    wall = scaled(room.wall, wash + uneven)
    if rng.random() < 0.45:
        wall = _panelled(wall, room, edge=edge)
    tone = room.table if room.texture else linear(_FLOORS[int(rng.integers(len(_FLOORS)))]) * room.key * np.float32(0.9)
    ground = scaled(tone, _boards(room, rng, edge=edge) * (0.62 + 0.45 * wash))
    picture = mix(wall, ground, floor[..., None])
    skirting = room.height * 0.028
    lay_box(picture, room.wall * np.float32(1.18), (0, edge - skirting, room.width, edge))
    picture = scaled(picture, 1 - 0.30 * np.exp(-np.abs(y - edge) / (room.height * 0.012)) * floor)
    wide = max(room.width * float(rng.uniform(0.17, 0.24)), min(edge * 0.36, room.width * 0.34))
    start = room.width * 0.05 if room.side < 0 else room.width * 0.95 - wide
    box = (start, edge * 0.74 - min(edge * 0.64, wide * 1.7), start + wide, edge * 0.74)
    if "window" not in absent:
        picture = lay_window(picture, room, box=box)
        sun = _sunlight(room, box=box, edge=edge) * floor
        picture *= 1 + scaled(room.key * np.float32(0.9), max(0.25, room.shaft) * sun)
    if not plain:
        centre = sum(px for px, _ in feet) / len(feet)
        aside = (
            centre if abs(centre - (start + wide / 2)) > wide * 1.6 else room.width * (0.62 if room.side < 0 else 0.38)
        )
        # Drawn in any case, so that the rug is the same one without them.
        hung = _pictures(picture.copy(), room, rng, middle=aside, edge=edge)
        picture = picture if "pictures" in absent else hung
        if "rug" not in absent:
            _rug(picture, room, rng, feet=feet, edge=edge)
    return picture.astype(np.float32), floor


def _panelled(wall: Field, room: Room, *, edge: float) -> Field:
    """The lower wall in a deeper tone under a rail."""
    rail = edge * 0.66
    deep = to_linear(shifted(to_srgb(room.wall), light=-0.10, chroma=1.25))
    share = wall.mean(axis=-1, keepdims=True) / max(float(room.wall.mean()), 1e-3)
    wall = wall.copy()
    lay_box(wall, deep * share, (0, rail, room.width, room.height))
    lay_box(wall, room.wall * np.float32(1.2), (0, rail - 2, room.width, rail + room.height * 0.012))
    return wall
