"""Tree + prompt → what the next turn will send, and why: replay, or a fresh start from the picture being edited."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from studio.branch import Exchange, Tree, is_result, path_to
from studio.image_models import ImageModel, model_or_default
from studio.prompt import Prompt
from studio.request import HistoryBudget, ImageRequest, compose
from studio.turn import Turn, TurnNote
from studio.version import Version

FreshReason = Literal["first", "original", "provider", "signature", "budget", "candidate"]


@dataclass(frozen=True, slots=True)
class Plan:
    """`prompt` has its current image resolved; `fresh` says why no history travels, None when it does."""

    prompt: Prompt
    request: ImageRequest
    parent: Version | None
    fresh: FreshReason | None

    @property
    def notes(self) -> tuple[TurnNote, ...]:
        notes: list[TurnNote] = []
        if self.fresh == "provider":
            notes.append("fresh_start_provider")
        if self.fresh == "signature":
            notes.append("fresh_start_signature")
        if self.fresh == "budget":
            notes.append("fresh_start_budget")
        if self.fresh is None and self.request.left_out_turns:
            notes.append("history_trimmed")
        return tuple(notes)


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
    model = model_or_default(turn.prompt.settings.model)
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
        return "signature"
    return None if is_result(tree, parent) else "candidate"


def _has_unsigned_picture(path: Sequence[Exchange]) -> bool:
    """Whether an answer came from a model that does not sign; one that does refuses it (docs/thought-signatures)."""
    answers = [exchange.attempt.response for exchange in path]
    return any(image.signature is None for answer in answers if answer for image in answer.images)
