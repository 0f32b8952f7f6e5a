"""Landscapes and cities: what a prompt names stands in them, and they are not all alike."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest

from studio.sandbox.painter.land.features import Thing, feature_table
from studio.sandbox.painter.land.landscape import paint_landscape
from studio.sandbox.painter.reading.brief import describe, read_brief
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Scene, scene_from_record, scene_to_record
from tests.sandbox.painter.conftest import Pixels

SEED = bytes([7]) * 32


def rendered(scene: Scene) -> Pixels:
    """The scene's picture, 0–1."""
    return np.asarray(render(scene, width=256, height=160).picture, dtype=np.float32)


def read(prompt: str, seed: int = 7) -> Scene:
    return read_brief(prompt, bytes([seed]) * 32)


@pytest.mark.parametrize(
    ("prompt", "kind", "features"),
    [
        ("a lighthouse on a cliff at sunset", "sea", {"lighthouse", "cliff"}),
        ("a castle on a cliff above the sea, fog", "sea", {"castle", "cliff"}),
        ("a sailing boat at dawn", "sea", {"sailing_boat"}),
        ("a stone bridge over a river", "meadow", {"bridge", "river"}),
        ("astronaut on the moon", "space", {"astronaut"}),
        ("a tent with a campfire under the milky way", "mountains", {"tent", "campfire", "milky_way"}),
        ("northern lights over a cabin in the snow", "snow", {"aurora", "cabin"}),
        ("a road through the desert", "desert", {"road"}),
        ("a lake in the mountains", "lake", set()),
        ("a red windmill in a tulip field", "meadow", {"windmill", "tulips"}),
        ("a rainy street at night, neon signs", "street", set()),
        ("the new york skyline at night", "city", set()),
        ("a castle, no birds, without a rainbow", "mountains", {"castle"}),
    ],
)
def test_a_prompt_names_a_place_and_what_stands_there(prompt: str, kind: str, features: set[str]) -> None:
    scene = read(prompt)
    assert scene.kind == kind
    assert {thing.name for thing in scene.features} == features


@pytest.mark.parametrize("name", sorted(feature_table()))
def test_every_feature_is_found_by_its_words_and_changes_the_picture_where_it_is(name: str) -> None:
    feature = feature_table()[name]
    scene = read(f"a landscape with {feature.words[0]}", 5)
    assert name in {thing.name for thing in scene.features}
    light = "night" if feature.place == "heavens" else "soft"
    home = replace(scene, kind=feature.home, features=(Thing(name),), light=light, season="")  # type: ignore[arg-type]
    bare = replace(home, features=(Thing("planet"),) if name == "earth" else ())
    change = np.abs(rendered(home) - rendered(bare)).max(axis=-1)
    assert (change > 0.04).mean() > 0.0015


@pytest.mark.parametrize("name", ["lighthouse", "castle", "sailing_boat", "balloon", "windmill", "rocket", "lone_tree"])
def test_what_stands_is_known_as_coverage(name: str) -> None:
    scene = Scene(kind=feature_table()[name].home, seed=SEED, light="noon", features=(Thing(name),))  # type: ignore[arg-type]
    alpha = paint_landscape(scene, width=256, height=160).alpha
    assert alpha is not None
    assert 0.004 < (alpha > 0.5).mean() < 0.25
    rows, columns = np.nonzero(alpha > 0.5)
    assert 0.15 < columns.mean() / 256 < 0.85
    assert rows.max() < 160 * 0.99


def test_a_feature_takes_the_colour_said_of_it() -> None:
    windmill = read("a blue windmill among hills").features[0]
    assert windmill == Thing("windmill", "#3564b0")
    red, blue = (
        rendered(Scene(kind="meadow", seed=SEED, light="noon", features=(Thing("balloon", c),)))
        for c in ("#c3312f", "#3564b0")
    )
    gap = (red - blue)[np.abs(red - blue).max(axis=-1) > 0.2]
    assert gap[:, 0].mean() > 0.1
    assert gap[:, 2].mean() < -0.1


def test_several_of_a_feature_cover_more() -> None:
    one, three = (
        read(f"{words} over a valley").features[0] for words in ("a hot air balloon", "three hot air balloons")
    )
    assert (one.count, three.count) == (1, 3)
    shares = []
    for thing in (one, three):
        alpha = paint_landscape(Scene(kind="mountains", seed=SEED, features=(thing,)), width=256, height=160).alpha
        assert alpha is not None
        shares.append(float((alpha > 0.5).mean()))
    assert shares[1] > shares[0] * 1.5


def test_distance_fades_into_the_haze_of_the_horizon() -> None:
    for seed in range(3):
        picture = rendered(Scene(kind="mountains", seed=bytes([seed]) * 32, light="soft"))
        far, near = picture[80:96], picture[140:150]
        assert far.mean() > near.mean() + 0.05


