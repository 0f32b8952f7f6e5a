"""A sheet of paper to design on: flat shapes with smooth edges, marks, painted panels and type."""

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.lettering.contrast import ENOUGH, contrast, light_of
from studio.sandbox.painter.lettering.typography import Box, Style
from studio.sandbox.painter.lettering.wrapping import Align, Block, Room, draw_block, fit

Ink = tuple[int, int, int]
Point = tuple[float, float]
_FINE, _COARSE = 4, 3
_FINE_PIXELS = 500_000
MARK_UNITS = 24


@cache
def marks() -> dict[str, list[list[float]]]:
    """The line marks by name, each as polylines x, y, x, y … on a grid of 24 units."""
    table: dict[str, list[list[float]]] = tomllib.loads((Path(__file__).parent / "marks.toml").read_text("utf-8"))
    return table


def ink_of(code: str) -> Ink:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def as_floats(ink: Ink) -> Field:
    return np.array(ink, dtype=np.float32) / np.float32(255)


def ratio(first: Ink, second: Ink) -> float:
    """The contrast of two inks, 1–21."""
    pair = light_of(np.stack([as_floats(first), as_floats(second)]))
    return float(contrast(pair[0], pair[1]))


def legible(ground: Ink, *wished: Ink, enough: float = ENOUGH) -> Ink:
    """The first ink wished that can be read on the ground; else the most legible of them, black and white."""
    for ink in wished:
        if ratio(ink, ground) >= enough:
            return ink
    return max((*wished, (18, 17, 16), (252, 250, 245)), key=lambda ink: ratio(ink, ground))


@dataclass(frozen=True, slots=True)
class TypeBox:
    """Where a text goes: its ink stays inside (left, top, right, bottom) px."""

    box: Box
    align: Align = "left"
    stand: float = 0.0
    """0 at the top of the box, 0.5 in the middle, 1 at its foot."""
    most_px: float = 0.0
    lines: int = 0
    leading: float = 0.0


