"""Light on the solids: a soft key with a softbox to reflect, sky, bounce, rim; and the cast shadow."""

from dataclasses import dataclass
from math import cos, sin

import numpy as np

from studio.sandbox.painter.colour import Field, mix, normalised, scaled, smoothstep
from studio.sandbox.painter.noise import blurred, stretched
from studio.sandbox.painter.still.forms import Solids
from studio.sandbox.painter.vocabulary import Finish


@dataclass(frozen=True, slots=True)
class Material:
    colour: Field
    """Linear light."""
    finish: Finish
    filling: Field | None = None
    level: float = 0.0
    """How high a glass is filled."""


@dataclass(frozen=True, slots=True)
class Rig:
    """The lamps. Colours in linear light; towards is a unit vector to the key, shadow the way it is thrown from."""

    towards: Field
    shadow: Field
    key: Field
    sky: Field
    bounce: Field
    lift: float


_GLOSS: dict[Finish, tuple[float, float]] = {
    # strength of the softbox's reflection, its softness
    "matte": (0.035, 0.50), "satin": (0.16, 0.26), "gloss": (0.62, 0.07), "metal": (0.9, 0.10), "glass": (0.95, 0.05),
    "glow": (0.0, 0.5),
}  # fmt: skip


def softened(solids: Solids, radius_px: float) -> None:
    """Blends normals across joins so that solids melt into each other like clay. Changes solids.normal."""
    inside = (solids.material >= 0).astype(np.float32)
    weight = np.maximum(blurred(inside, radius_px), 1e-3)
    planes = [(blurred((solids.normal[..., i] * 0.5 + 0.5) * inside, radius_px) / weight - 0.5) * 2 for i in range(3)]
    smooth = np.stack(planes, axis=-1)
    solids.normal = normalised(mix(solids.normal, smooth.astype(np.float32), 0.75))


def _softbox(reflected: Field, rig: Rig, softness: float) -> Field:
    """How much of the window-shaped key a mirror direction sees."""
    side = rig.towards[0] / max(abs(float(rig.towards[0])), 1e-3)
    across = reflected[..., 0] * side
    width = smoothstep(0.40 - softness, 0.40 + softness, across) * (1 - smoothstep(0.80, 0.80 + softness * 1.5, across))
    rise = smoothstep(-0.45 - softness, -0.45 + softness, reflected[..., 1])
    fall = 1 - smoothstep(0.75, 0.85 + softness, reflected[..., 1])
    strip = smoothstep(0.86 - softness * 0.6, 0.90 + softness * 0.4, -across) * 0.35
    seen: Field = (width * rise * fall + strip * rise) * smoothstep(-0.9, -0.2, reflected[..., 2])
    return seen


def shade(solids: Solids, materials: list[Material], rig: Rig, behind: Field) -> Field:
    """Light leaving the solids (h, w, 3), linear. `behind`: the backdrop at the same pixels, for glass."""
    hit = np.nonzero(solids.material >= 0)
    normal = solids.normal[hit]
    index = solids.material[hit].astype(np.int32)
    height = solids.heights()[hit]
    albedo = np.stack([m.colour for m in materials])[index]
    view = np.array([0, sin(solids.pitch), cos(solids.pitch)], dtype=np.float32)
    facing = np.clip(normal @ view, 0, 1)
    light = _lit(albedo, normal=normal, facing=facing, height=height, rig=rig)
    fresnel = np.float32(0.04) + np.float32(0.96) * (1 - facing) ** 5
    for finish in dict.fromkeys(m.finish for m in materials):
        chosen = np.nonzero(np.array([m.finish == finish for m in materials])[index])[0]
        if not chosen.size:
            continue
        at = chosen if chosen.size < len(index) else slice(None)
        strength, softness = _GLOSS[finish]
        reflected = scaled(normal[at], 2 * facing[at]) - view
        shine = scaled(rig.key, _softbox(reflected, rig, softness))
        if finish == "metal":
            light[at] = _metal(albedo[at], reflected=reflected, rig=rig) + shine * albedo[at] * np.float32(1.3)
        elif finish == "glass":
            glass = _glass(solids, (hit[0][at], hit[1][at]), materials=materials, behind=behind)
            edge = (1 - facing[at]) ** 2.5 * np.float32(0.55)
            light[at] = glass + shine * np.float32(0.7) + scaled(rig.sky + rig.key * np.float32(0.25), edge)
        elif finish == "glow":
            light[at] = albedo[at] * np.float32(1.6)
        else:
            edge = fresnel[at] * np.float32(min(1.0, strength * 2))
            light[at] = mix(light[at], rig.sky, edge[:, None]) + shine * np.float32(strength)
    out = np.zeros((*solids.material.shape, 3), dtype=np.float32)
    out[hit] = light
    return out


def _lit(albedo: Field, *, normal: Field, facing: Field, height: Field, rig: Rig) -> Field:
    """Diffuse light: the key wrapping round, sky from above, bounce from below, a rim opposite the key."""
    key = smoothstep(-0.30, 1.05, normal @ rig.towards) * np.float32(1.05)
    up = normal[:, 1] * np.float32(0.5) + np.float32(0.5)
    near_table = np.exp(np.maximum(height, 0) / np.float32(-0.16))
    sky, bounce = up * (1 - 0.45 * near_table), (1 - up) * (0.35 + 0.5 * near_table)
    rim = (1 - facing) ** 3 * (np.clip(-normal[:, 0] * np.sign(rig.towards[0]), 0, 1) * np.float32(0.25) + 0.06)
    light = np.empty_like(albedo)
    for i in range(3):
        sky_here, key_here, bounce_here = (float(lamp[i]) for lamp in (rig.sky, rig.key, rig.bounce))
        light[:, i] = albedo[:, i] * (key * key_here + sky * sky_here + bounce * bounce_here) + rim * sky_here
    return light


