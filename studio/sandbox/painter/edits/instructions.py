"""Reading an edit: "a bit warmer, and make it cobalt" as changes to the scene and to the picture, in the order said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio.sandbox.painter.edits.clauses import Clause, Degree, clauses_of, degree_of, without_politeness
from studio.sandbox.painter.edits.colour_words import read_parts
from studio.sandbox.painter.edits.drafting import Asked, Draft, Reader, State, blanked
from studio.sandbox.painter.edits.following import read_following
from studio.sandbox.painter.edits.framing import framing_of
from studio.sandbox.painter.edits.limits import CLAUSES_AT_ONCE, Measure, keep_within
from studio.sandbox.painter.edits.object_edits import read_objects
from studio.sandbox.painter.edits.outdoor_words import read_outdoors as read_country
from studio.sandbox.painter.edits.part_words import part_alone, with_their_colour
from studio.sandbox.painter.edits.person_words import read_person
from studio.sandbox.painter.edits.phrases import Effect, Wish, apart, region_of, wishes_of
from studio.sandbox.painter.edits.placed_words import focus, read_shift, with_known_nouns
from studio.sandbox.painter.edits.restaging import read_colours, read_light, read_place, read_subject
from studio.sandbox.painter.edits.sheet_words import read_sheet
from studio.sandbox.painter.edits.size_words import read_copies, read_size
from studio.sandbox.painter.edits.textedits import read_words
from studio.sandbox.painter.edits.wording import plainly, put_apart
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.lettering.textplace import MOST_PIECES, quotes
from studio.sandbox.painter.noise import dice
from studio.sandbox.painter.people.person import said_trait
from studio.sandbox.painter.reading.brief import find_colours, without_references
from studio.sandbox.painter.scene import EXTRAS, Extra, Scene

_UNDO = re.compile(
    r"^(?:please )?(?:undo|revert|roll(?:ing)? ?back|go back|step back(?! from)|take (?:that|it"
    r"|this) back|never ?mind"
    r"|scratch that)\b"
)
_RESET = re.compile(
    r"\breset\b|\bstart (?:over|again|from scratch)\b|\b(?:back to|restore|revert to|return to) (?:the )?original\b"
    r"|\b(?:undo|revert) (?:everything|all\b)|\b(?:undo|revert|remove) (?:everything you did"
    r"|(?:all )?(?:of )?(?:the |my |your )?(?:edits|effects|filters|changes))\b"
    r"|^(?:the )?original(?: picture| image| photo| version)?$"
)
_BEHIND_ONLY = re.compile(
    r"\b(?:only|just) (?:in|behind|to) the back|\bin the background (?:only|alone)\b|\bbehind (?:it|the \w+) only\b"
)
_STEPS = {"two": 2, "2": 2, "three": 3, "3": 3, "four": 4, "4": 4, "five": 5, "5": 5}
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
_FIXED = frozenset(
    ("crop", "rotate", "flip", "border", "letterbox", "straighten", "gradient", "duotone", "monochrome", "invert",
     "nudge", "zoom", "background", "blur background", "recolour", "recolour background", "text", "add",
     "swap", "remove", "landmark", "season", "focus", "shift")
)  # fmt: skip
"""Ops that are as said or not at all; the strength of every other is drawn a little anew each time one asks."""
_LEAN = 0.08
_WITH_GROUND = re.compile(
    r"\b(as an? [\w -]{3,40}?) (?:with|on|against) (an? (?:\w+ ){1,2}(?:background|backdrop))\b", re.IGNORECASE
)
"""A look and a ground in one breath, which are two wishes."""
_MASK = 0xE000
"""The first of the private characters that stand for quoted ones, one for each quotation."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the words ask: the scene as it should be (None when unknown), then filters; `did` says it in words."""

    scene: Scene | None
    ops: tuple[Op, ...]
    did: tuple[str, ...]
    missed: tuple[str, ...] = ()
    """The designer's own words of each clause that was not understood."""
    kept: tuple[Op, ...] = ()
    """The changes the picture came with that stay; the new ones follow them."""
    notes: tuple[str, ...] = ()
    """Sentences on what was understood and could not be done."""
    past: tuple[State, ...] = ()
    """What the picture was before each of the last edits, this one's start included; an undo has taken some off."""

    @property
    def changes_nothing(self) -> bool:
        return not self.ops and not self.did


def _fits(effect: Effect, op: Op) -> bool:
    if effect.extra:
        return op.name == "extra" and op.value.partition(":")[0] == effect.name
    if not effect.ops:
        return op.name == effect.name
    return any(op.name == own.name and (op.amount > 0) == (own.amount > 0) for own in effect.ops)


