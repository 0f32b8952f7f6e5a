"""Files: seen by their owner, listed in pages, kept over a restart, gone after 48 hours."""

import base64
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.genai import errors, types

from studio.sandbox.files.store import FileLimits
from tests.sandbox.file_calls import (
    PICTURE,
    denied,
    everything,
    held_bytes,
    naming,
    refusal,
    sent,
    start,
    started,
    uploaded,
)
from tests.sandbox_fixture import MODEL_21, HandClock, SandboxClient, SandboxProcess, limited_app, sandbox_app

VERSIONS = pytest.mark.parametrize("version", ["v1", "v1beta"])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with SandboxProcess(tmp_path_factory.mktemp("sandbox"), "--workers", "0", flat=True) as process:
        yield process


def test_the_sync_sdk_uploads_reads_lists_and_deletes(served: SandboxProcess, tmp_path: Path) -> None:
    files = served.sdk().files
    path = tmp_path / "mug.png"
    path.write_bytes(PICTURE)
    mine = [files.upload(file=path, config=types.UploadFileConfig(display_name=f"mug {n}")) for n in range(3)]

    assert [file.size_bytes for file in mine] == [len(PICTURE)] * 3
    assert mine[0].mime_type == "image/png"
    assert mine[0].uri == f"{served.base_url}/v1/{mine[0].name}"
    assert files.get(name=str(mine[1].name)) == mine[1]
    listed = list(files.list(config=types.ListFilesConfig(page_size=2)))
    assert [file.display_name for file in listed] == ["mug 2", "mug 1", "mug 0"]

    contents: list[Any] = [mine[0], "make it warmer"]
    answer = served.sdk().models.generate_content(model=MODEL_21, contents=contents)
    assert answer.parts

    for file in mine:
        files.delete(name=str(file.name))
    assert list(files.list()) == []
    with pytest.raises(errors.ClientError) as caught:
        files.get(name=str(mine[0].name))
    assert (caught.value.code, caught.value.status) == (403, "PERMISSION_DENIED")


@pytest.mark.anyio
@VERSIONS
async def test_the_async_sdk_sends_a_large_file_in_pieces(client: SandboxClient, version: str) -> None:
    data = hashlib.sha256(version.encode()).digest() * 290_000
    config = types.UploadFileConfig(mime_type="text/plain", name="my-notes")
    file = await client.sdk(api_version=version).aio.files.upload(file=io.BytesIO(data), config=config)

    assert len(data) > 8 * 1024**2
    assert file.name == "files/my-notes"
    assert base64.b64decode(str(file.sha256_hash)).decode() == hashlib.sha256(data).hexdigest()


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["files/../../key", "../up", "files/a/b", "-dash", "dash-", "Upper", "a.json", "%2e"])
async def test_a_name_cannot_leave_its_folder(client: SandboxClient, data_dir: Path, name: str) -> None:
    before = everything(data_dir)
    assert (await start(client, 3, name=name)).status_code == 400
    assert (await client.generate(naming(f"files/{name}"))).status_code == 403
    assert everything(data_dir) == before


@pytest.mark.anyio
async def test_a_name_is_taken_once(client: SandboxClient, data_dir: Path) -> None:
    first = await uploaded(client, b"first", name="files/mine", mime="text/plain")
    answer = await sent(client, await started(client, 6, name="mine"), b"second", "upload, finalize")

    assert refusal(answer) == (409, "ALREADY_EXISTS", "Requested entity already exists")
    assert (await client.http.get("/v1beta/files/mine")).json() == first
    assert held_bytes(data_dir) == [b"first"]


@pytest.mark.anyio
@pytest.mark.parametrize(("method", "request_name"), [("GET", "GetFileRequest"), ("DELETE", "DeleteFileRequest")])
async def test_too_long_a_name_is_refused_as_published(client: SandboxClient, method: str, request_name: str) -> None:
    answer = await client.http.request(method, f"/v1beta/files/{'a' * 41}")
    text = f"* {request_name}.name: File ID (name excluding 'files/') cannot be more than 40 characters.\n"
    assert refusal(answer) == (400, "INVALID_ARGUMENT", text)


