"""Why some images of a finished turn did not arrive, and what the ledger says of their bill. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from studio.branch import Tree
from studio.errors import REMEDIES, sentence_of
from studio.turn import Attempt, Turn
from studio.ui import words
from studio.ui.money import usd_at_most, usd_fine

_SPEAKS_OF_THE_BILL: Final = ("billed", "charged")


def missing_sentence(tree: Tree, turn: Turn) -> str:
    """The words "1 of 3 images did not arrive: …": each reason once, in order of the images, then the bill."""
    attempts, missing = tree.attempts_of(turn.id), _missing(tree, turn)
    if not missing:
        return words.NOTES["some_images_failed"]
    reasons = dict.fromkeys(_reason(attempts, variant) for variant in missing)
    bill = _bill([attempt for attempt in attempts if attempt.variant in missing], said=" ".join(reasons))
    asked = turn.prompt.settings.variants
    return " ".join([words.MISSING.format(missing=len(missing), asked=asked), *reasons, *bill])


def missing_lines(tree: Tree, turn: Turn) -> tuple[str, ...]:
    """A line for each image that did not arrive: which one, why, and its own bill."""
    lines: list[str] = []
    for variant in _missing(tree, turn):
        tries = [attempt for attempt in tree.attempts_of(turn.id) if attempt.variant == variant]
        reason = _reason(tries, variant)
        lines.append(" ".join([f"Image {variant}: {reason}", *_bill(tries, said=reason)]))
    return tuple(lines)


def _missing(tree: Tree, turn: Turn) -> list[int]:
    pictured = {version.attempt_id for version in tree.versions_of(turn.id)}
    arrived = {attempt.variant for attempt in tree.attempts_of(turn.id) if attempt.id in pictured}
    return [variant for variant in range(1, turn.prompt.settings.variants + 1) if variant not in arrived]


def _reason(attempts: Sequence[Attempt], variant: int) -> str:
    """How the last try at an image ended; one that was never tried was stopped before its turn came."""
    tries = [attempt for attempt in attempts if attempt.variant == variant]
    if not tries:
        return REMEDIES["cancelled"].happened
    last = max(tries, key=lambda attempt: attempt.number)
    if last.error is not None:
        return sentence_of(last.error)
    return (last.response.reason if last.response else "") or words.STATUS["failed"]


def _bill(attempts: Sequence[Attempt], *, said: str) -> tuple[str, ...]:
    """What the calls without a picture cost, unless a reason has said it; a cost that is known is always said."""
    costs = [_cost(attempt) for attempt in attempts]
    known = sum((cost for cost in costs if cost is not None), Decimal(0))
    in_words = usd_fine if all(attempt.cost_confirmed for attempt in attempts) else usd_at_most
    cost = (words.STILL_COST.format(cost=in_words(known)),) if known else ()
    if any(part in said for part in _SPEAKS_OF_THE_BILL):
        return cost
    return (*cost, words.BILLED["unknown"]) if None in costs else cost or (words.BILLED["no"],)


def _cost(attempt: Attempt) -> Decimal | None:
    """As the ledger has it: what is surely not billed costs nothing."""
    if attempt.error is not None and attempt.error.billed == "no":
        return Decimal(0)
    return attempt.cost_usd
