"""Steps: how the Interactions API shows what generateContent calls contents and parts, and back.

A thought step carries the signature of the part that comes after it; a model_output step holds what is shown. Shapes:
public recordings of 2026-05 and 2026-10, whose answers are one thought and one output. That an answer of several signed
parts is several such pairs is not captured.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from studio.sandbox.google_errors import JsonObject
from studio.sandbox.interactions.schema import is_steps
from studio.sandbox.packed import PackedPart

StepType = Literal["thought", "model_output"]

_MODEL_STEPS: Final = ("thought", "model_output", "google_search_call", "google_search_result")
_SEARCH_CALL_ID: Final = "search-1"


@dataclass(slots=True)
class Step:
    """One step of an answer: its texts and pictures, and of a thought the signature, base64."""

    type: StepType
    items: list[PackedPart] = field(default_factory=list)
    signature_b64: bytes = b""

    def as_json(self) -> bytes:
        items = b", ".join(content_json(item) for item in self.items)
        if self.type == "model_output":
            return b'{"content": [' + items + b'], "type": "model_output"}'
        fields = []
        if self.items:
            fields.append(b'"summary": [' + items + b"]")
        if self.signature_b64:
            fields.append(b'"signature": "' + self.signature_b64 + b'"')
        return b"{" + b", ".join([*fields, b'"type": "thought"']) + b"}"


@dataclass(slots=True)
class StepWriter:
    """Turns parts into steps as they come, and into the stream's events."""

    searches: list[JsonObject] = field(default_factory=list)
    """Steps of a search, before everything else."""
    steps: list[Step] = field(default_factory=list)

    def as_json(self) -> list[bytes]:
        """All steps so far."""
        return [*(json.dumps(search).encode() for search in self.searches), *(step.as_json() for step in self.steps)]

    def opening(self) -> Iterator[bytes]:
        """The events of the search, if there was one. Not captured in a stream."""
        for index, search in enumerate(self.searches):
            yield event("step.start", {"index": index, "step": search})
            yield event("step.stop", {"index": index})

    def add(self, part: PackedPart) -> Iterator[bytes]:
        """The events that this part brings about."""
        if part.thought:
            yield from self._open("thought")
            self.steps[-1].items.append(part)
            yield self._delta(b'{"content": ' + content_json(part) + b', "type": "thought_summary"}')
            return
        if part.signature_b64:
            if not self.steps or self.steps[-1].type != "thought" or self.steps[-1].signature_b64:
                yield from self._begin("thought")
            self.steps[-1].signature_b64 = part.signature_b64
            yield self._delta(b'{"signature": "' + part.signature_b64 + b'", "type": "thought_signature"}')
        yield from self._open("model_output")
        self.steps[-1].items.append(part)
        yield self._delta(content_json(part))

    def closing(self) -> Iterator[bytes]:
        """The end of the step that is still open."""
        if self.steps:
            yield event("step.stop", {"index": self._index})

    @property
    def _index(self) -> int:
        return len(self.searches) + len(self.steps) - 1

    def _open(self, step_type: StepType) -> Iterator[bytes]:
        if not self.steps or self.steps[-1].type != step_type:
            yield from self._begin(step_type)

    def _begin(self, step_type: StepType) -> Iterator[bytes]:
        yield from self.closing()
        self.steps.append(Step(step_type))
        yield event("step.start", {"index": self._index, "step": {"type": step_type}})

    def _delta(self, delta: bytes) -> bytes:
        # Glued, not dumped: a delta is a whole picture.
        return b"".join([
            b'event: step.delta\r\ndata: {"index": ', str(self._index).encode(), b', "delta": ', delta,
            b', "event_type": "step.delta"}\r\n\r\n',
        ])  # fmt: skip


def event(event_type: str, fields: JsonObject) -> bytes:
    """One server-sent event. Which line end the service uses is not captured; generateContent's is CRLF."""
    data = json.dumps(fields | {"event_type": event_type}, ensure_ascii=False)
    return f"event: {event_type}\r\ndata: {data}\r\n\r\n".encode()


def content_json(part: PackedPart) -> bytes:
    """A part as a content: {"text", "type"} or {"data", "mime_type", "type"}."""
    if not part.is_image:
        return json.dumps({"text": part.text, "type": "text"}, ensure_ascii=False).encode()
    return b"".join([
        b'{"data": "', part.data_b64, b'", "mime_type": "', part.mime_type.encode(), b'", "type": "image"}',
    ])  # fmt: skip


