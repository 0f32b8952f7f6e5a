"""Light and colour of the whole picture, as a darkroom has them: in linear light or Oklab, never by the raw channel."""

import numpy as np
from PIL import Image, ImageFilter

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
from studio.sandbox.painter.filters.ops import (
    HALVES,
    Filters,
    Op,
    across,
    as_field,
    as_image,
    blurred_picture,
    toned,
    with_picture,
    within,
)
from studio.sandbox.painter.noise import blurred, dice, stretched
from studio.sandbox.painter.scene import Canvas

_STOPS = 0.75
"""Of exposure, in photographic stops, for amount 1."""
_FULL_CHROMA = 0.22
"""Oklab chroma of about the most colourful thing a screen shows at middle lightness."""


def grey_of(picture: Field) -> Field:
    """The plane a panchromatic film sees: luminance in linear light, encoded again."""
    return to_srgb(to_linear(picture) @ LUMA)


def _sigmoid(plane: Field, amount: float) -> Field:
    """An S-curve through (0, 0), (½, ½) and (1, 1); below 0 its opposite, a flatter middle."""
    bent: Field = plane + amount * 2 * (plane - 0.5) * plane * (1 - plane)
    return bent


def monochrome(canvas: Canvas, op: Op) -> Canvas:
    grey = np.clip(_sigmoid(grey_of(canvas.picture), 0.35), 0, 1)
    return with_picture(canvas, mix(canvas.picture, grey[..., None], min(1.0, op.amount)))


def contrast(canvas: Canvas, op: Op) -> Canvas:
    """Lightness spread about the picture's own middle; chroma goes with it by half."""
    lab = to_oklab(canvas.picture)
    light = lab[..., 0]
    new: Field
    middle = float(np.clip(np.median(light[::4, ::4]), 0.35, 0.75))
    if op.amount >= 0:
        # The curve's middle is moved to the picture's: a power first, then the S, then back.
        power = np.log(0.5) / np.log(middle)
        bent = np.clip(_sigmoid(np.clip(light, 0, 1) ** np.float32(power), 1.0 * op.amount), 0, 1)
        new = bent ** np.float32(1 / power)
    else:
        new = middle + (light - middle) * np.float32(max(0.1, 1 + 0.38 * op.amount))
    scale = np.clip(1 + 0.5 * (new / np.maximum(light, 0.05) - 1) + 0.12 * op.amount, 0.3, 1.6)
    return with_picture(canvas, from_oklab(np.concatenate([new[..., None], lab[..., 1:] * scale[..., None]], axis=-1)))


def warmth(canvas: Canvas, op: Op) -> Canvas:
    """The white point moved along the daylight line, luminance kept."""
    gains = 2.0 ** (np.array([0.27, 0.01, -0.46], dtype=np.float32) * np.float32(op.amount))
    lit = to_linear(canvas.picture)
    return with_picture(canvas, to_srgb(lit * (gains / float(gains @ LUMA))))


def tint(canvas: Canvas, op: Op) -> Canvas:
    """A cast of the value's hue, or with a negative amount that hue taken out."""
    lab, goal = to_oklab(canvas.picture), to_oklab(srgb(op.value)[None, :])[0]
    chroma = max(float(np.hypot(goal[1], goal[2])), 0.02)
    push = goal[1:] / chroma * np.float32(0.045 * op.amount)
    lab[..., 1:] += push * np.clip(lab[..., :1] * 3, 0, 1) * np.clip((1.04 - lab[..., :1]) * 5, 0, 1)
    return with_picture(canvas, from_oklab(lab))


def exposure(canvas: Canvas, op: Op) -> Canvas:
    """Stops of light; going up, highlights roll off and white stays white."""
    lit, gain = to_linear(canvas.picture), np.float32(2.0 ** (_STOPS * op.amount))
    lit = lit * gain / (1 + lit * (gain - 1)) if gain > 1 else lit * gain
    return with_picture(canvas, to_srgb(lit))


