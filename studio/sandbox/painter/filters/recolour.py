"""The subject, or what is behind it, in another colour: light, shade and shine stay, in Oklab."""

from dataclasses import replace

import numpy as np

from studio.sandbox.painter.colour import Field, from_oklab, mix, smoothstep, srgb, to_oklab
from studio.sandbox.painter.filters.ops import Filters, Op, with_alpha
from studio.sandbox.painter.scene import Canvas, is_colour

FINISHES = ("", "matte", "gloss", "metal")


def is_paint(value: str) -> bool:
    """Whether a line from a record says a paint: "#rrggbb", or with a finish "#rrggbb,matte"."""
    code, _, finish = value.partition(",")
    return is_colour(code) and finish in FINISHES


def _median(plane: Field, cover: Field) -> float:
    inside = plane[cover > 0.6]
    return float(np.median(inside)) if inside.size else 0.5


def _shone(light: Field, body: float, finish: str) -> Field:
    """Lightness with the contrast of its shading as the finish has it, about the body's own."""
    away = light - body
    if finish == "matte":
        return body + np.where(away > 0, np.minimum(away, 0.10 + away * 0.25), away * 0.85)
    if finish in ("gloss", "metal"):
        return body + away * (1.25 if finish == "gloss" else 1.5)
    return light


def painted_over(picture: Field, cover: Field, *, code: str, finish: str = "") -> Field:
    """The covered part of the picture (h, w, 3) in the colour "#rrggbb"; where cover is 0 the very same pixels.

    The body's typical lightness becomes the colour's; shading scales with it, and what shines stays near white.
    """
    lab, goal = to_oklab(picture), to_oklab(srgb(code)[None, :])[0]
    body = _median(lab[..., 0], cover)
    light = _shone(lab[..., 0], body, finish)
    aim = float(np.clip(goal[0], 0.16, 0.97))
    ratio = np.clip(light, 0, 1) / max(body, 0.08)
    shaded = aim * np.where(ratio <= 1, ratio ** (0.9 if aim < 0.85 else 0.55), 1.0)
    # Above the body's own lightness the colour rises towards white as far as the old one did.
    rise = np.clip((light - body) / max(1.0 - body, 0.06), 0, 1)
    # What is lighter than a body that is all but white is its lit side, and takes on the colour: it is no shine.
    rise = rise * (1 - 0.85 * float(np.clip((body - 0.62) / 0.2, 0, 1)))
    shine = rise * (0.9 if finish != "matte" else 0.5)
    new_light = (
        shaded
        + (np.float32(0.985) - shaded) * shine * shine * (0.55 + 0.45 * shine)
        + np.maximum(light - body, 0) * np.float32(0.45) * (1 - shine)
    )
    hold = np.clip(new_light / max(aim, 0.05), 0.25, 1.15) * (1 - smoothstep(0.35, 1.0, shine))
    new = np.stack([np.clip(new_light, 0.02, 0.995), goal[1] * hold, goal[2] * hold], axis=-1).astype(np.float32)
    mixed = mix(picture, from_oklab(new), cover[..., None])
    return np.where(cover[..., None] > 0, mixed, picture).astype(np.float32)


def _recolour(canvas: Canvas, op: Op) -> Canvas:
    canvas, alpha = with_alpha(canvas)
    code, _, finish = op.value.partition(",")
    cover = np.clip(alpha * np.float32(min(1.0, op.amount * 2)), 0, 1)
    return replace(canvas, picture=painted_over(canvas.picture, cover, code=code, finish=finish))


def _repaint_walls(canvas: Canvas, op: Op) -> Canvas:
    """What is behind the subject in another colour, its light and texture kept."""
    canvas, alpha = with_alpha(canvas)
    code, _, finish = op.value.partition(",")
    return replace(canvas, picture=painted_over(canvas.picture, 1 - alpha, code=code, finish=finish))


COLOURS: Filters = {"recolour": _recolour, "recolour background": _repaint_walls}
