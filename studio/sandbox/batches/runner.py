"""Runs batches, behind everything else: one request of a batch at a time, one picture of all of them at a time."""

import asyncio
import contextlib
import functools
import json
import logging
import os
import secrets
import shutil
import time
from collections.abc import Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from studio.sandbox.answer import Envelope, response_id
from studio.sandbox.ask import Examined, Job
from studio.sandbox.batches.entries import Line, Span, examine_line, input_path, spans_of
from studio.sandbox.batches.locks import held_alone
from studio.sandbox.batches.store import PRICE_FACTOR, BatchFolder, BatchJob, Ending, View, status_of
from studio.sandbox.files.parts import FileReader
from studio.sandbox.files.store import FileStore
from studio.sandbox.generate import GenerateEndpoints, cost_of, statement_of
from studio.sandbox.google_errors import JsonObject, Refused, internal
from studio.sandbox.inspector.evidence import Evidence
from studio.sandbox.packed import PackedPart
from studio.sandbox.performance import Studio, perform
from studio.sandbox.scenarios.circumstance import Caller, Circumstance
from studio.sandbox.usage import OutputTokens
from studio.sandbox.workers import BackgroundWorkers

_LOG: Final = logging.getLogger(__name__)
_OK: Final = 200
_RESULTS_TYPE: Final = "application/jsonl"
_CANCELLED: Final = "Operation was cancelled."
_EXPIRED: Final = "The batch expired: it was pending or running for too long."


