"""The guard that every browser test stands under really sees what it is there for."""

import pytest
from playwright.sync_api import Browser

from tests.support.browser_guard import BrowserGuard

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
