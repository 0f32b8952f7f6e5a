"""An in-process sandbox per test."""

from pathlib import Path

import pytest

from tests.sandbox_fixture import SandboxClient, sandbox_app


@pytest.fixture
def client(data_dir: Path) -> SandboxClient:
    return SandboxClient(sandbox_app(data_dir))
