"""Telling a subject from its background in any picture: a smooth surface is fitted to the border's colours."""

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import Field, smoothstep, to_oklab
from studio.sandbox.painter.noise import blurred, stretched

_SMALL = 200


def _small(picture: Field) -> Field:
    height, width = picture.shape[:2]
    factor = min(1.0, _SMALL / max(height, width))
    size = (max(8, int(width * factor)), max(8, int(height * factor)))
    image = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8), mode="RGB").resize(
        size, Image.Resampling.BOX
    )
    return np.asarray(image, dtype=np.float32) / np.float32(255)


def _distance(picture: Field) -> tuple[Field, float]:
    """How far each pixel's colour is from the border's, extended inwards; and how restless the border itself is."""
    lab = to_oklab(picture)
    height, width = lab.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1)
    band = np.zeros((height, width), dtype=bool)
    edge = max(2, min(height, width) // 14)
    band[:edge], band[-edge:], band[:, :edge], band[:, -edge:] = True, True, True, True
    fit, *_ = np.linalg.lstsq(terms[band], lab[band], rcond=None)
    gap = lab - terms @ fit
    # Shadows differ in lightness only, so lightness counts less than hue.
    distance = np.sqrt((gap[..., 0] * 0.6) ** 2 + (gap[..., 1] * 1.8) ** 2 + (gap[..., 2] * 1.8) ** 2)
    return distance.astype(np.float32), float(np.percentile(distance[band], 90))


def subject_alpha(picture: Field) -> Field:
    """Coverage of the subject (h, w), soft-edged; a centred oval where nothing stands out."""
    small = _small(picture)
    distance, restless = _distance(small)
    height, width = distance.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    middle = np.exp(-((x * 0.95) ** 4 + (y * 0.9) ** 4)).astype(np.float32)
    low = max(0.035, restless * 1.05)
    alpha = blurred(smoothstep(low, low * 1.9 + 0.01, distance * (0.45 + 0.75 * middle)), 1.2)
    alpha = smoothstep(0.25, 0.75, alpha)
    share = float(alpha.mean())
    if share < 0.015 or share > 0.85:
        alpha = (1 - smoothstep(0.55, 0.75, np.hypot(x, y))).astype(np.float32)
    return np.clip(stretched(alpha, height=picture.shape[0], width=picture.shape[1]), 0, 1)


def stands_alone(picture: Field) -> bool:
    """Whether the border is one calm colour, so that a cut-out will be clean."""
    _, restless = _distance(_small(picture))
    return restless < 0.03
