"""Domain values → what the page shows. Pure: no Gradio, no store, no clock of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from studio.branch import Conversation, Tree
from studio.cost import Estimate
from studio.errors import ErrorFacts, sentence_of
from studio.plan import Preview
from studio.ports import ConnectionFacts, ConversationSummary, Progress, Provider
from studio.prompt import Draft
from studio.turn import Turn
from studio.ui import words
from studio.ui.money import exact, megabytes, usd, usd_bound, usd_fine
from studio.ui.shapes import (
    ActionView,
    ConversationRow,
    DraftView,
    EstimateView,
    PageView,
    RequestView,
    StatusView,
    Tone,
)  # fmt: skip
from studio.ui.view_cost import cost_view
from studio.ui.view_engine import engine_view
from studio.ui.view_turns import (
    billed_sentence,
    problem_of,
    reference_view,
    running_view,
    turn_views,
    used_reference_views,
    version_views,
)  # fmt: skip
from studio.ui.when import short_when


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Everything a page view is made from. `rev` grows with every view made."""

    rev: int
    tree: Tree
    summaries: Sequence[ConversationSummary]
    connection: ConnectionFacts
    preview: Preview
    progress: Progress | None
    cap_usd: Decimal | None
    usual_s: float
    now: datetime
    read_only: bool = False


def page_view(facts: PageFacts) -> PageView:
    """The whole page of one conversation."""
    tree, conversation = facts.tree, facts.tree.conversation
    return PageView(
        rev=facts.rev,
        conversation_id=conversation.id,
        title=conversation.title,
        tip=conversation.tip,
        conversations=tuple(_row(summary, conversation, facts.now) for summary in facts.summaries),
        engine=engine_view(facts.connection, tree),
        status=_status(tree, read_only=facts.read_only),
        draft=draft_view(conversation.draft),
        request=request_view(facts.preview, provider=facts.connection.provider),
        turns=turn_views(tree),
        versions=version_views(tree),
        running=running_view(tree, facts.progress, usual_s=facts.usual_s),
        used_references=used_reference_views(tree),
        cost=cost_view(tree, provider=facts.connection.provider, cap_usd=facts.cap_usd),
        read_only=facts.read_only,
    )


def request_view(preview: Preview, *, provider: Provider) -> RequestView:
    """The estimate and what else must be known before Send."""
    plan = preview.plan
    fresh = words.FRESH_BEFORE_SEND.get(plan.fresh or "") if plan else None
    return RequestView(
        estimate=_estimate(preview.estimate, preview, provider),
        size=_request_size(preview),
        left_out=_left_out(preview),
        notice=fresh,
        problem=sentence_of(preview.problem) if preview.problem else None,
        problem_category=preview.problem.category if preview.problem else None,
    )


def draft_view(draft: Draft) -> DraftView:
    settings, structured = draft.settings, draft.structured
    return DraftView(
        rev=draft.rev,
        text=draft.text,
        structured={
            "subject": structured.subject,
            "style": structured.style,
            "composition": structured.composition,
            "technical": structured.technical,
            "exclude": structured.exclude,
        },
        settings={
            "model": settings.model,
            "aspect_ratio": settings.aspect_ratio,
            "image_size": settings.image_size,
            "thinking_level": settings.thinking_level,
            "show_thinking": settings.show_thinking,
            "variants": settings.variants,
            "search": settings.search,
        },
        references=tuple(reference_view(reference) for reference in draft.references),
    )


def _row(summary: ConversationSummary, current: Conversation, now: datetime) -> ConversationRow:
    return ConversationRow(
        id=summary.id,
        title=summary.title,
        when=short_when(summary.updated_at, now=now),
        version_count=summary.version_count,
        cover=summary.cover.sha256 if summary.cover else None,
        current=summary.id == current.id,
    )


def _status(tree: Tree, *, read_only: bool) -> StatusView:
    if read_only:
        return _said("idle", words.READ_ONLY, category="read_only", tone="warn")
    turn = tree.running_turns[-1] if tree.running_turns else (tree.turns[-1] if tree.turns else None)
    if turn is None:
        return _said("idle", "")
    if turn.running:
        return _said(turn.status, words.STATUS[turn.status])
    attempts = tree.attempts_of(turn.id)
    problem = problem_of(turn, attempts)
    sentence = " ".join(text for text in (problem, _bill_once(turn, problem, billed_sentence(turn, attempts))) if text)
    return StatusView(
        state=turn.status,
        category=turn.error.category if turn.error else None,
        sentence=sentence,
        detail=_detail(turn),
        tone="plain" if turn.status in ("done", "cancelled") else "bad",
        actions=() if turn.status == "done" else _remedies(turn),
    )


def _said(state: str, sentence: str, *, category: str | None = None, tone: Tone = "plain") -> StatusView:
    return StatusView(state=state, category=category, sentence=sentence, detail=None, tone=tone, actions=())  # type: ignore[arg-type]


def _bill_once(turn: Turn, problem: str | None, billed: str | None) -> str | None:
    """The sentence on the bill, unless the problem's own sentence says it already."""
    if billed is None or (problem and "billed" in problem):
        return None
    return billed if turn.status in ("failed", "refused", "cancelled", "interrupted") else None


def _detail(turn: Turn) -> str | None:
    facts: ErrorFacts | None = turn.error
    if facts is None or not facts.detail:
        return None
    return f"HTTP {facts.http_status}: {facts.detail}" if facts.http_status else facts.detail


def _remedies(turn: Turn) -> tuple[ActionView, ...]:
    category = turn.error.category if turn.error else ""
    again = ActionView(command="retry", label="Run again", argument=turn.id)
    if category in ("key_invalid", "key_missing", "key_leaked", "no_billing", "credits_gone", "permission"):
        return (ActionView(command="connection", label="Open connection"), again)
    return (again,)


def _estimate(figure: Estimate | None, preview: Preview, provider: Provider) -> EstimateView:
    if figure is None:
        return EstimateView(
            likely_usd=None,
            likely=words.UNKNOWN_COST,
            under="",
            tail="",
            simulated=provider.simulated,
            fits_budget=True,
        )
    budget = preview.budget
    return EstimateView(
        likely_usd=exact(figure.likely_usd),
        likely=f"≈ {usd_fine(figure.likely_usd)}",
        under=f"usually under {usd_bound(figure.usually_under_usd)}",
        tail=f"{usd(figure.reserve_usd)} is held for the next call; about one in a hundred costs more than that.",
        simulated=provider.simulated,
        fits_budget=budget is None or budget.allows(figure.reserve_usd),
    )


def _request_size(preview: Preview) -> str:
    """What the next request carries, for who asks: its bytes and its pictures."""
    if preview.plan is None:
        return ""
    request = preview.plan.request
    pictures = f"{request.picture_count} picture{'' if request.picture_count == 1 else 's'}"
    return f"The request carries {megabytes(request.body_bytes)}, {pictures}."


def _left_out(preview: Preview) -> str:
    """Said before Send where older turns do not travel."""
    request = preview.plan.request if preview.plan else None
    if request is None or not request.left_out_turns:
        return ""
    kept = sum(content.role == "model" for content in request.contents)
    return f"{request.left_out_turns} of {kept + request.left_out_turns} earlier turns left out"
