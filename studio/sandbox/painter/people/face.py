"""A head without its hair: neck, ears, face, eyes, nose, mouth, age."""

import numpy as np

from studio.sandbox.painter.colour import Field, mix, shifted, srgb
from studio.sandbox.painter.land.ink import Patch, filled, oval, within
from studio.sandbox.painter.noise import dice
from studio.sandbox.painter.people.bust import Bust, curve, mirrored


def is_child(bust: Bust) -> bool:
    return bust.person.age == "child"


def face_outline(bust: Bust) -> Field:
    """The face from the crown of the skull to the chin."""
    wide, jaw, _, _ = bust.person.face
    man = bust.person.gender == "man" and not is_child(bust)
    w = 0.41 + 0.035 * wide + (0.02 if is_child(bust) else 0.0)
    j = 0.01 + 0.05 * jaw + (0.035 if man else 0.0) - (0.02 if is_child(bust) else 0.0)
    chin = 0.60 if not is_child(bust) else 0.555
    return mirrored([
        [0, -0.60], [0.22, -0.565], [w - 0.05, -0.38], [w, -0.10], [w - 0.015, 0.12], [0.325 + j, 0.34],
        [0.195 + j, chin - 0.085], [0.09 + j * 0.8, chin - 0.012], [0, chin],
    ])  # fmt: skip


def draw_neck(bust: Bust) -> None:
    """Neck and the shadow the chin throws on it. The shoulders come over its foot."""
    skin = bust.colour("skin")
    n = 0.25 if bust.person.gender == "man" and not is_child(bust) else 0.18 if not is_child(bust) else 0.15
    outline = np.array([[-n, 0.2], [n, 0.2], [n, 0.72], [n + 0.10, 0.90], [n + 0.3, 1.06], [-n - 0.3, 1.06],
                        [-n - 0.10, 0.90], [-n, 0.72]], dtype=np.float32)  # fmt: skip
    patch = bust.form(outline, skin, bulge=0.9, head=False)
    shade = shifted(skin, light=-0.19, chroma=1.15) * bust.light.shade
    under = filled(bust.body(oval((-bust.light.side * 0.05, 0.56), (n + 0.10, 0.25))), size=bust.size,
                   soft_px=0.035 * bust.unit)  # fmt: skip
    bust.lay(within(under, patch), shade, 0.72)


def draw_face(bust: Bust) -> Patch:
    """Ears and face with its shadows, answering where the face is."""
    skin = bust.colour("skin")
    deep = shifted(skin, light=-0.10, chroma=1.2)
    for way in (-1, 1):
        if way * bust.turn > 0.75:
            continue
        x = way * (0.43 + 0.025 * bust.person.face[0]) + bust.turn * -0.03
        bust.form(oval((x, 0.06), (0.065, 0.13), turn=-0.12 * way), skin, bulge=0.5)
        bust.tint(oval((x - 0.008 * way, 0.06), (0.032, 0.08)), deep * bust.light.shade, strength=0.55, soft=0.012)
    face = bust.form(face_outline(bust), skin, bulge=0.92)
    blush = shifted(skin, light=-0.03, chroma=1.9, turn=-0.25)
    rosy = 0.34 if bust.person.gender == "woman" or is_child(bust) else 0.2
    for way in (-1, 1):
        cheek = bust.looking(oval((way * 0.24, 0.20), (0.115, 0.085)))
        bust.tint(cheek, blush * bust.light.key, strength=rosy, soft=0.045, inside=face)
        socket = bust.looking(oval((way * 0.19, -0.035), (0.13, 0.075)))
        bust.tint(socket, deep * bust.light.shade, strength=0.30, soft=0.035, inside=face)
    if bust.person.freckles:
        _freckles(bust, deep)
    return face


def _freckles(bust: Bust, colour: Field) -> None:
    rng = dice(b"freckles", f"{bust.person.face}")
    for _ in range(30):
        x, y = float(rng.uniform(-0.30, 0.30)), 0.13 + float(rng.normal(0, 0.045))
        size = float(rng.uniform(0.005, 0.010))
        bust.tint(bust.looking(oval((x, y), (size, size), count=12)), colour, strength=0.5, soft=0.0)


