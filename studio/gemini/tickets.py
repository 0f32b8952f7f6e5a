"""Tickets stand for stored bytes while a message passes through the SDK, so that pictures never do.

A ticket is 51 raw bytes (a mark drawn anew per process, the SHA-256, the size), which base64 turns into exactly 68
characters without padding: easy to find again in an outgoing body, and not to be guessed by anyone who writes an
incoming one.
"""

import base64
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_MARK_BYTES: Final = 15
_SIZE_BYTES: Final = 4
_TICKET_BYTES: Final = _MARK_BYTES + 32 + _SIZE_BYTES


@dataclass(frozen=True, slots=True)
class Stored:
    """What a ticket stands for."""

    sha256: str
    size_bytes: int


class Tickets:
    """Makes and reads tickets. The mark is a secret of this object."""

    def __init__(self) -> None:
        self._mark = secrets.token_bytes(_MARK_BYTES)
        mark = re.escape(base64.urlsafe_b64encode(self._mark).decode())
        self._pattern = re.compile(rf'"({mark}[A-Za-z0-9_-]{{48}})"'.encode())

    def ticket(self, stored: Stored) -> bytes:
        """The raw ticket of stored bytes."""
        return self._mark + bytes.fromhex(stored.sha256) + stored.size_bytes.to_bytes(_SIZE_BYTES)

    def read(self, data: bytes) -> Stored | None:
        """What a ticket stands for; None when the bytes are not one of this object's tickets."""
        if len(data) != _TICKET_BYTES or not data.startswith(self._mark):
            return None
        digest, size = data[_MARK_BYTES:-_SIZE_BYTES], data[-_SIZE_BYTES:]
        return Stored(sha256=digest.hex(), size_bytes=int.from_bytes(size))

    def split(self, body: bytes) -> Iterator[bytes | Stored]:
        """An outgoing JSON body as pieces: bytes to send as they are, and stored bytes to send as base64 instead."""
        position = 0
        for found in self._pattern.finditer(body):
            stored = self.read(base64.urlsafe_b64decode(found.group(1)))
            if stored is not None:
                yield body[position : found.start(1)]
                yield stored
                position = found.end(1)
        yield body[position:]
