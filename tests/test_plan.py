"""What the next turn sends and why: a replay, or a fresh start from the picture being edited."""

from dataclasses import replace

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from studio.branch import is_result, path_to
from studio.errors import InputError
from studio.image_models import NANO_BANANA_25, NANO_BANANA_PRO, ImageModel
from studio.parts import ImagePart, Part, TextPart
from studio.plan import Plan, plan_turn, request_of, start_fresh
from studio.prompt import default_settings
from studio.request import HistoryBudget
from studio.version import Version
from tests.factories import a_prompt, a_turn, settings
from tests.stories import UNLIMITED, Story, given, picture, sized, stories

BUDGETS = st.one_of(st.none(), st.integers(min_value=1_000, max_value=400_000)).map(HistoryBudget)


def plan_after(
    story: Story, parent: Version | None, *, model: ImageModel = NANO_BANANA_PRO, budget: HistoryBudget = UNLIMITED
) -> Plan:
    return plan_turn(
        tree=story.tree,
        parent=parent,
        prompt=a_prompt("next", settings=default_settings(model)),
        model=model,
        provider=story.provider,
        budget=budget,
    )


def edited(version: Version) -> tuple[Part, ...]:
    """The user's side of a fresh start from a version."""
    return (TextPart("The current image:"), ImagePart(version.image), TextPart("next"))


def test_the_first_turn_has_nothing_to_replay() -> None:
    plan = plan_after(Story(), None)
    assert (plan.fresh, plan.parent, plan.notes) == ("first", None, ())
    assert [content.parts for content in plan.request.contents] == [(TextPart("next"),)]


def test_a_refinement_replays_its_branch_and_adds_no_picture() -> None:
    story = Story()
    version = story.one()
    plan = plan_after(story, version)
    assert (plan.fresh, plan.parent, plan.notes) == (None, version, ())
    assert plan.request.replays
    assert plan.prompt.current_image is None


def test_an_uploaded_original_travels_as_the_current_image() -> None:
    story = Story()
    original = story.upload()
    plan = plan_after(story, original)
    assert (plan.fresh, plan.notes) == ("original", ())
    assert [content.parts for content in plan.request.contents] == [edited(original)]
    assert plan.prompt.current_image == original.image


def test_another_provider_is_not_given_the_history_and_the_page_says_so() -> None:
    story = Story(provider="sandbox")
    version = story.one()
    story.provider = "developer"
    plan = plan_after(story, version)
    assert (plan.fresh, plan.notes) == ("provider", ("fresh_start_provider",))
    assert [content.parts for content in plan.request.contents] == [edited(version)]


def test_a_history_of_an_earlier_provider_is_not_replayed_again_on_the_way_back() -> None:
    story = Story(provider="sandbox")
    simulated = story.one()
    story.provider = "developer"
    real = story.one(parent=simulated)
    assert plan_after(story, real).fresh is None
    story.provider = "sandbox"
    assert plan_after(story, real).fresh == "provider"
    assert plan_after(story, simulated).fresh is None


def test_a_picture_that_is_not_the_result_of_its_answer_travels_as_the_current_image() -> None:
    story = Story()
    other, result = story.ask("a mug", answers=[(picture("other"), picture("result"))])
    plan = plan_after(story, other)
    assert (plan.fresh, plan.notes) == ("candidate", ("fresh_start_candidate",))
    assert [content.parts for content in plan.request.contents] == [edited(other)]
    assert plan_after(story, result).fresh is None


def test_unsigned_pictures_are_not_replayed_to_a_model_that_asks_for_signatures() -> None:
    story = Story(model=NANO_BANANA_25)
    version = story.one()
    plan = plan_after(story, version, model=NANO_BANANA_PRO)
    assert (plan.fresh, plan.notes) == ("unsigned", ("fresh_start_unsigned",))
    assert [content.parts for content in plan.request.contents] == [edited(version)]
    assert plan_after(story, version, model=NANO_BANANA_25).fresh is None


def test_an_unsigned_draft_does_not_stop_a_replay() -> None:
    story = Story()
    version = story.one(parts=(picture("draft", signed=False, thought=True), picture("mug")))
    assert plan_after(story, version).fresh is None


