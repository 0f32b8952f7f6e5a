"""The README's picture and the page's states: `uv run python -m scripts.screenshots --out screenshots`.

Each state is taken at 1440×900 and 390×844, light and dark, as `STATE-SIZE-THEME.png`. `--readme` also renews
assets/pictures/studio-light.png. Nothing leaves the machine and nothing is billed.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from scripts.page_states import DESKTOP_PX, STATES, Scene, Where, paint_pictures, tell, tell_at_length
from tests.sandbox_fixture import SandboxProcess
from tests.support.browser_guard import BrowserGuard
from tests.support.chromium import obtain_chromium
from tests.support.environment import ROOT
from tests.support.page import PHONE, StudioPage
from tests.support.server import Studio

README_PICTURE: Final = ROOT / "assets" / "pictures" / "studio-light.png"
SIZES: Final = {"desktop": DESKTOP_PX, "phone": PHONE}
THEMES: Final[tuple[str, ...]] = ("light", "dark")
_PACE: Final = 0.3


@contextmanager
def opened(browser: Browser, studio: Studio, *, size: str) -> Iterator[StudioPage]:
    """A page of that size, light, in a browser context of its own; it may not misbehave."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="light", has_touch=size == "phone"
    )
    guard = BrowserGuard(context)
    try:
        yield StudioPage(context.new_page(), url=studio.url, guard=guard)
        guard.check()
    finally:
        context.close()


@dataclass(slots=True)
class Studios:
    """The studios that pictures are taken of, each started when it is first needed."""

    folder: Path
    engine: SandboxProcess
    stack: ExitStack
    _started: dict[Where, Studio] = field(default_factory=dict)

    def get(self, where: Where) -> Studio:
        """The studio of that name, running."""
        if where not in self._started:
            if where == "second":
                self.get("sandbox")  # it holds the folder
            self._started[where] = self.stack.enter_context(self._made(where))
        return self._started[where]

    def _made(self, where: Where) -> Studio:
        match where:
            case "faulty":
                environment = {"STUDIO_REQUESTS_PER_MINUTE": "600", "STUDIO_BUDGET_USD": "50"}
                url = self.engine.base_url
                return Studio(data_dir=self.folder / "faulty", engine_url=url, environment=environment)
            case "capped":
                return Studio(data_dir=self.folder / "capped", environment={"STUDIO_BUDGET_USD": "0.05"})
            case "sandbox" | "second":
                return Studio(data_dir=self.folder / "plain")


def take(out: Path, wanted: set[str]) -> None:
    """Start what is needed, reach every wanted state once per size, and write it to `out` in both themes."""
    states = [state for state in STATES if state.name in wanted]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="retake-screenshots-")))
        paint_pictures(folder)
        engine = stack.enter_context(SandboxProcess(folder / "engine", pace=_PACE))
        studios = Studios(folder, engine, stack)
        driver = stack.enter_context(sync_playwright())
        browser = stack.enter_context(
            driver.chromium.launch(executable_path=obtain_chromium(), args=["--no-sandbox", "--disable-gpu"])
        )
        with opened(browser, studios.get("sandbox"), size="desktop") as page:
            story_url = tell(page, folder)
        long_url = ""
        if "long-conversation" in wanted:
            with opened(browser, studios.get("faulty"), size="desktop") as page:
                long_url = tell_at_length(page)
        for state in states:
            for size in SIZES:
                with opened(browser, studios.get(state.where), size=size) as page:
                    state.reach(Scene(page, story_url=story_url, long_url=long_url, engine=engine, folder=folder))
                    write(page, out, name=f"{state.name}-{size}")


def write(page: StudioPage, out: Path, *, name: str) -> None:
    """The page as it is now, once nothing moves any more, in each theme."""
    for theme in THEMES:
        page.page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        page.still()
        page.page.screenshot(path=out / f"{name}-{theme}.png")
        sys.stdout.write(f"{name}-{theme}.png\n")
        sys.stdout.flush()


def main() -> int:
    """0 when every picture was written."""
    names = [state.name for state in STATES]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="the folder for the pictures")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="take these states only")
    parser.add_argument("--readme", action="store_true", help=f"renew {README_PICTURE.relative_to(ROOT)} as well")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    take(options.out, {*options.only, *(["conversation"] if options.readme else [])})
    if options.readme:
        README_PICTURE.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(options.out / "conversation-desktop-light.png", README_PICTURE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
