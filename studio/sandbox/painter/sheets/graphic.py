"""Abstract pictures of folded light. sRGB floats."""

import numpy as np

from studio.sandbox.painter.colour import Field, complement, mix, ramp, shifted, smoothstep, srgb
from studio.sandbox.painter.noise import cloud, dice, moved
from studio.sandbox.painter.scene import Canvas, Scene

_PALETTES = (
    ("#f2e8d9", "#d9552f", "#1f3a4d", "#e9b44c"), ("#e9edf0", "#2749b8", "#f28f6b", "#14203a"),
    ("#f6ead7", "#1f7a57", "#e8c04a", "#16302a"), ("#f3dcd6", "#9e1b32", "#2b2140", "#e8937a"),
    ("#dfe7e2", "#3b5a6b", "#e27b58", "#1b2530"), ("#efe6f2", "#6d4aa3", "#f0a868", "#241a3a"),
)  # fmt: skip


def palette_of(scene: Scene) -> tuple[Field, Field, Field, Field]:
    """(paper, first, second, ink): of the said colour, else one of the house palettes."""
    rng = dice(scene.seed, "palette")
    chosen = _PALETTES[int(rng.integers(len(_PALETTES)))]
    paper, first, second, ink = (srgb(code) for code in chosen)
    if scene.colour:
        first = srgb(scene.colour)
        second, paper, ink = (
            complement(first),
            shifted(first, light=0.35, chroma=0.15),
            shifted(first, light=-0.32, chroma=0.6),
        )
    if scene.wall:
        paper = srgb(scene.wall)
    if scene.light in ("night", "neon"):
        paper, ink = shifted(ink, light=-0.04), shifted(paper, light=0.04)
    return paper, first, second, ink


def paint_abstract(scene: Scene, *, width: int, height: int) -> Canvas:
    rng = dice(scene.seed, "abstract")
    paper, first, second, ink = palette_of(scene)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / max(height, width)
    bend = [
        cloud(rng, height=height, width=width, cells=(1.6 * height / width + 0.6, 1.8), octaves=2) for _ in range(3)
    ]
    angle = float(rng.uniform(0, 6.28))
    along = x * np.cos(angle) + y * np.sin(angle) + 0.32 * bend[0]
    sheet = along * float(rng.uniform(2.4, 4.0)) + 0.7 * bend[1]
    fold = np.abs(((sheet * 0.5) % 1) * 2 - 1)
    colour = ramp(
        [(0.0, ink), (0.28, first), (0.58, second), (0.82, paper), (1.0, mix(paper, srgb("#ffffff"), 0.4))],
        np.clip(0.5 + 0.5 * np.sin(along * 5.2 + bend[2] * 1.2), 0, 1),
    )
    slope = fold - moved(fold, down=max(1, height // 220), right=max(1, width // 220))
    light = np.tanh(slope * 26) * 0.16 + (fold - 0.5) * 0.34
    sheen = smoothstep(0.82, 1.0, fold) * 0.22
    picture = mix(colour * (1 + light)[..., None], np.ones(3, dtype=np.float32), sheen[..., None])
    return Canvas(picture=np.clip(picture, 0, 1).astype(np.float32))
