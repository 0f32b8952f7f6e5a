"""What becomes of the prompt being written: when its references change, when it is sent, when its turn ends."""

from collections.abc import Sequence
from dataclasses import replace

from studio.errors import InputError
from studio.image_models import MAX_REFERENCES
from studio.prompt import Draft, ReferenceImage, StructuredPrompt, numbered
from studio.turn import Turn


def as_draft(draft: Draft | str, kept: Draft) -> Draft:
    """A text alone is the kept draft with that text."""
    return replace(kept, text=draft) if isinstance(draft, str) else draft


def attached(draft: Draft, reference: ReferenceImage) -> Draft:
    """The draft with one more reference, the last in order. Raises InputError for the 15th."""
    if len(draft.references) >= MAX_REFERENCES:
        raise InputError("too_many_references")
    return replace(draft, references=numbered((*draft.references, reference)))


def detached(draft: Draft, number: int) -> Draft:
    """The draft without the reference of that number; the others move up. Raises InputError when there is none."""
    if not 1 <= number <= len(draft.references):
        raise InputError("not_found", f"There is no reference {number}.")
    kept = draft.references[: number - 1] + draft.references[number:]
    return replace(draft, references=numbered(kept))


def reordered(draft: Draft, numbers: Sequence[int]) -> Draft:
    """The draft with its references in the order of those numbers. Raises InputError when one is missing or twice."""
    if sorted(numbers) != list(range(1, len(draft.references) + 1)):
        raise InputError("bad_value", f"An order names each of the {len(draft.references)} references once.")
    return replace(draft, references=numbered(tuple(draft.references[number - 1] for number in numbers)))


def after_send(draft: Draft) -> Draft:
    """The draft with an empty box; its references stay until the turn is answered."""
    return replace(draft, text="", structured=StructuredPrompt())


def after_answer(draft: Draft, turn: Turn) -> Draft:
    """The draft without the references that were sent; pinned ones stay attached."""
    sent = {reference.image.sha256 for reference in turn.prompt.references}
    kept = tuple(each for each in draft.references if each.pinned or each.image.sha256 not in sent)
    return replace(draft, references=kept)


def after_failure(draft: Draft, turn: Turn) -> Draft:
    """The draft with the failed turn's text back in an empty box; what was typed meanwhile stays."""
    if draft.text.strip():
        return draft
    structured = turn.prompt.structured or draft.structured
    return replace(draft, text=turn.prompt.text, structured=structured)
