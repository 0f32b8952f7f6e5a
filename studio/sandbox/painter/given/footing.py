"""Reading a finished scene for what is to be set into it: where its ground begins, what stands there, how it is lit."""

from dataclasses import dataclass

import numpy as np

from studio.sandbox.painter.colour import LUMA, Field, to_linear, to_oklab
from studio.sandbox.painter.filters.ambience import ambience_of
from studio.sandbox.painter.filters.matte import shrunk, subject_alpha
from studio.sandbox.painter.noise import stretched
from studio.sandbox.painter.scene import Canvas


def is_sure(alpha: Field) -> bool:
    """Whether a matte looks like a thing: neither a speck nor everything, and for the most part decided."""
    area = float(alpha.mean())
    unsure = float(((alpha > 0.08) & (alpha < 0.92)).mean())
    rim = float(np.mean([alpha[0].mean(), alpha[:, 0].mean(), alpha[:, -1].mean()]))
    return 0.012 < area < 0.80 and unsure < 0.27 * area + 0.005 and rim < 0.35


def standing_in(scene: Field) -> Field:
    """Coverage (h, w) of what stands in a scene already, nought where nothing clearly does."""
    alpha = subject_alpha(shrunk(scene, 176))
    height, width = scene.shape[:2]
    if not is_sure(alpha):
        return np.zeros((height, width), dtype=np.float32)
    return np.clip(stretched(alpha, height=height, width=width), 0, 1)


def horizon_of(picture: Field) -> float:
    """The row, as a share of the height, where wall and table or sky and ground meet; 0.58 where nothing tells.

    It is the strongest step between what lies above and below, most of the width agreeing.
    """
    lab = to_oklab(shrunk(picture, 128))
    rows = lab.shape[0]
    band = max(2, rows // 20)
    sums = np.pad(lab.cumsum(axis=0, dtype=np.float64), [(1, 0), (0, 0), (0, 0)])
    places = np.arange(max(band, int(rows * 0.30)), min(rows - band, int(rows * 0.84)))
    above = (sums[places] - sums[places - band]) / band
    under = (sums[places + band] - sums[places]) / band
    gap = np.sqrt((((under - above) * np.array([0.8, 1.6, 1.6])) ** 2).sum(axis=-1))
    step = np.quantile(gap, 0.35, axis=1)
    best = int(np.argmax(step))
    return float(places[best] / rows) if step[best] > 0.022 else 0.58


def table_top_of(taken: Field) -> tuple[float, float, float] | None:
    """(left, right, row) in px of a flat top broad enough to stand things on, None where the scene has none."""
    solid = taken > 0.5
    columns = np.nonzero(solid.any(axis=0))[0]
    if columns.size < 8:
        return None
    tops = np.argmax(solid[:, columns], axis=0).astype(np.float32)
    rows = np.nonzero(solid.any(axis=1))[0]
    tall, wide = float(rows[-1] - rows[0] + 1), float(columns[-1] - columns[0] + 1)
    level = float(np.median(tops))
    flat = float((np.abs(tops - level) < tall * 0.05).mean())
    if flat < 0.72 or wide < 1.25 * tall or wide < 0.3 * taken.shape[1] or level > 0.8 * taken.shape[0]:
        return None
    return float(columns[0]), float(columns[-1]), level + max(2.0, tall * 0.06)


@dataclass(frozen=True, slots=True)
class SceneLight:
    """How a scene lights what is set into it: the side the light is on (−1 left, 1 right) and how strongly it tells,
    the colour of light and shade, the level of both, and the scene's grain."""

    side: float
    contrast: float
    tint: Field
    level: float
    grain: float


def light_of(canvas: Canvas) -> SceneLight:
    """The key light of a picture, guessed from its low frequencies."""
    small = to_linear(shrunk(canvas.picture, 48))
    grey = small @ LUMA
    mean = small.mean(axis=(0, 1))
    level = float(mean @ LUMA)
    tint = mean / max(level, 1e-3)
    half = grey.shape[1] // 2
    left, right = float(grey[:, :half].mean()), float(grey[:, half:].mean())
    known = ambience_of(canvas, mean)
    side = -1.0 if known.rig.towards[0] < 0 else 1.0
    tells = abs(left - right) / max(left + right, 1e-3)
    return SceneLight(
        side=side, contrast=float(np.clip(0.35 + 2.2 * tells, 0.35, 1.0)), tint=np.clip(tint, 0.3, 2.5), level=level,
        grain=known.grain,
    )  # fmt: skip
