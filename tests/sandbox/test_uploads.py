"""Uploads: in pieces, in one request, broken off and gone on with; never whole in memory."""

import asyncio
import base64
import hashlib
import json
import re
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from studio.sandbox.files.store import FileLimits
from tests.sandbox.batch_calls import soon
from tests.sandbox.file_calls import PICTURE, everything, refusal, sent, start, started
from tests.sandbox_fixture import HandClock, SandboxClient, limited_app

SMALL_CHUNKS = FileLimits(chunk_bytes=4)


@pytest.mark.anyio
async def test_an_upload_is_answered_as_recorded(data_dir: Path) -> None:
    clock = HandClock()
    client = SandboxClient(limited_app(data_dir, now=clock.now))
    begun = await start(client, len(PICTURE))
    url = begun.headers["x-goog-upload-url"]

    assert (begun.content, begun.headers["content-type"]) == (b"", "text/plain; charset=utf-8")
    assert begun.headers["x-goog-upload-status"] == "active"
    assert begun.headers["x-goog-upload-chunk-granularity"] == "8388608"
    assert begun.headers["x-goog-upload-control-url"] == url
    assert url.startswith(
        f"{client.http.base_url}/upload/v1beta/files?upload_id={begun.headers['x-guploader-uploadid']}"
    )

    ended = await sent(client, url, PICTURE, "upload, finalize")
    file = ended.json()["file"]
    digits = hashlib.sha256(PICTURE).hexdigest()
    assert ended.headers["x-goog-upload-status"] == "final"
    assert re.fullmatch(r"files/[a-z0-9]{12}", file["name"])
    assert list(file.items()) == [
        ("name", file["name"]),
        ("displayName", "A picture"),
        ("mimeType", "image/png"),
        ("sizeBytes", str(len(PICTURE))),
        ("createTime", "2026-11-22T12:00:00.250000Z"),
        ("updateTime", "2026-11-22T12:00:00.250000Z"),
        ("expirationTime", "2026-11-24T12:00:00.250000Z"),
        ("sha256Hash", base64.b64encode(digits.encode()).decode()),
        ("uri", f"{client.http.base_url}/v1beta/{file['name']}"),
        ("state", "ACTIVE"),
        ("source", "UPLOADED"),
    ]
    assert (await client.http.get(f"/v1beta/{file['name']}")).json() == file


@pytest.mark.anyio
async def test_the_addresses_are_those_of_the_host_that_was_asked(client: SandboxClient) -> None:
    answer = await client.http.post("/upload/v1/files", headers={
        "host": "localhost:8787", "x-goog-upload-protocol": "resumable", "x-goog-upload-command": "start",
    })  # fmt: skip
    assert answer.headers["x-goog-upload-url"].startswith("http://localhost:8787/upload/v1/files?")


@pytest.mark.anyio
async def test_chunks_go_on_where_the_last_one_ended(data_dir: Path) -> None:
    client = SandboxClient(limited_app(data_dir, files=SMALL_CHUNKS))
    url = await started(client, 10, mime="text/plain")

    first = await sent(client, url, b"abcdefgh", "upload")
    assert (first.status_code, first.content, first.headers["x-goog-upload-status"]) == (200, b"", "active")
    for data, offset, status in ((b"efgh", 4, 409), (b"ij", 12, 409), (b"ij", None, 400), (b"ijk", 8, 400)):
        wrong = await sent(client, url, data, "upload", offset=offset)
        assert (wrong.status_code, wrong.headers["x-goog-upload-status"]) == (status, "active")
    asked = await sent(client, url, b"", "query", offset=None)
    assert asked.headers["x-goog-upload-size-received"] == "8"

    ended = await sent(client, url, b"ij", "upload, finalize", offset=8)
    digits = hashlib.sha256(b"abcdefghij").hexdigest()
    assert base64.b64decode(ended.json()["file"]["sha256Hash"]).decode() == digits


@pytest.mark.anyio
async def test_what_had_arrived_when_the_client_left_need_not_be_sent_again(data_dir: Path) -> None:
    app = limited_app(data_dir)
    client = SandboxClient(app)
    url = httpx2.URL(await started(client, 6, mime="text/plain"))
    begun: dict[str, Any] = {"type": "http.request", "body": b"abc", "more_body": True}
    messages = iter([begun, {"type": "http.disconnect"}])

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(_: object) -> None:
        raise AssertionError("nobody is there to be answered")

    headers = [(b"x-goog-upload-command", b"upload, finalize"), (b"x-goog-upload-offset", b"0")]
    scope = {"type": "http", "method": "POST", "path": url.path, "query_string": url.query, "headers": headers}
    await app(scope, receive, send)

    asked = await sent(client, str(url), b"", "query", offset=None)
    assert asked.headers["x-goog-upload-size-received"] == "3"
    ended = await sent(client, str(url), b"def", "upload, finalize", offset=3)
    assert ended.json()["file"]["sizeBytes"] == "6"


