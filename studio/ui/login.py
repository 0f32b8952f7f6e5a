"""The door of a studio that others can reach: a page that asks for an access token, a gate before everything else."""

from html import escape
from string import Template
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from studio.ui import words
from studio.ui.guard import Owners
from studio.ui.page_files import PREFIX, PageFiles

_OPEN_PATHS: Final = frozenset({"/login", "/healthz"})
_OPEN_FOLDER: Final = f"{PREFIX}/"
_PAGE: Final = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Retake</title><script src="$root/js/theme.js"></script><link rel="stylesheet" href="$root/studio.css"></head>
<body class="login"><main><h1>Retake</h1><form method="post" action="/login">
<label for="token">Access token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<p role="alert">$problem</p><button type="submit">Open the studio</button></form></main></body></html>
""")
_WRONG: Final = "That token is not known here. Ask whoever runs this studio for yours."


def login_page(files: PageFiles, *, failed: bool) -> str:
    """The page, with a sentence when the last token was wrong."""
    return _PAGE.substitute(root=files.root, problem=escape(_WRONG if failed else ""))


class LoginGate:
    """Lets nobody past who has not logged in, where the studio asks for it at all."""

    def __init__(self, app: ASGIApp, *, owners: Owners) -> None:
        self._app = app
        self._owners = owners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._owners.needs_login or _is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if self._owners.owner(request.session.get("owner")) is not None:
            await self._app(scope, receive, send)
        elif request.method == "GET" and scope["path"] == "/":
            await RedirectResponse("/login", status_code=303)(scope, receive, send)
        else:
            await PlainTextResponse(words.LOG_IN_FIRST, status_code=401)(scope, receive, send)


def _is_open(path: str) -> bool:
    return path in _OPEN_PATHS or path.startswith(_OPEN_FOLDER)
