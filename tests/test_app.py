"""`python app.py`, as a designer starts and ends it."""

import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Self

import httpx2
import pytest

from studio.store.database import open_database
from studio.ui import words
from tests.support.environment import ROOT, for_child
from tests.support.server import Studio

TRAPS: Final = {
    "GEMINI_API_KEY": "trap-gemini-key",
    "GOOGLE_API_KEY": "trap-google-key",
    "GOOGLE_GEMINI_BASE_URL": "http://192.0.2.1:8080",
    "GOOGLE_VERTEX_BASE_URL": "http://192.0.2.1:8081",
    "GOOGLE_GENAI_USE_ENTERPRISE": "true",
    "GOOGLE_GENAI_USE_VERTEXAI": "true",
    "GOOGLE_CLOUD_PROJECT": "trap-project",
    "GOOGLE_CLOUD_LOCATION": "europe-west4",
    "GOOGLE_APPLICATION_CREDENTIALS": "/nowhere/credentials.json",
    "HTTP_PROXY": "http://192.0.2.1:3128",
    "HTTPS_PROXY": "http://192.0.2.1:3128",
    "ALL_PROXY": "http://192.0.2.1:3128",
    "http_proxy": "http://192.0.2.1:3128",
    "https_proxy": "http://192.0.2.1:3128",
    "all_proxy": "socks5://192.0.2.1:1080",
}


