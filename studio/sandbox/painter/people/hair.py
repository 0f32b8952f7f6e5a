"""Hair by length and style, beards, glasses and what is worn on a head."""

import numpy as np

from studio.sandbox.painter.colour import Field, mix, shifted, smoothstep, srgb
from studio.sandbox.painter.land.ink import Patch, filled, oval, stroke, within
from studio.sandbox.painter.noise import cloud, dice, line
from studio.sandbox.painter.people.bust import Bust, curve, mirrored
from studio.sandbox.painter.people.face import face_outline, is_child

_COVERED = ("hijab",)
_LONG = ("long", "wavy", "bob")


def _fallen(bust: Bust, patch: Patch, colour: Field, *, crown: tuple[float, float] = (0.06, -0.62)) -> Field:
    """Hair running away from the crown, with a soft ring of light."""
    if patch.cover.size == 0:
        return colour
    middle = bust.head(np.array([crown], dtype=np.float32))[0]
    y, x = patch.grid()
    dx, dy = (x - middle[0]) / bust.unit, (y - middle[1]) / bust.unit
    away = np.hypot(dx, dy)
    rng = dice(b"strands", f"{bust.person.hair}{bust.person.face}")
    wave = 0.05 * np.sin(away * 13) if bust.person.hair in ("wavy", "curly") else 0.0
    angle = np.arctan2(dx, dy + 0.35) + wave
    strands = np.interp(angle, np.linspace(-np.pi, np.pi, 900), line(rng, width=900, cells=70, octaves=4)).astype(
        np.float32
    )
    ring = np.exp(-(((away - 0.36) / 0.11) ** 2)) * np.clip(0.45 + dx * bust.light.side * 1.3, 0, 1)
    body = bust.shaded(patch, colour, bulge=0.85)
    body = body * (1 + 0.20 * strands[..., None])
    shine = shifted(colour, light=0.20, chroma=0.9)
    body = mix(body, shine * bust.light.key, np.clip(ring * (0.34 + 0.30 * strands), 0, 0.6)[..., None])
    return np.clip(body, 0, 1)


def _lock(bust: Bust, outline: Field, colour: Field) -> None:
    patch = filled(bust.head(outline), size=bust.size)
    bust.lay(patch, _fallen(bust, patch, colour))


def draw_hair_behind(bust: Bust) -> None:
    """What falls behind neck and shoulders."""
    hair, person = bust.person.hair, bust.person
    if person.head in _COVERED or hair == "bald":
        return
    colour = shifted(bust.colour("hair_colour"), light=-0.05)
    if hair in ("curly", "afro"):
        _curls(bust, colour, behind=True)
    elif hair in _LONG:
        foot, wide = {"bob": (0.52, 0.50), "long": (1.10, 0.52), "wavy": (1.0, 0.57)}[hair]
        sway = 0.035 if hair == "wavy" else 0.0
        shape = mirrored([
            [0, -0.70], [0.30, -0.66], [0.48, -0.42], [wide + 0.02, -0.05], [wide + sway, 0.25], [wide - sway,
            foot * 0.7],
            [wide + sway * 0.6, foot], [0.30, foot + 0.06], [0, foot + 0.04],
        ])  # fmt: skip
        _lock(bust, shape, colour)
    elif hair == "ponytail":
        way = -1 if bust.turn > 0 else 1
        tail = stroke(np.array([[way * 0.20, -0.45], [way * 0.58, -0.36], [way * 0.62, 0.20], [way * 0.50, 0.78]],
                               dtype=np.float32), (0.16, 0.24, 0.20, 0.03))  # fmt: skip
        _lock(bust, tail, colour)
    elif hair == "bun":
        _lock(bust, oval((-0.04 * bust.turn, -0.80), (0.21, 0.19)), colour)


