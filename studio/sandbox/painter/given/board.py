"""Pictures laid out on tinted paper: justified rows, a grid, a row or a column, equal gaps, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import Field, mix, shifted, smoothstep, srgb
from studio.sandbox.painter.finish import covered
from studio.sandbox.painter.lettering.setting import set_lines
from studio.sandbox.painter.noise import blurred, dice

_CROP = 1.35
"""A picture is trimmed at most to a shape this much wider or taller than its own."""
_STRETCH = 1.28
"""Justified rows are made this much taller or lower, by trimming, to fill the board."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A place on the board in px."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Design:
    """How a board is laid out: "board" | "grid" | "row" | "column" | "pair"; columns 0 is for the board to choose."""

    layout: str = "board"
    columns: int = 0
    captions: tuple[str, ...] = ()
    """One for each picture, or none."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The board's own measures in px: the part within the margins, the gap, what a caption takes under a picture."""

    width: float
    height: float
    gap: float
    caption: float


def _parted(ratios: Sequence[float], count: int) -> list[list[int]]:
    """The pictures in so many rows, in order, as equally long as can be."""
    goal, size = sum(ratios) / count, len(ratios)
    cost = np.full((count + 1, size + 1), np.inf)
    cut = np.zeros((count + 1, size + 1), dtype=int)
    cost[0, 0] = 0.0
    for row in range(1, count + 1):
        for end in range(row, size + 1):
            options = [cost[row - 1, k] + (sum(ratios[k:end]) - goal) ** 2 for k in range(row - 1, end)]
            best = int(np.argmin(options))
            cost[row, end], cut[row, end] = options[best], best + row - 1
    rows, end = [], size
    for row in range(count, 0, -1):
        start = int(cut[row, end])
        rows.append(list(range(start, end)))
        end = start
    return rows[::-1]


def _justified(ratios: Sequence[float], sheet: _Sheet) -> list[list[tuple[float, float]]]:
    """(width, height) of each picture, row by row: the number of rows that fills the board best."""
    best: tuple[float, list[list[tuple[float, float]]]] = (float("inf"), [])
    for count in range(1, len(ratios) + 1):
        rows = _parted(ratios, count)
        heights = [(sheet.width - sheet.gap * (len(row) - 1)) / sum(ratios[i] for i in row) for row in rows]
        room = sheet.height - sheet.gap * (count - 1) - sheet.caption * count
        if room <= 0 or min(sheet.width - sheet.gap * (len(row) - 1) for row in rows) <= 0:
            continue
        fill = room / sum(heights)
        taller = float(np.clip(fill, 1 / _STRETCH, _STRETCH))
        # What trimming does not make up for is left as a wider margin.
        shrink = min(1.0, fill / taller)
        sizes = [
            [(ratios[i] * high * shrink, high * taller * shrink) for i in row]
            for row, high in zip(rows, heights, strict=True)
        ]
        areas = [wide * high for row in sizes for wide, high in row]
        miss = abs(float(np.log(fill))) + 0.35 * float(np.log(max(areas) / min(areas)))
        if miss < best[0]:
            best = (miss, sizes)
    return best[1]


