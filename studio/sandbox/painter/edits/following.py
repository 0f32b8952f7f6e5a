"""Reading what speaks of the change before it: "a bit more", "less of that", "do that again", "sepia, stronger"."""

import re
from dataclasses import replace

from studio.sandbox.painter.edits.drafting import Asked, Draft
from studio.sandbox.painter.filters.light import moods
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.vocabulary import vocabulary

_HOW = (
    r"(?:(?:just |only )?(?:a (?:little |tiny )?bit|a little|a touch|slightly|somewhat|even|much|far|way|a lot|some) )?"
)
_OF_IT = r"(?: (?:of )?(?:that|it|this|the (?:effect|same|filter)))?"
_MORE = re.compile(
    rf"(?:make (?:it|that) |go |push (?:it|that) |turn (?:it|that) )?{_HOW}"
    rf"(?:more|stronger|further|harder|up|heavier|again more){_OF_IT}(?: intense)?"
    r"|not (?:strong |much )?enough|intensify (?:it|that)|stronger effect"
)
_LESS = re.compile(
    rf"(?:make (?:it|that) |go |turn (?:it|that) |tone (?:it|that) |dial (?:it|that) )?"
    rf"{_HOW}(?:less|weaker|milder|subtler|gentler|lighter|down|back|softer effect){_OF_IT}"
    r"|(?:that'?s |it'?s |that is |it is )?(?:a bit |way |far |much )?too (?:much|strong|heavy|intense)"
    r"|(?:more )?subtle|half of that"
)
_REPEAT = re.compile(
    r"(?:do|apply|use) (?:that|it|this|the same)(?: (?:filter|effect|change))? (?:again|once more|twice|one more time)"
    r"|(?:the )?same (?:again|once more)|repeat (?:that|it|the last (?:change|step))|once more of that"
)
_STRONGEST = 4.0


def _last(draft: Draft) -> tuple[list[Op], int]:
    """The changes the words speak of, and from where in `draft.before` they begin; -1 when they are the new ones."""
    if draft.ops:
        return draft.ops, -1
    earlier = draft.past[-1][1] if draft.past else tuple(draft.before)
    # An earlier "less of that" changed a change in its place.
    pairs = enumerate(zip(draft.before, earlier, strict=False))
    since = next((i for i, (now, then) in pairs if now != then), min(len(earlier), len(draft.before)))
    return draft.before[since:], since


def _scaled(ops: list[Op], by: float) -> list[Op]:
    return [replace(op, amount=round(max(-_STRONGEST, min(_STRONGEST, op.amount * by)), 4)) for op in ops]


def _relit(draft: Draft, *, more: bool) -> bool:
    """Of a light that was set in the scene: the picture relit towards it once more, or half-way back."""
    if draft.scene is None or not draft.past or draft.past[-1][0].light == draft.scene.light:
        return False
    light = draft.scene.light if more else draft.past[-1][0].light
    mood = light if light in moods() else vocabulary().lights[light].like
    draft.op(
        Op("relight", 0.5, mood if mood in moods() else "soft"), "more of that light" if more else "less of that light"
    )
    return True


def read_following(asked: Asked, draft: Draft) -> str:
    """Strengthens, weakens or repeats the last change; says so where the picture does not know of one."""
    text = asked.left.strip(" .!?,")
    more, less, again = (pattern.fullmatch(text) for pattern in (_MORE, _LESS, _REPEAT))
    if not (more or less or again):
        return asked.left
    ops, since = _last(draft)
    if not ops:
        if not _relit(draft, more=not less):
            draft.note("Nothing in the last change can be made more or less; name what you mean.")
        return ""
    if again:
        draft.made(list(ops), "the same once more")
        return ""
    step = min(1.0, asked.degree.scale)
    by = 1 + 0.6 * asked.degree.scale if more else 1 - 0.5 * step
    if since < 0:
        draft.ops = _scaled(ops, by)
    else:
        draft.before[since:] = _scaled(ops, by)
    draft.made((), "more of that" if more else "less of that")
    return ""
