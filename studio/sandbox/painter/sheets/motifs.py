"""A thing drawn flat in two tones, and what is printed of it: marks, icons, stickers, seamless patterns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import radians

import numpy as np
from PIL import Image, ImageFilter

from studio.sandbox.painter.colour import Field, luma, shifted, smoothstep, to_srgb
from studio.sandbox.painter.lettering.typography import Style
from studio.sandbox.painter.reading.designs import Design, designs
from studio.sandbox.painter.scene import Item, Scene
from studio.sandbox.painter.sheets.layouts import Job
from studio.sandbox.painter.sheets.logo import prepared, rounded, wordmark
from studio.sandbox.painter.sheets.sheet import Ink, Point, Sheet, TypeBox, as_floats, legible, ratio
from studio.sandbox.painter.still.cutout import Thing, cast_at, screen_box
from studio.sandbox.painter.vocabulary import vocabulary

_PITCH = radians(10)
_FINER = 3
_TOWARDS = np.array((-0.52, 0.62, 0.59), dtype=np.float32)
"""Where the flat light comes from."""
_APART = 0.13
"""How much lighter or darker than the body a part must be to be drawn in another ink."""


@dataclass(frozen=True, slots=True)
class Motif:
    """A thing drawn flat: its picture and its coverage ("L"), of one size."""

    picture: Image.Image
    cover: Image.Image

    def turned(self, degrees: float) -> "Motif":
        how = {"resample": Image.Resampling.BICUBIC, "expand": True}
        return Motif(self.picture.rotate(degrees, **how), self.cover.rotate(degrees, **how))  # type: ignore[arg-type]


def motif_of(item: Item, side: float, *, inks: Sequence[Ink] = (), yaw_deg: float | None = None) -> Motif:
    """The thing as large as a square of `side` px holds; in its own colours, or in (body, light parts, dark parts)."""
    subject = vocabulary().subjects[item.subject]
    yaw = subject.yaw if yaw_deg is None else yaw_deg
    thing = Thing(subject=subject, colour=item.colour, finish=item.finish, yaw_deg=yaw)
    box = screen_box(thing, _PITCH)
    scale = max(8.0, side) * _FINER / max(box[2] - box[0], box[3] - box[1])
    cast = cast_at(thing, box=box, scale=scale, pitch=_PITCH)
    index = cast.solids.material.astype(np.int32)
    hit = index >= 0
    paints = np.stack([np.clip(to_srgb(material.colour), 0, 1) for material in cast.materials]).astype(np.float32)
    if inks:
        paints = _in_inks(paints, index[hit], inks)
    shade = np.stack([np.clip(shifted(paint, light=-0.085), 0, 1) for paint in paints]).astype(np.float32)
    lit = smoothstep(-0.02, 0.06, cast.solids.normal @ _TOWARDS - np.float32(0.12))[..., None]
    picture = (shade[index] * (1 - lit) + paints[index] * lit) * hit[..., None]
    size = (max(1, round(hit.shape[1] / _FINER)), max(1, round(hit.shape[0] / _FINER)))
    cover = _smaller(hit.astype(np.float32), size)
    planes = [_smaller(picture[..., k], size) / np.maximum(cover, 1e-3) for k in range(3)]
    whole = (np.clip(np.stack(planes, axis=-1), 0, 1) * 255 + 0.5).astype(np.uint8)
    return Motif(Image.fromarray(whole, "RGB"), Image.fromarray((cover * 255 + 0.5).astype(np.uint8), "L"))


def _smaller(plane: Field, size: tuple[int, int]) -> Field:
    picture = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32), mode="F")
    return np.asarray(picture.resize(size, Image.Resampling.BOX), dtype=np.float32)


def _in_inks(paints: Field, seen: Field, inks: Sequence[Ink]) -> Field:
    """Each material in one of three inks, by its lightness beside that of what most of the thing is made of."""
    light = luma(paints)
    body = light[int(np.bincount(seen, minlength=len(paints)).argmax())]
    which = np.where(light > body + _APART, 1, np.where(light < body - _APART, 2, 0))
    return np.stack([as_floats(ink) for ink in inks])[which]


def _facing(item: Item, side: float) -> Motif:
    """The thing as a pattern shows it: what is eaten from its long side, the rest as it usually stands."""
    return motif_of(item, side, yaw_deg=0.0 if vocabulary().subjects[item.subject].food else None)


def _own_ink(motif: Motif) -> Ink:
    """The colour most of the motif has."""
    shown = np.asarray(motif.picture, dtype=np.float32)[np.asarray(motif.cover) > 128]
    red, green, blue = (int(v) for v in np.median(shown, axis=0))
    return red, green, blue


def _stamp(sheet: Sheet, motif: Motif, middle: Point) -> None:
    wide, high = motif.cover.size
    sheet.image.paste(motif.picture, (round(middle[0] - wide / 2), round(middle[1] - high / 2)), motif.cover)


def _deep(ink: Ink, ground: Ink) -> Ink:
    """A darker or, on dark, a lighter neighbour of an ink."""
    light = -0.24 if ratio(ground, (0, 0, 0)) > ratio(ground, (255, 255, 255)) else 0.2
    red, green, blue = (round(float(v) * 255) for v in np.clip(shifted(as_floats(ink), light=light), 0, 1))
    return red, green, blue


def _mark(job: Job, side: float, *, body: Ink, ground: Ink) -> Motif:
    return motif_of(job.scene.items[0], side, inks=(body, ground, _deep(body, ground)))


def motif_logo(job: Job) -> None:
    """The thing in the brand's ink: above the name, in a rounded tile, or beside the name."""
    ink, accent = prepared(job)
    sheet, u = job.sheet, job.sheet.unit
    form = int(job.rng.integers(3 if job.copy else 2))
    if form == 2:
        _beside(job, ink, accent)
        return
    x, y = sheet.width / 2, sheet.height / 2 - (13 if job.copy else 0) * u
    half = (20 if job.copy else 30) * u
    if form == 1:
        sheet.shapes([rounded((x, y), half, half * 0.44)], accent)
        on = legible(accent, job.inks.paper, job.inks.ink, enough=2.4)
        _stamp(sheet, _mark(job, half * 1.46, body=on, ground=accent), (x, y))
    else:
        _stamp(sheet, _mark(job, half * 2, body=accent, ground=job.inks.paper), (x, y))
    if job.copy:
        wordmark(job, y + half + 6 * u, ink)


