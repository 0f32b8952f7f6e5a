"""Words set in the two fonts kept beside this file."""

from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from studio.sandbox.painter.colour import Field

Face = Literal["sans", "bold", "serif"]
_FILES: dict[Face, str] = {"sans": "Inter-Latin.ttf", "bold": "Inter-Latin.ttf", "serif": "InstrumentSerif-Latin.ttf"}


@cache
def _font(face: Face, size_px: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(
        str(Path(__file__).parent / "fonts" / _FILES[face]), size_px, layout_engine=ImageFont.Layout.BASIC
    )
    if face != "serif":
        font.set_variation_by_axes([700 if face == "bold" else 500])
    return font


def _wrapped(text: str, *, font: ImageFont.FreeTypeFont, width_px: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [text]


def fitted(text: str, *, face: Face, width_px: float, height_px: float) -> tuple[list[str], int]:
    """The lines and the greatest size in px with which the text fills the box without leaving it."""
    best: tuple[list[str], int] = ([text], 6)
    low, high = 6, max(7, int(height_px))
    while low <= high:
        size = (low + high) // 2
        font = _font(face, size)
        lines = _wrapped(text, font=font, width_px=width_px)
        if max(font.getlength(line) for line in lines) <= width_px and len(lines) * size * 1.08 <= height_px:
            best, low = (lines, size), size + 1
        else:
            high = size - 1
    return best


def set_lines(
    lines: list[str],
    *,
    face: Face,
    size_px: int,
    at: tuple[float, float],
    shape: tuple[int, int],
    anchor: Literal["l", "m", "r"] = "m",
) -> Field:
    """Coverage (h, w) of lines whose first baseline box starts at (x, y) px."""
    plane = Image.new("L", (shape[1], shape[0]), 0)
    pen = ImageDraw.Draw(plane)
    font = _font(face, size_px)
    for i, line in enumerate(lines):
        pen.text((at[0], at[1] + i * size_px * 1.04), line, font=font, fill=255, anchor=f"{anchor}a")
    return np.asarray(plane, dtype=np.float32) / np.float32(255)
