"""Refusals, word for word."""

import base64
from typing import Any

import pytest

from tests.sandbox_fixture import MODEL_21, MODEL_PRO, SandboxClient, picture_bytes

pytestmark = pytest.mark.anyio

LITE, NB2, FLASH_25 = "gemini-3.1-flash-lite-image", "gemini-3.1-flash-image", "gemini-2.5-flash-image"
CONTENTS = [{"role": "user", "parts": [{"text": "a fox"}]}]
RATIOS = (
    "* GenerateContentRequest.generation_config.image_config.aspect_ratio: aspect_ratio must be one of '1:1', '1:4', "
    "'1:8', '2:3', '3:2', '3:4', '4:1', '4:3', '4:5', '5:4', '8:1', '9:16', '16:9', or '21:9'.\n"
)
SIZES = "Supported values are: 1K, 2K, 4K, 512, 512P, 512PX."
UNKNOWN = "Invalid JSON payload received. Unknown name"


async def refusal(client: SandboxClient, body: object, model: str = MODEL_21) -> dict[str, Any] | None:
    answer = await client.generate(body, model=model)
    error: dict[str, Any] | None = answer.json().get("error")
    assert (answer.status_code == 200) is (error is None)
    return error


def configured(**config: object) -> dict[str, Any]:
    return {"contents": CONTENTS, "generationConfig": config}


MODEL_STAGE = [
    (NB2, {"imageConfig": {"imageSize": "8K"}}, f"Unsupported image_size '8K'. {SIZES}"),
    (NB2, {"imageConfig": {"imageSize": "1k"}}, f"Unsupported image_size '1k'. {SIZES}"),
    (LITE, {"imageConfig": {"imageSize": "2K"}}, "Image size 2K is not supported for this model"),
    (LITE, {"imageConfig": {"imageSize": "512"}}, "Image size 512 is not supported for this model"),
    (MODEL_21, {"imageConfig": {"imageSize": "512"}}, "Image size 512 is not supported for this model"),
    (FLASH_25, {"imageConfig": {"imageSize": "512"}}, "Image size 512 is not supported for this model"),
    (MODEL_PRO, {"imageConfig": {"aspectRatio": "1:4"}}, "Aspect ratio 1:4 is not supported for this model"),
    (FLASH_25, {"imageConfig": {"aspectRatio": "8:1"}}, "Aspect ratio 8:1 is not supported for this model"),
    (MODEL_21, {"thinkingConfig": {"thinkingLevel": "LOW"}}, "Thinking level LOW is not supported for this model."),
    (NB2, {"thinkingConfig": {"thinkingLevel": "MEDIUM"}}, "Thinking level MEDIUM is not supported for this model."),
    (FLASH_25, {"thinkingConfig": {"includeThoughts": True}}, "Thinking is not enabled for this model"),
    (FLASH_25, {"thinkingConfig": {}}, "Thinking is not enabled for this model"),
    (MODEL_PRO, {"candidateCount": 2}, "Multiple candidates is not enabled for this model"),
    (MODEL_PRO, {"responseMimeType": "application/json"}, "JSON mode is not enabled for this model"),
    (MODEL_21, {"seed": 7}, "Seed is not supported for this model"),
    (MODEL_21, {"temperature": 0.5}, "Temperature is not supported for this model"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "config", "text"), MODEL_STAGE)
async def test_what_a_model_does_not_do_is_refused_in_its_words(
    client: SandboxClient, model: str, config: dict[str, Any], text: str
) -> None:
    error = await refusal(client, configured(**config), model)
    assert error == {"code": 400, "message": text, "status": "INVALID_ARGUMENT"}


@pytest.mark.parametrize(
    ("model", "config"),
    [
        (NB2, {"imageConfig": {"imageSize": "512PX"}}),
        (FLASH_25, {"imageConfig": {"imageSize": "8K"}}),
        (MODEL_PRO, {"thinkingConfig": {"thinkingLevel": "low"}}),
        (MODEL_PRO, {"seed": 7, "temperature": 0.5}),
        (MODEL_21, {"imageConfig": {}, "candidateCount": 1}),
    ],
)
async def test_what_the_service_lets_pass_is_let_pass(
    client: SandboxClient, model: str, config: dict[str, Any]
) -> None:
    assert await refusal(client, configured(**config), model) is None


@pytest.mark.parametrize("model", [LITE, FLASH_25])
@pytest.mark.parametrize("tool", ["googleSearch", "google_search"])
async def test_search_is_refused_where_there_is_none(client: SandboxClient, model: str, tool: str) -> None:
    error = await refusal(client, {"contents": CONTENTS, "tools": [{tool: {}}]}, model)
    assert error
    assert error["message"] == "Search as tool is not enabled for this model"


async def test_functions_are_refused(client: SandboxClient) -> None:
    error = await refusal(client, {"contents": CONTENTS, "tools": [{"functionDeclarations": [{"name": "f"}]}]})
    assert error
    assert error["message"] == "Function calling is not enabled for this model"


