"""Empty places named in words, for what is cut out of other pictures: a table, a room, a country."""

import re
from dataclasses import dataclass, replace

import numpy as np

from studio.sandbox.painter.colour import Field, filmic, linear, mix, shifted, srgb, to_linear
from studio.sandbox.painter.filters.ops import blurred_picture
from studio.sandbox.painter.given.mentions import says
from studio.sandbox.painter.given.reference_words import is_studio
from studio.sandbox.painter.land.landscape import paint_landscape
from studio.sandbox.painter.noise import dice, stretched
from studio.sandbox.painter.people.portrait import backdrop
from studio.sandbox.painter.reading.brief import find_lights, find_surfaces, read_brief
from studio.sandbox.painter.reading.outdoors import lands_in
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Scene
from studio.sandbox.painter.still.backdrop import Room, build_room
from studio.sandbox.painter.still.interior import build_interior
from studio.sandbox.painter.vocabulary import vocabulary

_WALLS = ("#cfc4b2", "#b9c2b2", "#c9a793", "#a9b8b3", "#8f9a9c", "#b98f78")
_TABLE = "wood"
_SHARP_SIDE = 480
_PEOPLE = re.compile(r"\b(?:wom[ae]n|m[ae]n|girls?|boys?|people|persons?|friends?|portrait|photo|child(?:ren)?)\b")


@dataclass(frozen=True, slots=True)
class Stage:
    """An empty place (h, w, 3), the row where its ground begins as a share of the height, and the light's name."""

    picture: Field
    horizon: float
    light: str
    kind: str
    """"land" | "room" | "table" | "wall" | "studio"."""


def light_in(text: str) -> str:
    hits = find_lights(text)
    return hits[0].name if hits else "soft"


def land_scene(text: str, *, seed: bytes) -> Scene | None:
    """The country, street or city a text (lower case) names, with nobody in it."""
    if not lands_in(text):
        return None
    scene = read_brief(_PEOPLE.sub(" ", text), seed)
    if scene.kind in ("object", "portrait", "poster", "abstract"):
        scene = Scene(kind=lands_in(text)[0], seed=seed, light=scene.light)
    return replace(scene, people=(), text="", extras=())


def _room(text: str, *, size: tuple[int, int], seed: bytes, horizon: float) -> Room:
    """The measures of a room or a table top; size is (width, height)."""
    width, height = size
    rng = dice(seed, "stage")
    light = vocabulary().lights[light_in(text)]
    surfaces = find_surfaces(text)
    named = surfaces[0].name if surfaces else _TABLE
    surface = vocabulary().surfaces.get(named)
    wall = mix(srgb(_WALLS[int(rng.integers(len(_WALLS)))]), srgb(light.wall), 0.25)
    table = shifted(wall, light=-0.12) if surface is None else srgb(surface.colour)
    return Room(
        height=height, width=width, horizon_px=height * horizon, sharp=True, wall=to_linear(wall) * light.lift,
        table=to_linear(table) * light.lift * np.float32(0.95), texture="" if surface is None else surface.texture,
        side=-1.0 if rng.random() < 0.6 else 1.0, key=linear(light.key), shaft=light.shaft, gobo="window",
        arch_px=None, arch=to_linear(wall),
    )  # fmt: skip


def _studio(text: str, *, size: tuple[int, int], seed: bytes) -> Field:
    """An empty seamless backdrop of the colour said, paler where none is."""
    # Read as for a thing that stands on it, which is then left out.
    scene = read_brief(f"a white gift, {text}", seed)
    scene = replace(scene, kind="object", subject="gift", stage="seamless", items=(), bare=True, plain=True, text="")
    return render(scene, width=size[0], height=size[1]).picture


def stage_of(text: str, *, size: tuple[int, int], seed: bytes, people: bool = False) -> Stage:
    """The place a text (lower case) names, size (width, height); a calm wall where it names none.

    Behind people it is out of focus, and a table is a room.
    """
    width, height = size
    if not people or min(size) < _SHARP_SIDE:
        return _painted(text, size=size, seed=seed, people=people)
    # What is out of focus is painted at half the size.
    stage = _painted(text, size=(width // 2, height // 2), seed=seed, people=True)
    planes = [stretched(stage.picture[..., i], height=height, width=width) for i in range(3)]
    return replace(stage, picture=np.clip(np.stack(planes, axis=-1), 0, 1))


def _painted(text: str, *, size: tuple[int, int], seed: bytes, people: bool) -> Stage:
    width, height = size
    light = light_in(text)
    land = land_scene(text, seed=seed)
    if land is not None:
        picture = paint_landscape(land, width=width, height=height).picture
        soft = blurred_picture(picture, min(size) / (60 if people else 130))
        if people:
            return Stage(soft, 0.6, land.light, "land")
        near = np.clip(np.linspace(-1.5, 1.2, height, dtype=np.float32), 0, 1)[:, None]
        kept = np.broadcast_to(near, (height, width))[..., None]
        return Stage(mix(soft, picture, kept), 0.62, land.light, "land")
    if says("indoors", text) or (people and find_surfaces(text)):
        room = _room(text, size=size, seed=seed, horizon=0.70)
        linear_room, _ = build_interior(room, dice(seed, "stage room"), feet=[(width * 0.5, height * 0.9)], plain=False)
        picture = filmic(linear_room)
        if people:
            picture = blurred_picture(picture, min(size) / 75)
        return Stage(picture, 0.70, light, "room")
    if people:
        return Stage(backdrop(size, wall="", light=light, seed=seed), 0.6, light, "wall")
    if not find_surfaces(text) and is_studio(text):
        return Stage(_studio(text, size=size, seed=seed), 0.55, light, "studio")
    picture, _ = build_room(_room(text, size=size, seed=seed, horizon=0.60), dice(seed, "stage table"))
    return Stage(filmic(picture), 0.60, light, "table")
