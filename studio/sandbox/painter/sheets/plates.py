"""Ways to lay out a printed sheet about a picture: painted scenes, patterns, cut-outs, flat landscapes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import Field, mix, smoothstep
from studio.sandbox.painter.filters.weather import add_extra
from studio.sandbox.painter.land.landscape import paint_landscape
from studio.sandbox.painter.lettering.typography import Style
from studio.sandbox.painter.noise import line, stretched
from studio.sandbox.painter.people.portrait import paint_portrait
from studio.sandbox.painter.scene import Canvas, Kind, Scene
from studio.sandbox.painter.sheets.layouts import Job, inset, small_print
from studio.sandbox.painter.sheets.sheet import Ink, Point, Sheet, TypeBox, arc, as_floats, legible, ratio
from studio.sandbox.painter.still.still_life import paint_still_life

_BACKDROPS: tuple[Kind, ...] = ("mountains", "sea", "city", "desert", "forest", "snow")
_MOST_PAINTED = 420_000
"""Pixels: what lies behind type is painted no larger, and stretched."""
_FILM_PICTURE = 0.76
"""The share of a film poster's height its picture has; the title stands below."""
_MOODS = ("golden", "night", "soft", "morning")


_PAINTERS: Mapping[str, Callable[..., Canvas]] = {"object": paint_still_life, "portrait": paint_portrait}


def _shown(poster: Scene, kind: Kind, mood: str) -> Scene:
    """The scene a poster's words ask for, as a picture of its own; a view of the kind given where they ask for none."""
    if poster.people:
        return replace(poster, kind="portrait", light=mood, design="", text="", extras=(), colour="", tone="", wall="")
    if poster.items and poster.items[0].role == "beside" and not poster.features:
        first = poster.items[0]
        return replace(
            poster, kind="object", subject=first.subject, colour=first.colour, finish=first.finish, count=first.count,
            items=poster.items[1:], place="top", light=mood, design="", text="", tone="", wall="",
        )  # fmt: skip
    place = poster.setting or kind
    return replace(poster, kind=place, setting="", light=mood, design="", text="", colour="", tone="", wall="")  # type: ignore[arg-type] # a test ties settings to kinds


def _painted(job: Job, width: int, height: int) -> Field:
    """A landscape or a city of the job's seed and light: a scene to set type on."""
    kind = _BACKDROPS[int(job.rng.integers(len(_BACKDROPS)))]
    mood = job.scene.light if job.scene.light != "soft" else _MOODS[int(job.rng.integers(len(_MOODS)))]
    scene = _shown(job.scene, kind, mood)
    factor = max(1.0, (width * height / _MOST_PAINTED) ** 0.5)
    size = {"width": round(width / factor), "height": round(height / factor)}
    canvas = _PAINTERS.get(scene.kind, paint_landscape)(scene, **size)
    for extra in scene.extras:
        canvas = add_extra(canvas, extra, seed=scene.seed, amount=0.55 if extra == "fog" else 0.8)
    picture = canvas.picture
    if factor == 1:
        return picture
    return np.stack([stretched(picture[..., i], height=height, width=width) for i in range(3)], axis=-1)


def film(job: Job) -> None:
    """A painted scene to the edges, fading into ink at the foot, the title wide across it."""
    sheet, inks, u = job.sheet, job.inks, job.sheet.unit
    dark = min((inks.ink, inks.first), key=lambda one: ratio(one, (0, 0, 0)))
    shown = _painted(job, sheet.width, round(sheet.height * (_FILM_PICTURE if job.copy else 1.0)))
    picture = np.concatenate([shown, np.repeat(shown[-1:], sheet.height - len(shown), axis=0)])
    y = np.linspace(0, 1, sheet.height, dtype=np.float32)[:, None, None]
    graded = mix(picture, picture * (0.55 + 0.45 * as_floats(inks.second)), 0.55)
    foot = smoothstep(0.50, 0.74, y) * (0.96 if job.copy else 0.0)
    sheet.panel(mix(graded, as_floats(dark), np.maximum(foot, 0.35 * smoothstep(0.3, 0.0, y))), (0, 0))
    pale = legible(dark, inks.paper, inks.ink)
    left, right, base = 7 * u, sheet.width - 7 * u, sheet.height - 6 * u
    top = sheet.height * 0.66
    credit = 0.2 * (base - top) if job.rest else 0
    sub = 0.22 * (base - top) if job.second else 0
    box = sheet.text(job.title, job.style("serif", 0.1),
                     TypeBox((left, top, right, base - credit - sub), "centre", 0.5, most_px=13 * u), pale)  # fmt: skip
    sheet.text(job.second, Style("sans", 0.04),
               TypeBox((left, box[3] + 3 * u, right, base - credit), "centre", most_px=3.6 * u),
               legible(dark, inks.second, pale))  # fmt: skip
    small_print(job, (left, base - credit, right, base), pale, align="centre")


