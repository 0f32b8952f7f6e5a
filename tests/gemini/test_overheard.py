"""What the SDK drops of an answer is read beside it, and nothing else is taken for it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.gemini.overheard import Overheard
from tests.gemini.asking import a_request, answer_of, said
from tests.gemini.conftest import Bench

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("streams", [True, False])
async def test_a_refusal_keeps_the_service_s_own_sentence(bench: Bench, *, streams: bool) -> None:
    response = await answer_of(bench.engine, a_request(said("sandbox refuse"), include_thoughts=streams))

    assert response.outcome == "refused"
    assert response.finish_message.startswith("Unable to show the generated image.")
    assert "](https://" in response.finish_message
    assert response.reason.startswith("Unable to show the generated image.")
    assert "](" not in response.reason


async def test_a_refusal_s_sentence_does_not_outlive_its_call(bench: Bench) -> None:
    await answer_of(bench.engine, a_request(said("sandbox refuse")))

    assert (await answer_of(bench.engine, a_request(said("a red fox")))).finish_message == ""


@given(text=st.text(), pieces=st.integers(1, 7))
def test_a_sentence_is_found_however_the_answer_is_cut(text: str, pieces: int) -> None:
    body = json.dumps({"candidates": [{"finishReason": "IMAGE_SAFETY", "finishMessage": text}]}).encode()
    overheard = Overheard()
    for start in range(0, len(body), max(len(body) // pieces, 1)):
        overheard.hear(body[start : start + max(len(body) // pieces, 1)])

    assert overheard.finish_message == text


@given(text=st.text())
def test_a_model_cannot_write_one(text: str) -> None:
    said_by_model = f'"finishMessage": "{text}"'
    overheard = Overheard()
    overheard.hear(json.dumps({"parts": [{"text": said_by_model}]}).encode())

    assert overheard.finish_message == ""
