"""The main job, end to end: create, refine, fork, refresh midway, restart; every request asserted part by part."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SIGNATURE_KB, studio_on
from tests.sandbox_fixture import SandboxProcess
from tests.support.control import Call, Control
from tests.support.page import StudioPage
from tests.support.server import Studio

SMALLEST_SIGNATURE_BYTES = 800_000
WHILE_AWAY = ("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "ERR_INCOMPLETE_CHUNKED_ENCODING")

CREATE = "A blue ceramic mug on a linen tablecloth"
REFINEMENTS = ("Make the light a bit warmer.", "Add a little steam rising.", "A wooden spoon beside the mug")
FORK, AFTER_FORK = "Turn it into a night scene", "Add falling snow"
AFTER_RESTART = "And now a full moon"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """In place of the worker's: this one paints, as the one a designer meets."""
    with SandboxProcess(tmp_path_factory.mktemp("painting"), signature_kb=SIGNATURE_KB) as process:
        yield process


@pytest.fixture(scope="module")
def gateway_studio(sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """In place of the worker's: on the sandbox that paints."""
    with studio_on(sandbox, tmp_path_factory.mktemp("story")) as server:
        yield server


def check(call: Call, *, asked: list[str], pictures: list[str]) -> None:
    """One request: the prompts in order, and between them the model's turns with these pictures, each signed."""
    assert call.status == 200
    assert call.roles == ["user", "model"] * len(pictures) + ["user"]
    assert call.asked == asked
    assert call.answered == pictures
    for turn in call.turns[0::2]:
        assert [(part.kind, part.sha256, part.signature_sha256) for part in turn] == [("text", "", "")]
    for turn in call.turns[1::2]:
        signed = {part.kind for part in turn if part.signature_bytes >= SMALLEST_SIGNATURE_BYTES}
        assert "image" in signed
        assert not [part for part in turn if part.kind == "thought" and part.signature_sha256]


def send(page: StudioPage, text: str, *, version: int) -> str:
    """Send, wait for the version; the digest of the bytes the browser shows, which is what the stage says it is."""
    page.send(text)
    page.wait_version(version)
    shown = page.shown_sha()
    assert shown == page.stage_sha()
    return shown


def restart(page: StudioPage, studio: Studio) -> None:
    """Take the server away under an open page and bring it back: the page says so, and recovers by itself."""
    page.guard.expect(*WHILE_AWAY)
    studio.stop()
    expect(page.status).to_have_attribute("data-category", "offline")
    expect(page.status).to_contain_text("Reconnecting…")
    studio.start()
    expect(page.status).not_to_have_attribute("data-category", "offline", timeout=60_000)


@pytest.mark.timeout(300)
def test_create_refine_fork_restart(page: StudioPage, gateway_studio: Studio, control: Control) -> None:
    shown: dict[int, str] = {}
    main = [CREATE, *REFINEMENTS]
    for number, text in enumerate(main, start=1):
        shown[number] = send(page, text, version=number)
        check(control.last(), asked=main[:number], pictures=[shown[each] for each in range(1, number)])
    signatures = control.last().signatures

    page.go_to(2)
    assert page.shown_sha() == shown[2]
    branch = [*main[:2], FORK, AFTER_FORK, AFTER_RESTART]
    shown[5] = send(page, FORK, version=5)
    check(control.last(), asked=branch[:3], pictures=[shown[1], shown[2]])
    shown[6] = send(page, AFTER_FORK, version=6)
    check(control.last(), asked=branch[:4], pictures=[shown[1], shown[2], shown[5]])

    tree = page.versions()
    assert [(each.version, each.parent) for each in tree] == [(1, None), (2, 1), (3, 2), (4, 3), (5, 2), (6, 5)]
    assert len({each.turn for each in tree}) == 6
    restart(page, gateway_studio)
    page.reload()
    assert page.versions() == tree
    page.wait_version(6)
    assert page.shown_sha() == shown[6]

    # The sandbox made the signatures of the earlier turns and verifies each against the part it travels on.
    send(page, AFTER_RESTART, version=7)
    check(control.last(), asked=branch, pictures=[shown[number] for number in (1, 2, 5, 6)])
    later = control.last().signatures
    assert {sha: later[sha] for sha in (shown[1], shown[2])} == {sha: signatures[sha] for sha in (shown[1], shown[2])}
    assert len(set(later.values())) == 4


def test_a_refresh_in_the_middle_of_a_turn_shows_the_turn_and_then_its_result(
    page: StudioPage, control: Control
) -> None:
    page.send("A lighthouse on a cliff")
    control.fail_next("slow", seconds=4)
    page.begin("Waves breaking below it")
    page.wait_state("waiting")
    page.reload()
    assert page.state() in {"sending", "waiting"}
    expect(page.page.locator("#stop")).to_be_visible()
    expect(page.page.locator("#send")).to_be_hidden()
    expect(page.turns().last).to_contain_text("Waves breaking below it")
    expect(page.thumbs()).to_have_count(1)
    page.wait_end("done")
    page.wait_version(2)
    assert page.shown_sha() == page.stage_sha()
    assert len(control.calls()) == 2
