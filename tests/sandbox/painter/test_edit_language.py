"""Words of less, complaints, negations, exceptions and colours of one part: that an edit does what they say."""

import numpy as np
import pytest

from studio.sandbox.painter.edits.editing import notice_of
from studio.sandbox.painter.edits.instructions import Plan, read_instruction
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.registry import apply_op
from studio.sandbox.painter.filters.whereabouts import Placing, placing_from
from studio.sandbox.painter.reading.brief import read_brief
from studio.sandbox.painter.scene import Canvas, Scene
from tests.sandbox.painter.conftest import Pixels, painted, pixels_of, without_mark

SEED = bytes(range(32))
BASES = {
    "mug": "A ceramic mug on a wooden table, window light",
    "lake": "Mountains with a lake at noon",
    "woman": "Portrait of a woman with curly brown hair, studio light",
    "apple": "A red apple on a white plate on a wooden table, window light",
}


@pytest.fixture(scope="module")
def scenes() -> dict[str, Scene]:
    return {name: read_brief(prompt, SEED) for name, prompt in BASES.items()}


def plan_of(words: str, scene: Scene | None = None, *, before: tuple[Op, ...] = ()) -> Plan:
    return read_instruction(words, scene, SEED, before=before)


def directions(plan: Plan) -> list[str]:
    return [f"{op.name}{'-' if op.amount < 0 else '+'}" for op in plan.ops]


def named(plan: Plan) -> list[tuple[str, str]]:
    return [(op.name, op.value) for op in plan.ops]


def added(plan: Plan) -> list[Placing]:
    found = [placing_from(op.value) for op in (*plan.kept, *plan.ops) if op.name == "add"]
    return [one for one in found if one is not None]


def adding(subject: str, place: str) -> Op:
    return Op("add", 1.0, Placing(subject=subject, place=place, height_cm=8, beside_cm=10, seed="0a").text())


@pytest.mark.parametrize(
    ("words", "done"),
    [
        ("drop saturation by half", "saturation-"),
        ("halve the saturation", "saturation-"),
        ("dial back the saturation", "saturation-"),
        ("dial the saturation back", "saturation-"),
        ("saturation -30", "saturation-"),
        ("saturation +30", "saturation+"),
        ("half the contrast", "contrast-"),
        ("contrast to zero", "contrast-"),
        ("ease off the contrast", "contrast-"),
        ("knock back the brightness", "exposure-"),
        ("brightness: -10", "exposure-"),
        ("brighter by -50%", "exposure-"),
        ("increase the brightness by half", "exposure+"),
        ("half as bright", "exposure-"),
        ("half as dark", "exposure+"),
        ("0 saturation", "monochrome+"),
        ("increase the blacks", "shadows-"),
        ("lift the blacks", "shadows+"),
        ("the picture is overexposed", "exposure-"),
        ("underexposed", "exposure+"),
        ("overexpose it a little", "exposure+"),
        ("make it overexposed", "exposure+"),
        ("it looks washed out", "saturation+"),
        ("brighter but not warmer", "exposure+"),
        ("not warmer, brighter", "exposure+"),
        ("warmer without making it brighter", "warmth+"),
        ("less contrast but not darker", "contrast-"),
        ("anything but black and white; sepia", "sepia+"),
        ("not so saturated", "saturation-"),
        ("the highlights are too bright", "highlights-"),
        ("not bright enough", "exposure+"),
    ],
)
def test_a_scale_goes_the_way_the_words_say(words: str, done: str) -> None:
    plan = plan_of(words)
    assert (directions(plan), plan.missed) == ([done], ())


def test_a_slider_number_says_how_much() -> None:
    amounts = [plan_of(f"saturation {number}").ops[0].amount for number in (-60, -20, 20)]
    assert amounts == sorted(amounts)
    assert amounts[0] == pytest.approx(3 * amounts[1])


