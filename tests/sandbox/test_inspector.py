"""The inspector's addresses: what it tells of a call, whom it tells, and how little it keeps."""

import asyncio
import base64
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from studio.sandbox.inspector.dissection import MOST_PARTS, TEXT_CHARS, Dissection, dissect
from studio.sandbox.inspector.evidence import Evidence
from studio.sandbox.journal import KEPT_CALLS
from studio.sandbox.painter.thumbnails import thumbnail
from tests.sandbox.batch_calls import asked, created, ended, inline
from tests.sandbox.inspector_calls import conversation, inline_part, newest, picture_in, rows, user
from tests.sandbox_fixture import MODEL_21, SandboxClient, picture_bytes, sandbox_app

pytestmark = pytest.mark.anyio

JsonObject = dict[str, Any]


@pytest.fixture
def client(data_dir: Path) -> SandboxClient:
    return SandboxClient(sandbox_app(data_dir, inspector=True))


# -- what is told ----------------------------------------------------------------------------------------------------


async def test_a_call_is_told_part_by_part_with_what_was_sent_and_what_came_back(client: SandboxClient) -> None:
    given = picture_bytes(90, 60)
    body = {
        "contents": [user("  Make <b>it</b>\nbluer ", inline_part(given))],
        "systemInstruction": {"parts": [{"text": "Be careful."}]},
        "generationConfig": {"imageConfig": {"imageSize": "1K"}},
        "tools": [{"googleSearch": {}}],
    }
    answer = await client.generate(body, headers={"user-agent": "my-client/1.0"})
    told = await newest(client)
    row, detail = told["row"], told["detail"]

    assert (row["method"], row["model"], row["status"], row["verdict"]) == ("generateContent", MODEL_21, 200, "STOP")
    assert (row["asked"], row["pictures_in"], row["pictures_out"]) == ("Make <b>it</b> bluer", 1, 1)
    assert (row["body_bytes"], row["answer_bytes"]) == (len(json.dumps(body)), len(answer.content))
    [words, picture] = detail["contents"][0]["parts"]
    assert (words["text"], words["position"]) == ("  Make <b>it</b>\nbluer ", 1)
    assert picture["data_sha256"] == hashlib.sha256(given).hexdigest()
    assert (picture["pixels"], picture["mime_type"], picture["data_bytes"]) == ([90, 60], "image/png", len(given))
    assert detail["system"][0]["text"] == "Be careful."
    assert detail["settings"] == {"generationConfig": {"imageConfig": {"imageSize": "1K"}}}
    assert detail["tools"] == [{"googleSearch": {}}]
    assert detail["headers"]["user-agent"] == "my-client/1.0"
    made = base64.b64decode(picture_in(answer.json()["candidates"][0]["content"])["inlineData"]["data"])
    assert hashlib.sha256(made).hexdigest() in [part.get("data_sha256") for part in detail["answer"]]
    assert told["usage"] == answer.json()["usageMetadata"]


@pytest.mark.parametrize("stream", [False, True])
async def test_the_bill_is_of_the_usage_that_was_reported(client: SandboxClient, *, stream: bool) -> None:
    await client.generate({"contents": [user("a fox")]}, stream=stream)
    told = await newest(client)
    counts = {line["what"]: line["count"] for line in told["bill"]["lines"]}

    assert counts["pictures"] == told["usage"]["candidatesTokensDetails"][0]["tokenCount"]
    assert counts["thoughts"] == told["usage"]["thoughtsTokenCount"]
    assert sum(counts.values()) == told["usage"]["totalTokenCount"]
    assert told["row"]["cost"] == {"kind": "billed", "usd": told["bill"]["usd"]}


async def test_the_verdict_on_each_signature_is_told_and_the_part_that_the_error_names_is_marked(
    client: SandboxClient,
) -> None:
    words, content = await conversation(client)
    picture = picture_in(content)
    at = content["parts"].index(picture) + 1
    signature = picture.pop("thoughtSignature")

    async def told_with(changed: str | None) -> tuple[str, bool]:
        if changed is not None:
            picture["thoughtSignature"] = changed
        await client.generate({"contents": [words, content, user("warmer")]})
        told = await newest(client)
        part = told["detail"]["contents"][1]["parts"][at - 1]
        return part["verdict"], part["named"]

    assert await told_with(None) == ("missing", True)
    assert await told_with(signature) == ("valid", False)
    assert await told_with(signature[:40] + "AAAA" + signature[44:]) == ("altered", False)
    assert await told_with("skip_thought_signature_validator") == ("bypass", False)
    other = picture_in((await conversation(client))[1])["thoughtSignature"]
    assert await told_with(other) == ("of another part", False)


