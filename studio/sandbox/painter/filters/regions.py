"""Connected regions of a plane of truth values, found by joining the runs of its rows."""

from dataclasses import dataclass

import numpy as np

from studio.sandbox.painter.colour import Field


@dataclass(frozen=True, slots=True)
class Regions:
    """A number for each pixel (h, w), −1 outside; and the size in px of each region."""

    labels: Field
    sizes: Field

    def touching_border(self) -> Field:
        """Numbers of the regions that reach the picture's edge."""
        rim = np.concatenate([self.labels[0], self.labels[-1], self.labels[:, 0], self.labels[:, -1]])
        found: Field = np.unique(rim[rim >= 0])
        return found


def _root(parents: list[int], i: int) -> int:
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


def regions(mask: Field) -> Regions:
    """The 4-connected regions of a mask (h, w)."""
    height, width = mask.shape
    padded = np.zeros((height, width + 2), dtype=np.int8)
    padded[:, 1:-1] = mask
    steps = np.diff(padded, axis=1)
    rows, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    parents = list(range(len(rows)))
    first = np.searchsorted(rows, np.arange(height + 1))
    for y in range(1, height):
        above, here = int(first[y - 1]), int(first[y])
        stop_above, stop = here, int(first[y + 1])
        while above < stop_above and here < stop:
            if starts[above] < ends[here] and starts[here] < ends[above]:
                parents[_root(parents, here)] = _root(parents, above)
            if ends[above] < ends[here]:
                above += 1
            else:
                here += 1
    roots = np.array([_root(parents, i) for i in range(len(parents))], dtype=np.int32)
    names, numbers = np.unique(roots, return_inverse=True)
    # Each run is written as a difference at its two ends, so that no loop over runs is needed.
    marks = np.zeros((height, width + 1), dtype=np.int64)
    np.add.at(marks, (rows, starts), numbers + 1)
    np.add.at(marks, (rows, ends), -(numbers + 1))
    labels = (np.cumsum(marks, axis=1)[:, :width] - 1).astype(np.int32)
    sizes = np.bincount(numbers, weights=(ends - starts).astype(np.float64), minlength=len(names)).astype(np.int64)
    return Regions(labels=labels, sizes=sizes)


def holes(mask: Field) -> Regions:
    """The regions outside the mask that do not reach the picture's edge; others are left out (−1)."""
    outside = regions(~mask.astype(bool))
    open_ones = outside.touching_border()
    labels = np.where(np.isin(outside.labels, open_ones), -1, outside.labels)
    return Regions(labels=labels, sizes=outside.sizes)
