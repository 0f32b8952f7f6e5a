"""Shoulders and what is worn on them. In body coordinates: the neck's foot at y 0.9, y down."""

from collections.abc import Callable, Mapping

import numpy as np

from studio.sandbox.painter.colour import Field, mix, shifted, srgb
from studio.sandbox.painter.land.ink import Patch, filled, oval, stroke, within
from studio.sandbox.painter.noise import cloud, dice
from studio.sandbox.painter.people.bust import Bust, curve, mirrored
from studio.sandbox.painter.people.face import is_child

_FOOT = 2.6
"""How far down the body is drawn: always past the picture's edge."""


def _shoulders(bust: Bust) -> Field:
    man = bust.person.gender == "man" and not is_child(bust)
    wide = 1.02 if man else 0.70 if is_child(bust) else 0.84
    neck = 0.235 if man else 0.185
    return mirrored([
        [0, 0.80], [neck, 0.795], [neck + 0.13, 0.875], [wide * 0.62, 0.955], [wide * 0.88, 1.06], [wide, 1.28],
        [wide + 0.06, 1.75], [wide + 0.10, _FOOT], [0, _FOOT],
    ])  # fmt: skip


def _torso(bust: Bust, colour: Field, *, weave: float = 0.05) -> Patch:
    """The garment's body with soft folds."""
    patch = filled(bust.body(_shoulders(bust)), size=bust.size)
    tone = bust.shaded(patch, colour, bulge=0.75)
    if patch.cover.size:
        rows, columns = patch.cover.shape
        folds = cloud(dice(b"folds", f"{bust.person.face}"), height=rows, width=columns,
                      cells=(2.2 * rows / bust.unit, 5 * columns / bust.unit), octaves=2)  # fmt: skip
        tone = np.clip(tone * (1 + weave * folds[..., None]), 0, 1)
    bust.lay(patch, tone)
    for way in (-1, 1):
        seam = [[way * 0.62, 1.30], [way * 0.58, 1.6], [way * 0.60, 2.2]]
        _crease(bust, seam, patch, shifted(colour, light=-0.14))
    return patch


def _crease(bust: Bust, points: list[list[float]], inside: Patch, colour: Field) -> None:
    ink = filled(bust.body(stroke(np.array(points, dtype=np.float32), (0.004, 0.035, 0.010), 30)), size=bust.size,
                 soft_px=0.012 * bust.unit)  # fmt: skip
    cut = within(ink, inside)
    area = cut.area
    bust.picture[area] = mix(bust.picture[area], colour, (cut.cover * 0.55)[..., None])


def _opening(bust: Bust, outline: Field, colour: Field, *, bulge: float = 0.5) -> Patch:
    """A piece laid on the garment: skin in a neckline, a shirt under a jacket, a lapel."""
    return bust.form(outline, colour, bulge=bulge, head=False)


def _line(bust: Bust, points: list[list[float]], colour: Field, *, wide: float = 0.012, strength: float = 0.8) -> None:
    ink = filled(bust.body(stroke(np.array(points, dtype=np.float32), (wide,), 30)), size=bust.size)
    area = ink.area
    bust.picture[area] = mix(bust.picture[area], colour, (ink.cover * strength)[..., None])


def _jumper(bust: Bust, colour: Field) -> None:
    torso = _torso(bust, colour)
    _ribs(bust, torso, colour)
    collar = mirrored([[0, 0.70], [0.20, 0.66], [0.262, 0.70], [0.285, 0.86], [0.25, 0.94], [0, 0.985]])
    roll = _opening(bust, collar, shifted(colour, light=0.02), bulge=0.8)
    for k in range(-6, 7):
        rib = [[k * 0.040, 0.67], [k * 0.046, 0.97]]
        ink = within(filled(bust.body(stroke(np.array(rib, dtype=np.float32), (0.010,), 8)), size=bust.size), roll)
        area = ink.area
        bust.picture[area] = mix(bust.picture[area], shifted(colour, light=-0.10), (ink.cover * 0.55)[..., None])
    _line(bust, [[-0.24, 0.945], [0, 0.99], [0.24, 0.945]], shifted(colour, light=-0.16), wide=0.016, strength=0.5)


def _ribs(bust: Bust, torso: Patch, colour: Field) -> None:
    """The knit: fine lines running down."""
    if torso.cover.size == 0:
        return
    _, x = torso.grid()
    knit = np.sin((x - bust.middle[0]) / bust.unit * 2 * np.pi * 22) * 0.5 + 0.5
    area = torso.area
    dark = shifted(colour, light=-0.07)
    cover = torso.cover * knit * 0.16
    bust.picture[area] = mix(bust.picture[area], dark * bust.light.key, cover[..., None])


