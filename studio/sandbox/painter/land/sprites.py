"""Painting a feature from its parts: lit from the sun's side, sunk into the haze of its distance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from studio.sandbox.painter.colour import Field, complement, mix, shifted, smoothstep, srgb
from studio.sandbox.painter.land.features import Feature
from studio.sandbox.painter.land.ink import Patch, filled, lay, oval, rounded, stroke
from studio.sandbox.painter.land.sky import View
from studio.sandbox.painter.noise import blurred, cloud, dice

_LAMP = "#ffcf7a"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a feature stands: its foot in px, its height in px, how far away it is (0 near, 1 lost in haze)."""

    x: float
    y: float
    height: float
    far: float = 0.1
    flip: bool = False


@dataclass(frozen=True, slots=True)
class _Brush:
    view: View
    spot: Spot
    paints: Mapping[str, Field]
    seed: bytes

    def placed(self, points: Field) -> Field:
        x = points[:, 0] * (-1 if self.spot.flip else 1)
        return np.stack([self.spot.x + x * self.spot.height, self.spot.y - points[:, 1] * self.spot.height], axis=1)

    def paint(self, name: str) -> Field:
        return self.paints[name] if name in self.paints else srgb(name)


def tones(view: View, colour: Field, shine: Field | float) -> Field:
    """A surface of the colour in the view's light; shine 0 (turned away) to 1 (facing the sun)."""
    air = view.air
    cool = mix(srgb(air.middle), srgb(air.zenith), 0.5)
    cool = cool / max(0.35, float(cool.max()))
    shade = colour * mix(np.ones(3, dtype=np.float32), cool, 0.55) * np.float32(0.62 * air.power)
    warm = mix(np.ones(3, dtype=np.float32), srgb(air.sun), 0.65)
    bright = np.clip(colour * warm * np.float32(1.06 * air.power), 0, 1)
    amount = np.asarray(shine, dtype=np.float32)
    return mix(shade, bright, amount[..., None] if amount.ndim else amount)


def hazed(view: View, colour: Field, far: float) -> Field:
    return mix(colour, view.air.haze, far)


def _rects(part: Mapping[str, Any]) -> Field | None:
    if "box" in part:
        left, bottom, right, top = part["box"]
        return np.array([[left, bottom], [right, bottom], [right, top], [left, top]], dtype=np.float32)
    if "disc" in part:
        x, y, rx, ry = part["disc"]
        return oval((x, y), (rx, ry))
    return None


def _outline(part: Mapping[str, Any]) -> Field:
    """The part's outline in the feature's units."""
    simple = _rects(part)
    if simple is not None:
        return simple
    if "line" in part:
        wide = float(part["wide"])
        return stroke(np.array(part["line"], dtype=np.float32), (wide, wide * float(part.get("taper", 1.0))))
    if "curve" in part:
        return rounded(np.array(part["curve"], dtype=np.float32))
    return np.array(part["poly"], dtype=np.float32)


def _copies(part: Mapping[str, Any]) -> Iterator[Field]:
    outline = _outline(part)
    for dx, dy in part.get("at", [[0.0, 0.0]]):
        yield outline + np.array([dx, dy], dtype=np.float32)
    if part.get("mirror"):
        yield outline * np.array([-1, 1], dtype=np.float32)


def _shine(brush: _Brush, part: Mapping[str, Any], patch: Patch) -> Field | float:
    side = brush.view.side
    kind = part.get("shade", "flat")
    if kind == "flat":
        face = float(part.get("face", 0.0)) * (-1 if brush.spot.flip else 1)
        return float(np.clip(0.55 + 0.6 * face * side, 0.05, 1.0))
    y, x = patch.grid()
    if kind == "down":
        t = (y - patch.top) / max(1, patch.cover.shape[0])
        return np.broadcast_to(np.clip(1.0 - 0.9 * t, 0, 1), patch.cover.shape)
    u = np.clip((x - patch.left) / max(1, patch.cover.shape[1]) * 2 - 1, -1, 1)
    lit = np.clip(u * side * 0.80 + np.sqrt(1 - u * u) * 0.52, 0, 1)
    return np.broadcast_to(0.05 + 0.95 * lit, patch.cover.shape)


