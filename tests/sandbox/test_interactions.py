"""Interactions: created, continued, kept and forgotten; what is refused, in this API's own words."""

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from google.genai._gaos.lib.compat_errors import NotFoundError
from google.genai._gaos.utils.eventstreaming import Stream
from PIL import Image

from studio.sandbox.asgi import Message
from studio.sandbox.interactions.store import (
    InteractionId,
)
from tests.interaction_fixture import (
    MODEL_2,
    MODEL_25,
    NOT_FOUND,
    ONLY_IMAGE,
    WatchedPainter,
    folders,
    got,
    made,
    pictures,
    post,
    said,
    whole,
)
from tests.sandbox_fixture import (
    MODEL_21,
    MODEL_PRO,
    SandboxClient,
    SandboxProcess,
    picture_bytes,
    sandbox_app,
)

DOCS: Final = "Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details."

pytestmark = pytest.mark.anyio


async def test_an_answer_is_a_signed_thought_and_an_output_with_usage_as_recorded(client: SandboxClient) -> None:
    interaction = await made(client, model=MODEL_PRO, generation_config={"thinking_level": "high"})

    assert list(interaction) == [
        "id", "status", "usage", "created", "updated", "service_tier", "steps", "object", "model",
    ]  # fmt: skip
    assert (interaction["status"], interaction["object"], interaction["model"]) == (
        "completed", "interaction", MODEL_PRO,
    )  # fmt: skip
    [thought, output] = interaction["steps"]
    assert set(thought) == {"signature", "type"}
    assert len(base64.b64decode(thought["signature"])) > 1_700
    [image] = output["content"]
    assert set(image) == {"data", "mime_type", "type"}
    assert image["mime_type"] == "image/jpeg"
    usage = interaction["usage"]
    assert usage["input_tokens_by_modality"] == [{"modality": "text", "tokens": usage["total_input_tokens"]}]
    assert usage["output_tokens_by_modality"] == [{"modality": "image", "tokens": 1120}]
    assert usage["total_output_tokens"] > 1120
    assert usage["total_thought_tokens"] > 0
    counted = ("total_input_tokens", "total_output_tokens", "total_thought_tokens")
    assert usage["total_tokens"] == sum(usage[name] for name in counted)


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_the_sdk_creates_continues_gets_and_deletes(client: SandboxClient, version: str) -> None:
    sdk = client.sdk(api_version=version)
    interactions = sdk.aio.interactions
    first = whole(await interactions.create(model=MODEL_21, input="a fox"))
    second = whole(await interactions.create(model=MODEL_21, input="warmer", previous_interaction_id=first.id))
    assert second.id is not None
    found = whole(await interactions.get(second.id))

    assert found.status == "completed"
    assert found.output_image is not None
    assert second.output_image is not None
    assert first.output_image is not None
    assert found.output_image.data == second.output_image.data != first.output_image.data
    await interactions.delete(second.id)
    with pytest.raises(NotFoundError) as caught:
        await interactions.get(second.id)
    assert caught.value.body == NOT_FOUND


async def test_both_apis_paint_the_same_picture_for_the_same_request(tmp_path: Path) -> None:
    old, new = (SandboxClient(sandbox_app(tmp_path / name)) for name in ("old", "new"))
    config = {"responseModalities": ["IMAGE"], "imageConfig": {"aspectRatio": "3:2", "imageSize": "2K"}}
    answer = await old.generate({"contents": [{"parts": [{"text": "a fox"}]}], "generationConfig": config})
    [part] = answer.json()["candidates"][0]["content"]["parts"]

    interaction = await made(new, response_format=ONLY_IMAGE | {"aspect_ratio": "3:2", "image_size": "2K"})

    assert pictures(interaction) == [base64.b64decode(part["inlineData"]["data"])]


