"""Birds far off in the sky: gulls drawn as two bent strokes, dark against what is behind them."""

import numpy as np
from PIL import Image, ImageDraw

from studio.sandbox.painter.colour import Field, mix, srgb
from studio.sandbox.painter.noise import dice

_FINER = 3


def flock(picture: Field, *, count: int, frame: tuple[float, float, float, float], seed: bytes) -> tuple[Field, Field]:
    """(the picture with `count` and a few more birds in the frame (left, top, right, bottom; px), their coverage)."""
    height, width = picture.shape[:2]
    rng = dice(seed, "flock")
    left, top, right, bottom = frame
    plane = Image.new("L", (width * _FINER, height * _FINER), 0)
    pen = ImageDraw.Draw(plane)
    unit = min(height, width)
    middle = (left + (right - left) * float(rng.uniform(0.38, 0.62)), top + (bottom - top) * 0.5)
    for _ in range(count + 4 if count > 1 else 1):
        # One bird alone has to be seen; a flock is far off.
        size = unit * float(rng.uniform(0.016, 0.034) if count > 1 else rng.uniform(0.060, 0.070))
        x = float(np.clip(middle[0] + rng.normal() * (right - left) * 0.16, left + size * 2, right - size * 2))
        y = float(np.clip(middle[1] + rng.normal() * (bottom - top) * 0.20, top + size, bottom - size))
        lift, lean = float(rng.uniform(0.3, 0.9)), float(rng.uniform(-0.25, 0.25))
        for way in (-1, 1):
            t = np.linspace(0, 1, 14)
            wing_x = x + way * size * t
            wing_y = y - size * lift * np.sin(t * 2.4) * 0.75 + size * 0.35 * t * t + way * lean * size * t
            path = [(float(px) * _FINER, float(py) * _FINER) for px, py in zip(wing_x, wing_y, strict=True)]
            for i in range(len(path) - 1):
                thick = max(1, round(size * 0.17 * _FINER * (1 - 0.8 * i / len(path))))
                pen.line((path[i], path[i + 1]), fill=255, width=thick)
    small = plane.resize((width, height), Image.Resampling.BOX)
    cover = np.asarray(small, dtype=np.float32) / np.float32(255)
    tone = mix(np.median(picture[: max(2, height // 3)].reshape(-1, 3), axis=0), srgb("#1c2129"), 0.78)
    return mix(picture, tone, (cover * 0.9)[..., None]).astype(np.float32), cover
