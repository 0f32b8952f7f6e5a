"""Between Send and its reply: the box is free for the next prompt, and what was sent is neither lost nor sent twice."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.support.control import Control
from tests.support.held import Held
from tests.support.page import StudioPage

SENT = "A kite over the dunes"
NEXT = "and now at sunset"


@pytest.fixture
def held(page: StudioPage) -> Held:
    return Held(page, "send")


def begin_and_type_on(page: StudioPage) -> None:
    page.type_and_save(SENT)
    page.page.locator("#send").click()
    expect(page.prompt).to_have_value("")
    page.prompt.press_sequentially(NEXT)


def test_what_is_typed_before_the_reply_is_the_next_prompt(page: StudioPage, control: Control, held: Held) -> None:
    page.show("create")
    page.page.locator("#field-subject").fill(SENT)
    page.page.locator("#send").click()
    expect(page.prompt).to_have_value("")
    expect(page.page.locator("#field-subject")).to_have_value("")
    page.prompt.press_sequentially(NEXT)
    held.route.continue_()
    page.wait_version(1)
    page.wait_end("done")
    expect(page.prompt).to_have_value(NEXT)
    assert control.last().asked == [f"{SENT}."]
    page.type_and_save(NEXT)
    page.reload()
    expect(page.prompt).to_have_value(NEXT)


def test_what_is_refused_comes_back_before_what_was_typed_since(page: StudioPage, held: Held) -> None:
    page.show("cost")
    page.set_budget("0.01")
    begin_and_type_on(page)
    held.route.continue_()
    expect(page.prompt).to_have_value(f"{SENT}\n{NEXT}")
    expect(page.status).to_have_attribute("data-category", "budget")
    assert page.turn_count() == 0
    page.reload()
    expect(page.prompt).to_have_value(f"{SENT}\n{NEXT}")


def test_offline_the_text_comes_back_and_is_sent_once(page: StudioPage, control: Control, held: Held) -> None:
    page.guard.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Connection errored out", "Failed to fetch")
    page.type_and_save(SENT)
    page.page.locator("#send").click()
    held.route.abort("internetdisconnected")
    expect(page.status).to_contain_text("The studio did not answer. Your text is still here; try again.")
    expect(page.prompt).to_have_value(SENT)
    page.page.unroute("**/component_server/**")
    page.page.locator("#send").click()
    page.wait_version(1)
    expect(page.prompt).to_have_value("")
    assert [call.asked for call in control.calls()] == [[SENT]]


def test_a_lost_reply_to_a_send_that_was_taken_brings_nothing_back(
    page: StudioPage, control: Control, held: Held
) -> None:
    page.guard.expect("ERR_FAILED", "ERR_CONNECTION_RESET", "Connection errored out", "Failed to fetch")
    begin_and_type_on(page)
    held.deliver()
    held.route.abort("connectionreset")
    page.wait_version(1)
    page.wait_end("done")
    expect(page.prompt).to_have_value(NEXT)
    assert [call.asked for call in control.calls()] == [[SENT]]


@pytest.mark.parametrize("taken", [True, False])
def test_a_reload_before_the_reply_loses_nothing_and_sends_nothing_twice(
    page: StudioPage, control: Control, held: Held, *, taken: bool
) -> None:
    begin_and_type_on(page)
    if taken:
        held.deliver()
    else:
        held.wait()
    page.reload()
    if taken:
        page.wait_version(1)
        page.wait_end("done")
    expect(page.prompt).to_have_value(NEXT if taken else f"{SENT}\n{NEXT}")
    assert [call.asked for call in control.calls()] == ([[SENT]] if taken else [])


def test_a_send_that_arrives_after_a_reload_leaves_the_box_again(
    page: StudioPage, control: Control, held: Held
) -> None:
    begin_and_type_on(page)
    request = held.route.request
    page.reload()
    expect(page.prompt).to_have_value(f"{SENT}\n{NEXT}")
    answer = page.page.request.post(request.url, data=request.post_data_json, headers=_own(request.all_headers))
    assert answer.ok
    page.wait_version(1)
    page.wait_end("done")
    expect(page.prompt).to_have_value(NEXT)
    assert [call.asked for call in control.calls()] == [[SENT]]


def _own(headers: Callable[[], dict[str, str]]) -> dict[str, str]:
    """What makes the request the page's own."""
    wanted = ("content-type", "origin", "referer", "x-gradio-user")
    return {name: value for name, value in headers().items() if name in wanted}


def test_a_stop_of_a_send_that_got_lost_does_not_stop_the_next(page: StudioPage, control: Control, held: Held) -> None:
    page.guard.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Connection errored out", "Failed to fetch")
    page.type_and_save(SENT)
    page.page.locator("#send").click()
    held.wait()
    with page.page.expect_response(lambda answer: '"fn_name":"stop"' in (answer.request.post_data or "")):
        page.page.locator("#stop").click()
    expect(page.page.locator("#stop")).to_contain_text("Stopping…")
    held.route.abort("internetdisconnected")
    expect(page.prompt).to_have_value(SENT)
    page.page.unroute("**/component_server/**")
    page.page.locator("#send").click()
    page.wait_version(1)
    assert [call.asked for call in control.calls()] == [[SENT]]


def test_a_stop_that_gets_no_answer_says_so_and_can_be_pressed_again(page: StudioPage, control: Control) -> None:
    page.guard.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Connection errored out", "Failed to fetch")
    control.fail_next("slow", seconds=60)
    page.begin(SENT)
    page.wait_state("waiting")
    page.page.route("**/component_server/**", lambda route: route.abort("internetdisconnected"))
    page.page.locator("#stop").click()
    lost = page.toasts().filter(has_text="The studio did not answer, so it may not have stopped. Try again.")
    expect(lost).to_have_count(1)
    page.page.unroute("**/component_server/**")
    page.page.locator("#stop").click()
    page.wait_end("cancelled")


def test_a_stop_while_it_is_still_on_its_way_keeps_it_from_being_paid(
    page: StudioPage, control: Control, held: Held
) -> None:
    page.type_and_save(SENT)
    page.page.locator("#send").click()
    held.wait()
    with page.page.expect_response(lambda answer: '"fn_name":"stop"' in (answer.request.post_data or "")):
        page.page.locator("#stop").click()
    expect(page.toasts()).to_have_count(0)
    held.route.continue_()  # the prompt reaches the studio after the stop
    page.wait_end("cancelled")
    expect(page.status).to_contain_text("Stopped before anything was sent, so nothing was billed.")
    expect(page.prompt).to_have_value(SENT)
    assert control.calls() == []
