"""Ways to lay out a printed sheet: type that carries the page by itself or with plain geometry."""

import math
import re
from dataclasses import dataclass

import numpy as np

from studio.sandbox.painter.lettering.typography import Box, Style
from studio.sandbox.painter.lettering.wrapping import balanced, block, units
from studio.sandbox.painter.scene import Scene
from studio.sandbox.painter.sheets.sheet import Ink, Point, Sheet, TypeBox, arc, legible, ratio

_NUMBER = re.compile(r"\d{1,2}(?:[.:/–-]\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Palette:
    paper: Ink
    ink: Ink
    first: Ink
    second: Ink
    third: Ink


@dataclass(frozen=True, slots=True)
class Job:
    """What a layout gets: the sheet, the words (title, second line, the rest), the inks and a generator of its own."""

    sheet: Sheet
    copy: tuple[str, ...]
    inks: Palette
    rng: np.random.Generator
    face: str
    """Asked for; "" leaves it to the layout."""
    marks: tuple[str, ...]
    scene: Scene
    subjects: tuple[str, ...] = ()
    said_mark: str = ""

    @property
    def title(self) -> str:
        return self.copy[0] if self.copy else ""

    @property
    def second(self) -> str:
        return self.copy[1] if len(self.copy) > 1 else ""

    @property
    def rest(self) -> tuple[str, ...]:
        return self.copy[2:]

    def style(self, face: str, tracking: float | None = None) -> Style:
        return Style(self.face or face, tracking if not self.face else None)

    def mark(self) -> str:
        """The one the words ask for, else one of the topic's."""
        if self.said_mark:
            return self.said_mark
        return self.marks[int(self.rng.integers(len(self.marks)))]

    def parts(self, share: float) -> tuple[Box, Box]:
        """(picture, words): above each other on a high sheet, beside each other on a wide one."""
        sheet = self.sheet
        if sheet.width > sheet.height * 1.25:
            cut = sheet.width * (0.46 if self.copy else 0.0)
            return (cut, 0, sheet.width, sheet.height), (0, 0, cut, sheet.height)
        cut = sheet.height * (share if self.copy else 1.0)
        return (0, 0, sheet.width, cut), (0, cut, sheet.width, sheet.height)


def inset(box: Box, by: float) -> Box:
    return box[0] + by, box[1] + by, box[2] - by, box[3] - by


def small_print(job: Job, box: Box, ink: Ink, *, align: str = "left") -> None:
    """The lines after the second in columns at the foot of the box."""
    if not job.rest:
        return
    sheet = job.sheet
    wide = (box[2] - box[0] - 3 * sheet.unit * (len(job.rest) - 1)) / len(job.rest)
    for i, words in enumerate(job.rest):
        left = box[0] + i * (wide + 3 * sheet.unit)
        where = TypeBox((left, box[1], left + wide, box[3]), "centre" if align == "centre" else "left", 1.0,
                        most_px=3.1 * sheet.unit)  # fmt: skip
        sheet.text(words, Style("sans"), where, ink)


def swiss(job: Job) -> None:
    """Arcs that widen about a corner, type flush left on a grid."""
    sheet, inks = job.sheet, job.inks
    u = sheet.unit
    art, words = job.parts(0.62)
    sheet.rect((0, 0, sheet.width, sheet.height), inks.paper)
    side = min(art[2] - art[0], art[3] - art[1])
    middle = (art[0] + (art[2] - art[0]) * float(job.rng.choice([0.22, 0.5, 0.78])), art[3] - side * 0.16)
    radius = side * 0.1
    step = float(job.rng.choice([22.5, 30.0, 45.0]))
    for _ in range(6):
        start = 180 + step * int(job.rng.integers(0, 5))
        ink = (inks.first, inks.ink, inks.first, inks.second)[int(job.rng.integers(4))]
        sheet.ring(middle, (radius * 1.34, radius), ink, turn=(start, start + 90 + step * int(job.rng.integers(0, 4))))
        radius *= 1.46
    sheet.disc(middle, side * 0.07, inks.second)
    if job.copy:
        sheet.rect(words, inks.paper)
    left, _, right, bottom = inset(words, 7 * u)
    ink = legible(inks.paper, inks.ink)
    if not job.copy:
        return
    sheet.rect((left, words[1] + 2.2 * u, right, words[1] + 2.2 * u + max(1, 0.5 * u)), ink)
    tall = bottom - words[1] - 6 * u
    foot = 0.2 * tall if job.rest else 0.0
    where = TypeBox((left, words[1] + 6 * u, right, bottom - foot - (0.2 * tall if job.second else 0)), most_px=15 * u)
    box = sheet.text(job.title, job.style("bold"), where, ink)
    second = TypeBox((left, box[3] + 3 * u, right, bottom - foot), most_px=5.6 * u)
    sheet.text(job.second, Style("sans"), second, legible(inks.paper, inks.first, ink))
    small_print(job, (left, bottom - foot, right, bottom), ink)


def _stack(words: str, style: Style, box: Box) -> list[tuple[str, int]]:
    """Lines each set to the full width, as many as fill the height best: (line, size in px)."""
    best: list[tuple[str, int]] = []
    wide, tall = box[2] - box[0], box[3] - box[1]
    reached = 0.0
    for count in range(1, min(6, len(units(words))) + 1):
        lines = balanced(words, style, count)
        sized = [(line, max(6, int(100 * wide / max(1, block([line], style, 100).width_px)))) for line in lines]
        heights = [block([line], style, size).height_px for line, size in sized]
        total = sum(heights) * 1.07
        shrink = min(1.0, tall / total)
        score = min(total, tall) * shrink**1.5
        if score > reached:
            reached, best = score, [(line, max(6, int(size * shrink))) for line, size in sized]
    return best


def bigtype(job: Job) -> None:
    """The title from edge to edge, and one great shape behind it."""
    sheet, inks, u = job.sheet, job.inks, job.sheet.unit
    ground = inks.first
    sheet.rect((0, 0, sheet.width, sheet.height), ground)
    middle = (sheet.width * float(job.rng.uniform(0.2, 0.8)), sheet.height * float(job.rng.uniform(0.25, 0.6)))
    radius = min(sheet.width, sheet.height) * float(job.rng.uniform(0.42, 0.56))
    shape = inks.second if job.rng.random() < 0.7 else inks.ink
    if job.rng.random() < 0.6:
        sheet.disc(middle, radius, shape)
    else:
        sheet.ring(middle, (radius, radius * 0.52), shape)
    foot = 13 * u if job.second or job.rest else 0
    box = (5.5 * u, 6 * u, sheet.width - 5.5 * u, sheet.height - 6 * u - foot)
    ink = max((inks.paper, inks.ink), key=lambda one: min(ratio(one, ground), ratio(one, shape)))
    if min(ratio(ink, ground), ratio(ink, shape)) < 3:
        ink = legible(ground, inks.paper, inks.ink)
    style = job.style("condensed")
    stack = _stack(job.title, style, box) if job.title else []
    tall = sum(block([line], style, size).height_px * 1.07 for line, size in stack)
    y = box[1] if tall > 0.55 * (box[3] - box[1]) else box[3] - tall
    for line, size in stack:
        laid = sheet.set(block([line], style, size), TypeBox((box[0], y, box[2], y + size), "left"), ink)
        y = laid[3] + 0.07 * size
    base = sheet.height - 5.5 * u
    below = (box[0], base - foot + 3 * u, sheet.width * 0.66, base)
    on = legible(sheet.ink_under(below), ink)
    sheet.text(job.second, Style("bold"), TypeBox(below, stand=1.0, most_px=4.6 * u), on)
    if job.rest:
        right: Box = (sheet.width * 0.68, base - foot + 3 * u, box[2], base)
        small_print(job, right, legible(sheet.ink_under(right), ink))


def classic(job: Job) -> None:
    """Centred in a double rule, a mark above, everything on one axis."""
    sheet, inks, u = job.sheet, job.inks, job.sheet.unit
    dark = job.rng.random() < 0.4
    ground, ink = (inks.first, legible(inks.first, inks.paper)) if dark else (inks.paper, inks.ink)
    accent = legible(ground, inks.second if dark else inks.first, ink, enough=2.2)
    sheet.rect((0, 0, sheet.width, sheet.height), ground)
    sheet.frame((4 * u, 4 * u, sheet.width - 4 * u, sheet.height - 4 * u), 0.9 * u, accent)
    sheet.frame((6 * u, 6 * u, sheet.width - 6 * u, sheet.height - 6 * u), max(1.0, 0.28 * u), accent)
    axis, inner = sheet.width / 2, inset((0, 0, sheet.width, sheet.height), 12 * u)
    tall = inner[3] - inner[1]
    size = min(tall * 0.32, 40 * u)
    high = inner[1] + size * 0.5 + max(0.0, tall * 0.3 - size * 0.5)
    sheet.mark(job.mark(), (axis, high), size, accent, weight=1.25)
    top = high + size * 0.78
    foot = inner[3] - (0.1 * tall if job.rest else 0)
    sub = 0.12 * tall if job.second else 0
    where = TypeBox((inner[0], top, inner[2], foot - sub - 4 * u), "centre", 0.5, most_px=17 * u)
    box = sheet.text(job.title, job.style("didone" if dark else "serif"), where, ink)
    _flourish(sheet, (axis, min(box[3] + 5 * u, foot - sub)), 11 * u, accent)
    sheet.text(job.second, Style("italic"),
               TypeBox((inner[0], box[3] + 8 * u, inner[2], foot), "centre", 0.0, most_px=6.4 * u), ink)  # fmt: skip
    small_print(job, (inner[0], foot, inner[2], inner[3] + 2 * u), ink, align="centre")


def _flourish(sheet: Sheet, middle: Point, wide: float, ink: Ink) -> None:
    x, y = middle
    r = sheet.unit * 0.9
    sheet.polygon([(x - r, y), (x, y - r), (x + r, y), (x, y + r)], ink)
    for side in (-1, 1):
        sheet.stroke([[(x + side * 2.4 * r, y), (x + side * wide, y)]], max(1.0, 0.3 * sheet.unit), ink)


def minimal(job: Job) -> None:
    """Much paper, one mark or one disc, a small title where the eye ends."""
    sheet, inks, u = job.sheet, job.inks, job.sheet.unit
    tinted = job.rng.random() >= 0.65 and ratio(inks.paper, inks.first) > 1.6
    ground = inks.first if tinted else inks.paper
    ink = legible(ground, inks.ink, inks.paper)
    sheet.rect((0, 0, sheet.width, sheet.height), ground)
    art, words = job.parts(0.68)
    middle = ((art[0] + art[2]) / 2, (art[1] + art[3]) / 2 + 3 * u)
    size = min(art[2] - art[0], art[3] - art[1]) * 0.58
    accent = legible(ground, inks.first, inks.second, enough=2.0)
    if job.rng.random() < 0.55:
        sheet.disc(middle, size * 0.5, accent)
        sheet.mark(job.mark(), middle, size * 0.56, legible(accent, inks.paper, inks.ink, enough=2.5), weight=1.1)
    else:
        sheet.disc((middle[0] - size * 0.18, middle[1]), size * 0.36, accent)
        sheet.disc((middle[0] + size * 0.2, middle[1] + size * 0.1), size * 0.26, inks.second, opacity=0.92)
    left, top, right, bottom = inset(words, 7 * u)
    foot = 0.16 * (bottom - top) if job.rest else 0
    sub = 0.26 * (bottom - top) if job.second else 0
    box = sheet.text(job.title, job.style("serif"),
                     TypeBox((left, top, right, bottom - foot - sub), stand=0.0, most_px=13 * u), ink)  # fmt: skip
    sheet.text(job.second, Style("sans"), TypeBox((left, box[3] + 3.4 * u, right, bottom - foot), most_px=4 * u), ink)
    small_print(job, (left, bottom - foot, right, bottom), ink)


def event(job: Job) -> None:
    """A block with the date as large as a house, the rest beside it."""
    sheet, inks, u = job.sheet, job.inks, job.sheet.unit
    sheet.rect((0, 0, sheet.width, sheet.height), inks.paper)
    dated = next((piece for piece in job.copy if _NUMBER.search(piece)), "")
    number = _NUMBER.search(dated)
    figure = number.group() if number else ""
    art, words = job.parts(0.5)
    sheet.rect(art, inks.first)
    on = legible(inks.first, inks.paper, inks.ink)
    wide, tall = art[2] - art[0], art[3] - art[1]
    for i in range(7):
        x = art[0] + wide * (0.52 + 0.075 * i)
        sheet.polygon([(x, art[3]), (x + tall * 0.6, art[1]), (x + tall * 0.6 + 0.04 * wide, art[1]),
                       (x + 0.04 * wide, art[3])], inks.second, opacity=0.9)  # fmt: skip
    sheet.rect((art[2], 0, art[2] + wide, sheet.height), inks.paper)
    sheet.rect(words, inks.paper)
    if figure:
        where = TypeBox((art[0] + 6 * u, art[1] + 7 * u, art[0] + wide * 0.7, art[3] - 7 * u), stand=1.0, lines=1)
        sheet.text(figure, Style("black"), where, on)
    else:
        sheet.mark(job.mark(), (art[0] + 0.3 * wide, art[1] + tall / 2), min(wide, tall) * 0.46, on, weight=1.5)
    left, top, right, bottom = inset(words, 6.5 * u)
    lines = [piece for piece in job.copy[1:] if piece != figure]
    ink = legible(inks.paper, inks.ink)
    small = (bottom - top) * 0.34 if lines else 0.0
    sheet.text(job.title, job.style("bold"), TypeBox((left, top, right, bottom - small), most_px=14 * u), ink)
    for i, piece in enumerate(lines):
        share = small / len(lines)
        y = bottom - small + i * share
        sheet.rect((left, y + 1.2 * u, right, y + 1.2 * u + max(1, 0.3 * u)), ink)
        sheet.text(piece, Style("sans"), TypeBox((left, y + 2.6 * u, right, y + share), most_px=4.4 * u), ink)


def deco(job: Job) -> None:
    """Rays and scales on one axis, thin capitals: the twenties."""
    sheet, inks, u = job.sheet, job.inks, job.sheet.unit
    ground = min((inks.ink, inks.first), key=lambda one: ratio(one, (0, 0, 0)))
    gold = legible(ground, inks.second, inks.paper, enough=3.2)
    sheet.rect((0, 0, sheet.width, sheet.height), ground)
    art, words = job.parts(0.6)
    axis, base = (art[0] + art[2]) / 2, art[3] - 3 * u
    reach = min((art[2] - art[0]) * 0.5, art[3] - art[1]) - 8 * u
    spread = 13
    for i in range(spread):
        a, b = (math.radians(180 + 180 * (i + k) / spread) for k in (0.12, 0.88))
        tip = reach * (1.0 if i % 2 == 0 else 0.9)
        points = [(axis + r * math.cos(t), base + r * math.sin(t)) for r, t in
                  ((reach * 0.36, a), (tip, a), (tip, b), (reach * 0.36, b))]  # fmt: skip
        sheet.polygon(points, gold if i % 2 == 0 else inks.third, opacity=1.0 if i % 2 == 0 else 0.85)
    for k, ink in ((0.32, gold), (0.27, ground), (0.24, inks.third), (0.16, gold), (0.12, ground)):
        sheet.polygon(arc((axis, base), reach * k, (180, 360)), ink)
    for k in (4.0, 5.6):
        sheet.frame(inset((0, 0, sheet.width, sheet.height), k * u), max(1.0, (0.7 if k == 4 else 0.3) * u), gold)
    left, top, right, bottom = inset(words, 11 * u)
    top -= 5 * u
    foot = 0.16 * (bottom - top) if job.rest else 0
    sub = 0.24 * (bottom - top) if job.second else 0
    sheet.text(job.title, job.style("deco", 0.06),
               TypeBox((left, top, right, bottom - foot - sub), "centre", 0.4, most_px=15 * u), gold)  # fmt: skip
    pale = legible(ground, inks.paper)
    below = TypeBox((left, bottom - foot - sub, right, bottom - foot), "centre", 0.5, most_px=5.4 * u)
    sheet.text(job.second, Style("deco", 0.04), below, pale)
    small_print(job, (left, bottom - foot, right, bottom + 2 * u), pale, align="centre")
