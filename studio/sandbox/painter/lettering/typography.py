"""Setting one line: the right font for each stretch, right-to-left where the script runs so, kerned, tracked."""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from PIL import Image, ImageDraw

from studio.sandbox.painter.lettering.typefaces import faces_for, font, script_of, shapes_scripts, typefaces

_SPACED = ("LATIN", "GREEK", "CYRILLIC", "CJK", "HANGUL", "")
"""Scripts whose letters may stand apart; others join or stack."""
_FINE = ((60, 4), (200, 2))
"""(greatest size in px, how many times larger letters up to it are drawn)."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Style:
    face: str = "sans"
    tracking: float | None = None
    """Extra space between letters in sizes; None is the face's own."""

    @property
    def spacing(self) -> float:
        return typefaces().faces[self.face].tracking if self.tracking is None else self.tracking


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one face and one direction, in the order it is read."""

    text: str
    face: str
    level: int

    @property
    def rtl(self) -> bool:
        return self.level % 2 == 1


@dataclass(frozen=True, slots=True)
class Mark:
    """Letters that are drawn at once, x px from the line's beginning."""

    text: str
    face: str
    rtl: bool
    x: float


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line at one size: what is drawn where, its advance width and its ink (left, top, right, bottom; baseline 0)."""

    marks: tuple[Mark, ...]
    size_px: int
    width_px: float
    ink: Box


def is_rtl(text: str) -> bool:
    """Whether the line begins at the right: its first strong letter says."""
    for c in text:
        kind = unicodedata.bidirectional(c)
        if kind in ("L", "R", "AL"):
            return kind != "L"
    return False


def _senses(text: str, base: int) -> list[tuple[int, int] | None]:
    """(side it counts as: 1 is right-to-left, embedding level) of each character, None where its neighbours decide."""
    sides: list[tuple[int, int] | None] = []
    strong = base
    for c in text:
        kind = unicodedata.bidirectional(c)
        if kind in ("L", "R", "AL"):
            strong = int(kind != "L")
            sides.append((strong, 1 if strong else 2 * base))
        elif kind in ("EN", "AN"):
            sides.append((strong, 2 if strong else 2 * base))
        else:
            sides.append(sides[-1] if kind == "NSM" and sides else None)
    return sides


def _levels(text: str) -> list[int]:
    """Embedding levels of the characters: the rules of UAX #9 that plain text without controls needs."""
    base = int(is_rtl(text))
    sides = _senses(text, base)
    levels: list[int] = []
    opened: list[int] = []
    before = base
    for i, side in enumerate(sides):
        if side is None:
            after = next((known[0] for known in sides[i:] if known is not None), base)
            level = base if before != after else 1 if before else 2 * base
            if unicodedata.category(text[i]) == "Pe" and opened:
                level = opened.pop()
        else:
            before, level = side
        if unicodedata.category(text[i]) == "Ps":
            opened.append(level)
        levels.append(level)
    return levels


def _visual(runs: list[Run]) -> list[Run]:
    """Runs from left to right (rule L2)."""
    for level in range(max((run.level for run in runs), default=0), 0, -1):
        turned: list[Run] = []
        streak: list[Run] = []
        for run in runs:
            if run.level >= level:
                streak.insert(0, run)
            else:
                turned += [*streak, run]
                streak = []
        runs = [*turned, *streak]
    return runs


def runs_of(text: str, face: str) -> list[Run]:
    """The stretches of a line from left to right, each readable in its face."""
    keyed = zip(text, faces_for(text, face), _levels(text), strict=True)
    grouped = groupby(keyed, key=lambda row: (row[1], row[2]))
    return _visual([Run("".join(row[0] for row in rows), name, level) for (name, level), rows in grouped])


def _advance(text: str, face: str, *, size_px: int, rtl: bool) -> float:
    set_in = font(face, size_px)
    return set_in.getlength(text, direction="rtl" if rtl else "ltr") if shapes_scripts() else set_in.getlength(text)


def _apart(run: Run, *, size_px: int) -> Iterator[tuple[str, float]]:
    """The letters of a run with their kerned places."""
    for i, c in enumerate(run.text):
        before = _advance(run.text[: i + 1], run.face, size_px=size_px, rtl=False)
        yield c, before - _advance(c, run.face, size_px=size_px, rtl=False)


def _fine(size_px: int) -> int:
    """How many times larger letters are drawn: at their own size small ones would be moved to whole pixels."""
    return next((times for most_px, times in _FINE if size_px <= most_px), 1)


def set_line(text: str, style: Style, size_px: int) -> SetLine:
    fine = _fine(size_px)
    size = size_px * fine
    track = style.spacing * size
    marks: list[Mark] = []
    x = 0.0
    for run in runs_of(text, style.face):
        if abs(track) > 0.01 and _may_stand_apart(run):
            letters = _apart(run, size_px=size)
            marks += [Mark(c, run.face, rtl=False, x=x + at + track * i) for i, (c, at) in enumerate(letters)]
            x += track * len(run.text)
        else:
            said = run.text if shapes_scripts() or not run.rtl else run.text[::-1]
            marks.append(Mark(said, run.face, run.rtl, x))
        x += _advance(run.text, run.face, size_px=size, rtl=run.rtl)
    left, top, right, bottom = _ink(marks, size)
    ink = left / fine, top / fine, right / fine, bottom / fine
    return SetLine(tuple(replace(mark, x=mark.x / fine) for mark in marks), size_px, x / fine, ink)


def _may_stand_apart(run: Run) -> bool:
    return not run.rtl and all(script_of(c) in _SPACED and not unicodedata.combining(c) for c in run.text)


def _direction(mark: Mark) -> str | None:
    return ("rtl" if mark.rtl else "ltr") if shapes_scripts() else None


def _ink(marks: list[Mark], size_px: int) -> Box:
    boxes = []
    for mark in marks:
        left, top, right, bottom = font(mark.face, size_px).getbbox(mark.text, anchor="ls", direction=_direction(mark))
        if right > left and bottom > top:
            boxes.append((left + mark.x, top, right + mark.x, bottom))
    if not boxes:
        return 0.0, 0.0, 0.0, 0.0
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def draw_line(plane: Image.Image, line: SetLine, *, x: float, baseline: float) -> None:
    """Adds the line's coverage to an "L" plane, its advance beginning at x."""
    fine = _fine(line.size_px)
    left, top = math.floor(x + line.ink[0]) - 1, math.floor(baseline + line.ink[1]) - 1
    size = (math.ceil(line.ink[2] - line.ink[0]) + 4, math.ceil(line.ink[3] - line.ink[1]) + 4)
    large = Image.new("L", (size[0] * fine, size[1] * fine), 0)
    pen = ImageDraw.Draw(large)
    for mark in line.marks:
        if not mark.text.isspace():
            at = ((x + mark.x - left) * fine, (baseline - top) * fine)
            shaped = font(mark.face, line.size_px * fine)
            pen.text(at, mark.text, font=shaped, fill=255, anchor="ls", direction=_direction(mark))
    inked = large.reduce(fine) if fine > 1 else large
    plane.paste(255, (left, top), inked)
