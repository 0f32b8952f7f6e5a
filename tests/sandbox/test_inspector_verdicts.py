"""The inspector's verdict on each signature of a request that is no generate call."""

import json
from pathlib import Path

import pytest

from tests.interaction_fixture import made, post, said
from tests.sandbox.batch_calls import created, ended, inline
from tests.sandbox.inspector_calls import JsonObject, conversation, picture_in, rows, user, verdicts
from tests.sandbox_fixture import SandboxClient, sandbox_app

pytestmark = pytest.mark.anyio


@pytest.fixture
def client(data_dir: Path) -> SandboxClient:
    return SandboxClient(sandbox_app(data_dir, inspector=True))


async def told_of(client: SandboxClient, method: str) -> JsonObject:
    row = next(row for row in await rows(client) if row.get("method") == method)
    told: JsonObject = (await client.http.get(f"/inspector/calls/{row['number']}")).json()
    return told


async def test_each_signature_in_a_request_of_a_batch_has_its_verdict(client: SandboxClient) -> None:
    words, content = await conversation(client)
    spoilt = json.loads(json.dumps(content))
    part = picture_in(spoilt)
    part["thoughtSignature"] = part["thoughtSignature"][:40] + "AAAA" + part["thoughtSignature"][44:]
    name = await created(client, inline({"contents": [words, content, user("warmer"), spoilt, user("cooler")]}))
    await ended(client, name)
    told = await told_of(client, "batches")
    said = verdicts(told)

    assert ("valid" in said[1], "altered" in said[1], "altered" in said[3]) == (True, False, True)
    assert (told["row"]["asked"], told["row"]["pictures_in"]) == ("cooler", 2)


async def test_each_signature_of_an_interaction_has_its_verdict(client: SandboxClient) -> None:
    first = await made(client)
    await made(client, input="warmer", previous_interaction_id=first["id"])
    continued = await told_of(client, "interactions")
    thought = next(step for step in first["steps"] if "signature" in step)
    thought["signature"] = thought["signature"][:40] + "AAAA" + thought["signature"][44:]
    await post(client, input=[said("a fox"), *first["steps"], said("warmer")], system_instruction="Be careful.")
    altered = await told_of(client, "interactions")

    assert [content["role"] for content in continued["detail"]["contents"]] == ["user", "model", "user"]
    assert "valid" in verdicts(continued)[1]
    assert "altered" in verdicts(altered)[1]
    assert altered["detail"]["system"][0]["text"] == "Be careful."
