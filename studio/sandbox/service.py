"""The ASGI app: routes, keys, and the small answers. Calls that generate are in generate.py."""

import json
import re
from typing import Any, Final

from studio.image_models import ALIASES, find_model
from studio.sandbox import google_errors, model_list
from studio.sandbox.asgi import ASGIApp, ClientGone, Exchange, Receive, Scope, Send, TooLarge
from studio.sandbox.ask import Job, count_tokens
from studio.sandbox.config import SandboxConfig, signing_key
from studio.sandbox.faults import FaultQueue
from studio.sandbox.generate import Generator
from studio.sandbox.google_errors import GoogleError, JsonObject
from studio.sandbox.journal import Journal
from studio.sandbox.painting import Paint
from studio.sandbox.performance import Studio
from studio.sandbox.signatures import Signer
from studio.sandbox.workers import Workers

_MODEL_CALL: Final = re.compile(r"/(v1|v1beta)/models/([^/:]+):(generateContent|streamGenerateContent|countTokens)")
_MODEL: Final = re.compile(r"/(v1|v1beta)/models(?:/([^/:]+))?")
_BAD_KEY_PREFIX: Final = "bad"


def create_app(config: SandboxConfig, *, paint: Paint | None = None) -> ASGIApp:
    """A sandbox. `paint` None is its own painter; another one must be picklable where there are worker processes.

    Raises OSError or ValueError when the data folder's signing key cannot be read or made.
    """
    signer = Signer(
        key=signing_key(config.data_dir), min_bytes=config.signature_min_bytes, max_bytes=config.signature_max_bytes
    )
    studio = Studio(workers=Workers(config.worker_processes), signer=signer, paint=paint, pace=config.pace)
    return Sandbox(config, studio)


class Sandbox:
    """One running sandbox: what it has been told to fail at, what it has been asked."""

    def __init__(self, config: SandboxConfig, studio: Studio) -> None:
        self._config, self._studio = config, studio
        self._faults, self._journal = FaultQueue(), Journal()
        self._controlled: dict[str, FaultQueue | Journal] = {
            "/control/faults": self._faults, "/control/requests": self._journal,
        }  # fmt: skip
        self._generator = Generator(
            studio=studio,
            faults=self._faults,
            journal=self._journal if config.control else None,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            exchange = Exchange(scope, receive, send)
            try:
                await self._answer(exchange)
            except ClientGone:
                return
            except TooLarge:
                limit = self._config.max_request_bytes
                text = f"Request payload size exceeds the limit: {limit} bytes."
                await _send_error(exchange, google_errors.invalid_argument(text))
        else:
            raise ValueError(f"the sandbox speaks HTTP only, not {scope['type']}")

    async def _answer(self, exchange: Exchange) -> None:
        if self._config.control and exchange.path.startswith("/control/"):
            await self._control(exchange)
        elif (call := _MODEL_CALL.fullmatch(exchange.path)) and exchange.method == "POST":
            await self._call(exchange, version=call[1], model_id=call[2], method=call[3])
        elif (named := _MODEL.fullmatch(exchange.path)) and exchange.method == "GET":
            await self._models(exchange, version=named[1], model_id=named[2])
        else:
            await _send_error(exchange, google_errors.route_not_found())

    async def _call(self, exchange: Exchange, *, version: str, model_id: str, method: str) -> None:
        body = await exchange.body(self._config.max_request_bytes)
        job = Job(model_id=model_id, version=version, signer=self._studio.signer, wants_summary=self._config.control)
        key_error = _key_error(_key_of(exchange))
        if method != "countTokens":
            await self._generator.answer(
                exchange, body, job=job, key=_key_of(exchange), key_error=key_error, method=method
            )
        elif key_error is not None:
            await _send_error(exchange, key_error)
        else:
            await _send(exchange, await self._studio.workers.run(count_tokens, body, job))

    async def _models(self, exchange: Exchange, *, version: str, model_id: str | None) -> None:
        answer: JsonObject | GoogleError | None = _key_error(_key_of(exchange))
        if answer is None and model_id is None:
            answer = model_list.models_page(exchange.query.get("pageSize", ""), exchange.query.get("pageToken", ""))
        elif answer is None and model_id is not None:
            model = find_model(model_id) if model_id not in ALIASES else None
            answer = model_list.model_json(model) if model else google_errors.model_not_found(model_id, version)
        await _send(exchange, answer or {})

    async def _control(self, exchange: Exchange) -> None:
        held = self._controlled.get(exchange.path)
        if held is None:
            await _send_error(exchange, google_errors.route_not_found())
            return
        if exchange.method == "DELETE":
            held.clear()
        elif exchange.method == "POST" and held is self._faults:
            try:
                self._faults.queue(json.loads(await exchange.body()))
            except ValueError as error:
                await _send_error(exchange, google_errors.invalid_argument(str(error)))
                return
        listed: list[Any] = self._faults.listed() if held is self._faults else list(self._journal.entries)
        await exchange.reply(200, json.dumps(listed).encode())

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._studio.workers.warm()
                await send({"type": "lifespan.startup.complete"})
            else:
                self._studio.workers.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _key_of(exchange: Exchange) -> str:
    return exchange.headers.get("x-goog-api-key") or exchange.query.get("key", "")


def _key_error(key: str) -> GoogleError | None:
    """Any key will do but one that starts with "bad", so that a wrong key can be shown."""
    if not key:
        return google_errors.no_key()
    return google_errors.api_key_invalid() if key.startswith(_BAD_KEY_PREFIX) else None


async def _send(exchange: Exchange, answer: JsonObject | GoogleError) -> None:
    if isinstance(answer, GoogleError):
        await _send_error(exchange, answer)
    else:
        await exchange.reply(200, json.dumps(answer, indent=2).encode() + b"\n")


async def _send_error(exchange: Exchange, error: GoogleError) -> None:
    await exchange.reply(error.http_status, error.body())
