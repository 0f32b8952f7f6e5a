"""Things that happen in a conversation, in one line each."""

# ruff: noqa: ANN401 -- `changes` are whatever fields the value has

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from studio.branch import Conversation, Tree
from studio.parts import Blob
from studio.ports import Store
from studio.response import ImageResponse
from studio.turn import Attempt, Turn
from studio.version import Version
from tests.factories import OWNER, a_conversation, a_turn, an_attempt, answered, new_images

HOLD_USD = Decimal("0.20")


async def begun(store: Store, **changes: Any) -> Conversation:
    """A conversation on record."""
    conversation = a_conversation(**changes)
    await store.create_conversation(conversation)
    return conversation


async def opened(
    store: Store,
    conversation: Conversation,
    *,
    reserve_usd: str = "0.20",
    cap_usd: str | None = "10",
    simulated: bool = True,
    **changes: Any,
) -> Turn:
    """A turn on record, with its reserve held."""
    turn = a_turn(conversation, **changes)
    cap = None if cap_usd is None else Decimal(cap_usd)
    await store.open_turn(turn, reserve_usd=Decimal(reserve_usd), cap_usd=cap, simulated=simulated)
    return turn


async def started(store: Store, turn: Turn, *, hold_usd: Decimal = HOLD_USD, **changes: Any) -> Attempt:
    """A call in the ledger, about to be made."""
    attempt = an_attempt(turn, **changes)
    await store.start_attempt(attempt, hold_usd=hold_usd)
    return attempt


async def arrived(
    store: Store, attempt: Attempt, response: ImageResponse | None = None, *, owner: str = OWNER, **changes: Any
) -> Sequence[Version]:
    """The call's answer, committed."""
    done = answered(attempt, response, **changes)
    return await store.finish_attempt(done, owner=owner, images=new_images(done.response))


async def asked(
    store: Store, conversation: Conversation, response: ImageResponse | None = None, **changes: Any
) -> Turn:
    """A turn from opening to its end, with one answer."""
    turn = await opened(store, conversation, **changes)
    await arrived(store, await started(store, turn), response)
    await store.move_turn(turn.id, status="done", at=turn.created_at)
    return replace(turn, status="done")


async def tree_of(store: Store, conversation: Conversation) -> Tree:
    tree = await store.tree(owner=conversation.owner, conversation_id=conversation.id)
    assert tree is not None
    return tree


async def blob_of(store: Store, owner: str, sha256: str) -> Blob | None:
    """The bytes an owner may read under a digest; None when they may not."""
    picture = await store.owned_picture(owner, sha256)
    return picture.blob if picture else None
