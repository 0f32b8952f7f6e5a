"""What every browser test stands on: a guard that sees what it is there for, a browser that remembers nothing."""

import pytest
from playwright.sync_api import Browser

from tests.support.browser_guard import BrowserGuard
from tests.support.browsers import Browsers, new_page
from tests.support.server import Studio

REMEMBER = "localStorage.a = '1'; sessionStorage.a = '1'; document.cookie = 'a=1; max-age=600'"
REMEMBERED = "[localStorage.length, sessionStorage.length, document.cookie]"
PAGE = "data:text/html,<link rel=icon href='data:,'><p>A page"


@pytest.mark.parametrize(
    ("script", "seen"),
    [
        ("setTimeout(() => { throw new Error('bang') })", "threw: .*bang"),
        ("Promise.reject(new Error('unheard')), 0", "threw: .*unheard"),
        ("console.error('something is wrong')", "console error: something is wrong"),
        (
            "new Image().src = 'http://pictures.example/one.png'",
            "asked another host: GET http://pictures.example/one.png",
        ),
    ],
)
def test_misbehaviour_fails_the_test(chromium: Browser, script: str, seen: str) -> None:
    with chromium.new_context() as context:
        guard = BrowserGuard(context)
        page = context.new_page()
        page.goto(PAGE)
        with context.expect_event("request" if "Image" in script else "console" if "console" in script else "weberror"):
            page.evaluate(script)
        with pytest.raises(AssertionError, match=seen):
            guard.check()


def test_what_a_test_expects_is_not_held_against_it(chromium: Browser) -> None:
    with chromium.new_context() as context:
        guard = BrowserGuard(context)
        guard.expect("ERR_CONNECTION_REFUSED")
        page = context.new_page()
        page.goto(PAGE)
        with context.expect_event("console"):
            page.evaluate("console.error('net::ERR_CONNECTION_REFUSED')")
        guard.check()


def test_a_quiet_page_passes(chromium: Browser) -> None:
    with chromium.new_context() as context:
        guard = BrowserGuard(context)
        context.new_page().goto(PAGE)
        guard.check()


def test_a_browser_remembers_nothing_for_the_next_test(chromium: Browser, gateway_studio: Studio) -> None:
    browsers = Browsers(chromium)
    for _ in range(2):
        page = new_page(browsers.take(locale="en-GB"), gateway_studio.url)
        page.goto(f"{gateway_studio.url}/healthz")
        assert page.evaluate(REMEMBERED) == [0, 0, ""]
        page.evaluate(REMEMBER)
        assert page.evaluate(REMEMBERED) == [1, 1, "a=1"]
        browsers.give_back()


def test_browsers_of_one_test_are_strangers_and_the_next_test_has_them_again(chromium: Browser) -> None:
    browsers = Browsers(chromium)
    both = {browsers.take(locale="en-GB"), browsers.take(locale="en-GB")}
    assert len(both) == 2
    browsers.give_back()
    assert browsers.take(locale="de-DE") not in both
    assert {browsers.take(locale="en-GB"), browsers.take(locale="en-GB")} == both
    browsers.give_back()
