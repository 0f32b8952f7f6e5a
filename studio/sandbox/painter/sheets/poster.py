"""Posters, covers, cards and logos: a design, its words and its inks laid out on a sheet."""

from collections.abc import Callable, Mapping

import numpy as np

from studio.sandbox.painter.colour import Field, complement, mix, shifted, srgb
from studio.sandbox.painter.lettering.contrast import ENOUGH
from studio.sandbox.painter.noise import cloud, dice
from studio.sandbox.painter.reading.designs import Design, design_of, designs
from studio.sandbox.painter.scene import Canvas, Scene
from studio.sandbox.painter.sheets.layouts import Job, Palette, bigtype, classic, deco, event, minimal, swiss
from studio.sandbox.painter.sheets.logo import paint_emblem, paint_logo, paint_monogram, paint_wordmark
from studio.sandbox.painter.sheets.motifs import SHOWING, shows_thing
from studio.sandbox.painter.sheets.placed import placed, wants_places
from studio.sandbox.painter.sheets.plates import film, gig, magazine, product, sale, travel, waves
from studio.sandbox.painter.sheets.sheet import Ink, Sheet, as_floats, ink_of, legible, ratio
from studio.sandbox.painter.sheets.stationery import card, menu, ticket

Layout = Callable[[Job], None]
LAYOUTS: Mapping[str, Layout] = {
    "swiss": swiss, "bigtype": bigtype, "classic": classic, "minimal": minimal, "event": event, "deco": deco,
    "film": film, "gig": gig, "waves": waves, "travel": travel, "product": product, "sale": sale,
    "magazine": magazine, "card": card, "menu": menu, "ticket": ticket, "logo": paint_logo, "emblem": paint_emblem,
    "monogram": paint_monogram, "wordmark": paint_wordmark,
}  # fmt: skip
_FORM_LAYOUTS: Mapping[str, tuple[str, ...]] = {
    "film": ("film",), "magazine": ("magazine",), "book": ("classic", "minimal", "swiss", "travel", "deco"),
    "card": ("card",), "menu": ("menu",), "album": ("waves", "gig", "minimal", "swiss"), "ticket": ("ticket",),
    "banner": ("product", "swiss", "bigtype", "gig"), "logo": ("logo",), "emblem": ("emblem",),
    "monogram": ("monogram",), "wordmark": ("wordmark",), "icon": ("logo",), "sticker": ("logo",),
}  # fmt: skip
_PICTURED, _TWO_INKS, _SHOWING_SECOND = ("film",), ("swiss", "minimal"), ("swiss", "event", "waves", "travel")
_OWN_LAYOUT = tuple(form for form, names in _FORM_LAYOUTS.items() if len(names) == 1)
_SEEN = 1.5
"""The least contrast of a form with its ground."""
PLAIN_FORMS = ("logo", "emblem", "monogram", "wordmark", "icon", "sticker", "pattern")
"""On plain ground, without a paper's grain."""


def _as_ink(colour: Field) -> Ink:
    red, green, blue = (round(float(v) * 255) for v in np.clip(colour, 0, 1))
    return red, green, blue


def palette_for(scene: Scene, design: Design) -> Palette:
    """The inks: of the colours said, else one of the topic's palettes; then those it was given since."""
    inks, (ground, _, one) = _first_palette(scene, design), scene.inks
    if one:
        return two_inks(ink_of(one), ink_of(ground) if ground else inks.paper)
    if not ground:
        return inks
    paper = ink_of(ground)
    first, second, third = (_apart(wished, paper) for wished in (inks.first, inks.second, inks.third))
    return Palette(paper, legible(paper, inks.ink), first, second, third)


def _apart(ink: Ink, ground: Ink) -> Ink:
    """The ink, darkened or lightened only as far as it must be to be seen on the ground."""
    away = -0.05 if ratio(ground, (0, 0, 0)) > ratio(ground, (255, 255, 255)) else 0.05
    shades = (_as_ink(shifted(as_floats(ink), light=away * step)) if step else ink for step in range(10))
    return next((shade for shade in shades if ratio(shade, ground) >= _SEEN), ink)


