"""Interactions as events, and in the background."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from google.genai._gaos.lib.compat_errors import APIStatusError
from google.genai._gaos.utils.eventstreaming import AsyncStream

from studio.sandbox.asgi import Message
from tests.interaction_fixture import (
    MODEL_25,
    NOT_FOUND,
    ONLY_IMAGE,
    PROHIBITED,
    SAFETY,
    Json,
    folders,
    got,
    made,
    pictures,
    post,
    refused,
    whole,
)
from tests.sandbox_fixture import MODEL_21, MODEL_PRO, SandboxClient, sandbox_app

pytestmark = pytest.mark.anyio

OPENING = ["interaction.created", "interaction.status_update"]
THOUGHT = ["step.start", "step.delta", "step.stop"]
PICTURE = ["step.start", "step.delta", "step.stop"]
CLOSING = ["interaction.completed", "done"]


async def streamed(client: SandboxClient, **body: object) -> list[tuple[str, Json]]:
    """The events of a create call, as (event, data)."""
    asked = {"model": MODEL_21, "input": "a fox", "response_format": ONLY_IMAGE, "stream": True} | body
    return events_of(await client.http.post("/v1/interactions", json=asked))


def events_of(answer: httpx2.Response) -> list[tuple[str, Json]]:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/event-stream"
    blocks = [block.split("\r\n") for block in answer.text.split("\r\n\r\n") if block]
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")) if "[DONE]" not in data else {})
        for name, data in blocks
    ]


def names(events: list[tuple[str, Json]]) -> list[str]:
    return [name for name, _ in events]


async def test_a_stream_is_the_recorded_order_of_events(client: SandboxClient) -> None:
    events = await streamed(client, model=MODEL_PRO)

    assert names(events) == [*OPENING, *THOUGHT, *PICTURE, *CLOSING]
    assert all(data.get("event_type") == name for name, data in events[:-1])
    created, updated, begun, signed, ended = (data for _, data in events[:5])
    interaction_id = created["interaction"]["id"]
    assert created["interaction"] == {
        "id": interaction_id, "status": "in_progress", "object": "interaction", "model": MODEL_PRO,
    }  # fmt: skip
    assert updated == {
        "interaction_id": interaction_id, "status": "in_progress", "event_type": "interaction.status_update",
    }  # fmt: skip
    assert begun == {"index": 0, "step": {"type": "thought"}, "event_type": "step.start"}
    assert set(signed["delta"]) == {"signature", "type"}
    assert signed["delta"]["type"] == "thought_signature"
    assert ended == {"index": 0, "event_type": "step.stop"}
    image = events[6][1]
    assert (image["index"], set(image["delta"])) == (1, {"data", "mime_type", "type"})
    completed = events[8][1]["interaction"]
    assert set(completed) == {
        "id", "status", "usage", "created", "updated", "service_tier", "object", "model",
    }  # fmt: skip
    assert completed["status"] == "completed"


async def test_a_stream_tells_what_get_shows_later(client: SandboxClient) -> None:
    thinking = {"thinking_level": "high", "thinking_summaries": "auto"}
    await client.queue({"kind": "text_first"})
    events = await streamed(client, generation_config=thinking, tools=[{"type": "google_search"}])
    completed = next(data for name, data in events if name == "interaction.completed")["interaction"]
    _, found = await got(client, completed["id"])

    assert found["steps"][1:] == put_together(events)
    assert [step["type"] for step in found["steps"]] == [
        "user_input", "google_search_call", "google_search_result", "thought", "model_output", "thought",
        "model_output",
    ]  # fmt: skip
    summary = found["steps"][3]["summary"]
    assert [item["type"] for item in summary] == ["text", "text", "text", "image", "image"]
    assert found["usage"] == completed["usage"]
    replayed = events_of(await client.http.get(f"/v1/interactions/{completed['id']}?stream=true"))
    assert names(replayed) == names(events)
    assert put_together(replayed) == put_together(events)


def put_together(events: list[tuple[str, Json]]) -> list[Json]:
    """The steps that a client builds from the events."""
    steps: list[Json] = []
    for name, data in events:
        if name == "step.start":
            assert data["index"] == len(steps)
            steps.append(dict(data["step"]))
        elif name == "step.delta":
            step, delta = steps[data["index"]], data["delta"]
            if delta["type"] == "thought_signature":
                step["signature"] = delta["signature"]
            elif delta["type"] == "thought_summary":
                step.setdefault("summary", []).append(delta["content"])
            else:
                step.setdefault("content", []).append(delta)
    return steps


async def test_a_stream_is_taken_up_again_after_any_of_its_events(client: SandboxClient) -> None:
    interaction = await made(client)
    path = f"/v1/interactions/{interaction['id']}?stream=true"
    whole = events_of(await client.http.get(path))
    assert [data["event_id"] for _, data in whole[:-1]] == [str(number) for number in range(1, len(whole))]

    for seen in range(1, len(whole)):
        rest = events_of(await client.http.get(f"{path}&last_event_id={seen}"))
        assert rest == whole[seen:]
    assert events_of(await client.http.get(f"{path}&last_event_id=of-another")) == whole


async def test_the_sdk_reads_a_stream(client: SandboxClient) -> None:
    sdk = client.sdk()
    stream = await sdk.aio.interactions.create(model=MODEL_21, input="a fox", stream=True)
    assert isinstance(stream, AsyncStream)
    events = [each async for each in stream]

    assert [event.event_type for event in events][:2] == OPENING
    pictures_seen = [
        event.delta for event in events if event.event_type == "step.delta" and event.delta.type == "image"
    ]
    assert len(pictures_seen) == 1
    assert events[-1].interaction.usage.total_output_tokens > 1120
    again = await sdk.aio.interactions.get(events[-1].interaction.id, stream=True)
    assert isinstance(again, AsyncStream)
    assert [event.event_type async for event in again] == [event.event_type for event in events]


async def test_a_stream_without_the_store_has_no_id(client: SandboxClient, data_dir: Path) -> None:
    events = await streamed(client, store=False)

    assert events[0][1]["interaction"]["id"] == events[1][1]["interaction_id"] == ""
    assert names(events) == [*OPENING, *THOUGHT, *PICTURE, *CLOSING]
    assert folders(data_dir) == []


async def test_25_streams_a_picture_without_a_thought(client: SandboxClient) -> None:
    assert names(await streamed(client, model=MODEL_25)) == [*OPENING, *PICTURE, *CLOSING]


@pytest.mark.parametrize(
    ("fault", "code", "message"),
    [
        ("stream_error", "service_unavailable", "The model is overloaded. Please try again later."),
        ("refuse_safety", "image_safety", SAFETY),
        ("refuse_prompt", "prohibited_content", PROHIBITED),
    ],
)
async def test_what_fails_in_a_stream_is_an_event(client: SandboxClient, fault: str, code: str, message: str) -> None:
    await client.queue({"kind": fault})
    events = await streamed(client)

    assert names(events)[-2:] == ["error", "done"]
    assert events[-2][1] == {"error": {"message": message, "code": code}, "event_type": "error"}
    interaction_id = events[0][1]["interaction"]["id"]
    _, found = await got(client, interaction_id)
    assert (found["status"], found["errors"]) == ("failed", [{"message": message, "code": code}])
    assert await post(client, previous_interaction_id=interaction_id) == (404, NOT_FOUND)
    replayed = events_of(await client.http.get(f"/v1/interactions/{interaction_id}?stream=true"))
    assert names(replayed) == [*OPENING, "error", "done"]


async def test_what_is_wrong_with_a_request_is_a_plain_error_before_the_stream(client: SandboxClient) -> None:
    assert await post(client, stream=True, input=[]) == (400, refused("Request has empty input."))
    await client.queue({"kind": "overloaded"})
    assert (await post(client, stream=True))[0] == 503


async def test_a_truncated_stream_ends_without_its_completion(client: SandboxClient) -> None:
    await client.queue({"kind": "truncated_stream"})
    events = await streamed(client)

    assert names(events) == [*OPENING, *THOUGHT, *PICTURE[:-1]]
    _, found = await got(client, events[0][1]["interaction"]["id"])
    assert found["status"] == "incomplete"


async def test_a_stream_can_be_cut_in_the_middle_of_its_picture(client: SandboxClient) -> None:
    client.http.headers["x-sandbox-scenario"] = "cut-in-image"
    asked = {"model": MODEL_21, "input": "a fox", "stream": True}
    answer = await client.http.post("/v1/interactions", json=asked)

    assert answer.text.count('"type": "thought_signature"') == 1
    assert not answer.text.endswith("\r\n\r\n")
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text.rpartition("data: ")[2])


async def settled(client: SandboxClient, interaction_id: str) -> Json:
    """The interaction when it is no longer in progress: its stream ends then."""
    await client.http.get(f"/v1/interactions/{interaction_id}?stream=true")
    return (await got(client, interaction_id))[1]


async def test_background_work_is_told_of_at_once_and_fetched_later(client: SandboxClient) -> None:
    begun = await made(client, background=True)
    assert begun["status"] == "in_progress"
    assert "steps" not in begun

    done = await settled(client, begun["id"])
    assert done["status"] == "completed"
    assert len(pictures(done)) == 1
    assert (await client.journal())[-1]["verdict"] == "STOP"
    await made(client, input="warmer", previous_interaction_id=begun["id"])


async def test_background_work_that_fails_says_so_in_the_interaction(client: SandboxClient) -> None:
    begun = await made(client, background=True, input="sandbox refuse a fox")
    done = await settled(client, begun["id"])

    assert (done["status"], done["errors"]) == ("failed", [{"message": SAFETY, "code": "image_safety"}])
    assert await post(client, previous_interaction_id=begun["id"]) == (404, NOT_FOUND)


async def test_background_work_can_be_cancelled_while_it_runs(client: SandboxClient) -> None:
    await client.queue({"kind": "slow", "params": {"seconds": 60}})
    sdk = client.sdk()
    interactions = sdk.aio.interactions
    begun = whole(await interactions.create(model=MODEL_21, input="a fox", background=True))
    assert begun.id is not None
    assert whole(await interactions.get(begun.id)).status == "in_progress"

    assert (await interactions.cancel(begun.id)).status == "cancelled"
    assert (await got(client, begun.id))[1]["status"] == "cancelled"
    with pytest.raises(APIStatusError) as caught:
        await interactions.cancel(begun.id)
    assert caught.value.body == refused(
        "Only a background interaction in progress can be cancelled.", "failed_precondition"
    )


async def test_background_work_ends_with_the_sandbox_and_shows_as_failed(data_dir: Path) -> None:
    app = sandbox_app(data_dir)
    client = SandboxClient(app)
    await client.queue({"kind": "slow", "params": {"seconds": 60}})
    before = asyncio.all_tasks()
    begun = await made(client, background=True)
    assert asyncio.all_tasks() > before
    assert await post(client, previous_interaction_id=begun["id"]) == (404, NOT_FOUND)
    events: Iterator[Json] = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[Message] = []

    async def receive() -> Json:
        return next(events)

    async def send(message: Message) -> None:
        sent.append(message)

    await app({"type": "lifespan"}, receive, send)
    assert sent[-1] == {"type": "lifespan.shutdown.complete"}
    assert asyncio.all_tasks() == before

    _, later = await got(SandboxClient(sandbox_app(data_dir)), begun["id"])
    assert (later["status"], later["errors"][0]["code"]) == ("failed", "api_error")
