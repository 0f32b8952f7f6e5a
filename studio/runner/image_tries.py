"""One image of a turn: its attempts under the retry policy, and the one fresh start when signatures are refused."""

import asyncio
import logging
import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from studio.branch import Tree
from studio.cost import estimate
from studio.errors import EngineError, ErrorFacts, StudioError
from studio.image_models import ImageModel, model_of
from studio.plan import start_fresh
from studio.ports import Engines, ImageEngine, RetryWait
from studio.request import ImageRequest
from studio.runner.attempt import AttemptServices, Call, Finished, make_call
from studio.runner.board import TurnBoard
from studio.runner.limiter import RequestLimiter
from studio.runner.retry import RetryPolicy, facts_of, is_retried
from studio.turn import Attempt, Turn

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TurnServices:
    """What running turns needs from outside; one for the whole process."""

    attempts: AttemptServices
    engines: Engines
    limiter: RequestLimiter
    policy: RetryPolicy


class TurnCalls:
    """What all images of one running turn share: the request, the engine, whether it has started fresh."""

    def __init__(
        self, *, owner: str, tree: Tree, turn: Turn, request: ImageRequest, engine: ImageEngine, services: TurnServices
    ) -> None:
        self.owner = owner
        self.turn = turn
        self.request = request
        self.engine = engine
        self.services = services
        self.model: ImageModel = model_of(turn.prompt.settings.model)
        self._tree = tree
        self._fresh = asyncio.Lock()

    def hold_usd(self, day: date) -> Decimal:
        """What one call may cost at most, to be held while its outcome is open. USD."""
        one = replace(self.turn.prompt.settings, variants=1)
        figure = estimate(model=self.model, settings=one, prompt_tokens=self.request.prompt_tokens, day=day)
        return figure.reserve_usd if figure else Decimal(0)

    async def start_fresh(self, refused: ImageRequest) -> bool:
        """Once per turn, whatever the number of images: the same prompt, without history, from the picture it
        continues from. False when the refused request had no history to leave out."""
        async with self._fresh:
            if refused is not self.request:
                return True  # another image of this turn has been here
            if not self.request.replays:
                return False
            parent = self._tree.version(self.turn.parent)
            plan = start_fresh(parent=parent, prompt=self.turn.prompt, model=self.model, fresh="signature")
            turn = replace(
                self.turn,
                prompt=plan.prompt,
                starts_fresh=True,
                left_out_turns=0,
                notes=(*(note for note in self.turn.notes if note != "history_trimmed"), *plan.notes),
            )
            await self.services.attempts.store.restart_turn_fresh(turn)
            self.turn, self.request = turn, plan.request
            return True


class ImageTries:
    """One image's attempts. `run` returns the committed answer or the facts of the failure that ended it."""

    def __init__(self, calls: TurnCalls, *, variant: int, board: TurnBoard) -> None:
        self._calls = calls
        self._services = calls.services
        self._variant = variant
        self._board = board
        self._number = 0
        self._sent = calls.request
        self._wait: RetryWait | None = None

    async def run(self) -> Finished | ErrorFacts:
        try:
            return await self._with_fresh_start()
        except StudioError as error:
            return error.facts
        except Exception:  # noqa: BLE001 - logged; the other images go on
            # A bug in one image is not to end the others, which are being paid for.
            _log.exception("image %d of turn %s failed inside the studio", self._variant, self._calls.turn.id)
            return ErrorFacts(category="internal", stage="wait", billed="unknown")
        finally:
            self._board.ended(self._variant)

    async def _with_fresh_start(self) -> Finished:
        try:
            return await self._under_policy()
        except EngineError as error:
            # The only 400 that is sent again, once: nothing was drawn, and the designer is told.
            if error.facts.category != "signature" or not await self._calls.start_fresh(self._sent):
                raise
        return await self._under_policy()

    async def _under_policy(self) -> Finished:
        policy = self._services.policy
        tries = AsyncRetrying(
            retry=retry_if_exception(is_retried),
            stop=stop_after_attempt(policy.max_retries + 1),
            wait=self._delay_s,
            before_sleep=self._announce,
            sleep=self._sleep,
            reraise=True,
        )
        return await tries(self._attempt)

    def _delay_s(self, state: RetryCallState) -> float:
        # Jitter needs no secrecy.
        chance = random.random()
        return self._services.policy.delay_s(failures=state.attempt_number, facts=facts_of(state), random=chance)

    async def _announce(self, state: RetryCallState) -> None:
        delay_s = state.next_action.sleep if state.next_action else 0.0
        until = self._services.attempts.clock.now() + timedelta(seconds=delay_s)
        self._wait = RetryWait(until=until, next_number=self._number + 1, error=facts_of(state))
        await self._services.attempts.store.move_turn(self._calls.turn.id, status="retrying")

    async def _sleep(self, delay_s: float) -> None:
        if self._wait is not None:
            await self._board.wait(self._variant, self._wait, delay_s=delay_s)
        await self._services.attempts.store.move_turn(self._calls.turn.id, status="waiting")

    async def _attempt(self) -> Finished:
        self._number += 1
        self._board.attempt(self._variant, self._number)
        await self._services.limiter.wait(lambda until: self._board.queued(self._variant, until))
        self._sent = self._calls.request
        now = self._services.attempts.clock.now()
        attempt = Attempt(
            id=uuid4().hex,
            turn_id=self._calls.turn.id,
            variant=self._variant,
            number=self._number,
            state="running",
            started_at=now,
            body_bytes=self._sent.body_bytes,
        )
        call = Call(
            owner=self._calls.owner,
            request=self._sent,
            model=self._calls.model,
            attempt=attempt,
            hold_usd=self._calls.hold_usd(now.date()),
        )
        return await make_call(call, engine=self._calls.engine, services=self._services.attempts, board=self._board)
