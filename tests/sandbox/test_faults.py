"""Queued failures: each is met once by the next call, and looks as the service's own."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from google.genai import errors, types
from PIL import Image

from studio.sandbox.scenarios.faults import KINDS
from tests.sandbox_fixture import MODEL_21, SandboxClient, sandbox_app, size_of

pytestmark = pytest.mark.anyio

BODY: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "a fox"}]}]}
QUOTA = (
    "You exceeded your current quota, please check your plan and billing details. For more information on this error, "
    "head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: "
    "https://ai.dev/rate-limit. \n* Quota exceeded for metric: generativelanguage.googleapis.com/{metric}, limit: "
    "{limit}, model: gemini-nano-banana-2.1\nPlease retry in 34.286670503s."
)
CREDITS = (
    "Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project "
    "and billing."
)
INTERNAL = (
    "An internal error has occurred. Please retry or report in "
    "https://developers.generativeai.google/guide/troubleshooting"
)
RETIRED = (
    "This model models/gemini-nano-banana-2.1 is no longer available to new users. Please update your code to use "
    "models/gemini-3-pro-image for the latest features and improvements."
)
PLAIN = [
    ("leaked", 403, "PERMISSION_DENIED", "Your API key was reported as leaked. Please use another API key."),
    ("permission", 403, "PERMISSION_DENIED", "The caller does not have permission"),
    ("region", 400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
    ("internal", 500, "INTERNAL", INTERNAL),
    ("overloaded", 503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    ("deadline", 504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
    ("credits_gone", 429, "RESOURCE_EXHAUSTED", CREDITS),
    ("signature_expired", 400, "INVALID_ARGUMENT", "Corrupted thought signature."),
    ("retired", 404, "NOT_FOUND", RETIRED),
]  # fmt: skip


async def failed(client: SandboxClient, kind: str, *, stream: bool = False, **params: str | float) -> httpx2.Response:
    await client.queue({"kind": kind, "params": params})
    return await client.generate(BODY, stream=stream)


def candidate(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code == 200
    [only] = answer.json()["candidates"]
    held: dict[str, Any] = only
    return held


def parts_of(answer: httpx2.Response) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = candidate(answer)["content"]["parts"]
    return parts


def pixels(part: dict[str, Any]) -> bytes:
    return base64.b64decode(part["inlineData"]["data"])


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("kind", "code", "status", "message"), PLAIN)
async def test_a_plain_error_is_answered_in_full(
    client: SandboxClient, kind: str, code: int, status: str, message: str, *, stream: bool
) -> None:
    answer = await failed(client, kind, stream=stream)

    assert answer.status_code == code
    assert answer.json() == {"error": {"code": code, "message": message, "status": status}}


@pytest.mark.parametrize(
    ("kind", "metric", "quota_id", "limit"),
    [
        ("rate_minute", "generate_requests_per_model", "GenerateRequestsPerMinutePerProjectPerModel", 500),
        ("rate_day", "generate_requests_per_model_per_day", "GenerateRequestsPerDayPerProjectPerModel", 2000),
        ("no_billing", "generate_content_free_tier_requests", "GenerateRequestsPerDayPerProjectPerModel-FreeTier", 0),
    ],
)
async def test_a_quota_names_itself_and_the_wait_is_in_the_body_only(
    client: SandboxClient, kind: str, metric: str, quota_id: str, limit: int
) -> None:
    answer = await failed(client, kind)

    violation: dict[str, Any] = {
        "quotaMetric": f"generativelanguage.googleapis.com/{metric}",
        "quotaId": quota_id,
        "quotaDimensions": {"location": "global", "model": MODEL_21},
    }
    links = [
        {
            "description": "Learn more about Gemini API quotas",
            "url": "https://ai.google.dev/gemini-api/docs/rate-limits",
        }
    ]
    assert "retry-after" not in answer.headers
    assert answer.json()["error"] == {
        "code": 429,
        "message": QUOTA.format(metric=metric, limit=limit),
        "status": "RESOURCE_EXHAUSTED",
        "details": [
            {"@type": "type.googleapis.com/google.rpc.Help", "links": links},
            {
                "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                "violations": [violation | ({"quotaValue": str(limit)} if limit else {})],
            },
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34s"},
        ],
    }


async def test_the_wait_of_a_quota_can_be_chosen(client: SandboxClient) -> None:
    error = (await failed(client, "rate_minute", retry_delay_s=10)).json()["error"]

    assert error["message"].endswith("Please retry in 10s.")
    assert error["details"][2]["retryDelay"] == "10s"


async def test_an_invalid_key_can_be_played(client: SandboxClient) -> None:
    error = (await failed(client, "invalid_key")).json()["error"]

    assert error["details"][0]["reason"] == "API_KEY_INVALID"


async def test_a_gateway_page_comes_with_either_status(client: SandboxClient) -> None:
    bad, good = await failed(client, "html"), await failed(client, "html", status=200)

    assert (bad.status_code, good.status_code) == (502, 200)
    assert all(answer.headers["content-type"].startswith("text/html") for answer in (bad, good))
    await client.queue({"kind": "html", "params": {"status": 200}})
    with pytest.raises(ValueError, match="Expecting value"):
        await client.sdk().aio.models.generate_content(model=MODEL_21, contents="a fox")


async def test_broken_json_comes_with_a_200(client: SandboxClient) -> None:
    answer = await failed(client, "bad_json")

    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


async def test_a_reset_ends_the_connection_without_an_answer(client: SandboxClient) -> None:
    with pytest.raises(ConnectionResetError):
        await failed(client, "reset")
    assert (await client.journal())[0]["status"] == 0


async def test_a_truncated_stream_has_no_finish_reason(client: SandboxClient) -> None:
    await client.queue({"kind": "truncated_stream"})
    chunks = [
        chunk async for chunk in await client.sdk().aio.models.generate_content_stream(model=MODEL_21, contents="a fox")
    ]

    assert chunks
    assert all(c.finish_reason is None for chunk in chunks for c in chunk.candidates or [])


@pytest.mark.parametrize("thoughts", [False, True])
async def test_an_error_can_come_in_the_middle_of_a_stream(client: SandboxClient, *, thoughts: bool) -> None:
    await client.queue({"kind": "stream_error"})
    config = types.GenerateContentConfig(thinking_config=types.ThinkingConfig(include_thoughts=thoughts))
    seen: list[types.GenerateContentResponse] = []

    async def listen() -> None:
        stream = await client.sdk().aio.models.generate_content_stream(model=MODEL_21, contents="a fox", config=config)
        async for chunk in stream:
            seen.append(chunk)  # noqa: PERF401 - what came before the error is the point

    with pytest.raises(errors.ServerError, match="overloaded"):
        await listen()

    assert seen


@pytest.mark.parametrize("reason", ["IMAGE_SAFETY", "IMAGE_RECITATION", "IMAGE_OTHER"])
async def test_a_filtered_picture_has_an_empty_content_and_a_message(client: SandboxClient, reason: str) -> None:
    answer = await failed(client, "refuse_safety", reason=reason)

    held = candidate(answer)
    assert held["finishMessage"].startswith("Unable to show the generated image")
    assert held == {"content": {}, "finishReason": reason, "index": 0, "finishMessage": held["finishMessage"]}
    usage = answer.json()["usageMetadata"]
    assert usage["totalTokenCount"] == usage["promptTokenCount"] + usage["thoughtsTokenCount"]


async def test_a_refused_prompt_has_no_candidates(client: SandboxClient) -> None:
    answer = (await failed(client, "refuse_prompt", reason="SAFETY")).json()

    assert answer["promptFeedback"] == {"blockReason": "SAFETY"}
    assert "candidates" not in answer
    assert answer["usageMetadata"]["promptTokenCount"] == 2


async def test_an_answer_without_image_has_no_content_at_all(client: SandboxClient) -> None:
    assert candidate(await failed(client, "no_image")) == {"finishReason": "NO_IMAGE", "index": 0}


async def test_an_answer_can_be_text_only(client: SandboxClient) -> None:
    answer = await failed(client, "text_only")

    assert [list(part) for part in parts_of(answer)] == [["text"]]
    assert answer.json()["usageMetadata"]["candidatesTokenCount"] > 0


@pytest.mark.parametrize("model", [MODEL_21, "gemini-2.5-flash-image"])
async def test_an_answer_can_be_thoughts_only(client: SandboxClient, model: str) -> None:
    await client.queue({"kind": "thoughts_only"})
    answer = await client.generate(BODY, model=model)

    assert candidate(answer)["finishReason"] == "STOP"
    assert all(part["thought"] for part in parts_of(answer))
    assert answer.json()["usageMetadata"]["thoughtsTokenCount"] > 0


async def test_two_pictures_are_both_signed_and_both_billed(client: SandboxClient) -> None:
    answer = await failed(client, "two_images")

    pictures = [part for part in parts_of(answer) if "inlineData" in part]
    assert all("thoughtSignature" in part and "thought" not in part for part in pictures)
    assert len({pixels(part) for part in pictures}) == 2
    assert answer.json()["usageMetadata"]["candidatesTokensDetails"][0]["tokenCount"] == 2240


async def test_an_unflagged_draft_comes_first_signed_and_unbilled(client: SandboxClient) -> None:
    answer = await failed(client, "unflagged_draft")

    draft, final = [part for part in parts_of(answer) if "inlineData" in part]
    assert (size_of(pixels(draft)), size_of(pixels(final))) == ((352, 192), (1408, 768))
    assert "thoughtSignature" in draft
    assert "thought" not in draft
    assert answer.json()["usageMetadata"]["candidatesTokensDetails"][0]["tokenCount"] == 1120


async def test_text_can_come_first_with_a_signature_of_its_own(client: SandboxClient) -> None:
    first, second = parts_of(await failed(client, "text_first"))

    assert first["text"].endswith(". Painted by the Retake sandbox, not Gemini.")
    assert first["thoughtSignature"] != second["thoughtSignature"]


async def test_a_corrupt_picture_is_cut_short(client: SandboxClient) -> None:
    parts = parts_of(await failed(client, "corrupt_image"))

    [data] = [pixels(part) for part in parts if "inlineData" in part]
    with pytest.raises(OSError, match="truncated"):
        Image.open(io.BytesIO(data)).load()


async def test_a_smaller_picture_than_asked_is_billed_as_such(client: SandboxClient) -> None:
    await client.queue({"kind": "wrong_size"})
    config = {"imageConfig": {"imageSize": "2K", "aspectRatio": "1:1"}, "responseModalities": ["IMAGE"]}
    answer = await client.generate(BODY | {"generationConfig": config})

    [part] = parts_of(answer)
    assert size_of(pixels(part)) == (1024, 1024)
    assert answer.json()["usageMetadata"]["candidatesTokensDetails"][0]["tokenCount"] == 1120


async def test_a_slow_answer_takes_the_seconds_it_was_given(client: SandboxClient) -> None:
    await failed(client, "slow", seconds=0.3)

    assert (await client.journal())[0]["engine_s"] >= 0.3


async def test_faults_are_met_in_order_once_each_and_can_be_taken_back(client: SandboxClient) -> None:
    await client.queue({"kind": "internal", "count": 2}, {"kind": "overloaded"}, {"kind": "deadline", "count": 9})
    met = [(await client.generate(BODY)).status_code for _ in range(3)]
    await client.http.delete("/control/faults")
    met.append((await client.generate(BODY)).status_code)

    assert met == [500, 500, 503, 200]
    assert [entry["status"] for entry in await client.journal()] == met


async def test_a_fault_does_not_count_as_an_asking(client: SandboxClient, data_dir: Path) -> None:
    body = BODY | {"generationConfig": {"responseModalities": ["IMAGE"]}}
    await client.queue({"kind": "internal"})
    await client.generate(body)
    untroubled = SandboxClient(sandbox_app(data_dir))

    assert pixels(parts_of(await client.generate(body))[0]) == pixels(parts_of(await untroubled.generate(body))[0])


NO_FAULTS: list[object] = [
    {}, ["internal"], [{"kind": "x"}], [{"kind": "internal", "count": 0}], [{"kind": "internal", "params": 1}],
]  # fmt: skip


@pytest.mark.parametrize("wanted", NO_FAULTS)
async def test_a_fault_that_does_not_exist_is_a_400(client: SandboxClient, wanted: object) -> None:
    answer = await client.http.post("/control/faults", json=wanted)

    assert answer.status_code == 400
    assert (await client.http.get("/control/faults")).json() == []


async def test_waiting_faults_are_listed(client: SandboxClient) -> None:
    await client.queue(*({"kind": kind} for kind in sorted(KINDS)))

    assert [fault["kind"] for fault in (await client.http.get("/control/faults")).json()] == sorted(KINDS)


WRONG: list[tuple[str, dict[str, object]]] = [
    ("html", {"status": "abc"}), ("html", {"status": None}), ("html", {"status": [1]}), ("html", {"status": 99999}),
    ("html", {"status": 204}), ("slow", {"seconds": "x"}), ("slow", {"seconds": -1}), ("slow", {"seconds": True}),
    ("rate_minute", {"retry_delay_s": "x"}), ("rate_minute", {"retry_delay_s": float("inf")}),
    ("refuse_safety", {"reason": 5}), ("overloaded", {"seconds": 1}),
]  # fmt: skip


async def test_a_fault_that_cannot_be_played_is_not_queued(client: SandboxClient) -> None:
    faults: list[dict[str, object]] = [{"kind": kind, "params": params} for kind, params in WRONG]
    faults += [{"kind": ["a"]}, {"kind": {}}, {"kind": 5}, {"kind": "slow", "params": "x"}]
    faults += [{"kind": "slow", "count": count} for count in (0, 1.5, True, 1e30, 10**30, 10_001)]
    for fault in faults:
        body = json.dumps([{"kind": "overloaded"}, fault]).encode()
        answer = await client.http.post("/control/faults", content=body)
        assert answer.status_code == 400, fault
    assert (await client.http.get("/control/faults")).json() == []
