"""Everything that can go wrong for a designer, as facts plus a remedy in plain words.

    StudioError
    ├── InputError          what was typed, dropped or chosen cannot be sent; nothing was called, nothing is lost
    │   ├── PictureRefused  a picture that cannot be taken in
    │   └── BudgetReached   the cap would be passed
    ├── EngineError         the service, or the way to it, failed; `facts.billed` says what is known of the bill
    ├── StoreError          the data folder cannot be used
    └── SettingsError       the configuration is wrong; the studio does not start

An error carries facts, never a response body's headers, a URL with a key or a traceback. The facts are a value: they
are stored with the attempt and shown again after a restart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import partial
from types import MappingProxyType
from typing import Final, Literal

Billed = Literal["no", "unknown", "yes"]
"""Whether the call may appear on the bill. "no" only for an HTTP 4xx or a call that never left."""

Stage = Literal["input", "send", "wait", "answer", "store"]

Category = Literal[
    # what the designer gave
    "empty_prompt", "prompt_too_long", "request_too_large", "bad_picture", "too_many_references", "unsupported_setting",
    "budget", "not_found", "bad_value",
    # the key and the account
    "key_missing", "key_invalid", "key_leaked", "permission", "region", "no_billing", "credits_gone", "rate_day",
    # the service
    "rate_minute", "overloaded", "server_error", "model_retired", "bad_request", "signature", "outcome_unknown",
    # the way to it
    "offline", "connection_refused", "not_gemini", "bad_answer",
    # our own side
    "cancelled", "interrupted", "read_only", "storage", "internal",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ErrorFacts:
    """What is known of one failure. `detail` is the service's own sentence, inert text for the unfolded view."""

    category: Category
    stage: Stage = "send"
    billed: Billed = "no"
    retry_after_s: float | None = None
    http_status: int | None = None
    detail: str = ""
    sentence: str | None = None
    """Overrides the category's own sentence where the particular numbers matter (sizes, limits, money)."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What happened, and what to do about it, in the words the page shows."""

    happened: str
    to_do: str


REMEDIES: Final[Mapping[Category, Remedy]] = MappingProxyType({
    "empty_prompt": Remedy("There is nothing to send yet.", "Describe the picture, or the change, then send."),
    "prompt_too_long": Remedy("The prompt is longer than the model can read.", "Shorten it, then send again."),
    "request_too_large": Remedy("This request is larger than Gemini accepts.", "Remove some references, then send again."),
    "bad_picture": Remedy("That file could not be read as a picture.", "Use a PNG, JPEG, WebP or HEIC file."),
    "too_many_references": Remedy("A prompt takes 14 references at most.", "Remove one to add another."),
    "unsupported_setting": Remedy("This model does not have that setting.", "Choose another value in Create."),
    "budget": Remedy("This would pass the budget.", "Raise the budget in Cost, or choose a smaller size or fewer images."),
    "not_found": Remedy("That is no longer here.", "Reload the page to see what is."),
    "bad_value": Remedy("The page sent something the studio does not understand.", "Reload the page and try again."),
    "key_missing": Remedy("No API key was sent.", "Add a key in the connection panel."),
    "key_invalid": Remedy("Google does not accept this API key.", "Check the key in the connection panel."),
    "key_leaked": Remedy("Google has blocked this API key because it was found in public.", "Create a new key in AI Studio and use that."),
    "permission": Remedy("This key is not allowed to use this model.", "Check the key's project and its restrictions in AI Studio."),
    "region": Remedy("Gemini's API is not offered where this computer is.", "Use Vertex or a gateway in a supported region."),
    "no_billing": Remedy("This key's project has no billing, and image models have no free tier.", "Turn on billing for the project in AI Studio, then send again."),
    "credits_gone": Remedy("The prepaid credit of this key's project is used up.", "Top it up in AI Studio, then send again."),
    "rate_day": Remedy("The project's quota for today is used up.", "It resets at midnight Pacific time; another model has its own quota."),
    "rate_minute": Remedy("Gemini asked to slow down: too many requests this minute.", "Wait a minute, then send again."),
    "overloaded": Remedy("The model is overloaded right now.", "Send again in a few minutes, or switch to another model."),
    "server_error": Remedy("Gemini had an internal error.", "Send again; if it stays, try another model."),
    "model_retired": Remedy("Google no longer offers this model here.", "Choose another model in Create."),
    "bad_request": Remedy("Gemini did not accept the request.", "Change the prompt or the settings; the details say what it objected to."),
    "signature": Remedy("Gemini no longer accepts this conversation's history.", "Start fresh from this picture."),
    "outcome_unknown": Remedy("The connection ended before an answer came, so the outcome is unknown.", "The call may have been billed. Run it again if you want a new answer."),
    "offline": Remedy("Gemini could not be reached.", "Check the internet connection, then send again."),
    "connection_refused": Remedy("Nothing answers at Gemini's address.", "Check the address or the gateway, then send again."),
    "not_gemini": Remedy("The address answered, but not as Gemini does.", "Check the gateway's address in the settings."),
    "bad_answer": Remedy("The answer arrived damaged.", "The call may have been billed. Run it again if you want a new answer."),
    "cancelled": Remedy("Stopped.", "The request had already left, so it may still be billed."),
    "interrupted": Remedy("The studio stopped while this was running.", "It may have been billed. Run it again if you want a new answer."),
    "read_only": Remedy("Another Retake has this data folder open.", "Close the other one, then start this one again."),
    "storage": Remedy("The data folder could not be written.", "Free some space or choose another folder with STUDIO_DATA_DIR."),
    "internal": Remedy("Something went wrong in the studio itself.", "Try again; the log file has the details."),
})  # fmt: skip


