"""Textures on solids: a multiplier of the light that leaves them, looked up by the place in space."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from studio.sandbox.painter.colour import Field, smoothstep
from studio.sandbox.painter.noise import cloud, dice

Spots = tuple[Field, Field, Field]
"""x, y, z of each hit, flat, in the subject's own units."""
_TILE = 256


@cache
def _tile(purpose: str) -> Field:
    """One noise tile that repeats without a seam, about −1 to 1."""
    plane = cloud(dice(b"skin", purpose), height=_TILE * 2, width=_TILE * 2, cells=(10, 10), octaves=5)
    fade = smoothstep(0.0, 1.0, np.linspace(0, 1, _TILE, dtype=np.float32))
    wide = plane[:, :_TILE] * fade + plane[:, _TILE:] * (1 - fade)
    tall: Field = wide[:_TILE] * fade[:, None] + wide[_TILE:] * (1 - fade)[:, None]
    return tall


def _noise(spots: Spots, purpose: str, cells: float, *, stretch: float = 1.0) -> Field:
    """Noise of `cells` bumps a unit; two slanted looks so that no side is a smear."""
    x, y, z = spots
    tile, step = _tile(purpose), np.float32(cells * _TILE / 5)
    first = tile[((y * stretch + 0.31 * z) * step).astype(int) % _TILE, ((x - 0.53 * z) * step).astype(int) % _TILE]
    second = tile[((z + 0.17 * x) * step).astype(int) % _TILE, ((x + 0.41 * y) * step).astype(int) % _TILE]
    both: Field = (first + second) * np.float32(0.75)
    return both


def _tinted(amount: Field, tint: tuple[float, float, float]) -> Field:
    """1 where the amount is 0, the tint where it is 1."""
    pale: Field = 1 + np.clip(amount, 0, 1)[:, None] * (np.array(tint, dtype=np.float32) - 1)
    return pale


def _baked(spots: Spots) -> Field:
    """Crust: browner in patches and towards the top."""
    patches = _noise(spots, "bake", 1.6) * 0.5 + 0.30
    return _tinted(patches, (0.62, 0.43, 0.25)) * (1 + 0.07 * _noise(spots, "crumb", 7))[:, None]


def _melted(spots: Spots) -> Field:
    """Cheese: pale pools and browned spots."""
    patches = smoothstep(0.15, 0.75, _noise(spots, "melt", 1.7))
    return _tinted(patches * 0.8, (0.86, 0.52, 0.26)) * (1 + 0.06 * _noise(spots, "pool", 4))[:, None]


def _speckled(spots: Spots) -> Field:
    return _tinted(smoothstep(0.55, 0.75, _noise(spots, "speck", 6)), (0.45, 0.38, 0.33))


def _seeded(spots: Spots) -> Field:
    """A strawberry's seeds: pale dots in rows round the fruit."""
    x, y, z = spots
    turn: Field = np.arctan2(x, z) * np.float32(11 / np.pi)
    row = y * np.float32(15)
    turn = turn + 0.5 * (np.floor(row) % 2)
    off = np.hypot((turn % 1) - 0.5, (row % 1) - 0.5)
    return (
        _tinted(1 - smoothstep(0.10, 0.17, off), (1.5, 3.6, 2.4))
        * (1 - 0.22 * (1 - smoothstep(0.14, 0.34, off)))[:, None]
    )


def _wooden(spots: Spots) -> Field:
    x, y, z = spots
    rings = np.sin((y * 9 + z * 5 + _noise((x * 0.25, y, z), "rings", 1.0) * 2.4) * 6)
    grain = _noise((x * 0.12, y * 2.2, z * 2.2), "grain", 4)
    return np.asarray((1 + 0.06 * rings + 0.10 * grain)[:, None])


def _upright_wood(spots: Spots) -> Field:
    return _wooden((spots[1], spots[0], spots[2]))


def _woven(spots: Spots) -> Field:
    x, y, z = spots
    return np.asarray(
        (1 + 0.045 * np.sin((x - z * 0.6) * 150) * np.sin(y * 150) + 0.05 * _noise(spots, "cloth", 4))[:, None]
    )


def _hide(spots: Spots) -> Field:
    return np.asarray((1 + 0.06 * _noise(spots, "hide", 9) + 0.05 * _noise(spots, "wear", 1.4))[:, None])


def _mottled(spots: Spots) -> Field:
    return np.asarray((1 + 0.10 * _noise(spots, "mottle", 3) + 0.05 * _noise(spots, "fine", 10))[:, None])


def _furred(spots: Spots) -> Field:
    return np.asarray((1 + 0.13 * _noise((spots[0] * 2.0, spots[1] * 0.7, spots[2]), "fur", 8))[:, None])


def _peeled(spots: Spots) -> Field:
    """Citrus: fine pores."""
    return np.asarray((1 - 0.10 * smoothstep(0.35, 0.8, _noise(spots, "pore", 10)))[:, None])


def _striped(spots: Spots) -> Field:
    band = smoothstep(0.32, 0.42, np.abs(((spots[1] * 9) % 1) - 0.5))
    return _tinted(band, (0.42, 0.42, 0.45))


SKINS: Mapping[str, Callable[[Spots], Field]] = {
    "baked": _baked, "melted": _melted, "speckled": _speckled, "seeded": _seeded, "wooden": _wooden,
    "upright wood": _upright_wood, "woven": _woven, "hide": _hide, "mottled": _mottled, "furred": _furred,
    "peeled": _peeled, "striped": _striped,
}  # fmt: skip


def skin_of(name: str, spots: Spots) -> Field:
    """The multiplier (n, 3) or (n, 1) at each spot; KeyError for a texture that does not exist."""
    return SKINS[name](spots)
