"""What a call was, in full, for as long as it takes the inspector to look at it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from studio.sandbox.asgi import Exchange
from studio.sandbox.ask import Job
from studio.sandbox.google_errors import JsonObject
from studio.sandbox.packed import PackedPart

_SHOWN_HEADERS: Final = ("user-agent", "x-goog-api-client", "content-type", "x-server-timeout")
"""Those that say who calls; the key is in none of them."""
_HEADER_CHARS: Final = 400


@dataclass(frozen=True, slots=True)
class Evidence:
    """`body` as it came, the parts of the answer as they went. `amounts_to` makes a generateContent request of a body
    that is none, or raises Refused; `job` None: there is none in it."""

    body: bytes = b""
    answer: tuple[PackedPart, ...] = ()
    job: Job | None = None
    amounts_to: Callable[[JsonObject], JsonObject] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        parts = sum(len(part.data_b64) + len(part.signature_b64) for part in self.answer)
        return len(self.body) + parts


def evidence_of(exchange: Exchange, *, body: bytes, answer: Sequence[PackedPart], job: Job | None) -> Evidence:
    """What the inspector is to see of a call that came by itself."""
    return Evidence(body=body, answer=tuple(answer), job=job, headers=client_headers(exchange))


def client_headers(exchange: Exchange) -> dict[str, str]:
    """The headers that tell one client from another."""
    return {name: exchange.headers[name][:_HEADER_CHARS] for name in _SHOWN_HEADERS if name in exchange.headers}
