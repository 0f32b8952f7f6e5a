"""generateContent and streamGenerateContent, from the body to the last byte."""

import asyncio
import json
import re
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from studio.image_models import model_of
from studio.sandbox.answer import Envelope, response_id
from studio.sandbox.asgi import EVENT_STREAM_TYPE, JSON_TYPE, Exchange
from studio.sandbox.ask import Ask, Examined, Job, examine
from studio.sandbox.bill import FULL_PRICE, Statement, lines_of, usd_of
from studio.sandbox.broken import break_answer
from studio.sandbox.google_errors import GoogleError, JsonObject, Refused
from studio.sandbox.inspector.evidence import evidence_of
from studio.sandbox.journal import Journal
from studio.sandbox.models_api import MODEL
from studio.sandbox.packed import PackedPart
from studio.sandbox.performance import Beat, Studio, perform
from studio.sandbox.routes import VERSION, Route, key_error, key_of, route, send_error
from studio.sandbox.scenarios.circumstance import CALM, Caller, Circumstance
from studio.sandbox.scenarios.director import HEADER, Director
from studio.sandbox.scenarios.faults import Fault
from studio.sandbox.script import Script, compose
from studio.sandbox.usage import OutputTokens

_REMEMBERED_ASKINGS: Final = 4096
_KEY_TAIL: Final = 4
_ARRIVAL_S: Final = 0.05
"""A reset overtakes bytes that are still on their way."""
_EVENT_END: Final = b"\r\n\r\n"
_BROKEN_JSON: Final = b'{"candidates": [{"content": '


@dataclass(slots=True)
class Call:
    """One generate call on its way, and what the journal will say of it."""

    exchange: Exchange
    job: Job
    method: str
    caller: Caller
    circumstance: Circumstance
    received_at_s: float = 0.0
    verdict: str = ""
    usage: JsonObject = field(default_factory=dict)
    usd: Decimal | None = None
    """What the answer would have cost."""
    bill: JsonObject | None = None
    error: JsonObject | None = None
    """The body of the refusal."""
    shown: list[PackedPart] = field(default_factory=list)
    """The parts that were made for the answer."""

    @property
    def streams(self) -> bool:
        return self.method == "streamGenerateContent"

    @property
    def as_events(self) -> bool:
        return self.exchange.query.get("alt") == "sse"


