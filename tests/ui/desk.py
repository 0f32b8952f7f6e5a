"""What the tests of the page's commands and routes stand on."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr

from studio.branch import LOCAL_OWNER, Tree
from studio.conversation import ConversationManager, Studio
from studio.conversations import Conversations
from studio.errors import EngineError, ErrorFacts
from studio.image_models import model_of
from studio.imaging.intake import Picture
from studio.imaging.worker import ImagingWorker
from studio.parts import ImagePart, TextPart
from studio.ports import Answered, ConnectionFacts, EngineCheck, EngineEvent, PictureFacts, Provider, StoredPicture
from studio.request import HistoryBudget, ImageRequest
from studio.response import ImageResponse
from studio.runner.attempt import AttemptServices
from studio.runner.feed import LocalFeed
from studio.runner.image_tries import TurnServices
from studio.runner.limiter import RequestLimiter
from studio.runner.retry import RetryPolicy
from studio.runner.tasks import TaskRunner
from studio.store.blobs import LocalBlobs
from studio.store.conversations import SqlStore, SystemClock
from studio.store.database import open_database
from studio.ui.events import COMMANDS
from studio.ui.guard import Owners, PageTokens
from studio.ui.handlers import Handlers
from studio.ui.page_files import PageFiles
from studio.ui.pages import Pages
from studio.ui.server import ServerParts, create_server
from studio.ui.shapes import Reply
from studio.usage import Usage
from tests.sandbox_fixture import picture_bytes

ALL_COMMANDS: Final = tuple(name for names in COMMANDS.values() for name in names)
HOST: Final = "http://127.0.0.1:7860"
_USAGE: Final = Usage(
    prompt_tokens=12,
    candidates_tokens=1_120,
    thoughts_tokens=150,
    total_tokens=1_282,
    prompt_details={"TEXT": 12},
    candidates_details={"IMAGE": 1_120},
)


class PlainPictures:
    """Takes every picture for a sound one of 64 × 48 pixels; the real reader is a process, which takes its time."""

    async def take_in(self, data: bytes) -> Picture:
        return Picture(
            data=data, mime_type="image/png", width_px=64, height_px=48, notes=(), source_format="PNG", frame_count=1
        )

    async def measure(self, data: bytes) -> PictureFacts:
        return PictureFacts(width_px=64, height_px=48)

    async def thumbnail(self, data: bytes, *, width_px: int) -> bytes:
        return b"RIFF" + width_px.to_bytes(4, "little") + b"WEBP"

    async def aclose(self) -> None:
        """Nothing to stop."""


class FakeConnection:
    """An engine that paints one picture a call, or fails as told; it remembers what it was asked."""

    def __init__(self, blobs: LocalBlobs, *, facts: ConnectionFacts | None = None) -> None:
        self._blobs = blobs
        self.facts = facts or ConnectionFacts(provider=Provider(kind="sandbox", id="sandbox"), can_use_key=True)
        self.asked: list[ImageRequest] = []
        self.failures: list[ErrorFacts] = []
        self.check_error: ErrorFacts | None = None
        self.keys: list[str] = []
        self.saved_keys: list[str] = []
        self.can_save = True
        self.hold: asyncio.Event | None = None

    @property
    def current(self) -> "FakeConnection":
        return self

    @property
    def provider(self) -> Provider:
        return self.facts.provider

    async def generate(self, request: ImageRequest) -> AsyncIterator[EngineEvent]:
        self.asked.append(request)
        if self.hold:
            await self.hold.wait()
        if self.failures:
            raise EngineError(self.failures.pop(0))
        image = self._blobs.put(picture_bytes(64, 48, colour=f"#{len(self.asked):06x}"), mime_type="image/png")
        parts = (TextPart(text="Here it is."), ImagePart(image=image))
        yield Answered(ImageResponse(parts=parts, finish_reason="STOP", usage=_USAGE))

    async def check(self, model: str) -> EngineCheck:
        return EngineCheck(works=self.check_error is None, model=model, error=self.check_error)

    async def use_key(self, key: str) -> None:
        self.keys.append(key)

    async def use_sandbox(self) -> None:
        self.facts = ConnectionFacts(provider=Provider(kind="sandbox", id="sandbox"), can_use_key=True)

    def save_key(self, key: str) -> bool:
        self.saved_keys.append(key)
        return self.can_save


@dataclass(slots=True)
class Desk:
    """A studio of one test, in the test's own event loop. `access_tokens` make it ask for a login."""

    folder: Path
    access_tokens: Sequence[str] = ()
    allowed_hosts: tuple[str, ...] | None = ("127.0.0.1", "localhost", "::1")
    store: SqlStore = field(init=False)
    blobs: LocalBlobs = field(init=False)
    connection: FakeConnection = field(init=False)
    studio: Studio = field(init=False)
    runner: TaskRunner = field(init=False)
    feed: LocalFeed = field(default_factory=LocalFeed)
    pictures: PlainPictures | ImagingWorker = field(default_factory=PlainPictures)
    tokens: PageTokens = field(default_factory=PageTokens)

    def __post_init__(self) -> None:
        self.blobs = LocalBlobs(self.folder / "blobs")
        self.store = SqlStore(open_database(self.folder / "retake.db"))
        self.connection = FakeConnection(self.blobs)
        attempts = AttemptServices(store=self.store, blobs=self.blobs, inspector=self.pictures, clock=SystemClock())
        services = TurnServices(
            attempts=attempts,
            engines=self.connection,
            limiter=RequestLimiter(requests_per_minute=10_000),
            policy=RetryPolicy(max_retries=0, base_s=0.01, max_s=0.01),
        )
        self.runner = TaskRunner(services=services, feed=self.feed)
        self.studio = Studio(
            store=self.store,
            engines=self.connection,
            runner=self.runner,
            feed=self.feed,
            clock=SystemClock(),
            history=HistoryBudget(body_bytes=20_000_000),
            default_model=model_of("gemini-3-pro-image"),
            budget_usd=Decimal(10),
        )

    def pages(self, *, read_only: bool = False) -> Pages:
        return Pages(self.studio, connection=self.connection, read_only=read_only)

    def handlers(self, *, read_only: bool = False) -> Handlers:
        pages = self.pages(read_only=read_only)
        return Handlers(self.studio, connection=self.connection, pages=pages, tokens=self.tokens, read_only=read_only)

    def app(self, *, read_only: bool = False) -> FastAPI:
        parts = ServerParts(
            studio=self.studio,
            connection=self.connection,
            pages=self.pages(read_only=read_only),
            tokens=self.tokens,
            owners=Owners([SecretStr(token) for token in self.access_tokens]),
            blobs=self.blobs,
            pictures=self.pictures,
            files=PageFiles.of(Path(__file__).resolve().parents[2] / "assets"),
            thumbs=self.folder / "thumbs",
            session_secret=SecretStr("x" * 64),
            allowed_hosts=self.allowed_hosts,
            read_only=read_only,
        )
        return create_server(parts, lifespan=_nothing_to_start)

    def browser(self, *, read_only: bool = False, base_url: str = HOST) -> httpx2.AsyncClient:
        """Something that asks the routes over HTTP, cookies kept; an exception becomes its 500 answer."""
        transport = httpx2.ASGITransport(app=self.app(read_only=read_only), raise_app_exceptions=False)
        return httpx2.AsyncClient(transport=transport, base_url=base_url)

    @property
    def page_headers(self) -> dict[str, str]:
        """What the page of the local owner sends with uploads and keys."""
        return {"x-retake-token": self.tokens.token_for(LOCAL_OWNER)}

    async def conversation(self, owner: str = LOCAL_OWNER) -> ConversationManager:
        return await Conversations(self.studio).new(owner=owner)

    async def do(self, name: str, manager: ConversationManager, /, **rest: object) -> Reply:
        """A command as the page of that conversation sends it."""
        payload = {"token": self.tokens.token_for(LOCAL_OWNER), "conversation_id": manager.conversation_id, **rest}
        reply: Reply = await getattr(self.handlers(), name)(LOCAL_OWNER, payload)
        return reply

    async def tree(self, manager: ConversationManager) -> Tree:
        return await manager.tree()

    async def ended(self, manager: ConversationManager) -> Tree:
        """The conversation once nothing runs in it."""
        async with asyncio.timeout(30):
            async for _ in self.feed.changes(manager.conversation_id):
                tree = await manager.tree()
                if all(self.runner.progress(turn.id) is None for turn in tree.turns):
                    return tree
        raise AssertionError("the feed ended")

    async def owned(self, data: bytes, *, owner: str = LOCAL_OWNER, mime_type: str = "image/png") -> str:
        """The digest of a stored picture that an owner may read."""
        blob = self.blobs.put(data, mime_type=mime_type)
        await self.store.grant(owner, StoredPicture(blob=blob, width_px=64, height_px=48))
        return blob.sha256

    async def aclose(self) -> None:
        await self.runner.close()
        await self.pictures.aclose()
        self.store.close()


