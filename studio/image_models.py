"""The catalogue of Gemini image models, as data: ids, ratios → pixels, sizes, limits, thinking levels, dated prices.

To change a price, add a dated `Price` to the model's `prices`; calls keep the price of their day.
Sources: ai.google.dev/gemini-api/docs/image-generation, /pricing, /deprecations, /changelog and live recordings, read
2026-11-22. Where the documents and the recordings disagree, the recordings win and the line says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

ReferenceRole = Literal["object", "person", "style", "other"]

MAX_REFERENCES: Final = 14
"""Documented for every 3.x model (docs/image-generation, 2026-11-22); enforced by the tray, not by the service."""

MEGA: Final = Decimal(1_000_000)

TEN_RATIOS: Final = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
FOURTEEN_RATIOS: Final = (
    "1:1", "1:4", "1:8", "2:3", "3:2", "3:4", "4:1", "4:3", "4:5", "5:4", "8:1", "9:16", "16:9", "21:9",
)  # fmt: skip

Pixels = tuple[int, int]
"""(width, height) in pixels."""

_PIXELS_1K: Final[Mapping[str, Pixels]] = MappingProxyType({
    "1:1": (1024, 1024), "2:3": (848, 1264), "3:2": (1264, 848), "3:4": (896, 1200), "4:3": (1200, 896),
    "4:5": (928, 1152), "5:4": (1152, 928), "9:16": (768, 1376), "16:9": (1376, 768), "21:9": (1584, 672),
    "1:4": (512, 2064), "4:1": (2064, 512), "1:8": (352, 2928), "8:1": (2928, 352),
})  # fmt: skip
_PIXELS_512: Final[Mapping[str, Pixels]] = MappingProxyType(
    {ratio: (width // 2, height // 2) for ratio, (width, height) in _PIXELS_1K.items()} | {"21:9": (784, 336)}
)
_PIXELS_25: Final[Mapping[str, Pixels]] = MappingProxyType({
    "1:1": (1024, 1024), "2:3": (832, 1248), "3:2": (1248, 832), "3:4": (864, 1184), "4:3": (1184, 864),
    "4:5": (896, 1152), "5:4": (1152, 896), "9:16": (768, 1344), "16:9": (1344, 768), "21:9": (1536, 672),
})  # fmt: skip


def _scaled(factor: int) -> Mapping[str, Pixels]:
    return MappingProxyType({ratio: (w * factor, h * factor) for ratio, (w, h) in _PIXELS_1K.items()})


_PIXELS_3X: Final[Mapping[str, Mapping[str, Pixels]]] = MappingProxyType(
    {"512": _PIXELS_512, "1K": _PIXELS_1K, "2K": _scaled(2), "4K": _scaled(4)}
)


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens from a day on (developer API, standard tier; batch is half)."""

    since: date
    source: str
    input_usd: Decimal
    text_output_usd: Decimal
    """Text, thoughts and the hidden tokens above the IMAGE detail."""
    image_output_usd: Decimal
    search_query_usd: Decimal = Decimal("0.014")
    """$14 per 1,000 grounding queries; the first 5,000 a month are free per project, which no single call can know."""
    batch_factor: Decimal = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class TokenPrior:
    """What to expect of a token count before there are records: the middle, a 95 % bound and a 99 % bound."""

    likely: int
    usually_under: int
    at_most: int