def _metal(albedo: Field, *, reflected: Field, rig: Rig) -> Field:
    up = reflected[..., 1]
    horizon = np.exp(-(((up + 0.05) / 0.16) ** 2)) * 0.55
    room = mix(rig.bounce * 0.55, rig.sky * 1.1, smoothstep(-0.5, 0.7, up)[:, None])
    return albedo * (scaled(room, 1 - horizon) + 0.12)


def _glass(solids: Solids, at: tuple[Field, Field], *, materials: list[Material], behind: Field) -> Field:
    """What is behind, bent by the normal and tinted; darker at grazing angles where glass is thick."""
    rows, columns = at
    bend = solids.normal[at]
    reach = 0.22 * solids.scale
    r = np.clip(rows + bend[:, 1] * reach, 0, behind.shape[0] - 1).astype(int)
    c = np.clip(columns - bend[:, 0] * reach * 1.6, 0, behind.shape[1] - 1).astype(int)
    thick = (1 - np.clip(bend[:, 2], 0, 1))[:, None]
    index = solids.material[at].astype(np.int32)
    colour = np.clip(np.stack([m.colour for m in materials])[index], 0.02, 1)
    light: Field = behind[r, c] * colour ** (0.35 + 1.0 * thick) * (1 - 0.45 * thick**2)
    height = solids.heights()[at]
    for number, material in enumerate(materials):
        if material.filling is not None:
            wet = (index == number) & (height < material.level) & (height > 0.06)
            liquid = np.clip(material.filling, 0.01, 1) ** (0.75 + 0.5 * thick[wet])
            light[wet] = (behind[r[wet], c[wet]] * 0.75 + 0.3) * liquid
    return light


def cast_shadow(solids: Solids, rig: Rig, *, size: tuple[int, int], origin: tuple[float, float], scale: float) -> Field:
    """The shadow on the table as a plane of `size` (h, w), 0–1; origin: the pixel of (0, 0); scale: px per unit."""
    height, width = size
    small = 2
    rows, columns = height // small + 1, width // small + 1
    hit = solids.material >= 0
    # No more rays than the shadow's own pixels need.
    every = max(1, int(solids.scale * small / scale / 1.5))
    thin = (slice(None, None, every), slice(None, None, every))
    some = hit[thin]
    y, z = solids.heights()[thin][some], solids.reach()[thin][some]
    x = np.broadcast_to(solids.u[None, :], hit.shape)[thin][some]
    drop = np.maximum(y, 0) / max(float(rig.shadow[1]), 0.25)
    total = np.zeros((rows, columns), dtype=np.float32)
    top = max(float(y.max()), 0.05) if y.size else 1.0
    for low, high, radius in ((0.0, 0.12, 0.012), (0.08, 0.4, 0.024), (0.33, 0.7, 0.040), (0.6, 1.01, 0.058)):
        band = np.nonzero((y >= low * top) & (y <= high * top))[0]
        thickness = np.zeros((rows, columns), dtype=np.float32)
        for back in (0.0, 0.10, 0.22):
            # The far side of the solid is not in the picture; its shadow is stood in for by points set back from it.
            fx = x[band] - rig.shadow[0] * drop[band]
            fz = z[band] - back - rig.shadow[2] * drop[band]
            px = ((origin[0] + fx * scale) / small).astype(int)
            py = ((origin[1] + fz * sin(solids.pitch) * scale) / small).astype(int)
            good = (px >= 0) & (px < columns) & (py >= 0) & (py < rows)
            thickness += np.bincount(py[good] * columns + px[good], minlength=rows * columns).reshape(rows, columns)
        solid = blurred((thickness > 0).astype(np.float32), 2.0)
        total = np.maximum(
            total, blurred(smoothstep(0.12, 0.6, solid), max(2.0, radius * scale / small)) * (1 - low * 0.35)
        )
    contact = _contact(
        solids, hit, origin=(origin[0] / small, origin[1] / small), scale=scale / small, shape=total.shape
    )
    return stretched(np.maximum(total * 0.85, contact), height=height, width=width)


def _contact(solids: Solids, hit: Field, *, origin: tuple[float, float], scale: float, shape: tuple[int, ...]) -> Field:
    """The dark line where a thing stands."""
    y = solids.heights()
    low = hit & (y < 0.09)
    x = np.broadcast_to(solids.u[None, :], hit.shape)[low]
    z = solids.reach()[low]
    px = np.clip(origin[0] + x * scale, 0, shape[1] - 1).astype(int)
    plane = np.zeros(shape, dtype=np.float32)
    for share in (1.0, 0.6, 0.2, -0.2, -0.6):
        py = np.clip(origin[1] + z * share * sin(solids.pitch) * scale, 0, shape[0] - 1).astype(int)
        plane[py, px] = 1
    return np.clip(blurred(blurred(plane, 1.5) > 0.1, max(1.5, 0.028 * scale)) * 1.15, 0, 1)
