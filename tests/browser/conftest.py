"""Chromium on a real studio.

The studio lives as long as the worker, Chromium and its caches as long as this folder's tests, a page as long as the
test. Playwright's loop stays set in the thread while it runs, so files here hold no asyncio tests.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.sandbox_fixture import SandboxProcess
from tests.support.browser_guard import BrowserGuard
from tests.support.browsers import Browsers, new_page
from tests.support.chromium import NoChromium, obtain_chromium
from tests.support.control import Control
from tests.support.page import DESKTOP, StudioPage
from tests.support.server import Studio

SIGNATURE_KB: Final = 1000.0
"""± a fifth: none is smaller than 0.8 MB."""
QUICK_MODEL: Final = "gemini-nano-banana-2.1"
"""Paints a 1K picture by default, a quarter of the default model's 2K."""

_CHROMIUM_ARGS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip

_NO_CHROMIUM: Final = pytest.StashKey[str]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Get a Chromium before the first test, outside any test's time limit; the tests that need it say what failed."""
    if not any(Path(__file__).parent in item.path.parents for item in session.items):
        return
    try:
        obtain_chromium()
    except NoChromium as problem:
        session.stash[_NO_CHROMIUM] = str(problem)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def chromium(request: pytest.FixtureRequest, playwright: Playwright) -> Iterator[Browser]:
    """A running Chromium. Fails, with the reason, where there is none and none can be had."""
    problem = request.session.stash.get(_NO_CHROMIUM, None)
    if problem:
        pytest.fail(problem, pytrace=False)
    browser = playwright.chromium.launch(executable_path=obtain_chromium(), args=_CHROMIUM_ARGS)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def browsers(chromium: Browser) -> Browsers:
    """The worker's browser contexts."""
    return Browsers(chromium)


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio on its own sandbox, shared by the worker's tests: begin with `open_new`, leave its settings alone."""
    with Studio(data_dir=tmp_path_factory.mktemp("studio") / "data") as server:
        yield server


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """A sandbox with a journal and faults, signatures of full size and no waiting, shared by the worker's tests.

    Its pictures are one colour each: with painted ones the browser tests took 466 s, with these 374 s.
    """
    with SandboxProcess(tmp_path_factory.mktemp("sandbox"), signature_kb=SIGNATURE_KB, flat=True) as process:
        yield process


@pytest.fixture(scope="session")
def gateway_studio(sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio that reaches the `sandbox` fixture as it would a gateway, shared by the worker's tests."""
    with studio_on(sandbox, tmp_path_factory.mktemp("gateway")) as server:
        yield server


def studio_on(sandbox: SandboxProcess, folder: Path) -> Studio:
    """A studio whose gateway is this sandbox, not started yet."""
    environment = {"STUDIO_MODEL": QUICK_MODEL, "STUDIO_REQUESTS_PER_MINUTE": "600"}
    return Studio(data_dir=folder / "data", engine_url=sandbox.base_url, environment=environment)


@pytest.fixture
def control(sandbox: SandboxProcess) -> Iterator[Control]:
    """What the sandbox was asked since the test began; failures queued here do not outlive the test."""
    handle = Control(sandbox.base_url)
    handle.forget()
    yield handle
    handle.forget()


@pytest.fixture
def start_studio(tmp_path: Path) -> Iterator[Callable[..., Studio]]:
    """`start_studio(engine_url=…, environment=…, data_dir=…)`: a studio of the test's own, stopped after it."""
    started: list[Studio] = []

    def start(**options: Any) -> Studio:  # noqa: ANN401 (Studio's own keywords)
        server = Studio(**{"data_dir": tmp_path / f"data-{len(started)}"} | options)
        started.append(server)
        return server.start()

    yield start
    for server in started:
        server.stop()
        server.check_stayed_local()


@pytest.fixture
def open_page(browsers: Browsers) -> Iterator[Callable[..., StudioPage]]:
    """`open_page(studio, size_px=DESKTOP, dark=False)`: a page in a browser of its own, not loaded yet.

    After the test it fails for whatever the page threw, complained about in the console or asked of another host;
    `page.guard.expect(pattern)` says beforehand what is part of the test.
    """
    guards: list[BrowserGuard] = []

    def open_one(
        studio: Studio,
        *,
        size_px: tuple[int, int] = DESKTOP,
        dark: bool = False,
        **options: Any,  # noqa: ANN401
    ) -> StudioPage:
        width, height = size_px
        # Without a graphics card every frame of a motion is painted by the processors that the tests run on.
        still: dict[str, Any] = {"reduced_motion": "reduce"} | options
        viewport = {"width": width, "height": height}
        context = browsers.take(viewport=viewport, color_scheme="dark" if dark else "light", **still)
        guards.append(BrowserGuard(context))
        return StudioPage(new_page(context, studio.url), url=studio.url, guard=guards[-1])

    yield open_one
    browsers.give_back()
    for guard in guards:
        guard.leave()
        guard.check()


@pytest.fixture
def page(open_page: Callable[..., StudioPage], gateway_studio: Studio, control: Control) -> StudioPage:
    """The page with a new, empty conversation whose engine is the `sandbox` fixture."""
    return open_page(gateway_studio).open_new(model=QUICK_MODEL)
