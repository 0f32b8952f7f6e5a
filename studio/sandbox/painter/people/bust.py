"""The frame a person is drawn in: where the head is, which way it looks, how light falls on it.

Coordinates are those of the head: the face's middle at 0, 0, the chin at y 0.6, the skull's top at y −0.6, y down.
"""

from dataclasses import dataclass

import numpy as np

from studio.sandbox.painter.colour import Field, mix, shifted, smoothstep, srgb
from studio.sandbox.painter.land.ink import Patch, filled, rounded, stroke, within
from studio.sandbox.painter.people.person import Person, people_table

_NECK = 0.55
"""The height about which the head tilts."""


@dataclass(frozen=True, slots=True)
class Lighting:
    """The colours light gives: key where it falls, shade where it does not; hard 0–1, side −1 or 1."""

    key: Field
    shade: Field
    hard: float
    side: float
    rim: Field
    rim_strength: float


@dataclass(frozen=True, slots=True)
class Bust:
    """One person on the picture: the face's middle and the head's size in px, tilt in radians, turn −1 to 1."""

    picture: Field
    alpha: Field
    """The coverage of everyone drawn so far."""
    person: Person
    light: Lighting
    middle: tuple[float, float]
    unit: float
    tilt: float
    turn: float

    @property
    def size(self) -> tuple[int, int]:
        return self.alpha.shape[0], self.alpha.shape[1]

    def colour(self, trait: str) -> Field:
        """The colour of a trait's row, such as the skin's."""
        return srgb(people_table()[trait][getattr(self.person, trait)]["colour"])

    def head(self, points: Field) -> Field:
        """Head coordinates on the picture: tilted about the neck."""
        x, y = points[:, 0], points[:, 1] - _NECK
        cos, sin = np.cos(self.tilt), np.sin(self.tilt)
        return self.body(np.stack([x * cos - y * sin, x * sin + y * cos + _NECK], axis=1))

    def body(self, points: Field) -> Field:
        """Coordinates of the shoulders, which do not tilt, on the picture."""
        return np.asarray(points * self.unit + np.array(self.middle), dtype=np.float32)

    def form(self, outline: Field, colour: Field, *, bulge: float = 1.0, soft: float = 0.0, head: bool = True) -> Patch:
        """Lays a closed outline, shaded as if it were round; bulge 0 is flat. Answers where it was laid."""
        patch = filled(self.head(outline) if head else self.body(outline), size=self.size, soft_px=soft * self.unit)
        self.lay(patch, self.shaded(patch, colour, bulge=bulge))
        return patch

    def shaded(self, patch: Patch, colour: Field, *, bulge: float) -> Field:
        """The colour of each pixel of a patch under this light."""
        if patch.cover.size == 0 or bulge <= 0:
            return colour * self.light.key
        y, x = patch.grid()
        rows, columns = patch.cover.shape
        nx = np.clip((x - patch.left - columns / 2) / (columns / 2), -1, 1)
        ny = np.clip((y - patch.top - rows / 2) / (rows / 2), -1, 1)
        nz = np.sqrt(np.clip(1.15 - nx * nx - 0.55 * ny * ny, 0.02, 1))
        facing = bulge * (nx * self.light.side * 0.66 - ny * 0.32) + nz * 0.55
        edge = 0.26 - 0.14 * self.light.hard
        lit = smoothstep(0.30 - edge, 0.34 + edge, facing)[..., None]
        depth = (0.10 + 0.10 * self.light.hard) * (0.35 + 0.65 * float(colour.max()))
        low = shifted(colour, light=-depth, chroma=1.08) * self.light.shade
        high = np.clip(colour * self.light.key, 0, 1)
        glow = np.clip(facing - 0.62, 0, 1)[..., None] * 0.22
        return np.asarray(np.clip(mix(low, high, lit) + glow * self.light.key, 0, 1))

    def lay(self, patch: Patch, colour: Field, strength: float = 1.0) -> None:
        """Paints a patch and counts it to the person's coverage."""
        area = patch.area
        cover = patch.cover * np.float32(strength)
        self.picture[area] = mix(self.picture[area], colour, cover[..., None])
        self.alpha[area] = np.maximum(self.alpha[area], cover)

    def tint(self, outline: Field, colour: Field, *, strength: float, soft: float, inside: Patch | None = None) -> None:
        """A soft patch of colour on the head, kept inside another patch."""
        patch = filled(self.head(outline), size=self.size, soft_px=soft * self.unit)
        self._stain(patch if inside is None else within(patch, inside), colour, strength)

    def line(self, points: Field, colour: Field, *, widths: tuple[float, ...], strength: float = 1.0) -> None:
        """A brush stroke on the head; widths in head units."""
        outline = stroke(self.head(points), tuple(width * self.unit for width in widths), 32)
        self._stain(filled(outline, size=self.size), colour, strength)

    def _stain(self, patch: Patch, colour: Field, strength: float) -> None:
        area = patch.area
        self.picture[area] = mix(self.picture[area], colour, (patch.cover * np.float32(strength))[..., None])

    def looking(self, points: Field, *, depth: float = 1.0) -> Field:
        """Features of the face, moved the way the head is turned; depth is how far they stand out."""
        moved = points.copy()
        moved[:, 0] = moved[:, 0] * (1 - 0.05 * abs(self.turn)) + self.turn * 0.055 * depth
        return moved


def mirrored(points: list[list[float]]) -> Field:
    """A closed smooth outline from its right half, from top to bottom."""
    right = np.array(points, dtype=np.float32)
    left = right[::-1] * np.array([-1, 1], dtype=np.float32)
    keep = [row for row in left if abs(float(row[0])) > 1e-6]
    return rounded(np.vstack([right, keep]), 200)


def curve(points: list[list[float]], count: int = 120) -> Field:
    """A closed smooth outline."""
    return rounded(np.array(points, dtype=np.float32), count)
