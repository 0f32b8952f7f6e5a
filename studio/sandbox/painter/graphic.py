"""Posters with real type, and abstract pictures of folded light. sRGB floats."""

from collections.abc import Callable

import numpy as np

from studio.sandbox.painter.colour import Field, complement, luma, mix, ramp, shifted, smoothstep, srgb
from studio.sandbox.painter.lettering import fitted, set_lines
from studio.sandbox.painter.noise import blurred, cloud, dice, moved
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


def _sunrise(shape: tuple[int, int], rng: np.random.Generator) -> list[Field]:
    h, w = shape
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    r = min(h, w) * float(rng.uniform(0.27, 0.36))
    cx, cy = w * float(rng.uniform(0.35, 0.65)), h * 0.42
    disc = np.clip(r - np.hypot(x - cx, y - cy) + 0.5, 0, 1)
    bands = []
    for k in range(3):
        edge = h * (0.52 + 0.09 * k) + h * 0.035 * np.sin(x / w * (4 + k) + float(rng.uniform(0, 6)))
        bands.append(np.clip(y - edge + 0.5, 0, 1))
    return [disc, bands[0], bands[1] * 0.8, bands[2]]


def _arcs(shape: tuple[int, int], rng: np.random.Generator) -> list[Field]:
    h, w = shape
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    cx = w * (0.0 if rng.random() < 0.5 else 1.0)
    r = np.hypot(x - cx, y - h * 0.62) / max(min(h, w), 0.5 * max(h, w))
    return [
        np.clip((r - a) * min(h, w) + 0.5, 0, 1) * np.clip((b - r) * min(h, w) + 0.5, 0, 1)
        for a, b in ((0.0, 0.24), (0.32, 0.50), (0.58, 0.72), (0.80, 0.88))
    ]


def _blocks(shape: tuple[int, int], rng: np.random.Generator) -> list[Field]:
    h, w = shape
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    unit = min(h, w) / 4
    planes = [np.zeros(shape, dtype=np.float32) for _ in range(3)]
    for row in range(1, max(2, int(h * 0.62 / unit) + 1)):
        for column in range(int(w / unit) + 1):
            form, ink = int(rng.integers(4)), int(rng.integers(3))
            cx, cy = column * unit, (row - 1) * unit
            local = (x >= cx) & (x < cx + unit) & (y >= cy) & (y < cy + unit)
            corner = (cx + unit * float(rng.integers(2)), cy + unit * float(rng.integers(2)))
            curve = np.clip(unit - np.hypot(x - corner[0], y - corner[1]), 0, 1)
            disc = np.clip(unit / 2 - np.hypot(x - cx - unit / 2, y - cy - unit / 2), 0, 1)
            planes[ink] = np.maximum(planes[ink], local * (curve if form < 2 else disc if form == 2 else 1.0))
    return planes


def paint_poster(scene: Scene, *, width: int, height: int) -> Canvas:
    rng = dice(scene.seed, "poster")
    paper, first, second, ink = palette_of(scene)
    designs: tuple[Callable[[tuple[int, int], np.random.Generator], list[Field]], ...] = (_sunrise, _arcs, _blocks)
    planes = designs[int(rng.integers(len(designs)))]((height, width), rng)
    picture: Field = np.broadcast_to(paper, (height, width, 3)).astype(np.float32)
    band = np.clip(height * 0.66 - np.arange(height, dtype=np.float32), 0, 1)[:, None]
    for plane, colour in zip(planes, (first, second, mix(first, ink, 0.45), ink), strict=False):
        picture = mix(picture, colour, (plane * band)[..., None])
    fibre = cloud(rng, height=height, width=width, cells=(height / 5, width / 5), octaves=2) * 0.012
    picture = picture * (1 + fibre)[..., None]
    return Canvas(
        picture=np.clip(with_text(picture, scene.text or "Untitled", ink=ink, paper=paper), 0, 1).astype(np.float32)
    )


def with_text(picture: Field, text: str, *, ink: Field | None = None, paper: Field | None = None) -> Field:
    """The picture with a headline in its quietest third, in a colour that reads there."""
    height, width = picture.shape[:2]
    margin = 0.075 * min(height, width)
    lines, size = fitted(
        text,
        face="serif",
        width_px=width - 2 * margin,
        height_px=height * (0.18 if ink is None else 0.26 if len(text) < 24 else 0.34),
    )
    block = len(lines) * size * 1.04
    busy = np.abs(np.diff(luma(picture), axis=1)).mean(axis=1)
    top, bottom = float(busy[: int(height * 0.33)].mean()), float(busy[int(height * 0.67) :].mean())
    y = height - margin * 1.3 - block if bottom <= top * 1.15 or ink is not None else margin * 0.8
    plane = set_lines(lines, face="serif", size_px=size, at=(margin, y), shape=(height, width), anchor="l")
    under = float(luma(picture)[plane > 0.5].mean()) if (plane > 0.5).any() else 0.5
    dark, light = srgb("#17181b"), srgb("#fffdf7")
    colour = dark if under > 0.52 else light
    for candidate in (ink, paper):
        if candidate is not None and abs(float(luma(candidate[None, :])[0]) - under) > 0.42:
            colour = candidate
            break
    halo = blurred(plane, max(2.0, size / 9)) * (0.0 if ink is not None else 0.35)
    picture = mix(picture, light if under > 0.52 else dark, halo[..., None])
    return mix(picture, colour, plane[..., None])


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