@pytest.mark.parametrize(
    ("words", "op"),
    [
        ("everything but the mug black and white", ("monochrome", "background")),
        ("make everything except the mug darker", ("exposure", "background")),
        ("colour pop: keep only the mug in colour", ("monochrome", "background")),
        ("only the mug in colour", ("monochrome", "background")),
        ("darker, not the mug", ("exposure", "background")),
        ("sepia but keep the mug red", ("sepia", "background")),
        ("change the colour of everything to blue but the mug", ("recolour background", "#3564b0")),
    ],
)
def test_what_is_excepted_is_what_stays(words: str, op: tuple[str, str], scenes: dict[str, Scene]) -> None:
    plan = plan_of(words, scenes["mug"])
    assert (named(plan), plan.missed, plan.scene) == ([op], (), scenes["mug"])


def test_a_sky_is_kept_blue_or_it_is_said_that_it_cannot_be_told_apart(scenes: dict[str, Scene]) -> None:
    sunset = plan_of("sunset but keep the sky blue", scenes["lake"])
    assert named(sunset) == [("gradient", "#3564b0,,90")]
    kept = plan_of("everything black and white except the sky", scenes["lake"])
    assert (kept.ops, kept.scene) == ((), scenes["lake"])
    assert "cannot tell" in notice_of(kept)


@pytest.mark.parametrize(
    ("base", "words", "said"),
    [
        ("mug", "make the sky red", "no sky"),
        ("apple", "change green to blue", "nothing green"),
        ("lake", "make the grass purple", "not the grass alone"),
        ("mug", "remove the table", "stands on it"),
        ("woman", "remove the subject", "nothing would be left"),
        ("lake", "remove the subject", "nothing would be left"),
    ],
)
def test_what_cannot_be_done_to_one_part_is_said_and_done_to_no_other(
    base: str, words: str, said: str, scenes: dict[str, Scene]
) -> None:
    plan = plan_of(words, scenes[base])
    assert (plan.scene, plan.ops) == (scenes[base], ())
    assert said in notice_of(plan)


def test_each_thing_of_a_list_gets_its_own_colour(scenes: dict[str, Scene]) -> None:
    plan = plan_of("make the mug red, the table blue and the wall green", scenes["mug"])
    assert plan.scene is not None
    assert (plan.scene.colour, plan.scene.surface_colour, plan.scene.wall) == ("#c3312f", "#3564b0", "#4a8a53")
    both = plan_of("make the mug and the wall blue", scenes["mug"])
    assert both.scene is not None
    assert (both.scene.colour, both.scene.wall, both.missed) == ("#3564b0", "#3564b0", ())


def test_a_colour_is_changed_into_the_second_of_two(scenes: dict[str, Scene]) -> None:
    assert named(plan_of("change the colour of the bottle from red to blue")) == [("recolour", "#3564b0")]
    apple = plan_of("change red to blue", scenes["apple"]).scene
    assert apple is not None
    assert apple.colour == "#3564b0"
    mug = plan_of("change white to blue", scenes["mug"]).scene
    assert mug is not None
    assert mug.colour == "#3564b0"


def test_things_named_like_colours_are_things_when_they_are_added(scenes: dict[str, Scene]) -> None:
    lemons = plan_of("add a red lemon and a yellow apple", scenes["mug"])
    assert [(one.subject, one.colour) for one in added(lemons)] == [("lemon", "#c3312f"), ("apple", "#efc634")]
    behind = plan_of("add a lemon behind the bottle")
    assert [(one.subject, one.place) for one in added(behind)] == [("lemon", "behind")]
    assert named(plan_of("add a peach background")) == [("background", "#f4c2a1")]


def test_two_coloured_lights_are_no_paint(scenes: dict[str, Scene]) -> None:
    plan = plan_of("neon pink and cyan lighting", scenes["mug"])
    assert plan.scene is not None
    assert (named(plan), plan.scene.light, plan.scene.colour) == (
        [("split", "#e894ac,#41b4cc")], "neon", scenes["mug"].colour,
    )  # fmt: skip


