"""What the tests of batches ask the sandbox, and a painter that paints when it is let."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from google.genai import types

from studio.sandbox.asgi import ASGIApp
from studio.sandbox.painter import Painting, PaintOrder
from tests.sandbox_fixture import MODEL_21, SandboxClient, flat_painting

Found = TypeVar("Found")


async def soon(look: Callable[[], Awaitable[Found | None]]) -> Found:
    """What there is to be found, as soon as there is something."""
    for _ in range(5_000):
        if (found := await look()) is not None:
            return found
        await asyncio.sleep(0.002)
    raise AssertionError("it did not come")


@dataclass
class HeldPainter:
    """Paints when it is let: each picture takes one from `allowed`."""

    allowed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    begun: list[str] = field(default_factory=list)

    def __call__(self, order: PaintOrder) -> Painting:
        self.begun.append(order.prompt)
        assert self.allowed.acquire(timeout=20)
        return flat_painting(order)

    async def is_busy(self) -> None:
        async def look() -> bool | None:
            return bool(self.begun) or None

        await soon(look)

    def allow(self, pictures: int) -> None:
        self.allowed.release(pictures)


def asked(prompt: str, **more: object) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [{"text": prompt}]}], **more}


def inline(*requests: dict[str, Any], name: str = "") -> dict[str, Any]:
    """A batch body; every request has its number as metadata."""
    numbered = [{"request": request, "metadata": {"n": str(n)}} for n, request in enumerate(requests)]
    batch: dict[str, Any] = {"inputConfig": {"requests": {"requests": numbered}}}
    return {"batch": batch | ({"displayName": name} if name else {})}


def from_file(name: str) -> dict[str, Any]:
    return {"batch": {"inputConfig": {"fileName": name}}}


async def create(
    client: SandboxClient, body: object, *, version: str = "v1beta", model: str = MODEL_21, key: str | None = None
) -> httpx2.Response:
    headers = {"x-goog-api-key": key} if key else {}
    return await client.http.post(f"/{version}/models/{model}:batchGenerateContent", json=body, headers=headers)


async def created(client: SandboxClient, body: object, *, version: str = "v1beta", model: str = MODEL_21) -> str:
    answer = await create(client, body, version=version, model=model)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["name"])


async def seen(client: SandboxClient, name: str, *, version: str = "v1beta") -> dict[str, Any]:
    answer = await client.http.get(f"/{version}/{name}")
    assert answer.status_code == 200, answer.text
    operation: dict[str, Any] = answer.json()
    return operation


async def ended(client: SandboxClient, name: str, *, version: str = "v1beta") -> dict[str, Any]:
    """The operation when it is done."""

    async def look() -> dict[str, Any] | None:
        operation = await seen(client, name, version=version)
        return operation if "done" in operation else None

    return await soon(look)


async def until(client: SandboxClient, name: str, **counts: str) -> dict[str, Any]:
    """The metadata as soon as its counts are these."""

    async def look() -> dict[str, Any] | None:
        metadata: dict[str, Any] = (await seen(client, name))["metadata"]
        return metadata if metadata["batchStats"] == counts else None

    return await soon(look)


async def changed(client: SandboxClient, name: str, before: dict[str, Any]) -> dict[str, Any]:
    """The operation as soon as it differs."""

    async def look() -> dict[str, Any] | None:
        operation = await seen(client, name)
        return operation if operation != before else None

    return await soon(look)


def batch_folders(data_dir: Path) -> list[Path]:
    return list(data_dir.glob("batches/*"))


async def given(client: SandboxClient, *lines: object) -> str:
    """The name of an input file with these lines: text as it is, anything else as JSON."""
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n"
    headers = {"x-goog-upload-protocol": "raw", "content-type": "application/jsonl"}
    answer = await client.http.post("/upload/v1beta/files", content=text.encode(), headers=headers)
    return str(answer.json()["file"]["name"])


async def shut_down(app: ASGIApp) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "lifespan.shutdown"}

    async def send(_: object) -> None:
        return

    await app({"type": "lifespan"}, receive, send)


def results_of(operation: dict[str, Any]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = operation["metadata"]["output"]["inlinedResponses"]["inlinedResponses"]
    return results


def refusal(answer: httpx2.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["status"], error["message"]


def pictures_of(response: types.GenerateContentResponse | None) -> int:
    assert response is not None
    return sum(1 for part in response.parts or [] if part.inline_data)
