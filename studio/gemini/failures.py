"""One function turns whatever the SDK or the transport raises into the error tree.

The texts it looks for are the service's own, from live bodies of 2025-11 to 2026-10.
"""

import json
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import httpx2
from google.auth import exceptions as auth_exceptions
from google.genai import errors as sdk_errors
from pydantic import ValidationError

from studio.errors import Billed, Category, EngineError, ErrorFacts, StudioError
from studio.gemini.sentences import ON_GOOGLE_CLOUD, SENTENCES

_MAX_DETAIL_CHARS: Final = 600
_MAX_DELAY_S: Final = 86_400.0
_SECONDS: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)s")
_SIGNATURE_TEXTS: Final = ("thought_signature", "thought signature")
_REGION_TEXT: Final = "location is not supported"
_STATUS_NAME: Final = re.compile("[A-Z][A-Z_]+")
_NOT_TRUSTED: Final = (
    "The secure connection to Gemini's address could not be made, so nothing was sent. Check the computer's clock and "
    "any proxy or gateway in between, then send again."
)
_TOO_LARGE: Final = 413
_MAY_HAVE_DRAWN: Final[frozenset[Category]] = frozenset({"rate_minute", "overloaded", "server_error"})
_UNREADABLE_TEXTS: Final = ("unable to process input image", "provided image is not valid")
_TOKEN_TEXTS: Final = ("exceeds the maximum number of tokens", "token count exceeds", "input token count")
_PAYLOAD_TEXT: Final = "request payload size exceeds"


def failure_of(error: Exception, *, enterprise: bool = False) -> EngineError:
    """The engine error for an exception of one call. The key and the headers never get into it.

    `enterprise`: the call went to Google Cloud, where credentials of the machine stand in for a key.
    """
    facts = _facts(error)
    if enterprise and facts.sentence is None and facts.category in ON_GOOGLE_CLOUD:
        facts = replace(facts, sentence=ON_GOOGLE_CLOUD[facts.category])
    return EngineError(facts)


def broken_off(failure: EngineError) -> EngineError:
    """The failure of a call that had begun to answer: what would be tried again by itself may already be paid for."""
    if failure.facts.category not in _MAY_HAVE_DRAWN:
        return failure
    return EngineError(replace(failure.facts, category="outcome_unknown", stage="answer", billed="unknown"))


def _facts(error: Exception) -> ErrorFacts:
    match error:
        case StudioError():
            return error.facts
        case sdk_errors.APIError():
            return _api_facts(error)
        case sdk_errors.UnknownApiResponseError() | json.JSONDecodeError():
            return ErrorFacts(category="not_gemini", stage="answer", billed="unknown", detail="the answer is not JSON")
        case ValidationError():
            return ErrorFacts(
                category="not_gemini", stage="answer", billed="unknown", detail="the answer is not of Gemini's form"
            )
        case auth_exceptions.TransportError():
            return ErrorFacts(category="offline", stage="send", billed="no", detail=_plain(error))
        case auth_exceptions.GoogleAuthError():
            return ErrorFacts(category="key_invalid", stage="send", billed="no", detail=_plain(error))
        case httpx2.HTTPError() | OSError():
            return _transport_facts(error)
        case _:
            return ErrorFacts(category="internal", stage="answer", billed="unknown", detail=type(error).__name__)


def _transport_facts(error: Exception) -> ErrorFacts:
    """Whether the request can have left at all decides what may be said of the bill."""
    detail = _plain(error)
    match error:
        case httpx2.ConnectError() | httpx2.ConnectTimeout() | httpx2.PoolTimeout():
            category: Category = "connection_refused" if _has_cause(error, ConnectionRefusedError) else "offline"
            sentence = _NOT_TRUSTED if _has_cause(error, ssl.SSLError) else None
            return ErrorFacts(category=category, stage="send", billed="no", detail=detail, sentence=sentence)
        # A proxy that refuses the tunnel has let nothing through.
        case httpx2.ProxyError() | httpx2.UnsupportedProtocol():
            return ErrorFacts(category="offline", stage="send", billed="no", detail=detail)
        case httpx2.DecodingError():
            return ErrorFacts(category="bad_answer", stage="answer", billed="unknown", detail=detail)
        case _:
            return ErrorFacts(category="outcome_unknown", stage="wait", billed="unknown", detail=detail)


