"""Parts both ways: in order, each with its own signature, thoughts flagged, nothing dropped."""

import base64
import json
import re
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from studio.gemini.engine import GeminiEngine
from studio.parts import Blob, ImagePart, OpaquePart, Part, TextPart
from studio.ports import Answered, DraftImage, ThoughtText
from studio.response import ImageResponse, Source
from studio.store.blobs import LocalBlobs
from tests.factories import RECORDED_USAGE
from tests.gemini.asking import a_request, answer_of, answered, events_of, said
from tests.gemini.conftest import Bench
from tests.sandbox_fixture import picture_bytes
from tests.workbench import engine_config

pytestmark = pytest.mark.anyio

PNG = picture_bytes()
LONG_SOUND = b"RIFF" + bytes(range(256)) * 200
JsonPart = dict[str, Any]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Scripted(httpx2.AsyncBaseTransport):
    """Answers with JSON bodies: one as it is, several as server-sent events. `bodies` keeps what was sent."""

    def __init__(self, *chunks: dict[str, Any]) -> None:
        self._chunks = chunks
        self.bodies: list[dict[str, Any]] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.bodies.append(json.loads(await request.aread()))
        if "alt=sse" in str(request.url):
            events = "".join(f"data: {json.dumps(chunk)}\r\n\r\n" for chunk in self._chunks)
            return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=events.encode())
        [whole] = self._chunks
        return httpx2.Response(200, json=whole)


