"""Scenarios at the addresses where nothing is painted: the ones that are about the caller, a rate or the service."""

from pathlib import Path

import pytest

from tests.sandbox.batch_calls import asked, created, inline
from tests.sandbox.file_calls import PICTURE, sent, start, started
from tests.sandbox_fixture import MODEL_21, SandboxClient, sandbox_app

pytestmark = pytest.mark.anyio

HEADER = "x-sandbox-scenario"
COUNT = f"/v1beta/models/{MODEL_21}:countTokens"
QUOTA = "Resource has been exhausted (e.g. check quota)."


async def status(client: SandboxClient, path: str, wish: str) -> tuple[int, str]:
    method, body = ("POST", asked("a fox")) if path == COUNT else ("GET", None)
    answer = await client.http.request(method, path, json=body, headers={HEADER: wish})
    return answer.status_code, answer.json().get("error", {}).get("status", "")


@pytest.mark.parametrize("path", ["/v1beta/models", f"/v1/models/{MODEL_21}", "/v1beta/files", COUNT, "/v1/batches"])
async def test_what_is_about_the_caller_or_the_service_is_met_everywhere(client: SandboxClient, path: str) -> None:
    for wish, code, name in (
        ("invalid-key", 400, "INVALID_ARGUMENT"),
        ("no-key", 403, "PERMISSION_DENIED"),
        ("region", 400, "FAILED_PRECONDITION"),
        ("per-minute", 429, "RESOURCE_EXHAUSTED"),
        ("internal", 500, "INTERNAL"),
        ("overloaded", 503, "UNAVAILABLE"),
        ("deadline", 504, "DEADLINE_EXCEEDED"),
        ("bad-ratio,no-image,credits-gone,retired,two-images", 200, ""),
    ):
        assert await status(client, path, wish) == (code, name)


async def test_a_quota_names_the_model_where_there_is_one(client: SandboxClient) -> None:
    listed = await client.http.get("/v1beta/files", headers={HEADER: "per-minute"})
    counted = await client.http.post(COUNT, json=asked("a fox"), headers={HEADER: "per-minute"})

    assert listed.json()["error"] == {"code": 429, "message": QUOTA, "status": "RESOURCE_EXHAUSTED"}
    assert f"model: {MODEL_21}" in counted.json()["error"]["message"]


async def test_the_way_there_and_back_breaks_here_too(client: SandboxClient) -> None:
    page = await client.http.get("/v1beta/files", headers={HEADER: "html:status=504"})
    half = await client.http.get("/v1beta/files", headers={HEADER: "bad-json"})

    assert (page.status_code, page.headers["content-type"]) == (504, "text/html; charset=UTF-8")
    with pytest.raises(ValueError, match="Expecting value"):
        half.json()
    for wish in ("reset-before", "reset-after"):
        with pytest.raises(ConnectionResetError):
            await client.http.get("/v1beta/models", headers={HEADER: wish})


async def test_a_slow_list_takes_the_seconds_it_was_given(
    client: SandboxClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("studio.sandbox.aside.asyncio.sleep", sleep)
    assert await status(client, "/v1beta/files", "slow:seconds=7") == (200, "")
    assert 7.0 in waited


async def test_a_chunk_that_meets_a_503_can_be_sent_again(data_dir: Path) -> None:
    client = SandboxClient(sandbox_app(data_dir, scenarios=("overloaded:after=1,first=1",)))
    url = await started(client, len(PICTURE))

    assert (await sent(client, url, PICTURE, "upload, finalize")).status_code == 503
    assert (await sent(client, url, PICTURE, "upload, finalize")).status_code == 200


async def test_lists_and_generate_calls_are_counted_apart(data_dir: Path) -> None:
    client = SandboxClient(sandbox_app(data_dir, scenarios=("overloaded:first=1",)))

    assert (await client.http.get("/v1beta/files")).status_code == 503
    assert [(await client.generate(asked("a fox"))).status_code for _ in range(2)] == [503, 200]
    assert (await start(client, 3)).status_code == 200


async def test_how_a_batch_fares_is_told_whatever_is_in_force(data_dir: Path) -> None:
    client = SandboxClient(sandbox_app(data_dir))
    name = await created(client, inline(asked("a fox")))
    await client.http.put("/control/scenarios", json="overloaded")

    assert (await client.http.get(f"/v1beta/{name}")).status_code == 200
    assert await status(client, f"/v1beta/{name}", "internal") == (500, "INTERNAL")


async def test_the_inspector_names_the_scenario(data_dir: Path) -> None:
    client = SandboxClient(sandbox_app(data_dir, inspector=True))
    await status(client, "/v1beta/files", "overloaded")
    [row] = (await client.http.get("/inspector/calls")).json()["rows"]

    assert (row["path"], row["status"], row["scenarios"]) == ("/v1beta/files", 503, ["overloaded"])
