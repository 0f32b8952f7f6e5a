"""Nothing leaves the machine: sockets reach loopback and Unix addresses only.

Stands alone, for it also runs inside the children that tests start (see sitecustomize.py beside it).
"""

import ipaddress
import socket
import sys
from collections.abc import Callable
from typing import Any, Final

MARK: Final = "tests are offline:"
"""Begins the sentence written when something tries to leave; servers under test are searched for it."""

_guarded: list[str] = []


class LeftTheMachine(OSError):
    """Something tried to reach an address that is not this machine."""


def forbid_the_network() -> None:
    """Guard this process for good; a second call changes nothing."""
    if _guarded:
        return
    for name in ("connect", "connect_ex"):
        _guard_method(name)
    _guard_sendto()
    _guard_lookup()


def is_local(host: object) -> bool:
    """Whether a socket address's host is this machine (an empty host means every interface, for servers)."""
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse(host: object) -> None:
    sentence = f"{MARK} {host!r} is not this machine"
    sys.stderr.write(sentence + "\n")
    raise LeftTheMachine(sentence)


def _check_address(address: object) -> None:
    if isinstance(address, tuple) and not is_local(address[0]):
        _refuse(address[0])


def _guard_method(name: str) -> None:
    original: Callable[..., Any] = getattr(socket.socket, name)

    def guarded(self: socket.socket, address: object, /) -> object:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _check_address(address)
        return original(self, address)

    setattr(socket.socket, name, guarded)
    _guarded.append(name)


def _guard_sendto() -> None:
    original: Callable[..., int] = socket.socket.sendto

    def guarded(self: socket.socket, data: bytes, *rest: Any) -> int:  # noqa: ANN401 (flags are optional, address last)
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _check_address(rest[-1])
        return original(self, data, *rest)

    setattr(socket.socket, "sendto", guarded)  # noqa: B010 (mypy refuses assigning to a method)
    _guarded.append("sendto")


def _guard_lookup() -> None:
    original: Callable[..., Any] = socket.getaddrinfo

    def guarded(host: object, *rest: Any, **named: Any) -> object:  # noqa: ANN401 (passed on as they came)
        if not is_local(host):
            _refuse(host)
        return original(host, *rest, **named)

    setattr(socket, "getaddrinfo", guarded)  # noqa: B010 (mypy refuses assigning to a function)
    _guarded.append("getaddrinfo")
