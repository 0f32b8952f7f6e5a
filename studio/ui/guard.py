"""Who is asking, and whether the page that asks is ours.

On loopback there is one local owner, whatever the browser. On any other host each access token is an owner, kept in a
signed cookie. Every command and upload also carries a page token, which only a page served by this process can know.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from typing import Final

from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from studio.branch import LOCAL_OWNER
from studio.ui import words

_CLOSED: Final = (
    "/docs", "/redoc", "/openapi.json", "/login/", "/logout", "/monitoring",
    *(
        f"/gradio_api/{name}"
        for name in (
            "custom_component", "deep_link", "dev", "file", "login_check", "monitoring", "openapi.json",
            "process_recording", "profiling", "proxy", "run-history", "runs", "stream", "token", "undo-vibe-edit",
            "upload", "user", "vibe-",
        )
    ),
)  # fmt: skip
_HOST: Final = re.compile(r"(?:\[(?P<six>[0-9a-f:]+)\]|(?P<name>[^\[\]:]+))(?::\d+)?")
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class PageTokens:
    """Makes and checks page tokens; they die with the process."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def token_for(self, owner: str) -> str:
        return hmac.new(self._secret, owner.encode(), hashlib.sha256).hexdigest()

    def accepts(self, owner: str, token: str) -> bool:
        return same(self.token_for(owner), token)


class Owners:
    """Tells owners apart. Without access tokens everybody who can connect is the local owner."""

    def __init__(self, access_tokens: Sequence[SecretStr]) -> None:
        self._owners = {token.get_secret_value(): owner_id(token.get_secret_value()) for token in access_tokens}

    @property
    def needs_login(self) -> bool:
        return bool(self._owners)

    def login(self, token: str) -> str | None:
        """The owner of an access token; None for a wrong one. Takes the same time either way."""
        found = None
        for known, owner in self._owners.items():
            if same(known, token):
                found = owner
        return found

    def owner(self, session_owner: str | None) -> str | None:
        """The owner of a request; None when it has to log in first."""
        if not self.needs_login:
            return LOCAL_OWNER
        return session_owner if session_owner in self._owners.values() else None


def same(secret: str, given: str) -> bool:
    """Whether they are equal, in a time that says nothing about the secret. `given` may be any text at all."""
    return hmac.compare_digest(secret.encode(), given.encode(errors="backslashreplace"))


def owner_id(token: str) -> str:
    """A stable name for a token's owner that does not give the token away."""
    return "token-" + hashlib.sha256(token.encode()).hexdigest()[:24]


class ClosedPaths:
    """Answers 404 for what Gradio serves beyond the page: its uploads fill the disk, its proxies fetch any address for
    whoever asks, its own login knows nothing of ours (read in gradio/routes.py, 6.31)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and scope["path"].startswith(_CLOSED):
            await PlainTextResponse("Not Found", status_code=404)(scope, receive, send)
            return
        await self._app(scope, receive, send)


class OriginGuard:
    """Refuses foreign hosts and origins before anything else sees the request.

    A page elsewhere must not be able to command a studio on this machine, nor a DNS name that was made to point here.
    """

    def __init__(self, app: ASGIApp, *, allowed_hosts: Sequence[str] | None) -> None:
        self._app = app
        self._hosts = frozenset(allowed_hosts) if allowed_hosts is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._allows(scope):
            await PlainTextResponse(words.REFUSED_PAGE, status_code=403)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _allows(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._hosts is not None and _name_of(host) not in self._hosts:
            return False
        origin = headers.get("origin")
        if origin and origin.split("://", 1)[-1] != host:  # "null", of a page without an origin, is foreign too
            return False
        foreign = headers.get("sec-fetch-site") in ("cross-site", "same-site")
        return not (foreign and (scope["method"] not in _SAFE_METHODS or headers.get("sec-fetch-mode") == "no-cors"))


def _name_of(host: str) -> str:
    found = _HOST.fullmatch(host)
    return (found["six"] or found["name"]) if found else ""
