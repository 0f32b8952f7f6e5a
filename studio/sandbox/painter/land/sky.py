"""The hour and its sky: colours of the air, sun, clouds, stars. sRGB floats."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from studio.sandbox.painter.colour import Field, from_oklab, mix, ramp, shifted, smoothstep, srgb, to_oklab
from studio.sandbox.painter.noise import blurred, cloud, dice, moved


@dataclass(frozen=True, slots=True)
class Air:
    """The colours of an hour: sky from zenith to horizon, the sun and how high it stands (0 horizon, 1 zenith)."""

    zenith: str
    middle: str
    horizon: str
    sun: str
    height: float
    stars: bool = False
    power: float = 1.0
    """How strongly things on the ground are lit."""

    @property
    def haze(self) -> Field:
        """What distance fades into."""
        return mix(srgb(self.horizon), srgb(self.middle), 0.35)


_AIRS: Mapping[str, Air] = {
    "soft": Air("#7fa3c4", "#bcd0de", "#efe7da", "#fff4de", 0.45),
    "morning": Air("#86a9cc", "#e3cdc4", "#fbe3c0", "#fff0cf", 0.16),
    "noon": Air("#2f76b8", "#7fb4dc", "#dcebf2", "#fffbe8", 0.75, power=1.08),
    "golden": Air("#5b5f8f", "#d98f74", "#fbcf8a", "#ffe3a3", 0.10, power=0.92),
    "dusk": Air("#3a4276", "#a56d86", "#f0b490", "#ffc9a2", 0.03, power=0.74),
    "candle": Air("#27305c", "#8a5f86", "#f0a07c", "#ffc79a", 0.02, power=0.62),
    "blue": Air("#16264f", "#3f5f92", "#a9b9d2", "#dfe6f5", 0.05, power=0.55),
    "night": Air("#070d22", "#16264a", "#3c5578", "#e9efff", 0.55, stars=True, power=0.34),
    "neon": Air("#1a0f3d", "#7a2a86", "#ff7fb0", "#ffd9a8", 0.12, stars=True, power=0.5),
    "studio": Air("#8fb2cc", "#cfdde4", "#f2ede4", "#ffffff", 0.5),
    "cold": Air("#8fa6b8", "#bccbd5", "#e3e8ea", "#f7fbff", 0.3, power=0.95),
    "pastel": Air("#b9b4dc", "#efc9d4", "#fbe6d6", "#fff3ea", 0.2, power=1.02),
    "overcast": Air("#9aa7b1", "#bfc8ce", "#d9dddd", "#eef1f1", 0.4, power=0.86),
    "drama": Air("#2a3444", "#6c7684", "#e6cfa8", "#ffe9bd", 0.2, power=0.72),
}


def air_of(light: str, sky: str = "") -> Air:
    """The air of an hour; sky: the colour said of the sky ("#rrggbb"), "" for the hour's own."""
    air = _AIRS.get(light, _AIRS["soft"])
    if not sky:
        return air
    return replace(
        air, zenith=_dyed(air.zenith, sky, light=0.5), middle=_dyed(air.middle, sky, light=0.72),
        horizon=_dyed(air.horizon, sky, light=0.4, chroma=0.62),
    )  # fmt: skip


def _dyed(code: str, said: str, *, light: float, chroma: float = 1.0) -> str:
    """The hour's colour in the said one; light and chroma: how much of that one's it takes, 0–1."""
    own, wished = to_oklab(srgb(code)), to_oklab(srgb(said))
    mixed = np.array([own[0] * (1 - light) + wished[0] * light, *(wished[1:] * chroma)], dtype=np.float32)
    return "#" + "".join(f"{round(float(v) * 255):02x}" for v in np.clip(from_oklab(mixed), 0, 1))


@dataclass(frozen=True, slots=True)
class View:
    """Where the horizon and the sun are, in px; side is −1 when the light comes from the left, else 1."""

    height: int
    width: int
    horizon_px: int
    sun_px: tuple[float, float]
    air: Air
    side: float
    aim: tuple[float, float] | None = None
    """Where the words put what hangs in the sky: its middle, as shares of width and height."""

    @property
    def size(self) -> tuple[int, int]:
        return self.height, self.width

    @property
    def unit(self) -> float:
        """The shorter side, px, but never less than a third of the longer: panoramas keep things in sight."""
        return float(max(min(self.height, self.width), 0.34 * max(self.height, self.width)))

    def hung_at(self, x: float, y: float) -> tuple[float, float]:
        """The middle (px) of what hangs in the sky: where the words put it, else at the given place."""
        return (x, y) if self.aim is None else (self.aim[0] * self.width, self.aim[1] * self.height)

    def rows(self) -> Field:
        return np.arange(self.height, dtype=np.float32)[:, None]

    def columns(self) -> Field:
        return np.arange(self.width, dtype=np.float32)[None, :]