def chunk(*parts: JsonPart, ends: bool = True, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    if ends:
        candidate["finishReason"] = "STOP"
    return {"candidates": [candidate | more.pop("candidate", {})], **more}


async def heard(blobs: LocalBlobs, *chunks: dict[str, Any]) -> tuple[ImageResponse, Scripted]:
    """The response to scripted chunks; the service has been sent it back once, as the second body."""
    service = Scripted(*chunks)
    engine = GeminiEngine(engine_config(), blobs=blobs, inner=service)
    streams = len(chunks) > 1
    response = await answer_of(engine, a_request(include_thoughts=streams))
    await answer_of(engine, a_request(said("a"), answered(response), said("b"), include_thoughts=streams))
    await engine.aclose()
    return response, service


SIGNED = b64(b"signature")
KINDS: list[tuple[JsonPart, str]] = [
    ({"text": "Here it is."}, "text"),
    ({"text": "I think", "thought": True}, "text"),
    ({"text": "", "thoughtSignature": SIGNED}, "text"),
    ({"text": "Painted.", "thoughtSignature": SIGNED}, "text"),
    ({"inlineData": {"mimeType": "image/png", "data": b64(PNG)}, "thoughtSignature": SIGNED}, "image"),
    ({"inlineData": {"mimeType": "image/png", "data": b64(PNG)}, "thought": True}, "image"),
    ({"inlineData": {"mimeType": "audio/wav", "data": b64(b"RIFF")}, "thoughtSignature": SIGNED}, "opaque"),
    ({"inlineData": {"mimeType": "audio/wav", "data": b64(LONG_SOUND)}}, "opaque"),
    ({"fileData": {"mimeType": "image/png", "fileUri": "https://example.com/a.png"}}, "opaque"),
    ({"functionCall": {"name": "draw", "args": {"what": "fox"}}, "thoughtSignature": SIGNED}, "opaque"),
    ({"executableCode": {"code": "1+1", "language": "PYTHON"}, "thought": True}, "opaque"),
    ({"thoughtSignature": SIGNED}, "opaque"),
]


def as_documented(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """What was sent with camelCase names and standard base64: the SDK mixes both with their other forms."""
    if isinstance(value, list):
        return [as_documented(each) for each in value]
    if not isinstance(value, dict):
        return value
    named = {re.sub("_(.)", lambda found: found[1].upper(), name): as_documented(each) for name, each in value.items()}
    if "data" in named:
        named["data"] = named["data"].replace("-", "+").replace("_", "/")
    return named


@pytest.mark.parametrize(("part", "kind"), KINDS, ids=lambda value: json.dumps(value)[:50])
async def test_every_part_goes_back_as_it_came(blobs: LocalBlobs, part: JsonPart, kind: str) -> None:
    response, service = await heard(blobs, chunk(part))

    [value] = response.parts
    assert value.kind == kind
    assert value.thought is part.get("thought", False)
    assert (value.signature is not None) is ("thoughtSignature" in part)
    [sent] = service.bodies[1]["contents"][1]["parts"]
    assert as_documented(sent) == part
    assert service.bodies[1]["contents"][1]["role"] == "model"


async def test_parts_stay_in_order_across_the_chunks_of_a_stream(blobs: LocalBlobs) -> None:
    parts = [part for part, _ in KINDS]
    response, service = await heard(
        blobs, chunk(*parts[:3], ends=False), chunk(*parts[3:7], ends=False), chunk(*parts[7:], ends=False), chunk()
    )

    assert [part.kind for part in response.parts] == [kind for _, kind in KINDS]
    assert [as_documented(part) for part in service.bodies[1]["contents"][1]["parts"]] == parts


async def test_a_long_sound_survives_the_process_that_heard_it(blobs: LocalBlobs) -> None:
    response, _ = await heard(blobs, chunk({"inlineData": {"mimeType": "audio/wav", "data": b64(LONG_SOUND)}}))
    later = Scripted(chunk())
    engine = GeminiEngine(engine_config(), blobs=blobs, inner=later)

    await answer_of(engine, a_request(said("a"), answered(response), said("b"), include_thoughts=False))
    await engine.aclose()

    [sent] = later.bodies[0]["contents"][1]["parts"]
    assert as_documented(sent)["inlineData"]["data"] == b64(LONG_SOUND)


async def test_the_thoughts_and_drafts_of_a_stream_are_events_and_the_answer_is_the_last(bench: Bench) -> None:
    events = await events_of(bench.engine, a_request())

    *progress, last = events
    assert isinstance(last, Answered)
    thoughts = [event.text for event in progress if isinstance(event, ThoughtText)]
    drafts = [event.image for event in progress if isinstance(event, DraftImage)]
    assert len(thoughts) + len(drafts) == len(progress)
    flagged = [part for part in last.response.parts if part.thought]
    assert thoughts == [part.text for part in flagged if isinstance(part, TextPart)]
    assert drafts == [part.image for part in flagged if isinstance(part, ImagePart)]
    assert thoughts
    assert drafts
    assert not {draft.sha256 for draft in drafts} & {part.image.sha256 for part in last.response.images}


@pytest.mark.parametrize("streams", [False, True])
async def test_several_pictures_are_kept_each_with_its_own_signature(bench: Bench, *, streams: bool) -> None:
    await bench.sandbox.queue({"kind": "two_images"})
    response = await answer_of(bench.engine, a_request(include_thoughts=streams))

    first, second = response.images
    assert first.signature is not None
    assert second.signature is not None
    assert first.signature != second.signature
    assert first.image != second.image
    await answer_of(bench.engine, a_request(said("a red fox"), answered(response), said("warmer")))  # accepted


@pytest.mark.parametrize("streams", [False, True])
async def test_a_replay_is_sent_part_by_part_with_every_signature_in_place(bench: Bench, *, streams: bool) -> None:
    await bench.sandbox.queue({"kind": "text_first"})
    response = await answer_of(bench.engine, a_request(include_thoughts=streams))
    reference = bench.blobs.put(PNG, mime_type="image/png")

    await answer_of(
        bench.engine, a_request(said("a red fox"), answered(response), said("in this", ImagePart(reference)))
    )

    first, second, third = (await bench.sandbox.journal())[-1]["contents"]
    assert [part["text"] for part in first["parts"]] == ["a red fox"]
    assert second["parts"] == [in_journal(part) for part in response.parts]
    assert [part.get("data_sha256") for part in third["parts"]] == [None, reference.sha256]
    assert [content["role"] for content in (first, second, third)] == ["user", "model", "user"]


def in_journal(part: Part) -> dict[str, Any]:
    """How the sandbox's journal shows a part that arrived whole."""
    shown: dict[str, Any] = {"kind": "thought" if part.thought else part.kind, "thought": part.thought}
    if isinstance(part, TextPart) and part.text:
        shown["text"] = part.text
    if isinstance(part, ImagePart):
        shown |= {"mime_type": part.image.mime_type, **_fingerprint("data", part.image)}
    if part.signature is not None:
        shown |= _fingerprint("signature", part.signature)
    return shown


def _fingerprint(name: str, blob: Blob) -> dict[str, Any]:
    return {f"{name}_sha256": blob.sha256, f"{name}_bytes": blob.size_bytes}


USAGE = {
    "promptTokenCount": 22, "candidatesTokenCount": 1216, "thoughtsTokenCount": 179, "totalTokenCount": 1417,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 22}],
    "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}],
}  # fmt: skip
GROUNDING = {
    "webSearchQueries": ["red fox", "fox"],
    "groundingChunks": [{"web": {"uri": "https://example.com/fox", "title": "Foxes"}}, {"retrievedContext": {}}],
}


