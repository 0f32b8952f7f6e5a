"""Google's error bodies, word for word.

Texts: public sightings of the live service, read 2026-11-22. A text that nobody has published is marked "not captured".
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

JsonObject = dict[str, Any]

SIGNATURE_DOCS: Final = "https://ai.google.dev/gemini-api/docs/thought-signatures"
TROUBLESHOOTING: Final = "https://developers.generativeai.google/guide/troubleshooting"
SERVICE: Final = "generativelanguage.googleapis.com"


@dataclass(frozen=True, slots=True)
class GoogleError:
    """One error answer: the HTTP status, Google's status name, its sentence, its typed details."""

    http_status: int
    status: str
    message: str
    details: tuple[Mapping[str, Any], ...] = ()

    @property
    def refuses_key(self) -> bool:
        """Whether the key is unknown: then the answer does not name a service tier (public recording, 2026-08-19)."""
        return any(detail.get("reason") == "API_KEY_INVALID" for detail in self.details)

    def value(self) -> JsonObject:
        """{"error": {code, message, status[, details]}} as the service sends it."""
        error: JsonObject = {"code": self.http_status, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = [dict(detail) for detail in self.details]
        return {"error": error}

    def body(self) -> bytes:
        return json.dumps(self.value(), indent=2, ensure_ascii=False).encode() + b"\n"


class Refused(Exception):
    """Raised inside the checks; `error` is the answer. It comes back whole from a worker process."""

    def __init__(self, error: GoogleError) -> None:
        super().__init__(error)
        self.error = error

    def __str__(self) -> str:
        return self.error.message


def invalid_argument(message: str) -> GoogleError:
    return GoogleError(400, "INVALID_ARGUMENT", message)


def bad_request(violations: Sequence[tuple[str, str]]) -> GoogleError:
    """The schema stage's answer; each violation is (field path, sentence), the path empty for the root."""
    fields = [{"field": path, "description": text} if path else {"description": text} for path, text in violations]
    detail = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": fields}
    return GoogleError(400, "INVALID_ARGUMENT", "\n".join(text for _, text in violations), (detail,))


def api_key_invalid() -> GoogleError:
    message = "API key not valid. Please pass a valid API key."
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
        "metadata": {"service": SERVICE},
    }
    localized = {
        "@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US", "message": message,
    }  # fmt: skip
    return GoogleError(400, "INVALID_ARGUMENT", message, (info, localized))


def no_key() -> GoogleError:
    return GoogleError(
        403,
        "PERMISSION_DENIED",
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other "
        "form of API consumer identity to call this API.",
    )


def leaked_key() -> GoogleError:
    return GoogleError(403, "PERMISSION_DENIED", "Your API key was reported as leaked. Please use another API key.")


def permission_denied() -> GoogleError:
    return GoogleError(403, "PERMISSION_DENIED", "The caller does not have permission")


def wrong_region() -> GoogleError:
    return GoogleError(400, "FAILED_PRECONDITION", "User location is not supported for the API use.")


def model_not_found(model_id: str, version: str) -> GoogleError:
    return GoogleError(
        404,
        "NOT_FOUND",
        f"models/{model_id} is not found for API version {version}, or is not supported for generateContent. "
        "Call ListModels to see the list of available models and their supported methods.",
    )


def model_retired(model_id: str, successor: str) -> GoogleError:
    return GoogleError(
        404,
        "NOT_FOUND",
        f"This model models/{model_id} is no longer available to new users. "
        f"Please update your code to use models/{successor} for the latest features and improvements.",
    )


def route_not_found() -> GoogleError:
    return GoogleError(404, "NOT_FOUND", "Requested entity was not found.")


def missing_signature(kind: str, content_position: int, part_position: int) -> GoogleError:
    """`kind` is Image or Text; positions count from 1."""
    return invalid_argument(
        f"{kind} part is missing a thought_signature in content position {content_position}, "
        f"part position {part_position}. Please refer to {SIGNATURE_DOCS} for more details."
    )


