"""Where things stand, what holds them up and what is said of it: shelves and plinths, shores, rooms, unknown things."""

from dataclasses import replace

import numpy as np
import pytest

from studio.sandbox.painter.colour import srgb
from studio.sandbox.painter.land.features import Thing
from studio.sandbox.painter.land.placing import shore_for
from studio.sandbox.painter.noise import dice
from studio.sandbox.painter.reading.brief import describe, read_brief
from studio.sandbox.painter.reading.unknown import notice_of_unknown
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Canvas, Scene, scene_from_record, scene_to_record
from studio.sandbox.painter.still.arrangement import Spot, arranged
from studio.sandbox.painter.vocabulary import vocabulary
from tests.sandbox.painter.conftest import painted

WIDE, HIGH = 256, 160


def scene_of(prompt: str, seed: int = 0) -> Scene:
    return read_brief(prompt, bytes([seed]) * 32)


def canvas_of(prompt: str, *, width: int = WIDE, height: int = HIGH, seed: int = 0) -> Canvas:
    return render(scene_of(prompt, seed), width=width, height=height)


def spots_of(prompt: str) -> dict[str, Spot]:
    scene = scene_of(prompt)
    spots = arranged(scene, dice(scene.seed, "arrangement"), pitch=0.2)
    return {spot.thing.subject.name: spot for spot in spots}


def share_of(mask: np.ndarray) -> float:
    return float((mask > 0.5).mean())


def box_of(mask: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero((mask > 0.5).any(axis=1))[0], np.nonzero((mask > 0.5).any(axis=0))[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])


def test_what_is_sold_in_pairs_comes_as_a_pair() -> None:
    scene = scene_of("White sneakers on a concrete plinth, studio light")
    assert (scene.count, scene.support, scene.surface) == (2, "plinth", "concrete")
    assert describe(scene) == "A pair of white sneakers on a concrete plinth, studio light."
    assert scene_of("three sneakers").count == 3
    assert scene_of("headphones").count == 1


def test_a_plinth_carries_the_things_and_is_seen() -> None:
    canvas = canvas_of("a red teapot on a concrete plinth, studio light")
    assert canvas.alpha is not None
    _, top, _, bottom = box_of(canvas.alpha)
    cover = canvas.alpha > 0.9
    rows = np.arange(HIGH)[:, None]
    chroma = np.ptp(canvas.picture, axis=-1)
    block = chroma[cover & (rows > bottom - 0.12 * (bottom - top))].mean()
    assert block < 0.12 < chroma[cover & (rows < top + 0.6 * (bottom - top))].mean()


