"""Requests for the engine's tests, and what its events amount to."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import httpx2

from studio.errors import EngineError, ErrorFacts, sentence_of
from studio.gemini.engine import GeminiEngine
from studio.parts import Part, TextPart
from studio.ports import Answered, EngineEvent, ImageEngine
from studio.request import Content, ImageRequest
from studio.response import ImageResponse
from studio.store.blobs import LocalBlobs
from tests.workbench import engine_config

MODEL = "gemini-nano-banana-2.1"
UNKNOWN_OUTCOME = (
    "The connection ended before an answer came, so the outcome is unknown. "
    "The call may have been billed. Run it again if you want a new answer."
)
DAMAGED = "The answer arrived damaged. The call may have been billed. Run it again if you want a new answer."


def a_request(*contents: Content, **changes: Any) -> ImageRequest:  # noqa: ANN401 - whatever fields it has
    """A request for one 1K picture, streamed with its thoughts."""
    request = ImageRequest(
        model=MODEL,
        contents=contents or (said("a red fox"),),
        aspect_ratio="1:1",
        image_size="1K",
        thinking_level=None,
        include_thoughts=True,
        search=False,
        body_bytes=0,
        prompt_tokens=0,
    )
    return replace(request, **changes)


def said(*parts: Part | str) -> Content:
    return Content(role="user", parts=tuple(TextPart(part) if isinstance(part, str) else part for part in parts))


def answered(response: ImageResponse) -> Content:
    return Content(role="model", parts=response.parts)


async def events_of(engine: ImageEngine, request: ImageRequest) -> Sequence[EngineEvent]:
    return [event async for event in engine.generate(request)]


async def answer_of(engine: ImageEngine, request: ImageRequest) -> ImageResponse:
    last = (await events_of(engine, request))[-1]
    assert isinstance(last, Answered)
    return last.response


async def failure_of_call(engine: ImageEngine, request: ImageRequest) -> ErrorFacts:
    """The facts of the EngineError a call ends with."""
    try:
        await events_of(engine, request)
    except EngineError as error:
        return error.facts
    raise AssertionError("the call did not fail")


def known(facts: ErrorFacts) -> tuple[str, str, float | None, int | None, str]:
    return facts.category, facts.billed, facts.retry_after_s, facts.http_status, sentence_of(facts)


async def facts_from(blobs: LocalBlobs, inner: httpx2.AsyncBaseTransport, *, streams: bool = False) -> ErrorFacts:
    engine = GeminiEngine(engine_config(), blobs=blobs, inner=inner)
    try:
        return await failure_of_call(engine, a_request(include_thoughts=streams))
    finally:
        await engine.aclose()
