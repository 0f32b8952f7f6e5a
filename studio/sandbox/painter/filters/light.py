"""Light put on a finished picture: a time of day, a studio, neon; sun rays and flare."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import (
    LUMA,
    Field,
    from_oklab,
    luma,
    mix,
    smoothstep,
    srgb,
    to_linear,
    to_oklab,
    to_srgb,
)
from studio.sandbox.painter.filters.matte import subject_alpha
from studio.sandbox.painter.filters.ops import Filters, Op, across, as_field, as_image, with_picture
from studio.sandbox.painter.noise import blurred, dice, stretched
from studio.sandbox.painter.scene import Canvas

Side = Literal["left", "right", "above", "below", "behind", "front"]
SIDES: Mapping[Side, tuple[float, float]] = {
    "left": (-0.85, -0.75), "right": (0.85, -0.75), "above": (0.0, -1.05), "below": (0.0, 1.0),
    "behind": (0.25, -0.95), "front": (0.0, -0.1),
}  # fmt: skip
"""Where a light stands: (x, y), the frame being -1 to 1."""
_RELIEF_SIDE = 128


@dataclass(frozen=True, slots=True)
class Mood:
    """A light as it changes a picture; moods.toml says what each number is."""

    key: str
    shade: str
    stops: float
    side: float
    glow: float
    bend: float
    chroma: float
    cast: float
    place: Side
    pool: float = 0.0
    neutral: float = 0.0
    lamps: float = 0.0
    cross: float = 0.0


@cache
def moods() -> Mapping[str, Mood]:
    table = tomllib.loads((Path(__file__).parent / "moods.toml").read_text(encoding="utf-8"))
    return {name: Mood(place=row.pop("from"), **row) for name, row in table.items()}


def _falloff(shape: tuple[int, int], side: Side) -> tuple[Field, Field]:
    """(how lit each place is, -1 far to 1 near; the glow about the source, 0–1)."""
    y, x = across(*shape)
    sx, sy = SIDES[side]
    reach = np.hypot(sx, sy) or 1.0
    along = (x * sx + y * sy) / reach
    along = along / max(float(np.abs(along).max()), 1e-6)
    glow = np.exp(-((x - sx * 1.05) ** 2 + (y - sy * 1.05) ** 2) / 0.62)
    return along.astype(np.float32), glow.astype(np.float32)


def _modelled(canvas: Canvas, side: Side) -> Field:
    """The subject's form as the light sees it, -1 turned away to 1 turned towards: its matte, blurred into a relief."""
    height, width = canvas.picture.shape[:2]
    factor = min(1.0, _RELIEF_SIDE / max(height, width))
    small = (max(8, round(width * factor)), max(8, round(height * factor)))
    if canvas.alpha is None:
        alpha = subject_alpha(as_field(as_image(canvas.picture).resize(small, Image.Resampling.BOX)))
    else:
        alpha = as_field(as_image(canvas.alpha).resize(small, Image.Resampling.BOX))
    size = min(alpha.shape)
    relief = 0.6 * blurred(alpha, size / 11) + 0.4 * blurred(alpha, size / 24)
    down, right = np.gradient(relief)
    sx, sy = SIDES[side]
    facing = np.clip(-(right * sx + down * sy) * size / 6, -1, 1) * alpha
    return stretched(facing.astype(np.float32), height=height, width=width)


def _cast_over(lab: Field, *, key: Field, shade: Field, amount: float) -> Field:
    """Lights towards the key's hue, shadows towards the shade's."""
    high = smoothstep(0.22, 0.80, lab[..., 0])[..., None]
    hue = mix(shade[1:], key[1:], high)
    body = np.clip(lab[..., :1] * 3.2, 0, 1) * np.clip((1.05 - lab[..., :1]) * 4, 0.25, 1)
    lab[..., 1:] = lab[..., 1:] + hue * np.float32(amount) * body
    return lab


