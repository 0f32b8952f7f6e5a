"""What the last generate calls asked and got, for tests and measurements, and for the inspector to look at."""

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from studio.sandbox.google_errors import JsonObject
from studio.sandbox.history import Content, Part

if TYPE_CHECKING:
    from studio.sandbox.inspector.evidence import Evidence

Watcher = Callable[[JsonObject, "Evidence"], None]

KEPT_CALLS: Final = 50
_KEPT_TEXT: Final = 2000


@dataclass(slots=True)
class Journal:
    """The newest calls, oldest first. Times are time.monotonic() seconds of the serving process."""

    entries: deque[JsonObject] = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    summarises: bool = True
    """Whether entries of generate calls tell the request part by part, which takes each call a few milliseconds."""
    watcher: Watcher | None = None
    """Told of every call when it is over; looking at it is for later."""

    def add(self, entry: JsonObject, evidence: "Evidence | None" = None) -> None:
        self.entries.append(entry)
        if self.watcher is not None and evidence is not None:
            self.watcher(entry, evidence)

    def clear(self) -> None:
        self.entries.clear()


def summary_of(contents: Sequence[Content]) -> JsonObject:
    """The contents part by part: digests and sizes in place of pictures and signatures."""
    return {
        "contents": [
            {"role": content.role, "parts": [_part_summary(part) for part in content.parts]} for content in contents
        ]
    }


def _part_summary(part: Part) -> JsonObject:
    summary: JsonObject = {"kind": "thought" if part.thought else part.kind, "thought": part.thought}
    if part.text:
        summary["text"] = part.text[:_KEPT_TEXT]
    if part.data:
        summary |= {"mime_type": part.mime_type, **_fingerprint("data", part.data)}
    if part.signature is not None:
        summary |= _fingerprint("signature", part.signature)
    return summary


def _fingerprint(name: str, held: bytes) -> JsonObject:
    return {f"{name}_sha256": hashlib.sha256(held).hexdigest(), f"{name}_bytes": len(held)}
