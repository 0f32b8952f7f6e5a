"""Plays a script: paints in workers, waits as a real model would, and yields the parts as they become ready."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import dataclass, replace
from typing import Final

from studio.sandbox.files.parts import FileReader
from studio.sandbox.files.store import FileStore, owner_of
from studio.sandbox.google_errors import Refused, bad_input_image, internal, overloaded
from studio.sandbox.packed import PackedPart
from studio.sandbox.painting import Paint, Painted, make_picture
from studio.sandbox.script import Script
from studio.sandbox.signatures import Signer
from studio.sandbox.usage import OutputTokens, text_tokens
from studio.sandbox.workers import Workers

_LOG: Final = logging.getLogger(__name__)

_THOUGHTS_START: Final = 0.12
_THOUGHTS_END: Final = 0.55
_DRAFTS_END: Final = 0.85

_Painting = asyncio.Task[Painted]


@dataclass(frozen=True, slots=True)
class Studio:
    """What it takes to paint: where, with which key, with which painter (None: the sandbox's own), at which pace."""

    workers: Workers
    signer: Signer
    paint: Paint | None
    pace: float
    files: FileStore | None = None

    def reader_for(self, key: str) -> FileReader | None:
        """The files that requests with this API key may name."""
        if self.files is None:
            return None
        return FileReader(self.files.shelf, owner=owner_of(key), now=self.files.now())


@dataclass(frozen=True, slots=True)
class Beat:
    """Parts that became ready together, and what has been used up to here."""

    parts: tuple[PackedPart, ...]
    output: OutputTokens


async def perform(script: Script, studio: Studio, *, started_s: float) -> AsyncGenerator[Beat, None]:
    """The beats of an answer, in order. `started_s` is a time.monotonic() reading.

    Raises Refused: for an unreadable input picture before the first beat if that is found out in time, else between
    two beats. Painting stops being waited for when the caller stops listening.
    """
    jobs = (*script.drafts, *((script.extra_draft,) if script.extra_draft else ()), *script.pictures)
    paintings = [
        asyncio.ensure_future(studio.workers.run(make_picture, job, studio.signer, studio.paint)) for job in jobs
    ]
    clock = _Clock(started_s, script.duration_s * studio.pace + script.extra_s)
    try:
        await _first_failure(paintings, clock)
        drafts, finals = paintings[: len(script.drafts)], paintings[len(script.drafts) :]
        output = OutputTokens()
        async for beat in _thinking(script, drafts, clock):
            output = beat.output
            yield beat
        if script.stream_error:
            if not script.thoughts:
                yield Beat((), output)
            raise Refused(overloaded())
        await clock.reach(1.0)
        async for beat in _showing(script, finals, output):
            yield beat
    finally:
        for painting in paintings:
            painting.cancel()
        await asyncio.gather(*paintings, return_exceptions=True)


async def _thinking(script: Script, drafts: list[_Painting], clock: "_Clock") -> AsyncIterator[Beat]:
    """Thought texts, then drafts; the thought count grows with the texts and is whole with the last."""
    count = len(script.thoughts)
    for index, thought in enumerate(script.thoughts):
        await clock.reach(_THOUGHTS_START + (_THOUGHTS_END - _THOUGHTS_START) * index / count)
        spent = script.drawn.thoughts * (index + 1) // count
        yield Beat((PackedPart(text=thought, thought=True),), OutputTokens(thoughts=spent))
    for index, draft in enumerate(drafts, start=1):
        await clock.reach(_THOUGHTS_END + (_DRAFTS_END - _THOUGHTS_END) * index / len(drafts))
        yield Beat((await _painted(draft)).parts, OutputTokens(thoughts=script.drawn.thoughts))


async def _showing(script: Script, finals: list[_Painting], spent: OutputTokens) -> AsyncIterator[Beat]:
    """The sentence and the pictures. An unflagged draft is not billed: only the script's pictures count."""
    output = replace(spent, thoughts=script.drawn.thoughts)
    if script.ending.words is not None:
        yield Beat((PackedPart(text=script.ending.words),), replace(output, other=text_tokens(script.ending.words)))
        return
    unbilled = len(finals) - len(script.pictures)
    for index, final in enumerate(finals):
        painted = await _painted(final)
        if painted.before is not None:
            output = replace(output, other=output.other + painted.text_tokens)
            yield Beat((painted.before,), output)
        if index >= unbilled:
            hidden = script.drawn.hidden if index == unbilled else 0
            output = replace(output, image=output.image + script.image_tokens, other=output.other + hidden)
        yield Beat((painted.picture,), output)
        if painted.after is not None:
            output = replace(output, other=output.other + painted.text_tokens)
            yield Beat((painted.after,), output)


async def _first_failure(paintings: Iterable[_Painting], clock: "_Clock") -> None:
    """Give an unreadable picture the time to be found out while the answer can still be a plain error."""
    waiting = list(paintings)
    if not waiting:
        return
    limit_s = clock.total_s * _THOUGHTS_START if clock.total_s else None
    done, _ = await asyncio.wait(waiting, timeout=limit_s, return_when=asyncio.FIRST_EXCEPTION)
    for painting in done:
        await _painted(painting)


async def _painted(painting: _Painting) -> Painted:
    """A painter's ValueError is the caller's unreadable picture; anything else it raises is the sandbox's own fault."""
    await asyncio.wait({painting})
    failure = painting.exception()
    if failure is None:
        return painting.result()
    if isinstance(failure, Refused):
        raise failure
    if isinstance(failure, ValueError):
        raise Refused(bad_input_image()) from failure
    _LOG.error("the painter failed", exc_info=failure)
    raise Refused(internal()) from failure


@dataclass(frozen=True, slots=True)
class _Clock:
    started_s: float
    total_s: float

    async def reach(self, fraction: float) -> None:
        """Wait until this fraction of the simulated time has gone by."""
        left_s = self.started_s + self.total_s * fraction - time.monotonic()
        if left_s > 0:
            await asyncio.sleep(left_s)
