"""Batches under scenarios: how they end, and what becomes of their requests."""

from pathlib import Path

import pytest

from tests.sandbox.batch_calls import asked, create, created, ended, inline, refusal, results_of
from tests.sandbox_fixture import SandboxClient, sandbox_app


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("scenario", "state", "code"),
    [("batch-fails", "BATCH_STATE_FAILED", 13), ("batch-expires", "BATCH_STATE_EXPIRED", 4)],
)
async def test_a_batch_made_under_a_scenario_ends_as_it_says(
    client: SandboxClient, scenario: str, state: str, code: int
) -> None:
    await client.http.put("/control/scenarios", json=[scenario])
    name = await created(client, inline(asked("a fox")))
    await client.http.delete("/control/scenarios")
    operation = await ended(client, name)
    assert (operation["metadata"]["state"], operation["error"]["code"]) == (state, code)
    assert "output" not in operation["metadata"]
    after = await ended(client, await created(client, inline(asked("a fox"))))
    assert after["metadata"]["state"] == "BATCH_STATE_SUCCEEDED"


@pytest.mark.anyio
async def test_the_requests_of_a_batch_meet_what_is_active_when_they_run(data_dir: Path) -> None:
    client = SandboxClient(sandbox_app(data_dir, scenarios=("overloaded:after=1,length=1,every=2",)))
    operation = await ended(client, await created(client, inline(asked("a fox"), asked("an owl"))))
    outcomes = [result.get("error", {}).get("code", "answered") for result in results_of(operation)]
    assert sorted(map(str, outcomes)) == ["14", "answered"]
    assert operation["metadata"]["batchStats"]["failedRequestCount"] == "1"


@pytest.mark.anyio
async def test_making_a_batch_is_refused_as_any_call_is(client: SandboxClient) -> None:
    await client.http.put("/control/scenarios", json=["per-minute"])
    assert refusal(await create(client, inline(asked("a fox"))))[:2] == (429, "RESOURCE_EXHAUSTED")


@pytest.mark.anyio
async def test_a_queued_fault_waits_for_a_call_of_its_own(client: SandboxClient) -> None:
    await client.queue({"kind": "overloaded"})
    operation = await ended(client, await created(client, inline(asked("a fox"))))
    assert operation["metadata"]["batchStats"]["successfulRequestCount"] == "1"
    assert (await client.generate({"contents": [{"parts": [{"text": "a fox"}]}]})).status_code == 503


@pytest.mark.anyio
async def test_making_a_batch_meets_a_broken_way_and_makes_none(client: SandboxClient) -> None:
    for wish in ("reset-before", "reset-after"):
        await client.http.put("/control/scenarios", json=[wish])
        with pytest.raises(ConnectionResetError):
            await create(client, inline(asked("a fox")))
    await client.http.put("/control/scenarios", json=["bad-json"])
    half = await create(client, inline(asked("a fox")))
    await client.http.put("/control/scenarios", json=["html,trickle"])
    page = await create(client, inline(asked("a fox")))
    assert (half.status_code, half.content) == (200, b'{"name": ')
    assert (page.status_code, page.headers["content-type"]) == (502, "text/html; charset=UTF-8")
    assert (await client.http.get("/v1/batches")).json() == {}
