"""One attempt at one image: a ledger row, the call, and the answer committed before anything is shown."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from studio.cost import cost_of
from studio.errors import EngineError, ErrorFacts, PictureRefused
from studio.image_models import ImageModel
from studio.ports import (
    Answered, Blobs, Clock, DraftImage, ImageEngine, Inspector, NewImage, Store, StoredPicture, ThoughtText,
)  # fmt: skip
from studio.request import ImageRequest
from studio.response import ImageResponse
from studio.runner.board import TurnBoard
from studio.runner.retry import after_elapsed
from studio.turn import Attempt, AttemptState

_STATES: dict[str, AttemptState] = {"image": "done", "refused": "refused", "empty": "empty"}


@dataclass(frozen=True, slots=True)
class AttemptServices:
    """What an attempt needs from outside."""

    store: Store
    blobs: Blobs
    inspector: Inspector
    clock: Clock


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

    Raises EngineError after the failure is written down, and CancelledError after the stop is.
    """
    attempt = call.attempt
    await services.store.start_attempt(attempt, hold_usd=call.hold_usd)
    try:
        response = await _answer(call, engine=engine, services=services, board=board)
        images = await _measured(response, services)
    except EngineError as error:
        facts = after_elapsed(error.facts, (services.clock.now() - attempt.started_at).total_seconds())
        await _write_failure(call, facts, services, state="failed")
        raise EngineError(facts) from error
    except asyncio.CancelledError:
        facts = ErrorFacts(category="cancelled", stage="wait", billed="unknown")
        await _write_failure(call, facts, services, state="cancelled")
        raise
    return await _whole(_commit(call, response=response, images=images, services=services))


async def _whole(commit: Coroutine[None, None, Finished]) -> Finished:
    """Run a commit to its end even when the turn is stopped meanwhile: the answer was paid for."""
    task = asyncio.ensure_future(commit)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


async def _answer(
    call: Call, *, engine: ImageEngine, services: AttemptServices, board: TurnBoard
) -> ImageResponse:
    variant = call.attempt.variant
    async for event in engine.generate(call.request):
        match event:
            case ThoughtText(text=text):
                board.thought(variant, text)
            case DraftImage(image=image):
                # A draft is shown before its answer is committed, so its owner must be able to read it already.
                await services.store.grant(call.owner, StoredPicture(blob=image, width_px=0, height_px=0))
                board.draft(variant, image)
            case Answered(response=response):
                return response
    raise EngineError(ErrorFacts(category="bad_answer", stage="answer", billed="unknown"))


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
        images.append(
            NewImage(image=part.image, width_px=facts.width_px, height_px=facts.height_px, part_index=index)
        )
    return images


async def _commit(
    call: Call, *, response: ImageResponse, images: Sequence[NewImage], services: AttemptServices
) -> Finished:
    finished = replace(
        call.attempt,
        state=_STATES[response.outcome],
        ended_at=services.clock.now(),
        response=response,
        cost_usd=_cost_usd(call, response),
        # What a refusal costs was never confirmed: blocked pictures are said to be free, thoughts may not be.
        cost_confirmed=response.outcome == "image",
    )
    await services.store.finish_attempt(finished, owner=call.owner, images=images)
    return Finished(attempt=finished, images=images)


def _cost_usd(call: Call, response: ImageResponse) -> Decimal | None:
    if response.usage is None:
        return None
    day: datetime = call.attempt.started_at
    cost = cost_of(usage=response.usage, model=call.model, day=day.date(), images=len(response.images))
    return cost.total_usd if cost else None


async def _write_failure(call: Call, facts: ErrorFacts, services: AttemptServices, *, state: AttemptState) -> None:
    failed = replace(
        call.attempt,
        state=state,
        ended_at=services.clock.now(),
        error=facts,
        cost_usd=Decimal(0) if facts.billed == "no" else None,
    )
    await services.store.finish_attempt(failed, owner=call.owner, images=())
