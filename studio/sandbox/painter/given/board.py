"""Pictures laid out on tinted paper: justified rows, a grid, a row or a column, equal gaps, in their order; one of
them larger, and a title, where that is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import Field, mix, shifted, smoothstep, srgb
from studio.sandbox.painter.finish import covered
from studio.sandbox.painter.lettering.setting import set_lines
from studio.sandbox.painter.lettering.typefaces import font
from studio.sandbox.painter.noise import blurred, dice

_CROP = 1.35
"""A picture is trimmed at most to a shape this much wider or taller than its own."""
_STRETCH = 1.28
"""Justified rows are made this much taller or lower, by trimming, to fill the board."""
_WEIGHED = 40
"""So many pictures are parted into rows as well as can be; of more, each row takes what comes next."""

_Lengths = np.ndarray[tuple[int], np.dtype[np.float64]]


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
    hero: int | None = None
    """The picture that is larger than the others."""
    hero_middle: bool = False
    title: str = ""
    title_below: bool = False
    ground: str = ""
    """The code of the colour the pictures lie on, "" for paper tinted by them."""

    @property
    def face(self) -> str:
        """What the title is set in."""
        return "bold" if self.title.upper() == self.title else "serif"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The board's own measures in px: the part within the margins, the gap, what a caption takes under a picture."""

    width: float
    height: float
    gap: float
    caption: float


_Box = tuple[float, float, float, float]
"""(left, top, width, height) within the sheet, in px."""


def _parted(ratios: Sequence[float], count: int) -> list[list[int]]:
    """The pictures in so many rows, in order, as equally long as can be; of very many, nearly so."""
    size = len(ratios)
    reached = np.concatenate([[0.0], np.cumsum(ratios)])
    ends = _best_ends(reached, count) if size <= _WEIGHED else _next_ends(reached, count)
    return [list(range(start, end)) for start, end in zip([0, *ends], ends, strict=False)]


def _best_ends(reached: _Lengths, count: int) -> list[int]:
    """Where each row ends, for the least sum of squared misses; reached: the length of the first 0, 1, 2 … pictures."""
    size, goal = len(reached) - 1, float(reached[-1]) / count
    # Rounded, so that rows that are as good as each other are so in spite of how they were added up.
    miss = np.round((reached[None, :] - reached[:, None] - goal) ** 2, 9)
    miss[np.tril_indices(size + 1)] = np.inf
    cost = np.full(size + 1, np.inf)
    cost[0] = 0.0
    cuts = []
    for _ in range(count):
        options = np.round(cost[:, None] + miss, 9)
        cuts.append(options.argmin(axis=0))
        cost = options.min(axis=0)
    ends = [size]
    for cut in reversed(cuts[1:]):
        ends.append(int(cut[ends[-1]]))
    return ends[::-1]


def _next_ends(reached: _Lengths, count: int) -> list[int]:
    """The same in one pass: each row ends with the picture that comes nearest to its share; none is empty."""
    size = len(reached) - 1
    shares = float(reached[-1]) * np.arange(1, count) / count
    nearest = np.abs(reached[:, None] - shares[None, :]).argmin(axis=0)
    ends: list[int] = []
    for row, end in enumerate(nearest):
        ends.append(min(max(int(end), (ends[-1] if ends else 0) + 1), size - (count - 1 - row)))
    return [*ends, size]


def _counts(ratios: Sequence[float], sheet: _Sheet) -> range:
    """The numbers of rows that may fill the board: about those of square cells that do, of few pictures all."""
    if len(ratios) <= _WEIGHED:
        return range(1, len(ratios) + 1)
    about = float(np.sqrt(sum(ratios) * max(sheet.height, 1.0) / max(sheet.width, 1.0)))
    return range(max(1, int(about / 2)), min(len(ratios), int(about * 2) + 1) + 1)


def _justified(ratios: Sequence[float], sheet: _Sheet) -> list[list[tuple[float, float]]]:
    """(width, height) of each picture, row by row: the number of rows that fills the board best."""
    best: tuple[float, list[list[tuple[float, float]]]] = (float("inf"), [])
    for count in _counts(ratios, sheet):
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
    gap = 0.026 * short if len(sizes) < 10 else 0.02 * short * min(1.0, (_WEIGHED / len(sizes)) ** 0.5)
    caption = 0.052 * short if design.captions else 0.0
    band = _title_band(design, short)
    sheet = _Sheet(width=width - 2 * margin, height=height - 2 * margin - band, gap=gap, caption=caption)
    if design.hero is not None and len(sizes) > 1:
        boxes = _with_hero(ratios, design, sheet)
    else:
        boxes = _centred(_rows(ratios, design, sheet), sheet)
    down = margin + (0 if design.title_below else band)
    return [_tile(box, margin, down) for box in boxes]


def _tile(box: _Box, left: float, top: float) -> Tile:
    at = round(box[0] + left), round(box[1] + top)
    return Tile(*at, max(4, round(box[0] + left + box[2]) - at[0]), max(4, round(box[1] + top + box[3]) - at[1]))


def _title_band(design: Design, short: int) -> float:
    """What a title takes of the height."""
    return 0.135 * short if design.title else 0.0


def _centred(rows: Sequence[Sequence[tuple[float, float]]], sheet: _Sheet) -> list[_Box]:
    """The rows one below the other in the middle of the sheet."""
    boxes: list[_Box] = []
    y = (sheet.height - sum(row[0][1] + sheet.caption for row in rows) - sheet.gap * (len(rows) - 1)) / 2
    for row in rows:
        x = (sheet.width - sum(wide for wide, _ in row) - sheet.gap * (len(row) - 1)) / 2
        for wide, high in row:
            boxes.append((x, y, wide, high))
            x += wide + sheet.gap
        y += row[0][1] + sheet.caption + sheet.gap
    return boxes


