"""Finished parts → GenerateContentResponse as JSON bytes: whole, or one chunk of a stream.

Shapes: public recordings of the developer API (generateContent 2026-07, streamGenerateContent 2025-10 and 2026-08).
"""

import base64
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from studio.sandbox.google_errors import JsonObject
from studio.sandbox.packed import PackedPart
from studio.sandbox.script import Script
from studio.sandbox.usage import OutputTokens, usage_metadata

_RESPONSE_ID_BYTES: Final = 17


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every chunk of one answer repeats."""

    script: Script
    response_id: str

    def usage(self, output: OutputTokens) -> JsonObject:
        return usage_metadata(self.script.prompt_tokens, output)

    def response(self, parts: Sequence[PackedPart] | None, output: OutputTokens, *, ends: bool) -> bytes:
        """One response object. `parts` None: a content without parts, as a stream's last chunk has it."""
        rest = json.dumps({
            "usageMetadata": self.usage(output),
            "modelVersion": self.script.model_id,
            "responseId": self.response_id,
        })  # fmt: skip
        head = self._feedback() if self.script.ending.blocked else self._candidate(parts, ends=ends)
        return b"".join([b"{", *head, b", ", rest[1:].encode()])

    def _feedback(self) -> list[bytes]:
        feedback = {"blockReason": self.script.ending.blocked}
        return [b'"promptFeedback": ', json.dumps(feedback).encode()]

    def _candidate(self, parts: Sequence[PackedPart] | None, *, ends: bool) -> list[bytes]:
        ending = self.script.ending
        fields: JsonObject = {}
        if ends and ending.finish_reason:
            fields["finishReason"] = ending.finish_reason
        fields["index"] = 0
        if ends and ending.finish_message:
            fields["finishMessage"] = ending.finish_message
        if ends and self.script.grounding:
            fields["groundingMetadata"] = self.script.grounding
        rest = json.dumps(fields, ensure_ascii=False).encode()
        return [b'"candidates": [{', *self._content(parts, ends=ends), rest[1:], b"]"]

    def _content(self, parts: Sequence[PackedPart] | None, *, ends: bool) -> list[bytes]:
        if parts:
            return [b'"content": {"parts": [', b", ".join(part.as_json() for part in parts), b'], "role": "model"}, ']
        reason = self.script.ending.finish_reason if ends else None
        bare = self.script.ending.bare if ends else ""
        if bare == "missing" or (reason == "NO_IMAGE" and not bare):
            return []
        if reason not in ("STOP", None):
            return [b'"content": {}, ']
        return [b'"content": {"role": "model"}, ']


def response_id(now_s: float) -> str:
    """17 bytes, URL-safe base64, of which the first four are the Unix second, little-endian (checked on seven ids)."""
    raw = int(now_s).to_bytes(4, "little") + os.urandom(_RESPONSE_ID_BYTES - 4)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