def _first_palette(scene: Scene, design: Design) -> Palette:
    known = designs()
    names = known.topics[design.topic].palettes
    codes = known.palettes[names[int(dice(scene.seed, "inks").integers(len(names)))]]
    if scene.colour and scene.wall:
        return two_inks(ink_of(scene.colour), ink_of(scene.wall))
    paper, ink, first, second, third = (ink_of(code) for code in codes)
    if scene.colour:
        said = srgb(scene.colour)
        first = ink_of(scene.colour)
        second = ink_of(scene.tone) if scene.tone else _as_ink(complement(said))
        third = _as_ink(shifted(said, light=0.18, chroma=0.55))
        paper = _as_ink(shifted(said, light=0.9, chroma=0.12))
        ink = _as_ink(shifted(said, light=-0.9 if ratio(first, (255, 255, 255)) < 3 else -0.25, chroma=0.35))
        if ratio(ink, paper) < 7:
            ink = (22, 20, 22)
    if scene.wall:
        paper = ink_of(scene.wall)
        if ratio(ink, paper) < 5:
            ink = (250, 246, 238) if ratio((250, 246, 238), paper) > ratio((20, 19, 20), paper) else (20, 19, 20)
    if scene.light in ("night", "neon"):
        paper, ink = ink, paper
    return Palette(paper, ink, first, second, third)


def two_inks(ink: Ink, ground: Ink) -> Palette:
    """A print in one colour on another; the ink is lightened or darkened only as far as it must be to be read."""
    for step in range(12):
        light = 0.05 * step * (1 if ratio(ground, (255, 255, 255)) > ratio(ground, (0, 0, 0)) else -1)
        shade = _as_ink(shifted(as_floats(ink), light=light)) if step else ink
        if ratio(shade, ground) >= ENOUGH:
            break
    faint, half = (_as_ink(mix(as_floats(ground), as_floats(shade), share)) for share in (0.12, 0.5))
    return Palette(ground, shade, faint, shade, half)


def layout_name(scene: Scene, design: Design) -> str:
    """The layout of the form or the topic; one that shows what was asked for, where colours or a picture were."""
    topic = designs().topics[design.topic]
    names = _FORM_LAYOUTS.get(design.form, topic.layouts)
    for wanted, able in (
        (bool(scene.items or scene.features or scene.people or scene.setting), _PICTURED),
        (bool(scene.colour and scene.wall), _TWO_INKS),
        (bool(scene.colour and scene.tone), _SHOWING_SECOND),
    ):
        if wanted and design.form not in _OWN_LAYOUT:
            names = tuple(name for name in names if name in able) or able
            break
    return names[int(dice(scene.seed, "layout").integers(len(names)))]


def paint_poster(scene: Scene, *, width: int, height: int) -> Canvas:
    """The sheet a scene of kind "poster" shows: its `design` says what it is, its `text` has one piece a line."""
    design = design_of(scene.design) or Design()
    inks = palette_for(scene, design)
    sheet = Sheet(width, height, inks.paper)
    sheet.letters = ink_of(scene.inks[1]) if scene.inks[1] else None
    topic = designs().topics[design.topic]
    copy = tuple(piece for piece in scene.text.split("\n") if piece)
    job = Job(
        sheet, copy, inks, dice(scene.seed, "sheet"), design.face, topic.marks, scene, topic.subjects, design.mark
    )
    name = layout_name(scene, design)
    layout = SHOWING[design.form] if shows_thing(scene, design) else LAYOUTS[name]
    if copy and wants_places(design):
        placed(job, layout, design, name=name)
    else:
        layout(job)
    picture = np.asarray(sheet.image, dtype=np.float32) / np.float32(255)
    if design.form not in PLAIN_FORMS:
        fibre = cloud(dice(scene.seed, "fibre"), height=height, width=width, cells=(height / 5, width / 5), octaves=2)
        picture = picture * (1 + 0.01 * fibre)[..., None]
    return Canvas(picture=np.clip(picture, 0, 1).astype(np.float32))
