"""People: one to five stylised busts before a backdrop."""

from dataclasses import replace

import numpy as np

from studio.sandbox.painter.colour import Field, mix, shifted, smoothstep, srgb
from studio.sandbox.painter.filters.objects import place_things
from studio.sandbox.painter.filters.whereabouts import Placing
from studio.sandbox.painter.land.landscape import paint_landscape
from studio.sandbox.painter.noise import blurred, cloud, dice, moved
from studio.sandbox.painter.people.bust import Bust, Lighting
from studio.sandbox.painter.people.clothes import draw_clothes
from studio.sandbox.painter.people.face import draw_brows, draw_eyes, draw_face, draw_mouth, draw_neck, draw_nose
from studio.sandbox.painter.people.hair import (
    draw_beard,
    draw_earrings,
    draw_glasses,
    draw_hair,
    draw_hair_behind,
    draw_headwear,
)
from studio.sandbox.painter.people.person import Person
from studio.sandbox.painter.scene import Canvas, Item, Scene
from studio.sandbox.painter.vocabulary import vocabulary

_WALLS = ("#d9cfc0", "#c9d0c4", "#d8b9a4", "#b9c4cf", "#cdbfd2", "#e0c69a", "#a8bdb6", "#c98f78", "#8fa3ad")
_BUST_CM = 62.0
"""What a portrait shows of a person."""
_DARK = ("night", "neon", "drama", "candle")


def lighting_of(light: str, *, side: float) -> Lighting:
    """How a mood of light falls on a face."""
    mood = vocabulary().lights.get(light, vocabulary().lights["soft"])
    white = np.ones(3, dtype=np.float32)
    hard = {"drama": 0.95, "candle": 0.8, "night": 0.75, "golden": 0.6, "neon": 0.7, "noon": 0.45}.get(light, 0.28)
    key = mix(white, srgb(mood.key), 0.42) * np.float32(1.02 if light not in _DARK else 0.95)
    shade = mix(white, srgb(mood.fill), 0.45) * np.float32(0.62 if light in _DARK else 0.88)
    rim = (
        srgb("#ffd9a0")
        if light in ("golden", "drama", "candle")
        else srgb(mood.fill)
        if light == "neon"
        else srgb("#eef4ff")
    )
    strength = {"drama": 0.75, "candle": 0.5, "golden": 0.6, "neon": 0.85, "night": 0.55}.get(light, 0.22)
    return Lighting(key=key, shade=shade, hard=hard, side=side, rim=rim, rim_strength=strength)


def draw_person(bust: Bust) -> None:
    """Someone, from what is farthest to what is nearest, in place."""
    draw_hair_behind(bust)
    draw_neck(bust)
    draw_clothes(bust)
    face = draw_face(bust)
    draw_beard(bust)
    draw_nose(bust, face)
    draw_mouth(bust)
    draw_eyes(bust)
    draw_brows(bust)
    draw_hair(bust)
    draw_earrings(bust)
    draw_glasses(bust)
    draw_headwear(bust)


_LOW = 0.66
"""A row of people that is lower than this share of the picture is set in two, every other one standing behind."""
_ROW_STEP = 0.66


def paint_people(ground: Field, people: tuple[Person, ...], *, light: str, seed: bytes, rim: bool = False) -> Canvas:
    """People on a picture (h, w, 3), side by side; the seed decides how they hold their heads and where light is."""
    height, width = ground.shape[:2]
    rng = dice(seed, "sitting")
    lighting = lighting_of(light, side=-1.0 if rng.random() < 0.6 else 1.0)
    if rim:
        lighting = replace(lighting, rim_strength=max(lighting.rim_strength, 0.85))
    picture, alpha = ground.astype(np.float32).copy(), np.zeros((height, width), dtype=np.float32)
    count = len(people)
    unit = min(height / 2.32, width / (1.80 + 1.02 * (count - 1)))
    rows = count > 3 and unit * 2.32 < _LOW * height
    if rows:
        unit = min(height / 3.3, width / (1.80 + _ROW_STEP * (count - 1)))
    step = (_ROW_STEP * unit if rows else width / count) if count > 1 else 0.0
    behind = [0.95 * unit if rows and k % 2 == 0 else 0.0 for k in range(count)]
    for k in sorted(range(count), key=lambda k: (-behind[k], -abs(k - (count - 1) / 2))):
        child = people[k].age == "child"
        tall = people[k].hair in ("bun", "afro") or people[k].head == "hat"
        own = unit * (0.86 if child else 0.90 if tall else 1.0) * float(rng.uniform(0.97, 1.03))
        x = (
            width / 2
            + (k - (count - 1) / 2) * min(step, unit * 1.30)
            + (float(rng.uniform(-0.10, 0.10)) * unit if count == 1 else 0)
        )
        y = (
            height
            - unit * 1.42
            - behind[k]
            + (unit * 0.30 if child else unit * 0.14 if tall else 0)
            + float(rng.uniform(-0.03, 0.03)) * unit
        )
        plane = np.zeros_like(alpha)
        bust = Bust(
            picture=picture, alpha=plane, person=people[k], light=lighting, middle=(x, y), unit=own,
            tilt=float(rng.uniform(-0.075, 0.075)), turn=float(rng.uniform(-0.9, 0.9)),
        )  # fmt: skip
        _grounding(picture, bust)
        draw_person(bust)
        _rim(bust)
        alpha = np.maximum(alpha, plane)
    return Canvas(picture=np.clip(picture, 0, 1), alpha=alpha)


