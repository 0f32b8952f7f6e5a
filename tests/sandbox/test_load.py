"""Many calls at once, and many one after the other: no errors, no growing memory."""

import asyncio
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from tests.sandbox_fixture import ANY_KEY, MODEL_21, SandboxProcess

pytestmark = pytest.mark.anyio

AT_ONCE: Final = 200
FOX: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "a fox"}]}]}
MODELS: Final = (MODEL_21, "gemini-3.1-flash-image", "gemini-3-pro-image", "gemini-3.1-flash-lite-image")


def rss_mb(process: SandboxProcess) -> float:
    """What the serving process, without its workers, holds in memory."""
    assert process.process is not None
    status = Path(f"/proc/{process.process.pid}/status")
    if status.exists():
        [line] = [line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1]) / 1024
    command = ["ps", "-o", "rss=", "-p", str(process.process.pid)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) / 1024


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with SandboxProcess(tmp_path_factory.mktemp("sandbox"), signature_kb=20, flat=True) as process:
        yield process


def client_of(served: SandboxProcess) -> httpx2.AsyncClient:
    limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    headers = {"x-goog-api-key": ANY_KEY}
    return httpx2.AsyncClient(base_url=served.base_url, headers=headers, limits=limits, timeout=300, trust_env=False)


async def ask(client: httpx2.AsyncClient, nth: int, wish: str = "", *, model: str = MODEL_21) -> str:
    """How one call ended: "ok", or what was wrong with it."""
    method = "streamGenerateContent?alt=sse" if nth % 2 else "generateContent"
    headers = {"x-sandbox-scenario": wish} if wish else {}
    answer = await client.post(f"/v1/models/{model}:{method}", json=FOX, headers=headers)
    whole = b'"finishReason": "STOP"' in answer.content and b"inlineData" in answer.content
    return "ok" if answer.status_code == 200 and whole else f"{answer.status_code} {answer.content[:200]!r}"


async def ended(served: SandboxProcess, calls: int, wish: str = "", *, at_once: int = AT_ONCE) -> Counter[str]:
    """How so many calls ended, so many of them in flight at any moment."""
    room = asyncio.Semaphore(at_once)

    async def one(client: httpx2.AsyncClient, nth: int) -> str:
        async with room:
            return await ask(client, nth, wish, model=MODELS[nth % len(MODELS)])

    async with client_of(served) as client:
        return Counter(await asyncio.gather(*(one(client, nth) for nth in range(calls))))


def overlap(served: SandboxProcess) -> int:
    """Of the calls the journal still has, how many were received before the first of them was answered."""
    entries = served.journal()
    first_answer_s = min(entry["answered_at_s"] for entry in entries)
    return sum(entry["received_at_s"] < first_answer_s for entry in entries)


async def test_two_hundred_calls_in_flight_are_all_answered(served: SandboxProcess) -> None:
    assert await ended(served, AT_ONCE, "slow:seconds=1") == {"ok": AT_ONCE}
    assert overlap(served) == len(served.journal()) == 50


async def test_memory_stays_flat_from_call_to_call(served: SandboxProcess) -> None:
    assert await ended(served, 60, at_once=4) == {"ok": 60}
    before_mb = rss_mb(served)
    assert await ended(served, 200, "bad-day:p=0", at_once=4) == {"ok": 200}

    assert rss_mb(served) - before_mb < 4


@pytest.mark.endurance
@pytest.mark.timeout(900)
async def test_two_hundred_calls_in_flight_over_and_over(data_dir: Path) -> None:
    """With signatures as large as the service's own: ten waves of 200 answers of a megabyte and more."""
    with SandboxProcess(data_dir, signature_kb=1000, flat=True) as served:
        for _ in range(10):
            assert await ended(served, AT_ONCE, "slow:seconds=2") == {"ok": AT_ONCE}


@pytest.mark.endurance
@pytest.mark.timeout(900)
async def test_memory_is_flat_over_two_thousand_calls(data_dir: Path) -> None:
    with SandboxProcess(data_dir, signature_kb=1000, flat=True) as served:
        assert await ended(served, 200, at_once=8) == {"ok": 200}
        before_mb = rss_mb(served)
        assert await ended(served, 2000, at_once=8) == {"ok": 2000}

        assert rss_mb(served) - before_mb < 20
