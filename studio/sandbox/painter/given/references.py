"""Pictures given with the prompt, brought together: set into one another, restyled, grouped, or laid out on a board."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.edits.editing import edited
from studio.sandbox.painter.edits.editing import notice_of as notice_of_edit
from studio.sandbox.painter.edits.instructions import read_instruction
from studio.sandbox.painter.filters.background import before
from studio.sandbox.painter.filters.geometry import MOVES
from studio.sandbox.painter.filters.placed import known_in, known_to_record
from studio.sandbox.painter.filters.registry import apply_ops
from studio.sandbox.painter.filters.strokes import STROKES
from studio.sandbox.painter.finish import Given, Under, covered, without_mark, without_marks
from studio.sandbox.painter.given.footing import horizon_of, standing_in
from studio.sandbox.painter.given.instead import gone_for, put_instead
from studio.sandbox.painter.given.job import Brought, Job
from studio.sandbox.painter.given.laying import board_of
from studio.sandbox.painter.given.mentions import as_written
from studio.sandbox.painter.given.naming import names_another, things_named, where_in
from studio.sandbox.painter.given.people_words import unread_of_people
from studio.sandbox.painter.given.reference_words import MOST_PLACED, Wanted, is_unread, read_references
from studio.sandbox.painter.given.saying import listed, not_understood, only_so_many, there_is_no, upper
from studio.sandbox.painter.given.series import may_be_person, people_in, portrayed
from studio.sandbox.painter.given.setting_in import set_all
from studio.sandbox.painter.given.stages import Stage, stage_of
from studio.sandbox.painter.given.style_transfer import restyled
from studio.sandbox.painter.given.subject import changed_first, with_subject
from studio.sandbox.painter.reading.brief import describe, read_brief
from studio.sandbox.painter.reading.styles import styles_asked
from studio.sandbox.painter.records import recalled
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Canvas

_PRODUCT = 1.35
"""How much larger than in a scene a thing is on a photographer's backdrop."""
_MODEL_PX = 720
"""The longer side of a picture whose style is taken, at least as fine as the texture that is read from it."""


def brought_together(
    prompt: str, *, source: Given | None, given: Sequence[Given], size: tuple[int, int], seed: bytes
) -> Brought:
    """What a prompt asks of the pictures given and, where there is one, of the current picture.

    size is the working size (width, height).
    """
    wanted = read_references(prompt, len(given), seed, fresh=source is None)
    given = changed_first(given, wanted.first, seed)
    job = Job(
        prompt=prompt, wanted=wanted, source=source, given=given, pictures=without_marks(given), size=size, seed=seed,
    )  # fmt: skip
    if wanted.early and (_known_people(job) or len(wanted.items) > MOST_PLACED):
        edits = ", then ".join(filter(None, (wanted.early, wanted.edits)))
        wanted = replace(wanted, early="", edits=edits)
        job = replace(job, wanted=wanted)
    if source is not None:
        if wanted.edits and not _speaks_of_references(wanted):
            beside = names_another(prompt, source) and len(given) <= MOST_PLACED
            return _recorded(_noted(job, (_edited_with if beside else _plain_edit)(job, source)))
        return _recorded(_noted(job, _with_edits(job, _onto_current(job, source))))
    return _recorded(_noted(job, _with_edits(job, _styled(job, _joined(job)))))


def _recorded(brought: Brought) -> Brought:
    """With a record of what was set in, so that a later edit knows what it is called and where it is."""
    record = known_to_record(brought.canvas.known) if brought.record is None else brought.record
    return replace(brought, record=record)


def _plain_edit(job: Job, source: Given) -> Brought:
    """An edit of the current picture that says nothing of the references sent along."""
    one = edited(job.wanted.edits, source, size=job.size, seed=job.seed)
    return Brought(one.canvas, one.caption, one.notice, record=one.record, seed=one.seed, under=one.under)


def _edited_with(job: Job, source: Given) -> Brought:
    """An edit of the current picture that names a thing it does not show: what is given is set into it after."""
    one, items = edited(job.wanted.edits, source, size=job.size, seed=job.seed), range(len(job.given))
    canvas = set_all(job, replace(one.canvas, known=()), items, ground=source)
    names = things_named(job.prompt, job.wanted, job.given, items)
    return Brought(canvas, f"{one.caption[:-1]}, with {names} set into it.", one.notice)


def _speaks_of_references(wanted: Wanted) -> bool:
    return bool(wanted.items or wanted.layout or wanted.sets or wanted.people or wanted.style is not None)


