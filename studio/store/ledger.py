"""What counts against a conversation's cap, in USD. The one place that adds up money on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from studio.errors import Billed


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt, as money. `billed` is what its error says of the bill, None where it has no error."""

    turn_id: str
    variant: int
    number: int
    running: bool
    billed: Billed | None
    hold_usd: Decimal
    cost_usd: Decimal | None

    @property
    def surely_free(self) -> bool:
        return not self.running and self.cost_usd is None and self.billed == "no"

    @property
    def counted_usd(self) -> Decimal:
        """The cost where it is known; else what was held, unless nothing can have been billed."""
        if self.cost_usd is not None:
            return self.cost_usd
        return Decimal(0) if self.surely_free else self.hold_usd


def spent_usd(*, reserves: Mapping[str, Decimal], calls: Sequence[Call]) -> Decimal:
    """Known costs, holds of running and unknown calls, and what running turns have reserved for calls still to come.

    `reserves` maps each running turn to its whole reserve. A call takes its hold out of it, so that nothing counts
    twice; one that surely was free gives its share back, because that image will be tried again.
    """
    counted = sum((call.counted_usd for call in calls), Decimal(0))
    return counted + sum((_still_reserved(turn_id, usd, calls) for turn_id, usd in reserves.items()), Decimal(0))


def _still_reserved(turn_id: str, reserve_usd: Decimal, calls: Sequence[Call]) -> Decimal:
    newest: dict[int, Call] = {}
    for call in sorted((each for each in calls if each.turn_id == turn_id), key=lambda each: each.number):
        newest[call.variant] = call
    taken = sum((call.hold_usd for call in newest.values() if not call.surely_free), Decimal(0))
    return max(reserve_usd - taken, Decimal(0))