def test_a_history_of_which_nothing_fits_is_a_fresh_start_and_the_page_says_so() -> None:
    story = Story()
    version = story.one(parts=(picture("mug", size_bytes=50_000),))
    plan = plan_after(story, version, budget=HistoryBudget(body_bytes=60_000))
    assert (plan.fresh, plan.notes) == ("budget", ("fresh_start_budget",))
    assert [content.parts for content in plan.request.contents] == [edited(version)]
    assert plan.request.left_out_turns == 0


def test_a_history_of_which_a_part_fits_is_trimmed_and_the_page_says_so() -> None:
    story = Story()
    version = story.one(parent=story.one())
    whole = plan_after(story, version)
    plan = plan_after(story, version, budget=HistoryBudget(body_bytes=whole.request.body_bytes - 1))
    assert (plan.fresh, plan.notes, plan.request.left_out_turns) == (None, ("history_trimmed",), 1)
    assert whole.notes == ()


def test_a_prompt_larger_than_the_service_takes_is_refused_before_it_is_sent() -> None:
    reference = replace(given("huge"), image=sized("huge", 80_000_000))
    with pytest.raises(InputError, match=r"This request would be 106\.7 MB; Gemini takes 100 MB at most\."):
        plan_turn(
            tree=Story().tree,
            parent=None,
            prompt=a_prompt("next", references=(reference,)),
            model=NANO_BANANA_PRO,
            provider="sandbox",
            budget=HistoryBudget(),
        )


def test_a_new_picture_over_the_history_budget_is_sent_all_the_same() -> None:
    story = Story()
    version = story.one()
    reference = replace(given("large"), image=sized("large", 30_000_000))
    plan = plan_turn(
        tree=story.tree,
        parent=version,
        prompt=a_prompt("next", references=(reference,)),
        model=NANO_BANANA_PRO,
        provider="sandbox",
        budget=HistoryBudget(),
    )
    assert plan.fresh == "budget"
    assert plan.request.picture_count == 2


def test_starting_fresh_without_a_picture_sends_only_the_prompt() -> None:
    plan = start_fresh(
        parent=None, prompt=a_prompt("next", current_image=sized("stale")), model=NANO_BANANA_PRO, fresh="first"
    )
    assert [content.parts for content in plan.request.contents] == [(TextPart("next"),)]


@for_any(story=stories(), data=st.data(), budget=BUDGETS)
def test_a_plan_either_replays_or_shows_the_picture_and_never_both(
    story: Story, data: st.DataObject, budget: HistoryBudget
) -> None:
    parent = data.draw(st.sampled_from((*story.tree.versions, None)))
    plan = plan_after(story, parent, budget=budget)
    path = path_to(story.tree, parent)
    assert plan.request.replays is (plan.fresh is None)
    assert (plan.prompt.current_image is not None) is (plan.fresh is not None and parent is not None)
    if plan.fresh is None:
        assert parent is not None
        assert is_result(story.tree, parent)
        answer = path[-1].attempt.response
        assert answer is not None
        assert plan.request.contents[-2].parts == answer.parts


@for_any(story=stories(), data=st.data(), budget=BUDGETS)
def test_a_written_turn_rebuilds_the_request_that_was_planned(
    story: Story, data: st.DataObject, budget: HistoryBudget
) -> None:
    parent = data.draw(st.sampled_from((*story.tree.versions, None)))
    plan = plan_after(story, parent, budget=budget)
    turn = a_turn(
        parent=parent.number if parent else None,
        prompt=plan.prompt,
        provider=story.provider,
        starts_fresh=plan.fresh is not None,
        left_out_turns=plan.request.left_out_turns,
    )
    assert request_of(tree=story.tree, turn=turn) == plan.request


def test_a_written_turn_of_a_model_outside_the_catalogue_is_sent_to_that_model() -> None:
    turn = a_turn(prompt=a_prompt("a mug", settings=settings(model="imagen-4.0-generate-001")), starts_fresh=True)
    assert request_of(tree=Story().tree, turn=turn).model == "imagen-4.0-generate-001"