async def test_a_refusal_says_which_and_why_and_costs_nothing(client: SandboxClient) -> None:
    answer = await client.generate(
        {"contents": [user("a fox")], "generationConfig": {"imageConfig": {"imageSize": "8K"}}}
    )
    told = await newest(client)

    assert told["row"]["cost"] == {"kind": "no charge", "usd": "0"}
    assert (told["row"]["status"], told["row"]["error_status"]) == (400, "INVALID_ARGUMENT")
    assert told["error"] == answer.json()
    assert told["row"]["asked"] == "a fox"


async def test_a_scenario_that_caused_a_failure_is_named_and_an_unknown_cost_is_not_zero(client: SandboxClient) -> None:
    await client.generate({"contents": [user("a fox")]}, headers={"x-sandbox-scenario": "overloaded"})
    [row] = await rows(client)

    assert (row["status"], row["scenarios"]) == (503, ["overloaded"])
    assert row["cost"] == {"kind": "unknown", "usd": None}


async def test_a_refusal_that_reports_usage_is_priced_without_a_picture_and_unconfirmed(client: SandboxClient) -> None:
    await client.generate({"contents": [user("a fox")]}, headers={"x-sandbox-scenario": "image-safety"})
    told = await newest(client)

    assert (told["row"]["verdict"], told["row"]["cost"]["kind"]) == ("IMAGE_SAFETY", "unconfirmed")
    assert "pictures" not in [line["what"] for line in told["bill"]["lines"]]
    assert float(told["bill"]["usd"]) > 0


async def test_a_body_that_is_no_json_is_shown_as_it_came(client: SandboxClient) -> None:
    await client.generate(b'{"contents": [')
    told = await newest(client)

    assert told["detail"]["raw"] == '{"contents": ['
    assert "Invalid JSON payload" in told["detail"]["problem"]


async def test_interactions_are_told_as_well(client: SandboxClient) -> None:
    picture = picture_bytes(40, 30)
    item = {"type": "image", "mime_type": "image/png", "data": base64.b64encode(picture).decode()}
    body = {"model": MODEL_21, "input": [{"type": "text", "text": "bluer"}, item]}
    assert (await client.http.post("/v1beta/interactions", json=body)).status_code == 200
    told = await newest(client)

    assert (told["row"]["method"], told["row"]["asked"]) == ("interactions", "bluer")
    assert (told["row"]["pictures_in"], told["row"]["pictures_out"]) == (1, 1)
    assert hashlib.sha256(picture).hexdigest() in told["thumbnails"]
    assert told["row"]["cost"]["kind"] == "billed"


async def test_each_request_of_a_batch_is_a_call_at_half_the_price(client: SandboxClient) -> None:
    name = await created(client, inline(asked("a fox")))
    await ended(client, name)
    row = next(row for row in await rows(client) if not row.get("other"))
    told = (await client.http.get(f"/inspector/calls/{row['number']}")).json()

    assert (row["method"], row["batch"], row["asked"], row["pictures_out"]) == ("batches", name, "a fox", 1)
    assert told["bill"]["factor"] == "0.5"


async def test_other_requests_are_listed_and_like_ones_in_a_row_only_counted(client: SandboxClient) -> None:
    for path in ("/v1beta/models", "/v1beta/models", "/v3/nowhere"):
        await client.http.get(path)
    told = [(row["path"], row["status"], row["times"]) for row in await rows(client)]

    assert told == [("/v3/nowhere", 404, 1), ("/v1beta/models", 200, 2)]


async def test_what_was_spent_is_added_up_by_model_and_outlives_a_clearing(client: SandboxClient) -> None:
    for scenario in ("none", "none", "image-safety", "overloaded", "no-key"):
        await client.generate({"contents": [user("a fox")]}, headers={"x-sandbox-scenario": scenario})
    costs = [row["cost"] for row in await rows(client)]
    assert (await client.http.post("/inspector/clear")).status_code == 200
    told = (await client.http.get("/inspector/calls")).json()

    spent = told["spending"][MODEL_21]
    assert told["rows"] == []
    assert (spent["calls"], spent["refused"], spent["unknown"]) == (5, 2, 1)
    assert float(spent["usd"]) == pytest.approx(sum(float(cost["usd"]) for cost in costs if cost["kind"] == "billed"))
    assert float(spent["unconfirmed_usd"]) > 0


async def test_a_page_that_is_up_to_date_is_told_no_more_than_that(client: SandboxClient) -> None:
    await client.generate({"contents": [user("a fox")]})
    await rows(client)
    told = (await client.http.get("/inspector/calls")).json()
    again = (await client.http.get(f"/inspector/calls?version={told['version']}")).json()

    assert again == {"version": told["version"]}


# -- what is kept ----------------------------------------------------------------------------------------------------


