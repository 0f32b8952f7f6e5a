"""What the Interactions API refuses and how it fails: {"error": {"message", "code"}}, compared whole."""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.interaction_fixture import (
    MODEL_2,
    MODEL_25,
    MODEL_LITE,
    NOT_FOUND,
    ONLY_IMAGE,
    PROHIBITED,
    SAFETY,
    Json,
    folders,
    got,
    made,
    pictures,
    post,
    refused,
    said,
)
from tests.sandbox_fixture import MODEL_21, MODEL_PRO, SandboxClient

NO_KEY: Final = (
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other "
    "form of API consumer identity to call this API."
)

pytestmark = pytest.mark.anyio


def named(values: str) -> str:
    return ", ".join(f"'{value}'" for value in values.split())


RATIOS: Final = named("1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9 1:8 8:1 1:4 4:1")
REFUSALS: Final[dict[str, tuple[Json, int, Json]]] = {
    "unknown parameter": (
        {"generation_config": {"topP": 0.5}},
        400,
        refused("Unknown parameter 'generation_config.topP'. Did you mean 'top_p'?", "parameter_unknown"),
    ),
    "unknown and unlike": (
        {"input": [{"type": "text", "text": "a", "zzz": 1}]},
        400,
        refused("Unknown parameter 'input[0].zzz'.", "parameter_unknown"),
    ),
    "wrong kind": ({"generation_config": 7}, 400, refused("Invalid input at 'generation_config'.")),
    "wrong scalar": ({"store": "yes"}, 400, refused("Invalid input at 'store'.")),
    "settings of the wrong kind": ({"safety_settings": 5}, 400, refused("Invalid input at 'safety_settings'.")),
    "labels of the wrong kind": ({"labels": "x"}, 400, refused("Invalid input at 'labels'.")),
    "a cached content": (
        {"cached_content": "cachedContents/abc"},
        403,
        refused("CachedContent not found (or permission denied)", "permission_denied"),
    ),
    "no input": ({"input": None}, 400, refused("Invalid input at 'input'.")),
    "no model": ({"model": None}, 400, refused("Invalid input at 'model'.")),
    "unknown model": ({"model": "gemini-9"}, 404, NOT_FOUND),
    "png": (
        {"response_format": ONLY_IMAGE | {"mime_type": "image/png"}},
        400,
        refused(
            "The value 'image/png' is not supported for 'response_format.mime_type'. Supported values: 'image/jpeg'."
        ),
    ),
    "ratio": (
        {"response_format": ONLY_IMAGE | {"aspect_ratio": "7:5"}},
        400,
        refused(f"The value '7:5' is not supported for 'response_format.aspect_ratio'. Supported values: {RATIOS}."),
    ),
    "size": (
        {"response_format": [ONLY_IMAGE | {"image_size": "2k"}]},
        400,
        refused(
            "The value '2k' is not supported for 'response_format[0].image_size'. "
            f"Supported values: {named('512 1K 2K 4K')}."
        ),
    ),
    "delivery value": (
        {"response_format": ONLY_IMAGE | {"delivery": "bogus"}},
        400,
        refused(
            "The value 'bogus' is not supported for 'response_format.delivery'. Supported values: 'inline', 'uri'."
        ),
    ),
    "delivery": (
        {"response_format": ONLY_IMAGE | {"delivery": "inline"}},
        400,
        refused("Image delivery mode is not supported."),
    ),
    "ratio of the model": (
        {"model": MODEL_PRO, "response_format": ONLY_IMAGE | {"aspect_ratio": "1:8"}},
        400,
        refused("Aspect ratio 1:8 is not supported for this model"),
    ),
    "size of the model": ({"model": MODEL_LITE, "response_format": ONLY_IMAGE | {"image_size": "2K"}}, 404, NOT_FOUND),
    "level": (
        {"model": MODEL_2, "generation_config": {"thinking_level": "low"}},
        400,
        refused("'low' is not a supported thinking level for this model. Allowed values are: minimal, high."),
    ),
    "level of none": (
        {"model": MODEL_25, "generation_config": {"thinking_level": "high"}},
        400,
        refused("Thinking is not enabled for this model"),
    ),
    "seed": ({"generation_config": {"seed": 7}}, 400, refused("Seed is not supported for this model")),
    "search": (
        {"model": MODEL_LITE, "tools": [{"type": "google_search"}]},
        400,
        refused("Search as tool is not enabled for this model"),
    ),
    "function": (
        {"tools": [{"type": "function", "name": "f"}]},
        400,
        refused("Function calling is not enabled for this model"),
    ),
    "json": (
        {"response_format": {"type": "text", "mime_type": "application/json"}},
        400,
        refused("JSON mode is not enabled for this model"),
    ),
    "sound": (
        {"response_format": {"type": "audio"}},
        400,
        refused("The requested combination of response modalities is not supported by the model."),
    ),
    "turns": (
        {"input": [{"role": "user", "content": "a fox"}]},
        400,
        refused(
            "The legacy Interactions API schema is no longer supported. Please upgrade your client SDK to Python >= "
            "2.0.0 or JavaScript/TypeScript >= 2.0.0 to adopt the new 'steps' schema. For details and migration "
            "examples, see: https://ai.google.dev/gemini-api/docs/interactions-breaking-changes-may-2026"
        ),
    ),
    "a step among contents": (
        {"input": [{"type": "text", "text": "a"}, said("b")]},
        400,
        refused(
            "The value 'user_input' is not supported for 'input[1].type'. "
            f"Supported values: {named('text image document audio video')}."
        ),
    ),
    "data": (
        {"input": [{"type": "image", "data": "%%", "mime_type": "image/png"}]},
        400,
        refused("Invalid input at 'input[0].data'."),
    ),
    "no picture": (
        {"input": [{"type": "image", "data": "aGVsbG8=", "mime_type": "image/png"}]},
        400,
        refused("Unable to process input image."),
    ),
    "nothing": ({"input": []}, 400, refused("Request has empty input.")),
    "background": (
        {"model": MODEL_2, "background": True},
        400,
        refused(f"Model '{MODEL_2}' does not support background interactions."),
    ),
    "background unstored": (
        {"background": True, "store": False},
        400,
        refused("'background' cannot be used with 'store' set to false."),
    ),
    "tool": ({"tools": [{"type": "mcp_server"}]}, 400, refused("Tool 'mcp_server' is not supported for this model.")),
    "retired": (
        {"model": "gemini-3-pro-image-preview"},
        404,
        refused(
            "This model models/gemini-3-pro-image-preview is no longer available to new users. Please update your code "
            "to use models/gemini-3-pro-image for the latest features and improvements.",
            "model_not_found",
        ),
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_refusal_has_a_word_for_its_code(client: SandboxClient, data_dir: Path, name: str) -> None:
    body, status, expected = REFUSALS[name]

    assert await post(client, **body) == (status, expected)
    assert folders(data_dir) == []


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("", NO_KEY),
        ("bad-key", "API key not valid. Please pass a valid API key."),
    ],
)  # fmt: skip
async def test_a_key_that_is_missing_or_wrong_is_401(client: SandboxClient, key: str, message: str) -> None:
    interaction = await made(client)
    client.http.headers["x-goog-api-key"] = key

    expected = (401, refused(message, "authentication"))
    assert await post(client) == expected
    assert await got(client, interaction["id"]) == expected