def corrupted_signature() -> GoogleError:
    return invalid_argument("Corrupted thought signature.")


def signature_not_valid() -> GoogleError:
    return invalid_argument("Thought signature is not valid")


def cached_content_missing() -> GoogleError:
    """Public sightings of 2025 and 2026; the sandbox keeps no cached contents, as image models take none."""
    return GoogleError(403, "PERMISSION_DENIED", "CachedContent not found (or permission denied)")


def bad_input_image() -> GoogleError:
    return invalid_argument("Unable to process input image.")


def internal() -> GoogleError:
    return GoogleError(500, "INTERNAL", f"An internal error has occurred. Please retry or report in {TROUBLESHOOTING}")


def overloaded() -> GoogleError:
    return GoogleError(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")


def deadline_exceeded() -> GoogleError:
    """Text not captured with a 504; the 503 of the same cause says this."""
    return GoogleError(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.")


def credits_gone() -> GoogleError:
    """Comes without details, so nothing in it says how long to wait: waiting is useless."""
    return GoogleError(
        429,
        "RESOURCE_EXHAUSTED",
        "Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your "
        "project and billing.",
    )


@dataclass(frozen=True, slots=True)
class Quota:
    """One quota and its value, as QuotaFailure names it."""

    metric: str
    quota_id: str
    limit: int


PER_MINUTE: Final = Quota(
    metric="generate_requests_per_model", quota_id="GenerateRequestsPerMinutePerProjectPerModel", limit=500
)
PER_DAY: Final = Quota(
    metric="generate_requests_per_model_per_day", quota_id="GenerateRequestsPerDayPerProjectPerModel", limit=2000
)
NO_FREE_TIER: Final = Quota(
    metric="generate_content_free_tier_requests",
    quota_id="GenerateRequestsPerDayPerProjectPerModel-FreeTier",
    limit=0,
)
CONCURRENT: Final = Quota(
    metric="generate_content_concurrent_requests", quota_id="GenerateContentConcurrentRequestsPerProjectPerModel",
    limit=10,
)  # fmt: skip
"""Not captured: nobody has published such a refusal of the service; its name is the sandbox's."""


def spoken_wait(seconds: float) -> str:
    """A wait as the message says it: 34.286670503s, and 19h1m8.430387596s (a per-day refusal published 2026)."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    lead = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return lead + (f"{rest:.9f}".rstrip("0").rstrip(".") or "0") + "s"


def quota_exceeded(quota: Quota, model_id: str, retry_delay_s: float) -> GoogleError:
    """A 429. The wait is only in the body: there is no Retry-After header (public recording of 2026-08-19)."""
    metric = f"{SERVICE}/{quota.metric}"
    wait = spoken_wait(retry_delay_s)
    message = (
        "You exceeded your current quota, please check your plan and billing details. For more information on this "
        "error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: "
        f"https://ai.dev/rate-limit. \n* Quota exceeded for metric: {metric}, limit: {quota.limit}, model: {model_id}\n"
        f"Please retry in {wait}."
    )
    help_links = {
        "@type": "type.googleapis.com/google.rpc.Help",
        "links": [
            {
                "description": "Learn more about Gemini API quotas",
                "url": "https://ai.google.dev/gemini-api/docs/rate-limits",
            }
        ],
    }
    violation: JsonObject = {
        "quotaMetric": metric,
        "quotaId": quota.quota_id,
        "quotaDimensions": {"location": "global", "model": model_id},
    }
    if quota.limit:
        violation["quotaValue"] = str(quota.limit)
    failure = {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]}
    retry = {
        "@type": "type.googleapis.com/google.rpc.RetryInfo",
        "retryDelay": f"{int(retry_delay_s)}s" if retry_delay_s >= 1 else wait,
    }
    return GoogleError(429, "RESOURCE_EXHAUSTED", message, (help_links, failure, retry))
