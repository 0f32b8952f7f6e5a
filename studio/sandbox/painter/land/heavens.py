"""What hangs in the sky: moon, planets, northern lights, the Milky Way, a rainbow, birds. Painted in place."""

from collections.abc import Callable, Mapping

import numpy as np

from studio.sandbox.painter.colour import Field, mix, shifted, smoothstep, srgb
from studio.sandbox.painter.land.ink import filled, lay, oval, stroke
from studio.sandbox.painter.land.sky import View, add_stars
from studio.sandbox.painter.noise import cloud, dice, line


def _disc(view: View, middle: tuple[float, float], radius: float) -> tuple[Field, Field, Field]:
    """(x, y) in radii from the middle and the coverage of a disc, over the whole view."""
    x, y = (view.columns() - middle[0]) / radius, (view.rows() - middle[1]) / radius
    away = np.hypot(x, y)
    return x, y, np.clip((1 - away) * radius + 0.5, 0, 1)


def _moon(picture: Field, view: View, rng: np.random.Generator, colour: Field) -> None:
    radius = view.unit * float(rng.uniform(0.055, 0.085))
    # It hangs where the light comes from, so that its path on water lies under it.
    middle = view.hung_at(view.sun_px[0], float(np.clip(view.sun_px[1], radius * 1.6, view.horizon_px * 0.55)))
    x, y, cover = _disc(view, middle, radius)
    away = np.hypot(x, y)
    halo = 0.34 * np.exp(-np.maximum(away - 1, 0) / 1.1) + 0.10 * np.exp(-np.maximum(away - 1, 0) / 4.0)
    picture[:] = mix(picture, colour, np.clip(halo, 0, 1)[..., None] * (0.9 if view.air.stars else 0.45))
    seas = cloud(
        rng, height=view.height, width=view.width, cells=(view.height / radius, view.width / radius), octaves=3
    )
    face = 1 - 0.10 * smoothstep(-0.1, 0.7, seas) - 0.10 * np.clip(away, 0, 1) ** 4
    picture[:] = mix(picture, colour * face[..., None], (cover * 0.97)[..., None])


def _planet(picture: Field, view: View, rng: np.random.Generator, colour: Field) -> None:
    radius = view.unit * float(rng.uniform(0.14, 0.20))
    across = view.width * (0.5 - view.side * float(rng.uniform(0.14, 0.26)))
    middle = view.hung_at(across, view.horizon_px * 0.42)
    x, y, cover = _disc(view, middle, radius)
    bulge = np.sqrt(np.clip(1 - x * x - y * y, 0, 1))
    bands = cloud(rng, height=view.height, width=view.width, cells=(view.height / radius * 5, 1.5), octaves=3)
    day = np.clip(0.12 + 1.0 * np.clip(view.side * x * 0.72 - y * 0.42 + bulge * 0.55, 0, 1), 0, 1.1)
    body = np.clip(colour * (1 + 0.20 * bands)[..., None] * day[..., None], 0, 1)
    slant = y + x * 0.28
    ring = np.hypot(x, slant / 0.24)
    rings = smoothstep(1.32, 1.38, ring) * (1 - smoothstep(1.95, 2.05, ring)) * (0.72 + 0.28 * np.sin(ring * 34))
    pale = shifted(colour, light=0.16, chroma=0.5)
    behind, front = rings * (slant < 0), rings * (slant >= 0)
    picture[:] = mix(picture, pale, (behind * 0.75)[..., None])
    picture[:] = mix(picture, body, cover[..., None])
    picture[:] = mix(picture, pale, (front * 0.85)[..., None])


def _earth(picture: Field, view: View, rng: np.random.Generator, colour: Field) -> None:
    radius = view.unit * float(rng.uniform(0.10, 0.15))
    middle = view.hung_at(view.width * (0.5 - view.side * float(rng.uniform(0.14, 0.28))), view.height * 0.26)
    x, y, cover = _disc(view, middle, radius)
    bulge = np.sqrt(np.clip(1 - x * x - y * y, 0, 1))
    cells = (view.height / radius * 1.3, view.width / radius * 1.3)
    land = smoothstep(0.15, 0.45, cloud(rng, height=view.height, width=view.width, cells=cells, octaves=5))
    white = smoothstep(0.05, 0.75, cloud(rng, height=view.height, width=view.width, cells=cells, octaves=6))
    body = mix(mix(colour, srgb("#7d8a55"), land[..., None]), srgb("#f4f7fa"), (white * 0.8)[..., None])
    day = np.clip(0.06 + 1.05 * smoothstep(-0.2, 0.7, view.side * x * 0.8 - y * 0.3 + bulge * 0.35), 0, 1.1)
    halo = 0.30 * np.exp(-np.maximum(np.hypot(x, y) - 1, 0) / 0.10)
    picture[:] = mix(picture, srgb("#9cc8f0"), np.clip(halo, 0, 1)[..., None])
    picture[:] = mix(picture, np.clip(body * day[..., None], 0, 1), cover[..., None])


