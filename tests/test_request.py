"""What is sent: signatures on their own parts, whole turns, the newest that fit, and a size that can be trusted."""

from dataclasses import replace

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from studio.branch import Exchange, path_to
from studio.image_models import (
    CATALOGUE,
    NANO_BANANA_2_LITE,
    NANO_BANANA_21,
    NANO_BANANA_25,
    NANO_BANANA_PRO,
    ImageModel,
)
from studio.parts import ImagePart, TextPart
from studio.prompt import Prompt, default_settings
from studio.request import (
    MAX_BODY_BYTES,
    MEGABYTE,
    Content,
    HistoryBudget,
    ImageRequest,
    compose,
    user_parts,
)
from tests.factories import a_prompt, a_reference, a_turn, an_answer, an_attempt, settings
from tests.stories import UNLIMITED, Story, given, picture, sized, stories

BUDGETS = st.one_of(st.none(), st.integers(min_value=1_000, max_value=400_000))


def request_to(
    story: Story, version_number: int, *, prompt: Prompt | None = None, budget: HistoryBudget = UNLIMITED
) -> ImageRequest:
    path = path_to(story.tree, story.tree.version(version_number))
    return compose(model=NANO_BANANA_PRO, path=path, prompt=prompt or a_prompt("next"), budget=budget)


def texts_of(request: ImageRequest) -> list[str]:
    """The last text of every user content: the prompts."""
    last = [content.parts[-1] for content in request.contents if content.role == "user"]
    return [part.text for part in last if isinstance(part, TextPart)]


def straight_path(length: int, *, size_bytes: int = 1_000) -> tuple[Exchange, ...]:
    """So many exchanges one after the other, without planning each."""
    exchanges = []
    for number in range(1, length + 1):
        turn = a_turn(prompt=a_prompt(f"turn {number}"))
        answer = an_answer(sized(f"p{number}", size_bytes))
        exchanges.append(Exchange(turn=turn, attempt=an_attempt(turn, state="done", response=answer)))
    return tuple(exchanges)


@for_any(story=stories(), data=st.data(), budget=BUDGETS)
def test_answers_go_back_verbatim_whole_and_newest_first(story: Story, data: st.DataObject, budget: int | None) -> None:
    version = data.draw(st.sampled_from(story.tree.versions))
    path = path_to(story.tree, version)
    request = request_to(story, version.number, budget=HistoryBudget(body_bytes=budget))
    kept = path[request.left_out_turns :]
    assert [content.role for content in request.contents] == ["user", "model"] * len(kept) + ["user"]
    answers = [content.parts for content in request.contents if content.role == "model"]
    assert answers == [each.attempt.response.parts for each in kept if each.attempt.response]
    assert texts_of(request) == [each.turn.prompt.text for each in kept] + ["next"]


@for_any(story=stories(), data=st.data(), budget=BUDGETS)
def test_a_signature_travels_on_its_own_part_and_on_no_other(
    story: Story, data: st.DataObject, budget: int | None
) -> None:
    owner = {
        part.signature: part
        for attempt in story.tree.attempts
        if attempt.response
        for part in attempt.response.parts
        if part.signature
    }
    version = data.draw(st.sampled_from(story.tree.versions))
    for content in request_to(story, version.number, budget=HistoryBudget(body_bytes=budget)).contents:
        signed = [part for part in content.parts if part.signature]
        assert content.role == "model" or not signed
        assert all(part.signature and owner[part.signature] == part for part in signed)


@for_any(story=stories(), data=st.data(), budget=BUDGETS)
def test_as_many_turns_are_kept_as_fit_and_no_more(story: Story, data: st.DataObject, budget: int | None) -> None:
    version = data.draw(st.sampled_from(story.tree.versions))
    path = path_to(story.tree, version)
    limit = HistoryBudget(body_bytes=budget)
    request = request_to(story, version.number, budget=limit)
    if request.replays:
        assert request.body_bytes <= limit.limit_bytes
    if request.left_out_turns:
        longer = path[request.left_out_turns - 1 :]
        one_more = compose(model=NANO_BANANA_PRO, path=longer, prompt=a_prompt("next"), budget=UNLIMITED)
        assert one_more.left_out_turns == 0
        assert one_more.body_bytes > limit.limit_bytes


