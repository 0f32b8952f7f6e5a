"""Signatures as a property: any conversation goes on as it came; whatever was done to it is answered by the rules."""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.sandbox import signatures
from tests.sandbox.harms import HARMS, Case, Harm
from tests.sandbox.histories import (
    ANSWERED,
    GIVEN,
    NOT_VALID,
    Sitter,
    Turn,
    is_image,
    missing,
    part_at,
    places,
    signed_places,
    tiny_painting,
)
from tests.sandbox.sdk_ways import IN_PROCESS_URL, bridge_to
from tests.sandbox_fixture import MODEL_21, MODEL_PRO, sandbox_app

MODEL_25 = "gemini-2.5-flash-image"
SIGNING = (MODEL_21, MODEL_PRO, "gemini-3.1-flash-image", "gemini-3.1-flash-lite-image")
RARE = [HealthCheck.filter_too_much, HealthCheck.too_slow]
"""Some harms need what not every conversation has."""

turns = st.lists(
    st.builds(Turn, given=st.sampled_from(GIVEN), answered=st.sampled_from(ANSWERED), thinks=st.booleans()),
    min_size=1,
    max_size=4,
).map(tuple)
models = st.sampled_from(SIGNING)
lucks = st.integers(0, 1_000_000)
"""The seed of everything else that is chosen: what is there to choose from depends on what the sandbox answered."""
every_harm = pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)


@contextmanager
def sitting(folder: Path) -> Iterator[Sitter]:
    """A sandbox that keeps its key in this folder, to have conversations with."""
    app = sandbox_app(folder, paint=tiny_painting)
    with bridge_to(app) as bridge, httpx2.Client(transport=bridge, base_url=IN_PROCESS_URL) as http:
        yield Sitter(http)


@pytest.fixture(scope="module")
def sitters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sitter, Sitter]]:
    """Two sandboxes that do not have each other's key."""
    with ExitStack() as stack:
        ours, theirs = (stack.enter_context(sitting(tmp_path_factory.mktemp(name))) for name in ("ours", "theirs"))
        yield ours, theirs


def case_of(sitters: tuple[Sitter, Sitter], had: tuple[Turn, ...], dice: random.Random) -> Case:
    ours, theirs = sitters
    model = dice.choice(SIGNING)
    return Case(
        history=ours.conversation(model, had),
        stranger=theirs.conversation(model, had),
        old=ours.conversation(MODEL_25, had),
        dice=dice,
    )


def check_harm(sitters: tuple[Sitter, Sitter], harm: Harm, had: tuple[Turn, ...], luck: int) -> None:
    """What is refused, and with which words, is what the rules say and what the harm by itself makes certain."""
    ours, _ = sitters
    dice = random.Random(luck)
    harmed = harm(case_of(sitters, had, dice))
    told = ours.refusal(harmed.history, dice.choice(SIGNING), spelling=luck)

    if harmed.says is not None:
        assert told == harmed.says
    else:
        assert told == ours.rules.refusal(harmed.history)
    if harmed.outcome != "as the rules say":
        assert (told is None) == (harmed.outcome == "accepted")


@every_harm
@settings(max_examples=12, suppress_health_check=RARE)
@given(had=turns, luck=lucks)
def test_whatever_is_done_to_a_conversation_is_answered_by_the_rules(
    sitters: tuple[Sitter, Sitter], harm: Harm, had: tuple[Turn, ...], luck: int
) -> None:
    check_harm(sitters, harm, had, luck)


@pytest.mark.endurance
@every_harm
@settings(max_examples=300, suppress_health_check=RARE)
@given(had=turns, luck=lucks)
def test_whatever_is_done_is_answered_by_the_rules_many_times(
    sitters: tuple[Sitter, Sitter], harm: Harm, had: tuple[Turn, ...], luck: int
) -> None:
    check_harm(sitters, harm, had, luck)


@settings(max_examples=40)
@given(had=turns, model=models, again=models, spelling=lucks)
def test_any_conversation_goes_on_as_it_came(
    sitters: tuple[Sitter, Sitter], had: tuple[Turn, ...], model: str, again: str, spelling: int
) -> None:
    """On any model of the family, however a client spells keys and base64."""
    ours, _ = sitters
    history = ours.conversation(model, had)
    pictures = [
        place for place in places(history) if history[place[0]]["role"] == "model" and is_image(part_at(history, place))
    ]
    assert set(pictures) <= set(signed_places(history))
    assert ours.refusal(history, again, spelling=spelling) is None


@settings(max_examples=40, suppress_health_check=RARE)
@given(had=turns, luck=lucks, harm=st.sampled_from(HARMS))
def test_25_looks_at_no_signature(sitters: tuple[Sitter, Sitter], had: tuple[Turn, ...], luck: int, harm: Harm) -> None:
    ours, _ = sitters
    harmed = harm(case_of(sitters, had, random.Random(luck)))
    told = ours.refusal(harmed.history, MODEL_25)
    # What is no request at all is refused all the same.
    assert told is None or (told == harmed.says and not told.startswith(("Image part", "Text part", NOT_VALID)))


@settings(max_examples=20)
@given(had=turns, model=models)
def test_a_conversation_with_25_cannot_go_on_with_a_model_that_signs(
    sitters: tuple[Sitter, Sitter], had: tuple[Turn, ...], model: str
) -> None:
    ours, _ = sitters
    history = ours.conversation(MODEL_25, had)
    assert signed_places(history) == []
    told = ours.refusal(history, model)
    assert told == ours.rules.refusal(history)
    if "text-refusal" not in {turn.answered for turn in had}:
        assert told in {missing("Image", (1, 0)), missing("Text", (1, 0))}
    assert ours.refusal(history, MODEL_25) is None


def test_what_another_platform_signed_is_refused_even_under_one_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own words are not captured."""
    with sitting(tmp_path) as platform:
        monkeypatch.setattr(signatures, "_FAMILY", b"another-platform/gemini-3-image")
        history = platform.conversation(MODEL_PRO, (Turn(),))
        assert platform.refusal(history, MODEL_PRO) is None
        monkeypatch.undo()
        assert platform.refusal(history, MODEL_PRO) == NOT_VALID
