"""What is read out of an edit's words, without painting anything."""

import pytest

from studio.sandbox.painter.edits.clauses import clauses_of, degree_of
from studio.sandbox.painter.edits.instructions import Plan, read_instruction
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.reading.brief import read_brief
from studio.sandbox.painter.scene import Scene

SEED = bytes(32)


@pytest.fixture(scope="module")
def mug() -> Scene:
    return read_brief("A ceramic mug on linen, morning light", SEED)


def read(prompt: str) -> Plan:
    """The plan for a picture from elsewhere."""
    return read_instruction(prompt, None, SEED)


def names(plan: Plan) -> list[str]:
    return [op.name for op in (*plan.kept, *plan.ops)]


def amount(prompt: str) -> float:
    (op,) = read(prompt).ops
    return op.amount


@pytest.mark.parametrize(
    ("prompt", "ops"),
    [
        ("crop square, then black and white, a bit darker and add grain", ["crop", "monochrome", "exposure", "grain"]),
        ("warmer but less contrast", ["warmth", "contrast"]),
        ("add grain, a bit darker; black and white then crop square", ["grain", "exposure", "monochrome", "crop"]),
        ("flip it, rotate 90 degrees & sepia", ["flip", "rotate", "sepia"]),
        ("lift the shadows and pull down the highlights", ["shadows", "highlights"]),
        ("teal and orange, letterbox", ["split", "contrast", "saturation", "vignette", "letterbox"]),
    ],
)
def test_several_wishes_are_read_in_the_order_said(prompt: str, ops: list[str]) -> None:
    plan = read(prompt)
    assert names(plan) == ops
    assert plan.missed == ()


@pytest.mark.parametrize(
    ("prompt", "op"),
    [
        ("make it warm", Op("warmth", 1)), ("less warm", Op("warmth", -1)), ("it's too warm", Op("warmth", -1)),
        ("too dark", Op("exposure", 1)), ("not bright enough", Op("exposure", 1)), ("darker", Op("exposure", -1)),
        ("darken the background", Op("exposure", -1, "background")),
        ("make the mug brighter", Op("exposure", 1, "subject")),
        ("the colours are too strong", Op("saturation", -1)), ("more vibrant", Op("vibrance", 1)),
        ("bring the highlights down", Op("highlights", -1)), ("sharpen it", Op("sharpen", 1)),
        ("crop to the left half", Op("crop", 1, "0.0000,0.0000,0.5000,1.0000")),
        ("crop 20% off the left", Op("crop", 1, "0.2000,0.0000,1.0000,1.0000")),
        ("make it 16:9", Op("crop", 1, "16:9")), ("zoom out", Op("zoom", -1)),
        ("rotate 15 degrees left", Op("rotate", 1, "-15")), ("turn it upside down", Op("rotate", 1, "180")),
        ("flip vertically", Op("flip", 1, "vertical")), ("white border", Op("border", 1, "#ffffff")),
        ("duotone in peach and navy", Op("duotone", 1, "#1d2b50,#f4c2a1")),
        ("gradient overlay from pink to blue, left to right", Op("gradient", 1, "#e894ac,#3564b0,0")),
        ("sun rays from the right", Op("sun rays", 1, "right")), ("neon lights", Op("relight", 1, "neon")),
        ("remove the yellow cast", Op("tint", -1, "#efc634")), ("remove the colour", Op("monochrome", 1)),
    ],
)  # fmt: skip
def test_an_instruction_is_one_change(prompt: str, op: Op) -> None:
    (read_op,) = read(prompt).ops
    assert (read_op.name, read_op.value) == (op.name, op.value)
    assert read_op.amount == pytest.approx(op.amount, rel=0.1)


@pytest.mark.parametrize(
    "prompt",
    ["the warm lamp", "a cool dog", "a brighter future", "keep the light warm", "don't make it darker",
     "leave the dark corners alone", "thanks, looks great!", "keep the mug, the table and the light the same"],
)  # fmt: skip
def test_a_name_or_a_wish_to_keep_makes_no_change(prompt: str) -> None:
    plan = read(prompt)
    assert plan.ops == ()
    assert plan.kept == ()