class Browser:
    """What a page does, over HTTP."""

    def __init__(self, url: str) -> None:
        self.http = httpx2.Client(base_url=url, trust_env=False, timeout=60)
        self.boot: dict[str, Any] = self.http.get("/session").json()
        parts = self.http.get("/config").json()["components"]
        self._places = {name: part["id"] for part in parts for name in part["props"].get("server_fns") or ()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def do(self, name: str, **rest: object) -> dict[str, Any]:
        """A command of the page; its reply."""
        view = self.boot["view"]
        data = {"token": self.boot["token"], "conversation_id": view["conversation_id"], **rest}
        body = {"component_id": self._places[name], "fn_name": name, "session_hash": "test", "data": data}
        reply: dict[str, Any] = self.http.post("/gradio_api/component_server", json=body).json()
        return reply

    def send(self, text: str) -> dict[str, Any]:
        return self.do("send", draft={"text": text, "settings": {"model": "gemini-2.5-flash-image"}})

    def ended(self) -> dict[str, Any]:
        """The page's view once nothing runs."""
        give_up_at = time.monotonic() + 90
        while (view := self.http.get("/session").json()["view"])["running"]:
            assert time.monotonic() < give_up_at, view["status"]
            time.sleep(0.1)
        found: dict[str, Any] = view
        return found


def children_of(pid: int) -> list[int]:
    """The processes a process has started, as Linux tells."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text(encoding="ascii").split()]


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def wait_until_gone(pids: list[int]) -> None:
    give_up_at = time.monotonic() + 30
    while any(map(is_alive, pids)):
        assert time.monotonic() < give_up_at, [pid for pid in pids if is_alive(pid)]
        time.sleep(0.05)


def refused(*arguments: str, home: Path, **variables: str) -> str:
    """What a copy of app.py in `home` says on standard error when it cannot start."""
    shutil.copy(ROOT / "app.py", home / "app.py")
    done = subprocess.run(
        [sys.executable, str(home / "app.py"), "--sandbox", "--no-open", *arguments],
        env=for_child({"STUDIO_PORT": "0", **variables}), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done.stderr


# ---- starting ---------------------------------------------------------------------------------------------------


def test_help_lists_the_options() -> None:
    done = subprocess.run(
        [sys.executable, "app.py", "--help"], cwd=ROOT, env=for_child(), capture_output=True, text=True, check=True
    )
    assert [flag for flag in ("--host", "--port", "--data-dir", "--sandbox", "--open") if flag not in done.stdout] == []


def test_an_unknown_option_is_one_sentence(tmp_path: Path) -> None:
    assert refused("--bogus", home=tmp_path).splitlines()[-1] == "app.py: error: unrecognized arguments: --bogus"


def test_wrong_settings_are_a_line_each(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("STUDIO_TIMEOUT_S\n", encoding="utf-8")
    said = refused(home=tmp_path, STUDIO_MODEL="the best one").splitlines()
    assert said[0] == "Retake cannot start."
    assert said[1].startswith(".env line 1 is not NAME=value.")
    assert said[2].startswith("STUDIO_MODEL: a model's id is wanted, such as gemini-")
    assert len(said) == 3


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = refused("--port", port, home=tmp_path).splitlines()
    assert len(said) == 2
    assert said[1].startswith(f"Port {port} on 127.0.0.1 cannot be used")
    assert not (tmp_path / "data").exists()


def test_a_file_in_the_data_folders_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine", encoding="utf-8")
    said = refused(home=tmp_path).splitlines()
    [sentence] = said[1:]
    assert sentence == (
        f"The data folder {tmp_path / 'data'} cannot be written: a file is in its place. "
        "Make it writable, or choose another folder with STUDIO_DATA_DIR."
    )


def test_a_newer_database_is_one_sentence_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "retake.db"
    open_database(path).close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    said = refused(home=tmp_path).splitlines()
    assert len(said) == 2
    assert said[1].startswith("This data folder was last used by a newer Retake (schema 9999).")


# ---- running ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio told to use its sandbox, among every variable that could send it elsewhere."""
    with Studio(data_dir=tmp_path_factory.mktemp("studio") / "data", environment=TRAPS) as server:
        yield server


def test_the_start_lines_say_where_with_what_and_where_everything_is_kept(studio: Studio) -> None:
    assert studio.output.splitlines()[:4] == [
        f"Retake is at {studio.url}",
        "  engine  Sandbox — painted locally, not Gemini",
        f"  data    {studio.data_dir}",
        f"  log     {studio.data_dir / 'retake.log'}",
    ]


def test_the_sandbox_stays_on_the_machine_whatever_the_environment_says(studio: Studio) -> None:
    with Browser(studio.url) as browser:
        assert browser.send("a red mug")["ok"]
        view = browser.ended()
    assert (view["status"]["state"], view["engine"]["kind"]) == ("done", "sandbox")
    assert view["cost"]["simulated"] is True
    studio.check_stayed_local()
    log = (studio.data_dir / "retake.log").read_text(encoding="utf-8")
    assert "trap-" not in log + studio.output


def test_a_second_studio_on_the_folder_only_shows_it(studio: Studio) -> None:
    with Browser(studio.url) as first:
        first.do("rename", id=first.boot["view"]["conversation_id"], title="Mine")
    with Studio(data_dir=studio.data_dir) as second, Browser(second.url) as browser:
        view = browser.boot["view"]
        assert (view["title"], view["read_only"], view["status"]["category"]) == ("Mine", True, "read_only")
        for name, rest in (
            ("send", {"draft": {"text": "a mug", "settings": {"model": "gemini-2.5-flash-image"}}}),
            ("new_conversation", {}), ("rename", {"id": view["conversation_id"], "title": "Theirs"}),
            ("delete", {"id": view["conversation_id"]}), ("set_budget", {"cap_usd": "1"}), ("use_sandbox", {}),
        ):  # fmt: skip
            reply = browser.do(name, **rest)
            assert (reply["ok"], reply["problem"]) == (False, words.READ_ONLY), name
    with Browser(studio.url) as again:
        assert again.boot["view"]["title"] == "Mine"


# ---- ending -----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="processes are counted as Linux tells")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_however_it_ends_no_process_stays_behind(tmp_path: Path, how: signal.Signals) -> None:
    server = Studio(data_dir=tmp_path / "data").start()
    pids = [server.pid, *children_of(server.pid)]
    assert len(pids) > 1
    with Browser(server.url) as browser, browser.http.stream("GET", "/events?conversation=") as stream:
        assert next(stream.iter_lines()) == "event: view"
        assert server._process is not None
        server._process.send_signal(how)
        server._process.wait(30)
        wait_until_gone(pids)
    server.stop()
    assert [word for word in ("CancelledError", "KeyboardInterrupt") if word in server.output] == []
