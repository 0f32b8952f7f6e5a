"""Interactions for tests: create calls as raw HTTP, and what their answers hold."""

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from google.genai.interactions import Interaction

from studio.sandbox.painter import Painting, PaintOrder
from tests.sandbox_fixture import MODEL_21, SandboxClient, flat_painting

MODEL_2: Final = "gemini-3.1-flash-image"
MODEL_LITE: Final = "gemini-3.1-flash-lite-image"
MODEL_25: Final = "gemini-2.5-flash-image"
ONLY_IMAGE: Final = {"type": "image"}
NOT_FOUND: Final = {"error": {"message": "Requested entity was not found.", "code": "not_found"}}

SAFETY: Final = "Image generation blocked due to safety violations. Please modify your input and retry."
PROHIBITED: Final = "Request blocked due to prohibited content guidelines. Please modify your input and retry."

Json = dict[str, Any]


async def post(client: SandboxClient, **body: object) -> tuple[int, Json]:
    """A create call as it is; a picture of 2.1's unless the body says otherwise."""
    asked = {"model": MODEL_21, "input": "a fox", "response_format": ONLY_IMAGE} | body
    answer = await client.http.post("/v1/interactions", json=asked)
    return answer.status_code, answer.json()


async def made(client: SandboxClient, **body: object) -> Json:
    status, answer = await post(client, **body)
    assert status == 200, answer
    return answer


async def got(client: SandboxClient, interaction_id: str, query: str = "") -> tuple[int, Json]:
    answer = await client.http.get(f"/v1/interactions/{interaction_id}{query}")
    return answer.status_code, answer.json()


def pictures(interaction: Json) -> list[bytes]:
    shown = [step.get("content", []) for step in interaction["steps"] if step["type"] == "model_output"]
    return [base64.b64decode(item["data"]) for items in shown for item in items if item["type"] == "image"]


def whole(answer: object) -> Interaction:
    """What the SDK answered without a stream."""
    assert isinstance(answer, Interaction)
    return answer


def said(text: str) -> Json:
    return {"type": "user_input", "content": [{"type": "text", "text": text}]}


def refused(message: str, code: str = "invalid_request") -> Json:
    return {"error": {"message": message, "code": code}}


def folders(data_dir: Path) -> list[Path]:
    return sorted((data_dir / "interactions").glob("*"))


@dataclass
class WatchedPainter:
    """The flat painter, with what it was asked for."""

    orders: list[PaintOrder] = field(default_factory=list)

    def __call__(self, order: PaintOrder) -> Painting:
        self.orders.append(order)
        return flat_painting(order)
