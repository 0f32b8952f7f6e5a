"""The page's commands on a real record: what they do, what they refuse, that nothing makes them raise."""

import asyncio
from decimal import Decimal
from typing import Any, Final

import pytest

from studio.branch import LOCAL_OWNER
from studio.conversation import ConversationManager
from studio.errors import ErrorFacts
from studio.prompt import MAX_PROMPT_CHARS
from studio.ui import words
from tests.sandbox_fixture import picture_bytes
from tests.ui.desk import ALL_COMMANDS, Desk, draft, payload

pytestmark = pytest.mark.anyio

READS: Final = {"open_conversation", "check_connection"}
STRANGER: Final = "token-stranger"


async def answered(desk: Desk, **changes: Any) -> ConversationManager:  # noqa: ANN401 (parts of a draft)
    """A conversation with one answered turn."""
    manager = await desk.conversation()
    reply = await desk.do("send", manager, draft=draft(**changes))
    assert reply.ok, reply.problem
    await desk.ended(manager)
    return manager


async def test_send_writes_a_turn_and_shows_it_running_at_once(desk: Desk) -> None:
    desk.connection.hold = asyncio.Event()
    manager = await desk.conversation()
    reply = await desk.do("send", manager, draft=draft("A red mug, on oak"))
    assert reply.ok
    assert reply.view is not None
    assert reply.view.running is not None
    assert reply.view.status.state in {"sending", "waiting"}
    assert reply.view.title == "A red mug, on oak"
    assert reply.view.draft.text == ""
    desk.connection.hold.set()
    tree = await desk.ended(manager)
    assert [version.number for version in tree.versions] == [1]
    assert tree.turns[0].status == "done"


async def test_stop_ends_what_runs_and_says_so_when_nothing_does(desk: Desk) -> None:
    desk.connection.hold = asyncio.Event()
    manager = await desk.conversation()
    await desk.do("send", manager, draft=draft())
    stopped = await desk.do("stop", manager)
    assert stopped.view is not None
    assert stopped.view.status.state == "cancelled"
    again = await desk.do("stop", manager)
    assert again.ok
    assert again.notice is not None
    assert again.notice.sentence == "Nothing is running."


async def test_retry_now_is_harmless_when_nothing_waits(desk: Desk) -> None:
    manager = await answered(desk)
    reply = await desk.do("retry_now", manager)
    assert reply.ok


async def test_retry_makes_another_picture_beside_the_first(desk: Desk) -> None:
    manager = await answered(desk)
    turn = (await manager.tree()).turns[0]
    assert (await desk.do("retry", manager, turn_id=turn.id)).ok
    tree = await desk.ended(manager)
    assert [version.parent for version in tree.versions] == [None, None]
    assert len(desk.connection.asked) == 2


async def test_save_draft_answers_with_what_it_would_cost(desk: Desk) -> None:
    manager = await desk.conversation()
    reply = await desk.do("save_draft", manager, draft=draft("A mug"), rev=0)
    assert reply.view is None
    assert reply.request is not None
    assert reply.request.estimate.likely_usd is not None
    assert (await manager.tree()).conversation.draft.text == "A mug"


async def test_a_draft_older_than_the_studios_own_change_is_dropped(desk: Desk) -> None:
    manager = await answered(desk)
    reply = await desk.do("save_draft", manager, draft=draft("typed before the answer came"), rev=0)
    assert reply.ok
    assert reply.view is not None
    assert reply.view.draft.text == ""


async def test_settings_a_model_lacks_become_its_own(desk: Desk) -> None:
    manager = await desk.conversation()
    settings = {"model": "gemini-2.5-flash-image", "image_size": "4K", "thinking_level": "high", "search": True}
    assert (await desk.do("save_draft", manager, draft=draft(settings=settings), rev=0)).ok
    kept = (await manager.tree()).conversation.draft.settings
    assert (kept.image_size, kept.thinking_level, kept.search) == (None, None, False)


