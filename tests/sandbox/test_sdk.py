"""The official SDK against the sandbox: every way of reaching it, every model, what came and what was sent."""

import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from google.genai import errors, types
from google.genai._gaos.lib.compat_errors import NotFoundError

from studio.image_models import CATALOGUE, ImageModel
from tests.interaction_fixture import NOT_FOUND, whole
from tests.sandbox.sdk_ways import (
    WAYS,
    Sdk,
    Way,
    as_journalled,
    gathered,
    sdk_in_process,
    sdk_over_http,
    settled,
    sha256,
)
from tests.sandbox_fixture import (
    ANY_KEY,
    MODEL_21,
    SandboxProcess,
    picture_bytes,
    sandbox_app,
    size_of,
)

pytestmark = pytest.mark.anyio


def matrix() -> Iterator[Any]:
    """Ways × models; each with one version by default, so that any two of reach, model and version meet."""
    for way in WAYS:
        for place, model in enumerate(CATALOGUE):
            usual = "v1beta" if (way.is_async + way.over_http + place) % 2 else "v1"
            marks = () if way.version == usual else pytest.mark.endurance
            yield pytest.param(way, model, id=f"{way}, {model.id}", marks=marks)


EVERY_WAY = pytest.mark.parametrize("sdk", WAYS, ids=str, indirect=True)
MATRIX = pytest.mark.parametrize(("sdk", "model"), list(matrix()), indirect=["sdk"])
PICTURE = picture_bytes()
UPRIGHT = types.GenerateContentConfig(
    response_modalities=["IMAGE"], image_config=types.ImageConfig(aspect_ratio="3:4")
)  # fmt: skip
UPRIGHT_SENT = {"responseModalities": ["IMAGE"], "imageConfig": {"aspectRatio": "3:4"}}
STORY: Any = ["make it warmer", types.Part.from_bytes(data=PICTURE, mime_type="image/png")]
STORY_SENT = [
    {"kind": "text", "thought": False, "text": "make it warmer"},
    {
        "kind": "image",
        "thought": False,
        "mime_type": "image/png",
        "data_sha256": sha256(PICTURE),
        "data_bytes": len(PICTURE),
    },
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    folder = tmp_path_factory.mktemp("sandbox")
    with SandboxProcess(folder, "--workers", "0", flat=True) as process:
        yield process


@pytest.fixture
async def sdk(request: pytest.FixtureRequest, served: SandboxProcess, data_dir: Path) -> AsyncIterator[Sdk]:
    way: Way = request.param
    reached = sdk_over_http(way, served) if way.over_http else sdk_in_process(way, sandbox_app(data_dir))
    async with reached as made:
        yield made


def only_picture(response: types.GenerateContentResponse) -> types.Part:
    """The one picture of an answer that is not a thought."""
    [part] = [part for part in response.parts or [] if part.inline_data and not part.thought]
    return part


def data_of(part: types.Part) -> bytes:
    assert part.inline_data is not None
    assert part.inline_data.data is not None
    return part.inline_data.data


def check_picture(part: types.Part, model: ImageModel, ratio: str) -> None:
    """Size, kind and signature are the model's own."""
    assert part.inline_data is not None
    assert part.inline_data.mime_type == model.output_mime_type
    assert size_of(data_of(part)) == model.pixels_of(aspect_ratio=ratio, image_size=None)
    assert (len(part.thought_signature or b"") > 1_000) == model.signs_parts


def path_of(sdk: Sdk, model: ImageModel, method: str) -> str:
    return f"/{sdk.way.version}/models/{model.id}:{method}"


@MATRIX
async def test_words_and_a_picture_become_a_picture(sdk: Sdk, model: ImageModel) -> None:
    answer = await sdk.generate(model=model.id, contents=STORY, config=UPRIGHT)
    [entry] = await sdk.journal(1)

    check_picture(only_picture(answer), model, "3:4")
    assert answer.candidates
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert (answer.model_version, len(answer.response_id or "")) == (model.id, 23)
    usage = answer.usage_metadata
    assert usage is not None
    thoughts = usage.thoughts_token_count or 0
    assert usage.total_token_count == (usage.prompt_token_count or 0) + (usage.candidates_token_count or 0) + thoughts
    assert answer.sdk_http_response is not None
    assert (answer.sdk_http_response.headers or {})["x-gemini-service-tier"] == "standard"
    assert (entry["path"], entry["model"]) == (path_of(sdk, model, "generateContent"), model.id)
    assert entry["contents"] == [{"role": "user", "parts": STORY_SENT}]
    assert entry["generationConfig"] == UPRIGHT_SENT
    assert (entry["status"], entry["verdict"], entry["key_tail"]) == (200, "STOP", ANY_KEY[-4:])


@MATRIX
async def test_a_stream_brings_its_picture_whole_and_ends_without_parts(sdk: Sdk, model: ImageModel) -> None:
    thinking = types.ThinkingConfig(include_thoughts=True) if model.thinks else None
    config = UPRIGHT.model_copy(update={"thinking_config": thinking})
    *before, last = await sdk.stream(model=model.id, contents=STORY, config=config)
    [entry] = await sdk.journal(1)

    [picture] = [part for chunk in before for part in chunk.parts or [] if part.inline_data and not part.thought]
    check_picture(picture, model, "3:4")
    assert last.candidates
    assert (last.parts, last.candidates[0].finish_reason) == (None, types.FinishReason.STOP)
    assert not any(chunk.candidates and chunk.candidates[0].finish_reason for chunk in before)
    thought_of = any(part.thought for chunk in before for part in chunk.parts or [])
    assert last.usage_metadata is not None
    assert thought_of == bool(last.usage_metadata.thoughts_token_count)
    assert entry["path"] == path_of(sdk, model, "streamGenerateContent")
    assert entry["contents"] == [{"role": "user", "parts": STORY_SENT}]
    told = {"thinkingConfig": {"include_thoughts": True}} if model.thinks else {}  # the SDK mixes its spellings
    assert entry["generationConfig"] == UPRIGHT_SENT | told
    assert entry["usage"]["totalTokenCount"] == last.usage_metadata.total_token_count


@MATRIX
async def test_a_chat_sends_back_what_came_with_its_signatures(sdk: Sdk, model: ImageModel) -> None:
    config = types.GenerateContentConfig(
        thinking_config=types.ThinkingConfig(include_thoughts=True) if model.thinks else None
    )
    chat = sdk.surface.chats.create(model=model.id, config=config)
    answers = [await settled(chat.send_message(text)) for text in ("a fox in the snow", "warmer", "darker")]
    *_, entry = await sdk.journal(3)

    first, second, third = (only_picture(answer) for answer in answers)
    assert len({data_of(first), data_of(second), data_of(third)}) == 3
    replayed = [entry["contents"][place]["parts"] for place in (1, 3)]
    assert replayed == [[as_journalled(part) for part in answer.parts] for answer in answers[:2]]
    assert [content["role"] for content in entry["contents"]] == ["user", "model", "user", "model", "user"]
    assert len(chat.get_history(curated=True)) == 6
    for place, picture in ((1, first), (3, second)):
        kept = [part.get("signature_sha256") for part in entry["contents"][place]["parts"] if part["kind"] == "image"]
        assert kept == [sha256(picture.thought_signature) if model.signs_parts else None]


@MATRIX
async def test_models_are_described_and_tokens_counted_as_they_are_billed(sdk: Sdk, model: ImageModel) -> None:
    models = sdk.surface.models
    listed = await gathered(await settled(models.list(config={"page_size": 2})))
    one = await settled(models.get(model=model.id))
    counted = await settled(models.count_tokens(model=model.id, contents=STORY))
    answer = await sdk.generate(model=model.id, contents=STORY)

    assert [each.name for each in listed] == [f"models/{each.id}" for each in CATALOGUE]
    assert one in listed
    assert (one.name, one.input_token_limit) == (f"models/{model.id}", model.context_tokens)
    assert {"generateContent", "countTokens"} <= set(one.supported_actions)
    assert answer.usage_metadata is not None
    assert counted.total_tokens == answer.usage_metadata.prompt_token_count == 4 + model.input_image_tokens
    assert (await sdk.journal(1))[0]["usage"]["promptTokenCount"] == counted.total_tokens


@MATRIX
async def test_an_uploaded_picture_goes_through_every_api(sdk: Sdk, model: ImageModel) -> None:
    config = types.UploadFileConfig(mime_type="image/png", display_name="Teal")
    file = await settled(sdk.surface.files.upload(file=io.BytesIO(PICTURE), config=config))
    assert (file.state, file.size_bytes, file.display_name) == (types.FileState.ACTIVE, len(PICTURE), "Teal")
    assert file.name in [each.name for each in await gathered(await settled(sdk.surface.files.list()))]

    answer = await sdk.generate(model=model.id, contents=["make it warmer", file], config=UPRIGHT)
    assert answer.candidates
    turns = [types.UserContent(["make it warmer", file]), answer.candidates[0].content, types.UserContent("darker")]
    request = types.InlinedRequest(contents=turns, config=UPRIGHT, metadata={"turn": "second"})
    job = await sdk.batch(model=model.id, src=[request])
    assert job.state == types.JobState.JOB_STATE_SUCCEEDED
    assert job.dest
    [result] = job.dest.inlined_responses or []
    assert result.response is not None
    check_picture(only_picture(result.response), model, "3:4")

    asked = [{"type": "text", "text": "a hen"}, {"type": "image", "uri": file.uri, "mime_type": "image/png"}]
    first = whole(await settled(sdk.surface.interactions.create(model=model.id, input=asked)))
    second = whole(
        await settled(sdk.surface.interactions.create(model=model.id, input="warmer", previous_interaction_id=first.id))
    )
    assert first.output_image is not None
    assert second.output_image is not None
    assert second.output_image.data != first.output_image.data

    generated, batched, begun, continued = await sdk.journal(4)
    named = [part["text"] for part in generated["contents"][0]["parts"]]
    assert named == ["make it warmer", file.uri]
    sent = [as_journalled(part) for part in answer.parts or []]
    assert batched["contents"][1] == {"role": "model", "parts": sent}
    assert [begun["path"], continued["path"]] == [f"/{sdk.way.version}/interactions"] * 2
    assert [len(entry["contents"]) for entry in (begun, continued)] == [1, 3]
    assert {entry["verdict"] for entry in (generated, batched, begun, continued)} == {"STOP"}

    await settled(sdk.surface.files.delete(name=file.name))
    with pytest.raises(errors.ClientError) as caught:
        await sdk.generate(model=model.id, contents=["make it warmer", file])
    assert (caught.value.code, caught.value.status) == (403, "PERMISSION_DENIED")
    assert (await sdk.journal(5))[-1]["status"] == 403


@EVERY_WAY
async def test_a_refusal_reaches_the_caller_with_its_code_and_words(sdk: Sdk) -> None:
    asked = {"model": MODEL_21, "contents": "a fox", "config": types.GenerateContentConfig(candidate_count=2)}
    for call in (sdk.generate, sdk.stream):
        with pytest.raises(errors.ClientError) as caught:
            await call(**asked)
        assert (caught.value.code, caught.value.status) == (400, "INVALID_ARGUMENT")
        assert caught.value.message == "Multiple candidates is not enabled for this model"
    interactions = sdk.surface.interactions
    known = whole(await settled(interactions.create(model=MODEL_21, input="a fox")))
    await settled(interactions.delete(known.id))
    with pytest.raises(NotFoundError) as missing:
        await settled(interactions.get(known.id))
    assert missing.value.body == NOT_FOUND
    with pytest.raises(errors.ClientError) as unknown:
        await settled(sdk.surface.models.get(model="gemini-9"))
    assert unknown.value.code == 404
    assert [entry["status"] for entry in await sdk.journal(3)] == [400, 400, 200]


@EVERY_WAY
async def test_a_stream_that_fails_midway_raises_after_what_it_brought(sdk: Sdk) -> None:
    await sdk.fail_next("stream_error")
    thinking = types.GenerateContentConfig(thinking_config=types.ThinkingConfig(include_thoughts=True))
    with pytest.raises(errors.ServerError) as caught:
        await sdk.stream(model=MODEL_21, contents="a fox", config=thinking)

    assert caught.value.code == 503
    assert (await sdk.journal(1))[0]["status"] == 200
