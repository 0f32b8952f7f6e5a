"""What an edit keeps to and what it leaves: halves, things named in an exception, how much one turn takes."""

import numpy as np
import pytest

from studio.sandbox.painter.edits.editing import notice_of
from studio.sandbox.painter.edits.instructions import Plan, read_instruction
from studio.sandbox.painter.edits.limits import CHANGES_AT_ONCE, CLAUSES_AT_ONCE, THINGS_AT_ONCE
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.registry import layered
from studio.sandbox.painter.filters.whereabouts import place_in, placing_from
from studio.sandbox.painter.reading.brief import read_brief
from tests.sandbox.painter.conftest import Pixels, drawn, painted, pixels_of, without_mark

SEED = bytes(range(32))


def chroma(pixels: Pixels) -> Pixels:
    spread: Pixels = pixels.max(axis=-1) - pixels.min(axis=-1)
    return spread


def plan_of(prompt: str) -> Plan:
    return read_instruction(prompt, None, SEED)


@pytest.fixture(scope="module")
def blue() -> bytes:
    """A terracotta disc on a blue ground."""
    return drawn("#b4553c", ground="#7f9fc0")


@pytest.mark.parametrize(
    ("half", "inside"),
    [("left", np.s_[:, :120]), ("right", np.s_[:, 136:]), ("top", np.s_[:70]), ("bottom", np.s_[90:])],
)
def test_a_half_alone_loses_its_colour(half: str, inside: tuple[slice, ...], blue: bytes) -> None:
    after = chroma(without_mark(pixels_of(painted(f"Make the {half} half black and white", source=blue).data)))
    assert float(after[inside].mean()) < 1.5
    assert float(after.mean()) > 20


@pytest.mark.parametrize(
    "prompt",
    [
        "Make everything black and white except the mug",
        "black and white but keep the mug in colour",
        "keep the mug in colour, everything else black and white",
        "black and white, but not the mug",
    ],
)
def test_what_is_excepted_keeps_its_colour(prompt: str, blue: bytes) -> None:
    after = chroma(without_mark(pixels_of(painted(prompt, source=blue).data)))
    assert float(after[60:100, 110:146].mean()) > 80
    assert float(after[:, :60].mean()) < 1.5


def test_a_blur_may_except_the_subject() -> None:
    assert [(op.name, op.value) for op in plan_of("blur everything except the mug").ops] == [("blur", "background")]


def test_a_turn_adds_so_many_things_and_says_what_it_leaves_out() -> None:
    plan = plan_of("add " + "a cat, " * 100)
    assert sum(op.name == "add" for op in plan.ops) == THINGS_AT_ONCE
    assert f"up to {THINGS_AT_ONCE} things" in notice_of(plan)


def test_things_are_counted_one_by_one() -> None:
    plan = plan_of("add five lemons, five pears")
    placings = [placing_from(op.value) for op in plan.ops]
    assert [placing.count for placing in placings if placing is not None] == [5]
    assert plan.notes


def test_a_turn_makes_so_many_changes() -> None:
    plan = plan_of("sepia, " * 60)
    assert len(plan.ops) == CHANGES_AT_ONCE
    assert f"up to {CHANGES_AT_ONCE} changes" in notice_of(plan)


def test_so_many_wishes_are_read() -> None:
    plan = plan_of("zork the blarg, " * 500)
    assert len(plan.missed) == CLAUSES_AT_ONCE
    assert str(CLAUSES_AT_ONCE) in notice_of(plan)


def test_a_notice_is_short_whatever_the_prompt() -> None:
    assert len(notice_of(plan_of("blurble " * 3000))) < 160
    many = notice_of(plan_of("zork the blarg, flim the flam, wibble the wobble, hoot the toot"))
    assert many.count("“") == 3
    assert "1 more" in many


def test_undoing_two_changes_says_two() -> None:
    scene = read_brief("A mug on a table", SEED)
    grey = (Op("monochrome"),)
    plan = read_instruction(
        "undo the last two changes", scene, SEED, before=(*grey, Op("grain")), past=((scene, ()), (scene, grey))
    )
    assert plan.did == ("the last two changes undone",)


def test_words_lie_on_a_new_background_and_can_still_be_changed(mug: bytes) -> None:
    tea = painted('Add the text "TEA" at the top and make the background white', source=mug)
    other = painted('Change the text to "COFFEE"', source=tea.data)
    first, second = pixels_of(tea.data), pixels_of(other.data)
    assert float(first[:50, 90:170].min()) < 120
    assert float((np.abs(first - second).max(axis=-1) > 60)[:50].mean()) > 0.01


