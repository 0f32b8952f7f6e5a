"""Who gets in: foreign pages and names, the login, what is open to nobody, the headers on every response."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Final

import httpx2
import pytest
from pydantic import SecretStr

from studio.ui.guard import ClosedPaths, Owners, PageTokens, owner_id
from tests.sandbox_fixture import picture_bytes
from tests.ui.desk import Desk

pytestmark = pytest.mark.anyio

ANNA: Final = "anna-0123456789abcdef"
BEN: Final = "ben-0123456789abcdefg"
FOREIGN: Final = "This page did not come from this studio. Open the studio's own address."
OURS: Final = ("/session", f"/blobs/{'0' * 64}", f"/blobs/{'0' * 64}/thumb")
GRADIOS: Final = ("/config", "/gradio_api/info", "/gradio_api/app_id", "/theme.css", "/anything")


@pytest.fixture
async def guarded(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Desk]:
    """A studio others can reach, with two access tokens."""
    desk = Desk(tmp_path, access_tokens=(ANNA, BEN), allowed_hosts=None)
    yield desk
    await desk.aclose()


async def log_in(browser: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await browser.post("/login", data={"token": token})


# ---- foreign pages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://localhost:7860"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"host": "studio.evil.example"},
        {"host": "127.0.0.1.evil.example:7860"},
        {"host": ""},
        {"host": "[::1].evil.example"},
    ],
)
async def test_a_foreign_page_cannot_command_the_studio(desk: Desk, headers: Mapping[str, str]) -> None:
    async with desk.browser() as browser:
        for path in ("/uploads", "/connection/key", "/login", "/gradio_api/component_server"):
            answer = await browser.post(path, content=b"{}", headers=desk.page_headers | dict(headers))
            assert (answer.status_code, answer.text) == (403, FOREIGN), path


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "rebound.example"},
        {"origin": "https://evil.example"},
        {"origin": "null", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
    ],
)
async def test_a_foreign_page_cannot_read_it_either(desk: Desk, headers: Mapping[str, str]) -> None:
    async with desk.browser() as browser:
        for path in ("/healthz", "/session", "/config"):
            answer = await browser.get(path, headers=headers)
            assert (answer.status_code, answer.text) == (403, FOREIGN), path


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7860", "localhost", "[::1]:7860"])
async def test_the_studios_own_pages_may(desk: Desk, host: str) -> None:
    headers = {"host": host, "origin": f"http://{host}", "sec-fetch-site": "same-origin"}
    async with desk.browser() as browser:
        assert (await browser.get("/session", headers=headers)).status_code == 200
        upload = await browser.post("/uploads", content=picture_bytes(), headers=headers | desk.page_headers)
    assert upload.status_code == 200


async def test_a_link_from_elsewhere_opens_the_page(desk: Desk) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    async with desk.browser() as browser:
        assert (await browser.get("/healthz", headers=headers)).status_code == 200


# ---- the login --------------------------------------------------------------------------------------------------


async def test_whoever_has_not_logged_in_sees_only_the_door(guarded: Desk) -> None:
    async with guarded.browser(base_url="http://studio.example") as browser:
        first = await browser.get("/")
        assert (first.status_code, first.headers["location"]) == (303, "/login")
        door = await browser.get("/login")
        assert door.status_code == 200
        assert 'type="password"' in door.text
        assert (await browser.get("/healthz")).status_code == 200
        assert (await browser.get("/ui/studio.css")).status_code == 200
        for path in (*OURS, *GRADIOS, "/loginx", "/healthz/../config", "/ui"):
            answer = await browser.get(path)
            assert (answer.status_code, answer.text) == (401, "Log in first."), path
        for path in ("/uploads", "/connection/key", "/gradio_api/component_server", "/gradio_api/queue/join"):
            answer = await browser.post(path, content=b"{}", headers=guarded.page_headers)
            assert answer.status_code == 401, path


@pytest.mark.parametrize("token", ["", "wrong", ANNA[:-1], f"{ANNA}x", ANNA.upper(), "é"])
async def test_a_wrong_token_is_told_so_and_gets_no_cookie(guarded: Desk, token: str) -> None:
    async with guarded.browser(base_url="http://studio.example") as browser:
        answer = await browser.post("/login", data={"token": token})
        assert answer.status_code == 401
        assert "That token is not known here. Ask whoever runs this studio for yours." in answer.text
        assert "set-cookie" not in answer.headers
        assert (await browser.get("/session")).status_code == 401


async def test_a_flood_instead_of_a_token_is_refused(guarded: Desk) -> None:
    async with guarded.browser(base_url="http://studio.example") as browser:
        answer = await browser.post("/login", content=b"token=" + b"x" * 5_000_000)
    assert answer.status_code == 422


async def test_a_right_token_opens_the_studio_with_a_careful_cookie(guarded: Desk) -> None:
    async with guarded.browser(base_url="http://studio.example") as browser:
        answer = await log_in(browser, ANNA)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert ANNA not in answer.headers["set-cookie"]
        assert (await browser.get("/session")).status_code == 200


async def test_a_forged_cookie_opens_nothing(guarded: Desk) -> None:
    async with guarded.browser(base_url="http://studio.example") as browser:
        await log_in(browser, ANNA)
        kept = browser.cookies["retake"]
        forged = kept[:-4] + ("AAAA" if not kept.endswith("AAAA") else "BBBB")
        answer = await browser.get("/session", headers={"cookie": f"retake={forged}"})
    assert answer.status_code == 401


async def test_each_token_is_an_owner_of_its_own(guarded: Desk) -> None:
    async with (
        guarded.browser(base_url="http://studio.example") as anna,
        guarded.browser(base_url="http://studio.example") as ben,
    ):
        await log_in(anna, ANNA)
        await log_in(ben, BEN)
        hers, his = (await anna.get("/session")).json(), (await ben.get("/session")).json()
        assert hers["token"] != his["token"]
        upload = await anna.post("/uploads", content=picture_bytes(), headers={"x-retake-token": hers["token"]})
        sha256 = upload.json()["sha256"]
        assert (await anna.get(f"/blobs/{sha256}")).status_code == 200
        assert (await ben.get(f"/blobs/{sha256}")).status_code == 404
        stolen = await ben.post("/uploads", content=picture_bytes(), headers={"x-retake-token": hers["token"]})
        assert stolen.status_code == 403
        asked = hers["view"]["conversation_id"]
        shown = (await ben.get("/session", params={"conversation": asked})).json()["view"]["conversation_id"]
        assert shown == his["view"]["conversation_id"] != asked


async def test_a_token_taken_away_logs_its_owner_out(guarded: Desk, tmp_path: Path) -> None:
    async with guarded.browser(base_url="http://studio.example") as browser:
        await log_in(browser, ANNA)
        cookie = browser.cookies["retake"]
    guarded.access_tokens = (BEN,)
    async with guarded.browser(base_url="http://studio.example") as later:
        answer = await later.get("/session", headers={"cookie": f"retake={cookie}"})
    assert answer.status_code == 401


def test_an_owners_name_does_not_give_the_token_away() -> None:
    owners = Owners([SecretStr(ANNA), SecretStr(BEN)])
    assert owners.login(ANNA) == owner_id(ANNA) != owners.login(BEN)
    assert ANNA not in owner_id(ANNA)
    assert owners.owner("local") is None
    assert owners.owner(owner_id("another")) is None
    assert Owners([]).owner(None) == "local"


def test_a_page_token_is_good_for_its_owner_and_process_only() -> None:
    tokens = PageTokens()
    assert tokens.accepts("anna", tokens.token_for("anna"))
    assert not tokens.accepts("ben", tokens.token_for("anna"))
    assert not PageTokens().accepts("anna", tokens.token_for("anna"))


# ---- every response ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/logout", "/gradio_api/file=/etc/passwd",
                                  "/gradio_api/proxy=https://example.com", "/gradio_api/upload",
                                  "/gradio_api/openapi.json", "/monitoring/summary"])  # fmt: skip
async def test_what_gradio_serves_beyond_the_page_is_closed(path: str) -> None:
    async def gradio(scope: object, receive: object, send: object) -> None:
        raise AssertionError("it was reached")

    transport = httpx2.ASGITransport(app=ClosedPaths(gradio))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
        assert (await browser.get(path)).status_code == 404


async def test_every_response_carries_the_protective_headers(guarded: Desk) -> None:
    async with guarded.browser(base_url="http://studio.example") as browser:
        paths = ("/", "/login", "/healthz", "/ui/studio.css", "/config", "/docs")
        answers = [await browser.get(path) for path in paths]
        answers.append(await browser.post("/login", data={"token": "x"}))
        answers.append(await browser.post("/uploads", headers={"origin": "https://evil.example"}))
        await log_in(browser, ANNA)
        answers += [await browser.get(path) for path in (*OURS, "/session?conversation=%00", "/blobs/x/thumb?w=wide")]
    assert {answer.status_code for answer in answers} >= {200, 303, 401, 403, 404, 422}
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
