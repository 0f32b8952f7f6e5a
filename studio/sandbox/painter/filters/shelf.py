"""The part of a picture a change is kept to, and a board on the wall for what is put high up in it."""

from dataclasses import replace

import numpy as np

from studio.sandbox.painter.colour import Field, mix, smoothstep, to_linear, to_srgb
from studio.sandbox.painter.noise import blurred
from studio.sandbox.painter.scene import Canvas

Box = tuple[float, float, float, float]
"""(left, top, right, bottom) in px."""


def kept_in(size: tuple[int, int], frame: Box) -> Field:
    """1 inside the place that may change, falling to 0 within a few px of its edge."""
    height, width = size
    y, x = np.arange(height, dtype=np.float32)[:, None] + 0.5, np.arange(width, dtype=np.float32)[None, :] + 0.5
    soft = max(2.0, 0.20 * min(frame[2] - frame[0], frame[3] - frame[1]))
    inside = np.ones((height, width), dtype=np.float32)
    if frame[0] > 0:
        inside = inside * smoothstep(0, soft, x - frame[0])
    if frame[2] < width:
        inside = inside * smoothstep(0, soft, frame[2] - x)
    if frame[1] > 0:
        inside = inside * smoothstep(0, soft, y - frame[1])
    if frame[3] < height:
        inside = inside * smoothstep(0, soft, frame[3] - y)
    return inside


def with_shelf(canvas: Canvas, *, foot: float, span: tuple[float, float], frame: Box) -> Canvas:
    """A narrow board on the wall for what is put high up, with the shade under it; px throughout."""
    height, width = canvas.picture.shape[:2]
    left = max(span[0], frame[0] + 0.03 * (frame[2] - frame[0]))
    right = min(span[1], frame[2] - 0.03 * (frame[2] - frame[0]))
    thick = max(2.0, height * 0.014)
    y, x = np.arange(height, dtype=np.float32)[:, None] + 0.5, np.arange(width, dtype=np.float32)[None, :] + 0.5
    across = np.clip(x - left + 0.5, 0, 1) * np.clip(right - x + 0.5, 0, 1)

    def slab(upper: float, lower: float) -> Field:
        return np.asarray(across * np.clip(y - upper + 0.5, 0, 1) * np.clip(lower - y + 0.5, 0, 1), dtype=np.float32)

    top, front = slab(foot - thick * 1.3, foot + thick * 0.4), slab(foot + thick * 0.4, foot + thick * 1.5)
    under = blurred(slab(foot + thick * 1.5, foot + thick * 3.4), thick * 0.9) * kept_in((height, width), frame)
    wall = to_linear(np.median(canvas.picture[: max(4, height // 3)].reshape(-1, 3), axis=0))
    picture = np.where(under[..., None] > 0.003, canvas.picture * (1 - 0.34 * under)[..., None], canvas.picture)
    picture = mix(picture, to_srgb(np.clip(wall * 1.16, 0, 0.96)), top[..., None])
    picture = mix(picture, to_srgb(wall * 0.80), front[..., None])
    alpha = canvas.alpha if canvas.alpha is not None else np.zeros((height, width), dtype=np.float32)
    return replace(canvas, picture=picture.astype(np.float32), alpha=np.maximum(alpha, np.maximum(top, front)))