def _part(picture: Field, brush: _Brush, part: Mapping[str, Any]) -> None:
    view, spot = brush.view, brush.spot
    colour = brush.paint(part["paint"])
    glow = float(part.get("glow", 0.0)) * (1.0 if view.air.power < 0.7 else 0.75 if part.get("bright") else 0.0)
    for outline in _copies(part):
        patch = filled(brush.placed(outline), size=view.size)
        if patch.cover.size == 0:
            continue
        tone = tones(view, colour, _shine(brush, part, patch))
        if part.get("bright"):
            tone = colour
        if glow:
            tone = mix(tone, colour if part.get("bright") else srgb(_LAMP), min(1.0, glow))
        lay(picture, patch, hazed(view, tone, spot.far * (0.4 if glow else 1.0)))
        if glow:
            _halo(picture, view, patch, strength=glow * (0.20 if part.get("bright") else 0.22))


def _halo(picture: Field, view: View, patch: Patch, *, strength: float) -> None:
    """Light spilling from a lit part."""
    rows, columns = patch.cover.shape
    y, x = patch.top + rows / 2, patch.left + columns / 2
    radius = max(rows, columns) * 1.1 + view.unit * 0.02
    soft = filled(oval((x, y), (radius, radius)), size=view.size, soft_px=radius * 0.45)
    area = soft.area
    picture[area] = 1 - (1 - picture[area]) * (1 - srgb(_LAMP) * (soft.cover * strength)[..., None])


def _leaf(picture: Field, brush: _Brush, part: Mapping[str, Any]) -> None:
    """A palm frond: a curved rib with blades hanging from it."""
    rib = stroke(np.array(part["leaf"], dtype=np.float32), (0.012, 0.004), 40)[:40]
    colour, wide = brush.paint(part["paint"]), float(part["wide"])
    step = np.gradient(rib, axis=0)
    for i in range(2, 39, 2):
        t = i / 39
        long = wide * 2.2 * np.sin(np.pi * (0.16 + 0.80 * t))
        along = step[i] / max(1e-6, float(np.hypot(*step[i])))
        for way in (-1, 1):
            across = np.array([-along[1], along[0]]) * way
            end = rib[i] + (along * 0.75 + across * 0.62) * long + np.array([0, -0.35 * long])
            middle = rib[i] + (along * 0.42 + across * 0.42) * long
            blade = stroke(np.array([rib[i], middle, end]), (0.016, 0.013, 0.001), 12)
            shine = 0.85 if across[1] > 0 else 0.35
            tone = hazed(brush.view, tones(brush.view, colour, shine), brush.spot.far)
            lay(picture, filled(brush.placed(blade), size=brush.view.size), tone)


def _crown(picture: Field, brush: _Brush, part: Mapping[str, Any]) -> None:
    """The leaves of a tree: clumps from the dark inside to the lit outside."""
    x, y, rx, ry = part["crown"]
    rng = dice(brush.seed, f"crown {brush.spot.x:.0f}")
    colour, view = brush.paint(part["paint"]), brush.view
    side = view.side * (-1 if brush.spot.flip else 1)
    count = 64
    for k in range(count):
        t = k / (count - 1)
        angle, away = float(rng.uniform(0, 6.283)), float(rng.uniform(0, 1)) ** 0.55 * 0.80
        cx, cy = x + np.cos(angle) * away * rx, y + np.sin(angle) * away * ry
        facing = float(np.clip(0.5 + 0.5 * (np.cos(angle) * side * 0.7 + np.sin(angle) * 0.75) * away, 0, 1))
        shine = float(np.clip(facing * (0.35 + 0.75 * t) + rng.uniform(-0.08, 0.08), 0, 1))
        size = (0.085 + 0.10 * float(rng.random())) * (1.25 - 0.5 * t)
        ring = oval((cx, cy), (rx * size * 2.6, ry * size * 2.4), count=26)
        ring += rng.normal(0, 0.010, ring.shape).astype(np.float32)
        tone = shifted(colour, turn=float(rng.uniform(-0.12, 0.12)))
        tone = hazed(view, tones(view, tone, shine), brush.spot.far)
        lay(picture, filled(brush.placed(rounded(ring[::2], 60)), size=view.size), tone, 0.96)


