"""The studio's page, by the ids and attributes its contract promises."""

import base64
import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from playwright.sync_api import Locator, Page, expect

from tests.support.browser_guard import BrowserGuard
from tests.support.panels import Panels

State = Literal["idle", "sending", "waiting", "retrying", "done", "refused", "failed", "cancelled", "interrupted"]
ENDS: Final = ("done", "refused", "failed", "cancelled", "interrupted")

DESKTOP: Final = (1440, 900)
PHONE: Final = (390, 844)

TURN_TIMEOUT_S: Final = 90.0
"""A turn on the sandbox takes a few seconds; a busy two-core machine may make that many more."""

_SHOWN_DIGEST: Final = """async () => {
  const picture = document.querySelector('#stage img.pic');
  await picture.decode();
  const bytes = await (await fetch(picture.currentSrc)).arrayBuffer();
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}"""

_SAVED_TEXT: Final = """async (text) => {
  const conversation = new URL(location.href).searchParams.get('c');
  for (let tries = 0; tries < 300; tries += 1) {
    const session = await fetch(`/session?conversation=${encodeURIComponent(conversation)}`);
    if ((await session.json()).view.draft.text === text) return true;
    await new Promise((resume) => setTimeout(resume, 100));
  }
  return false;
}"""

_DROP: Final = """(target, {files, kind}) => {
  const carried = new DataTransfer();
  for (const {name, type, base64} of files) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    carried.items.add(new File([bytes], name, {type}));
  }
  const options = {bubbles: true, cancelable: true};
  if (kind === 'paste') {
    target.dispatchEvent(new ClipboardEvent('paste', {...options, clipboardData: carried}));
    return;
  }
  for (const step of ['dragenter', 'dragover', 'drop']) {
    target.dispatchEvent(new DragEvent(step, {...options, dataTransfer: carried}));
  }
}"""


@dataclass(frozen=True, slots=True)
class Thumb:
    """A version in the strip. `parent` is None for a root."""

    version: int
    parent: int | None
    turn: str


