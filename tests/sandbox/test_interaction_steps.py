"""A conversation without the store: its steps go back as they came, and every signature is checked."""

import base64
from pathlib import Path
from typing import Any, Final

import pytest

from tests.interaction_fixture import ONLY_IMAGE, Json, WatchedPainter, made, post, refused, said, whole
from tests.sandbox_fixture import MODEL_21, SandboxClient, sandbox_app

DOCS: Final = "Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details."

pytestmark = pytest.mark.anyio


async def turns(client: SandboxClient) -> list[Json]:
    """Two turns without the store, and the wish for a third; the first answer has words before its picture."""
    await client.queue({"kind": "text_first"})
    first = await made(client, store=False, response_format=[{"type": "text"}, ONLY_IMAGE])
    steps = [said("a fox"), *first["steps"], said("warmer")]
    second = await made(client, store=False, input=steps)
    return [*steps, *second["steps"], said("darker")]


async def test_a_conversation_goes_on_without_the_store_by_sending_its_steps(data_dir: Path) -> None:
    painter = WatchedPainter()
    client = SandboxClient(sandbox_app(data_dir, paint=painter))
    steps = await turns(client)
    assert [step["type"] for step in steps] == [
        "user_input", "thought", "model_output", "thought", "model_output", "user_input", "thought", "model_output",
        "user_input",
    ]  # fmt: skip

    await made(client, input=steps)
    assert painter.orders[-1].source == base64.b64decode(steps[-2]["content"][0]["data"])
    # The SDK's own values go back as they came.
    sdk = client.sdk()
    answer = whole(await sdk.aio.interactions.create(model=MODEL_21, input="a hen", store=False))
    again_steps: list[Any] = [said("a hen"), *(answer.steps or []), said("bluer")]
    again = await sdk.aio.interactions.create(model=MODEL_21, input=again_steps, store=False)
    assert whole(again).status == "completed"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("altered", "Corrupted thought signature."),
        ("swapped", "Thought signature is not valid"),
        ("moved", f"Image part is missing a thought_signature in content position 4, part position 1. {DOCS}"),
        ("text dropped", f"Text part is missing a thought_signature in content position 2, part position 1. {DOCS}"),
        ("image dropped", f"Image part is missing a thought_signature in content position 2, part position 2. {DOCS}"),
        ("at the end", "Thought signature is not valid"),
        ("undecodable", "Invalid input at 'input[1].signature'."),
    ],
)
async def test_signatures_in_steps_are_checked(client: SandboxClient, change: str, message: str) -> None:
    steps = await turns(client)
    if change == "altered":
        steps[1]["signature"] = "Q" + steps[1]["signature"][1:]
    elif change == "swapped":
        steps[1]["signature"], steps[3]["signature"] = steps[3]["signature"], steps[1]["signature"]
    elif change == "moved":
        steps[6], steps[7] = steps[7], steps[6]
    elif change in ("text dropped", "image dropped"):
        del steps[1 if change == "text dropped" else 3]
    elif change == "at the end":
        steps.append(steps[6])
    else:
        steps[1]["signature"] = "not base64!"

    assert await post(client, input=steps) == (400, refused(message))


async def test_a_bypass_stands_for_a_signature_in_the_store_too(client: SandboxClient) -> None:
    steps = await turns(client)
    steps[1]["signature"] = steps[3]["signature"] = "skip_thought_signature_validator"
    interaction = await made(client, input=steps)

    await made(client, input="bluer", previous_interaction_id=interaction["id"])
