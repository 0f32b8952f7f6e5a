"""What is behind the subject: blurred, replaced by a colour or a view, made white."""

import re
from dataclasses import replace

import numpy as np

from studio.sandbox.painter.colour import LUMA, Field, mix, smoothstep, srgb, to_linear, to_srgb
from studio.sandbox.painter.filters.inpaint import smooth_fill
from studio.sandbox.painter.filters.matte import shrunk
from studio.sandbox.painter.filters.objects import subject_box
from studio.sandbox.painter.filters.ops import Filters, Op, blurred_picture, with_alpha, with_picture
from studio.sandbox.painter.filters.shelf import Box
from studio.sandbox.painter.land.features import Thing
from studio.sandbox.painter.land.landscape import paint_landscape
from studio.sandbox.painter.noise import blurred, stretched
from studio.sandbox.painter.scene import Canvas, Kind, Scene, is_colour
from studio.sandbox.painter.still.still_life import paint_still_life
from studio.sandbox.painter.vocabulary import vocabulary

VIEWS: tuple[Kind, ...] = (
    "mountains", "meadow", "lake", "canyon", "space", "street", "sea", "desert", "forest", "snow", "city",
)  # fmt: skip
"""Kinds of scene that can be put behind a subject."""
_SEED = re.compile(r"[0-9a-f]{0,64}")


def is_ground(value: str) -> bool:
    """Whether a line from a record says a background: a colour, two, either with "+shadow", or view:kind:light:seed."""
    colours, _, extra = value.partition("+")
    if extra in ("", "shadow") and 1 <= len(colours.split(",")) <= 2 and all(map(is_colour, colours.split(","))):
        return True
    fields = value.split(":")
    return (
        len(fields) == 4
        and fields[0] == "view"
        and fields[1] in (*VIEWS, *vocabulary().stages)
        and fields[2] in vocabulary().lights
        and _SEED.fullmatch(fields[3]) is not None
    )


