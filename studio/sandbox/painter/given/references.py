"""Pictures given with the prompt, brought together: set into one another, restyled, grouped, or laid out on a board."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.edits.editing import edited
from studio.sandbox.painter.edits.editing import notice_of as notice_of_edit
from studio.sandbox.painter.edits.instructions import read_instruction
from studio.sandbox.painter.filters.background import before
from studio.sandbox.painter.filters.placed import known_in, known_to_record
from studio.sandbox.painter.filters.registry import apply_ops
from studio.sandbox.painter.finish import Given, Under, covered, without_mark
from studio.sandbox.painter.given.board import Design, laid_out
from studio.sandbox.painter.given.compose import Wish, set_into
from studio.sandbox.painter.given.footing import horizon_of, standing_in
from studio.sandbox.painter.given.mentions import as_written
from studio.sandbox.painter.given.naming import names_of, share_of
from studio.sandbox.painter.given.people_words import unread_of_people
from studio.sandbox.painter.given.reference_words import MOST_PLACED, Wanted, is_unread, read_references
from studio.sandbox.painter.given.saying import listed, not_understood, there_is_no, upper
from studio.sandbox.painter.given.series import may_be_person, people_in, portrayed
from studio.sandbox.painter.given.stages import Stage, stage_of
from studio.sandbox.painter.given.style_transfer import restyled
from studio.sandbox.painter.given.subject import changed_first, with_subject
from studio.sandbox.painter.reading.brief import describe, read_brief
from studio.sandbox.painter.reading.styles import styles_asked
from studio.sandbox.painter.records import recalled
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Canvas

_MODEL_PX = 720
"""The longer side of a picture whose style is taken, at least as fine as the texture that is read from it."""

_SHORE = re.compile(r"\bon (?:the |a )?(?:\w+ )?(?:shore|beach|sand|(?:river|lake)?bank|riverside|lakeside)\b")


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of the pictures, with what is said of it."""

    canvas: Canvas
    caption: str
    notice: str = ""
    record: dict[str, Any] | None = None
    seed: bytes = b""
    """Of the grain, where the picture edited has its own."""
    under: Under | None = None
    unread: tuple[str, ...] = field(default=(), kw_only=True)
    """Words on the pictures that nothing came of."""
    fallback: bool = field(default=False, kw_only=True)
    """Laid out because nothing more was understood."""


@dataclass(frozen=True, slots=True)
class _Job:
    prompt: str
    wanted: Wanted
    source: Given | None
    given: Sequence[Given]
    pictures: Sequence[Image.Image]
    """The given ones without the sandbox's mark."""
    size: tuple[int, int]
    """(width, height) to work at."""
    seed: bytes

    def full(self, picture: Image.Image) -> Field:
        return covered(picture, width=self.size[0], height=self.size[1])

    def image(self, index: int) -> str:
        return f"image {self.wanted.labels[index].number}"


def brought_together(
    prompt: str, *, source: Given | None, given: Sequence[Given], size: tuple[int, int], seed: bytes
) -> Brought:
    """What a prompt asks of the pictures given and, where there is one, of the current picture.

    size is the working size (width, height).
    """
    wanted = read_references(prompt, len(given), seed, fresh=source is None)
    given = changed_first(given, wanted.first, seed)
    job = _Job(
        prompt=prompt, wanted=wanted, source=source, given=given, pictures=[without_mark(one) for one in given],
        size=size, seed=seed,
    )  # fmt: skip
    if source is not None:
        if wanted.edits and not _speaks_of_references(wanted):
            return _noted(job, _plain_edit(job, source))
        return _recorded(_noted(job, _with_edits(job, _onto_current(job, source))))
    return _recorded(_noted(job, _with_edits(job, _styled(job, _joined(job)))))


def _recorded(brought: Brought) -> Brought:
    """With a record of what was set in, so that a later edit knows what it is called and where it is."""
    record = known_to_record(brought.canvas.known) if brought.record is None else brought.record
    return replace(brought, record=record)


