"""Logos: a mark and a wordmark in seven constructions, on a plain ground."""

import math
from collections.abc import Callable, Sequence

from studio.sandbox.painter.lettering.typefaces import capitals, script_of
from studio.sandbox.painter.lettering.typography import Style
from studio.sandbox.painter.lettering.wrapping import block
from studio.sandbox.painter.sheets.layouts import Job
from studio.sandbox.painter.sheets.sheet import Ink, Point, Sheet, TypeBox, arc, legible, ratio

_FACES = ("bold", "grotesk", "serif", "didone", "sans", "condensed")


def _initials(words: str) -> str:
    """Up to two first letters; of a script without capitals one."""
    letters = [word[0] for word in words.split() if word[0].isalpha()]
    latin = [capitals(letter) for letter in letters if script_of(letter) in ("LATIN", "GREEK", "CYRILLIC")]
    return "".join(latin[:2]) or "".join(letters[:1])


def _face(job: Job) -> str:
    return job.face or _FACES[int(job.rng.integers(len(_FACES)))]


def wordmark(job: Job, top: float, ink: Ink, *, spaced: bool = False) -> None:
    """The name under a mark, the second line under the name."""
    sheet, u = job.sheet, job.sheet.unit
    face = _face(job)
    left, right = sheet.width / 2 - 38 * u, sheet.width / 2 + 38 * u
    style = Style(face, 0.18 if spaced else None)
    box = sheet.text(job.title, style, TypeBox((left, top, right, top + 18 * u), "centre", 0.2, most_px=13 * u), ink)
    sheet.text(job.second, Style("sans", 0.1), TypeBox((left, box[3] + 4 * u, right, box[3] + 11 * u), "centre",
               most_px=4 * u), ink)  # fmt: skip


def _centre(job: Job) -> Point:
    sheet = job.sheet
    return sheet.width / 2, sheet.height / 2 - (13 if job.copy else 0) * sheet.unit


def monogram(job: Job, ink: Ink, accent: Ink) -> None:
    """The initials reversed out of a solid form."""
    sheet, u = job.sheet, job.sheet.unit
    x, y = _centre(job)
    r = 17 * u
    form = int(job.rng.integers(3))
    if form == 0:
        sheet.disc((x, y), r, accent)
    elif form == 1:
        sheet.shapes([rounded((x, y), r, r * 0.42)], accent)
    else:
        sheet.polygon([(x + r * 1.1 * math.cos(a), y + r * 1.1 * math.sin(a)) for a in _turns(6, -math.pi / 2)], accent)
    letters = _initials(job.title) or "•"
    where = TypeBox((x - r * 0.62, y - r * 0.5, x + r * 0.62, y + r * 0.5), "centre", 0.5)
    sheet.text(letters, Style(_face(job)), where, legible(accent, job.inks.paper, job.inks.ink, enough=2.4))
    wordmark(job, y + r + 8 * u, ink, spaced=True)


def badge(job: Job, ink: Ink, accent: Ink) -> None:
    """A round emblem: rings, a mark, stars at its sides, the name on a band across."""
    sheet, u, paper = job.sheet, job.sheet.unit, job.inks.paper
    x, y = sheet.width / 2, sheet.height / 2
    r = 36 * u
    sheet.disc((x, y), r, accent)
    sheet.ring((x, y), (r * 0.93, r * 0.905), paper)
    sheet.ring((x, y), (r * 0.88, r * 0.872), paper)
    on = legible(accent, paper, ink, enough=2.6)
    sheet.mark(job.mark(), (x, y - r * 0.42), r * 0.52, on, weight=1.5)
    band = (x - r * 1.14, y - r * 0.04, x + r * 1.14, y + r * 0.38)
    if job.copy:
        sheet.rect(band, paper)
        sheet.frame(band, 0.7 * u, ink)
        inner = (band[0] + 3 * u, band[1] + 2.6 * u, band[2] - 3 * u, band[3] - 2.6 * u)
        sheet.text(job.title, Style(_face(job)), TypeBox(inner, "centre", 0.5), ink)
    for side in (-1, 1):
        _star(sheet, (x + side * r * 0.2, y + r * 0.64), 2.4 * u, on)
    _star(sheet, (x, y + r * 0.66), 3.2 * u, on)


