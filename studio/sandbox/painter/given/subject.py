"""The current picture with its subject's outline, so that something else can be put behind it."""

from collections.abc import Sequence
from dataclasses import replace

from studio.sandbox.painter.edits.instructions import read_instruction
from studio.sandbox.painter.filters.matte import subject_alpha
from studio.sandbox.painter.filters.ops import as_field, as_image
from studio.sandbox.painter.filters.registry import apply_ops
from studio.sandbox.painter.finish import Given, covered, without_mark
from studio.sandbox.painter.given.footing import is_sure
from studio.sandbox.painter.records import recalled
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Canvas

_LEAST = 0.01
"""The share of a picture that a subject covers at least."""


def with_subject(source: Given, size: tuple[int, int]) -> Canvas | None:
    """The picture at working size (width, height) with the coverage of its subject; None where none stands out."""
    width, height = size
    known = recalled(source.record)
    if known.scene is not None:
        canvas = apply_ops(render(known.scene, width=width, height=height), known.ops)
        if canvas.alpha is not None and float((canvas.alpha > 0.5).mean()) > _LEAST:
            return canvas
    canvas = Canvas(picture=covered(without_mark(source), width=width, height=height))
    alpha = subject_alpha(canvas.picture)
    return replace(canvas, alpha=alpha) if is_sure(alpha) else None


def changed_first(given: Sequence[Given], changes: Sequence[tuple[int, str]], seed: bytes) -> list[Given]:
    """The pictures given, those named changed as their clause says; a changed one has no record any more."""
    changed = list(given)
    for item, clause in changes:
        canvas = Canvas(picture=as_field(without_mark(changed[item])))
        canvas = apply_ops(canvas, read_instruction(clause, None, seed).ops)
        changed[item] = Given(picture=as_image(canvas.picture), record=None)
    return changed