def _curls(bust: Bust, colour: Field, *, behind: bool) -> None:
    """Clumps of curls round the head, the nearest lit."""
    rng = dice(b"curls", f"{bust.person.face}{behind}")
    afro = bust.person.hair == "afro"
    short = bust.person.gender == "man" and not afro
    big = (0.66, 0.64) if afro else (0.47, 0.44) if short else (0.54, 0.52)
    middle = -0.26 if afro else -0.28 if short else -0.20
    if behind:
        bust.form(oval((0, middle), big), shifted(colour, light=-0.03), bulge=0.7)
    count = (70 if afro else 54) if behind else (30 if not short else 26)
    for k in range(count):
        if behind:
            angle = k / count * 2 * np.pi + float(rng.uniform(-0.1, 0.1))
            reach = float(rng.uniform(0.82, 1.04))
            x, y = np.cos(angle) * big[0] * reach, middle + np.sin(angle) * big[1] * reach
            if y > (0.30 if not short else -0.05):
                y = min(y, 0.55 if not short else 0.0)
        else:
            t = k / (count - 1) * 2 - 1
            x = t * 0.41
            y = -0.40 - 0.15 * (1 - t * t) + 0.13 * t * t + float(rng.uniform(-0.07, 0.045))
        size = float(rng.uniform(0.065, 0.105)) * (0.85 if afro else 1.0)
        lit = 0.5 + 0.5 * (x * bust.light.side * 0.9 - (y + 0.2) * 0.7)
        tone = shifted(colour, light=float(np.clip(-0.05 + 0.11 * lit + rng.uniform(-0.02, 0.02), -0.1, 0.12)))
        bust.form(oval((x, y), (size, size * 0.94), count=28), tone, bulge=0.8)


def draw_hair(bust: Bust) -> None:
    """What lies over skull and forehead."""
    hair, person = bust.person.hair, bust.person
    if person.head in _COVERED:
        return
    colour = bust.colour("hair_colour")
    if hair == "bald":
        _fringe_of_bald(bust, colour)
        return
    if hair in ("curly", "afro"):
        _cap(bust, colour)
        _curls(bust, colour, behind=False)
        return
    if hair in _LONG:
        _curtains(bust, colour)
    _cap(bust, colour)


def _fringe_of_bald(bust: Bust, colour: Field) -> None:
    skin = bust.colour("skin")
    shine = bust.looking(oval((bust.light.side * 0.14, -0.42), (0.13, 0.075), turn=0.5 * bust.light.side))
    bust.tint(shine, np.clip(shifted(skin, light=0.12) * bust.light.key, 0, 1), strength=0.5, soft=0.04)
    if bust.person.age == "old":
        for way in (-1, 1):
            tuft = [
                [way * 0.40, -0.24],
                [way * 0.47, -0.10],
                [way * 0.46, 0.06],
                [way * 0.405, 0.02],
                [way * 0.395, -0.12],
            ]
            _lock(bust, curve(tuft, 60), colour)


def _cap(bust: Bust, colour: Field) -> None:
    """Hair on the skull with its hairline: swept from a parting, combed back, or a fringe for a child."""
    man = bust.person.gender == "man"
    wide = 0.415 + 0.035 * bust.person.face[0] + 0.035
    high = -0.70 if bust.person.hair == "short" and man else -0.685
    side = -1.0 if bust.person.face[2] < 0.5 else 1.0
    sides = 0.02 if man else 0.10
    outer = [[-wide, sides], [-wide - 0.015, -0.20], [-wide + 0.03, -0.45], [-0.24, high + 0.05], [0.0, high],
             [0.24, high + 0.05], [wide - 0.03, -0.45], [wide + 0.015, -0.20], [wide, sides]]  # fmt: skip
    back = bust.person.hair in ("bun", "ponytail")
    if is_child(bust) and not back:
        inner = [[0.375, -0.10], [0.35, -0.20], [0.15, -0.215], [-0.10, -0.225], [-0.33, -0.20], [-0.375, -0.10]]
    elif back:
        inner = [
            [0.385, -0.06],
            [0.345, -0.27],
            [0.20, -0.42],
            [0.0, -0.455],
            [-0.20, -0.42],
            [-0.345, -0.27],
            [-0.385, -0.06],
        ]
    else:
        inner = [[0.385, -0.05], [0.36, -0.26], [0.24, -0.37], [0.10, -0.40], [-0.12, -0.455], [-0.235, -0.42],
                 [-0.335, -0.29], [-0.385, -0.06]]  # fmt: skip
        inner = [[x * side, y] for x, y in inner]
        inner = inner if side > 0 else inner[::-1]
    if man and bust.person.age == "old":
        inner = [[x * 0.98, y - 0.055 * (1 - abs(x))] for x, y in inner]
    shape = np.array([*outer, *inner], dtype=np.float32)
    smooth = np.vstack([_open(np.array(outer)), _open(np.array(inner))])
    patch = filled(bust.head(smooth if len(shape) > 8 else shape), size=bust.size)
    shade = shifted(bust.colour("skin"), light=-0.15, chroma=1.15) * bust.light.shade
    below = filled(
        bust.head(smooth + np.array([0, 0.030], dtype=np.float32)), size=bust.size, soft_px=0.018 * bust.unit
    )
    face = filled(bust.head(face_outline(bust)), size=bust.size)
    drop = within(below, face)
    area = drop.area
    bust.picture[area] = mix(bust.picture[area], shade, (drop.cover * 0.5)[..., None])
    crown = (-0.20 * side, -0.56) if not back else (0.0, -0.74)
    bust.lay(patch, _fallen(bust, patch, colour, crown=crown))


