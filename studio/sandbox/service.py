"""The ASGI app: one sandbox, its groups of addresses, and what it has been told to fail at."""

from collections.abc import Sequence

from studio.sandbox import google_errors
from studio.sandbox.asgi import ASGIApp, ClientGone, Exchange, Receive, Scope, Send, TooLarge
from studio.sandbox.config import SandboxConfig, signing_key
from studio.sandbox.control import ControlEndpoints
from studio.sandbox.faults import FaultQueue
from studio.sandbox.generate import GenerateEndpoints
from studio.sandbox.journal import Journal
from studio.sandbox.models_api import ModelEndpoints
from studio.sandbox.painting import Paint
from studio.sandbox.performance import Studio
from studio.sandbox.routes import Endpoints, dispatch, send_error
from studio.sandbox.signatures import Signer
from studio.sandbox.workers import Workers


def create_app(config: SandboxConfig, *, paint: Paint | None = None) -> ASGIApp:
    """A sandbox. `paint` None is its own painter; another one must be picklable where there are worker processes.

    Raises OSError or ValueError when the data folder's signing key cannot be read or made.
    """
    signer = Signer(
        key=signing_key(config.data_dir), min_bytes=config.signature_min_bytes, max_bytes=config.signature_max_bytes
    )
    studio = Studio(workers=Workers(config.worker_processes), signer=signer, paint=paint, pace=config.pace)
    faults, journal = FaultQueue(), Journal()
    generating = GenerateEndpoints(
        studio=studio,
        faults=faults,
        journal=journal if config.control else None,
        max_request_bytes=config.max_request_bytes,
    )
    groups: list[Endpoints] = [generating, ModelEndpoints(studio, config.max_request_bytes)]
    if config.control:
        groups.append(ControlEndpoints(faults=faults, journal=journal))
    return Sandbox(config, studio, groups)


class Sandbox:
    """One running sandbox."""

    def __init__(self, config: SandboxConfig, studio: Studio, groups: Sequence[Endpoints]) -> None:
        self._config, self._studio, self._groups = config, studio, groups
        self._routes = [route for group in groups for route in group.routes()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            exchange = Exchange(scope, receive, send)
            try:
                await dispatch(exchange, self._routes)
            except ClientGone:
                return
            except TooLarge:
                limit = self._config.max_request_bytes
                text = f"Request payload size exceeds the limit: {limit} bytes."
                await send_error(exchange, google_errors.invalid_argument(text))
        else:
            raise ValueError(f"the sandbox speaks HTTP only, not {scope['type']}")

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._studio.workers.warm()
                await send({"type": "lifespan.startup.complete"})
            else:
                for group in self._groups:
                    await group.close()
                self._studio.workers.close()
                await send({"type": "lifespan.shutdown.complete"})
                return
