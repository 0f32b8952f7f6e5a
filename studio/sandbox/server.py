"""The sandbox over HTTP, on loopback only."""

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from studio.sandbox.asgi import RESET_EXTENSION, Receive, Scope, Send
from studio.sandbox.config import SandboxConfig
from studio.sandbox.painting import Paint
from studio.sandbox.scenarios.table import overview
from studio.sandbox.service import create_app

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_SIGNATURE_SPREAD: Final = 0.2
_GRACE_S: Final = 2
_NO_LINGER: Final = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
_UVICORN: Final[dict[str, Any]] = {
    "ws": "none", "lifespan": "on", "log_level": "warning", "access_log": False, "proxy_headers": False,
    "server_header": False,
}  # fmt: skip


class SandboxProtocol(H11Protocol):
    """HTTP/1.1 whose connection can be closed unanswered, and whose last write waits for the bytes to have left."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)
        inner = self.app

        def reset() -> None:
            # Closing with a linger time of 0 sends a reset, not an orderly end.
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            transport.abort()

        async def with_reset(scope: Scope, receive: Receive, send: Send) -> None:
            extensions = {**scope.get("extensions", {}), RESET_EXTENSION: reset}
            try:
                await inner({**scope, "extensions": extensions}, receive, send)
            except asyncio.CancelledError:
                # The server ends and waits no longer: the caller sees its connection end, the terminal no traceback.
                reset()
                while (await receive())["type"] != "http.disconnect":
                    continue

        self.app = with_reset


class SandboxServer(uvicorn.Server):
    """Says where it listens once it really does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            sys.stdout.write(f"sandbox listening on http://{shown}:{port}\n")
            sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int

    def bind(self) -> socket.socket:
        """A listening socket. Raises OSError, with a sentence for its text, when the port is taken."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self.host, self.port))
        except OSError as error:
            listener.close()
            text = f"cannot listen on {self.host}, port {self.port}: {error.strerror}. --port 0 picks a free one."
            raise OSError(text) from error
        return listener


def main(arguments: Sequence[str], *, paint: Paint | None = None) -> int:
    """Serve until interrupted; the exit status. `paint` None is the sandbox's own painter."""
    options = _parser().parse_args(arguments)
    if options.list_scenarios:
        sys.stdout.write(overview())
        return 0
    try:
        app = create_app(_config(options), paint=paint)
        listener = Address(options.host, options.port).bind()
    except (OSError, ValueError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 1
    server = SandboxServer(uvicorn.Config(app, http=SandboxProtocol, timeout_graceful_shutdown=_GRACE_S, **_UVICORN))
    if options.exit_with_parent:
        threading.Thread(target=_stop_at_end_of_input, args=(server,), name="stdin", daemon=True).start()
    # uvicorn raises the signal that stopped it once more: then this is no longer an accident.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    for worker in multiprocessing.active_children():
        worker.terminate()
    return 0


def _stop_at_end_of_input(server: uvicorn.Server) -> None:
    """A parent holds the other end of stdin open; however it ends, that closes."""
    while os.read(sys.stdin.fileno(), 4096):
        continue
    server.should_exit = True


def _config(options: argparse.Namespace) -> SandboxConfig:
    signature_bytes = round(options.signature_kb * 1000)
    return SandboxConfig(
        data_dir=options.data_dir,
        signature_min_bytes=round(signature_bytes * (1 - _SIGNATURE_SPREAD)),
        signature_max_bytes=round(signature_bytes * (1 + _SIGNATURE_SPREAD)),
        pace=options.pace,
        control=options.control,
        inspector=options.inspector,
        worker_processes=options.workers,
        seed=options.seed,
        scenarios=tuple(options.scenario),
    )


def _number(kind: type[int] | type[float], *, most: int) -> Callable[[str], float]:
    """Reads an option that is a number from 0 to `most`."""

    def read(text: str) -> float:
        noun = "whole number" if kind is int else "number"
        try:
            number = kind(text)
        except ValueError:
            number = kind(-1)
        if not 0 <= number <= most:
            raise argparse.ArgumentTypeError(f"invalid value {text!r}: a {noun} from 0 to {most} is expected")
        return number

    return read


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m studio.sandbox",
        description="Serve Gemini's image protocol locally: no key, no network, no cost. Not Gemini.",
        epilog="Point a client at it with GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:8787 and GEMINI_API_KEY=any; more in "
        "docs/test-your-client.md.",
    )
    parser.add_argument("--host", choices=_LOOPBACK, default="127.0.0.1", help="loopback only")
    parser.add_argument(
        "--port",
        type=_number(int, most=65_535),
        default=8787,
        metavar="PORT",
        help="0 picks a free one (default %(default)s)",
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=Path("data/sandbox"),
        metavar="FOLDER",
        help="where files, batches, interactions and the key of the thought signatures are kept (default %(default)s)",
    )
    parser.add_argument(
        "--signature-kb",
        type=_number(float, most=100_000),
        default=1000.0,
        metavar="KB",
        help="size of a thought signature, give or take a fifth (default 1000)",
    )
    parser.add_argument(
        "--pace",
        type=_number(float, most=1_000),
        default=1.0,
        metavar="FACTOR",
        help="multiplies the simulated waiting; 0 for none (default 1)",
    )
    parser.add_argument(
        "--workers",
        type=_number(int, most=64),
        default=2,
        metavar="COUNT",
        help="processes that paint; 0 for threads (default %(default)s)",
    )
    _add_behaviour(parser)
    return parser


def _add_behaviour(parser: argparse.ArgumentParser) -> None:
    """The options that say what the sandbox does, beside where and how fast."""
    parser.add_argument(
        "--seed", type=int, default=0, metavar="NUMBER", help="changes every picture and all drawn luck (default 0)"
    )
    parser.add_argument(
        "--scenario",
        action="append",
        default=[],
        metavar="NAME[:PARAM=VALUE,…]",
        help="what goes wrong from the start; several with commas or by repeating the option; a single call asks for "
        "its own with the header x-sandbox-scenario",
    )
    parser.add_argument("--list-scenarios", action="store_true", help="say what scenarios there are, and end")
    parser.add_argument(
        "--control", action="store_true", help="open /control/scenarios, /control/faults and /control/requests"
    )
    parser.add_argument(
        "--inspector",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="show the last calls at /, to this machine only (default: on)",
    )
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when stdin closes")
