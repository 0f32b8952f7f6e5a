"""An engine over the sandbox, both in this process."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from studio.gemini.engine import GeminiEngine
from studio.store.blobs import LocalBlobs
from tests.sandbox_fixture import SandboxClient, sandbox_app
from tests.workbench import Wire, engine_config


@pytest.fixture
def blobs(data_dir: Path) -> LocalBlobs:
    return LocalBlobs(data_dir / "blobs")


@dataclass(slots=True)
class Bench:
    engine: GeminiEngine
    sandbox: SandboxClient
    wire: Wire
    blobs: LocalBlobs


@pytest.fixture
async def bench(data_dir: Path, blobs: LocalBlobs) -> AsyncIterator[Bench]:
    app = sandbox_app(data_dir)
    wire = Wire(httpx2.ASGITransport(app=app))
    engine = GeminiEngine(engine_config(), blobs=blobs, inner=wire.transport())
    yield Bench(engine, SandboxClient(app), wire, blobs)
    await engine.aclose()
