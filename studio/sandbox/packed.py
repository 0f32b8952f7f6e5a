"""A finished part whose long fields are base64 already: encoding megabytes is a worker's work, gluing them is not."""

import base64
import json
from dataclasses import dataclass

from studio.sandbox.history import Part


@dataclass(frozen=True, slots=True)
class PackedPart:
    """One part of an answer: words, or a picture."""

    text: str = ""
    mime_type: str = ""
    data_b64: bytes = b""
    signature_b64: bytes = b""
    thought: bool = False

    @property
    def is_image(self) -> bool:
        return bool(self.data_b64)

    def as_json(self) -> bytes:
        """The part as generateContent sends it."""
        if not self.is_image:
            fields: dict[str, str | bool] = {"text": self.text}
            if self.thought:
                fields["thought"] = True
            if self.signature_b64:
                fields["thoughtSignature"] = self.signature_b64.decode("ascii")
            return json.dumps(fields, ensure_ascii=False).encode()
        # Built by hand: the two base64 strings need no escaping, and a dumps of 4 MB is three copies more.
        pieces = [b'{"inlineData": {"mimeType": "', self.mime_type.encode(), b'", "data": "', self.data_b64, b'"}']
        if self.thought:
            pieces.append(b', "thought": true')
        if self.signature_b64:
            pieces += [b', "thoughtSignature": "', self.signature_b64, b'"']
        return b"".join([*pieces, b"}"])


def pack(part: Part, signature: bytes | None = None, *, thought: bool = False) -> PackedPart:
    """`part` is a text or an image part."""
    return PackedPart(
        text=part.text,
        mime_type=part.mime_type,
        data_b64=base64.b64encode(part.data),
        signature_b64=base64.b64encode(signature or b""),
        thought=thought,
    )