@asynccontextmanager
async def _nothing_to_start(_: FastAPI) -> AsyncIterator[None]:
    yield


def draft(text: str = "a mug on a table", **changes: Any) -> dict[str, Any]:  # noqa: ANN401 (whatever a page may send)
    """A draft as the page sends it."""
    return {"text": text, "settings": {"model": "gemini-3-pro-image", "image_size": "1K"}, **changes}


def payload(name: str, conversation_id: str, *, turn_id: str = "t") -> dict[str, Any]:
    """A well-formed payload of a command, without its token."""
    rest: dict[str, dict[str, Any]] = {
        "send": {"draft": draft()},
        "save_draft": {"draft": draft(), "rev": 0},
        "retry": {"turn_id": turn_id},
        "go_to": {"number": 1},
        "choose": {"number": 1},
        "begin_from": {"sha256": "0" * 64, "name": "mug.png"},
        "open_conversation": {"id": conversation_id},
        "rename": {"id": conversation_id, "title": "Mugs"},
        "delete": {"id": conversation_id},
        "restore": {"id": conversation_id},
        "set_budget": {"cap_usd": "5"},
        "check_connection": {"model": "gemini-3-pro-image"},
    }
    return {"conversation_id": conversation_id, **rest.get(name, {})}


async def first_event(app: FastAPI, path: str, query: str = "") -> tuple[Mapping[str, str], str, Any]:
    """The headers, the name and the data of the first event of a stream; then the page goes away."""
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"host", b"127.0.0.1:7860")], "server": ("127.0.0.1", 7860), "client": ("127.0.0.1", 1),
        "state": {},
    }  # fmt: skip
    serving = asyncio.create_task(app(scope, receive, sent.put))  # type: ignore[arg-type]
    start = await sent.get()
    body = await sent.get()
    gone.set()
    await serving
    lines = body["body"].decode().splitlines()
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return headers, lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: "))