def _open(points: Field) -> Field:
    """A smooth line through points, not closed."""
    outline = stroke(points.astype(np.float32), (0.0,), 60)
    return outline[:60]


def _curtains(bust: Bust, colour: Field) -> None:
    """Long hair falling before the ears on both sides."""
    foot = {"bob": 0.50, "long": 1.02, "wavy": 0.94}[bust.person.hair]
    sway = 0.04 if bust.person.hair == "wavy" else 0.0
    for way in (-1, 1):
        inner = [[way * 0.375, -0.50], [way * 0.385, -0.26], [way * 0.40, -0.02], [way * (0.405 - sway), 0.22],
            [way * (0.36 + sway), foot * 0.72],
                 [way * 0.33, foot]]  # fmt: skip
        outer = [[way * 0.45, foot + 0.02], [way * (0.515 + sway), foot * 0.7], [way * (0.50 - sway), 0.22],
                 [way * (0.485 + sway * 0.4), -0.05], [way * 0.46, -0.34], [way * 0.41, -0.52]]  # fmt: skip
        _lock(bust, curve([*inner, *outer], 140), colour)


def draw_beard(bust: Bust) -> None:
    """Beard, moustache or stubble; under the mouth, which is drawn over it."""
    kind = bust.person.beard
    if not kind:
        return
    tint = bust.colour("hair_colour")
    colour = tint if bust.person.hair_colour in ("white", "grey") else shifted(tint, light=0.01)
    long = 0.16 if bust.person.age == "old" else 0.07
    if kind in ("full", "stubble"):
        jaw = [[-0.425, 0.02], [-0.405, 0.22], [-0.345, 0.45], [-0.21, 0.60 + long * 0.6], [0, 0.64 + long],
               [0.21, 0.60 + long * 0.6], [0.345, 0.45], [0.405, 0.22], [0.425, 0.02], [0.365, 0.12], [0.30, 0.245],
               [0.165, 0.275], [0.0, 0.30], [-0.165, 0.275], [-0.30, 0.245], [-0.365, 0.12]]  # fmt: skip
        patch = filled(bust.head(curve(jaw, 200)), size=bust.size, soft_px=0.012 * bust.unit)
        if kind == "stubble":
            face = filled(bust.head(face_outline(bust)), size=bust.size)
            inside = within(patch, face)
            area = inside.area
            bust.picture[area] = mix(bust.picture[area], shifted(tint, light=0.04), (inside.cover * 0.26)[..., None])
            return
        bust.lay(patch, _bristle(bust, patch, colour))
    whisker = [[-0.155, 0.375], [-0.10, 0.300], [-0.02, 0.275], [0.02, 0.275], [0.10, 0.300], [0.155, 0.375],
               [0.085, 0.358], [0, 0.340], [-0.085, 0.358]]  # fmt: skip
    patch = filled(bust.head(bust.looking(curve(whisker, 90), depth=1.2)), size=bust.size, soft_px=0.006 * bust.unit)
    bust.lay(patch, _bristle(bust, patch, shifted(colour, light=0.03)))


