"""Every test: offline, without a key, without paid calls, with its own data folder."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from studio.gemini.guard import forbid_paid_calls
from tests.support import environment
from tests.support.offline.network_guard import forbid_the_network
from tests.workbench import Workbench, workbench

settings.register_profile(
    "here",
    max_examples=50,
    deadline=None,
    database=None,  # nothing is written into the checkout; a failure prints how to repeat it
    suppress_health_check=[HealthCheck.too_slow],  # a shared machine may stall for seconds
    print_blob=True,
)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is collected: no personal variable, no network, no paid call; the same for every child."""
    settings.load_profile("ci" if "CI" in os.environ else "here")
    forbid_paid_calls()
    os.environ.pop(environment.NO_BYTECODE, None)
    hands_out_work = config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")
    if hands_out_work:
        return  # it runs no test itself, and its workers start with the environment it has
    for name in filter(environment.is_personal, tuple(os.environ)):
        del os.environ[name]
    os.environ |= environment.OFFLINE_CHILDREN
    forbid_the_network()


@pytest.hookimpl(trylast=True)  # after the order was shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests first: the long files are handed out while there are short ones left to fill the other workers."""
    items.sort(key=lambda item: "browser" not in item.path.parts)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty data folder of the test's own."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def bench(data_dir: Path) -> AsyncIterator[Workbench]:
    """A whole studio but for its page, over an empty data folder."""
    async with workbench(data_dir) as made:
        yield made
