"""What was set into a picture and is known of it afterwards: names and outline, kept in the file of a picture that no
scene could paint again."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from studio.sandbox.painter.colour import Field, smoothstep
from studio.sandbox.painter.filters.matte import subject_alpha
from studio.sandbox.painter.filters.ops import Filters, Op
from studio.sandbox.painter.noise import blurred, stretched
from studio.sandbox.painter.scene import Canvas, Known

_KEY = "placed"
_GRID = 128
"""Cells along each side of the box that an outline is kept in, one bit each."""
_SHADED = 0.02
_MOST = 6
_MOST_NAMES = 6
_NAME = re.compile(r"[a-z][a-z0-9' -]{0,30}")
_FOCUS = re.compile(r"(?:[0-5](?:,[0-5]){0,5})?")
FOCUS = "focus"


def is_focus(value: str) -> bool:
    """Whether a line from a record says which of the things set in is meant: "0", "0,2", "" for none of them."""
    return _FOCUS.fullmatch(value) is not None


def known_to_record(known: Sequence[Known]) -> dict[str, Any] | None:
    """The record of a picture things were set into; None where there is none to tell of."""
    rows = [_row(one) for one in known[-_MOST:]]
    return {_KEY: [row for row in rows if row is not None]} if any(rows) else None


def _row(known: Known) -> dict[str, Any] | None:
    cover, shade = _plane_row(known.cover > 0.5), _plane_row(known.shade > _SHADED)
    return None if cover is None else {"names": list(known.names[:_MOST_NAMES]), "cover": cover, "shade": shade}


def _plane_row(solid: Field) -> list[Any] | None:
    """[left, top, right, bottom, bits]: the box as shares of the picture, and what of it is covered."""
    rows, columns = np.nonzero(solid.any(axis=1))[0], np.nonzero(solid.any(axis=0))[0]
    if not rows.size:
        return None
    height, width = solid.shape
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    grid = stretched(solid[top:bottom, left:right].astype(np.float32), height=_GRID, width=_GRID) > 0.5
    box = [round(share, 5) for share in (left / width, top / height, right / width, bottom / height)]
    return [*box, base64.b64encode(np.packbits(grid).tobytes()).decode()]


def _is_box(box: object) -> bool:
    return (
        isinstance(box, list)
        and len(box) == 4
        and all(isinstance(n, int | float) and not isinstance(n, bool) and 0 <= n <= 1 for n in box)
        and box[0] < box[2]
        and box[1] < box[3]
    )


def _plane_from(row: object, size: tuple[int, int]) -> Field | None:
    if not isinstance(row, list) or len(row) != 5 or not _is_box(row[:4]) or not isinstance(row[4], str):
        return None
    try:
        packed = base64.b64decode(row[4], validate=True)
    except (binascii.Error, ValueError):
        return None  # somebody else's record: the picture is then like any other
    if len(packed) * 8 != _GRID**2:
        return None
    grid = np.unpackbits(np.frombuffer(packed, np.uint8)).reshape(_GRID, _GRID).astype(np.float32)
    return _drawn(grid, row[:4], size)


def _known_from(row: object, size: tuple[int, int]) -> Known | None:
    names = row.get("names") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(names, list) or len(names) > _MOST_NAMES:
        return None
    if not all(isinstance(name, str) and _NAME.fullmatch(name) for name in names):
        return None
    cover = _plane_from(row.get("cover"), size)
    shade = np.zeros(size[::-1], dtype=np.float32) if row.get("shade") is None else _plane_from(row["shade"], size)
    return None if cover is None or shade is None else Known(names=tuple(names), cover=cover, shade=shade)


def _drawn(grid: Field, box: Sequence[float], size: tuple[int, int]) -> Field:
    """The outline at the picture's size (width, height), its steps smoothed."""
    width, height = size
    left, top = min(width - 1, round(box[0] * width)), min(height - 1, round(box[1] * height))
    wide, high = max(1, round(box[2] * width) - left), max(1, round(box[3] * height) - top)
    plane = np.zeros((height, width), dtype=np.float32)
    inside = stretched(grid, height=high, width=wide)
    plane[top : top + high, left : left + wide] = inside[: height - top, : width - left]
    soft = blurred(plane, max(0.8, max(wide, high) / _GRID * 0.7))
    return np.asarray(smoothstep(0.22, 0.72, soft), dtype=np.float32)


def known_in(record: Mapping[str, Any] | None, size: tuple[int, int]) -> tuple[Known, ...]:
    """What a picture's record, which may be anything, tells of things set into it, at a size (width, height)."""
    rows = (record or {}).get(_KEY)
    if not isinstance(rows, list) or len(rows) > _MOST:
        return ()
    known = [_known_from(row, size) for row in rows]
    return () if None in known else tuple(one for one in known if one is not None)


def _focus(canvas: Canvas, op: Op) -> Canvas:
    """The things numbered become what the next changes are of; with none, what stands out among all else."""
    meant = [canvas.known[int(n)] for n in op.value.split(",") if n and int(n) < len(canvas.known)]
    if meant:
        cover = np.maximum.reduce([one.cover for one in meant])
        shade = np.maximum.reduce([one.shade for one in meant])
        return replace(canvas, alpha=cover, shadow=shade, stood=None)
    alpha = subject_alpha(canvas.picture)
    for one in canvas.known:
        alpha = alpha * (1 - one.cover)
    return replace(canvas, alpha=alpha, shadow=None, stood=None)


FOCUSES: Filters = {FOCUS: _focus}