def _star(sheet: Sheet, middle: Point, radius: float, ink: Ink) -> None:
    tips = [(middle[0] + radius * (1.0 if i % 2 == 0 else 0.42) * math.cos(a),
             middle[1] + radius * (1.0 if i % 2 == 0 else 0.42) * math.sin(a))
            for i, a in enumerate(_turns(10, -math.pi / 2))]  # fmt: skip
    sheet.polygon(tips, ink)


def geometric(job: Job, ink: Ink, accent: Ink) -> None:
    """Petals, quarters or bars turned about a middle."""
    sheet, u = job.sheet, job.sheet.unit
    x, y = _centre(job)
    r = 16 * u
    count = int(job.rng.choice([3, 4, 5, 6, 8]))
    kind = int(job.rng.integers(3))
    other = job.inks.second if ratio(job.inks.second, job.inks.paper) > 1.5 else accent
    for i, a in enumerate(_turns(count, -math.pi / 2)):
        tip = (x + r * math.cos(a), y + r * math.sin(a))
        paint = accent if i % 2 == 0 else other
        if kind == 0:
            sheet.disc(((x + tip[0]) / 2, (y + tip[1]) / 2), r * 0.5, paint, opacity=0.82)
        elif kind == 1:
            sheet.polygon(_petal((x, y), r * 1.12, a, math.pi / count), paint)
        else:
            sheet.stroke([[(x + r * 0.36 * math.cos(a), y + r * 0.36 * math.sin(a)), tip]], r * 0.24, paint)
    wordmark(job, y + r + 9 * u, ink)


def _petal(foot: Point, length: float, angle: float, half: float) -> list[Point]:
    """A leaf from its foot along an angle, as wide as half an angle allows."""
    side = math.sin(min(half, 0.9)) * length * 0.5
    points: list[Point] = []
    for sign, steps in ((1, range(21)), (-1, range(20, -1, -1))):
        for k in steps:
            along, off = length * k / 20, sign * side * math.sin(math.pi * (k / 20) ** 0.8)
            points.append((foot[0] + along * math.cos(angle) - off * math.sin(angle),
                           foot[1] + along * math.sin(angle) + off * math.cos(angle)))  # fmt: skip
    return points


def negative(job: Job, ink: Ink, accent: Ink) -> None:
    """A solid form with the business's mark left out of it."""
    sheet, u = job.sheet, job.sheet.unit
    x, y = _centre(job)
    r = 18 * u
    if job.rng.random() < 0.5:
        sheet.shapes([rounded((x, y), r, r * 0.5)], accent)
    else:
        sheet.polygon([*arc((x, y), r, (-90, 180)), (x - r, y - r), (x, y - r)], accent)
    sheet.mark(job.mark(), (x, y), r * 1.24, legible(accent, job.inks.paper, job.inks.ink, enough=2.4), weight=1.9)
    wordmark(job, y + r + 8 * u, ink)


def line_mark(job: Job, ink: Ink, accent: Ink) -> None:
    """The business's mark as a line, the name spaced out under it."""
    sheet, u = job.sheet, job.sheet.unit
    x, y = _centre(job)
    sheet.mark(job.mark(), (x, y - u), 36 * u, accent, weight=1.35)
    wordmark(job, y + 23 * u, ink, spaced=True)


