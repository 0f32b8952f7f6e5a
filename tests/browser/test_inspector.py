"""The inspector's page in a browser: live, keeping its place, readable by keyboard and on a phone, and harmless."""

import base64
import json
import shlex
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.sandbox_fixture import ANY_KEY, MODEL_21, MODEL_PRO, SandboxProcess, picture_bytes
from tests.support.browser_guard import BrowserGuard
from tests.support.browsers import Browsers, new_page
from tests.support.page import DESKTOP, PHONE

JsonObject = dict[str, Any]
NASTY: Final = "<img src=x onerror=\"document.title='taken'\"><b>bold</b> a fox"

OpenInspector = Callable[..., Page]


@pytest.fixture(scope="module")
def inspected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """A sandbox of this file's own: others would fill its list."""
    with SandboxProcess(tmp_path_factory.mktemp("inspected"), "--inspector", flat=True) as process:
        yield process


@pytest.fixture
def open_inspector(inspected: SandboxProcess, browsers: Browsers) -> Iterator[OpenInspector]:
    """`open_inspector(size_px=DESKTOP, dark=False)`: its page with an empty list. Fails for what the page did wrong."""
    guards: list[BrowserGuard] = []

    def opened(*, size_px: tuple[int, int] = DESKTOP, dark: bool = False) -> Page:
        send(inspected, "/inspector/clear", {})
        width, height = size_px
        scheme = "dark" if dark else "light"
        viewport = {"width": width, "height": height}
        context = browsers.take(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        guards.append(BrowserGuard(context))
        page = new_page(context, inspected.base_url)
        page.goto(inspected.base_url)
        expect(page.locator("#live")).to_have_text("live")
        return page

    yield opened
    browsers.give_back()
    for guard in guards:
        guard.leave()
        guard.check()


def send(sandbox: SandboxProcess, path: str, body: JsonObject, *, scenario: str = "none") -> JsonObject:
    """POST; the answer's JSON, of a refusal as well."""
    headers = {"x-goog-api-key": ANY_KEY, "x-sandbox-scenario": scenario, "user-agent": "my-client/1.0"}
    request = urllib.request.Request(sandbox.base_url + path, data=json.dumps(body).encode(), headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            told: JsonObject = json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            told = json.load(refused)
    return told


def ask(sandbox: SandboxProcess, *contents: JsonObject, model: str = MODEL_21, scenario: str = "none") -> JsonObject:
    return send(sandbox, f"/v1beta/models/{model}:generateContent", {"contents": list(contents)}, scenario=scenario)


def user(text: str) -> JsonObject:
    return {"role": "user", "parts": [{"text": text}]}


def row(page: Page, text: str) -> Locator:
    return page.locator(".row", has_text=text)


def test_an_empty_inspector_says_how_to_point_a_client_here(
    open_inspector: OpenInspector, inspected: SandboxProcess
) -> None:
    page = open_inspector()

    expect(page.locator(".snippet")).to_have_count(3)
    for number in range(3):
        expect(page.locator(".snippet pre").nth(number)).to_contain_text(inspected.base_url)


def test_a_call_appears_by_itself_and_its_words_stay_words(
    open_inspector: OpenInspector, inspected: SandboxProcess
) -> None:
    page = open_inspector()
    ask(inspected, user(NASTY))
    row(page, "a fox").click()

    expect(page.locator(".part .text").first).to_have_text(NASTY)
    expect(page.locator("#detail h2")).to_contain_text("<b>bold</b>")
    expect(page.locator("#bill tfoot")).to_contain_text("$0.0")
    expect(page).to_have_title("Sandbox inspector")
    assert page.locator("b", has_text="bold").count() == 0


def test_a_picture_is_seen_as_a_thumbnail(open_inspector: OpenInspector, inspected: SandboxProcess) -> None:
    page = open_inspector()
    given = {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(picture_bytes(300, 200)).decode()}}
    ask(inspected, {"role": "user", "parts": [{"text": "bluer"}, given]})
    row(page, "bluer").click()
    shown = page.locator(".picture img")

    expect(shown).to_have_count(2)
    expect(page.locator(".picture").first).to_contain_text("300 × 200 px")
    for number in range(2):
        expect(shown.nth(number)).to_have_js_property("naturalWidth", 240)


def test_the_part_that_an_error_names_is_marked(open_inspector: OpenInspector, inspected: SandboxProcess) -> None:
    page = open_inspector()
    content = ask(inspected, user("a fox"))["candidates"][0]["content"]
    at = next(index for index, part in enumerate(content["parts"], start=1) if part.pop("thoughtSignature", None))
    ask(inspected, user("a fox"), content, user("now warmer"))
    row(page, "now warmer").click()

    expect(page.locator(".part.named")).to_have_attribute("data-at", f"2.{at}")
    expect(page.locator(".part.named")).to_contain_text("missing, but needed here")
    expect(page.locator("#verdict")).to_contain_text("400 INVALID_ARGUMENT")


def test_new_calls_move_neither_the_list_nor_the_open_call(
    open_inspector: OpenInspector, inspected: SandboxProcess
) -> None:
    page = open_inspector()
    for number in range(14):
        ask(inspected, user(f"fox {number:02}"))
    expect(page.locator(".row .facts", has_text="picture")).to_have_count(14)
    row(page, "fox 03").click()
    expect(page.locator("#detail h2")).to_have_text("fox 03")
    page.locator("#list").evaluate("(list) => { list.scrollTop = 200; }")
    page.locator("#detail").evaluate("(detail) => { detail.scrollTop = 150; }")
    top = row(page, "fox 03").bounding_box()
    ask(inspected, user("a newcomer"))
    expect(row(page, "a newcomer")).to_contain_text("picture")

    after = row(page, "fox 03").bounding_box()
    assert top is not None
    assert after is not None
    assert after["y"] == pytest.approx(top["y"], abs=1)
    expect(page.locator("#detail h2")).to_have_text("fox 03")
    assert page.locator("#detail").evaluate("(detail) => detail.scrollTop") == 150


def test_filters_leave_what_was_asked_for(open_inspector: OpenInspector, inspected: SandboxProcess) -> None:
    page = open_inspector()
    ask(inspected, user("a good fox"))
    ask(inspected, user("a fox for Pro"), model=MODEL_PRO)
    ask(inspected, user("a refused fox"), scenario="image-safety")
    expect(page.locator(".row")).to_have_count(3)

    page.get_by_label("Only refused").check()
    expect(page.locator(".row")).to_have_count(1)
    expect(row(page, "IMAGE_SAFETY")).to_contain_text("By scenario image-safety")
    page.get_by_label("Only refused").uncheck()
    page.get_by_label("Model").select_option(MODEL_PRO)
    expect(page.locator(".row")).to_have_count(1)
    expect(row(page, "a fox for Pro")).to_be_visible()


def test_the_keyboard_goes_through_the_list(open_inspector: OpenInspector, inspected: SandboxProcess) -> None:
    page = open_inspector()
    for name in ("first", "second", "third"):
        ask(inspected, user(f"the {name} fox"))
    expect(page.locator(".row .facts", has_text="picture")).to_have_count(3)
    heading = page.locator("#detail h2")

    page.keyboard.press("j")
    expect(heading).to_have_text("the third fox")
    page.keyboard.press("ArrowDown")
    expect(heading).to_have_text("the second fox")
    page.keyboard.press("k")
    expect(heading).to_have_text("the third fox")
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row(page, "the third fox")).to_be_focused()


