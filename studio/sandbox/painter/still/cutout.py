"""One thing cast, lit and cut out: its light, coverage and shadow, ready to be set into a picture."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, sin

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import Field, complement, linear, scaled, shifted, srgb, to_linear
from studio.sandbox.painter.still.forms import Solids, cast_ball, cast_box, cast_tube, empty_solids
from studio.sandbox.painter.still.lathe import cast_lathe
from studio.sandbox.painter.still.parts import Finish, Part, bounds, turned
from studio.sandbox.painter.still.rods import cast_rod
from studio.sandbox.painter.still.shading import Material, Rig, cast_shadow, shade, softened
from studio.sandbox.painter.still.skins import skin_of
from studio.sandbox.painter.vocabulary import Subject, vocabulary

_OWN_PAINTS = ("body", "dark", "light")
_EDGE = 0.03


@dataclass(frozen=True, slots=True)
class Thing:
    """A subject of the vocabulary in one colour, turned."""

    subject: Subject
    colour: str = ""
    finish: str = ""
    yaw_deg: float = 0.0

    def parts(self) -> tuple[Part, ...]:
        return tuple(turned(part, self.yaw_deg) for part in self.subject.parts)


@dataclass(frozen=True, slots=True)
class Cast:
    """The rays' answer for one thing: its solids, its materials, and the skins of its parts by material."""

    solids: Solids
    materials: list[Material]
    skins: tuple[str, ...]


def _paints(subject: Subject, colour: str) -> dict[str, Field]:
    body = srgb(colour or subject.colour)
    return {
        "body": body,
        "dark": shifted(body, light=-0.13),
        "light": shifted(body, light=0.13, chroma=0.8),
        "accent": complement(body),
    }


def _is_filled(part: Part) -> bool:
    """A glass that holds a drink: a colour said of it is the drink's."""
    return part.opening is not None and part.finish == "glass"


def _material(thing: Thing, part: Part, paints: dict[str, Field]) -> Material:
    own = part.paint in _OWN_PAINTS
    filled = _is_filled(part)
    colour = to_linear(paints[part.paint] if part.paint in paints else srgb(part.paint))
    if own and filled:
        colour = linear(thing.subject.colour)
    finish: Finish = part.finish
    if own and thing.finish and part.finish != "glow":
        finish = vocabulary().finishes[thing.finish]
    if own and finish == "glass" and thing.colour and not filled:
        colour = colour ** np.float32(1.35)  # said glass is tinted through, not only at its edges
    return Material(colour=colour, finish=finish)


def _filling(thing: Thing, part: Part, paints: dict[str, Field]) -> Field:
    """The colour of what is in an opening: one of the thing's own paints, a drink's own colour, or as the part says."""
    if part.fill in paints:
        return to_linear(paints[part.fill])
    return linear(thing.colour if thing.colour and _is_filled(part) else part.fill)


def cast_thing(thing: Thing, solids: Solids) -> Cast:
    """Adds every part of the thing to the solids."""
    paints = _paints(thing.subject, thing.colour)
    materials: list[Material] = []
    skins: list[str] = []
    for part in thing.parts():
        materials.append(_material(thing, part, paints))
        skins.append(part.skin)
        index = len(materials) - 1
        if part.shape == "lathe" and part.opening:
            fill = _filling(thing, part, paints)
            if part.finish == "glass":
                materials[index] = replace(materials[index], filling=fill, level=part.opening[1])
            materials.append(Material(colour=fill, finish="satin"))
            skins.append("")
        match part.shape:
            case "lathe":
                cast_lathe(solids, part, index=index, fill_index=len(materials) - 1)
            case "tube":
                cast_tube(solids, part, index=index)
            case "ball":
                cast_ball(solids, part, index=index)
            case "rod":
                cast_rod(solids, part, index=index)
            case "box":
                cast_box(solids, part, index=index)
    return Cast(solids=solids, materials=materials, skins=tuple(skins))


@lru_cache(maxsize=32)
def screen_box(thing: Thing, pitch: float) -> tuple[float, float, float, float]:
    """(left, bottom, right, top) on the screen in the thing's own units, from a coarse cast."""
    x0, y0, z0, x1, y1, z1 = bounds(thing.parts())
    c, s = cos(pitch), sin(pitch)
    rough = (x0 - _EDGE, y0 * c - z1 * s - _EDGE, x1 + _EDGE, y1 * c - z0 * s + _EDGE)
    solids = empty_solids(box=rough, scale=40, pitch=pitch)
    cast_thing(thing, solids)
    rows, columns = np.nonzero(solids.material >= 0)
    return (
        float(solids.u[columns.min()]) - _EDGE, float(solids.v[rows.max()]) - _EDGE,
        float(solids.u[columns.max()]) + _EDGE, float(solids.v[rows.min()]) + _EDGE,
    )  # fmt: skip


def cast_at(thing: Thing, *, box: tuple[float, float, float, float], scale: float, pitch: float) -> Cast:
    """The thing cast at `scale` rays a unit, its joins softened as its table says."""
    cast = cast_thing(thing, empty_solids(box=box, scale=scale, pitch=pitch))
    if thing.subject.blend:
        softened(cast.solids, thing.subject.blend * scale / 840)
    return cast


def thing_shadow(cast: Cast, rig: Rig, *, size: tuple[int, int], origin: tuple[float, float], scale: float) -> Field:
    """The shadow on the ground as a plane of `size`; origin: the pixel of the thing's foot; scale: pixels a unit."""
    return cast_shadow(cast.solids, rig, size=size, origin=origin, scale=scale)