@dataclass(slots=True)
class GenerateEndpoints:
    """Answers generate calls. `journal` None keeps no record."""

    studio: Studio
    director: Director
    journal: Journal | None
    max_request_bytes: int | None = None
    askings: OrderedDict[bytes, int] = field(default_factory=OrderedDict)
    """How often each request has been painted, newest last."""

    def routes(self) -> Sequence[Route]:
        # A call without a key is in the journal too, so its key is looked at later.
        methods = r":(?P<method>generateContent|streamGenerateContent)"
        return (route("POST", VERSION + MODEL + methods, self._call, keyed=False),)

    async def close(self) -> None:
        """A call ends with its connection."""

    async def _call(self, exchange: Exchange, found: re.Match[str]) -> None:
        call = self._begun(exchange, found)
        if call.circumstance.has("reset_unread"):
            await exchange.reset()
            return
        body = await exchange.body(self.max_request_bytes)
        call.received_at_s = time.monotonic()
        examined: Examined | None = None
        try:
            key_refusal = key_error(call.caller.key)
            if key_refusal is None or call.job.wants_summary:
                examined = await self.studio.workers.run(examine, body, call.job)
            refusal = key_refusal or call.circumstance.refused_at_the_door(call.job.model_id)
            if refusal is not None or examined is None:
                await self._refuse(call, refusal)
            elif call.circumstance.broken is not None:
                await self.break_answer(call, call.circumstance.broken)
            elif examined.ask is None:
                await self._refuse(call, examined.error)
            else:
                await self._let_in(call, examined.ask)
        except Refused as refused:
            await self._refuse(call, refused.error)
        finally:
            if self.journal is not None:
                summary = examined.summary if examined else {}
                entry = entry_of(call, summary, body_bytes=len(body))
                self.journal.add(entry, evidence_of(exchange, body=body, answer=call.shown, job=call.job))

    def _begun(self, exchange: Exchange, found: re.Match[str]) -> Call:
        caller = Caller(model_id=found["model"], key=key_of(exchange), wish=exchange.headers.get(HEADER, ""))
        circumstance = self.director.meet(caller)
        exchange.bytes_per_s = circumstance.bytes_per_s
        exchange.in_journal = self.journal is not None
        job = Job(
            model_id=found["model"],
            version=found["version"],
            signer=circumstance.forgetful(self.studio.signer),
            wants_summary=self.journal is not None and self.journal.summarises,
            files=self.studio.reader_for(caller.key),
        )
        return Call(exchange, job, found["method"], caller=caller, circumstance=circumstance)

    async def _let_in(self, call: Call, ask: Ask) -> None:
        with self.director.admitted(call.caller, call.circumstance) as bill:
            if not await call.exchange.while_listened_to(self._generate(call, ask)):
                call.verdict = "client_gone"
            bill.charge(call.usd)

    def script_for(self, ask: Ask, circumstance: Circumstance = CALM) -> Script:
        """The next answer to this ask: asked again, it comes out differently."""
        seed = self.director.seed_of(ask.digest, self._nth_asking(ask.digest))
        return compose(ask, seed=seed, circumstance=circumstance)

    async def _generate(self, call: Call, ask: Ask) -> None:
        script = self.script_for(ask, call.circumstance)
        envelope = Envelope(script, response_id(time.time()))
        ending = script.ending
        call.verdict = ending.blocked or ending.finish_reason or "cut"
        answer = self._stream if call.streams else self._whole
        async with aclosing(perform(script, self.studio, started_s=call.received_at_s)) as beats:
            await answer(call, envelope, beats)

    async def _whole(self, call: Call, envelope: Envelope, beats: AsyncIterator[Beat]) -> None:
        parts: list[PackedPart] = []
        output = OutputTokens(thoughts=envelope.script.drawn.thoughts)
        async for beat in beats:
            parts += beat.parts
            output = beat.output
        call.shown = parts
        book(call, envelope, output)
        await self.send_whole(call, envelope.response(parts, output, ends=True), parts)

    async def send_whole(self, call: Call, answer: bytes, parts: Sequence[PackedPart]) -> None:
        """An answer that is not streamed, or the half of it that a cut lets through."""
        if call.circumstance.cut is None or not shows_picture(parts):
            await call.exchange.reply(200, answer)
            return
        resets = call.circumstance.cut.kind == "reset_in_image"
        half = answer[: len(answer) // 2]
        await call.exchange.start(200, JSON_TYPE, length=len(answer) if resets else len(half))
        await self.break_off(call, half)

    async def _stream(self, call: Call, envelope: Envelope, beats: AsyncIterator[Beat]) -> None:
        """Server-sent events, or without alt=sse one JSON array that grows."""
        exchange = call.exchange
        frame = _Frame(as_events=call.as_events)
        output = OutputTokens(thoughts=envelope.script.drawn.thoughts)
        try:
            async for beat in beats:
                output = beat.output
                call.shown += beat.parts
                await self._open(call)
                item = frame.item(envelope.response(beat.parts, output, ends=False))
                if call.circumstance.cut is not None and shows_picture(beat.parts):
                    await self.break_off(call, item[: len(item) // 2])
                    return
                await exchange.write(item)
            book(call, envelope, output)
            await self._open(call)
            if envelope.script.ending.finish_reason or envelope.script.ending.blocked:
                await exchange.write(frame.item(envelope.response(None, output, ends=True)))
        except Refused as refused:
            if not exchange.status:
                raise
            call.verdict, call.error = f"{refused.error.status} in stream", refused.error.value()
            await exchange.write(frame.item(json.dumps(refused.error.value()).encode()))
        await exchange.write(frame.end())
        await exchange.end()

    async def _open(self, call: Call) -> None:
        if not call.exchange.status:
            await call.exchange.start(200, EVENT_STREAM_TYPE if call.as_events else JSON_TYPE)

    async def break_off(self, call: Call, half: bytes) -> None:
        """The last bytes of an answer that is cut in its picture: then it ends as if it were whole, or is reset."""
        cut = call.circumstance.cut
        call.verdict = cut.kind if cut else ""
        await call.exchange.write(half)
        if cut is not None and cut.kind == "reset_in_image":
            await asyncio.sleep(_ARRIVAL_S)
            await call.exchange.reset()
        else:
            await call.exchange.end()

    async def _refuse(self, call: Call, error: GoogleError | None) -> None:
        if error is None:
            raise RuntimeError("a refusal needs an error")
        call.verdict, call.error = error.message, error.value()
        await send_error(call.exchange, error)

    async def break_answer(self, call: Call, fault: Fault) -> None:
        """What comes in place of an answer: a reset, nothing, a gateway's page, half an object."""
        call.verdict = fault.kind
        await break_answer(call.exchange, fault, half=_BROKEN_JSON)

    def _nth_asking(self, digest: bytes) -> int:
        nth = self.askings.pop(digest, 0)
        self.askings[digest] = nth + 1
        if len(self.askings) > _REMEMBERED_ASKINGS:
            self.askings.popitem(last=False)
        return nth


@dataclass(slots=True)
class _Frame:
    """How the items of a stream are held together."""

    as_events: bool
    started: bool = False

    def item(self, data: bytes) -> bytes:
        if self.as_events:
            return b"data: " + data + _EVENT_END
        lead = b",\r\n" if self.started else b"["
        self.started = True
        return lead + data

    def end(self) -> bytes:
        return b"" if self.as_events else b"]" if self.started else b"[]"


def shows_picture(parts: Sequence[PackedPart]) -> bool:
    return any(part.is_image and not part.thought for part in parts)


def book(call: Call, envelope: Envelope, output: OutputTokens) -> None:
    """Note what the answer used and would have cost."""
    call.usage = envelope.usage(output)
    call.usd = cost_of(envelope.script, output)
    statement = statement_of(envelope.script, output)
    call.bill = None if statement is None else statement.as_json()


def cost_of(script: Script, output: OutputTokens) -> Decimal | None:
    """USD of an answer; blocked pictures are not charged, as their message says. None: no price is known."""
    if script.ending.finish_message is not None:
        return Decimal(0)
    today = datetime.now(UTC).date()
    queries = _queries(script)
    return usd_of(model_of(script.model_id), script.prompt_tokens, output, day=today, search_queries=queries)


def statement_of(script: Script, output: OutputTokens, *, factor: Decimal = FULL_PRICE) -> Statement | None:
    """The bill as the inspector shows it. None: no price is known."""
    price = model_of(script.model_id).price_on(datetime.now(UTC).date())
    if price is None:
        return None
    lines = lines_of(price, script.prompt_tokens, output, search_queries=_queries(script))
    refused = bool(script.ending.blocked) or script.ending.finish_reason not in (None, "STOP")
    return Statement(lines, price, factor=factor, unconfirmed=refused)


def _queries(script: Script) -> int:
    return len(script.grounding["webSearchQueries"]) if script.grounding else 0


def entry_of(call: Call, summary: JsonObject, *, body_bytes: int) -> JsonObject:
    answered_at_s = call.exchange.answered_at_s or time.monotonic()
    queued = call.circumstance.queued
    return {
        "model": call.job.model_id,
        "method": call.method,
        "path": call.exchange.path,
        "key_tail": call.caller.key[-_KEY_TAIL:],
        "body_bytes": body_bytes,
        **summary,
        "status": call.exchange.status,
        "verdict": call.verdict,
        "error": call.error,
        "scenarios": list(call.circumstance.scenarios),
        "fault": None if queued is None else queued.kind,
        "usage": call.usage,
        "bill": call.bill,
        "cost_usd": None if call.usd is None else str(call.usd),
        "answer_bytes": call.exchange.sent_bytes,
        "received_at_s": call.received_at_s,
        "answered_at_s": answered_at_s,
        "engine_s": answered_at_s - call.received_at_s,
    }
