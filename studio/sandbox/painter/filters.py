"""The changes made to a finished picture: Canvas to Canvas; amount 1 is "as said", 0.5 "a bit", 1.6 "much"."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageFilter

from studio.sandbox.painter.colour import Field, from_oklab, luma, mix, ramp, smoothstep, srgb, to_oklab
from studio.sandbox.painter.graphic import with_text
from studio.sandbox.painter.matte import subject_alpha
from studio.sandbox.painter.noise import blurred, cloud, dice
from studio.sandbox.painter.scene import Canvas
from studio.sandbox.painter.weather import add_extra


@dataclass(frozen=True, slots=True)
class Op:
    """One change: its name in FILTERS, how strongly, and its colour, words or seed where it has one."""

    name: str
    amount: float = 1.0
    value: str = ""


Filter = Callable[[Canvas, Op], Canvas]


def _with(canvas: Canvas, picture: Field) -> Canvas:
    return replace(canvas, picture=np.clip(picture, 0, 1).astype(np.float32))


def with_alpha(canvas: Canvas) -> tuple[Canvas, Field]:
    """The canvas and its subject's coverage, found where it was not known."""
    if canvas.alpha is not None:
        return canvas, canvas.alpha
    alpha = subject_alpha(canvas.picture)
    return replace(canvas, alpha=alpha), alpha


def _curve(picture: Field, amount: float) -> Field:
    steep = picture - 0.5
    bent: Field = picture + amount * steep * (1 - np.abs(steep) * 2) * 1.1
    return bent


def _monochrome(canvas: Canvas, op: Op) -> Canvas:
    grey = _curve(luma(canvas.picture), 0.55 * op.amount)
    return _with(canvas, np.repeat(grey[..., None], 3, axis=-1))


def _contrast(canvas: Canvas, op: Op) -> Canvas:
    return _with(canvas, _curve(canvas.picture, 0.75 * op.amount))


def _warmth(canvas: Canvas, op: Op) -> Canvas:
    gains = np.array([1 + 0.11 * op.amount, 1 + 0.012 * op.amount, 1 - 0.17 * op.amount], dtype=np.float32)
    lit = canvas.picture * gains
    return _with(canvas, lit + np.array([0.018, 0.004, -0.022], dtype=np.float32) * np.float32(op.amount))


def _exposure(canvas: Canvas, op: Op) -> Canvas:
    power = 2.0 ** (-0.62 * op.amount)
    return _with(canvas, np.clip(canvas.picture, 0, 1) ** np.float32(power))


def _saturation(canvas: Canvas, op: Op) -> Canvas:
    grey = luma(canvas.picture)[..., None]
    return _with(canvas, grey + (canvas.picture - grey) * np.float32(max(0.0, 1 + 0.5 * op.amount)))


def _golden(canvas: Canvas, op: Op) -> Canvas:
    height, width = canvas.picture.shape[:2]
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    sun = np.exp(-((x - 0.12) ** 2 + (y - 0.10) ** 2) / 0.42)
    warm = _warmth(canvas, Op("warmth", 1.25 * op.amount)).picture
    lit = mix(warm * (0.86 + 0.10 * sun)[..., None], srgb("#ffb45e"), (0.42 * op.amount * sun).clip(0, 0.7)[..., None])
    return _with(canvas, lit)


def _night(canvas: Canvas, op: Op) -> Canvas:
    grey = luma(canvas.picture)[..., None]
    moon = mix(canvas.picture, grey * srgb("#a9c0f2"), 0.62)
    height, width = grey.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    fall = 1 - 0.30 * np.clip(x * x + y * y, 0, 1.2)
    return _with(canvas, (moon ** (1 + 0.55 * op.amount)) * (0.72 * fall)[..., None])


def _grounded(canvas: Canvas, ground: Field, *, shadow_strength: float) -> Canvas:
    canvas, alpha = with_alpha(canvas)
    height, width = alpha.shape
    y = np.minimum(np.arange(height), np.arange(height)[::-1])[:, None]
    x = np.minimum(np.arange(width), np.arange(width)[::-1])[None, :]
    inner = smoothstep(0.02, 0.10, np.minimum(y, x) / min(height, width))
    shadow = canvas.shadow if canvas.shadow is not None else np.zeros_like(alpha)
    shade = 1 - shadow_strength * shadow * inner
    clean = alpha * smoothstep(0.0, 0.012, np.minimum(y, x) / min(height, width))
    return _with(canvas, mix(ground * shade[..., None], canvas.picture, clean[..., None]))


def _background(canvas: Canvas, op: Op) -> Canvas:
    height, width = canvas.picture.shape[:2]
    ground = np.broadcast_to(srgb(op.value), (height, width, 3)).astype(np.float32)
    if op.value != "#ffffff":
        y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
        x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
        ground = ground * (1.04 - 0.16 * np.hypot(x - 0.35, y - 0.3))[..., None]
    return _grounded(canvas, ground, shadow_strength=0.32)