@pytest.mark.parametrize("model", [MODEL_PRO, FLASH_25, "gemini-unknown"])
async def test_a_ratio_outside_the_fourteen_is_refused_before_the_model_is_looked_at(
    client: SandboxClient, model: str
) -> None:
    error = await refusal(client, configured(imageConfig={"aspectRatio": "9:21", "imageSize": "9K"}), model)
    assert error == {"code": 400, "message": RATIOS, "status": "INVALID_ARGUMENT"}


TYPES = "type.googleapis.com/google.ai.generativelanguage.v1"
MODALITY = f"{TYPES}.GenerationConfig.Modality"
PART: dict[str, Any] = {"contents": [{"parts": [{"txt": "a"}]}]}
NOT_FOUND: list[tuple[dict[str, Any], str, str]] = [
    (configured(number_of_images=4), "generation_config", "number_of_images"),
    (configured(thinkingLevel="high"), "generation_config", "thinkingLevel"),
    (configured(imageConfig={"personGeneration": "ALL"}), "generation_config.image_config", "personGeneration"),
    (PART, "contents[0].parts[0]", "txt"),
    ({"contents": CONTENTS, "safetySettings": [{"method": "SEVERITY"}]}, "safety_settings[0]", "method"),
    ({"contents": CONTENTS, "toolConfig": {"mode": "ANY"}}, "tool_config", "mode"),
]
INVALID: list[tuple[dict[str, Any], str, str]] = [
    (configured(responseModalities=["X"]), "generation_config.response_modalities[0]", f'({MODALITY}), "X"'),
    (
        configured(responseFormat={"image": {"imageSize": "1K"}}),
        "generation_config.response_format.image.image_size",
        '(TYPE_ENUM), "1K"',
    ),
    (configured(temperature="warm"), "generation_config.temperature", '(TYPE_FLOAT), "warm"'),
    ({"contents": "a fox"}, "contents", f'({TYPES}.Content), "a fox"'),
    ({"contents": CONTENTS, "systemInstruction": 3}, "system_instruction", f"({TYPES}.Content), 3"),
    ({"contents": CONTENTS, "tools": "x"}, "tools", f'({TYPES}.Tool), "x"'),
    (
        {"contents": CONTENTS, "tools": [{"googleSearch": 5}]},
        "tools[0].google_search",
        f"({TYPES}.Tool.GoogleSearch), 5",
    ),
    ({"contents": CONTENTS, "toolConfig": "x"}, "tool_config", f'({TYPES}.ToolConfig), "x"'),
    ({"contents": CONTENTS, "safetySettings": 5}, "safety_settings", f"({TYPES}.SafetySetting), 5"),
    (
        {"contents": CONTENTS, "safetySettings": [{"category": "HARM_CATEGORY_JAILBREAK"}]},
        "safety_settings[0].category",
        f'({TYPES}.HarmCategory), "HARM_CATEGORY_JAILBREAK"',
    ),
    (
        {"contents": CONTENTS, "safetySettings": [{"threshold": "NEVER"}]},
        "safety_settings[0].threshold",
        f'({TYPES}.SafetySetting.HarmBlockThreshold), "NEVER"',
    ),
    ({"contents": CONTENTS, "labels": "x"}, "labels", f'({TYPES}.GenerateContentRequest.LabelsEntry), "x"'),
    ({"contents": CONTENTS, "cachedContent": 7}, "cached_content", "(TYPE_STRING), 7"),
    ({"contents": CONTENTS, "serviceTier": "gold"}, "service_tier", f'({TYPES}.ServiceTier), "gold"'),
]


@pytest.mark.parametrize(
    ("body", "path", "text"),
    [
        *((body, path, f"{UNKNOWN} \"{name}\" at '{path}': Cannot find field.") for body, path, name in NOT_FOUND),
        *((body, path, f"Invalid value at '{path}' {why}") for body, path, why in INVALID),
    ],
)
async def test_a_body_that_is_not_the_message_names_the_field(
    client: SandboxClient, body: object, path: str, text: str
) -> None:
    error = await refusal(client, body)
    violation = {"field": path, "description": text}
    detail = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
    assert error == {"code": 400, "message": text, "status": "INVALID_ARGUMENT", "details": [detail]}


async def test_settings_of_the_right_form_are_let_pass_and_a_cached_content_is_none(client: SandboxClient) -> None:
    settings = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]
    body = {"contents": CONTENTS, "safetySettings": settings, "labels": {"team": "a"}, "serviceTier": "flex"}

    assert await refusal(client, body) is None
    error = await refusal(client, body | {"cachedContent": "cachedContents/abc"})
    assert error == {
        "code": 403,
        "message": "CachedContent not found (or permission denied)",
        "status": "PERMISSION_DENIED",
    }


