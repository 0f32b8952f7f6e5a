"""What turns leave behind in a conversation: its draft, its title, its owner; and how it is put away."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from studio.conversation import ConversationManager
from studio.conversations import Conversations
from studio.errors import Category, InputError
from studio.image_models import model_of
from studio.parts import Blob
from studio.prompt import Draft, ReferenceImage, StructuredPrompt, default_settings
from studio.store.conversations import SqlStore
from tests.factories import a_draft, a_reference
from tests.sandbox_fixture import picture_bytes
from tests.workbench import Gate, Workbench, become, drafted, shown, workbench

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


async def test_one_id_makes_one_turn_however_often_it_is_sent(bench: Workbench) -> None:
    manager = await bench.conversation()
    draft, turn_id = await drafted(manager, "a fox"), "0" * 32
    first = await bench.ended(await manager.send(draft, turn_id=turn_id), manager)
    box = await drafted(manager, "and a mug")
    await manager.save_draft(box)
    again = await manager.send(draft, turn_id=turn_id)

    tree = await manager.tree()
    assert (first.id, again.id, len(tree.turns), len(bench.wire.bodies)) == (turn_id, turn_id, 1, 1)
    assert tree.conversation.draft == box


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

    async def save_draft(self, conversation_id: str, draft: Draft) -> Draft:
        self.begun.set()
        await self.go_on.wait()
        return await SqlStore.save_draft(self, conversation_id, draft)


async def test_a_page_that_closes_while_it_sends_leaves_a_turn_that_runs(bench: Workbench) -> None:
    manager = await bench.conversation()
    draft = await drafted(manager, "a fox")
    store = become(bench.store, SlowBox)
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
        ("a red fox in deep snow at dawn, wide", "a red fox in deep snow at dawn, wide"),
        ("  fox,\n in   snow.", "fox, in snow"),
        ("word" * 60, ("word" * 60)[:59] + "…"),
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
        theirs.estimate(a_draft("hello")),
        theirs.save_draft(a_draft("hello", rev=99)),
        theirs.retry(turn.id),
        theirs.stop(),
        theirs.retry_now(),
        theirs.choose(1),
        theirs.go_to(1),
        theirs.attach(a_reference()),
        theirs.detach(1),
        theirs.reorder((1,)),
        theirs.spent(),
        theirs.finished(turn),
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
    opened = await Conversations(bench.studio).open(mine.conversation_id, owner="someone else")
    assert opened.conversation_id != mine.conversation_id


async def test_a_version_that_does_not_exist_cannot_be_chosen(bench: Workbench) -> None:
    manager = await bench.conversation()
    await bench.asked(manager, "a fox")
    with pytest.raises(InputError, match="There is no version 7 here"):
        await manager.go_to(7)
    assert (await manager.tree()).conversation.tip == 1


async def test_references_are_attached_reordered_and_detached_on_every_page(bench: Workbench) -> None:
    manager = await bench.conversation()
    before = (await manager.tree()).conversation.draft
    for name, colour in (("linen", "white"), ("mug", "blue"), ("logo", "red")):
        await manager.attach(reference_of(bench.picture(picture_bytes(colour=colour)), name=name))
    await manager.reorder((3, 1, 2))
    kept = await manager.detach(2)

    assert [(each.number, each.name) for each in kept.references] == [(1, "logo"), (2, "mug")]
    assert (await manager.tree()).conversation.draft == kept
    assert kept.rev == before.rev + 5  # so a page takes each of them over
    await bench.ended(await manager.send("on a table"), manager)
    [sent] = (await bench.sandbox.journal())[0]["contents"]
    assert [text for text in shown([sent])[0][1] if text.startswith("Image")] == [
        'Image 1: "logo" (object):', 'Image 2: "mug" (object):',
    ]  # fmt: skip


async def test_a_text_alone_goes_with_the_settings_as_they_are(bench: Workbench) -> None:
    manager = await bench.conversation()
    figure = (await manager.estimate("a fox")).estimate
    done = await manager.finished(await manager.send("a fox"))

    assert figure is not None
    assert (done.status, done.prompt.settings) == ("done", (await manager.tree()).conversation.draft.settings)
    assert (await manager.finished(done)) == done
    spent = await manager.spent()
    assert (spent.simulated, spent.unknown_calls) == (True, 0)
    assert Decimal(0) < spent.known_usd <= figure.reserve_usd


async def test_only_a_turns_pictures_can_be_chosen_but_any_version_gone_to(bench: Workbench) -> None:
    manager = await bench.conversation()
    original = bench.picture(picture_bytes())
    await manager.begin_from(original, width_px=64, height_px=64, name="mug.png")
    await bench.asked(manager, "warmer", variants=2)
    await manager.choose(2)
    assert (await manager.tree()).conversation.tip == 2
    with pytest.raises(InputError, match="Version 0 is not one of a turn's pictures"):
        await manager.choose(0)
    await manager.go_to(0)
    assert (await manager.tree()).conversation.tip == 0


async def test_an_own_picture_keeps_its_ratio_until_another_is_asked_for(bench: Workbench) -> None:
    manager = await bench.conversation()
    draft = (await manager.tree()).conversation.draft
    await manager.save_draft(replace(draft, settings=replace(draft.settings, aspect_ratio="16:9")))
    picture = bench.picture(picture_bytes(300, 400))
    await manager.begin_from(picture, width_px=300, height_px=400, name="mug.png")
    assert (await manager.tree()).conversation.draft.settings.aspect_ratio is None
    await bench.asked(manager, "warmer")
    version = (await manager.tree()).versions[-1]
    assert version.width_px / version.height_px == pytest.approx(3 / 4, rel=0.01)


async def test_what_is_run_again_leaves_the_box_with_its_fields(bench: Workbench) -> None:
    await bench.sandbox.queue({"kind": "permission"})
    manager = await bench.conversation()
    asked = replace(await drafted(manager, "a fox"), structured=StructuredPrompt(subject="a fox"))
    turn = await bench.ended(await manager.send(asked), manager)
    assert (await manager.tree()).conversation.draft.structured == StructuredPrompt(subject="a fox")
    await bench.ended(await manager.retry(turn.id), manager)
    assert (await manager.tree()).conversation.draft.structured == StructuredPrompt()


async def test_what_is_run_again_is_shown_whatever_was_looked_at(bench: Workbench) -> None:
    manager = await bench.conversation()
    first = await bench.asked(manager, "a fox")
    await bench.asked(manager, "warmer")
    await bench.sandbox.queue({"kind": "permission"})
    failed = await bench.asked(manager, "at night")
    await manager.go_to(1)
    await bench.ended(await manager.retry(failed.id), manager)
    assert (await manager.tree()).conversation.tip == 3
    await bench.ended(await manager.retry(first.id), manager)
    assert (await manager.tree()).conversation.tip == 4
    await bench.sandbox.queue({"kind": "permission"})
    await bench.ended(await manager.retry(first.id), manager)
    assert (await manager.tree()).conversation.tip == 4  # nothing came of it: the newest picture stays in sight


async def test_a_budget_that_is_used_up_names_no_price_for_an_unknown_one(bench: Workbench) -> None:
    manager = await bench.conversation()
    await bench.asked(manager, "a fox")
    await manager.set_budget(Decimal("0.01"))
    draft = await drafted(manager, "warmer")
    unlisted = replace(draft, settings=default_settings(model_of("gemini-9-image")))
    with pytest.raises(InputError) as raised:
        await manager.send(unlisted)
    assert str(raised.value) == (
        "What this costs is not known, and the $0.01 budget is used up. "
        "Raise the budget in Cost, or choose a model whose price is known."
    )