def _plain_edit(job: _Job, source: Given) -> Brought:
    """An edit of the current picture that says nothing of the references sent along."""
    one = edited(job.wanted.edits, source, size=job.size, seed=job.seed)
    return Brought(one.canvas, one.caption, one.notice, record=one.record, seed=one.seed, under=one.under)


def _speaks_of_references(wanted: Wanted) -> bool:
    return bool(wanted.items or wanted.layout or wanted.sets or wanted.people or wanted.style is not None)


def _noted(job: _Job, brought: Brought) -> Brought:
    """With what was not understood said: words, and numbers of pictures there are none of."""
    said = [brought.notice] if brought.notice else []
    missed = dict.fromkeys((*job.wanted.missed, *brought.unread))
    if missed:
        said.append(not_understood(tuple(missed), laid_out=brought.fallback))
    if job.wanted.absent:
        said.append(there_is_no(job.wanted.absent, len(job.given)))
    return replace(brought, notice=" ".join(said))


def _with_edits(job: _Job, brought: Brought) -> Brought:
    """The composed picture changed as the other clauses say."""
    if not job.wanted.edits:
        return brought
    placed = [one.names for one in brought.canvas.known]
    plan = read_instruction(job.wanted.edits, None, job.seed, placed=placed)
    did = ", ".join(dict.fromkeys(plan.did))
    caption = f"{brought.caption[:-1]} — {did}." if did else brought.caption
    return replace(
        brought, canvas=apply_ops(brought.canvas, plan.ops), caption=caption,
        notice=notice_of_edit(plan) if plan.missed or plan.notes else "", record=None, under=None,
    )  # fmt: skip


def _model(job: _Job, index: int) -> Field:
    """The picture whose style is taken, at the scale the picture it is given to is worked at."""
    picture = job.pictures[index]
    longest = max(*job.size, 64)
    factor = min(1.0, max(longest, _MODEL_PX) / max(picture.size))
    size = max(64, round(picture.width * factor)), max(64, round(picture.height * factor))
    return covered(picture, width=size[0], height=size[1])


def _in_style(job: _Job, picture: Field, style: int) -> Field:
    return restyled(
        picture, _model(job, style), amount=min(1.6, job.wanted.style_scale), palette_only=job.wanted.palette_only
    )


def _styled(job: _Job, brought: Brought) -> Brought:
    """In the style of the picture named for it, where what came is not laid out or styled already."""
    style = job.wanted.style
    if style is None or brought.fallback:
        return brought
    how = "colours" if job.wanted.palette_only else "style"
    picture = _in_style(job, brought.canvas.picture, style)
    return replace(
        brought, canvas=replace(brought.canvas, picture=picture),
        caption=f"{brought.caption[:-1]}, in the {how} of {job.image(style)}.",
    )  # fmt: skip


def _joined(job: _Job) -> Brought:
    """The pictures given brought together, no current one among them; styles come after."""
    wanted = job.wanted
    if wanted.layout and not (wanted.layout == "board" and (wanted.together or wanted.ground is not None)):
        return _board(job)
    people = wanted.people or _known_people(job)
    if wanted.together or (len(people) > 1 and wanted.stage and wanted.ground is None):
        return _people(job, people)
    if wanted.ground is not None and wanted.items:
        return _placed(job, wanted.ground, wanted.items, people)
    if len(people) == 1 and wanted.stage:
        return _people(job, people)
    if wanted.items and wanted.stage:
        return _on_stage(job, wanted.items)
    if wanted.style is not None:
        return _for_style(job, wanted.style)
    if len(job.given) == 1 and wanted.edits:
        return Brought(Canvas(picture=job.full(job.pictures[0])), f"{upper(job.image(0))}.")
    if len(people) == 1 and not wanted.edits and may_be_person(job.given[people[0]]):
        return _people(job, people)
    board = _board(job, fallback=bool(wanted.missed))
    told = as_written(wanted.own, wanted.labels)
    unread = (told,) if not wanted.layout and not wanted.missed and not wanted.absent and is_unread(told) else ()
    return replace(board, fallback=board.fallback or bool(unread), unread=unread)


