"""How long an answer takes: the sandbox's own quick pace, or the live service's (latency.toml)."""

import random
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

from studio.sandbox.usage import lognormal

_QUICK_S: Final = {"512": 1.4, "1K": 2.0, "2K": 2.6, "4K": 3.4}
_QUICK_SPREAD: Final = (0.8, 1.3)


@cache
def live_figures() -> dict[str, Any]:
    """latency.toml: model id → size → median, sigma, low and high in seconds."""
    return tomllib.loads(files(__package__).joinpath("latency.toml").read_text(encoding="utf-8"))


def quick_s(size: str, dice: random.Random) -> float:
    """Seconds that let one see an answer come, without waiting for it."""
    low, high = _QUICK_SPREAD
    return _QUICK_S[size] * dice.uniform(low, high)


def live_s(model_id: str, size: str, dice: random.Random) -> float:
    """Seconds the live service would take."""
    return lognormal(dice, live_figures()[model_id][size])
