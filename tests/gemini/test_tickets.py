"""Tickets: found again in a body, and not to be made by whoever writes one."""

import base64
import json

from hypothesis import given
from hypothesis import strategies as st

from studio.gemini.tickets import Stored, Tickets

_STORED = st.builds(
    Stored, sha256=st.binary(min_size=32, max_size=32).map(bytes.hex), size_bytes=st.integers(0, 2**32 - 1)
)


@given(stored=_STORED)
def test_a_ticket_says_what_it_stands_for(stored: Stored) -> None:
    tickets = Tickets()
    assert tickets.read(tickets.ticket(stored)) == stored


@given(stored=st.lists(_STORED, max_size=4), texts=st.lists(st.text(max_size=20), min_size=5, max_size=5))
def test_a_body_falls_into_its_pieces(stored: list[Stored], texts: list[str]) -> None:
    tickets = Tickets()
    value: list[str] = []
    for text, each in zip(texts, stored, strict=False):
        value += [text, base64.urlsafe_b64encode(tickets.ticket(each)).decode()]
    body = json.dumps([*value, texts[-1]]).encode()

    split = list(tickets.split(body))

    assert [piece for piece in split if isinstance(piece, Stored)] == stored
    encoded = [
        base64.urlsafe_b64encode(tickets.ticket(piece)) if isinstance(piece, Stored) else piece for piece in split
    ]
    assert b"".join(encoded) == body


@given(stored=_STORED)
def test_another_engines_ticket_is_only_text(stored: Stored) -> None:
    mine, theirs = Tickets(), Tickets()
    body = json.dumps(base64.urlsafe_b64encode(theirs.ticket(stored)).decode()).encode()
    assert mine.read(theirs.ticket(stored)) is None
    assert list(mine.split(body)) == [body]


def test_a_ticket_inside_a_longer_text_is_only_text() -> None:
    tickets = Tickets()
    ticket = base64.urlsafe_b64encode(tickets.ticket(Stored(sha256="ab" * 32, size_bytes=5))).decode()
    body = json.dumps({"text": f"look: {ticket}"}).encode()
    assert list(tickets.split(body)) == [body]


def test_bytes_of_another_length_are_no_ticket() -> None:
    tickets = Tickets()
    ticket = tickets.ticket(Stored(sha256="ab" * 32, size_bytes=5))
    assert tickets.read(ticket + b"x") is None
    assert tickets.read(ticket[:-1]) is None
