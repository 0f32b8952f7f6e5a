"""Whether letters can be read where they stand: WCAG 2.2 contrast, and the softest scrim that gives enough of it."""

from dataclasses import dataclass

import numpy as np

from studio.sandbox.painter.colour import LUMA, Field, mix, srgb, to_linear

ENOUGH = 4.5
"""Contrast of text and ground: WCAG 2.2, success criterion 1.4.3."""
_AIM = 4.75
_LIGHT, _DARK = "#fffdf7", "#17181b"
_MOST_SAMPLES = 6000
_LIGHT_RIM = 0.3


@dataclass(frozen=True, slots=True)
class Inking:
    """The letters' colour, and what is laid under them: a colour, and how much of it (0 for none)."""

    colour: Field
    scrim: Field
    strength: float


def light_of(colours: Field) -> Field:
    """Relative luminance of sRGB floats (…, 3)."""
    plane: Field = to_linear(colours) @ LUMA
    return plane


def contrast(first: Field, second: Field) -> Field:
    """Contrast ratios of two relative luminances, 1–21."""
    ratio: Field = (np.maximum(first, second) + 0.05) / (np.minimum(first, second) + 0.05)
    return ratio


def _worst(colour: Field, ground: Field) -> float:
    """The contrast nearly all of the ground's pixels give."""
    ratios = contrast(light_of(colour[None, :]), light_of(ground))
    return float(np.percentile(ratios, 2))


def _scrimmed(colour: Field, ground: Field, tone: Field) -> float:
    """How much of the tone the ground needs, 1 and more when no amount is enough."""
    for strength in np.arange(0.0, 1.0, 0.04):
        if _worst(colour, mix(ground, tone, float(strength))) >= _AIM:
            return float(strength)
    return 1.0 + ENOUGH - min(ENOUGH, _worst(colour, tone[None, :]))


def _cost(way: Inking) -> float:
    """How much the help the letters need shows: a light rim looks stuck on, a dark one is taken for their shadow."""
    return way.strength + (_LIGHT_RIM if way.strength > 0 and light_of(way.scrim) > 0.5 else 0.0)


def readable(ground: Field, wished: str = "") -> Inking:
    """How to ink letters on the ground's pixels (n, 3): the colour wished, else the one that needs least help."""
    samples = ground.reshape(-1, 3)
    samples = samples[:: max(1, len(samples) // _MOST_SAMPLES)]
    inks = (wished,) if wished else (_LIGHT, _DARK)
    ways = [Inking(srgb(ink), srgb(tone), _scrimmed(srgb(ink), samples, srgb(tone)))
            for ink in inks for tone in ("#0d0e11", "#fbf9f4")]  # fmt: skip
    calmest = min(_cost(way) for way in ways)
    best = [way for way in ways if _cost(way) <= calmest + 1e-6]
    chosen = max(best, key=lambda way: _worst(way.colour, samples))
    return Inking(chosen.colour, chosen.scrim, min(chosen.strength, 0.96))
