"""A turn from its record to its end: all its images side by side, then the final state, written before it is shown."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from studio.branch import Tree
from studio.errors import ErrorFacts, StudioError
from studio.image_models import Pixels, model_of
from studio.plan import request_of
from studio.ports import ImageEngine
from studio.prompt import ImageSettings
from studio.runner.attempt import NOTHING_SENT
from studio.runner.board import TurnBoard
from studio.runner.image_tries import ImageTries, TurnCalls, TurnServices
from studio.turn import Attempt, Turn, TurnNote, TurnStatus


@dataclass(frozen=True, slots=True)
class TurnRef:
    """Which turn, and whose."""

    owner: str
    conversation_id: str
    turn_id: str


class TurnJob:
    """One turn: `run` makes its calls, `end` writes what became of it."""

    def __init__(self, ref: TurnRef, *, services: TurnServices, board: TurnBoard) -> None:
        self._ref = ref
        self._services = services
        self._store = services.attempts.store
        self._board = board

    async def run(self) -> ErrorFacts | None:
        """Make every image of the turn, or fail at it; returns the first failure, None where every image came.

        Raises StudioError when the turn cannot be begun.
        """
        tree, turn = await self._read()
        calls = TurnCalls(
            owner=self._ref.owner,
            tree=tree,
            turn=turn,
            request=request_of(tree=tree, turn=turn),
            engine=self._engine_for(turn),
            services=self._services,
        )
        await self._store.move_turn(turn.id, status="waiting")
        async with asyncio.TaskGroup() as images:
            tasks = [
                images.create_task(ImageTries(calls, variant=variant, board=self._board).run())
                for variant in range(1, turn.prompt.settings.variants + 1)
            ]
        outcomes = [task.result() for task in tasks]
        return next((outcome for outcome in outcomes if isinstance(outcome, ErrorFacts)), None)

    async def end(self, *, stopped: TurnStatus | None = None, error: ErrorFacts | None = None) -> None:
        """Write the turn's end as the record of its calls has it: a picture that came makes it done, even if it was
        `stopped` ("cancelled" by its designer, "interrupted" by a shutdown) meanwhile."""
        tree, turn = await self._read()
        attempts = tree.attempts_of(turn.id)
        answered = {attempt.variant for attempt in attempts if attempt.response is not None}
        asked = turn.prompt.settings.variants
        if tree.versions_of(turn.id):
            await self._store.note_turn(turn.id, _notes_on(tree, turn))
            await self._move("done")
        elif stopped is not None and len(answered) < asked:
            await self._move(stopped, _facts_of_stop(stopped, attempts))
        elif answered:
            await self._move("refused")
        else:
            await self._move("failed", error or ErrorFacts(category="internal", stage="wait", billed="unknown"))

    async def fail(self) -> None:
        """Write the end of a turn whose record cannot be read."""
        await self._move("failed", ErrorFacts(category="internal", stage="wait", billed="unknown"))

    async def _read(self) -> tuple[Tree, Turn]:
        tree = await self._store.tree(owner=self._ref.owner, conversation_id=self._ref.conversation_id)
        turn = tree.turn(self._ref.turn_id) if tree else None
        if tree is None or turn is None:
            raise StudioError(ErrorFacts(category="not_found", stage="store"))
        return tree, turn

    def _engine_for(self, turn: Turn) -> ImageEngine:
        engine = self._services.engines.current
        if engine.provider.id == turn.provider:
            return engine
        sentence = "The engine was changed before this was sent, so nothing was billed. Send it again."
        raise StudioError(ErrorFacts(category="interrupted", stage="send", sentence=sentence))

    async def _move(self, status: TurnStatus, error: ErrorFacts | None = None) -> None:
        now = self._services.attempts.clock.now()
        await self._store.move_turn(self._ref.turn_id, status=status, at=now, error=error)


def _notes_on(tree: Tree, turn: Turn) -> Sequence[TurnNote]:
    versions = tree.versions_of(turn.id)
    notes: list[TurnNote] = []
    if len({version.attempt_id for version in versions}) < turn.prompt.settings.variants:
        notes.append("some_images_failed")
    pixels = _asked_pixels(turn.prompt.settings)
    if pixels is not None and {(version.width_px, version.height_px) for version in versions} != {pixels}:
        notes.append("size_differs")
    return notes


def _asked_pixels(settings: ImageSettings) -> Pixels | None:
    """The pixels that were asked for; None where the model was left to choose the ratio."""
    if settings.aspect_ratio is None:
        return None
    model = model_of(settings.model)
    return model.pixels_of(aspect_ratio=settings.aspect_ratio, image_size=settings.image_size)


def _facts_of_stop(status: TurnStatus, attempts: Sequence[Attempt]) -> ErrorFacts:
    """What is known of the bill when a turn is stopped: only calls the service refused are surely free."""
    free = all(attempt.error is not None and attempt.error.billed == "no" for attempt in attempts)
    in_flight = any(attempt.state in ("running", "cancelled", "interrupted") for attempt in attempts)
    sentence: str | None = None
    if not attempts or (free and in_flight):
        sentence = NOTHING_SENT
    elif free:
        sentence = "Stopped while waiting to try again; nothing was billed."
    elif not in_flight:
        sentence = "Stopped while waiting to try again. What was tried before may still be billed."
    return ErrorFacts(
        category="cancelled" if status == "cancelled" else "interrupted",
        stage="wait" if attempts else "send",
        billed="no" if free else "unknown",
        sentence=sentence,
    )
