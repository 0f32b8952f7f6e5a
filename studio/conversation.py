"""ConversationManager: one public method per thing a designer can do with a conversation.

A manager is a cheap value bound to (owner, conversation) and rebuilt at every page load; the record is the truth.
Thought signatures and the last image travel from turn to turn in the answers' stored parts: `plan.plan_turn` picks the
path from the root to the tip and `request.compose` puts every part back in its place.
"""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from uuid import uuid4

from studio.branch import Conversation, Tree, running_again
from studio.cost import Budget, Estimate, Spent, estimate, spent_on
from studio.drafts import after_answer, after_failure, after_send, as_draft, attached, detached, reordered
from studio.errors import BudgetReached, ErrorFacts, InputError
from studio.finish import to_the_end
from studio.image_models import ImageModel, model_of
from studio.parts import Blob
from studio.plan import Plan, Preview, plan_turn
from studio.ports import Clock, Engines, Feed, Progress, Runner, Store
from studio.prompt import Draft, Prompt, ReferenceImage, check_prompt, clean_text
from studio.request import HistoryBudget
from studio.title import UNTITLED, title_from
from studio.turn import Turn
from studio.version import Version

_MAX_TITLE_CHARS: Final = 80
_MAX_BUDGET_USD: Final = Decimal(100_000)


@dataclass(frozen=True, slots=True)
class Studio:
    """What conversations stand on; built once by app.py."""

    store: Store
    engines: Engines
    runner: Runner
    feed: Feed
    clock: Clock
    history: HistoryBudget
    default_model: ImageModel
    budget_usd: Decimal


