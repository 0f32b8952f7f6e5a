"""What goes over the wire: stored bytes as standard base64, of the length that was announced, and back unchanged."""

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from studio.errors import EngineError, StoreError, sentence_of
from studio.gemini.engine import GeminiEngine
from studio.gemini.tickets import Stored, Tickets
from studio.gemini.transport import BlobTransport
from studio.parts import Blob, ImagePart
from studio.store.blobs import LocalBlobs
from tests.gemini.asking import a_request, answer_of, answered, failure_of_call, said
from tests.gemini.conftest import Bench
from tests.sandbox_fixture import SandboxClient, picture_bytes, sandbox_app
from tests.workbench import Wire, engine_config

pytestmark = pytest.mark.anyio

THREE_MB = 3_000_000


def noise(name: str, size_bytes: int = THREE_MB) -> bytes:
    return hashlib.shake_256(name.encode()).digest(size_bytes)


class Service(httpx2.AsyncBaseTransport):
    """Answers every call with one body, in chunks; `bodies` keeps what was sent."""

    def __init__(self, answer: bytes, *, headers: dict[str, str] | None = None, chunk_bytes: int = 65_536) -> None:
        self._answer, self._chunk_bytes = answer, chunk_bytes
        self._headers = {"content-type": "application/json; charset=UTF-8", **(headers or {})}
        self.requests: list[httpx2.Request] = []
        self.bodies: list[bytes] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        self.bodies.append(await request.aread())
        headers = {**self._headers, "content-length": str(len(self._answer))}
        return httpx2.Response(200, headers=headers, stream=_Chunks(self._answer, self._chunk_bytes))


class _Chunks(httpx2.AsyncByteStream):
    def __init__(self, data: bytes, chunk_bytes: int) -> None:
        self._data, self._chunk_bytes = data, chunk_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._data), self._chunk_bytes):
            yield self._data[start : start + self._chunk_bytes]


def an_answer_body(picture: bytes, signature: bytes) -> bytes:
    part = {
        "inlineData": {"mimeType": "image/jpeg", "data": base64.b64encode(picture).decode()},
        "thoughtSignature": base64.b64encode(signature).decode(),
    }
    return json.dumps(
        {"candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP"}]}
    ).encode()


def sent_parts(body: bytes, content: int = 0) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = json.loads(body)["contents"][content]["parts"]
    return parts


async def test_a_3_mb_picture_and_its_signature_come_and_go_byte_for_byte(blobs: LocalBlobs) -> None:
    picture, signature = noise("picture"), noise("signature")
    service = Service(an_answer_body(picture, signature))
    engine = GeminiEngine(engine_config(), blobs=blobs, inner=service)

    response = await answer_of(engine, a_request(include_thoughts=False))
    await answer_of(engine, a_request(said("a fox"), answered(response), said("warmer"), include_thoughts=False))
    await engine.aclose()

    [part] = response.images
    assert part.image == Blob(sha256=hashlib.sha256(picture).hexdigest(), size_bytes=THREE_MB, mime_type="image/jpeg")
    assert part.signature is not None
    assert blobs.get(part.image.sha256) == picture
    assert blobs.get(part.signature.sha256) == signature
    [sent] = sent_parts(service.bodies[1], content=1)
    assert sent["inlineData"]["data"] == base64.b64encode(picture).decode()
    assert sent["thoughtSignature"] == base64.b64encode(signature).decode()


async def test_the_announced_length_is_the_length_of_the_body(bench: Bench) -> None:
    pictures = [bench.blobs.put(picture_bytes(64 + n, 64), mime_type="image/png") for n in range(3)]
    await answer_of(bench.engine, a_request(said("bärig – 🦊", *(ImagePart(image) for image in pictures))))

    [request], [body] = bench.wire.requests, bench.wire.bodies
    assert request.headers["content-length"] == str(len(body))
    assert request.headers["accept-encoding"] == "identity"
    assert (await bench.sandbox.journal())[0]["body_bytes"] == len(body)


@pytest.mark.parametrize("size_bytes", [1, 2, 3, 393_215, 393_216, 393_217, 786_433])
async def test_pieces_join_into_standard_base64(blobs: LocalBlobs, size_bytes: int) -> None:
    data = noise("piece", size_bytes)
    image = blobs.put(data, mime_type="image/png")
    service = Service(an_answer_body(b"x", b"y"))
    engine = GeminiEngine(engine_config(), blobs=blobs, inner=service)
    await answer_of(engine, a_request(said(ImagePart(image)), include_thoughts=False))
    await engine.aclose()

    [sent] = sent_parts(service.bodies[0])
    assert sent["inlineData"]["data"] == base64.b64encode(data).decode()
    assert service.requests[0].headers["content-length"] == str(len(service.bodies[0]))


async def test_calls_side_by_side_keep_their_own_pictures(bench: Bench) -> None:
    images = [
        bench.blobs.put(picture_bytes(colour=colour), mime_type="image/png") for colour in ("red", "blue", "lime")
    ]
    requests = [a_request(said(f"fox {n}", ImagePart(image))) for n, image in enumerate(images)]

    responses = await asyncio.gather(*(answer_of(bench.engine, request) for request in requests))

    sent = {
        part["text"]: entry["contents"][0]["parts"][1]["data_sha256"]
        for entry in await bench.sandbox.journal()
        for part in entry["contents"][0]["parts"][:1]
    }
    assert sent == {f"fox {n}": image.sha256 for n, image in enumerate(images)}
    results = [response.images[-1] for response in responses]
    assert len({result.image.sha256 for result in results}) == 3
    for result in results:
        assert hashlib.sha256(bench.blobs.get(result.image.sha256)).hexdigest() == result.image.sha256