@pytest.mark.anyio
async def test_a_file_is_its_key_s_alone(client: SandboxClient) -> None:
    file = await uploaded(client)
    other = {"x-goog-api-key": "somebody-else"}
    name = file["name"].removeprefix("files/")

    assert refusal(await client.http.get(f"/v1/{file['name']}", headers=other)) == denied(name)
    assert refusal(await client.http.delete(f"/v1/{file['name']}", headers=other)) == denied(name)
    assert refusal(await client.generate(naming(file["uri"]), headers=other)) == denied(name)
    assert (await client.http.get("/v1/files", headers=other)).json() == {}
    assert (await client.generate(naming(file["uri"]))).status_code == 200
    assert (await client.http.get("/v1/files", headers={"x-goog-api-key": ""})).status_code == 403


@pytest.mark.anyio
async def test_pages_neither_repeat_nor_lose_a_file(client: SandboxClient) -> None:
    names = [(await uploaded(client, name=f"file-{n}"))["name"] for n in range(5)]
    seen: list[str] = []
    token = ""
    while True:
        page = (await client.http.get("/v1/files", params={"pageSize": "2", "pageToken": token})).json()
        seen += [file["name"] for file in page["files"]]
        token = page.get("nextPageToken", "")
        if not token:
            break
    assert seen == names[::-1]
    for query in ("pageSize=two", "pageToken=%21", "pageToken=bm9uZQ=="):
        assert (await client.http.get(f"/v1/files?{query}")).status_code == 400


@pytest.mark.anyio
async def test_a_file_is_gone_after_48_hours(data_dir: Path) -> None:
    clock = HandClock()
    client = SandboxClient(limited_app(data_dir, now=clock.now))
    file = await uploaded(client)
    await started(client, 3)
    clock.move(hours=48, microseconds=-1)
    assert (await client.generate(naming(file["uri"]))).status_code == 200

    clock.move(microseconds=1)
    name = file["name"].removeprefix("files/")
    assert refusal(await client.http.get(f"/v1/{file['name']}")) == denied(name)
    assert refusal(await client.generate(naming(file["uri"]))) == denied(name)
    assert (await client.http.get("/v1/files")).json() == {}
    await uploaded(client, b"new")
    assert held_bytes(data_dir) == [b"new"]


@pytest.mark.anyio
async def test_two_sandboxes_on_one_folder_agree_and_a_restart_forgets_nothing(data_dir: Path) -> None:
    one, two = SandboxClient(sandbox_app(data_dir)), SandboxClient(sandbox_app(data_dir))
    files = [await uploaded(client) for client in (one, two, one, two)]
    await uploaded(one, name="taken")
    second = await sent(two, await started(two, 3, name="taken"), b"abc", "upload, finalize")

    assert second.status_code == 409
    later = SandboxClient(sandbox_app(data_dir))
    listed = [(await client.http.get("/v1beta/files")).json()["files"] for client in (one, two, later)]
    assert listed[0] == listed[1] == listed[2]
    assert {file["name"] for file in listed[0]} == {file["name"] for file in files} | {"files/taken"}
    assert (await later.generate(naming(files[0]["uri"]))).status_code == 200


@pytest.mark.anyio
async def test_a_file_and_all_of_them_have_a_largest_size(data_dir: Path) -> None:
    client = SandboxClient(limited_app(data_dir, files=FileLimits(file_bytes=10, project_bytes=25)))
    assert refusal(await start(client, 11))[:2] == (400, "INVALID_ARGUMENT")
    unannounced = await sent(client, await started(client, None), b"x" * 11, "upload, finalize")
    assert refusal(unannounced)[:2] == (400, "INVALID_ARGUMENT")

    files = [await uploaded(client, b"x" * 10) for _ in range(2)]
    assert refusal(await start(client, 6))[:2] == (429, "RESOURCE_EXHAUSTED")
    assert (await start(client, 6, key="another")).status_code == 200
    await client.http.delete(f"/v1/{files[0]['name']}")
    assert (await start(client, 6)).status_code == 200


@pytest.mark.anyio
async def test_what_was_uploaded_cannot_be_downloaded(client: SandboxClient) -> None:
    file = await uploaded(client)
    for address in ("/v1beta", "/download/v1beta"):
        answer = await client.http.get(f"{address}/{file['name']}:download?alt=media")
        assert refusal(answer)[:2] == (400, "INVALID_ARGUMENT")
