"""What became of single things of a still life after it was painted, while all others stay where they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.sandbox.painter.colour import is_hex
from studio.sandbox.painter.vocabulary import vocabulary

_MOST = 24


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one thing: the `nth` (from 0) of its subject in the order the scene names its things."""

    subject: str
    nth: int
    colour: str = ""
    """"#rrggbb"; "" for its own."""
    finish: str = ""
    instead: str = ""
    """The subject that stands in its place now."""
    gone: bool = False
    bears: str = ""
    """The subject that was put on it."""
    bears_colour: str = ""


def changes_to_record(changes: Sequence[Change]) -> list[list[object]]:
    return [
        [one.subject, one.nth, one.colour, one.finish, one.instead, one.gone, one.bears, one.bears_colour]
        for one in changes
    ]


def changes_from_record(rows: object) -> tuple[Change, ...] | None:
    """The changes of a record found in a file, which may be anything; None unless every value is one of ours."""
    if not isinstance(rows, list) or len(rows) > _MOST:
        return None
    found = [_change_from(row) for row in rows]
    return None if None in found else tuple(one for one in found if one is not None)


def _change_from(row: object) -> Change | None:
    if not (isinstance(row, list) and len(row) == 8 and all(isinstance(row[k], str) for k in (0, 2, 3, 4, 6, 7))):
        return None
    subject, nth, colour, finish, instead, gone, bears, bears_colour = row
    words = vocabulary()
    good = (
        subject in words.subjects
        and isinstance(nth, int)
        and not isinstance(nth, bool)
        and 0 <= nth < _MOST
        and all(code == "" or is_hex(code) for code in (colour, bears_colour))
        and (finish == "" or finish in words.finishes)
        and all(name == "" or name in words.subjects for name in (instead, bears))
        and isinstance(gone, bool)
    )
    return Change(subject, nth, colour, finish, instead, gone, bears, bears_colour) if good else None


def by_place(changes: Sequence[Change]) -> Mapping[tuple[str, int], Change]:
    """The changes by subject and number."""
    return {(one.subject, one.nth): one for one in changes}
