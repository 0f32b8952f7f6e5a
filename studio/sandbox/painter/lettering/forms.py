"""Words on a solid thing: bent round it and slanted with its faces, as print on it would be."""

import numpy as np
import numpy.typing as npt

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.scene import Canvas, Relief

_SAME_FACE = 0.82
"""How far the turn of a place may differ from the middle's to be on the same face, or the same round."""
_FRONT = 0.45
"""The same for what counts as the front, in the middle of which words stand."""
_BENT, _EVENLY = 0.2, 0.97
"""The turn across a round thing varies at least so much, and as evenly: its correlation with the place."""
_LABEL = 0.08
"""The least share of a thing its label has."""
_FARTHEST = 0.4
"""Words are moved no farther to get there, as a share of their width."""
_STEEP = 0.9
"""No surface is read as turned further, or its letters would be lost."""


def _relief_of(canvas: Canvas) -> Relief | None:
    """The canvas's relief while it still fits its coverage."""
    relief = canvas.relief
    return relief if relief is not None and relief.alpha is canvas.alpha else None


def facing_part(canvas: Canvas) -> Field:
    """The coverage (h, w) of that part of the subject which words can stand on: its front, none of its sides."""
    alpha = np.zeros(canvas.picture.shape[:2], dtype=np.float32) if canvas.alpha is None else canvas.alpha
    relief = _relief_of(canvas)
    solid = alpha > 0.8
    if relief is None or not solid.any():
        return alpha
    if relief.label is not None and float(relief.label.sum()) > _LABEL * float(alpha.sum()):
        alpha = np.minimum(alpha, relief.label)
        solid = alpha > 0.8
    front = float(np.median(relief.turn[solid]))
    same = alpha * (np.abs(relief.turn - front) < _SAME_FACE)
    return same if float(same.sum()) > 0.35 * float(alpha.sum()) else alpha


def _front_of(turn: Field) -> float:
    """Of turns from left to right that of what is looked at: a round thing's nearest part, else the largest face."""
    even = np.linspace(-1, 1, len(turn), dtype=np.float32)
    bend = float(np.std(turn))
    is_round = bend > _BENT and float(((turn - turn.mean()) * even).mean()) > _EVENLY * bend * float(np.std(even))
    return 0.0 if is_round and float(turn.min()) < 0 < float(turn.max()) else float(np.median(turn))


def on_form(plane: Field, canvas: Canvas) -> Field:
    """Letters (h, w) laid flat as they are seen on the subject's surface; unchanged where its form is not known."""
    relief = _relief_of(canvas)
    rows, columns = np.nonzero(plane > 0.3)
    if relief is None or not rows.size:
        return plane
    left, right = int(columns.min()), int(columns.max()) + 1
    band = slice(int(rows.min()), int(rows.max()) + 1)
    middle = (left + right) // 2
    first, last = _run(np.median(relief.alpha[band], axis=0) > 0.5, middle)
    turn = np.clip(np.median(relief.turn[band], axis=0), -_STEEP, _STEEP).astype(np.float32)
    turn[:first], turn[last:] = turn[first], turn[last - 1]
    turn = _smooth(turn, max(1, (right - left) // 30))
    centre = sum(_run(np.abs(turn - _front_of(turn[first:last])) < _FRONT, middle)) // 2
    if abs(centre - middle) > (right - left) * _FARTHEST:
        centre = middle
    front = np.sqrt(1 - turn * turn)
    along, back = _from(1 / front, centre), _from(turn / front, centre)
    # On a face turned aside as a whole nothing is narrower than its own width: only the bend counts.
    along *= front[centre]
    return _sampled(plane, along + middle, -back * np.float32(relief.tilt))


def _run(holds: npt.NDArray[np.bool_], at: int) -> tuple[int, int]:
    """The stretch of columns round `at` where it holds: (first, after the last); that column alone if it does not."""
    if not holds[at]:
        return at, at + 1
    gaps = np.nonzero(~holds)[0]
    before, after = gaps[gaps < at], gaps[gaps > at]
    return int(before[-1]) + 1 if before.size else 0, int(after[0]) if after.size else len(holds)


def _smooth(row: Field, reach: int) -> Field:
    """The row (w) with each value the mean of those up to `reach` away."""
    wide = np.pad(row, reach, mode="edge")
    even = np.full(2 * reach + 1, 1 / (2 * reach + 1), dtype=np.float32)
    return np.convolve(wide, even, mode="valid").astype(np.float32)


def _from(step: Field, column: int) -> Field:
    """The running sum of the steps, 0 at the column."""
    total: Field = np.cumsum(step, dtype=np.float32)
    return np.asarray(total - total[column], dtype=np.float32)


def _sampled(plane: Field, across: Field, lift: Field) -> Field:
    """The plane read at column `across` (w) and, in each column, `lift` (w) pixels lower; nothing beyond its edges."""
    height, width = plane.shape
    x = np.clip(across, 0, width - 1.001)
    x0 = x.astype(np.int32)
    part = (x - x0).astype(np.float32)
    wide = plane[:, x0] * (1 - part) + plane[:, x0 + 1] * part
    y = np.clip(np.arange(height, dtype=np.float32)[:, None] - lift[None, :], 0, height - 1.001)
    y0 = y.astype(np.int32)
    down = y - y0
    columns = np.arange(width)[None, :]
    bent: Field = wide[y0, columns] * (1 - down) + wide[y0 + 1, columns] * down
    return bent.astype(np.float32)
