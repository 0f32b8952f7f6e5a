"""Pictures given with the prompt, brought together: one set into another, or all laid out on a board."""

import re
from dataclasses import dataclass

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import Field, mix, shifted, smoothstep, srgb
from studio.sandbox.painter.finish import covered
from studio.sandbox.painter.matte import stands_alone, subject_alpha
from studio.sandbox.painter.noise import blurred, dice

_NUMBER = re.compile(r"image\s+(\d+)")
_INTO = re.compile(
    r"\b(place|put|set|add|drop|insert|combine|use|show|blend|paste|compose|onto|into)\b|\b(on|in)\b.*\bimage\s+\d+"
)
_STYLE = re.compile(
    r"(style|palette|colou?rs?|mood|look|tones?|grading|glaze|light)\s+(?:\w+\s+){0,2}(of|from|in|like)\s+(?:the\s+)?"
    r"image\s+(\d+)|like image\s+(\d+)"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A place on the board in px."""

    left: int
    top: int
    width: int
    height: int


def style_reference(text: str, count: int) -> int | None:
    """Index of the picture whose style is asked for."""
    match = _STYLE.search(text.lower())
    if match is None:
        return None
    number = int(match.group(3) or match.group(4))
    return number - 1 if 1 <= number <= count else None


def placement(text: str, count: int) -> tuple[int, int | None] | None:
    """(index of what is placed, index of where; None where the current picture is meant), when the words ask for it."""
    low = text.lower()
    if not _INTO.search(low):
        return None
    numbers = [int(n) - 1 for n in _NUMBER.findall(low) if 1 <= int(n) <= count]
    if len(numbers) >= 2 and numbers[0] != numbers[1]:
        return numbers[0], numbers[1]
    return (numbers[0], None) if numbers else None


def set_into(scene: Field, item: Image.Image, seed: bytes, *, aside: bool = False) -> Field:
    """The item standing in the scene with a shadow: cut out where its border is calm, else as a rounded card.

    aside puts it, smaller, into the calmer side.
    """
    height, width = scene.shape[:2]
    rng = dice(seed, "placement")
    ratio = item.width / item.height
    share = 0.40 if aside else 0.62
    high = min(height * share, width * share * (0.85 if aside else 1.0) / ratio)
    wide = high * ratio
    left = (width - wide) / 2 + float(rng.uniform(-0.08, 0.08)) * width
    if aside:
        restless = np.abs(np.diff(scene[height // 3 :].mean(axis=-1), axis=1)).mean(axis=0)
        calm_left = float(restless[: width // 3].mean()) <= float(restless[-width // 3 :].mean())
        left = width * 0.05 if calm_left else width * 0.95 - wide
    tile = Tile(
        left=int(left), top=int(height * 0.90 - high),
        width=max(8, int(wide)), height=max(8, int(high)),
    )  # fmt: skip
    picture = covered(item, width=tile.width, height=tile.height)
    clean = stands_alone(picture)
    alpha = subject_alpha(picture) if clean else _card(tile.width, tile.height)
    return _laid(scene, picture, alpha=alpha, tile=tile, standing=clean)


def _card(width: int, height: int) -> Field:
    r = min(width, height) * 0.05
    y = np.abs(np.arange(height, dtype=np.float32)[:, None] - (height - 1) / 2)
    x = np.abs(np.arange(width, dtype=np.float32)[None, :] - (width - 1) / 2)
    away = np.hypot(np.maximum(x - (width / 2 - r), 0), np.maximum(y - (height / 2 - r), 0))
    return np.asarray(np.clip(r - away + 0.5, 0, 1), dtype=np.float32)


def _laid(board: Field, picture: Field, *, alpha: Field, tile: Tile, standing: bool) -> Field:
    """The board with a picture laid on it; the part that falls outside is left out."""
    rows, columns = board.shape[:2]
    unit = min(tile.width, tile.height)
    top, left = max(0, tile.top), max(0, tile.left)
    bottom, right = min(rows, tile.top + tile.height), min(columns, tile.left + tile.width)
    inside = (slice(top - tile.top, bottom - tile.top), slice(left - tile.left, right - tile.left))
    cover = np.zeros((rows, columns), dtype=np.float32)
    cover[top:bottom, left:right] = alpha[inside]
    if standing:
        foot = np.nonzero(alpha.max(axis=1) > 0.5)[0]
        base = tile.top + (int(foot[-1]) if foot.size else tile.height)
        y = np.arange(rows, dtype=np.float32)[:, None]
        squashed = np.clip(base + (y - base) * 4.5, 0, rows - 1).astype(int)[:, 0]
        thrown = np.roll(cover[squashed] * (y <= base + unit * 0.03), int(unit * 0.05), axis=1)
        shade = np.clip(
            blurred(thrown, unit * 0.035) * 0.55
            + blurred(thrown * (np.abs(y - base) < unit * 0.03), unit * 0.014) * 0.5,
            0,
            0.8,
        )
    else:
        shade = blurred(np.roll(cover, int(unit * 0.030), axis=0), max(2.0, unit * 0.035)) * 0.34
    board = board * (1 - shade)[..., None]
    board[top:bottom, left:right] = mix(board[top:bottom, left:right], picture[inside], alpha[inside][..., None])
    return board


def _rows_of(ratios: list[float], *, width: float, height: float, gap: float) -> list[list[int]]:
    """The pictures in rows, so that rows of equal width fill the board best."""
    best: tuple[float, list[list[int]]] = (float("inf"), [list(range(len(ratios)))])
    for count in range(1, len(ratios) + 1):
        goal = sum(ratios) / count
        rows: list[list[int]] = [[]]
        run = 0.0
        for i, ratio in enumerate(ratios):
            if rows[-1] and len(rows) < count and run + ratio / 2 > goal:
                rows.append([])
                run = 0.0
            rows[-1].append(i)
            run += ratio
        total = sum((width - gap * (len(row) - 1)) / sum(ratios[i] for i in row) for row in rows) + gap * (
            len(rows) - 1
        )
        miss = abs(np.log(total / height))
        if miss < best[0]:
            best = (float(miss), rows)
    return best[1]


def board_tiles(sizes: list[tuple[int, int]], *, width: int, height: int) -> list[Tile]:
    """A place for every picture, in order: justified rows, centred, within a margin."""
    ratios = [min(3.0, max(0.34, w / h)) for w, h in sizes]
    margin, gap = 0.07 * min(width, height), 0.026 * min(width, height)
    inner_w, inner_h = width - 2 * margin, height - 2 * margin
    rows = _rows_of(ratios, width=inner_w, height=inner_h, gap=gap)
    heights = [(inner_w - gap * (len(row) - 1)) / sum(ratios[i] for i in row) for row in rows]
    shrink = min(1.0, (inner_h - gap * (len(rows) - 1)) / sum(heights))
    y = (height - sum(heights) * shrink - gap * (len(rows) - 1)) / 2
    tiles: list[Tile] = []
    for row, tall in zip(rows, heights, strict=True):
        high = tall * shrink
        x = (width - sum(ratios[i] * high for i in row) - gap * (len(row) - 1)) / 2
        for i in row:
            tiles.append(
                Tile(left=round(x), top=round(y), width=max(4, round(ratios[i] * high)), height=max(4, round(high)))
            )
            x += ratios[i] * high + gap
        y += high + gap
    return tiles


def moodboard(items: list[Image.Image], *, width: int, height: int, seed: bytes) -> Field:
    """All pictures on tinted paper with soft shadows."""
    tint = np.mean([covered(item, width=8, height=8).mean(axis=(0, 1)) for item in items], axis=0).astype(np.float32)
    paper = mix(srgb("#ece7de"), shifted(tint, light=0.25, chroma=0.6), 0.22)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    side = 0.15 if dice(seed, "board").random() < 0.5 else 0.85
    board = paper * (1.02 - 0.13 * smoothstep(0.1, 1.3, np.hypot(x - side, y)))[..., None]
    for item, tile in zip(items, board_tiles([item.size for item in items], width=width, height=height), strict=True):
        picture = covered(item, width=tile.width, height=tile.height)
        board = _laid(board, picture, alpha=_card(tile.width, tile.height), tile=tile, standing=False)
    return np.clip(board, 0, 1).astype(np.float32)
