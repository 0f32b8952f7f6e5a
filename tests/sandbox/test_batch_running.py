"""Batches while they run: cancelled, deleted, expired, restarted; nothing is painted twice, and others go first."""

import asyncio
import json
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from studio.sandbox.batches.store import BatchLimits
from studio.sandbox.painter import Painting, PaintOrder
from studio.sandbox.workers import BackgroundWorkers, Workers
from tests.sandbox.batch_calls import (
    HeldPainter,
    asked,
    batch_folders,
    created,
    ended,
    from_file,
    given,
    inline,
    refusal,
    results_of,
    seen,
    shut_down,
    until,
)
from tests.sandbox_fixture import HandClock, SandboxClient, flat_painting, limited_app

NOT_FOUND = (404, "NOT_FOUND", "Requested entity was not found.")


@pytest.mark.anyio
async def test_cancelling_stops_the_painting_and_keeps_what_was_painted(data_dir: Path) -> None:
    painter = HeldPainter()
    client = SandboxClient(limited_app(data_dir, paint=painter))
    name = await created(client, inline(*(asked(f"fox {n}") for n in range(4))))
    painter.allow(1)
    await until(client, name, requestCount="4", pendingRequestCount="3", successfulRequestCount="1")
    assert (await client.http.post(f"/v1beta/{name}:cancel", json={})).json() == {}
    operation = await seen(client, name)
    painter.allow(4)

    assert operation["metadata"]["state"] == "BATCH_STATE_CANCELLED"
    assert operation["metadata"]["batchStats"] == {"requestCount": "4", "successfulRequestCount": "1"}
    assert [result["metadata"] for result in results_of(operation)] == [{"n": "0"}]
    assert (operation["done"], operation["error"]["code"]) == (True, 1)
    assert "response" not in operation
    assert painter.begun in (["fox 0"], ["fox 0", "fox 1"])
    assert await seen(client, name) == operation


@pytest.mark.anyio
@pytest.mark.parametrize("done", [0, 1])
async def test_a_batch_from_a_file_that_is_cancelled_has_a_file_of_what_was_done(data_dir: Path, done: int) -> None:
    painter = HeldPainter()
    client = SandboxClient(limited_app(data_dir, paint=painter))
    file = await given(client, *({"key": str(n), "request": asked(f"fox {n}")} for n in range(2)))
    name = await created(client, from_file(file))
    if done:
        painter.allow(done)
        await until(client, name, requestCount="2", pendingRequestCount="1", successfulRequestCount="1")
    await client.http.post(f"/v1beta/{name}:cancel", json={})
    results = (await seen(client, name))["metadata"]["output"]["responsesFile"]
    painter.allow(2)

    answer = await client.http.get(f"/v1beta/{results}:download?alt=media")
    assert [json.loads(line)["key"] for line in answer.content.splitlines()] == ["0"][:done]


@pytest.mark.anyio
async def test_deleting_leaves_nothing_behind(data_dir: Path) -> None:
    painter = HeldPainter()
    client = SandboxClient(limited_app(data_dir, paint=painter))
    name = await created(client, inline(asked("a fox")))
    await painter.is_busy()
    assert (await client.http.delete(f"/v1beta/{name}")).json() == {}
    painter.allow(1)

    assert refusal(await client.http.get(f"/v1beta/{name}")) == NOT_FOUND
    assert batch_folders(data_dir) == []


@pytest.mark.anyio
async def test_a_batch_expires_after_48_hours_with_nothing_to_retrieve(data_dir: Path) -> None:
    clock, painter = HandClock(), HeldPainter()
    client = SandboxClient(limited_app(data_dir, now=clock.now, paint=painter))
    name = await created(client, inline(asked("a fox"), asked("a hen")))
    painter.allow(1)
    await until(client, name, requestCount="2", pendingRequestCount="1", successfulRequestCount="1")
    clock.move(hours=48)
    operation = await seen(client, name)
    painter.allow(1)

    assert operation["metadata"]["state"] == "BATCH_STATE_EXPIRED"
    assert operation["done"]
    assert "output" not in operation["metadata"]
    assert "response" not in operation


@pytest.mark.anyio
async def test_an_input_that_is_gone_when_its_turn_comes_fails_the_batch(data_dir: Path) -> None:
    app = limited_app(data_dir, pace=1.0, batches=BatchLimits(pending_s=0.2))
    client = SandboxClient(app)
    file = await given(client, {"key": "a", "request": asked("a fox")})
    name = await created(client, from_file(file))
    await client.http.delete(f"/v1/{file}")
    operation = await ended(client, name)

    assert operation["metadata"]["state"] == "BATCH_STATE_FAILED"
    text = f"You do not have permission to access the File {file[6:]} or it may not exist."
    assert operation["error"] == {"code": 7, "message": text}