def _bristle(bust: Bust, patch: Patch, colour: Field) -> Field:
    body = bust.shaded(patch, colour, bulge=0.75)
    if patch.cover.size == 0:
        return body
    rows, columns = patch.cover.shape
    scale = rows / max(1.0, bust.unit)
    rng = dice(b"bristle", f"{bust.person.face}")
    rough = cloud(rng, height=rows, width=columns, cells=(9 * scale, 46 * columns / max(rows, 1) * scale), octaves=3)
    return np.clip(body * (1 + 0.13 * rough[..., None]), 0, 1)


def draw_glasses(bust: Bust) -> None:
    kind = bust.person.glasses
    if not kind:
        return
    frame = srgb("#2a2421") if kind != "round" else srgb("#6b4a2e")
    apart = 0.183 + 0.022 * bust.person.face[2]
    for way in (-1, 1):
        x, y = way * apart, 0.012
        ring = oval((x, y), (0.135, 0.128)) if kind == "round" else curve(
            [[x - 0.145, y - 0.085], [x, y - 0.105], [x + 0.145, y - 0.085], [x + 0.13, y + 0.075], [x, y + 0.105],
             [x - 0.13, y + 0.075]], 90)  # fmt: skip
        ring = bust.looking(ring, depth=1.3)
        if kind == "sun":
            lens = filled(bust.head(ring), size=bust.size)
            ys, _ = lens.grid()
            fade = np.clip((ys - lens.top) / max(1, lens.cover.shape[0]), 0, 1)
            dark = mix(srgb("#171a20"), srgb("#5a4a42"), np.broadcast_to(fade, lens.cover.shape)[..., None])
            bust.lay(lens, dark, 0.95)
        else:
            bust.tint(ring, srgb("#ffffff"), strength=0.07, soft=0.0)
        closed = np.vstack([ring, ring[:2]])
        bust.line(closed[:: max(1, len(closed) // 40)], frame, widths=(0.020,), strength=0.95)
        glint = [[x - 0.075, y - 0.02], [x - 0.02, y - 0.075]]
        bust.line(bust.looking(np.array(glint, dtype=np.float32), depth=1.3), srgb("#ffffff"), widths=(0.004,
            0.016, 0.004),
                  strength=0.38)  # fmt: skip
        arm = [[way * (apart + 0.13), -0.03], [way * 0.43, -0.035]]
        bust.line(bust.looking(np.array(arm, dtype=np.float32)), frame, widths=(0.018, 0.014), strength=0.95)
    bridge = [[-apart + 0.125, -0.005], [0, -0.035], [apart - 0.125, -0.005]]
    bust.line(bust.looking(np.array(bridge, dtype=np.float32), depth=1.3), frame, widths=(0.016,), strength=0.95)


def draw_headwear(bust: Bust) -> None:
    kind = bust.person.head
    if not kind:
        return
    colour = shifted(srgb(bust.person.clothes_colour), light=0.03, turn=0.5) if kind != "hijab" else shifted(
        srgb(bust.person.clothes_colour), light=0.10)  # fmt: skip
    {"beanie": _beanie, "cap": _peaked, "hat": _brimmed, "hijab": _hijab}[kind](bust, colour)


def _beanie(bust: Bust, colour: Field) -> None:
    dome = mirrored(
        [[0, -0.88], [0.22, -0.85], [0.42, -0.66], [0.475, -0.36], [0.47, -0.24], [0.24, -0.285], [0, -0.30]]
    )
    bust.form(dome, colour, bulge=0.9)
    band = mirrored([[0, -0.47], [0.26, -0.455], [0.475, -0.39], [0.488, -0.235], [0.26, -0.285], [0, -0.30]])
    cuff = bust.form(band, shifted(colour, light=-0.05), bulge=0.8)
    for k in range(-9, 10):
        rib = [[k * 0.052, -0.49], [k * 0.054, -0.25]]
        ink = filled(bust.head(stroke(np.array(rib, dtype=np.float32), (0.010,), 8)), size=bust.size)
        inside = within(ink, cuff)
        area = inside.area
        bust.picture[area] = mix(bust.picture[area], shifted(colour, light=-0.15), (inside.cover * 0.5)[..., None])


def _peaked(bust: Bust, colour: Field) -> None:
    dome = mirrored([[0, -0.80], [0.24, -0.77], [0.42, -0.60], [0.47, -0.34], [0.24, -0.345], [0, -0.355]])
    bust.form(dome, colour, bulge=0.9)
    x = bust.turn * 0.08
    peak = [[-0.40 + x, -0.37], [-0.22 + x, -0.435], [0.22 + x, -0.435], [0.40 + x, -0.37], [0.34 + x, -0.285],
            [0.12 + x, -0.25], [-0.12 + x, -0.25], [-0.34 + x, -0.285]]  # fmt: skip
    bust.form(curve(peak, 100), shifted(colour, light=-0.06), bulge=0.5)
    bust.form(oval((0, -0.80), (0.028, 0.018)), shifted(colour, light=-0.05), bulge=0.4)


def _brimmed(bust: Bust, colour: Field) -> None:
    straw = mix(colour, srgb("#d8bd8a"), 0.45)
    crown = mirrored(
        [[0, -0.90], [0.18, -0.915], [0.34, -0.84], [0.40, -0.60], [0.43, -0.38], [0.2, -0.36], [0, -0.355]]
    )
    bust.form(crown, straw, bulge=0.9)
    band = mirrored([[0, -0.50], [0.22, -0.50], [0.415, -0.53], [0.432, -0.42], [0.2, -0.385], [0, -0.38]])
    bust.form(band, shifted(straw, light=-0.28), bulge=0.7)
    brim = [[-0.78, -0.40], [-0.45, -0.475], [0, -0.445], [0.45, -0.475], [0.78, -0.40], [0.50, -0.305], [0, -0.265],
            [-0.50, -0.305]]  # fmt: skip
    bust.form(curve(brim, 160), straw, bulge=0.5)


def _hijab(bust: Bust, colour: Field) -> None:
    outer = mirrored([[0, -0.72], [0.28, -0.68], [0.47, -0.46], [0.52, -0.08], [0.50, 0.30], [0.47, 0.66], [0.56, 1.0],
                      [0.3, 1.12], [0, 1.15]])  # fmt: skip
    patch = filled(bust.head(outer), size=bust.size)
    hole = filled(bust.head(mirrored([[0, -0.43], [0.20, -0.40], [0.335, -0.24], [0.365, 0.02], [0.335, 0.26],
        [0.21, 0.46],
                                      [0.08, 0.545], [0, 0.55]])), size=bust.size)  # fmt: skip
    cover = patch.cover - within(patch, hole).cover
    y, x = patch.grid()
    fx, fy = (x - bust.middle[0]) / bust.unit, (y - bust.middle[1]) / bust.unit
    folds = np.sin(np.hypot(fx * 1.2, fy - 0.1) * 26 + fx * 5) * smoothstep(0.30, 0.62, np.hypot(fx, fy))
    tone = np.clip(bust.shaded(patch, colour, bulge=0.8) * (1 + 0.07 * folds[..., None]), 0, 1)
    bust.lay(Patch(patch.top, patch.left, cover), tone)
    shade = shifted(bust.colour("skin"), light=-0.16) * bust.light.shade
    rim = filled(bust.head(mirrored([[0, -0.40], [0.18, -0.37], [0.30, -0.22], [0.335, 0.02], [0.30, 0.25],
        [0.18, 0.44],
                                     [0.07, 0.52], [0, 0.525]])), size=bust.size, soft_px=0.03 * bust.unit)  # fmt: skip
    inner = within(hole, rim).cover
    area = hole.area
    bust.picture[area] = mix(bust.picture[area], shade, ((hole.cover - inner) * 0.5)[..., None])


def draw_earrings(bust: Bust) -> None:
    if not bust.person.earrings or bust.person.head in _COVERED:
        return
    for way in (-1, 1):
        x = way * (0.445 + 0.025 * bust.person.face[0])
        bust.form(oval((x, 0.235), (0.026, 0.036)), srgb("#d9b25a"), bulge=0.9)
