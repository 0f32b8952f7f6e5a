"""The README's picture and the page's states: `uv run python -m scripts.screenshots --out screenshots`.

Each state is taken at 1440×900 and 390×844, light and dark, as `STATE-SIZE-THEME.png`. `--readme` also renews
assets/pictures/studio-light.png. Nothing leaves the machine and nothing is billed.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from tests.sandbox_fixture import SandboxProcess
from tests.support.browser_guard import BrowserGuard
from tests.support.chromium import obtain_chromium
from tests.support.environment import ROOT
from tests.support.page import StudioPage
from tests.support.server import Studio

README_PICTURE: Final = ROOT / "assets" / "pictures" / "studio-light.png"
SIZES: Final = {"desktop": (1440, 900), "phone": (390, 844)}
THEMES: Final = ("light", "dark")
STORY: Final = (
    "A ceramic mug on linen, morning light",
    "Make it cobalt blue",
    "Add a little steam",
    "Warmer, like late afternoon",
)
FORK: Final = "Put it on slate, no steam"
UNSENT: Final = "Turn the linen from image 1 into the tablecloth"
SWATCHES: Final = {"linen.png": (205, 190, 160), "glaze.png": (38, 66, 160)}

_ALL_LOADED: Final = """() => [...document.images].every((picture) => {
  const {left, top, right, bottom, width} = picture.getBoundingClientRect();
  const onPage = width && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
  const inSight = onPage && picture.checkVisibility();
  return !inSight || (picture.complete && picture.naturalWidth);
})"""


@dataclass(frozen=True, slots=True)
class State:
    """A state of the page and how to get there. `faulty` ones need the sandbox whose faults can be chosen."""

    name: str
    reach: Callable[["Scene"], None]
    faulty: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A page, the address of the told conversation, and the sandbox that can be told to fail."""

    page: StudioPage
    story_url: str
    sandbox: SandboxProcess

    def fresh(self) -> StudioPage:
        """The page on a new conversation; a phone has New in a menu, so it is begun at desktop size."""
        shown = self.page.page.viewport_size
        width, height = SIZES["desktop"]
        self.page.page.set_viewport_size({"width": width, "height": height})
        self.page.open_new()
        if shown:
            self.page.page.set_viewport_size(shown)
        return self.page

    def told(self) -> StudioPage:
        """The page on the conversation with five versions."""
        self.page.page.goto(self.story_url)
        self.page.wait_until_ready()
        expect(self.page.thumbs()).to_have_count(len(STORY) + 1)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Until every picture in sight is decoded."""
        self.page.page.wait_for_function(_ALL_LOADED)


def tell(page: StudioPage, swatches: Path) -> str:
    """Make the conversation the pictures are taken of: four versions, a fork, two references. Returns its address."""
    page.open_new()
    page.choose("aspect-ratio", "16:9")
    for line in STORY:
        page.send(line)
    page.go_to(2)
    page.send(FORK)
    page.go_to(len(STORY))
    page.attach([swatches / name for name in SWATCHES])
    page.type_and_save(UNSENT)
    return page.page.url


def first_visit(scene: Scene) -> None:
    """The empty stage."""
    scene.fresh()
    scene.settle()


def conversation(scene: Scene) -> None:
    """Five versions, one of them a fork."""
    scene.told()


def panel(name: str) -> Callable[[Scene], None]:
    """One panel of the right side, on the told conversation."""

    def reach(scene: Scene) -> None:
        scene.told().page.locator(f"[role=tab][aria-controls='panel-{name}']").click()
        scene.settle()

    return reach


def comparing(scene: Scene) -> None:
    """A version beside its parent."""
    page = scene.told()
    page.page.locator("#stage").click(position={"x": 5, "y": 5})
    page.page.keyboard.press("c")
    expect(page.page.locator("#stage [role=slider]")).to_be_visible()
    scene.settle()


def running(scene: Scene) -> None:
    """A turn on its way."""
    scene.fresh().begin("A lighthouse on a cliff in a storm")
    scene.page.wait_state("waiting")


def refused(scene: Scene) -> None:
    """The model declined."""
    scene.fresh().send("sandbox refuse", expect_state="refused")


def retrying(scene: Scene) -> None:
    """Asked to slow down: a countdown."""
    scene.sandbox.queue([{"kind": "rate_minute", "count": 1, "params": {"retry_delay_s": 40}}])
    scene.fresh().begin("A lighthouse on a cliff in a storm")
    scene.page.wait_state("retrying")


def failed(scene: Scene) -> None:
    """A key whose project has no billing."""
    scene.sandbox.queue([{"kind": "no_billing", "count": 1}])
    scene.fresh().send("A lighthouse on a cliff in a storm", expect_state="failed")


STATES: Final = (
    State("first-visit", first_visit),
    State("conversation", conversation),
    State("references", panel("references")),
    State("edit", panel("edit")),
    State("cost", panel("cost")),
    State("comparing", comparing),
    State("running", running),
    State("refused", refused),
    State("retrying", retrying, faulty=True),
    State("failed", failed, faulty=True),
)


@contextmanager
def opened(browser: Browser, studio: Studio, *, size: str, theme: str) -> Iterator[StudioPage]:
    """A page of that size and theme, in a browser context of its own; it may not misbehave."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        has_touch=size == "phone",
    )
    guard = BrowserGuard(context)
    try:
        yield StudioPage(context.new_page(), url=studio.url, guard=guard)
        guard.check()
    finally:
        context.close()


def paint_swatches(folder: Path) -> None:
    """Two small pictures to refer to."""
    for name, colour in SWATCHES.items():
        Image.linear_gradient("L").resize((640, 480)).convert("RGB").point(
            [round(channel * (0.75 + level / 1020)) for channel in colour for level in range(256)]
        ).save(folder / name)


def take(out: Path, wanted: set[str]) -> None:
    """Start what is needed, reach every wanted state in every size and theme, and write it to `out`."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="retake-screenshots-")))
        paint_swatches(folder)
        plain = stack.enter_context(Studio(data_dir=folder / "plain"))
        sandbox = stack.enter_context(SandboxProcess(folder / "sandbox", pace=1.0))
        faulty = stack.enter_context(Studio(data_dir=folder / "faulty", engine_url=sandbox.base_url))
        driver = stack.enter_context(sync_playwright())
        browser = stack.enter_context(
            driver.chromium.launch(executable_path=obtain_chromium(), args=["--no-sandbox", "--disable-gpu"])
        )
        with opened(browser, plain, size="desktop", theme="light") as page:
            story_url = tell(page, folder)
        for state in (each for each in STATES if each.name in wanted):
            for size, theme in ((size, theme) for size in SIZES for theme in THEMES):
                with opened(browser, faulty if state.faulty else plain, size=size, theme=theme) as page:
                    state.reach(Scene(page=page, story_url=story_url, sandbox=sandbox))
                    page.page.screenshot(path=out / f"{state.name}-{size}-{theme}.png")
                sys.stdout.write(f"{state.name}-{size}-{theme}.png\n")


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