def _tinted(air: Air, rng: np.random.Generator) -> tuple[Field, Field, Field]:
    """Zenith, middle and horizon, a little different each time."""
    turn, chroma = float(rng.uniform(-0.16, 0.16)), float(rng.uniform(0.85, 1.2))
    return (
        shifted(srgb(air.zenith), light=float(rng.uniform(-0.04, 0.04)), chroma=chroma, turn=turn * 0.6),
        shifted(srgb(air.middle), chroma=chroma, turn=turn),
        srgb(air.horizon),
    )


def paint_sky(view: View, seed: bytes, *, sun: bool = True, air: bool = True, clouds: bool = True) -> Field:
    """A sky (h, w, 3) with the sun's disc and clouds; without sun only its glow, without air only stars."""
    rng = dice(seed, "sky")
    if not air:
        depth = np.broadcast_to(view.rows() / view.height, view.size)
        return add_stars(
            ramp([(0.0, srgb(view.air.zenith)), (1.0, srgb(view.air.horizon))], depth), view, rng, share=0.002
        )
    hour, h, w = view.air, view.height, view.width
    y, x = view.rows(), view.columns()
    down = np.clip(y / max(view.horizon_px, 1), 0, 1.2)
    zenith, middle, horizon = _tinted(hour, rng)
    sky = np.broadcast_to(ramp([(0.0, zenith), (0.55, middle), (1.0, horizon)], down), (h, w, 3))
    span = view.unit
    distance = np.hypot(x - view.sun_px[0], (y - view.sun_px[1]) * 1.15) / span
    light = srgb(hour.sun)
    glow = 0.55 * np.exp(-distance / 0.22) + 0.25 * np.exp(-distance / 0.7)
    sky = mix(sky, light, np.clip(glow * (0.55 if hour.stars else 1.0), 0, 1)[..., None])
    if hour.stars:
        sky = add_stars(sky, view, rng, share=0.0006)
    style = float(rng.random())
    cloudy = float(rng.uniform(-0.15, 0.85))
    if clouds:
        sky = _clouds(sky, view, rng, cloudy=cloudy, streaks=style)
    if sun and view.sun_px[1] < view.horizon_px + span * 0.03:
        radius = 0.036 * float(rng.uniform(0.8, 1.25))
        disc = 1 - smoothstep(radius, radius + 2.5 / span, distance)
        sky = mix(sky, np.clip(light * 1.05, 0, 1), (disc * 0.96)[..., None])
    return sky


def add_stars(sky: Field, view: View, rng: np.random.Generator, *, share: float) -> Field:
    """Stars of two sizes, fewer towards the horizon."""
    h, w = sky.shape[:2]
    down = np.clip(view.rows() / max(view.horizon_px, 1), 0, 1.2)
    throw = rng.random((h, w), dtype=np.float32)
    fade = 1 - 0.85 * smoothstep(0.35, 1.0, down)
    faint = blurred((throw > 1 - share).astype(np.float32), 0.7) * 4
    bright = blurred((throw < share * 0.12).astype(np.float32), max(0.9, view.unit / 900)) * 9
    return mix(sky, np.ones(3, dtype=np.float32), np.clip((faint + bright) * fade, 0, 0.95)[..., None])


def _clouds(sky: Field, view: View, rng: np.random.Generator, *, cloudy: float, streaks: float) -> Field:
    h, w = sky.shape[:2]
    unit = max(1.0, w / h)
    cells = (16, 1.3 * unit) if streaks < 0.3 else (7, 2.2 * unit) if streaks < 0.75 else (5, 3.4 * unit)
    body = cloud(rng, height=h, width=w, cells=cells, octaves=6)
    down = np.linspace(0, h / max(view.horizon_px, 1), h, dtype=np.float32)[:, None]
    band = np.exp(-(((down - float(rng.uniform(0.3, 0.6))) / float(rng.uniform(0.22, 0.38))) ** 2))
    cover = smoothstep(0.25, 1.25, body + band * 0.55 + cloudy - 0.5) * band
    lit = np.clip(0.5 + (body - moved(body, down=max(1, h // 60), right=int(view.side * w / 90))) * 0.9, 0, 1)
    warm = mix(srgb(view.air.horizon), srgb(view.air.sun), 0.6)
    cool = mix(srgb(view.air.middle), srgb(view.air.zenith), 0.35)
    return mix(sky, mix(cool, warm, lit[..., None]), (cover * 0.78)[..., None])