def _api_facts(error: sdk_errors.APIError) -> ErrorFacts:
    body = _body(error)
    code = _code(error)
    # Only an HTTP 4xx is known not to be charged.
    billed: Billed = "no" if 400 <= code < 500 else "unknown"
    if body is None:
        category: Category = "request_too_large" if code == _TOO_LARGE else "not_gemini"
        return ErrorFacts(category=category, stage="answer", billed=billed, http_status=code, detail=f"HTTP {code}")
    message = str(body.get("message", ""))
    details = [detail for detail in _listed(body.get("details")) if isinstance(detail, Mapping)]
    category = _category(code=code, status=str(body["status"]), message=message, details=details)
    return ErrorFacts(
        category=category,
        stage="wait" if category == "outcome_unknown" else "send",
        billed=billed,
        retry_after_s=_retry_delay_s(details),
        http_status=code,
        detail=message.strip()[:_MAX_DETAIL_CHARS],
        sentence=SENTENCES.get(category),
    )


def _body(error: sdk_errors.APIError) -> Mapping[str, Any] | None:
    """The error object as Gemini writes it; None when something else answered.

    For a page that is not JSON the SDK makes up {"message": the page, "status": the HTTP reason}.
    """
    details = error.details
    if isinstance(details, Sequence) and not isinstance(details, str) and details:
        details = details[0]
    inner = details.get("error") if isinstance(details, Mapping) else None
    if not isinstance(inner, Mapping) or not _STATUS_NAME.fullmatch(str(inner.get("status", ""))):
        return None
    return inner


def _code(error: sdk_errors.APIError) -> int:
    return int(error.code) if str(error.code).isdecimal() else 0


def _listed(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _category(*, code: int, status: str, message: str, details: Sequence[Mapping[str, Any]]) -> Category:
    text = message.lower()
    if code == 429:
        return _quota_category(text, details)
    if code == 400:
        return _bad_request_category(text, details)
    if code in (401, 403):
        return _key_category(code, text)
    if code == 504 or status == "DEADLINE_EXCEEDED":
        return "outcome_unknown"
    by_code: Mapping[int, Category] = {404: "model_retired", _TOO_LARGE: "request_too_large", 503: "overloaded"}
    return by_code.get(code, "server_error" if code >= 500 else "bad_request")


def _key_category(code: int, text: str) -> Category:
    if "leaked" in text:
        return "key_leaked"
    if "unregistered callers" in text:
        return "key_missing"
    return "key_invalid" if code == 401 else "permission"


def _bad_request_category(text: str, details: Sequence[Mapping[str, Any]]) -> Category:
    if any(detail.get("reason") == "API_KEY_INVALID" for detail in details) or "api key not valid" in text:
        return "key_invalid"
    if _REGION_TEXT in text:
        return "region"
    if any(signature in text for signature in _SIGNATURE_TEXTS):
        return "signature"
    if any(unreadable in text for unreadable in _UNREADABLE_TEXTS):
        return "bad_picture"
    if any(tokens in text for tokens in _TOKEN_TEXTS):
        return "prompt_too_long"
    if _PAYLOAD_TEXT in text:
        return "request_too_large"
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
        for violation in _listed(detail.get("violations")):
            if isinstance(violation, Mapping):
                yield violation


def _retry_delay_s(details: Sequence[Mapping[str, Any]]) -> float | None:
    for detail in details:
        found = _SECONDS.fullmatch(str(detail.get("retryDelay", "")))
        if found and str(detail.get("@type", "")).endswith("RetryInfo"):
            return min(float(found.group(1)), _MAX_DELAY_S)
    return None


def _has_cause(error: BaseException | None, kind: type[BaseException]) -> bool:
    """Whether an error of a kind stands somewhere down the chain, hidden ones included: httpcore2 raises its own
    "from None". A host of several addresses fails with a group, one error for each address that was tried.
    """
    if error is None:
        return False
    if isinstance(error, kind):
        return True
    if isinstance(error, BaseExceptionGroup) and any(_has_cause(member, kind) for member in error.exceptions):
        return True
    return _has_cause(error.__cause__ or error.__context__, kind)


def _plain(error: Exception) -> str:
    """The kind of a transport failure and its own words, which name hosts at most."""
    return f"{type(error).__name__}: {error}".strip(": ")[:_MAX_DETAIL_CHARS]