def _tee(bust: Bust, colour: Field) -> None:
    _torso(bust, colour, weave=0.07)
    deep = shifted(bust.colour("skin"), light=-0.02)
    neck = mirrored([[0, 0.74], [0.21, 0.74], [0.285, 0.86], [0.20, 0.985], [0, 1.04]])
    _chin_shade(bust, _opening(bust, neck, deep))
    _line(
        bust,
        [[-0.29, 0.86], [-0.20, 0.99], [0, 1.05], [0.20, 0.99], [0.29, 0.86]],
        shifted(colour, light=-0.08),
        wide=0.035,
    )


def _chin_shade(bust: Bust, inside: Patch) -> None:
    shade = shifted(bust.colour("skin"), light=-0.17, chroma=1.15) * bust.light.shade
    soft = filled(
        bust.body(oval((-bust.light.side * 0.04, 0.66), (0.25, 0.16))), size=bust.size, soft_px=0.05 * bust.unit
    )
    cut = within(soft, inside)
    area = cut.area
    bust.picture[area] = mix(bust.picture[area], shade, (cut.cover * 0.45)[..., None])


def _collarbones(bust: Bust) -> None:
    shade = shifted(bust.colour("skin"), light=-0.10, chroma=1.15)
    for way in (-1, 1):
        _line(bust, [[way * 0.05, 1.06], [way * 0.24, 1.03], [way * 0.46, 1.02]], shade, wide=0.014, strength=0.35)


def _dress(bust: Bust, colour: Field) -> None:
    _chin_shade(bust, _torso(bust, bust.colour("skin"), weave=0.0))
    _collarbones(bust)
    bodice = mirrored([[0, 1.42], [0.16, 1.30], [0.32, 1.20], [0.40, 0.985], [0.48, 0.985], [0.60, 1.30], [0.74, 1.6],
                       [0.9, _FOOT], [0, _FOOT]])  # fmt: skip
    patch = _opening(bust, bodice, colour, bulge=0.8)
    _crease(bust, [[0.30, 1.4], [0.22, 1.7], [0.26, 2.3]], patch, shifted(colour, light=-0.14))
    _crease(bust, [[-0.34, 1.4], [-0.2, 1.8], [-0.24, 2.3]], patch, shifted(colour, light=-0.14))


def _shirt(bust: Bust, colour: Field) -> None:
    _torso(bust, colour, weave=0.08)
    neck = curve([[-0.20, 0.76], [0.20, 0.76], [0.12, 1.0], [0, 1.20], [-0.12, 1.0]], 90)
    _chin_shade(bust, _opening(bust, neck, bust.colour("skin")))
    _line(bust, [[0, 1.18], [0.005, 1.6], [0, _FOOT]], shifted(colour, light=-0.12), wide=0.012, strength=0.6)
    for way in (-1, 1):
        flap = [[way * 0.215, 0.74], [way * 0.30, 0.86], [way * 0.235, 1.085], [way * 0.03, 1.17], [way * 0.13, 0.98]]
        bust.form(np.array(flap, dtype=np.float32), shifted(colour, light=0.045), bulge=0.4, head=False)
        _line(bust, [[way * 0.235, 1.085], [way * 0.03, 1.17]], shifted(colour, light=-0.14), wide=0.012, strength=0.6)
    for k in range(4):
        bust.form(
            oval((0.0, 1.34 + 0.24 * k), (0.016, 0.016), count=20), shifted(colour, light=-0.16), bulge=0.4, head=False
        )


