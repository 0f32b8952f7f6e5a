"""The simulated bill line by line: what is priced, at which rate, and what is only said to be unconfirmed."""

from datetime import date
from decimal import Decimal

import pytest

from studio.image_models import CATALOGUE, NANO_BANANA_21, ImageModel, Price
from studio.sandbox.bill import Statement, lines_of, usd_of
from studio.sandbox.usage import OutputTokens, PromptTokens

DAY = date(2026, 11, 22)
PROMPT = PromptTokens(text=10, image=1120)
OUTPUT = OutputTokens(image=1120, other=262, thoughts=320)


def price_of(model: ImageModel) -> Price:
    price = model.price_on(DAY)
    assert price is not None
    return price


def test_each_line_is_a_count_at_a_rate_of_the_price_list() -> None:
    """2.1, docs/pricing 2026-11-22: $1.50 in, $7.50 text out, $30 pictures out, per million; a search $0.014."""
    lines = lines_of(price_of(NANO_BANANA_21), PROMPT, OUTPUT, search_queries=2)

    assert [(line.what, line.count, line.usd) for line in lines] == [
        ("pictures", 1120, Decimal("0.0336")),
        ("text and hidden output", 262, Decimal("0.001965")),
        ("thoughts", 320, Decimal("0.0024")),
        ("prompt text and signatures", 10, Decimal("0.000015")),
        ("prompt pictures", 1120, Decimal("0.00168")),
        ("search queries", 2, Decimal("0.028")),
    ]


@pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.id)
def test_the_lines_add_up_to_what_is_charged(model: ImageModel) -> None:
    lines = lines_of(price_of(model), PROMPT, OUTPUT, search_queries=1)

    assert sum(line.usd for line in lines) == usd_of(model, PROMPT, OUTPUT, day=DAY, search_queries=1)


def test_nothing_has_no_line() -> None:
    lines = lines_of(price_of(NANO_BANANA_21), PromptTokens(text=4, image=0), OutputTokens())

    assert [line.what for line in lines] == ["prompt text and signatures"]


def test_a_batch_is_half_of_everything() -> None:
    price = price_of(NANO_BANANA_21)
    lines = lines_of(price, PROMPT, OUTPUT)

    halved = Statement(lines, price, factor=Decimal("0.5"))
    assert halved.usd * 2 == Statement(lines, price).usd
    assert halved.as_json()["usd"] == "0.01983"
    assert halved.as_json()["lines"][0]["usd"] == "0.0336"


def test_amounts_are_told_as_plain_decimals_with_the_source_of_the_price() -> None:
    price = price_of(NANO_BANANA_21)
    told = Statement(lines_of(price, PromptTokens(text=1, image=0), OutputTokens()), price, unconfirmed=True).as_json()

    assert (told["usd"], told["unconfirmed"], told["since"]) == ("0.0000015", True, "2026-10-06")
    assert "docs/pricing" in told["source"]
    assert Statement((), price).as_json()["usd"] == "0"
