"""The sandbox's painter: a prompt, a current picture and references in; an encoded picture out. Pure and seeded.

prompt → brief → scene → canvas → filters → file. A file carries its scene as a record, so that an edit such as "put it
on slate" repaints the same picture with one thing changed; a picture from elsewhere is edited as pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from PIL import Image

from studio.sandbox.painter.brief import describe, read_brief, without_references
from studio.sandbox.painter.filters import FILTERS, Op, apply_op, palette_transfer
from studio.sandbox.painter.finish import Given, covered, decode, finished, working_size
from studio.sandbox.painter.instructions import Plan, read_instruction
from studio.sandbox.painter.references import moodboard, placement, set_into, style_reference
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Canvas, Scene, is_colour, scene_from_record, scene_to_record

__all__ = ["PaintOrder", "Painting", "paint"]

_MOST_OPS = 64
_NOT_UNDERSTOOD = "The sandbox did not understand this edit, so it only adjusted the light a little."


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


def paint(order: PaintOrder) -> Painting:
    """Raises ValueError when a given picture cannot be decoded or the order makes no sense."""
    if len(order.seed) != 32:
        raise ValueError("the seed must be 32 bytes")
    if order.width_px < 1 or order.height_px < 1:
        raise ValueError("the picture must have pixels")
    source = None if order.source is None else decode(order.source)
    given = [decode(data) for data in order.references]
    size = working_size(order.width_px, order.height_px)
    if given:
        draft = _with_references(order, source=source, given=given, size=size)
    elif source is not None:
        draft = _edited(order, source, size=size)
    else:
        draft = _fresh(order, size=size)
    data = finished(
        draft.canvas.picture, size=(order.width_px, order.height_px), mime_type=order.mime_type,
        seed=draft.seed or order.seed, record=draft.record,
    )  # fmt: skip
    return Painting(data=data, width_px=order.width_px, height_px=order.height_px, caption=draft.caption)


def _fresh(order: PaintOrder, *, size: tuple[int, int]) -> _Draft:
    scene = read_brief(order.prompt, order.seed)
    canvas = render(scene, width=size[0], height=size[1])
    return _Draft(canvas=canvas, caption=describe(scene), record=_record(scene, ()))


def _record(scene: Scene, ops: Sequence[Op]) -> dict[str, Any] | None:
    if len(ops) > _MOST_OPS:
        return None
    return {"scene": scene_to_record(scene), "ops": [[op.name, op.amount, op.value] for op in ops]}


def _recalled(record: dict[str, Any] | None) -> tuple[Scene | None, tuple[Op, ...]]:
    """The scene and filters of a sandbox picture; (None, ()) for any other, or when the record is not one of ours."""
    if record is None or not isinstance(record.get("scene"), dict) or not isinstance(record.get("ops"), list):
        return None, ()
    scene = scene_from_record(record["scene"])
    ops = [_recalled_op(row) for row in record["ops"][: _MOST_OPS + 1]]
    if scene is None or None in ops or len(ops) > _MOST_OPS:
        return None, ()
    return scene, tuple(op for op in ops if op is not None)


def _recalled_op(row: object) -> Op | None:
    if not (isinstance(row, list) and len(row) == 3):
        return None
    name, amount, value = row
    if (
        name not in FILTERS
        or not isinstance(amount, int | float)
        or not -4 <= amount <= 4
        or not isinstance(value, str)
    ):
        return None
    known = {
        "background": is_colour(value), "recolour": is_colour(value),
        "rotate": value.lstrip("-").isdecimal() and len(value) < 5,
        "duotone": len(value.split(",")) == 2 and all(is_colour(code) for code in value.split(",")),
        "extra": value.partition(":")[0] in ("steam", "snow", "rain", "fog"), "text": 0 < len(value) <= 80,
    }  # fmt: skip
    return Op(name, float(amount), value) if known.get(name, True) else None


def _caption(plan: Plan, scene: Scene | None) -> str:
    if not plan.did:
        return _NOT_UNDERSTOOD
    did = ", ".join(dict.fromkeys(plan.did))
    if scene is not None:
        return f"{describe(scene)[:-1]} — {did}."
    return f"{did[0].upper()}{did[1:]}."


def _edited(order: PaintOrder, source: Given, *, size: tuple[int, int]) -> _Draft:
    scene, before = _recalled(source.record)
    plan = read_instruction(order.prompt, scene, order.seed)
    if scene is not None and plan.scene == scene and not plan.ops and not plan.did and _asks_again(order.prompt):
        again = replace(scene, seed=order.seed)
        canvas = render(again, width=size[0], height=size[1])
        return _Draft(canvas=canvas, caption=describe(again), record=_record(again, ()))
    ops = plan.ops or (() if plan.scene != scene else (Op("nudge"),))
    did = plan if plan.ops or plan.scene != scene else replace(plan, did=())
    if plan.scene is not None:
        canvas = render(plan.scene, width=size[0], height=size[1])
        ops = (*before, *ops)
    else:
        canvas = Canvas(picture=covered(source.picture, width=size[0], height=size[1]))
    for op in ops:
        canvas = apply_op(canvas, op)
    record = None if plan.scene is None else _record(plan.scene, ops)
    return _Draft(
        canvas=canvas, caption=_caption(did, plan.scene), record=record, seed=plan.scene.seed if plan.scene else b""
    )


def _asks_again(prompt: str) -> bool:
    low = prompt.lower()
    return any(
        words in low
        for words in (
            "another version",
            "another one",
            "try again",
            "new composition",
            "different composition",
            "variation",
        )
    )


def _with_references(order: PaintOrder, *, source: Given | None, given: list[Given], size: tuple[int, int]) -> _Draft:
    text = without_references(order.prompt)
    items = [one.picture for one in given]
    style = style_reference(text, len(items))
    if source is not None:
        start = _edited(replace(order, prompt=text), source, size=size)
        if style is not None:
            model = covered(items[style], width=256, height=256)
            canvas = palette_transfer(_plain(source, size), model)
            return _Draft(canvas=canvas, caption=f"The picture in the colours of image {style + 1}.")
        return _onto(start, text=text, items=items, seed=order.seed)
    if style is not None and len(items) > 1:
        base = next(i for i in range(len(items)) if i != style)
        model = covered(items[style], width=256, height=256)
        canvas = palette_transfer(_plain(given[base], size), model)
        return _Draft(canvas=canvas, caption=f"Image {base + 1} in the colours of image {style + 1}.")
    placed = placement(text, len(items))
    if placed is not None and placed[1] is not None:
        picture = set_into(covered(items[placed[1]], width=size[0], height=size[1]), items[placed[0]], order.seed)
        others = [item for i, item in enumerate(items) if i not in placed]
        for item in others:
            picture = set_into(picture, item, order.seed + item.tobytes()[:16])
        return _Draft(
            canvas=Canvas(picture=picture),
            caption=f"Image {placed[0] + 1} set into image {placed[1] + 1}, with a soft shadow.",
        )
    if len(items) == 1:
        plan = read_instruction(text, None, order.seed)
        if plan.ops:
            return _edited(replace(order, prompt=text), Given(picture=items[0], record=given[0].record), size=size)
    board = moodboard(items, width=size[0], height=size[1], seed=order.seed)
    count = "the reference" if len(items) == 1 else f"the {len(items)} references"
    return _Draft(canvas=Canvas(picture=board), caption=f"A board of {count} on tinted paper.")


def _plain(source: Given, size: tuple[int, int]) -> Canvas:
    return Canvas(picture=covered(source.picture, width=size[0], height=size[1]))


def _beside(start: _Draft, *, items: list[Image.Image], seed: bytes) -> _Draft:
    """The picture and every reference on one board: more than two would cover it."""
    height, width = start.canvas.picture.shape[:2]
    current = Image.fromarray((np.clip(start.canvas.picture, 0, 1) * 255).astype(np.uint8), mode="RGB")
    board = moodboard([current, *items], width=width, height=height, seed=seed)
    return _Draft(canvas=Canvas(picture=board), caption=f"A board of the picture and the {len(items)} references.")


def _onto(start: _Draft, *, text: str, items: list[Image.Image], seed: bytes) -> _Draft:
    """References set into the edited picture."""
    placed = placement(text, len(items))
    order = list(range(len(items))) if placed is None else [placed[0]]
    picture = start.canvas.picture
    if len(order) > 2:
        return _beside(start, items=items, seed=seed)
    for i in order:
        picture = set_into(picture, items[i], seed + bytes([i]), aside=True)
    names = ", ".join(str(i + 1) for i in order)
    return _Draft(
        canvas=Canvas(picture=picture), caption=f"The picture with image {names} set into it.", seed=start.seed
    )