def test_what_is_added_outlasts_the_subject_taken_out() -> None:
    cat, gone, ground, words = Op("add", 1.0, "cat"), Op("remove"), Op("background", 1.0, "#ffffff"), Op("text")
    assert layered([cat, gone]) == [gone, cat]
    assert layered([cat, Op("remove", 1.0, "shadow")]) == [cat, Op("remove", 1.0, "shadow")]
    assert layered([words, cat, ground, Op("sepia")]) == [cat, ground, words, Op("sepia")]


@pytest.mark.parametrize("word", ["table", "floor", "wall", "sky"])
def test_what_all_else_stands_on_is_left_and_that_is_said(word: str) -> None:
    plan = plan_of(f"remove the {word}")
    assert not plan.ops
    assert not plan.missed
    assert f"cannot take the {word} out" in notice_of(plan)


def test_what_a_strange_picture_shows_is_not_claimed(photo: bytes) -> None:
    told = painted("remove the dog", source=photo)
    assert "dog removed" not in f"{told.caption} {told.notice}"
    assert "cannot tell" in told.notice


@pytest.mark.parametrize(("words", "from_x", "to_x"), [("on the right", 0.6, 1.0), ("at the left", 0.0, 0.4),
                                                       ("at the top right", 0.6, 1.0)])  # fmt: skip
def test_a_moon_hangs_where_it_is_said(words: str, from_x: float, to_x: float, photo: bytes) -> None:
    before, after = pixels_of(photo), pixels_of(painted(f"Add a moon {words}", source=photo).data)
    gap = np.abs(without_mark(after) - without_mark(before)).max(axis=-1)
    rows, columns = np.nonzero(gap > 25)
    assert columns.min() >= from_x * 256
    assert columns.max() <= to_x * 256
    assert rows.max() <= 80


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("depth", ["background", "foreground"])
def test_far_or_near_and_the_side_are_both_kept(depth: str, side: str, photo: bytes) -> None:
    assert place_in(f"add a tree in the {depth} on the {side}") == f"{depth}-{side}"
    after = pixels_of(painted(f"add a tree in the {depth} on the {side}", source=photo).data)
    gap = np.abs(without_mark(after) - without_mark(pixels_of(photo))).max(axis=-1) > 25
    halves = gap[:, :128].sum(), gap[:, 128:].sum()
    assert (halves[0] > halves[1] * 3) if side == "left" else (halves[1] > halves[0] * 3)


def test_one_bird_is_clear_to_see(photo: bytes) -> None:
    after = pixels_of(painted("Add a bird in the top right", source=photo).data)
    gap = np.abs(after - pixels_of(photo)).max(axis=-1)[:80] > 25
    assert gap.sum() > 20
    assert np.ptp(np.nonzero(gap)[1]) > 0.1 * 160


def test_a_red_balloon_is_red(photo: bytes) -> None:
    after = pixels_of(painted("Add a red balloon on the left", source=photo).data)
    changed = np.abs(after - pixels_of(photo)).max(axis=-1)[:130, :86] > 40
    body = after[:130, :86][changed]
    assert changed.sum() > 100
    assert float((body[:, 1] > body[:, 0] + 12).mean()) < 0.02


@pytest.mark.parametrize(
    ("corner", "box"),
    [
        ("top left", "0.0000,0.0000,0.5000,0.5000"),
        ("bottom right corner", "0.5000,0.5000,1.0000,1.0000"),
        ("upper right", "0.5000,0.0000,1.0000,0.5000"),
    ],
)
def test_a_crop_to_a_corner_is_its_quarter(corner: str, box: str) -> None:
    assert plan_of(f"Crop to the {corner}").ops == (Op("crop", 1.0, box),)


def test_everything_but_the_subject_can_be_taken_out() -> None:
    for words in ("remove everything except the mug", "remove everything but the mug"):
        assert plan_of(words).ops == (Op("background", 1.0, "#ffffff"),)


def test_a_grade_may_leave_the_background() -> None:
    ops = plan_of("make it brighter but not the background").ops
    assert [(op.name, op.value) for op in ops] == [("exposure", "subject")]


def test_sepia_may_be_kept_to_a_half() -> None:
    assert [(op.name, op.value) for op in plan_of("sepia on the left half").ops] == [("sepia", "left")]