def _by_lightness(canvas: Canvas, amount: float, *, dark: bool) -> Canvas:
    """Lightness moved in the shadows or the highlights of the blurred picture, so that local contrast stays."""
    lab = to_oklab(canvas.picture)
    light = lab[..., 0]
    wide = mix(light, blurred(light, max(2.0, min(light.shape) / 40)), 0.6)
    weight = 1 - smoothstep(0.15, 0.68, wide) if dark else smoothstep(0.55, 0.95, wide)
    moved = np.clip(light * (1 + 0.42 * amount * weight) + (0.035 if dark else 0.0) * amount * weight, 0, 1)
    scale = np.clip(moved / np.maximum(light, 0.04), 0.4, 1.5)[..., None]
    return with_picture(canvas, from_oklab(np.concatenate([moved[..., None], lab[..., 1:] * scale], axis=-1)))


def shadows(canvas: Canvas, op: Op) -> Canvas:
    return _by_lightness(canvas, op.amount, dark=True)


def highlights(canvas: Canvas, op: Op) -> Canvas:
    return _by_lightness(canvas, 0.55 * op.amount, dark=False)


def saturation(canvas: Canvas, op: Op) -> Canvas:
    lab = to_oklab(canvas.picture)
    lab[..., 1:] *= np.float32(max(0.0, 1 + 0.48 * op.amount))
    return with_picture(canvas, from_oklab(lab))


def vibrance(canvas: Canvas, op: Op) -> Canvas:
    """Chroma raised where it is low; colours that are strong already are spared, and a grey gets no cast."""
    lab = to_oklab(canvas.picture)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    room = np.clip(1 - chroma / _FULL_CHROMA, 0, 1)
    room *= room * (0.3 + 0.7 * smoothstep(0.01, 0.045, chroma))
    lab[..., 1:] *= np.maximum(0, 1 + np.float32(1.15 * op.amount) * room)[..., None]
    return with_picture(canvas, from_oklab(lab))


def clarity(canvas: Canvas, op: Op) -> Canvas:
    """Local contrast in the middle tones, at the scale of things rather than of edges."""
    grey = luma(canvas.picture)
    detail = grey - blurred(grey, max(2.0, min(grey.shape) / 28))
    lift = detail * np.float32(0.75 * op.amount) * np.clip(4 * grey * (1 - grey), 0, 1)
    return with_picture(canvas, canvas.picture + lift[..., None])