@for_any(story=stories(), data=st.data(), smaller=BUDGETS, larger=BUDGETS)
def test_a_larger_budget_never_keeps_fewer_turns(
    story: Story, data: st.DataObject, smaller: int | None, larger: int | None
) -> None:
    version = data.draw(st.sampled_from(story.tree.versions))
    budgets = sorted((HistoryBudget(body_bytes=smaller), HistoryBudget(body_bytes=larger)), key=lambda b: b.limit_bytes)
    left_out = [request_to(story, version.number, budget=budget).left_out_turns for budget in budgets]
    assert left_out == sorted(left_out, reverse=True)


def test_only_the_branch_of_a_fork_is_replayed() -> None:
    story = Story()
    root = story.one("a mug")
    story.one("warmer", parent=root)
    cold = story.one("colder", parent=root)
    story.one("warmest", parent=story.tree.version(2))
    assert texts_of(request_to(story, cold.number)) == ["a mug", "colder", "next"]


def test_twenty_turns_of_real_pictures_stay_within_twenty_megabytes() -> None:
    path = straight_path(20, size_bytes=2_400_000)
    request = compose(model=NANO_BANANA_PRO, path=path, prompt=a_prompt("next"), budget=HistoryBudget())
    assert request.left_out_turns == 14
    assert 19 * MEGABYTE < request.body_bytes <= 20 * MEGABYTE
    assert texts_of(request) == [f"turn {number}" for number in range(15, 21)] + ["next"]


def test_a_model_with_a_small_window_keeps_fewer_turns() -> None:
    path = straight_path(60)
    prompt = a_prompt("next", references=tuple(a_reference(number) for number in range(1, 15)))
    kept = {
        model: 60 - compose(model=model, path=path, prompt=prompt, budget=UNLIMITED).left_out_turns
        for model in (NANO_BANANA_21, NANO_BANANA_2_LITE)
    }
    assert kept[NANO_BANANA_21] == 60
    assert 0 < kept[NANO_BANANA_2_LITE] < 60


@pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.short_name)
def test_a_request_with_history_stays_within_the_token_window(model: ImageModel) -> None:
    request = compose(
        model=model,
        path=straight_path(140),
        prompt=a_prompt("next", settings=default_settings(model)),
        budget=UNLIMITED,
    )
    assert request.replays
    assert request.prompt_tokens <= model.context_tokens


def test_a_prompt_of_more_than_the_budget_goes_whole_without_history() -> None:
    prompt = a_prompt("next", current_image=sized("large", 30 * MEGABYTE))
    request = compose(model=NANO_BANANA_PRO, path=straight_path(2), prompt=prompt, budget=HistoryBudget())
    assert (request.replays, request.left_out_turns) == (False, 2)
    assert request.body_bytes > 40 * MEGABYTE


def test_a_budget_never_passes_what_the_service_takes() -> None:
    assert HistoryBudget().limit_bytes == 20 * MEGABYTE
    assert UNLIMITED.limit_bytes == HistoryBudget(body_bytes=999 * MEGABYTE).limit_bytes == MAX_BODY_BYTES == 10**8


def test_a_prompt_is_the_current_image_then_the_references_by_number_then_the_text() -> None:
    prompt = a_prompt(
        "put the mug on the shelf",
        current_image=sized("current"),
        references=(given("mug.png", number=1), given("shelf.png", number=2, role="other")),
    )
    assert user_parts(prompt, set()) == (
        TextPart("The current image:"),
        ImagePart(sized("current")),
        TextPart('Image 1: "mug.png" (object):'),
        ImagePart(sized("mug.png", 5_000)),
        TextPart('Image 2: "shelf.png":'),
        ImagePart(sized("shelf.png", 5_000)),
        TextPart("put the mug on the shelf"),
    )


def test_a_pinned_picture_travels_once_and_is_named_again() -> None:
    request = request_to(_pinned_story(), 3, prompt=a_prompt("next", references=(given("logo", pinned=True),)))
    assert _places_of("logo", request) == [0]
    assert TextPart('Image 1: "logo" (object), attached earlier in this conversation.') in request.contents[-1].parts
    assert request.contents[0].parts[:2] == (
        TextPart('Image 1: "logo" (object):'),
        ImagePart(sized("logo", 5_000)),
    )