def _equal(ratios: Sequence[float], columns: int, sheet: _Sheet) -> list[list[tuple[float, float]]]:
    """Cells of one size, their shape the pictures' own on the whole."""
    rows = -(-len(ratios) // columns)
    wide = (sheet.width - sheet.gap * (columns - 1)) / columns
    high = (sheet.height - sheet.gap * (rows - 1) - sheet.caption * rows) / rows
    ratio = float(np.exp(np.mean(np.log(ratios))))
    wide, high = min(wide, high * ratio * _CROP), min(high, wide / ratio * _CROP)
    cells = [(max(4.0, wide), max(4.0, high))] * len(ratios)
    return [cells[start : start + columns] for start in range(0, len(cells), columns)]


def _columns(ratios: Sequence[float], sheet: _Sheet) -> int:
    """The number of columns whose cells cover most of the board; fewer empty places among alike."""

    def covering(columns: int) -> float:
        rows = _equal(ratios, columns, sheet)
        empty = columns * len(rows) - len(ratios)
        return rows[0][0][0] * rows[0][0][1] * (1 - 0.12 * empty / len(ratios))

    return max(range(1, len(ratios) + 1), key=covering)


def _alongside(ratios: Sequence[float], sheet: _Sheet) -> list[list[tuple[float, float]]]:
    """One row of equal height."""
    high = (sheet.width - sheet.gap * (len(ratios) - 1)) / sum(ratios)
    room = sheet.height - sheet.caption
    tall = min(high * _STRETCH, room) if high < room else high
    shrink = min(1.0, room / tall)
    return [[(ratio * high * shrink, tall * shrink) for ratio in ratios]]


def _rows(ratios: Sequence[float], design: Design, sheet: _Sheet) -> list[list[tuple[float, float]]]:
    if design.layout == "column":
        return _equal(ratios, 1, sheet)
    if design.layout == "grid":
        columns = min(design.columns, len(ratios)) or _columns(ratios, sheet)
        return _equal(ratios, columns, sheet)
    if design.layout == "pair":
        even = [float(np.exp(np.mean(np.log(ratios))))] * len(ratios)
        return _alongside(even, sheet) if sheet.width > sheet.height * 0.5 else _equal(even, 1, sheet)
    if design.layout == "row" and sheet.width > sheet.height * 0.5:
        return _alongside(ratios, sheet)
    return _justified(ratios, sheet) or _equal(ratios, _columns(ratios, sheet), sheet)


def board_tiles(
    sizes: Sequence[tuple[int, int]], *, width: int, height: int, design: Design | None = None
) -> list[Tile]:
    """A place for every picture, in order, centred within a margin; sizes are (width, height) in px."""
    ratios = [min(2.4, max(0.42, w / h)) for w, h in sizes]
    design, short = design or Design(), min(width, height)
    margin = (0.07 if len(sizes) < 10 else 0.055) * short
    gap = 0.026 * short if len(sizes) < 10 else 0.02 * short
    caption = 0.052 * short if design.captions else 0.0
    sheet = _Sheet(width=width - 2 * margin, height=height - 2 * margin, gap=gap, caption=caption)
    rows = _rows(ratios, design, sheet)
    y = (height - sum(row[0][1] + caption for row in rows) - gap * (len(rows) - 1)) / 2
    tiles: list[Tile] = []
    for row in rows:
        x = (width - sum(wide for wide, _ in row) - gap * (len(row) - 1)) / 2
        for wide, high in row:
            left, top = round(x), round(y)
            tiles.append(Tile(left, top, max(4, round(x + wide) - left), max(4, round(y + high) - top)))
            x += wide + gap
        y += row[0][1] + caption + gap
    return tiles


def rounded_card(width: int, height: int) -> Field:
    """The coverage of a card with slightly rounded corners."""
    r = max(1.5, min(width, height) * 0.022)
    y = np.abs(np.arange(height, dtype=np.float32)[:, None] - (height - 1) / 2)
    x = np.abs(np.arange(width, dtype=np.float32)[None, :] - (width - 1) / 2)
    away = np.hypot(np.maximum(x - (width / 2 - r), 0), np.maximum(y - (height / 2 - r), 0))
    return np.asarray(np.clip(r - away + 0.5, 0, 1), dtype=np.float32)


def _paper(items: Sequence[Image.Image], *, width: int, height: int, seed: bytes) -> Field:
    """Paper tinted a little by the pictures, lit from one side."""
    tint = np.mean([covered(item, width=8, height=8).mean(axis=(0, 1)) for item in items], axis=0).astype(np.float32)
    paper = mix(srgb("#f0ebe2"), shifted(tint, light=0.28, chroma=0.6), 0.20)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    side = 0.15 if dice(seed, "board").random() < 0.5 else 0.85
    return np.asarray(paper * (1.01 - 0.08 * smoothstep(0.1, 1.3, np.hypot(x - side, y)))[..., None])


def _shadows(tiles: Sequence[Tile], *, width: int, height: int) -> Field:
    """Two soft shadows of every card: one close, one wide."""
    unit = min(width, height)
    flat = np.zeros((height, width), dtype=np.float32)
    for tile in tiles:
        flat[tile.top : tile.top + tile.height, tile.left : tile.left + tile.width] = 1
    wide = blurred(np.roll(flat, round(unit * 0.010), axis=0), max(1.2, unit * 0.014))
    close = blurred(np.roll(flat, max(1, round(unit * 0.003)), axis=0), max(0.8, unit * 0.003))
    return np.asarray(np.clip(wide * 0.20 + close * 0.16, 0, 1))


def _captioned(board: Field, tiles: Sequence[Tile], captions: Sequence[str]) -> Field:
    height, width = board.shape[:2]
    size = max(7, round(min(height, width) * 0.021))
    cover = np.zeros((height, width), dtype=np.float32)
    for tile, words in zip(tiles, captions, strict=True):
        most = max(3, int(tile.width / (size * 0.52)))
        line = words if len(words) <= most else f"{words[: most - 1]}…"
        at = (tile.left + tile.width / 2, tile.top + tile.height + size * 0.55)
        cover = np.maximum(cover, set_lines([line], face="sans", size_px=size, at=at, shape=(height, width)))
    return mix(board, srgb("#3b372f"), (cover * 0.88)[..., None])


def laid_out(
    items: Sequence[Image.Image], *, width: int, height: int, seed: bytes, design: Design | None = None
) -> Field:
    """All pictures on paper (h, w, 3), in order."""
    design = design or Design()
    tiles = board_tiles([item.size for item in items], width=width, height=height, design=design)
    board = _paper(items, width=width, height=height, seed=seed)
    board = board * (1 - _shadows(tiles, width=width, height=height))[..., None]
    for item, tile in zip(items, tiles, strict=True):
        area = (slice(tile.top, tile.top + tile.height), slice(tile.left, tile.left + tile.width))
        picture = covered(item, width=tile.width, height=tile.height)
        board[area] = mix(board[area], picture, rounded_card(tile.width, tile.height)[..., None])
    if design.captions:
        board = _captioned(board, tiles, design.captions)
    return np.clip(board, 0, 1).astype(np.float32)
