"""The transcript, the strip and the turn in flight, as the page shows them. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from studio.branch import Tree
from studio.errors import REMEDIES, ErrorFacts, sentence_of
from studio.image_models import model_of
from studio.parts import Blob, ImagePart, thought_text, visible_text
from studio.ports import Progress, VariantProgress
from studio.prompt import ReferenceImage
from studio.turn import Attempt, Turn, TurnNote
from studio.ui import words
from studio.ui.money import epoch_ms, exact, usd_at_most, usd_fine
from studio.ui.shapes import (
    ActionView,
    ReferenceView,
    RetryView,
    RunningView,
    SourceView,
    TurnView,
    VariantView,
    VersionView,
)  # fmt: skip
from studio.ui.view_missing import missing_lines, missing_sentence
from studio.version import Version

_STANDING: Final[tuple[TurnNote, ...]] = ("history_trimmed",)
"""Notes that go on from one turn to the next: said where they begin, then kept in the card's fold."""


def turn_views(tree: Tree) -> tuple[TurnView, ...]:
    """The cards of the transcript, oldest first."""
    # What a turn continues without a fork: the original, or any picture of the last turn that made some.
    previous = {version.number for version in tree.versions if version.turn_id is None}
    views: list[TurnView] = []
    said: tuple[TurnNote, ...] = ()
    for turn in tree.turns:
        made = tuple(version.number for version in tree.versions_of(turn.id))
        forked = turn.parent is not None and turn.parent not in previous
        views.append(_turn_view(tree, turn, made=made, forked=forked, said=said))
        previous, said = set(made) or previous, turn.notes
    return tuple(views)


def version_views(tree: Tree) -> tuple[VersionView, ...]:
    """The thumbnails of the strip, in order of number."""
    attempts = {attempt.id: attempt for attempt in tree.attempts}
    turns = {turn.id: turn for turn in tree.turns}
    siblings: dict[str, list[int]] = {}
    for version in tree.versions:
        siblings.setdefault(version.turn_id or "", []).append(version.number)
    return tuple(
        _version_view(
            version,
            turn=turns.get(version.turn_id or ""),
            attempt=attempts.get(version.attempt_id or ""),
            siblings=tuple(siblings[version.turn_id or ""]),
        )
        for version in sorted(tree.versions, key=lambda version: version.number)
    )


def running_view(tree: Tree, progress: Progress | None, *, usual_s: float) -> RunningView | None:
    """The newest turn in flight; None when nothing runs."""
    running = tree.running_turns
    if not running:
        return None
    turn = running[-1]
    variants = progress.variants if progress else ()
    return RunningView(
        turn_id=turn.id,
        text=turn.prompt.text,
        started_ms=epoch_ms(turn.created_at),
        usual_s=usual_s,
        aspect_ratio=turn.prompt.settings.aspect_ratio,
        variants=tuple(_variant_view(variant) for variant in variants),
    )


def used_reference_views(tree: Tree) -> tuple[ReferenceView, ...]:
    """References of earlier prompts, newest first, each picture once; what is in the tray now is left out."""
    in_tray = {reference.image.sha256 for reference in tree.conversation.draft.references}
    seen: dict[str, ReferenceView] = {}
    for turn in reversed(tree.turns):
        for reference in turn.prompt.references:
            if reference.image.sha256 not in in_tray:
                seen.setdefault(reference.image.sha256, reference_view(reference))
    return tuple(seen.values())


def reference_view(reference: ReferenceImage) -> ReferenceView:
    return ReferenceView(
        sha256=reference.image.sha256,
        name=reference.name,
        role=reference.role,
        pinned=reference.pinned,
        width_px=reference.width_px,
        height_px=reference.height_px,
        mime_type=reference.image.mime_type,
        size_bytes=reference.image.size_bytes,
        notes=reference.notes,
    )


def turn_cost(attempts: Sequence[Attempt]) -> Decimal | None:
    """What a turn's calls cost together in USD; None when any of them is unknown."""
    costs = [attempt.cost_usd for attempt in attempts if attempt.state != "running"]
    if any(cost is None for cost in costs):
        return None
    return sum((cost for cost in costs if cost is not None), Decimal(0))


def problem_of(turn: Turn, attempts: Sequence[Attempt]) -> str | None:
    """Why a turn brought no picture, in words; None while it runs or when it did."""
    if turn.error is not None:
        return sentence_of(turn.error)
    if turn.status != "refused":
        return None
    reasons = [attempt.response.reason for attempt in attempts if attempt.response and attempt.response.reason]
    return reasons[0] if reasons else words.STATUS["refused"]


def billed_sentence(turn: Turn, attempts: Sequence[Attempt]) -> str | None:
    """What is known of the bill of a turn that brought no picture."""
    if turn.status == "done" or turn.running:
        return None
    facts: list[ErrorFacts] = [attempt.error for attempt in attempts if attempt.error]
    if turn.status == "refused":
        if any(
            "not be charged" in (attempt.response.finish_message if attempt.response else "") for attempt in attempts
        ):
            return None
        return "Blocked pictures are not billed; the words around them may be."
    if any(each.billed == "unknown" for each in facts) or (turn.error and turn.error.billed == "unknown"):
        return words.BILLED["unknown"]
    return words.BILLED["no"]


