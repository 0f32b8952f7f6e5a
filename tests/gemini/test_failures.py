"""Every way a call can fail: what is known of it, and the sentence in full."""

import json
from collections.abc import Callable
from typing import Any, Final

import httpx2
import pytest
from google.auth import exceptions as auth_exceptions
from google.genai import errors as sdk_errors

from studio.errors import Category, EngineError
from studio.gemini.failures import failure_of
from studio.sandbox.scenarios.faults import KINDS
from studio.store.blobs import LocalBlobs
from tests.gemini.asking import DAMAGED, UNKNOWN_OUTCOME, a_request, answer_of, facts_from, failure_of_call, known
from tests.gemini.conftest import Bench

pytestmark = pytest.mark.anyio

NOT_GEMINI = "The address answered, but not as Gemini does. Check the gateway's address in the settings."
OVERLOADED = "The model is overloaded right now. Send again in a few minutes, or switch to another model."

# kind → category, billed, retry_after_s, http_status
FAULTS: dict[str, tuple[Category, str, float | None, int | None]] = {
    "invalid_key": ("key_invalid", "no", None, 400),
    "leaked": ("key_leaked", "no", None, 403),
    "permission": ("permission", "no", None, 403),
    "region": ("region", "no", None, 400),
    "no_billing": ("no_billing", "no", 34.0, 429),
    "rate_minute": ("rate_minute", "no", 34.0, 429),
    "rate_day": ("rate_day", "no", 34.0, 429),
    "credits_gone": ("credits_gone", "no", None, 429),
    "internal": ("server_error", "unknown", None, 500),
    "overloaded": ("overloaded", "unknown", None, 503),
    "deadline": ("outcome_unknown", "unknown", None, 504),
    "retired": ("model_retired", "no", None, 404),
    "signature_expired": ("signature", "no", None, 400),
    "html": ("not_gemini", "unknown", None, 502),
    "bad_json": ("not_gemini", "unknown", None, None),
    "reset": ("outcome_unknown", "unknown", None, None),
}
SENTENCES: dict[Category, str] = {
    "key_invalid": "Google does not accept this API key. Check the key in the connection panel.",
    "key_leaked": "Google has blocked this API key because it was found in public. "
    "Create a new key in AI Studio and use that.",
    "permission": "This key is not allowed to use this model. "
    "Check the key's project and its restrictions in AI Studio.",
    "region": "Gemini's API is not offered where this computer is. Use Vertex or a gateway in a supported region.",
    "no_billing": "This key's project has no billing, and image models have no free tier. "
    "Turn on billing for the project in AI Studio, then send again.",
    "rate_minute": "Gemini asked to slow down: too many requests this minute. Wait a minute, then send again.",
    "rate_day": "The project's quota for today is used up. "
    "It resets at midnight Pacific time; another model has its own quota.",
    "credits_gone": "The prepaid credit of this key's project is used up. Top it up in AI Studio, then send again.",
    "server_error": "Gemini had an internal error. Send again; if it stays, try another model.",
    "overloaded": OVERLOADED,
    "outcome_unknown": UNKNOWN_OUTCOME,
    "model_retired": "Google no longer offers this model here. Choose another model in Create.",
    "signature": "Gemini no longer accepts this conversation's history. Start fresh from this picture.",
    "not_gemini": NOT_GEMINI,
}
STREAMED_ONLY = {
    "truncated_stream": ("bad_answer", "unknown", None, None, DAMAGED),
    # What had begun to answer may be paid for: it is not tried again unasked.
    "stream_error": ("outcome_unknown", "unknown", None, 503, UNKNOWN_OUTCOME),
}
ANSWERS = {
    "refuse_safety": "refused", "refuse_prompt": "refused", "no_image": "empty", "text_only": "empty",
    "thoughts_only": "empty", "two_images": "image", "text_first": "image", "unflagged_draft": "image",
    "corrupt_image": "image", "wrong_size": "image",
}  # fmt: skip


def test_no_fault_of_the_sandbox_is_left_out() -> None:
    assert set(FAULTS) | set(STREAMED_ONLY) | set(ANSWERS) | {"slow"} == KINDS