def own_colours(picture: Field, alpha: Field) -> Field:
    """The picture with the subject's own colours carried out over its soft edge: no old ground shines through."""
    height, width = alpha.shape
    core = (alpha > 0.97).astype(np.float32)
    edge = (alpha > 0) & (alpha <= 0.97)
    if not core.any() or not edge.any():
        return picture
    part = 2 if min(height, width) < 500 else 4
    size = (max(8, height // part), max(8, width // part))
    known = stretched(core, height=size[0], width=size[1]) > 0.98
    small = np.stack([stretched(picture[..., i], height=size[0], width=size[1]) for i in range(3)], axis=-1)
    filled = smooth_fill(small * known[..., None], known.astype(np.float32))
    carried = np.stack([stretched(filled[..., i], height=height, width=width) for i in range(3)], axis=-1)
    own = picture.copy()
    own[edge] = np.clip(carried[edge], 0, 1)
    return own


def _over(canvas: Canvas, alpha: Field, ground: Field) -> Canvas:
    """The subject before another ground; wholly covered pixels are the very same, wholly free ones the ground's."""
    subject = own_colours(canvas.picture, alpha)
    mixed = mix(ground, subject, alpha[..., None])
    np.copyto(mixed, canvas.picture, where=alpha[..., None] >= 1)
    np.copyto(mixed, ground, where=alpha[..., None] <= 0)
    return with_picture(replace(canvas, alpha=alpha), mixed)


def _clean(alpha: Field) -> Field:
    """Coverage without the haze of a guess; none on the outermost pixels but below, where a bust is cut off."""
    height, width = alpha.shape
    sure = smoothstep(0.03, 0.97, alpha)
    rim = max(1, min(height, width) // 120)
    y = np.minimum(np.arange(height), np.arange(height)[::-1])[:, None]
    x = np.minimum(np.arange(width), np.arange(width)[::-1])[None, :]
    inside = np.clip((np.minimum(y, x) - rim) / rim, 0, 1)
    cut_off = (sure[-2 * rim - 2 :] > 0.97).all(axis=0)
    inside[height // 2 :, cut_off] = 1.0
    return np.asarray(sure * inside, dtype=np.float32)


def _contact(alpha: Field) -> Field:
    """A soft shadow (0–1) of the subject on a ground that is not painted: dark at the foot, wide and faint beyond."""
    box = subject_box(alpha)
    if box is None:
        return np.zeros_like(alpha)
    height, width = alpha.shape
    tall, foot = box[3] - box[1], box[3]
    y = np.arange(height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None, :]
    # Where each column meets the ground: what stands further back has its foot higher up.
    low = np.where(alpha > 0.5, np.arange(height)[:, None], -1).max(axis=0)
    reach = max(1, int(tall * 0.14))
    padded = np.pad(low, reach, constant_values=-1)
    feet = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1).astype(np.float32)
    standing = ((low > feet - tall * 0.06) & (low > foot - tall * 0.45)).astype(np.float32)[None, :]
    body = ((low >= 0) & (feet > foot - tall * 0.45)).astype(np.float32)[None, :]
    sharp = blurred(np.repeat(standing, 3, axis=0), max(1.5, tall * 0.02))[1:2]
    soft = blurred(np.repeat(body, 3, axis=0), max(2.0, tall * 0.09))[1:2]
    kernel = np.hanning(2 * reach + 3)
    steps = np.pad(np.where(feet > foot - tall * 0.45, feet, foot), reach + 1, mode="edge")
    line = np.convolve(steps, kernel / kernel.sum(), mode="valid")[None, :].astype(np.float32)
    near = sharp * np.exp(-(((y - line + tall * 0.012) / (tall * 0.030)) ** 2)) * 0.85
    wide = soft * np.exp(-(((y - line - tall * 0.01) / (tall * 0.075)) ** 2)) * 0.5
    away = np.minimum(np.minimum(y, height - 1 - y), np.minimum(x, width - 1 - x)) / min(height, width)
    return np.asarray(np.maximum(near, wide) * smoothstep(0.01, 0.10, away), dtype=np.float32)


def _plain(value: str, size: tuple[int, int]) -> Field:
    """One colour with a breath of light, two as a wash from top to bottom; pure white stays pure."""
    codes, (height, width) = value.split(","), size
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    if len(codes) == 2:
        down = np.broadcast_to(smoothstep(0, 1, y), (height, width))[..., None]
        return to_srgb(mix(to_linear(srgb(codes[0])), to_linear(srgb(codes[1])), down))
    ground = np.broadcast_to(srgb(codes[0]), (height, width, 3)).astype(np.float32)
    if codes[0] == "#ffffff":
        return ground
    shaded: Field = ground * (1.04 - 0.16 * np.hypot(x - 0.35, y - 0.3))[..., None]
    return shaded


def _far(kind: str, *, light: str, seed: bytes, size: tuple[int, int]) -> Field:
    """Open country, a city or an empty room; size: (width, height)."""
    if kind in vocabulary().stages:
        room = Scene(kind="object", subject="mug", seed=seed, light=light, bare=True, stage=kind)  # type: ignore[arg-type]
        return paint_still_life(room, width=size[0], height=size[1]).picture
    # Whatever is put by the sea stands on its beach.
    shore = (Thing("beach"),) if kind == "sea" else ()
    scene = Scene(kind=kind, seed=seed, light=light, features=shore)  # type: ignore[arg-type]
    return paint_landscape(scene, width=size[0], height=size[1]).picture


def _enlarged(picture: Field, size: tuple[int, int]) -> Field:
    """The picture at (height, width)."""
    return np.stack([stretched(picture[..., i], height=size[0], width=size[1]) for i in range(3)], axis=-1)


def _view(value: str, size: tuple[int, int], box: Box | None) -> Field:
    """A landscape or a city, a little out of focus, its horizon behind the subject."""
    _, kind, light, seed = value.split(":")
    height, width = size
    # It is out of focus for the most part, so half as many pixels show all there is.
    small = (max(8, width // 2), max(8, height // 2))
    far = _enlarged(_far(kind, light=light, seed=bytes.fromhex(seed.ljust(64, "0")), size=small), size)
    soft = blurred_picture(far, min(size) / 110)
    if box is None:
        return soft
    # From the horizon the ground comes nearer, and into focus, down to where the subject stands.
    near = smoothstep(0.62, 0.98, np.arange(height, dtype=np.float32)[:, None] / max(box[3], 1.0))
    return mix(soft, far, np.broadcast_to(near, (height, width))[..., None] * 0.8)


def _background(canvas: Canvas, op: Op) -> Canvas:
    canvas, alpha = with_alpha(canvas)
    alpha, size = _clean(alpha), (alpha.shape[0], alpha.shape[1])
    if op.value.startswith("view:"):
        ground = _view(op.value, size, subject_box(alpha))
        return _in_its_light(canvas, alpha, ground)
    colours, _, extra = op.value.partition("+")
    ground = _plain(colours, size)
    shade = _contact(alpha) * np.float32(0.5) if extra or colours != "#ffffff" else np.zeros(size, dtype=np.float32)
    return _over(canvas, alpha, np.where(shade[..., None] > 0.002, ground * (1 - shade)[..., None], ground))


def _in_its_light(canvas: Canvas, alpha: Field, ground: Field) -> Canvas:
    shaded = ground * (1 - 0.55 * _contact(alpha))[..., None]
    return _over(_harmonised(canvas, alpha, ground), alpha, shaded)


def before(canvas: Canvas, ground: Field) -> Canvas:
    """The canvas's subject, with its shadow, before another picture (h, w, 3) of its size."""
    canvas, alpha = with_alpha(canvas)
    return _in_its_light(canvas, _clean(alpha), ground)


def _harmonised(canvas: Canvas, alpha: Field, ground: Field) -> Canvas:
    """The subject a little in the light of where it is put: towards the ground's cast and brightness."""
    small = to_linear(shrunk(ground, 64))
    cast = small.mean(axis=(0, 1))
    level = float(cast @ LUMA)
    tint = mix(np.ones(3, dtype=np.float32), cast / max(level, 1e-3), 0.22)
    gain = float(np.clip((level / 0.35) ** 0.22, 0.72, 1.08))
    lit = to_srgb(to_linear(canvas.picture) * (tint * np.float32(gain)))
    return with_picture(canvas, np.where(alpha[..., None] > 0, lit, canvas.picture))


def _blur_background(canvas: Canvas, op: Op) -> Canvas:
    """The lens wide open: the far parts softest, the ground by the subject's foot less so; the subject as it was."""
    canvas, alpha = with_alpha(canvas)
    height, width = alpha.shape
    radius = min(alpha.shape) / 26 * max(0.05, op.amount)
    # What is behind the subject is filled in first, so that none of its colours bleed out.
    free = (blurred(alpha, max(1.0, min(alpha.shape) / 300)) < 0.004).astype(np.float32)
    size = (max(8, height // 4), max(8, width // 4))
    known = stretched(free, height=size[0], width=size[1]) > 0.98
    small = np.stack([stretched(canvas.picture[..., i], height=size[0], width=size[1]) for i in range(3)], axis=-1)
    behind = smooth_fill(small * known[..., None], known.astype(np.float32))
    plate = np.stack([stretched(behind[..., i], height=height, width=width) for i in range(3)], axis=-1)
    plate = np.where(free[..., None] > 0, canvas.picture, np.clip(plate, 0, 1))
    far, near = blurred_picture(plate, radius), blurred_picture(plate, max(0.8, radius * 0.35))
    box = subject_box(alpha)
    rows = np.arange(height, dtype=np.float32)[:, None]
    if box is not None:
        reach = max(height * 0.16, 1.0)
        by_foot = np.exp(-(((rows - box[3]) / reach) ** 2)) * np.float32(0.75)
        far = mix(far, near, np.broadcast_to(by_foot, (height, width))[..., None])
    return _over(canvas, alpha, far)


GROUNDS: Filters = {"background": _background, "blur background": _blur_background}
