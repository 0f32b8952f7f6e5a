"""The routes of our own, asked over HTTP: bytes, uploads, progress, the key."""

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from studio.imaging.worker import ImagingWorker
from studio.prompt import MAX_PROMPT_CHARS
from studio.ui import stream, words
from studio.ui.uploads import MAX_UPLOAD_BYTES
from tests.sandbox_fixture import picture_bytes
from tests.ui.desk import Desk, draft, first_event

pytestmark = pytest.mark.anyio

CANARY: Final = "canary-key-0123456789abcdefghij"
MB: Final = 1_000_000


async def test_healthz_says_ok(desk: Desk) -> None:
    async with desk.browser() as browser:
        answer = await browser.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


# ---- the session ------------------------------------------------------------------------------------------------


async def test_the_session_gives_a_page_all_it_needs_once(desk: Desk) -> None:
    async with desk.browser() as browser:
        answer = await browser.get("/session")
    boot = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert desk.tokens.accepts("local", boot["token"])
    assert boot["view"]["title"] == "Untitled"
    assert boot["max_upload_bytes"] == MAX_UPLOAD_BYTES
    assert boot["max_prompt_chars"] == MAX_PROMPT_CHARS
    assert boot["max_references"] == 14
    assert {model["id"] for model in boot["models"]} >= {"gemini-3-pro-image", "gemini-2.5-flash-image"}


async def test_the_session_shows_the_conversation_asked_for_or_the_newest(desk: Desk) -> None:
    older, newest = await desk.conversation(), await desk.conversation()
    foreign = await desk.conversation(owner="token-stranger")
    async with desk.browser() as browser:
        for asked, shown in (
            (older.conversation_id, older), ("", newest), ("nonsense", newest), (foreign.conversation_id, newest)
        ):  # fmt: skip
            answer = await browser.get("/session", params={"conversation": asked})
            assert answer.json()["view"]["conversation_id"] == shown.conversation_id


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_no_other_site_gets_a_page_token(desk: Desk, site: str) -> None:
    async with desk.browser() as browser:
        answer = await browser.get("/session", headers={"sec-fetch-site": site, "sec-fetch-mode": "navigate"})
    assert answer.status_code == 403
    assert "token" not in answer.text


async def test_a_read_only_studio_makes_no_conversation_to_show(desk: Desk) -> None:
    async with desk.browser(read_only=True) as browser:
        answer = await browser.get("/session")
        assert (answer.status_code, answer.json()["problem"]) == (409, words.READ_ONLY)
        assert not await desk.store.conversations("local")
        await desk.conversation()
        shown = (await browser.get("/session")).json()["view"]
    assert (shown["read_only"], shown["status"]["category"]) == (True, "read_only")


# ---- events -----------------------------------------------------------------------------------------------------


async def test_the_event_stream_begins_with_the_page_as_it_is(desk: Desk) -> None:
    manager = await desk.conversation()
    headers, name, view = await first_event(desk.app(), "/events", f"conversation={manager.conversation_id}")
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"] == "no-store"
    assert headers["x-accel-buffering"] == "no"
    assert (name, view["conversation_id"]) == ("view", manager.conversation_id)