def _grounding(picture: Field, bust: Bust) -> None:
    """A little shade behind, so that the figure stands off its ground."""
    height, width = bust.size
    y, x = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)[None, :]
    away = np.hypot(
        (x - bust.middle[0] + bust.light.side * bust.unit * 0.16) / 0.80, (y - bust.middle[1] - bust.unit * 0.3)
    )
    picture *= (1 - 0.16 * np.exp(-((away / (bust.unit * 0.85)) ** 2)))[..., None]


def _rim(bust: Bust) -> None:
    """Light from behind along the edge away from the key."""
    unit = bust.unit
    reach = max(1, round(unit * 0.016))
    edge = np.clip(bust.alpha - moved(bust.alpha, down=reach // 2, right=round(bust.light.side * reach)), 0, 1)
    soft = np.clip(blurred(edge, max(0.6, unit * 0.010)) * 1.5, 0, 1) * bust.alpha
    glow = (soft * bust.light.rim_strength)[..., None] * bust.light.rim
    bust.picture[:] = 1 - (1 - bust.picture) * (1 - np.clip(glow, 0, 1))


def backdrop(size: tuple[int, int], *, wall: str, light: str, seed: bytes) -> Field:
    """A painted studio ground (h, w, 3): a wash of light, sometimes a disc or an arch of another tone behind."""
    width, height = size
    rng = dice(seed, "backdrop")
    mood = vocabulary().lights.get(light, vocabulary().lights["soft"])
    base = srgb(wall or _WALLS[int(rng.integers(len(_WALLS)))])
    base = mix(base, srgb(mood.wall), 0.0 if wall else 0.30)
    if light in _DARK and not wall:
        base = mix(srgb(mood.wall), base * np.float32(0.35), 0.4)
    y = (np.arange(height, dtype=np.float32)[:, None] - height * 0.42) / height
    x = (np.arange(width, dtype=np.float32)[None, :] - width * 0.5) / height
    side = float(rng.uniform(-0.25, 0.25))
    wash = np.exp(-(((x - side) ** 2) / 0.50 + (y * y) / 0.42))
    drift = cloud(rng, height=height, width=width, cells=(3, 3 * width / height), octaves=3) * 0.012
    tone = (0.80 + 0.26 * wash + drift)[..., None]
    picture = np.clip(base * tone, 0, 1)
    style = float(rng.random())
    accent = shifted(base, light=0.075 if light not in _DARK else 0.05, chroma=1.35, turn=float(rng.uniform(-0.5, 0.5)))
    unit = min(height, width * 1.3)
    if style < 0.45:
        away = np.hypot((x - side * 0.3) * height, (y + 0.03) * height) / unit
        shape = 1 - smoothstep(0.385, 0.385 + 1.6 / unit, away)
    elif style < 0.65:
        crown = np.where(y < 0, np.hypot(x, y), np.abs(x)) * height / unit
        shape = np.broadcast_to(1 - smoothstep(0.36, 0.36 + 1.6 / unit, crown), (height, width))
    else:
        return picture.astype(np.float32)
    return mix(picture, np.clip(accent * tone, 0, 1), (shape * 0.85)[..., None]).astype(np.float32)


def _behind(scene: Scene, size: tuple[int, int]) -> Field:
    """The backdrop of a scene: its landscape out of focus, or the studio's wall."""
    width, height = size
    if not scene.setting:
        return backdrop(size, wall=scene.wall, light=scene.light, seed=scene.seed)
    small = (max(64, width // 2), max(64, height // 2))
    land = replace(scene, kind=scene.setting, people=(), setting="")  # type: ignore[arg-type]
    view = paint_landscape(land, width=small[0], height=small[1]).picture
    radius = max(1.5, min(small) / 60)
    soft = np.stack([blurred(view[..., i], radius) for i in range(3)], axis=-1)
    rows = np.linspace(0, small[1] - 1, height)
    columns = np.linspace(0, small[0] - 1, width)
    return np.ascontiguousarray(_enlarged(soft, rows, columns))


def _enlarged(picture: Field, rows: Field, columns: Field) -> Field:
    """A soft picture sampled between its pixels."""
    top, left = rows.astype(int), columns.astype(int)
    below, right = np.minimum(top + 1, picture.shape[0] - 1), np.minimum(left + 1, picture.shape[1] - 1)
    v, u = (rows - top).astype(np.float32)[:, None, None], (columns - left).astype(np.float32)[None, :, None]
    upper = mix(picture[top][:, left], picture[top][:, right], u)
    return mix(upper, mix(picture[below][:, left], picture[below][:, right], u), v)


def paint_portrait(scene: Scene, *, width: int, height: int) -> Canvas:
    """The people of a scene. sRGB floats; alpha is everyone's coverage."""
    ground = _behind(scene, (width, height))
    if scene.bare:
        return Canvas(picture=ground)
    canvas = paint_people(ground, scene.people, light=scene.light, seed=scene.seed, rim=scene.rim)
    for k, item in enumerate(scene.items):
        canvas = place_things(canvas, _at_hand(scene, item, k))
    return canvas


def _at_hand(scene: Scene, item: Item, index: int) -> Placing:
    """What someone has with them, in front of them at one side."""
    subject = vocabulary().subjects[item.subject]
    least, most = (9.0, 12.0) if subject.flat else (14.0, 34.0)
    return Placing(
        subject=item.subject, place=("bottom-right", "bottom-left")[index % 2], colour=item.colour, finish=item.finish,
        height_cm=float(np.clip(subject.height_cm, least, most)), beside_cm=_BUST_CM, seed=scene.seed.hex(),
    )  # fmt: skip
