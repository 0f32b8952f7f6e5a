"""A thing of a picture given put in the place of one that stands in the current picture."""

import re
from dataclasses import replace

import numpy as np

from studio.sandbox.painter.filters.objects import subject_box
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.placed import known_in
from studio.sandbox.painter.filters.registry import apply_ops
from studio.sandbox.painter.finish import covered, without_mark
from studio.sandbox.painter.given.compose import cut_out, relit, scaled, set_down
from studio.sandbox.painter.given.footing import light_of
from studio.sandbox.painter.given.job import Brought, Job
from studio.sandbox.painter.given.naming import names_of, things_named
from studio.sandbox.painter.given.subject import with_subject
from studio.sandbox.painter.reading.brief import find_subjects
from studio.sandbox.painter.records import recalled
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Canvas

_SWAP = re.compile(
    r"\b(?:replace|swap|exchange|substitute|switch)(?: out)? (?:the|my|our|this|that) ([\w -]{2,40}?)"
    r" (?:with|for|by|to)\b(?!.*\bbackground\b)"
)
_WHOLE = re.compile(r"^(?:main |whole )?(?:subject|product|object|thing|item|figure)$")
_TALLER = 1.15
"""How much taller than what was there it may be: a slim thing for a broad one."""


def gone_for(job: Job) -> str:
    """What the words want something else put in the place of: "mug"; "" for nothing."""
    found = _SWAP.search(job.wanted.own)
    return found.group(1) if found and len(job.wanted.items or job.given) == 1 else ""


def put_instead(job: Job, item: int) -> Brought | None:
    """The picture with the item where the thing named was, on its foot and at its size; None where it is not found."""
    source, gone = job.source, gone_for(job)
    if source is None or not gone:
        return None
    emptied = _without(job, gone)
    if emptied is None:
        return None
    empty, box = emptied
    cut = cut_out(job.pictures[item])
    left, top, right, bottom = box
    width = job.size[0]
    tall = min((bottom - top) * _TALLER, min(width * 0.8, (right - left) * 1.3) / cut.ratio)
    size = max(4, round(tall * cut.ratio)), max(4, round(tall))
    ready, light = scaled(cut, width=size[0], height=size[1]), light_of(empty)
    ready = relit(ready, light, seed=job.seed) if cut.standing else ready
    names = names_of(job.prompt, job.wanted.labels[item], recalled(job.given[item].record).scene)
    at = round((left + right - size[0]) / 2), round(bottom) - size[1]
    canvas = set_down(empty, ready, names, at=at, side=light.side)
    what = things_named(job.prompt, job.wanted, job.given, [item])
    return Brought(canvas, f"The picture with {what} in the place of the {gone}.")


def _without(job: Job, gone: str) -> tuple[Canvas, tuple[float, float, float, float]] | None:
    """(the current picture without the thing, the box it stood in, px)."""
    source, size = job.source, job.size
    if source is None:
        return None
    meant = {hit.name for hit in find_subjects(gone)}
    picture = covered(without_mark(source), width=size[0], height=size[1])
    known = known_in(source.record, size)
    for one in known:
        box = subject_box(one.cover)
        if box is not None and (meant & set(one.names) or gone in one.names):
            alone = Canvas(picture=picture, alpha=one.cover, shadow=one.shade, known=known)
            return replace(apply_ops(alone, (Op("remove"),)), alpha=None, stood=None), box
    told = recalled(source.record)
    if told.scene is not None and told.scene.kind == "object":
        if told.scene.subject not in meant and not _WHOLE.match(gone):
            return None
        box = _box(apply_ops(render(told.scene, width=size[0], height=size[1]), told.ops))
        bare = apply_ops(render(replace(told.scene, bare=True), width=size[0], height=size[1]), told.ops)
        return None if box is None else (replace(bare, alpha=None, shadow=None, stood=None, known=known), box)
    canvas = with_subject(source, size)
    box = None if canvas is None or told.scene is not None else _box(canvas)
    if canvas is None or box is None:
        return None
    return replace(
        apply_ops(canvas, (Op("remove"),)), alpha=np.zeros(canvas.picture.shape[:2], np.float32), stood=None
    ), box


def _box(canvas: Canvas) -> tuple[float, float, float, float] | None:
    return None if canvas.alpha is None else subject_box(canvas.alpha)