def dehaze(canvas: Canvas, op: Op) -> Canvas:
    """The veil estimated as the dark channel, taken off; contrast and colour come back."""
    height, width = canvas.picture.shape[:2]
    size = (max(8, width // 8), max(8, height // 8))
    darkest = as_image(canvas.picture.min(axis=-1)).resize(size, Image.Resampling.BOX).filter(ImageFilter.MinFilter(5))
    veil = np.clip(stretched(blurred(as_field(darkest), 3), height=height, width=width), 0, 0.85)[..., None]
    air = float(np.percentile(canvas.picture[::8, ::8], 98))
    clear = 1 - np.float32(0.72 * min(1.2, op.amount)) * veil / max(air, 0.3)
    return with_picture(canvas, (canvas.picture - air) / np.maximum(clear, 0.25) + air)


def fade(canvas: Canvas, op: Op) -> Canvas:
    """Blacks lifted and whites lowered, as an old print has them."""
    lift = np.array([0.105, 0.10, 0.12], dtype=np.float32) * np.float32(op.amount)
    return with_picture(canvas, lift + canvas.picture * (1 - lift - np.float32(0.045 * op.amount)))


def split(canvas: Canvas, op: Op) -> Canvas:
    """Shadows towards the value's first colour, highlights towards its second."""
    dark, light = (to_oklab(srgb(code)[None, :])[0] for code in op.value.split(",")[:2])
    lab = to_oklab(canvas.picture)
    high = smoothstep(0.25, 0.85, lab[..., 0])[..., None]
    cast = mix(dark[1:], light[1:], high) * np.float32(0.5 * op.amount)
    edge = np.clip(lab[..., :1] * 4, 0, 1) * np.clip((1.02 - lab[..., :1]) * 6, 0, 1)
    lab[..., 1:] = lab[..., 1:] * np.float32(1 - 0.12 * min(1, abs(op.amount))) + cast * edge
    return with_picture(canvas, from_oklab(lab))


def sepia(canvas: Canvas, op: Op) -> Canvas:
    stops = [(0.0, srgb("#1a110b")), (0.3, srgb("#58402c")), (0.65, srgb("#b8956c")), (1.0, srgb("#fdf3df"))]
    tone = toned(_sigmoid(grey_of(canvas.picture), 0.2), stops)
    return with_picture(canvas, mix(canvas.picture, tone, min(1.0, 0.98 * op.amount)))


def duotone(canvas: Canvas, op: Op) -> Canvas:
    """Every colour on the line from the value's first colour (dark) to its second (light)."""
    first, _, second = op.value.partition(",")
    grey = grey_of(canvas.picture)
    low, high = (float(n) for n in np.percentile(grey[::4, ::4], (1, 99)))
    spread = np.clip((grey - low) / max(high - low, 0.15), 0, 1)
    printed = toned(_sigmoid(spread, 0.35), [(0.0, srgb(first)), (1.0, srgb(second))])
    return with_picture(canvas, mix(canvas.picture, printed, min(1.0, max(0.0, op.amount))))


def invert(canvas: Canvas, op: Op) -> Canvas:
    return with_picture(canvas, mix(canvas.picture, 1 - canvas.picture, min(1.0, max(0.0, op.amount))))


def vignette(canvas: Canvas, op: Op) -> Canvas:
    """Light falling off to the corners; a negative amount lifts them. The middle stays as it is."""
    y, x = across(*canvas.picture.shape[:2])
    fall = smoothstep(0.42, 1.42, np.hypot(x * 1.02, y * 0.98))[..., None]
    stops = np.float32(2.1 * op.amount if op.amount > 0 else 1.1 * op.amount)
    lit = to_linear(canvas.picture) * 2.0 ** (-stops * fall)
    return with_picture(canvas, np.where(fall > 0, to_srgb(lit), canvas.picture))


def grain(canvas: Canvas, op: Op) -> Canvas:
    """Film grain: strongest in the middle tones, none in pure black and white, the mean unchanged."""
    height, width = canvas.picture.shape[:2]
    rng = dice(b"grain", op.value)
    fine = rng.standard_normal((height, width), dtype=np.float32)
    size = max(1.0, min(height, width) / 700)
    coarse = stretched(
        rng.standard_normal((int(height / size / 1.7) + 2, int(width / size / 1.7) + 2), dtype=np.float32),
        height=height, width=width,
    )  # fmt: skip
    noise = 0.62 * fine + 0.62 * coarse
    noise -= noise.mean()
    grey = luma(canvas.picture)
    weight = np.clip(4.6 * grey * (1 - grey), 0, 1) ** 0.6
    return with_picture(canvas, canvas.picture + (noise * weight * np.float32(0.052 * op.amount))[..., None])


def sharpen(canvas: Canvas, op: Op) -> Canvas:
    """Unsharp masking of the luminance at two radii; a negative amount softens."""
    grey = luma(canvas.picture)
    size = min(grey.shape)
    if op.amount < 0:
        soft = blurred_picture(canvas.picture, max(0.8, size / 420 * -op.amount))
        return with_picture(canvas, mix(canvas.picture, soft, min(1.0, 0.3 - 0.5 * op.amount)))
    fine, wide = grey - blurred(grey, max(0.8, size / 900)), grey - blurred(grey, max(1.6, size / 260))
    return with_picture(canvas, canvas.picture + ((0.9 * fine + 0.45 * wide) * np.float32(op.amount))[..., None])


def denoise(canvas: Canvas, op: Op) -> Canvas:
    """A median of the chroma and, where it is flat, of the lightness."""
    calm = as_field(as_image(canvas.picture).filter(ImageFilter.MedianFilter(3)))
    calm = mix(calm, blurred_picture(calm, 1.2), 0.6)
    grey = luma(calm)
    flat = 1 - smoothstep(0.03, 0.12, blurred(np.abs(grey - blurred(grey, 3.0)) * 2, 2.0))
    return with_picture(canvas, mix(canvas.picture, calm, (flat * min(1.0, op.amount))[..., None]))


def blur(canvas: Canvas, op: Op) -> Canvas:
    return with_picture(canvas, blurred_picture(canvas.picture, min(canvas.picture.shape[:2]) / 90 * op.amount))


def glow(canvas: Canvas, op: Op) -> Canvas:
    """Soft focus: the sharp picture with its own blurred light laid over it."""
    size = min(canvas.picture.shape[:2])
    lit = to_linear(blurred_picture(canvas.picture, size / 55))
    lit = 1 - (1 - to_linear(canvas.picture)) * (1 - np.float32(0.45) * lit)
    soft = mix(to_srgb(lit), blurred_picture(canvas.picture, max(1.5, size / 190)), 0.35)
    return with_picture(canvas, mix(canvas.picture, soft, min(1.0, 0.85 * op.amount)))


def gradient(canvas: Canvas, op: Op) -> Canvas:
    """A wash from the value's first colour to its second ("" is none), in the direction it names in degrees.

    0° runs left to right, 90° top to bottom. Hue and chroma are laid over the picture; lightness follows a little.
    """
    first, second, angle = op.value.split(",")
    height, width = canvas.picture.shape[:2]
    y, x = across(height, width)
    turn = np.radians(float(angle))
    along = x * np.float32(np.cos(turn)) + y * np.float32(np.sin(turn))
    along = smoothstep(0, 1, (along - along.min()) / max(float(np.ptp(along)), 1e-6))[..., None]
    ends = [to_oklab(srgb(code or first or second)[None, :])[0] for code in (first, second)]
    wash = mix(ends[0], ends[1], along)
    cover: Field = np.full_like(along, min(0.95, 0.62 * op.amount))
    if not first or not second:
        cover = cover * (along if not first else 1 - along)
    lab = to_oklab(canvas.picture)
    hold = np.concatenate([np.full_like(along, 0.45), np.ones_like(along), np.ones_like(along)], axis=-1)
    return with_picture(canvas, from_oklab(lab + (wash - lab) * cover * hold))


_GRADES: Filters = {
    "contrast": contrast, "warmth": warmth, "exposure": exposure, "saturation": saturation, "vibrance": vibrance,
    "shadows": shadows, "highlights": highlights, "clarity": clarity, "sharpen": sharpen, "blur": blur,
    "monochrome": monochrome, "sepia": sepia, "invert": invert,
}  # fmt: skip
REGIONS = ("subject", "background", *HALVES)


def _graded(name: str) -> Filters:
    """The grade under its name; a value that names a region keeps it there."""

    def grade(canvas: Canvas, op: Op) -> Canvas:
        change = _GRADES[name]
        return (within(change, op.value) if op.value in REGIONS else change)(canvas, op)

    return {name: grade}


GRADES = tuple(_GRADES)
TONES: Filters = {
    **{key: grade for name in _GRADES for key, grade in _graded(name).items()},
    "tint": tint, "dehaze": dehaze, "fade": fade, "split": split, "duotone": duotone,
    "vignette": vignette, "grain": grain, "denoise": denoise, "glow": glow, "gradient": gradient,
}  # fmt: skip