@pytest.mark.parametrize("base", ["lake", "woman"])
def test_snow_falls_and_does_not_change_the_place(base: str, scenes: dict[str, Scene]) -> None:
    plan = plan_of("snow", scenes[base])
    assert plan.scene is not None
    assert (plan.scene.extras, plan.scene.kind, plan.scene.setting) == (
        ("snow",), scenes[base].kind, scenes[base].setting,
    )  # fmt: skip


def test_turned_and_mirrored_the_way_that_is_said() -> None:
    assert named(plan_of("rotate 90° ccw")) == [("rotate", "-90")]
    assert named(plan_of("flip vertically and horizontally")) == [("flip", "horizontal"), ("flip", "vertical")]


@pytest.mark.parametrize(("words", "value"), [("crop to 500x200", "5:2"), ("crop to 4:5", "4:5")])
def test_a_crop_to_a_size_is_a_crop_to_its_shape(words: str, value: str) -> None:
    assert named(plan_of(words)) == [("crop", value)]


@pytest.mark.parametrize("words", ["crop to 0:0", "zoom 0%"])
def test_no_size_at_all_is_not_understood(words: str) -> None:
    assert plan_of(words).missed == (words,)


def test_a_group_is_each_of_its_things(scenes: dict[str, Scene]) -> None:
    there = (adding("lemon", "right"), adding("apple", "left"), adding("candle", "behind"))
    black = plan_of("make both fruits black", scenes["mug"], before=there)
    assert [(one.subject, one.colour) for one in added(black)] == [
        ("lemon", "#1c1c1f"), ("apple", "#1c1c1f"), ("candle", ""),
    ]  # fmt: skip
    alone = plan_of("remove everything except the mug", scenes["mug"], before=there)
    assert added(alone) == []


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("add a lemon top left", ["top-left"]),
        ("add a lemon bottom center", ["bottom"]),
        ("add a laptop left", ["left"]),
        ("two apples left and right of the mug", ["beside-left", "beside-right"]),
    ],
)
def test_a_place_is_read_without_its_small_words(words: str, places: list[str], scenes: dict[str, Scene]) -> None:
    plan = plan_of(words, scenes["mug"])
    assert ([one.place for one in added(plan)], plan.missed) == (places, ())


@pytest.mark.parametrize(
    ("words", "light"),
    [
        ("golden-hour", "golden"),
        ("magic hour", "golden"),
        ("moonlit", "night"),
        ("make it night, but not darker", "night"),
    ],
)
def test_hours_by_their_other_names(words: str, light: str, scenes: dict[str, Scene]) -> None:
    plan = plan_of(words, scenes["mug"])
    assert plan.scene is not None
    assert (plan.scene.light, plan.scene.colour, plan.ops) == (light, scenes["mug"].colour, ())


def gap(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one - other).mean())


@pytest.mark.parametrize("name", ["watercolour", "pencil", "duotone"])
def test_a_bit_of_a_drawing_leaves_some_of_the_picture(name: str, photo: bytes) -> None:
    picture = (pixels_of(photo) / 255).astype(np.float32)
    value = "#1d2b50,#f2b184" if name == "duotone" else ""
    some, all_of_it = (apply_op(Canvas(picture=picture), Op(name, n, value)).picture for n in (0.5, 1.0))
    assert 0.3 * gap(all_of_it, picture) < gap(some, picture) < 0.8 * gap(all_of_it, picture)


def test_everything_blue_but_the_thing_is_seen(photo: bytes) -> None:
    before = without_mark(pixels_of(photo))
    after = without_mark(pixels_of(painted("Change the colour of everything to blue but the disc", source=photo).data))
    assert gap(after[60:100, 110:146], before[60:100, 110:146]) < 6
    ground = after[:, :50].reshape(-1, 3).mean(axis=0)
    assert ground[2] > ground[0] + 25
