"""The Interactions API: create, get, delete, cancel."""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, TypeVar

from studio.sandbox.asgi import EVENT_STREAM_TYPE, Exchange, TooLarge
from studio.sandbox.ask import Job
from studio.sandbox.files.store import owner_of
from studio.sandbox.generate import Call, entry_of
from studio.sandbox.google_errors import Refused
from studio.sandbox.inspector.evidence import evidence_of
from studio.sandbox.interactions.answer import Reader, cancelled, look_up, removed, replayed, resource, shown
from studio.sandbox.interactions.errors import InteractionError, InteractionRefused, invalid_request, not_running
from studio.sandbox.interactions.receiving import InteractionJob, Reading, receive, request_of
from studio.sandbox.interactions.work import Desk, Work, error_of
from studio.sandbox.routes import VERSION, Handler, Route, key_error, key_of, route
from studio.sandbox.scenarios.circumstance import Caller
from studio.sandbox.scenarios.director import HEADER
from studio.sandbox.scenarios.quotas import Bill

Result = TypeVar("Result")

_INTERACTION: Final = r"/interactions/(?P<id>[^/]+)"
_OPENING_EVENTS: Final = 2
_EVENT_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_MODEL_GLANCE: Final = re.compile(rb'"model"\s*:\s*"(?:models/)?([^"\\]{1,200})"')


@dataclass(slots=True)
class _Asked:
    """One create call and what was read of it."""

    call: Call
    body: bytes
    reading: Reading = field(default_factory=Reading)
    job: InteractionJob | None = None
    """How it was read."""
    lasts: bool = False
    """Whether it goes on in the background."""


