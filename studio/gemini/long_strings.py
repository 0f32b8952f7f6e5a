"""Takes long base64 strings out of a JSON stream as it arrives, leaving short tickets in their place.

An 8 MB answer would otherwise be scanned, parsed, dumped and parsed again as one string, with the interpreter held all
the while. JSON strings hold no raw line breaks, so the same scan serves a plain body and server-sent events.
"""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Final

THRESHOLD_BYTES: Final = 16_384
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_MOST_PADDING: Final = 2
_PIECE_CHARS: Final = 1 << 20
"""Decoding holds the interpreter: a megabyte at a time, so that other threads get their turn in between."""

_ESCAPES: Final = (
    (b"\\u003d", b"="), (b"\\u003D", b"="), (b"\\/", b"/"), (b"\\u002f", b"/"), (b"\\u002F", b"/"),
    (b"\\u002b", b"+"), (b"\\u002B", b"+"),
)  # fmt: skip
_BYTE_FIELDS: Final = frozenset({b"data", b"thoughtSignature", b"thought_signature"})
_LONGEST_NAME_BYTES: Final = 64

Keep = Callable[[bytes], Awaitable[bytes]]
"""Takes decoded bytes away and returns the ticket that stands for them (raw; it is base64-encoded here)."""


class LongStrings:
    """One stream's scanner. Feed it chunks; what it returns is the same JSON with tickets for long base64 strings."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._string: bytearray | None = None
        self._escaped = False
        self._string_ended = False
        self._name = b""

    async def feed(self, chunk: bytes) -> bytes:
        out = bytearray()
        position = 0
        while position < len(chunk):
            if self._string is None:
                position = self._copy_to_quote(chunk, position, out)
            else:
                position = self._read_string(chunk, position)
                if self._string_ended:
                    out += await self._finish_string()
        return bytes(out)

    def flush(self) -> bytes:
        """What is left of a stream that was cut inside a string."""
        rest, self._string = self._string, None
        return bytes(rest or b"")

    def _copy_to_quote(self, chunk: bytes, position: int, out: bytearray) -> int:
        quote = chunk.find(b'"', position)
        if quote < 0:
            out += chunk[position:]
            return len(chunk)
        out += chunk[position : quote + 1]
        self._string, self._escaped, self._string_ended = bytearray(), False, False
        return quote + 1

    def _read_string(self, chunk: bytes, position: int) -> int:
        string = self._string
        if string is None:
            return position
        if self._escaped:
            string.append(chunk[position])
            self._escaped = False
            return position + 1
        quote = chunk.find(b'"', position)
        stop = quote if quote >= 0 else len(chunk)
        backslash = chunk.find(b"\\", position, stop)
        if backslash >= 0:
            string += chunk[position : backslash + 1]
            self._escaped = True
            return backslash + 1
        string += chunk[position:stop]
        self._string_ended = quote >= 0
        return stop + 1 if quote >= 0 else stop

    async def _finish_string(self) -> bytes:
        raw, self._string, self._string_ended = bytes(self._string or b""), None, False
        # The string before a value is its name; words of a long text without a space are not to be taken for bytes.
        name, self._name = self._name, raw[:_LONGEST_NAME_BYTES]
        if len(raw) < THRESHOLD_BYTES or name not in _BYTE_FIELDS:
            return raw + b'"'
        decoded = await asyncio.to_thread(decode_base64, raw)
        if decoded is None:
            return raw + b'"'
        return base64.b64encode(await self._keep(decoded)) + b'"'


def decode_base64(raw: bytes) -> bytes | None:
    """The bytes of a JSON string's base64, either alphabet, escaped or not; None when it is something else."""
    if b"\\" in raw:
        for escape, char in _ESCAPES:
            raw = raw.replace(escape, char)
    digits = raw.rstrip(b"=")
    if len(raw) - len(digits) > _MOST_PADDING:
        return None
    digits += b"=" * (-len(digits) % 4)
    pieces = (digits[start : start + _PIECE_CHARS] for start in range(0, len(digits), _PIECE_CHARS))
    try:
        return b"".join(binascii.a2b_base64(piece.translate(_STANDARD), strict_mode=True) for piece in pieces)
    except binascii.Error:
        return None
