"""The catalogue, checked against the published tables and the recordings, figure by figure."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from studio.image_models import (
    ALIASES,
    CATALOGUE,
    MAX_REFERENCES,
    NANO_BANANA_2,
    NANO_BANANA_2_LITE,
    NANO_BANANA_21,
    NANO_BANANA_25,
    NANO_BANANA_PRO,
    PRICES_READ_ON,
    ImageModel,
    Price,
    find_model,
    is_model_id,
    model_of,
)

BY_ID = {model.id: model for model in CATALOGUE}
EACH_MODEL = pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.short_name)

PIXELS_1K = {
    "1:1": (1024, 1024),
    "2:3": (848, 1264),
    "3:2": (1264, 848),
    "3:4": (896, 1200),
    "4:3": (1200, 896),
    "4:5": (928, 1152),
    "5:4": (1152, 928),
    "9:16": (768, 1376),
    "16:9": (1376, 768),
    "21:9": (1584, 672),
    "1:4": (512, 2064),
    "4:1": (2064, 512),
    "1:8": (352, 2928),
    "8:1": (2928, 352),
}
PIXELS_25 = {
    "1:1": (1024, 1024),
    "2:3": (832, 1248),
    "3:2": (1248, 832),
    "3:4": (864, 1184),
    "4:3": (1184, 864),
    "4:5": (896, 1152),
    "5:4": (1152, 896),
    "9:16": (768, 1344),
    "16:9": (1344, 768),
    "21:9": (1536, 672),
}


def usd(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("model_id", "text_in", "text_out", "image_out"),
    [
        ("gemini-nano-banana-2.1", "1.50", "7.50", "30"),
        ("gemini-3.1-flash-image", "0.50", "3", "60"),
        ("gemini-3-pro-image", "2", "12", "120"),
        ("gemini-3.1-flash-lite-image", "0.25", "1.50", "30"),
        ("gemini-2.5-flash-image", "0.30", "2.50", "30"),
    ],
)
def test_rates_are_the_published_ones(model_id: str, text_in: str, text_out: str, image_out: str) -> None:
    price = BY_ID[model_id].price_on(PRICES_READ_ON)
    assert price is not None
    assert (price.input_usd, price.text_output_usd, price.image_output_usd) == (
        usd(text_in),
        usd(text_out),
        usd(image_out),
    )


@EACH_MODEL
def test_a_batch_costs_half_and_a_search_query_14_dollars_a_thousand(model: ImageModel) -> None:
    for price in model.prices:
        assert price.batch_factor == usd("0.5")
        assert price.search_query_usd * 1000 == 14
        assert str(PRICES_READ_ON) in price.source


@pytest.mark.parametrize(
    ("model_id", "image_tokens"),
    [
        ("gemini-nano-banana-2.1", {"1K": 1120, "2K": 1680, "4K": 3780}),
        ("gemini-3.1-flash-image", {"512": 747, "1K": 1120, "2K": 1680, "4K": 2520}),
        ("gemini-3-pro-image", {"1K": 1120, "2K": 1120, "4K": 2000}),
        ("gemini-3.1-flash-lite-image", {"1K": 1120}),
        ("gemini-2.5-flash-image", {"1K": 1290}),
    ],
)
def test_output_tokens_of_an_image_are_the_published_ones(model_id: str, image_tokens: dict[str, int]) -> None:
    assert dict(BY_ID[model_id].image_tokens) == image_tokens


@pytest.mark.parametrize(
    ("model_id", "ratio_count", "sizes", "levels", "default_level", "search", "context_tokens", "input_image_tokens"),
    [
        ("gemini-nano-banana-2.1", 14, "1K 2K 4K", "minimal medium high", "medium", True, 131_072, 1120),
        ("gemini-3.1-flash-image", 14, "512 1K 2K 4K", "minimal high", "minimal", True, 131_072, 1120),
        ("gemini-3-pro-image", 10, "1K 2K 4K", "", None, True, 65_536, 560),
        ("gemini-3.1-flash-lite-image", 14, "1K", "minimal high", "minimal", False, 65_536, 1120),
        ("gemini-2.5-flash-image", 10, "", "", None, False, 32_768, 258),
    ],
)
def test_a_model_offers_what_the_service_takes(
    model_id: str,
    ratio_count: int,
    sizes: str,
    levels: str,
    default_level: str | None,
    search: bool,  # noqa: FBT001
    context_tokens: int,
    input_image_tokens: int,
) -> None:
    model = BY_ID[model_id]
    assert len(model.ratios) == len(set(model.ratios)) == ratio_count
    assert model.sizes == tuple(sizes.split())
    assert model.thinking_levels == tuple(levels.split())
    assert model.default_thinking_level == default_level
    assert model.search is search
    assert model.context_tokens == context_tokens
    assert model.input_image_tokens == input_image_tokens


def test_ten_ratios_are_the_fourteen_without_the_four_extremes() -> None:
    assert set(NANO_BANANA_21.ratios) - set(NANO_BANANA_PRO.ratios) == {"1:4", "4:1", "1:8", "8:1"}
    assert set(NANO_BANANA_PRO.ratios) < set(NANO_BANANA_21.ratios)


@pytest.mark.parametrize(("size", "factor"), [("1K", 1), ("2K", 2), ("4K", 4)])
@pytest.mark.parametrize("ratio", PIXELS_1K)
def test_pixels_are_the_recorded_ones_and_grow_with_the_size(ratio: str, size: str, factor: int) -> None:
    width, height = PIXELS_1K[ratio]
    assert NANO_BANANA_2.pixels_of(aspect_ratio=ratio, image_size=size) == (width * factor, height * factor)


@pytest.mark.parametrize(
    ("ratio", "pixels"),
    [
        ("1:1", (512, 512)),
        ("16:9", (688, 384)),
        ("9:16", (384, 688)),
        ("4:5", (464, 576)),
        ("21:9", (784, 336)),
        ("3:4", (448, 600)),
    ],
)
def test_the_512_tier_is_about_half(ratio: str, pixels: tuple[int, int]) -> None:
    assert NANO_BANANA_2.pixels_of(aspect_ratio=ratio, image_size="512") == pixels


def test_the_first_model_has_its_own_pixels_and_takes_no_size() -> None:
    ratios = NANO_BANANA_25.ratios
    assert {ratio: NANO_BANANA_25.pixels_of(aspect_ratio=ratio, image_size=None) for ratio in ratios} == PIXELS_25


@EACH_MODEL
def test_every_size_has_pixels_of_every_ratio_and_a_price(model: ImageModel) -> None:
    sizes = model.sizes or ("1K",)
    assert set(model.pixels) == set(model.image_tokens) == set(model.usual_duration_s) == set(sizes)
    assert all(set(model.ratios) <= set(model.pixels[size]) for size in sizes)


@EACH_MODEL
def test_pixels_are_close_to_the_ratio_they_are_for(model: ImageModel) -> None:
    for by_ratio in model.pixels.values():
        for ratio, (width, height) in by_ratio.items():
            across, down = (int(side) for side in ratio.split(":"))
            assert abs(Fraction(width, height) / Fraction(across, down) - 1) < Fraction(4, 100)


@EACH_MODEL
def test_a_ratio_and_its_transpose_swap_the_sides(model: ImageModel) -> None:
    for by_ratio in model.pixels.values():
        for ratio, (width, height) in by_ratio.items():
            across, down = ratio.split(":")
            transposed = by_ratio.get(f"{down}:{across}")
            assert transposed in {None, (height, width)}


def test_an_unknown_ratio_or_size_has_no_pixels() -> None:
    with pytest.raises(KeyError, match="1:8"):
        NANO_BANANA_25.pixels_of(aspect_ratio="1:8", image_size=None)
    with pytest.raises(KeyError, match="512"):
        NANO_BANANA_PRO.pixels_of(aspect_ratio="1:1", image_size="512")


@pytest.mark.parametrize(
    ("model", "size"),
    [
        (NANO_BANANA_PRO, "2K"),
        (NANO_BANANA_21, "1K"),
        (NANO_BANANA_2, "1K"),
        (NANO_BANANA_2_LITE, "1K"),
        (NANO_BANANA_25, None),
    ],
    ids=lambda value: getattr(value, "short_name", value),
)
def test_the_default_size_is_2k_only_where_it_costs_no_more(model: ImageModel, size: str | None) -> None:
    assert model.default_size == size


@pytest.mark.parametrize(
    ("model", "limits", "total"),
    [
        (NANO_BANANA_PRO, {"object": 6, "person": 5, "style": 3}, 14),
        (NANO_BANANA_21, {"object": 10, "person": 4}, 14),
        (NANO_BANANA_2, {"object": 10, "person": 4}, 14),
        (NANO_BANANA_2_LITE, {"object": 14}, 14),
        (NANO_BANANA_25, {}, 3),
    ],
    ids=lambda value: getattr(value, "short_name", ""),
)
def test_reference_limits_are_the_documented_ones(model: ImageModel, limits: dict[str, int], total: int) -> None:
    assert dict(model.reference_limits) == limits
    assert model.reference_total == total
    assert sum(limits.values()) in {0, MAX_REFERENCES}


@EACH_MODEL
def test_only_the_first_model_neither_signs_nor_thinks_and_sends_png(model: ImageModel) -> None:
    first = model is NANO_BANANA_25
    assert (model.signs_parts, model.thinks) == (not first, not first)
    assert model.output_mime_type == ("image/png" if first else "image/jpeg")


@EACH_MODEL
def test_what_is_expected_of_thoughts_is_known_for_every_level_and_for_none(model: ImageModel) -> None:
    assert set(model.thought_tokens) == {None, *model.thinking_levels}
    for prior in (model.hidden_tokens, *model.thought_tokens.values()):
        assert 0 <= prior.likely <= prior.usually_under <= prior.at_most


@pytest.mark.parametrize(
    ("retired", "current"),
    [
        ("gemini-3-pro-image-preview", "gemini-3-pro-image"),
        ("nano-banana-pro-preview", "gemini-3-pro-image"),
        ("gemini-3.1-flash-image-preview", "gemini-3.1-flash-image"),
        ("gemini-2.5-flash-image-preview", "gemini-2.5-flash-image"),
    ],
)
def test_a_retired_id_leads_to_its_successor(retired: str, current: str) -> None:
    model = find_model(retired)
    assert model is not None
    assert model.id == current
    assert retired not in BY_ID


def test_every_alias_leads_into_the_catalogue() -> None:
    assert set(ALIASES.values()) <= set(BY_ID)


@EACH_MODEL
def test_a_model_is_found_by_its_id(model: ImageModel) -> None:
    assert find_model(model.id) is model
    assert model_of(model.id) is model


def test_an_unlisted_model_offers_nothing_to_choose_and_has_no_price() -> None:
    assert find_model("gemini-9-image") is None
    model = model_of("gemini-9-image")
    assert (model.id, model.name) == ("gemini-9-image", "gemini-9-image")
    assert (model.ratios, model.sizes, model.thinking_levels, model.search) == ((), (), (), False)
    assert model.price_on(date(2030, 1, 1)) is None
    assert model.default_size is None
    assert model.notice is not None
    assert model_of("gemini-3-pro-image-preview").id == "gemini-3-pro-image"


@pytest.mark.parametrize("text", ["gemini-9-image", "imagen-4.0-generate-001", "A_b.c-1", "x" * 80])
def test_what_could_be_a_models_id_is_taken(text: str) -> None:
    assert is_model_id(text)


@pytest.mark.parametrize("text", ["", "-x", "../x", "a/b", "a b", "a?b", "a:b", "a#b", "é", "x" * 81, "x\n"])
def test_what_would_change_the_address_is_no_models_id(text: str) -> None:
    assert not is_model_id(text)


def test_models_with_a_reported_end_say_so() -> None:
    ends = {model.short_name: model.ends for model in CATALOGUE if model.ends}
    assert ends == {"NB 2": date(2026, 10, 29), "2.5": date(2026, 10, 2)}
    assert all(model.notice for model in CATALOGUE if model.ends)


def test_a_call_keeps_the_price_of_its_day() -> None:
    def price(since: date, rate: str) -> Price:
        return Price(
            since=since, source="a test", input_usd=usd(rate), text_output_usd=usd(rate), image_output_usd=usd(rate)
        )

    older, newer = price(date(2026, 1, 1), "1"), price(date(2026, 6, 1), "2")
    model = replace(NANO_BANANA_25, prices=(newer, older))
    assert model.price_on(date(2025, 12, 31)) is None
    assert model.price_on(date(2026, 1, 1)) is older
    assert model.price_on(date(2026, 5, 31)) is older
    assert model.price_on(date(2026, 6, 1)) is newer


def test_a_model_can_be_a_key() -> None:
    assert {NANO_BANANA_PRO: 1}[NANO_BANANA_PRO] == 1
    assert len(set(CATALOGUE)) == len(CATALOGUE) == 5
