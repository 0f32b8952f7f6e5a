"""A sheet whose words stand where the prompt says: bands and columns of type about a layout's picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from studio.sandbox.painter.lettering.textplace import Placement, lexicon
from studio.sandbox.painter.lettering.typography import Box, Style
from studio.sandbox.painter.lettering.wrapping import Block, Room, fit
from studio.sandbox.painter.reading.designs import LAID_OUT, Design, Spot
from studio.sandbox.painter.sheets.layouts import Job
from studio.sandbox.painter.sheets.sheet import Ink, Sheet, TypeBox, legible

_FACES = {
    "swiss": "bold", "bigtype": "condensed", "classic": "serif", "minimal": "serif", "event": "bold", "deco": "deco",
    "film": "serif", "gig": "condensed", "waves": "retro", "travel": "condensed", "product": "condensed",
    "sale": "black", "magazine": "didone",
}  # fmt: skip
"""The face a layout's title has by itself."""
_USUAL = "bottom"
_TITLE_SHARE, _LINE_SHARE, _MOST_SHARE = 0.27, 0.085, 0.52
_COLUMN_SHARE, _EDGE_SHARE = 0.4, 0.15
_TITLE_UNITS, _LINE_UNITS = 21.0, 5.0
_MARK_UNITS = 17.0, 6.0
"""Of the corner the sandbox's mark is laid on: how far in it reaches from a margin, and how far up."""
_EVEN = 12.0
"""How far (of 255) a picture's rim may vary for the band beside it to go on in its colour."""


@dataclass(frozen=True, slots=True)
class _Group:
    """The words of one place: (text, whether it is the title, size as a factor)."""

    place: str
    lines: tuple[tuple[str, bool, float], ...]

    @property
    def placement(self) -> Placement:
        return lexicon().places[self.place]

    def share(self) -> float:
        """Of the sheet's height, as a band."""
        shares = [(_TITLE_SHARE if title else _LINE_SHARE) * scale**0.8 for _, title, scale in self.lines]
        return min(_MOST_SHARE, 0.05 + float(sum(shares)))


def wants_places(design: Design) -> bool:
    """Whether the prompt said where the words stand, or how large, on something that leaves it open."""
    return bool(design.spots) and design.form not in LAID_OUT


def _groups(copy: Sequence[str], spots: Sequence[Spot]) -> list[_Group]:
    taken = {spot.place for spot in spots}
    place = "top" if _USUAL in taken else _USUAL
    table: dict[str, list[tuple[str, bool, float]]] = {}
    for k, words in enumerate(copy):
        spot = spots[k] if k < len(spots) else Spot()
        place = spot.place or place  # a line without a place of its own follows the one before
        table.setdefault(place, []).append((words, k == 0, spot.scale))
    return [_Group(place, tuple(lines)) for place, lines in table.items()]


def placed(job: Job, layout: Callable[[Job], None], design: Design, *, name: str) -> None:
    """The layout's picture without words, and the words in bands at the places said."""
    sheet = job.sheet
    style = job.style(_FACES.get(name, "bold"))
    room: Box = (0.0, 0.0, float(sheet.width), float(sheet.height))
    bands: list[tuple[_Group, Box]] = []
    over: list[_Group] = []
    for group in _groups(job.copy, design.spots):
        if group.place in ("centre", "everywhere"):
            over.append(group)
            continue
        band, room = _cut(sheet, room, group)
        bands.append((group, band))
    left, top, right, bottom = (round(edge) for edge in room)
    art = Sheet(max(8, right - left), max(8, bottom - top), job.inks.paper)
    layout(replace(job, sheet=art, copy=()))
    sheet.rect((0, 0, sheet.width, sheet.height), job.inks.paper)
    sheet.image.paste(art.image, (left, top))
    for group, band in bands:
        _set_band(job, group, band, style=style, ground=_ground(art, group, job.inks.paper))
    for group in over:
        _set_over(job, group, style)


def _cut(sheet: Sheet, room: Box, group: _Group) -> tuple[Box, Box]:
    """(the band or column of a group, the room that is left)."""
    left, top, right, bottom = room
    if group.place in ("left", "left_edge"):
        edge = left + sheet.width * (_EDGE_SHARE if group.placement.turn else _COLUMN_SHARE)
        return (left, top, edge, bottom), (edge, top, right, bottom)
    if group.place in ("right", "right_edge"):
        edge = right - sheet.width * (_EDGE_SHARE if group.placement.turn else _COLUMN_SHARE)
        return (edge, top, right, bottom), (left, top, edge, bottom)
    tall = sheet.height * group.share()
    if group.place.startswith(("top", "upper")):
        return (left, top, right, top + tall), (left, top + tall, right, bottom)
    return (left, bottom - tall, right, bottom), (left, top, right, bottom - tall)