def _beside(job: Job, ink: Ink, accent: Ink) -> None:
    sheet, u = job.sheet, job.sheet.unit
    side = min(34 * u, sheet.width * 0.26)
    left, middle = sheet.width / 2 - 44 * u, sheet.height / 2
    _stamp(sheet, _mark(job, side, body=accent, ground=job.inks.paper), (left + side / 2, middle))
    words = (left + side + 4 * u, middle - 10 * u, sheet.width / 2 + 44 * u, middle + 8 * u)
    face = Style(job.face or ("bold", "grotesk", "serif")[int(job.rng.integers(3))])
    box = sheet.text(job.title, face, TypeBox(words, "left", 0.5, most_px=15 * u), ink)
    below = (words[0], max(box[3], middle) + 4 * u, words[2], max(box[3], middle) + 11 * u)
    sheet.text(job.second, Style("sans"), TypeBox(below, most_px=4.2 * u), ink)


def motif_emblem(job: Job) -> None:
    """A round badge with the thing in it, the name on a band across its foot."""
    ink, accent = prepared(job)
    sheet, u, paper = job.sheet, job.sheet.unit, job.inks.paper
    x, y = sheet.width / 2, sheet.height / 2
    r = 38 * u
    sheet.disc((x, y), r, accent)
    sheet.ring((x, y), (r * 0.94, r * 0.915), paper)
    on = legible(accent, paper, ink, enough=2.6)
    lift = 0.2 * r if job.copy else 0.0
    _stamp(sheet, _mark(job, r * (0.92 if job.copy else 1.2), body=on, ground=accent), (x, y - lift))
    if job.copy:
        band = (x - r * 1.14, y + r * 0.36, x + r * 1.14, y + r * 0.72)
        sheet.rect(band, paper)
        sheet.frame(band, 0.7 * u, ink)
        inner = (band[0] + 3 * u, band[1] + 2 * u, band[2] - 3 * u, band[3] - 2 * u)
        sheet.text("\n".join(job.copy[:1]), Style(job.face or "bold"), TypeBox(inner, "centre", 0.5), ink)
        sheet.text(job.second, Style("sans"), TypeBox((x - r * 0.6, band[3] + u, x + r * 0.6, y + r * 0.9), "centre",
                   most_px=3.4 * u), on)  # fmt: skip


def icon(job: Job) -> None:
    """The thing in its own colours on a rounded tile."""
    prepared(job)
    sheet, u, inks = job.sheet, job.sheet.unit, job.inks
    x, y = sheet.width / 2, sheet.height / 2 - (6 * u if job.copy else 0)
    half = 36 * u
    motif = motif_of(job.scene.items[0], half * 1.3)
    own = _own_ink(motif)
    tile = max((inks.first, inks.second, inks.third, inks.ink), key=lambda one: min(ratio(one, own), 3.0))
    sheet.shapes([rounded((x, y), half, half * 0.45)], tile)
    _stamp(sheet, motif, (x, y))
    _labelled(job)


def _labelled(job: Job) -> None:
    """The title and the second line along the foot, on a strip of paper."""
    if not job.copy:
        return
    sheet, u = job.sheet, job.sheet.unit
    strip = (0.0, sheet.height - 17 * u, float(sheet.width), float(sheet.height))
    sheet.rect(strip, job.inks.paper)
    ink = legible(job.inks.paper, job.inks.ink)
    share = 9 * u if job.second else 13 * u
    box = (5 * u, strip[1] + 2 * u, sheet.width - 5 * u, strip[1] + 2 * u + share)
    laid = sheet.text(job.title, job.style("bold"), TypeBox(box, "centre", 0.5, most_px=8 * u), ink)
    below = TypeBox((5 * u, laid[3] + 1.2 * u, sheet.width - 5 * u, sheet.height - 1.5 * u), "centre", most_px=3.4 * u)
    sheet.text(job.second, Style("sans"), below, ink)