class ConversationManager:
    """One conversation of one owner. Methods raise InputError for what cannot be done; nothing is lost by one."""

    def __init__(self, studio: Studio, *, owner: str, conversation_id: str) -> None:
        self._studio = studio
        self._store = studio.store
        self.owner = owner
        self.conversation_id = conversation_id

    # ---- reading ----------------------------------------------------------------------------------------------------

    async def tree(self) -> Tree:
        """The whole conversation. Raises InputError("not_found") when it is not this owner's."""
        tree = await self._store.tree(owner=self.owner, conversation_id=self.conversation_id)
        if tree is None:
            raise InputError("not_found", "This conversation is no longer here.")
        return tree

    def progress(self, tree: Tree) -> Progress | None:
        """What the newest running turn is doing; None when nothing runs."""
        running = tree.running_turns
        return self._studio.runner.progress(running[-1].id) if running else None

    async def finished(self, turn: Turn) -> Turn:
        """The turn when it has ended and its pictures are versions: answered, refused, failed or stopped."""
        async with aclosing(self._studio.feed.changes(self.conversation_id)) as changes:
            async for _ in changes:
                if self._studio.runner.progress(turn.id) is None:
                    break
        return (await self.tree()).turn(turn.id) or turn

    async def spent(self) -> Spent:
        """What this conversation has cost so far, in the money now in use (real or simulated)."""
        provider = self._studio.engines.current.provider
        return spent_on(await self.tree(), simulated=provider.simulated)

    # ---- the prompt being written -----------------------------------------------------------------------------------

    async def estimate(self, draft: Draft | str) -> Preview:
        """What a draft would carry and cost, without sending anything. An empty prompt has an estimate too."""
        tree = await self.tree()
        budget = await self._budget(tree)
        prompt = as_draft(draft, tree.conversation.draft).prompt()
        model = model_of(prompt.settings.model)
        problem: ErrorFacts | None = None
        plan: Plan | None = None
        try:
            check_prompt(replace(prompt, text=prompt.text.strip() or "…"))
            plan = self._plan(tree, prompt, tree.tip, model=model)
        except InputError as error:
            problem = error.facts
        figure = self._estimate(prompt, plan, model)
        if plan and figure and budget and not budget.allows(figure.reserve_usd):
            needed_usd, left_usd = figure.reserve_usd, budget.left_usd
            problem = BudgetReached(needed_usd=needed_usd, left_usd=left_usd, cap_usd=budget.cap_usd).facts
        return Preview(estimate=figure, budget=budget, plan=plan, problem=problem)

    async def save_draft(self, draft: Draft) -> Draft:
        """Keep what is being written. A draft older than the studio's own change of it is dropped; returns the kept."""
        await self.tree()
        return await self._store.save_draft(self.conversation_id, draft)

    async def attach(self, reference: ReferenceImage) -> Draft:
        """Add a stored picture to the tray, as the last reference. Raises InputError for the 15th."""
        return await self._redraft(attached((await self.tree()).conversation.draft, reference))

    async def detach(self, number: int) -> Draft:
        """Take the reference of that number out of the tray; those behind it move up."""
        return await self._redraft(detached((await self.tree()).conversation.draft, number))

    async def reorder(self, numbers: Sequence[int]) -> Draft:
        """Put the references in the order of those numbers: (3, 1, 2) makes the third the first."""
        return await self._redraft(reordered((await self.tree()).conversation.draft, numbers))

    # ---- turns ------------------------------------------------------------------------------------------------------

    async def send(self, draft: Draft | str, *, turn_id: str | None = None) -> Turn:
        """Send the draft from the tip; a text alone goes with the tray and the settings as they are. The turn is on
        disk before this returns, `finished` waits for its end. One `turn_id` makes one turn."""
        tree = await self.tree()
        if (taken := tree.turn(turn_id)) is not None:
            return taken
        draft = as_draft(draft, tree.conversation.draft)
        text, cleaned = clean_text(draft.text)
        prompt = replace(draft.prompt(), text=text)
        check_prompt(prompt)
        # Newer than what is stored even where that is the same: a save that comes late must not fill the box again.
        emptied = replace(after_send(draft), rev=tree.conversation.draft.rev + 1)

        async def begin() -> Turn:
            turn = await self._open(tree, prompt, tree.tip, cleaned=cleaned, turn_id=turn_id or uuid4().hex)
            try:
                await self._store.save_draft(self.conversation_id, emptied)
                await self._title_from(text, tree.conversation)
            finally:
                self._submit(turn)
            return turn

        # A turn on record is submitted, even if the page that sent it is closed this moment.
        return await to_the_end(begin())

    async def retry(self, turn_id: str) -> Turn:
        """Send a turn's prompt again from where it was sent: a new answer, beside the old one."""
        tree = await self.tree()
        earlier = tree.turn(turn_id)
        if earlier is None:
            raise InputError("not_found")
        if (running := running_again(tree, earlier)) is not None:
            return running
        prompt = replace(earlier.prompt, current_image=None)
        check_prompt(prompt)

        async def begin() -> Turn:
            turn = await self._open(tree, prompt, tree.version(earlier.parent), cleaned=False, turn_id=uuid4().hex)
            try:
                await self._forget_restored(tree, earlier)
                # Its answer is what was asked for last: it is to be shown, so the branch it belongs to is gone to.
                await self._store.set_tip(self.conversation_id, earlier.parent)
            finally:
                self._submit(turn)
            return turn

        return await to_the_end(begin())

    async def stop(self, turn_id: str | None = None) -> bool:
        """Stop whatever runs here; False when nothing did. The turn says whether it may still be billed.

        `turn_id` names a turn that may still be on its way here: it is stopped when it comes, before it is sent on.
        """
        tree, runner = await self.tree(), self._studio.runner
        stopped = [await runner.cancel(each.id) or runner.stop_when_it_comes(each.id) for each in tree.running_turns]
        if turn_id is None or tree.turn(turn_id) is not None:
            return any(stopped)
        return await runner.cancel(turn_id) or runner.stop_when_it_comes(turn_id)

    async def retry_now(self) -> None:
        """Cut short the wait before the next attempt."""
        for turn in (await self.tree()).running_turns:
            self._studio.runner.retry_now(turn.id)

    async def turn_ended(self, turn_id: str) -> None:
        """Settle the draft with how a turn ended: what leaves it, or comes back, is in `drafts.py`."""
        tree = await self.tree()
        turn = tree.turn(turn_id)
        if turn is None:
            return
        settle = after_answer if turn.status == "done" else after_failure
        await self._keep_draft(settle(tree.conversation.draft, turn), tree)
        if tree.conversation.tip is None and tree.versions:  # a first turn was run again, and brought nothing
            await self._store.set_tip(self.conversation_id, tree.versions[-1].number)

    # ---- versions ---------------------------------------------------------------------------------------------------

    async def go_to(self, number: int) -> None:
        """Make a version the tip: the next turn continues from it, and forks if something already did."""
        tree = await self.tree()
        if tree.version(number) is None:
            raise InputError("not_found", f"There is no version {number} here.")
        await self._store.set_tip(self.conversation_id, number)
        self._changed()

    async def choose(self, number: int) -> None:
        """Choose one of the pictures that a turn brought: the next turn replays that one's answer."""
        version = (await self.tree()).version(number)
        if version is None or version.turn_id is None:
            raise InputError("not_found", f"Version {number} is not one of a turn's pictures.")
        await self.go_to(number)

    async def begin_from(self, image: Blob, *, width_px: int, height_px: int, name: str) -> None:
        """Begin from an own picture: it becomes version 0, "Original". Only where nothing was made yet."""
        tree = await self.tree()
        if tree.versions or tree.turns:
            raise InputError("bad_value", "This conversation already has pictures. Start a new one for this picture.")
        version = Version(
            number=0,
            parent=None,
            image=image,
            width_px=width_px,
            height_px=height_px,
            created_at=self._studio.clock.now(),
            name=name,
        )
        await self._store.add_original(self.conversation_id, version, owner=self.owner)
        # What is made of it keeps its ratio, until another one is asked for.
        settings = replace(tree.conversation.draft.settings, aspect_ratio=None)
        await self._redraft(replace(tree.conversation.draft, settings=settings))

    # ---- the conversation itself ------------------------------------------------------------------------------------

    async def rename(self, title: str) -> None:
        text, _ = clean_text(title)
        line = " ".join(text.split())[:_MAX_TITLE_CHARS]
        if not line:
            raise InputError("bad_value", "A title needs at least one character.")
        await self.tree()
        await self._store.rename(self.conversation_id, title=line, by_hand=True, at=self._studio.clock.now())
        self._changed()

    async def delete(self) -> None:
        """Put the conversation away; `restore` brings it back. What runs in it is stopped first."""
        await self.stop()
        await self._store.set_deleted(self.conversation_id, at=self._studio.clock.now())
        self._changed()

    async def restore(self) -> None:
        """Bring a deleted conversation back."""
        await self.tree()
        await self._store.set_deleted(self.conversation_id, at=None)
        self._changed()

    async def set_budget(self, cap_usd: Decimal | None) -> None:
        """Set the cap of the money now in use (real or simulated), in USD; None lifts it."""
        if cap_usd is not None and not (cap_usd.is_finite() and Decimal(0) < cap_usd <= _MAX_BUDGET_USD):
            raise InputError("bad_value", "A budget is an amount above $0, up to $100,000.")
        simulated = self._studio.engines.current.provider.simulated
        if cap_usd is None and not simulated:
            raise InputError("bad_value", "A budget of real money cannot be lifted, only changed.")
        await self.tree()
        await self._store.set_budget(self.conversation_id, cap_usd=cap_usd, simulated=simulated)
        self._changed()

    # ---- inside -----------------------------------------------------------------------------------------------------

    def _plan(self, tree: Tree, prompt: Prompt, parent: Version | None, *, model: ImageModel) -> Plan:
        return plan_turn(
            tree=tree,
            parent=parent,
            prompt=prompt,
            model=model,
            provider=self._studio.engines.current.provider.id,
            budget=self._studio.history,
        )

    def _estimate(self, prompt: Prompt, plan: Plan | None, model: ImageModel) -> Estimate | None:
        tokens = plan.request.prompt_tokens if plan else 0
        day = self._studio.clock.now().date()
        return estimate(model=model, settings=prompt.settings, prompt_tokens=tokens, day=day)

    async def _open(self, tree: Tree, prompt: Prompt, parent: Version | None, *, cleaned: bool, turn_id: str) -> Turn:
        if tree.conversation.deleted_at is not None:
            raise InputError("not_found", "This conversation was deleted. Restore it to go on with it.")
        model = model_of(prompt.settings.model)
        provider = self._studio.engines.current.provider
        plan = self._plan(tree, prompt, parent, model=model)
        figure = self._estimate(prompt, plan, model)
        turn = Turn(
            id=turn_id,
            conversation_id=self.conversation_id,
            parent=parent.number if parent else None,
            prompt=plan.prompt,
            provider=provider.id,
            status="sending",
            created_at=self._studio.clock.now(),
            notes=(*plan.notes, *(("settings_text_cleaned",) if cleaned else ())),
            starts_fresh=plan.fresh is not None,
            left_out_turns=plan.request.left_out_turns,
        )
        await self._store.open_turn(
            turn,
            reserve_usd=figure.reserve_usd if figure else Decimal(0),
            cap_usd=tree.conversation.cap_usd(simulated=provider.simulated),
            simulated=provider.simulated,
        )
        return turn

    def _submit(self, turn: Turn) -> None:
        self._studio.runner.submit(owner=self.owner, conversation_id=self.conversation_id, turn_id=turn.id)
        self._changed()

    async def _title_from(self, text: str, conversation: Conversation) -> None:
        """Give a conversation without a title one of its first prompt's words."""
        if not conversation.titled_by_hand and conversation.title == UNTITLED:
            now = self._studio.clock.now()
            await self._store.rename(self.conversation_id, title=title_from(text), by_hand=False, at=now)

    async def _forget_restored(self, tree: Tree, earlier: Turn) -> None:
        """A failed turn's text went back into the box; when that turn is run again, it leaves the box again."""
        if tree.conversation.draft.text == earlier.prompt.text:
            await self._keep_draft(after_send(tree.conversation.draft), tree)

    async def _redraft(self, draft: Draft) -> Draft:
        """A change of the draft that is the studio's own: every open page takes it over."""
        kept = await self._keep_draft(draft, await self.tree())
        self._changed()
        return kept

    async def _keep_draft(self, draft: Draft, tree: Tree) -> Draft:
        before = tree.conversation.draft
        if replace(draft, rev=before.rev) == before:
            return before
        return await self._store.save_draft(self.conversation_id, replace(draft, rev=before.rev + 1))

    async def _budget(self, tree: Tree) -> Budget | None:
        """The cap of the money now in use and what stands against it; None when there is no cap."""
        simulated = self._studio.engines.current.provider.simulated
        cap_usd = tree.conversation.cap_usd(simulated=simulated)
        if cap_usd is None:
            return None
        spent_usd = await self._store.spent_usd(self.conversation_id, simulated=simulated)
        return Budget(cap_usd=cap_usd, spent_usd=spent_usd)

    def _changed(self) -> None:
        self._studio.feed.publish(self.conversation_id)