def _crossed(shape: tuple[int, int], mood: Mood) -> Field:
    """Two coloured lamps facing each other, as a gain per channel in linear light."""
    y, x = across(*shape)
    left = np.exp(-((x + 1.05) ** 2 + 0.6 * (y + 0.15) ** 2) / 0.95)[..., None]
    right = np.exp(-((x - 1.05) ** 2 + 0.6 * (y - 0.05) ** 2) / 0.95)[..., None]
    lamps = [to_linear(srgb(code)) for code in (mood.key, mood.shade)]
    return 0.26 + 2.3 * (left * lamps[0] / float(lamps[0] @ LUMA) + right * lamps[1] / float(lamps[1] @ LUMA)) * 0.42


def _lamps(picture: Field, strength: float) -> Field:
    """The light of what was brightest, spread a little: windows, lanterns, the moon on water."""
    bright = smoothstep(0.80, 0.98, 0.6 * picture.max(axis=-1) + 0.4 * luma(picture))
    share = float(bright.mean())
    # A white wall is no lamp: only what is bright and rare shines.
    rare = 1 - smoothstep(0.02, 0.16, np.array(share, dtype=np.float32))
    size = min(bright.shape)
    spread = np.maximum(bright, 1.6 * blurred(bright, size / 40)).clip(0, 1) * float(rare) * strength
    return spread.astype(np.float32)


def _stops(canvas: Canvas, mood: Mood, *, side: Side, along: Field) -> Field:
    """How many stops of light each place gains: the side, the subject's form, the pool about the middle."""
    stops: Field = mood.stops + 0.55 * mood.side * along + 0.45 * (0.35 + mood.side) * _modelled(canvas, side)
    if mood.pool:
        y, x = across(*along.shape)
        stops = stops + mood.pool * (0.55 - smoothstep(0.15, 1.35, np.hypot(x * 0.9, (y - 0.05) * 0.95)))
    return stops.astype(np.float32)


def _balanced(lit: Field, mood: Mood) -> Field:
    """Linear light with a part of its colour cast taken out."""
    if not mood.neutral:
        return lit
    mean = lit[::4, ::4].mean(axis=(0, 1)) + 1e-3
    balanced: Field = lit * (1 + (float(mean @ LUMA) / mean - 1) * np.float32(0.5 * mood.neutral))
    return balanced


def relight(canvas: Canvas, op: Op) -> Canvas:
    """The value's mood ("golden"), from a side where one is named ("golden|right")."""
    name, _, said = op.value.partition("|")
    mood = moods()[name]
    side: Side = said if said in SIDES else mood.place  # type: ignore[assignment]
    picture, amount = canvas.picture, min(1.6, op.amount)
    full = np.float32(min(1.0, amount))
    shape = (picture.shape[0], picture.shape[1])
    along, glow = _falloff(shape, side)
    lamps = _lamps(picture, mood.lamps * float(full))
    gain = 2.0 ** (_stops(canvas, mood, side=side, along=along) * np.float32(amount) * (1 - lamps))[..., None]
    lit = _balanced(to_linear(picture), mood)
    lit = lit * gain / (1 + lit * np.maximum(gain - 1, 0))
    if mood.cross:
        lit = mix(lit, (lit @ LUMA)[..., None], float(1 - mood.chroma) * float(full))
        lit = lit * (1 + (_crossed(shape, mood) - 1) * full)
    lab = to_oklab(to_srgb(lit))
    light = np.clip(lab[..., 0], 0, 1)
    lab[..., 0] = light + np.float32(mood.bend * amount) * 1.1 * (light - 0.5) * light * (1 - light)
    if not mood.cross:
        lab[..., 1:] *= 1 + (np.float32(mood.chroma) - 1) * full
        key, shade = (to_oklab(srgb(code)[None, :])[0] for code in (mood.key, mood.shade))
        lab = _cast_over(lab, key=key, shade=shade, amount=mood.cast * amount * 0.75)
    answer = from_oklab(lab)
    if lamps.any():
        answer = mix(answer, np.minimum(1, picture * srgb("#fff0cf") * 1.12), lamps[..., None])
    if mood.glow and not mood.cross:
        flare = to_linear(srgb(mood.key)) * (mood.glow * amount * glow)[..., None]
        answer = to_srgb(1 - (1 - to_linear(answer)) * (1 - 0.8 * np.clip(flare, 0, 1)))
    return with_picture(canvas, answer)


