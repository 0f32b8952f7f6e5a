"""The conversation in a request, as values: contents, parts, and what each part is."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from studio.sandbox.google_errors import JsonObject, Refused, invalid_argument
from studio.sandbox.protocol import BYPASSES

PartKind = Literal["text", "image", "file", "other"]

_DATA_FIELDS: Final = (
    "text", "inline_data", "file_data", "function_call", "function_response", "executable_code",
    "code_execution_result",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a content. `data` is the decoded inline bytes of an image part or a file part."""

    kind: PartKind
    text: str = ""
    data: bytes = b""
    mime_type: str = ""
    thought: bool = False
    signature: bytes | None = None

    @property
    def bypasses(self) -> bool:
        return self.signature in BYPASSES

    def digest(self) -> bytes:
        """SHA-256 of what the part holds, its kind included: the thing a signature is bound to."""
        held = self.text.encode() if self.kind == "text" else self.data
        return hashlib.sha256(self.kind.encode() + b"\0" + held).digest()


@dataclass(frozen=True, slots=True)
class Content:
    role: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.parts if part.kind == "text" and not part.thought)

    @property
    def images(self) -> tuple[Part, ...]:
        """Image parts that are not thoughts."""
        return tuple(part for part in self.parts if part.kind == "image" and not part.thought)


def contents_of(message: JsonObject) -> tuple[Content, ...]:
    """The contents of a parsed request. Raises Refused for a part without data, or with two."""
    return tuple(content_of(content, f"contents[{i}]") for i, content in enumerate(message.get("contents", [])))


def content_of(content: JsonObject, path: str) -> Content:
    parts = tuple(_part(part, f"{path}.parts[{i}]") for i, part in enumerate(content.get("parts", [])))
    return Content(role=content.get("role") or "user", parts=parts)


def last_user_turn(contents: Sequence[Content]) -> Content:
    """The newest content of the user; an empty one when there is none."""
    return next((content for content in reversed(contents) if content.role != "model"), Content("user", ()))


def _part(part: JsonObject, path: str) -> Part:
    held = [name for name in _DATA_FIELDS if name in part]
    if not held:
        raise Refused(
            invalid_argument(
                f"* GenerateContentRequest.{path}.data: required oneof field 'data' must have one initialized field\n"
            )
        )
    if len(held) > 1:
        raise Refused(
            invalid_argument(
                f"Invalid value at '{path}' (oneof), oneof field 'data' is already set. Cannot set '{held[1]}'"
            )
        )
    common: dict[str, Any] = {"thought": part.get("thought", False), "signature": part.get("thought_signature") or None}
    if "text" in part:
        return Part(kind="text", text=part["text"], **common)
    if "inline_data" in part:
        blob = part["inline_data"]
        mime_type = blob.get("mime_type", "").lower()
        kind: PartKind = "image" if mime_type.startswith("image/") else "file"
        return Part(kind=kind, data=blob.get("data", b""), mime_type=mime_type, **common)
    if "file_data" in part:
        blob = part["file_data"]
        return Part(kind="file", text=blob.get("file_uri", ""), mime_type=blob.get("mime_type", "").lower(), **common)
    return Part(kind="other", **common)
