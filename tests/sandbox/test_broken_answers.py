"""Answers that are bent, cut, slow or never come: in this process, and over sockets that really break."""

import asyncio
import base64
import contextlib
import io
import json
import random
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from google.genai import types
from PIL import Image

from studio.sandbox.ask import Job, examine
from studio.sandbox.scenarios.circumstance import Circumstance
from studio.sandbox.scenarios.director import Director
from studio.sandbox.scenarios.table import parse
from studio.sandbox.script import Script, compose
from studio.sandbox.signatures import Signer
from tests.sandbox_fixture import ANY_KEY, MODEL_21, SandboxClient, SandboxProcess, sandbox_app, size_of

HEADER = "x-sandbox-scenario"
FOX: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "a fox"}]}]}
THINKING: dict[str, Any] = FOX | {
    "generationConfig": {"thinkingConfig": {"includeThoughts": True}, "responseModalities": ["IMAGE"]}
}
SIGNER = Signer(key=b"k" * 32, min_bytes=200, max_bytes=200)


def scripted(wish: str, body: dict[str, Any], model: str = MODEL_21, seed: int = 0) -> Script:
    """The script of a body's first answer under these scenarios."""
    faults = tuple(fault for one in parse([wish]) if (fault := one.fault(random.Random(0))))
    ask = examine(json.dumps(body).encode(), Job(model_id=model, version="v1", signer=SIGNER, wants_summary=False)).ask
    assert ask is not None
    return compose(ask, seed=Director(seed=seed).seed_of(ask.digest, 0), circumstance=Circumstance(faults=faults))


def pictures_of(answer: httpx2.Response) -> list[bytes]:
    parts = answer.json()["candidates"][0]["content"]["parts"]
    return [base64.b64decode(part["inlineData"]["data"]) for part in parts if "inlineData" in part]


# -- bent ------------------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_garbage_picture_is_as_long_as_a_picture_and_is_none(client: SandboxClient) -> None:
    sound = pictures_of(await client.generate(FOX))[-1]
    [data] = pictures_of(await client.generate(FOX, headers={HEADER: "garbage-image"}))

    assert 0.5 < len(data) / len(sound) < 2
    with pytest.raises(OSError, match="cannot identify"):
        Image.open(io.BytesIO(data))


@pytest.mark.anyio
async def test_2_1_can_count_a_4k_picture_as_the_guide_s_table_does(client: SandboxClient) -> None:
    async def tokens(size: str, model: str = MODEL_21) -> int:
        script = scripted("4k-tokens-2520", FOX | {"generationConfig": {"imageConfig": {"imageSize": size}}}, model)
        return script.image_tokens

    assert [await tokens(size) for size in ("1K", "2K", "4K")] == [1120, 1680, 2520]
    assert await tokens("4K", "gemini-3-pro-image") == 2000
    body = FOX | {"generationConfig": {"imageConfig": {"imageSize": "4K", "aspectRatio": "1:8"}}}
    answer = await client.generate(body, headers={HEADER: "4k-tokens-2520,wrong-size"})
    assert answer.json()["usageMetadata"]["candidatesTokensDetails"][0]["tokenCount"] == 1120
    assert size_of(pictures_of(answer)[0]) == (352, 2928)


def test_a_wrong_size_is_wrong_whatever_was_asked() -> None:
    def size_px(size: str) -> tuple[int, int]:
        config = {"imageConfig": {"imageSize": size, "aspectRatio": "1:1"}}
        [picture] = scripted("wrong-size", FOX | {"generationConfig": config}).pictures
        return picture.width_px, picture.height_px

    assert [size_px(size) for size in ("4K", "2K", "1K")] == [(1024, 1024), (1024, 1024), (512, 512)]


def test_drift_is_told_to_the_painter_and_is_none_otherwise() -> None:
    assert [job.drift for job in scripted("drift", FOX).pictures] == [1.0]
    assert [job.drift for job in scripted("drift:amount=0.25", FOX).pictures] == [0.25]
    assert [job.drift for job in scripted("slow", FOX).pictures] == [0.0]


def test_another_seed_paints_another_picture_of_the_same_request() -> None:
    seeds = {scripted("slow", FOX, seed=seed).pictures[0].seed for seed in (0, 1, 2, 1)}

    assert len(seeds) == 3


# -- cut -------------------------------------------------------------------------------------------------------------


def events_of(answer: httpx2.Response) -> list[dict[str, Any]]:
    return [json.loads(event.removeprefix(b"data: ")) for event in answer.content.split(b"\r\n\r\n") if event]


@pytest.mark.anyio
async def test_a_stream_can_end_after_the_thoughts(client: SandboxClient) -> None:
    answer = await client.generate(THINKING, stream=True, headers={HEADER: "cut-after-thoughts"})

    parts = [part for event in events_of(answer) for part in event["candidates"][0]["content"]["parts"]]
    assert len(parts) > 1
    assert all(part["thought"] for part in parts)
    assert not any("finishReason" in event["candidates"][0] for event in events_of(answer))


