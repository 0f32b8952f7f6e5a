"""Turns under the cap, their moves, the ledger, and answers as versions."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from studio.errors import ErrorFacts, InputError, StoreError
from studio.parts import ImagePart, OpaquePart, TextPart
from studio.response import ImageResponse
from studio.store.conversations import SqlStore
from studio.store.database import open_database
from studio.turn import TurnStatus, is_end, may_move
from tests.factories import (
    OWNER,
    a_blob,
    a_picture,
    a_prompt,
    a_reference,
    a_turn,
    an_answer,
    an_attempt,
    answered,
    failed,
    later,
    new_images,
    settings,
)
from tests.store.scenes import arrived, asked, begun, blob_of, opened, started, tree_of

pytestmark = pytest.mark.anyio

FACTS = ErrorFacts(category="overloaded", stage="wait", billed="unknown", http_status=503, retry_after_s=12.5)


async def test_a_turn_comes_back_as_it_was_written(store: SqlStore) -> None:
    conversation = await begun(store)
    prompt = a_prompt(references=(a_reference(1), a_reference(2, pinned=True)), current_image=a_blob("tip"))
    turn = await opened(store, conversation, prompt=prompt, notes=("history_trimmed",), starts_fresh=True, error=FACTS)
    assert (await tree_of(store, conversation)).turns == (turn,)


async def test_a_turn_moves_its_conversation_to_the_top(store: SqlStore) -> None:
    conversation = await begun(store)
    await opened(store, conversation, created_at=later(60))
    assert (await tree_of(store, conversation)).conversation.updated_at == later(60)


@pytest.mark.parametrize("status", get_args(TurnStatus))
async def test_a_turn_moves_only_where_it_may(store: SqlStore, status: TurnStatus) -> None:
    conversation = await begun(store)
    for to in get_args(TurnStatus):
        turn = await opened(store, conversation, status=status)
        moved = await store.move_turn(turn.id, status=to, at=later(9), error=FACTS)
        assert moved is may_move(status, to)
        ended = replace(turn, status=to, error=FACTS, ended_at=later(9) if is_end(to) else None)
        assert (await tree_of(store, conversation)).turn(turn.id) == (ended if moved else turn)


async def test_a_move_without_an_error_clears_the_one_before(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation)
    await store.move_turn(turn.id, status="retrying", error=FACTS)
    await store.move_turn(turn.id, status="waiting")
    assert (await tree_of(store, conversation)).turns == (replace(turn, status="waiting"),)


async def test_an_end_without_a_time_is_dated_by_the_clock(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation)
    await store.move_turn(turn.id, status="done")
    ended_at = (await tree_of(store, conversation)).turns[0].ended_at
    assert ended_at is not None
    assert ended_at.tzinfo is not None


async def test_of_two_ends_at_once_one_is_written(database_path: Path) -> None:
    stores = [SqlStore(open_database(database_path)) for _ in range(2)]
    conversation = await begun(stores[0])
    turn = await opened(stores[0], conversation)
    moves = await asyncio.gather(
        stores[0].move_turn(turn.id, status="failed", at=later(1), error=FACTS),
        stores[1].move_turn(turn.id, status="interrupted", at=later(1), error=FACTS),
    )
    for store in stores:
        store.close()
    assert sorted(moves) == [False, True]


async def test_a_fresh_start_rewrites_what_a_running_turn_asks(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation, left_out_turns=2)
    asks = a_prompt("the same", current_image=a_blob("tip"), settings=settings(image_size="4K"))
    fresh = replace(turn, prompt=asks, starts_fresh=True, notes=("fresh_start_signature",), left_out_turns=0)
    await store.restart_turn_fresh(fresh)
    assert (await tree_of(store, conversation)).turns == (fresh,)
    await arrived(store, await started(store, turn))
    model = asks.settings.model
    assert await store.usual_durations_s(provider="sandbox", model=model, image_size="4K") == (10.0,)


async def test_a_turn_that_ended_keeps_what_it_asked(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation, status="cancelled")
    await store.restart_turn_fresh(replace(turn, prompt=a_prompt("another"), starts_fresh=True))
    assert (await tree_of(store, conversation)).turns == (turn,)


async def test_notes_are_added_each_once(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation, notes=("history_trimmed",))
    await store.note_turn(turn.id, ("some_images_failed", "history_trimmed"))
    await store.note_turn(turn.id, ("some_images_failed",))
    assert (await tree_of(store, conversation)).turns[0].notes == ("history_trimmed", "some_images_failed")


async def test_an_attempt_comes_back_as_it_was_written(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation)
    attempt = await started(store, turn)
    assert (await tree_of(store, conversation)).attempts == (attempt,)
    ended = failed(attempt, billed="unknown", cost_usd=Decimal("0.0040"), cost_confirmed=False)
    await store.finish_attempt(ended, owner=OWNER, images=())
    tree = await tree_of(store, conversation)
    assert tree.attempts == (ended,)
    assert str(tree.attempts[0].cost_usd) == "0.0040"


async def test_the_same_call_is_not_made_twice(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation)
    first = await started(store, turn)
    with pytest.raises(StoreError, match="already on record"):
        await started(store, turn)
    assert (await tree_of(store, conversation)).attempts == (first,)


async def test_an_answer_becomes_numbered_versions_and_its_result_the_tip(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation)
    response = an_answer(a_blob("candidate"), a_blob("result"))
    attempt = await started(store, turn)
    versions = await arrived(store, attempt, response)
    assert [(each.number, each.parent, each.part_index) for each in versions] == [(1, None, 1), (2, None, 2)]
    assert {(each.turn_id, each.attempt_id) for each in versions} == {(turn.id, attempt.id)}
    tree = await tree_of(store, conversation)
    assert tree.versions == versions
    assert tree.attempts == (answered(attempt, response),)
    assert tree.tip is not None
    assert tree.tip.image == a_blob("result")
    assert tree.conversation.updated_at == later(10)


async def test_the_first_image_to_arrive_is_the_tip(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation)
    first, second = await started(store, turn), await started(store, turn, variant=2)
    await arrived(store, second)
    await arrived(store, first)
    tree = await tree_of(store, conversation)
    assert tree.conversation.tip == 1
    assert [version.attempt_id for version in tree.versions] == [second.id, first.id]


async def test_a_tip_chosen_meanwhile_stays(store: SqlStore) -> None:
    conversation = await begun(store)
    await asked(store, conversation)
    await asked(store, conversation, parent=1)
    turn = await opened(store, conversation, parent=2)
    attempt = await started(store, turn)
    await store.set_tip(conversation.id, 1)
    (version,) = await arrived(store, attempt)
    assert (version.number, version.parent) == (3, 2)
    assert (await tree_of(store, conversation)).conversation.tip == 1


async def test_versions_are_numbered_without_gap_or_double_whoever_commits(database_path: Path) -> None:
    stores = [SqlStore(open_database(database_path)) for _ in range(4)]
    conversation = await begun(stores[0])
    turn = await opened(stores[0], conversation)
    attempts = [await started(stores[0], turn, variant=1, number=number) for number in range(1, 13)]
    committed = await asyncio.gather(*(arrived(stores[index % 4], attempt) for index, attempt in enumerate(attempts)))
    tree = await tree_of(stores[0], conversation)
    for store in stores:
        store.close()
    assert sorted(version.number for (version,) in committed) == list(range(1, 13))
    assert [version.number for version in tree.versions] == list(range(1, 13))


async def test_an_answer_committed_again_is_not_a_second_one(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation)
    attempt = await started(store, turn)
    first = await arrived(store, attempt)
    again = await arrived(store, attempt, an_answer(a_blob("another")), cost_usd=Decimal(9))
    tree = await tree_of(store, conversation)
    assert again == first == tree.versions
    assert tree.attempts[0].cost_usd == Decimal("0.14")


async def test_an_answer_after_stop_is_kept(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation)
    attempt = await started(store, turn)
    await store.move_turn(turn.id, status="cancelled", at=later(3))
    await store.finish_attempt(replace(attempt, state="cancelled", ended_at=later(3)), owner=OWNER, images=())
    (version,) = await arrived(store, attempt)
    assert await store.move_turn(turn.id, status="done", at=later(10))
    tree = await tree_of(store, conversation)
    assert tree.versions == (version,)
    assert tree.attempts[0].state == "done"
    assert tree.turns[0].error is None


async def test_the_owner_may_read_every_picture_of_an_answer_but_no_signature(store: SqlStore) -> None:
    conversation = await begun(store)
    draft, result, signature = a_blob("draft"), a_blob("result"), a_blob("signature")
    response = ImageResponse(
        parts=(
            TextPart(text="thinking", thought=True, signature=signature),
            ImagePart(image=draft, thought=True),
            ImagePart(image=result, signature=signature),
            OpaquePart(json="{}"),
        )
    )
    versions = await asked_with(store, conversation.id, response)
    assert versions == 1
    assert await store.owned_picture(OWNER, draft.sha256) == a_picture(draft, width_px=0, height_px=0)
    assert await store.owned_picture(OWNER, result.sha256) == a_picture(result)
    assert await blob_of(store, OWNER, signature.sha256) is None
    assert await blob_of(store, "someone else", result.sha256) is None


async def asked_with(store: SqlStore, conversation_id: str, response: ImageResponse) -> int:
    """The number of versions that an answer to a new turn makes."""
    turn = a_turn(conversation_id)
    await store.open_turn(turn, reserve_usd=Decimal(0), cap_usd=None, simulated=True)
    return len(await arrived(store, await started(store, turn), response))


async def test_a_refusal_is_recorded_without_a_version(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation)
    attempt = await started(store, turn)
    refusal = ImageResponse(parts=(), finish_reason="IMAGE_SAFETY", finish_message="No.")
    ended = answered(attempt, refusal, state="refused", cost_usd=None)
    assert await store.finish_attempt(ended, owner=OWNER, images=new_images(refusal)) == ()
    tree = await tree_of(store, conversation)
    assert (tree.attempts, tree.versions, tree.conversation.tip) == ((ended,), (), None)


async def test_what_is_not_there_cannot_be_changed(store: SqlStore) -> None:
    with pytest.raises(InputError, match="no longer here"):
        await store.open_turn(a_turn("nowhere"), reserve_usd=Decimal(0), cap_usd=None, simulated=True)
    with pytest.raises(InputError, match="no longer here"):
        await store.move_turn("nowhere", status="done")
    with pytest.raises(InputError, match="no longer here"):
        await store.start_attempt(an_attempt("nowhere"), hold_usd=Decimal(0))
    turn = await opened(store, await begun(store))
    with pytest.raises(InputError, match="no longer here"):
        await store.finish_attempt(an_attempt(turn), owner=OWNER, images=())


async def test_a_turn_id_is_used_once(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation)
    with pytest.raises(StoreError, match="Nothing was written"):
        await opened(store, conversation, id=turn.id)
    assert (await tree_of(store, conversation)).turns == (turn,)


async def test_a_stopped_caller_waits_for_its_commit(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation)
    attempt = await started(store, turn)
    committing = asyncio.create_task(arrived(store, attempt))
    await asyncio.sleep(0)
    committing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await committing
    assert len((await tree_of(store, conversation)).versions) == 1


async def test_usual_durations_are_those_of_the_last_twenty_answers_of_the_kind(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation)
    for number in range(1, 23):
        attempt = await started(store, turn, number=number, started_at=later(100 * number))
        await arrived(store, attempt, ended_at=later(101 * number))
    slow = await started(store, turn, number=23)
    await store.finish_attempt(failed(slow), owner=OWNER, images=())
    await asked(store, conversation, provider="developer")
    await asked(store, conversation, prompt=a_prompt(settings=settings(image_size=None)))
    model = turn.prompt.settings.model
    usual = await store.usual_durations_s(provider="sandbox", model=model, image_size="2K")
    assert usual == tuple(float(number) for number in range(22, 2, -1))
    assert await store.usual_durations_s(provider="sandbox", model=model, image_size=None) == (10.0,)
    assert await store.usual_durations_s(provider="sandbox", model="unknown", image_size="2K") == ()
