"""The states of the page that are photographed, and how each is reached."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from PIL import Image
from playwright.sync_api import expect

from studio.image_models import DEFAULT_MODEL_ID
from tests.sandbox_fixture import SandboxProcess
from tests.support.page import StudioPage
from tests.support.panels import Panel

DESKTOP_PX: Final = (1440, 900)
STORY: Final = (
    "A ceramic mug on linen, morning light",
    "Make it cobalt blue",
    "Add a little steam",
    "Warmer, like late afternoon",
)
FORK: Final = "Put it on slate, no steam"
UNSENT: Final = "Turn the linen from image 1 into the tablecloth"
LIGHTHOUSE: Final = "A lighthouse on a cliff in a storm"
LONG: Final = 30
MOST_REFERENCES: Final = 14
SWATCHES: Final = {"linen.png": (205, 190, 160), "glaze.png": (38, 66, 160)}
_SLOW_S: Final = 40

_ALL_LOADED: Final = """() => [...document.images].every((picture) => {
  const {left, top, right, bottom, width} = picture.getBoundingClientRect();
  const onPage = width && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
  const inSight = onPage && picture.checkVisibility();
  return !inSight || (picture.complete && picture.naturalWidth);
})"""
_DRAG: Final = """() => {
  const carried = new DataTransfer();
  carried.items.add(new File([new Uint8Array(8)], 'linen.png', {type: 'image/png'}));
  const target = document.querySelector('#prompt textarea');
  for (const step of ['dragenter', 'dragover']) {
    target.dispatchEvent(new DragEvent(step, {bubbles: true, cancelable: true, dataTransfer: carried}));
  }
}"""

Where = Literal["sandbox", "faulty", "capped", "second"]
"""Which studio: the plain one, one whose engine can be told to fail, one with no money left, one that came second."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A page, the addresses of the two conversations that were told, the faulty engine, and a folder of pictures."""

    page: StudioPage
    story_url: str
    long_url: str
    engine: SandboxProcess
    folder: Path

    def fresh(self) -> StudioPage:
        """The page on a new conversation; a phone has New in a menu, so it is begun at desktop size."""
        with self.at_desktop_size():
            self.page.open_new()
        return self.page

    def told(self, url: str = "", *, versions: int = len(STORY) + 1) -> StudioPage:
        """The page on a conversation that was told before."""
        self.page.page.goto(url or self.story_url)
        self.page.wait_until_ready()
        expect(self.page.thumbs()).to_have_count(versions)
        self.settle()
        return self.page

    def at_desktop_size(self) -> AbstractContextManager[None]:
        """Within it the window is a desktop's."""
        return _Resized(self.page)

    def settle(self) -> None:
        """Until every picture in sight is decoded."""
        self.page.page.wait_for_function(_ALL_LOADED)


class _Resized:
    def __init__(self, page: StudioPage) -> None:
        self._page, self._before = page.page, page.page.viewport_size

    def __enter__(self) -> None:
        self._page.set_viewport_size({"width": DESKTOP_PX[0], "height": DESKTOP_PX[1]})

    def __exit__(self, *_: object) -> None:
        if self._before:
            self._page.set_viewport_size(self._before)


@dataclass(frozen=True, slots=True)
class State:
    """A state of the page and how to get there."""

    name: str
    reach: Callable[[Scene], None]
    where: Where = "sandbox"


def paint_pictures(folder: Path) -> None:
    """Small pictures to refer to: the two swatches, and as many shades as a prompt takes."""
    for name, colour in SWATCHES.items():
        _gradient(colour).save(folder / name)
    for number in range(1, MOST_REFERENCES + 1):
        _gradient((90 + 11 * number, 150, 235 - 12 * number)).save(folder / f"shade {number}.png")


def _gradient(colour: tuple[int, int, int]) -> Image.Image:
    shades = [round(channel * (0.75 + level / 1020)) for channel in colour for level in range(256)]
    return Image.linear_gradient("L").resize((640, 480)).convert("RGB").point(shades)


# ---- the two conversations ------------------------------------------------------------------------------------


def tell(page: StudioPage, folder: Path) -> str:
    """Four versions, a fork, two references, a request not sent. Returns its address."""
    page.open_new()
    page.choose("aspect-ratio", "16:9")
    for line in STORY:
        page.send(line)
    page.go_to(2)
    page.send(FORK)
    page.go_to(len(STORY))
    page.attach([folder / name for name in SWATCHES])
    page.type_and_save(UNSENT)
    return page.page.url


def tell_at_length(page: StudioPage) -> str:
    """Many versions on the quickest model, then back to the usual one. Returns its address."""
    page.open_new()
    page.choose_model("gemini-2.5-flash-image")
    for number in range(1, LONG + 1):
        page.send(f"A small house on a hill, hour {number} of the day")
        expect(page.thumbs()).to_have_count(number)
    with page.page.expect_response(lambda answer: DEFAULT_MODEL_ID in (answer.request.post_data or "")):
        page.choose_model(DEFAULT_MODEL_ID)
    return page.page.url


# ---- the states -----------------------------------------------------------------------------------------------


def first_visit(scene: Scene) -> None:
    """The empty stage."""
    scene.fresh()
    scene.settle()


def conversation(scene: Scene) -> None:
    """Five versions, one of them a fork."""
    scene.told()


def panel(name: Panel) -> Callable[[Scene], None]:
    """One panel of the right side, on the told conversation."""

    def reach(scene: Scene) -> None:
        scene.told().show(name)
        scene.settle()

    return reach