def _blur_background(canvas: Canvas, op: Op) -> Canvas:
    canvas, alpha = with_alpha(canvas)
    radius = min(alpha.shape) / 26 * op.amount
    soft = np.stack([blurred(canvas.picture[..., i] * (1 - alpha), radius) for i in range(3)], axis=-1)
    weight = np.maximum(blurred(1 - alpha, radius), 0.02)[..., None]
    return _with(canvas, mix(np.clip(soft / weight, 0, 1), canvas.picture, alpha[..., None]))


def _recolour(canvas: Canvas, op: Op) -> Canvas:
    """The subject in another colour: its hue and chroma move, its light and shade stay."""
    canvas, alpha = with_alpha(canvas)
    lab, goal = to_oklab(canvas.picture), to_oklab(srgb(op.value)[None, :])[0]
    weight = alpha / max(float(alpha.sum()), 1.0)
    mean = (lab * weight[..., None]).sum(axis=(0, 1))
    light = np.clip(lab[..., 0] + (goal[0] - mean[0]) * 0.75, 0.02, 0.99)
    depth = np.clip(light / max(float(goal[0]), 0.05), 0.35, 1.25) * np.clip((1.05 - light) / 0.35, 0, 1)
    new = np.stack([light, goal[1] * depth, goal[2] * depth], axis=-1).astype(np.float32)
    return _with(canvas, mix(canvas.picture, from_oklab(new), alpha[..., None]))


def _text(canvas: Canvas, op: Op) -> Canvas:
    return _with(canvas, with_text(canvas.picture, op.value))


def _extra(canvas: Canvas, op: Op) -> Canvas:
    name, _, seed = op.value.partition(":")
    known = canvas if name != "steam" else with_alpha(canvas)[0]
    return add_extra(known, name, seed=seed.encode(), amount=op.amount)  # type: ignore[arg-type]


def _vignette(canvas: Canvas, op: Op) -> Canvas:
    height, width = canvas.picture.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    return _with(canvas, canvas.picture * (1 - 0.62 * op.amount * smoothstep(0.45, 1.45, np.hypot(x, y)))[..., None])


def _grain(canvas: Canvas, op: Op) -> Canvas:
    height, width = canvas.picture.shape[:2]
    noise = dice(b"grain", op.value).standard_normal((height, width)).astype(np.float32)
    return _with(canvas, canvas.picture + (noise * 0.062 * op.amount)[..., None])


def _sepia(canvas: Canvas, op: Op) -> Canvas:
    tone = ramp([(0.0, srgb("#1d120a")), (0.5, srgb("#9a7350")), (1.0, srgb("#fbeed5"))], luma(canvas.picture))
    return _with(canvas, mix(canvas.picture, tone, min(1.0, 0.95 * op.amount)))


def _duotone(canvas: Canvas, op: Op) -> Canvas:
    first, _, second = op.value.partition(",")
    tone = ramp([(0.0, srgb(first)), (1.0, srgb(second))], smoothstep(0.05, 0.95, luma(canvas.picture)))
    return _with(canvas, tone)


def _pencil(canvas: Canvas, op: Op) -> Canvas:
    grey = luma(canvas.picture)
    size = min(grey.shape)
    dodge = grey / np.maximum(blurred(grey, max(2.0, size / 90)), 0.04)
    lines = np.clip(dodge, 0, 1) ** (3.2 * op.amount)
    rng = dice(b"pencil", "paper")
    hatch = cloud(rng, height=grey.shape[0], width=grey.shape[1], cells=(size / 3, size / 14), octaves=1) * 0.05
    paper = np.clip(lines * (0.58 + 0.42 * grey) + hatch * (1 - grey), 0, 1)
    return _with(canvas, mix(srgb("#25262b"), srgb("#faf7f0"), paper[..., None]))


def _watercolour(canvas: Canvas, op: Op) -> Canvas:
    picture = Image.fromarray((canvas.picture * 255).astype(np.uint8), mode="RGB")
    height, width = canvas.picture.shape[:2]
    small = picture.resize((max(8, width // 2), max(8, height // 2)), Image.Resampling.BOX)
    brush = max(3, int(min(height, width) / 130)) | 1
    flat = small.filter(ImageFilter.MedianFilter(min(brush, 9)))
    wash = np.asarray(flat.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32) / np.float32(255)
    rng = dice(b"watercolour", "paper")
    bloom = cloud(rng, height=height, width=width, cells=(7, 7 * width / height), octaves=4)
    tooth = cloud(rng, height=height, width=width, cells=(height / 4, width / 4), octaves=1)
    grey = luma(wash)
    edges = np.clip(np.abs(grey - blurred(grey, 3.0)) * 5, 0, 0.35)
    wet = mix(wash, np.ones(3, dtype=np.float32), np.clip(0.20 + 0.13 * bloom, 0, 0.5)[..., None])
    painted = wet * (1 - edges + 0.025 * tooth)[..., None]
    return _with(canvas, mix(canvas.picture, painted, min(1.0, 0.6 + 0.4 * op.amount)))


def _posterise(canvas: Canvas, op: Op) -> Canvas:
    steps = 5 if op.amount <= 1 else 4
    soft = np.stack([blurred(canvas.picture[..., i], 1.5) for i in range(3)], axis=-1)
    return _with(canvas, np.rint(np.clip(_curve(soft, 0.4), 0, 1) * (steps - 1)) / (steps - 1))


def _resampled(canvas: Canvas, box: tuple[float, float, float, float]) -> Canvas:
    """The box (left, top, right, bottom; 0–1) of every plane, at the same pixels."""
    height, width = canvas.picture.shape[:2]
    pixels = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)

    def cut(plane: Field) -> Field:
        image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32), mode="F")
        return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC, box=pixels), dtype=np.float32)

    return _mapped(canvas, cut)