async def test_a_picture_is_kept_as_a_small_one(client: SandboxClient) -> None:
    given = picture_bytes(1200, 600)
    await client.generate({"contents": [user("bluer", inline_part(given))]})
    told = await newest(client)
    digest = hashlib.sha256(given).hexdigest()
    answer = await client.http.get(f"/inspector/pictures/{digest}")

    assert digest in told["thumbnails"]
    assert len(told["thumbnails"]) == 2
    assert answer.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(answer.content)).size == (240, 120)
    assert (await client.http.get(f"/inspector/pictures/{'0' * 64}")).status_code == 404


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", picture_bytes()[:60]], ids=["none", "png", "gif", "half"]
)
async def test_what_does_not_decode_has_no_small_picture(data: bytes) -> None:
    assert thumbnail(data) is None


async def test_long_texts_and_many_parts_are_cut_and_it_is_said(client: SandboxClient) -> None:
    body = {"contents": [user("x" * (TEXT_CHARS + 10), *(["word"] * (MOST_PARTS * 3)))]}
    await client.generate(body)
    told = await newest(client)
    [first, *rest] = told["detail"]["contents"][0]["parts"]

    assert (len(first["text"]), first["chars"]) == (TEXT_CHARS, TEXT_CHARS + 10)
    assert len(rest) == MOST_PARTS * 2 - 1
    assert told["detail"]["left_out"] >= MOST_PARTS
    assert len(json.dumps(told)) < 200_000


async def test_the_key_is_told_by_its_last_four_characters_alone(client: SandboxClient) -> None:
    key = "AIzaSyVerySecretKey9876"
    await client.generate({"contents": [user("a fox")]}, headers={"x-goog-api-key": key})
    await client.generate({"contents": [user("a fox")]}, query=f"?key={key}")
    told = json.dumps([await rows(client), await newest(client)])

    assert "9876" in told
    assert key[:-4] not in told


async def test_no_more_than_the_last_calls_are_kept(client: SandboxClient) -> None:
    for _ in range(KEPT_CALLS + 3):
        await client.generate(b"{")
    kept = await rows(client)

    assert len(kept) == KEPT_CALLS
    assert kept[-1]["number"] == 4
    assert (await client.http.get("/inspector/calls/1")).status_code == 404


async def test_calls_beyond_what_may_wait_are_listed_without_their_parts(
    client: SandboxClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.sandbox.inspector.sightings.MOST_WAITING_BYTES", 10)
    await client.generate({"contents": [user("a fox")]})
    [row] = await rows(client)

    assert row["status"] == 200
    assert "too many calls" in row["unseen"]


async def test_thumbnails_leave_with_the_oldest_first(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    monkeypatch.setattr("studio.sandbox.inspector.sightings.MOST_THUMBNAILS", 2)
    client = SandboxClient(sandbox_app(data_dir, inspector=True))
    for colour in ("red", "green"):
        await client.generate({"contents": [user("bluer", inline_part(picture_bytes(colour=colour)))]})
        await rows(client)
    last = await newest(client)
    first = (await client.http.get(f"/inspector/calls/{last['row']['number'] - 1}")).json()

    assert len(last["thumbnails"]) == 2
    assert first["thumbnails"] == []


async def test_a_call_costs_the_caller_nothing_but_a_note(data_dir: Path) -> None:
    """The request is taken apart when it has been answered: until then no summary is made of it."""
    client = SandboxClient(sandbox_app(data_dir, inspector=True, control=False))
    await client.generate({"contents": [user("a fox")]})

    assert [row["asked"] for row in await rows(client)] == ["a fox"]
    assert (await client.http.get("/control/requests")).status_code == 404


async def test_what_cannot_be_taken_apart_is_said_and_does_no_harm(
    client: SandboxClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object) -> None:
        raise LookupError("a mistake")

    monkeypatch.setattr("studio.sandbox.inspector.sightings.dissect", broken)
    assert (await client.generate({"contents": [user("a fox")]})).status_code == 200
    [row] = await rows(client)

    assert "could not be taken apart" in row["unseen"]
    assert "a mistake" in caplog.text


async def test_call_after_call_that_nobody_watches_is_not_looked_into(
    client: SandboxClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[JsonObject] = []

    def looking(evidence: Evidence, entry: JsonObject, known: frozenset[str]) -> Dissection:
        looked.append(entry)
        return dissect(evidence, entry, known)

    monkeypatch.setattr("studio.sandbox.inspector.sightings.dissect", looking)
    monkeypatch.setattr("studio.sandbox.inspector.sightings._PAUSE_S", 60.0)
    for _ in range(5):
        await client.generate({"contents": [user("a fox")]})
    await asyncio.sleep(0)

    assert looked == []
    assert [row["asked"] for row in await rows(client)] == ["a fox"] * 5
    assert len(looked) == 5