async def test_going_to_a_version_moves_the_tip_and_refuses_what_is_not_there(desk: Desk) -> None:
    manager = await answered(desk)
    await desk.do("send", manager, draft=draft("warmer"))
    await desk.ended(manager)
    chosen = await desk.do("go_to", manager, number=1)
    assert chosen.view is not None
    assert chosen.view.tip == 1
    missing = await desk.do("go_to", manager, number=9)
    assert (missing.ok, missing.problem, missing.problem_category) == (
        False,
        "There is no version 9 here.",
        "not_found",
    )


async def test_choosing_is_among_a_turns_pictures(desk: Desk) -> None:
    manager = await answered(desk)
    chosen = await desk.do("choose", manager, number=1)
    assert chosen.view is not None
    assert chosen.view.tip == 1
    missing = await desk.do("choose", manager, number=9)
    assert (missing.ok, missing.problem) == (False, "Version 9 is not one of a turn's pictures.")


async def test_begin_from_an_own_picture_makes_version_0(desk: Desk) -> None:
    manager = await desk.conversation()
    sha256 = await desk.owned(picture_bytes())
    reply = await desk.do("begin_from", manager, sha256=sha256, name="C:\\shots\\mug.png")
    assert reply.view is not None
    [version] = reply.view.versions
    assert (version.number, version.label, version.request, version.cost) == (0, "Original", "mug.png", "")
    assert reply.view.tip == 0
    assert reply.view.conversation_id == manager.conversation_id


async def test_begin_from_in_a_conversation_with_pictures_opens_a_new_one(desk: Desk) -> None:
    manager = await answered(desk)
    reply = await desk.do("begin_from", manager, sha256=await desk.owned(picture_bytes()), name="mug.png")
    assert reply.view is not None
    assert reply.view.conversation_id != manager.conversation_id
    assert len((await manager.tree()).versions) == 1


async def test_begin_from_anothers_picture_is_refused(desk: Desk) -> None:
    manager = await desk.conversation()
    sha256 = await desk.owned(picture_bytes(), owner=STRANGER)
    reply = await desk.do("begin_from", manager, sha256=sha256, name="mug.png")
    assert reply.problem == "That picture is no longer here. Drop it again."


async def test_a_reference_of_somebody_else_is_refused_by_name(desk: Desk) -> None:
    manager = await desk.conversation()
    sha256 = await desk.owned(picture_bytes(), owner=STRANGER)
    reply = await desk.do("send", manager, draft=draft(references=[{"sha256": sha256, "name": "their logo.png"}]))
    assert reply.problem == "The picture “their logo.png” is no longer here. Remove it and drop it again."
    assert desk.connection.asked == []


async def test_references_are_numbered_in_their_order(desk: Desk) -> None:
    manager = await desk.conversation()
    given = [
        {"sha256": await desk.owned(picture_bytes(colour=colour)), "name": colour, "role": "style"}
        for colour in ("red", "blue")
    ]
    assert (await desk.do("send", manager, draft=draft(references=given))).ok
    references = (await desk.ended(manager)).turns[0].prompt.references
    assert [(each.number, each.name, each.role) for each in references] == [(1, "red", "style"), (2, "blue", "style")]


async def test_a_new_conversation_keeps_the_settings(desk: Desk) -> None:
    manager = await desk.conversation()
    await desk.do("save_draft", manager, draft=draft(settings={"model": "gemini-2.5-flash-image"}), rev=0)
    reply = await desk.do("new_conversation", manager)
    assert reply.view is not None
    assert reply.view.conversation_id != manager.conversation_id
    assert reply.view.draft.settings["model"] == "gemini-2.5-flash-image"


