"""A current picture and an instruction in; the changed picture out, and what was and was not done, in sentences."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from studio.sandbox.painter.edits.afresh import is_new_picture
from studio.sandbox.painter.edits.certainty import UNSURE, certain, doubt
from studio.sandbox.painter.edits.instructions import Plan, read_instruction
from studio.sandbox.painter.edits.placed_words import owned_up
from studio.sandbox.painter.edits.truth import is_in_vain, is_seen, owned_up_unseen
from studio.sandbox.painter.filters.geometry import MOVES
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.placed import FOCUS, known_in, known_to_record
from studio.sandbox.painter.filters.registry import apply_ops
from studio.sandbox.painter.filters.strokes import STROKES
from studio.sandbox.painter.finish import Given, Under, covered, without_mark
from studio.sandbox.painter.fresh import painted_afresh
from studio.sandbox.painter.noise import dice
from studio.sandbox.painter.reading.brief import describe
from studio.sandbox.painter.records import Recalled, recalled, record_of
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Canvas, Scene
from studio.sandbox.painter.still.still_life import largest

_AGAIN = re.compile(
    r"\b(?:another (?:version|one|take|try|variant)|try again|once more|again|(?:new"
    r"|different) (?:composition|version|take)"
    r"|variations?|variants?|redo|regenerate|surprise me)\b"
)
_PLACES = ("add", "swap", "shift")
_LONGEST_QUOTE = 60
_MOST_QUOTES = 3
_NOTHING = "Nothing in it asks for a change, so the picture is as it was."


@dataclass(frozen=True, slots=True)
class Edited:
    """The changed canvas with what is said of it; the record and the scene's seed when it is a sandbox picture."""

    canvas: Canvas
    caption: str
    notice: str = ""
    record: dict[str, Any] | None = None
    seed: bytes = b""
    under: Under | None = None
    """The picture from elsewhere that was changed."""


def _short(words: str) -> str:
    """The words as a notice quotes them: whole, or their beginning up to the end of a word."""
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 1].rsplit(' ', 1)[0]}…"


def _listed(parts: Sequence[str]) -> str:
    quoted = [f"“{_short(part)}”" for part in parts[:_MOST_QUOTES]]
    more = len(parts) - len(quoted)
    if more > 0:
        return f"{', '.join(quoted)} and {more} more"
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def notice_of(plan: Plan) -> str:
    """Which words were not understood, and what was understood and could not be done; empty when all was done."""
    did = ", ".join(dict.fromkeys(plan.did))
    said = [f"Done: {did}."] if did and (plan.missed or plan.notes) else []
    if plan.missed:
        so = "" if did or plan.notes else ", so I only adjusted the light a little"
        said.append(f"I did not understand {_listed(plan.missed)}{so}.")
    said += plan.notes
    if not said and plan.changes_nothing:
        said.append(_NOTHING)
    return " ".join(dict.fromkeys(said))


def _caption(plan: Plan, scene: Scene | None) -> str:
    shown = describe(scene) if scene is not None else ""
    did = ", ".join(words for words in dict.fromkeys(plan.did) if words not in shown)
    if (plan.missed or plan.notes) and (scene is not None or not any(op.name in _PLACES for op in plan.ops)):
        did = ""  # what the notice says need not be said twice, but for what was put where
    if scene is not None:
        return f"{describe(scene)[:-1]} — {did}." if did else describe(scene)
    return f"{_upper(did)}." if did else "The picture you gave, changed."


def _again(known: Recalled, scene: Scene, *, size: tuple[int, int], seed: bytes) -> Edited:
    """A sandbox picture painted anew with another seed, its changes made to it again."""
    anew = replace(scene, seed=seed)
    canvas = apply_ops(render(anew, width=size[0], height=size[1]), known.ops)
    past = (*known.past, (scene, known.ops))
    return Edited(canvas, describe(anew), record=record_of(anew, known.ops, past), seed=seed)


