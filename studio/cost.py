"""Tokens × dated prices → USD, exact: an estimate before a call, the actual after it, and the budget between.

Unknown is None and is shown as unknown, never as $0.00. The formula (ai.google.dev/gemini-api/docs/pricing and
genai-prices 0.2.3, read 2026-11-22): IMAGE detail × image rate + (candidates − IMAGE + thoughts) × text rate + prompt ×
input rate + search queries × query rate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from studio.branch import Tree
from studio.image_models import CATALOGUE, MEGA, ImageModel, Price, TokenPrior
from studio.prompt import ImageSettings
from studio.usage import Usage


@dataclass(frozen=True, slots=True)
class Cost:
    """One answer's cost in USD, by what it was spent on."""

    image_usd: Decimal
    text_usd: Decimal
    input_usd: Decimal
    search_usd: Decimal

    @property
    def total_usd(self) -> Decimal:
        return self.image_usd + self.text_usd + self.input_usd + self.search_usd


@dataclass(frozen=True, slots=True)
class CostLine:
    """A part of one answer's cost: `count` tokens of a modality, or search queries, and what they cost in USD."""

    label: str
    count: int
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the next turn will cost, in USD: the likely figure, a 95 % bound, and the 99 % figure that is reserved."""

    likely_usd: Decimal
    usually_under_usd: Decimal
    reserve_usd: Decimal


@dataclass(frozen=True, slots=True)
class Budget:
    """A conversation's cap in USD and what already counts against it, calls in flight included."""

    cap_usd: Decimal
    spent_usd: Decimal
    reserved_usd: Decimal = Decimal(0)

    @property
    def left_usd(self) -> Decimal:
        return self.cap_usd - self.spent_usd - self.reserved_usd

    def allows(self, needed_usd: Decimal) -> bool:
        return needed_usd <= self.left_usd


@dataclass(frozen=True, slots=True)
class Spent:
    """What a conversation's calls have cost, in USD of one kind of money. A call whose cost is unknown adds nothing to
    `known_usd` and one to `unknown_calls`."""

    known_usd: Decimal
    unknown_calls: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class Alternative:
    """What one image costs elsewhere, in USD; `high_usd` equals `low_usd` where one figure was published."""

    name: str
    low_usd: Decimal
    high_usd: Decimal
    about: bool = False
    note: str = ""


ELSEWHERE_YEAR: Final = 2025
"""The comparison figures are a developer guide's of that year; it says no month, and nobody should take them for
today's."""

ELSEWHERE: Final = (
    Alternative(name="DALL·E 3", low_usd=Decimal("0.04"), high_usd=Decimal("0.08")),
    Alternative(name="Midjourney", low_usd=Decimal("0.06"), high_usd=Decimal("0.06"), about=True),
    Alternative(name="Imagen 4", low_usd=Decimal("0.06"), high_usd=Decimal("0.06"), note="retired"),
    Alternative(name="Flux Pro", low_usd=Decimal("0.05"), high_usd=Decimal("0.10")),
)

_SEARCH_QUERIES: Final = TokenPrior(likely=1, usually_under=2, at_most=4)
_PROMPT_MARGIN: Final = Decimal("0.10")
"""How far a prompt's tokens are forecast too low at most: text and replayed signatures are counted by rule of thumb."""


def cost_of(*, usage: Usage, model: ImageModel, day: date, images: int) -> Cost | None:
    """The cost of one answer at the price of its day; None when the price, or the image tokens, are not known.

    An answer without a picture is priced without one, whatever its usage says: blocked pictures are not charged.
    """
    price = model.price_on(day)
    if price is None or (images and not usage.image_output_tokens):
        return None
    return Cost(
        image_usd=(usage.image_output_tokens if images else 0) * price.image_output_usd / MEGA,
        text_usd=usage.text_output_tokens * price.text_output_usd / MEGA,
        input_usd=usage.prompt_tokens * price.input_usd / MEGA,
        search_usd=usage.search_queries * price.search_query_usd,
    )