def test_the_curl_command_can_be_sent_again_and_holds_no_key(
    open_inspector: OpenInspector, inspected: SandboxProcess
) -> None:
    page = open_inspector()
    content = ask(inspected, user("it's a fox"))["candidates"][0]["content"]
    ask(inspected, user("it's a fox"), content, user("now $HOME `warmer`"))
    row(page, "warmer").click()
    page.get_by_role("button", name="Copy as curl").click()
    expect(page.locator("#toast")).to_have_text("curl command copied")
    command: str = page.evaluate("navigator.clipboard.readText()")
    curl, address, *options = shlex.split(command.replace("\\\n", ""))
    given = list(zip(options[::2], options[1::2], strict=True))

    assert ANY_KEY not in command
    assert len(command) < 3_000
    assert (curl, [name for name, _ in given]) == ("curl", ["-H", "-H", "--data-binary"])
    answer = send(inspected, address.removeprefix(inspected.base_url), json.loads(given[-1][1]))
    assert answer["candidates"][0]["finishReason"] == "STOP"
    expect(row(page, "now $HOME `warmer`")).to_have_count(2)


def test_clearing_empties_the_list_and_keeps_the_total(
    open_inspector: OpenInspector, inspected: SandboxProcess
) -> None:
    page = open_inspector()
    ask(inspected, user("a fox"))
    expect(page.locator(".row .facts", has_text="picture")).to_have_count(1)
    spent = page.locator("#spend").inner_text()
    page.get_by_role("button", name="Clear").click()

    expect(page.locator(".snippet")).to_have_count(3)
    expect(page.locator(".row")).to_have_count(0)
    assert page.locator("#spend").inner_text() == spent != "$0"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_phone_shows_the_list_or_the_call_and_nothing_wider_than_itself(
    open_inspector: OpenInspector, inspected: SandboxProcess, *, dark: bool
) -> None:
    page = open_inspector(size_px=PHONE, dark=dark)
    wider = "() => document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(wider)
    ask(inspected, user("a fox"), scenario="image-safety")
    ask(inspected, user("a lighthouse on a rock with a very long name " * 5))
    row(page, "a lighthouse").click()
    expect(page.locator("#bill")).to_be_attached()
    expect(page.locator("#list")).to_be_hidden()
    assert not page.evaluate(wider)
    page.get_by_role("button", name="All calls").click()

    expect(page.locator("#list")).to_be_visible()
    assert not page.evaluate(wider)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_to_say_about_a_list_and_an_open_call(
    open_inspector: OpenInspector, inspected: SandboxProcess, *, dark: bool
) -> None:
    page = open_inspector(dark=dark)
    ask(inspected, user("a fox"), scenario="image-safety")
    ask(inspected, user("a fox"), {"role": "nobody", "parts": [{"text": "x"}]})
    for words in ("IMAGE_SAFETY", "valid role"):
        row(page, words).click()
        expect(page.locator("#detail h2")).to_be_visible()
        expect(page.locator("#detail .pairs")).to_be_visible()
        # axe puts its script in by the debugger, which the page's policy has no say in
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []
