"""An owner's conversations: a new one, or one that is there."""

from dataclasses import dataclass
from uuid import uuid4

from studio.branch import LOCAL_OWNER, Conversation
from studio.conversation import ConversationManager, Studio
from studio.prompt import Draft, default_settings
from studio.title import UNTITLED


@dataclass(frozen=True, slots=True)
class Conversations:
    """The conversations of one studio."""

    studio: Studio

    async def new(self, *, owner: str = LOCAL_OWNER, like: Draft | None = None) -> ConversationManager:
        """A new, empty conversation; it keeps the settings of the draft it was started beside."""
        studio, now = self.studio, self.studio.clock.now()
        conversation = Conversation(
            id=uuid4().hex,
            owner=owner,
            title=UNTITLED,
            tip=None,
            draft=Draft(settings=like.settings if like else default_settings(studio.default_model)),
            created_at=now,
            updated_at=now,
            budget_usd=studio.budget_usd,
            simulated_budget_usd=studio.budget_usd,
        )
        await studio.store.create_conversation(conversation)
        return ConversationManager(studio, owner=owner, conversation_id=conversation.id)

    async def open(self, conversation_id: str | None = None, *, owner: str = LOCAL_OWNER) -> ConversationManager:
        """The conversation asked for if it is there, else the owner's newest, else a new one."""
        if conversation_id:
            tree = await self.studio.store.tree(owner=owner, conversation_id=conversation_id)
            if tree is not None and tree.conversation.deleted_at is None:
                return ConversationManager(self.studio, owner=owner, conversation_id=conversation_id)
        newest = next(iter(await self.studio.store.conversations(owner)), None)
        if newest is not None:
            return ConversationManager(self.studio, owner=owner, conversation_id=newest.id)
        return await self.new(owner=owner)