def _turn_view(tree: Tree, turn: Turn, *, made: tuple[int, ...], forked: bool, said: tuple[TurnNote, ...]) -> TurnView:
    standing = [note for note in turn.notes if note in _STANDING and note in said]
    attempts = tree.attempts_of(turn.id)
    answers = [attempt.response for attempt in attempts if attempt.response is not None]
    cost = turn_cost(attempts)
    drafts = [
        part.image.sha256 for each in answers for part in each.parts if isinstance(part, ImagePart) and part.thought
    ]
    return TurnView(
        id=turn.id,
        parent=turn.parent,
        forked_from=turn.parent if forked else None,
        text=turn.prompt.text,
        state=turn.status,
        when_ms=epoch_ms(turn.created_at),
        versions=made,
        model=model_of(turn.prompt.settings.model).short_name,
        settings=_settings_line(turn),
        cost_usd=exact(cost),
        cost=_cost_text(turn, attempts, cost),
        answer="\n".join(text for each in answers if (text := visible_text(each.parts))),
        thoughts="\n\n".join(text for each in answers if (text := thought_text(each.parts))),
        drafts=tuple(drafts),
        references=tuple(reference_view(reference) for reference in turn.prompt.references),
        sources=tuple(SourceView(title=source.title, uri=source.uri) for each in answers for source in each.sources),
        notes=tuple(_note(tree, turn, note) for note in turn.notes if note not in standing),
        folded_notes=(*(words.NOTES[note] for note in standing), *_missing_lines(tree, turn)),
        problem=problem_of(turn, attempts),
        problem_detail=turn.error.detail or None if turn.error else None,
        billed=billed_sentence(turn, attempts),
        actions=_actions(turn),
    )


def _missing_lines(tree: Tree, turn: Turn) -> tuple[str, ...]:
    return missing_lines(tree, turn) if "some_images_failed" in turn.notes else ()


def _note(tree: Tree, turn: Turn, note: TurnNote) -> str:
    return missing_sentence(tree, turn) if note == "some_images_failed" else words.NOTES[note]


def _settings_line(turn: Turn) -> str:
    settings = turn.prompt.settings
    parts = [settings.image_size or "", settings.aspect_ratio or ""]
    if settings.variants > 1:
        parts.append(f"{settings.variants} images")
    if settings.search:
        parts.append("Search")
    return " · ".join(part for part in parts if part)


def _cost_text(turn: Turn, attempts: Sequence[Attempt], cost: Decimal | None) -> str:
    if turn.running:
        return ""
    if cost is not None and cost == 0:
        return words.NO_CHARGE
    if not attempts:
        return words.NO_CHARGE
    known = sum((attempt.cost_usd for attempt in attempts if attempt.cost_usd is not None), Decimal(0))
    if cost is None and known:
        count = sum(attempt.cost_usd is None for attempt in attempts)
        return f"{usd_fine(known)} + {count} {'call' if count == 1 else 'calls'} unknown"
    # The tokens of a refusal are known; whether Google bills them is not.
    if turn.status == "refused" and not all(attempt.cost_confirmed for attempt in attempts):
        return usd_at_most(cost)
    return usd_fine(cost)


def _actions(turn: Turn) -> tuple[ActionView, ...]:
    if turn.running:
        return ()
    label = "Make another" if turn.status == "done" else "Run again"
    return (ActionView(command="retry", label=label, argument=turn.id),)


def _version_view(
    version: Version, *, turn: Turn | None, attempt: Attempt | None, siblings: tuple[int, ...]
) -> VersionView:
    request = turn.prompt.text if turn else version.name or "Original"
    cost = attempt.cost_usd if attempt else Decimal(0)
    return VersionView(
        number=version.number,
        parent=version.parent,
        turn_id=version.turn_id,
        sha256=version.image.sha256,
        width_px=version.width_px,
        height_px=version.height_px,
        mime_type=version.image.mime_type,
        label=f"v{version.number}" if turn else "Original",
        request=request,
        model=model_of(turn.prompt.settings.model).short_name if turn else "",
        cost_usd=exact(cost),
        cost=usd_fine(cost) if turn else "",
        siblings=siblings,
        file_name=file_name(version, request),
        size_bytes=version.image.size_bytes,
    )


def file_name(version: Version, request: str) -> str:
    """A useful download name with the honest extension: "retake-v4-warmer-like-late-afternoon.jpg"."""
    extension = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}.get(version.image.mime_type, "bin")
    stem = request.rsplit(".", 1)[0] if version.turn_id is None else request
    plain = "".join(char if char.isalnum() else " " for char in stem.lower())
    slug = "-".join(plain.split()[:6])[:60].rstrip("-")
    return f"retake-v{version.number}{'-' + slug if slug else ''}.{extension}"


def _variant_view(variant: VariantProgress) -> VariantView:
    retry = variant.retry
    return VariantView(
        variant=variant.variant,
        thoughts=variant.thoughts,
        drafts=_digests(variant.drafts),
        retry=RetryView(
            until_ms=epoch_ms(retry.until),
            sentence=words.RETRYING.format(reason=REMEDIES[retry.error.category].happened),
            detail=retry.error.detail or None,
        )
        if retry
        else None,
        queued_until_ms=epoch_ms(variant.queued_until) if variant.queued_until else None,
        ended=variant.ended,
    )


def _digests(blobs: Sequence[Blob]) -> tuple[str, ...]:
    return tuple(blob.sha256 for blob in blobs)
