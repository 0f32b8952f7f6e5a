"""The sandbox's painter: a prompt, a current picture and references in; an encoded picture out. Pure and seeded.

prompt → brief → scene → canvas → filters → file. A file carries its scene as a record, so that an edit such as "put it
on slate" repaints the same picture with one thing changed; a picture from elsewhere is edited as pixels.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

from studio.sandbox.painter.drift import Drift, drift_of, turn_drift, with_drift
from studio.sandbox.painter.edits.editing import edited
from studio.sandbox.painter.finish import Given, Output, Under, decode, decoded_many, finished, working_size
from studio.sandbox.painter.fresh import painted_afresh
from studio.sandbox.painter.given.references import brought_together
from studio.sandbox.painter.reading.json_prompts import as_words
from studio.sandbox.painter.records import record_of
from studio.sandbox.painter.scene import Canvas

__all__ = ["PaintOrder", "Painting", "paint"]

_MOST_READ_CHARS = 4000
"""Words are matched against tables, which takes time that grows with the text; no designer's prompt comes near."""


@dataclass(frozen=True, slots=True)
class PaintOrder:
    """What to paint. The same order gives the same bytes."""

    prompt: str
    """Text of the last user turn; lines like 'Image 1: "linen.jpg" (object)' introduce references."""
    width_px: int
    height_px: int
    mime_type: Literal["image/jpeg", "image/png"]
    seed: bytes
    """32 bytes."""
    source: bytes | None
    """The encoded current picture to edit, None for a fresh one."""
    references: tuple[bytes, ...]
    """Other encoded pictures given with the prompt, in order."""
    subject_prompt: str
    """The first user turn's text of the conversation."""
    drift: float = 0.0
    """How much an edit changes what nobody asked to change: 1 as much as a real model's turn, 0 not at all."""


@dataclass(frozen=True, slots=True)
class Painting:
    """The encoded picture in exactly the asked pixels, and one sentence on what it shows."""

    data: bytes
    width_px: int
    height_px: int
    caption: str
    notice: str = ""
    """What was asked and not understood, as a sentence; always said."""


@dataclass(frozen=True, slots=True)
class _Draft:
    canvas: Canvas
    caption: str
    record: dict[str, Any] | None = None
    seed: bytes = b""
    """Of the grain: an edit keeps its picture's."""
    notice: str = ""
    under: Under | None = None


def paint(order: PaintOrder) -> Painting:
    """Raises ValueError when a given picture cannot be decoded or the order makes no sense."""
    if len(order.seed) != 32:
        raise ValueError("the seed must be 32 bytes")
    if order.width_px < 1 or order.height_px < 1:
        raise ValueError("the picture must have pixels")
    if len(order.prompt) > _MOST_READ_CHARS:
        painting = paint(replace(order, prompt=order.prompt[:_MOST_READ_CHARS]))
        notice = f"I read only the first {_MOST_READ_CHARS:,} characters."
        return replace(painting, notice=f"{notice} {painting.notice}".rstrip())
    order = replace(order, prompt=as_words(order.prompt))
    source = None if order.source is None else decode(order.source)
    given = decoded_many(order.references)
    size = working_size(order.width_px, order.height_px)
    if given:
        draft = _with_references(order, source=source, given=given, size=size)
    elif source is not None:
        draft = _edited(order, source, size=size)
    else:
        draft = _fresh(order, size=size)
    drift, record = _drift(order, source, draft)
    how = Output(order.width_px, order.height_px, order.mime_type, draft.seed or order.seed, drift)
    data = finished(draft.canvas.picture, how, record=record, under=draft.under)
    return Painting(
        data=data, width_px=order.width_px, height_px=order.height_px, caption=draft.caption, notice=draft.notice
    )


def _drift(order: PaintOrder, source: Given | None, draft: _Draft) -> tuple[Drift, dict[str, Any] | None]:
    """How far the picture has drifted, and its record, which tells of it; a fresh picture has not."""
    if source is None:
        return Drift(), draft.record
    drift = turn_drift(order.drift, conversation=order.subject_prompt, seed=order.seed)
    if draft.record is None or "scene" not in draft.record:
        return drift, draft.record  # what came before is in the pixels
    drift = drift_of(source.record) + drift
    return drift, with_drift(draft.record, drift)


def _fresh(order: PaintOrder, *, size: tuple[int, int]) -> _Draft:
    new = painted_afresh(order.prompt, order.seed, size=size)
    return _Draft(canvas=new.canvas, caption=new.caption, record=record_of(new.scene, new.ops), notice=new.notice)


def _edited(order: PaintOrder, source: Given, *, size: tuple[int, int]) -> _Draft:
    change = edited(order.prompt, source, size=size, seed=order.seed)
    return _Draft(
        canvas=change.canvas, caption=change.caption, notice=change.notice, record=change.record, seed=change.seed,
        under=change.under,
    )  # fmt: skip


def _with_references(order: PaintOrder, *, source: Given | None, given: list[Given], size: tuple[int, int]) -> _Draft:
    joined = brought_together(order.prompt, source=source, given=given, size=size, seed=order.seed)
    return _Draft(
        canvas=joined.canvas, caption=joined.caption, notice=joined.notice, record=joined.record, seed=joined.seed,
        under=joined.under,
    )  # fmt: skip