def _eye_place(bust: Bust, way: int) -> tuple[float, float, float]:
    """(x, y, size) of an eye in head units."""
    apart = 0.178 + 0.022 * bust.person.face[2]
    size = 1.18 if is_child(bust) else 1.0
    return way * apart, (0.035 if is_child(bust) else 0.0), size


def draw_eyes(bust: Bust) -> None:
    """Open and friendly, with a catchlight on the side of the light."""
    for way in (-1, 1):
        x, y, size = _eye_place(bust, way)
        _eye(bust, (x, y), way=way, size=size)


def _eye(bust: Bust, at: tuple[float, float], *, way: int, size: float) -> None:
    x, y = at
    a = 0.098 * size
    smile = bust.person.expression in ("smile", "laugh")
    up, low = 0.052 * size, (0.026 if smile else 0.034) * size
    if bust.person.age == "old":
        up *= 0.84
    ends = (x - a, x + a)
    outer = 0.010 * way
    lid = [[ends[0], y + 0.006 - min(outer, 0) * -1], [x - a * 0.45, y - up * 0.86], [x + a * 0.06, y - up],
           [x + a * 0.55, y - up * 0.78], [ends[1], y + 0.006 - max(outer, 0)]]  # fmt: skip
    foot = [[x + a * 0.5, y + low * 0.86], [x, y + low], [x - a * 0.5, y + low * 0.86]]
    almond = bust.looking(curve([*lid, *foot], 90))
    white = filled(bust.head(almond), size=bust.size)
    tone = mix(srgb("#fbf6ef"), bust.colour("skin"), 0.10) * mix(np.ones(3, dtype=np.float32), bust.light.key, 0.6)
    bust.lay(white, tone)
    gaze = bust.turn * 0.012
    iris = bust.colour("eyes")
    ring = bust.looking(oval((x + gaze, y - 0.006), (0.049 * size, 0.049 * size)))
    for radius, colour in ((1.0, shifted(iris, light=-0.16)), (0.84, iris), (0.46, srgb("#120d0c"))):
        part = (ring - ring.mean(axis=0)) * radius + ring.mean(axis=0)
        bust.lay(within(filled(bust.head(part), size=bust.size), white), colour * 0.94)
    glow = bust.looking(oval((x + gaze, y + 0.018 * size), (0.028 * size, 0.015 * size)))
    bust.tint(glow, shifted(iris, light=0.16), strength=0.55, soft=0.006, inside=white)
    bust.tint(bust.looking(oval((x, y - up * 1.05), (a, up * 0.62))), srgb("#4a3a38"), strength=0.34, soft=0.012,
              inside=white)  # fmt: skip
    spark = bust.looking(oval((x + gaze + bust.light.side * 0.018, y - 0.022), (0.012 * size, 0.013 * size), count=24))
    bust.tint(spark, srgb("#ffffff"), strength=0.95, soft=0.0)
    _lids(bust, lid, foot, way=way, a=a)


def _lids(bust: Bust, lid: list[list[float]], foot: list[list[float]], *, way: int, a: float) -> None:
    ink = srgb("#221816")
    woman = bust.person.gender == "woman"
    upper = bust.looking(np.array(lid, dtype=np.float32))
    thick = (0.008, 0.018, 0.024) if woman else (0.007, 0.014, 0.016)
    bust.line(upper, ink, widths=thick if way > 0 else thick[::-1], strength=0.92)
    if woman:
        end = upper[-1] if way > 0 else upper[0]
        out = np.array([way, 1.0], dtype=np.float32)
        flick = np.stack([end - out * (0.030, 0.012), end, end + out * (0.024, -0.020)]).astype(np.float32)
        bust.line(flick, ink, widths=(0.012, 0.014, 0.001), strength=0.9)
    crease = upper + np.array([0, -0.026], dtype=np.float32)
    shade = shifted(bust.colour("skin"), light=-0.2, chroma=1.1)
    bust.line(crease, shade, widths=(0.002, 0.009, 0.002), strength=0.6)
    low = bust.looking(np.array(foot[::-1], dtype=np.float32)) + np.array([0, 0.004], dtype=np.float32)
    bust.line(low, shade, widths=(0.002, 0.007, 0.002), strength=0.55)
    if bust.person.age == "old":
        bag = low + np.array([0, 0.035], dtype=np.float32)
        bust.line(bag, shade, widths=(0.001, 0.008, 0.001), strength=0.5)
        for k in (-1, 0, 1):
            x = lid[-1][0] if way > 0 else lid[0][0]
            y = lid[0][1]
            foot_line = [[x + way * 0.025, y + k * 0.018], [x + way * a * 0.55, y + k * 0.045]]
            bust.line(bust.looking(np.array(foot_line, dtype=np.float32)), shade, widths=(0.007, 0.001), strength=0.5)


