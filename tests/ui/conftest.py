"""A studio without Gradio: its real record, blobs, runner and routes, and an engine that answers as a test says."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ui.desk import Desk


@pytest.fixture
async def desk(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Desk]:
    """A studio on a data folder of the test's own."""
    desk = Desk(tmp_path)
    yield desk
    await desk.aclose()