async def test_what_is_stored_is_what_the_service_sent(data_dir: Path, blobs: LocalBlobs) -> None:
    app = sandbox_app(data_dir)
    engine = GeminiEngine(engine_config(), blobs=blobs, inner=httpx2.ASGITransport(app=app))
    twin = SandboxClient(sandbox_app(data_dir))  # the same question, asked for the first time: the same picture
    response = await answer_of(engine, a_request(include_thoughts=False))
    await engine.aclose()

    config = {"responseModalities": ["TEXT", "IMAGE"], "imageConfig": {"aspectRatio": "1:1", "imageSize": "1K"}}
    body = {"contents": [{"role": "user", "parts": [{"text": "a red fox"}]}], "generationConfig": config}
    answer = (await twin.generate(body)).json()
    [sent] = [part["inlineData"] for part in answer["candidates"][0]["content"]["parts"] if "inlineData" in part]
    [result] = response.images
    assert blobs.get(result.image.sha256) == base64.b64decode(sent["data"])
    assert result.image.mime_type == sent["mimeType"]


@pytest.mark.parametrize("streams", [False, True])
async def test_a_missing_picture_is_said_in_a_sentence_and_nothing_is_billed(bench: Bench, *, streams: bool) -> None:
    lost = Blob(sha256="ab" * 32, size_bytes=10, mime_type="image/png")

    facts = await failure_of_call(bench.engine, a_request(said(ImagePart(lost)), include_thoughts=streams))

    assert (facts.category, facts.billed) == ("storage", "no")
    assert re.fullmatch(
        r"A picture is missing from the data folder .*blobs\. Restore it from a backup\.", sentence_of(facts)
    )
    assert [entry["status"] for entry in await bench.sandbox.journal() if entry["status"]] == []


class FullDisk(LocalBlobs):
    """Reads what is there, and keeps nothing."""

    def put(self, data: bytes, *, mime_type: str) -> Blob:
        raise StoreError("The disk is full. Free some space.")


@pytest.mark.parametrize("size_bytes", [100, 100_000])
async def test_an_answer_that_cannot_be_kept_may_still_be_billed(data_dir: Path, size_bytes: int) -> None:
    service = Service(an_answer_body(noise("a", size_bytes), noise("b", size_bytes)))
    engine = GeminiEngine(engine_config(), blobs=FullDisk(data_dir), inner=service)

    facts = await failure_of_call(engine, a_request(include_thoughts=False))
    await engine.aclose()

    assert (facts.category, facts.stage, facts.billed) == ("storage", "answer", "unknown")
    assert sentence_of(facts) == "The disk is full. Free some space."


async def transported(blobs: LocalBlobs, service: httpx2.AsyncBaseTransport, **extensions: Any) -> httpx2.Response:  # noqa: ANN401
    transport = BlobTransport(inner=service, blobs=blobs, tickets=Tickets())
    request = httpx2.Request("POST", "http://127.0.0.1:9/v1", json={"a": 1}, extensions=extensions)
    answer = await transport.handle_async_request(request)
    await answer.aread()
    return answer


async def test_an_answers_headers_pass_but_for_its_length(blobs: LocalBlobs) -> None:
    service = Service(an_answer_body(noise("a"), b""), headers={"X-Gemini-Service-Tier": "standard"})
    answer = await transported(blobs, service)

    assert answer.headers["x-gemini-service-tier"] == "standard"
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    assert "content-length" not in answer.headers
    assert len(answer.content) < 1_000


async def test_a_compressed_answer_is_left_alone(blobs: LocalBlobs) -> None:
    service = Service(b"whatever", headers={"content-encoding": "x-own"})
    answer = await transported(blobs, service)

    assert answer.headers["content-length"] == "8"
    assert answer.content == b"whatever"


@pytest.mark.parametrize(("given", "used"), [(180.0, 15.0), (5.0, 5.0), (None, 15.0)])
async def test_an_address_that_does_not_answer_is_given_up_soon(
    blobs: LocalBlobs, given: float | None, used: float
) -> None:
    service = Service(b"{}")
    await transported(blobs, service, timeout={"connect": given, "read": 180.0})

    assert service.requests[0].extensions["timeout"] == {"connect": used, "read": 180.0}


async def test_tickets_of_one_engine_mean_nothing_to_another(blobs: LocalBlobs) -> None:
    image = blobs.put(noise("secret", 60), mime_type="image/png")
    stranger = Tickets().ticket(Stored(sha256=image.sha256, size_bytes=image.size_bytes))
    service = Service(an_answer_body(stranger, b""))
    engine = GeminiEngine(engine_config(), blobs=blobs, inner=service)

    response = await answer_of(engine, a_request(include_thoughts=False))
    await engine.aclose()

    assert blobs.get(response.images[0].image.sha256) == stranger


async def test_a_call_that_is_forbidden_never_reaches_the_transport(blobs: LocalBlobs) -> None:
    wire = Wire(Service(b"{}"))
    engine = GeminiEngine(
        engine_config(base_url="https://generativelanguage.googleapis.com"), blobs=blobs, inner=wire.transport()
    )

    with pytest.raises(EngineError) as raised:
        await answer_of(engine, a_request())
    await engine.aclose()

    assert raised.value.facts.detail == "paid calls are forbidden in this process"
    assert wire.requests == []
