"""What is said of an edit is what the picture shows, and what cannot be done to one part alone is not done to all."""

from dataclasses import replace

import numpy as np
import pytest

from studio.sandbox.painter.edits.editing import notice_of
from studio.sandbox.painter.edits.instructions import Plan, read_instruction
from studio.sandbox.painter.edits.truth import is_in_vain, is_seen, owned_up_unseen
from studio.sandbox.painter.lettering.textplace import quotes
from studio.sandbox.painter.reading.brief import read_brief
from studio.sandbox.painter.records import Recalled
from studio.sandbox.painter.scene import Scene
from tests.sandbox.painter.conftest import drawn, painted, pixels_of, without_mark

SEED = bytes(range(32))
WOMAN = "Portrait of a woman with curly brown hair, studio light"
LAKE = "Mountains with a lake at noon"
MUG = "A ceramic mug on a wooden table, window light"


def scene_of(prompt: str) -> Scene:
    return read_brief(prompt, SEED)


def plan_of(words: str, of: str) -> Plan:
    return read_instruction(words, scene_of(of), SEED)


def test_a_scene_painted_anew_to_the_very_same_picture_is_not_claimed() -> None:
    old = scene_of(WOMAN)
    blue = Plan(scene=replace(old, colour="#2f62b5"), ops=(), did=("blue subject",))
    darker = Plan(scene=replace(old, light="night"), ops=(), did=("night",))
    assert is_in_vain(blue, Recalled(scene=old), (256, 160))
    assert not is_in_vain(darker, Recalled(scene=old), (256, 160))
    assert "blue subject" in notice_of(owned_up_unseen(blue))
    assert "Done" not in notice_of(owned_up_unseen(blue))


def test_a_filter_that_changes_nothing_is_not_claimed() -> None:
    white = drawn("#ffffff", ground="#ffffff")
    told = painted("vibrant colours", source=white)
    assert "changes nothing that can be seen" in told.notice
    assert told.caption == "The picture you gave, as it was."


def test_a_few_cells_of_a_picture_are_a_change_and_rounding_is_none() -> None:
    picture = np.full((160, 256, 3), 0.5, np.float32)
    lemon = picture.copy()
    lemon[80:86, 100:106] = 0.9
    assert is_seen(picture, lemon)
    assert not is_seen(picture, picture + np.float32(0.002))


@pytest.mark.parametrize(
    ("words", "hair", "colour"),
    [("make her hair long and black", "long", "black"), ("make the hair a bit darker", "curly", "black"),
     ("make her hair lighter", "curly", "red")],
)  # fmt: skip
def test_hair_is_what_it_is_asked_to_be(words: str, hair: str, colour: str) -> None:
    plan = plan_of(words, WOMAN)
    assert plan.scene is not None
    assert (plan.scene.people[0].hair, plan.scene.people[0].hair_colour) == (hair, colour)
    assert (plan.ops, plan.missed, plan.scene.colour) == ((), (), scene_of(WOMAN).colour)


def test_skin_grows_a_shade_darker_and_the_light_stays() -> None:
    old = scene_of(WOMAN)
    pale = replace(old, people=(replace(old.people[0], skin="light"),))
    plan = read_instruction("make her skin darker", pale, SEED)
    assert plan.scene == replace(pale, people=(replace(pale.people[0], skin="warm"),))
    assert not plan.ops


def test_make_up_is_no_thing_beside_a_face() -> None:
    plan = plan_of("give her red lipstick", WOMAN)
    assert not plan.ops
    assert "make-up" in notice_of(plan)


def test_the_colour_of_a_hat_is_not_claimed() -> None:
    assert "cannot choose another" in notice_of(plan_of("put a red hat on her head", WOMAN))


@pytest.mark.parametrize(("words", "part"), [("blur the sky", "sky"), ("make the lake a bit warmer", "lake")])
def test_a_part_nobody_can_tell_apart_is_left_and_that_is_said(words: str, part: str) -> None:
    plan = plan_of(words, LAKE)
    assert not plan.ops
    assert f"cannot change the {part} alone" in notice_of(plan)