async def test_open_rename_delete_and_restore(desk: Desk) -> None:
    first, second = await desk.conversation(), await desk.conversation()
    opened = await desk.do("open_conversation", second, id=first.conversation_id)
    assert opened.view is not None
    assert opened.view.conversation_id == first.conversation_id
    renamed = await desk.do("rename", second, id=first.conversation_id, title="  Mugs\n<b> ")
    assert renamed.view is not None
    assert "Mugs <b>" in [row.title for row in renamed.view.conversations]
    deleted = await desk.do("delete", second, id=first.conversation_id)
    assert deleted.view is not None
    assert deleted.notice is not None
    assert deleted.view.conversation_id == second.conversation_id
    assert [row.id for row in deleted.view.conversations] == [second.conversation_id]
    assert deleted.notice.sentence == "“Mugs <b>” was deleted."
    assert deleted.notice.undo is not None
    assert (deleted.notice.undo.command, deleted.notice.undo.argument) == ("restore", first.conversation_id)
    restored = await desk.do("restore", second, id=first.conversation_id)
    assert restored.view is not None
    assert restored.view.conversation_id == first.conversation_id


async def test_deleting_the_open_conversation_shows_another(desk: Desk) -> None:
    manager = await desk.conversation()
    reply = await desk.do("delete", manager, id=manager.conversation_id)
    assert reply.view is not None
    assert reply.view.conversation_id != manager.conversation_id


async def test_a_title_of_nothing_is_refused(desk: Desk) -> None:
    manager = await desk.conversation()
    reply = await desk.do("rename", manager, id=manager.conversation_id, title=" \u202e\n ")
    assert reply.problem == "A title needs at least one character."


@pytest.mark.parametrize(("cap", "shown"), [("2.50", "of $2.50"), (25, "of $25.00"), (None, "no cap")])
async def test_the_budget_can_be_changed_and_a_simulated_one_lifted(desk: Desk, cap: object, shown: str) -> None:
    manager = await desk.conversation()
    reply = await desk.do("set_budget", manager, cap_usd=cap)
    assert reply.view is not None
    assert reply.view.cost.cap == shown


@pytest.mark.parametrize("cap", [0, -1, "NaN", "Infinity", "1e9", "0.00001", "ten", [], {}])
async def test_a_budget_that_is_no_amount_is_refused(desk: Desk, cap: object) -> None:
    manager = await desk.conversation()
    reply = await desk.do("set_budget", manager, cap_usd=cap)
    assert (reply.ok, reply.problem_category) == (False, "bad_value")
    assert (await manager.tree()).conversation.simulated_budget_usd == Decimal(10)


async def test_a_call_over_the_budget_is_refused_before_it_is_made(desk: Desk) -> None:
    manager = await desk.conversation()
    await desk.do("set_budget", manager, cap_usd="0.01")
    reply = await desk.do("send", manager, draft=draft())
    assert reply.problem_category == "budget"
    assert reply.problem is not None
    assert reply.problem.startswith("This needs up to $0.")
    assert "$0.01 of the $0.01 budget is left" in reply.problem
    assert desk.connection.asked == []


async def test_check_connection_says_what_it_showed(desk: Desk) -> None:
    manager = await desk.conversation()
    works = await desk.do("check_connection", manager, model="gemini-3-pro-image")
    assert works.notice is not None
    assert works.notice.sentence == (
        "The sandbox answers. It paints locally, costs nothing and never leaves this computer."
    )
    desk.connection.check_error = ErrorFacts(category="key_invalid", http_status=400)
    broken = await desk.do("check_connection", manager, model="gemini-3-pro-image")
    assert broken.problem == "Google does not accept this API key. Check the key in the connection panel."
    assert broken.problem_category == "key_invalid"


async def test_only_a_page_on_this_computer_changes_the_engine_for_everybody(desk: Desk) -> None:
    manager = await desk.conversation()
    assert (await desk.do("use_sandbox", manager)).ok
    desk.connection.facts = type(desk.connection.facts)(provider=desk.connection.facts.provider, can_use_key=False)
    reply = await desk.do("use_sandbox", manager)
    assert reply.problem == "The engine can only be changed on the computer the studio runs on."


@pytest.mark.parametrize("name", ALL_COMMANDS)
async def test_without_the_pages_token_nothing_is_done(desk: Desk, name: str) -> None:
    manager = await answered(desk)
    before = await manager.tree()
    raw = payload(name, manager.conversation_id, turn_id=before.turns[0].id)
    for token in ("", "f" * 64, "é", "\ud800", 7, None):
        reply = await getattr(desk.handlers(), name)(LOCAL_OWNER, {**raw, "token": token})
        assert (reply.ok, reply.problem) == (False, words.PAGE_TOO_OLD)
    assert await manager.tree() == before
    assert len(desk.connection.asked) == 1


