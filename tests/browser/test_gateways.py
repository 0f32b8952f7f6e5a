"""The way to the service: a wrong key, nothing at the address, a gateway that answers with a page of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import expect

from tests.sandbox_fixture import SandboxProcess
from tests.support.control import Control
from tests.support.page import StudioPage
from tests.support.server import Studio, free_port

TYPED = "A paper boat on a puddle"
BAD_KEY, GOOD_KEY = "bad-key-of-nobody-4321", "good-key-of-nobody-8765"


class _Login(BaseHTTPRequestHandler):
    """What a hotel's or a company's gateway says to everything."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        page = b"<!doctype html><html><body><h1>Please log in</h1><img src=x onerror=alert(1)></body></html>"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_GET = do_POST  # noqa: N815 (http.server's names)

    def log_message(self, *_: object) -> None:
        """Nothing on the test's output."""


@contextmanager
def login_page(port: int) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), _Login)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_refused_address_and_a_page_instead_of_gemini(
    start_studio: Callable[..., Studio], open_page: Callable[..., StudioPage]
) -> None:
    port = free_port()
    studio = start_studio(engine_url=f"http://127.0.0.1:{port}", environment={"STUDIO_MAX_RETRIES": "0"})
    page = open_page(studio).open()
    page.send(TYPED, expect_state="failed")
    assert page.category() == "connection_refused"
    expect(page.status).to_contain_text(
        "Nothing answers at Gemini's address. Check the address or the gateway, then send again. No charge."
    )
    expect(page.prompt).to_have_value(TYPED)
    with login_page(port):
        page.send(TYPED, expect_state="failed")
    assert page.category() == "not_gemini"
    expect(page.status).to_contain_text("The address answered, but not as Gemini does.")
    expect(page.prompt).to_have_value(TYPED)
    page.open_connection()
    page.check_connection()
    expect(page.page.locator("#panel-connection .result")).to_contain_text("Nothing answers at Gemini's address.")


def test_a_wrong_key_is_told_and_replaced_on_the_page(
    start_studio: Callable[..., Studio],
    open_page: Callable[..., StudioPage],
    sandbox: SandboxProcess,
    control: Control,
) -> None:
    keys = {"GEMINI_API_KEY": BAD_KEY, "GOOGLE_API_KEY": BAD_KEY}
    studio = start_studio(engine_url=sandbox.base_url, environment=keys)
    page = open_page(studio).open()
    page.send(TYPED, expect_state="failed")
    assert page.category() == "key_invalid"
    expect(page.status).to_contain_text("Google does not accept this API key.")
    page.status.get_by_role("button", name="Open connection").click()
    panel = page.page.locator("#panel-connection")
    expect(panel).to_contain_text("ends in 4321")
    page.check_connection()
    result = panel.locator(".result")
    expect(result).to_contain_text("Google does not accept this API key.")

    field = panel.locator("#api-key")
    expect(field).to_have_attribute("type", "password")
    field.fill(GOOD_KEY)
    panel.get_by_role("button", name="Use my key").click()
    expect(result).to_have_text("The key is in use until the studio stops.")
    expect(field).to_have_value("")
    expect(panel).to_contain_text("ends in 8765")
    page.check_connection()
    expect(result).to_contain_text("answers with this connection. Whether billing is on only a paid call can prove.")
    assert GOOD_KEY not in page.page.content()
    assert GOOD_KEY not in page.page.request.get(f"{studio.url}/session").text()
    page.page.keyboard.press("Escape")

    expect(page.prompt).to_have_value(TYPED)
    page.send(TYPED)
    assert control.last().key_tail == "8765"
    assert BAD_KEY not in studio.output
    assert GOOD_KEY not in studio.output