def magazine(job: Job) -> None:
    """A masthead across the top of a picture, cover lines at its left."""
    sheet, u = job.sheet, job.sheet.unit
    picture = _painted(job, sheet.width, sheet.height)
    y = np.linspace(0, 1, sheet.height, dtype=np.float32)[:, None, None]
    x = np.linspace(0, 1, sheet.width, dtype=np.float32)[None, :, None]
    tint = as_floats(job.inks.ink)
    shade = np.maximum(0.6 * smoothstep(0.42, 0.0, y), 0.62 * smoothstep(0.62, 0.0, x) * smoothstep(0.4, 0.75, y))
    sheet.panel(mix(picture, tint, shade if job.copy else shade * 0), (0, 0))
    head = (4.5 * u, 5 * u, sheet.width - 4.5 * u, min(0.3 * sheet.height, 34 * u))
    style = job.style("didone")
    pale = legible(sheet.ink_under(head), job.inks.paper, enough=3)
    box = sheet.text(job.title, style, TypeBox(head, "centre", lines=1), pale)
    at = sheet.height * 0.6
    faces = ("serif", "sans", "italic", "sans")
    for i, words in enumerate(job.copy[1:]):
        where = (5 * u, max(at, box[3] + 4 * u), sheet.width * 0.66, sheet.height - 6 * u)
        block = TypeBox(where, most_px=(8 if i == 0 else 4.2) * u)
        laid = sheet.text(words, Style(faces[i % 4]), block, legible(sheet.ink_under(where), job.inks.paper, enough=3))
        at = laid[3] + 2.6 * u


def _tile(sheet: Sheet, corner: Point, side: float, *, form: tuple[int, int], ink: Ink) -> None:
    x, y = corner
    kind, turn = form
    pivot = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)][turn]
    start = [0, 90, 180, 270][turn]
    if kind == 0:
        sheet.polygon([pivot, *arc(pivot, side, (start, start + 90))], ink)
    elif kind == 1:
        sheet.disc((x + side / 2, y + side / 2), side / 2, ink)
    elif kind == 2:
        sheet.ring(pivot, (side, side * 0.5), ink, turn=(start, start + 90))
    elif kind == 3:
        sheet.polygon([(x, y + side), (x + side, y + side), (x + side, y)] if turn % 2 else
                      [(x, y), (x + side, y), (x, y + side)], ink)  # fmt: skip
    else:
        for k in range(4):
            top = y + side * k / 4
            sheet.rect((x, top, x + side, top + side / 8), ink)


