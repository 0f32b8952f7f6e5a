"""What an answer would have cost: the simulated bill, line by line, by the catalogue's price of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from studio.image_models import MEGA, ImageModel, Price
from studio.sandbox.google_errors import JsonObject
from studio.sandbox.usage import OutputTokens, PromptTokens

FULL_PRICE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class BillLine:
    """`count` of what costs `rate_usd` for every `per` of them."""

    what: str
    count: int
    rate_usd: Decimal
    per: int

    @property
    def usd(self) -> Decimal:
        return self.count * self.rate_usd / self.per


def lines_of(
    price: Price, prompt: PromptTokens, output: OutputTokens, *, search_queries: int = 0
) -> tuple[BillLine, ...]:
    """The bill's lines, those of nothing left out. Shown text, hidden tokens and thoughts go at the text rate, pictures
    at the image rate (docs/pricing, 2026-11-22)."""
    lines = (
        BillLine("pictures", output.image, price.image_output_usd, int(MEGA)),
        BillLine("text and hidden output", output.other, price.text_output_usd, int(MEGA)),
        BillLine("thoughts", output.thoughts, price.text_output_usd, int(MEGA)),
        BillLine("prompt text and signatures", prompt.text, price.input_usd, int(MEGA)),
        BillLine("prompt pictures", prompt.image, price.input_usd, int(MEGA)),
        BillLine("search queries", search_queries, price.search_query_usd, 1),
    )
    return tuple(line for line in lines if line.count)


def usd_of(
    model: ImageModel, prompt: PromptTokens, output: OutputTokens, *, day: date, search_queries: int = 0
) -> Decimal | None:
    """USD of one answer; None where no price is known for that day."""
    price = model.price_on(day)
    return None if price is None else _total(lines_of(price, prompt, output, search_queries=search_queries))


@dataclass(frozen=True, slots=True)
class Statement:
    """A bill with where its prices are from. `unconfirmed` is one of a refusal that reported usage: by the formula,
    without a picture; whether it is charged at all nobody outside the service knows."""

    lines: tuple[BillLine, ...]
    price: Price
    factor: Decimal = FULL_PRICE
    """What everything is multiplied by: a batch is half price."""
    unconfirmed: bool = False

    @property
    def usd(self) -> Decimal:
        return _total(self.lines) * self.factor

    def as_json(self) -> JsonObject:
        """Amounts as decimal text: a float would not add up."""
        return {
            "usd": _text(self.usd),
            "unconfirmed": self.unconfirmed,
            "factor": str(self.factor),
            "source": self.price.source,
            "since": self.price.since.isoformat(),
            "lines": [
                {
                    "what": line.what,
                    "count": line.count,
                    "rate_usd": _text(line.rate_usd),
                    "per": line.per,
                    "usd": _text(line.usd),
                }
                for line in self.lines
            ],
        }


def _total(lines: Sequence[BillLine]) -> Decimal:
    return sum((line.usd for line in lines), Decimal(0))


def _text(usd: Decimal) -> str:
    """Never in exponents."""
    return f"{usd.normalize():f}"
