"""Everything behind the page: settings → engine → store → runner → conversations. It works without a page as well."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from studio.conversation import ConversationManager, Studio
from studio.conversations import Conversations
from studio.engine_switch import HOME, EngineSwitch
from studio.errors import StoreError
from studio.image_models import model_of
from studio.imaging.worker import ImagingWorker
from studio.logs import Secrets
from studio.request import HistoryBudget
from studio.runner.attempt import AttemptServices
from studio.runner.feed import LocalFeed
from studio.runner.image_tries import TurnServices
from studio.runner.limiter import RequestLimiter
from studio.runner.retry import RetryPolicy
from studio.runner.tasks import TaskRunner
from studio.runner.turn_job import TurnRef
from studio.settings import Options, StudioSettings, load_settings
from studio.store.blobs import LocalBlobs
from studio.store.conversations import SqlStore, SystemClock
from studio.store.database import open_database
from studio.store.folder import prepare_folder
from studio.store.lock import DataFolderLock

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backstage:
    """What a page, or a script, stands on. `writes` is False where another process holds the data folder."""

    studio: Studio
    switch: EngineSwitch
    blobs: LocalBlobs
    imaging: ImagingWorker
    runner: TaskRunner
    store: SqlStore
    lock: DataFolderLock
    writes: bool

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """From the first turn to the last: what an earlier process left is settled, what runs is ended in order."""
        try:
            if self.writes:
                interrupted = await self.runner.recover()
                _log.info("%d turns were interrupted by the last stop", interrupted)
            yield
        finally:
            await self.runner.close()
            await self.switch.aclose()
            await self.imaging.aclose()
            self.store.close()
            self.lock.release()


def build_backstage(settings: StudioSettings, secrets: Secrets) -> Backstage:
    """The edges, wired. Raises StoreError or SettingsError with a sentence when they cannot be."""
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
        default_model=model_of(settings.values.model),
        budget_usd=settings.values.budget_usd,
    )
    runner.on_end(lambda ref: _settle_draft(studio, ref))
    return Backstage(
        studio=studio,
        switch=switch,
        blobs=blobs,
        imaging=imaging,
        runner=runner,
        store=store,
        lock=lock,
        writes=writes,
    )


@asynccontextmanager
async def open_studio(settings: StudioSettings | None = None) -> AsyncIterator[Conversations]:
    """A studio for a script, without a page: its conversations, new ones and those that are there.

    Without settings, those of the environment and `.env`. Raises SettingsError or StoreError with a sentence: also
    where another process, such as a studio with its page open, holds the data folder.
    """
    settings = settings or load_settings(home=HOME, options=Options(open=False))
    backstage = build_backstage(settings, Secrets(settings.secrets))
    async with backstage.running():
        if not backstage.writes:
            raise StoreError(
                f"Another Retake is using the data folder {settings.data_dir}. "
                "Stop it, or choose another folder with STUDIO_DATA_DIR."
            )
        yield Conversations(backstage.studio)


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