def _known_people(job: _Job) -> tuple[int, ...]:
    """The items where their records say that all of them show people."""
    items = job.wanted.items
    return items if items and all(people_in(job.given[i]) for i in items) else ()


def _for_style(job: _Job, style: int) -> Brought:
    """What is to be seen in the style: a picture given, several on a board, or what the words describe."""
    others = [i for i in job.wanted.items or range(len(job.given)) if i != style]
    if len(others) == 1:
        return Brought(Canvas(picture=job.full(job.pictures[others[0]])), f"{upper(job.image(others[0]))}.")
    if others:
        return _board(job, only=others)
    if not job.wanted.scene:
        return _board(job, fallback=True)
    scene = read_brief(job.wanted.scene, job.seed)
    canvas = render(scene, width=job.size[0], height=job.size[1])
    for look in styles_asked(job.wanted.scene, lettered=bool(scene.text)):
        canvas = apply_ops(canvas, look.ops)
    return Brought(canvas, describe(scene))


def _wish(job: _Job, items: Sequence[int], k: int, ground: Given | None) -> Wish:
    place = job.wanted.places[k] if k < len(job.wanted.places) else ""
    if not place and _SHORE.search(job.prompt.lower()):
        place = "bottom"  # further up there is water
    count, item = len(items), items[k]
    names = names_of(job.prompt, job.wanted.labels[item], recalled(job.given[item].record).scene)
    wish = Wish(place=place, size=job.wanted.size, names=names)
    if ground is not None:
        wish = replace(wish, share=share_of(names, recalled(ground.record).scene))
    if count == 1:
        return wish
    # Several that stand together share the width, in their order.
    return replace(
        wish, size=job.wanted.size * 0.9 ** (count - 1), middle=0.08 + 0.84 * (k + 0.5) / count, widest=0.84 / count
    )


def _set_all(
    job: _Job, canvas: Canvas, items: Sequence[int], *, horizon: float | None = None, ground: Given | None = None
) -> Canvas:
    """The items one after another, each on ground that is still free; ground: the picture given that they stand in."""
    far = horizon_of(canvas.picture) if horizon is None else horizon
    if canvas.alpha is None:
        canvas = replace(canvas, alpha=standing_in(canvas.picture))
    for k, item in enumerate(items):
        wish = _wish(job, items, k, ground)
        canvas = set_into(canvas, job.pictures[item], wish, horizon=far, seed=job.seed + bytes([item]))
    return canvas


def _placed(job: _Job, ground: int, items: Sequence[int], people: Sequence[int] = ()) -> Brought:
    scene = job.full(job.pictures[ground])
    if people and set(items) <= set(people):
        names = listed([job.image(i) for i in items])
        return Brought(
            _before(job, scene, items),
            f"{'The people' if len(items) > 1 else 'The person'} of {names}, in {job.image(ground)}.",
        )
    if len(items) > MOST_PLACED:
        return _board(job)
    canvas = _set_all(job, Canvas(picture=scene), items, ground=job.given[ground])
    names, are = upper(listed([job.image(i) for i in items])), "their shadows" if len(items) > 1 else "its shadow"
    return Brought(canvas, f"{names} set into {job.image(ground)}, in its light and with {are}.")


def _before(job: _Job, scene: Field, people: Sequence[int]) -> Canvas:
    """People before a picture that is given (h, w, 3)."""
    return portrayed(Stage(scene, 0.6, "soft", "land"), [job.given[i] for i in people], text="", seed=job.seed)


def _on_stage(job: _Job, items: Sequence[int]) -> Brought:
    """The items in a place painted from the words."""
    if len(items) > MOST_PLACED:
        return _board(job)
    stage = stage_of(job.wanted.stage, size=job.size, seed=job.seed)
    empty = Canvas(picture=stage.picture, alpha=np.zeros(stage.picture.shape[:2], dtype=np.float32))
    canvas = _set_all(job, empty, items, horizon=stage.horizon)
    where = {"land": "outdoors", "room": "in a room", "table": "on a table", "wall": "before a wall"}[stage.kind]
    return Brought(canvas, f"{upper(listed([job.image(i) for i in items]))} {where}, in its light.")


