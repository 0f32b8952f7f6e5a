"""The error tree: every failure has words for the page, and survives the way between processes."""

import pickle
import re
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from studio.errors import (
    REMEDIES,
    BudgetReached,
    Category,
    EngineError,
    ErrorFacts,
    InputError,
    PictureRefused,
    SettingsError,
    StoreError,
    StudioError,
    sentence_of,
)

CATEGORIES: tuple[Category, ...] = get_args(Category)
MONEY = st.decimals(min_value=Decimal(0), max_value=Decimal(1000), places=6)
ERRORS: tuple[StudioError, ...] = (
    StudioError(ErrorFacts(category="internal")),
    InputError("empty_prompt"),
    InputError("not_found", "That version is gone."),
    PictureRefused("This file is a PDF. Use a picture."),
    BudgetReached(needed_usd=Decimal("0.54"), left_usd=Decimal("0.2"), cap_usd=Decimal(10)),
    EngineError(
        ErrorFacts(
            category="rate_minute", stage="wait", billed="no", retry_after_s=34.28, http_status=429, detail="Slow down"
        )
    ),
    StoreError("The disk is full. Free some space."),
)


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_says_what_happened_and_what_to_do(category: Category) -> None:
    remedy = REMEDIES[category]
    assert remedy.happened.endswith(".")
    assert remedy.to_do.endswith(".")
    assert sentence_of(ErrorFacts(category=category)) == f"{remedy.happened} {remedy.to_do}"


def test_no_remedy_is_without_a_category() -> None:
    assert set(REMEDIES) == set(CATEGORIES)


@pytest.mark.parametrize(
    ("category", "sentence"),
    [
        (
            "no_billing",
            (
                "This key's project has no billing, and image models have no free tier. "
                "Turn on billing for the project in AI Studio, then send again."
            ),
        ),
        (
            "rate_day",
            (
                "The project's quota for today is used up. "
                "It resets at midnight Pacific time; another model has its own quota."
            ),
        ),
        (
            "outcome_unknown",
            (
                "The connection ended before an answer came, so the outcome is unknown. "
                "The call may have been billed. Run it again if you want a new answer."
            ),
        ),
        ("too_many_references", "A prompt takes 14 references at most. Remove one to add another."),
    ],
)
def test_a_category_reads_as_one_plain_sentence_and_one_step(category: Category, sentence: str) -> None:
    assert sentence_of(ErrorFacts(category=category)) == sentence


@pytest.mark.parametrize("category", ["outcome_unknown", "bad_answer", "cancelled", "interrupted"])
def test_a_call_that_may_be_billed_says_so(category: Category) -> None:
    assert "billed" in sentence_of(ErrorFacts(category=category))


def test_a_particular_sentence_wins_over_the_category() -> None:
    assert sentence_of(ErrorFacts(category="budget", sentence="Only $0.02 is left.")) == "Only $0.02 is left."


def test_an_error_reads_as_its_sentence_and_not_as_its_detail() -> None:
    error = EngineError(ErrorFacts(category="key_invalid", detail="API key not valid. Please pass a valid API key."))
    assert str(error) == "Google does not accept this API key. Check the key in the connection panel."


@pytest.mark.parametrize("error", [InputError("empty_prompt"), PictureRefused("No."), ERRORS[4]])
def test_what_is_refused_before_a_call_was_not_billed(error: StudioError) -> None:
    assert isinstance(error, InputError)
    assert (error.facts.stage, error.facts.billed) == ("input", "no")


def test_a_refused_picture_keeps_its_own_sentence() -> None:
    error = PictureRefused("This file is a PDF. Use a picture.")
    assert (error.facts.category, str(error)) == ("bad_picture", "This file is a PDF. Use a picture.")


def test_a_storage_failure_is_of_the_store() -> None:
    facts = StoreError("The disk is full.").facts
    assert (facts.category, facts.stage, facts.billed) == ("storage", "store", "no")


def test_the_budget_sentence_has_the_three_amounts() -> None:
    error = BudgetReached(needed_usd=Decimal("0.544"), left_usd=Decimal("0.209"), cap_usd=Decimal(10))
    assert str(error) == (
        "This needs up to $0.55, and $0.20 of the $10.00 budget is left. "
        "Raise the budget in Cost, or choose a smaller size or fewer images."
    )
    assert error.facts.category == "budget"


def test_a_budget_that_is_overdrawn_has_nothing_left() -> None:
    error = BudgetReached(needed_usd=Decimal("0.1"), left_usd=Decimal(-2), cap_usd=Decimal(1))
    assert "$0.00 of the $1.00 budget is left" in str(error)


@given(needed_usd=MONEY, left_usd=MONEY)
def test_the_budget_sentence_never_shows_as_much_left_as_needed(needed_usd: Decimal, left_usd: Decimal) -> None:
    assume(needed_usd > left_usd)
    sentence = str(BudgetReached(needed_usd=needed_usd, left_usd=left_usd, cap_usd=Decimal(1000)))
    needed, left, _cap = re.findall(r"\$(\d+\.\d\d)", sentence)
    assert Decimal(needed) > Decimal(left)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_comes_whole_out_of_another_process(error: StudioError) -> None:
    copy = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(error))))
    assert type(copy) is type(error)
    assert (copy.facts, copy.args, str(copy)) == (error.facts, error.args, str(error))


def test_the_amounts_of_a_reached_budget_come_out_of_another_process() -> None:
    error = BudgetReached(needed_usd=Decimal("0.544"), left_usd=Decimal("-0.2"), cap_usd=Decimal(10))
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.needed_usd, copy.left_usd, copy.cap_usd) == (Decimal("0.544"), Decimal("-0.2"), Decimal(10))


def test_configuration_mistakes_are_one_line_each() -> None:
    error = SettingsError(("STUDIO_PORT must be a number.", "STUDIO_HOST is empty."))
    assert str(error) == "STUDIO_PORT must be a number.\nSTUDIO_HOST is empty."
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.problems, str(copy)) == (error.problems, str(error))
