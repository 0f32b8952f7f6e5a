"""The whole studio put together: what the page is made of, and that no way in pays or gives the key away."""

import gc
import json
import logging
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from studio.launch import start_logging
from studio.logs import Secrets
from studio.settings import Options, load_settings
from studio.ui.blocks import QUEUE_LOOKS_EVERY_S
from studio.ui.events import COMMANDS
from tests.sandbox_fixture import SandboxProcess, picture_bytes

CANARY: Final = "canary-key-0123456789abcdefghij"
URL: Final = "http://127.0.0.1:7860"
FAILURES: Final = ("invalid_key", "leaked", "internal", "bad_json", "html", "reset", "corrupt_image")
Start = Callable[..., TestClient]

pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # Gradio leaves event loops open (6.31)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """What stands at the gateway's address; it keeps a journal and fails as told."""
    with SandboxProcess(tmp_path_factory.mktemp("sandbox")) as process:
        yield process


@pytest.fixture
def start(tmp_path: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """`start(NAME=value …)`: a studio behind the gateway, with its log, and something that asks it."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    clients: list[TestClient] = []

    def build(**variables: str) -> TestClient:
        for name, value in {"GOOGLE_GEMINI_BASE_URL": sandbox.base_url, "STUDIO_MAX_RETRIES": "0", **variables}.items():
            monkeypatch.setenv(name, value)
        settings = load_settings(home=tmp_path, options=Options(open=False))
        settings.data_dir.mkdir()
        secrets = Secrets(settings.secrets)
        start_logging(settings, secrets)
        from studio.wiring import build_app

        app: FastAPI = build_app(settings, secrets)
        clients.append(TestClient(app, base_url=URL, raise_server_exceptions=False).__enter__())
        return clients[-1]

    yield build
    for client in clients:
        client.__exit__(None, None, None)
    for handler in [each for each in root.handlers if each not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    gc.collect()  # what Gradio left open is to be found here, not in another file's test


def components(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/config").json()["components"]
    return found


def call(client: TestClient, name: str, data: object, *, component: int) -> Any:  # noqa: ANN401 (whatever it answers)
    body = {"component_id": component, "fn_name": name, "session_hash": "bare", "data": data}
    answer = client.post("/gradio_api/component_server", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def attempts(home: Path) -> int:
    with sqlite3.connect(home / "data" / "retake.db") as database:
        (count,) = database.execute("SELECT count(*) FROM attempts").fetchone()
    database.close()
    return int(count)


def test_the_page_is_its_places_with_exactly_their_commands(start: Start) -> None:
    client = start()
    places = {
        part["props"]["elem_id"]: part["props"].get("server_fns") or []
        for part in components(client)
        if str(part["props"].get("elem_id", "")).startswith("place-")
    }
    assert places == {f"place-{name}": list(commands) for name, commands in COMMANDS.items()}
    config = client.get("/config").json()
    assert config["dependencies"] == []  # no event of Gradio's own: nothing to call by its number
    assert client.get("/gradio_api/info").json() == {"named_endpoints": {}, "unnamed_endpoints": {}}
    page = client.get("/")
    assert page.status_code == 200
    assert "/studio.js" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'self'")


def test_what_the_page_names_of_its_own_files_is_there_and_kept(start: Start) -> None:
    client = start()
    named = sorted(set(re.findall(r"/ui/[0-9a-f]{16}/[A-Za-z0-9_./-]+", client.get("/").text)))
    assert len(named) > 40
    for address in named:
        answer = client.get(address)
        assert (answer.status_code, answer.headers["cache-control"].split(", ")[-1]) == (200, "immutable"), address


def test_gradios_extras_are_closed_on_the_real_thing(start: Start) -> None:
    client = start()
    for path in ("/docs", "/redoc", "/openapi.json", "/gradio_api/openapi.json", "/gradio_api/file=/etc/hosts",
                 "/gradio_api/file=https://example.com/x.png", "/gradio_api/proxy=https://example.com",
                 "/gradio_api/deep_link", "/monitoring", "/monitoring/summary"):  # fmt: skip
        assert client.get(path).status_code == 404, path
    upload = client.post("/gradio_api/upload", files={"files": ("x.png", picture_bytes())})
    assert upload.status_code == 404


def test_no_endpoint_called_bare_reaches_the_engine(start: Start, sandbox: SandboxProcess, tmp_path: Path) -> None:
    client = start(GEMINI_API_KEY=CANARY)
    conversation = client.get("/session").json()["view"]["conversation_id"]
    asked = len(sandbox.journal())
    draft = {"text": "a mug", "settings": {"model": "gemini-3-pro-image"}}
    bare = {"conversation_id": conversation, "draft": draft}
    for part in components(client):
        for name in part["props"].get("server_fns") or ():
            for data in (bare, {**bare, "token": "0" * 64}, None, [], [bare], "send", 7, {}):
                reply = call(client, name, data, component=part["id"])
                assert reply["ok"] is False, name
                assert reply["problem"], name
    names = [name for commands in COMMANDS.values() for name in commands]
    for name in (*names, "predict", "0", "create", "refine"):
        body = {"data": [bare], "fn_index": 0, "session_hash": "bare"}
        for path in (f"/gradio_api/run/{name}", f"/gradio_api/api/{name}", f"/gradio_api/call/{name}"):
            assert client.post(path, json=body).status_code >= 400, path
    for index in range(3):
        body = {"data": [bare], "fn_index": index, "session_hash": "bare"}
        assert client.post("/gradio_api/queue/join", json=body).status_code >= 400
    assert len(sandbox.journal()) == asked
    assert attempts(tmp_path) == 0


# ---- the key ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["environment", "file", "page"])
def test_the_key_appears_nowhere(
    start: Start, sandbox: SandboxProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    if way == "file":
        (tmp_path / ".env").write_text(f"GEMINI_API_KEY={CANARY}\n", encoding="utf-8")
    client = start(**({"GEMINI_API_KEY": CANARY} if way == "environment" else {}))
    answers: list[str] = []
    boot = client.get("/session").json()
    if way == "page":
        answer = client.post(
            "/connection/key", json={"key": CANARY, "save": True}, headers={"x-retake-token": boot["token"]}
        )
        assert answer.json()["ok"], answer.text
        answers.append(answer.text)
        assert CANARY in (tmp_path / ".env").read_text(encoding="utf-8")
    places = {name: part["id"] for part in components(client) for name in part["props"].get("server_fns") or ()}
    page = {"token": boot["token"], "conversation_id": boot["view"]["conversation_id"]}
    states = set()
    for failure in (*FAILURES, None):
        sandbox.queue([{"kind": failure}] if failure else [])
        draft = {"text": f"a mug {failure}", "settings": {"model": "gemini-2.5-flash-image"}}
        reply = call(client, "send", {**page, "draft": draft}, component=places["send"])
        assert reply["ok"], reply
        view = ended(client)
        states.add(view["status"]["state"])
        answers += [json.dumps(reply), json.dumps(view)]
    assert states == {"failed", "done"}
    answers.append(json.dumps(call(client, "check_connection", {**page, "model": "gemini-3-pro-image"},
                                   component=places["check_connection"])))  # fmt: skip
    logging.getLogger("studio").error("a traceback with %s", CANARY, exc_info=RuntimeError(f"refused {CANARY}"))
    answers += [client.get(path).text for path in ("/", "/config", "/gradio_api/info", "/session", "/theme.css")]
    assert view["engine"]["key_last_four"] == CANARY[-4:]
    assert [answer[:80] for answer in answers if CANARY in answer] == []
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != ".env"]
    assert {"retake.log", "retake.db"} <= {path.name for path in written}
    assert [path.name for path in written if CANARY.encode() in path.read_bytes()] == []
    assert "a traceback with •••" in (tmp_path / "data" / "retake.log").read_text(encoding="utf-8")
    said = capsys.readouterr()
    assert CANARY not in said.out + said.err


def ended(client: TestClient) -> dict[str, Any]:
    """The page's view once nothing runs."""
    give_up_at = time.monotonic() + 60
    while (view := client.get("/session").json()["view"])["running"]:
        assert time.monotonic() < give_up_at, view["status"]
        time.sleep(0.05)
    found: dict[str, Any] = view
    return found


def test_an_idle_studio_is_idle(start: Start) -> None:
    client = start()
    apps = [getattr(route, "app", None) for route in client.app.routes]  # type: ignore[attr-defined]
    [blocks] = [app.get_blocks() for app in apps if app is not None and hasattr(app, "get_blocks")]
    assert blocks._queue.sleep_when_free == QUEUE_LOOKS_EVERY_S >= 1


# ---- what is kept -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [None, "", "short", "not ascii é"])
def test_cookies_are_never_signed_with_half_a_key(tmp_path: Path, kept: str | None) -> None:
    from studio.errors import StoreError
    from studio.wiring import _session_secret

    path = tmp_path / "session.key"
    if kept is not None:
        path.write_text(kept, encoding="utf-8")
    if kept == "not ascii é":
        with pytest.raises(StoreError, match="Move it away"):
            _session_secret(tmp_path)
        return
    secret = _session_secret(tmp_path)
    assert len(secret.get_secret_value()) == 64
    assert _session_secret(tmp_path) == secret
    assert path.stat().st_mode & 0o077 == 0


def test_a_studio_without_the_lock_does_not_touch_the_database(tmp_path: Path) -> None:
    from studio.errors import StoreError
    from studio.store.lock import DataFolderLock
    from studio.wiring import build_app

    settings = load_settings(home=tmp_path, options=Options(open=False, sandbox=True, data_dir=tmp_path))
    with DataFolderLock(tmp_path), pytest.raises(StoreError, match="Another Retake is preparing this data folder"):
        build_app(settings, Secrets([SecretStr("x")]))
    with sqlite3.connect(tmp_path / "retake.db") as database:
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    database.close()
