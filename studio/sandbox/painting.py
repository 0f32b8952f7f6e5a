"""One piece of work for the painter, and the finished parts of the answer. Runs in a worker."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from studio.sandbox.history import Part
from studio.sandbox.packed import PackedPart, pack
from studio.sandbox.signatures import Signer
from studio.sandbox.usage import text_tokens

if TYPE_CHECKING:
    from studio.sandbox.painter import Painting, PaintOrder

Paint = Callable[["PaintOrder"], "Painting"]
Saying = Literal["before", "after"]

_KEPT_WHEN_CUT: Final = 0.4


@dataclass(frozen=True, slots=True)
class PictureJob:
    """A picture to paint and how its part is dressed: flagged as a thought, signed, with a sentence, cut short."""

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
    may_speak: bool = True
    """Whether words may come beside the picture at all."""
    opens: bool = True
    """Whether no picture is shown before it: a sentence is signed only where it comes before all of them."""
    cut: bool = False
    garbled: bool = False
    """Bytes that are no picture, as many as the picture has."""
    drift: float = 0.0
    """How much an edit changes what nobody asked to change; 1 is usual, 0 none."""


@dataclass(frozen=True, slots=True)
class Painted:
    """The finished parts, in order; `text_tokens` is what the sentence among them counts."""

    before: PackedPart | None
    picture: PackedPart
    after: PackedPart | None
    text_tokens: int

    @property
    def parts(self) -> tuple[PackedPart, ...]:
        return tuple(part for part in (self.before, self.picture, self.after) if part is not None)


def make_picture(job: PictureJob, signer: Signer, paint: Paint | None) -> Painted:
    """Paint and pack. `paint` None is the sandbox's own painter. Raises ValueError for an unreadable input picture."""
    painting = _paint(job, paint)
    part = Part(kind="image", data=_damaged(painting.data, job), mime_type=job.mime_type)
    picture = pack(part, signer.sign(part) if job.signed else None, thought=job.thought)
    # What was not understood is said whatever the dice say, unless no words were asked for.
    saying = job.saying or ("after" if painting.notice and job.may_speak else None)
    if saying is None:
        return Painted(None, picture, None, 0)
    # First what was not done: clients show the beginning of a text.
    said = " ".join(filter(None, (painting.notice, painting.caption)))
    sentence = Part(kind="text", text=f"{said} Painted by the Retake sandbox, not Gemini.")
    counted = text_tokens(sentence.text)
    if saying == "after":
        return Painted(None, picture, pack(sentence), counted)
    signature = signer.sign(sentence) if job.signed and job.opens else None
    return Painted(pack(sentence, signature), picture, None, counted)


def _damaged(data: bytes, job: PictureJob) -> bytes:
    if job.garbled:
        return random.Random(job.seed).randbytes(len(data))
    return data[: int(len(data) * _KEPT_WHEN_CUT)] if job.cut else data


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
        drift=job.drift,
    )
    return (paint or painter.paint)(order)
