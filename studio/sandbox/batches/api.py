"""The Batch API: batchGenerateContent, get, list, cancel, delete.

Shapes: a public recording of an inline batch (2026-08-19), docs/batch-api and google-genai 3.4.0, read 2026-11-22.
"""

import asyncio
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from studio.sandbox.asgi import JSON_TYPE, Exchange, TooLarge
from studio.sandbox.aside import aside
from studio.sandbox.ask import Job
from studio.sandbox.batches.entries import Accepted, accept
from studio.sandbox.batches.runner import BatchRunner
from studio.sandbox.batches.store import NAME_CHARS, BatchFolder, BatchJob, BatchLimits, BatchStore, View
from studio.sandbox.broken import break_answer
from studio.sandbox.files.api import send_bytes
from studio.sandbox.files.store import new_id, owner_of
from studio.sandbox.google_errors import GoogleError, JsonObject, Refused, invalid_argument
from studio.sandbox.models_api import MODEL
from studio.sandbox.pages import page_of
from studio.sandbox.routes import VERSION, Handler, Route, encoded, key_of, route, send
from studio.sandbox.scenarios.circumstance import Caller, Circumstance
from studio.sandbox.scenarios.director import HEADER

BATCH: Final = r"/batches/(?P<batch>[^/:]+)"
_DEFAULT_PAGE: Final = 50
_LARGEST_PAGE: Final = 1000
_KEY_TAIL: Final = 4
_HALF: Final = b'{"name": '