@dataclass(slots=True)
class BatchRunner:
    """The batches that are running here. Its pictures wait for nobody to wait for them."""

    generating: GenerateEndpoints
    files: FileStore
    studio: Studio = field(init=False)
    running: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        live = self.generating.studio
        self.studio = replace(live, workers=BackgroundWorkers(live.workers), pace=0.0)

    def start(self, folder: BatchFolder, view: View) -> None:
        """Run a batch that has not ended, if it is not running here yet."""
        if view.final is not None or view.job.id in self.running:
            return
        task = asyncio.create_task(self._run(folder, view.job), name=view.job.name)
        self.running[view.job.id] = task
        task.add_done_callback(functools.partial(self._ended, folder, view.job))

    async def cancel(self, folder: BatchFolder, job: BatchJob) -> None:
        """End it; nothing more is painted for it. One that has ended stays as it is (not captured)."""
        await self.forget(job)
        await self._finish(folder, job, Ending("CANCELLED", self.files.now(), status_of("CANCELLED", _CANCELLED)))

    async def forget(self, job: BatchJob) -> None:
        """Stop working on it."""
        task = self.running.get(job.id)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def close(self) -> None:
        """Stop all work; what is not done goes on after the next start."""
        for task in list(self.running.values()):
            task.cancel()
        await asyncio.gather(*self.running.values(), return_exceptions=True)

    async def settled(self, folder: BatchFolder, view: View) -> View:
        """The view, after time has done what it does: a batch that took too long has expired."""
        if view.final is not None or not self._is_over(view.job):
            return view
        await self.forget(view.job)
        ending = Ending("EXPIRED", self.files.now(), status_of("DEADLINE_EXCEEDED", _EXPIRED))
        await self._finish(folder, view.job, ending)
        return await asyncio.to_thread(folder.view)

    def _ended(self, folder: BatchFolder, job: BatchJob, task: asyncio.Task[None]) -> None:
        """A batch that broke says so: nobody would hear of it otherwise."""
        del self.running[job.id]
        failure = None if task.cancelled() else task.exception()
        if failure is not None and folder.path.exists():
            _LOG.error("%s failed", job.name, exc_info=failure)
            folder.finish(Ending("FAILED", self.files.now(), status_of("INTERNAL", internal().message)))

    async def _run(self, folder: BatchFolder, job: BatchJob) -> None:
        with held_alone(folder.path / "lock") as ours:
            if not ours:
                return
            await self._wait(job)
            try:
                await self._work(folder, job, self._source(folder, job))
            except Refused as refused:
                error = status_of(refused.error.status, refused.error.message)
                await self._finish(folder, job, Ending("FAILED", self.files.now(), error))
            except FileNotFoundError:
                # deleted, or its input is
                error = status_of("NOT_FOUND", "The input of the batch cannot be read.")
                await self._finish(folder, job, Ending("FAILED", self.files.now(), error))

    def _source(self, folder: BatchFolder, job: BatchJob) -> Path:
        """Where its requests stand. Raises Refused when they are a file that cannot be read, or a scenario says so."""
        if job.fails:
            raise Refused(internal())
        return folder.requests if not job.input_file else input_path(job.input_file, self._reader(job))

    async def _wait(self, job: BatchJob) -> None:
        await asyncio.sleep(max(0.0, (job.runs_at - self.files.now()).total_seconds()))

    async def _work(self, folder: BatchFolder, job: BatchJob, source: Path) -> None:
        spans = await self.studio.workers.run(spans_of, source)
        done = await asyncio.to_thread(folder.begin)
        for span in spans[len(done) :]:
            if await asyncio.to_thread(folder.final) is not None or self._is_over(job):
                return
            line = await self._examine(job, source, span)
            shown: list[PackedPart] = []
            entry, result = await self._answer(job, line, shown)
            await _unbroken(asyncio.to_thread(folder.append, result, ok=entry["status"] == _OK, at=self.files.now()))
            if self.generating.journal is not None:
                self.generating.journal.add(entry, Evidence(line.request, tuple(shown), self._examination(job)))
        await self._finish(folder, job, Ending("SUCCEEDED", self.files.now(), {}))

    async def _examine(self, job: BatchJob, source: Path, span: Span) -> Line:
        try:
            return await self.studio.workers.run(examine_line, source, span, self._examination(job))
        except Refused as refused:
            return Line(Examined(None, refused.error, {}), {}, span.size_bytes)

    async def _answer(self, job: BatchJob, line: Line, shown: list[PackedPart]) -> tuple[JsonObject, bytes]:
        """The journal's entry for one request, and its line of the results; the answer's parts go into `shown`."""
        started_s = time.monotonic()
        entry: JsonObject = {
            "model": job.model_id,
            "method": "batches",
            "path": f"/{job.version}/{job.name}",
            "batch": job.name,
            "key_tail": job.key_tail,
            "body_bytes": line.size_bytes,
            **line.examined.summary,
            "status": _OK,
            "usage": {},
            "cost_usd": None,
        }
        circumstance = self.generating.director.meet(Caller(job.model_id, key=job.owner), takes_queued=False)
        entry["scenarios"] = list(circumstance.scenarios)
        try:
            answer = b'"response": ' + await self._paint(line.examined, entry, shown, circumstance=circumstance)
        except Refused as refused:
            error = refused.error
            answer = b'"error": ' + json.dumps(status_of(error.status, error.message)).encode()
            entry |= {"status": error.http_status, "verdict": error.message, "error": error.value()}
        answered_at_s = time.monotonic()
        entry |= {
            "answer_bytes": len(answer),
            "received_at_s": started_s,
            "answered_at_s": answered_at_s,
            "engine_s": answered_at_s - started_s,
        }
        return entry, _tagged(answer, line.tag)

    async def _paint(
        self, examined: Examined, entry: JsonObject, parts: list[PackedPart], *, circumstance: Circumstance
    ) -> bytes:
        """The GenerateContentResponse. Raises Refused for what was not accepted, cannot be painted from, or failed."""
        if examined.ask is None:
            raise Refused(examined.error or internal())
        error = circumstance.refused_by_the_service(examined.ask.model_id)
        if error is not None:
            raise Refused(error)
        script = self.generating.script_for(examined.ask, circumstance)
        envelope = Envelope(script, response_id(time.time()))
        output = OutputTokens(thoughts=script.drawn.thoughts)
        async with aclosing(perform(script, self.studio, started_s=time.monotonic())) as beats:
            async for beat in beats:
                parts += beat.parts
                output = beat.output
        cost, statement = cost_of(script, output), statement_of(script, output, factor=PRICE_FACTOR)
        entry |= {
            "verdict": script.ending.blocked or script.ending.finish_reason or "cut",
            "usage": envelope.usage(output),
            "cost_usd": None if cost is None else str(cost * PRICE_FACTOR),
            "bill": None if statement is None else statement.as_json(),
        }
        return envelope.response(parts, output, ends=True)

    async def _finish(self, folder: BatchFolder, job: BatchJob, ending: Ending) -> None:
        """The end. What a batch from a file has made becomes a file first, so that who sees the end finds it."""
        if await asyncio.to_thread(folder.final) is not None:
            return
        if job.input_file and ending.state in ("SUCCEEDED", "CANCELLED"):
            await asyncio.to_thread(self._shelve_results, folder, job)
        await asyncio.to_thread(folder.finish, ending)

    def _shelve_results(self, folder: BatchFolder, job: BatchJob) -> None:
        arrived = self.files.shelf.open() / secrets.token_hex(16)
        done = list(folder.read_outcomes())
        if done:
            shutil.copyfile(folder.results, arrived)
        else:
            arrived.touch()
        os.truncate(arrived, done[-1].end if done else 0)
        file = self.files.generated(job.results_file, owner=job.owner, mime_type=_RESULTS_TYPE, digest_of=arrived)
        # another sandbox on this folder may have been at the end of it too: the results are the same
        with contextlib.suppress(Refused):
            self.files.shelf.put(arrived, file)

    def _is_over(self, job: BatchJob) -> bool:
        return self.files.now() >= job.expires_at

    def _reader(self, job: BatchJob) -> FileReader:
        return FileReader(self.files.shelf, owner=job.owner, now=self.files.now())

    def _examination(self, job: BatchJob) -> Job:
        return Job(
            model_id=job.model_id,
            version=job.version,
            signer=self.studio.signer,
            wants_summary=self.generating.journal is not None,
            files=self._reader(job),
        )


async def _unbroken(work: Coroutine[Any, Any, None]) -> None:
    """Wait for work that is done to its end, even when the waiting is cancelled."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    finally:
        await asyncio.wait({task})


def _tagged(answer: bytes, tag: JsonObject) -> bytes:
    """One line of the results: a key comes first, as docs/batch-api shows it, metadata last, as recorded."""
    key = f'"key": {json.dumps(tag["key"])}, '.encode() if "key" in tag else b""
    metadata = f', "metadata": {json.dumps(tag["metadata"])}'.encode() if "metadata" in tag else b""
    return b"".join([b"{", key, answer, metadata, b"}"])
