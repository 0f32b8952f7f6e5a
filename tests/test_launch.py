"""Taking the socket and starting the log."""

import asyncio
import errno
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from studio.errors import SettingsError, StoreError
from studio.launch import bind, start_logging
from studio.logs import Secrets
from studio.settings import Options, Settings, StudioSettings


def settings(home: Path, **options: object) -> StudioSettings:
    """Settings of nothing but options."""
    return StudioSettings(values=Settings(_env_file=None), options=Options(**options), home=home)  # type: ignore[arg-type]


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """The root logger, put back as it was."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield root
    for handler in [each for each in root.handlers if each not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_port_0_is_any_free_port(tmp_path: Path) -> None:
    with bind(settings(tmp_path, port=0)) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        assert listener.getsockname()[1] > 0


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingsError) as caught:
            bind(settings(tmp_path, port=port))
    [problem] = caught.value.problems
    assert problem == (
        f"Port {port} on 127.0.0.1 cannot be used ({os.strerror(errno.EADDRINUSE)}). "
        "Another Retake may be running there; choose another port with --port or STUDIO_PORT."
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "fe80::bad::address"])
def test_an_address_that_is_not_ours_is_one_sentence(tmp_path: Path, host: str) -> None:
    with pytest.raises(SettingsError, match="cannot be used") as caught:
        bind(settings(tmp_path, host=host, port=0))
    assert len(caught.value.problems) == 1


def test_the_log_is_in_the_data_folder_and_has_no_secret(tmp_path: Path, root_logger: logging.Logger) -> None:
    path = start_logging(settings(tmp_path, data_dir=tmp_path), Secrets([SecretStr("canary-key")]))
    try:
        raise RuntimeError("the key canary-key was refused")  # noqa: TRY301 (a traceback is wanted)
    except RuntimeError:
        root_logger.exception("a call with %s failed", "canary-key")
    said = path.read_text(encoding="utf-8")
    assert path == tmp_path / "retake.log"
    assert "Traceback" in said
    assert "canary" not in said


def test_a_page_cut_off_at_the_end_is_no_error(tmp_path: Path, root_logger: logging.Logger) -> None:
    path = start_logging(settings(tmp_path, data_dir=tmp_path), Secrets())
    uvicorn_log = logging.getLogger("uvicorn.error")
    uvicorn_log.error("Exception in ASGI application", exc_info=asyncio.CancelledError("stopping"))
    uvicorn_log.error("Exception in ASGI application", exc_info=RuntimeError("a bug"))
    said = path.read_text(encoding="utf-8")
    assert "a bug" in said
    assert "stopping" not in said


def test_a_log_that_cannot_be_written_is_one_sentence(tmp_path: Path, root_logger: logging.Logger) -> None:
    (tmp_path / "retake.log").mkdir()
    with pytest.raises(StoreError, match="Move it away, then start again"):
        start_logging(settings(tmp_path, data_dir=tmp_path), Secrets())
