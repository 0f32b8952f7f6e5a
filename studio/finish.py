"""Work that is not left half done when whoever waits for it is stopped: an answer was paid for, a turn is on record."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


async def to_the_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Await work so that a cancellation reaches its caller only when the work has ended.

    Raises what the work raises, else CancelledError when the caller was cancelled meanwhile.
    """
    task = asyncio.ensure_future(work)
    stopped: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            stopped = error
    result = task.result()
    if stopped is not None:
        raise stopped
    return result