def _aurora(picture: Field, view: View, rng: np.random.Generator, colour: Field) -> None:
    w = view.width
    y = view.rows() / max(view.horizon_px, 1)
    violet = shifted(colour, turn=1.9, light=-0.18)
    for k in range(3):
        foot = 0.72 - 0.16 * k + 0.16 * line(rng, width=w, cells=2.2, octaves=3)[None, :]
        folds = 0.55 + 0.45 * line(rng, width=w, cells=26, octaves=3)[None, :]
        tall = 0.44 + 0.16 * line(rng, width=w, cells=5, octaves=2)[None, :]
        up = (foot - y) / np.maximum(tall, 0.12)
        glow = smoothstep(-0.06, 0.06, up) * np.exp(-np.maximum(up, 0) * 2.2) * np.clip(folds, 0.08, 1.0)
        tint = mix(colour, violet, np.clip(up * 0.95, 0, 1)[..., None])
        # Light adds to the sky; it never darkens it.
        picture[:] = 1 - (1 - picture) * (1 - tint * np.clip(glow * (0.85 - 0.2 * k), 0, 1)[..., None])


def _milky_way(picture: Field, view: View, rng: np.random.Generator, colour: Field) -> None:
    h, w = view.height, view.width
    tilt = view.side * float(rng.uniform(0.55, 1.1))
    x, y = (view.columns() - w / 2) / view.unit, (view.rows() - view.horizon_px * 0.4) / view.unit
    across = (x * float(np.cos(tilt)) + y * float(np.sin(tilt))) + 0.06 * cloud(
        rng, height=h, width=w, cells=(3, 3), octaves=3
    )
    band = np.exp(-((across / 0.16) ** 2))
    dust = smoothstep(-0.2, 0.9, cloud(rng, height=h, width=w, cells=(9, 9 * w / h), octaves=5))
    lane = np.exp(-((across / 0.045) ** 2)) * dust
    fade = 1 - 0.8 * smoothstep(0.55, 1.05, view.rows() / max(view.horizon_px, 1))
    glow = np.clip(band * (0.5 - 0.34 * lane - 0.12 * dust) * fade, 0, 1)
    warm = mix(colour, srgb("#ffd9b8"), 0.55)
    dark = 1.0 if view.air.stars else 0.4
    picture[:] = mix(picture, mix(colour, warm, np.exp(-((across / 0.07) ** 2))[..., None]), (glow * dark)[..., None])
    picture[:] = add_stars(picture, view, rng, share=0.0022)


def _rainbow(picture: Field, view: View, rng: np.random.Generator, _colour: Field) -> None:
    middle, _ = view.hung_at(view.width * (0.5 - view.side * float(rng.uniform(0.05, 0.25))), 0.0)
    radius = view.unit * float(rng.uniform(0.55, 0.75))
    away = np.hypot(view.columns() - middle, view.rows() - view.horizon_px * 1.02)
    place = (away - radius) / (view.unit * 0.062)
    hues = np.stack([np.exp(-(((place - at) / 0.30) ** 2)) for at in (0.86, 0.52, 0.16)], axis=-1)
    inside = np.exp(-np.maximum(-place, 0) / 2.4) * (place < 0) * 0.05
    fade = 1 - 0.65 * smoothstep(0.75, 1.0, view.rows() / max(view.horizon_px, 1))
    glow = (hues * 0.34 + inside[..., None]) * fade[..., None]
    picture[:] = 1 - (1 - picture) * (1 - np.clip(glow, 0, 1))


def _birds(picture: Field, view: View, rng: np.random.Generator, colour: Field) -> None:
    ink = mix(colour, view.air.haze, 0.25)
    across, high = view.hung_at(view.width * (0.5 - view.side * 0.16), view.horizon_px * float(rng.uniform(0.28, 0.5)))
    for _ in range(int(rng.integers(7, 13))):
        span = view.unit * float(rng.uniform(0.012, 0.034))
        x = across + float(rng.normal(0, 0.15)) * view.unit
        y = high + float(rng.normal(0, 0.07)) * view.unit
        lift, bank = float(rng.uniform(0.25, 0.55)) * span, float(rng.uniform(-0.2, 0.2)) * span
        for way in (-1, 1):
            wing = [
                [x, y],
                [x + way * span * 0.45, y - lift + way * bank],
                [x + way * span, y - lift * 0.45 + way * bank],
            ]
            lay(picture, filled(stroke(np.array(wing), (0.20 * span, 0.15 * span, 0.01)), size=view.size), ink, 0.9)
        lay(picture, filled(oval((x, y), (span * 0.09, span * 0.13)), size=view.size), ink, 0.9)


_HEAVENS: Mapping[str, Callable[[Field, View, np.random.Generator, Field], None]] = {
    "moon": _moon, "planet": _planet, "aurora": _aurora, "milky_way": _milky_way, "rainbow": _rainbow,
    "birds": _birds, "earth": _earth,
}  # fmt: skip


def paint_heavens(picture: Field, view: View, *, painter: str, colour: str, seed: bytes) -> None:
    """Adds one of the sky's things to the picture, in place. KeyError for a painter the table does not name."""
    _HEAVENS[painter](picture, view, dice(seed, f"heavens {painter}"), srgb(colour))