def gig(job: Job) -> None:
    """A pattern of quarter discs, rings and bars over a band of condensed type."""
    sheet, inks, rng, u = job.sheet, job.inks, job.rng, job.sheet.unit
    ground = inks.paper if rng.random() < 0.5 else inks.ink
    sheet.rect((0, 0, sheet.width, sheet.height), ground)
    art, words = job.parts(0.66)
    across = int(rng.integers(3, 6))
    side = (art[2] - art[0]) / across if art[2] - art[0] <= art[3] - art[1] else (art[3] - art[1]) / across
    colours = [ink for ink in (inks.first, inks.second, inks.third, inks.ink, inks.paper) if ratio(ink, ground) > 1.25]
    for row in range(math.ceil((art[3] - art[1]) / side)):
        for column in range(math.ceil((art[2] - art[0]) / side)):
            x, y = art[0] + column * side, art[1] + row * side
            picked = rng.permutation(len(colours))
            if rng.random() < 0.62:
                sheet.rect((x, y, x + side, y + side), colours[int(picked[0])])
            form = int(rng.choice([0, 0, 0, 1, 2, 2, 3, 4])), int(rng.integers(4))
            _tile(sheet, (x, y), side, form=form, ink=colours[int(picked[1 % len(picked)])])
    sheet.rect(words, ground)
    left, top, right, bottom = inset(words, 5 * u)
    ink = legible(ground, inks.ink, inks.paper)
    foot = 0.2 * (bottom - top) if job.rest else 0
    sub = 0.2 * (bottom - top) if job.second else 0
    box = sheet.text(job.title, job.style("condensed"),
                     TypeBox((left, top, right, bottom - foot - sub), most_px=26 * u), ink)  # fmt: skip
    sheet.text(job.second, Style("bold"), TypeBox((left, box[3] + 3.2 * u, right, bottom - foot), most_px=4.6 * u), ink)
    small_print(job, (left, bottom - foot, right, bottom), ink)


def waves(job: Job) -> None:
    """Bands that swell about a bubble: the title sits in the calm."""
    sheet, inks, rng = job.sheet, job.inks, job.rng
    h, w = sheet.height, sheet.width
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    cx, cy = w * 0.5, h * (0.4 if h >= w else 0.5)
    side = min(h, w)
    angle = np.arctan2(y - cy, x - cx)
    lobes, phase = int(rng.integers(3, 7)), float(rng.uniform(0, 6.28))
    swell = 1 + 0.13 * np.sin(lobes * angle + phase) + 0.05 * np.sin((lobes + 2) * angle - phase)
    reach = np.hypot((x - cx) * 0.96, y - cy) / (side * 0.5) / swell
    bands = reach * float(rng.uniform(7.0, 9.5))
    order = [inks.first, inks.second, inks.third, inks.paper, inks.ink]
    cycle = np.stack([as_floats(order[int(i)]) for i in rng.permutation(len(order))])
    index = np.floor(bands).astype(int)
    soft = np.clip((bands - index) / np.maximum(np.float32(9.0 / side), 1e-4), 0, 1)
    picture = mix(cycle[(index - 1) % len(cycle)], cycle[index % len(cycle)], soft[..., None])
    sheet.panel(picture, (0, 0))
    if job.copy:
        _in_bubble(job, (cx, cy), side * 0.36, swell=(lobes, phase))


def _in_bubble(job: Job, middle: Point, radius: float, *, swell: tuple[int, float]) -> None:
    sheet, inks, u = job.sheet, job.inks, job.sheet.unit
    ground = inks.paper
    ring: list[Point] = []
    for a in np.linspace(0, 2 * math.pi, 240).tolist():
        r = radius * (1 + 0.13 * math.sin(swell[0] * a + swell[1]) + 0.05 * math.sin((swell[0] + 2) * a - swell[1]))
        ring.append((middle[0] + r * math.cos(a), middle[1] + r * math.sin(a)))
    sheet.polygon([(middle[0] + (x - middle[0]) * 1.1, middle[1] + (y - middle[1]) * 1.1) for x, y in ring], inks.ink)
    sheet.polygon(ring, ground)
    half = radius * 0.62
    box = (middle[0] - half * 1.08, middle[1] - half * 0.84, middle[0] + half * 1.08, middle[1] + half * 0.84)
    sheet.text(job.title, job.style("retro"), TypeBox(box, "centre", 0.5), legible(ground, inks.first, inks.ink))
    foot = (0.0, sheet.height - 16 * u, float(sheet.width), float(sheet.height))
    if len(job.copy) > 1:
        sheet.rect(foot, inks.ink)
        ink = legible(inks.ink, inks.paper)
        base = sheet.height - (9 if job.rest else 4) * u
        where = TypeBox((6 * u, foot[1] + 3 * u, sheet.width - 6 * u, base), "centre", 0.5, most_px=5 * u)
        sheet.text(job.second, Style("bold"), where, ink)
        small_print(job, (6 * u, base + u, sheet.width - 6 * u, sheet.height - 2.6 * u), ink, align="centre")


