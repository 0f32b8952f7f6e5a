"""What must not bring a sandbox down: half characters, damaged records, refusals on their way out of a worker."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from studio.sandbox.batches.store import NAME_CHARS
from studio.sandbox.google_errors import Refused, overloaded
from studio.sandbox.interactions.errors import InteractionRefused, not_found
from studio.sandbox.workers import Workers, within
from tests.sandbox.batch_calls import asked, created, ended, inline
from tests.sandbox_fixture import ANY_KEY, MODEL_21, SandboxClient, SandboxProcess, sandbox_app

HALF = "\\ud800"
"""Half a surrogate pair as JSON spells it: what is left of an emoji that was cut in two."""


def refuse(error: Exception) -> None:
    raise error


@pytest.mark.anyio
@pytest.mark.parametrize("refusal", [Refused(overloaded()), InteractionRefused(not_found())])
async def test_a_refusal_comes_out_of_a_worker_whole(refusal: Refused | InteractionRefused) -> None:
    again = pickle.loads(pickle.dumps(refusal))
    assert (type(again), again.error, str(again)) == (type(refusal), refusal.error, refusal.error.message)
    workers = Workers(1)
    try:
        with pytest.raises(type(refusal)) as caught:
            await workers.run(refuse, refusal)
    finally:
        workers.close()
    assert getattr(caught.value, "error", None) == refusal.error


def test_endless_work_is_given_up() -> None:
    def endless() -> None:
        while True:
            continue

    with pytest.raises(Refused) as caught:
        within(0.02, endless)
    assert caught.value.error.http_status == 504
    assert within(60, str, 5) == "5"


def test_an_interaction_that_leads_nowhere_is_a_404_from_a_worker_process(tmp_path: Path) -> None:
    with SandboxProcess(tmp_path, "--workers", "1", flat=True) as process:
        client = process.sdk()
        made = str(getattr(client.interactions.create(model=MODEL_21, input="a fox"), "id", ""))
        client.interactions.delete(made)
        with pytest.raises(Exception, match="Requested entity was not found") as caught:
            client.interactions.get(made)
        assert getattr(caught.value, "status_code", 0) == 404
        answer = client.models.generate_content(model=MODEL_21, contents="an owl")
        assert answer.parts


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"/v1/models/{MODEL_21}:generateContent", f'{{"contents": [{{"parts": [{{"text": "{HALF}"}}]}}]}}'),
        (f"/v1/models/{MODEL_21}:generateContent", f'{{"{HALF}": 1}}'),
        (f"/v1/models/{MODEL_21}:countTokens", f'{{"contents": [{{"parts": [{{"text": "{HALF}"}}]}}]}}'),
        (f"/v1/models/{MODEL_21}:batchGenerateContent", f'{{"batch": {{"displayName": "{HALF}"}}}}'),
        ("/v1/interactions", f'{{"model": "{MODEL_21}", "input": "{HALF}"}}'),
        ("/control/scenarios", f'["{HALF}"]'),
    ],
)
async def test_half_a_character_is_refused(client: SandboxClient, path: str, body: str) -> None:
    answer = await client.http.post(path, content=body.encode())
    assert answer.status_code == 400, answer.text
    assert "error" in answer.json()


@pytest.mark.anyio
async def test_a_whole_pair_is_a_character(client: SandboxClient) -> None:
    body = b'{"contents": [{"parts": [{"text": "a \\ud83e\\udd8a"}]}]}'
    assert (await client.generate(body)).status_code == 200


@pytest.mark.anyio
async def test_half_a_character_in_a_files_name_is_refused_and_the_list_stays_readable(client: SandboxClient) -> None:
    headers = {"x-goog-upload-protocol": "resumable", "x-goog-upload-command": "start"}
    body = f'{{"file": {{"displayName": "{HALF}"}}}}'.encode()
    assert (await client.http.post("/upload/v1/files", content=body, headers=headers)).status_code == 400
    assert (await client.http.get("/v1/files")).json() == {}


@pytest.mark.anyio
@pytest.mark.parametrize("damage", ["", "{}", "[]", "no JSON"])
async def test_damaged_records_are_left_out(data_dir: Path, damage: str) -> None:
    first = SandboxClient(sandbox_app(data_dir))
    name = await created(first, inline(asked("a fox")))
    await ended(first, name)
    for record in (data_dir / "batches" / "aaaa" / "job.json", data_dir / "files" / "aaaa.json"):
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(damage)
    client = SandboxClient(sandbox_app(data_dir))
    assert [one["name"] for one in (await client.http.get("/v1/batches")).json()["operations"]] == [name]
    assert (await client.http.get("/v1/files")).json() == {}


@pytest.mark.anyio
@pytest.mark.parametrize(
    "wish", ["html:status=99", "html:status=204", "html:status=304", "html:status=600", "trickle:bytes_per_s=0"]
)
async def test_what_cannot_be_sent_cannot_be_asked_for(client: SandboxClient, wish: str) -> None:
    body: dict[str, Any] = {"contents": [{"parts": [{"text": "a fox"}]}]}
    answer = await client.generate(body, headers={"x-sandbox-scenario": wish})
    assert answer.status_code == 400
    assert "from" in json.loads(answer.content)["error"]["message"]


@pytest.mark.anyio
async def test_a_retired_model_never_names_itself(client: SandboxClient) -> None:
    body = {"contents": [{"parts": [{"text": "a fox"}]}]}
    answer = await client.generate(body, headers={"x-sandbox-scenario": "retired", "x-goog-api-key": ANY_KEY})
    assert answer.json()["error"]["message"].count(MODEL_21) == 1


@pytest.mark.anyio
async def test_an_endless_event_number_is_none(client: SandboxClient) -> None:
    made = (await client.http.post("/v1/interactions", json={"model": MODEL_21, "input": "a fox"})).json()
    followed = await client.http.get(f"/v1/interactions/{made['id']}?stream=true&last_event_id={'9' * 5000}")
    assert followed.status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize("damage", ["", "{}", "[]", "5", "\xff"])
async def test_what_is_damaged_is_as_if_it_were_gone_and_can_be_deleted(
    client: SandboxClient, data_dir: Path, damage: str
) -> None:
    made = (await client.http.post("/v1/interactions", json={"model": MODEL_21, "input": "a fox"})).json()["id"]
    records = {
        f"/v1/interactions/{made}": (data_dir / "interactions" / made / "record.json", 404),
        f"/v1/batches/{'a' * NAME_CHARS}": (data_dir / "batches" / ("a" * NAME_CHARS) / "job.json", 404),
        "/v1/files/aaaa": (data_dir / "files" / "aaaa.json", 403),
    }
    for path, (record, code) in records.items():
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_bytes(damage.encode("latin-1"))
        assert (await client.http.get(path)).status_code == code
        assert (await client.http.delete(path)).status_code == 200
        assert not record.exists()
        assert (await client.http.delete(path)).status_code == code


@pytest.mark.anyio
@pytest.mark.parametrize("given", [[{"type": ["x"]}], {"type": {}}, [{"type": "text", "text": "a"}, {"type": [1]}]])
async def test_a_type_that_is_no_word_is_refused(client: SandboxClient, given: object) -> None:
    answer = await client.http.post("/v1/interactions", json={"model": MODEL_21, "input": given})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")


@pytest.mark.anyio
async def test_an_upload_that_begins_with_too_much_is_told_how_much_that_is(client: SandboxClient) -> None:
    began = {"x-goog-upload-protocol": "resumable", "x-goog-upload-command": "start"}
    endless = began | {"x-goog-upload-header-content-length": "9" * 5000}
    answer = await client.http.post("/upload/v1/files", json={}, headers=endless)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    answer = await client.http.post("/upload/v1/files", content=b" " * (1024**2 + 1), headers=began)
    assert answer.json()["error"]["message"] == "Request payload size exceeds the limit: 1048576 bytes."
