"""A process-wide guard: tests forbid paid calls for good, so no bug in a test can spend money."""

import ipaddress
import threading
from urllib.parse import urlsplit

from studio.errors import EngineError, ErrorFacts

_forbidden = threading.Event()


def forbid_paid_calls() -> None:
    """From now on no request of this process leaves the machine through the engine. There is no way back."""
    _forbidden.set()


def check_call(url: str) -> None:
    """Raise EngineError when calls are forbidden and `url` is not on this machine."""
    if _forbidden.is_set() and not is_loopback(url):
        raise EngineError(ErrorFacts(category="internal", detail="paid calls are forbidden in this process"))


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