def transcript(scene: Scene) -> None:
    """The conversation: a sheet on a phone."""
    page = scene.told().page
    pill = page.get_by_role("button", name="Conversation", exact=True)
    if pill.is_visible():
        pill.click()
    scene.settle()


def comparing(scene: Scene) -> None:
    """A version beside its parent."""
    page = scene.told()
    page.page.locator("#stage").click(position={"x": 5, "y": 5})
    page.page.keyboard.press("c")
    expect(page.page.locator("#stage [role=slider]")).to_be_visible()
    scene.settle()


def _begin_slowly(scene: Scene, text: str) -> None:
    scene.engine.queue([{"kind": "slow", "count": 1, "params": {"seconds": _SLOW_S}}])
    scene.page.begin(text)
    scene.page.wait_state("waiting")


def running(scene: Scene) -> None:
    """A change on its way: the picture it changes beneath, the newest thought."""
    scene.fresh().send(LIGHTHOUSE)
    _begin_slowly(scene, "At dawn, the sea calm")
    expect(scene.page.page.locator("#stage .tile .line")).not_to_be_empty(timeout=60_000)
    scene.settle()


def thinking(scene: Scene) -> None:
    """A first picture on its way: a draft and the newest thought."""
    scene.fresh()
    _begin_slowly(scene, LIGHTHOUSE)
    expect(scene.page.page.locator("#stage .tile .draft")).to_be_visible(timeout=60_000)
    scene.settle()


def candidates(scene: Scene) -> None:
    """Three images of one turn."""
    page = scene.fresh()
    with scene.at_desktop_size():
        page.choose("variants", "3")
        page.send("A poster for a jazz evening")
        page.choose("variants", "1")
    expect(page.thumbs()).to_have_count(3)
    scene.settle()


def original(scene: Scene) -> None:
    """An own picture on the stage: version 0."""
    page = scene.fresh()
    page.drop_files([scene.folder / "linen.png"], on="#stage")
    page.wait_version(0)
    scene.settle()


def fourteen_references(scene: Scene) -> None:
    """A full tray."""
    page = scene.fresh()
    page.attach([scene.folder / f"shade {number}.png" for number in range(1, MOST_REFERENCES + 1)])
    page.show("references")
    scene.settle()


def dragging(scene: Scene) -> None:
    """A picture held over the window."""
    page = scene.told()
    if page.page.viewport_size == {"width": DESKTOP_PX[0], "height": DESKTOP_PX[1]}:
        page.show("references")
    page.page.evaluate(_DRAG)
    expect(page.page.locator(".dropping")).to_be_visible()


def deleted(scene: Scene) -> None:
    """A conversation was deleted: Undo."""
    page = scene.fresh()
    page.send(LIGHTHOUSE)
    menu = page.open_menu()
    menu.locator("li", has=page.page.locator("[aria-current]")).get_by_role("button", name="Delete").click()
    expect(page.toasts()).to_have_count(1)
    page.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    scene.settle()


def refused(scene: Scene) -> None:
    """The model declined."""
    scene.fresh().send("sandbox refuse", expect_state="refused")


def retrying(scene: Scene) -> None:
    """Asked to slow down: a countdown."""
    scene.engine.queue([{"kind": "rate_minute", "count": 1, "params": {"retry_delay_s": 40}}])
    scene.fresh().begin(LIGHTHOUSE)
    scene.page.wait_state("retrying")


def failed(scene: Scene) -> None:
    """A key whose project has no billing."""
    scene.engine.queue([{"kind": "no_billing", "count": 1}])
    scene.fresh().send(LIGHTHOUSE, expect_state="failed")


def failed_later(scene: Scene) -> None:
    """A change that failed: the picture stays."""
    page = scene.fresh()
    page.send(LIGHTHOUSE)
    scene.engine.queue([{"kind": "no_billing", "count": 1}])
    page.send("At dawn, the sea calm", expect_state="failed")
    scene.settle()


def over_budget(scene: Scene) -> None:
    """Send would pass the cap: nothing leaves."""
    page = scene.fresh()
    page.begin(LIGHTHOUSE)
    expect(page.status).to_have_attribute("data-tone", "warn")


def offline(scene: Scene) -> None:
    """The link to the server is gone."""
    page = scene.told()
    page.guard.expect(r"net::ERR_FAILED")
    page.page.route("**/events?*", lambda route: route.abort())
    page.reload()
    expect(page.status).to_have_attribute("data-category", "offline")
    scene.settle()


def long_conversation(scene: Scene) -> None:
    """Many versions."""
    scene.told(scene.long_url, versions=LONG)


def read_only(scene: Scene) -> None:
    """Another Retake holds the data folder."""
    scene.page.open()
    scene.settle()


STATES: Final = (
    State("first-visit", first_visit),
    State("conversation", conversation),
    State("transcript", transcript),
    State("create", panel("create")),
    State("references", panel("references")),
    State("edit", panel("edit")),
    State("cost", panel("cost")),
    State("comparing", comparing),
    State("candidates", candidates),
    State("original", original),
    State("fourteen-references", fourteen_references),
    State("dragging", dragging),
    State("deleted", deleted),
    State("refused", refused),
    State("offline", offline),
    State("running", running, where="faulty"),
    State("thinking", thinking, where="faulty"),
    State("retrying", retrying, where="faulty"),
    State("failed", failed, where="faulty"),
    State("failed-later", failed_later, where="faulty"),
    State("long-conversation", long_conversation, where="faulty"),
    State("over-budget", over_budget, where="capped"),
    State("read-only", read_only, where="second"),
)