def altered(job: Job, ink: Ink, accent: Ink) -> None:
    """The wordmark alone, one letter struck through or dotted in the second colour."""
    sheet, u = job.sheet, job.sheet.unit
    style = Style(_face(job))
    wide, words = sheet.width - 18 * u, job.title or "•"
    size = max(6, int(100 * wide / max(1.0, block([words], style, 100).width_px)))
    line = block([words], style, min(size, int(27 * u)))
    y = sheet.height / 2 - line.height_px / 2
    box = sheet.set(line, TypeBox((9 * u, y, sheet.width - 9 * u, y + line.height_px), "centre"), ink)
    tall = box[3] - box[1]
    if job.rng.random() < 0.5:
        sheet.disc((box[2] + 0.2 * tall, box[3] - 0.1 * tall), 0.13 * tall, accent)
    else:
        sheet.rect((box[0], box[3] + 0.22 * tall, box[0] + (box[2] - box[0]) * 0.38, box[3] + 0.34 * tall), accent)
    sheet.text(job.second, Style("sans", 0.08), TypeBox((9 * u, box[3] + 0.6 * tall, sheet.width - 9 * u,
               box[3] + 0.6 * tall + 8 * u), "centre", most_px=4.4 * u), ink)  # fmt: skip


def beside(job: Job, ink: Ink, accent: Ink) -> None:
    """Mark and name in one line, as on a shop's front."""
    sheet, u = job.sheet, job.sheet.unit
    style = Style(_face(job))
    words = job.title or " "
    wide = sheet.width - 20 * u
    probe = block([words], style, 100)
    size = min(15 * u, 100 * (wide - 24 * u) / max(1.0, probe.width_px))
    line = block([words], style, max(6, int(size)))
    mark = max(1.5 * line.height_px, 14 * u)
    total = mark + 4 * u + line.width_px
    x, y = (sheet.width - total) / 2, sheet.height / 2
    sheet.shapes([rounded((x + mark / 2, y), mark / 2, mark * 0.2)], accent)
    sheet.mark(job.mark(), (x + mark / 2, y), mark * 0.66, legible(accent, job.inks.paper, ink, enough=2.4), weight=2.0)
    left = x + mark + 4 * u
    box = (left, y - line.height_px / 2, left + line.width_px + 2, y + line.height_px / 2)
    sheet.set(line, TypeBox(box), ink)
    sheet.text(job.second, Style("sans"), TypeBox((x, y + mark * 0.5 + 4 * u, x + total, y + mark * 0.5 + 11 * u),
               "centre", most_px=4.2 * u), ink)  # fmt: skip


def _turns(count: int, start: float) -> list[float]:
    return [start + 2 * math.pi * i / count for i in range(count)]


def rounded(middle: Point, half: float, radius: float) -> Sequence[Point]:
    x, y = middle
    reach = half - radius
    corners = ((1, 1, 0), (-1, 1, 90), (-1, -1, 180), (1, -1, 270))
    return [p for a, b, turn in corners for p in arc((x + a * reach, y + b * reach), radius, (turn, turn + 90))]


CONSTRUCTIONS: tuple[Callable[[Job, Ink, Ink], None], ...] = (
    monogram, badge, geometric, negative, line_mark, altered, beside,
)  # fmt: skip


def prepared(job: Job) -> tuple[Ink, Ink]:
    """(ink of the name, accent) after the ground is laid."""
    job.sheet.rect((0, 0, job.sheet.width, job.sheet.height), job.inks.paper)
    accent = legible(job.inks.paper, job.inks.first, job.inks.second, enough=2.2)
    return legible(job.inks.paper, job.inks.ink), accent


def paint_logo(job: Job) -> None:
    """One of the constructions, by the seed."""
    wordless = [one for one in CONSTRUCTIONS if one not in (monogram, altered, beside)]
    able = CONSTRUCTIONS if job.copy else wordless
    if job.said_mark:
        able = (badge, negative, line_mark, beside) if job.copy else (badge, negative, line_mark)
    able[int(job.rng.integers(len(able)))](job, *prepared(job))


def paint_emblem(job: Job) -> None:
    badge(job, *prepared(job))


def paint_monogram(job: Job) -> None:
    monogram(job, *prepared(job))


def paint_wordmark(job: Job) -> None:
    altered(job, *prepared(job))
