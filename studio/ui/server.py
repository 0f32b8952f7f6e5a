"""The parent FastAPI app: bytes, uploads, progress and guards on routes of our own. Blocks are mounted on it last."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from pydantic import SecretStr
from starlette.middleware.sessions import SessionMiddleware

from studio.conversation import ConversationManager, Studio
from studio.conversations import Conversations
from studio.errors import ErrorFacts, StudioError, sentence_of
from studio.image_models import ALIASES, MAX_REFERENCES
from studio.ports import BlobFiles, Connection, Pictures
from studio.prompt import MAX_PROMPT_CHARS
from studio.settings import is_sendable
from studio.ui import words
from studio.ui.boot_shapes import Boot
from studio.ui.catalogue import model_options, prices_date, unlisted_option
from studio.ui.guard import ClosedPaths, OriginGuard, Owners, PageTokens
from studio.ui.login import LoginGate, login_page
from studio.ui.page_files import PREFIX, PageFiles, ServedFiles
from studio.ui.pages import Pages
from studio.ui.presets import EXAMPLES, PRESETS
from studio.ui.response_headers import ResponseHeaders
from studio.ui.shapes import Notice, Reply
from studio.ui.stream import page_events
from studio.ui.thumbs import Thumbs
from studio.ui.uploads import MAX_UPLOAD_BYTES, Uploads, read_limited

_IMMUTABLE: Final = "private, max-age=31536000, immutable"
_CSP: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self' blob: data:; font-src 'self' data:; worker-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
_HEADERS: Final = {
    "content-security-policy": _CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
_MAX_FORM_BYTES: Final = 10_000
"""Far more than a key or an access token needs."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class ServerParts:
    """What the routes stand on."""

    studio: Studio
    connection: Connection
    pages: Pages
    tokens: PageTokens
    owners: Owners
    blobs: BlobFiles
    pictures: Pictures
    files: PageFiles
    thumbs: Path
    session_secret: SecretStr
    allowed_hosts: tuple[str, ...] | None
    read_only: bool = False
    """Another process holds the data folder: this one shows it and writes nothing."""