def test_darker_edges_are_a_vignette_and_a_white_one_lightens() -> None:
    assert [op.name for op in plan_of("darker at the edges", LAKE).ops] == ["vignette"]
    white = plan_of("vignette in white", LAKE)
    assert [op.amount < 0 for op in white.ops] == [True]
    assert white.scene == scene_of(LAKE)


def test_a_drawing_is_in_the_colour_asked_for() -> None:
    lake = painted(LAKE).data
    after = without_mark(pixels_of(painted("pencil drawing in blue", source=lake).data))
    dark = after[after.mean(axis=-1) < 150]
    assert len(dark) > 500
    assert float((dark[:, 2] - dark[:, 0]).mean()) > 40


def test_a_look_and_a_ground_in_one_breath_are_both_made() -> None:
    ops = [op.name for op in plan_of("as a pencil sketch with a red background", WOMAN).ops]
    assert ops == ["pencil", "background"]


@pytest.mark.parametrize(("words", "count"), [("add a dozen lemons", 7), ("add 99 lemons", 7), ("add two lemons", 2)])
def test_as_many_as_asked_are_added_or_that_is_said(words: str, count: int) -> None:
    plan = plan_of(words, MUG)
    assert [op.value.split("|")[4] for op in plan.ops] == [str(count)]
    assert ("up to 7 things" in notice_of(plan)) == (count == 7)


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_is_behind_the_subject_is_on_the_side_asked_for(side: str) -> None:
    mug = painted(MUG).data
    after = pixels_of(painted(f"add a plant behind the mug on the {side}", source=mug).data)
    gap = np.abs(without_mark(after) - without_mark(pixels_of(mug))).max(axis=-1) > 25
    left, right = int(gap[:, :128].sum()), int(gap[:, 128:].sum())
    assert (left > 3 * right) if side == "left" else (right > 3 * left)


def test_words_are_exchanged_without_quotation_marks() -> None:
    poster = plan_of("replace NIGHT with DAY", 'A poster that says "JAZZ NIGHT"')
    assert poster.scene is not None
    assert poster.scene.text == "JAZZ DAY"
    assert not poster.ops
    before = plan_of('add "HELLO" at the top', MUG).ops
    plan = read_instruction('change HELLO to "BYE"', scene_of(MUG), SEED, before=before)
    assert [("BYE" in op.value, "HELLO" in op.value) for op in (*plan.kept, *plan.ops)] == [(True, False)]


def test_words_run_up_an_edge_and_are_not_slanted() -> None:
    assert '"left_edge"' in plan_of('add "SALE" vertically', MUG).ops[0].value
    assert "not slanted" in notice_of(plan_of('add "SALE" diagonally', MUG))


def test_an_apostrophe_ends_no_quotation() -> None:
    assert [quote.text for quote in quotes("Add 'It's fine' at the top")] == ["It's fine"]
    assert not quotes("the dog's ball and the cat's toy")


def test_a_plate_is_of_its_colour_from_rim_to_rim() -> None:
    apple = "A red apple on a white plate on a wooden table, window light"
    before = painted(apple).data
    gap = without_mark(pixels_of(painted("make the plate blue", source=before).data)) - without_mark(pixels_of(before))
    bluer = (gap[..., 2] - gap[..., 0]) > 30
    middle = bluer[int(np.nonzero(bluer.any(axis=1))[0].mean()) + 8]
    across = np.nonzero(middle)[0]
    assert middle[across.min() : across.max()].mean() > 0.6


@pytest.mark.parametrize(("thing", "least"), [("dog", 0.04)])
def test_what_is_added_to_a_portrait_stands_beside_it_and_is_of_a_size_with_it(thing: str, least: float) -> None:
    woman = painted(WOMAN).data
    gap = np.abs(pixels_of(painted(f"add a {thing}", source=woman).data) - pixels_of(woman)).max(axis=-1) > 25
    rows, columns = np.nonzero(gap)
    assert gap.mean() > least
    assert abs(columns.mean() - 128) > 50
    assert rows.mean() > 90
