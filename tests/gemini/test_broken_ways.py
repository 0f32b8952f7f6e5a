"""A way to the service that breaks: what may have left, and so what may be billed."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from studio.errors import sentence_of
from studio.gemini.engine import GeminiEngine
from studio.gemini.failures import failure_of
from studio.store.blobs import LocalBlobs
from tests.gemini.asking import DAMAGED, UNKNOWN_OUTCOME, a_request, facts_from, failure_of_call, known
from tests.workbench import engine_config

pytestmark = pytest.mark.anyio


class Breaking(httpx2.AsyncBaseTransport):
    """Raises, before an answer or in the middle of one."""

    def __init__(self, error: Exception, *, half_way: bool = False) -> None:
        self._error, self._half_way = error, half_way

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if not self._half_way:
            raise self._error
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=_HalfWay(self._error))


class _HalfWay(httpx2.AsyncByteStream):
    def __init__(self, error: Exception) -> None:
        self._error = error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'data: {"candidates": [{"content": {"parts": [{"text": "a", "thought": true}]}}]}\r\n\r\n'
        raise self._error


OFFLINE = "Gemini could not be reached. Check the internet connection, then send again."
BROKEN: list[tuple[Exception, str, str, str]] = [
    (httpx2.ConnectTimeout("late"), "offline", "no", OFFLINE),
    (httpx2.ConnectError("no address"), "offline", "no", OFFLINE),
    (httpx2.ProxyError("407 Proxy Authentication Required"), "offline", "no", OFFLINE),
    (httpx2.ReadTimeout("late"), "outcome_unknown", "unknown", UNKNOWN_OUTCOME),
    (httpx2.WriteTimeout("late"), "outcome_unknown", "unknown", UNKNOWN_OUTCOME),
    (httpx2.ReadError("reset"), "outcome_unknown", "unknown", UNKNOWN_OUTCOME),
    (httpx2.RemoteProtocolError("peer closed"), "outcome_unknown", "unknown", UNKNOWN_OUTCOME),
    (httpx2.DecodingError("no gzip"), "bad_answer", "unknown", DAMAGED),
    (ConnectionResetError("reset"), "outcome_unknown", "unknown", UNKNOWN_OUTCOME),
    (TimeoutError("late"), "outcome_unknown", "unknown", UNKNOWN_OUTCOME),
]


@pytest.mark.parametrize(("error", "category", "billed", "sentence"), BROKEN, ids=lambda value: repr(value)[:40])
async def test_a_broken_way_says_whether_it_may_be_billed(
    blobs: LocalBlobs, error: Exception, category: str, billed: str, sentence: str
) -> None:
    facts = await facts_from(blobs, Breaking(error))
    assert known(facts) == (category, billed, None, None, sentence)


async def test_a_stream_that_breaks_half_way_leaves_the_outcome_unknown(blobs: LocalBlobs) -> None:
    facts = await facts_from(blobs, Breaking(httpx2.ReadError("reset"), half_way=True), streams=True)
    assert known(facts) == ("outcome_unknown", "unknown", None, None, UNKNOWN_OUTCOME)


async def test_a_port_where_nobody_listens_refuses_the_connection(blobs: LocalBlobs) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    engine = GeminiEngine(engine_config(base_url=f"http://127.0.0.1:{port}/"), blobs=blobs)
    facts = await failure_of_call(engine, a_request())
    await engine.aclose()

    sentence = "Nothing answers at Gemini's address. Check the address or the gateway, then send again."
    assert known(facts) == ("connection_refused", "no", None, None, sentence)


async def test_a_name_that_does_not_resolve_is_offline(blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown_name(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown_name)
    engine = GeminiEngine(engine_config(base_url="http://localhost:9/"), blobs=blobs)
    facts = await failure_of_call(engine, a_request())
    await engine.aclose()

    assert known(facts) == ("offline", "no", None, None, OFFLINE)


async def test_a_plain_server_where_tls_was_meant_is_not_trusted(blobs: LocalBlobs) -> None:
    async def not_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(not_tls, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    engine = GeminiEngine(engine_config(base_url=f"https://127.0.0.1:{port}/"), blobs=blobs)
    facts = await failure_of_call(engine, a_request())
    await engine.aclose()
    server.close()
    await server.wait_closed()

    assert (facts.category, facts.billed) == ("offline", "no")
    assert sentence_of(facts) == (
        "The secure connection to Gemini's address could not be made, so nothing was sent. Check the computer's clock "
        "and any proxy or gateway in between, then send again."
    )


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


def after(error: Exception, context: BaseException, *, hidden: bool) -> Exception:
    error.__context__, error.__suppress_context__ = context, hidden
    return error


REFUSED = ConnectionRefusedError(111, "refused")
CHAINS: list[tuple[Exception, str]] = [
    (caused(httpx2.ConnectError("x"), REFUSED), "connection_refused"),
    (caused(httpx2.ConnectError("x"), caused(OSError("all"), REFUSED)), "connection_refused"),
    (caused(httpx2.ConnectError("x"), ExceptionGroup("two", [OSError("route"), REFUSED])), "connection_refused"),
    (
        caused(httpx2.ConnectError("x"), ExceptionGroup("two", [caused(OSError("all"), REFUSED)])),
        "connection_refused",
    ),
    (after(httpx2.ConnectError("x"), REFUSED, hidden=False), "connection_refused"),
    (after(httpx2.ConnectError("x"), REFUSED, hidden=True), "connection_refused"),
    (caused(httpx2.ConnectError("x"), ssl.SSLCertVerificationError("expired")), "offline"),
    (caused(httpx2.ReadError("x"), REFUSED), "outcome_unknown"),
]


@pytest.mark.parametrize(("error", "category"), CHAINS)
async def test_only_a_refused_connection_counts_as_one(error: Exception, category: str) -> None:
    assert failure_of(error).facts.category == category
