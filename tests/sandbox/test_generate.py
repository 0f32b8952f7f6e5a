"""Answers, whole and streamed, through the SDK and on the wire."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest
from google.genai import types
from PIL import Image

from tests.sandbox_fixture import (
    ANY_KEY,
    MODEL_21,
    MODEL_PRO,
    SandboxClient,
    encode,
    picture_bytes,
    sandbox_app,
    size_of,
)

pytestmark = pytest.mark.anyio

THINK = types.GenerateContentConfig(thinking_config=types.ThinkingConfig(include_thoughts=True))
ONLY_IMAGE = types.GenerateContentConfig(response_modalities=["IMAGE"])


def user(text: str) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}]}


def pictures(parts: list[types.Part] | None) -> list[types.Part]:
    return [part for part in parts or [] if part.inline_data and not part.thought]


def image_bytes(part: types.Part) -> bytes:
    assert part.inline_data is not None
    assert part.inline_data.data is not None
    return part.inline_data.data


async def painted(client: SandboxClient, prompt: str, image_config: types.ImageConfig | None = None) -> bytes:
    settings = types.GenerateContentConfig(response_modalities=["IMAGE"], image_config=image_config)
    answer = await client.sdk().aio.models.generate_content(model=MODEL_21, contents=prompt, config=settings)
    [picture] = pictures(answer.parts)
    return image_bytes(picture)


async def test_an_answer_is_one_signed_jpeg_with_usage_and_ids(client: SandboxClient) -> None:
    answer = await client.sdk().aio.models.generate_content(model=MODEL_PRO, contents="a red fox", config=ONLY_IMAGE)

    [part] = answer.parts or []
    assert image_bytes(part).startswith(b"\xff\xd8\xff")
    assert size_of(image_bytes(part)) == (1408, 768)
    assert 1_800 <= len(part.thought_signature or b"") <= 2_200
    assert answer.model_version == MODEL_PRO
    assert answer.candidates is not None
    assert answer.candidates[0].finish_reason is types.FinishReason.STOP


async def test_a_response_id_begins_with_the_time_in_little_endian(client: SandboxClient) -> None:
    answer = (await client.generate(user("a fox"))).json()

    raw = base64.urlsafe_b64decode(answer["responseId"] + "=")
    assert len(raw) == 17
    assert abs(int.from_bytes(raw[:4], "little") - time.time()) < 60


async def test_the_flash_model_of_2_5_answers_an_unsigned_png(client: SandboxClient) -> None:
    answer = await client.sdk().aio.models.generate_content(
        model="gemini-2.5-flash-image", contents="a fox", config=ONLY_IMAGE
    )

    [part] = answer.parts or []
    assert image_bytes(part).startswith(b"\x89PNG")
    assert size_of(image_bytes(part)) == (1024, 1024)
    assert part.thought_signature is None


async def test_three_turns_of_an_sdk_chat_edit_the_picture_before(client: SandboxClient) -> None:
    chat = client.sdk().aio.chats.create(model=MODEL_21, config=ONLY_IMAGE)
    seen = [image_bytes(pictures((await chat.send_message(text)).parts)[0]) for text in ("a fox", "warmer", "bluer")]

    assert len(set(seen)) == 3
    [first, second, third] = await client.journal()
    assert [len(entry["contents"]) for entry in (first, second, third)] == [1, 3, 5]
    assert third["contents"][3]["parts"][0]["signature_bytes"] >= 1_800


async def test_thoughts_and_drafts_come_flagged_and_only_when_asked(client: SandboxClient) -> None:
    asked = await client.sdk().aio.models.generate_content(model=MODEL_21, contents="a fox", config=THINK)
    plain = await client.sdk().aio.models.generate_content(model=MODEL_21, contents="a fox")

    thoughts = [part for part in asked.parts or [] if part.thought]
    drafts = [part for part in thoughts if part.inline_data]
    assert [bool(part.text) for part in thoughts] == [True, True, True, False]
    assert size_of(image_bytes(drafts[0])) == (352, 192)
    assert all(part.thought_signature is None for part in thoughts)
    assert not any(part.thought for part in plain.parts or [])
    assert plain.usage_metadata is not None
    assert (plain.usage_metadata.thoughts_token_count or 0) > 0


async def test_a_model_that_does_not_think_by_default_sends_no_thoughts(client: SandboxClient) -> None:
    answer = (
        await client.generate(
            user("a fox") | {"generationConfig": {"thinkingConfig": {"includeThoughts": True}}},
            model="gemini-3.1-flash-image",
        )
    ).json()

    assert not any(part.get("thought") for part in answer["candidates"][0]["content"]["parts"])
    assert "thoughtsTokenCount" not in answer["usageMetadata"]


async def test_a_stream_is_thoughts_draft_whole_picture_and_an_end_without_parts(client: SandboxClient) -> None:
    chunks = [
        chunk
        async for chunk in await client.sdk().aio.models.generate_content_stream(
            model=MODEL_PRO, contents="a cat", config=THINK.model_copy(update={"response_modalities": ["IMAGE"]})
        )
    ]

    kinds = ["thought" if part.thought else "picture" for chunk in chunks for part in chunk.parts or []]
    assert kinds == ["thought"] * 4 + ["picture"]
    assert all(len(chunk.parts or []) == 1 for chunk in chunks[:-1])
    assert chunks[-1].candidates is not None
    assert chunks[-1].candidates[0].finish_reason is types.FinishReason.STOP
    assert not chunks[-1].parts
    reasons = [chunk.candidates[0].finish_reason for chunk in chunks[:-1] if chunk.candidates]
    assert reasons == [None] * 5


async def test_usage_is_repeated_and_never_shrinks_in_a_stream(client: SandboxClient) -> None:
    chunks = [
        chunk.usage_metadata
        async for chunk in await client.sdk().aio.models.generate_content_stream(
            model=MODEL_21, contents="a cat", config=THINK
        )
    ]

    totals = [usage.total_token_count or 0 for usage in chunks if usage]
    assert len(totals) == len(chunks)
    assert totals == sorted(totals)
    assert totals[0] < totals[-1]


async def test_events_end_in_two_carriage_returns_and_newlines(client: SandboxClient) -> None:
    answer = await client.generate(user("a cat"), stream=True)

    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.content.endswith(b"\r\n\r\n")
    events = answer.content.split(b"\r\n\r\n")[:-1]
    assert all(event.startswith(b"data: {") and b"\n" not in event for event in events)
    last = json.loads(events[-1].removeprefix(b"data: "))
    assert last["candidates"] == [{"content": {"role": "model"}, "finishReason": "STOP", "index": 0}]


async def test_a_stream_without_alt_is_one_json_array(client: SandboxClient) -> None:
    answer = await client.http.post(f"/v1/models/{MODEL_21}:streamGenerateContent", json=user("a cat"))

    chunks = answer.json()
    assert isinstance(chunks, list)
    assert chunks[-1]["candidates"][0]["finishReason"] == "STOP"


async def test_the_same_request_gives_the_same_picture_in_a_new_sandbox(data_dir: Path) -> None:
    first = await painted(SandboxClient(sandbox_app(data_dir / "one")), "a fox")
    second = await painted(SandboxClient(sandbox_app(data_dir / "two")), "a fox")

    assert first == second


async def test_asking_again_gives_another_picture(client: SandboxClient) -> None:
    assert await painted(client, "a fox") != await painted(client, "a fox")


async def test_a_sentence_before_the_picture_is_signed_and_one_after_is_not(client: SandboxClient) -> None:
    seen: set[tuple[str, ...]] = set()
    for nth in range(24):
        answer = (await client.generate(user(f"fox {nth}"))).json()
        parts = answer["candidates"][0]["content"]["parts"]
        seen.add(tuple("text" if "text" in part else "image" for part in parts))
        if "text" in parts[0]:
            assert len(base64.b64decode(parts[0]["thoughtSignature"])) >= 1_800
        else:
            assert all("thoughtSignature" not in part for part in parts[1:])
        assert all("thoughtSignature" in part for part in parts if "inlineData" in part)

    assert seen == {("image",), ("text", "image"), ("image", "text")}


async def test_an_exact_ratio_and_size_are_painted_to_the_pixel(client: SandboxClient) -> None:
    config = types.ImageConfig(aspect_ratio="21:9", image_size="2K")
    assert size_of(await painted(client, "a fox", image_config=config)) == (3168, 1344)


async def test_without_a_ratio_the_input_picture_s_is_kept(client: SandboxClient) -> None:
    scan = types.Part.from_bytes(data=picture_bytes(1240, 1754, mime="image/jpeg"), mime_type="image/jpeg")
    contents: Any = ["make it blue", scan]
    answer = await client.sdk().aio.models.generate_content(model=MODEL_21, contents=contents)

    assert size_of(image_bytes(pictures(answer.parts)[0])) == (864, 1222)


@pytest.mark.parametrize(
    ("prompt", "pixels"),
    [
        ("Place the mug from image 1 on the scene of image 2", (864, 1222)),
        ("Image 1 and image 2 in the style of a poster", (1024, 1024)),
    ],
)
async def test_a_scene_that_others_are_placed_in_lends_its_ratio(
    client: SandboxClient, prompt: str, pixels: tuple[int, int]
) -> None:
    given = [picture_bytes(300, 300, mime="image/jpeg"), picture_bytes(1240, 1754, mime="image/jpeg")]
    contents: Any = [prompt, *(types.Part.from_bytes(data=data, mime_type="image/jpeg") for data in given)]
    answer = await client.sdk().aio.models.generate_content(model=MODEL_21, contents=contents)

    assert size_of(image_bytes(pictures(answer.parts)[0])) == pixels


async def test_four_k_on_2_1_reports_3780_image_tokens(client: SandboxClient) -> None:
    body = user("a fox") | {"generationConfig": {"imageConfig": {"imageSize": "4K", "aspectRatio": "8:1"}}}
    answer = (await client.generate(body)).json()

    assert answer["usageMetadata"]["candidatesTokensDetails"] == [{"modality": "IMAGE", "tokenCount": 3780}]


async def test_grounding_names_made_up_sources_and_escapes_the_prompt(client: SandboxClient) -> None:
    body = user("<b>weather</b> in Oslo") | {"tools": [{"googleSearch": {}}]}
    answer = (await client.generate(body)).json()

    grounding = answer["candidates"][0]["groundingMetadata"]
    assert grounding["webSearchQueries"] == ["b weather b in Oslo"]
    assert all(chunk["web"]["uri"].startswith("https://example.com/") for chunk in grounding["groundingChunks"])
    assert "<b>" not in grounding["searchEntryPoint"]["renderedContent"]


@pytest.mark.parametrize(("words", "reason"), [("sandbox refuse", "IMAGE_SAFETY"), ("", "NO_IMAGE")])
async def test_a_prompt_can_end_without_a_picture(client: SandboxClient, words: str, reason: str) -> None:
    candidate = (await client.generate(user(words))).json()["candidates"][0]

    assert candidate["finishReason"] == reason
    assert candidate.get("content", {}) == {}
    assert candidate.get("finishMessage", "").startswith("Unable to show the generated image.") == bool(words)


async def test_a_prompt_can_be_blocked_outright(client: SandboxClient) -> None:
    answer = (await client.generate(user("Sandbox block, please"))).json()

    assert answer["promptFeedback"] == {"blockReason": "PROHIBITED_CONTENT"}
    assert "candidates" not in answer
    assert answer["usageMetadata"]["totalTokenCount"] == answer["usageMetadata"]["promptTokenCount"]


async def test_a_prompt_can_be_answered_in_words_only(client: SandboxClient) -> None:
    candidate = (await client.generate(user("sandbox words only"))).json()["candidates"][0]

    assert candidate["finishReason"] == "STOP"
    assert [list(part) for part in candidate["content"]["parts"]] == [["text"]]


async def test_an_unreadable_input_picture_is_refused_before_a_stream_begins(client: SandboxClient) -> None:
    cut = encode(Image.effect_noise((256, 256), 90), "image/jpeg")[:1500]
    body = user("make it blue")
    body["contents"][0]["parts"].append(
        {"inlineData": {"mimeType": "image/jpeg", "data": base64.b64encode(cut).decode()}}
    )
    answer = await client.generate(body, stream=True)

    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Unable to process input image.")


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_models_are_listed_and_described_in_both_versions(client: SandboxClient, version: str) -> None:
    sdk = client.sdk(api_version=version)
    names = [model.name async for model in await sdk.aio.models.list()]
    one = await sdk.aio.models.get(model=MODEL_21)

    assert f"models/{MODEL_21}" in names
    assert len(names) == 5
    assert one.input_token_limit == 131_072


async def test_models_come_in_pages(client: SandboxClient) -> None:
    names = [m.name async for m in await client.sdk().aio.models.list(config={"page_size": 2})]
    first = (await client.http.get("/v1/models?pageSize=2")).json()

    assert len(set(names)) == 5
    assert (len(first["models"]), first["nextPageToken"]) == (2, "2")


async def test_tokens_are_counted_as_a_generate_call_would(client: SandboxClient) -> None:
    contents: Any = ["twelve chars", types.Part.from_bytes(data=picture_bytes(), mime_type="image/png")]
    counted = await client.sdk().aio.models.count_tokens(model=MODEL_PRO, contents=contents)
    answer = await client.sdk().aio.models.generate_content(model=MODEL_PRO, contents=contents)

    assert answer.usage_metadata is not None
    assert counted.total_tokens == answer.usage_metadata.prompt_token_count == 3 + 560


@pytest.mark.parametrize("way", ["header", "query"])
async def test_the_key_may_come_in_the_header_or_the_address(client: SandboxClient, way: str) -> None:
    client.http.headers.pop("x-goog-api-key")
    if way == "header":
        answer = await client.generate(user("a fox"), headers={"x-goog-api-key": ANY_KEY})
    else:
        answer = await client.generate(user("a fox"), query=f"?key={ANY_KEY}")

    assert answer.status_code == 200
    assert (await client.journal())[0]["key_tail"] == ANY_KEY[-4:]


async def test_control_is_closed_unless_it_was_asked_for(data_dir: Path) -> None:
    client = SandboxClient(sandbox_app(data_dir, control=False))

    assert (await client.http.get("/control/requests")).status_code == 404


async def test_the_journal_tells_what_was_asked_and_when_it_was_answered(client: SandboxClient) -> None:
    await client.generate(
        user("x" * 3000) | {"generation_config": {"candidate_count": 1}, "tools": [{"googleSearch": {}}]}
    )
    [entry] = await client.journal()

    assert entry["contents"][0]["parts"][0]["text"] == "x" * 2000
    assert entry["generationConfig"] == {"candidate_count": 1}
    assert entry["tools"] == [{"googleSearch": {}}]
    assert (entry["status"], entry["verdict"], entry["model"]) == (200, "STOP", MODEL_21)
    assert entry["engine_s"] == entry["answered_at_s"] - entry["received_at_s"] > 0
    await client.http.delete("/control/requests")
    assert await client.journal() == []