def travel(job: Job) -> None:
    """Flat hills in layers before a low sun, framed like an old railway poster."""
    sheet, inks, rng, u = job.sheet, job.inks, job.rng, job.sheet.unit
    rim = 4 * u
    plate = 0.24 * sheet.height if job.copy else rim
    sheet.rect((0, 0, sheet.width, sheet.height), inks.paper)
    w, h = int(sheet.width - 2 * rim), int(sheet.height - rim - plate)
    view = Sheet(w, h, inks.second)
    sky = np.linspace(0, 1, h, dtype=np.float32)[:, None, None]
    warm = mix(as_floats(inks.third), as_floats(inks.paper), 0.55)
    steps = np.floor(smoothstep(0.0, 0.7, sky) * 6) / 6
    view.panel(np.broadcast_to(mix(as_floats(inks.second), warm, steps), (h, w, 3)), (0, 0))
    sun = (w * float(rng.uniform(0.3, 0.7)), h * float(rng.uniform(0.36, 0.5)))
    view.disc(sun, min(w, h) * float(rng.uniform(0.14, 0.22)), legible(inks.second, inks.paper, enough=1.2))
    for k in range(5):
        ridge = line(rng, width=w, cells=float(rng.uniform(1.5, 3.5)) + k, octaves=2 if k > 1 else 4)
        edge = h * (0.5 + 0.1 * k) + ridge * h * (0.12 - 0.012 * k)
        tone = mix(mix(as_floats(inks.first), warm, 0.62 - 0.155 * k), as_floats(inks.ink), max(0.0, 0.28 * (k - 2)))
        ink: Ink = tuple(int(v * 255) for v in tone.tolist())  # type: ignore[assignment]
        outline = [(float(x), float(edge[x])) for x in range(0, w, 2)]
        view.polygon([(0.0, float(h)), *outline, (float(w), float(edge[-1])), (float(w), float(h))], ink)
    sheet.image.paste(view.image, (int(rim), int(rim)))
    sheet.frame((rim, rim, sheet.width - rim, rim + h), max(1.0, 0.5 * u), inks.ink)
    _nameplate(job, rim + h + 2.4 * u)


def _nameplate(job: Job, top: float) -> None:
    sheet, inks, u = job.sheet, job.inks, job.sheet.unit
    left, right, bottom = 5 * u, sheet.width - 5 * u, sheet.height - 4 * u
    ink = legible(inks.paper, inks.first, inks.ink)
    share = 0.62 if len(job.copy) > 1 else 1.0
    box = sheet.text(job.title, job.style("condensed", 0.03),
                     TypeBox((left, top, right, top + (bottom - top) * share), "centre", 0.5), ink)  # fmt: skip
    foot = bottom - (3.4 * u if job.rest else 0)
    sheet.text(job.second, Style("sans"), TypeBox((left, box[3] + 1.6 * u, right, foot), "centre", 0.5, most_px=4 * u),
               legible(inks.paper, inks.ink))  # fmt: skip
    small_print(job, (left, foot, right, bottom), inks.ink, align="centre")


def product(job: Job) -> None:
    """A thing cut out before a great title on a plain ground."""
    sheet, inks, u = job.sheet, job.inks, job.sheet.unit
    ground = inks.paper if job.rng.random() < 0.5 else inks.second
    sheet.rect((0, 0, sheet.width, sheet.height), ground)
    ink = legible(ground, inks.first, inks.ink, inks.paper)
    wide = sheet.width > sheet.height * 1.25
    cut = sheet.width * (0.5 if wide and job.copy else 1.0)
    title = (6 * u, 6.5 * u, cut - 6 * u, sheet.height * (0.6 if wide else 0.42))
    style = job.style("condensed")
    box = sheet.text(job.title, style, TypeBox(title, most_px=34 * u), ink)
    below = TypeBox((6 * u, sheet.height - 17 * u, cut * 0.72, sheet.height - 6 * u), stand=1.0, most_px=4.6 * u)
    room = (sheet.width * 0.48, 4 * u, sheet.width, sheet.height) if wide and job.copy else (
        0.0, box[3] - 4 * u, float(sheet.width), sheet.height - 12 * u)  # fmt: skip
    disc = min(room[2] - room[0], room[3] - room[1]) * 0.4
    middle = ((room[0] + room[2]) / 2, (room[1] + room[3]) / 2)
    sheet.disc(middle, disc, inks.third if ratio(inks.third, ground) > 1.2 else inks.first)
    _cut_out(job, middle, disc * 2.1)
    pale = legible(ground, inks.ink, inks.paper)
    sheet.text(job.second, Style("bold"), below, pale)
    small_print(job, (cut * 0.5, sheet.height - 12 * u, cut - 6 * u, sheet.height - 6 * u), pale)