@dataclass(slots=True)
class InteractionEndpoints:
    """Answers interactions by the path of generateContent, whose scenarios, journal and bill they share."""

    desk: Desk
    running: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    """Background work by interaction id."""
    answering: set[str] = field(default_factory=set)
    """Interactions somebody is waiting for."""

    def routes(self) -> Sequence[Route]:
        # Keys are looked at by the handlers: their refusal has a form of its own here.
        return tuple(
            route(method, VERSION + path, self._guarded(handler), keyed=False)
            for method, path, handler in (
                ("POST", "/interactions", self._create),
                ("GET", _INTERACTION, self._get),
                ("DELETE", _INTERACTION, self._delete),
                ("POST", _INTERACTION + "/cancel", self._cancel),
            )
        )

    async def close(self) -> None:
        """What runs in the background ends here; the next start shows it as failed."""
        tasks = list(self.running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(exchange: Exchange, found: re.Match[str]) -> None:
            try:
                await handler(exchange, found)
            except (Refused, InteractionRefused) as refused:
                if exchange.status:
                    raise
                await _send(exchange, error_of(refused))
            except TooLarge as error:
                await _send(exchange, invalid_request(str(error)))

        return guarded

    async def _create(self, exchange: Exchange, found: re.Match[str]) -> None:
        body = await exchange.body(self.desk.generating.max_request_bytes)
        asked = _Asked(self._begun(exchange, found["version"], body), body=body)
        if asked.call.circumstance.has("reset_unread"):
            # Read it was: the model, which scenarios ask for, stands in the body.
            await exchange.reset()
            return
        try:
            await self._answer(asked, body)
        except (Refused, InteractionRefused) as refused:
            await self.desk.forget(asked.reading)
            error = error_of(refused)
            asked.call.verdict, asked.call.error = error.message, error.value()
            await _send(exchange, error)
        finally:
            if not asked.lasts:
                self._note(asked)

    def _begun(self, exchange: Exchange, version: str, body: bytes) -> Call:
        glimpsed = _MODEL_GLANCE.search(body)
        model_id = glimpsed[1].decode("utf-8", "replace") if glimpsed else ""
        caller = Caller(model_id=model_id, key=key_of(exchange), wish=exchange.headers.get(HEADER, ""))
        generating = self.desk.generating
        circumstance = generating.director.meet(caller)
        exchange.bytes_per_s = circumstance.bytes_per_s
        exchange.in_journal = generating.journal is not None
        job = Job(
            model_id=model_id,
            version=version,
            signer=circumstance.forgetful(generating.studio.signer),
            wants_summary=generating.journal is not None,
            files=generating.studio.reader_for(caller.key),
        )
        call = Call(exchange, job, "interactions", caller=caller, circumstance=circumstance)
        call.received_at_s = time.monotonic()
        return call

    async def _answer(self, asked: _Asked, body: bytes) -> None:
        """Raises Refused or InteractionRefused while the answer can still be a plain error."""
        call, desk = asked.call, self.desk
        refusal = key_error(call.caller.key) or call.circumstance.refused_at_the_door(call.job.model_id)
        if refusal is not None:
            raise Refused(refusal)
        if call.circumstance.broken is not None:
            await desk.generating.break_answer(call, call.circumstance.broken)
            return
        job = asked.job = InteractionJob(call.job, shelf=desk.shelf, owner=owner_of(call.caller.key), now=desk.now())
        reading = asked.reading = await desk.generating.studio.workers.run(receive, body, job)
        if reading.error is not None:
            raise InteractionRefused(reading.error)
        call.job = replace(call.job, model_id=reading.model_id)
        with ExitStack() as admission:
            bill = admission.enter_context(desk.generating.director.admitted(call.caller, call.circumstance))
            work = Work.begun(desk, call, reading)
            if reading.background:
                await self._start(asked, work, admission.pop_all(), bill)
            else:
                await self._give(work)
                bill.charge(call.usd)

    async def _give(self, work: Work) -> None:
        """Answer the caller who waits, unless it leaves first."""
        self.answering.add(work.record.id)
        try:
            answering = work.stream() if work.reading.stream else work.whole()
            if not await work.call.exchange.while_listened_to(answering):
                work.call.verdict = "client_gone"
                await self.desk.forget(work.reading)
        finally:
            self.answering.discard(work.record.id)

    async def _start(self, asked: _Asked, work: Work, admission: ExitStack, bill: Bill) -> None:
        """Begin background work and answer that it has begun."""
        begun = resource(work.record, None)
        asked.lasts = True
        self.running[work.record.id] = asyncio.create_task(self._run(asked, work, admission, bill))
        if work.reading.stream:
            await self._follow(asked.call.exchange, work.record.id)
        else:
            await asked.call.exchange.reply(200, begun)

    async def _run(self, asked: _Asked, work: Work, admission: ExitStack, bill: Bill) -> None:
        try:
            with admission:
                await work.in_background()
                bill.charge(work.call.usd)
        finally:
            self.running.pop(work.record.id, None)
            self._note(asked)

    def _note(self, asked: _Asked) -> None:
        journal = self.desk.generating.journal
        if journal is not None:
            entry = entry_of(asked.call, asked.reading.summary, body_bytes=len(asked.body))
            job, call = asked.job, asked.call
            evidence = evidence_of(call.exchange, body=asked.body, answer=call.shown, job=call.job if job else None)
            journal.add(entry, replace(evidence, amounts_to=partial(request_of, job=job) if job else None))

    async def _get(self, exchange: Exchange, found: re.Match[str]) -> None:
        if exchange.query.get("stream", "").lower() == "true":
            await self._follow(exchange, found["id"])
            return
        await exchange.reply(200, await self._in_worker(shown, exchange, found["id"]))

    async def _follow(self, exchange: Exchange, interaction_id: str) -> None:
        """The events of an interaction; of one that is running the first at once, the others when it has ended."""
        asked_after = exchange.query.get("last_event_id", "")
        seen = int(asked_after) if _EVENT_NUMBER.fullmatch(asked_after) else 0
        task = self.running.get(interaction_id)
        events: list[bytes] = await self._in_worker(replayed, exchange, interaction_id)
        await exchange.start(200, EVENT_STREAM_TYPE)
        if task is not None:
            await exchange.write(b"".join(events[seen:_OPENING_EVENTS]))
            seen = max(seen, _OPENING_EVENTS)
            if not await exchange.while_listened_to(_ended(task)):
                return
            events = await self._in_worker(replayed, exchange, interaction_id)
        for each in events[seen:]:
            await exchange.write(each)
        await exchange.end()

    async def _delete(self, exchange: Exchange, found: re.Match[str]) -> None:
        await self._in_worker(removed, exchange, found["id"])
        task = self.running.get(found["id"])
        if task is not None:
            task.cancel()
            await _ended(task)
        await exchange.reply(200, b"{}\n")

    async def _cancel(self, exchange: Exchange, found: re.Match[str]) -> None:
        await exchange.body(self.desk.generating.max_request_bytes)
        # Whose it is, and whether it is there at all, comes first.
        await self._in_worker(look_up, exchange, found["id"])
        task = self.running.get(found["id"])
        if task is None:
            raise InteractionRefused(not_running())
        task.cancel()
        await _ended(task)
        await exchange.reply(200, await self._in_worker(cancelled, exchange, found["id"]))

    async def _in_worker(
        self, work: Callable[[str, Reader], Result], exchange: Exchange, interaction_id: str
    ) -> Result:
        """What `work` makes of the caller's interaction. Raises Refused for the key, InteractionRefused."""
        refusal = key_error(key_of(exchange))
        if refusal is not None:
            raise Refused(refusal)
        reader = Reader(
            self.desk.shelf,
            owner=owner_of(key_of(exchange)),
            now=self.desk.now(),
            running=interaction_id in self.running or interaction_id in self.answering,
            include_input=exchange.query.get("include_input", "").lower() == "true",
        )
        return await self.desk.generating.studio.workers.run(work, interaction_id, reader)


async def _send(exchange: Exchange, error: InteractionError) -> None:
    await exchange.reply(error.http_status, error.body())


async def _ended(task: asyncio.Task[None]) -> None:
    await asyncio.wait({task})