def lines_of(*, usage: Usage, model: ImageModel, day: date, images: int) -> tuple[CostLine, ...]:
    """The cost of one answer by modality, as the usage reports it; nothing where the cost is unknown. The lines add up
    to `cost_of`, and one that counts nothing is left out."""
    price = model.price_on(day)
    if price is None or cost_of(usage=usage, model=model, day=day, images=images) is None:
        return ()
    text_out = usage.text_output_tokens - usage.thoughts_tokens
    text_in, image_in = (usage.prompt_details.get(name, 0) for name in ("TEXT", "IMAGE"))
    counted = (
        ("Image out", usage.image_output_tokens if images else 0, price.image_output_usd / MEGA),
        ("Text out", text_out, price.text_output_usd / MEGA),
        ("Thoughts out", usage.thoughts_tokens, price.text_output_usd / MEGA),
        ("Text in, with history", text_in, price.input_usd / MEGA),
        ("Pictures in, with history", image_in, price.input_usd / MEGA),
        ("Prompt in", usage.prompt_tokens - text_in - image_in, price.input_usd / MEGA),
        ("Search queries", usage.search_queries, price.search_query_usd),
    )
    return tuple(CostLine(label=label, count=count, usd=count * rate) for label, count, rate in counted if count)


def estimate(*, model: ImageModel, settings: ImageSettings, prompt_tokens: int, day: date) -> Estimate | None:
    """What a turn will cost, before it is sent. None when the model has no price for the day."""
    price = model.price_on(day)
    if price is None:
        return None
    prompt_usd = prompt_tokens * price.input_usd / MEGA
    margin_usd = prompt_usd * _PROMPT_MARGIN
    thoughts = model.thought_tokens.get(settings.thinking_level, model.thought_tokens[None])
    text_rate = price.text_output_usd / MEGA
    image_usd = image_price(model=model, size=settings.image_size, price=price)
    likely = image_usd + prompt_usd + (model.hidden_tokens.likely + thoughts.likely) * text_rate
    under = image_usd + prompt_usd + (model.hidden_tokens.usually_under + thoughts.usually_under) * text_rate
    most = under + margin_usd + (model.hidden_tokens.at_most + thoughts.at_most) * text_rate
    if settings.search:
        likely += _SEARCH_QUERIES.likely * price.search_query_usd
        under += _SEARCH_QUERIES.usually_under * price.search_query_usd
        most += _SEARCH_QUERIES.at_most * price.search_query_usd
    count = settings.variants
    # Independent answers do not all run long together: their spread grows with the root of their number. The prompt is
    # the same for all of them, so what was misjudged of it counts every time.
    return Estimate(
        likely_usd=likely * count,
        usually_under_usd=(likely + margin_usd) * count + (under - likely) * Decimal(count).sqrt(),
        reserve_usd=most * count,
    )


def spent_on(tree: Tree, *, simulated: bool) -> Spent:
    """What a conversation's calls have cost in real, or in simulated, money; calls under way are not in it."""
    turns = {turn.id for turn in tree.turns if turn.simulated == simulated}
    ended = [attempt for attempt in tree.attempts if attempt.turn_id in turns and attempt.state != "running"]
    known = [attempt.cost_usd for attempt in ended if attempt.cost_usd is not None]
    return Spent(known_usd=sum(known, Decimal(0)), unknown_calls=len(ended) - len(known), simulated=simulated)


def image_price(*, model: ImageModel, size: str | None, price: Price) -> Decimal:
    """USD of one output image of a size, without text or thoughts."""
    tokens = model.image_tokens.get(size or "1K", model.image_tokens["1K"])
    return tokens * price.image_output_usd / MEGA


def batch_cost(total_usd: Decimal, price: Price) -> Decimal:
    """What the same calls cost as a batch, within 24 hours."""
    return total_usd * price.batch_factor


def on_other_models(
    *, sizes: Iterable[str | None], than: ImageModel, day: date
) -> tuple[tuple[ImageModel, Decimal], ...]:
    """What images of those sizes would have cost on each other model that can make them, by the image price alone."""
    wanted = tuple(sizes)
    others: list[tuple[ImageModel, Decimal]] = []
    for model in CATALOGUE:
        price = model.price_on(day)
        if model.id == than.id or price is None or any(size and size not in model.sizes for size in wanted):
            continue
        others.append((model, sum((image_price(model=model, size=size, price=price) for size in wanted), Decimal(0))))
    return tuple(others)