@dataclass(slots=True)
class BatchEndpoints:
    """Batches, each seen by the API key that made it only."""

    runner: BatchRunner
    store: BatchStore
    limits: BatchLimits
    pace: float
    resumed: bool = field(default=False)

    def routes(self) -> Sequence[Route]:
        return (
            route("POST", VERSION + MODEL + ":batchGenerateContent", self._create),
            self._calm("GET", "/batches", self._list),
            self._calm("GET", BATCH, self._get),
            self._calm("POST", BATCH + ":cancel", self._cancel),
            self._calm("DELETE", BATCH, self._delete),
        )

    def _calm(self, method: str, path: str, handler: Handler) -> Route:
        """What asks how a batch is doing fails only where its own header says so: under the scenarios in force nobody
        would see how one fares."""
        return route(method, VERSION + path, aside(handler, self.runner.generating.director, only_wished=True))

    async def resume(self) -> None:
        """Go on with what an earlier process has left unfinished, and forget what ended long ago."""
        if self.resumed:
            return
        self.resumed = True
        now = self.runner.files.now()
        for folder, view in await asyncio.to_thread(self.store.all):
            if view.final is not None and now >= view.final.at + timedelta(seconds=self.limits.kept_s):
                await asyncio.to_thread(self.store.remove, folder)
            else:
                self.runner.start(folder, await self.runner.settled(folder, view))

    async def close(self) -> None:
        await self.runner.close()

    async def _create(self, exchange: Exchange, found: re.Match[str]) -> None:
        await self.resume()
        circumstance = self._met(exchange, found["model"])
        body = await self._received(exchange, found["model"], circumstance)
        if body is None:
            return
        owner = owner_of(key_of(exchange))
        await self._check_room(owner)
        batch_id = new_id(NAME_CHARS)
        folder = self.store.folder_of(batch_id)
        folder.path.mkdir(parents=True)
        studio = self.runner.generating.studio
        job = Job(
            model_id=found["model"],
            version=found["version"],
            signer=studio.signer,
            wants_summary=False,
            files=studio.reader_for(key_of(exchange)),
        )
        accepted: Accepted | GoogleError
        try:
            accepted = await studio.workers.run(accept, body, job, folder.requests)
        except Refused as refused:
            accepted = refused.error
        if isinstance(accepted, GoogleError):
            await asyncio.to_thread(self.store.remove, folder)
            raise Refused(accepted)
        now = self.runner.files.now()
        runs_at = now + timedelta(seconds=self.limits.pending_s * self.pace)
        expires_at = runs_at if circumstance.has("batch_expires") else now + timedelta(seconds=self.limits.expiry_s)
        folder.write_job(
            BatchJob(
                id=batch_id,
                owner=owner,
                key_tail=key_of(exchange)[-_KEY_TAIL:],
                model_id=job.model_id,
                version=job.version,
                display_name=accepted.display_name,
                request_count=accepted.request_count,
                input_file=accepted.input_file,
                created_at=now,
                runs_at=runs_at,
                expires_at=expires_at,
                fails=circumstance.has("batch_fails"),
            )
        )
        view = folder.view()
        self.runner.start(folder, view)
        await send(exchange, view.operation(None))

    async def _received(self, exchange: Exchange, model_id: str, circumstance: Circumstance) -> bytes | None:
        """The body; None where something else than an answer came of it. Raises Refused."""
        if circumstance.has("reset_unread"):
            await exchange.reset()
            return None
        try:
            body = await exchange.body(self.limits.inline_bytes)
        except TooLarge as large:
            await exchange.drain()
            raise Refused(invalid_argument(str(large))) from large
        if (error := circumstance.refused_at_the_door(model_id)) is not None:
            raise Refused(error)
        if circumstance.broken is not None:
            await break_answer(exchange, circumstance.broken, half=_HALF)
            return None
        if (error := circumstance.refused_by_the_service(model_id)) is not None:
            raise Refused(error)
        await asyncio.sleep(circumstance.number("slow", "seconds", 0.0))
        return body

    def _met(self, exchange: Exchange, model_id: str) -> Circumstance:
        """What the making of a batch meets. Raises Refused for a wish that is none."""
        caller = Caller(model_id=model_id, key=key_of(exchange), wish=exchange.headers.get(HEADER, ""))
        circumstance = self.runner.generating.director.meet(caller, takes_queued=False)
        exchange.scenarios, exchange.bytes_per_s = circumstance.scenarios, circumstance.bytes_per_s
        return circumstance

    async def _check_room(self, owner: str) -> None:
        """Raises Refused (429) where as many jobs are under way as may be."""
        now = self.runner.files.now()
        jobs = [view.job for _, view in await asyncio.to_thread(self.store.all) if view.final is None]
        if sum(1 for job in jobs if job.owner == owner and now < job.expires_at) >= self.limits.jobs:
            # Google's sentence for a quota without a name; which quota it is was not captured
            text = "Resource has been exhausted (e.g. check quota)."
            raise Refused(GoogleError(429, "RESOURCE_EXHAUSTED", text))

    async def _get(self, exchange: Exchange, found: re.Match[str]) -> None:
        await self.resume()
        folder, view = await self._find(exchange, found)
        hole = secrets.token_hex(16)
        output = _output(view, hole)
        if output is None or view.job.input_file:
            await send(exchange, view.operation(output))
            return
        pieces = encoded(view.operation(output)).split(json.dumps(hole).encode())
        await _send_with_results(exchange, folder, pieces, [outcome.end for outcome in view.outcomes])

    async def _list(self, exchange: Exchange, _found: re.Match[str]) -> None:
        """The caller's batches; inline results are left to `get` (whether the service lists them was not captured)."""
        await self.resume()
        owner = owner_of(key_of(exchange))
        mine = [pair for pair in await asyncio.to_thread(self.store.all) if pair[1].job.owner == owner]
        page = page_of(
            mine, exchange.query, default=_DEFAULT_PAGE, largest=_LARGEST_PAGE, id_of=lambda pair: pair[1].job.id
        )
        views = [await self.runner.settled(folder, view) for folder, view in page.items]
        listed: JsonObject = {}
        if views:
            listed["operations"] = [view.operation(_output(view) if view.job.input_file else None) for view in views]
        await send(exchange, {**listed, **page.token})

    async def _cancel(self, exchange: Exchange, found: re.Match[str]) -> None:
        await self.resume()
        folder, view = await self._find(exchange, found)
        await self.runner.cancel(folder, view.job)
        await send(exchange, {})

    async def _delete(self, exchange: Exchange, found: re.Match[str]) -> None:
        """What still runs is stopped: nobody could see its results. A results file stays until it expires."""
        await self.resume()
        if await asyncio.to_thread(self.store.remove_damaged, found["batch"]):
            await send(exchange, {})
            return
        folder, view = await self._find(exchange, found)
        await self.runner.forget(view.job)
        await asyncio.to_thread(self.store.remove, folder)
        await send(exchange, {})

    async def _find(self, exchange: Exchange, found: re.Match[str]) -> tuple[BatchFolder, View]:
        owner = owner_of(key_of(exchange))
        folder, view = await asyncio.to_thread(self.store.find, found["batch"], owner=owner)
        return folder, await self.runner.settled(folder, view)


def _output(view: View, hole: str = "") -> JsonObject | None:
    """The output, with a hole where inline results belong."""
    if not view.shows_results:
        return None
    if view.job.input_file:
        return {"responsesFile": f"files/{view.job.results_file}"}
    return {"inlinedResponses": {"inlinedResponses": hole}}


async def _send_with_results(
    exchange: Exchange, folder: BatchFolder, pieces: Sequence[bytes], ends: Sequence[int]
) -> None:
    """The operation, its inline results copied from disk between the pieces: nothing of them is held.

    `ends` says where each line of the results ends; its newline stays, for JSON it is white space.
    """
    results_bytes = (ends[-1] if ends else 0) + max(0, len(ends) - 1) + len(b"[]")
    length = sum(len(piece) for piece in pieces) + results_bytes * (len(pieces) - 1)
    await exchange.start(200, JSON_TYPE, length=length)
    for index, piece in enumerate(pieces):
        if index:
            await _send_results(exchange, folder, ends)
        await exchange.write(piece)
    await exchange.end()


async def _send_results(exchange: Exchange, folder: BatchFolder, ends: Sequence[int]) -> None:
    await exchange.write(b"[")
    for index, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
        if index:
            await exchange.write(b",")
        await send_bytes(exchange, folder.results, start=start, end=end)
    await exchange.write(b"]")
