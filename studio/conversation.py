"""ConversationManager: one public method per thing a designer can do with a conversation.

A manager is a cheap value bound to (owner, conversation) and rebuilt at every page load; the record is the truth.
Thought signatures and the last image travel from turn to turn in the answers' stored parts: `plan.plan_turn` picks the
path from the root to the tip and `request.compose` puts every part back in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import uuid4

from studio.branch import Conversation, Tree, running_again
from studio.cost import Budget, Estimate, estimate
from studio.drafts import after_answer, after_failure
from studio.errors import BudgetReached, ErrorFacts, InputError, StudioError
from studio.finish import to_the_end
from studio.image_models import ImageModel, model_or_default
from studio.parts import Blob
from studio.plan import Plan, plan_turn
from studio.ports import Clock, ConversationSummary, Engines, Feed, Progress, Provider, Runner, Store
from studio.prompt import Draft, Prompt, check_prompt, clean_text, default_settings
from studio.request import HistoryBudget
from studio.turn import Turn
from studio.version import Version

UNTITLED = "Untitled"
_MAX_TITLE_CHARS = 80
_TITLE_WORDS = 6


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


@dataclass(frozen=True, slots=True)
class Preview:
    """What the next Send will carry and cost. `plan` is None where the prompt itself cannot go; `problem` says why."""

    estimate: Estimate | None
    budget: Budget | None
    plan: Plan | None
    problem: ErrorFacts | None


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

    async def preview(self, draft: Draft) -> Preview:
        """The estimate and the plan for a draft, without sending anything. An empty prompt has an estimate too."""
        tree = await self.tree()
        provider = self._studio.engines.current.provider
        budget = await self.budget(tree, provider)
        prompt = draft.prompt()
        model = model_or_default(prompt.settings.model)
        problem: ErrorFacts | None = None
        plan: Plan | None = None
        try:
            check_prompt(replace(prompt, text=prompt.text.strip() or "…"))
            plan = self._plan(tree, prompt, tree.tip, model=model)
        except InputError as error:
            problem = error.facts
        figure = self._estimate(prompt, plan, model)
        if plan and figure and budget and not budget.allows(figure.reserve_usd):
            problem = _over(figure, budget).facts
        return Preview(estimate=figure, budget=budget, plan=plan, problem=problem)

    async def budget(self, tree: Tree, provider: Provider) -> Budget | None:
        """The cap that counts for a provider and what stands against it; None when there is no cap."""
        cap_usd = cap_of(tree.conversation, provider)
        if cap_usd is None:
            return None
        spent_usd = await self._store.spent_usd(self.conversation_id, simulated=provider.simulated)
        return Budget(cap_usd=cap_usd, spent_usd=spent_usd)

    # ---- turns ------------------------------------------------------------------------------------------------------

    async def send(self, draft: Draft) -> Turn:
        """Send the draft from the tip. The turn is on disk before this returns; the answer comes through the feed."""
        tree = await self.tree()
        text, cleaned = clean_text(draft.text)
        prompt = replace(draft.prompt(), text=text)
        check_prompt(prompt)
        kept = replace(draft, text="", structured=type(draft.structured)(), rev=tree.conversation.draft.rev + 1)

        async def begin() -> Turn:
            turn = await self._open(tree, prompt, tree.tip, cleaned=cleaned)
            try:
                await self._store.save_draft(self.conversation_id, kept)
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
            turn = await self._open(tree, prompt, tree.version(earlier.parent), cleaned=False)
            try:
                await self._forget_restored(tree, earlier)
            finally:
                self._submit(turn)
            return turn

        return await to_the_end(begin())

    async def stop(self) -> bool:
        """Stop whatever runs here; False when nothing did. The turn says whether it may still be billed."""
        tree = await self.tree()
        stopped = [await self._studio.runner.cancel(turn.id) for turn in tree.running_turns]
        return any(stopped)

    async def retry_now(self) -> None:
        """Cut short the wait before the next attempt."""
        for turn in (await self.tree()).running_turns:
            self._studio.runner.retry_now(turn.id)

    async def turn_ended(self, turn_id: str) -> None:
        """Settle the draft with how a turn ended: answered, its references leave the tray (pinned ones stay); failed,
        its text goes back into an empty box."""
        tree = await self.tree()
        turn = tree.turn(turn_id)
        if turn is None:
            return
        draft = tree.conversation.draft
        settled = after_answer(draft, turn) if turn.status == "done" else after_failure(draft, turn)
        if settled != draft:
            await self._store.save_draft(self.conversation_id, replace(settled, rev=draft.rev + 1))

    # ---- versions ---------------------------------------------------------------------------------------------------

    async def choose(self, number: int) -> None:
        """Make a version the tip: the next turn continues from it, and forks if something already did."""
        tree = await self.tree()
        if tree.version(number) is None:
            raise InputError("not_found", f"There is no version {number} here.")
        await self._store.set_tip(self.conversation_id, number)
        self._changed()

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
        self._changed()

    # ---- the conversation itself ------------------------------------------------------------------------------------

    async def save_draft(self, draft: Draft) -> Draft:
        """Keep what is being written. A draft older than the studio's own change of it is dropped; returns the kept."""
        kept = (await self.tree()).conversation.draft
        if draft.rev < kept.rev:
            return kept
        if draft != kept:
            await self._store.save_draft(self.conversation_id, draft)
        return draft

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
        if cap_usd is not None and not (cap_usd.is_finite() and Decimal(0) < cap_usd <= Decimal(100_000)):
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

    async def _open(self, tree: Tree, prompt: Prompt, parent: Version | None, *, cleaned: bool) -> Turn:
        if tree.conversation.deleted_at is not None:
            raise InputError("not_found", "This conversation was deleted. Restore it to go on with it.")
        model = model_or_default(prompt.settings.model)
        provider = self._studio.engines.current.provider
        plan = self._plan(tree, prompt, parent, model=model)
        figure = self._estimate(prompt, plan, model)
        turn = Turn(
            id=uuid4().hex,
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
            cap_usd=cap_of(tree.conversation, provider),
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
        draft = tree.conversation.draft
        if draft.text == earlier.prompt.text:
            await self._store.save_draft(self.conversation_id, replace(draft, text="", rev=draft.rev + 1))

    def _changed(self) -> None:
        self._studio.feed.publish(self.conversation_id)


async def new_conversation(studio: Studio, *, owner: str, like: Draft | None = None) -> ConversationManager:
    """A new, empty conversation; it keeps the settings of the draft it was started beside."""
    now = studio.clock.now()
    settings = like.settings if like else default_settings(studio.default_model)
    conversation = Conversation(
        id=uuid4().hex,
        owner=owner,
        title=UNTITLED,
        tip=None,
        draft=Draft(settings=settings),
        created_at=now,
        updated_at=now,
        budget_usd=studio.budget_usd,
        simulated_budget_usd=studio.budget_usd,
    )
    await studio.store.create_conversation(conversation)
    return ConversationManager(studio, owner=owner, conversation_id=conversation.id)


async def open_conversation(studio: Studio, *, owner: str, conversation_id: str | None) -> ConversationManager:
    """The conversation asked for if it is there, else the owner's newest, else a new one."""
    if conversation_id:
        tree = await studio.store.tree(owner=owner, conversation_id=conversation_id)
        if tree is not None and tree.conversation.deleted_at is None:
            return ConversationManager(studio, owner=owner, conversation_id=conversation_id)
    rows: Sequence[ConversationSummary] = await studio.store.conversations(owner)
    if rows:
        return ConversationManager(studio, owner=owner, conversation_id=rows[0].id)
    return await new_conversation(studio, owner=owner)


def cap_of(conversation: Conversation, provider: Provider) -> Decimal | None:
    """The cap that counts for a provider's money, in USD; None for no cap."""
    return conversation.simulated_budget_usd if provider.simulated else conversation.budget_usd


def title_from(text: str) -> str:
    """A title from a prompt's first words."""
    words = " ".join(text.split()).split(" ")
    title = " ".join(words[:_TITLE_WORDS]).rstrip(",;:.—–-")[:_MAX_TITLE_CHARS]
    return title or UNTITLED


def _over(figure: Estimate, budget: Budget) -> StudioError:
    return BudgetReached(needed_usd=figure.reserve_usd, left_usd=budget.left_usd, cap_usd=budget.cap_usd)