async def test_a_continued_interaction_edits_the_last_picture(data_dir: Path) -> None:
    painter = WatchedPainter()
    client = SandboxClient(sandbox_app(data_dir, paint=painter))
    first = await made(client)
    second = await made(client, input="warmer", previous_interaction_id=first["id"])
    third = await made(client, input="darker", previous_interaction_id=second["id"])

    assert [order.source for order in painter.orders] == [None, *pictures(first), *pictures(second)]
    ids = [InteractionId.read(each["id"]) for each in (first, second, third)]
    assert len({each.first for each in ids if each}) == 1
    assert len({each.own for each in ids if each}) == 3
    # Only what is new counts as input; the conversation is in the raw count.
    assert second["usage"]["total_input_tokens"] == third["usage"]["total_input_tokens"] == 2
    assert third["usage"]["raw_prompt_token"] > second["usage"]["raw_prompt_token"] > 1120


async def test_the_real_painter_turns_the_stored_picture_black_and_white(data_dir: Path) -> None:
    client = SandboxClient(sandbox_app(data_dir, paint=None))
    small = ONLY_IMAGE | {"aspect_ratio": "1:1", "image_size": "512"}
    first = await made(client, model=MODEL_2, input="a red mug on linen", response_format=small)
    edited = await made(
        client,
        model=MODEL_2,
        input="convert to black and white",
        response_format=small,
        previous_interaction_id=first["id"],
    )

    before, after = (np.asarray(Image.open(io.BytesIO(pictures(each)[0])).convert("RGB")) for each in (first, edited))
    assert np.ptp(before.astype(int), axis=2).mean() > 10
    assert np.ptp(after.astype(int), axis=2).max() <= 3
    assert np.corrcoef(before.mean(axis=2).ravel(), after.mean(axis=2).ravel())[0, 1] > 0.9


@pytest.mark.parametrize(
    "given",
    ["a fox", {"type": "text", "text": "a fox"}, [{"type": "text", "text": "a fox"}], [said("a fox")]],
)
async def test_an_input_may_be_a_text_a_content_contents_or_steps(data_dir: Path, given: object) -> None:
    painter = WatchedPainter()
    interaction = await made(SandboxClient(sandbox_app(data_dir, paint=painter)), input=given)

    assert [order.prompt for order in painter.orders] == ["a fox"]
    assert interaction["usage"]["total_input_tokens"] == 2


async def test_nothing_is_kept_for_a_caller_who_has_left(data_dir: Path) -> None:
    app = sandbox_app(data_dir)
    client = SandboxClient(app)
    await client.queue({"kind": "slow", "params": {"seconds": 60}})
    body = json.dumps({"model": MODEL_21, "input": "a fox"}).encode()
    heard: Iterator[Message] = iter([{"type": "http.request", "body": body}, {"type": "http.disconnect"}])

    async def receive() -> Message:
        return next(heard)

    async def send(message: Message) -> None:
        raise AssertionError(message)

    headers = [(b"x-goog-api-key", b"any")]
    await app({"type": "http", "method": "POST", "path": "/v1/interactions", "headers": headers}, receive, send)
    assert (await client.journal())[-1]["verdict"] == "client_gone"
    assert folders(data_dir) == []


async def test_get_shows_the_input_and_on_request_once_more_by_itself(client: SandboxClient) -> None:
    given = [{"type": "text", "text": "a fox"}, {"type": "image", "data": encoded(), "mime_type": "image/png"}]
    first = await made(client, input=given)
    second = await made(client, input="warmer", previous_interaction_id=first["id"])

    _, shown = await got(client, first["id"])
    assert shown["steps"] == [{"content": given, "type": "user_input"}, *first["steps"]]
    assert {name: shown[name] for name in shown if name != "steps"} == {
        name: first[name] for name in first if name != "steps"
    }
    _, whole = await got(client, second["id"], "?include_input=true")
    assert whole["input"] == [said("warmer")]
    assert whole["previous_interaction_id"] == first["id"]


def encoded(colour: str = "teal") -> str:
    return base64.b64encode(picture_bytes(colour=colour)).decode()