async def test_every_change_is_an_event_and_silence_is_broken_by_pings(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_PING_S", 0.05)
    manager = await desk.conversation()
    events = stream.page_events(desk.pages(), manager)
    first = await next_view(events)
    await desk.do("rename", manager, id=manager.conversation_id, title="Mugs")
    second = await next_view(events)
    assert second["title"] == "Mugs"
    assert second["rev"] > first["rev"]
    assert _event(await anext(events)) == ("ping", {})
    await desk.do("rename", manager, id=manager.conversation_id, title="Cups")
    assert (await next_view(events))["title"] == "Cups"


async def test_a_stream_that_is_left_twice_over_ends_without_a_word(desk: Desk) -> None:
    manager = await desk.conversation()
    events = stream.page_events(desk.pages(), manager)
    await next_view(events)
    waiting = asyncio.ensure_future(anext(events))
    for _ in range(3):  # the page goes, and the server stops
        await asyncio.sleep(0)
        waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert manager.conversation_id not in desk.feed._listeners


async def test_a_stream_that_is_left_listens_no_longer(desk: Desk) -> None:
    manager = await desk.conversation()
    await first_event(desk.app(), "/events", f"conversation={manager.conversation_id}")
    assert manager.conversation_id not in desk.feed._listeners


async def next_view(events: AsyncIterator[bytes]) -> dict[str, Any]:
    """The next view of a stream; pings on the way are passed over."""
    name, data = _event(await anext(events))
    while name == "ping":
        name, data = _event(await anext(events))
    assert name == "view"
    view: dict[str, Any] = data
    return view


def _event(raw: bytes) -> tuple[str, Any]:
    name, data = raw.decode().rstrip("\n").split("\n")
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


# ---- uploads ----------------------------------------------------------------------------------------------------


async def test_an_upload_is_checked_stored_and_granted(tmp_path: Path) -> None:
    desk = Desk(tmp_path, pictures=ImagingWorker(processes=1))
    try:
        async with desk.browser() as browser:
            headers = desk.page_headers | {"x-file-name": "%2Ftmp%2Fred%20mug.png"}
            answer = await browser.post("/uploads", content=picture_bytes(64, 48), headers=headers)
            taken = answer.json()
            assert (taken["name"], taken["width_px"], taken["height_px"]) == ("red mug.png", 64, 48)
            assert taken["mime_type"] == "image/png"
            assert (await browser.get(f"/blobs/{taken['sha256']}")).status_code == 200
            thumb = await browser.get(f"/blobs/{taken['sha256']}/thumb", params={"w": 128})
            assert (thumb.headers["content-type"], thumb.content[8:12]) == ("image/webp", b"WEBP")
            refused = await browser.post("/uploads", content=b"<svg onload=alert(1)>", headers=desk.page_headers)
            assert refused.status_code == 422
            assert refused.json()["problem_category"] == "bad_picture"
            assert refused.json()["problem"].endswith(".")
    finally:
        await desk.aclose()


async def test_an_empty_file_is_refused_with_a_sentence(desk: Desk) -> None:
    async with desk.browser() as browser:
        answer = await browser.post("/uploads", headers=desk.page_headers)
    assert (answer.status_code, answer.json()["problem"]) == (422, "The file is empty. Choose another one.")


async def test_200_mb_are_refused_with_a_sentence_and_never_held_in_memory(desk: Desk) -> None:
    chunk = bytes(MB)
    sent: list[int] = []

    async def body() -> AsyncIterator[bytes]:
        for _ in range(200):
            sent.append(MB)
            yield chunk

    tracemalloc.start()
    try:
        async with desk.browser() as browser:
            answer = await browser.post("/uploads", content=body(), headers=desk.page_headers)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 422
    assert answer.json()["problem"] == (
        "This file is larger than 64 MB, the most a picture may have. Use a smaller one."
    )
    assert sum(sent) == 200 * MB  # a browser that is cut off while sending never sees the answer
    assert peak_bytes < 2.5 * MAX_UPLOAD_BYTES


@pytest.mark.parametrize("token", ["", "f" * 64, "\xe9"])
@pytest.mark.parametrize("path", ["/uploads", "/connection/key"])
async def test_what_a_page_sends_needs_its_token(desk: Desk, path: str, token: str) -> None:
    async with desk.browser() as browser:
        headers = [(b"x-retake-token", token.encode("latin-1"))]
        answer = await browser.post(path, content=picture_bytes(), headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (403, words.PAGE_TOO_OLD)
    assert desk.connection.keys == []


async def test_a_read_only_studio_takes_no_uploads_and_no_key(desk: Desk) -> None:
    async with desk.browser(read_only=True) as browser:
        upload = await browser.post("/uploads", content=picture_bytes(), headers=desk.page_headers)
        key = await browser.post("/connection/key", json={"key": CANARY, "save": True}, headers=desk.page_headers)
    assert (upload.status_code, upload.json()["problem"]) == (409, words.READ_ONLY)
    assert (key.json()["ok"], key.json()["problem"]) == (False, words.READ_ONLY)
    assert desk.connection.saved_keys == []


# ---- bytes ------------------------------------------------------------------------------------------------------


async def test_a_blob_is_its_bytes_exactly_for_ever(desk: Desk) -> None:
    data = picture_bytes(640, 480)
    sha256 = await desk.owned(data)
    async with desk.browser() as browser:
        answer = await browser.get(f"/blobs/{sha256}")
        assert answer.content == data
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["content-length"] == str(len(data))
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert answer.headers["etag"] == f'"{sha256}"'
        assert answer.headers["x-content-type-options"] == "nosniff"
        head = await browser.head(f"/blobs/{sha256}")
        assert (head.content, head.headers["content-length"]) == (b"", str(len(data)))
        part = await browser.get(f"/blobs/{sha256}", headers={"range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, data[10:20])
        for tag in (f'"{sha256}"', f'W/"{sha256}"', f'"other", "{sha256}"'):
            again = await browser.get(f"/blobs/{sha256}", headers={"if-none-match": tag})
            assert (again.status_code, again.content) == (304, b"")
        assert (await browser.get(f"/blobs/{sha256}", headers={"if-none-match": '"x"'})).status_code == 200


@pytest.mark.parametrize("suffix", ["", "/thumb"])
async def test_nobody_elses_picture_can_be_fetched(desk: Desk, suffix: str) -> None:
    foreign = await desk.owned(picture_bytes(), owner="token-stranger")
    signature = desk.blobs.put(b"a signature", mime_type="application/octet-stream").sha256
    async with desk.browser() as browser:
        for sha256 in (foreign, signature, "0" * 64, "..%2f..%2fretake.db", "%00"):
            answer = await browser.get(f"/blobs/{sha256}{suffix}")
            assert answer.status_code == 404, sha256


async def test_thumbnails_are_made_once_at_a_width_there_is(desk: Desk) -> None:
    sha256 = await desk.owned(picture_bytes())
    async with desk.browser() as browser:
        for asked, made in ((1, 128), (128, 128), (129, 256), (-5, 128), (9999, 2048)):
            answer = await browser.get(f"/blobs/{sha256}/thumb", params={"w": asked})
            assert int.from_bytes(answer.content[4:8], "little") == made
            assert "immutable" in answer.headers["cache-control"]
    made_files = sorted(path.name for path in (desk.folder / "thumbs").rglob("*.webp"))
    assert made_files == [f"{sha256}-{width}.webp" for width in (128, 2048, 256)]


async def test_many_who_want_a_thumbnail_at_once_all_get_it(desk: Desk) -> None:
    sha256 = await desk.owned(picture_bytes())
    async with desk.browser() as browser:
        answers = await asyncio.gather(*(browser.get(f"/blobs/{sha256}/thumb") for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


async def test_lost_bytes_are_a_sentence_not_a_traceback(desk: Desk) -> None:
    sha256 = await desk.owned(picture_bytes())
    path = desk.blobs.path(sha256)
    assert path is not None
    path.unlink()
    async with desk.browser() as browser:
        assert (await browser.get(f"/blobs/{sha256}")).status_code == 404
        thumb = await browser.get(f"/blobs/{sha256}/thumb")
    assert thumb.status_code == 507
    assert thumb.json()["problem_category"] == "storage"


# ---- the key ----------------------------------------------------------------------------------------------------


async def use_key(desk: Desk, body: object) -> httpx2.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with desk.browser() as browser:
        return await browser.post("/connection/key", content=content, headers=desk.page_headers)


@pytest.mark.parametrize(
    ("save", "can_save", "sentence"),
    [
        (False, True, "The key is in use until the studio stops."),
        (True, True, "The key is in use and was saved to .env."),
        (True, False, "The key is in use, but .env could not be written. It lasts until the studio stops."),
    ],
)
async def test_a_key_is_used_and_never_echoed(desk: Desk, *, save: bool, can_save: bool, sentence: str) -> None:
    desk.connection.can_save = can_save
    answer = await use_key(desk, {"key": f" {CANARY}\n", "save": save})
    assert answer.json()["notice"]["sentence"] == sentence
    assert CANARY not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert desk.connection.keys == [CANARY]
    assert desk.connection.saved_keys == ([CANARY] if save else [])


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1]", b"null", b"[" * 9_000, b'{"key": ' + b"1" * 6_000 + b"}", {"key": ""}, {"key": "a b"},
     {"key": "clé"}, {"key": "x" * 501}, {"key": "line\nbreak"}, {}],
)  # fmt: skip
async def test_what_is_no_key_is_refused_with_a_sentence(desk: Desk, body: object) -> None:
    answer = await use_key(desk, body)
    assert answer.json()["problem"] == "Paste a key first."
    assert desk.connection.keys == []


async def test_a_flood_instead_of_a_key_is_refused(desk: Desk) -> None:
    answer = await use_key(desk, b"x" * 5 * MB)
    assert (answer.status_code, answer.json()["problem_category"]) == (422, "request_too_large")


async def test_a_key_can_only_be_entered_on_this_computer(desk: Desk) -> None:
    desk.connection.facts = type(desk.connection.facts)(provider=desk.connection.facts.provider, can_use_key=False)
    answer = await use_key(desk, {"key": CANARY, "save": True})
    assert answer.json()["problem"] == "A key can only be entered on the computer the studio runs on."
    assert (desk.connection.keys, desk.connection.saved_keys) == ([], [])


# ---- failures ---------------------------------------------------------------------------------------------------


async def test_a_bug_is_a_sentence_with_the_usual_headers(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(owner: str) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(desk.store, "conversations", broken)
    async with desk.browser() as browser:
        answer = await browser.get("/session")
    assert (answer.status_code, answer.json()["problem"]) == (500, words.INTERNAL)
    assert CANARY not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_sent_turn_reaches_the_open_page(desk: Desk) -> None:
    manager = await desk.conversation()
    events = stream.page_events(desk.pages(), manager)
    await next_view(events)
    await desk.do("send", manager, draft=draft())
    async with asyncio.timeout(30):
        while (await next_view(events))["status"]["state"] != "done":
            continue
