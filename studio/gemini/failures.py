"""One function turns whatever the SDK or the transport raises into the error tree.

The texts it looks for are the service's own, from live bodies of 2025-11 to 2026-10.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import httpx2
from google.auth import exceptions as auth_exceptions
from google.genai import errors as sdk_errors

from studio.errors import Billed, Category, EngineError, ErrorFacts

_MAX_DETAIL_CHARS: Final = 600
_SECONDS: Final = re.compile(r"([0-9.]+)s\Z")
_SIGNATURE_TEXTS: Final = ("thought_signature", "thought signature")
_REGION_TEXT: Final = "location is not supported"


def failure_of(error: Exception) -> EngineError:
    """The engine error for an exception of one call. The key and the headers never get into it."""
    return EngineError(_facts(error))


def _facts(error: Exception) -> ErrorFacts:
    match error:
        case EngineError():
            return error.facts
        case sdk_errors.APIError():
            return _api_facts(error)
        case sdk_errors.UnknownApiResponseError() | json.JSONDecodeError():
            return ErrorFacts(category="not_gemini", stage="answer", billed="unknown", detail="the answer is not JSON")
        case httpx2.ConnectError() | httpx2.ConnectTimeout() | httpx2.PoolTimeout():
            category: Category = "connection_refused" if _was_refused(error) else "offline"
            return ErrorFacts(category=category, stage="send", billed="no", detail=_plain(error))
        case httpx2.TransportError() | TimeoutError():
            return ErrorFacts(category="outcome_unknown", stage="wait", billed="unknown", detail=_plain(error))
        case auth_exceptions.GoogleAuthError():
            return ErrorFacts(category="key_invalid", stage="send", billed="no", detail=_plain(error))
        case _:
            return ErrorFacts(category="internal", stage="answer", billed="unknown", detail=type(error).__name__)


def _api_facts(error: sdk_errors.APIError) -> ErrorFacts:
    code = int(error.code or 0)
    body = _body(error)
    message = str(error.message or "")
    if body is None:
        billed: Billed = "no" if 400 <= code < 500 else "unknown"
        return ErrorFacts(category="not_gemini", stage="answer", billed=billed, http_status=code, detail=f"HTTP {code}")
    details = [detail for detail in body.get("details", ()) if isinstance(detail, Mapping)]
    category = _category(code=code, status=str(error.status or ""), message=message, details=details)
    return ErrorFacts(
        category=category,
        stage="wait" if category == "outcome_unknown" else "send",
        # Only an HTTP 4xx is known not to be charged.
        billed="no" if 400 <= code < 500 else "unknown",
        retry_after_s=_retry_delay_s(details),
        http_status=code,
        detail=message.strip()[:_MAX_DETAIL_CHARS],
    )


def _body(error: sdk_errors.APIError) -> Mapping[str, Any] | None:
    """The error object as Gemini writes it; None when something else answered (a gateway's page)."""
    details = error.details
    if isinstance(details, Sequence) and not isinstance(details, str) and details:
        details = details[0]
    if not isinstance(details, Mapping):
        return None
    inner = details.get("error", details)
    return inner if isinstance(inner, Mapping) and ("status" in inner or "code" in inner) and error.status else None


def _category(*, code: int, status: str, message: str, details: Sequence[Mapping[str, Any]]) -> Category:
    text = message.lower()
    if code == 429:
        return _quota_category(text, details)
    if code == 400:
        return _bad_request_category(text, details)
    if code in (401, 403):
        if "leaked" in text:
            return "key_leaked"
        return "key_missing" if "unregistered callers" in text else "permission"
    if code == 404:
        return "model_retired"
    if code == 503:
        return "overloaded"
    if code == 504 or status == "DEADLINE_EXCEEDED":
        return "outcome_unknown"
    return "server_error" if code >= 500 else "bad_request"


def _bad_request_category(text: str, details: Sequence[Mapping[str, Any]]) -> Category:
    if any(detail.get("reason") == "API_KEY_INVALID" for detail in details) or "api key not valid" in text:
        return "key_invalid"
    if _REGION_TEXT in text:
        return "region"
    if any(signature in text for signature in _SIGNATURE_TEXTS):
        return "signature"
    return "bad_request"


def _quota_category(text: str, details: Sequence[Mapping[str, Any]]) -> Category:
    if "credits are depleted" in text:
        return "credits_gone"
    violations = list(_violations(details))
    if "limit: 0" in text or any(str(violation.get("quotaValue")) == "0" for violation in violations):
        return "no_billing"
    if any("PerDay" in str(violation.get("quotaId")) for violation in violations):
        return "rate_day"
    return "rate_minute"


def _violations(details: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for detail in details:
        for violation in detail.get("violations", ()):
            if isinstance(violation, Mapping):
                yield violation


def _retry_delay_s(details: Sequence[Mapping[str, Any]]) -> float | None:
    for detail in details:
        found = _SECONDS.match(str(detail.get("retryDelay", "")))
        if found and str(detail.get("@type", "")).endswith("RetryInfo"):
            return float(found.group(1))
    return None


def _was_refused(error: BaseException | None) -> bool:
    """Whether a connection was refused somewhere down the chain: then, and only then, nothing can have been sent."""
    while error is not None:
        members = error.exceptions if isinstance(error, BaseExceptionGroup) else (error,)
        if any(isinstance(member, ConnectionRefusedError) for member in members):
            return True
        error = error.__cause__ or error.__context__
    return False


def _plain(error: Exception) -> str:
    """The kind of a transport failure and its own words, which name hosts at most."""
    return f"{type(error).__name__}: {error}".strip(": ")[:_MAX_DETAIL_CHARS]
