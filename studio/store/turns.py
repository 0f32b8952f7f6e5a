"""Transactions on turns and their attempts: open under the cap, move along, record each call and its answer."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from studio.cost import Budget
from studio.errors import Billed, BudgetReached, ErrorFacts, InputError, StoreError
from studio.parts import ImagePart, blobs_of
from studio.ports import NewImage, StoredPicture
from studio.response import ImageResponse
from studio.store import editing, reading
from studio.store.rows import RUNNING_STATUSES, Columns, columns_of, version_columns
from studio.store.schema import ATTEMPTS, CONVERSATIONS, TURNS, VERSIONS
from studio.turn import Attempt, Turn, TurnNote, TurnStatus, is_end, may_move
from studio.version import Version


def open_turn(
    connection: Connection, turn: Turn, *, reserve_usd: Decimal, cap_usd: Decimal | None, simulated: bool
) -> None:
    """Write a turn when its reserve fits under the cap. Raises BudgetReached with the figures when it does not."""
    editing.locked(connection, turn.conversation_id)
    if cap_usd is not None:
        spent_usd = reading.spent_usd(connection, turn.conversation_id, simulated=simulated)
        budget = Budget(cap_usd=cap_usd, spent_usd=spent_usd)
        if not budget.allows(reserve_usd):
            raise BudgetReached(needed_usd=reserve_usd, left_usd=budget.left_usd, cap_usd=cap_usd)
    row = columns_of(turn) | _asked(turn) | {"reserve_usd": reserve_usd, "simulated": simulated}
    connection.execute(insert(TURNS).values(row))
    editing.change(connection, turn.conversation_id, {"updated_at": turn.created_at})


def move_turn(
    connection: Connection, turn_id: str, *, status: TurnStatus, at: datetime, error: ErrorFacts | None
) -> bool:
    """Move a turn when it may; its error becomes the given one, or none."""
    if not may_move(_locked_turn(connection, turn_id)["status"], status):
        return False
    ended_at = at if is_end(status) else None
    _change_turn(connection, turn_id, {"status": status, "ended_at": ended_at, "error": error})
    return True


def restart_fresh(connection: Connection, turn: Turn) -> None:
    """Rewrite what a running turn asks; one that ended meanwhile keeps its record."""
    if _locked_turn(connection, turn.id)["status"] not in RUNNING_STATUSES:
        return
    rewritten = {"starts_fresh": turn.starts_fresh, "notes": turn.notes, "left_out_turns": turn.left_out_turns}
    _change_turn(connection, turn.id, rewritten | {"prompt": turn.prompt} | _asked(turn))


def note(connection: Connection, turn_id: str, notes: Sequence[TurnNote]) -> None:
    """Add notes to a turn, each once."""
    known = _locked_turn(connection, turn_id)["notes"]
    _change_turn(connection, turn_id, {"notes": tuple(dict.fromkeys((*known, *notes)))})


def start_attempt(connection: Connection, attempt: Attempt, *, hold_usd: Decimal) -> None:
    """Write the ledger row. Raises StoreError when that call is in the ledger already: it may have been paid."""
    _locked_turn(connection, attempt.turn_id)
    same = select(ATTEMPTS.c.id).where(
        ATTEMPTS.c.turn_id == attempt.turn_id,
        ATTEMPTS.c.variant == attempt.variant,
        ATTEMPTS.c.number == attempt.number,
    )
    if connection.execute(same).first() is not None:
        raise StoreError("This call is already on record, so it is not made again: it could be paid twice.")
    row = columns_of(attempt) | {"billed": _billed(attempt), "hold_usd": hold_usd}
    connection.execute(insert(ATTEMPTS).values(row))


def finish_attempt(
    connection: Connection, attempt: Attempt, *, owner: str, images: Sequence[NewImage], at: datetime
) -> Sequence[Version]:
    """Commit how a call ended, with its pictures as versions. An answer on record stays, and is returned again."""
    turn = _locked_turn(connection, attempt.turn_id)
    if _is_answered(connection, attempt):
        return reading.versions_of_attempt(connection, attempt.id)
    conversation = editing.locked(connection, turn["conversation_id"])
    row = columns_of(attempt) | {"billed": _billed(attempt)}
    connection.execute(update(ATTEMPTS).where(ATTEMPTS.c.id == attempt.id).values(row))
    if attempt.response is not None:
        editing.record_blobs(connection, blobs_of(attempt.response.parts))
        editing.grant(connection, owner, _pictures(attempt.response, images))
    versions = _add_versions(connection, turn, attempt, images=images, at=at)
    changes: Columns = {"updated_at": at}
    if versions and conversation["tip"] == turn["parent"]:
        changes["tip"] = versions[-1].number
    editing.change(connection, turn["conversation_id"], changes)
    return versions


def interrupt_running(connection: Connection, at: datetime) -> int:
    """End every running turn and attempt as interrupted; a turn whose calls all surely were free was not billed. Where
    a first turn was being run again, the tip goes back to the last version."""
    running = select(TURNS.c.id).where(TURNS.c.status.in_(RUNNING_STATUSES))
    turn_ids = connection.execute(running).scalars().all()
    surely_free = ATTEMPTS.c.billed.is_not(None) & (ATTEMPTS.c.billed == "no") & ATTEMPTS.c.cost_usd.is_(None)
    paid = select(ATTEMPTS.c.turn_id).where(~(surely_free & (ATTEMPTS.c.state != "running"))).distinct()
    may_be_billed = set(connection.execute(paid).scalars())
    for turn_id in turn_ids:
        error = _interrupted("unknown" if turn_id in may_be_billed else "no")
        _change_turn(connection, turn_id, {"status": "interrupted", "ended_at": at, "error": error})
    ended = {"state": "interrupted", "ended_at": at, "error": _interrupted("unknown"), "billed": "unknown"}
    connection.execute(update(ATTEMPTS).where(ATTEMPTS.c.state == "running").values(ended))
    last = select(func.max(VERSIONS.c.number)).where(VERSIONS.c.conversation_id == CONVERSATIONS.c.id)
    connection.execute(update(CONVERSATIONS).where(CONVERSATIONS.c.tip.is_(None)).values(tip=last.scalar_subquery()))
    return len(turn_ids)


def _add_versions(
    connection: Connection, turn: RowMapping, attempt: Attempt, *, images: Sequence[NewImage], at: datetime
) -> tuple[Version, ...]:
    highest = select(func.max(VERSIONS.c.number)).where(VERSIONS.c.conversation_id == turn["conversation_id"])
    first = (connection.execute(highest).scalar() or 0) + 1
    in_order = sorted(images, key=lambda image: image.part_index)
    versions = tuple(
        Version(
            number=number,
            parent=turn["parent"],
            image=image.image,
            width_px=image.width_px,
            height_px=image.height_px,
            created_at=at,
            turn_id=attempt.turn_id,
            attempt_id=attempt.id,
            part_index=image.part_index,
        )
        for number, image in enumerate(in_order, start=first)
    )
    if versions:
        editing.record_blobs(connection, tuple(version.image for version in versions))
        rows = [version_columns(turn["conversation_id"], version) for version in versions]
        connection.execute(insert(VERSIONS), rows)
    return versions


def _pictures(response: ImageResponse, images: Sequence[NewImage]) -> tuple[StoredPicture, ...]:
    """Every picture of an answer: results with their size, drafts without."""
    sizes = {image.image.sha256: (image.width_px, image.height_px) for image in images}
    blobs = [part.image for part in response.parts if isinstance(part, ImagePart)]
    return tuple(StoredPicture(blob, *sizes.get(blob.sha256, (0, 0))) for blob in blobs)


def _is_answered(connection: Connection, attempt: Attempt) -> bool:
    row = connection.execute(select(ATTEMPTS.c.response).where(ATTEMPTS.c.id == attempt.id)).one_or_none()
    if row is None:
        raise InputError("not_found")
    return row.response is not None


def _locked_turn(connection: Connection, turn_id: str) -> RowMapping:
    row = connection.execute(select(TURNS).where(TURNS.c.id == turn_id).with_for_update()).mappings().one_or_none()
    if row is None:
        raise InputError("not_found")
    return row


def _change_turn(connection: Connection, turn_id: str, values: Columns) -> None:
    connection.execute(update(TURNS).where(TURNS.c.id == turn_id).values(values))


def _asked(turn: Turn) -> Columns:
    settings = turn.prompt.settings
    return {"model": settings.model, "image_size": settings.image_size}


def _billed(attempt: Attempt) -> Billed | None:
    return attempt.error.billed if attempt.error else None


def _interrupted(billed: Billed) -> ErrorFacts:
    return ErrorFacts(category="interrupted", stage="wait", billed=billed)