def test_a_lake_mirrors_what_stands_behind_it() -> None:
    picture = rendered(Scene(kind="lake", seed=SEED, light="noon"))
    shore = int(160 * 0.66)
    above, below = picture[shore - 22 : shore - 4][::-1], picture[shore + 4 : shore + 22]
    assert np.corrcoef(above.mean(axis=-1).ravel(), below.mean(axis=-1).ravel())[0, 1] > 0.5


def test_the_hours_differ_in_brightness_and_warmth() -> None:
    by_light = {
        light: rendered(Scene(kind="meadow", seed=SEED, light=light)) for light in ("noon", "golden", "night", "blue")
    }
    assert by_light["noon"].mean() > by_light["blue"].mean() > by_light["night"].mean()
    warmth = {light: float((p[..., 0] - p[..., 2]).mean()) for light, p in by_light.items()}
    assert warmth["golden"] > warmth["noon"] + 0.1
    assert warmth["blue"] < 0


def test_the_seasons_colour_the_ground() -> None:
    ground = {s: rendered(read(f"rolling hills in {s}, noon"))[130:155] for s in ("spring", "autumn", "winter")}
    green = {s: float((p[..., 1] - p[..., 0]).mean()) for s, p in ground.items()}
    assert green["spring"] > 0.03 > green["autumn"]
    assert ground["winter"].min(axis=-1).mean() > ground["spring"].min(axis=-1).mean() + 0.2


@pytest.mark.parametrize(
    "kind", ["mountains", "sea", "desert", "forest", "snow", "meadow", "lake", "canyon", "space", "city", "street"]
)
def test_another_seed_gives_another_view(kind: str) -> None:
    pictures = [rendered(Scene(kind=kind, seed=bytes([n]) * 32, light="soft")) for n in (1, 2, 3)]  # type: ignore[arg-type]
    gaps = [np.abs(a - b).mean() for i, a in enumerate(pictures) for b in pictures[:i]]
    assert min(gaps) > 0.025


def test_a_lighthouse_shines_after_dark() -> None:
    lit = Scene(kind="sea", seed=SEED, light="night", features=(Thing("lighthouse"),))
    bare = replace(lit, features=(Thing("cliff"),))
    assert (rendered(lit) - rendered(bare))[:80].max() > 0.4


def test_rain_makes_the_street_mirror_its_lights() -> None:
    dry = Scene(kind="street", seed=SEED, light="night")
    wet = replace(dry, extras=("rain",))
    road = [
        np.asarray(paint_landscape(s, width=256, height=160).picture)[110:158].max(axis=-1).std() for s in (dry, wet)
    ]
    assert road[1] > road[0] * 1.2


def test_windows_are_lit_at_night_and_not_at_noon() -> None:
    night, noon = (rendered(Scene(kind="city", seed=SEED, light=light)) for light in ("night", "noon"))

    def lamps(picture: Pixels) -> float:
        return float(((picture[60:110, :, 0] - picture[60:110, :, 2]) > 0.12).mean())

    assert lamps(night) > 0.05 > lamps(noon)


@pytest.mark.parametrize(
    ("prompt", "caption"),
    [
        ("a lighthouse by the sea, golden hour", "A lighthouse by a calm sea, golden late light."),
        ("two hot air balloons over the desert at noon", "Two hot-air balloons among dunes, bright daylight."),
        ("rolling hills in autumn, overcast", "Rolling hills in autumn colours, overcast light."),
    ],
)
def test_a_caption_says_what_is_there(prompt: str, caption: str) -> None:
    assert describe(read(prompt)) == caption


def test_a_scene_survives_its_record() -> None:
    scene = read("three red hot air balloons and birds over an autumn lake")
    assert scene_from_record(json.loads(json.dumps(scene_to_record(scene)))) == scene


def test_a_record_from_before_features_is_still_read() -> None:
    record = scene_to_record(Scene(kind="sea", seed=SEED))
    for name in ("features", "season", "people"):
        del record[name]
    assert scene_from_record(record) == Scene(kind="sea", seed=SEED)


@pytest.mark.parametrize(
    "change",
    [
        {"features": [["lighthouse", "", 99]]}, {"features": [["nothing", "", 1]]}, {"features": "sea"},
        {"features": [["castle", "red", 1]]}, {"features": [["castle", "", True]]}, {"season": "monsoon"},
        {"features": [["castle", "", 1]] * 9},
    ],
)  # fmt: skip
def test_a_record_with_strange_features_is_refused(change: dict[str, object]) -> None:
    assert scene_from_record({**scene_to_record(Scene(kind="sea", seed=SEED)), **change}) is None


def test_the_same_scene_gives_the_same_floats() -> None:
    scene = read("a castle and a river, birds, spring")
    assert np.array_equal(rendered(scene), rendered(scene))


def test_a_landscape_is_painted_fast() -> None:
    scene = read("a castle on a cliff above the sea with a sailing boat and birds")
    began = time.process_time()
    render(scene, width=640, height=400)
    assert time.process_time() - began < 2.0