def _filling(ratios: Sequence[float], area: _Box, gap: float) -> list[_Box]:
    """Boxes that fill an area in rows, edge to edge, trimmed as little as that allows."""
    left, top, width, height = area
    usual = float(np.exp(np.mean(np.log(ratios))))
    best: tuple[float, list[_Box]] = (float("inf"), [])
    for count in range(1, len(ratios) + 1):
        high = (height - gap * (count - 1)) / count
        lengths = [len(part) for part in np.array_split(np.arange(len(ratios)), count)]
        wides = [(width - gap * (length - 1)) / length for length in lengths]
        if high <= 1 or min(wides) <= 1:
            continue
        miss = max(abs(float(np.log(wide / high / usual))) for wide in wides)
        boxes = [
            (left + k * (wide + gap), top + row * (high + gap), wide, high)
            for row, (wide, length) in enumerate(zip(wides, lengths, strict=True))
            for k in range(length)
        ]
        best = min(best, (miss, boxes), key=lambda option: option[0])
    return best[1]


def _with_hero(ratios: Sequence[float], design: Design, sheet: _Sheet) -> list[_Box]:
    """One large picture and the others beside it, on one side or on both; above and below on a tall sheet."""
    tall = sheet.height > sheet.width * 1.1
    width, height = (sheet.height, sheet.width) if tall else (sheet.width, sheet.height)
    shapes = [1 / ratio for ratio in ratios] if tall else list(ratios)
    hero = design.hero or 0
    others = [i for i in range(len(ratios)) if i != hero]
    both = design.hero_middle and len(others) > 1
    wide = min(width * (0.46 if both else 0.56), height * shapes[hero] * _CROP)
    halves = [others[: len(others) // 2], others[len(others) // 2 :]] if both else [others]
    beside = (width - wide - sheet.gap * len(halves)) / len(halves)
    boxes: dict[int, _Box] = {hero: (beside + sheet.gap if both else 0.0, 0.0, wide, height)}
    for k, half in enumerate(halves):
        at = wide + sheet.gap if not both else k * (beside + wide + 2 * sheet.gap)
        parts = _filling([shapes[i] for i in half], (at, 0.0, beside, height), sheet.gap)
        boxes |= dict(zip(half, parts, strict=True))
    turned = [(y, x, h, w) if tall else (x, y, w, h) for x, y, w, h in (boxes[i] for i in range(len(ratios)))]
    return [(x, y, w, h - sheet.caption) for x, y, w, h in turned]


def rounded_card(width: int, height: int) -> Field:
    """The coverage of a card with slightly rounded corners."""
    r = max(1.5, min(width, height) * 0.022)
    y = np.abs(np.arange(height, dtype=np.float32)[:, None] - (height - 1) / 2)
    x = np.abs(np.arange(width, dtype=np.float32)[None, :] - (width - 1) / 2)
    away = np.hypot(np.maximum(x - (width / 2 - r), 0), np.maximum(y - (height / 2 - r), 0))
    return np.asarray(np.clip(r - away + 0.5, 0, 1), dtype=np.float32)


def _paper(items: Sequence[Image.Image], ground: str, *, width: int, height: int, seed: bytes) -> Field:
    """Paper of a colour, or tinted a little by the pictures, lit from one side."""
    tint = np.mean([covered(item, width=8, height=8).mean(axis=(0, 1)) for item in items], axis=0).astype(np.float32)
    paper = srgb(ground) if ground else mix(srgb("#f0ebe2"), shifted(tint, light=0.28, chroma=0.6), 0.20)
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
    return mix(board, _ink(board), (cover * 0.88)[..., None])


def _ink(board: Field) -> Field:
    """A colour for letters that can be read on what is at the board's corner."""
    return srgb("#efeae2" if float(board[:4, :4].mean()) < 0.5 else "#3b372f")


def _titled(board: Field, design: Design, tiles: Sequence[Tile]) -> Field:
    """The title along the left edge of the pictures, in the band kept free for it."""
    height, width = board.shape[:2]
    band, left = _title_band(design, min(height, width)), min(tile.left for tile in tiles)
    size = band * 0.56
    size = max(7, round(min(size, size * (width - 2 * left) / font(design.face, round(size)).getlength(design.title))))
    top = min(tile.top for tile in tiles) - size * 0.46 - size
    if design.title_below:
        lowest = max(tile.top + tile.height for tile in tiles) + (band * 0.3 if design.captions else 0)
        top = lowest + size * 0.2
    at = left + font(design.face, size).getlength(design.title) / 2, max(1.0, top)
    cover = set_lines([design.title], face=design.face, size_px=size, at=at, shape=(height, width))
    return mix(board, _ink(board), (cover * 0.94)[..., None])


def laid_out(
    items: Sequence[Image.Image], *, width: int, height: int, seed: bytes, design: Design | None = None
) -> Field:
    """All pictures on paper (h, w, 3), in order."""
    design = design or Design()
    tiles = board_tiles([item.size for item in items], width=width, height=height, design=design)
    board = _paper(items, design.ground, width=width, height=height, seed=seed)
    board = board * (1 - _shadows(tiles, width=width, height=height))[..., None]
    for item, tile in zip(items, tiles, strict=True):
        area = (slice(tile.top, tile.top + tile.height), slice(tile.left, tile.left + tile.width))
        picture = covered(item, width=tile.width, height=tile.height)
        board[area] = mix(board[area], picture, rounded_card(tile.width, tile.height)[..., None])
    if design.captions:
        board = _captioned(board, tiles, design.captions)
    if design.title:
        board = _titled(board, design, tiles)
    return np.clip(board, 0, 1).astype(np.float32)
