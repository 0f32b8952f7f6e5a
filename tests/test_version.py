"""A kept version is a fact: it holds a reference to its bytes, and nothing about it changes."""

import pickle
from dataclasses import FrozenInstanceError

import pytest

from tests.factories import a_version
from tests.stories import Story

ORIGINAL = a_version(0)


def test_an_uploaded_original_belongs_to_no_turn() -> None:
    assert (ORIGINAL.turn_id, ORIGINAL.attempt_id, ORIGINAL.part_index) == (None, None, None)


def test_a_version_names_the_answer_and_the_place_it_came_in() -> None:
    version = Story().one()
    assert (version.turn_id, version.attempt_id, version.part_index) == ("t1", "t1-1", 0)


def test_a_version_is_never_renumbered() -> None:
    with pytest.raises(FrozenInstanceError):
        ORIGINAL.number = 1  # type: ignore[misc]


def test_a_version_is_equal_to_its_copy_from_another_process() -> None:
    assert pickle.loads(pickle.dumps(ORIGINAL)) == ORIGINAL
    assert len({ORIGINAL, pickle.loads(pickle.dumps(ORIGINAL))}) == 1