def test_a_pinned_picture_travels_again_when_its_turn_falls_out() -> None:
    prompt = a_prompt("next", references=(given("logo", pinned=True),))
    story = _pinned_story()
    whole = request_to(story, 3, prompt=prompt)
    trimmed = request_to(story, 3, prompt=prompt, budget=HistoryBudget(body_bytes=whole.body_bytes - 1))
    assert trimmed.left_out_turns == 1
    assert _places_of("logo", trimmed) == [0]
    alone = request_to(story, 3, prompt=prompt, budget=HistoryBudget(body_bytes=1))
    assert (alone.left_out_turns, _places_of("logo", alone)) == (3, [0])


@for_any(data=st.data(), length=st.integers(1, 6), limit=st.integers(1_000, 200_000))
def test_a_pin_is_always_attached_exactly_once(data: st.DataObject, length: int, limit: int) -> None:
    story = Story()
    version = None
    for number in range(length):
        pinned = data.draw(st.booleans())
        references = (given("logo", pinned=True),) if pinned else ()
        size_bytes = data.draw(st.integers(1, 20_000))
        (version,) = story.ask(
            "turn", parent=version, references=references, answers=[(picture(f"p{number}", size_bytes=size_bytes),)]
        )
    prompt = a_prompt("next", references=(given("logo", pinned=True),))
    request = request_to(story, length, prompt=prompt, budget=HistoryBudget(body_bytes=limit))
    assert len(_places_of("logo", request)) == 1


def test_a_reference_that_is_not_pinned_is_attached_wherever_it_was_given() -> None:
    story = Story()
    (first,) = story.ask("a", references=(given("mug"),))
    request = request_to(story, first.number, prompt=a_prompt("b", references=(given("mug"),)))
    assert _places_of("mug", request) == [0, 2]


def test_thought_drafts_travel_back_with_their_turn() -> None:
    story = Story()
    draft = picture("draft", thought=True, signed=False)
    story.one("a mug", parts=(TextPart("hm", thought=True), draft, picture("mug")))
    request = request_to(story, 1)
    assert draft in request.contents[1].parts
    assert request.picture_count == 2


def test_what_the_model_lacks_is_not_asked_for() -> None:
    request = compose(
        model=NANO_BANANA_25,
        path=(),
        prompt=a_prompt("a mug", settings=replace(default_settings(NANO_BANANA_25), show_thinking=True)),
        budget=UNLIMITED,
    )
    assert (request.include_thoughts, request.image_size, request.thinking_level) == (False, None, None)
    assert not request.replays


def test_settings_travel_as_they_were_chosen() -> None:
    chosen = settings(model=NANO_BANANA_21.id, aspect_ratio="21:9", image_size="4K", thinking_level="high", search=True)
    request = compose(model=NANO_BANANA_21, path=(), prompt=a_prompt("a mug", settings=chosen), budget=UNLIMITED)
    assert request.model == "gemini-nano-banana-2.1"
    assert (request.aspect_ratio, request.image_size, request.thinking_level) == ("21:9", "4K", "high")
    assert (request.include_thoughts, request.search) == (True, True)


def test_prompt_tokens_count_pictures_by_model_and_text_by_length() -> None:
    prompt = a_prompt("x" * 400, current_image=sized("current"))
    tokens = {
        model: compose(model=model, path=(), prompt=prompt, budget=UNLIMITED).prompt_tokens
        for model in (NANO_BANANA_PRO, NANO_BANANA_21, NANO_BANANA_25)
    }
    introduction = -(-len("The current image:") // 4)
    assert tokens == {
        NANO_BANANA_PRO: 100 + introduction + 560,
        NANO_BANANA_21: 100 + introduction + 1120,
        NANO_BANANA_25: 100 + introduction + 258,
    }


def test_an_unanswered_turn_replays_as_an_empty_side() -> None:
    turn = a_turn()
    request = compose(
        model=NANO_BANANA_PRO,
        path=(Exchange(turn=turn, attempt=an_attempt(turn)),),
        prompt=a_prompt("next"),
        budget=UNLIMITED,
    )
    assert request.contents[1] == Content(role="model", parts=())


def _pinned_story() -> Story:
    story = Story()
    version = None
    for number in range(3):
        (version,) = story.ask(f"turn {number}", parent=version, references=(given("logo", pinned=True),))
    return story


def _places_of(name: str, request: ImageRequest) -> list[int]:
    """The indexes of the contents that attach that picture."""
    image = sized(name, 5_000)
    return [
        place
        for place, content in enumerate(request.contents)
        for part in content.parts
        if isinstance(part, ImagePart) and part.image == image
    ]
