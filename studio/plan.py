"""Tree + prompt → what the next turn will send, and why: replay, or a fresh start from the picture being edited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

from studio.branch import Exchange, Tree, is_result, path_to
from studio.cost import Budget, Estimate
from studio.errors import ErrorFacts
from studio.image_models import ImageModel, model_of
from studio.prompt import Prompt
from studio.request import HistoryBudget, ImageRequest, compose
from studio.turn import Turn, TurnNote
from studio.version import Version

FreshReason = Literal["first", "original", "provider", "unsigned", "signature", "budget", "candidate"]

_FRESH_NOTES: Final[Mapping[FreshReason, TurnNote]] = MappingProxyType({
    "provider": "fresh_start_provider",
    "unsigned": "fresh_start_unsigned",
    "signature": "fresh_start_signature",
    "budget": "fresh_start_budget",
    "candidate": "fresh_start_candidate",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """`prompt` has its current image resolved; `fresh` says why no history travels, None when it does."""

    prompt: Prompt
    request: ImageRequest
    parent: Version | None
    fresh: FreshReason | None

    @property
    def notes(self) -> tuple[TurnNote, ...]:
        if self.fresh is not None:
            note = _FRESH_NOTES.get(self.fresh)
            return (note,) if note else ()
        return ("history_trimmed",) if self.request.left_out_turns else ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What the next Send will carry and cost. `estimate` is None where the cost is unknown, `budget` where there is no
    cap, `plan` where the prompt itself cannot go; `problem` says why."""

    estimate: Estimate | None
    budget: Budget | None
    plan: Plan | None
    problem: ErrorFacts | None


def plan_turn(
    *, tree: Tree, parent: Version | None, prompt: Prompt, model: ImageModel, provider: str, budget: HistoryBudget
) -> Plan:
    """The plan for a prompt that continues from `parent` and goes to `provider`.

    Raises InputError when the new prompt alone is larger than the service takes.
    """
    path = path_to(tree, parent)
    fresh = _reason_to_start_fresh(tree=tree, path=path, parent=parent, model=model, provider=provider)
    if fresh is None:
        request = compose(model=model, path=path, prompt=prompt, budget=budget)
        if request.left_out_turns < len(path):
            return Plan(prompt=prompt, request=request, parent=parent, fresh=None)
        fresh = "budget"
    return start_fresh(parent=parent, prompt=prompt, model=model, fresh=fresh)


def start_fresh(*, parent: Version | None, prompt: Prompt, model: ImageModel, fresh: FreshReason | None) -> Plan:
    """A plan without history: the picture being edited travels as user input."""
    prompt = replace(prompt, current_image=parent.image if parent else None)
    request = compose(model=model, path=(), prompt=prompt, budget=HistoryBudget(body_bytes=None))
    return Plan(prompt=prompt, request=request, parent=parent, fresh=fresh)


def request_of(*, tree: Tree, turn: Turn) -> ImageRequest:
    """The request of a turn that is already written down: what was planned, rebuilt from the record.

    Which turns are left out is on record, so a budget that was changed since does not change it.
    """
    path = () if turn.starts_fresh else path_to(tree, tree.version(turn.parent))[turn.left_out_turns :]
    model = model_of(turn.prompt.settings.model)
    request = compose(model=model, path=path, prompt=turn.prompt, budget=HistoryBudget(body_bytes=None))
    return replace(request, left_out_turns=turn.left_out_turns)


def _reason_to_start_fresh(
    *, tree: Tree, path: Sequence[Exchange], parent: Version | None, model: ImageModel, provider: str
) -> FreshReason | None:
    if parent is None:
        return "first"
    if not path:
        return "original"
    if path[-1].turn.provider != provider:
        return "provider"
    if model.signs_parts and _has_unsigned_picture(path):
        return "unsigned"
    return None if is_result(tree, parent) else "candidate"


def _has_unsigned_picture(path: Sequence[Exchange]) -> bool:
    """Whether an answer came from a model that does not sign; one that does refuses it (docs/thought-signatures)."""
    answers = [exchange.attempt.response for exchange in path]
    return any(image.signature is None for answer in answers if answer for image in answer.images)