def _anew(prompt: str, known: Recalled, *, size: tuple[int, int], seed: bytes) -> Edited:
    """Another picture, for words that describe a whole one; an undo brings back the one before."""
    new = painted_afresh(prompt, seed, size=size)
    past = (*known.past, (known.scene, known.ops)) if known.scene is not None else known.past
    return Edited(new.canvas, new.caption, new.notice, record=record_of(new.scene, new.ops, past), seed=seed)


def _nudges(plan: Plan, prompt: str, seed: bytes) -> tuple[Op, ...]:
    """The mild change made when nothing was understood; as asked for again, another one each time."""
    if not plan.changes_nothing or plan.notes or not plan.missed:
        return ()
    again = _AGAIN.search(prompt.lower())
    amount = float(dice(seed, "nudge").uniform(-1.1, 1.3)) if again else 1.0
    return (Op("nudge", round(amount, 3)),)


def _fitted(plan: Plan, old: Scene | None, size: tuple[int, int]) -> Plan:
    """The plan with its subject no larger than the picture has room for, and a remark where it has none left."""
    new = plan.scene
    if old is None or new is None or new.kind != "object" or new.size <= max(1.0, old.size):
        return plan
    most = round(max(1.0, largest(new, width=size[0], height=size[1])), 3)
    if old.size < most * 0.99 or new.subject != old.subject:
        return replace(plan, scene=replace(new, size=min(new.size, most)))
    full = "It fills the picture already, so it cannot be drawn any larger."
    did = tuple(words for words in plan.did if not words.endswith(" larger"))
    return replace(plan, scene=replace(new, size=old.size), did=did, notes=(*plan.notes, full))


def edited(prompt: str, source: Given, *, size: tuple[int, int], seed: bytes) -> Edited:
    """The edit of a picture at working size (width, height)."""
    known = recalled(source.record)
    if known.scene is not None and is_new_picture(prompt, known.scene, seed):
        return _anew(prompt, known, size=size, seed=seed)
    placed = known_in(source.record, size) if known.scene is None else ()
    plan = read_instruction(
        prompt, known.scene, seed, before=known.ops, past=known.past, placed=[one.names for one in placed]
    )
    plan = _fitted(plan, known.scene, size)
    if plan.scene is None:
        said, remarks = owned_up(plan.did, [one.names for one in placed])
        plan = replace(plan, did=said, notes=(*plan.notes, *remarks))
    if known.scene is not None and plan.changes_nothing and not plan.notes and _AGAIN.search(prompt.lower()):
        return _again(known, known.scene, size=size, seed=seed)
    if known.scene is None and plan.changes_nothing and _AGAIN.search(prompt.lower()):
        plan = replace(plan, missed=(), did=("the light set a little differently",), ops=_nudges(plan, prompt, seed))
    if is_in_vain(plan, known, size):
        plan = owned_up_unseen(plan)
    ops = (*plan.kept, *plan.ops, *_nudges(plan, prompt, seed))
    caption, notice = _caption(plan, plan.scene), notice_of(plan)
    if plan.scene is not None:
        canvas = apply_ops(render(plan.scene, width=size[0], height=size[1]), ops)
        record = record_of(plan.scene, ops, plan.past)
        return Edited(canvas, caption, notice, record=record, seed=plan.scene.seed)
    picture = without_mark(source)
    start = Canvas(picture=covered(picture, width=size[0], height=size[1]), known=placed)
    sure = certain(ops, start)
    if len(sure) < len(ops):
        rest = any(op.name != FOCUS for op in sure)
        caption, notice = "The picture you gave, changed." if rest else "The picture you gave, as it was.", UNSURE
    canvas = apply_ops(start, sure)
    if plan.did and len(sure) == len(ops) and not is_seen(start.picture, canvas.picture):
        caption, notice = "The picture you gave, as it was.", notice_of(owned_up_unseen(plan))
    notice = " ".join(filter(None, (notice, doubt(sure, start))))
    moved = any(op.name in MOVES or op.name in STROKES for op in ops)
    record = known_to_record(canvas.known)
    return Edited(canvas, caption, notice, record=record, under=Under(picture, in_place=not moved))