def test_a_floating_thing_leaves_air_above_its_shadow() -> None:
    canvas = canvas_of("headphones floating before a coral backdrop, minimal")
    assert canvas.alpha is not None
    assert canvas.shadow is not None
    left, _, right, bottom = box_of(canvas.alpha)
    pool = canvas.shadow[:, (left + right) // 2]
    assert int(pool.argmax()) > bottom + HIGH * 0.03
    assert canvas.shadow[bottom + 2, (left + right) // 2] < pool.max()


def test_the_backdrop_has_the_colour_said_of_it_also_before_a_comma() -> None:
    scene = scene_of("headphones floating before a coral backdrop, minimal")
    assert scene.wall == vocabulary().colours["coral"]
    corner = render(scene, width=WIDE, height=HIGH).picture[: HIGH // 3].reshape(-1, 3).mean(axis=0)
    hue = corner - corner.mean()
    coral = srgb(scene.wall) - srgb(scene.wall).mean()
    assert float(hue @ coral / (np.linalg.norm(hue) * np.linalg.norm(coral))) > 0.95
    assert scene_of("a red mug, background white").colour == vocabulary().colours["red"]


def test_small_things_stand_on_the_desk_and_not_on_the_floor() -> None:
    spots = spots_of("an office desk with a laptop and a mug")
    assert spots["desk"].y == 0
    assert spots["laptop"].y == spots["mug"].y > 50


def test_a_room_named_with_small_things_gets_a_table_for_them() -> None:
    scene = scene_of("a home office with a laptop and a mug")
    assert "desk" in [item.subject for item in scene.items]


@pytest.mark.parametrize(
    ("prompt", "stage", "things"),
    [
        ("a bright kitchen with a kettle and bread on the counter", "kitchen", {"teapot", "bread"}),
        ("a modern kitchen, morning light", "kitchen", {"teapot", "bread", "lemon"}),
        ("a kitchen island with tomatoes", "kitchen", {"tomato"}),
        ("a kitchen with a table and a chair", "room", {"table", "chair"}),
        ("a cat beside a window", "sill", {"cat"}),
        ("a bedroom at night", "room", {"bed", "side_table"}),
    ],
)
def test_rooms_are_staged_as_what_they_are(prompt: str, stage: str, things: set[str]) -> None:
    scene = scene_of(prompt)
    assert scene.stage == stage
    assert {scene.subject, *(item.subject for item in scene.items)} == things


def test_plants_of_a_room_are_as_large_as_furniture() -> None:
    scene = scene_of("a living room with a sofa and plants")
    assert [(item.subject, item.count) for item in scene.items] == [("house_plant", 2)]


def test_food_seen_from_above_fills_the_frame() -> None:
    canvas = canvas_of("a bowl of ramen seen from above, dark wooden table")
    assert canvas.alpha is not None
    _, top, _, bottom = box_of(canvas.alpha)
    assert bottom - top > 0.68 * HIGH
    assert canvas.shadow is not None
    outside = canvas.shadow * (1 - canvas.alpha)
    assert share_of(outside / max(float(outside.max()), 1e-6) * (outside > 0.35)) < share_of(canvas.alpha)


def test_a_material_is_no_hour_and_a_trade_no_thing() -> None:
    assert scene_of("a bowl of ramen on a dark wooden table").surface == "dark_wood"
    assert scene_of("a bowl of ramen on a dark wooden table").light != "night"
    scene = scene_of("food photography, a slice of pizza")
    assert (scene.subject, scene.items) == ("pizza", ())


def test_a_surface_takes_the_colour_said_of_it() -> None:
    scene = scene_of("a watch on black velvet")
    assert (scene.surface, scene.surface_colour) == ("velvet", vocabulary().colours["black"])
    floor = render(scene, width=WIDE, height=HIGH).picture[-12:].mean()
    own = render(replace(scene, surface_colour=""), width=WIDE, height=HIGH).picture[-12:].mean()
    assert floor < own * 0.8


def test_a_drink_has_the_colour_and_the_glass_stays_clear() -> None:
    scene = scene_of("a glass of red juice, studio light")
    assert describe(scene) == "A glass with a red drink, studio light."
    canvas = render(scene, width=WIDE, height=HIGH)
    assert canvas.alpha is not None
    left, top, right, bottom = box_of(canvas.alpha)
    inner = slice(left + (right - left) // 3, right - (right - left) // 3)
    redness = (canvas.picture[..., 0] - canvas.picture[..., 1])[:, inner].mean(axis=1)
    high, low = (redness[round(top + (bottom - top) * at)] for at in (0.22, 0.75))
    assert low > high + 0.15


@pytest.mark.parametrize(
    ("name", "land"), [("cabin", "cliff"), ("palm", "beach"), ("tent", "beach"), ("lone_tree", "cliff")]
)
def test_what_stands_by_the_sea_stands_on_land(name: str, land: str) -> None:
    assert shore_for((Thing(name),))[0].name == land
    assert shore_for((Thing("sailing_boat"),)) == (Thing("sailing_boat"),)
    assert shore_for((Thing("island"), Thing(name))) == (Thing("island"), Thing(name))


@pytest.mark.parametrize("size", [(200, 200), (144, 256), (256, 144), (294, 126)])
@pytest.mark.parametrize("prompt", ["a lighthouse on a cliff above the sea", "a teapot, copy space above"])
def test_what_is_asked_for_stays_inside_the_frame(prompt: str, size: tuple[int, int]) -> None:
    canvas = canvas_of(prompt, width=size[0], height=size[1], seed=3)
    assert canvas.alpha is not None
    _, top, _, bottom = box_of(canvas.alpha)
    assert top >= 0.03 * size[1]
    assert bottom <= 0.98 * size[1]


def test_a_rocket_that_leaves_has_a_flame() -> None:
    scene = scene_of("a rocket leaving the moon")
    assert Thing("rocket_launch") in scene.features
    picture = render(scene, width=WIDE, height=HIGH).picture
    flame = (picture[..., 0] > 0.85) & (picture[..., 1] > 0.35) & (picture[..., 2] < 0.45)
    assert flame.sum() > 12


def test_a_film_poster_shows_what_it_names() -> None:
    scene = scene_of('A film poster titled "Coast", a lighthouse by the sea')
    assert (scene.setting, scene.features) == ("sea", (Thing("lighthouse"),))
    without = render(replace(scene, features=()), width=WIDE, height=HIGH).picture
    changed = np.abs(render(scene, width=WIDE, height=HIGH).picture - without).max(axis=-1)[: HIGH // 2]
    assert (changed > 0.2).mean() > 0.01
    assert scene_from_record(scene_to_record(scene)) == scene


def test_fog_on_a_poster_leaves_its_words_alone() -> None:
    clear, foggy = (scene_of(f'A film poster titled "Coast", a lighthouse{fog}, night') for fog in ("", " in fog"))
    assert foggy.extras == ("fog",)
    foot = slice(int(HIGH * 0.78), None)
    pictures = [render(replace(one, light="night"), width=WIDE, height=HIGH).picture[foot] for one in (clear, foggy)]
    assert np.abs(pictures[0] - pictures[1]).mean() < 0.02


def test_neon_glows_in_the_rain() -> None:
    dry, wet = (canvas_of(f"a street at night, neon signs{rain}").picture for rain in ("", ", rain"))
    chroma = [float(np.percentile(np.ptp(picture, axis=-1), 97)) for picture in (dry, wet)]
    assert chroma[1] > chroma[0] * 0.62


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("a jungle at dawn", "A jungle, morning light."),
        ("a birch forest, soft light", "A birch wood in mist, soft light."),
        ("a pine forest in autumn, soft light", "A conifer wood in mist in autumn colours, soft light."),
        ("black bottle, seamless sage backdrop, rim light", "A black bottle on a seamless sage backdrop, rim light."),
        ("abstract shapes in teal and coral", "An abstract of folded teal and coral."),
        ("a kettle in a kitchen, on marble, bright", "A teapot on a kitchen counter of marble, bright daylight."),
        ("a dog by a lighthouse, noon", "A dog by a calm sea with a lighthouse behind, bright daylight."),
        ("an owl in a birch forest, noon", "An owl in a birch wood, bright daylight."),
        ("a fox in the snow, noon", "A fox in the snow, bright daylight."),
        ("a city skyline at dusk", "A skyline over water, the light of dusk."),
    ],
)  # fmt: skip
def test_captions_are_true_to_what_was_asked(prompt: str, said: str) -> None:
    assert describe(scene_of(prompt)) == said


def test_woods_differ_by_what_grows_in_them() -> None:
    scene = scene_of("a forest at noon")
    pictures = [
        render(replace(scene, woods=woods), width=WIDE, height=HIGH).picture
        for woods in ("conifer", "broadleaf", "birch", "jungle")
    ]  # fmt: skip
    gaps = [np.abs(a - b).mean() for i, a in enumerate(pictures) for b in pictures[:i]]
    assert min(gaps) > 0.01


def test_what_someone_holds_is_in_the_picture() -> None:
    scene = scene_of("a portrait of a woman holding a teapot, studio light")
    assert [item.subject for item in scene.items] == ["teapot"]
    held = render(scene, width=WIDE, height=HIGH).picture
    alone = render(replace(scene, items=()), width=WIDE, height=HIGH).picture
    assert (np.abs(held - alone).max(axis=-1) > 0.1).mean() > 0.01
    assert scene_of("a portrait of a woman with glasses and a hat").items == ()


@pytest.mark.parametrize(
    ("prompt", "notice"),
    [
        ("a trombone on velvet", "I do not know how to paint “a trombone”, so I painted an abstract."),
        ("a mug and a trombone", "I do not know how to paint “a trombone”, so I left it out."),
        ("the desert with three camels", "I do not know how to paint “three camels”, so I left it out."),
        ("a mug and two lemons on linen, morning light", ""),
        ("abstract shapes, a sense of calm", ""),
        ("a pair of gold earrings on velvet", "I do not know how to paint “gold earrings”, so I painted an abstract."),
        ("The Eiffel Tower at night", "I do not know how to paint “the Eiffel Tower”, so I painted an abstract."),
        ("an espresso machine and a mug", "I do not know how to paint “an espresso machine”, so I left it out."),
        ("a hero shot of a matte black bottle, a soft gradient behind", ""),
        ('a poster that says "Trombone"', ""),
        ("a portrait of a woman with a calm expression", ""),
    ],
)
def test_what_cannot_be_painted_is_said(prompt: str, notice: str) -> None:
    assert notice_of_unknown(prompt, scene_of(prompt)) == notice


def test_the_notice_is_part_of_the_painting() -> None:
    assert painted("a trombone").notice == "I do not know how to paint “a trombone”, so I painted an abstract."


def test_the_later_fields_of_a_scene_survive_its_record() -> None:
    scene = scene_of("two sneakers on a black marble plinth")
    assert scene_from_record(scene_to_record(scene)) == scene
    for field, value in (("support", "moon"), ("surface_colour", "black"), ("woods", "reef")):
        assert scene_from_record({**scene_to_record(scene), field: value}) is None