def _ground(art: Sheet, group: _Group, paper: Ink) -> Ink:
    """The colour of the picture's rim beside a band where that is even, else the paper's."""
    pixels = np.asarray(art.image, dtype=np.float32)
    sides = {"left": pixels[:, :2], "right": pixels[:, -2:], "top": pixels[:2], "upper": pixels[:2]}
    rim = sides.get(group.place.partition("_")[0], pixels[-2:]).reshape(-1, 3)
    if float(rim.std(axis=0).max()) > _EVEN:
        return paper
    red, green, blue = (round(float(value)) for value in np.median(rim, axis=0))
    return red, green, blue


def _set_band(job: Job, group: _Group, band: Box, *, style: Style, ground: Ink) -> None:
    sheet = job.sheet
    sheet.rect(band, ground)
    turn = group.placement.turn
    wide, tall = band[2] - band[0], band[3] - band[1]
    if not turn:
        _set_lines(job, sheet, group, band, style=style, ground=ground)
        return
    strip = Sheet(round(tall), round(wide), ground)
    strip.unit, strip.letters = sheet.unit, sheet.letters
    _set_lines(job, strip, group, (0, 0, strip.width, strip.height), style=style, ground=ground)
    sheet.image.paste(strip.image.rotate(turn, expand=True), (round(band[0]), round(band[1])))


def _set_over(job: Job, group: _Group, style: Style) -> None:
    """Words in the middle of the sheet, on a panel of paper over the picture."""
    sheet, inks, u = job.sheet, job.inks, job.sheet.unit
    box = group.placement.box
    tall = sheet.height * (group.share() if group.place == "centre" else box[3] - box[1])
    middle = sheet.height * (box[1] + box[3]) / 2
    panel = (sheet.width * box[0], middle - tall / 2, sheet.width * box[2], middle + tall / 2)
    sheet.rect(panel, inks.paper)
    sheet.frame((panel[0] + 1.6 * u, panel[1] + 1.6 * u, panel[2] - 1.6 * u, panel[3] - 1.6 * u), max(1.0, 0.4 * u),
                legible(inks.paper, inks.first, inks.ink, enough=2.2))  # fmt: skip
    _set_lines(job, sheet, group, panel, style=style, ground=inks.paper)


def _set_lines(job: Job, sheet: Sheet, group: _Group, band: Box, *, style: Style, ground: Ink) -> None:
    """A group's lines one under the other, the whole standing as its place does."""
    u = sheet.unit
    turn = group.placement.turn
    margin = 3 * u if turn else 5.5 * u
    left, top, right, bottom = band[0] + margin, band[1] + margin, band[2] - margin, band[3] - margin
    gap = 2.6 * u
    room = max(6.0, bottom - top - gap * (len(group.lines) - 1))
    weights = [(2.6 if title else 1.0) * scale for _, title, scale in group.lines]
    blocks: list[Block] = []
    for (words, title, scale), weight in zip(group.lines, weights, strict=True):
        most = (_TITLE_UNITS if title else _LINE_UNITS) * u * scale
        space = Room(right - left, room * weight / sum(weights), most)
        blocks.append(fit(words, style if title else Style("sans"), space))
    total = sum(block.height_px for block in blocks) + gap * (len(blocks) - 1)
    if bottom > sheet.height - 9 * u and not turn and _beside_px(group, blocks, right - left) < _MARK_UNITS[0] * u:
        bottom -= _MARK_UNITS[1] * u
    stand = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[group.placement.stand]
    y = top + max(0.0, bottom - top - total) * stand
    ink = legible(ground, job.inks.ink, job.inks.first, job.inks.paper)
    for block in blocks:
        where = TypeBox((left, y, right, y + block.height_px), group.placement.align)
        sheet.set(block, where, ink)
        y += block.height_px + gap


def _beside_px(group: _Group, blocks: Sequence[Block], room_px: float) -> float:
    """How much is left free to the right of the widest block."""
    free = room_px - max(block.width_px for block in blocks)
    return free * {"left": 1.0, "centre": 0.5, "right": 0.0}[group.placement.align]
