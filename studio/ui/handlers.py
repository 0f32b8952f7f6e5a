"""One method per command of the page: untrusted payload → one call → a reply. No Gradio here.

Every command is checked before anything else: the page token, then the payload, then the owner. A failure is a reply,
not an exception, so the page always has a sentence to show.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from studio.conversation import ConversationManager, Studio
from studio.conversations import Conversations
from studio.errors import InputError, StudioError
from studio.image_models import is_model_id, model_of
from studio.ports import Connection
from studio.prompt import Draft, ReferenceImage, clean_name, numbered, settings_for
from studio.ui import payloads, words
from studio.ui.guard import PageTokens
from studio.ui.pages import Pages
from studio.ui.shapes import ActionView, Notice, PageView, Reply
from studio.ui.view import request_view

_log = logging.getLogger(__name__)

_READS: Final = frozenset({"open_conversation", "check_connection"})

Payload = TypeVar("Payload", bound=payloads.Command)
Handler = Callable[[str, Mapping[str, Any]], Awaitable[Reply]]
Typed = Callable[["Handlers", str, Payload], Awaitable[Reply]]
Untyped = Callable[["Handlers", str, Mapping[str, Any]], Awaitable[Reply]]


def command(kind: type[Payload]) -> Callable[[Typed[Payload]], Untyped]:
    """Turn a typed handler into one that takes whatever the page sent."""

    def wrap(handler: Typed[Payload]) -> Untyped:
        async def checked(self: "Handlers", owner: str, raw: Mapping[str, Any]) -> Reply:
            if self.read_only and handler.__name__ not in _READS:
                return Reply(ok=False, problem=words.READ_ONLY, problem_category="read_only")
            if not self.tokens.accepts(owner, str(raw.get("token", ""))):
                return Reply(ok=False, problem=words.PAGE_TOO_OLD, problem_category="bad_value")
            try:
                return await handler(self, owner, kind.model_validate(raw))
            except ValidationError as error:
                _log.info("refused a %s: %d problems", kind.__name__, error.error_count())
                refused = InputError("bad_value")
                return Reply(ok=False, problem=str(refused), problem_category="bad_value")
            except StudioError as error:
                return Reply(ok=False, problem=str(error), problem_category=error.facts.category)

        checked.__name__ = handler.__name__
        checked.__doc__ = handler.__doc__
        return checked

    return wrap


class Handlers:
    """The page's commands. `owner` comes from the request, never from the payload."""

    def __init__(
        self, studio: Studio, *, connection: Connection, pages: Pages, tokens: PageTokens, read_only: bool = False
    ) -> None:
        self._studio = studio
        self._conversations = Conversations(studio)
        self._connection = connection
        self._pages = pages
        self.tokens = tokens
        self.read_only = read_only

    # ---- turns ------------------------------------------------------------------------------------------------------

    @command(payloads.Send)
    async def send(self, owner: str, payload: payloads.Send) -> Reply:
        """Send the draft from the tip. A refusal comes with the page as it is now: what refuses may have been done in
        another tab."""
        manager = self._manager(owner, payload)
        draft = await self._draft(owner, manager, payload.draft)
        try:
            await manager.send(draft, turn_id=payload.turn_id)
        except InputError as refusal:
            shown = await self._shown(manager)
            return replace(shown, ok=False, problem=str(refusal), problem_category=refusal.facts.category)
        return await self._shown(manager)

    @command(payloads.Stop)
    async def stop(self, owner: str, payload: payloads.Stop) -> Reply:
        """Stop what runs in this conversation, and what was just sent to it."""
        manager = self._manager(owner, payload)
        stopped = await manager.stop(payload.turn_id)
        return await self._shown(manager, None if stopped else Notice(sentence=words.NOTHING_RUNS))

    @command(payloads.Plain)
    async def retry_now(self, owner: str, payload: payloads.Plain) -> Reply:
        """Try again without waiting any longer."""
        manager = self._manager(owner, payload)
        await manager.retry_now()
        return await self._shown(manager)

    @command(payloads.Retry)
    async def retry(self, owner: str, payload: payloads.Retry) -> Reply:
        """Send a turn's request again."""
        manager = self._manager(owner, payload)
        await manager.retry(payload.turn_id)
        return await self._shown(manager)

    @command(payloads.SaveDraft)
    async def save_draft(self, owner: str, payload: payloads.SaveDraft) -> Reply:
        """Keep what is being written, and answer with what it would cost."""
        manager = self._manager(owner, payload)
        draft = await self._draft(owner, manager, payload.draft)
        kept = await manager.save_draft(replace(draft, rev=payload.rev))
        if kept.rev != payload.rev:
            return await self._shown(manager)
        preview = await manager.estimate(kept)
        return Reply(ok=True, request=request_view(preview, provider=self._connection.facts.provider))

    # ---- versions ---------------------------------------------------------------------------------------------------

    @command(payloads.VersionNumber)
    async def go_to(self, owner: str, payload: payloads.VersionNumber) -> Reply:
        """Make a version the tip."""
        manager = self._manager(owner, payload)
        await manager.go_to(payload.number)
        return await self._shown(manager)

    @command(payloads.VersionNumber)
    async def choose(self, owner: str, payload: payloads.VersionNumber) -> Reply:
        """Choose another picture of the tip's turn."""
        manager = self._manager(owner, payload)
        await manager.choose(payload.number)
        return await self._shown(manager)

    @command(payloads.BeginFrom)
    async def begin_from(self, owner: str, payload: payloads.BeginFrom) -> Reply:
        """Begin from an own picture, in a new conversation where this one has pictures already."""
        picture = await self._studio.store.owned_picture(owner, payload.sha256)
        if picture is None:
            raise InputError("not_found", "That picture is no longer here. Drop it again.")
        manager = self._manager(owner, payload)
        tree = await manager.tree()
        if tree.versions or tree.turns:
            manager = await self._conversations.new(owner=owner, like=tree.conversation.draft)
        name = clean_name(payload.name)
        await manager.begin_from(picture.blob, width_px=picture.width_px, height_px=picture.height_px, name=name)
        return await self._shown(manager)

    # ---- conversations ----------------------------------------------------------------------------------------------

    @command(payloads.Plain)
    async def new_conversation(self, owner: str, payload: payloads.Plain) -> Reply:
        """Start an empty conversation with the settings of this one."""
        tree = await self._manager(owner, payload).tree()
        manager = await self._conversations.new(owner=owner, like=tree.conversation.draft)
        return await self._shown(manager)

    @command(payloads.OpenConversation)
    async def open_conversation(self, owner: str, payload: payloads.OpenConversation) -> Reply:
        """Show another conversation."""
        manager = ConversationManager(self._studio, owner=owner, conversation_id=payload.id)
        return await self._shown(manager)

    @command(payloads.Rename)
    async def rename(self, owner: str, payload: payloads.Rename) -> Reply:
        """Give a conversation a title of its own."""
        manager = ConversationManager(self._studio, owner=owner, conversation_id=payload.id)
        await manager.tree()
        await manager.rename(payload.title)
        return await self._shown(self._manager(owner, payload))

    @command(payloads.OpenConversation)
    async def delete(self, owner: str, payload: payloads.OpenConversation) -> Reply:
        """Put a conversation away; the notice carries the way back."""
        manager = ConversationManager(self._studio, owner=owner, conversation_id=payload.id)
        title = (await manager.tree()).conversation.title
        await manager.delete()
        open_now = None if payload.id == payload.conversation_id else payload.conversation_id
        shown = await self._conversations.open(open_now, owner=owner)
        undo = ActionView(command="restore", label="Undo", argument=payload.id)
        return await self._shown(shown, Notice(sentence=words.DELETED.format(title=title), undo=undo))

    @command(payloads.OpenConversation)
    async def restore(self, owner: str, payload: payloads.OpenConversation) -> Reply:
        """Bring a deleted conversation back."""
        manager = ConversationManager(self._studio, owner=owner, conversation_id=payload.id)
        await manager.tree()
        await manager.restore()
        return await self._shown(manager)

    # ---- money and the connection -----------------------------------------------------------------------------------

    @command(payloads.SetBudget)
    async def set_budget(self, owner: str, payload: payloads.SetBudget) -> Reply:
        """Change the cap of the money in use."""
        manager = self._manager(owner, payload)
        await manager.tree()
        await manager.set_budget(payload.cap_usd)
        return await self._shown(manager)

    @command(payloads.CheckConnection)
    async def check_connection(self, owner: str, payload: payloads.CheckConnection) -> Reply:
        """Ask for the model, which is free, and say in words what that showed."""
        del owner
        if not is_model_id(payload.model):
            raise InputError("bad_value", "That is not a model's id. Choose a model in Create.")
        model = model_of(payload.model)
        check = await self._connection.current.check(model.id)
        if check.error is not None:
            problem = str(StudioError(check.error))
            return Reply(ok=False, problem=problem, problem_category=check.error.category)
        sandbox = self._connection.facts.provider.simulated
        sentence = words.CHECK_SANDBOX if sandbox else words.CHECK_WORKS.format(model=model.name)
        return Reply(ok=True, notice=Notice(sentence=sentence, tone="ok"))

    @command(payloads.Plain)
    async def use_sandbox(self, owner: str, payload: payloads.Plain) -> Reply:
        """Paint locally from now on."""
        if not self._connection.facts.can_use_key:
            raise InputError("permission", words.ENGINE_ONLY_LOCAL)
        await self._connection.use_sandbox()
        return await self._shown(self._manager(owner, payload), Notice(sentence=words.SANDBOX_IN_USE, tone="ok"))

    # ---- inside -----------------------------------------------------------------------------------------------------

    def _manager(self, owner: str, payload: payloads.Command) -> ConversationManager:
        return ConversationManager(self._studio, owner=owner, conversation_id=payload.conversation_id)

    async def _shown(self, manager: ConversationManager, notice: Notice | None = None) -> Reply:
        view: PageView = await self._pages.view(manager)
        return Reply(ok=True, view=view, notice=notice)

    async def _draft(self, owner: str, manager: ConversationManager, payload: payloads.DraftPayload) -> Draft:
        """The payload as a draft. Pictures that are not this owner's (or are gone) are refused."""
        references: list[ReferenceImage] = []
        for each in payload.references:
            picture = await self._studio.store.owned_picture(owner, each.sha256)
            if picture is None:
                sentence = f"The picture “{each.clean_name}” is no longer here. Remove it and drop it again."
                raise InputError("not_found", sentence)
            references.append(
                ReferenceImage(
                    number=0,
                    name=each.clean_name,
                    role=each.role,
                    image=picture.blob,
                    width_px=picture.width_px,
                    height_px=picture.height_px,
                    pinned=each.pinned,
                    notes=each.notes,
                )
            )
        settings = payload.settings.value()
        return Draft(
            settings=settings_for(model_of(settings.model), settings),
            text=payload.text,
            structured=payload.structured.value(),
            references=numbered(tuple(references)),
            rev=(await manager.tree()).conversation.draft.rev,
        )
