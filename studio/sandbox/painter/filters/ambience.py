"""The light a finished picture was made in, guessed from its pixels, as lamps for what is set into it."""

from dataclasses import dataclass

import numpy as np

from studio.sandbox.painter.colour import LUMA, Field, mix, to_linear
from studio.sandbox.painter.filters.matte import shrunk
from studio.sandbox.painter.scene import Canvas
from studio.sandbox.painter.still.shading import Rig


@dataclass(frozen=True, slots=True)
class Ambience:
    rig: Rig
    grain: float
    """Standard deviation of the picture's own noise."""


def _side(canvas: Canvas, small: Field) -> float:
    """Where the light comes from, −1 left or 1 right: opposite the shadow, else from the brighter half."""
    if canvas.shadow is not None and canvas.alpha is not None and float(canvas.shadow.max()) > 0.2:
        x = np.arange(canvas.shadow.shape[1])
        thrown = (canvas.shadow * (1 - canvas.alpha)).sum(axis=0)
        body = canvas.alpha.sum(axis=0)
        away = float((thrown * x).sum() / max(thrown.sum(), 1e-6) - (body * x).sum() / max(body.sum(), 1e-6))
        return -1.0 if away > 0 else 1.0
    grey = small @ LUMA
    half = grey.shape[1] // 2
    return -1.0 if float(grey[:, :half].mean()) >= float(grey[:, -half:].mean()) else 1.0


def _noise_of(picture: Field) -> float:
    """Standard deviation of the fine noise, from what a pixel differs from the mean of its neighbours."""
    grey = picture[::2, ::2] @ LUMA
    gap = grey[1:-1, 1:-1] - (grey[2:, 1:-1] + grey[:-2, 1:-1] + grey[1:-1, 2:] + grey[1:-1, :-2]) / 4
    return float(np.median(np.abs(gap))) * 1.33


def ambience_of(canvas: Canvas, ground: Field) -> Ambience:
    """Lamps that would light a white ball as this picture is lit; ground: the linear colour it stands on."""
    small = to_linear(shrunk(canvas.picture, 96))
    side = _side(canvas, small)
    grey = small @ LUMA
    bright = small[grey >= np.quantile(grey, 0.8)].mean(axis=0)
    level = float(np.clip(float(bright @ LUMA) / 0.60, 0.10, 1.15))
    tint = bright / max(float(bright @ LUMA), 1e-3)
    mean = small.mean(axis=(0, 1))
    cast = mean / max(float(mean @ LUMA), 1e-3)
    white = np.ones(3, dtype=np.float32)
    key, sky = mix(white, tint, 0.55), mix(white, cast, 0.35)
    towards = np.array([side * 0.62, 0.62, 0.55], dtype=np.float32)
    rig = Rig(
        towards=towards / np.linalg.norm(towards),
        shadow=np.array([side * 0.95, 0.8, -0.18], dtype=np.float32),
        key=(key * np.float32(0.84 * level)).astype(np.float32),
        sky=(sky * np.float32(0.44 * level)).astype(np.float32),
        bounce=(ground * np.float32(0.42)).astype(np.float32),
        lift=level,
    )
    return Ambience(rig=rig, grain=_noise_of(canvas.picture))