@dataclass(frozen=True, slots=True)
class ImageModel:
    """One model and everything the studio may offer on it."""

    id: str
    name: str
    short_name: str
    strength: str
    """Half a line for the model menu: what to choose it for."""
    ratios: tuple[str, ...]
    pixels: Mapping[str, Mapping[str, Pixels]]
    """Image size → aspect ratio → pixels. One entry, keyed "1K", where the model takes no size."""
    sizes: tuple[str, ...]
    """Sizes that may be asked for; empty where imageSize is not honoured (gemini-2.5-flash-image)."""
    image_tokens: Mapping[str, int]
    """Output tokens of one image, by size."""
    prices: tuple[Price, ...]
    input_image_tokens: int
    reference_limits: Mapping[ReferenceRole, int]
    reference_total: int
    thinking_levels: tuple[str, ...]
    """Levels worth offering; empty where there is none or where the level has no effect (Pro)."""
    default_thinking_level: str | None
    thinks: bool
    """Whether a thinking config is accepted at all; gemini-2.5-flash-image answers 400 to any."""
    signs_parts: bool
    """3.x puts a thought signature on image parts and refuses a replay without it; 2.5 does not."""
    search: bool
    output_mime_type: Literal["image/jpeg", "image/png"]
    context_tokens: int
    hidden_tokens: TokenPrior
    """Output above the IMAGE detail, billed at the text rate: 80–660 in public recordings."""
    thought_tokens: Mapping[str | None, TokenPrior]
    """By thinking level; None is the model's own default."""
    usual_duration_s: Mapping[str, float]
    """By size, before this installation has records of its own."""
    ends: date | None = None
    notice: str | None = None
    """A sentence the model menu shows: end dates, doubts."""

    def __hash__(self) -> int:
        return hash(self.id)

    def price_on(self, day: date) -> Price | None:
        """The newest price that was in force on `day`, or None when none is known for it."""
        known = [price for price in self.prices if price.since <= day]
        return max(known, key=lambda price: price.since) if known else None

    def pixels_of(self, *, aspect_ratio: str, image_size: str | None) -> Pixels:
        """The exact output pixels. KeyError for a ratio or size the model does not have."""
        return self.pixels[image_size or "1K"][aspect_ratio]

    def may_stop_answering(self, day: date) -> bool:
        """Whether the model's documented or reported end has passed."""
        return self.ends is not None and self.ends <= day

    @property
    def default_size(self) -> str | None:
        """2K where it costs no more than 1K, 1K elsewhere, None where the model takes no size."""
        if not self.sizes:
            return None
        same_price = "2K" in self.sizes and self.image_tokens["2K"] == self.image_tokens["1K"]
        return "2K" if same_price else "1K"


def _usd(*, since: date, source: str, rates: tuple[str, str, str]) -> Price:
    text_in, text_out, image_out = (Decimal(rate) for rate in rates)
    return Price(since=since, source=source, input_usd=text_in, text_output_usd=text_out, image_output_usd=image_out)


_PRICING_PAGE: Final = "ai.google.dev/gemini-api/docs/pricing, read 2026-11-22"
# Recordings run 80–660; the usual bound is nine tenths of the longest, the last one has a margin above it.
_HIDDEN: Final = TokenPrior(likely=270, usually_under=590, at_most=700)
_NO_THOUGHTS: Final = TokenPrior(likely=0, usually_under=0, at_most=0)
_BRIEF_THOUGHTS: Final = TokenPrior(likely=190, usually_under=440, at_most=1200)
_MEDIUM_THOUGHTS: Final = TokenPrior(likely=320, usually_under=760, at_most=2000)
_LONG_THOUGHTS: Final = TokenPrior(likely=620, usually_under=1450, at_most=4000)

NANO_BANANA_21: Final = ImageModel(
    id="gemini-nano-banana-2.1",
    name="Nano Banana 2.1",
    short_name="NB 2.1",
    strength="the everyday choice: quick and cheap",
    ratios=FOURTEEN_RATIOS,
    pixels=MappingProxyType({size: _PIXELS_3X[size] for size in ("1K", "2K", "4K")}),
    sizes=("1K", "2K", "4K"),
    # The pricing page bills 4K as 3,780 tokens; the image guide's table still says 2,520.
    image_tokens=MappingProxyType({"1K": 1120, "2K": 1680, "4K": 3780}),
    prices=(_usd(since=date(2026, 10, 6), source=_PRICING_PAGE, rates=("1.50", "7.50", "30")),),
    input_image_tokens=1120,
    reference_limits=MappingProxyType({"object": 10, "person": 4}),
    reference_total=14,
    thinking_levels=("minimal", "medium", "high"),
    default_thinking_level="medium",
    thinks=True,
    signs_parts=True,
    search=True,
    output_mime_type="image/jpeg",
    context_tokens=131_072,
    hidden_tokens=_HIDDEN,
    thought_tokens=MappingProxyType(
        {
            None: _MEDIUM_THOUGHTS,
            "minimal": _NO_THOUGHTS,
            "medium": _MEDIUM_THOUGHTS,
            "high": _LONG_THOUGHTS,
        }
    ),
    usual_duration_s=MappingProxyType({"1K": 11.0, "2K": 15.0, "4K": 28.0}),
)

