"""What the SDK leaves out of an answer, read from the wire beside it.

google-genai 3.4 drops `finishMessage` on the developer API: the service's own sentence on why there is no picture.
"""

import json
import re
from contextvars import ContextVar
from typing import Final

_FINISH_MESSAGE: Final = re.compile(rb'"finish_?[mM]essage"\s*:\s*("(?:[^"\\]|\\.)*")')
_MAX_KEPT_BYTES: Final = 2_000_000


class Overheard:
    """One call's answer as text, tickets in place of pictures. Inside a JSON string every quote is escaped, so what is
    found here is a field of the service and never something a model wrote."""

    def __init__(self) -> None:
        self._text = bytearray()

    def hear(self, passed: bytes) -> None:
        if len(self._text) < _MAX_KEPT_BYTES:
            self._text += passed

    @property
    def finish_message(self) -> str:
        """The last finish message; empty when there was none."""
        found = _FINISH_MESSAGE.findall(bytes(self._text))
        return str(json.loads(found[-1])) if found else ""


LISTENER: Final[ContextVar[Overheard | None]] = ContextVar("LISTENER", default=None)
"""Whoever makes a call listens to it: the transport that answers runs in the same context."""
