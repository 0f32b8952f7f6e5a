"""One piece of work for the painter, and the finished parts of the answer. Runs in a worker.

The parts come back as JSON bytes: encoding megabytes of base64 is not the event loop's work.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from studio.sandbox.history import Part
from studio.sandbox.signatures import Signer
from studio.sandbox.usage import text_tokens

if TYPE_CHECKING:
    from studio.sandbox.painter import Painting, PaintOrder

Paint = Callable[["PaintOrder"], "Painting"]
Saying = Literal["before", "after"]

_KEPT_WHEN_CUT: Final = 0.4


@dataclass(frozen=True, slots=True)
class PictureJob:
    """A picture to paint and how its part is dressed: flagged as a thought, signed, with a sentence, or cut short."""

    prompt: str
    subject_prompt: str
    width_px: int
    height_px: int
    mime_type: Literal["image/jpeg", "image/png"]
    seed: bytes
    source: bytes | None
    references: tuple[bytes, ...]
    thought: bool = False
    signed: bool = True
    saying: Saying | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Painted:
    """Parts as JSON, in order; `text_tokens` is what the sentence among them counts."""

    before: bytes | None
    picture: bytes
    after: bytes | None
    text_tokens: int

    @property
    def parts(self) -> tuple[bytes, ...]:
        return tuple(part for part in (self.before, self.picture, self.after) if part is not None)


def make_picture(job: PictureJob, signer: Signer, paint: Paint | None) -> Painted:
    """Paint and pack. `paint` None is the sandbox's own painter. Raises ValueError for an unreadable input picture."""
    painting = _paint(job, paint)
    data = painting.data[: int(len(painting.data) * _KEPT_WHEN_CUT)] if job.cut else painting.data
    part = Part(kind="image", data=data, mime_type=job.mime_type)
    signature = signer.sign(part) if job.signed else None
    if job.saying is None:
        return Painted(None, _image_json(part, signature, thought=job.thought), None, 0)
    sentence = f"{painting.caption} Painted by the Retake sandbox, not Gemini."
    picture = _image_json(part, signature, thought=job.thought)
    counted = text_tokens(sentence)
    if job.saying == "after":
        return Painted(None, picture, text_json(sentence), counted)
    text_signature = signer.sign(Part(kind="text", text=sentence)) if job.signed else None
    return Painted(text_json(sentence, signature=text_signature), picture, None, counted)


def text_json(text: str, *, thought: bool = False, signature: bytes | None = None) -> bytes:
    fields: dict[str, str | bool] = {"text": text}
    if thought:
        fields["thought"] = True
    if signature is not None:
        fields["thoughtSignature"] = base64.b64encode(signature).decode("ascii")
    return json.dumps(fields, ensure_ascii=False).encode()


def _image_json(part: Part, signature: bytes | None, *, thought: bool) -> bytes:
    """Built by hand: the two base64 strings need no escaping, and a dumps of 4 MB is three copies more."""
    data = base64.b64encode(part.data)
    pieces = [b'{"inlineData": {"mimeType": "', part.mime_type.encode(), b'", "data": "', data, b'"}']
    if thought:
        pieces.append(b', "thought": true')
    if signature is not None:
        pieces += [b', "thoughtSignature": "', base64.b64encode(signature), b'"']
    return b"".join([*pieces, b"}"])


def _paint(job: PictureJob, paint: Paint | None) -> "Painting":
    from studio.sandbox import painter  # noqa: PLC0415 - in the worker: the serving process needs no NumPy

    order = painter.PaintOrder(
        prompt=job.prompt,
        width_px=job.width_px,
        height_px=job.height_px,
        mime_type=job.mime_type,
        seed=job.seed,
        source=job.source,
        references=job.references,
        subject_prompt=job.subject_prompt,
    )
    return (paint or painter.paint)(order)