def _without_extra(draft: Draft, extra: str) -> bool:
    if draft.scene is None or extra not in draft.scene.extras:
        return False
    draft.restage(replace(draft.scene, extras=tuple(e for e in draft.scene.extras if e != extra)), f"no {extra}")
    return True


def _taken_away(wish: Wish, effect: Effect, draft: Draft) -> None:
    noun = re.sub(r"^(?:a|an) ", "", effect.said)
    extra_gone = effect.extra and _without_extra(draft, effect.name)
    if wish.polarity == "less":
        if extra_gone:
            draft.made((replace(op, amount=0.45) for op in wish.ops), f"less {noun}")
        elif not draft.weakens(lambda op: _fits(effect, op), 0.5, f"less {noun}"):
            _from_the_pixels(effect, noun, draft, 0.55)
    elif not (draft.takes_out(lambda op: _fits(effect, op), f"no {noun}") or extra_gone):
        _from_the_pixels(effect, noun, draft, 1.0)


def _from_the_pixels(effect: Effect, noun: str, draft: Draft, share: float) -> None:
    """What was not one of our changes is worked against where that can be done, else owned up to."""
    if effect.gone and draft.scene is None:
        draft.made((replace(op, amount=op.amount * share) for op in effect.gone), effect.gone_said)
    else:
        draft.note(f"There is no {noun} among the picture's changes to take out.")


def _grant(wish: Wish, draft: Draft, degree: Degree) -> None:
    effect = wish.effect
    if effect is not None and wish.polarity != "more":
        _taken_away(wish, effect, draft)
        return
    scene = draft.scene
    if (
        effect is not None
        and effect.extra
        and scene is not None
        and degree.scale == 1
        and effect.name not in scene.extras
    ):
        extra: Extra = next(e for e in EXTRAS if e == effect.name)
        draft.restage(replace(scene, extras=(*scene.extras, extra)), extra)
    else:
        draft.made(wish.ops, wish.said)


def read_effects(asked: Asked, draft: Draft) -> str:
    """Everything that works on the whole picture, in the order said."""
    text = asked.left
    wishes = apart([*wishes_of(text, asked.degree, seed=draft.seed), *framing_of(text, asked.degree)])
    part = part_alone(text, wishes)
    if part:
        draft.note(f"I cannot change the {part} alone; name the subject, the background or a half of the picture.")
        return ""
    for wish in wishes:
        _grant(wish, draft, asked.degree)
        if any(op.name == "tint" for op in wish.ops) and region_of(asked.text) == "subject":
            draft.note("A tint goes over the whole picture, not over one thing alone.")
        if wish.effect is not None and wish.effect.extra and _BEHIND_ONLY.search(asked.text):
            draft.note(f"I cannot keep the {wish.effect.name} to the background: it is over the whole picture.")
        text = blanked(text, wish.start, wish.end)
    return with_their_colour(text, wishes, draft, said=asked.text)


def read_undo(asked: Asked, draft: Draft) -> str:
    """Reads "undo that", "undo the last two changes", "back to the original"."""
    text = asked.left
    everything = _RESET.search(text)
    if not everything and (not _UNDO.search(text) or wishes_of(text, asked.degree, seed=draft.seed)):
        return text
    if draft.scene is None or not draft.past:
        draft.note("This picture holds no earlier change, so nothing was undone.")
        return ""
    number = re.search(r"\b(?:last|previous) (\w+)", text)
    steps = len(draft.past) if everything else min(len(draft.past), _STEPS.get(number.group(1), 1) if number else 1)
    scene, before = draft.past[-steps]
    draft.past, draft.before, draft.ops, draft.undone = draft.past[:-steps], list(before), [], True
    changes = "the last change" if steps == 1 else f"the last {_NUMBERS[steps]} changes"
    draft.restage(scene, "as it was at first" if everything else f"{changes} undone")
    return ""


READERS: tuple[Reader, ...] = (
    read_undo, read_following, read_sheet, read_words, read_person, read_parts, read_country, read_shift, read_size,
    read_copies, read_objects, read_effects, read_light, read_place, read_subject, read_colours,
)  # fmt: skip
"""One after another over each clause; a word is taken once."""


def _leaned(op: Op, rng_seed: bytes, place: int) -> Op:
    if op.name in _FIXED:
        return op
    lean = float(dice(rng_seed, f"lean{place}").uniform(-_LEAN, _LEAN))
    return replace(op, amount=round(op.amount * (1 + lean), 4))


