"""Edits of single things of a sandbox picture, measured: the thing changes, all that stays is where and as it was."""

import numpy as np
import numpy.typing as npt
import pytest

from studio.sandbox.painter.changes import changes_from_record
from studio.sandbox.painter.edits.afresh import is_new_picture
from studio.sandbox.painter.reading.brief import read_brief
from tests.sandbox.painter.conftest import Pixels, painted, pixels_of, without_mark

Mask = npt.NDArray[np.bool_]
SEED = bytes(32)
FRUIT = "a red apple and a green pear on slate"


def turns(*prompts: str) -> tuple[list[Pixels], list[str]]:
    """(the pictures of a prompt and of the edits after it, but for the mark's strip; their captions)."""
    found: list[Pixels] = []
    captions: list[str] = []
    source: bytes | None = None
    for prompt in prompts:
        picture = painted(prompt, source=source)
        source = picture.data
        found.append(without_mark(pixels_of(source)))
        captions.append(picture.caption)
    return found, captions


def changed(before: Pixels, after: Pixels) -> Mask:
    return np.asarray(np.abs(after - before).max(axis=-1) > 24)


def is_hue(picture: Pixels, channel: int) -> Mask:
    """Where a channel, 0 red to 2 blue, outweighs both others clearly."""
    others = np.delete(picture, channel, axis=-1).max(axis=-1)
    return np.asarray(picture[..., channel] > 1.25 * others + 10)


@pytest.mark.parametrize("edit", ["remove the pear", "replace the pear with a lemon", "make the pear blue"])
def test_what_is_done_to_one_thing_leaves_the_other_as_it_was(edit: str) -> None:
    (before, after), captions = turns(FRUIT, edit)
    apple, pear = is_hue(before, 0), is_hue(before, 1)
    assert changed(before, after)[pear].mean() > 0.8
    assert changed(before, after)[apple].mean() < 0.03
    assert "green pear" not in captions[1]
    assert "red apple" in captions[1]


def test_of_two_alike_the_one_on_the_left_is_painted() -> None:
    (before, after), captions = turns("two white mugs", "make the left one red")
    red = is_hue(after, 0) & changed(before, after)
    columns = np.nonzero(red.any(axis=0))[0]
    assert red.mean() > 0.02
    assert columns.max() - columns.min() < 0.4 * red.shape[1]
    assert columns.mean() < 0.5 * red.shape[1]
    assert captions[1].startswith(("A white mug and a red mug", "A red mug and a white mug"))


def test_one_of_three_is_taken_away_and_the_others_stay() -> None:
    (before, after), captions = turns("three green pears in a row", "remove one pear")
    was, now = is_hue(before, 1), is_hue(after, 1)
    assert 0.5 < now.sum() / was.sum() < 0.85
    assert changed(before, after)[was & now].mean() < 0.05
    assert captions[1].startswith("Two green pears")


def test_what_was_taken_away_is_not_named_any_more() -> None:
    assert turns("a cat on a sofa", "remove the cat")[1][1].startswith("A sofa")


def test_a_lamp_that_a_room_has_unasked_can_be_taken_out() -> None:
    seen = painted("a living room with a sofa", seed=3)
    words = ("lamp", "plant", "side table")
    notices = [painted(f"remove the {word}", source=seen.data).notice for word in words]
    assert notices.count("") == 2  # such a room has two of them


def test_the_pictures_on_a_wall_are_taken_down_and_the_rug_stays() -> None:
    (room, bare), _ = turns("a living room with a sofa", "remove the pictures on the wall")
    moved = changed(room, bare)
    assert moved[: room.shape[0] // 2].mean() > 0.02
    assert not moved[room.shape[0] * 2 // 3 :].any()


def test_what_is_put_on_a_sofa_sits_on_it_and_can_be_taken_off_again() -> None:
    (room, with_cat, without), captions = turns("a living room with a sofa", "add a cat on the sofa", "remove the cat")
    rows, columns = np.nonzero(changed(room, with_cat))
    assert captions[1].startswith("A sofa with a cat on it")
    assert rows.max() < 0.75 * room.shape[0] * 160 / 136
    assert abs(columns.mean() / room.shape[1] - 0.5) < 0.25
    assert not changed(room, without).any()


def test_a_table_is_painted_and_not_what_stands_on_it() -> None:
    (before, after), captions = turns("a red apple on a wooden table", "make the table white")
    moved = changed(before, after)
    assert moved[-30:].mean() > 0.6
    apple = before[..., 0] > 2.2 * before[..., 1:].max(axis=-1)
    assert apple.mean() > 0.03
    assert moved[apple].mean() < 0.1
    assert captions[1].startswith("A red apple on white wood")


def test_a_posters_ground_and_letters_are_coloured_apart() -> None:
    (first, ground, letters), _ = turns('poster "HELLO"', "change the background to yellow", "make the text red")
    assert changed(first, ground).mean() > 0.2
    moved = changed(ground, letters)
    assert 0.002 < moved.mean() < 0.3
    assert is_hue(letters, 0)[moved].mean() > 0.5


@pytest.mark.parametrize(
    ("words", "new"),
    [
        ("a dog on a beach", True),
        ('now a poster for a jazz festival "BLUE"', True),
        ("a photo of a lighthouse by the sea", True),
        ("a portrait of an old man", True),
        ("a lemon beside it", False),
        ("a red mug", False),
        ("a mug on a beach", False),
        ("a bit warmer", False),
        ("a forest background", False),
        ("two mugs", False),
        ("a lemon on the left", False),
    ],
)
def test_a_later_turn_that_describes_a_whole_picture_is_told_from_a_change(words: str, *, new: bool) -> None:
    assert is_new_picture(words, read_brief("a mug", SEED), SEED) is new


def test_a_new_picture_replaces_the_old_one_and_can_be_undone() -> None:
    (mug, dog, back), captions = turns("a mug", "a dog on a beach", "undo that")
    assert captions[1].startswith("A dog")
    assert changed(mug, dog).mean() > 0.4
    assert not changed(mug, back).any()


def test_glasses_that_are_worn_already_are_not_set_beside_the_sitter() -> None:
    first = painted("portrait of a woman with glasses")
    again = painted("give her glasses", source=first.data)
    assert again.notice == "That is how the portrait shows it already."
    assert "beside" not in again.caption


def test_a_bust_before_white_reaches_the_lower_edge() -> None:
    first = painted("portrait of a woman")
    before, after = (pixels_of(data) for data in (first.data, painted("remove the background", source=first.data).data))
    middle = slice(118, 138)
    assert np.abs(after[-3:, middle] - before[-3:, middle]).max() < 12
    assert after[:20, :20].min() > 250


def test_a_colour_for_what_a_portrait_has_not_is_not_claimed() -> None:
    first = painted("portrait of a woman")
    scarf = painted("make the scarf green", source=first.data)
    assert "green" not in scarf.caption
    assert scarf.notice


@pytest.mark.parametrize(
    "row", [["mug", -1, "", "", "", False, "", ""], ["nothing", 0, "", "", "", False, "", ""],
            ["mug", 0, "red", "", "", False, "", ""], ["mug", 0, "", "", "", 1, "", ""],
            ["mug", 0, "", "", "", False, "nobody", ""], ["mug", 0, "", ""], "mug"],
)  # fmt: skip
def test_a_change_in_a_strangers_file_is_believed_only_when_it_is_one_of_ours(row: object) -> None:
    assert changes_from_record([["mug", 0, "#ff0000", "", "", False, "", ""]]) is not None
    assert changes_from_record([row]) is None
