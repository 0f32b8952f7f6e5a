"""What becomes of a turn: its images side by side, each answer for what it is."""

import asyncio
from decimal import Decimal

import pytest

from studio.errors import sentence_of
from studio.parts import ImagePart
from studio.runner.turn_job import TurnRef
from tests.workbench import Workbench

pytestmark = pytest.mark.anyio


async def test_images_of_one_turn_are_calls_of_their_own_and_differ(bench: Workbench) -> None:
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a fox", variants=4)

    tree = await manager.tree()
    assert turn.status == "done"
    assert [version.number for version in tree.versions] == [1, 2, 3, 4]
    assert {version.turn_id for version in tree.versions} == {turn.id}
    assert {attempt.variant for attempt in tree.attempts} == {1, 2, 3, 4}
    assert len({version.image.sha256 for version in tree.versions}) == 4
    assert len(set(bench.wire.bodies)) == 1
    assert tree.conversation.tip == 1


async def test_some_images_failing_leaves_a_note(bench: Workbench) -> None:
    await bench.sandbox.queue({"kind": "refuse_safety"}, {"kind": "permission"})
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a fox", variants=3)

    tree = await manager.tree()
    assert (turn.status, turn.notes, turn.error) == ("done", ("some_images_failed",), None)
    assert len(tree.versions) == 1
    assert sorted(attempt.state for attempt in tree.attempts) == ["done", "failed", "refused"]


async def test_all_images_refused_is_a_refusal_with_its_cost_unconfirmed(bench: Workbench) -> None:
    await bench.sandbox.queue({"kind": "refuse_safety"}, {"kind": "no_image"})
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a fox", variants=2)

    attempts = (await manager.tree()).attempts
    assert (turn.status, turn.error, turn.notes) == ("refused", None, ())
    assert [attempt.cost_confirmed for attempt in attempts] == [False, False]
    assert all(attempt.cost_usd for attempt in attempts)
    assert {attempt.state for attempt in attempts} == {"refused", "empty"}


async def test_a_damaged_picture_fails_but_its_price_is_kept(bench: Workbench) -> None:
    await bench.sandbox.queue({"kind": "corrupt_image"})
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a fox")

    tree = await manager.tree()
    [attempt] = tree.attempts
    assert turn.error is not None
    assert (turn.status, turn.error.category, turn.error.billed) == ("failed", "bad_answer", "unknown")
    assert sentence_of(turn.error) == (
        "The answer arrived damaged. The call may have been billed. Run it again if you want a new answer."
    )
    assert attempt.state == "failed"
    assert attempt.cost_usd is not None
    assert attempt.cost_usd > Decimal("0.03")
    assert not attempt.cost_confirmed
    assert tree.versions == ()
    assert await bench.store.spent_usd(manager.conversation_id, simulated=True) == attempt.cost_usd


@pytest.mark.parametrize(("ratio", "notes"), [("1:1", ("size_differs",)), (None, ())])
async def test_another_size_than_asked_is_noted(bench: Workbench, ratio: str | None, notes: tuple[str, ...]) -> None:
    await bench.sandbox.queue({"kind": "wrong_size"})
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a fox", image_size="2K", aspect_ratio=ratio)

    assert (turn.status, turn.notes) == ("done", notes)
    assert (await manager.tree()).versions[0].width_px in {1024, 1408}


async def test_two_pictures_of_one_answer_are_two_versions_and_the_last_is_the_tip(bench: Workbench) -> None:
    await bench.sandbox.queue({"kind": "two_images"})
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a fox")

    tree = await manager.tree()
    [attempt] = tree.attempts
    assert attempt.response is not None
    assert [version.image for version in tree.versions] == [part.image for part in attempt.response.images]
    assert tree.conversation.tip == 2
    assert turn.notes == ()


async def test_a_picture_only_in_thoughts_is_no_result(bench: Workbench) -> None:
    await bench.sandbox.queue({"kind": "thoughts_only"})
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a fox")
    assert (turn.status, (await manager.tree()).versions) == ("refused", ())