@pytest.mark.parametrize("streams", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("kind", FAULTS)
async def test_a_failure_says_what_is_known_of_it(bench: Bench, kind: str, *, streams: bool) -> None:
    await bench.sandbox.queue({"kind": kind})
    facts = await failure_of_call(bench.engine, a_request(include_thoughts=streams))
    category = FAULTS[kind][0]
    assert known(facts) == (*FAULTS[kind], SENTENCES[category])


@pytest.mark.parametrize("kind", STREAMED_ONLY)
async def test_a_stream_can_fail_half_way(bench: Bench, kind: str) -> None:
    await bench.sandbox.queue({"kind": kind})
    facts = await failure_of_call(bench.engine, a_request())
    assert known(facts) == STREAMED_ONLY[kind]


@pytest.mark.parametrize("streams", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("kind", ANSWERS)
async def test_an_answer_without_a_picture_is_no_failure(bench: Bench, kind: str, *, streams: bool) -> None:
    await bench.sandbox.queue({"kind": kind})
    response = await answer_of(bench.engine, a_request(include_thoughts=streams))
    assert response.outcome == ANSWERS[kind]
    assert response.usage is not None


@pytest.mark.parametrize("streams", [False, True], ids=["plain", "streamed"])
async def test_a_gateways_page_with_status_200_is_not_gemini(bench: Bench, *, streams: bool) -> None:
    await bench.sandbox.queue({"kind": "html", "params": {"status": 200}})
    facts = await failure_of_call(bench.engine, a_request(include_thoughts=streams))
    assert known(facts) == ("not_gemini", "unknown", None, None, NOT_GEMINI)


async def test_the_service_s_own_words_are_kept_as_details(bench: Bench) -> None:
    await bench.sandbox.queue({"kind": "signature_expired"})
    assert (await failure_of_call(bench.engine, a_request())).detail == "Corrupted thought signature."


async def test_a_request_the_service_refuses_says_what_it_objected_to(bench: Bench) -> None:
    facts = await failure_of_call(bench.engine, a_request(aspect_ratio="7:5"))
    assert (facts.category, facts.billed, facts.http_status) == ("bad_request", "no", 400)
    assert "aspect_ratio must be one of" in facts.detail


class Answering(httpx2.AsyncBaseTransport):
    """Answers every call alike, or raises."""

    def __init__(self, status: int, content: bytes, content_type: str = "application/json") -> None:
        self._status, self._content, self._type = status, content, content_type

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(self._status, headers={"content-type": self._type}, content=self._content)


def google(code: int, status: str, message: str, **more: Any) -> bytes:  # noqa: ANN401 - any field
    return json.dumps({"error": {"code": code, "status": status, "message": message, **more}}).encode()


NO_CREDENTIALS: Callable[[str], Exception] = auth_exceptions.DefaultCredentialsError
RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"
BODIES: list[tuple[int, bytes, tuple[str, str, float | None]]] = [
    (403, google(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers."), ("key_missing", "no", None)),
    (401, google(401, "UNAUTHENTICATED", "Request had invalid credentials."), ("key_invalid", "no", None)),
    (503, google(503, "UNAVAILABLE", "Deadline expired"), ("overloaded", "unknown", None)),
    (500, google(500, "DEADLINE_EXCEEDED", "Deadline expired"), ("outcome_unknown", "unknown", None)),
    (502, google(502, "INTERNAL", "?"), ("server_error", "unknown", None)),
    (413, google(413, "INVALID_ARGUMENT", "?"), ("request_too_large", "no", None)),
    (413, b"<html>too large</html>", ("request_too_large", "no", None)),
    (400, google(400, "INVALID_ARGUMENT", "Thought signature is not valid"), ("signature", "no", None)),
    (400, google(400, "INVALID_ARGUMENT", "Image part is missing a thought_signature in"), ("signature", "no", None)),
    (400, google(400, "INVALID_ARGUMENT", "Unable to process input image. Please retry"), ("bad_picture", "no", None)),
    (400, google(400, "INVALID_ARGUMENT", "Provided image is not valid."), ("bad_picture", "no", None)),
    (400, google(400, "INVALID_ARGUMENT", "The input token count (70000) exceeds"), ("prompt_too_long", "no", None)),
    (400, google(400, "INVALID_ARGUMENT", "Request payload size exceeds the limit"), ("request_too_large", "no", None)),
    (403, b"<html>no</html>", ("not_gemini", "no", None)),
    (502, b'{"error": {"message": "upstream", "type": "x"}}', ("not_gemini", "unknown", None)),
    (500, b"[]", ("not_gemini", "unknown", None)),
    (500, b"[" + google(500, "INTERNAL", "?") + b"]", ("server_error", "unknown", None)),
    (302, b"", ("not_gemini", "unknown", None)),
    (
        429,
        google(429, "RESOURCE_EXHAUSTED", "?", details=[{"@type": RETRY_INFO, "retryDelay": "2.5s"}]),
        ("rate_minute", "no", 2.5),
    ),
    (
        429,
        google(429, "RESOURCE_EXHAUSTED", "?", details=[{"@type": RETRY_INFO, "retryDelay": "1.2.3s"}]),
        ("rate_minute", "no", None),
    ),
    (
        429,
        google(429, "RESOURCE_EXHAUSTED", "?", details=[{"@type": RETRY_INFO, "retryDelay": "9" * 30 + "s"}]),
        ("rate_minute", "no", 86_400.0),
    ),
    (429, google(429, "RESOURCE_EXHAUSTED", "?", details="none"), ("rate_minute", "no", None)),
    (429, google(429, "RESOURCE_EXHAUSTED", "?", details=[{"violations": 3}, 7]), ("rate_minute", "no", None)),
]


@pytest.mark.parametrize(("status", "body", "expected"), BODIES, ids=lambda value: str(value)[:40])
async def test_an_error_body_is_read_for_what_it_is(
    blobs: LocalBlobs, status: int, body: bytes, expected: tuple[str, str, float | None]
) -> None:
    facts = await facts_from(blobs, Answering(status, body))
    assert (facts.category, facts.billed, facts.retry_after_s) == expected
    assert facts.http_status == status


@pytest.mark.parametrize("body", [b'{"candidates": "many"}', b"", b"null", b'"words"'])
async def test_a_200_of_another_form_is_never_called_a_fault_of_ours(blobs: LocalBlobs, body: bytes) -> None:
    facts = await facts_from(blobs, Answering(200, body))
    assert facts.category in {"not_gemini", "bad_answer"}
    assert facts.billed == "unknown"


@pytest.mark.parametrize(
    ("kind", "category"),
    [(auth_exceptions.DefaultCredentialsError, "key_invalid"), (auth_exceptions.TransportError, "offline")],
)
async def test_missing_credentials_are_told_apart_from_a_missing_network(
    kind: Callable[[str], Exception], category: str
) -> None:
    assert failure_of(kind("none")).facts.category == category


UNREADABLE: Final = (
    "Gemini could not read one of the pictures. Remove the reference that was added last, or use it as a PNG or JPEG, "
    "then send again."
)
TOO_MANY_TOKENS: Final = (
    "The prompt and its history are more than this model reads. Shorten the prompt, remove references, or start fresh."
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Unable to process input image.", UNREADABLE),
        ("The input token count (70000) exceeds the maximum number of tokens allowed (65536).", TOO_MANY_TOKENS),
    ],
)
async def test_a_refused_picture_or_prompt_says_what_to_change(blobs: LocalBlobs, text: str, sentence: str) -> None:
    facts = await facts_from(blobs, Answering(400, google(400, "INVALID_ARGUMENT", text)))
    assert str(EngineError(facts)) == sentence


@pytest.mark.parametrize(
    ("error", "beginning"),
    [
        (NO_CREDENTIALS("none"), "Google Cloud finds no credentials on this computer that it accepts. Run “gcloud"),
        (
            sdk_errors.ClientError(403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "denied"}}),
            "This Google Cloud account or project may not use this model. Check its roles",
        ),
        (
            sdk_errors.ClientError(404, {"error": {"code": 404, "status": "NOT_FOUND", "message": "not found"}}),
            "This model is not offered in this Google Cloud project and location. Choose another model in Create.",
        ),
    ],
)
async def test_on_google_cloud_no_sentence_speaks_of_a_key(error: Exception, beginning: str) -> None:
    said = str(failure_of(error, enterprise=True))
    assert said.startswith(beginning)
    assert "key" not in said


async def test_a_bug_of_ours_names_its_kind_and_nothing_else() -> None:
    facts = failure_of(KeyError("AIza-secret")).facts
    assert (facts.category, facts.billed, facts.detail) == ("internal", "unknown", "KeyError")


async def test_a_long_message_is_cut() -> None:
    error = sdk_errors.ClientError(400, {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "x" * 9_000}})
    assert len(failure_of(error).facts.detail) == 600


@pytest.mark.parametrize(("model", "works"), [("gemini-nano-banana-2.1", True), ("gemini-9-image", False)])
async def test_a_check_asks_for_the_model_and_paints_nothing(bench: Bench, model: str, *, works: bool) -> None:
    check = await bench.engine.check(model)

    assert (check.works, check.model) == (works, model)
    assert (check.error.category if check.error else None) == (None if works else "model_retired")
    assert [request.method for request in bench.wire.requests] == ["GET"]
    assert await bench.sandbox.journal() == []
