"""What passes between the studio and its picture process: one line of JSON, then as many bytes as that line says.

No pickle: whoever takes over a decoder must not be able to run code in the studio through its answer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Final

_MAX_HEAD_BYTES: Final = 65_536
_MAX_BODY_BYTES: Final = 512_000_000
_SIZE: Final = "size_bytes"


class WireError(Exception):
    """The other side spoke nonsense."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A head of JSON values and a body."""

    head: Mapping[str, object]
    body: bytes = b""


def write_frame(stream: IO[bytes], frame: Frame) -> None:
    """OSError when the other side is gone."""
    stream.write(json.dumps({**frame.head, _SIZE: len(frame.body)}).encode() + b"\n")
    stream.write(frame.body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Frame:
    """EOFError when the other side is gone; WireError when it does not keep to the form."""
    line = stream.readline(_MAX_HEAD_BYTES)
    if not line:
        raise EOFError
    try:
        head = json.loads(line)
    except ValueError as error:
        raise WireError("the head is not JSON") from error
    size_bytes = head.pop(_SIZE, None) if isinstance(head, dict) else None
    if not isinstance(size_bytes, int) or not 0 <= size_bytes <= _MAX_BODY_BYTES:
        raise WireError("the head states no usable size")
    body = stream.read(size_bytes)
    if len(body) < size_bytes:
        raise EOFError
    return Frame(head=head, body=body)
