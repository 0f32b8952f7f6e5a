"""Where the client goes, and with what: never where an environment variable points."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import google.auth.credentials
import google.genai._api_client as sdk_client
import httpx2
import pytest
from pydantic import SecretStr

from studio.gemini.engine import EngineConfig, GeminiEngine
from studio.gemini.guard import is_loopback
from studio.ports import Provider
from studio.store.blobs import LocalBlobs
from tests.gemini.asking import MODEL, a_request, answer_of
from tests.sandbox_fixture import SandboxProcess
from tests.support import environment
from tests.workbench import engine_config

pytestmark = pytest.mark.anyio

TRAP = "https://trap.example.com"
TRAPS = {
    "GOOGLE_API_KEY": "trap-key",
    "GEMINI_API_KEY": "trap-key",
    "GOOGLE_GEMINI_BASE_URL": TRAP,
    "GOOGLE_VERTEX_BASE_URL": TRAP,
    "GOOGLE_GENAI_USE_VERTEXAI": "true",
    "GOOGLE_GENAI_USE_ENTERPRISE": "true",
    "GOOGLE_GENAI_API_VERSION": "v9trap",
    "GOOGLE_CLOUD_PROJECT": "trap-project",
    "GOOGLE_CLOUD_LOCATION": "trap-location",
    "HTTP_PROXY": TRAP,
    "HTTPS_PROXY": TRAP,
    "ALL_PROXY": TRAP,
    "http_proxy": TRAP,
    "https_proxy": TRAP,
    "all_proxy": TRAP,
    "NO_PROXY": "",
}
GOOGLE = Provider(kind="developer", id="developer")
ENTERPRISE = Provider(kind="enterprise", id="enterprise")
GATEWAY = Provider(kind="gateway", id="https://gateway.example.com/gemini")


@pytest.fixture
def traps(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in TRAPS.items():
        monkeypatch.setenv(name, value)


async def sent_by(config: EngineConfig, blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch) -> httpx2.Request:
    """The one request a call makes; nothing leaves the process."""
    requests: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return httpx2.Response(200, json={"candidates": [{"content": {}, "finishReason": "NO_IMAGE"}]})

    monkeypatch.setattr("studio.gemini.transport.check_call", lambda _url: None)
    engine = GeminiEngine(config, blobs=blobs, inner=httpx2.MockTransport(answer))
    await answer_of(engine, a_request(include_thoughts=False))
    await engine.aclose()
    [request] = requests
    return request


@pytest.mark.parametrize("trapped", [False, True])
async def test_a_key_goes_to_google_and_nowhere_else(
    blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, *, trapped: bool
) -> None:
    if trapped:
        request.getfixturevalue("traps")
    config = EngineConfig(provider=GOOGLE, api_key=SecretStr("my-key"))
    sent = await sent_by(config, blobs, monkeypatch)

    assert str(sent.url) == f"https://generativelanguage.googleapis.com/v1beta/models/{MODEL}:generateContent"
    assert sent.headers["x-goog-api-key"] == "my-key"
    assert "authorization" not in sent.headers


@pytest.mark.parametrize(("key", "shown"), [(SecretStr("gateway-key"), "gateway-key"), (None, "none")])
async def test_a_gateway_gets_its_own_key_or_none_but_never_the_environments(
    blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch, traps: None, key: SecretStr | None, shown: str
) -> None:
    sent = await sent_by(EngineConfig(provider=GATEWAY, api_key=key, base_url=GATEWAY.id), blobs, monkeypatch)

    assert str(sent.url) == f"https://gateway.example.com/gemini/v1beta/models/{MODEL}:generateContent"
    assert sent.headers["x-goog-api-key"] == shown


class Credentials(google.auth.credentials.Credentials):
    """Credentials that are always fresh."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.token = "enterprise-token"

    def refresh(self, request: object) -> None:
        raise AssertionError("these do not expire")


@pytest.mark.parametrize(
    ("location", "host", "shown"),
    [
        ("global", "aiplatform.googleapis.com", "global"),
        (None, "aiplatform.googleapis.com", "global"),
        ("eu", "aiplatform.eu.rep.googleapis.com", "eu"),
        ("europe-west4", "europe-west4-aiplatform.googleapis.com", "europe-west4"),
    ],
)
async def test_enterprise_goes_to_its_project_and_location(
    blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch, traps: None, location: str | None, host: str, shown: str
) -> None:
    monkeypatch.setattr(sdk_client, "load_auth", lambda **_: (Credentials(), "trap-project"))
    config = EngineConfig(provider=ENTERPRISE, enterprise=True, project="my-project", location=location)
    sent = await sent_by(config, blobs, monkeypatch)

    assert str(sent.url) == (
        f"https://{host}/v1beta1/projects/my-project/locations/{shown}/publishers/google/models/{MODEL}:generateContent"
    )
    assert sent.headers["authorization"] == "Bearer enterprise-token"
    assert "x-goog-api-key" not in sent.headers