_CENT: Final = Decimal("0.01")


class StudioError(Exception):
    """Base of the tree; carries `facts`."""

    def __init__(self, facts: ErrorFacts) -> None:
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        return sentence_of(self.facts)


class InputError(StudioError):
    """Refused before any call: nothing was billed and nothing is lost."""

    def __init__(self, category: Category, sentence: str | None = None) -> None:
        super().__init__(ErrorFacts(category=category, stage="input", billed="no", sentence=sentence))

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.facts.category, self.facts.sentence)


class PictureRefused(InputError):
    """A picture that cannot be taken in; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__("bad_picture", sentence)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.facts.sentence,)


class BudgetReached(InputError):
    """A call that could pass the cap. Money in USD."""

    def __init__(self, *, needed_usd: Decimal, left_usd: Decimal, cap_usd: Decimal) -> None:
        self.needed_usd, self.left_usd, self.cap_usd = needed_usd, left_usd, cap_usd
        # Rounded apart, so that the sentence never says that $0.14 is too much for the $0.14 that is left.
        needed = needed_usd.quantize(_CENT, ROUND_CEILING)
        left = max(left_usd, Decimal(0)).quantize(_CENT, ROUND_FLOOR)
        known = f"This needs up to ${needed}, and ${left} of the ${cap_usd:.2f} budget is left. "
        unknown = f"What this costs is not known, and the ${cap_usd:.2f} budget is used up. "
        smaller = "Raise the budget in Cost, or choose a smaller size or fewer images."
        listed = "Raise the budget in Cost, or choose a model whose price is known."
        super().__init__("budget", known + smaller if needed_usd else unknown + listed)

    def __reduce__(self) -> tuple[object, ...]:
        figures = {"needed_usd": self.needed_usd, "left_usd": self.left_usd, "cap_usd": self.cap_usd}
        return partial(type(self), **figures), ()


class EngineError(StudioError):
    """The service or the way to it failed."""


class StoreError(StudioError):
    """The data folder cannot be used."""

    def __init__(self, sentence: str) -> None:
        super().__init__(ErrorFacts(category="storage", stage="store", billed="no", sentence=sentence))

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.facts.sentence,)


class SettingsError(Exception):
    """The configuration is wrong; one line per mistake."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.problems,)


def sentence_of(facts: ErrorFacts) -> str:
    """The sentence the page shows: what happened, then what to do."""
    if facts.sentence:
        return facts.sentence
    remedy = REMEDIES[facts.category]
    return f"{remedy.happened} {remedy.to_do}"
