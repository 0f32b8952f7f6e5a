"""Starting the studio: the log, the socket, the start lines, the server."""

import asyncio
import contextlib
import logging
import os
import socket
import sys
import threading
import webbrowser
from logging.handlers import RotatingFileHandler
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from studio.errors import SettingsError, StoreError
from studio.logs import RedactingFormatter, Secrets
from studio.settings import StudioSettings

_GRACE_S = 3
_ENGINES = {
    "sandbox": "Sandbox — painted locally, not Gemini",
    "developer": "Gemini API (your key)",
    "enterprise": "Gemini on Google Cloud",
    "gateway": "Gateway",
}


def bind(settings: StudioSettings) -> socket.socket:
    """The socket to serve on. Raises SettingsError when the port is taken or the address is not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere this lets two programs share a port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(
            (
                (
                    f"Port {settings.port} on {settings.host} cannot be used ({reason}). "
                    "Another Retake may be running there; choose another port with --port or STUDIO_PORT."
                ),
            )
        ) from None
    return listener


def start_logging(settings: StudioSettings, secrets: Secrets) -> Path:
    """Log to a file in the data folder, and warnings to standard error; returns the file.

    Raises StoreError when the file cannot be written.
    """
    path = settings.data_dir / "retake.log"
    try:
        file = RotatingFileHandler(path, maxBytes=5_000_000, backupCount=3, encoding="utf-8")
    except OSError as error:
        raise StoreError(
            f"The log file {path} cannot be written ({error.strerror}). Move it away, then start again."
        ) from error
    screen = logging.StreamHandler()
    screen.setLevel(logging.WARNING)
    for handler in (file, screen):
        handler.setFormatter(RedactingFormatter(secrets))
        logging.getLogger().addHandler(handler)
    logging.getLogger("uvicorn.error").addFilter(_is_no_stop)
    logging.getLogger().setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    # It warns of keys in the environment, which it is never left to choose from; the start lines say which is used.
    logging.getLogger("google_genai").setLevel(logging.ERROR)
    return path


def _is_no_stop(record: logging.LogRecord) -> bool:
    """Event streams of open pages are cut off when the studio stops; uvicorn reports each with a traceback."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def serve(app: FastAPI, settings: StudioSettings, listener: socket.socket, *, log: Path) -> None:
    """Serve until stopped; says where, with which engine, and where everything is kept."""
    host, port = listener.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    lines = [
        f"Retake is at {address}",
        f"  engine  {_ENGINES[settings.engine]}",
        f"  data    {settings.data_dir}",
        f"  log     {log}",
        *(f"  note    {notice}" for notice in settings.notices),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    if settings.options.open:
        threading.Timer(1.0, webbrowser.open, [address]).start()
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=_GRACE_S)
    # Ctrl+C is how a designer stops it: uvicorn has shut down by the time it raises this once more.
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
