"""What running turns are doing right now, for the page: thoughts, drafts, waits. Lost with the process."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from studio.parts import Blob
from studio.ports import Progress, RetryWait, VariantProgress

_MAX_THOUGHT_CHARS: Final = 20_000


class TurnBoard:
    """One running turn's progress. Thoughts and drafts are told to `streamed`, every other change to `changed`."""

    def __init__(self, *, turn_id: str, changed: Callable[[], None], streamed: Callable[[], None]) -> None:
        self._turn_id = turn_id
        self._changed = changed
        self._streamed = streamed
        self._started_at = datetime.now(UTC)
        self._variants: dict[int, VariantProgress] = {}
        self._hurry = asyncio.Event()

    @property
    def progress(self) -> Progress:
        variants = tuple(self._variants[variant] for variant in sorted(self._variants))
        return Progress(turn_id=self._turn_id, started_at=self._started_at, variants=variants)

    def attempt(self, variant: int, number: int) -> None:
        """A new attempt starts: what an earlier one streamed is gone from the page."""
        self._variants[variant] = VariantProgress(variant=variant, attempt_number=number)
        self._changed()

    def thought(self, variant: int, text: str) -> None:
        said = self._of(variant).thoughts + text
        self._set(variant, self._streamed, thoughts=said[-_MAX_THOUGHT_CHARS:])

    def draft(self, variant: int, image: Blob) -> None:
        self._set(variant, self._streamed, drafts=(*self._of(variant).drafts, image))

    def queued(self, variant: int, until: datetime | None) -> None:
        self._set(variant, self._changed, queued_until=until)

    def ended(self, variant: int) -> None:
        self._set(variant, self._changed, ended=True, retry=None)

    def hurry(self) -> None:
        """Cut every wait short."""
        self._hurry.set()

    async def wait(self, variant: int, retry: RetryWait, *, delay_s: float) -> None:
        """Wait for a retry, visibly, until its time or until someone is in a hurry."""
        self._hurry.clear()
        self._set(variant, self._changed, retry=retry)
        try:
            async with asyncio.timeout(delay_s):
                await self._hurry.wait()
        except TimeoutError:
            return
        finally:
            self._set(variant, self._changed, retry=None)

    def _of(self, variant: int) -> VariantProgress:
        return self._variants.get(variant, VariantProgress(variant=variant))

    def _set(self, variant: int, tell: Callable[[], None], **changes: Any) -> None:  # noqa: ANN401 - its fields
        self._variants[variant] = replace(self._of(variant), **changes)
        tell()
