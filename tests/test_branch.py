"""The tree of turns: paths, forks, and what a version stands for."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given as for_any
from hypothesis import strategies as st

from studio.branch import Tree, is_result, path_to, used_references
from studio.version import Version
from tests.stories import Story, given, picture, sized, stories


def texts_to(story: Story, version: Version | None) -> list[str]:
    return [exchange.turn.prompt.text for exchange in path_to(story.tree, version)]


def test_a_path_is_the_turns_from_the_root_to_the_version() -> None:
    story = Story()
    first = story.one("a mug")
    second = story.one("warmer", parent=first)
    assert texts_to(story, second) == ["a mug", "warmer"]
    assert texts_to(story, first) == ["a mug"]


def test_no_version_has_no_path() -> None:
    story = Story()
    story.one()
    assert path_to(story.tree, None) == ()


def test_a_fork_follows_only_its_own_branch() -> None:
    story = Story()
    root = story.one("a mug")
    warm = story.one("warmer", parent=root)
    cold = story.one("colder", parent=root)
    story.one("warmest", parent=warm)
    assert texts_to(story, story.one("coldest", parent=cold)) == ["a mug", "colder", "coldest"]


def test_a_variant_is_replayed_as_itself_and_not_as_its_sibling() -> None:
    story = Story()
    _left, right = story.ask("a mug", answers=[(picture("left"),), (picture("right"),)])
    (exchange,) = path_to(story.tree, right)
    assert exchange.attempt.response is not None
    assert exchange.attempt.response.parts == (picture("right"),)


def test_a_path_ends_at_an_uploaded_original() -> None:
    story = Story()
    original = story.upload()
    assert path_to(story.tree, original) == ()
    assert texts_to(story, story.one("brighter", parent=original)) == ["brighter"]


def test_a_path_ends_where_a_turn_started_fresh() -> None:
    story = Story(provider="sandbox")
    simulated = story.one("a mug")
    story.provider = "developer"
    real = story.one("warmer", parent=simulated)
    assert texts_to(story, story.one("redder", parent=real)) == ["warmer", "redder"]


def test_an_answer_that_is_not_recorded_cannot_be_replayed() -> None:
    story = Story()
    version = story.one()
    tree = story.tree
    without = replace(tree, attempts=tuple(replace(each, response=None) for each in tree.attempts))
    assert path_to(without, version) == ()


def test_the_last_picture_of_an_answer_is_its_result_and_an_original_is_none() -> None:
    story = Story()
    original = story.upload()
    first, last = story.ask("a mug", parent=original, answers=[(picture("first"), picture("last"))])
    assert [is_result(story.tree, version) for version in (original, first, last)] == [False, False, True]


def test_each_variant_is_the_result_of_its_own_answer() -> None:
    story = Story()
    variants = story.ask("a mug", answers=[(picture("left"),), (picture("draft", thought=True), picture("right"))])
    assert [is_result(story.tree, version) for version in variants] == [True, True]


def test_a_tree_finds_its_own_and_only_its_own() -> None:
    story = Story()
    version, sibling = story.ask("a mug", answers=[(picture("left"),), (picture("right"),)])
    tree = story.tree
    assert tree.version(1) == version
    assert tree.version(9) is None
    assert tree.version(None) is None
    assert tree.turn("t1") is tree.turns[0]
    assert tree.turn("t9") is None
    assert tree.attempts_of("t1") == tree.attempts
    assert tree.attempts_of("t9") == ()
    assert tree.versions_of("t1") == (version, sibling)
    assert tree.tip == sibling


def test_a_conversation_without_pictures_has_no_tip() -> None:
    assert Story().tree.tip is None


def test_running_turns_are_those_without_an_end() -> None:
    story = Story()
    story.one("done", parent=story.one("running"))
    tree = story.tree
    running = replace(tree.turns[0], status="waiting")
    assert replace(tree, turns=(running, tree.turns[1])).running_turns == (running,)
    assert tree.running_turns == ()


def test_used_references_are_listed_once_and_newest_first() -> None:
    story = Story()
    first = story.one("bare", parent=story.ask("a", references=(given("mug"), given("glass", number=2)))[0])
    story.ask("b", parent=first, references=(given("lamp"), given("mug", number=2)))
    assert used_references(story.tree) == (sized("lamp", 5_000), sized("mug", 5_000), sized("glass", 5_000))


@for_any(story=stories(), data=st.data())
def test_every_path_is_a_chain_of_parents_within_one_provider(story: Story, data: st.DataObject) -> None:
    tree = story.tree
    version = data.draw(st.sampled_from(tree.versions))
    path = path_to(tree, version)
    for older, newer in pairwise(path):
        parent = tree.version(newer.turn.parent)
        assert parent is not None
        assert parent.attempt_id == older.attempt.id
        assert older.turn.provider == newer.turn.provider
    assert bool(path) == (version.turn_id is not None)
    if path:
        assert (path[-1].turn.id, path[-1].attempt.id) == (version.turn_id, version.attempt_id)
        assert path[0].turn.starts_fresh


@for_any(story=stories())
def test_every_answer_has_exactly_one_result(story: Story) -> None:
    tree = story.tree
    assert [sum(is_result(tree, version) for version in _of(tree, each.id)) for each in tree.attempts] == [1] * len(
        tree.attempts
    )


def _of(tree: Tree, attempt_id: str) -> list[Version]:
    return [version for version in tree.versions if version.attempt_id == attempt_id]
