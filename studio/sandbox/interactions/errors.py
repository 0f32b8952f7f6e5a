"""Errors of the Interactions API: {"error": {"message", "code"}}, where the code is a word.

Codes: ai.google.dev/gemini-api/docs/api-errors. The form and the texts: published live answers (2026-05 to 2026-10). A
text that nobody has published is marked "not captured".
"""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from studio.sandbox.google_errors import GoogleError, JsonObject

_UNKNOWN_BLOCK: Final = "OTHER"


@cache
def interaction_data() -> JsonObject:
    """interactions.toml."""
    return tomllib.loads(files(__package__).joinpath("interactions.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class InteractionError:
    """One error answer: the HTTP status, the word, the sentence."""

    http_status: int
    code: str
    message: str

    def value(self) -> JsonObject:
        """What stands under "error", and among the `errors` of a failed interaction."""
        return {"message": self.message, "code": self.code}

    def body(self) -> bytes:
        return json.dumps({"error": self.value()}, indent=2, ensure_ascii=False).encode() + b"\n"


class InteractionRefused(Exception):
    """Raised inside the checks; `error` is the answer. It comes back whole from a worker process."""

    def __init__(self, error: InteractionError) -> None:
        super().__init__(error)
        self.error = error

    def __str__(self) -> str:
        return self.error.message


def invalid_request(message: str) -> InteractionError:
    return InteractionError(400, "invalid_request", message)


def invalid_input(path: str) -> InteractionError:
    """Something of the wrong kind (live, 2026-08)."""
    return invalid_request(f"Invalid input at '{path}'.")


def unsupported_value(value: object, path: str, supported: Sequence[str]) -> InteractionError:
    """Live, 2026-06 to 2026-10."""
    named = ", ".join(f"'{each}'" for each in supported)
    return invalid_request(f"The value '{value}' is not supported for '{path}'. Supported values: {named}.")


def unknown_parameter(path: str, similar: str | None) -> InteractionError:
    """The text is a live one; its code is the documented one."""
    hint = f" Did you mean '{similar}'?" if similar else ""
    return InteractionError(400, "parameter_unknown", f"Unknown parameter '{path}'.{hint}")


def not_found() -> InteractionError:
    """An interaction that is unknown, expired or deleted, a model that is none, a size the model lacks: the sentence is
    the same (live, 2026-08 and 2026-10)."""
    return InteractionError(404, "not_found", "Requested entity was not found.")


def malformed_name(interaction_id: str) -> InteractionError:
    """An id that could never have been one (live, 2026-08)."""
    return invalid_request(f"Invalid interaction name: interactions/{interaction_id}")


def legacy_input() -> InteractionError:
    """Live, 2026-06, of clients that speak the schema before "steps"; that a list of turns gets it is not captured."""
    return invalid_request(
        "The legacy Interactions API schema is no longer supported. Please upgrade your client SDK to Python >= 2.0.0 "
        "or JavaScript/TypeScript >= 2.0.0 to adopt the new 'steps' schema. For details and migration examples, see: "
        "https://ai.google.dev/gemini-api/docs/interactions-breaking-changes-may-2026"
    )


def not_running() -> InteractionError:
    """Cancelling what is no longer, or never was, in progress. Not captured."""
    return InteractionError(400, "failed_precondition", "Only a background interaction in progress can be cancelled.")


def blocked(reason: str) -> InteractionError:
    """A finish or block reason as the error it is here."""
    data = interaction_data()
    known = reason if reason in data["blocked"] else _UNKNOWN_BLOCK
    return InteractionError(400, data["blocked_codes"].get(known, known.lower()), data["blocked"][known])


def translated(error: GoogleError) -> InteractionError:
    """The same error in this API's words. Typed details have no place here."""
    data = interaction_data()
    if error.http_status == 429:
        http_status, code = data["codes_429"][_quota_kind(error)]
    elif _is_about_the_key(error):
        # docs/api-errors: a key that is missing or not valid is 401; the sentence there is not captured.
        http_status, code = data["codes"]["UNAUTHENTICATED"]
    else:
        http_status, code = data["codes"].get(error.status, (error.http_status, error.status.lower()))
    return InteractionError(http_status, code, error.message.strip())


def _quota_kind(error: GoogleError) -> str:
    told = json.dumps([dict(detail) for detail in error.details])
    if not error.details:
        return "credits_gone"
    return "per_day" if "PerDay" in told else "per_minute"


def _is_about_the_key(error: GoogleError) -> bool:
    reasons = [detail.get("reason") for detail in error.details]
    return "API_KEY_INVALID" in reasons or "unregistered callers" in error.message
