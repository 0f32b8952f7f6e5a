"""A whole studio in this process, but for the page: real engine, SDK, record, blobs and runner, and the sandbox behind.

Nothing waits: the retry policy has no delays unless a test asks for some, the sandbox paints flat colours at once.
"""

import asyncio
import io
import threading
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx2
from PIL import Image
from pydantic import SecretStr

from studio.branch import Tree
from studio.conversation import ConversationManager, Studio
from studio.conversations import Conversations
from studio.errors import PictureRefused
from studio.gemini.engine import EngineConfig, GeminiEngine
from studio.image_models import NANO_BANANA_21, ImageModel
from studio.parts import Blob
from studio.ports import Engines, ImageEngine, PictureFacts, Provider
from studio.prompt import Draft, default_settings
from studio.request import HistoryBudget
from studio.runner.attempt import AttemptServices
from studio.runner.feed import LocalFeed
from studio.runner.image_tries import TurnServices
from studio.runner.limiter import RequestLimiter
from studio.runner.retry import RetryPolicy
from studio.runner.tasks import TaskRunner
from studio.runner.turn_job import TurnRef
from studio.sandbox.painter import Painting, PaintOrder
from studio.sandbox.painting import Paint
from studio.store.blobs import LocalBlobs
from studio.store.conversations import SqlStore, SystemClock
from studio.store.database import open_database
from studio.turn import Turn
from tests.factories import OWNER
from tests.sandbox_fixture import ANY_KEY, SandboxClient, flat_painting, sandbox_app

BASE_URL: Final = "http://127.0.0.1:9/"
Kind = TypeVar("Kind", bound=SqlStore)
SANDBOX: Final = Provider(kind="sandbox", id="sandbox")
AT_ONCE: Final = RetryPolicy(max_retries=5, base_s=0.0, max_s=0.0)
PATIENCE_S: Final = 30
_WAITED_OUT: Final = "nothing happened within 30 seconds"


class PillowInspector:
    """Implements `ports.Inspector` in this process; the product decodes in another one."""

    async def measure(self, data: bytes) -> PictureFacts:
        try:
            with Image.open(io.BytesIO(data)) as picture:
                picture.load()
                return PictureFacts(*picture.size)
        except OSError as error:
            raise PictureRefused("This picture is damaged.") from error


class Gate:
    """A painter that waits at a gate, so that a test can act while a call is surely under way."""

    def __init__(self) -> None:
        self._arrivals = threading.Semaphore(0)
        self._open = threading.Event()

    def paint(self, order: PaintOrder) -> Painting:
        self._arrivals.release()
        if not self._open.wait(PATIENCE_S):
            raise RuntimeError(_WAITED_OUT)
        return flat_painting(order)

    def open(self) -> None:
        self._open.set()

    async def arrived(self, count: int = 1) -> None:
        """Return when that many pictures more are being painted."""
        for _ in range(count):
            assert await asyncio.to_thread(self._arrivals.acquire, timeout=PATIENCE_S), _WAITED_OUT