def lit_thing(cast: Cast, rig: Rig, behind: Field, *, rim: float = 0.0) -> Field:
    """Light leaving the thing (h, w, 3), linear, its skins on it; rim: how strongly a lamp behind draws its edge."""
    light = shade(cast.solids, cast.materials, rig, behind)
    solids = cast.solids
    if any(cast.skins):
        heights, reach = solids.heights(), solids.reach()
        for name in dict.fromkeys(skin for skin in cast.skins if skin):
            worn = np.isin(solids.material, [k for k, skin in enumerate(cast.skins) if skin == name])
            rows, columns = np.nonzero(worn)
            if rows.size:
                light[rows, columns] *= skin_of(name, (solids.u[columns], heights[rows, columns], reach[rows, columns]))
    if rim > 0:
        light += _rim(cast, rig, rim)
    return light


def _rim(cast: Cast, rig: Rig, strength: float) -> Field:
    """A narrow bright edge where the surface turns away, on both sides, stronger opposite the key."""
    normal, pitch = cast.solids.normal, cast.solids.pitch
    facing = np.clip(normal[..., 1] * np.float32(sin(pitch)) + normal[..., 2] * np.float32(cos(pitch)), 0, 1)
    across = normal[..., 0] * -np.sign(rig.towards[0])
    edge = (1 - facing) ** 3 * np.clip(0.35 + 0.65 * across + 0.35 * normal[..., 1], 0, 1) * (cast.solids.material >= 0)
    line: Field = (edge * np.float32(strength))[..., None] * (rig.key * np.float32(0.7) + np.float32(0.35))
    return line


@dataclass(frozen=True, slots=True)
class Patch:
    """Coverage (h, w) and premultiplied light (h, w, 3) of a cut-out, and where its first pixel stands."""

    alpha: Field
    light: Field
    row: int
    column: int


def _shrunk(plane: Field, shape: tuple[int, int]) -> Field:
    """A plane scaled down; a tent over three rays in each direction first, so that an edge has enough steps."""
    soft = plane.astype(np.float32, copy=True)
    soft[1:-1] = soft[1:-1] * 0.5 + (plane[:-2] + plane[2:]) * 0.25
    soft[:, 1:-1] = soft[:, 1:-1] * 0.5 + (soft[:, :-2] + soft[:, 2:]) * 0.25
    picture = Image.fromarray(np.ascontiguousarray(soft), mode="F")
    return np.asarray(picture.resize((shape[1], shape[0]), Image.Resampling.BICUBIC), dtype=np.float32)


def patch_of(cast: Cast, light: Field, *, finer: float, at: tuple[int, int]) -> Patch:
    """The cut-out at the picture's own pixels; `finer`: rays a pixel; at: (row, column) of its corner."""
    hit = (cast.solids.material >= 0).astype(np.float32)
    shape = (max(1, round(hit.shape[0] / finer)), max(1, round(hit.shape[1] / finer)))
    alpha = np.clip(_shrunk(hit, shape), 0, 1)
    planes = [_shrunk(light[..., k] * hit, shape) for k in range(3)]
    return Patch(alpha=alpha, light=np.maximum(np.stack(planes, axis=-1), 0), row=at[0], column=at[1])


def window_of(patch: Patch, size: tuple[int, int]) -> tuple[tuple[slice, slice], tuple[slice, slice]] | None:
    """(where in the picture, where in the patch) they overlap; None when they do not."""
    height, width = patch.alpha.shape
    r0, c0 = max(0, patch.row), max(0, patch.column)
    r1, c1 = min(size[0], patch.row + height), min(size[1], patch.column + width)
    if r1 <= r0 or c1 <= c0:
        return None
    own = (slice(r0 - patch.row, r1 - patch.row), slice(c0 - patch.column, c1 - patch.column))
    return (slice(r0, r1), slice(c0, c1)), own


def turn_of(
    cast: Cast, *, finer: float, at: tuple[int, int], size: tuple[int, int]
) -> tuple[tuple[slice, slice], Field, Field] | None:
    """(where in the picture, the sine of the angle the surface is turned to the side, coverage of what is matte).

    None when it is outside. finer: rays a pixel; at: (row, column) of the cut-out's corner; size: of the picture.
    """
    solids = cast.solids
    # One ray a pixel is enough: what is read from this is a mean over many.
    shape = [max(1, round(length / finer)) for length in solids.material.shape]
    rows, columns = (
        np.minimum(((np.arange(short) + 0.5) * finer).astype(np.int32), long - 1)
        for short, long in zip(shape, solids.material.shape, strict=True)
    )
    index = solids.material[rows][:, columns].astype(np.int32)
    normal = solids.normal[rows][:, columns]
    sine = normal[..., 0] / np.maximum(np.hypot(normal[..., 0], normal[..., 2]), 1e-3) * (index >= 0)
    matte = np.array([material.finish == "matte" for material in cast.materials] + [False], dtype=np.float32)
    found = window_of(Patch(alpha=sine, light=sine, row=at[0], column=at[1]), size)
    return None if found is None else (found[0], sine[found[1]].astype(np.float32), matte[index][found[1]])


def set_in(picture: Field, alpha: Field, patch: Patch) -> None:
    """Lays the patch over the picture and adds its coverage, both in place."""
    found = window_of(patch, (alpha.shape[0], alpha.shape[1]))
    if found is None:
        return
    there, own = found
    cover = patch.alpha[own]
    picture[there] = scaled(picture[there], 1 - cover) + patch.light[own]
    alpha[there] = np.maximum(alpha[there], cover)
