"""Things of the pictures given set into one scene: one, several, or many in rows."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from studio.sandbox.painter.filters.ashore import is_ashore
from studio.sandbox.painter.finish import Given
from studio.sandbox.painter.given.compose import Wish, cut_out, set_cut
from studio.sandbox.painter.given.footing import horizon_of, standing_in
from studio.sandbox.painter.given.job import Job
from studio.sandbox.painter.given.naming import names_of, share_of
from studio.sandbox.painter.records import recalled
from studio.sandbox.painter.scene import Canvas

_IN_A_ROW = 5
"""Things side by side; more stand in several rows."""
_ALOFT = re.compile(
    r"\b(?:float\w*|fly\w*|hover\w*|levitat\w+|suspended|hanging|in (?:the )?(?:sky|mid-?air|air)|above)\b"
)
_UP = re.compile(r"\bcorner\b|\b(?:at|near|in|along) the (?:very )?top\b")


def _placed(wish: Wish, place: str, text: str) -> Wish:
    """The wish with the place named; a corner is at both edges, and what floats has no ground under it."""
    side = {"left": 0.0, "right": 1.0}.get(place.rsplit("-", 1)[-1])
    if place == "sky":
        return replace(wish, place="", aloft="air") if _ALOFT.search(text) else replace(wish, place="")
    if not _UP.search(text) or not place.startswith(("top", "bottom")):
        return replace(wish, place=place)
    wish = replace(wish, place="top" if place.startswith("top") else "bottom", middle=side)
    return replace(wish, aloft="edge") if place.startswith("top") else wish


def _wish(job: Job, items: Sequence[int], k: int, *, ground: Given | None, far: float) -> Wish:
    wanted, item = job.wanted, items[k]
    which = k // wanted.more.copies
    place = wanted.places[which] if which < len(wanted.places) else ""
    dry = is_ashore(job.prompt)
    if not place and dry:
        place = "bottom"  # further up there is water
    names = names_of(job.prompt, wanted.labels[item], recalled(job.given[item].record).scene)
    wish = _placed(Wish(size=wanted.size, names=names, dry=dry), place, wanted.own)
    if ground is not None:
        wish = replace(wish, share=share_of(names, recalled(ground.record).scene))
    return wish if len(items) == 1 else _among(wish, len(items), k, far=far)


def _among(wish: Wish, count: int, k: int, *, far: float) -> Wish:
    """Several that stand together share the width, in their order; many stand in rows, the first at the back."""
    rows = [part.tolist() for part in np.array_split(np.arange(count), -(-count // _IN_A_ROW))]
    row = next(i for i, part in enumerate(rows) if k in part)
    beside, at = len(rows[row]), rows[row].index(k)
    left, right = {"left": (0.05, 0.55), "right": (0.45, 0.95)}.get(wish.place, (0.08, 0.92))
    wish = replace(
        wish, place="" if wish.place in ("left", "right") else wish.place, size=wish.size * 0.9 ** (beside - 1),
        middle=left + (right - left) * (at + 0.5) / beside, widest=(right - left) / beside,
    )  # fmt: skip
    if len(rows) == 1:
        return wish
    # Rows stand half a step to the side of one another, and low enough for those behind to be seen.
    back = 0.74 / len(rows)
    shift = (0.25 if row % 2 else -0.25) * (right - left) / max(map(len, rows))
    return replace(
        wish, depth=back + (0.96 - back) * row / (len(rows) - 1), size=1.0,
        widest=(right - left) / max(map(len, rows)) * 0.9,
        share=min(wish.share, 1.15 * (1 - far) / len(rows)), middle=(wish.middle or 0.0) + shift,
    )  # fmt: skip


def set_all(
    job: Job, canvas: Canvas, items: Sequence[int], *, horizon: float | None = None, ground: Given | None = None
) -> Canvas:
    """The items one after another, each on ground that is still free; ground: the picture given that they stand in."""
    far = horizon_of(canvas.picture) if horizon is None else horizon
    if canvas.alpha is None:
        canvas = replace(canvas, alpha=standing_in(canvas.picture))
    every = [item for item in items for _ in range(job.wanted.more.copies)]
    cuts = {item: cut_out(job.pictures[item]) for item in items}
    for k, item in enumerate(every):
        wish = _wish(job, every, k, ground=ground, far=far)
        canvas = set_cut(canvas, cuts[item], wish, horizon=far, seed=job.seed + bytes([item]))
    return canvas
