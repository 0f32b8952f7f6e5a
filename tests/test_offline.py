"""The guards the other tests rely on really hold."""

import os
import socket
import subprocess
import sys

import pytest

from studio.errors import EngineError
from studio.gemini.guard import check_call
from tests.support import environment
from tests.support.offline.network_guard import MARK, LeftTheMachine, is_local

OUTSIDE = ("192.0.2.1", 443)  # TEST-NET-1: nobody's address (RFC 5737)


def test_no_test_reaches_another_machine() -> None:
    with socket.socket() as plug, pytest.raises(LeftTheMachine, match=r"192\.0\.2\.1"):
        plug.connect(OUTSIDE)
    with socket.socket() as plug, pytest.raises(LeftTheMachine, match=r"192\.0\.2\.1"):
        plug.connect_ex(OUTSIDE)
    with socket.socket(type=socket.SOCK_DGRAM) as plug, pytest.raises(LeftTheMachine, match=r"192\.0\.2\.1"):
        plug.sendto(b"", OUTSIDE)


def test_no_test_looks_up_another_machine() -> None:
    with pytest.raises(LeftTheMachine, match="generativelanguage"):
        socket.getaddrinfo("generativelanguage.googleapis.com", 443)


def test_a_child_cannot_either_and_says_so() -> None:
    code = f"import socket; socket.create_connection({OUTSIDE!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert f"{MARK} '192.0.2.1' is not this machine" in done.stderr


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as plug:
        assert plug.getpeername() == server.getsockname()


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("", True),
        (None, True),
        ("0.0.0.0", True),  # noqa: S104 (nothing is bound)
        ("10.0.0.1", False),
        ("localhost.example.com", False),
        ("fe80::1%eth0", False),
        (b"127.0.0.1", True),
    ],
)
def test_what_counts_as_this_machine(host: object, local: bool) -> None:  # noqa: FBT001 (a parameter of the table)
    assert is_local(host) is local


def test_no_personal_variable_is_left() -> None:
    assert [name for name in os.environ if environment.is_personal(name)] == []


def test_a_child_gets_no_key_and_no_proxy() -> None:
    given = {"GEMINI_API_KEY": "k", "HTTPS_PROXY": "http://proxy.test", "GOOGLE_CLOUD_PROJECT": "p", "HOME": "/home/me"}
    assert environment.cleaned(given) == {"HOME": "/home/me"}
    assert environment.for_child()["GEMINI_API_KEY"] == ""
    assert environment.for_child({"STUDIO_PORT": "1"})["STUDIO_PORT"] == "1"


def test_paid_calls_are_forbidden_here() -> None:
    with pytest.raises(EngineError):
        check_call("https://generativelanguage.googleapis.com/v1beta/models")
