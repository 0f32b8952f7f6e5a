"""Batches: as recorded, results in order, one bad request among good ones, refused for what they are as a whole."""

import io
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.genai import errors, types

from studio.sandbox.batches.store import BatchLimits
from tests.sandbox.batch_calls import (
    HeldPainter,
    asked,
    batch_folders,
    changed,
    create,
    created,
    ended,
    from_file,
    given,
    inline,
    pictures_of,
    refusal,
    results_of,
)
from tests.sandbox_fixture import MODEL_21, MODEL_PRO, HandClock, SandboxClient, SandboxProcess, limited_app

VERSIONS = pytest.mark.parametrize("version", ["v1", "v1beta"])
TOO_MANY = {"generationConfig": {"candidateCount": 2}}
NOT_FOUND = (404, "NOT_FOUND", "Requested entity was not found.")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with SandboxProcess(tmp_path_factory.mktemp("sandbox"), "--workers", "1", flat=True) as process:
        yield process


def test_the_sync_sdk_runs_a_conversation_in_a_batch(served: SandboxProcess) -> None:
    client = served.sdk()
    first = client.models.generate_content(model=MODEL_PRO, contents="a fox")
    assert first.candidates
    turns = [types.UserContent("a fox"), first.candidates[0].content, types.UserContent("warmer")]
    config = types.GenerateContentConfig(image_config=types.ImageConfig(aspect_ratio="1:1"))
    requests = [
        types.InlinedRequest(contents=turns, metadata={"turn": "second"}, config=config),
        types.InlinedRequest(contents="a hen", config=types.GenerateContentConfig(candidate_count=2)),
    ]
    job = client.batches.create(model=MODEL_PRO, src=requests, config={"display_name": "Two turns"})
    assert job.state == types.JobState.JOB_STATE_PENDING
    while not job.done:
        time.sleep(0.01)
        job = client.batches.get(name=str(job.name))

    assert (job.state, job.display_name) == (types.JobState.JOB_STATE_SUCCEEDED, "Two turns")
    assert job.dest
    edited, refused = job.dest.inlined_responses or []
    assert edited.metadata == {"turn": "second"}
    assert pictures_of(edited.response) == 1
    assert refused.error
    assert (refused.error.code, refused.error.message) == (3, "Multiple candidates is not enabled for this model")
    assert next(iter(client.batches.list())).name == job.name
    client.batches.cancel(name=str(job.name))
    client.batches.delete(name=str(job.name))
    with pytest.raises(errors.ClientError) as caught:
        client.batches.get(name=str(job.name))
    assert caught.value.code == 404


def test_the_sync_sdk_runs_a_file_and_downloads_what_came_of_it(served: SandboxProcess, tmp_path: Path) -> None:
    client = served.sdk()
    path = tmp_path / "requests.jsonl"
    lines = [{"key": f"request {n}", "request": asked(f"a fox, number {n}")} for n in range(3)]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    file = client.files.upload(file=path, config=types.UploadFileConfig(mime_type="application/jsonl"))
    job = client.batches.create(model=MODEL_21, src=str(file.name))
    while not job.done:
        time.sleep(0.01)
        job = client.batches.get(name=str(job.name))

    assert job.dest
    assert job.dest.file_name == f"files/batch-{str(job.name).removeprefix('batches/')}"
    results = [json.loads(line) for line in client.files.download(file=job.dest.file_name).splitlines()]
    assert [result["key"] for result in results] == ["request 0", "request 1", "request 2"]
    assert [result["response"]["candidates"][0]["finishReason"] for result in results] == ["STOP"] * 3