async def test_the_sdk_says_how_long_it_will_wait(blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    config = EngineConfig(provider=GOOGLE, api_key=SecretStr("my-key"), timeout_s=42.0)
    sent = await sent_by(config, blobs, monkeypatch)

    assert sent.headers["x-server-timeout"] == "42"
    assert sent.extensions["timeout"] == {"connect": 15.0, "read": 42.0, "write": 42.0, "pool": 42.0}


async def test_no_call_is_repeated_by_the_sdk(blobs: LocalBlobs) -> None:
    calls: list[httpx2.Request] = []

    def busy(request: httpx2.Request) -> httpx2.Response:
        calls.append(request)
        return httpx2.Response(503, json={"error": {"code": 503, "status": "UNAVAILABLE", "message": "busy"}})

    engine = GeminiEngine(engine_config(), blobs=blobs, inner=httpx2.MockTransport(busy))
    for streams in (False, True):
        with pytest.raises(Exception, match="overloaded"):
            await answer_of(engine, a_request(include_thoughts=streams))
    await engine.aclose()

    assert len(calls) == 2


async def test_the_key_is_in_no_representation() -> None:
    config = EngineConfig(provider=GOOGLE, api_key=SecretStr("my-key"), proxy_url="http://user:word@proxy")
    assert "my-key" not in repr(config)
    assert "word" not in repr(config)


async def test_with_every_trap_set_the_sandbox_is_reached_over_loopback(
    data_dir: Path, blobs: LocalBlobs, traps: None
) -> None:
    with SandboxProcess(data_dir) as sandbox:
        config = engine_config(base_url=sandbox.base_url, proxy_url=TRAP)
        engine = GeminiEngine(config, blobs=blobs)
        response = await answer_of(engine, a_request())
        await engine.aclose()
        async with httpx2.AsyncClient(trust_env=False, base_url=sandbox.base_url) as http:
            [entry] = (await http.get("/control/requests")).json()

    assert response.outcome == "image"
    assert (entry["key_tail"], entry["status"]) == ("1234", 200)
    assert entry["path"] == f"/v1beta/models/{MODEL}:streamGenerateContent"


GUARDED = """
import asyncio, json, sys
from pathlib import Path
from pydantic import SecretStr
from studio.errors import EngineError
from studio.gemini.engine import EngineConfig, GeminiEngine
from studio.gemini.guard import forbid_paid_calls
from studio.ports import Provider
from studio.store.blobs import LocalBlobs
from tests.gemini.asking import a_request, failure_of_call

async def main():
    said = []
    for base_url in (None, "https://gateway.example.com", "http://127.0.0.1:1/"):
        config = EngineConfig(
            provider=Provider(kind="developer", id="developer"), api_key=SecretStr("k"), base_url=base_url
        )
        engine = GeminiEngine(config, blobs=LocalBlobs(Path(sys.argv[1])))
        facts = await failure_of_call(engine, a_request())
        check = await engine.check("gemini-3-pro-image")
        said.append([facts.category, facts.billed, facts.detail.split(":")[0], check.works])
        await engine.aclose()
    json.dump(said, sys.stdout)

forbid_paid_calls()
asyncio.run(main())
"""


def test_a_process_that_forbids_paid_calls_reaches_its_own_machine_only(data_dir: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GUARDED, str(data_dir)],
        env=environment.for_child(),
        cwd=environment.ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    forbidden: list[Any] = ["internal", "no", "paid calls are forbidden in this process", False]
    assert json.loads(done.stdout) == [forbidden, forbidden, ["connection_refused", "no", "ConnectError", False]]


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:80/", True),
        ("http://localhost/", True),
        ("http://[::1]:8/", True),
        ("http://127.1.2.3/", True),
        ("http://127.0.0.1.example.com/", False),
        ("http://localhost.example.com/", False),
        ("http://user@example.com/", False),
        ("http://127.0.0.1@example.com/", False),
        ("http://10.0.0.1/", False),
        ("nothing", False),
    ],
)
def test_only_this_machine_is_loopback(url: str, *, local: bool) -> None:
    assert is_loopback(url) is local