def _noted(job: Job, brought: Brought) -> Brought:
    """With what was not understood said: words, and numbers of pictures there are none of."""
    said = [words for words in (brought.notice, brought.canvas.remark) if words]
    missed = dict.fromkeys((*job.wanted.missed, *brought.unread))
    if missed:
        said.append(not_understood(tuple(missed), laid_out=brought.fallback))
    if job.wanted.more.too_many:
        said.append(only_so_many(job.wanted.more.copies))
    if job.wanted.absent:
        said.append(there_is_no(job.wanted.absent, len(job.given)))
    return replace(brought, notice=" ".join(said))


def _with_edits(job: Job, brought: Brought) -> Brought:
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


def _model(job: Job, index: int) -> Field:
    """The picture whose style is taken, at the scale the picture it is given to is worked at."""
    picture = job.pictures[index]
    longest = max(*job.size, 64)
    factor = min(1.0, max(longest, _MODEL_PX) / max(picture.size))
    size = max(64, round(picture.width * factor)), max(64, round(picture.height * factor))
    return covered(picture, width=size[0], height=size[1])


def _in_style(job: Job, picture: Field, style: int) -> Field:
    return restyled(
        picture, _model(job, style), amount=min(1.6, job.wanted.style_scale), palette_only=job.wanted.palette_only
    )


def _styled(job: Job, brought: Brought) -> Brought:
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


def _joined(job: Job) -> Brought:
    """The pictures given brought together, no current one among them; styles come after."""
    wanted = job.wanted
    if wanted.layout and not (wanted.layout == "board" and (wanted.together or wanted.ground is not None)):
        return board_of(job)
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
    alone = {item for item, _ in wanted.first} or ({0} if len(job.given) == 1 and wanted.edits else set())
    if len(alone) == 1 and not wanted.items:
        one = min(alone)
        return Brought(Canvas(picture=job.full(job.pictures[one])), f"{upper(job.image(one))}.")
    if len(people) == 1 and not wanted.edits and may_be_person(job.given[people[0]]):
        return _people(job, people)
    board = board_of(job, fallback=bool(wanted.missed))
    told = as_written(wanted.own, wanted.labels)
    unread = (told,) if not wanted.layout and not wanted.missed and not wanted.absent and is_unread(told) else ()
    return replace(board, fallback=board.fallback or bool(unread), unread=unread)


def _known_people(job: Job) -> tuple[int, ...]:
    """The items where their records say that all of them show people."""
    items = job.wanted.items
    return items if items and all(people_in(job.given[i]) for i in items) else ()


def _for_style(job: Job, style: int) -> Brought:
    """What is to be seen in the style: a picture given, several on a board, or what the words describe."""
    others = [i for i in job.wanted.items or range(len(job.given)) if i != style]
    if len(others) == 1:
        return Brought(Canvas(picture=job.full(job.pictures[others[0]])), f"{upper(job.image(others[0]))}.")
    if others:
        return board_of(job, only=others)
    if not job.wanted.scene:
        return board_of(job, fallback=True)
    scene = read_brief(job.wanted.scene, job.seed)
    canvas = render(scene, width=job.size[0], height=job.size[1])
    for look in styles_asked(job.wanted.scene, lettered=bool(scene.text)):
        canvas = apply_ops(canvas, look.ops)
    return Brought(canvas, describe(scene))


def _placed(job: Job, ground: int, items: Sequence[int], people: Sequence[int] = ()) -> Brought:
    scene = job.full(job.pictures[ground])
    if people and set(items) <= set(people):
        names = listed([job.image(i) for i in items])
        return Brought(
            _before(job, scene, items),
            f"{'The people' if len(items) > 1 else 'The person'} of {names}, in {job.image(ground)}.",
        )
    canvas = set_all(job, Canvas(picture=scene), items, ground=job.given[ground])
    names = upper(things_named(job.prompt, job.wanted, job.given, items))
    are = "their shadows" if len(items) * job.wanted.more.copies > 1 else "its shadow"
    where = where_in(job.prompt, job.wanted)
    return Brought(canvas, f"{names} set into {job.image(ground)}{where}, in its light and with {are}.")


def _before(job: Job, scene: Field, people: Sequence[int]) -> Canvas:
    """People before a picture that is given (h, w, 3)."""
    return portrayed(Stage(scene, 0.6, "soft", "land"), [job.given[i] for i in people], text="", seed=job.seed)


def _on_stage(job: Job, items: Sequence[int]) -> Brought:
    """The items in a place painted from the words."""
    stage = stage_of(job.wanted.stage, size=job.size, seed=job.seed)
    empty = Canvas(picture=stage.picture, alpha=np.zeros(stage.picture.shape[:2], dtype=np.float32))
    if stage.kind == "studio":
        job = replace(job, wanted=replace(job.wanted, size=job.wanted.size * _PRODUCT))
    canvas = set_all(job, empty, items, horizon=stage.horizon)
    where = {
        "land": "outdoors", "room": "in a room", "table": "on a table", "wall": "before a wall",
        "studio": "on a seamless backdrop",
    }[stage.kind]  # fmt: skip
    return Brought(canvas, f"{upper(listed([job.image(i) for i in items]))} {where}, in its light.")


