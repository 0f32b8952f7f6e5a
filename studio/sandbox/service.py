"""The ASGI app: one sandbox, its groups of addresses, and what it has been told to fail at."""

import time
from collections.abc import Sequence

from studio.sandbox import google_errors
from studio.sandbox.asgi import ASGIApp, ClientGone, Exchange, Receive, Scope, Send, TooLarge
from studio.sandbox.aside import Aside
from studio.sandbox.batches.api import BatchEndpoints
from studio.sandbox.batches.runner import BatchRunner
from studio.sandbox.batches.store import BatchStore
from studio.sandbox.config import SandboxConfig, signing_key
from studio.sandbox.control import ControlEndpoints
from studio.sandbox.files.api import FileEndpoints
from studio.sandbox.files.store import Clock, FileStore, Shelf, utc_now
from studio.sandbox.generate import GenerateEndpoints
from studio.sandbox.guard import refused_stranger
from studio.sandbox.inspector.api import OWN_PATHS, InspectorEndpoints
from studio.sandbox.inspector.sightings import Sightings
from studio.sandbox.interactions.api import InteractionEndpoints
from studio.sandbox.interactions.store import InteractionShelf
from studio.sandbox.interactions.work import Desk
from studio.sandbox.journal import Journal
from studio.sandbox.models_api import ModelEndpoints
from studio.sandbox.painting import Paint
from studio.sandbox.performance import Studio
from studio.sandbox.routes import Endpoints, Resuming, dispatch, send_error
from studio.sandbox.scenarios.director import Director
from studio.sandbox.scenarios.table import parse
from studio.sandbox.signatures import Signer
from studio.sandbox.workers import BackgroundWorkers, Workers


def create_app(config: SandboxConfig, *, paint: Paint | None = None, now: Clock = utc_now) -> ASGIApp:
    """A sandbox. `paint` None is its own painter; another one must be picklable where there are worker processes.
    `now` is the clock that files, batches and interactions go by.

    Raises OSError or ValueError when the data folder's signing key cannot be read or made, UnknownScenario (a
    ValueError) when a scenario of the config does not exist.
    """
    signer = Signer(
        key=signing_key(config.data_dir), min_bytes=config.signature_min_bytes, max_bytes=config.signature_max_bytes
    )
    files = FileStore(Shelf(config.data_dir / "files"), config.files, pace=config.pace, now=now)
    studio = Studio(Workers(config.worker_processes), signer=signer, paint=paint, pace=config.pace, files=files)
    sightings = Sightings(BackgroundWorkers(studio.workers)) if config.inspector else None
    director = Director(seed=config.seed, active=parse(config.scenarios))
    journal = Journal(summarises=config.control, watcher=sightings.saw if sightings else None)
    generating = GenerateEndpoints(
        studio=studio,
        director=director,
        journal=journal if config.control or config.inspector else None,
        max_request_bytes=config.max_request_bytes,
    )
    groups: list[Endpoints] = [generating, Aside(ModelEndpoints(studio, config.max_request_bytes), director)]
    runner = BatchRunner(generating, files)
    batches = BatchEndpoints(runner, BatchStore(config.data_dir / "batches"), config.batches, pace=config.pace)
    shelf = InteractionShelf(config.data_dir / "interactions", config.interactions)
    groups += [Aside(FileEndpoints(files), director), batches, InteractionEndpoints(Desk(generating, shelf, now))]
    if config.control:
        groups.append(ControlEndpoints(director=director, journal=journal))
    if sightings is not None:
        groups.append(InspectorEndpoints(sightings))
    return Sandbox(studio, groups, sightings=sightings)


class Sandbox:
    """One running sandbox."""

    def __init__(self, studio: Studio, groups: Sequence[Endpoints], *, sightings: Sightings | None = None) -> None:
        self._studio, self._groups = studio, groups
        self._sightings = sightings
        self._routes = [route for group in groups for route in group.routes()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._answer(Exchange(scope, receive, send))
        else:
            raise ValueError(f"the sandbox speaks HTTP only, not {scope['type']}")

    async def _answer(self, exchange: Exchange) -> None:
        began_s = time.monotonic()
        try:
            if not await refused_stranger(exchange):
                await dispatch(exchange, self._routes)
        except ClientGone:
            return
        except TooLarge as error:
            await send_error(exchange, google_errors.invalid_argument(str(error)))
        if self._sightings is not None and not exchange.in_journal and not OWN_PATHS.fullmatch(exchange.path):
            self._sightings.saw_other(exchange, (exchange.answered_at_s or time.monotonic()) - began_s)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._studio.workers.warm()
                for group in self._groups:
                    if isinstance(group, Resuming):
                        await group.resume()
                await send({"type": "lifespan.startup.complete"})
            else:
                for group in self._groups:
                    await group.close()
                self._studio.workers.close()
                await send({"type": "lifespan.shutdown.complete"})
                return
