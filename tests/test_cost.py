"""Money, to the last millionth: actual costs from recorded counts, estimates and what is reserved before a call."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from studio.cost import (
    ELSEWHERE,
    ELSEWHERE_YEAR,
    Alternative,
    Budget,
    Cost,
    Estimate,
    batch_cost,
    cost_of,
    estimate,
    image_price,
    lines_of,
    on_other_models,
)
from studio.image_models import (
    CATALOGUE,
    NANO_BANANA_2,
    NANO_BANANA_2_LITE,
    NANO_BANANA_21,
    NANO_BANANA_25,
    NANO_BANANA_PRO,
    ImageModel,
    Price,
)
from studio.prompt import ImageSettings, default_settings
from studio.usage import Usage, total
from tests.factories import RECORDED_USAGE

TODAY = date(2026, 11, 22)
MODELS = st.sampled_from(CATALOGUE)
COUNT = st.integers(min_value=0, max_value=200_000)
MONEY = st.decimals(min_value=Decimal(0), max_value=Decimal(1000), places=6)


@st.composite
def model_and_settings(draw: st.DrawFn) -> tuple[ImageModel, ImageSettings]:
    """A model and a valid choice of everything a cost depends on."""
    model = draw(MODELS)
    return model, ImageSettings(
        model=model.id,
        image_size=draw(st.sampled_from((None, *model.sizes))),
        thinking_level=draw(st.sampled_from((None, *model.thinking_levels))),
        variants=draw(st.integers(1, 4)),
        search=model.search and draw(st.booleans()),
    )


def estimated(model: ImageModel, settings: ImageSettings, *, prompt_tokens: int = 500) -> Estimate:
    known = estimate(model=model, settings=settings, prompt_tokens=prompt_tokens, day=TODAY)
    assert known is not None
    return known


def price_of(model: ImageModel) -> Price:
    price = model.price_on(TODAY)
    assert price is not None
    return price


def test_a_recorded_answer_costs_exactly_this() -> None:
    assert cost_of(usage=RECORDED_USAGE, model=NANO_BANANA_PRO, day=TODAY, images=1) == Cost(
        image_usd=Decimal("0.1344"),
        text_usd=Decimal("0.0033"),
        input_usd=Decimal("0.000044"),
        search_usd=Decimal(0),
    )


def test_the_lines_of_a_recorded_answer_are_its_modalities() -> None:
    lines = lines_of(usage=RECORDED_USAGE, model=NANO_BANANA_PRO, day=TODAY, images=1)
    assert [(line.label, line.count) for line in lines] == [
        ("Image out", 1120), ("Text out", 96), ("Thoughts out", 179), ("Text in, with history", 22),
    ]  # fmt: skip


@for_any(
    st.builds(
        Usage,
        prompt_tokens=COUNT,
        candidates_tokens=COUNT,
        thoughts_tokens=COUNT,
        prompt_details=st.dictionaries(st.sampled_from(("TEXT", "IMAGE", "AUDIO")), COUNT),
        candidates_details=st.dictionaries(st.just("IMAGE"), COUNT),
        search_queries=st.integers(0, 5),
    ),
    MODELS,
    st.integers(0, 3),
)
def test_the_lines_of_an_answer_add_up_to_its_cost(usage: Usage, model: ImageModel, images: int) -> None:
    cost = cost_of(usage=usage, model=model, day=TODAY, images=images)
    lines = lines_of(usage=usage, model=model, day=TODAY, images=images)
    assert sum((line.usd for line in lines), Decimal(0)) == (cost.total_usd if cost else 0)


def test_the_total_of_a_recorded_answer_is_exact() -> None:
    cost = cost_of(usage=RECORDED_USAGE, model=NANO_BANANA_PRO, day=TODAY, images=1)
    assert cost is not None
    assert cost.total_usd == Decimal("0.137744")


def test_search_queries_are_in_the_cost() -> None:
    cost = cost_of(usage=replace(RECORDED_USAGE, search_queries=3), model=NANO_BANANA_PRO, day=TODAY, images=1)
    assert cost is not None
    assert (cost.search_usd, cost.total_usd) == (Decimal("0.042"), Decimal("0.179744"))


def test_a_day_before_the_first_price_has_no_cost() -> None:
    day = date(2025, 11, 19)
    assert cost_of(usage=RECORDED_USAGE, model=NANO_BANANA_PRO, day=day, images=1) is None
    assert cost_of(usage=RECORDED_USAGE, model=NANO_BANANA_PRO, day=day + timedelta(days=1), images=1) is not None
    assert estimate(model=NANO_BANANA_PRO, settings=default_settings(NANO_BANANA_PRO), prompt_tokens=1, day=day) is None


def test_a_picture_without_an_image_detail_has_an_unknown_cost() -> None:
    usage = Usage(prompt_tokens=22, candidates_tokens=1216)
    assert cost_of(usage=usage, model=NANO_BANANA_PRO, day=TODAY, images=1) is None
    refusal = cost_of(usage=usage, model=NANO_BANANA_PRO, day=TODAY, images=0)
    assert refusal is not None
    assert refusal.total_usd == Decimal("0.014636")


def test_a_refusal_is_priced_without_an_image_whatever_its_usage_says() -> None:
    cost = cost_of(usage=RECORDED_USAGE, model=NANO_BANANA_PRO, day=TODAY, images=0)
    assert cost is not None
    assert (cost.image_usd, cost.total_usd) == (Decimal(0), Decimal("0.003344"))


@for_any(model=MODELS, prompt=COUNT, image=st.integers(1, 20_000), hidden=COUNT, thoughts=COUNT)
def test_a_cost_is_the_published_formula(
    model: ImageModel, prompt: int, image: int, hidden: int, thoughts: int
) -> None:
    price = price_of(model)
    usage = Usage(
        prompt_tokens=prompt,
        candidates_tokens=image + hidden,
        thoughts_tokens=thoughts,
        candidates_details={"IMAGE": image},
    )
    cost = cost_of(usage=usage, model=model, day=TODAY, images=1)
    assert cost is not None
    in_millionths = (
        image * price.image_output_usd + (hidden + thoughts) * price.text_output_usd + prompt * price.input_usd
    )
    assert cost.total_usd * 1_000_000 == in_millionths


@for_any(counts=st.lists(st.tuples(COUNT, st.integers(1, 5_000), COUNT), min_size=1, max_size=5), model=MODELS)
def test_the_cost_of_a_sum_is_the_sum_of_the_costs(counts: list[tuple[int, int, int]], model: ImageModel) -> None:
    usages = [
        Usage(prompt_tokens=prompt, candidates_tokens=image + hidden, candidates_details={"IMAGE": image})
        for prompt, image, hidden in counts
    ]
    costs = [cost_of(usage=usage, model=model, day=TODAY, images=1) for usage in usages]
    together = cost_of(usage=total(usages), model=model, day=TODAY, images=len(usages))
    assert together is not None
    assert together.total_usd == sum(cost.total_usd for cost in costs if cost)


@pytest.mark.parametrize(
    ("model", "published"),
    [
        (NANO_BANANA_21, {"1K": "0.0336", "2K": "0.0504", "4K": "0.1134"}),
        (NANO_BANANA_2, {"512": "0.04482", "1K": "0.0672", "2K": "0.1008", "4K": "0.1512"}),
        (NANO_BANANA_PRO, {"1K": "0.1344", "2K": "0.1344", "4K": "0.24"}),
        (NANO_BANANA_2_LITE, {"1K": "0.0336"}),
        (NANO_BANANA_25, {"1K": "0.0387"}),
    ],
    ids=lambda value: getattr(value, "short_name", ""),
)
def test_an_image_costs_what_the_pricing_page_says(model: ImageModel, published: dict[str, str]) -> None:
    prices = {size: image_price(model=model, size=size, price=price_of(model)) for size in model.sizes or ("1K",)}
    assert prices == {size: Decimal(usd) for size, usd in published.items()}
    assert image_price(model=model, size=None, price=price_of(model)) == prices["1K"]


def test_an_estimate_adds_the_image_the_prompt_and_the_usual_thoughts() -> None:
    known = estimated(NANO_BANANA_PRO, default_settings(NANO_BANANA_PRO), prompt_tokens=1_000)
    hidden, thoughts = NANO_BANANA_PRO.hidden_tokens.likely, NANO_BANANA_PRO.thought_tokens[None].likely
    assert known.likely_usd == Decimal("0.1344") + Decimal("0.002") + (hidden + thoughts) * Decimal("0.000012")


@for_any(choice=model_and_settings(), prompt_tokens=COUNT)
def test_an_estimate_widens_from_likely_to_reserved(
    choice: tuple[ImageModel, ImageSettings], prompt_tokens: int
) -> None:
    model, settings = choice
    known = estimated(model, settings, prompt_tokens=prompt_tokens)
    assert 0 < known.likely_usd <= known.usually_under_usd <= known.reserve_usd


@for_any(choice=model_and_settings(), data=st.data())
def test_what_is_reserved_covers_answers_up_to_their_99_percent_bounds(
    choice: tuple[ImageModel, ImageSettings], data: st.DataObject
) -> None:
    model, settings = choice
    prompt_tokens = data.draw(st.integers(0, 10_000))
    image = model.image_tokens[settings.image_size or "1K"]
    hidden = data.draw(st.integers(0, model.hidden_tokens.at_most))
    usage = Usage(
        prompt_tokens=data.draw(st.integers(0, prompt_tokens * 110 // 100)),
        candidates_tokens=image + hidden,
        thoughts_tokens=data.draw(st.integers(0, model.thought_tokens[settings.thinking_level].at_most)),
        candidates_details={"IMAGE": image},
        search_queries=data.draw(st.integers(0, 4)) if settings.search else 0,
    )
    cost = cost_of(usage=usage, model=model, day=TODAY, images=1)
    assert cost is not None
    reserved = estimated(model, settings, prompt_tokens=prompt_tokens).reserve_usd
    assert cost.total_usd * settings.variants <= reserved


@for_any(choice=model_and_settings(), prompt_tokens=COUNT)
def test_more_variants_cost_more(choice: tuple[ImageModel, ImageSettings], prompt_tokens: int) -> None:
    model, settings = choice
    each = [
        estimated(model, replace(settings, variants=variants), prompt_tokens=prompt_tokens) for variants in (1, 2, 3, 4)
    ]
    for figures in zip(*((one.likely_usd, one.usually_under_usd, one.reserve_usd) for one in each), strict=True):
        assert list(figures) == sorted(set(figures))
    assert [one.likely_usd for one in each] == [each[0].likely_usd * count for count in (1, 2, 3, 4)]
    assert each[3].reserve_usd == each[0].reserve_usd * 4


@for_any(choice=model_and_settings())
def test_a_larger_size_never_costs_less(choice: tuple[ImageModel, ImageSettings]) -> None:
    model, settings = choice
    each = [estimated(model, replace(settings, image_size=size)) for size in model.sizes]
    for figure in ("likely_usd", "usually_under_usd", "reserve_usd"):
        figures = [getattr(one, figure) for one in each]
        assert figures == sorted(figures)


@for_any(choice=model_and_settings(), references=st.integers(0, 13))
def test_another_reference_costs_its_tokens(choice: tuple[ImageModel, ImageSettings], references: int) -> None:
    model, settings = choice
    fewer = estimated(model, settings, prompt_tokens=references * model.input_image_tokens)
    more = estimated(model, settings, prompt_tokens=(references + 1) * model.input_image_tokens)
    one_usd = model.input_image_tokens * price_of(model).input_usd / 1_000_000
    assert more.likely_usd - fewer.likely_usd == one_usd * settings.variants
    assert more.usually_under_usd > fewer.usually_under_usd
    assert more.reserve_usd - fewer.reserve_usd >= one_usd * settings.variants


@for_any(choice=model_and_settings(), prompt_tokens=COUNT)
def test_searching_costs_more(choice: tuple[ImageModel, ImageSettings], prompt_tokens: int) -> None:
    model, settings = choice
    without = estimated(model, replace(settings, search=False), prompt_tokens=prompt_tokens)
    searching = estimated(model, replace(settings, search=True), prompt_tokens=prompt_tokens)
    assert searching.likely_usd - without.likely_usd == Decimal("0.014") * settings.variants
    assert searching.usually_under_usd > without.usually_under_usd
    assert searching.reserve_usd > without.reserve_usd


def test_a_level_the_model_does_not_know_is_estimated_as_its_own_choice() -> None:
    chosen = replace(default_settings(NANO_BANANA_PRO), thinking_level="high")
    assert estimated(NANO_BANANA_PRO, chosen) == estimated(NANO_BANANA_PRO, default_settings(NANO_BANANA_PRO))


@for_any(total_usd=MONEY, model=MODELS)
def test_a_batch_costs_half(total_usd: Decimal, model: ImageModel) -> None:
    assert batch_cost(total_usd, price_of(model)) * 2 == total_usd


@for_any(cap=MONEY, spent=MONEY, reserved=MONEY, needed=MONEY)
def test_a_budget_allows_what_is_left_after_calls_in_flight(
    cap: Decimal, spent: Decimal, reserved: Decimal, needed: Decimal
) -> None:
    budget = Budget(cap_usd=cap, spent_usd=spent, reserved_usd=reserved)
    assert budget.allows(needed) is (spent + reserved + needed <= cap)
    assert budget.left_usd == cap - (spent + reserved)


def test_a_budget_can_be_spent_to_the_last_millionth() -> None:
    budget = Budget(cap_usd=Decimal(10), spent_usd=Decimal("9.862256"))
    assert budget.allows(Decimal("0.137744"))
    assert not budget.allows(Decimal("0.137745"))


def test_the_same_pictures_on_other_models_are_priced_where_the_sizes_exist() -> None:
    others = on_other_models(sizes=("1K", "4K"), than=NANO_BANANA_PRO, day=TODAY)
    assert dict(others) == {NANO_BANANA_21: Decimal("0.147"), NANO_BANANA_2: Decimal("0.2184")}


def test_pictures_without_a_size_can_be_made_by_every_other_model() -> None:
    others = dict(on_other_models(sizes=(None,), than=NANO_BANANA_25, day=TODAY))
    assert set(others) == set(CATALOGUE) - {NANO_BANANA_25}
    assert others[NANO_BANANA_2_LITE] == Decimal("0.0336")


def test_a_model_without_a_price_that_day_is_not_compared() -> None:
    others = dict(on_other_models(sizes=("1K",), than=NANO_BANANA_PRO, day=date(2026, 10, 5)))
    assert NANO_BANANA_21 not in others
    assert NANO_BANANA_2 in others


def test_prices_elsewhere_are_dated_and_ranges_are_in_order() -> None:
    assert ELSEWHERE_YEAR == 2025
    assert [other.name for other in ELSEWHERE] == ["DALL·E 3", "Midjourney", "Imagen 4", "Flux Pro"]
    assert all(Decimal(0) < other.low_usd <= other.high_usd for other in ELSEWHERE)
    assert Alternative(name="Imagen 4", low_usd=Decimal("0.06"), high_usd=Decimal("0.06"), note="retired") in ELSEWHERE
