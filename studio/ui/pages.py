"""Makes page views: gathers what a view is made from, counts revisions, follows a conversation's changes."""

import itertools
import statistics
from collections.abc import AsyncGenerator
from typing import Final

from studio.branch import Tree
from studio.conversation import ConversationManager, Studio
from studio.image_models import model_of
from studio.ports import Connection
from studio.ui.shapes import PageView, RunningPatch
from studio.ui.view import PageFacts, page_view
from studio.ui.view_turns import running_view

_SANDBOX_USUAL_S: Final = 4.0
"""Before it has painted anything here: a picture of 1K or 2K on a laptop."""


class Pages:
    """One for the process. `read_only` says that another process holds the data folder."""

    def __init__(self, studio: Studio, *, connection: Connection, read_only: bool = False) -> None:
        self._studio = studio
        self._connection = connection
        self._read_only = read_only
        self._revisions = itertools.count(1)

    async def view(self, manager: ConversationManager) -> PageView:
        """The page as it is now. Raises InputError when the conversation is not this owner's."""
        # Counted before reading: a view that was read earlier can never pass for a newer one.
        rev = next(self._revisions)
        return await self._view_of(manager, await manager.tree(), rev=rev)

    async def _view_of(self, manager: ConversationManager, tree: Tree, *, rev: int) -> PageView:
        provider = self._connection.facts.provider
        return page_view(
            PageFacts(
                rev=rev,
                tree=tree,
                summaries=await self._studio.store.conversations(manager.owner),
                connection=self._connection.facts,
                preview=await manager.estimate(tree.conversation.draft),
                progress=manager.progress(tree),
                cap_usd=tree.conversation.cap_usd(simulated=provider.simulated),
                usual_s=await self._usual_s(tree),
                now=self._studio.clock.now(),
                read_only=self._read_only,
            )
        )

    async def changes(self, manager: ConversationManager) -> AsyncGenerator[PageView | RunningPatch, None]:
        """The page now, and again after every change; while only thoughts and drafts stream in, just the turn in
        flight, without reading the record again."""
        known, tree, view = -1, None, None
        async for number in self._studio.feed.changes(manager.conversation_id):
            if tree is None or view is None or view.running is None or number != known:
                known, rev = number, next(self._revisions)
                tree = await manager.tree()
                view = await self._view_of(manager, tree, rev=rev)
            else:
                running = running_view(tree, manager.progress(tree), usual_s=view.running.usual_s)
                yield RunningPatch(rev=next(self._revisions), conversation_id=view.conversation_id, running=running)
                continue
            yield view

    async def _usual_s(self, tree: Tree) -> float:
        """How long a turn like the running one (or the next) usually takes: this installation's median, else the
        catalogue's figure."""
        running = tree.running_turns
        settings = running[-1].prompt.settings if running else tree.conversation.draft.settings
        model = model_of(settings.model)
        provider = running[-1].provider if running else self._connection.facts.provider.id
        seen = await self._studio.store.usual_durations_s(
            provider=provider, model=settings.model, image_size=settings.image_size
        )
        if seen:
            return statistics.median(seen)
        if provider == "sandbox":
            return _SANDBOX_USUAL_S
        return model.usual_duration_s.get(settings.image_size or "1K", max(model.usual_duration_s.values()))
