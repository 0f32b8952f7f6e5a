"""A studio on a workbench for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.workbench import Workbench, workbench


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def bench(data_dir: Path) -> AsyncIterator[Workbench]:
    async with workbench(data_dir) as made:
        yield made
