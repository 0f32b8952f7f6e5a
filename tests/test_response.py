"""What an answer amounts to: a picture, a refusal, or words; the five forms without a picture among them."""

import pytest

from studio.parts import Part, TextPart
from studio.response import ImageResponse
from tests.stories import picture

REFUSING_REASONS = (
    "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT", "IMAGE_OTHER", "IMAGE_RECITATION", "MODEL_ARMOR",
)  # fmt: skip


def test_an_answer_with_a_picture_is_one_and_needs_no_reason() -> None:
    response = ImageResponse(parts=(TextPart("Here:"), picture("mug")), finish_reason="STOP")
    assert (response.outcome, response.reason) == ("image", "")
    assert response.images == (picture("mug"),)


def test_a_picture_counts_even_where_the_answer_was_cut_off_after_it() -> None:
    assert ImageResponse(parts=(picture("mug"),), finish_reason="MAX_TOKENS").outcome == "image"


def test_a_candidate_without_content_and_no_image_is_empty() -> None:
    response = ImageResponse(parts=(), finish_reason="NO_IMAGE")
    assert response.outcome == "empty"
    assert response.reason == (
        "Gemini answered without a picture: it read no wish for one in the prompt, or declined its subject."
    )


def test_a_filtered_picture_is_refused_in_the_words_of_the_service() -> None:
    message = "Unable to show the generated image. The image was filtered out because it violated Google's policy."
    response = ImageResponse(parts=(), finish_reason="IMAGE_SAFETY", finish_message=message)
    assert (response.outcome, response.reason) == ("refused", message)


@pytest.mark.parametrize("finish_reason", REFUSING_REASONS)
def test_a_refusal_without_a_message_names_its_reason_plainly(finish_reason: str) -> None:
    response = ImageResponse(parts=(), finish_reason=finish_reason)
    plain = finish_reason.lower().replace("_", " ")
    assert response.outcome == "refused"
    assert response.reason == f"Gemini declined to show this picture ({plain})."


def test_a_refusal_in_words_is_empty_and_says_that_it_was_words() -> None:
    response = ImageResponse(parts=(TextPart("I can't make that picture."),), finish_reason="STOP")
    assert (response.outcome, response.reason) == ("empty", "Gemini answered in words instead of a picture.")


def test_a_blocked_prompt_is_refused_before_drawing() -> None:
    response = ImageResponse(parts=(), block_reason="PROHIBITED_CONTENT")
    assert response.outcome == "refused"
    assert response.reason == "Gemini blocked the prompt before drawing anything (prohibited content)."


@pytest.mark.parametrize(
    "parts",
    [
        (TextPart("The user wants a mug.", thought=True),),
        (picture("draft", thought=True),),
        (TextPart(" ", thought=False),),
        (),
    ],
    ids=["thought words", "thought draft", "blank words", "nothing"],
)
def test_an_answer_of_thoughts_only_is_empty_and_without_a_reason(parts: tuple[Part, ...]) -> None:
    response = ImageResponse(parts=parts, finish_reason="STOP")
    assert response.outcome == "empty"
    assert response.reason == "Gemini answered without a picture and without a reason."


@pytest.mark.parametrize("reason", ["OTHER", "MISSING_THOUGHT_SIGNATURE", "MALFORMED_RESPONSE"])
def test_a_reason_the_studio_does_not_know_is_named_all_the_same(reason: str) -> None:
    plain = reason.lower().replace("_", " ")
    response = ImageResponse(parts=(), finish_reason=reason)
    assert (response.outcome, response.reason) == ("empty", f"Gemini ended its answer without a picture ({plain}).")


def test_an_answer_cut_off_before_the_picture_says_so() -> None:
    response = ImageResponse(parts=(TextPart("First I will"),), finish_reason="MAX_TOKENS")
    assert (response.outcome, response.reason) == ("empty", "The answer was cut off before the picture.")


def test_a_message_is_shown_for_an_empty_answer_too() -> None:
    response = ImageResponse(parts=(), finish_reason="NO_IMAGE", finish_message="No image was generated.")
    assert (response.outcome, response.reason) == ("empty", "No image was generated.")


@pytest.mark.parametrize("finish_reason", ["STOP", "", "OTHER", "MALFORMED_RESPONSE", "A_REASON_OF_TOMORROW"])
def test_an_unknown_reason_is_not_called_a_refusal(finish_reason: str) -> None:
    assert ImageResponse(parts=(), finish_reason=finish_reason).outcome == "empty"


def test_a_reason_shows_a_link_as_its_words() -> None:
    message = "It violated the [Use policy](https://example.com/policy). Try [x] (y)."
    response = ImageResponse(parts=(), finish_reason="IMAGE_SAFETY", finish_message=message)
    assert response.reason == "It violated the Use policy. Try [x] (y)."
