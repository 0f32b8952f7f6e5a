"""The prompt being written: its references keep their numbers, and what a turn's end does to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.drafts import after_send, attached, detached, reordered
from studio.errors import InputError
from studio.prompt import Draft, StructuredPrompt
from tests.factories import a_draft, a_reference


def with_names(*names: str) -> Draft:
    draft = a_draft("a mug")
    for name in names:
        draft = attached(draft, a_reference(9, name=name))
    return draft


def shown(draft: Draft) -> list[tuple[int, str]]:
    return [(reference.number, reference.name) for reference in draft.references]


def test_references_are_numbered_as_they_come() -> None:
    assert shown(with_names("linen", "mug")) == [(1, "linen"), (2, "mug")]


def test_the_fifteenth_reference_is_refused() -> None:
    full = with_names(*"abcdefghijklmn")
    with pytest.raises(InputError, match="A prompt takes 14 references at most"):
        attached(full, a_reference(1))


def test_those_behind_a_detached_reference_move_up() -> None:
    assert shown(detached(with_names("a", "b", "c"), 2)) == [(1, "a"), (2, "c")]


@pytest.mark.parametrize("number", [0, 4, -1])
def test_a_reference_that_is_not_there_cannot_be_detached(number: int) -> None:
    with pytest.raises(InputError, match=f"There is no reference {number}"):
        detached(with_names("a", "b", "c"), number)


@given(st.permutations(range(1, 6)))
def test_an_order_is_the_numbers_in_their_new_places(numbers: list[int]) -> None:
    names = "abcde"
    ordered = reordered(with_names(*names), numbers)
    assert shown(ordered) == [(place, names[number - 1]) for place, number in enumerate(numbers, start=1)]


@pytest.mark.parametrize("numbers", [(), (1, 2), (1, 1, 2), (1, 2, 4), (0, 1, 2)])
def test_an_order_that_is_none_is_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="names each of the 3 references once"):
        reordered(with_names("a", "b", "c"), numbers)


def test_a_sent_draft_keeps_its_references_and_its_settings_only() -> None:
    draft = a_draft("a mug", structured=StructuredPrompt(subject="a mug"), references=(a_reference(1),))
    assert after_send(draft) == a_draft("", references=draft.references, settings=draft.settings)