def draw_brows(bust: Bust) -> None:
    hair = bust.colour("hair_colour")
    grey = bust.person.hair_colour in ("white", "grey")
    bald = bust.person.hair == "bald"
    tone = mix(hair, srgb("#6d6560"), 0.35) if grey else shifted(hair, light=-0.04 if not bald else 0.0)
    woman = bust.person.gender == "woman"
    thick = (0.020, 0.030, 0.006) if woman else (0.034, 0.044, 0.012)
    stern = 0.016 if bust.person.expression == "neutral" and not woman else 0.0
    for way in (-1, 1):
        x, y, _ = _eye_place(bust, way)
        high = y - 0.135
        arc = [[x - way * 0.095, high + 0.022 + stern], [x + way * 0.02, high - 0.016], [x + way * 0.125, high + 0.022]]
        bust.line(bust.looking(np.array(arc, dtype=np.float32)), tone, widths=thick, strength=0.88)


def draw_nose(bust: Bust, face: Patch) -> None:
    skin = bust.colour("skin")
    length = 0.205 + 0.035 * bust.person.face[3] - (0.04 if is_child(bust) else 0.0)
    wide = 0.062 + (0.014 if bust.person.gender == "man" else 0.0)
    shade, side = shifted(skin, light=-0.14, chroma=1.2), bust.light.side
    bridge = curve([[-side * 0.025, -0.10], [-side * 0.052, 0.02], [-side * (wide + 0.012), length - 0.02],
                    [-side * 0.02, length + 0.018], [-side * 0.012, length - 0.06], [-side * 0.008, 0.0]],
                    60)  # fmt: skip
    bust.tint(bust.looking(bridge, depth=1.5), shade, strength=0.34 + 0.3 * bust.light.hard, soft=0.014, inside=face)
    under = bust.looking(oval((0, length + 0.030), (wide * 0.95, 0.022)), depth=1.6)
    bust.tint(under, shade, strength=0.50, soft=0.014, inside=face)
    for way in (-1, 1):
        nostril = [[way * 0.020, length + 0.016], [way * 0.042, length + 0.008], [way * wide, length + 0.004]]
        bust.line(bust.looking(np.array(nostril, dtype=np.float32), depth=1.6), shifted(skin, light=-0.30),
                  widths=(0.010, 0.015, 0.003), strength=0.75)  # fmt: skip
        wing = [
            [way * (wide + 0.004), length - 0.045],
            [way * (wide + 0.016), length - 0.012],
            [way * wide, length + 0.01],
        ]
        bust.line(bust.looking(np.array(wing, dtype=np.float32), depth=1.6), shade, widths=(0.002, 0.010, 0.004),
                  strength=0.6)  # fmt: skip
    tip = bust.looking(oval((side * 0.014, length - 0.035), (0.022, 0.026)), depth=1.8)
    bust.tint(tip, np.clip(shifted(skin, light=0.10) * bust.light.key, 0, 1), strength=0.55, soft=0.012, inside=face)


