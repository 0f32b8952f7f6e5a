"""The official SDK in every way of reaching a sandbox: sync and async, over HTTP and in process, v1 and v1beta."""

import hashlib
import inspect
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal
from google import genai
from google.genai import types

from studio.sandbox.asgi import ASGIApp
from tests.sandbox.batch_calls import shut_down
from tests.sandbox_fixture import ANY_KEY, SandboxProcess

Held = TypeVar("Held")

IN_PROCESS_URL: Final = "http://localhost"
_NO_CERTIFICATES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nothing here speaks TLS, and reading the system's certificates takes longer than a call."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a client reaches a sandbox."""

    is_async: bool
    over_http: bool
    version: str

    def __str__(self) -> str:
        reach = "http" if self.over_http else "in process"
        return f"{'async' if self.is_async else 'sync'}, {reach}, {self.version}"


WAYS: Final = tuple(
    Way(is_async, over_http, version)
    for is_async in (False, True)
    for over_http in (False, True)
    for version in ("v1", "v1beta")
)


class Bridge(httpx2.BaseTransport):
    """Carries a sync client's calls to an app of this process, which runs in an event loop on a thread of its own.

    httpx2.ASGITransport is for async clients alone. As there, an answer comes whole: nothing arrives bit by bit.
    """

    def __init__(self, app: ASGIApp, portal: BlockingPortal) -> None:
        self._transport = httpx2.ASGITransport(app=app)
        self._portal = portal

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        return self._portal.call(self._carry, request)

    async def _carry(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._transport.handle_async_request(request)
        return httpx2.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


@contextmanager
def bridge_to(app: ASGIApp) -> Iterator[Bridge]:
    """A bridge for as long as the `with` lasts; then what the app has running is ended."""
    with start_blocking_portal() as portal:
        yield Bridge(app, portal)
        portal.call(shut_down, app)


async def settled(value: Held | Awaitable[Held]) -> Held:
    """What a call gave, or gives when it is awaited."""
    return await value if inspect.isawaitable(value) else value


async def gathered(items: Iterable[Held] | AsyncIterable[Held]) -> list[Held]:
    """The items of a stream or of a pager, sync or async."""
    return [item async for item in items] if isinstance(items, AsyncIterable) else list(items)


@dataclass(frozen=True, slots=True)
class Sdk:
    """A client of the SDK, and plain HTTP beside it for the journal."""

    way: Way
    client: genai.Client
    http: httpx2.Client | httpx2.AsyncClient
    surface: Any = field(init=False)
    """The client's modules, sync or async."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "surface", self.client.aio if self.way.is_async else self.client)

    async def generate(self, **asked: object) -> types.GenerateContentResponse:
        answer: types.GenerateContentResponse = await settled(self.surface.models.generate_content(**asked))
        return answer

    async def stream(self, **asked: object) -> list[types.GenerateContentResponse]:
        return await gathered(await settled(self.surface.models.generate_content_stream(**asked)))

    async def batch(self, **asked: object) -> types.BatchJob:
        """A batch from its beginning to its end."""
        job: types.BatchJob = await settled(self.surface.batches.create(**asked))
        while not job.done:
            job = await settled(self.surface.batches.get(name=job.name))
        return job

    async def journal(self, calls: int) -> list[dict[str, Any]]:
        """The entries of so many calls; an entry is written after its answer has left."""
        entries: list[dict[str, Any]] = []
        while len(entries) < calls:
            entries = (await settled(self.http.get("/control/requests"))).json()
        assert len(entries) == calls
        return entries

    async def fail_next(self, kind: str) -> None:
        (await settled(self.http.post("/control/faults", json=[{"kind": kind}]))).raise_for_status()

    async def forget(self) -> None:
        (await settled(self.http.delete("/control/requests"))).raise_for_status()


def _options(base_url: str, way: Way, transport: object = None) -> types.HttpOptions:
    carried = {} if transport is None else {"transport": transport}
    untold = {"verify": _NO_CERTIFICATES, "ssl": _NO_CERTIFICATES}
    return types.HttpOptions(
        base_url=base_url,
        api_version=way.version,
        client_args=untold | ({} if way.is_async else carried),
        async_client_args=untold | (carried if way.is_async else {}),
    )


def _client(base_url: str, way: Way, transport: object = None) -> genai.Client:
    return genai.Client(api_key=ANY_KEY, enterprise=False, http_options=_options(base_url, way, transport))


@asynccontextmanager
async def sdk_over_http(way: Way, served: SandboxProcess) -> AsyncIterator[Sdk]:
    """A client of a served sandbox whose journal is empty."""
    with httpx2.Client(base_url=served.base_url, verify=_NO_CERTIFICATES) as http:
        sdk = Sdk(way, _client(served.base_url, way), http)
        await sdk.forget()
        yield sdk
        await _close(sdk)


@asynccontextmanager
async def sdk_in_process(way: Way, app: ASGIApp) -> AsyncIterator[Sdk]:
    """A client of an app: an async one in the caller's own loop, a sync one across a bridge."""
    if way.is_async:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=IN_PROCESS_URL) as awaited:
            sdk = Sdk(way, _client(IN_PROCESS_URL, way, transport), awaited)
            yield sdk
            await _close(sdk)
            await shut_down(app)
        return
    with bridge_to(app) as bridge, httpx2.Client(transport=bridge, base_url=IN_PROCESS_URL) as http:
        sdk = Sdk(way, _client(IN_PROCESS_URL, way, bridge), http)
        yield sdk
        await _close(sdk)


async def _close(sdk: Sdk) -> None:
    sdk.client.close()
    await sdk.client.aio.aclose()


def sha256(data: bytes | None) -> str:
    assert data is not None
    return hashlib.sha256(data).hexdigest()


def as_journalled(part: types.Part) -> dict[str, Any]:
    """What the journal should say of a part that the SDK holds, were it sent as it is."""
    held: dict[str, Any] = {"thought": bool(part.thought)}
    if part.inline_data is not None:
        data = part.inline_data.data or b""
        fingerprint = {"data_sha256": sha256(data), "data_bytes": len(data)}
        held |= {"kind": "image", "mime_type": part.inline_data.mime_type, **fingerprint}
    else:
        held |= {"kind": "text", "text": part.text}
    if part.thought:
        held["kind"] = "thought"
    if part.thought_signature:
        signature = part.thought_signature
        held |= {"signature_sha256": sha256(signature), "signature_bytes": len(signature)}
    return held