def _source(value: str) -> tuple[float, float]:
    """(x, y) of the sun, -1 to 1, for the side a value names."""
    sx, sy = SIDES.get(value, (-0.85, -0.75))  # type: ignore[call-overload]
    return 0.85 * sx, 0.95 * sy


def sun_rays(canvas: Canvas, op: Op) -> Canvas:
    """Shafts of light through hazy air, brightest at their source and where nothing dark stands before it."""
    height, width = canvas.picture.shape[:2]
    small = (max(24, height // 4), max(24, width // 4))
    sx, sy = _source(op.value)
    y, x = across(*small)
    dx, dy = (x - np.float32(sx * 1.6)) * np.float32(width / height), y - np.float32(sy * 1.7)
    angle, far = np.arctan2(dy, dx), np.hypot(dx, dy)
    rng = dice(b"rays", op.value)
    turns = np.linspace(-np.pi, np.pi, 720, dtype=np.float32)
    beams = np.zeros_like(turns)
    for waves, weight in ((7, 0.9), (13, 0.8), (23, 0.6), (41, 0.35)):
        beams += weight * np.sin(turns * waves + float(rng.uniform(0, 6.28)))
    shafts = smoothstep(-0.1, 1.7, np.interp(angle, turns, beams).astype(np.float32))
    cover = (0.30 + 0.95 * shafts) * np.exp(-far / 1.35)
    cover = np.clip(blurred(np.clip(cover, 0, 1), 1.2), 0, 1)
    full = np.clip(stretched(cover, height=height, width=width), 0, 1)[..., None] * np.float32(
        0.85 * min(1.4, op.amount)
    )
    beam = to_linear(srgb("#ffe6b3"))
    lit = to_linear(canvas.picture) * (1 - 0.05 * np.float32(op.amount))
    return with_picture(canvas, to_srgb(1 - (1 - np.clip(lit, 0, 1)) * (1 - np.clip(beam * full * 0.62, 0, 0.9))))


def lens_flare(canvas: Canvas, op: Op) -> Canvas:
    """A low sun in the frame with its halo, a thin streak, and ghosts on the line through the middle."""
    height, width = canvas.picture.shape[:2]
    sx, sy = (0.82 * n for n in _source(op.value))
    y, x = across(height, width)
    wide = np.float32(width / height)
    light = np.zeros((height, width, 3), dtype=np.float32)

    def disc(cx: float, cy: float, radius: float) -> Field:
        far: Field = np.hypot((x - np.float32(cx)) * wide, y - np.float32(cy)) / np.float32(radius)
        return far

    core = disc(sx, sy, 1.0)
    light += (1.1 * np.exp(-((core / 0.10) ** 2)) + 0.55 * np.exp(-core / 0.28))[..., None] * to_linear(srgb("#ffe3b0"))
    streak = np.exp(-np.abs(y - np.float32(sy)) / 0.012) * np.exp(-np.abs(x - np.float32(sx)) / 0.55)
    light += (0.30 * streak)[..., None] * to_linear(srgb("#ffd9a8"))
    halo = np.exp(-(((core - 0.52) / 0.025) ** 2))
    light += (0.045 * halo)[..., None] * to_linear(srgb("#ffb27a"))
    ghosts = ((0.35, 0.07, "#ffc27a"), (-0.25, 0.045, "#8fe0c0"), (-0.55, 0.12, "#9ab8ff"), (-0.95, 0.19, "#ffa6c4"))
    for place, radius, code in ghosts:
        far = disc(sx * place, sy * place, radius)
        ring = (1 - smoothstep(0.93, 1.03, far)) * (0.45 + 0.55 * far)
        light += (0.085 * ring)[..., None] * to_linear(srgb(code))
    lit = to_linear(canvas.picture)
    light = np.clip(light * np.float32(min(1.5, op.amount)), 0, 1)
    return with_picture(canvas, to_srgb(1 - (1 - lit) * (1 - light)))


LIGHTS: Filters = {"relight": relight, "sun rays": sun_rays, "lens flare": lens_flare}