@pytest.mark.parametrize("name", [name for name in ALL_COMMANDS if name not in {"check_connection", "use_sandbox"}])
async def test_somebody_elses_conversation_is_not_there(desk: Desk, name: str) -> None:
    manager = await answered(desk)
    before = await manager.tree()
    raw = payload(name, manager.conversation_id, turn_id=before.turns[0].id)
    raw["token"] = desk.tokens.token_for(STRANGER)
    reply = await getattr(desk.handlers(), name)(STRANGER, raw)
    assert (reply.ok, reply.problem_category) == (False, "not_found")
    assert reply.view is None
    assert await manager.tree() == before
    assert not await desk.store.conversations(STRANGER)
    assert len(desk.connection.asked) == 1


@pytest.mark.parametrize("name", [name for name in ALL_COMMANDS if name not in READS])
async def test_a_read_only_studio_refuses_every_command_that_writes(desk: Desk, name: str) -> None:
    manager = await answered(desk)
    before = await manager.tree()
    raw = payload(name, manager.conversation_id, turn_id=before.turns[0].id)
    raw["token"] = desk.tokens.token_for(LOCAL_OWNER)
    reply = await getattr(desk.handlers(read_only=True), name)(LOCAL_OWNER, raw)
    assert reply.problem == (
        "Another Retake has this data folder open, so this one only shows it. "
        "Close the other one, then start this one again."
    )
    assert reply.problem_category == "read_only"
    assert await manager.tree() == before


@pytest.mark.parametrize("name", sorted(READS))
async def test_a_read_only_studio_still_shows_and_checks(desk: Desk, name: str) -> None:
    manager = await answered(desk)
    raw = {**payload(name, manager.conversation_id), "token": desk.tokens.token_for(LOCAL_OWNER)}
    assert (await getattr(desk.handlers(read_only=True), name)(LOCAL_OWNER, raw)).ok


async def test_a_prompt_that_is_too_long_gets_one_sentence_with_the_numbers_and_is_kept(desk: Desk) -> None:
    manager = await desk.conversation()
    long = "x" * 100_000
    saved = await desk.do("save_draft", manager, draft=draft(long), rev=0)
    assert saved.request is not None
    sentence = "The prompt has 100,000 characters; 60,000 is the most. Shorten it, then send again."
    assert (saved.request.problem, saved.request.problem_category) == (sentence, "prompt_too_long")
    sent = await desk.do("send", manager, draft=draft(long))
    assert (sent.problem, sent.problem_category) == (sentence, "prompt_too_long")
    tree = await manager.tree()
    assert tree.conversation.draft.text == long
    assert tree.turns == ()
    assert desk.connection.asked == []


async def test_the_longest_prompt_goes(desk: Desk) -> None:
    manager = await answered(desk, text="x" * MAX_PROMPT_CHARS)
    assert (await manager.tree()).turns[0].status == "done"


async def test_control_characters_are_taken_out_and_the_turn_says_so(desk: Desk) -> None:
    manager = await answered(desk, text="a\x00 mug\x1b[2J \u202eon oak")
    turn = (await manager.tree()).turns[0]
    assert turn.prompt.text == "a mug[2J on oak"
    assert "settings_text_cleaned" in turn.notes


async def test_nothing_to_send_is_said(desk: Desk) -> None:
    manager = await desk.conversation()
    reply = await desk.do("send", manager, draft=draft(" \n\t"))
    assert reply.problem == "There is nothing to send yet. Describe the picture, or the change, then send."


async def test_fifteen_references_are_too_many(desk: Desk) -> None:
    manager = await desk.conversation()
    sha256 = await desk.owned(picture_bytes())
    reply = await desk.do("send", manager, draft=draft(references=[{"sha256": sha256, "name": "x"}] * 15))
    assert not reply.ok
    assert desk.connection.asked == []
