"""Where a picture with water in it has dry ground to stand on."""

import re

import numpy as np

from studio.sandbox.painter.colour import Field, to_oklab
from studio.sandbox.painter.filters.matte import shrunk

_SHORE = re.compile(
    r"\bon (?:the |a |some )?(?:\w+ )?(shore|beach|sand|(?:river|lake)?bank|riverside|lakeside|grass|meadow|lawn|land"
    r"|ground)\b"
)
_LOOK_PX = 160
_FROM = 0.45
"""Ground to stand on begins below this share of the height."""
_LEAST_APART = 0.022
_SIZES = (1.0, 0.85, 0.7, 0.58, 0.48)
"""How much smaller a thing is set in where the dry ground is narrow."""
_FOOT = 0.16
"""The depth of a thing's foot on the ground, as a share of its height."""
_NEARER = 1.05
Stand = tuple[float, float, float, float]
"""(middle, foot, width, height) of a thing in px."""


def is_ashore(prompt: str) -> bool:
    """Whether the words put something on a shore, a beach or grass."""
    return _SHORE.search(prompt.lower()) is not None


def ashore_words(prompt: str) -> str:
    """The words that do: "on the beach", "" for none."""
    found = _SHORE.search(prompt.lower())
    return f"on the {found.group(1)}" if found else ""


def _split(values: Field) -> float | None:
    """The threshold that best parts values in two, None where they are much alike (Otsu, 1979)."""
    counts, edges = np.histogram(values, bins=64)
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    lower = np.cumsum(counts * middles) / np.maximum(below, 1)
    upper = ((counts * middles).sum() - np.cumsum(counts * middles)) / np.maximum(above, 1)
    best = int(np.argmax(below * above * (upper - lower) ** 2))
    return float(edges[best + 1]) if upper[best] - lower[best] > _LEAST_APART else None


def dry_ground(picture: Field) -> Field:
    """1 where the lower part of a small copy of a picture (h, w, 3) is ground rather than water, which is bluer; all of
    the lower part where nothing tells the two apart.
    """
    lab = to_oklab(shrunk(picture, _LOOK_PX))
    low = np.zeros(lab.shape[:2], dtype=np.float32)
    first = int(lab.shape[0] * _FROM)
    low[first:] = 1
    yellow = lab[first:, :, 2]
    limit = _split(yellow)
    if limit is not None:
        low[first:] = yellow > limit
    return low


def on_land(picture: Field, stand: Stand, *, bounds: tuple[float, float]) -> Stand:
    """As `ashore`, between two columns in px and as much larger as the ground is nearer."""
    found = ashore(picture, stand, bounds=bounds)
    far = _FROM * picture.shape[0]
    nearer = min(2.2, max(1.0, (found[1] - far) / max(1.0, stand[1] - far)))
    if nearer < _NEARER:
        return found
    return ashore(picture, (found[0], found[1], stand[2] * nearer, stand[3] * nearer), bounds=bounds)


def ashore(picture: Field, stand: Stand, *, bounds: tuple[float, float] | None = None) -> Stand:
    """A place as near the one wished for as dry ground allows, the thing smaller where that is narrow.

    bounds: the columns in px it is to stand between, those of the picture unless told otherwise.
    """
    ground = dry_ground(picture)
    rows, columns = ground.shape
    scale = rows / picture.shape[0]
    sums = np.pad(ground.cumsum(axis=0).cumsum(axis=1), [(1, 0), (1, 0)])
    middle, foot, wide, tall = (n * scale for n in stand)
    for size in _SIZES:
        across, deep = max(2, round(wide * size)), max(2, round(tall * size * _FOOT))
        if across >= columns:
            continue
        dry = sums[deep:, across:] - sums[:-deep, across:] - sums[deep:, :-across] + sums[:-deep, :-across]
        y = np.arange(dry.shape[0])[:, None] + deep
        x = np.arange(dry.shape[1])[None, :] + across / 2
        edge = 0.015 * columns
        low, high = (0.0, columns) if bounds is None else (bounds[0] * scale, bounds[1] * scale)
        free = (dry > 0.97 * across * deep) & (y < 0.985 * rows)
        free &= (x - across / 2 >= low + edge) & (x + across / 2 <= high - edge)
        if free.any():
            away = np.where(free, np.hypot((x - middle) / columns, 1.6 * (y - foot) / rows), np.inf)
            row, column = np.unravel_index(int(np.argmin(away)), away.shape)
            found = float(column) + across / 2, float(row) + deep
            return found[0] / scale, found[1] / scale, stand[2] * size, stand[3] * size
    return stand
