"""What the tests of files ask the sandbox."""

from pathlib import Path
from typing import Any

import httpx2

from tests.sandbox_fixture import ANY_KEY, SandboxClient, picture_bytes

PICTURE = picture_bytes()


async def uploaded(client: SandboxClient, data: bytes = PICTURE, **told: str) -> dict[str, Any]:
    """A file, sent whole; its resource. `told` as `start` takes it."""
    url = await started(client, len(data), **told)
    answer = await sent(client, url, data, "upload, finalize")
    assert answer.status_code == 200, answer.text
    file: dict[str, Any] = answer.json()["file"]
    return file


async def started(client: SandboxClient, size: int | None, **told: str) -> str:
    """The address that an upload goes on at; `told` as `start` takes it."""
    answer = await start(client, size, **told)
    assert answer.status_code == 200, answer.text
    return answer.headers["x-goog-upload-url"]


async def start(
    client: SandboxClient,
    size: int | None,
    *,
    mime: str = "image/png",
    name: str = "",
    version: str = "v1beta",
    key: str = ANY_KEY,
) -> httpx2.Response:
    headers = {
        "x-goog-api-key": key,
        "x-goog-upload-protocol": "resumable",
        "x-goog-upload-command": "start",
        "x-goog-upload-header-content-type": mime,
    }
    if size is not None:
        headers["x-goog-upload-header-content-length"] = str(size)
    body = {"file": {"display_name": "A picture"} | ({"name": name} if name else {})}
    return await client.http.post(f"/upload/{version}/files", json=body, headers=headers)


async def sent(
    client: SandboxClient, url: str, data: bytes, command: str, *, offset: int | None = 0
) -> httpx2.Response:
    headers = {"x-goog-upload-command": command}
    if offset is not None:
        headers["x-goog-upload-offset"] = str(offset)
    return await client.http.post(url, content=data, headers=headers)


def naming(uri: str, *, mime: str | None = None, prompt: str = "make it warmer") -> dict[str, Any]:
    """A request with a file part."""
    part = {"fileData": {"fileUri": uri} | ({"mimeType": mime} if mime else {})}
    return {"contents": [{"role": "user", "parts": [part, {"text": prompt}]}]}


def refusal(answer: httpx2.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]
    assert error["code"] == answer.status_code
    return answer.status_code, error["status"], error["message"]


def everything(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def held_bytes(folder: Path) -> list[bytes]:
    """What is on disk of the files themselves."""
    return [path.read_bytes() for path in folder.rglob("*.bin")]


def denied(name: str) -> tuple[int, str, str]:
    text = f"You do not have permission to access the File {name} or it may not exist."
    return 403, "PERMISSION_DENIED", text
