"""What the tests of the inspector ask it, and what they send for it to tell of."""

import base64
from typing import Any

from tests.sandbox.batch_calls import soon
from tests.sandbox_fixture import SandboxClient

JsonObject = dict[str, Any]


def user(*parts: JsonObject | str) -> JsonObject:
    return {"role": "user", "parts": [{"text": part} if isinstance(part, str) else part for part in parts]}


def inline_part(data: bytes, mime_type: str = "image/png") -> JsonObject:
    return {"inlineData": {"mimeType": mime_type, "data": base64.b64encode(data).decode()}}


async def rows(client: SandboxClient) -> list[JsonObject]:
    """The list, newest first, once every call has been looked into."""

    async def look() -> list[JsonObject] | None:
        told: list[JsonObject] = (await client.http.get("/inspector/calls")).json()["rows"]
        return told if all(row.get("seen") or row.get("other") or row.get("unseen") for row in told) else None

    return await soon(look)


async def newest(client: SandboxClient) -> JsonObject:
    [row, *_] = await rows(client)
    told: JsonObject = (await client.http.get(f"/inspector/calls/{row['number']}")).json()
    return told


async def conversation(client: SandboxClient) -> list[JsonObject]:
    """A user's words and the model's answer to them, as they are sent back."""
    answer = (await client.generate({"contents": [user("a fox")]})).json()
    return [user("a fox"), answer["candidates"][0]["content"]]


def picture_in(content: JsonObject) -> JsonObject:
    part: JsonObject = next(part for part in content["parts"] if "inlineData" in part)
    return part


def verdicts(told: JsonObject) -> list[list[str]]:
    return [[part["verdict"] for part in content["parts"]] for content in told["detail"]["contents"]]
