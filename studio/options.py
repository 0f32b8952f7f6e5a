"""The command line, which wins over the environment."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from studio.settings import Options


def parse_options(arguments: Sequence[str]) -> Options:
    """The command line as options. Exits with a usage message on a wrong one."""
    parser = argparse.ArgumentParser(prog="app.py", description="Retake: a conversational image studio for Gemini.")
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=_port, help="port to listen on; 0 picks a free one (default 7860)")
    parser.add_argument("--data-dir", type=Path, help="where everything is kept (default data/ beside app.py)")
    parser.add_argument("--sandbox", action="store_true", help="paint locally even if a key is set")
    parser.add_argument("--open", action=argparse.BooleanOptionalAction, default=None, help="open the page")
    found = parser.parse_args(arguments)
    return Options(
        host=found.host,
        port=found.port,
        data_dir=found.data_dir,
        sandbox=found.sandbox,
        open=sys.stdout.isatty() if found.open is None else found.open,
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= 65535):
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a port; use a number from 0 to 65535")
    return int(text)