class Sheet:
    """A picture in the making, drawn on in order. Measures are pixels, angles degrees clockwise from the right."""

    def __init__(self, width: int, height: int, ground: Ink) -> None:
        self.image = Image.new("RGB", (width, height), ground)
        self.width, self.height = width, height
        self.unit = min(width, height) / 100
        self.letters: Ink | None = None
        """What all words are set in, whatever a layout would choose; None leaves it to the layout."""

    def cover(self, mask: Image.Image, ink: Ink, *, at: tuple[int, int] = (0, 0), opacity: float = 1.0) -> None:
        """Inks an "L" mask whose left upper corner is at a pixel."""
        if opacity < 1:
            mask = mask.point([int(v * opacity + 0.5) for v in range(256)])
        self.image.paste(ink, at, mask)

    def shapes(self, outlines: Sequence[Sequence[Point]], ink: Ink, *, holes: int = 0, opacity: float = 1.0) -> None:
        """Closed outlines in one ink; the last `holes` of them are cut out of the others."""
        box = _bounds([point for outline in outlines for point in outline], self.width, self.height)
        if box is None:
            return
        left, top, right, bottom = box
        scale = _FINE if (right - left) * (bottom - top) < _FINE_PIXELS else _COARSE
        mask = Image.new("L", ((right - left) * scale, (bottom - top) * scale), 0)
        pen = ImageDraw.Draw(mask)
        for i, outline in enumerate(outlines):
            solid = 255 if i < len(outlines) - holes else 0
            pen.polygon([((x - left) * scale, (y - top) * scale) for x, y in outline], fill=solid)
        self.cover(mask.reduce(scale), ink, at=(left, top), opacity=opacity)

    def polygon(self, points: Sequence[Point], ink: Ink, *, opacity: float = 1.0) -> None:
        self.shapes([points], ink, opacity=opacity)

    def rect(self, box: Box, ink: Ink, *, opacity: float = 1.0) -> None:
        left, top, right, bottom = box
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], ink, opacity=opacity)

    def disc(self, middle: Point, radius: float, ink: Ink, *, opacity: float = 1.0) -> None:
        self.polygon(arc(middle, radius), ink, opacity=opacity)

    def ring(
        self, middle: Point, radii: tuple[float, float], ink: Ink, *, turn: tuple[float, float] = (0.0, 360.0)
    ) -> None:
        """Between two radii, from one angle to another."""
        outer, inner = arc(middle, radii[0], turn), arc(middle, radii[1], turn)
        if turn[1] - turn[0] >= 360:
            self.shapes([outer, inner], ink, holes=1)
        else:
            self.polygon([*outer, *reversed(inner)], ink)

    def frame(self, box: Box, width: float, ink: Ink) -> None:
        """A rectangle's border, inside the box."""
        left, top, right, bottom = box
        inner = (left + width, top + width, right - width, bottom - width)
        corners = [[(b[0], b[1]), (b[2], b[1]), (b[2], b[3]), (b[0], b[3])] for b in (box, inner)]
        self.shapes(corners, ink, holes=1)

    def stroke(self, lines: Sequence[Sequence[Point]], width: float, ink: Ink) -> None:
        """Polylines with round ends and joints."""
        reach = width / 2 + 1
        around = [(x + d, y + d) for line in lines for x, y in line for d in (-reach, reach)]
        box = _bounds(around, self.width, self.height)
        if box is None:
            return
        left, top, right, bottom = box
        mask = Image.new("L", ((right - left) * _FINE, (bottom - top) * _FINE), 0)
        pen = ImageDraw.Draw(mask)
        r = width * _FINE / 2
        for line in lines:
            points = [((x - left) * _FINE, (y - top) * _FINE) for x, y in line]
            pen.line(points, fill=255, width=max(1, round(r * 2)))
            for x, y in points:
                pen.ellipse((x - r, y - r, x + r, y + r), fill=255)
        self.cover(mask.reduce(_FINE), ink, at=(left, top))

    def mark(self, name: str, middle: Point, size: float, ink: Ink, *, weight: float = 1.6) -> None:
        """A line mark `size` px wide; weight is the line's width in the mark's 24 units."""
        scale = size / MARK_UNITS
        x, y = middle[0] - size / 2, middle[1] - size / 2
        lines = [[(x + a * scale, y + b * scale) for a, b in zip(row[::2], row[1::2], strict=True)]
                 for row in marks()[name]]  # fmt: skip
        self.stroke(lines, weight * scale, ink)

    def panel(self, picture: Field, at: tuple[int, int]) -> None:
        """A painted picture laid on the sheet."""
        pixels = np.clip(picture * np.float32(255) + np.float32(0.5), 0, 255).astype(np.uint8)
        self.image.paste(Image.fromarray(pixels, mode="RGB"), at)

    def ink_under(self, box: Box) -> Ink:
        """The mean colour inside the box."""
        left, top = max(0, int(box[0])), max(0, int(box[1]))
        right, bottom = max(left + 1, min(self.width, int(box[2]))), max(top + 1, min(self.height, int(box[3])))
        red, green, blue = np.asarray(self.image.crop((left, top, right, bottom))).reshape(-1, 3).mean(axis=0)
        return round(float(red)), round(float(green)), round(float(blue))

    def text(self, words: str, style: Style, where: TypeBox, ink: Ink) -> Box:
        """Sets words in a box, as large as it allows. Gives the box of their ink, an empty one where there are none."""
        left, top, right, bottom = where.box
        if not words:
            return left, top, left, top
        room = Room(right - left, bottom - top, where.most_px, where.lines, where.leading)
        return self.set(fit(words, style, room), where, ink)

    def set(self, block: Block, where: TypeBox, ink: Ink) -> Box:
        """Sets a block that has its size."""
        ink = self.letters or ink
        left, top, right, bottom = where.box
        y = top + (bottom - top - block.height_px) * where.stand
        origin = math.floor(left) - 2, math.floor(y) - 2
        plane = Image.new("L", (math.ceil(right - left) + 6, math.ceil(block.height_px) + 6), 0)
        boxes = draw_block(
            plane, block, left=left - origin[0], top=y - origin[1], width=right - left, align=where.align
        )
        self.cover(plane, ink, at=origin)
        inside = (
            min(b[0] for b in boxes),
            min(b[1] for b in boxes),
            max(b[2] for b in boxes),
            max(b[3] for b in boxes),
        )
        return inside[0] + origin[0], inside[1] + origin[1], inside[2] + origin[0], inside[3] + origin[1]


def arc(middle: Point, radius: float, turn: tuple[float, float] = (0, 360)) -> list[Point]:
    """Points of an arc, close enough to look round."""
    count = max(8, int(abs(turn[1] - turn[0]) / 360 * (40 + radius * 0.7)))
    angles = np.radians(np.linspace(turn[0], turn[1], count + 1))
    return [(middle[0] + radius * math.cos(a), middle[1] + radius * math.sin(a)) for a in angles.tolist()]


def _bounds(points: Sequence[Point], width: int, height: int) -> tuple[int, int, int, int] | None:
    """The whole pixels the points span inside the sheet; None when that is nothing."""
    left, right = max(0, math.floor(min(x for x, _ in points))), min(width, math.ceil(max(x for x, _ in points)))
    top, bottom = max(0, math.floor(min(y for _, y in points))), min(height, math.ceil(max(y for _, y in points)))
    return (left, top, right, bottom) if right > left and bottom > top else None