class StudioPage(Panels):
    """What a designer does on the page and reads from it. Every wait fails with Playwright's own sentence."""

    def __init__(self, page: Page, *, url: str, guard: BrowserGuard) -> None:
        self.page, self.url, self.guard = page, url, guard

    # ---- going there ----------------------------------------------------------------------------

    def open(self) -> "StudioPage":
        """Load the page as it is remembered and wait until it can be typed into."""
        self.page.goto(self.url)
        self.wait_until_ready()
        return self

    def open_new(self, *, model: str | None = None) -> "StudioPage":
        """Load the page and begin a conversation that no other test has touched.

        A new conversation takes over the settings of the one before: naming a model sets them all back, and where tests
        choose settings on a studio that they share, each has to.
        """
        self.open()
        self.new_conversation()
        self.wait_state("idle")
        if model is not None:
            self.set_back(model)
            self.leave_panel()
        return self

    def new_conversation(self) -> None:
        """Press New (in the menu, where there is no room for it) and wait for the empty conversation."""
        before = self.conversation_id()
        new = self.page.locator("#new-conversation")
        if not new.is_visible():
            new = self.open_menu().get_by_role("button", name="New conversation")
        new.click()
        self.page.wait_for_function("before => new URL(location.href).searchParams.get('c') !== before", arg=before)
        expect(self.thumbs()).to_have_count(0)

    def other_tab(self, *, script: str = "") -> "StudioPage":
        """The same conversation in a second tab of the same browser, which runs `script` before its own."""
        other = StudioPage(self.page.context.new_page(), url=self.url, guard=self.guard)
        other.page.add_init_script(script)
        other.page.goto(self.page.url)
        other.wait_until_ready()
        return other

    def reload(self) -> "StudioPage":
        """Refresh the browser."""
        self.page.reload()
        self.wait_until_ready()
        return self

    def wait_until_ready(self) -> None:
        """Until the first view has been drawn."""
        expect(self.page.locator(".title-text")).not_to_be_empty(timeout=60_000)
        expect(self.status).to_have_attribute("data-state", re.compile("|".join(get_args(State))), timeout=60_000)
        expect(self.prompt).to_be_visible()

    def conversation_id(self) -> str:
        """The open conversation, from the address bar."""
        found = re.search(r"[?&]c=([^&]+)", self.page.url)
        return found[1] if found else ""

    def type_and_save(self, text: str) -> None:
        """Type without sending, and wait until the server would give the text back after a reload."""
        self.leave_panel()
        self.prompt.fill(text)
        assert self.page.evaluate(_SAVED_TEXT, text), f"never saved: {text}"

    # ---- asking ---------------------------------------------------------------------------------

    @property
    def prompt(self) -> Locator:
        """The box to type in."""
        return self.page.locator("#prompt textarea")

    @property
    def status(self) -> Locator:
        """The status line."""
        return self.page.locator("#status")

    def begin(self, text: str) -> None:
        """Type and press Send; does not wait for anything. On a phone an open sheet is closed first."""
        self.leave_panel()
        self.prompt.fill(text)
        self.page.locator("#send").click()

    def send(self, text: str, *, expect_state: State = "done") -> None:
        """Type, Send, and wait for the turn to end as expected."""
        turns_before = self.turn_count()
        self.begin(text)
        expect(self.turns()).to_have_count(turns_before + 1, timeout=20_000)
        self.wait_end(expect_state)

    def wait_end(self, expected: State = "done", *, timeout_s: float = TURN_TIMEOUT_S) -> None:
        """Wait until the turn is over, then say how it ended: a failure is not waited out."""
        expect(self.status).to_have_attribute("data-state", re.compile("|".join(ENDS)), timeout=timeout_s * 1000)
        ended, category = self.state(), self.category()
        assert ended == expected, f"ended as {ended} ({category}): {self.status.inner_text()}"

    def wait_state(self, state: State, *, timeout_s: float = TURN_TIMEOUT_S) -> None:
        """Wait for one state of the open conversation."""
        expect(self.status).to_have_attribute("data-state", state, timeout=timeout_s * 1000)

    def state(self) -> str:
        """The open conversation's state now."""
        return self.status.get_attribute("data-state") or ""

    def category(self) -> str:
        """The category of the error shown, "" for none."""
        return self.status.get_attribute("data-category") or ""

    def stop(self) -> None:
        """Press Stop."""
        self.leave_panel()
        self.page.locator("#stop").click()

    def turns(self) -> Locator:
        """The cards of the transcript."""
        return self.page.locator("#transcript li.card")

    def turn_count(self) -> int:
        """How many turns the transcript shows."""
        return self.turns().count()

    # ---- pictures -------------------------------------------------------------------------------

    @property
    def picture(self) -> Locator:
        """The stage's picture."""
        return self.page.locator("#stage img.pic[data-version]")

    def stage_version(self) -> int:
        """The number of the version on the stage."""
        return int(self.picture.get_attribute("data-version") or 0)

    def stage_sha(self) -> str:
        """The digest the stage claims."""
        return self.picture.get_attribute("data-sha256") or ""

    def shown_sha(self) -> str:
        """The digest of the bytes behind the picture the browser really shows, decoded first."""
        expect(self.picture).to_be_visible()
        digest: str = self.page.evaluate(_SHOWN_DIGEST)
        return digest

    def shown_size_px(self) -> tuple[int, int]:
        """The decoded picture's own pixels."""
        width, height = self.page.evaluate(
            "() => { const p = document.querySelector('#stage img.pic'); return [p.naturalWidth, p.naturalHeight]; }"
        )
        return width, height

    def still(self) -> None:
        """Wait until what moves has come to its end."""
        self.page.evaluate(
            "() => Promise.all(document.getAnimations()"
            ".filter((each) => each.effect.getComputedTiming().endTime !== Infinity)"
            ".map((each) => each.finished.catch(() => null)))"
        )

    def thumbs(self) -> Locator:
        """The versions in the strip."""
        return self.page.locator("#versions [data-version]")

    def versions(self) -> list[Thumb]:
        """The strip as data, in its order."""
        rows = self.thumbs().evaluate_all("nodes => nodes.map(({dataset: d}) => [d.version, d.parent, d.turn ?? ''])")
        return [Thumb(version=int(v), parent=int(p) if p else None, turn=t) for v, p, t in rows]

    def stored_sha(self, version: int) -> str:
        """The digest of a version's picture, as the server has it."""
        session = self.page.request.get(f"{self.url}/session?conversation={self.conversation_id()}").json()
        found: str = next(each["sha256"] for each in session["view"]["versions"] if each["number"] == version)
        return found

    def go_to(self, version: int) -> None:
        """Make a version the tip by clicking it."""
        self.page.locator(f"#versions [data-version='{version}']").click()
        self.wait_version(version)

    def wait_version(self, version: int, *, timeout_s: float = TURN_TIMEOUT_S) -> None:
        """Wait until a version is on the stage."""
        expect(self.picture).to_have_attribute("data-version", str(version), timeout=timeout_s * 1000)

    # ---- references and own pictures --------------------------------------------------------------

    def attach(self, files: Sequence[Path]) -> None:
        """Choose files in the tray's file picker and wait until they are there."""
        before = self.reference_count()
        self.page.locator("#reference-upload").set_input_files(list(files))
        expect(self.references()).to_have_count(before + len(files), timeout=60_000)

    def drop_files(self, files: Sequence[Path], *, on: str = "#references") -> None:
        """Drop files on an element, as from a desktop."""
        self._carry(files, on=on, kind="drop")

    def paste_files(self, files: Sequence[Path], *, on: str = "#prompt textarea") -> None:
        """Paste files into an element."""
        self._carry(files, on=on, kind="paste")

    def references(self) -> Locator:
        """The filled slots of the tray."""
        return self.page.locator("#references [data-reference]")

    def reference_count(self) -> int:
        """How many references are in the tray."""
        return self.references().count()

    def reference_shas(self) -> list[str]:
        """Their digests, in the shown order."""
        digests: list[str] = self.references().evaluate_all("nodes => nodes.map((node) => node.dataset.sha256)")
        return digests

    def used_shas(self, conversation: str) -> list[str]:
        """Digests of the references that were sent in a conversation, as the server has them."""
        session = self.page.request.get(f"{self.url}/session?conversation={conversation}").json()
        return [reference["sha256"] for turn in session["view"]["turns"] for reference in turn["references"]]

    def toasts(self) -> Locator:
        """What the page said in passing."""
        return self.page.locator("#toasts .toast")

    def _carry(self, files: Sequence[Path], *, on: str, kind: Literal["drop", "paste"]) -> None:
        described = [
            {
                "name": file.name,
                "type": mimetypes.guess_type(file.name)[0] or "application/octet-stream",
                "base64": base64.b64encode(file.read_bytes()).decode(),
            }
            for file in files
        ]
        self.page.locator(on).evaluate(_DROP, {"files": described, "kind": kind})