NANO_BANANA_PRO: Final = ImageModel(
    id="gemini-3-pro-image",
    name="Gemini 3 Pro Image",
    short_name="Pro",
    strength="best text and detail",
    ratios=TEN_RATIOS,
    pixels=MappingProxyType({size: _PIXELS_3X[size] for size in ("1K", "2K", "4K")}),
    sizes=("1K", "2K", "4K"),
    image_tokens=MappingProxyType({"1K": 1120, "2K": 1120, "4K": 2000}),
    prices=(_usd(since=date(2025, 11, 20), source=_PRICING_PAGE, rates=("2.00", "12.00", "120")),),
    input_image_tokens=560,
    reference_limits=MappingProxyType({"object": 6, "person": 5, "style": 3}),
    reference_total=14,
    # A level is accepted but has no effect, so none is offered: a control the model ignores is not shown.
    thinking_levels=(),
    default_thinking_level=None,
    thinks=True,
    signs_parts=True,
    search=True,
    output_mime_type="image/jpeg",
    context_tokens=65_536,
    hidden_tokens=_HIDDEN,
    thought_tokens=MappingProxyType({None: _BRIEF_THOUGHTS}),
    usual_duration_s=MappingProxyType({"1K": 19.0, "2K": 22.0, "4K": 35.0}),
)

NANO_BANANA_2: Final = ImageModel(
    id="gemini-3.1-flash-image",
    name="Nano Banana 2",
    short_name="NB 2",
    strength="the one before 2.1, has a 512 draft size",
    ratios=FOURTEEN_RATIOS,
    pixels=_PIXELS_3X,
    sizes=("512", "1K", "2K", "4K"),
    image_tokens=MappingProxyType({"512": 747, "1K": 1120, "2K": 1680, "4K": 2520}),
    prices=(_usd(since=date(2026, 2, 26), source=_PRICING_PAGE, rates=("0.50", "3.00", "60")),),
    input_image_tokens=1120,
    reference_limits=MappingProxyType({"object": 10, "person": 4}),
    reference_total=14,
    thinking_levels=("minimal", "high"),
    default_thinking_level="minimal",
    thinks=True,
    signs_parts=True,
    search=True,
    output_mime_type="image/jpeg",
    context_tokens=131_072,
    hidden_tokens=_HIDDEN,
    thought_tokens=MappingProxyType({None: _NO_THOUGHTS, "minimal": _NO_THOUGHTS, "high": _LONG_THOUGHTS}),
    usual_duration_s=MappingProxyType({"512": 8.0, "1K": 11.0, "2K": 16.0, "4K": 28.0}),
    ends=date(2026, 10, 29),
    notice="Deprecated since 6 Oct 2026; its end was reported for 29 Oct 2026 and may come any day.",
)

