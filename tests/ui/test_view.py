"""What the page says: sentences read in full, states, estimates. No Gradio, no store."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, get_args

import pytest

from studio.branch import Tree
from studio.cost import Budget, Estimate
from studio.errors import REMEDIES, Billed, BudgetReached, Category, ErrorFacts
from studio.plan import Preview
from studio.ports import ConnectionFacts, ConversationSummary, Provider
from studio.response import ImageResponse
from studio.turn import Attempt, Turn, TurnStatus
from studio.ui import words
from studio.ui.shapes import StatusView
from studio.ui.view import PageFacts, page_view, request_view
from studio.ui.view_engine import host_of
from tests.factories import (
    NOW,
    a_blob,
    a_conversation,
    a_turn,
    a_version,
    an_answer,
    an_attempt,
    answered,
    failed,
    later,
)
from tests.stories import Story

SANDBOX: Final = ConnectionFacts(provider=Provider(kind="sandbox", id="sandbox"), can_use_key=True)
GOOGLE: Final = ConnectionFacts(
    provider=Provider(kind="developer", id="developer"), key_last_four="9xYz", can_use_key=True
)
NOTHING: Final = Preview(estimate=None, budget=None, plan=None, problem=None)
FIGURE: Final = Estimate(likely_usd=Decimal("0.1384"), usually_under_usd=Decimal("0.1411"), reserve_usd=Decimal("0.21"))

SEEN: Final[dict[Category, str]] = {
    "key_missing": "No API key was sent. Add a key in the connection panel. No charge.",
    "key_invalid": "Google does not accept this API key. Check the key in the connection panel. No charge.",
    "key_leaked": "Google has blocked this API key because it was found in public. "
    "Create a new key in AI Studio and use that. No charge.",
    "permission": "This key is not allowed to use this model. "
    "Check the key's project and its restrictions in AI Studio. No charge.",
    "region": "Gemini's API is not offered where this computer is. "
    "Use Vertex or a gateway in a supported region. No charge.",
    "no_billing": "This key's project has no billing, and image models have no free tier. "
    "Turn on billing for the project in AI Studio, then send again. No charge.",
    "credits_gone": "The prepaid credit of this key's project is used up. "
    "Top it up in AI Studio, then send again. No charge.",
    "rate_day": "The project's quota for today is used up. "
    "It resets at midnight Pacific time; another model has its own quota. No charge.",
    "rate_minute": "Gemini asked to slow down: too many requests this minute. "
    "Wait a minute, then send again. No charge.",
    "overloaded": "The model is overloaded right now. "
    "Send again in a few minutes, or switch to another model. It may have been billed.",
    "server_error": "Gemini had an internal error. "
    "Send again; if it stays, try another model. It may have been billed.",
    "model_retired": "Google no longer offers this model here. Choose another model in Create. No charge.",
    "bad_request": "Gemini did not accept the request. "
    "Change the prompt or the settings; the details say what it objected to. No charge.",
    "signature": "Gemini no longer accepts this conversation's history. Start fresh from this picture. No charge.",
    "outcome_unknown": "The connection ended before an answer came, so the outcome is unknown. "
    "The call may have been billed. Run it again if you want a new answer.",
    "offline": "Gemini could not be reached. Check the internet connection, then send again. No charge.",
    "connection_refused": "Nothing answers at Gemini's address. Check the address or the gateway, then send again. "
    "No charge.",
    "not_gemini": "The address answered, but not as Gemini does. Check the gateway's address in the settings. "
    "It may have been billed.",
    "bad_answer": "The answer arrived damaged. The call may have been billed. "
    "Run it again if you want a new answer.",
    "cancelled": "Stopped. The request had already left, so it may still be billed.",
    "interrupted": "The studio stopped while this was running. It may have been billed. "
    "Run it again if you want a new answer.",
    "storage": "The data folder could not be written. "
    "Free some space or choose another folder with STUDIO_DATA_DIR. It may have been billed.",
    "internal": "Something went wrong in the studio itself. Try again; the log file has the details. "
    "It may have been billed.",
}  # fmt: skip
MAYBE_BILLED: Final = {
    "overloaded", "server_error", "outcome_unknown", "not_gemini", "bad_answer", "cancelled", "interrupted", "storage",
    "internal",
}  # fmt: skip
NEVER_A_TURNS: Final = {
    # refused before a turn is written
    "empty_prompt", "prompt_too_long", "request_too_large", "bad_picture", "too_many_references", "unsupported_setting",
    "budget", "not_found", "bad_value", "read_only",
}  # fmt: skip


def tree_of(*turns: Turn, attempts: tuple[Attempt, ...] = (), **changes: Any) -> Tree:  # noqa: ANN401 (a Tree's fields)
    conversation = changes.pop("conversation", a_conversation(id="c"))
    return Tree(conversation=conversation, turns=turns, attempts=attempts, versions=changes.pop("versions", ()))


def facts(tree: Tree, **changes: Any) -> PageFacts:  # noqa: ANN401 (PageFacts' own fields)
    given = PageFacts(
        rev=1,
        tree=tree,
        summaries=(),
        connection=SANDBOX,
        preview=NOTHING,
        progress=None,
        cap_usd=Decimal(10),
        usual_s=22.0,
        now=NOW,
    )
    return replace(given, **changes)


def status(tree: Tree, **changes: Any) -> StatusView:  # noqa: ANN401 (PageFacts' own fields)
    return page_view(facts(tree, **changes)).status


def ended(category: Category, *, to: TurnStatus = "failed", **changes: Any) -> Tree:  # noqa: ANN401 (ErrorFacts' own)
    billed: Billed = "unknown" if category in MAYBE_BILLED else "no"
    error = ErrorFacts(category=category, stage="wait", billed=billed, **changes)
    turn = a_turn("c", id="t", status=to, error=error, ended_at=later(5))
    return tree_of(turn, attempts=(failed(an_attempt(turn), category=category, billed=billed),))


def test_every_category_a_designer_can_meet_is_here() -> None:
    assert set(SEEN) | NEVER_A_TURNS == set(get_args(Category)) == set(REMEDIES)


@pytest.mark.parametrize(("category", "sentence"), SEEN.items())
def test_a_failure_says_what_happened_what_to_do_and_what_it_cost(category: Category, sentence: str) -> None:
    states: dict[str, TurnStatus] = {"cancelled": "cancelled", "interrupted": "interrupted"}
    shown = status(ended(category, to=states.get(category, "failed")))
    assert shown.sentence == sentence
    assert shown.category == category
    assert shown.state == states.get(category, "failed")
    assert shown.actions[-1].command == "retry"


@pytest.mark.parametrize(
    "category", ["key_missing", "key_invalid", "key_leaked", "no_billing", "credits_gone", "permission"]
)
def test_what_the_connection_panel_can_mend_opens_it(category: Category) -> None:
    assert status(ended(category)).actions[0].command == "connection"


def test_the_services_own_words_are_folded_away_as_text() -> None:
    shown = status(ended("bad_request", http_status=400, detail="<b>Unknown name</b>"))
    assert shown.detail == "HTTP 400: <b>Unknown name</b>"
    assert "<b>" not in shown.sentence
    assert status(ended("offline", detail="no route")).detail == "no route"
    assert status(ended("offline")).detail is None


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("sending", "Sending…"), ("waiting", "Painting…"), ("retrying", "Waiting to try again…")],
)
def test_a_running_turn_says_what_it_does(state: TurnStatus, sentence: str) -> None:
    page = page_view(facts(tree_of(a_turn("c", id="t", status=state))))
    assert (page.status.state, page.status.sentence, page.status.actions) == (state, sentence, ())
    assert page.running is not None
    assert (page.running.turn_id, page.running.usual_s) == ("t", 22.0)
    assert page.turns[0].cost == ""


def test_an_empty_conversation_is_idle() -> None:
    page = page_view(facts(tree_of()))
    assert (page.status.state, page.status.sentence, page.running) == ("idle", "", None)


def test_a_finished_turn_needs_no_words() -> None:
    story = Story()
    story.one("A mug")
    shown = status(story.tree)
    assert (shown.state, shown.sentence, shown.actions, shown.tone) == ("done", "", (), "plain")


def test_a_refusal_gives_its_reason_and_is_careful_about_the_bill() -> None:
    turn = a_turn("c", id="t", status="refused")
    response = ImageResponse(parts=(), finish_reason="IMAGE_SAFETY")
    attempt = replace(answered(an_attempt(turn), response), state="refused")
    shown = status(tree_of(turn, attempts=(attempt,)))
    assert response.reason
    assert shown.sentence.startswith(response.reason)
    assert shown.state == "refused"
    assert "No charge" not in shown.sentence
    assert "billed" in shown.sentence


def test_a_read_only_studio_says_so_whatever_the_turns_did() -> None:
    shown = status(ended("offline"), read_only=True)
    assert (shown.state, shown.category, shown.sentence) == ("idle", "read_only", words.READ_ONLY)


def test_stopped_before_anything_left_is_no_charge() -> None:
    error = ErrorFacts(category="cancelled", sentence="Stopped before anything was sent, so nothing was billed.")
    shown = status(tree_of(a_turn("c", status="cancelled", error=error)))
    assert shown.sentence == "Stopped before anything was sent, so nothing was billed."


# ---- before Send ------------------------------------------------------------------------------------------------


def test_an_estimate_is_likely_usually_under_and_held() -> None:
    preview = replace(NOTHING, estimate=FIGURE, budget=Budget(cap_usd=Decimal(10), spent_usd=Decimal(0)))
    shown = request_view(preview, provider=SANDBOX.provider).estimate
    assert (shown.likely_usd, shown.likely, shown.under) == ("0.1384", "≈ $0.138", "usually under $0.15")
    assert shown.tail == "$0.21 is held for the next call; about one in a hundred costs more than that."
    assert (shown.simulated, shown.fits_budget) == (True, True)


def test_an_estimate_that_is_not_known_is_said_to_be_unknown() -> None:
    shown = request_view(NOTHING, provider=GOOGLE.provider).estimate
    assert (shown.likely_usd, shown.likely, shown.simulated) == (None, "unknown", False)


def test_a_call_that_does_not_fit_the_budget_is_known_before_send() -> None:
    over = BudgetReached(needed_usd=Decimal("0.211"), left_usd=Decimal("0.149"), cap_usd=Decimal(1))
    budget = Budget(cap_usd=Decimal(1), spent_usd=Decimal("0.851"))
    shown = request_view(
        Preview(estimate=FIGURE, budget=budget, plan=None, problem=over.facts), provider=SANDBOX.provider
    )
    assert not shown.estimate.fits_budget
    assert shown.problem_category == "budget"
    assert shown.problem == (
        "This needs up to $0.22, and $0.14 of the $1.00 budget is left. "
        "Raise the budget in Cost, or choose a smaller size or fewer images."
    )


# ---- the frame --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("connection", "badge", "note", "simulated", "can_use_sandbox"),
    [
        (SANDBOX, "Sandbox", "painted locally, not Gemini", True, False),
        (GOOGLE, "Gemini", "", False, True),
        (ConnectionFacts(provider=Provider(kind="enterprise", id="enterprise")), "Vertex", "", False, False),
        (
            ConnectionFacts(
                provider=Provider(kind="gateway", id="http://g.test"), address="http://g.test", can_use_key=True
            ),
            "Gateway",
            "g.test",
            False,
            True,
        ),
    ],
)
def test_the_badge_says_who_paints(
    *, connection: ConnectionFacts, badge: str, note: str, simulated: bool, can_use_sandbox: bool
) -> None:
    engine = page_view(facts(tree_of(), connection=connection)).engine
    assert (engine.badge, engine.badge_note, engine.simulated) == (badge, note, simulated)
    assert engine.can_use_sandbox is can_use_sandbox
    assert engine.key_last_four == connection.key_last_four


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://127.0.0.1:46801", "127.0.0.1:46801"),
        ("https://me:secret@gateway.test/gemini/v1", "gateway.test"),
        ("http://[::1]:8787/", "[::1]:8787"),
        ("gateway.test", "gateway.test"),
        ("http://[::1", "http://[::1"),
        ("", ""),
    ],
)
def test_a_gateway_is_named_by_its_host(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize(
    ("connection", "tree", "tone", "health"),
    [
        (GOOGLE, tree_of(), "plain", "Not asked yet."),
        (SANDBOX, tree_of(), "ok", "Ready."),
        (SANDBOX, tree_of(a_turn("c", status="done")), "ok", "The last call was answered."),
        (SANDBOX, tree_of(a_turn("c", status="refused")), "ok", "The last call was answered."),
        (SANDBOX, tree_of(a_turn("c", status="retrying")), "warn", "A call waits to be tried again."),
        (SANDBOX, ended("no_billing"), "bad", f"The last call failed. {REMEDIES['no_billing'].happened}"),
        (SANDBOX, ended("offline"), "bad", "The last call failed. Gemini could not be reached."),
        (SANDBOX, ended("bad_request"), "ok", "Ready."),
        (GOOGLE, ended("offline"), "plain", "Not asked yet."),  # the sandbox' call, not this engine's
    ],
)
def test_the_badges_dot_says_how_the_last_call_went(
    connection: ConnectionFacts, tree: Tree, tone: str, health: str
) -> None:
    engine = page_view(facts(tree, connection=connection)).engine
    assert (engine.tone, engine.health) == (tone, health)


def test_a_later_answer_clears_the_badge_and_a_turn_on_its_way_leaves_it() -> None:
    broken = ended("key_invalid")
    sending = replace(broken, turns=(*broken.turns, a_turn("c", status="waiting")))
    assert page_view(facts(sending)).engine.tone == "bad"
    answered_since = replace(broken, turns=(*broken.turns, a_turn("c", status="done")))
    assert page_view(facts(answered_since)).engine.tone == "ok"


def test_conversations_are_listed_with_day_cover_and_which_is_open() -> None:
    rows = (
        ConversationSummary(id="c", title="Mugs", updated_at=NOW, version_count=2, cover=a_blob("cover")),
        ConversationSummary(id="d", title="Cups", updated_at=later(-400 * 86_400), version_count=0, cover=None),
    )
    first, second = page_view(facts(tree_of(), summaries=rows)).conversations
    assert (first.title, first.version_count, first.current) == ("Mugs", 2, True)
    assert first.cover == a_blob("cover").sha256
    assert first.when.startswith("today ")
    assert (second.current, second.cover) == (False, None)
    assert second.when.endswith(" 2025")


def test_whatever_people_type_is_text() -> None:
    turn = a_turn("c", id="t", status="done", prompt=replace(a_turn("c").prompt, text="<img src=x onerror=alert(1)>"))
    attempt = answered(an_attempt(turn), an_answer(text="<script>"))
    version = a_version(1, turn_id="t", attempt_id=attempt.id, part_index=1)
    page = page_view(facts(tree_of(turn, attempts=(attempt,), versions=(version,))))
    assert page.turns[0].text == "<img src=x onerror=alert(1)>"
    assert page.turns[0].answer == "<script>"
    assert page.versions[0].file_name == "retake-v1-img-src-x-onerror-alert-1.png"