@pytest.mark.parametrize(
    ("fault", "status", "code", "message"),
    [
        ({"kind": "rate_minute"}, 429, "rate_limit_exceeded", "You exceeded your current quota"),
        ({"kind": "rate_day"}, 429, "quota_exceeded", "You exceeded your current quota"),
        ({"kind": "credits_gone"}, 402, "payment_required", "Your prepayment credits are depleted."),
        ({"kind": "internal"}, 500, "api_error", "An internal error has occurred."),
        ({"kind": "overloaded"}, 503, "service_unavailable", "The model is overloaded. Please try again later."),
        ({"kind": "deadline"}, 504, "deadline_exceeded", "Deadline expired"),
        ({"kind": "region"}, 400, "failed_precondition", "User location is not supported"),
        ({"kind": "leaked"}, 403, "permission_denied", "Your API key was reported as leaked."),
        ({"kind": "signature_expired"}, 400, "invalid_request", "Corrupted thought signature."),
        ({"kind": "refuse_safety"}, 400, "image_safety", SAFETY),
        ({"kind": "refuse_safety", "params": {"reason": "IMAGE_RECITATION"}}, 400, "image_recitation", "Image gener"),
        ({"kind": "refuse_prompt"}, 400, "prohibited_content", PROHIBITED),
        ({"kind": "refuse_prompt", "params": {"reason": "OTHER"}}, 400, "content_blocked", "Request blocked for an "),
        ({"kind": "no_image"}, 400, "no_image", "No image was generated."),
    ],
)
async def test_a_failure_of_the_service_is_told_in_a_word(
    client: SandboxClient, data_dir: Path, fault: Json, status: int, code: str, message: str
) -> None:
    await client.queue(fault)
    answered, body = await post(client)

    assert (answered, list(body), set(body["error"])) == (status, ["error"], {"code", "message"})
    assert body["error"]["code"] == code
    assert body["error"]["message"].startswith(message)
    assert folders(data_dir) == []


async def test_a_prompt_can_ask_to_be_refused_or_for_words(client: SandboxClient) -> None:
    assert await post(client, input="sandbox refuse a fox") == (400, refused(SAFETY, "image_safety"))
    assert await post(client, input="sandbox block a fox") == (400, refused(PROHIBITED, "prohibited_content"))
    [step] = (await made(client, input="sandbox words only"))["steps"]
    assert [item["type"] for item in step["content"]] == ["text"]


async def test_a_scenario_is_asked_for_by_header(client: SandboxClient) -> None:
    client.http.headers["x-sandbox-scenario"] = "two-images"
    interaction = await made(client)
    assert [step["type"] for step in interaction["steps"]] == ["thought", "model_output"] * 2
    assert len(set(pictures(interaction))) == 2

    client.http.headers["x-sandbox-scenario"] = "no-such-thing"
    status, body = await post(client)
    assert (status, body["error"]["code"]) == (400, "invalid_request")


async def test_broken_transport_breaks_interactions_too(client: SandboxClient) -> None:
    await client.queue({"kind": "html"}, {"kind": "bad_json"}, {"kind": "reset"})
    page = await client.http.post("/v1/interactions", json={"model": MODEL_21, "input": "a fox"})
    assert (page.status_code, page.headers["content-type"]) == (502, "text/html; charset=UTF-8")
    with pytest.raises(json.JSONDecodeError):
        await post(client)
    with pytest.raises(ConnectionResetError):
        await post(client)