@pytest.mark.anyio
@VERSIONS
async def test_the_async_sdk_sees_every_state_in_order(data_dir: Path, version: str) -> None:
    painter = HeldPainter()
    client = SandboxClient(limited_app(data_dir, paint=painter))
    batches = client.sdk(api_version=version).aio.batches
    requests = [types.InlinedRequest(contents=prompt) for prompt in ("a fox", "a hen")]
    job = await batches.create(model=MODEL_21, src=requests)
    states = [job.state]
    while not job.done:
        job = await batches.get(name=str(job.name))
        if job.state == types.JobState.JOB_STATE_RUNNING and states[-1] != job.state:
            painter.allow(2)
        states += [] if job.state == states[-1] else [job.state]

    assert [state.name for state in states if state] == [
        "JOB_STATE_PENDING",
        "JOB_STATE_RUNNING",
        "JOB_STATE_SUCCEEDED",
    ]
    assert painter.begun == ["a fox", "a hen"]
    with io.BytesIO(json.dumps({"key": "k", "request": asked("a cat")}).encode()) as data:
        files = client.sdk(api_version=version).aio.files
        file = await files.upload(file=data, config=types.UploadFileConfig(mime_type="application/jsonl"))
    painter.allow(1)
    second = await batches.create(model=MODEL_21, src=str(file.name))
    while not second.done:
        second = await batches.get(name=str(second.name))
    assert second.dest
    assert b'{"key": "k", "response": ' in await files.download(file=str(second.dest.file_name))
    assert [listed.name async for listed in await batches.list(config={"page_size": 1})] == [second.name, job.name]
    await batches.cancel(name=str(job.name))
    await batches.delete(name=str(job.name))
    assert [listed.name async for listed in await batches.list()] == [second.name]


@pytest.mark.anyio
async def test_a_batch_looks_as_recorded(data_dir: Path) -> None:
    clock, painter = HandClock(), HeldPainter()
    client = SandboxClient(limited_app(data_dir, now=clock.now, paint=painter))
    pending = (await create(client, inline(asked("a fox"), asked("a hen"), name="Two"))).json()
    name, kind = pending["name"], "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch"
    begun, later = "2026-11-22T12:00:00.250000Z", "2026-11-22T12:06:00.250000Z"
    metadata = {
        "@type": kind,
        "model": f"models/{MODEL_21}",
        "displayName": "Two",
        "createTime": begun,
        "updateTime": begun,
        "batchStats": {"requestCount": "2", "pendingRequestCount": "2"},
        "state": "BATCH_STATE_PENDING",
        "name": name,
    }
    assert re.fullmatch(r"batches/[a-z0-9]{36}", name)
    assert pending == {"name": name, "metadata": metadata}
    running = await changed(client, name, pending)
    assert running == {"name": name, "metadata": metadata | {"state": "BATCH_STATE_RUNNING"}}

    clock.move(minutes=6)
    painter.allow(2)
    operation = await ended(client, name)
    output = operation["metadata"].pop("output")
    assert [result["metadata"] for result in output["inlinedResponses"]["inlinedResponses"]] == [{"n": "0"}, {"n": "1"}]
    assert all(
        result["response"]["usageMetadata"]["serviceTier"] == "standard" and list(result) == ["response", "metadata"]
        for result in output["inlinedResponses"]["inlinedResponses"]
    )
    assert operation == {
        "name": name,
        "metadata": metadata | {
            "endTime": later,
            "updateTime": later,
            "batchStats": {"requestCount": "2", "successfulRequestCount": "2"},
            "state": "BATCH_STATE_SUCCEEDED",
        },
        "done": True,
        "response": {"@type": f"{kind}Output", **output},
    }  # fmt: skip


@pytest.mark.anyio
async def test_one_bad_request_spoils_no_other(client: SandboxClient) -> None:
    painted = (await client.generate(asked("a fox"))).json()["candidates"][0]["content"]["parts"]
    picture = next(part for part in painted if "inlineData" in part)
    unsigned = {"inlineData": picture["inlineData"]}
    words = {"role": "user", "parts": [{"text": "warmer"}]}
    turns = [[words, {"role": "model", "parts": [part]}, words] for part in (picture, unsigned)]
    missing = {"fileData": {"fileUri": "files/nothing"}}
    requests = [
        {"contents": turns[0]}, {"contents": turns[1]}, asked("a hen", **TOO_MANY),
        {"contents": [{"parts": [missing, {"text": "warmer"}]}]}, asked("sandbox refuse"), asked("a cat"),
    ]  # fmt: skip
    operation = await ended(client, await created(client, inline(*requests)))
    results = results_of(operation)

    counts = {"requestCount": "6", "successfulRequestCount": "3", "failedRequestCount": "3"}
    assert operation["metadata"]["batchStats"] == counts
    assert operation["metadata"]["state"] == "BATCH_STATE_SUCCEEDED"
    assert [result["metadata"]["n"] for result in results] == list("012345")
    assert ["error" in result for result in results] == [False, True, True, True, False, False]
    errors_seen = [result["error"] for result in results if "error" in result]
    assert [error["code"] for error in errors_seen] == [3, 3, 7]
    assert errors_seen[0]["message"].startswith("Image part is missing a thought_signature in content position 2")
    assert results[4]["response"]["candidates"][0]["finishReason"] == "IMAGE_SAFETY"