@pytest.mark.parametrize("order", ["usage last", "grounding last"])
async def test_usage_counts_by_modality_and_queries_wherever_they_come(blobs: LocalBlobs, order: str) -> None:
    early = {"usageMetadata": {**USAGE, "totalTokenCount": 30}} if order == "usage last" else {"usageMetadata": USAGE}
    late: dict[str, Any] = {"usageMetadata": USAGE} if order == "usage last" else {}
    response, _ = await heard(
        blobs,
        chunk({"text": "a"}, ends=False, **early),
        chunk({"text": "b"}, candidate={"groundingMetadata": GROUNDING}, modelVersion="v", responseId="r", **late),
    )

    assert response.usage == replace(RECORDED_USAGE, search_queries=2)
    assert response.sources == (Source(title="Foxes", uri="https://example.com/fox"),)
    assert (response.model_version, response.response_id, response.finish_reason) == ("v", "r", "STOP")


async def test_a_blocked_prompt_is_an_answer_with_its_reason(blobs: LocalBlobs) -> None:
    feedback = {"blockReason": "PROHIBITED_CONTENT", "blockReasonMessage": "No."}
    service = Scripted({"promptFeedback": feedback})
    engine = GeminiEngine(engine_config(), blobs=blobs, inner=service)
    response = await answer_of(engine, a_request(include_thoughts=False))
    await engine.aclose()

    assert (response.block_reason, response.finish_message, response.outcome) == (
        "PROHIBITED_CONTENT",
        "No.",
        "refused",
    )
    assert response.usage is None


FULL = replace(a_request(), thinking_level="high", aspect_ratio="16:9", image_size="2K", search=True)


async def test_settings_are_sent_as_asked(bench: Bench) -> None:
    await answer_of(bench.engine, FULL)

    body = as_documented(json.loads(bench.wire.bodies[0]))
    assert body["generationConfig"] == {
        "responseModalities": ["TEXT", "IMAGE"],
        "imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"},
        "thinkingConfig": {"includeThoughts": True, "thinkingLevel": "HIGH"},
    }
    assert body["tools"] == [{"googleSearch": {}}]


async def test_settings_that_were_not_asked_for_are_not_sent(bench: Bench) -> None:
    bare = a_request(aspect_ratio=None, image_size=None, include_thoughts=False)
    await answer_of(bench.engine, bare)

    body = json.loads(bench.wire.bodies[0])
    assert body["generationConfig"] == {"responseModalities": ["TEXT", "IMAGE"]}
    assert set(body) == {"contents", "generationConfig"}
    assert str(bench.wire.requests[0].url).endswith(":generateContent")


async def test_an_opaque_part_is_kept_as_the_json_it_came_in(blobs: LocalBlobs) -> None:
    response, _ = await heard(blobs, chunk({"functionCall": {"name": "draw", "args": {"what": "fox"}}}))

    assert response.parts == (OpaquePart(json='{"functionCall": {"args": {"what": "fox"}, "name": "draw"}}'),)
