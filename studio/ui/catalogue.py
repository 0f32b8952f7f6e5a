"""The model menu and its controls: the catalogue, as the page needs it once. Pure."""

from datetime import date

from studio.cost import image_price
from studio.image_models import CATALOGUE, PRICES_READ_ON, ImageModel, model_of
from studio.ui import words
from studio.ui.boot_shapes import ModelOption, SizeOption
from studio.ui.money import usd_fine


def model_options(day: date) -> tuple[ModelOption, ...]:
    """Every model with only the controls it honours, priced for a day; those past their end stand last."""
    ordered = sorted(CATALOGUE, key=lambda model: model.may_stop_answering(day))
    return tuple(_option(model, day) for model in ordered)


def unlisted_option(day: date) -> ModelOption:
    """What the page shows of a model that is not in the catalogue; the page fills in its id and names."""
    return _option(model_of(""), day)


def prices_date() -> str:
    return f"{PRICES_READ_ON.day} {PRICES_READ_ON:%b %Y}"


def _option(model: ImageModel, day: date) -> ModelOption:
    return ModelOption(
        id=model.id,
        name=model.name,
        short_name=model.short_name,
        strength=model.strength,
        notice=model.notice,
        may_stop=model.may_stop_answering(day),
        ratios=model.ratios,
        sizes=tuple(_size(model, size, day) for size in (model.sizes or model.pixels)),
        sized=bool(model.sizes),
        default_size=model.default_size,
        levels=model.thinking_levels,
        default_level=model.default_thinking_level,
        thinks=model.thinks,
        search=model.search,
        limits={str(role): limit for role, limit in model.reference_limits.items()},
        reference_total=model.reference_total,
    )


def _size(model: ImageModel, size: str, day: date) -> SizeOption:
    price = model.price_on(day)
    return SizeOption(
        id=size,
        price=usd_fine(image_price(model=model, size=size, price=price) if price else None),
        pixels=dict(model.pixels[size]),
        advice=_advice(model, size),
    )


def _advice(model: ImageModel, size: str) -> str:
    advice = words.ADVICE[size]
    if size == "2K" and model.image_tokens["2K"] == model.image_tokens["1K"]:
        return f"{advice} On this model 1K costs the same; 4K is for print."
    return advice
