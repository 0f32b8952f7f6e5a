"""One interaction being answered: at once, as a stream, or in the background."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Self

from studio.sandbox.answer import Envelope
from studio.sandbox.asgi import EVENT_STREAM_TYPE
from studio.sandbox.files.store import Clock
from studio.sandbox.generate import Call, GenerateEndpoints, book, shows_picture
from studio.sandbox.google_errors import Refused
from studio.sandbox.interactions.answer import (
    LAST_EVENT,
    closing_events,
    error_event,
    opening_events,
    resource,
    usage_of,
)
from studio.sandbox.interactions.errors import InteractionError, InteractionRefused, blocked, translated
from studio.sandbox.interactions.receiving import Reading
from studio.sandbox.interactions.steps import StepWriter, answer_content, search_steps
from studio.sandbox.interactions.store import InteractionShelf, Record, moment_text
from studio.sandbox.packed import PackedPart
from studio.sandbox.performance import perform
from studio.sandbox.script import Script
from studio.sandbox.usage import OutputTokens


@dataclass(frozen=True, slots=True)
class Desk:
    """What it takes to answer: the path of generateContent, a shelf, a clock."""

    generating: GenerateEndpoints
    shelf: InteractionShelf
    now: Clock

    async def forget(self, reading: Reading) -> None:
        """Take an interaction off the shelf whose id nobody has learned."""
        if reading.stored and reading.record is not None:
            await self.generating.studio.workers.run(self.shelf.remove, reading.record.id)


@dataclass(slots=True)
class Work:
    """What was read, and what has been made of it so far."""

    desk: Desk
    call: Call
    reading: Reading
    record: Record
    script: Script
    writer: StepWriter
    output: OutputTokens
    parts: list[PackedPart] = field(default_factory=list)

    @classmethod
    def begun(cls, desk: Desk, call: Call, reading: Reading) -> Self:
        """The work on a request that was read without an error."""
        if reading.ask is None or reading.record is None:
            raise RuntimeError("there is nothing to work on")
        script = desk.generating.script_for(reading.ask, call.circumstance)
        call.verdict = script.ending.blocked or script.ending.finish_reason or "cut"
        return cls(
            desk=desk,
            call=call,
            reading=reading,
            record=reading.record,
            script=script,
            writer=StepWriter(search_steps(script.grounding)),
            output=OutputTokens(thoughts=script.drawn.thoughts),
        )

    async def whole(self) -> None:
        """Answer when all is done. Raises Refused or InteractionRefused before anything is sent."""
        await self._done()
        answer = resource(self.record, self.writer.as_json(), named=self.reading.stored)
        await self.desk.generating.send_whole(self.call, answer, self.parts)

    async def in_background(self) -> None:
        """Do the work for whoever asks for it later; a failure stands in the record."""
        try:
            await self._done()
        except (Refused, InteractionRefused) as refused:
            error = error_of(refused)
            self.call.verdict = error.message
            await self._fail(error)

    async def stream(self) -> None:
        """Answer as it comes; what goes wrong on the way is an event."""
        exchange, named = self.call.exchange, self.reading.stored
        await exchange.start(200, EVENT_STREAM_TYPE)
        await exchange.write(b"".join([*opening_events(self.record, named=named), *self.writer.opening()]))
        try:
            async for events in self._events():
                if self.call.circumstance.cut is not None and shows_picture(self.parts):
                    await self._cut(events)
                    return
                for each in events:
                    await exchange.write(each)
            await self._save()
            if self.script.ending.finish_reason:
                ending = [*self.writer.closing(), *closing_events(self.record, named=named)]
                await exchange.write(b"".join(ending))
        except (Refused, InteractionRefused) as refused:
            error = error_of(refused)
            self.call.verdict = f"{error.code} in stream"
            await self._fail(error)
            await exchange.write(error_event(error) + LAST_EVENT)
        await exchange.end()

    async def _done(self) -> None:
        async for _ in self._events():
            continue
        await self._save()

    async def _events(self) -> AsyncIterator[list[bytes]]:
        """Perform the script; the events of each beat. Raises Refused, or InteractionRefused for a refused answer."""
        studio, started_s = self.desk.generating.studio, self.call.received_at_s
        async with aclosing(perform(self.script, studio, started_s=started_s)) as beats:
            async for beat in beats:
                self.parts += beat.parts
                self.call.shown = self.parts
                self.output = beat.output
                yield [each for part in beat.parts for each in self.writer.add(part)]
        book(self.call, Envelope(self.script, ""), self.output)
        ending = self.script.ending
        reason = ending.blocked or ending.finish_reason
        if reason not in (None, "STOP"):
            raise InteractionRefused(blocked(reason))

    async def _cut(self, events: list[bytes]) -> None:
        """Of these events half of the last, the picture, gets through."""
        await self.call.exchange.write(b"".join(events[:-1]))
        await self.desk.forget(self.reading)
        await self.desk.generating.break_off(self.call, events[-1][: len(events[-1]) // 2])

    async def _save(self) -> None:
        """Fill the record in and, if it is stored, put the answer beside it. One deleted meanwhile stays deleted."""
        record, script = self.record, self.script
        searches = len(script.grounding["webSearchQueries"]) if script.grounding else 0
        new = self.reading.new_tokens or script.prompt_tokens
        record.status = "completed" if script.ending.finish_reason else "incomplete"
        record.updated = moment_text(self.desk.now())
        record.usage = usage_of(new, script.prompt_tokens, self.output, searches=searches)
        record.grounding = script.grounding
        if self.reading.stored:
            answer = [answer_content(self.parts)] if self.parts else []
            with contextlib.suppress(FileNotFoundError):
                await self.desk.generating.studio.workers.run(self.desk.shelf.answer, record, answer)

    async def _fail(self, error: InteractionError) -> None:
        record = self.record
        record.status, record.errors = "failed", [error.value()]
        record.updated = moment_text(self.desk.now())
        if self.reading.stored:
            with contextlib.suppress(FileNotFoundError):
                await self.desk.generating.studio.workers.run(self.desk.shelf.save, record)


def error_of(refused: Refused | InteractionRefused) -> InteractionError:
    """The error in this API's words."""
    return translated(refused.error) if isinstance(refused, Refused) else refused.error