@dataclass(slots=True)
class Wire:
    """A transport that keeps what went over it on its way to another one."""

    inner: httpx2.AsyncBaseTransport
    requests: list[httpx2.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    answers: list[httpx2.Response] = field(default_factory=list)

    def transport(self) -> httpx2.AsyncBaseTransport:
        return _Tap(self)


class _Tap(httpx2.AsyncBaseTransport):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self._wire.requests.append(request)
        self._wire.bodies.append(await request.aread())
        answer = await self._wire.inner.handle_async_request(request)
        self._wire.answers.append(answer)
        return answer

    async def aclose(self) -> None:
        await self._wire.inner.aclose()


@dataclass(slots=True)
class OneEngine(Engines):
    """Implements `ports.Engines`; a test may put another engine in its place."""

    engine: ImageEngine

    @property
    def current(self) -> ImageEngine:
        return self.engine


def engine_config(**changes: Any) -> EngineConfig:  # noqa: ANN401 - whatever fields it has
    return replace(EngineConfig(provider=SANDBOX, api_key=SecretStr(ANY_KEY), base_url=BASE_URL), **changes)


@dataclass(slots=True)
class Workbench:
    """What a test reaches for. `wire` keeps every body that was sent."""

    studio: Studio
    runner: TaskRunner
    store: SqlStore
    blobs: LocalBlobs
    engines: OneEngine
    sandbox: SandboxClient
    wire: Wire
    services: TurnServices
    ends: dict[str, asyncio.Event]

    async def conversation(self, model: ImageModel = NANO_BANANA_21, *, owner: str = OWNER) -> ConversationManager:
        like = Draft(settings=default_settings(model))
        return await Conversations(self.studio).new(owner=owner, like=like)

    async def ended(self, turn: Turn, manager: ConversationManager) -> Turn:
        """The turn as it is on record when its end has been written."""
        async with asyncio.timeout(PATIENCE_S):
            await self.ends[turn.id].wait()
        return found(await manager.tree(), turn)

    async def asked(self, manager: ConversationManager, text: str, **settings: Any) -> Turn:  # noqa: ANN401 - the same
        """Send a prompt with the conversation's settings and wait for its end."""
        return await self.ended(await manager.send(await drafted(manager, text, **settings)), manager)

    async def seen(self, sign: Any, manager: ConversationManager) -> None:  # noqa: ANN401 - a predicate
        """Return when `sign(tree)` holds, looking whenever the conversation changes."""
        async with asyncio.timeout(PATIENCE_S):
            async for _ in self.studio.feed.changes(manager.conversation_id):
                if sign(await manager.tree()):
                    return

    def picture(self, data: bytes, *, mime_type: str = "image/png") -> Blob:
        return self.blobs.put(data, mime_type=mime_type)


async def drafted(manager: ConversationManager, text: str, **settings: Any) -> Draft:  # noqa: ANN401 - the same
    """The conversation's draft with that text, its settings changed."""
    kept = (await manager.tree()).conversation.draft
    return replace(kept, text=text, settings=replace(kept.settings, **settings))


def found(tree: Tree, turn: Turn) -> Turn:
    kept = tree.turn(turn.id)
    assert kept is not None
    return kept


def shown(contents: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """The journal's contents as (role, what each part is)."""
    return [
        (content["role"], [part.get("text") or part["data_sha256"] for part in content["parts"]])
        for content in contents
    ]


def become(store: SqlStore, kind: type[Kind]) -> Kind:
    """The store a bench stands on, with another behaviour from here on."""
    store.__class__ = kind
    assert isinstance(store, kind)
    return store


@asynccontextmanager
async def workbench(
    folder: Path,
    *,
    paint: Paint = flat_painting,
    policy: RetryPolicy = AT_ONCE,
    budget_usd: Decimal = Decimal(10),
    history: HistoryBudget | None = None,
    provider: Provider = SANDBOX,
    pictures: PillowInspector | None = None,
) -> AsyncIterator[Workbench]:
    """A studio over the files in `folder`: opened twice, it is the same one after a restart."""
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    app = sandbox_app(folder / "sandbox", paint=paint)
    store = SqlStore(open_database(folder / "retake.db"))
    blobs = LocalBlobs(folder / "blobs")
    wire = Wire(httpx2.ASGITransport(app=app))
    engine = GeminiEngine(engine_config(provider=provider), blobs=blobs, inner=wire.transport())
    engines, feed = OneEngine(engine), LocalFeed()
    attempts = AttemptServices(
        store=store, blobs=blobs, inspector=pictures or PillowInspector(), clock=SystemClock(), write_pauses_s=(0.01,)
    )
    limiter = RequestLimiter(requests_per_minute=1_000)
    services = TurnServices(attempts=attempts, engines=engines, limiter=limiter, policy=policy)
    runner = TaskRunner(services=services, feed=feed, write_pause_s=0.02)
    studio = Studio(
        store=store,
        engines=engines,
        runner=runner,
        feed=feed,
        clock=attempts.clock,
        history=history or HistoryBudget(),
        default_model=NANO_BANANA_21,
        budget_usd=budget_usd,
    )
    ends: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def settle(ref: TurnRef) -> None:
        manager = ConversationManager(studio, owner=ref.owner, conversation_id=ref.conversation_id)
        await manager.turn_ended(ref.turn_id)
        ends[ref.turn_id].set()

    runner.on_end(settle)
    try:
        yield Workbench(studio, runner, store, blobs, engines, SandboxClient(app), wire, services, ends)
    finally:
        await runner.close()
        await engine.aclose()
        store.close()
