"""Files in a request: as good as inline bytes, and refused where they are not there."""

import base64
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.sandbox.file_calls import PICTURE, denied, naming, refusal, uploaded
from tests.sandbox_fixture import MODEL_21, HandClock, SandboxClient, limited_app, sandbox_app

GOOGLE = "https://generativelanguage.googleapis.com/v1beta/"
VERSIONS = pytest.mark.parametrize("version", ["v1", "v1beta"])


@pytest.mark.anyio
@VERSIONS
async def test_a_picture_by_reference_is_the_picture_itself(tmp_path: Path, version: str) -> None:
    inline = {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(PICTURE).decode()}}
    expected = naming("")
    expected["contents"][0]["parts"][0] = inline
    answers: list[dict[str, Any]] = []
    for form in ("inline", "{name}", "{uri}", GOOGLE + "{name}"):
        client = SandboxClient(sandbox_app(tmp_path / str(len(answers))))
        body = expected if form == "inline" else naming(form.format(**await uploaded(client, version=version)))
        counted = await client.http.post(f"/{version}/models/{MODEL_21}:countTokens", json=body)
        answer = (await client.generate(body, version=version)).json()
        parts = answer["candidates"][0]["content"]["parts"]
        answers.append({
            "pictures": [part["inlineData"]["data"] for part in parts if "inlineData" in part],
            "usage": answer["usageMetadata"],
            "counted": counted.json(),
        })  # fmt: skip
    assert answers[0]["pictures"]
    assert answers == [answers[0]] * 4


@pytest.mark.anyio
async def test_a_model_s_picture_may_come_back_as_a_file_with_its_signature(client: SandboxClient) -> None:
    answer = (await client.generate({"contents": [{"parts": [{"text": "a fox"}]}]})).json()
    part = next(part for part in answer["candidates"][0]["content"]["parts"] if "inlineData" in part)
    data = base64.b64decode(part["inlineData"]["data"])
    mine, other = await uploaded(client, data, mime="image/jpeg"), await uploaded(client)

    async def replay(file: dict[str, Any]) -> httpx2.Response:
        by_file = {"fileData": {"fileUri": file["uri"]}, "thoughtSignature": part["thoughtSignature"]}
        contents = [
            {"role": "user", "parts": [{"text": "a fox"}]},
            {"role": "model", "parts": [by_file]},
            {"role": "user", "parts": [{"text": "warmer"}]},
        ]
        return await client.generate({"contents": contents})

    assert (await replay(mine)).status_code == 200
    assert refusal(await replay(other)) == (400, "INVALID_ARGUMENT", "Thought signature is not valid")


@pytest.mark.anyio
@VERSIONS
@pytest.mark.parametrize("uri", ["files/nothing", "{host}/{version}/files/nothing", GOOGLE + "files/nothing"])
async def test_a_file_that_is_not_there_is_denied_wherever_it_stands(
    client: SandboxClient, version: str, uri: str
) -> None:
    part = {"fileData": {"fileUri": uri.format(host=client.http.base_url, version=version)}}
    here, words = {"role": "user", "parts": [part, {"text": "warmer"}]}, {"role": "user", "parts": [{"text": "warmer"}]}
    bodies: tuple[dict[str, Any], ...] = (
        {"contents": [here]},
        {"contents": [here, {"role": "model", "parts": [{"text": "Yes?"}]}, words]},
        {"contents": [words], "systemInstruction": {"parts": [part]}},
    )
    for body in bodies:
        assert refusal(await client.generate(body, version=version)) == denied("nothing")


@pytest.mark.anyio
async def test_what_a_file_holds_has_to_be_of_use(client: SandboxClient) -> None:
    picture, words = await uploaded(client), await uploaded(client, b"no picture")
    archive = await uploaded(client, b"PK", mime="application/zip")
    for body, text in (
        (naming(words["uri"]), "Unable to process input image."),
        (naming(archive["uri"]), "Unsupported MIME type: application/zip"),
        (
            naming(picture["uri"], mime="image/jpeg"),
            f"The File {picture['name'][6:]} is of MIME type image/png, not image/jpeg.",
        ),
    ):
        assert refusal(await client.generate(body)) == (400, "INVALID_ARGUMENT", text)
    pdf = await uploaded(client, b"%PDF-1.7", mime="application/pdf")
    for file in (picture, pdf):
        assert (await client.generate(naming(file["uri"], mime=file["mimeType"]))).status_code == 200


@pytest.mark.anyio
async def test_a_video_is_worked_on_before_it_can_be_used(data_dir: Path) -> None:
    clock = HandClock()
    client = SandboxClient(limited_app(data_dir, now=clock.now, pace=0.01))
    video = await uploaded(client, b"....ftypisom", mime="video/mp4")

    assert video["state"] == "PROCESSING"
    text = f"The File {video['name'][6:]} is not in an ACTIVE state and usage is not allowed."
    assert refusal(await client.generate(naming(video["uri"]))) == (400, "FAILED_PRECONDITION", text)
    clock.move(seconds=0.05)
    assert (await client.http.get(f"/v1/{video['name']}")).json()["state"] == "ACTIVE"
    assert (await client.generate(naming(video["uri"]))).status_code == 200