async def test_several_violations_are_told_together(client: SandboxClient) -> None:
    error = await refusal(client, {"contents": CONTENTS, "one": 1, "two": 2})
    assert error
    assert error["message"] == f'{UNKNOWN} "one": Cannot find field.\n{UNKNOWN} "two": Cannot find field.'
    assert [list(violation) for violation in error["details"][0]["fieldViolations"]] == [["description"]] * 2


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff", b'{"contents": [[]]}', b'{"contents": 3}', b"[" * 100_000])
async def test_a_body_that_is_no_message_at_all_is_a_400(client: SandboxClient, body: bytes) -> None:
    error = await refusal(client, body)
    assert error
    assert error["status"] == "INVALID_ARGUMENT"
    assert error["message"].startswith("Invalid ")


SVG = {"inlineData": {"mimeType": "image/svg+xml", "data": "PHN2Zy8+"}}
ELSEWHERE = {"fileData": {"fileUri": "https://example.com/a.png"}}
UNSPECIFIED = "* GenerateContentRequest.contents: contents is not specified\n"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, UNSPECIFIED),
        ({"contents": []}, UNSPECIFIED),
        ({"contents": [{"role": "user", "parts": []}]}, "Request has empty input."),
        ({"contents": [{"role": "assistant", "parts": [{"text": "a"}]}]}, "Please use a valid role: user, model."),
        ({"contents": [{"parts": [SVG]}]}, "Unable to process input image."),
        ({"contents": [{"parts": [ELSEWHERE]}]}, "Cannot fetch content from the provided URL."),
    ],
)
async def test_contents_that_hold_nothing_usable_are_refused(client: SandboxClient, body: object, text: str) -> None:
    error = await refusal(client, body)
    assert error == {"code": 400, "message": text, "status": "INVALID_ARGUMENT"}


async def test_no_key_is_a_403(client: SandboxClient) -> None:
    client.http.headers.pop("x-goog-api-key")
    for answer in (
        await client.generate({"contents": CONTENTS}),
        await client.http.get("/v1/models"),
        await client.http.post(f"/v1/models/{MODEL_21}:countTokens", json={"contents": CONTENTS}),
    ):
        assert answer.status_code == 403
        assert answer.json() == {
            "error": {
                "code": 403,
                "message": "Method doesn't allow unregistered callers (callers without established identity). Please "
                "use API Key or other form of API consumer identity to call this API.",
                "status": "PERMISSION_DENIED",
            }
        }


async def test_a_bad_key_is_a_400_with_its_reason(client: SandboxClient) -> None:
    answer = await client.generate({"contents": CONTENTS}, headers={"x-goog-api-key": "bad-key"})
    error = answer.json()["error"]

    assert (answer.status_code, error["status"]) == (400, "INVALID_ARGUMENT")
    assert error["message"] == "API key not valid. Please pass a valid API key."
    assert error["details"][0]["reason"] == "API_KEY_INVALID"
    assert error["details"][1]["@type"].endswith("LocalizedMessage")


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_an_unknown_model_is_a_404_of_that_version(client: SandboxClient, version: str) -> None:
    answer = await client.generate({"contents": CONTENTS}, model="gemini-9", version=version)

    assert answer.json()["error"] == {
        "code": 404,
        "message": f"models/gemini-9 is not found for API version {version}, or is not supported for generateContent. "
        "Call ListModels to see the list of available models and their supported methods.",
        "status": "NOT_FOUND",
    }


async def test_a_retired_id_names_its_successor(client: SandboxClient) -> None:
    answer = await client.generate({"contents": CONTENTS}, model="gemini-3-pro-image-preview")

    assert answer.status_code == 404
    assert answer.json()["error"]["message"].startswith(
        "This model models/gemini-3-pro-image-preview is no longer available to new users. "
        "Please update your code to use models/gemini-3-pro-image"
    )


@pytest.mark.parametrize("path", ["/", "/v2/models", "/v1/files", f"/v1/models/{MODEL_21}:predict"])
async def test_an_unknown_route_is_a_404_in_google_s_shape(client: SandboxClient, path: str) -> None:
    answer = await client.http.post(path, json={})

    assert (answer.status_code, answer.json()["error"]["status"]) == (404, "NOT_FOUND")


def picture_parts(style: str) -> dict[str, Any]:
    data = picture_bytes(120, 80)
    if style == "snake":
        return {"inline_data": {"mime_type": "image/png", "data": base64.b64encode(data).decode()}}
    encoded = base64.urlsafe_b64encode(data).decode()
    return {"inlineData": {"mimeType": "image/png", "data": encoded.rstrip("=") if style == "unpadded" else encoded}}


@pytest.mark.parametrize("style", ["snake", "url_safe", "unpadded"])
async def test_either_spelling_and_either_base64_alphabet_are_read_alike(client: SandboxClient, style: str) -> None:
    body = {"contents": [{"parts": [{"text": "bluer"}, picture_parts(style)]}]}
    await client.generate(body | {"generation_config": {"image_config": {"aspect_ratio": "1:1"}}})
    await client.generate(body | {"generationConfig": {"imageConfig": {"aspectRatio": "1:1"}}})
    first, second = await client.journal()

    assert first["status"] == second["status"] == 200
    assert first["contents"] == second["contents"]
    assert first["contents"][0]["parts"][1]["data_bytes"] == len(picture_bytes(120, 80))
