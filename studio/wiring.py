"""The composition root: settings → engine → store → runner → conversations → server. Only here all edges meet."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_hex
from typing import Final

from fastapi import FastAPI
from pydantic import SecretStr

from studio.conversation import ConversationManager, Studio
from studio.errors import ErrorFacts, InputError, SettingsError, StoreError, StudioError
from studio.gemini.engine import EngineConfig, GeminiEngine
from studio.image_models import model_or_default
from studio.imaging.worker import ImagingWorker
from studio.logs import Secrets
from studio.ports import Blobs, ConnectionFacts, Provider
from studio.request import HistoryBudget
from studio.runner.attempt import AttemptServices
from studio.runner.feed import LocalFeed
from studio.runner.image_tries import TurnServices
from studio.runner.limiter import RequestLimiter
from studio.runner.retry import RetryPolicy
from studio.runner.tasks import TaskRunner
from studio.runner.turn_job import TurnRef
from studio.sandbox.child import SandboxChild
from studio.settings import LOOPBACK, StudioSettings, save_key
from studio.store.blobs import LocalBlobs
from studio.store.conversations import SqlStore, SystemClock
from studio.store.database import open_database
from studio.store.folder import prepare_folder
from studio.store.lock import DataFolderLock
from studio.ui.blocks import build_blocks, mount_blocks
from studio.ui.guard import Owners, PageTokens
from studio.ui.handlers import Handlers
from studio.ui.pages import Pages
from studio.ui.server import ServerParts, create_server

ASSETS: Final = Path(__file__).resolve().parent.parent / "assets"
_SESSION_SECRET_FILE: Final = "session.key"  # noqa: S105 (a file's name)
_SESSION_SECRET_CHARS: Final = 64
_log = logging.getLogger(__name__)


class EngineSwitch:
    """Implements `ports.Connection`: the engine in use, and the ways to change it."""

    def __init__(self, settings: StudioSettings, *, blobs: Blobs, secrets: Secrets) -> None:
        self._settings = settings
        self._secrets = secrets
        self._blobs = blobs
        self._sandbox: SandboxChild | None = None
        self._starting = asyncio.Lock()
        self._retired: list[GeminiEngine] = []
        self._key = settings.api_key if settings.engine in ("developer", "gateway") else None
        self._engine = self._build(self._first_config())

    @property
    def current(self) -> GeminiEngine:
        return self._engine

    @property
    def facts(self) -> ConnectionFacts:
        provider = self._engine.provider
        shown = self._key.get_secret_value()[-4:] if self._key and not provider.simulated else None
        address = self._settings.values.base_url if provider.kind == "gateway" else None
        return ConnectionFacts(
            provider=provider, key_last_four=shown, address=address, can_use_key=self._settings.on_loopback
        )

    async def use_key(self, key: str) -> None:
        """Raises InputError when the way to Google is not set up right."""
        if self._settings.proxy_problem:
            raise InputError("bad_value", self._settings.proxy_problem)
        self._key = SecretStr(key)
        self._secrets.add(self._key)
        base_url = self._settings.values.base_url if self._engine.provider.kind == "gateway" else None
        provider = Provider(kind="gateway", id=base_url) if base_url else Provider(kind="developer", id="developer")
        self._change(self._config(provider, base_url=base_url))

    async def use_sandbox(self) -> None:
        """Raises StudioError when the sandbox cannot be started."""
        async with self._starting:
            try:
                config = await asyncio.to_thread(self._sandbox_config)
            except SettingsError as error:
                raise StudioError(ErrorFacts(category="internal", sentence=str(error))) from error
        self._change(config)

    def save_key(self, key: str) -> bool:
        try:
            save_key(self._settings.env_file, SecretStr(key))
        except OSError as error:
            _log.warning("the key could not be saved: %s", error.strerror)
            return False
        return True

    async def aclose(self) -> None:
        """Close every engine and end the sandbox."""
        for engine in (*self._retired, self._engine):
            await engine.aclose()
        if self._sandbox is not None:
            await asyncio.to_thread(self._sandbox.stop)

    def _change(self, config: EngineConfig) -> None:
        # Turns under way finish on the engine they started with.
        self._retired.append(self._engine)
        self._engine = self._build(config)

    def _build(self, config: EngineConfig) -> GeminiEngine:
        return GeminiEngine(config, blobs=self._blobs)

    def _first_config(self) -> EngineConfig:
        values = self._settings.values
        match self._settings.engine:
            case "sandbox":
                return self._sandbox_config()
            case "enterprise":
                return self._config(Provider(kind="enterprise", id="enterprise"))
            case "gateway":
                return self._config(Provider(kind="gateway", id=values.base_url or "gateway"), base_url=values.base_url)
            case "developer":
                return self._config(Provider(kind="developer", id="developer"))

    def _sandbox_config(self) -> EngineConfig:
        if self._sandbox is None:
            folder = self._settings.data_dir / "sandbox"
            self._sandbox = SandboxChild(data_dir=folder, home=ASSETS.parent)
        return EngineConfig(
            provider=Provider(kind="sandbox", id="sandbox"),
            api_key=SecretStr("sandbox"),
            base_url=self._sandbox.base_url,
            timeout_s=self._settings.values.timeout_s,
        )

    def _config(self, provider: Provider, *, base_url: str | None = None) -> EngineConfig:
        values = self._settings.values
        proxy = values.proxy_url.get_secret_value() if values.proxy_url else None
        return EngineConfig(
            provider=provider,
            api_key=self._key,
            base_url=base_url,
            enterprise=provider.kind == "enterprise",
            project=values.project,
            location=values.location,
            timeout_s=values.timeout_s,
            proxy_url=proxy,
        )


def build_app(settings: StudioSettings, secrets: Secrets) -> FastAPI:
    """Everything, wired. Raises StoreError or SettingsError with a sentence when it cannot be."""
    prepare_folder(settings.data_dir)
    lock = DataFolderLock(settings.data_dir)
    writes = lock.acquire()
    if not writes:
        _log.warning("another Retake has the data folder open: this one only shows it")
    store = SqlStore(open_database(settings.data_dir / "retake.db", migrate=writes))
    blobs = LocalBlobs(settings.data_dir / "blobs")
    imaging = ImagingWorker()
    switch = EngineSwitch(settings, blobs=blobs, secrets=secrets)
    feed = LocalFeed()
    attempts = AttemptServices(store=store, blobs=blobs, inspector=imaging, clock=SystemClock())
    runner = TaskRunner(services=_turn_services(settings, attempts, switch), feed=feed)
    studio = Studio(
        store=store,
        engines=switch,
        runner=runner,
        feed=feed,
        clock=attempts.clock,
        history=HistoryBudget(body_bytes=settings.history_budget_bytes),
        default_model=model_or_default(settings.values.model),
        budget_usd=settings.values.budget_usd,
    )
    runner.on_end(lambda ref: _settle_draft(studio, ref))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if writes:
            interrupted = await runner.recover()
            _log.info("%d turns were interrupted by the last stop", interrupted)
            imaging.warm()
        _keep_what_is_made()
        try:
            yield
        finally:
            await runner.close()
            await switch.aclose()
            await imaging.aclose()
            store.close()
            lock.release()

    tokens, owners = PageTokens(), Owners(settings.values.access_tokens)
    pages = Pages(studio, connection=switch, read_only=not writes)
    parts = ServerParts(
        studio=studio,
        connection=switch,
        pages=pages,
        tokens=tokens,
        owners=owners,
        blobs=blobs,
        pictures=imaging,
        assets=ASSETS,
        thumbs=settings.data_dir / "thumbs",
        session_secret=_session_secret(settings.data_dir),
        allowed_hosts=tuple(LOOPBACK) if settings.on_loopback else None,
        read_only=not writes,
    )
    handlers = Handlers(studio, connection=switch, pages=pages, tokens=tokens, read_only=not writes)
    return mount_blocks(create_server(parts, lifespan=lifespan), build_blocks(handlers=handlers, owners=owners))


def _keep_what_is_made() -> None:
    """What start-up made stays for good; otherwise a full collection walks all of it in the middle of a turn."""
    gc.collect()
    gc.freeze()


async def _settle_draft(studio: Studio, ref: TurnRef) -> None:
    manager = ConversationManager(studio, owner=ref.owner, conversation_id=ref.conversation_id)
    await manager.turn_ended(ref.turn_id)


def _turn_services(settings: StudioSettings, attempts: AttemptServices, switch: EngineSwitch) -> TurnServices:
    values = settings.values
    return TurnServices(
        attempts=attempts,
        engines=switch,
        limiter=RequestLimiter(requests_per_minute=values.requests_per_minute),
        policy=RetryPolicy(max_retries=values.max_retries, base_s=values.retry_base_s, max_s=values.retry_max_s),
    )


def _session_secret(data_dir: Path) -> SecretStr:
    """The key that signs login cookies, kept so that a restart logs nobody out.

    Made anew when the file does not hold a whole one: anyone could sign with an empty key. Raises StoreError.
    """
    path = data_dir / _SESSION_SECRET_FILE
    try:
        kept = path.read_text(encoding="ascii") if path.exists() else ""
        if len(kept) == _SESSION_SECRET_CHARS:
            return SecretStr(kept)
        fresh = token_hex(_SESSION_SECRET_CHARS // 2)
        draft = path.with_name(f"{path.name}.{token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(fresh, encoding="ascii")
        draft.replace(path)
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"The file {path} cannot be used. Move it away, then start again.") from error
    return SecretStr(fresh)
