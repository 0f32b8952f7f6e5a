"""Token counts: what is drawn (usage.toml), what is counted, and the usageMetadata they make.

total = prompt + candidates + thoughts; candidates = IMAGE detail + hidden + shown text (public recordings).
"""

import hashlib
import math
import random
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from studio.image_models import ImageModel
from studio.sandbox.google_errors import JsonObject
from studio.sandbox.history import Content, Part


@cache
def usage_data() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("usage.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class PromptTokens:
    """What the request costs to read. Replayed signatures count as text."""

    text: int
    image: int


@dataclass(frozen=True, slots=True)
class DrawnTokens:
    """What the model spends beside the picture."""

    hidden: int
    thoughts: int


@dataclass(frozen=True, slots=True)
class OutputTokens:
    """What has come out so far; every field grows while a stream runs."""

    image: int = 0
    other: int = 0
    thoughts: int = 0


def text_tokens(text: str) -> int:
    chars_per_token: int = usage_data()["text_chars_per_token"]
    return math.ceil(len(text) / chars_per_token)


def prompt_tokens(model: ImageModel, contents: Iterable[Content]) -> PromptTokens:
    parts = [part for content in contents for part in content.parts]
    images = sum(1 for part in parts if part.kind == "image")
    text = sum(_read_tokens(part) for part in parts)
    return PromptTokens(text=max(1, text), image=images * model.input_image_tokens)


def thinking_level(model: ImageModel, asked: str | None) -> str | None:
    """The level that is in force, in lower case; None where the model has none or ignores it."""
    return asked.lower() if asked and model.thinking_levels else model.default_thinking_level


def draw(model: ImageModel, *, level: str | None, seed: bytes) -> DrawnTokens:
    """The same counts for the same seed; `level` as `thinking_level` gives it."""
    data = usage_data()
    dice = random.Random(hashlib.sha256(data["seed"].encode() + seed).digest())
    hidden = round(lognormal(dice, data["hidden"][model.id]))
    spread = data["thoughts"].get(model.id, {}).get(level or "any")
    return DrawnTokens(hidden=hidden, thoughts=round(lognormal(dice, spread)) if spread else 0)


def usage_metadata(prompt: PromptTokens, output: OutputTokens) -> JsonObject:
    """The usageMetadata of the developer API: zero counts are left out, TEXT is not in candidatesTokensDetails."""
    counted = {"TEXT": prompt.text, "IMAGE": prompt.image}
    prompt_total, candidates = sum(counted.values()), output.image + output.other
    usage: JsonObject = {"promptTokenCount": prompt_total}
    if candidates:
        usage["candidatesTokenCount"] = candidates
    usage["totalTokenCount"] = prompt_total + candidates + output.thoughts
    usage["promptTokensDetails"] = _details(counted)
    if output.image:
        usage["candidatesTokensDetails"] = _details({"IMAGE": output.image})
    if output.thoughts:
        usage["thoughtsTokenCount"] = output.thoughts
    usage["serviceTier"] = "standard"
    return usage


def _details(counted: dict[str, int]) -> list[JsonObject]:
    return [{"modality": name, "tokenCount": count} for name, count in counted.items() if count]


def _read_tokens(part: Part) -> int:
    bytes_per_token: int = usage_data()["signature_bytes_per_token"]
    return text_tokens(part.text) + len(part.signature or b"") // bytes_per_token


def lognormal(dice: random.Random, spread: dict[str, float]) -> float:
    """`spread` holds the median, the sigma of the logarithm, and the bounds `low` and `high`."""
    drawn = dice.lognormvariate(math.log(spread["median"]), spread["sigma"])
    return min(max(drawn, spread["low"]), spread["high"])