def _cut_out(job: Job, middle: Point, side: float) -> None:
    """The topic's thing, modelled and cut out, its soft shadow with it."""
    names = job.subjects or ("vase",)
    name = names[int(job.rng.integers(len(names)))]
    pixels = int(min(side, 460))
    scene = replace(Scene(kind="object", seed=job.scene.seed, subject=name, light="studio"), stage="seamless")
    canvas = paint_still_life(scene, width=pixels, height=pixels)
    size = (int(side), int(side))
    corner = (int(middle[0] - side / 2), int(middle[1] - side / 2))
    if canvas.shadow is not None:
        near = np.hypot(*np.mgrid[-1 : 1 : pixels * 1j, -1 : 1 : pixels * 1j])
        soft = canvas.shadow * smoothstep(0.95, 0.55, near.astype(np.float32))
        job.sheet.image.paste((20, 16, 14), corner, _as_mask(soft * 0.36, size))
    if canvas.alpha is not None:
        job.sheet.image.paste(_as_image(canvas).resize(size), corner, _as_mask(canvas.alpha, size))


def _as_mask(plane: Field, size: tuple[int, int]) -> Image.Image:
    mask = Image.fromarray((np.clip(plane, 0, 1) * 255).astype(np.uint8), mode="L")
    return mask.resize(size, Image.Resampling.BICUBIC)


def _as_image(canvas: Canvas) -> Image.Image:
    return Image.fromarray((np.clip(canvas.picture, 0, 1) * 255).astype(np.uint8), mode="RGB")


def sale(job: Job) -> None:
    """Stripes, a badge with teeth, and type that shouts."""
    sheet, inks, u = job.sheet, job.inks, job.sheet.unit
    sheet.rect((0, 0, sheet.width, sheet.height), inks.first)
    lean = sheet.height * 0.35
    for i in range(-6, 14):
        x = i * 16 * u
        sheet.polygon([(x, sheet.height), (x + lean, 0), (x + lean + 8 * u, 0), (x + 8 * u, sheet.height)], inks.ink,
                      opacity=0.12)  # fmt: skip
    middle = (sheet.width / 2, sheet.height * (0.47 if len(job.copy) > 1 else 0.5))
    outer = min(sheet.width * 0.47, sheet.height * 0.42)
    teeth = int(job.rng.integers(16, 28))
    star = [(middle[0] + r * math.cos(a), middle[1] + r * math.sin(a)) for i in range(teeth * 2)
            for a, r in [(math.pi * i / teeth, outer * (1.0 if i % 2 else 0.9))]]  # fmt: skip
    sheet.polygon([(x + 1.6 * u, y + 1.8 * u) for x, y in star], inks.ink, opacity=0.35)
    badge = inks.second if ratio(inks.second, inks.first) > 1.6 else inks.paper
    sheet.polygon(star, badge)
    half = outer * 0.66
    ink = legible(badge, inks.ink, inks.paper)
    box = (middle[0] - half * 1.06, middle[1] - half * 0.78, middle[0] + half * 1.06, middle[1] + half * 0.78)
    sheet.text(job.title, job.style("black"), TypeBox(box, "centre", 0.5), ink)
    foot = (6 * u, middle[1] + outer + 3 * u, sheet.width - 6 * u, sheet.height - (9 if job.rest else 5) * u)
    pale = legible(inks.first, inks.paper, inks.ink)
    if foot[3] > foot[1] + 2 * u:
        sheet.text(job.second, Style("bold"), TypeBox(foot, "centre", 0.5, most_px=8 * u), pale)
    small_print(job, (6 * u, sheet.height - 8 * u, sheet.width - 6 * u, sheet.height - 4 * u), pale, align="centre")