def draw_mouth(bust: Bust) -> None:
    skin, person = bust.colour("skin"), bust.person
    woman = person.gender == "woman" and not is_child(bust)
    lip = shifted(skin, light=-0.075, chroma=1.2, turn=-0.26)
    lip = mix(lip, srgb("#b0474a"), 0.34 if woman else 0.03)
    y = 0.385 if not is_child(bust) else 0.37
    half = 0.125 + (0.030 if person.expression in ("smile", "laugh") else 0.0) - (0.02 if is_child(bust) else 0.0)
    rise = {"smile": -0.030, "laugh": -0.034}.get(person.expression, -0.008)
    plump = 1.0 if woman else 0.72
    corner_l, corner_r = [-half, y + rise], [half, y + rise]
    dip = 0.012 if person.expression in ("smile", "laugh") else 0.0
    upper = [corner_l, [-half * 0.5, y - 0.024 * plump + dip * 0.3], [-0.026, y - 0.036 * plump], [0,
        y - 0.027 * plump],
             [0.026, y - 0.036 * plump], [half * 0.5, y - 0.024 * plump + dip * 0.3], corner_r,
             [half * 0.5, y + dip], [0, y + 0.010 + dip], [-half * 0.5, y + dip]]  # fmt: skip
    lower = [corner_l, [-half * 0.5, y + dip], [0, y + 0.008 + dip], [half * 0.5, y + dip], corner_r,
             [half * 0.55, y + 0.040 * plump + dip], [0, y + 0.060 * plump + dip], [-half * 0.55,
             y + 0.040 * plump + dip]]  # fmt: skip
    if person.expression == "laugh":
        lower[5:] = [[half * 0.6, y + 0.075], [0, y + 0.105], [-half * 0.6, y + 0.075]]
    low = filled(bust.head(bust.looking(curve(lower, 90))), size=bust.size)
    shade = shifted(skin, light=-0.15, chroma=1.2)
    bust.tint(bust.looking(oval((0, y + 0.092 + dip), (half * 0.5, 0.018))), shade, strength=0.34, soft=0.014)
    bust.lay(low, bust.shaded(low, shifted(lip, light=0.035), bulge=0.4))
    if person.expression == "laugh":
        teeth = [[-half * 0.8, y + 0.002], [0, y + 0.012], [half * 0.8, y + 0.002], [half * 0.5, y + 0.050],
            [0, y + 0.064],
                 [-half * 0.5, y + 0.050]]  # fmt: skip
        bust.tint(bust.looking(curve(teeth, 60)), srgb("#fbf5ec"), strength=0.96, soft=0.0)
    top = filled(bust.head(bust.looking(curve(upper, 110))), size=bust.size)
    bust.lay(top, shifted(lip, light=-0.05) * bust.light.key)
    seam = [corner_l, [-half * 0.5, y + dip * 0.9], [0, y + 0.009 + dip], [half * 0.5, y + dip * 0.9], corner_r]
    bust.line(bust.looking(np.array(seam, dtype=np.float32)), shifted(lip, light=-0.22), widths=(0.012, 0.008, 0.012),
              strength=0.75)  # fmt: skip
    if woman:
        gloss = bust.looking(oval((bust.light.side * 0.03, y + 0.034 + dip), (0.030, 0.008)))
        bust.tint(gloss, srgb("#ffffff"), strength=0.28, soft=0.006)
    if person.age == "old" or person.expression in ("smile", "laugh"):
        _laugh_lines(bust, half=half, y=y, strength=0.55 if person.age == "old" else 0.22)


def _laugh_lines(bust: Bust, *, half: float, y: float, strength: float) -> None:
    shade = shifted(bust.colour("skin"), light=-0.16, chroma=1.15)
    for way in (-1, 1):
        fold = [[way * 0.085, 0.23], [way * (half + 0.030), 0.29], [way * (half + 0.045), y - 0.01]]
        bust.line(
            bust.looking(np.array(fold, dtype=np.float32)), shade, widths=(0.002, 0.012, 0.002), strength=strength
        )
    if bust.person.age == "old":
        for k in range(3):
            at = -0.27 - 0.055 * k
            brow = [[-0.20 + 0.02 * k, at + 0.012], [0, at - 0.006], [0.20 - 0.02 * k, at + 0.012]]
            bust.line(bust.looking(np.array(brow, dtype=np.float32)), shade, widths=(0.001, 0.009, 0.001), strength=0.4)
