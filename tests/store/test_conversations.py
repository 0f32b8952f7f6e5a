"""Conversations: their titles, drafts, budgets, originals, owners, and everything after a restart."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from studio.errors import InputError, StoreError
from studio.ports import Blobs, ConversationSummary, Store, StoredPicture
from studio.store.blobs import LocalBlobs
from studio.store.conversations import SqlStore
from studio.store.database import open_database
from tests.factories import (
    OWNER,
    a_blob,
    a_conversation,
    a_draft,
    a_picture,
    a_reference,
    a_version,
    an_answer,
    failed,
    later,
)
from tests.store.scenes import arrived, asked, begun, blob_of, opened, started, tree_of

pytestmark = pytest.mark.anyio


async def test_the_record_is_what_the_conversation_asks_for(store: SqlStore, blobs: LocalBlobs) -> None:
    as_store: Store = store
    as_blobs: Blobs = blobs
    conversation = await begun(as_store)
    blob = as_blobs.put(b"picture", mime_type="image/png")
    await as_store.grant(conversation.owner, StoredPicture(blob, 4, 3))
    assert await as_store.owned_picture(conversation.owner, blob.sha256) == StoredPicture(blob, 4, 3)


async def test_a_conversation_comes_back_as_it_was_written(store: SqlStore) -> None:
    conversation = await begun(
        store,
        title="Mugs ☕ \x00 \u202e",
        draft=a_draft("warmer", references=(a_reference(1),)),
        titled_by_hand=True,
        budget_usd=None,
        simulated_budget_usd=Decimal("2.50"),
        deleted_at=later(3),
    )
    assert (await tree_of(store, conversation)).conversation == conversation


async def test_a_title_given_by_hand_is_not_replaced_by_an_automatic_one(store: SqlStore) -> None:
    conversation = await begun(store)
    await store.rename(conversation.id, title="automatic", by_hand=False, at=later(1))
    await store.rename(conversation.id, title="by hand", by_hand=True, at=later(2))
    await store.rename(conversation.id, title="automatic again", by_hand=False, at=later(3))
    read = (await tree_of(store, conversation)).conversation
    assert (read.title, read.titled_by_hand, read.updated_at) == ("by hand", True, later(2))
    await store.rename(conversation.id, title="by hand again", by_hand=True, at=later(4))
    assert (await tree_of(store, conversation)).conversation.title == "by hand again"


async def test_a_deleted_conversation_leaves_the_list_and_can_be_restored(store: SqlStore) -> None:
    conversation = await begun(store)
    await asked(store, conversation)
    before = await tree_of(store, conversation)
    await store.set_deleted(conversation.id, at=later(60))
    assert await store.conversations(OWNER) == ()
    deleted = await tree_of(store, conversation)
    assert deleted == replace(before, conversation=replace(before.conversation, deleted_at=later(60)))
    await store.set_deleted(conversation.id, at=None)
    assert await tree_of(store, conversation) == before
    assert len(await store.conversations(OWNER)) == 1


async def test_the_draft_is_kept(store: SqlStore) -> None:
    conversation = await begun(store)
    draft = a_draft("swap the mug for a glass", references=(a_reference(1), a_reference(2, role="style")))
    await store.save_draft(conversation.id, draft)
    assert (await tree_of(store, conversation)).conversation.draft == draft


async def test_a_draft_that_was_written_before_the_studio_changed_it_is_dropped(store: SqlStore) -> None:
    conversation = await begun(store)
    sent = a_draft("", rev=4)
    assert await store.save_draft(conversation.id, sent) == sent
    assert await store.save_draft(conversation.id, a_draft("late", rev=3)) == sent
    typed = a_draft("next", rev=4)
    assert await store.save_draft(conversation.id, typed) == typed
    assert (await tree_of(store, conversation)).conversation.draft == typed


async def test_each_kind_of_money_has_its_cap(store: SqlStore) -> None:
    conversation = await begun(store)
    await store.set_budget(conversation.id, cap_usd=Decimal("3.10"), simulated=False)
    await store.set_budget(conversation.id, cap_usd=None, simulated=True)
    read = (await tree_of(store, conversation)).conversation
    assert (str(read.budget_usd), read.simulated_budget_usd) == ("3.10", None)


async def test_the_tip_is_any_version_there_is_or_none(store: SqlStore) -> None:
    conversation = await begun(store)
    await asked(store, conversation)
    await asked(store, conversation, parent=1)
    for number in (1, None, 2):
        await store.set_tip(conversation.id, number)
        assert (await tree_of(store, conversation)).conversation.tip == number
    with pytest.raises(InputError, match="no longer here"):
        await store.set_tip(conversation.id, 3)
    assert (await tree_of(store, conversation)).conversation.tip == 2


async def test_an_original_is_version_0_and_the_tip(store: SqlStore) -> None:
    conversation = await begun(store)
    original = a_version(0, name="mug.jpg", created_at=later(5))
    await store.add_original(conversation.id, original, owner=OWNER)
    tree = await tree_of(store, conversation)
    assert (tree.versions, tree.conversation.tip, tree.conversation.updated_at) == ((original,), 0, later(5))
    assert await blob_of(store, OWNER, original.image.sha256) == original.image
    await asked(store, conversation, parent=0)
    tree = await tree_of(store, conversation)
    assert [(version.number, version.parent) for version in tree.versions] == [(0, None), (1, 0)]
    assert tree.conversation.tip == 1


async def test_an_original_needs_an_empty_conversation(store: SqlStore) -> None:
    begun_with_original, begun_with_turn = await begun(store), await begun(store)
    await store.add_original(begun_with_original.id, a_version(0), owner=OWNER)
    await opened(store, begun_with_turn)
    for conversation in (begun_with_original, begun_with_turn):
        before = await tree_of(store, conversation)
        with pytest.raises(StoreError, match="already has pictures"):
            await store.add_original(conversation.id, a_version(0, image=a_blob("other")), owner=OWNER)
        assert await tree_of(store, conversation) == before


async def test_an_original_has_no_other_number(store: SqlStore) -> None:
    conversation = await begun(store)
    with pytest.raises(ValueError, match="version 0"):
        await store.add_original(conversation.id, a_version(1), owner=OWNER)


async def test_another_owner_sees_nothing(store: SqlStore) -> None:
    conversation = await begun(store, owner="mine")
    turn = await opened(store, conversation)
    (version,) = await arrived(store, await started(store, turn), owner="mine")
    assert await store.tree(owner="theirs", conversation_id=conversation.id) is None
    assert await store.conversations("theirs") == ()
    assert await blob_of(store, "theirs", version.image.sha256) is None
    with pytest.raises(InputError, match="no longer here"):
        await store.add_original((await begun(store, owner="mine")).id, a_version(0), owner="theirs")


async def test_the_same_bytes_are_what_each_owner_called_them(store: SqlStore) -> None:
    picture = a_blob("same")
    await store.grant("theirs", StoredPicture(replace(picture, mime_type="text/html"), 1, 1))
    await store.grant("mine", StoredPicture(picture, 1, 1))
    await store.grant("mine", StoredPicture(replace(picture, mime_type="text/html"), 1, 1))
    assert await blob_of(store, "mine", picture.sha256) == picture


async def test_a_draft_gets_its_size_when_it_comes_again_measured(store: SqlStore) -> None:
    measured, unmeasured = a_picture(), a_picture(width_px=0, height_px=0)
    for granted in (unmeasured, measured, unmeasured):
        await store.grant(OWNER, granted)
    assert await store.owned_picture(OWNER, measured.blob.sha256) == measured


async def test_the_list_is_newest_first_with_covers(store: SqlStore) -> None:
    empty = await begun(store, title="empty", updated_at=later(-60))
    chosen = await begun(store, title="tip chosen")
    await asked(store, chosen, an_answer(a_blob("first")))
    await asked(store, chosen, an_answer(a_blob("second")), parent=1)
    await store.set_tip(chosen.id, 1)
    newest = await begun(store, title="no tip", updated_at=later(60))
    await asked(store, newest, an_answer(a_blob("third")), created_at=later(90))
    await store.set_tip(newest.id, None)
    await store.rename(newest.id, title="no tip", by_hand=True, at=later(100))
    assert await store.conversations(OWNER) == (
        ConversationSummary(
            id=newest.id, title="no tip", updated_at=later(100), version_count=1, cover=a_blob("third")
        ),
        ConversationSummary(
            id=chosen.id, title="tip chosen", updated_at=later(10), version_count=2, cover=a_blob("first")
        ),
        ConversationSummary(id=empty.id, title="empty", updated_at=later(-60), version_count=0, cover=None),
    )


async def test_what_is_not_there_cannot_be_edited(store: SqlStore) -> None:
    with pytest.raises(InputError, match="no longer here"):
        await store.rename("nowhere", title="t", by_hand=True, at=later(0))
    with pytest.raises(InputError, match="no longer here"):
        await store.set_deleted("nowhere", at=None)
    with pytest.raises(InputError, match="no longer here"):
        await store.save_draft("nowhere", a_draft())
    with pytest.raises(InputError, match="no longer here"):
        await store.set_tip("nowhere", None)
    with pytest.raises(InputError, match="no longer here"):
        await store.set_budget("nowhere", cap_usd=None, simulated=True)
    with pytest.raises(InputError, match="no longer here"):
        await store.add_original("nowhere", a_version(0), owner=OWNER)
    assert await store.tree(owner=OWNER, conversation_id="nowhere") is None
    assert await store.spent_usd("nowhere", simulated=True) == 0


async def test_everything_is_there_after_a_restart(database_path: Path) -> None:
    first = SqlStore(open_database(database_path))
    conversation = await begun(first)
    await asked(first, conversation)
    running = await opened(first, conversation, parent=1)
    await started(first, running)
    before = await tree_of(first, conversation)
    summaries = await first.conversations(OWNER)
    spent = await first.spent_usd(conversation.id, simulated=True)
    first.close()
    second = SqlStore(open_database(database_path))
    assert await tree_of(second, conversation) == before
    assert await second.conversations(OWNER) == summaries
    assert await second.spent_usd(conversation.id, simulated=True) == spent == Decimal("0.34")
    second.close()


async def test_what_was_running_at_a_crash_becomes_interrupted(store: SqlStore) -> None:
    conversation = await begun(store)
    done = await asked(store, conversation)
    unsent = await opened(store, conversation)
    sent = await opened(store, conversation, status="waiting")
    attempt = await started(store, sent)
    waiting = await opened(store, conversation, status="retrying")
    free = await started(store, waiting)
    await store.finish_attempt(failed(free), owner=OWNER, images=())
    stopped = await opened(store, conversation, status="cancelled")
    late = await started(store, stopped)
    assert await store.interrupt_running(later(500)) == 3
    tree = await tree_of(store, conversation)
    ends = {turn.id: (turn.status, turn.ended_at, turn.error and turn.error.billed) for turn in tree.turns}
    assert ends[done.id][0] == "done"
    assert ends[unsent.id] == ("interrupted", later(500), "no")
    assert ends[sent.id] == ("interrupted", later(500), "unknown")
    assert ends[waiting.id] == ("interrupted", later(500), "no")
    assert ends[stopped.id] == ("cancelled", None, None)
    errors = {turn.error.category for turn in tree.turns if turn.status == "interrupted" and turn.error}
    assert errors == {"interrupted"}
    states = {each.id: (each.state, each.error and each.error.billed) for each in tree.attempts}
    assert states[attempt.id] == states[late.id] == ("interrupted", "unknown")
    assert states[free.id] == ("failed", "no")
    # Two calls may have been billed, one was.
    assert await store.spent_usd(conversation.id, simulated=True) == Decimal("0.54")
    assert await store.interrupt_running(later(600)) == 0
    assert await tree_of(store, conversation) == tree


async def test_a_crash_while_a_first_turn_is_run_again_puts_the_tip_back(store: SqlStore) -> None:
    conversation, other = await begun(store), await begun(store)
    await asked(store, conversation)
    await asked(store, conversation)
    await store.set_tip(conversation.id, None)
    await opened(store, conversation, status="waiting")
    await store.interrupt_running(later(500))
    assert (await tree_of(store, conversation)).conversation.tip == 2
    assert (await tree_of(store, other)).conversation.tip is None


async def test_an_answer_that_comes_after_the_interruption_is_kept(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation)
    attempt = await started(store, turn)
    await store.interrupt_running(later(500))
    (version,) = await arrived(store, attempt)
    assert (await tree_of(store, conversation)).versions == (version,)


async def test_many_callers_read_and_write_at_once(store: SqlStore) -> None:
    made = [a_conversation() for _ in range(20)]
    await asyncio.gather(*(store.create_conversation(conversation) for conversation in made))
    trees = await asyncio.gather(*(tree_of(store, conversation) for conversation in made))
    assert [tree.conversation for tree in trees] == made
    assert len(await store.conversations(OWNER)) == 20
