"""Setting a paragraph: where lines may break, lines of like length, the greatest size that fits a box."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from studio.sandbox.painter.lettering.typefaces import script_of, typefaces
from studio.sandbox.painter.lettering.typography import Box, SetLine, Style, draw_line, is_rtl, runs_of, set_line

Align = Literal["left", "centre", "right"]
_PROBE_PX = 64
_MOST_LINES = 9
_THAI_LEADING = re.compile("(?=[เแโใไ])")


@dataclass(frozen=True, slots=True)
class Unit:
    """What is never broken, and the blank before it when it does not begin a line."""

    text: str
    gap: str


@dataclass(frozen=True, slots=True)
class Block:
    """Lines at one size. `height_px` and `width_px` are of the ink: nothing of a letter is outside."""

    lines: tuple[SetLine, ...]
    texts: tuple[str, ...]
    style: Style
    size_px: int
    leading_px: float

    @property
    def width_px(self) -> float:
        return max(line.ink[2] - line.ink[0] for line in self.lines)

    @property
    def height_px(self) -> float:
        return self.leading_px * (len(self.lines) - 1) + self.lines[-1].ink[3] - self.lines[0].ink[1]


def units(text: str) -> list[Unit]:
    """Words; Chinese, Japanese and Thai, which have no blanks, break between characters or syllables."""
    found: list[Unit] = []
    for word in text.split():
        pieces = _pieces(word)
        found += [Unit(piece, " " if i == 0 and found else "") for i, piece in enumerate(pieces)]
    return found or [Unit(text.strip() or " ", "")]


def _pieces(word: str) -> list[str]:
    if any(script_of(c) == "THAI" for c in word):
        return [part for part in _THAI_LEADING.split(word) if part]
    if not any(script_of(c) == "CJK" for c in word):
        return [word]
    pieces: list[str] = []
    for c in word:
        joined = pieces and (
            c in typefaces().not_first
            or pieces[-1][-1] in typefaces().not_last
            or (script_of(c) != "CJK" and script_of(pieces[-1][-1]) != "CJK")
            or unicodedata.combining(c)
        )
        if joined:
            pieces[-1] += c
        else:
            pieces.append(c)
    return pieces


def joined(part: Sequence[Unit]) -> str:
    return "".join((unit.gap if i else "") + unit.text for i, unit in enumerate(part))


def _split(widths: Sequence[float], gaps: Sequence[float], limit: float) -> list[int]:
    """Where lines begin when each takes all it can within the limit."""
    starts, width = [0], widths[0]
    for i in range(1, len(widths)):
        longer = width + gaps[i] + widths[i]
        if longer <= limit:
            width = longer
        else:
            starts.append(i)
            width = widths[i]
    return starts


def _evened(widths: Sequence[float], gaps: Sequence[float], limit: float) -> list[int]:
    """Where lines begin so that, within the limit and in as few lines, none is much shorter than the others."""
    count = len(_split(widths, gaps, limit))
    total = len(widths)
    best: list[dict[int, tuple[float, list[int]]]] = [{total: (0.0, [])}]
    for _ in range(count):
        rows: dict[int, tuple[float, list[int]]] = {}
        for end, (cost, starts) in best[-1].items():
            width = 0.0
            for start in range(end - 1, -1, -1):
                width += widths[start] + (gaps[start + 1] if start + 1 < end else 0.0)
                if width > limit:
                    break
                worse = cost + (limit - width) ** 2
                if start not in rows or worse < rows[start][0]:
                    rows[start] = worse, [start, *starts]
        best.append(rows)
    return best[count][0][1]


def balanced(text: str, style: Style, count: int) -> list[str]:
    """The text in at most `count` lines, the longest as short as may be."""
    parts = units(text)
    widths = [set_line(unit.text, style, _PROBE_PX).width_px for unit in parts]
    blank = set_line("n n", style, _PROBE_PX).width_px - set_line("nn", style, _PROBE_PX).width_px
    gaps = [blank if unit.gap else 0.0 for unit in parts]
    low, high = max(widths), sum(widths) + sum(gaps)
    for _ in range(14):
        middle = (low + high) / 2
        if len(_split(widths, gaps, middle)) <= count:
            high = middle
        else:
            low = middle
    starts = _evened(widths, gaps, high + 0.01)
    return [joined(parts[a:b]) for a, b in zip(starts, [*starts[1:], len(parts)], strict=True)]


def leading_of(text: str, style: Style) -> float:
    """In sizes: the tallest of the faces the text needs."""
    faces = typefaces().faces
    return max((faces[run.face].leading for run in runs_of(text, style.face)), default=faces[style.face].leading)


def block(lines: Sequence[str], style: Style, size_px: int, *, leading: float = 0.0) -> Block:
    """The lines at a size; leading in sizes, 0 for the face's own."""
    pitch = max((leading or typefaces().faces[style.face].leading), *(leading_of(line, style) for line in lines))
    if leading:
        pitch = leading
    return Block(tuple(set_line(line, style, size_px) for line in lines), tuple(lines), style, size_px, pitch * size_px)


@dataclass(frozen=True, slots=True)
class Room:
    """What a text may take. `lines` 0 leaves their number open."""

    width_px: float
    height_px: float
    most_px: float = 0.0
    """The greatest size, 0 for none."""
    lines: int = 0
    leading: float = 0.0


def fit(text: str, style: Style, room: Room) -> Block:
    """The text as large as its room allows; of two ways as large, the one with fewer lines."""
    best: Block | None = None
    counts = [room.lines] if room.lines else range(1, min(_MOST_LINES, len(units(text))) + 1)
    tried: set[tuple[str, ...]] = set()
    for count in counts:
        lines = tuple(balanced(text, style, count))
        if lines in tried:
            continue
        tried.add(lines)
        candidate = _grown(lines, style, room)
        if best is None or candidate.size_px > best.size_px * 1.06:
            best = candidate
    return best or _grown((text,), style, room)


def _grown(lines: tuple[str, ...], style: Style, room: Room) -> Block:
    probe = block(lines, style, _PROBE_PX, leading=room.leading)
    scale = min(room.width_px / max(probe.width_px, 1), room.height_px / max(probe.height_px, 1))
    size = max(5, int(_PROBE_PX * scale))
    if room.most_px:
        size = min(size, max(5, int(room.most_px)))
    grown = block(lines, style, size, leading=room.leading)
    while size > 5 and (grown.width_px > room.width_px or grown.height_px > room.height_px):
        size -= max(1, size // 100)
        grown = block(lines, style, size, leading=room.leading)
    return grown


def draw_block(plane: Image.Image, what: Block, *, left: float, top: float, width: float, align: Align) -> list[Box]:
    """Adds the block's coverage to an "L" plane: its ink begins at (left, top) and is aligned in the width, all px.

    Gives the ink box of each line.
    """
    boxes: list[Box] = []
    baseline = top - what.lines[0].ink[1]
    mirrored: Align = "right" if align == "left" and is_rtl(" ".join(what.texts)) else align
    for line in what.lines:
        inked = line.ink[2] - line.ink[0]
        x = left + {"left": 0.0, "centre": (width - inked) / 2, "right": width - inked}[mirrored] - line.ink[0]
        draw_line(plane, line, x=x, baseline=baseline)
        boxes.append((x + line.ink[0], baseline + line.ink[1], x + line.ink[2], baseline + line.ink[3]))
        baseline += what.leading_px
    return boxes
