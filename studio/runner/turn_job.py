"""A turn from its record to its end: all its images side by side, then the final state, written before it is shown."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from studio.branch import Tree
from studio.errors import ErrorFacts, StudioError
from studio.plan import request_of
from studio.ports import ImageEngine
from studio.runner.attempt import Finished
from studio.runner.board import TurnBoard
from studio.runner.image_tries import ImageTries, TurnCalls, TurnServices
from studio.turn import Turn, TurnNote, TurnStatus


@dataclass(frozen=True, slots=True)
class TurnRef:
    """Which turn, and whose."""

    owner: str
    conversation_id: str
    turn_id: str


class TurnJob:
    """Runs one turn. `run` returns when its end is written; StudioErrors become that end."""

    def __init__(self, ref: TurnRef, *, services: TurnServices, board: TurnBoard) -> None:
        self._ref = ref
        self._services = services
        self._store = services.attempts.store
        self._board = board
        self._calls: TurnCalls | None = None

    async def run(self) -> None:
        try:
            outcomes = await self._images()
        except StudioError as error:
            await self._end("failed", error=error.facts)
            return
        await self._settle(outcomes)

    async def stop(self, status: TurnStatus) -> None:
        """Write the end of a turn whose task was cancelled: by its designer, or ("interrupted") by a shutdown."""
        tree, turn = await self._read()
        if tree.versions_of(turn.id):
            await self._end("done", notes=("some_images_failed",))
            return
        sent = self._calls is not None and self._calls.in_flight > 0
        facts = ErrorFacts(
            category="cancelled" if status == "cancelled" else "interrupted",
            stage="wait" if sent else "send",
            billed="unknown" if sent else "no",
            sentence=None if sent else "Stopped before anything was sent, so nothing was billed.",
        )
        await self._end(status, error=facts)

    async def fail(self) -> None:
        """Write the end of a turn that ran into a bug of ours."""
        await self._end("failed", error=ErrorFacts(category="internal", stage="wait", billed="unknown"))

    async def _images(self) -> Sequence[Finished | ErrorFacts]:
        tree, turn = await self._read()
        request = request_of(tree=tree, turn=turn, budget=self._services.history)
        self._calls = TurnCalls(
            owner=self._ref.owner,
            tree=tree,
            turn=turn,
            request=request,
            engine=self._engine_for(turn),
            services=self._services,
        )
        await self._store.move_turn(turn.id, status="waiting")
        tries = [
            ImageTries(self._calls, variant=variant, board=self._board)
            for variant in range(1, turn.prompt.settings.variants + 1)
        ]
        return await asyncio.gather(*(image.run() for image in tries))

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

    async def _settle(self, outcomes: Sequence[Finished | ErrorFacts]) -> None:
        answered = [outcome for outcome in outcomes if isinstance(outcome, Finished)]
        painted = [outcome for outcome in answered if outcome.images]
        if painted:
            await self._end("done", notes=self._notes_on(painted, asked=len(outcomes)))
        elif answered:
            await self._end("refused")
        else:
            await self._end("failed", error=next(each for each in outcomes if isinstance(each, ErrorFacts)))

    def _notes_on(self, painted: Sequence[Finished], *, asked: int) -> Sequence[TurnNote]:
        notes: list[TurnNote] = []
        if len(painted) < asked:
            notes.append("some_images_failed")
        pixels = self._calls.asked_pixels if self._calls else None
        sizes = {(image.width_px, image.height_px) for outcome in painted for image in outcome.images}
        if pixels is not None and sizes != {pixels}:
            notes.append("size_differs")
        return notes

    async def _end(
        self, status: TurnStatus, *, error: ErrorFacts | None = None, notes: Sequence[TurnNote] = ()
    ) -> None:
        if notes:
            await self._store.note_turn(self._ref.turn_id, notes)
        now = self._services.attempts.clock.now()
        await self._store.move_turn(self._ref.turn_id, status=status, at=now, error=error)