@pytest.mark.anyio
async def test_a_request_of_the_wrong_form_refuses_the_whole_batch(client: SandboxClient, data_dir: Path) -> None:
    body = inline(asked("a fox"), asked("a hen", generationConfig={"imageSize": "1K"}))
    at = "batch.input_config.requests.requests[1].request.generation_config"
    text = f"Invalid JSON payload received. Unknown name \"imageSize\" at '{at}': Cannot find field."
    assert refusal(await create(client, body)) == (400, "INVALID_ARGUMENT", text)

    lines = (
        {"key": "a", "request": asked("a fox", thinking_config={})},
        {"key": "b", "request": asked("a hen")},
        "[1, 2]",
        '{"key": "c"',
    )
    said = refusal(await create(client, from_file(await given(client, *lines))))
    sentences = said[2].split("\n")
    assert said[:2] == (400, "INVALID_ARGUMENT")
    assert re.fullmatch(
        r"Error on line 1: invalid JSON, near column \d+: no such field: 'thinking_config'", sentences[0]
    )
    assert sentences[1] == "Error on line 3: invalid JSON, near column 1: unexpected character: '['; expected '{'"
    assert sentences[2].startswith("Error on line 4: invalid JSON, near column 12: ")
    assert (await client.http.get("/v1/batches")).json() == {}
    assert batch_folders(data_dir) == []


@pytest.mark.anyio
async def test_a_batch_is_refused_for_what_it_is_as_a_whole(data_dir: Path) -> None:
    painter = HeldPainter()
    limits = BatchLimits(jobs=1, inline_bytes=2_000)
    client = SandboxClient(limited_app(data_dir, batches=limits, paint=painter))
    fox = inline(asked("a fox"))
    denied = "You do not have permission to access the File nothing or it may not exist."
    both = {"batch": {"inputConfig": {"fileName": "files/x", **fox["batch"]["inputConfig"]}}}
    other_model = inline(asked("a fox", model=f"models/{MODEL_PRO}"))
    for body, status, said in (
        (from_file("files/nothing"), 403, denied),
        (from_file(await given(client, "")), 400, "The input file has no requests."),
        (inline(asked("x" * 2_000)), 400, "Request payload size exceeds the limit: 2000 bytes."),
        (both, 400, "exactly one of"),
        ({}, 400, "exactly one of"),
        (other_model, 400, "they have to be the same"),
    ):
        answer = await create(client, body)
        assert (answer.status_code, said in refusal(answer)[2]) == (status, True), answer.text
    unknown = refusal(await create(client, fox, model="no-model", version="v1"))
    assert unknown[2].startswith("models/no-model is not found for API version v1, or is not supported for batchGenera")
    assert (await create(client, fox, model="gemini-3-pro-image-preview")).status_code == 404
    assert (await create(client, fox, key="bad-key")).status_code == 400

    name = await created(client, fox)
    assert refusal(await create(client, fox))[:2] == (429, "RESOURCE_EXHAUSTED")
    painter.allow(2)
    assert (await create(client, fox, key="another")).status_code == 200
    await ended(client, name)
    painter.allow(1)
    await ended(client, await created(client, fox))


@pytest.mark.anyio
async def test_a_batch_is_its_key_s_alone(client: SandboxClient) -> None:
    name, other = await created(client, inline(asked("a fox"))), {"x-goog-api-key": "somebody-else"}
    for method, path in (("GET", name), ("DELETE", name), ("POST", f"{name}:cancel"), ("GET", "batches/.%2e")):
        assert refusal(await client.http.request(method, f"/v1/{path}", headers=other)) == NOT_FOUND
    assert (await client.http.get("/v1/batches", headers=other)).json() == {}
    await ended(client, name)