def _bridge(picture: Field, brush: _Brush, part: Mapping[str, Any]) -> None:
    """Round arches under a gently humped deck, across the whole of the spot's width."""
    arches, view, spot = int(part["bridge"][0]), brush.view, brush.spot
    span = arches * 0.62
    t = np.linspace(-1, 1, 60)
    deck = np.stack([t * span * 0.62, 0.86 + 0.14 * (1 - t * t)], axis=1)
    wall = np.vstack([deck, [[span * 0.62, -0.05], [-span * 0.62, -0.05]]]).astype(np.float32)
    patch = filled(brush.placed(wall), size=view.size)
    if patch.cover.size == 0:
        return
    holes = np.zeros(view.size, dtype=np.float32)
    for k in range(arches):
        middle = (k - (arches - 1) / 2) * 0.62 * 1.18
        arch = np.array([[middle - 0.24, -0.2], [middle - 0.24, 0.42], [middle - 0.16, 0.60], [middle, 0.68],
                         [middle + 0.16, 0.60], [middle + 0.24, 0.42], [middle + 0.24, -0.2]])  # fmt: skip
        hole = filled(brush.placed(rounded(arch, 90)), size=view.size)
        holes[hole.area] = np.maximum(holes[hole.area], hole.cover)
    area = patch.area
    rough = cloud(dice(brush.seed, "stone"), height=patch.cover.shape[0], width=patch.cover.shape[1], cells=(22, 60))
    stone = brush.paint(part["paint"])
    tone = tones(view, stone, 0.55) * (1 + 0.10 * rough[..., None])
    inner = blurred(holes, max(1.0, spot.height * 0.03))[area] * (1 - holes[area])
    tone = tone * (1 - 0.30 * np.clip(inner, 0, 1))[..., None]
    lay(picture, Patch(patch.top, patch.left, patch.cover * (1 - holes[area])), hazed(view, tone, spot.far))
    rail = stroke(brush.placed((deck + np.array([0, 0.03])).astype(np.float32)), (spot.height * 0.07,))
    lay(picture, filled(rail, size=view.size), hazed(view, tones(view, shifted(stone, light=0.06), 0.95), spot.far))


_STRIPED = frozenset({"lighthouse", "rocket", "rocket_launch"})
"""Whose said colour is that of the stripes."""
_SPECIAL = {"leaf": _leaf, "crown": _crown, "bridge": _bridge}


def paint_feature(picture: Field, view: View, feature: Feature, *, spot: Spot, colour: str, seed: bytes) -> None:
    """Draws the feature at the spot, in place; colour "#rrggbb" or "" for its own."""
    body = srgb(colour or feature.colour)
    accent = srgb("#b8423a") if not colour else body
    if colour and feature.name in _STRIPED:
        body = srgb(feature.colour)
    elif feature.name not in {*_STRIPED, "castle"}:
        accent = complement(body)
    paints = {
        "body": body, "dark": shifted(body, light=-0.12), "light": shifted(body, light=0.08), "accent": accent,
        "roof": srgb("#5b4a57") if feature.name == "castle" else srgb("#5a4038"),
    }  # fmt: skip
    brush = _Brush(view=view, spot=spot, paints=paints, seed=seed)
    for part in feature.parts:
        special = next((key for key in _SPECIAL if key in part), "")
        if special:
            _SPECIAL[special](picture, brush, part)
        else:
            _part(picture, brush, part)


def ground_shadow(picture: Field, view: View, spot: Spot, *, wide: float) -> None:
    """A soft shadow on the ground, away from the sun. wide is in the feature's units."""
    reach = spot.height * wide
    away = -view.side
    middle = (spot.x + away * reach * 0.35, spot.y + reach * 0.02)
    soft = filled(oval(middle, (reach * 0.95, reach * 0.13)), size=view.size, soft_px=max(1.5, reach * 0.07))
    area = soft.area
    picture[area] = picture[area] * (1 - (soft.cover * (0.42 - 0.2 * spot.far))[..., None])


def beam(picture: Field, view: View, at: tuple[float, float]) -> None:
    """The lighthouse's light after dark: two cones fading with distance."""
    x, y = view.columns() - at[0], view.rows() - at[1]
    away = np.hypot(x, y) / view.unit
    slope = np.abs(y - 0.10 * np.abs(x)) / np.maximum(np.abs(x), 1)
    cone = (1 - smoothstep(0.02, 0.085, slope)) * np.exp(-away / 0.42) * 0.5
    picture[:] = 1 - (1 - picture) * (1 - srgb(_LAMP) * np.clip(cone, 0, 1)[..., None])
