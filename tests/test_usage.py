"""Usage: the service's own counts, split the way they are billed."""

from hypothesis import given
from hypothesis import strategies as st

from studio.usage import Usage, total
from tests.factories import RECORDED_USAGE

COUNT = st.integers(min_value=0, max_value=100_000)
DETAILS = st.dictionaries(st.sampled_from(("TEXT", "IMAGE", "AUDIO")), COUNT)
USAGES = st.builds(
    Usage,
    prompt_tokens=COUNT,
    candidates_tokens=COUNT,
    thoughts_tokens=COUNT,
    total_tokens=COUNT,
    prompt_details=DETAILS,
    candidates_details=DETAILS,
    search_queries=st.integers(min_value=0, max_value=5),
)


def test_hidden_tokens_above_the_image_detail_count_as_text() -> None:
    assert RECORDED_USAGE.image_output_tokens == 1120
    assert RECORDED_USAGE.text_output_tokens == (1216 - 1120) + 179
    assert RECORDED_USAGE.output_tokens == 1216 + 179


def test_recorded_counts_add_up_to_the_reported_total() -> None:
    assert RECORDED_USAGE.adds_up
    assert not Usage(prompt_tokens=22, candidates_tokens=1216, total_tokens=1417).adds_up


def test_a_missing_total_is_not_a_contradiction() -> None:
    assert Usage(prompt_tokens=22, candidates_tokens=1216).adds_up


def test_all_output_is_text_where_no_detail_is_given() -> None:
    usage = Usage(candidates_tokens=48)
    assert (usage.image_output_tokens, usage.text_output_tokens) == (0, 48)


def test_an_image_detail_above_the_candidates_never_makes_text_negative() -> None:
    assert Usage(candidates_tokens=1000, thoughts_tokens=7, candidates_details={"IMAGE": 1120}).text_output_tokens == 7


def test_nothing_adds_up_to_nothing() -> None:
    assert total(()) == Usage()


def test_a_sum_keeps_the_modalities_apart() -> None:
    both = total((RECORDED_USAGE, Usage(prompt_tokens=1, prompt_details={"TEXT": 1, "IMAGE": 560}, search_queries=2)))
    assert both.prompt_details == {"TEXT": 23, "IMAGE": 560}
    assert both.candidates_details == {"IMAGE": 1120}
    assert (both.prompt_tokens, both.total_tokens, both.search_queries) == (23, 1417, 2)


@given(usages=st.lists(USAGES, max_size=4), more=st.lists(USAGES, max_size=4))
def test_a_sum_of_sums_is_the_sum_of_all(usages: list[Usage], more: list[Usage]) -> None:
    assert total((total(usages), total(more))) == total(usages + more) == total(iter(more + usages))


@given(usage=USAGES)
def test_the_sum_of_one_is_itself(usage: Usage) -> None:
    assert total((usage,)) == usage
