"""A subject, or its shadow, taken out of a picture; and another thing put in its place."""

from dataclasses import replace

import numpy as np

from studio.sandbox.painter.colour import Field, to_oklab
from studio.sandbox.painter.filters.inpaint import filled_in, flowed
from studio.sandbox.painter.filters.objects import place_things, subject_box
from studio.sandbox.painter.filters.ops import Filters, Op, blurred_picture, with_alpha, with_picture
from studio.sandbox.painter.filters.regions import holes
from studio.sandbox.painter.filters.whereabouts import placing_from
from studio.sandbox.painter.noise import blurred, stretched
from studio.sandbox.painter.scene import Canvas, Known


def _shade_found(picture: Field, solid: Field) -> Field:
    """Where a shadow lies beside what is taken away: darker than the row is elsewhere, low down, and near it."""
    box = subject_box(solid)
    if box is None:
        return np.zeros(solid.shape, dtype=bool)
    height, width = solid.shape
    tall, wide = box[3] - box[1], box[2] - box[0]
    y, x = np.arange(height)[:, None], np.arange(width)[None, :]
    # Something of each row has to be left to say how bright it is without a shadow.
    left, right = max(box[0] - wide * 1.5, width * 0.03), min(box[2] + wide * 1.5, width * 0.97)
    around = (y > box[3] - tall * 0.45) & (y < box[3] + tall * 0.25) & (x > left) & (x < right)
    light = to_oklab(picture)
    body = solid > 0
    # A long shadow darkens its row to the edge; low down, the ground below it then tells how bright it should be.
    low = around & (y > box[3] - tall * 0.15)
    along = flowed(light, around | body, upright=0.0)[..., 0]
    below = np.where(low, flowed(light, low | body, upright=9.0)[..., 0], 0.0)
    return np.asarray(around & (light[..., 0] < np.maximum(along, below) - 0.018), dtype=bool)


def taken_out(canvas: Canvas, alpha: Field) -> Field:
    """What has to be filled (h, w, 0 or 1) when the subject goes: itself, its holes, its rim and its shadow."""
    height, width = alpha.shape
    small = stretched(alpha, height=max(8, height // 4), width=max(8, width // 4)) > 0.02
    body = (small | (holes(small).labels >= 0)).astype(np.float32)
    grown = blurred(stretched(body, height=height, width=width), max(1.5, min(height, width) / 90)) > 0.06
    if canvas.shadow is not None and float(canvas.shadow.max()) > 0.1:
        shade = canvas.shadow > 0.025
    else:
        planes = [stretched(canvas.picture[..., i], height=small.shape[0], width=small.shape[1]) for i in range(3)]
        quarter = np.stack(planes, axis=-1)
        found = _shade_found(np.clip(quarter, 0, 1), body).astype(np.float32)
        shade = stretched(blurred(found, max(1.0, min(found.shape) / 60)), height=height, width=width) > 0.22
    return np.asarray(grown | shade, dtype=np.float32)


def _remove(canvas: Canvas, op: Op) -> Canvas:
    """The picture without its subject, or without its shadow only."""
    canvas, alpha = with_alpha(canvas)
    hole = taken_out(canvas, alpha)
    if op.value == "shadow":
        picture = np.where(alpha[..., None] > 0, canvas.picture, _unshaded(canvas, alpha, hole))
        return with_picture(replace(canvas, shadow=None), picture)
    filled = filled_in(canvas.picture, hole, seed=b"remove")
    known = tuple(_gone_from(one, alpha) for one in canvas.known)
    return replace(
        canvas, picture=filled, alpha=np.zeros_like(alpha), shadow=None, stood=subject_box(alpha), known=known
    )


def _gone_from(one: Known, alpha: Field) -> Known:
    """What was known of a thing; nothing of it is left where the coverage is of its greater part."""
    left = one.cover * (1 - alpha)
    kept = float(left.sum()) > 0.5 * float(one.cover.sum())
    return replace(one, cover=left, shade=one.shade) if kept else replace(one, cover=left * 0, shade=left * 0)


def _unshaded(canvas: Canvas, alpha: Field, hole: Field) -> Field:
    """The shadow lifted, the ground's own texture kept: the brightness round it is carried in, the detail stays."""
    if not hole.any():
        return canvas.picture
    radius = max(2.0, min(alpha.shape) / 60)
    area = _around(hole, margin_px=int(radius * 4))
    # How bright the ground should be is soft: a half of the pixels tells it.
    small = [stretched(canvas.picture[..., i], height=alpha.shape[0] // 2, width=alpha.shape[1] // 2) for i in range(3)]
    gone = stretched(hole, height=alpha.shape[0] // 2, width=alpha.shape[1] // 2) > 0.01
    filled = filled_in(np.clip(np.stack(small, axis=-1), 0, 1), gone.astype(np.float32), seed=b"shadow")
    soft = blurred_picture(filled, radius / 2)
    goal = np.stack([stretched(soft[..., i], height=alpha.shape[0], width=alpha.shape[1]) for i in range(3)], axis=-1)
    picture, free = canvas.picture[area], 1 - alpha[area]
    weight = np.maximum(blurred(free, radius), 0.02)[..., None]
    here = blurred_picture(picture * free[..., None], radius) / weight
    gain = np.clip(goal[area] / np.maximum(here, 0.02), 1.0, 4.0)
    inside = np.clip(blurred(hole[area], radius * 0.7), 0, 1)[..., None]
    lifted = canvas.picture.copy()
    lifted[area] = np.where(inside > 0.003, picture * (1 + (gain - 1) * inside), picture)
    return lifted


def _around(mask: Field, *, margin_px: int) -> tuple[slice, slice]:
    """The rows and columns of the box round a mask, with a margin."""
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    return (
        slice(max(0, int(rows[0]) - margin_px), int(rows[-1]) + 1 + margin_px),
        slice(max(0, int(columns[0]) - margin_px), int(columns[-1]) + 1 + margin_px),
    )


def _swap(canvas: Canvas, op: Op) -> Canvas:
    """Another thing where the subject stood, on the same ground and about as large."""
    placing = placing_from(op.value)
    if placing is None:
        raise ValueError(f"not a placing: {op.value!r}")
    canvas, alpha = with_alpha(canvas)
    box = subject_box(alpha)
    empty = _remove(canvas, Op("remove"))
    if box is None:
        return place_things(empty, placing)
    return place_things(empty, placing, instead=box)


REMOVALS: Filters = {"remove": _remove, "swap": _swap}
