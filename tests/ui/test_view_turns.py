"""The transcript, the strip and the turn in flight."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from studio.branch import Tree
from studio.errors import ErrorFacts
from studio.parts import ImagePart, TextPart
from studio.ports import Progress, RetryWait, VariantProgress
from studio.response import ImageResponse
from studio.turn import Attempt, TurnStatus
from studio.ui.view_turns import (
    file_name,
    running_view,
    turn_cost,
    turn_views,
    used_reference_views,
    version_views,
)
from tests.factories import NOW, a_blob, a_turn, a_version, an_attempt, answered, failed, later, settings
from tests.stories import Story, given, picture


def forks(story: Story) -> list[int | None]:
    return [view.forked_from for view in turn_views(story.tree)]


def test_a_straight_line_has_no_forks() -> None:
    story = Story()
    one = story.one("A mug")
    two = story.one("warmer", parent=one)
    story.one("on oak", parent=two)
    assert forks(story) == [None, None, None]


def test_that_older_turns_are_left_out_is_said_where_it_begins() -> None:
    story = Story()
    one = story.one("A mug")
    story.one("warmer", parent=story.one("colder", parent=one))
    trimmed = [replace(turn, notes=("history_trimmed", "size_differs")) for turn in story.tree.turns[1:]]
    views = turn_views(replace(story.tree, turns=(story.tree.turns[0], *trimmed)))
    older = "Older turns were left out to keep the request small."
    differs = "The picture's size is not the one that was asked for."
    assert [view.notes for view in views] == [(), (older, differs), (differs,)]
    assert [view.folded_notes for view in views] == [(), (), (older,)]


def test_going_back_is_a_fork_and_says_from_where() -> None:
    story = Story()
    one = story.one("A mug")
    story.one("warmer", parent=one)
    three = story.one("colder", parent=one)
    story.one("darker", parent=three)
    assert forks(story) == [None, None, 1, None]


def test_going_on_from_any_picture_of_the_last_turn_is_no_fork() -> None:
    story = Story()
    first, _ = story.ask("Two mugs", answers=((picture("a"),), (picture("b"),)))
    story.one("warmer", parent=first)
    assert forks(story) == [None, None]


def test_the_first_turn_on_an_original_is_no_fork() -> None:
    story = Story()
    original = story.upload()
    story.one("brighter", parent=original)
    story.one("darker", parent=original)
    assert forks(story) == [None, 0]


def test_a_turn_without_pictures_does_not_make_the_next_one_a_fork() -> None:
    story = Story()
    one = story.one("A mug")
    story.ask("refused", parent=one, answers=((TextPart(text="no"),),))
    story.one("warmer", parent=one)
    assert forks(story) == [None, None, None]


def test_a_card_has_what_was_asked_what_came_and_what_it_cost() -> None:
    turn = a_turn("c", id="t", status="done", notes=("size_differs", "settings_text_cleaned"))
    turn = replace(turn, prompt=replace(turn.prompt, settings=settings(variants=2, aspect_ratio="16:9", search=True)))
    parts = (
        TextPart(text="thinking", thought=True),
        ImagePart(image=a_blob("draft"), thought=True),
        TextPart(text="Here."),
        ImagePart(image=a_blob("result")),
    )
    attempt = answered(an_attempt(turn))
    assert attempt.response is not None
    attempt = replace(attempt, response=replace(attempt.response, parts=parts), cost_usd=Decimal("0.1384"))
    [view] = turn_views(tree([turn], [attempt]))
    assert view.settings == "2K · 16:9 · 2 images · Search"
    assert (view.cost_usd, view.cost) == ("0.1384", "$0.138")
    assert (view.answer, view.thoughts, view.drafts) == ("Here.", "thinking", (a_blob("draft").sha256,))
    assert view.notes == (
        "The picture's size is not the one that was asked for.",
        "Invisible control characters were taken out of the prompt.",
    )
    assert [(action.command, action.label, action.argument) for action in view.actions] == [
        ("retry", "Make another", "t")
    ]


def missing(count: int, *ends: Attempt) -> str:
    """The note of a finished turn that asked for `count` images and whose calls ended so."""
    turn = a_turn("c", id="t", status="done", notes=("some_images_failed",))
    turn = replace(turn, prompt=replace(turn.prompt, settings=settings(variants=count)))
    made = [attempt for attempt in ends if attempt.state == "done"]
    versions = tuple(
        a_version(number, turn_id="t", attempt_id=attempt.id) for number, attempt in enumerate(made, start=1)
    )
    [view] = turn_views(replace(tree([turn], list(ends)), versions=versions))
    [note] = view.notes
    assert len(view.folded_notes) == int(note[0])
    assert all(line.startswith("Image ") for line in view.folded_notes)
    return note


def call(variant: int, number: int = 1) -> Attempt:
    return an_attempt("t", variant=variant, number=number)


def refused(variant: int, *, usd: str, message: str = "") -> Attempt:
    response = ImageResponse(parts=(), finish_reason="IMAGE_SAFETY", finish_message=message)
    return replace(answered(call(variant), response, cost_usd=Decimal(usd)), state="refused", cost_confirmed=False)


def test_a_missing_image_says_why_and_what_the_ledger_says_of_its_bill() -> None:
    assert missing(3, answered(call(1)), failed(call(2), category="no_billing"), answered(call(3))) == (
        "1 of 3 images did not arrive: This key's project has no billing, and image models have no free tier. "
        "Turn on billing for the project in AI Studio, then send again. No charge."
    )
    assert missing(2, answered(call(1)), failed(call(2), category="server_error", billed="unknown")) == (
        "1 of 2 images did not arrive: Gemini had an internal error. Send again; if it stays, try another model. "
        "It may have been billed."
    )
    assert missing(2, answered(call(1)), refused(2, usd="0.0042")) == (
        "1 of 2 images did not arrive: Gemini declined to show this picture (image safety). It still cost up to $0.004."
    )
    lost = failed(call(3), category="server_error", billed="unknown")
    assert missing(3, answered(call(1)), refused(2, usd="0.0042"), lost).endswith(
        "another model. It still cost up to $0.004. It may have been billed."
    )


def test_the_bill_of_a_missing_image_is_said_once() -> None:
    message = "Unable to show the generated image. You will not be charged for blocked images."
    free = missing(2, answered(call(1)), refused(2, usd="0", message=message))
    assert free == f"1 of 2 images did not arrive: {message}"
    lost = missing(2, answered(call(1)), failed(call(2), category="outcome_unknown", billed="unknown"))
    assert lost.endswith("The call may have been billed. Run it again if you want a new answer.")


def test_each_reason_is_given_once_and_only_the_last_try_of_an_image_counts() -> None:
    overloaded = failed(call(2), category="overloaded")
    note = missing(
        4, answered(call(1)), overloaded, failed(call(2, 2), category="offline"),
        failed(call(3), category="offline"), failed(call(4), category="rate_day"),
    )  # fmt: skip
    assert note == (
        "3 of 4 images did not arrive: Gemini could not be reached. Check the internet connection, then send again. "
        "The project's quota for today is used up. "
        "It resets at midnight Pacific time; another model has its own quota. No charge."
    )


def test_an_image_that_was_never_asked_for_was_stopped() -> None:
    assert missing(2, answered(call(1))) == "1 of 2 images did not arrive: Stopped. No charge."


def tree(turns: list[object], attempts: list[object]) -> Tree:
    return replace(Story().tree, turns=tuple(turns), attempts=tuple(attempts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("billed", "status", "cost", "bill"),
    [
        ("no", "failed", "no charge", "No charge."),
        ("unknown", "failed", "unknown", "It may have been billed."),
        ("unknown", "interrupted", "unknown", "It may have been billed."),
    ],
)
def test_an_unknown_cost_is_never_shown_as_nothing(billed: str, status: TurnStatus, cost: str, bill: str) -> None:
    error = ErrorFacts(category="server_error", billed=billed)  # type: ignore[arg-type]
    turn = a_turn("c", status=status, error=error)
    attempt = failed(an_attempt(turn), billed=billed, cost_usd=Decimal(0) if billed == "no" else None)  # type: ignore[arg-type]
    [view] = turn_views(tree([turn], [attempt]))
    assert (view.cost, view.billed) == (cost, bill)
    assert view.cost_usd == ("0" if billed == "no" else None)


def test_what_a_refusal_may_cost_is_an_upper_bound_on_its_card() -> None:
    turn = a_turn("c", id="t", status="refused")
    [view] = turn_views(tree([turn], [refused(1, usd="0.0029", message="You will not be charged for blocked images.")]))
    assert (view.cost_usd, view.cost) == ("0.0029", "up to $0.003")
    [free] = turn_views(tree([turn], [refused(1, usd="0")]))
    assert free.cost == "no charge"


def test_one_unknown_call_makes_the_turns_cost_unknown() -> None:
    turn = a_turn("c")
    known, unknown = answered(an_attempt(turn)), failed(an_attempt(turn), billed="unknown")
    assert turn_cost([known]) == Decimal("0.14")
    assert turn_cost([known, unknown]) is None
    assert turn_cost([known, an_attempt(turn)]) == Decimal("0.14")
    assert turn_cost([]) == 0


def test_versions_know_their_siblings_and_original() -> None:
    story = Story()
    original = story.upload()
    story.ask("Two mugs", parent=original, answers=((picture("a"),), (picture("b"),)))
    zero, one, two = version_views(story.tree)
    assert (zero.label, zero.siblings, zero.cost, zero.cost_usd, zero.model) == ("Original", (0,), "", "0", "")
    assert (one.label, one.siblings, one.parent) == ("v1", (1, 2), 0)
    assert (two.turn_id, two.siblings, two.request) == (one.turn_id, (1, 2), "Two mugs")
    assert (one.cost_usd, one.cost) == (None, "unknown")  # this story's calls have no usage


@pytest.mark.parametrize(
    ("mime_type", "turn_id", "asked", "name"),
    [
        ("image/jpeg", "t", "Warmer, like late afternoon!", "retake-v4-warmer-like-late-afternoon.jpg"),
        ("image/png", "t", "", "retake-v4.png"),
        ("image/webp", "t", "../../etc/passwd", "retake-v4-etc-passwd.webp"),
        ("image/png", None, "my.shot.png", "retake-v4-my-shot.png"),
        ("image/png", "t", "a b c d e f g h", "retake-v4-a-b-c-d-e-f.png"),
        ("image/png", "t", "夕日 の 山", "retake-v4-夕日-の-山.png"),
        ("image/png", "t", f"{'x' * 59} tail", f"retake-v4-{'x' * 59}.png"),
        ("application/pdf", "t", "x", "retake-v4-x.bin"),
    ],
)
def test_downloads_have_useful_names(mime_type: str, turn_id: str | None, asked: str, name: str) -> None:
    version = a_version(4, image=a_blob(mime_type=mime_type), turn_id=turn_id)
    assert file_name(version, asked) == name


def test_used_references_are_newest_first_each_once_and_not_those_in_the_tray() -> None:
    story = Story()
    one = story.one("A mug")
    story.ask("with a", parent=one, references=(given("a"), given("b", number=2)))
    story.ask("with a again", parent=one, references=(given("a"),))
    assert [view.name for view in used_reference_views(story.tree)] == ["a", "b"]
    draft = replace(story.tree.conversation.draft, references=(given("a"),))
    in_tray = replace(story.tree, conversation=replace(story.tree.conversation, draft=draft))
    assert [view.name for view in used_reference_views(in_tray)] == ["b"]


def test_a_running_turn_shows_its_variants_waits_and_drafts() -> None:
    turn = a_turn(
        "c", id="t", status="retrying", prompt=replace(a_turn("c").prompt, settings=settings(aspect_ratio="4:3"))
    )
    until = datetime(2026, 11, 22, 12, 0, 34, tzinfo=UTC)
    error = ErrorFacts(category="rate_minute", http_status=429, detail="quota")
    variants = (
        VariantProgress(variant=1, thoughts="hm", drafts=(a_blob("draft"),)),
        VariantProgress(variant=2, retry=RetryWait(until=until, next_number=2, error=error)),
        VariantProgress(variant=3, queued_until=later(5)),
        VariantProgress(variant=4, ended=True),
    )
    shown = running_view(tree([turn], []), Progress(turn_id="t", started_at=NOW, variants=variants), usual_s=20)
    assert shown is not None
    assert shown.aspect_ratio == "4:3"
    one, two, three, four = shown.variants
    assert (one.thoughts, one.drafts) == ("hm", (a_blob("draft").sha256,))
    assert two.retry is not None
    assert two.retry.until_ms == int(until.timestamp() * 1000)
    assert two.retry.sentence.startswith("Gemini asked to slow down")
    assert two.retry.detail == "quota"
    assert three.queued_until_ms == int(later(5).timestamp() * 1000)
    assert four.ended
