"""What turns leave behind in a conversation: its draft, its title, its owner; and how it is put away."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from studio.conversation import ConversationManager, open_conversation
from studio.errors import Category, InputError
from studio.image_models import NANO_BANANA_21
from studio.parts import Blob
from studio.prompt import Draft, ReferenceImage, StructuredPrompt
from studio.store.conversations import SqlStore
from tests.factories import a_draft, a_reference
from tests.sandbox_fixture import picture_bytes
from tests.workbench import Gate, Workbench, drafted, shown, workbench

pytestmark = pytest.mark.anyio


def reference_of(blob: Blob, **changes: Any) -> ReferenceImage:  # noqa: ANN401 - whatever fields it has
    return a_reference(image=blob, **changes)


async def test_answered_references_leave_the_draft_pinned_and_new_ones_stay(bench: Workbench) -> None:
    pictures = bench.picture(picture_bytes(colour="red")), bench.picture(picture_bytes(colour="blue"))
    mug, logo = reference_of(pictures[0], name="Mug"), reference_of(pictures[1], name="Logo", pinned=True)
    manager = await bench.conversation()
    draft = replace(
        await drafted(manager, "a fox with both"), references=(mug, logo), structured=StructuredPrompt("fox")
    )
    await bench.ended(await manager.send(draft), manager)

    kept = (await manager.tree()).conversation.draft
    assert (kept.text, kept.structured, kept.references) == ("", StructuredPrompt(), (logo,))
    await bench.asked(manager, "warmer")
    first, _, second = (await bench.sandbox.journal())[1]["contents"]
    assert shown([first]) == [
        (
            "user",
            [
                'Image 1: "Mug" (object):', mug.image.sha256, 'Image 2: "Logo" (object):', logo.image.sha256,
                "a fox with both",
            ],
        )
    ]  # fmt: skip
    assert shown([second]) == [
        ("user", ['Image 1: "Logo" (object), attached earlier in this conversation.', "warmer"])
    ]  # fmt: skip


async def test_a_failed_prompt_goes_back_into_an_empty_box_with_its_references(bench: Workbench) -> None:
    await bench.sandbox.queue({"kind": "permission"})
    manager = await bench.conversation()
    mug = reference_of(bench.picture(picture_bytes()))
    draft = replace(await drafted(manager, "a fox"), references=(mug,))
    turn = await bench.ended(await manager.send(draft), manager)

    kept = (await manager.tree()).conversation.draft
    assert (turn.status, kept.text, kept.references) == ("failed", "a fox", (mug,))
    assert kept.rev > draft.rev + 1
    done = await bench.ended(await manager.retry(turn.id), manager)
    after = (await manager.tree()).conversation.draft
    assert (done.status, after.text, after.references) == ("done", "", ())


async def test_what_was_typed_meanwhile_is_not_overwritten_by_a_failure(data_dir: Path) -> None:
    gate = Gate()
    async with workbench(data_dir, paint=gate.paint) as bench:
        manager = await bench.conversation()
        turn = await manager.send(await drafted(manager, "a fox"))
        await gate.arrived()
        typed = await drafted(manager, "and a mug")
        assert await manager.save_draft(typed) == typed
        await manager.stop()
        await bench.ended(turn, manager)
        gate.open()

        assert (await manager.tree()).conversation.draft == typed
        stale = replace(typed, text="from a page that slept", rev=typed.rev - 1)
        assert await manager.save_draft(stale) == typed


async def test_deleting_stops_what_runs_and_restoring_brings_it_back(data_dir: Path) -> None:
    gate = Gate()
    async with workbench(data_dir, paint=gate.paint) as bench:
        manager = await bench.conversation()
        await manager.send(await drafted(manager, "a fox"))
        await gate.arrived()
        await manager.delete()
        gate.open()

        assert (await manager.tree()).turns[0].status == "cancelled"
        assert await bench.store.conversations(manager.owner) == ()
        with pytest.raises(InputError, match="was deleted"):
            await manager.send(await drafted(manager, "again"))
        await manager.restore()
        assert (await bench.asked(manager, "again")).status == "done"


class SlowBox(SqlStore):
    """Empties the box only when told to."""

    begun: asyncio.Event
    go_on: asyncio.Event

    async def save_draft(self, conversation_id: str, draft: Draft) -> None:
        self.begun.set()
        await self.go_on.wait()
        await SqlStore.save_draft(self, conversation_id, draft)


async def test_a_page_that_closes_while_it_sends_leaves_a_turn_that_runs(bench: Workbench) -> None:
    manager = await bench.conversation()
    draft = await drafted(manager, "a fox")
    store = bench.store
    store.__class__ = SlowBox
    assert isinstance(store, SlowBox)
    store.begun, store.go_on = asyncio.Event(), asyncio.Event()
    sending = asyncio.create_task(manager.send(draft))
    await store.begun.wait()
    sending.cancel()
    await asyncio.sleep(0)
    store.go_on.set()
    await asyncio.wait({sending})
    assert sending.cancelled()
    await bench.seen(lambda tree: not tree.turns[0].running, manager)

    tree = await manager.tree()
    assert (tree.turns[0].status, len(tree.versions)) == ("done", 1)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("a red fox in deep snow at dawn, wide", "a red fox in deep snow"),
        ("  fox,\n in   snow.", "fox, in snow"),
        ("word" * 60, ("word" * 60)[:80]),
    ],
)
async def test_the_first_prompt_names_the_conversation(bench: Workbench, text: str, title: str) -> None:
    manager = await bench.conversation()
    await bench.asked(manager, text)
    await bench.asked(manager, "something else entirely")
    assert (await manager.tree()).conversation.title == title


async def test_a_title_given_by_hand_stays(bench: Workbench) -> None:
    manager = await bench.conversation()
    await manager.rename("  My\nfox\u202e ")
    await bench.asked(manager, "a mug")

    assert (await manager.tree()).conversation.title == "My fox"
    with pytest.raises(InputError, match="at least one character"):
        await manager.rename(" \u200b\n")


async def test_hidden_characters_are_taken_out_and_the_turn_says_so(bench: Workbench) -> None:
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a \u202efox\x00")

    assert (turn.prompt.text, turn.notes) == ("a fox", ("settings_text_cleaned",))
    assert shown((await bench.sandbox.journal())[0]["contents"]) == [("user", ["a fox"])]


@pytest.mark.parametrize(("text", "category"), [(" \n", "empty_prompt"), ("x" * 60_001, "prompt_too_long")])
async def test_a_prompt_that_cannot_go_leaves_no_trace(bench: Workbench, text: str, category: Category) -> None:
    manager = await bench.conversation()
    with pytest.raises(InputError) as raised:
        await manager.send(await drafted(manager, text))
    assert raised.value.facts.category == category
    assert (await manager.tree()).turns == ()
    assert bench.wire.bodies == []


async def test_another_owner_s_conversation_is_not_here(bench: Workbench) -> None:
    mine = await bench.conversation()
    turn = await bench.asked(mine, "a fox")
    before = await mine.tree()
    theirs = ConversationManager(bench.studio, owner="someone else", conversation_id=mine.conversation_id)
    blob = before.versions[0].image
    attempts = [
        theirs.tree(),
        theirs.send(a_draft("hello")),
        theirs.preview(a_draft("hello")),
        theirs.save_draft(a_draft("hello", rev=99)),
        theirs.retry(turn.id),
        theirs.stop(),
        theirs.retry_now(),
        theirs.choose(1),
        theirs.begin_from(blob, width_px=1, height_px=1, name="x"),
        theirs.rename("mine now"),
        theirs.delete(),
        theirs.restore(),
        theirs.set_budget(Decimal(5)),
    ]
    for attempt in attempts:
        with pytest.raises(InputError) as raised:
            await attempt
        assert raised.value.facts.category == "not_found"

    assert await mine.tree() == before
    opened = await open_conversation(bench.studio, owner="someone else", conversation_id=mine.conversation_id)
    assert opened.conversation_id != mine.conversation_id


async def test_a_version_that_does_not_exist_cannot_be_chosen(bench: Workbench) -> None:
    manager = await bench.conversation()
    await bench.asked(manager, "a fox")
    with pytest.raises(InputError, match="There is no version 7 here"):
        await manager.choose(7)
    assert (await manager.tree()).conversation.tip == 1


async def test_opening_finds_the_newest_and_makes_one_where_there_is_none(bench: Workbench) -> None:
    first = await open_conversation(bench.studio, owner="new", conversation_id=None)
    again = await open_conversation(bench.studio, owner="new", conversation_id="unknown")

    assert again.conversation_id == first.conversation_id
    assert (await first.tree()).conversation.draft.settings.model == NANO_BANANA_21.id
    await first.delete()
    assert (await open_conversation(bench.studio, owner="new", conversation_id=first.conversation_id)) is not first
