"""The served sandbox: a process on loopback, the plain SDK, sockets that really close."""

import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from google.genai import types

from tests.sandbox_fixture import ANY_KEY, MODEL_21, REPOSITORY, SandboxProcess, size_of

MODEL = "gemini-3.1-flash-image"
SMALL = types.GenerateContentConfig(
    response_modalities=["IMAGE"], image_config=types.ImageConfig(image_size="512", aspect_ratio="1:1")
)
"""The real painter paints here: small pictures keep it short."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with SandboxProcess(tmp_path_factory.mktemp("sandbox")) as process:
        yield process


def request(served: SandboxProcess, path: str, body: object) -> urllib.request.Request:
    return urllib.request.Request(
        f"{served.base_url}{path}", data=json.dumps(body).encode(), headers={"x-goog-api-key": ANY_KEY}, method="POST"
    )


def address(served: SandboxProcess) -> tuple[str, int]:
    host, _, port = served.base_url.removeprefix("http://").partition(":")
    return host, int(port)


def raw_call(body: bytes) -> bytes:
    start = f"POST /v1/models/{MODEL}:generateContent?key=k HTTP/1.1"
    return f"{start}\r\nHost: sandbox\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def test_the_plain_sdk_paints_and_edits_through_its_own_chats(served: SandboxProcess) -> None:
    chat = served.sdk().chats.create(model=MODEL, config=SMALL)
    pictures = []
    for text in ("A cobalt mug on linen", "make it black and white", "warmer light"):
        [part] = chat.send_message(text).parts or []
        assert part.inline_data is not None
        assert part.inline_data.data is not None
        pictures.append(part.inline_data.data)

    assert {size_of(data) for data in pictures} == {(512, 512)}
    assert len(set(pictures)) == 3


def test_a_stream_arrives_in_pieces(served: SandboxProcess) -> None:
    body = {
        "contents": [{"parts": [{"text": "a fox"}]}],
        "generationConfig": {"thinkingConfig": {"includeThoughts": True}, "imageConfig": {"aspectRatio": "1:8"}},
    }
    served.queue([{"kind": "slow", "params": {"seconds": 2.0}}])
    with urllib.request.urlopen(
        request(served, f"/v1/models/{MODEL_21}:streamGenerateContent?alt=sse", body)
    ) as answer:
        first = answer.readline()
        known = len(served.journal())
        rest = answer.read()

    assert b'"thought": true' in first
    assert b'"finishReason": "STOP"' in rest
    # While the first event was being read the call was not over: the journal is written at its end.
    assert len(served.journal()) == known + 1


def test_a_reset_really_closes_the_socket_unanswered(served: SandboxProcess) -> None:
    served.queue([{"kind": "reset"}])
    with socket.create_connection(address(served)) as connection:
        connection.sendall(raw_call(b'{"contents": [{"parts": [{"text": "a fox"}]}]}'))
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1024) == b""

    served.queue([{"kind": "reset"}])
    with pytest.raises(httpx2.TransportError):
        served.sdk().models.generate_content(model=MODEL_21, contents="a fox")


def test_nobody_paints_for_a_caller_who_has_left(served: SandboxProcess) -> None:
    served.queue([{"kind": "slow", "params": {"seconds": 60}}])
    known = len(served.journal())
    with socket.create_connection(address(served)) as connection:
        connection.sendall(raw_call(b'{"contents": [{"parts": [{"text": "a fox"}]}]}'))
    while len(served.journal()) == known:
        time.sleep(0.02)

    assert served.journal()[-1]["verdict"] == "client_gone"


def test_a_refusal_keeps_its_status_and_body(served: SandboxProcess) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request(served, f"/v1beta/models/{MODEL_21}:generateContent", {"contents": []}))

    with caught.value as answer:
        assert answer.code == 400
        assert json.load(answer)["error"]["status"] == "INVALID_ARGUMENT"


def test_the_journal_times_a_call_from_its_last_byte_to_the_answer_s(served: SandboxProcess) -> None:
    served.sdk().models.generate_content(model=MODEL, contents="a fox", config=SMALL)
    entry = served.journal()[-1]

    assert entry["answered_at_s"] - entry["received_at_s"] == entry["engine_s"] > 0
    assert entry["answer_bytes"] > 10_000


def test_it_ends_when_its_parent_lets_go_of_its_input(tmp_path: Path) -> None:
    with SandboxProcess(tmp_path, "--workers", "0") as process:
        assert process.process is not None
    assert process.process.returncode == 0


@pytest.mark.parametrize("arguments", [["--host", "::"], ["--port", "nine"]])
def test_it_listens_on_loopback_only(tmp_path: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "studio.sandbox", "--data-dir", str(tmp_path), *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "invalid" in done.stderr


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [
            sys.executable, "-m", "studio.sandbox", "--data-dir", str(tmp_path), "--port", str(taken.getsockname()[1]),
        ]  # fmt: skip
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith(f"sandbox: cannot listen on 127.0.0.1, port {command[-1]}: ")
    assert done.stderr.count("\n") == 1