NANO_BANANA_2_LITE: Final = ImageModel(
    id="gemini-3.1-flash-lite-image",
    name="Nano Banana 2 Lite",
    short_name="Lite",
    strength="fastest drafts, 1K only",
    ratios=FOURTEEN_RATIOS,
    pixels=MappingProxyType({"1K": _PIXELS_1K}),
    sizes=("1K",),
    image_tokens=MappingProxyType({"1K": 1120}),
    prices=(_usd(since=date(2026, 6, 30), source=_PRICING_PAGE, rates=("0.25", "1.50", "30")),),
    input_image_tokens=1120,
    reference_limits=MappingProxyType({"object": 14}),
    reference_total=14,
    thinking_levels=("minimal", "high"),
    default_thinking_level="minimal",
    thinks=True,
    signs_parts=True,
    search=False,
    output_mime_type="image/jpeg",
    context_tokens=65_536,
    hidden_tokens=_HIDDEN,
    thought_tokens=MappingProxyType({None: _NO_THOUGHTS, "minimal": _NO_THOUGHTS, "high": _BRIEF_THOUGHTS}),
    usual_duration_s=MappingProxyType({"1K": 4.0}),
)

NANO_BANANA_25: Final = ImageModel(
    id="gemini-2.5-flash-image",
    name="Nano Banana (2.5)",
    short_name="2.5",
    strength="the first one; no size, no thinking",
    ratios=TEN_RATIOS,
    pixels=MappingProxyType({"1K": _PIXELS_25}),
    sizes=(),
    image_tokens=MappingProxyType({"1K": 1290}),
    prices=(_usd(since=date(2025, 10, 2), source=_PRICING_PAGE, rates=("0.30", "2.50", "30")),),
    input_image_tokens=258,
    reference_limits=MappingProxyType({}),
    reference_total=3,
    thinking_levels=(),
    default_thinking_level=None,
    thinks=False,
    signs_parts=False,
    search=False,
    output_mime_type="image/png",
    context_tokens=32_768,
    hidden_tokens=TokenPrior(likely=40, usually_under=170, at_most=400),
    thought_tokens=MappingProxyType({None: _NO_THOUGHTS}),
    usual_duration_s=MappingProxyType({"1K": 8.0}),
    ends=date(2026, 10, 2),
    notice="Its end was documented for 2 Oct 2026; it was still answering afterwards.",
)

CATALOGUE: Final[tuple[ImageModel, ...]] = (
    NANO_BANANA_PRO, NANO_BANANA_21, NANO_BANANA_2_LITE, NANO_BANANA_2, NANO_BANANA_25,
)  # fmt: skip

DEFAULT_MODEL_ID: Final = NANO_BANANA_PRO.id

ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # Shut down on 2026-06-25 (docs/deprecations); the replacements are the GA ids.
        "gemini-3-pro-image-preview": NANO_BANANA_PRO.id,
        "nano-banana-pro-preview": NANO_BANANA_PRO.id,
        "gemini-3.1-flash-image-preview": NANO_BANANA_2.id,
        "gemini-2.5-flash-image-preview": NANO_BANANA_25.id,
    }
)

PRICES_READ_ON: Final = date(2026, 11, 22)


_MODEL_ID: Final = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def find_model(model_id: str) -> ImageModel | None:
    """The model of an id or of a retired alias; None when the catalogue does not have it."""
    wanted = ALIASES.get(model_id, model_id)
    return next((model for model in CATALOGUE if model.id == wanted), None)


def model_of(model_id: str) -> ImageModel:
    """The model of an id, of a retired alias, or of an id that the catalogue does not list."""
    return find_model(model_id) or _unlisted(model_id)


def is_model_id(model_id: str) -> bool:
    """Whether a text could be a model's id: it becomes a part of the address that is asked."""
    return _MODEL_ID.fullmatch(model_id) is not None


def _unlisted(model_id: str) -> ImageModel:
    """A model nothing is known of: nothing can be chosen on it, so nothing is sent that it might refuse, and its cost
    is unknown. It is taken to sign its parts, as every model since 3.0 does."""
    return replace(
        NANO_BANANA_PRO,
        id=model_id,
        name=model_id,
        short_name=model_id,
        strength="not in the catalogue",
        ratios=(),
        pixels=MappingProxyType({}),
        sizes=(),
        image_tokens=MappingProxyType({}),
        prices=(),
        reference_limits=MappingProxyType({}),
        thinks=False,
        search=False,
        notice="This model is not in Retake's catalogue: what it can do and what it costs are unknown.",
    )
