"""generateContent and streamGenerateContent, from the body to the last byte."""

import asyncio
import hashlib
import json
import re
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from studio.sandbox.answer import Envelope, response_id
from studio.sandbox.asgi import EVENT_STREAM_TYPE, JSON_TYPE, Exchange
from studio.sandbox.ask import Ask, Examined, Job, examine
from studio.sandbox.faults import TRANSPORT_KINDS, Fault, FaultQueue, error_for
from studio.sandbox.google_errors import GoogleError, JsonObject, Refused
from studio.sandbox.journal import Journal
from studio.sandbox.models_api import MODEL
from studio.sandbox.packed import PackedPart
from studio.sandbox.performance import Beat, Studio, perform
from studio.sandbox.routes import VERSION, Route, key_error, key_of, route
from studio.sandbox.script import Script, compose
from studio.sandbox.usage import OutputTokens

_REMEMBERED_ASKINGS: Final = 4096
_KEY_TAIL: Final = 4
_GATEWAY_PAGE: Final = (
    b"<!DOCTYPE html>\n<html><head><title>Gateway</title></head><body><h1>Bad gateway</h1></body></html>\n"
)
_EVENT_END: Final = b"\r\n\r\n"
_BROKEN_JSON: Final = b'{"candidates": [{"content": '


@dataclass(slots=True)
class Call:
    """One generate call on its way, and what the journal will say of it."""

    exchange: Exchange
    job: Job
    method: str
    received_at_s: float
    verdict: str = ""
    usage: JsonObject = field(default_factory=dict)

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
    faults: FaultQueue
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
        body = await exchange.body(self.max_request_bytes)
        job = Job(
            model_id=found["model"],
            version=found["version"],
            signer=self.studio.signer,
            wants_summary=self.journal is not None,
        )
        call = Call(exchange=exchange, job=job, method=found["method"], received_at_s=time.monotonic())
        key = key_of(exchange)
        examined: Examined | None = None
        try:
            fault = self.faults.take()
            refusal = key_error(key)
            if refusal is None or self.journal is not None:
                examined = await self.studio.workers.run(examine, body, job)
            error = refusal or (error_for(fault, job.model_id) if fault else None)
            if error is not None or examined is None:
                await self._refuse(call, error)
            elif fault is not None and fault.kind in TRANSPORT_KINDS:
                await self._break(call, fault)
            elif examined.ask is None:
                await self._refuse(call, examined.error)
            else:
                await self._while_listened_to(call, examined.ask, fault)
        except Refused as refused:
            await self._refuse(call, refused.error)
        finally:
            if self.journal is not None:
                summary = examined.summary if examined else {}
                self.journal.add(_entry(call, summary, key=key, body_bytes=len(body)))

    async def _while_listened_to(self, call: Call, ask: Ask, fault: Fault | None) -> None:
        """Answer, unless the caller leaves first: nobody paints for an empty room."""
        answering = asyncio.ensure_future(self._generate(call, ask, fault))
        leaving = asyncio.ensure_future(call.exchange.gone())
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                answering.result()
            else:
                call.verdict = "client_gone"
        finally:
            answering.cancel()
            leaving.cancel()
            await asyncio.gather(answering, leaving, return_exceptions=True)

    def script_for(self, ask: Ask, fault: Fault | None) -> Script:
        """The next answer to this ask: asked again, it comes out differently."""
        seed = hashlib.sha256(ask.digest + self._nth_asking(ask.digest).to_bytes(8, "big")).digest()
        return compose(ask, seed=seed, fault=fault)

    async def _generate(self, call: Call, ask: Ask, fault: Fault | None) -> None:
        script = self.script_for(ask, fault)
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
        call.usage = envelope.usage(output)
        await call.exchange.reply(200, envelope.response(parts, output, ends=True))

    async def _stream(self, call: Call, envelope: Envelope, beats: AsyncIterator[Beat]) -> None:
        """Server-sent events, or without alt=sse one JSON array that grows."""
        exchange = call.exchange
        frame = _Frame(as_events=call.as_events)
        output = OutputTokens(thoughts=envelope.script.drawn.thoughts)
        try:
            async for beat in beats:
                output = beat.output
                await self._open(call)
                await exchange.write(frame.item(envelope.response(beat.parts, output, ends=False)))
            call.usage = envelope.usage(output)
            await self._open(call)
            if envelope.script.ending.finish_reason or envelope.script.ending.blocked:
                await exchange.write(frame.item(envelope.response(None, output, ends=True)))
        except Refused as refused:
            if not exchange.status:
                raise
            call.verdict = f"{refused.error.status} in stream"
            await exchange.write(frame.item(json.dumps(refused.error.value()).encode()))
        await exchange.write(frame.end())
        await exchange.end()

    async def _open(self, call: Call) -> None:
        if not call.exchange.status:
            await call.exchange.start(200, EVENT_STREAM_TYPE if call.as_events else JSON_TYPE)

    async def _refuse(self, call: Call, error: GoogleError | None) -> None:
        if error is None:
            raise RuntimeError("a refusal needs an error")
        call.verdict = error.message
        await call.exchange.reply(error.http_status, error.body())

    async def _break(self, call: Call, fault: Fault) -> None:
        call.verdict = fault.kind
        if fault.kind == "reset":
            await call.exchange.reset()
        elif fault.kind == "html":
            await call.exchange.reply(int(fault.number("status", 502)), _GATEWAY_PAGE, "text/html; charset=UTF-8")
        else:
            await call.exchange.reply(200, _BROKEN_JSON)

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


def _entry(call: Call, summary: JsonObject, *, key: str, body_bytes: int) -> JsonObject:
    answered_at_s = call.exchange.answered_at_s or time.monotonic()
    return {
        "model": call.job.model_id,
        "path": call.exchange.path,
        "key_tail": key[-_KEY_TAIL:],
        "body_bytes": body_bytes,
        **summary,
        "status": call.exchange.status,
        "verdict": call.verdict,
        "usage": call.usage,
        "answer_bytes": call.exchange.sent_bytes,
        "received_at_s": call.received_at_s,
        "answered_at_s": answered_at_s,
        "engine_s": answered_at_s - call.received_at_s,
    }