def _people(job: _Job, people: Sequence[int]) -> Brought:
    stage = stage_of(job.wanted.stage or job.wanted.scene, size=job.size, seed=job.seed, people=True)
    canvas = portrayed(stage, [job.given[i] for i in people], text=job.wanted.scene, seed=job.seed)
    dressed = all(people_in(job.given[i]) for i in people)
    unread, note = unread_of_people(as_written(job.wanted.own, job.wanted.labels), dressed=dressed)
    if len(people) == 1:
        where = {"land": "in another place", "room": "in a room"}.get(stage.kind, "before a calm wall")
        return Brought(canvas, f"The person of {job.image(people[0])}, {where}.", note, unread=unread)
    names = listed([job.image(i) for i in people])
    return Brought(canvas, f"The people of {names}, side by side in one light.", note, unread=unread)


def _captions(job: _Job, shown: Sequence[int]) -> tuple[str, ...]:
    names = [job.wanted.labels[i].name.rsplit(".", 1)[0] or str(job.wanted.labels[i].number) for i in shown]
    if job.wanted.layout == "pair" and len(shown) == 2:
        return "Before", "After"
    return tuple(names)


def _board(job: _Job, *, only: Sequence[int] | None = None, fallback: bool = False) -> Brought:
    """The pictures on paper: all of them, or those named; behind the current picture where there is one."""
    wanted = job.wanted
    shown = list(only if only is not None else wanted.items or range(len(job.given)))
    pictures = [job.pictures[i] for i in shown]
    names = _captions(job, shown) if wanted.captions else ()
    if job.source is not None:
        pictures = [without_mark(job.source), *pictures]
        names = ("Current", *names) if names else ()
    design = Design(layout=wanted.layout or "board", columns=wanted.columns, captions=names)
    board = laid_out(pictures, width=job.size[0], height=job.size[1], seed=job.seed, design=design)
    count = "the reference" if len(shown) == 1 else f"the {len(shown)} references"
    both = "the picture and " if job.source is not None else ""
    return Brought(Canvas(picture=board), f"A board of {both}{count} on tinted paper.", fallback=fallback)


def _before_ground(job: _Job, source: Given, ground: int) -> Brought:
    """The current picture's subject before a picture given."""
    canvas = with_subject(source, job.size)
    name = job.image(ground)
    if canvas is None:
        picture = without_mark(source)
        unchanged = Canvas(picture=job.full(picture), known=known_in(source.record, job.size))
        notice = f"I could not tell a subject from its background, so I did not put {name} behind it."
        return Brought(unchanged, "The picture as it was.", notice, under=Under(picture, in_place=True))
    known, behind = recalled(source.record).scene, job.full(job.pictures[ground])
    what = "The subject" if known is None or not known.subject else f"The {known.subject}"
    return Brought(before(replace(canvas, known=()), behind), f"{what} before {name}.")


def _onto_current(job: _Job, source: Given) -> Brought:
    """References set into the current picture, or the picture in the style of one."""
    wanted = job.wanted
    canvas = Canvas(picture=job.full(without_mark(source)), known=known_in(source.record, job.size))
    if wanted.layout:
        return _board(job)
    if wanted.style is not None:
        start = Brought(canvas, "The picture.")
        if wanted.items:
            canvas = _set_all(job, canvas, wanted.items, ground=source)
            start = Brought(canvas, "The picture with a reference set into it.")
        return _styled(job, start)
    if wanted.ground is not None and not wanted.items and not wanted.people:
        return _before_ground(job, source, wanted.ground)
    items = wanted.items or wanted.people or range(len(job.given))
    if wanted.ground is not None and wanted.items:
        return _placed(job, wanted.ground, wanted.items)
    if len(items) > MOST_PLACED:
        return _board(job)
    names = listed([job.image(i) for i in items])
    people = wanted.people or _known_people(job)
    if people and set(items) <= set(people):
        return Brought(_before(job, canvas.picture, items), f"The picture with the person of {names} in it.")
    return Brought(_set_all(job, canvas, items, ground=source), f"The picture with {names} set into it.")