@pytest.mark.parametrize("variants", [1, 4])
async def test_refused_signatures_start_fresh_exactly_once(bench: Workbench, variants: int) -> None:
    manager = await bench.conversation()
    await bench.asked(manager, "a fox", variants=1)
    await bench.sandbox.queue({"kind": "signature_expired", "count": variants})
    sent_before = len(bench.wire.bodies)
    turn = await bench.asked(manager, "warmer", variants=variants)

    tree = await manager.tree()
    tip = tree.version(1)
    assert tip is not None
    assert (turn.status, turn.starts_fresh, turn.notes) == ("done", True, ("fresh_start_signature",))
    assert len(bench.wire.bodies) - sent_before == 2 * variants
    fresh = (await bench.sandbox.journal())[-variants:]
    for entry in fresh:
        [content] = entry["contents"]
        assert [part.get("text") or part["data_sha256"] for part in content["parts"]] == [
            "The current image:", tip.image.sha256, "warmer",
        ]  # fmt: skip
    assert turn.prompt.current_image == tip.image
    await bench.asked(manager, "cooler", variants=1)
    assert [entry["status"] for entry in await bench.sandbox.journal()][-1] == 200


async def test_signatures_refused_twice_end_the_turn(bench: Workbench) -> None:
    manager = await bench.conversation()
    await bench.asked(manager, "a fox")
    await bench.sandbox.queue({"kind": "signature_expired", "count": 9})
    turn = await bench.asked(manager, "warmer")

    assert (turn.status, turn.error.category if turn.error else None) == ("failed", "signature")
    assert len(bench.wire.bodies) == 3


async def test_a_first_turn_has_no_history_to_leave_out(bench: Workbench) -> None:
    await bench.sandbox.queue({"kind": "signature_expired"})
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a fox")
    assert (turn.status, len(bench.wire.bodies)) == ("failed", 1)


async def test_drafts_can_be_read_by_their_owner_and_nobody_else(bench: Workbench) -> None:
    manager = await bench.conversation()
    await bench.asked(manager, "a fox")

    [attempt] = (await manager.tree()).attempts
    assert attempt.response is not None
    drafts = [part.image for part in attempt.response.parts if isinstance(part, ImagePart) and part.thought]
    assert drafts
    for draft in drafts:
        assert await bench.store.owned_picture("local", draft.sha256)
        assert await bench.store.owned_picture("someone else", draft.sha256) is None


async def test_each_answer_is_priced_by_its_usage(bench: Workbench) -> None:
    manager = await bench.conversation()
    await bench.asked(manager, "a fox", image_size="1K")

    [attempt] = (await manager.tree()).attempts
    usage = (await bench.sandbox.journal())[0]["usage"]
    text_tokens = usage["candidatesTokenCount"] - 1120 + usage.get("thoughtsTokenCount", 0)
    in_usd = usage["promptTokenCount"] * Decimal("1.50") / 1_000_000
    out_usd = (1120 * Decimal(30) + text_tokens * Decimal("7.50")) / 1_000_000
    assert attempt.cost_usd == in_usd + out_usd
    assert attempt.cost_confirmed


async def test_what_a_finished_turn_was_doing_is_forgotten(bench: Workbench) -> None:
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a fox")
    await bench.runner.close()

    assert bench.runner.progress(turn.id) is None
    assert not await bench.runner.cancel(turn.id)


async def test_a_turn_that_is_not_on_record_ends_quietly(bench: Workbench, caplog: pytest.LogCaptureFixture) -> None:
    over = asyncio.Event()

    async def note(ref: TurnRef) -> None:
        over.set()

    bench.runner.on_end(note)
    bench.runner.submit(owner="local", conversation_id="nowhere", turn_id="nothing")
    changes = bench.studio.feed.changes("nowhere")
    async with asyncio.timeout(30):
        async for _ in changes:
            if bench.runner.progress("nothing") is None:
                break
    assert not over.is_set()
    assert "the end of turn nothing could not be told" in caplog.text
