"""Values as JSON text: what is read back equals what was written."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import ErrorFacts, StoreError
from studio.parts import Blob, ImagePart, OpaquePart, TextPart
from studio.prompt import Draft, ImageSettings, Prompt, ReferenceImage, StructuredPrompt
from studio.response import ImageResponse, Source
from studio.store.codec import DRAFT, ERROR, NOTES, PROMPT, RESPONSE, Codec
from studio.turn import TurnNote
from studio.usage import Usage
from tests.factories import a_blob, an_answer

Built = TypeVar("Built")


def whole(kind: type[Built], **given_: st.SearchStrategy[Any]) -> st.SearchStrategy[Built]:
    """A dataclass with every field drawn from its type, defaults included."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    return st.builds(kind, **{name: given_.get(name, ...) for name in names})


st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(Decimal, st.decimals(allow_nan=False, allow_infinity=False))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
for nested in (
    Blob, TextPart, ImagePart, OpaquePart, ReferenceImage, ImageSettings, StructuredPrompt, Source, Usage, ErrorFacts,
):  # fmt: skip
    st.register_type_strategy(nested, whole(nested))


@given(value=whole(Prompt))
def test_a_prompt_comes_back_equal(value: Prompt) -> None:
    assert PROMPT.decode(PROMPT.encode(value)) == value


@given(value=whole(Draft))
def test_a_draft_comes_back_equal(value: Draft) -> None:
    assert DRAFT.decode(DRAFT.encode(value)) == value


@given(value=whole(ImageResponse))
def test_an_answer_comes_back_equal_with_its_parts_in_order(value: ImageResponse) -> None:
    read = RESPONSE.decode(RESPONSE.encode(value))
    assert read == value
    assert [type(part) for part in read.parts] == [type(part) for part in value.parts]


@given(value=whole(ErrorFacts))
def test_an_error_comes_back_equal(value: ErrorFacts) -> None:
    assert ERROR.decode(ERROR.encode(value)) == value


@given(value=st.from_type(tuple[TurnNote, ...]))
def test_notes_come_back_equal(value: tuple[TurnNote, ...]) -> None:
    assert NOTES.decode(NOTES.encode(value)) == value


def test_a_signature_stays_on_its_own_part() -> None:
    answer = an_answer(a_blob("first"), a_blob("second"))
    read = RESPONSE.decode(RESPONSE.encode(answer))
    assert [part.signature for part in read.parts] == [part.signature for part in answer.parts]
    assert [part.signature is None for part in read.parts] == [True, False, False]


@pytest.mark.parametrize("text", ["half a pair: \ud83d", "nul: \x00", "\u2028 \u202e \ufeff", "héllo 🍌"])
def test_any_text_the_service_can_send_survives(text: str) -> None:
    answer = ImageResponse(parts=(TextPart(text=text), OpaquePart(json=text)))
    written = RESPONSE.encode(answer)
    assert written.isascii()
    assert RESPONSE.decode(written) == answer


def test_a_read_only_mapping_is_written_like_any_other() -> None:
    answer = ImageResponse(parts=(), usage=Usage(prompt_details=MappingProxyType({"TEXT": 12})))
    assert RESPONSE.decode(RESPONSE.encode(answer)) == answer


def test_a_part_of_another_kind_is_not_taken_for_one_of_these() -> None:
    written = json.loads(RESPONSE.encode(an_answer()))
    written["parts"][0]["kind"] = "video"
    with pytest.raises(StoreError, match="a newer Retake"):
        RESPONSE.decode(json.dumps(written))


@pytest.mark.parametrize("codec", [PROMPT, DRAFT, RESPONSE, ERROR, NOTES])
@pytest.mark.parametrize("text", ["", "{", "null", '{"unknown": 1}', '["unknown"]'])
def test_text_that_is_no_such_value_is_refused_with_a_sentence(codec: Codec[Any], text: str) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        codec.decode(text)