def _mapped(canvas: Canvas, change: Callable[[Field], Field]) -> Canvas:
    picture = np.stack([change(canvas.picture[..., i]) for i in range(3)], axis=-1)
    planes = [None if plane is None else np.clip(change(plane), 0, 1) for plane in (canvas.alpha, canvas.shadow)]
    return Canvas(picture=np.clip(picture, 0, 1).astype(np.float32), alpha=planes[0], shadow=planes[1])


def _zoom(canvas: Canvas, op: Op) -> Canvas:
    canvas, alpha = with_alpha(canvas)
    weight = max(float(alpha.sum()), 1.0)
    height, width = alpha.shape
    x = float((alpha.sum(axis=0) * np.arange(width)).sum()) / weight / width
    y = float((alpha.sum(axis=1) * np.arange(height)).sum()) / weight / height
    half = 0.5 / (1 + 0.45 * op.amount)
    x, y = min(max(x, half), 1 - half), min(max(y, half), 1 - half)
    return _resampled(canvas, (x - half, y - half, x + half, y + half))


def _flip(canvas: Canvas, op: Op) -> Canvas:
    return _mapped(canvas, np.flipud if op.value == "vertical" else np.fliplr)


def _rotate(canvas: Canvas, op: Op) -> Canvas:
    """By op.value degrees clockwise, the frame kept: what is missing at the corners is cropped away."""
    degrees = float(op.value)
    height, width = canvas.picture.shape[:2]
    if degrees % 180 == 0:
        return _mapped(canvas, lambda plane: np.ascontiguousarray(plane[::-1, ::-1]))
    angle = np.radians(degrees)
    cover = abs(np.cos(angle)) + abs(np.sin(angle)) * max(width / height, height / width)

    def turn(plane: Field) -> Field:
        image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32), mode="F")
        cos, sin = float(np.cos(angle) / cover), float(np.sin(angle) / cover)
        cx, cy = width / 2, height / 2
        matrix = (cos, sin, cx - cos * cx - sin * cy, -sin, cos, cy + sin * cx - cos * cy)
        return np.asarray(
            image.transform((width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC), dtype=np.float32
        )

    return _mapped(canvas, turn)


def palette_transfer(canvas: Canvas, model: Field, amount: float = 1.0) -> Canvas:
    """Mean and spread of each Oklab channel moved to those of the model picture."""
    lab, goal = to_oklab(canvas.picture), to_oklab(model).reshape(-1, 3)
    flat = lab.reshape(-1, 3)
    gain = np.clip(goal.std(axis=0) / np.maximum(flat.std(axis=0), 0.01), 0.4, 2.2)
    moved = (lab - flat.mean(axis=0)) * gain + goal.mean(axis=0)
    return _with(canvas, mix(canvas.picture, from_oklab(moved.astype(np.float32)), min(1.0, 0.85 * amount)))


def _nudge(canvas: Canvas, op: Op) -> Canvas:
    """The mild change made when the words were not understood: a little contrast, light and warmth."""
    lit = _exposure(_contrast(canvas, Op("contrast", 0.35 * op.amount)), Op("exposure", 0.16))
    return _vignette(_warmth(lit, Op("warmth", 0.25)), Op("vignette", 0.3))


FILTERS: Mapping[str, Filter] = {
    "monochrome": _monochrome, "contrast": _contrast, "warmth": _warmth, "exposure": _exposure,
    "saturation": _saturation, "golden": _golden, "night": _night, "background": _background,
    "blur background": _blur_background,
    "recolour": _recolour, "text": _text, "extra": _extra, "vignette": _vignette, "grain": _grain, "sepia": _sepia,
    "duotone": _duotone, "pencil": _pencil, "watercolour": _watercolour, "posterise": _posterise, "zoom": _zoom,
    "flip": _flip, "rotate": _rotate, "nudge": _nudge,
}  # fmt: skip


def apply_op(canvas: Canvas, op: Op) -> Canvas:
    return FILTERS[op.name](canvas, op)