@pytest.mark.anyio
async def test_a_running_batch_goes_on_after_a_restart(data_dir: Path) -> None:
    painter = HeldPainter()
    first = limited_app(data_dir, paint=painter)
    client = SandboxClient(first)
    file = await given(client, *({"key": str(n), "request": asked(f"fox {n}")} for n in range(3)))
    name = await created(client, from_file(file))
    painter.allow(1)
    await until(client, name, requestCount="3", pendingRequestCount="2", successfulRequestCount="1")
    await shut_down(first)
    folder = data_dir / name
    for half in ("results.jsonl", "outcomes.jsonl"):
        with (folder / half).open("ab") as cut_off:
            cut_off.write(b'{"key": "1", "respon')
    painter.allow(9)

    repainted: list[str] = []

    def paint(order: PaintOrder) -> Painting:
        repainted.append(order.prompt)
        return flat_painting(order)

    later = SandboxClient(limited_app(data_dir, paint=paint))
    output = (await ended(later, name))["metadata"]["output"]
    answer = await later.http.get(f"/download/v1beta/{output['responsesFile']}:download?alt=media")
    results = [json.loads(line) for line in answer.content.splitlines()]
    assert [(result["key"], "response" in result) for result in results] == [("0", True), ("1", True), ("2", True)]
    assert repainted == ["fox 1", "fox 2"]


@pytest.mark.anyio
async def test_two_sandboxes_on_one_folder_paint_a_batch_once(data_dir: Path) -> None:
    painter = HeldPainter()
    one, two = (SandboxClient(limited_app(data_dir, paint=painter)) for _ in range(2))
    name = await created(one, inline(asked("a fox"), asked("a hen")))
    await painter.is_busy()
    assert (await seen(two, name))["metadata"]["state"] == "BATCH_STATE_RUNNING"
    painter.allow(4)

    assert await ended(two, name) == await ended(one, name)
    assert painter.begun == ["a fox", "a hen"]


@pytest.mark.anyio
async def test_a_results_file_can_be_downloaded_though_not_asked_for(client: SandboxClient) -> None:
    """As published: its name is longer than the Files API allows."""
    name = await created(client, from_file(await given(client, {"key": "a", "request": asked("a fox")})))
    operation = await ended(client, name)
    results = operation["response"]["responsesFile"]

    assert operation["metadata"]["output"] == {"responsesFile": results}
    assert refusal(await client.http.get(f"/v1beta/{results}"))[2].endswith("cannot be more than 40 characters.\n")
    listed = (await client.http.get("/v1beta/files")).json()["files"][0]
    assert (listed["name"], listed["source"]) == (results, "GENERATED")
    answer = await client.http.get(listed["downloadUri"])
    assert (len(answer.content), answer.headers["content-type"]) == (int(listed["sizeBytes"]), "application/jsonl")
    other = await client.http.get(listed["downloadUri"], headers={"x-goog-api-key": "somebody-else"})
    assert other.status_code == 403


@pytest.mark.anyio
async def test_the_same_request_costs_half_in_a_batch(client: SandboxClient, tmp_path: Path) -> None:
    await client.generate(asked("a fox"))
    other = SandboxClient(limited_app(tmp_path / "other"))
    await ended(other, await created(other, inline(asked("a fox"))))
    [alone], [batched] = await client.journal(), await other.journal()

    assert alone["usage"] == batched["usage"]
    assert Decimal(batched["cost_usd"]) * 2 == Decimal(alone["cost_usd"])
    assert batched["batch"].startswith("batches/")


@pytest.mark.anyio
async def test_work_that_can_wait_lets_every_other_go_first() -> None:
    workers = Workers(0)
    background = BackgroundWorkers(workers)
    held, order = threading.Event(), []

    def live() -> None:
        assert held.wait(20)
        order.append("live")

    def patient(name: str) -> None:
        order.append(name)

    waiting = [asyncio.create_task(background.run(patient, name)) for name in ("first", "second")]
    calls = [asyncio.create_task(workers.run(live)) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    held.set()
    await asyncio.gather(*calls, *waiting)
    # the first may have begun before there was anything to wait for
    assert [name for name in order if name != "first"] == ["live", "live", "live", "second"]