def _read_clause(clause: Clause, draft: Draft, seed: bytes) -> bool:
    """Whether anything of it was understood."""
    heard, count, did = draft.heard, len(draft.ops), len(draft.did)
    text = with_known_nouns(clause.text, draft.placed)
    asked = Asked(words=clause.words, text=text, left=text, degree=degree_of(text))
    for read in READERS:
        asked = replace(asked, left=read(asked, draft))
    if not asked.degree.exact:
        draft.ops[count:] = [_leaned(op, seed, count + i) for i, op in enumerate(draft.ops[count:])]
    focus(clause.text, draft, ops=count, did=did)
    return draft.heard > heard


def _clauses(prompt: str) -> list[Clause]:
    """What stands in quotes is masked while the prompt is parted, so that a comma in it parts nothing."""
    plain = _WITH_GROUND.sub(r"\1, \2", without_references(prompt))
    found = quotes(plain)
    for i, quote in reversed(list(enumerate(found))):
        inside = chr(_MASK + i) * (quote.end - quote.start - 2)
        plain = f"{plain[: quote.start + 1]}{inside}{plain[quote.end - 1 :]}"
    masks = re.compile(f"[{chr(_MASK)}-{chr(_MASK + MOST_PIECES)}]+")
    return [
        replace(
            clause,
            words=masks.sub(lambda hit: found[ord(hit.group()[0]) - _MASK].text, clause.words),
            text=without_politeness(plainly(masks.sub(" ", clause.text))),
        )
        for clause in clauses_of(put_apart(plain))
    ]


def _carried(clause: Clause, last: Clause | None) -> Clause:
    """Carries "remove the fog" on to "and the grain": what takes away the one takes away the other."""
    if last is None or clause.joint not in ("and", "or", ",", ", and", "&") or re.search(r"\w{3,}er\b", clause.text):
        return clause
    if re.search(r"\bhair\b", last.text) and re.fullmatch(r"(?:[a-z-]+ )?[a-z-]+", clause.text):
        styled = f"{clause.text} hair"
        if said_trait("hair", styled) or said_trait("hair_colour", styled):
            return replace(clause, text=styled)
    painted = re.match(r"(?:please |now )?(make|turn|paint)\b", last.text)
    if painted is not None and re.match(r"(?:the|its|his|her)\b", clause.text) and find_colours(clause.text):
        return replace(clause, text=f"{painted.group(1)} {clause.text}")
    verb = re.match(
        r"(?:please )?(no|remove|without(?: any)?|get rid of|take (?:away|out)|less|reduce|delete)\b", last.text
    )
    if verb is None or not re.match(r"(?:the|any|its|this|that)\b", clause.text):
        return clause
    return replace(clause, text=f"{verb.group(1)} {clause.text}")


def read_instruction(
    prompt: str, scene: Scene | None, seed: bytes, *, before: Sequence[Op] = (), past: Sequence[State] = (),
    placed: Sequence[tuple[str, ...]] = (),
) -> Plan:  # fmt: skip
    """The plan of a prompt about a picture. `before`: the changes it came with; `past`: what it was before each;
    `placed`: the names of each thing known to have been set into it.
    """
    draft = Draft(scene=scene, before=list(before), past=list(past), seed=seed[:4].hex(), placed=tuple(placed))
    missed: list[str] = []
    last: Clause | None = None
    clauses = _clauses(prompt)
    for clause in clauses[:CLAUSES_AT_ONCE]:
        last, measure = _carried(clause, last), Measure(draft)
        if not _read_clause(last, draft, seed):
            missed.append(clause.name)
        keep_within(draft, measure)
    if len(clauses) > CLAUSES_AT_ONCE:
        draft.note(f"I read the first {CLAUSES_AT_ONCE} wishes of one message; ask for the rest in the next.")
    ops = draft.ops
    if scene is not None and draft.scene is not None and draft.scene.light != scene.light and not draft.undone:
        # The light has been set anew; "warmer, like late afternoon" is not to be warmed twice over.
        ops = [replace(op, amount=op.amount * 0.3) if op.name in ("warmth", "exposure") else op for op in ops]
    same = draft.scene == scene and not ops and draft.before == list(before)
    states = draft.past if draft.undone or scene is None or same else [*draft.past, (scene, tuple(before))]
    return Plan(
        scene=draft.scene, ops=tuple(ops), did=tuple(draft.did), missed=tuple(filter(None, missed)),
        kept=tuple(draft.before), notes=tuple(draft.notes), past=tuple(states),
    )  # fmt: skip
