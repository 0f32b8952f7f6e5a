"""An owner's conversations: the one asked for, the newest, or a new one."""

import pytest

from studio.conversations import Conversations
from studio.image_models import NANO_BANANA_21
from tests.workbench import Workbench

pytestmark = pytest.mark.anyio


async def test_opening_finds_the_newest_and_makes_one_where_there_is_none(bench: Workbench) -> None:
    first = await Conversations(bench.studio).open(None, owner="new")
    again = await Conversations(bench.studio).open("unknown", owner="new")

    assert again.conversation_id == first.conversation_id
    assert (await first.tree()).conversation.draft.settings.model == NANO_BANANA_21.id
    await first.delete()
    assert (await Conversations(bench.studio).open(first.conversation_id, owner="new")) is not first
