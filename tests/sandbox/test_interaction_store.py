"""How long interactions are kept, who may see them, and what they take on disk."""

import base64
from pathlib import Path

import pytest

from studio.sandbox.config import SandboxConfig
from studio.sandbox.interactions.store import (
    DAY_S,
    PAID_RETENTION_S,
    InteractionId,
    InteractionLimits,
    InteractionShelf,
    Record,
)
from studio.sandbox.service import create_app
from tests.interaction_fixture import NOT_FOUND, WatchedPainter, folders, got, made, pictures, post, refused
from tests.sandbox_fixture import MODEL_21, HandClock, SandboxClient, flat_painting, limited_app, sandbox_app

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("bad", ["unknown", "another key", "deleted", "over", "malformed"])
async def test_an_interaction_that_is_not_there_is_not_found(data_dir: Path, bad: str) -> None:
    clock = HandClock()
    client = SandboxClient(limited_app(data_dir, now=clock.now))
    interaction_id: str = (await made(client))["id"]
    if bad == "another key":
        client.http.headers["x-goog-api-key"] = "another-key"
    elif bad == "deleted":
        assert (await client.http.delete(f"/v1/interactions/{interaction_id}")).json() == {}
    elif bad == "over":
        clock.move(seconds=DAY_S)
    elif bad == "unknown":
        interaction_id = str(InteractionId("2Z0DawkwQJ_sO1otpACwdY4", "2Z0DawkwQJ_sO1otpACwdY4"))
    else:
        interaction_id = "v1_bogus"

    assert await post(client, previous_interaction_id=interaction_id) == (404, NOT_FOUND)
    malformed = refused(f"Invalid interaction name: interactions/{interaction_id}")
    expected = (400, malformed) if bad == "malformed" else (404, NOT_FOUND)
    assert await got(client, interaction_id) == expected
    for method, path in (("DELETE", ""), ("POST", "/cancel")):
        answer = await client.http.request(method, f"/v1/interactions/{interaction_id}{path}")
        assert (answer.status_code, answer.json()) == expected


async def test_a_day_later_by_a_second_less_it_is_still_there(data_dir: Path) -> None:
    clock = HandClock()
    client = SandboxClient(limited_app(data_dir, now=clock.now))
    interaction = await made(client)
    clock.move(seconds=DAY_S - 1)

    assert (await got(client, interaction["id"]))[0] == 200
    clock.move(seconds=1)
    await made(client)
    assert interaction["id"] not in {folder.name for folder in folders(data_dir)}


async def test_the_paid_tier_keeps_them_for_55_days(data_dir: Path) -> None:
    clock = HandClock()
    limits = InteractionLimits(retention_s=PAID_RETENTION_S)
    config = SandboxConfig(data_dir, signature_min_bytes=200, pace=0, worker_processes=0, interactions=limits)
    client = SandboxClient(create_app(config, paint=flat_painting, now=clock.now))
    interaction = await made(client)
    clock.move(days=54)

    assert (await got(client, interaction["id"]))[0] == 200
    clock.move(days=1)
    assert await got(client, interaction["id"]) == (404, NOT_FOUND)


async def test_a_restart_keeps_conversations(data_dir: Path) -> None:
    first = await made(SandboxClient(sandbox_app(data_dir)))
    painter = WatchedPainter()
    later = SandboxClient(sandbox_app(data_dir, paint=painter))

    await made(later, input="warmer", previous_interaction_id=first["id"])
    assert painter.orders[0].source == pictures(first)[0]


async def test_bytes_are_written_once_and_outlive_the_interactions_before(
    client: SandboxClient, data_dir: Path
) -> None:
    first = await made(client)
    second = await made(client, input="warmer", previous_interaction_id=first["id"])
    third = await made(client, input="darker", previous_interaction_id=second["id"])
    held = [path for folder in folders(data_dir) for path in folder.iterdir() if path.name != "record.json"]
    assert len(held) == 2 + 4 + 6
    assert len({path.name for path in held}) == len({path.stat().st_ino for path in held}) == 6

    for gone in (first, second):
        await client.http.delete(f"/v1/interactions/{gone['id']}")
    assert (await got(client, third["id"]))[1]["steps"][1:] == third["steps"]
    await made(client, input="lighter", previous_interaction_id=third["id"])


def test_beyond_the_limit_the_oldest_go_first(tmp_path: Path) -> None:
    clock = HandClock()
    shelf = InteractionShelf(tmp_path, InteractionLimits(kept=3))
    ids: list[str] = []
    for number in range(5):
        own = base64.urlsafe_b64encode(int(clock.now().timestamp()).to_bytes(4, "little") + bytes([number] * 13))
        name = str(InteractionId(own.decode().rstrip("="), own.decode().rstrip("=")))
        record = Record(name, owner="me", model=MODEL_21, status="completed", created="", updated="")
        shelf.create(record, [], previous=None, now=clock.now())
        ids.append(name)
        clock.move(seconds=1)

    assert {folder.name for folder in tmp_path.iterdir()} == set(ids[-3:])