async def test_an_uploaded_file_is_an_input_like_any_other(data_dir: Path) -> None:
    painter = WatchedPainter()
    client = SandboxClient(sandbox_app(data_dir, paint=painter))
    file = await client.sdk().aio.files.upload(file=io.BytesIO(picture_bytes()), config={"mime_type": "image/png"})
    named = {"type": "image", "uri": file.uri, "mime_type": "image/png"}
    interaction = await made(client, input=[{"type": "text", "text": "make it warmer"}, named])

    assert painter.orders[0].source == picture_bytes()
    _, shown = await got(client, interaction["id"])
    assert shown["steps"][0]["content"][1] == {"uri": file.uri, "mime_type": "image/png", "type": "image"}


async def test_what_is_not_stored_has_no_id_and_leaves_nothing_behind(client: SandboxClient, data_dir: Path) -> None:
    interaction = await made(client, store=False)

    assert "id" not in interaction
    assert len(pictures(interaction)) == 1
    assert folders(data_dir) == []


async def test_an_image_alone_is_without_words_and_a_search_has_steps(client: SandboxClient) -> None:
    interaction = await made(client, tools=[{"type": "google_search"}])
    call, result, thought, output = interaction["steps"]

    assert (call["type"], call["search_type"], call["arguments"]) == (
        "google_search_call", "web_search", {"queries": ["a fox"]},
    )  # fmt: skip
    assert (result["type"], result["call_id"]) == ("google_search_result", call["id"])
    assert "search?q=a%20fox" in result["result"][0]["search_suggestions"]
    assert thought["type"] == "thought"
    assert [item["type"] for item in output["content"]] == ["image"]
    assert interaction["usage"]["grounding_tool_count"] == [{"type": "google_search", "count": 1}]
    assert (await got(client, interaction["id"]))[1]["steps"][1:] == interaction["steps"]


async def test_25_answers_without_signatures_and_is_continued(client: SandboxClient) -> None:
    first = await made(client, model=MODEL_25)
    assert [step["type"] for step in first["steps"]] == ["model_output"]
    await made(client, model=MODEL_25, input="warmer", previous_interaction_id=first["id"])
    await made(client, model=MODEL_25, input=[said("a fox"), *first["steps"], said("warmer")])


async def test_the_journal_has_an_entry_like_generate_s(client: SandboxClient) -> None:
    first = await made(client)
    await made(client, input="warmer", previous_interaction_id=first["id"])
    await post(client, generation_config={"seed": 1})
    edit, failed = (await client.journal())[1:]

    assert (edit["path"], edit["model"], edit["verdict"]) == ("/v1/interactions", MODEL_21, "STOP")
    assert [content["role"] for content in edit["contents"]] == ["user", "model", "user"]
    assert edit["contents"][1]["parts"][0]["signature_bytes"] > 1_700
    assert edit["usage"]["candidatesTokensDetails"] == [{"modality": "IMAGE", "tokenCount": 1120}]
    assert (failed["status"], failed["verdict"]) == (400, "Seed is not supported for this model")


def test_the_plain_sdk_over_http(tmp_path: Path) -> None:
    with SandboxProcess(tmp_path, "--workers", "1", flat=True) as process:
        interactions = process.sdk().interactions
        first = whole(interactions.create(model=MODEL_PRO, input="a fox"))
        stream = interactions.create(model=MODEL_PRO, input="warmer", previous_interaction_id=first.id, stream=True)
        assert isinstance(stream, Stream)
        second_id = list(stream)[-1].interaction.id
        found = whole(interactions.get(second_id))
        assert found.output_image is not None
        assert found.output_image.data is not None
        with Image.open(io.BytesIO(base64.b64decode(found.output_image.data))) as picture:
            assert picture.size == (1408, 768)
        begun = whole(interactions.create(model=MODEL_PRO, input="a hen", background=True))
        assert begun.id is not None
        followed = interactions.get(begun.id, stream=True)
        assert isinstance(followed, Stream)
        assert [event.event_type for event in followed][-1] == "interaction.completed"
        interactions.delete(second_id)
        with pytest.raises(NotFoundError):
            interactions.create(model=MODEL_PRO, input="darker", previous_interaction_id=second_id)
