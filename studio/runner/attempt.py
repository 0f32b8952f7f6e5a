"""One attempt at one image: a ledger row, the call, and the answer committed before anything is shown."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from studio.cost import cost_of
from studio.errors import EngineError, ErrorFacts, PictureRefused, StoreError, StudioError
from studio.finish import to_the_end
from studio.image_models import ImageModel
from studio.ports import (
    Answered,
    Blobs,
    Clock,
    DraftImage,
    ImageEngine,
    Inspector,
    NewImage,
    Store,
    StoredPicture,
    ThoughtText,
)  # fmt: skip
from studio.request import ImageRequest
from studio.response import ImageResponse
from studio.runner.board import TurnBoard
from studio.runner.retry import after_elapsed
from studio.turn import Attempt, AttemptState

_STATES: Final[Mapping[str, AttemptState]] = MappingProxyType({"image": "done", "refused": "refused", "empty": "empty"})
NOTHING_SENT: Final = "Stopped before anything was sent, so nothing was billed."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AttemptServices:
    """What an attempt needs from outside. `write_pauses_s`: the waits between tries at writing how a call ended."""

    store: Store
    blobs: Blobs
    inspector: Inspector
    clock: Clock
    write_pauses_s: tuple[float, ...] = (0.2, 1.0, 5.0)


@dataclass(frozen=True, slots=True)
class Call:
    """One call to make. `hold_usd` stays held against the budget if its outcome remains unknown."""

    owner: str
    request: ImageRequest
    model: ImageModel
    attempt: Attempt
    hold_usd: Decimal


@dataclass(frozen=True, slots=True)
class Finished:
    """An attempt whose answer is committed, with the pictures it brought."""

    attempt: Attempt
    images: Sequence[NewImage]


async def make_call(call: Call, *, engine: ImageEngine, services: AttemptServices, board: TurnBoard) -> Finished:
    """Write the row, call, commit the answer. Returns what was committed.

    Raises EngineError after the failure is written down, CancelledError after the stop is, and StoreError where the
    record itself fails. An answer that is whole when the stop comes is committed all the same.
    """
    await _begin(call, services)
    try:
        response = await _answer(call, engine=engine, services=services, board=board)
    except asyncio.CancelledError:
        facts = ErrorFacts(category="cancelled", stage="wait", billed="unknown")
        await to_the_end(_write_failure(call, facts, services, state="cancelled"))
        raise
    except Exception as error:
        facts = _facts_of(error, elapsed_s=(services.clock.now() - call.attempt.started_at).total_seconds())
        await to_the_end(_write_failure(call, facts, services))
        raise EngineError(facts) from error
    return await to_the_end(_keep(call, response=response, services=services))


async def _begin(call: Call, services: AttemptServices) -> None:
    """Write the ledger row; a stop that comes meanwhile is written too, because nothing was sent."""
    stopped = False
    try:
        await to_the_end(services.store.start_attempt(call.attempt, hold_usd=call.hold_usd))
    except asyncio.CancelledError:
        stopped = True
        raise
    finally:
        if stopped:
            facts = ErrorFacts(category="cancelled", stage="send", billed="no", sentence=NOTHING_SENT)
            await to_the_end(_write_failure(call, facts, services, state="cancelled"))


def _facts_of(error: Exception, *, elapsed_s: float) -> ErrorFacts:
    if isinstance(error, StudioError):
        return after_elapsed(error.facts, elapsed_s)
    _log.error("a call failed inside the studio", exc_info=error)
    return ErrorFacts(category="internal", stage="wait", billed="unknown")


async def _answer(call: Call, *, engine: ImageEngine, services: AttemptServices, board: TurnBoard) -> ImageResponse:
    variant = call.attempt.variant
    answer: ImageResponse | None = None
    async for event in engine.generate(call.request):
        match event:
            case ThoughtText(text=text):
                board.thought(variant, text)
            case DraftImage(image=image):
                # A draft is shown before its answer is committed, so its owner must be able to read it already.
                await services.store.grant(call.owner, StoredPicture(blob=image, width_px=0, height_px=0))
                board.draft(variant, image)
            case Answered(response=response):
                answer = response
    if answer is None:
        raise EngineError(ErrorFacts(category="bad_answer", stage="answer", billed="unknown"))
    return answer


async def _measured(response: ImageResponse, services: AttemptServices) -> Sequence[NewImage]:
    """Each result picture decoded once to prove it whole. Raises EngineError("bad_answer") for a damaged one."""
    images: list[NewImage] = []
    for index, part in enumerate(response.parts):
        if part not in response.images or part.kind != "image":
            continue
        data = await asyncio.to_thread(services.blobs.get, part.image.sha256)
        try:
            facts = await services.inspector.measure(data)
        except PictureRefused as error:
            raise EngineError(
                ErrorFacts(category="bad_answer", stage="answer", billed="unknown", detail=str(error))
            ) from error
        images.append(NewImage(image=part.image, width_px=facts.width_px, height_px=facts.height_px, part_index=index))
    return images


async def _keep(call: Call, *, response: ImageResponse, services: AttemptServices) -> Finished:
    """Prove the answer's pictures whole and commit it. Raises StudioError after the failure is written down."""
    try:
        images = await _measured(response, services)
    except StudioError as error:
        # It came, so it was paid for, whatever became of its pictures.
        facts = replace(error.facts, stage="answer", billed="unknown")
        await _write_failure(call, facts, services, cost_usd=_cost_usd(call, response))
        raise EngineError(facts) from error
    finished = replace(
        call.attempt,
        state=_STATES[response.outcome],
        ended_at=services.clock.now(),
        response=response,
        cost_usd=_cost_usd(call, response),
        # What a refusal costs was never confirmed: blocked pictures are said to be free, thoughts may not be.
        cost_confirmed=response.outcome == "image",
    )
    await _write(finished, call=call, services=services, images=images)
    return Finished(attempt=finished, images=images)


def _cost_usd(call: Call, response: ImageResponse) -> Decimal | None:
    if response.usage is None:
        return None
    day: datetime = call.attempt.started_at
    cost = cost_of(usage=response.usage, model=call.model, day=day.date(), images=len(response.images))
    return cost.total_usd if cost else None


async def _write_failure(
    call: Call,
    facts: ErrorFacts,
    services: AttemptServices,
    *,
    state: AttemptState = "failed",
    cost_usd: Decimal | None = None,
) -> None:
    failed = replace(
        call.attempt,
        state=state,
        ended_at=services.clock.now(),
        error=facts,
        cost_usd=Decimal(0) if facts.billed == "no" else cost_usd,
        cost_confirmed=cost_usd is None,
    )
    await _write(failed, call=call, services=services)


async def _write(attempt: Attempt, *, call: Call, services: AttemptServices, images: Sequence[NewImage] = ()) -> None:
    """Commit how a call ended. A record that fails is asked again a few times: the call is not to be lost."""
    for pause_s in services.write_pauses_s:
        try:
            await services.store.finish_attempt(attempt, owner=call.owner, images=images)
        except StoreError as error:
            _log.warning("call %s could not be written, trying again in %g s: %s", attempt.id, pause_s, error)
            await asyncio.sleep(pause_s)
        else:
            return
    await services.store.finish_attempt(attempt, owner=call.owner, images=images)
