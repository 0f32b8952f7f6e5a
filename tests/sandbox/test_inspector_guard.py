"""Whom the inspector shows something, and what its page may load."""

from pathlib import Path

import pytest

from studio.sandbox.server import _config, _parser
from studio.sandbox.service import create_app
from tests.sandbox_fixture import SandboxClient, sandbox_app

pytestmark = pytest.mark.anyio

ELSEWHERE = (
    {"host": "evil.example"},
    {"host": "127.0.0.1.evil.example:8787"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site"},
)
FOX = {"contents": [{"role": "user", "parts": [{"text": "a fox"}]}]}


@pytest.fixture
def client(data_dir: Path) -> SandboxClient:
    return SandboxClient(sandbox_app(data_dir, inspector=True))


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
async def test_nobody_from_elsewhere_is_shown_anything(client: SandboxClient, headers: dict[str, str]) -> None:
    await client.generate(FOX)
    for path in (
        "/",
        "/inspector/calls",
        "/inspector/calls/1",
        "/inspector/inspector.js",
        f"/inspector/pictures/{'0' * 64}",
    ):
        assert (await client.http.get(path, headers=headers)).status_code == 403
    assert (await client.http.post("/inspector/clear", headers=headers)).status_code == 403
    assert len((await client.http.get("/inspector/calls")).json()["rows"]) == 1


@pytest.mark.parametrize("path", ["/", "/inspector/inspector.css", "/inspector/inspector.js", "/inspector/calls"])
async def test_the_page_may_load_nothing_but_its_own(client: SandboxClient, path: str) -> None:
    answer = await client.http.get(path)

    policy = answer.headers["content-security-policy"]
    assert policy.startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in answer.headers
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path",
    ["/inspector/page.html", "/inspector/../config.py", "/inspector/%2e%2e/config.py", "/inspector/", "/inspector"],
)
async def test_no_file_but_the_page_s_own_is_served(client: SandboxClient, path: str) -> None:
    assert (await client.http.get(path)).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_the_page_can_only_be_read(client: SandboxClient, method: str) -> None:
    for path in ("/", "/inspector/calls"):
        assert (await client.http.request(method, path)).status_code == 404
    assert (await client.http.get("/inspector/clear")).status_code == 404


async def test_without_the_inspector_there_is_no_page(data_dir: Path) -> None:
    client = SandboxClient(sandbox_app(data_dir))

    assert (await client.http.get("/")).status_code == 404
    assert (await client.http.get("/inspector/calls")).status_code == 404


@pytest.mark.parametrize(
    ("arguments", "served"), [((), 200), (("--inspector",), 200), (("--no-inspector",), 404)], ids=str
)
async def test_the_command_serves_the_inspector_unless_told_not_to(
    data_dir: Path, arguments: tuple[str, ...], served: int
) -> None:
    options = _parser().parse_args(["--data-dir", str(data_dir), "--workers", "0", *arguments])
    client = SandboxClient(create_app(_config(options)))

    assert (await client.http.get("/")).status_code == served
