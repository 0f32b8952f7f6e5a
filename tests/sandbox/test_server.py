"""The command: what its options take, what it says of itself, and how it ends."""

import asyncio
import re
import socket
from pathlib import Path

import pytest
import uvicorn
from uvicorn.server import ServerState

from studio.sandbox.asgi import Receive, Scope, Send
from studio.sandbox.scenarios import table as scenarios
from studio.sandbox.server import SandboxProtocol, _parser, main

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "test-your-client.md"


@pytest.mark.parametrize(
    ("option", "value", "why"),
    [
        ("--port", "99999", "a whole number from 0 to 65535 is expected"),
        ("--port", "-1", "a whole number from 0 to 65535 is expected"),
        ("--workers", "-1", "a whole number from 0 to 64 is expected"),
        ("--pace", "nan", "a number from 0 to 1000 is expected"),
        ("--signature-kb", "-5", "a number from 0 to 100000 is expected"),
    ],
)
def test_a_number_out_of_range_is_refused_with_the_range(
    capsys: pytest.CaptureFixture[str], option: str, value: str, why: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([option, value])

    assert ended.value.code == 2
    assert f"argument {option}: invalid value '{value}': {why}" in capsys.readouterr().err


def test_what_the_guide_names_there_is() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    help_text = _parser().format_help()
    wishes = re.findall(r'(?:--scenario "?|x-sandbox-scenario: |\[")([a-z0-9:=,_-]+)', text)

    assert len(wishes) >= 4
    assert all(scenarios.parse([wish]) for wish in wishes)
    assert {option for option in re.findall(r"--[a-z][a-z-]+", text) if option not in help_text} == set()


class _Line(asyncio.Transport):
    """A connection of which it is only told how it ends."""

    def __init__(self, held: socket.socket) -> None:
        super().__init__()
        self.held, self.aborted = held, False

    def get_extra_info(self, name: str, default: object = None) -> object:
        return self.held if name == "socket" else default

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert (high, low) == (0, None)

    def abort(self) -> None:
        self.aborted = True


@pytest.mark.anyio
async def test_a_call_that_is_in_flight_at_the_end_is_broken_off_without_a_traceback() -> None:
    async def endless(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.Event().wait()

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(_: object) -> None:
        raise AssertionError("there is nothing to say")

    config = uvicorn.Config(endless, ws="none", lifespan="off", log_config=None)
    config.load()
    protocol = SandboxProtocol(config, ServerState(), {})
    with socket.socket() as held:
        line = _Line(held)
        protocol.connection_made(line)
        call = asyncio.ensure_future(protocol.app({"type": "http"}, receive, send))
        await asyncio.sleep(0)
        call.cancel()
        await call

    assert line.aborted