@pytest.mark.anyio
@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_can_end_in_the_middle_of_the_picture(client: SandboxClient, *, stream: bool) -> None:
    whole = await client.generate(THINKING, stream=stream)
    cut = await client.generate(THINKING, stream=stream, headers={HEADER: "cut-in-image"})

    assert cut.status_code == 200
    assert b'"inlineData": {"mimeType": "image/jpeg", "data": "' in cut.content
    assert len(cut.content) < 0.9 * len(whole.content)
    with pytest.raises(ValueError, match="Unterminated string"):
        json.loads(cut.content.rpartition(b"data: ")[2] if stream else cut.content)


@pytest.mark.anyio
async def test_a_stream_can_end_before_its_last_chunk(client: SandboxClient) -> None:
    cut = events_of(await client.generate(THINKING, stream=True, headers={HEADER: "cut-before-end"}))

    assert "inlineData" in cut[-1]["candidates"][0]["content"]["parts"][-1]
    assert not any("finishReason" in event["candidates"][0] for event in cut)


@pytest.mark.anyio
async def test_the_sdk_notices_nothing_of_a_stream_cut_in_order(client: SandboxClient) -> None:
    config = types.GenerateContentConfig(http_options=types.HttpOptions(headers={HEADER: "cut-after-thoughts"}))
    stream = await client.sdk().aio.models.generate_content_stream(model=MODEL_21, contents="a fox", config=config)

    assert [chunk async for chunk in stream] == []


# -- slow, or never --------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_trickle_takes_the_time_its_bytes_take(client: SandboxClient) -> None:
    answer = await client.generate(FOX, headers={HEADER: "trickle:bytes_per_s=100000"})
    [entry] = await client.journal()

    assert answer.status_code == 200
    assert entry["engine_s"] >= entry["answer_bytes"] / 100_000 > 0.05


@pytest.mark.anyio
async def test_no_answer_lasts_until_the_caller_gives_up(client: SandboxClient) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await client.generate(FOX, headers={HEADER: "no-answer"})


# -- over sockets ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    folder = tmp_path_factory.mktemp("sandbox")
    with SandboxProcess(folder, "--workers", "0", "--scenario", "rpm:limit=500,text-first", flat=True) as process:
        yield process


def head(wish: str, length: int, method: str = "generateContent") -> bytes:
    lines = [
        f"POST /v1/models/{MODEL_21}:{method} HTTP/1.1", "Host: localhost", f"x-goog-api-key: {ANY_KEY}",
        f"{HEADER}: {wish}", f"Content-Length: {length}", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def received(connection: socket.socket) -> tuple[bytes, bool]:
    """All that came, and whether the connection was reset rather than closed."""
    held = b""
    try:
        while piece := connection.recv(65536):
            held += piece
    except ConnectionResetError:
        return held, True
    return held, False


@contextlib.contextmanager
def connected(served: SandboxProcess) -> Iterator[socket.socket]:
    host, _, port = served.base_url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        yield connection


def test_a_start_option_is_active_and_a_header_adds_to_it(served: SandboxProcess) -> None:
    with urllib.request.urlopen(f"{served.base_url}/control/scenarios") as answer:
        assert json.load(answer)["active"] == ["rpm:limit=500", "text-first"]
    response = served.sdk().models.generate_content(model=MODEL_21, contents="a fox")

    assert [bool(part.text) for part in response.parts or []] == [True, False]


def test_a_reset_before_the_request_was_read_needs_no_body(served: SandboxProcess) -> None:
    with connected(served) as connection:
        connection.sendall(head("reset-before", 10_000_000))
        assert received(connection) == (b"", True)


def test_a_reset_after_the_request_waits_for_its_last_byte(served: SandboxProcess) -> None:
    body = json.dumps(FOX).encode()
    known = len(served.journal())
    with connected(served) as connection:
        connection.sendall(head("reset-after", len(body)) + body[:-1])
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(20)
        connection.sendall(body[-1:])
        assert received(connection) == (b"", True)
    while len(served.journal()) == known:
        time.sleep(0.01)
    assert served.journal()[-1]["verdict"] == "reset"


@pytest.mark.parametrize("method", ["generateContent", "streamGenerateContent?alt=sse"])
def test_a_reset_in_the_picture_leaves_half_an_answer(served: SandboxProcess, method: str) -> None:
    body = json.dumps(FOX).encode()
    with connected(served) as connection:
        connection.sendall(head("reset-in-image", len(body), method) + body)
        held, was_reset = received(connection)

    start, _, rest = held.partition(b"\r\n\r\n")
    assert was_reset
    assert start.startswith(b"HTTP/1.1 200 OK")
    assert b'"inlineData": {"mimeType": "image/jpeg", "data": "' in rest
    assert b"finishReason" not in rest
    assert not held.endswith(b"0\r\n\r\n")


def test_the_sdk_meets_a_broken_connection_as_such(served: SandboxProcess) -> None:
    for wish in ("reset-before", "reset-after", "reset-in-image"):
        config = types.GenerateContentConfig(http_options=types.HttpOptions(headers={HEADER: wish}))
        with pytest.raises(httpx2.TransportError):
            served.sdk().models.generate_content(model=MODEL_21, contents="a fox", config=config)


def test_the_seed_option_changes_pictures_and_keeps_them(tmp_path: Path) -> None:
    painted = []
    for seed in (7, 7, 8):
        client = SandboxClient(sandbox_app(tmp_path, seed=seed))
        painted.append(pictures_of(asyncio.run(client.generate(FOX)))[-1])

    assert painted[0] == painted[1] != painted[2]
