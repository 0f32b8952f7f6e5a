"""Parts: what counts as a result, what is read aloud, and what must be stored."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given

from studio.parts import ImagePart, OpaquePart, Part, TextPart, blobs_of, result_images, thought_text, visible_text
from tests.factories import a_blob
from tests.stories import answers, picture


def test_the_last_unflagged_picture_is_the_result_and_drafts_are_not() -> None:
    first, draft, last = picture("first"), picture("draft", thought=True), picture("last")
    assert result_images((TextPart("Here you are"), draft, first, last)) == (first, last)
    assert result_images((first, draft)) == (first,)


def test_a_draft_alone_is_no_result() -> None:
    assert result_images((picture("draft", thought=True),)) == ()


def test_words_and_thoughts_are_read_apart() -> None:
    parts: tuple[Part, ...] = (
        TextPart("Let me think.", thought=True),
        TextPart(" A mug, "),
        picture("mug"),
        TextPart("as asked. "),
        TextPart(" Done.", thought=True),
        OpaquePart('{"executableCode": {"code": "1"}}'),
    )
    assert visible_text(parts) == "A mug, as asked."
    assert thought_text(parts) == "Let me think. Done."


def test_an_answer_without_words_reads_as_nothing() -> None:
    assert visible_text((picture("mug"), TextPart("", signature=a_blob("sig")))) == ""
    assert thought_text((picture("mug"),)) == ""


def test_pictures_and_signatures_of_every_kind_of_part_are_to_be_stored() -> None:
    image, signed_text, opaque = a_blob("image"), a_blob("of text"), a_blob("of opaque")
    parts: tuple[Part, ...] = (
        TextPart("words", signature=signed_text),
        ImagePart(image, signature=a_blob("of image")),
        OpaquePart("{}", signature=opaque),
        TextPart("unsigned"),
    )
    assert set(blobs_of(parts)) == {image, a_blob("of image"), signed_text, opaque}


@given(parts=answers(name="answer"))
def test_no_stored_bytes_of_an_answer_are_forgotten(parts: tuple[Part, ...]) -> None:
    stored = blobs_of(parts)
    assert len(stored) == len(set(stored))
    for part in parts:
        assert part.signature is None or part.signature in stored
        assert not isinstance(part, ImagePart) or part.image in stored


@pytest.mark.parametrize("part", [TextPart("a"), picture("a"), OpaquePart("{}")], ids=lambda part: part.kind)
def test_a_part_cannot_lose_its_signature_by_accident(part: Part) -> None:
    with pytest.raises(FrozenInstanceError):
        part.signature = None  # type: ignore[misc]
