"""What a page must not do: throw, complain in the console, or ask another host for anything."""

import re
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

_OWN_SCHEMES: Final = ("data", "blob", "about")
_ALWAYS_NORMAL: Final = (
    r"net::ERR_ABORTED",  # the page went on before an answer was read
)


class BrowserGuard:
    """Watches every page of a context; `problems` is what went wrong so far."""

    def __init__(self, context: BrowserContext) -> None:
        self.problems: list[str] = []
        self._normal = [re.compile(pattern) for pattern in _ALWAYS_NORMAL]
        self._context = context
        context.on("request", self._on_request)
        context.on("weberror", self._on_error)
        context.on("console", self._on_console)

    def leave(self) -> None:
        """Stop watching: the context is another test's from here on."""
        self._context.remove_listener("request", self._on_request)
        self._context.remove_listener("weberror", self._on_error)
        self._context.remove_listener("console", self._on_console)

    def expect(self, *patterns: str) -> None:
        """From here on, errors that match are part of what the test does (a server taken away, say)."""
        self._normal += [re.compile(pattern) for pattern in patterns]

    def check(self) -> None:
        """AssertionError naming everything the page did that it must not."""
        assert not self.problems, "the page misbehaved:\n" + "\n".join(self.problems)

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in _OWN_SCHEMES and parts.hostname != "127.0.0.1":
            self.problems.append(f"asked another host: {request.method} {request.url}")

    def _on_error(self, error: WebError) -> None:
        self._note(f"threw: {error.error}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"console error: {message.text} ({message.location['url']})")

    def _note(self, problem: str) -> None:
        if not any(pattern.search(problem) for pattern in self._normal):
            self.problems.append(problem)