@pytest.mark.anyio
async def test_an_upload_that_is_over_takes_nothing_more(client: SandboxClient) -> None:
    cancelled, ended = await started(client, 3), await started(client, 3)
    answer = await sent(client, cancelled, b"", "cancel", offset=None)
    assert answer.headers["x-goog-upload-status"] == "cancelled"
    await sent(client, ended, b"abc", "upload, finalize")

    over = (400, "INVALID_ARGUMENT", "Upload has already been terminated.")
    for url, status in ((cancelled, "cancelled"), (ended, "final")):
        answer = await sent(client, url, b"abc", "upload, finalize")
        assert (refusal(answer), answer.headers["x-goog-upload-status"]) == (over, status)
    unknown = await sent(client, "/upload/v1/files?upload_id=none", b"abc", "upload, finalize")
    assert unknown.status_code == 404


@pytest.mark.anyio
async def test_an_upload_has_as_many_bytes_as_were_announced(client: SandboxClient) -> None:
    for data in (b"ab", b"abcd"):
        answer = await sent(client, await started(client, 3), data, "upload, finalize")
        assert refusal(answer)[:2] == (400, "INVALID_ARGUMENT")
    assert (await client.http.get("/v1/files")).json() == {}


@pytest.mark.anyio
async def test_a_file_goes_in_one_request_too(client: SandboxClient) -> None:
    raw = await client.http.post(
        "/upload/v1beta/files",
        content=PICTURE,
        headers={"x-goog-upload-protocol": "raw", "content-type": "image/png"},
    )
    assert raw.json()["file"]["sizeBytes"] == str(len(PICTURE))

    about = json.dumps({"file": {"displayName": "Two parts"}}).encode()
    whole = b"\r\n".join([
        b"--cut", b"Content-Type: application/json", b"", about,
        b"--cut", b"Content-Type: image/png", b"", PICTURE, b"--cut--", b"",
    ])  # fmt: skip

    async def slowly() -> AsyncIterator[bytes]:
        for at in range(0, len(whole), 7):
            yield whole[at : at + 7]

    headers = {"content-type": "multipart/related; boundary=cut"}
    answer = await client.http.post("/upload/v1/files?uploadType=multipart", content=slowly(), headers=headers)
    file = answer.json()["file"]
    assert (file["displayName"], file["mimeType"]) == ("Two parts", "image/png")
    assert base64.b64decode(file["sha256Hash"]).decode() == hashlib.sha256(PICTURE).hexdigest()
    broken = await client.http.post("/upload/v1/files?uploadType=multipart", content=about, headers=headers)
    assert broken.status_code == 400


@pytest.mark.anyio
async def test_an_upload_is_never_whole_in_memory(client: SandboxClient) -> None:
    block, count = b"x" * 65_536, 640
    url = await started(client, len(block) * count, mime="text/plain")

    async def blocks() -> AsyncIterator[bytes]:
        for _ in range(count):
            yield block

    headers = {"x-goog-upload-command": "upload, finalize", "x-goog-upload-offset": "0"}
    tracemalloc.start()
    try:
        answer = await client.http.post(url, content=blocks(), headers=headers)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.json()["file"]["sizeBytes"] == str(len(block) * count)
    assert peak < 8_000_000


@pytest.mark.anyio
async def test_a_stalled_upload_answers_queries_and_can_be_cancelled(client: SandboxClient, data_dir: Path) -> None:
    url = await started(client, 6, mime="text/plain")
    held = asyncio.Event()

    async def stalling() -> AsyncIterator[bytes]:
        yield b"abc"
        await held.wait()

    headers = {"x-goog-upload-command": "upload, finalize", "x-goog-upload-offset": "0"}
    stalled = asyncio.create_task(client.http.post(url, content=stalling(), headers=headers))

    async def kept() -> bool | None:
        asked = await sent(client, url, b"", "query", offset=None)
        assert asked.headers["x-goog-upload-status"] == "active"
        return asked.headers["x-goog-upload-size-received"] == "3" or None

    await asyncio.wait_for(soon(kept), 5)
    again = await sent(client, url, b"def", "upload, finalize", offset=3)
    assert (refusal(again)[:2], again.headers["x-goog-upload-status"]) == ((409, "ABORTED"), "active")
    cancelled = await asyncio.wait_for(sent(client, url, b"", "cancel", offset=None), 5)
    assert (cancelled.status_code, cancelled.headers["x-goog-upload-status"]) == (200, "cancelled")
    ended = await asyncio.wait_for(stalled, 5)
    assert (ended.status_code, ended.headers["x-goog-upload-status"]) == (400, "cancelled")
    assert not [path for path in everything(data_dir / "files") if path.is_file()]
    assert (await client.http.get("/v1beta/files")).json() == {}
