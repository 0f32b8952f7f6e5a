"""The cost panel: what was spent, on what, and what it would have cost elsewhere. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from studio.branch import Tree
from studio.cost import ELSEWHERE, ELSEWHERE_YEAR, Spent, batch_cost, lines_of, on_other_models, spent_on
from studio.image_models import PRICES_READ_ON, ImageModel, model_of
from studio.ports import Provider
from studio.turn import Attempt, Turn
from studio.ui import words
from studio.ui.money import exact, usd, usd_fine
from studio.ui.shapes import ComparisonRow, CostView, LedgerLine, LedgerRow, Tone

_MAX_LINE_CHARS = 200


@dataclass(frozen=True, slots=True)
class _Call:
    turn: Turn
    attempt: Attempt
    model: ImageModel
    version: int | None


def cost_view(tree: Tree, *, provider: Provider, cap_usd: Decimal | None) -> CostView:
    """Totals of the money now in use; the other kind of money is a separate line, never added."""
    calls = _calls(tree)
    ours = [call for call in calls if call.turn.simulated == provider.simulated]
    spent, other = (spent_on(tree, simulated=kind) for kind in (provider.simulated, not provider.simulated))
    total = spent.known_usd
    comparison_title, comparison = _comparison(ours)
    return CostView(
        total_usd=exact(total) or "0",
        total=_total(spent),
        cap_usd=exact(cap_usd),
        cap=f"of {usd(cap_usd)}" if cap_usd is not None else "no cap",
        share=min(float(total / cap_usd), 1.0) if cap_usd else 0.0,
        simulated=provider.simulated,
        other_total=_other_total(other) if len(ours) < len(calls) else None,
        unknown_calls=spent.unknown_calls,
        rows=_rows(ours),
        comparison_title=comparison_title,
        comparison=comparison,
        comparison_note=f"Figures for other services are from {ELSEWHERE_YEAR}.",
        price_note=f"Gemini's prices as read on {PRICES_READ_ON.day} {PRICES_READ_ON:%b %Y}.",
    )


def _calls(tree: Tree) -> list[_Call]:
    turns = {turn.id: turn for turn in tree.turns}
    versions = {version.attempt_id: version.number for version in tree.versions}
    return [
        _Call(
            turn=turns[attempt.turn_id],
            attempt=attempt,
            model=model_of(turns[attempt.turn_id].prompt.settings.model),
            version=versions.get(attempt.id),
        )
        for attempt in tree.attempts
    ]


def _total(spent: Spent) -> str:
    """What is known of a sum; where nothing is known of it, that is said instead of $0.00."""
    return usd(None) if not spent.known_usd and spent.unknown_calls else usd(spent.known_usd)


def _other_total(spent: Spent) -> str:
    return f"{_total(spent)} {'was simulated' if spent.simulated else 'was real money'}, counted apart"


def _rows(calls: Sequence[_Call]) -> tuple[LedgerRow, ...]:
    largest = max((call.attempt.cost_usd or Decimal(0) for call in calls), default=Decimal(0))
    return tuple(_row(call, largest) for call in reversed(calls))


def _row(call: _Call, largest: Decimal) -> LedgerRow:
    attempt = call.attempt
    usage = attempt.response.usage if attempt.response else None
    share = float((attempt.cost_usd or Decimal(0)) / largest) if largest else 0.0
    return LedgerRow(
        attempt_id=attempt.id,
        version=call.version,
        title=_title(call),
        tokens=f"{usage.prompt_tokens:,} / {usage.output_tokens:,}" if usage else "–",
        cost_usd=exact(attempt.cost_usd),
        cost=_cost(attempt),
        note=_note(attempt),
        tone=_tone(attempt),
        bar=share,
        lines=_lines(call),
    )


def _title(call: _Call) -> str:
    line = _first_line(call.turn.prompt.text)
    if call.version is not None:
        return f"v{call.version} {line}"
    state = {"running": "running", "empty": "words only"}.get(call.attempt.state, call.attempt.state)
    return f"{state} · {line}"


def _first_line(text: str) -> str:
    """The request's first line; the page cuts it to the room there is, this only keeps a page of text out of a row."""
    line = " ".join(next(iter(text.strip().splitlines()), "").split())
    return line if len(line) <= _MAX_LINE_CHARS else f"{line[: _MAX_LINE_CHARS - 1]}…"


def _cost(attempt: Attempt) -> str:
    if attempt.state == "running":
        return "…"
    if attempt.error is not None and attempt.error.billed == "no":
        return words.NO_CHARGE
    return usd_fine(attempt.cost_usd)


def _note(attempt: Attempt) -> str:
    if attempt.error is not None and attempt.error.billed == "unknown":
        return "may have been billed"
    return "" if attempt.cost_confirmed else "not confirmed by Google"


def _tone(attempt: Attempt) -> Tone:
    if attempt.state in ("done", "running"):
        return "plain"
    return "warn" if attempt.state in ("cancelled", "interrupted") else "bad"


def _lines(call: _Call) -> tuple[LedgerLine, ...]:
    usage = call.attempt.response.usage if call.attempt.response else None
    if usage is None or call.attempt.response is None:
        return ()
    images = len(call.attempt.response.images)
    lines = lines_of(usage=usage, model=call.model, day=call.attempt.started_at.date(), images=images)
    return tuple(LedgerLine(label=line.label, tokens=f"{line.count:,}", usd=f"${line.usd:.4f}") for line in lines)


def _comparison(calls: Sequence[_Call]) -> tuple[str, tuple[ComparisonRow, ...]]:
    painted = [call for call in calls if call.attempt.state == "done"]
    if not painted:
        return "", ()
    count = sum(len(call.attempt.response.images) for call in painted if call.attempt.response)
    rows = [ComparisonRow(name="as a batch, within 24 h", cost=usd(_batch(painted)), tone="ok")]
    rows += [ComparisonRow(name=f"on {name}", cost=usd(amount), tone="plain") for name, amount in _on_models(painted)]
    for other in ELSEWHERE:
        low, high = usd(other.low_usd * count), usd(other.high_usd * count)
        figure = low if low == high else f"{low}–{high.removeprefix('$')}"
        name = f"{other.name} ({other.note})" if other.note else other.name
        rows.append(ComparisonRow(name=name, cost=f"~{figure}" if other.about else figure, tone="plain"))
    return ("The same picture" if count == 1 else f"The same {count} pictures"), tuple(rows)


def _batch(calls: Sequence[_Call]) -> Decimal | None:
    """None where the cost of any call is unknown."""
    total = Decimal(0)
    for call in calls:
        price = call.model.price_on(call.attempt.started_at.date())
        if price is None or call.attempt.cost_usd is None:
            return None
        total += batch_cost(call.attempt.cost_usd, price)
    return total


def _on_models(calls: Sequence[_Call]) -> list[tuple[str, Decimal]]:
    """The other models, where every call was made on one model, cheapest first."""
    models = {call.model.id for call in calls}
    if len(models) != 1:
        return []
    sizes = [call.turn.prompt.settings.image_size for call in calls]
    found = on_other_models(sizes=sizes, than=calls[0].model, day=calls[-1].attempt.started_at.date())
    return sorted(((model.name, amount) for model, amount in found), key=lambda pair: pair[1])[:2]