@pytest.mark.parametrize("prompt", ["dark chocolate cake", "bright red mug", "make it a warm grey"])
def test_an_adjective_of_a_thing_does_not_change_the_light(prompt: str, mug: Scene) -> None:
    plan = read_instruction(prompt, mug, SEED)
    assert {"exposure", "warmth"}.isdisjoint(names(plan))
    assert plan.scene is not None
    assert plan.scene.light == mug.light


def test_what_is_to_be_kept_does_not_stop_what_is_asked() -> None:
    assert names(read("keep the colours and the composition the same, just add rain")) == ["extra"]
    assert names(read("warmer without changing the background")) == ["warmth"]


def test_words_of_degree_scale_and_numbers_are_exact() -> None:
    ladder = [amount(f"{words}warmer") for words in ("very slightly ", "a bit ", "", "much ", "extremely ")]
    assert ladder == sorted(ladder)
    assert ladder[0] < 0.4 * ladder[2] < ladder[3] / 3
    assert amount("20% brighter") == pytest.approx(0.4)
    assert amount("+30% saturation") == pytest.approx(0.6)
    assert 2.0 ** (0.75 * amount("half as bright")) == pytest.approx(0.5)
    assert degree_of("two mugs").scale == 1


def test_the_same_words_asked_again_are_a_little_stronger_or_weaker() -> None:
    first, second = (read_instruction("warmer", None, bytes([n]) * 32).ops[0].amount for n in (1, 2))
    assert first != second
    assert first == pytest.approx(second, rel=0.2)


def test_what_was_not_understood_is_named_in_the_designers_own_words() -> None:
    plan = read("Warmer, and please give it More Soul; then frobnicate the wibble")
    assert names(plan) == ["warmth"]
    assert plan.missed == ("give it More Soul", "frobnicate the wibble")


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        ("no vignette", ["grain", "extra"]), ("remove the grain and the vignette", ["extra"]),
        ("stop the rain", ["vignette", "grain"]), ("undo the grain", ["vignette", "extra"]),
        ("without the vignette or the rain", ["grain"]),
    ],
)  # fmt: skip
def test_an_effect_that_was_added_is_taken_out_again(prompt: str, left: list[str], mug: Scene) -> None:
    before = (Op("vignette"), Op("grain", 1.0, "ab"), Op("extra", 1.6, "rain:ab"))
    plan = read_instruction(prompt, mug, SEED, before=before)
    assert names(plan) == left
    assert plan.missed == ()


def test_less_of_an_effect_weakens_it_in_its_place(mug: Scene) -> None:
    plan = read_instruction("less grain", mug, SEED, before=(Op("grain", 1.0, "ab"), Op("flip")))
    assert plan.kept == (Op("grain", 0.5, "ab"), Op("flip"))


def test_what_is_not_there_cannot_be_removed_and_that_is_said(mug: Scene) -> None:
    plan = read_instruction("no rain please", mug, SEED)
    assert (plan.ops, plan.missed) == ((), ())
    assert "no rain" in plan.notes[0]


def test_a_haze_that_was_always_there_is_worked_against() -> None:
    assert [op.name for op in read("remove the fog").ops] == ["dehaze"]
    assert read("no vignette").ops[0].amount < 0


def test_undo_takes_the_last_change_back_and_reset_all(mug: Scene) -> None:
    past = [(mug, ()), (mug, (Op("sepia"),)), (mug, (Op("sepia"), Op("flip")))]
    before = (Op("sepia"), Op("flip"), Op("grain"))
    once = read_instruction("undo that", mug, SEED, before=before, past=past)
    twice = read_instruction("undo the last two changes", mug, SEED, before=before, past=past)
    reset = read_instruction("back to the original", mug, SEED, before=before, past=past)
    assert (names(once), names(twice), names(reset)) == (["sepia", "flip"], ["sepia"], [])
    assert (len(once.past), len(twice.past), len(reset.past)) == (2, 1, 0)


def test_light_restages_a_scene_and_relights_a_picture(mug: Scene) -> None:
    staged = read_instruction("sunset light", mug, SEED)
    assert staged.scene is not None
    assert staged.scene.light == "golden"
    assert staged.ops == ()
    assert read("sunset light, light from the right").ops[0].value == "golden"


def test_punctuation_inside_numbers_and_pairs_does_not_part_a_wish() -> None:
    texts = [clause.text for clause in clauses_of("Rotate 2.5 degrees. Crop to 16:9, black and white!")]
    assert texts == ["rotate 2.5 degrees", "crop to 16:9", "black and white"]