def _people(job: Job, people: Sequence[int]) -> Brought:
    stage = stage_of(job.wanted.stage or job.wanted.scene, size=job.size, seed=job.seed, people=True)
    canvas = portrayed(stage, [job.given[i] for i in people], text=job.wanted.scene, seed=job.seed)
    dressed = all(people_in(job.given[i]) for i in people)
    unread, note = unread_of_people(as_written(job.wanted.own, job.wanted.labels), dressed=dressed)
    if len(people) == 1:
        where = {"land": "in another place", "room": "in a room"}.get(stage.kind, "before a calm wall")
        return Brought(canvas, f"The person of {job.image(people[0])}, {where}.", note, unread=unread)
    names = listed([job.image(i) for i in people])
    return Brought(canvas, f"The people of {names}, side by side in one light.", note, unread=unread)


def _before_ground(job: Job, source: Given, ground: int) -> Brought:
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


def _onto_current(job: Job, source: Given) -> Brought:
    """References set into the current picture, or the picture in the style of one."""
    wanted = job.wanted
    canvas = Canvas(picture=job.full(without_mark(source)), known=known_in(source.record, job.size))
    if wanted.layout:
        return board_of(job)
    if wanted.style is not None:
        start = Brought(canvas, "The picture.")
        if wanted.items:
            canvas = set_all(job, canvas, wanted.items, ground=source)
            start = Brought(canvas, "The picture with a reference set into it.")
        return _styled(job, start)
    if wanted.ground is not None and not wanted.items and not wanted.people:
        return _before_ground(job, source, wanted.ground)
    items = wanted.items or wanted.people or range(len(job.given))
    if wanted.ground is not None and wanted.items:
        return _placed(job, wanted.ground, wanted.items)
    if len(items) > MOST_PLACED:
        return board_of(job)
    people = wanted.people or _known_people(job)
    if people and set(items) <= set(people):
        return _in_company(job, source, items)
    if gone_for(job):
        done = put_instead(job, items[0])
        if done is not None:
            return done
    return _set_onto(job, canvas, items, source)


def _in_company(job: Job, source: Given, people: Sequence[int]) -> Brought:
    """People in the current picture: beside those its record knows, else before it, on the side that is said."""
    place, size = next(iter(job.wanted.places), ""), job.size
    side, given = ("left" if "left" in place else "right" if "right" in place else ""), [job.given[i] for i in people]
    person = f"the person of {listed([job.image(i) for i in people])}"
    told = recalled(source.record)
    if told.scene is not None and people_in(source):
        empty = apply_ops(render(replace(told.scene, bare=True), width=size[0], height=size[1]), told.ops).picture
        everyone = [*given, source] if side == "left" else [source, *given]
        canvas = portrayed(Stage(empty, 0.6, told.scene.light, "wall"), everyone, text="", seed=job.seed)
        return Brought(canvas, f"The picture with {person} beside who was there, on the {side or 'right'}.")
    across = {"left": (0.0, 0.56), "right": (0.44, 1.0)}.get(side, (0.0, 1.0))
    stage = Stage(job.full(without_mark(source)), 0.6, "soft", "land")
    canvas = portrayed(stage, given, text="", seed=job.seed, across=across)
    return Brought(canvas, f"The picture with {person} in it{f', on the {side}' if side else ''}.")


def _set_onto(job: Job, canvas: Canvas, items: Sequence[int], source: Given) -> Brought:
    """The items in the current picture; a change asked for before that is made to the picture alone."""
    far, names = horizon_of(canvas.picture), things_named(job.prompt, job.wanted, job.given, items)
    where = where_in(job.prompt, job.wanted)
    if not job.wanted.early:
        canvas = set_all(job, canvas, items, horizon=far, ground=source)
        return Brought(canvas, f"The picture with {names} set into it{where}.")
    plan = read_instruction(job.wanted.early, None, job.seed, placed=[one.names for one in canvas.known])
    # What stands where is told from the picture as it was: without its colours that is harder to see.
    taken = standing_in(canvas.picture)
    changed = apply_ops(canvas, plan.ops)
    same = not any(op.name in MOVES or op.name in STROKES for op in plan.ops)
    canvas = replace(changed, alpha=taken) if same else replace(changed, alpha=None)
    done = set_all(job, canvas, items, horizon=far if same else None, ground=source)
    did = ", ".join(dict.fromkeys(plan.did))
    notice = notice_of_edit(plan) if plan.missed or plan.notes else ""
    return Brought(done, f"The picture, {did}, with {names} set into it{where}.", notice)
