"""How much one turn takes: what goes beyond it is left out, and said, so that no message can keep the painter busy."""

from collections.abc import Iterable

from studio.sandbox.painter.edits.drafting import Draft
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.whereabouts import placing_from

CLAUSES_AT_ONCE = 64
THINGS_AT_ONCE = 8
CHANGES_AT_ONCE = 24
_TOO_MANY_THINGS = f"I add up to {THINGS_AT_ONCE} things in one turn; ask for the others in the next."
_TOO_MANY_CHANGES = f"I make up to {CHANGES_AT_ONCE} changes in one turn; ask for the others in the next."


def _things(ops: Iterable[Op]) -> int:
    """How many things the ops set into a picture."""
    placings = [placing_from(op.value) for op in ops if op.name == "add"]
    return sum(placing.count for placing in placings if placing is not None) + sum(op.name == "landmark" for op in ops)


class Measure:
    """A draft as it was before a clause was read."""

    def __init__(self, draft: Draft) -> None:
        self.ops = tuple(draft.ops)
        self.before = tuple(draft.before)
        self.did = tuple(draft.did)


def _restored(draft: Draft, measure: Measure) -> None:
    draft.ops, draft.before, draft.did = list(measure.ops), list(measure.before), list(measure.did)


def keep_within(draft: Draft, measure: Measure) -> None:
    """Takes the clause just read back where it asks for more than one turn gives, and says so."""
    added = len(draft.ops) > len(measure.ops)
    if added and _things(draft.ops) > max(THINGS_AT_ONCE, _things(measure.ops)):
        _restored(draft, measure)
        draft.note(_TOO_MANY_THINGS)
    elif added and len(draft.ops) > CHANGES_AT_ONCE:
        _restored(draft, measure)
        draft.note(_TOO_MANY_CHANGES)