def _grid(job: Job, cell: float) -> tuple[int, int]:
    """(rows, columns), both even, of cells about as large as asked."""
    sheet = job.sheet
    return tuple(max(2, 2 * round(length / cell / 2)) for length in (sheet.height, sheet.width))  # type: ignore[return-value]


def pattern(job: Job) -> None:
    """Things in a checkered repeat that goes on over every edge: each stays inside its cell, dots on the corners."""
    sheet, inks = job.sheet, job.inks
    rows, columns = _grid(job, 25 * sheet.unit)
    wide, high = sheet.width / columns, sheet.height / rows
    items = job.scene.items
    turns = (24.0, -24.0) if len(items) == 1 else (14.0,) * len(items)
    kinds = [items[k % len(items)] for k in range(len(turns))]
    sides = [min(wide, high) * (0.82 if vocabulary().subjects[item.subject].figure else 0.74) for item in kinds]
    motifs = [_facing(item, side).turned(turn) for item, side, turn in zip(kinds, sides, turns, strict=True)]
    own = _own_ink(motifs[0])
    ground = max((inks.paper, inks.third, inks.ink, inks.second), key=lambda one: min(ratio(one, own), 2.2))
    sheet.rect((0, 0, sheet.width, sheet.height), ground)
    dot = legible(ground, inks.third, inks.second, inks.paper, enough=1.25)
    for row in range(rows + 1):
        for column in range(columns + 1):
            sheet.disc((column * wide, row * high), min(wide, high) * 0.06, dot)
    for row in range(rows):
        for column in range(columns):
            _stamp(sheet, motifs[(row + column) % len(motifs)], ((column + 0.5) * wide, (row + 0.5) * high))
    _labelled(job)


def stickers(job: Job) -> None:
    """Die-cut stickers with a white border on a plain ground, each a little different."""
    sheet, inks, u = job.sheet, job.inks, job.sheet.unit
    ground = inks.third if ratio(inks.third, (255, 255, 255)) > 1.5 else inks.second
    sheet.rect((0, 0, sheet.width, sheet.height), ground)
    alone = len(job.scene.items) == 1 and job.scene.items[0].count == 1
    rows, columns = (1, 1) if alone else (2, 3) if sheet.width >= sheet.height else (3, 2)
    wide, high = sheet.width / columns, (sheet.height - (17 * u if job.copy else 0)) / rows
    items = job.scene.items
    for k in range(rows * columns):
        item = items[k % len(items)]
        turn = float(job.rng.uniform(-14, 14))
        yaw = vocabulary().subjects[item.subject].yaw + (0, 34, -52)[(k // len(items)) % 3]
        cut = motif_of(item, min(wide, high) * 0.74, yaw_deg=yaw).turned(turn if not alone else turn / 3)
        _stick(sheet, cut, ((k % columns + 0.5) * wide, (k // columns + 0.5) * high))
    _labelled(job)


def _stick(sheet: Sheet, motif: Motif, middle: Point) -> None:
    """The motif with a white rim around it and a soft shadow under that."""
    edge = max(2, round(1.5 * sheet.unit))
    room = (motif.cover.width + 8 * edge, motif.cover.height + 8 * edge)
    cover = Image.new("L", room, 0)
    cover.paste(motif.cover, (4 * edge, 4 * edge))
    rim = cover.filter(ImageFilter.GaussianBlur(edge)).point([min(255, max(0, (v - 14) * 24)) for v in range(256)])
    shadow = rim.filter(ImageFilter.GaussianBlur(edge * 0.8)).point([v * 70 // 255 for v in range(256)])
    corner = round(middle[0] - room[0] / 2), round(middle[1] - room[1] / 2)
    sheet.image.paste((16, 14, 20), (corner[0] + edge // 3, corner[1] + edge), shadow)
    sheet.image.paste((255, 255, 255), corner, rim)
    _stamp(sheet, motif, middle)


SHOWING: Mapping[str, Callable[[Job], None]] = {
    "logo": motif_logo, "emblem": motif_emblem, "icon": icon, "pattern": pattern, "sticker": stickers,
}  # fmt: skip
"""The forms that are drawn of a thing when one was named."""


def shows_thing(scene: Scene, design: Design) -> bool:
    """Whether a printed thing is drawn of what was named, not with a line mark of the same name."""
    if design.form not in SHOWING or not scene.items:
        return False
    words = set(vocabulary().subjects[scene.items[0].subject].words)
    marked = set(designs().mark_words[design.mark]) if design.mark else set()
    return design.form not in ("logo", "emblem") or not words & marked
