"""Money and sizes as text. Unknown is said, never shown as nothing."""

from datetime import datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Final

from studio.ui.words import UNKNOWN_COST, UP_TO

_CENT: Final = Decimal("0.01")
_MILL: Final = Decimal("0.001")


def usd(amount: Decimal | None) -> str:
    """A sum, to the cent: "$0.69"."""
    return UNKNOWN_COST if amount is None else f"${amount.quantize(_CENT, ROUND_HALF_UP):,}"


def usd_fine(amount: Decimal | None) -> str:
    """One call, to a tenth of a cent: "$0.138"."""
    return UNKNOWN_COST if amount is None else f"${amount.quantize(_MILL, ROUND_HALF_UP):,}"


def usd_bound(amount: Decimal) -> str:
    """An upper bound, rounded up so that it stays one: "$0.15"."""
    return f"${amount.quantize(_CENT, ROUND_CEILING):,}"


def usd_at_most(amount: Decimal | None) -> str:
    """One call that may cost less: "up to $0.003", the figure as the ledger has it."""
    return UNKNOWN_COST if amount is None else UP_TO.format(cost=usd_fine(amount))


def exact(amount: Decimal | None) -> str | None:
    """The whole figure as text, for tests and sorting."""
    return None if amount is None else format(amount.normalize() if amount else Decimal(0), "f")


def megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1_000_000:.1f} MB"


def epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
