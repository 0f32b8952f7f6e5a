"""The tree of turns of one conversation, and the path from its root to a version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from studio.parts import Blob
from studio.prompt import Draft
from studio.turn import Attempt, Turn
from studio.version import Version

LOCAL_OWNER: Final = "local"
"""Whose everything is on a studio that only this machine reaches."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """`tip` is the number of the version the next turn continues from, None while there is no picture. A budget of None
    is no cap; money for real and simulated money have one each and are never added."""

    id: str
    owner: str
    title: str
    tip: int | None
    draft: Draft
    created_at: datetime
    updated_at: datetime
    titled_by_hand: bool = False
    budget_usd: Decimal | None = Decimal(10)
    simulated_budget_usd: Decimal | None = Decimal(10)
    deleted_at: datetime | None = None

    def cap_usd(self, *, simulated: bool) -> Decimal | None:
        """The cap that counts for real or for simulated money; None for no cap."""
        return self.simulated_budget_usd if simulated else self.budget_usd


@dataclass(frozen=True, slots=True)
class Exchange:
    """One kept question and its answer, as they are replayed."""

    turn: Turn
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Tree:
    """Everything that happened in a conversation, oldest first."""

    conversation: Conversation
    turns: tuple[Turn, ...]
    attempts: tuple[Attempt, ...]
    versions: tuple[Version, ...]

    def version(self, number: int | None) -> Version | None:
        """The version of that number; None when there is none."""
        return next((version for version in self.versions if version.number == number), None)

    def turn(self, turn_id: str | None) -> Turn | None:
        return next((turn for turn in self.turns if turn.id == turn_id), None)

    def attempts_of(self, turn_id: str) -> tuple[Attempt, ...]:
        return tuple(attempt for attempt in self.attempts if attempt.turn_id == turn_id)

    def versions_of(self, turn_id: str) -> tuple[Version, ...]:
        return tuple(version for version in self.versions if version.turn_id == turn_id)

    @property
    def tip(self) -> Version | None:
        return self.version(self.conversation.tip)

    @property
    def running_turns(self) -> tuple[Turn, ...]:
        return tuple(turn for turn in self.turns if turn.running)


def path_to(tree: Tree, version: Version | None) -> tuple[Exchange, ...]:
    """The exchanges that lead to a version, oldest first: what a replay consists of.

    It ends where a turn started fresh or where an uploaded original stands: what was before was not part of that
    conversation state.
    """
    turns = {turn.id: turn for turn in tree.turns}
    attempts = {attempt.id: attempt for attempt in tree.attempts}
    versions = {each.number: each for each in tree.versions}
    path: list[Exchange] = []
    while version is not None:
        exchange = _exchange(version, turns, attempts)
        if exchange is None:
            break
        path.append(exchange)
        parent = exchange.turn.parent
        version = None if exchange.turn.starts_fresh or parent is None else versions.get(parent)
    return tuple(reversed(path))


def _exchange(version: Version, turns: Mapping[str, Turn], attempts: Mapping[str, Attempt]) -> Exchange | None:
    if version.turn_id is None or version.attempt_id is None:
        return None
    turn, attempt = turns[version.turn_id], attempts[version.attempt_id]
    return Exchange(turn=turn, attempt=attempt) if attempt.response is not None else None


def is_result(tree: Tree, version: Version) -> bool:
    """Whether the version is its answer's result (the last unflagged image), which a replay continues from by itself.

    An original and an answer's other pictures are not: they travel as user input.
    """
    siblings = [each.part_index or 0 for each in tree.versions if each.attempt_id == version.attempt_id]
    return version.attempt_id is not None and version.part_index == max(siblings, default=0)


def used_references(tree: Tree) -> tuple[Blob, ...]:
    """Pictures given as references anywhere in the conversation, newest first, each once."""
    seen: dict[str, Blob] = {}
    for turn in reversed(tree.turns):
        for reference in turn.prompt.references:
            seen.setdefault(reference.image.sha256, reference.image)
    return tuple(seen.values())


def running_again(tree: Tree, earlier: Turn) -> Turn | None:
    """The turn that is answering that same request right now: a double click pays once."""
    asked = replace(earlier.prompt, current_image=None)
    for turn in tree.running_turns:
        if turn.parent == earlier.parent and replace(turn.prompt, current_image=None) == asked:
            return turn
    return None
