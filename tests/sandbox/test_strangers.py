"""Web pages from elsewhere: a form of theirs can neither upload nor have anything done, at any address."""

import pytest

from tests.sandbox_fixture import ANY_KEY, MODEL_21, SandboxClient

ADDRESSES = (
    ("POST", f"/v1beta/models/{MODEL_21}:generateContent"),
    ("POST", f"/v1beta/models/{MODEL_21}:batchGenerateContent"),
    ("POST", f"/v1beta/models/{MODEL_21}:countTokens"),
    ("POST", "/v1beta/interactions"),
    ("POST", "/upload/v1beta/files?uploadType=multipart"),
    ("GET", "/v1beta/files"),
    ("GET", "/nowhere"),
)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1.evil.example"},
        {"sec-fetch-site": "cross-site"},
    ],
    ids=str,
)
async def test_a_page_from_elsewhere_is_refused_everywhere(client: SandboxClient, headers: dict[str, str]) -> None:
    body = "--b\r\n\r\n{}\r\n--b\r\ncontent-type: text/plain\r\n\r\nhello\r\n--b--\r\n"
    told = {"content-type": "multipart/related; boundary=b", **headers}
    for method, path in ADDRESSES:
        mark = "&" if "?" in path else "?"
        answer = await client.http.request(method, f"{path}{mark}key={ANY_KEY}", content=body, headers=told)
        assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED"), path

    assert (await client.http.get("/v1beta/files")).json() == {}
    assert await client.journal() == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-mode": "cors"},
        {"sec-fetch-site": "none"},
        {"origin": "http://localhost:3000", "sec-fetch-site": "cross-site"},
        {"origin": "http://[::1]:5173", "sec-fetch-site": "same-site"},
    ],
    ids=str,
)
async def test_clients_and_pages_of_this_machine_are_answered(client: SandboxClient, headers: dict[str, str]) -> None:
    assert (await client.http.get("/v1beta/models", headers=headers)).status_code == 200