def search_steps(grounding: JsonObject | None) -> list[JsonObject]:
    """A search as steps (live, 2026-07): the call with its queries, the result with the chips that must be shown."""
    if not grounding:
        return []
    chips = grounding["searchEntryPoint"]["renderedContent"]
    call = {"id": _SEARCH_CALL_ID, "arguments": {"queries": grounding["webSearchQueries"]}, "search_type": "web_search"}
    result = {"call_id": _SEARCH_CALL_ID, "result": [{"search_suggestions": chips}], "is_error": False}
    return [call | {"type": "google_search_call"}, result | {"type": "google_search_result"}]


def answer_content(parts: Sequence[PackedPart]) -> JsonObject:
    """An answer as a model's content of a GenerateContentRequest."""
    return {"role": "model", "parts": [_part_of(part) for part in parts]}


def _part_of(part: PackedPart) -> JsonObject:
    told: JsonObject = (
        {"inline_data": {"mime_type": part.mime_type, "data": part.data_b64.decode()}}
        if part.is_image
        else {"text": part.text}
    )
    if part.thought:
        told["thought"] = True
    if part.signature_b64:
        told["thought_signature"] = part.signature_b64.decode()
    return told


def packed(part: JsonObject) -> PackedPart:
    """A part of a GenerateContentRequest, ready to be shown. It holds a text or inline data."""
    blob = part.get("inline_data", {})
    return PackedPart(
        text=part.get("text", ""),
        mime_type=blob.get("mime_type", ""),
        data_b64=blob.get("data", "").encode(),
        signature_b64=part.get("thought_signature", "").encode(),
        thought=part.get("thought", False),
    )


def input_step(content: JsonObject) -> bytes:
    """A user's content as the user_input step that `get` shows and `create` leaves out (live, 2026-08)."""
    items = b", ".join(_given_json(part) for part in content["parts"])
    return b'{"content": [' + items + b'], "type": "user_input"}'


def _given_json(part: JsonObject) -> bytes:
    if "file_data" in part:
        named = part["file_data"]
        kind = named["mime_type"].partition("/")[0]
        shown = {"uri": named["file_uri"], "mime_type": named["mime_type"]}
        kind = kind if kind in ("image", "audio", "video") else "document"
        return json.dumps(shown | {"type": kind}).encode()
    mime_type = part.get("inline_data", {}).get("mime_type", "")
    if mime_type and not mime_type.startswith("image/"):
        return json.dumps(part["inline_data"] | {"type": "document"}).encode()
    return content_json(packed(part))


def contents_of_input(given: str | JsonObject | list[JsonObject]) -> list[JsonObject]:
    """A checked input, of whatever form, as contents of a GenerateContentRequest."""
    if isinstance(given, str):
        return [_user([{"text": given}])]
    items: list[JsonObject] = given if isinstance(given, list) else [given]
    if not is_steps(given):
        return [_user([_given(item) for item in items])]
    contents: list[JsonObject] = []
    turn: list[JsonObject] = []
    for step in items:
        if step["type"] in _MODEL_STEPS:
            turn.append(step)
            continue
        contents += _model_turn(turn)
        turn = []
        contents.append(_user([_given(item) for item in step.get("content") or []]))
    return contents + _model_turn(turn)


def _user(parts: list[JsonObject]) -> JsonObject:
    return {"role": "user", "parts": parts}


def _given(content: JsonObject) -> JsonObject:
    if content["type"] == "text":
        return {"text": content.get("text", "")}
    mime_type = content.get("mime_type", "").lower()
    if content.get("uri"):
        return {"file_data": {"file_uri": content["uri"], "mime_type": mime_type}}
    # A picture may come without its type; what it is shows when it is read.
    return {"inline_data": {"mime_type": mime_type or f"{content['type']}/*", "data": content.get("data", "")}}


def _model_turn(steps: Sequence[JsonObject]) -> list[JsonObject]:
    """The steps between two inputs as one model content: each signature back on the part it was made for."""
    parts: list[JsonObject] = []
    pending = ""
    for step in steps:
        if step["type"] == "thought":
            parts += [_given(item) | {"thought": True} for item in step.get("summary") or []]
            parts += _stray(pending)
            pending = step.get("signature") or ""
        elif step["type"] == "model_output":
            for item in step.get("content") or []:
                signed = {"thought_signature": pending} if pending else {}
                parts.append(_given(item) | signed)
                pending = ""
    parts += _stray(pending)
    return [{"role": "model", "parts": parts}] if parts else []


def _stray(signature: str) -> list[JsonObject]:
    """A signature that nothing follows: on a part it cannot have been made for, so that it is refused."""
    return [{"text": "", "thought": True, "thought_signature": signature}] if signature else []
