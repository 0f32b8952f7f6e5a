"""What becomes of the prompt being written when a turn ends."""

from dataclasses import replace

from studio.prompt import Draft
from studio.turn import Turn


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
