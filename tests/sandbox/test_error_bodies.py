"""Each form of failure in full: status, the headers that matter, the whole body; and what the SDK makes of it.

expected/*.json holds what the service answers, written down from public sightings of it, not from the sandbox.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from google.genai import errors, types

from studio.sandbox.scenarios import table as scenarios
from tests.sandbox_fixture import ANY_KEY, MODEL_21, SandboxClient

pytestmark = pytest.mark.anyio

HEADER = "x-sandbox-scenario"
FOX: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "a fox"}]}]}
ERROR_KINDS = frozenset({
    "error", "invalid_key", "leaked", "permission", "region", "no_billing", "rate_minute", "rate_day", "credits_gone",
    "internal", "overloaded", "deadline", "retired", "signature_expired",
})  # fmt: skip


def written_down(name: str) -> list[dict[str, Any]]:
    text = (Path(__file__).parent / "expected" / name).read_text(encoding="utf-8")
    held: list[dict[str, Any]] = json.loads(text)
    return held


FORMS = written_down("errors.json")
PLAYED = [form for form in FORMS if "scenario" in form]
CAUSED = [form for form in FORMS if "request" in form]
NO_PICTURE = written_down("answers_without_image.json")


def form_name(form: dict[str, Any]) -> str:
    return str(form.get("form") or form["scenario"])


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("form", PLAYED, ids=form_name)
async def test_a_scenario_answers_with_the_service_s_own_body(
    client: SandboxClient, form: dict[str, Any], *, stream: bool
) -> None:
    answer = await client.generate(FOX, headers={HEADER: form["scenario"]}, stream=stream)

    assert answer.status_code == form["status"]
    assert answer.json() == form["body"]
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    # The recorded refusal of an unknown key (2026-08-19) names no tier; the recorded 429 does.
    assert answer.headers.get("x-gemini-service-tier") == (None if form["form"] == "invalid-key" else "standard")
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize("form", CAUSED, ids=form_name)
async def test_a_request_that_deserves_it_is_refused_with_the_same_body(
    client: SandboxClient, form: dict[str, Any]
) -> None:
    asked = form["request"]
    headers = {"x-goog-api-key": asked.get("key", ANY_KEY)}
    answer = await client.generate(asked["body"], model=asked["model"], version=asked["version"], headers=headers)

    assert answer.status_code == form["status"]
    assert answer.json() == form["body"]
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize("form", PLAYED, ids=form_name)
async def test_the_sdk_reads_code_status_and_message(client: SandboxClient, form: dict[str, Any]) -> None:
    config = types.GenerateContentConfig(http_options=types.HttpOptions(headers={HEADER: form["scenario"]}))
    kind = errors.ClientError if form["status"] < 500 else errors.ServerError

    with pytest.raises(kind) as caught:
        await client.sdk().aio.models.generate_content(model=MODEL_21, contents="a fox", config=config)

    error = form["body"]["error"]
    assert (caught.value.code, caught.value.status) == (error["code"], error["status"])
    assert caught.value.message == error["message"]
    assert caught.value.details == form["body"]


def test_no_scenario_that_answers_with_an_error_is_left_out() -> None:
    written = {form["scenario"].partition(":")[0] for form in PLAYED}
    known = {name for name, scenario in scenarios.known().items() if scenario.kind in ERROR_KINDS}

    assert known - {"burst-503"} <= written


@pytest.mark.parametrize("form", NO_PICTURE, ids=form_name)
async def test_an_answer_without_a_picture_has_the_service_s_shape(client: SandboxClient, form: dict[str, Any]) -> None:
    answer = await client.generate(FOX, headers={HEADER: form["scenario"]})

    held = answer.json()
    usage = held.pop("usageMetadata")
    assert answer.status_code == 200
    assert usage["totalTokenCount"] >= usage["promptTokenCount"] == 2
    assert "candidatesTokensDetails" not in usage
    assert set(held) == {"candidates" if "candidate" in form else "promptFeedback", "modelVersion", "responseId"}
    assert held.get("candidates", []) == ([form["candidate"]] if "candidate" in form else [])
    assert held.get("promptFeedback") == form.get("blocked")


@pytest.mark.parametrize("form", NO_PICTURE, ids=form_name)
async def test_the_sdk_finds_no_picture_and_the_reason(client: SandboxClient, form: dict[str, Any]) -> None:
    config = types.GenerateContentConfig(http_options=types.HttpOptions(headers={HEADER: form["scenario"]}))
    answer = await client.sdk().aio.models.generate_content(model=MODEL_21, contents="a fox", config=config)

    assert not any(part.inline_data for part in answer.parts or [])
    if "blocked" in form:
        assert answer.prompt_feedback is not None
        assert answer.prompt_feedback.block_reason == form["blocked"]["blockReason"]
    else:
        [candidate] = answer.candidates or []
        assert candidate.finish_reason == form["candidate"]["finishReason"]
        # google-genai 3.4.0 leaves the finishMessage of the developer API out, so only the raw answer has it.