def create_server(parts: ServerParts, *, lifespan: Lifespan) -> FastAPI:
    """The app without Blocks. Its own routes must stand before Blocks are mounted at "/"."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    routes = _Routes(parts)
    app.add_api_route("/healthz", routes.healthz, methods=["GET"])
    app.add_api_route("/session", routes.session, methods=["GET"])
    app.add_api_route("/events", routes.events, methods=["GET"])
    app.add_api_route("/uploads", routes.upload, methods=["POST"])
    app.add_api_route("/connection/key", routes.use_key, methods=["POST"])
    app.add_api_route("/blobs/{sha256}", routes.blob, methods=["GET", "HEAD"])
    app.add_api_route("/blobs/{sha256}/thumb", routes.thumb, methods=["GET"])
    app.add_api_route("/login", routes.login_page, methods=["GET"], response_model=None)
    app.add_api_route("/login", routes.login, methods=["POST"], response_model=None)
    app.mount(PREFIX, ServedFiles(parts.files), name="assets")
    app.add_exception_handler(StudioError, _studio_error)
    app.add_exception_handler(Exception, _unexpected)
    # The last one added is the first to see a request, and the last to see its response.
    app.add_middleware(LoginGate, owners=parts.owners)
    app.add_middleware(
        SessionMiddleware, secret_key=parts.session_secret.get_secret_value(), same_site="lax", session_cookie="retake"
    )
    app.add_middleware(ClosedPaths)
    app.add_middleware(OriginGuard, allowed_hosts=parts.allowed_hosts)
    app.add_middleware(ResponseHeaders, headers=_HEADERS)
    return app


class _Routes:
    """The routes' functions. Every one that reads or writes anything asks for the owner first."""

    def __init__(self, parts: ServerParts) -> None:
        self._parts = parts
        self._uploads = Uploads(store=parts.studio.store, blobs=parts.blobs, pictures=parts.pictures)
        self._thumbs = Thumbs(folder=parts.thumbs, blobs=parts.blobs, pictures=parts.pictures)

    async def healthz(self) -> Response:
        return Response("ok", media_type="text/plain")

    async def session(self, request: Request, conversation: str | None = None) -> JSONResponse:
        """What a page needs once: its token, the catalogue, and the conversation it shows."""
        owner = self._owner(request)
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise HTTPException(403, words.REFUSED_PAGE)
        parts, today = self._parts, self._parts.studio.clock.now().date()
        manager = await self._open(owner, conversation)
        boot = Boot(
            token=parts.tokens.token_for(owner),
            view=await parts.pages.view(manager),
            models=model_options(today),
            unlisted=unlisted_option(today),
            aliases=dict(ALIASES),
            presets=PRESETS,
            examples=EXAMPLES,
            prices_date=prices_date(),
            intake_notes=dict(words.INTAKE_NOTES),
            max_references=MAX_REFERENCES,
            max_upload_bytes=MAX_UPLOAD_BYTES,
            max_prompt_chars=MAX_PROMPT_CHARS,
        )
        return JSONResponse(asdict(boot), headers={"cache-control": "no-store"})

    async def events(self, request: Request, conversation: str) -> StreamingResponse:
        """The conversation's page, now and after every change, as server-sent events."""
        parts = self._parts
        manager = await self._open(self._owner(request), conversation)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(page_events(parts.pages, manager), media_type="text/event-stream", headers=headers)

    async def upload(self, request: Request) -> JSONResponse:
        """Take in one picture: the raw body is the file, its name travels in a header."""
        owner = self._owner_with_token(request)
        self._check_writable()
        name = unquote(request.headers.get("x-file-name", ""))[:1000]
        return JSONResponse(asdict(await self._uploads.take(request, owner=owner, name=name)))

    async def use_key(self, request: Request) -> JSONResponse:
        """Use a key from now on. Write-only: no answer ever holds it."""
        owner = self._owner_with_token(request)
        if self._parts.read_only:
            return _reply(Reply(ok=False, problem=words.READ_ONLY, problem_category="read_only"))
        if not self._parts.connection.facts.can_use_key:
            return _reply(Reply(ok=False, problem=words.KEY_ONLY_LOCAL, problem_category="permission"))
        body = _json_object(await read_limited(request, limit_bytes=_MAX_FORM_BYTES))
        key = str(body.get("key", "")).strip()
        if not is_sendable(key):
            return _reply(Reply(ok=False, problem=words.KEY_EMPTY, problem_category="key_missing"))
        await self._parts.connection.use_key(key)
        notice = Notice(sentence=words.KEY_IN_USE, tone="ok")
        if body.get("save") is True:
            notice = self._saved(key)
        manager = await self._open(owner, str(body.get("conversation_id", "")) or None)
        return _reply(Reply(ok=True, view=await self._parts.pages.view(manager), notice=notice))

    def _saved(self, key: str) -> Notice:
        """Save the key, and say what came of it."""
        connection = self._parts.connection
        if not connection.save_key(key):
            return Notice(words.KEY_NOT_SAVED, "warn")
        if connection.facts.other_key_wins:
            return Notice(words.KEY_SAVED_BUT_LOSES, "warn")
        return Notice(words.KEY_SAVED, "ok")

    async def blob(self, request: Request, sha256: str) -> Response:
        """The stored bytes, exactly."""
        picture = await self._parts.studio.store.owned_picture(self._owner(request), sha256)
        path = self._parts.blobs.path(sha256) if picture else None
        if picture is None or path is None:
            raise HTTPException(404)
        headers = {"cache-control": _IMMUTABLE, "etag": f'"{sha256}"'}
        if headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return FileResponse(path, media_type=picture.blob.mime_type, headers=headers)

    async def thumb(self, request: Request, sha256: str, w: int = 256) -> FileResponse:
        """A WebP of at most `w` pixels across, made once."""
        if await self._parts.studio.store.owned_picture(self._owner(request), sha256) is None:
            raise HTTPException(404)
        path = await self._thumbs.path(sha256, width_px=w)
        return FileResponse(path, media_type="image/webp", headers={"cache-control": _IMMUTABLE})

    async def login_page(self) -> HTMLResponse:
        return HTMLResponse(login_page(self._parts.files, failed=False))

    async def login(self, request: Request) -> Response:
        """Exchange an access token for the owner's cookie."""
        # Read by hand: whoever sends this is not known yet, so it must cost nothing to answer.
        form = await read_limited(request, limit_bytes=_MAX_FORM_BYTES)
        token = parse_qs(form.decode(errors="replace")).get("token", [""])[0]
        owner = self._parts.owners.login(token)
        if owner is None:
            return HTMLResponse(login_page(self._parts.files, failed=True), status_code=401)
        request.session["owner"] = owner
        return RedirectResponse("/", status_code=303)

    async def _open(self, owner: str, conversation_id: str | None) -> ConversationManager:
        """The conversation to show. Raises StudioError("read_only") where one would have to be made for it."""
        if self._parts.read_only and not await self._parts.studio.store.conversations(owner):
            raise StudioError(ErrorFacts(category="read_only", stage="store", sentence=words.READ_ONLY))
        return await Conversations(self._parts.studio).open(conversation_id, owner=owner)

    def _check_writable(self) -> None:
        if self._parts.read_only:
            raise StudioError(ErrorFacts(category="read_only", stage="store", sentence=words.READ_ONLY))

    def _owner(self, request: Request) -> str:
        owner = self._parts.owners.owner(request.session.get("owner"))
        if owner is None:
            raise HTTPException(401)
        return owner

    def _owner_with_token(self, request: Request) -> str:
        owner = self._owner(request)
        if not self._parts.tokens.accepts(owner, request.headers.get("x-retake-token", "")):
            raise HTTPException(403, words.PAGE_TOO_OLD)
        return owner


def _reply(reply: Reply) -> JSONResponse:
    return JSONResponse(asdict(reply), headers={"cache-control": "no-store"})


def _json_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body; an empty one when it holds anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


async def _studio_error(_: Request, error: Exception) -> JSONResponse:
    """A failure with a sentence, as the page expects it."""
    facts = error.facts if isinstance(error, StudioError) else ErrorFacts(category="internal", sentence=words.INTERNAL)
    status = {"not_found": 404, "read_only": 409, "storage": 507, "internal": 500}.get(facts.category, 422)
    problem = {"problem": sentence_of(facts), "problem_category": facts.category}
    return JSONResponse(problem, status_code=status)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    """A bug: the page gets a sentence, the server logs the traceback. No middleware of ours sees this response."""
    answer = await _studio_error(request, error)
    answer.headers.update(_HEADERS)
    return answer