def _suit(bust: Bust, colour: Field) -> None:
    _torso(bust, colour)
    white = srgb("#f3f1ec")
    _opening(
        bust,
        curve([[-0.26, 0.80], [0.26, 0.80], [0.24, 1.1], [0.10, 1.55], [0, 1.75], [-0.10, 1.55], [-0.24, 1.1]], 120),
        white,
    )
    neck = curve([[-0.17, 0.74], [0.17, 0.74], [0.10, 0.93], [0, 1.0], [-0.10, 0.93]], 60)
    _chin_shade(bust, _opening(bust, neck, bust.colour("skin")))
    if bust.person.gender == "man":
        tie = shifted(colour, light=0.02, turn=2.6, chroma=1.6)
        tie = mix(tie, srgb("#8c2f39"), 0.5)
        bust.form(
            np.array([[-0.055, 0.99], [0.055, 0.99], [0.035, 1.09], [-0.035, 1.09]], dtype=np.float32),
            tie,
            bulge=0.5,
            head=False,
        )
        bust.form(np.array([[-0.032, 1.085], [0.032, 1.085], [0.085, 1.62], [0, 1.78], [-0.085, 1.62]],
            dtype=np.float32), tie,
                  bulge=0.6, head=False)  # fmt: skip
    for way in (-1, 1):
        flap = [[way * 0.19, 0.745], [way * 0.285, 0.845], [way * 0.17, 1.06], [way * 0.015, 0.99]]
        bust.form(np.array(flap, dtype=np.float32), white, bulge=0.4, head=False)
        lapel = [[way * 0.29, 0.80], [way * 0.42, 1.02], [way * 0.50, 1.10], [way * 0.40, 1.17], [way * 0.42, 1.26],
                 [way * 0.03, 1.80], [way * 0.10, 1.50], [way * 0.23, 1.08]]  # fmt: skip
        bust.form(np.array(lapel, dtype=np.float32), shifted(colour, light=0.045), bulge=0.5, head=False)
        _line(bust, [[way * 0.42, 1.26], [way * 0.03, 1.80]], shifted(colour, light=-0.14), wide=0.014, strength=0.7)
        _line(
            bust, [[way * 0.50, 1.10], [way * 0.40, 1.17], [way * 0.42, 1.26]], shifted(colour, light=-0.14), wide=0.010
        )


def _hoodie(bust: Bust, colour: Field) -> None:
    hood = mirrored([[0, 0.46], [0.30, 0.50], [0.46, 0.66], [0.52, 0.90], [0.40, 1.04], [0, 1.10]])
    _torso(bust, colour, weave=0.08)
    _opening(bust, hood, shifted(colour, light=-0.07), bulge=0.7)
    _draw_neck_again(bust)
    front = [[-0.50, 0.84], [-0.30, 0.80], [-0.20, 0.95], [0, 1.12], [0.20, 0.95], [0.30, 0.80], [0.50, 0.84],
        [0.44, 1.02],
             [0.16, 1.20], [0, 1.26], [-0.16, 1.20], [-0.44, 1.02]]  # fmt: skip
    bust.form(curve(front, 140), shifted(colour, light=0.03), bulge=0.6, head=False)
    for way in (-1, 1):
        _line(
            bust,
            [[way * 0.11, 1.16], [way * 0.125, 1.35], [way * 0.11, 1.55]],
            srgb("#f0ece3"),
            wide=0.022,
            strength=0.95,
        )


def _draw_neck_again(bust: Bust) -> None:
    n = 0.23 if bust.person.gender == "man" and not is_child(bust) else 0.17
    neck = mirrored([[0, 0.40], [n, 0.42], [n + 0.01, 0.75], [n + 0.06, 0.95], [0, 1.12]])
    _chin_shade(bust, _opening(bust, neck, bust.colour("skin"), bulge=0.8))


def _coat(bust: Bust, colour: Field) -> None:
    under = mix(srgb("#e9e1d3"), colour, 0.12)
    _torso(bust, colour)
    _opening(
        bust,
        curve([[-0.24, 0.80], [0.24, 0.80], [0.27, 1.2], [0.14, 2.0], [0, 2.5], [-0.14, 2.0], [-0.27, 1.2]], 120),
        under,
    )
    collar = mirrored([[0, 0.73], [0.19, 0.70], [0.245, 0.74], [0.255, 0.88], [0.20, 0.95], [0, 0.985]])
    _opening(bust, collar, shifted(under, light=0.03), bulge=0.8)
    for way in (-1, 1):
        lapel = [[way * 0.25, 0.74], [way * 0.44, 0.88], [way * 0.62, 1.16], [way * 0.46, 1.26], [way * 0.48, 1.38],
                 [way * 0.06, 2.1], [way * 0.20, 1.3], [way * 0.22, 0.95]]  # fmt: skip
        bust.form(np.array(lapel, dtype=np.float32), shifted(colour, light=0.05), bulge=0.6, head=False)
        _line(bust, [[way * 0.48, 1.38], [way * 0.06, 2.1]], shifted(colour, light=-0.15), wide=0.016, strength=0.7)
        _line(
            bust, [[way * 0.62, 1.16], [way * 0.46, 1.26], [way * 0.48, 1.38]], shifted(colour, light=-0.15), wide=0.012
        )


_CLOTHES: Mapping[str, Callable[[Bust, Field], None]] = {
    "jumper": _jumper, "tee": _tee, "dress": _dress, "shirt": _shirt, "suit": _suit, "hoodie": _hoodie, "coat": _coat,
}  # fmt: skip


def draw_clothes(bust: Bust) -> None:
    """Shoulders, garment and neckline."""
    _CLOTHES[bust.person.clothes](bust, srgb(bust.person.clothes_colour))
