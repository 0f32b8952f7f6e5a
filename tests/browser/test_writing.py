"""Writing a prompt: presets, the structured fields, examples; and what is shown while the model works."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.sandbox_fixture import picture_bytes
from tests.support.control import Control
from tests.support.page import StudioPage


def test_a_preset_fills_the_prompt_and_search_finds_it(page: StudioPage, control: Control) -> None:
    page.send("A garden chair")
    page.show("edit")
    search = page.page.get_by_role("searchbox", name="Search presets")
    search.fill("golden hour")
    presets = page.page.locator("#panel-edit .preset")
    expect(presets).to_have_count(1)
    presets.click()
    wanted = "Relight it with warm, low sunset light and long soft shadows. Keep everything else exactly as it is."
    expect(page.prompt).to_have_value(wanted)
    expect(page.prompt).to_be_focused()
    search.fill("")
    page.page.get_by_role("button", name="Black and white", exact=True).click()
    expect(page.prompt).to_have_value(
        "Convert to black and white with high contrast. Keep everything else exactly as it is."
    )
    page.page.locator("#send").click()
    page.wait_version(2)
    assert control.last().asked[-1].startswith("Convert to black and white")


def test_a_style_preset_without_a_reference_says_what_it_needs(page: StudioPage) -> None:
    page.show("edit")
    page.page.get_by_role("button", name="Like an image").click()
    expect(page.toasts()).to_contain_text("“Like an image” follows a reference. Add one, then choose it again.")
    expect(page.page.locator("#panel-references")).to_be_visible()


def test_the_five_fields_compose_into_the_text_which_stays_editable(page: StudioPage, control: Control) -> None:
    page.show("create")
    for name, words in (
        ("subject", "A ceramic mug"), ("style", "Product photo"), ("composition", "Mug left of centre"),
        ("technical", "85 mm"), ("exclude", "text, hands"),
    ):  # fmt: skip
        page.page.locator(f"#field-{name}").fill(words)
    composed = (
        "A ceramic mug. Style: Product photo. Composition: Mug left of centre. Technical: 85 mm. "
        "Do not include: text, hands."
    )
    expect(page.prompt).to_have_value(composed)
    page.prompt.press("End")
    page.prompt.press_sequentially(" On a Sunday.")
    page.page.locator("#field-technical").fill("50 mm")
    expect(page.page.get_by_role("group", name="The text was edited")).to_be_visible()
    expect(page.prompt).to_have_value(f"{composed} On a Sunday.")
    page.page.get_by_role("button", name="Keep the text").click()
    page.page.locator("#send").click()
    page.wait_version(1)
    assert control.last().asked == [f"{composed} On a Sunday."]


def test_an_example_fills_the_empty_prompt(page: StudioPage) -> None:
    page.page.locator("#stage .example").first.click()
    expect(page.prompt).to_have_value(
        "A ceramic mug on linen, soft morning light from the left, calm neutral background"
    )
    expect(page.prompt).to_be_focused()


def test_controls_that_a_model_lacks_are_not_shown(page: StudioPage) -> None:
    page.show("create")
    thinking, search, size = (page.page.locator(each) for each in ("#thinking", "#search", "#image-size"))
    for each in (thinking, search, size):
        expect(each).to_be_visible()
    page.choose_model("gemini-2.5-flash-image")
    for each in (thinking, search, size):
        expect(each).to_be_hidden()
    page.choose_model("gemini-3-pro-image")
    expect(thinking).to_be_hidden()
    expect(size).to_be_visible()


def test_thoughts_drafts_and_the_usual_time_are_shown_while_waiting(page: StudioPage, control: Control) -> None:
    page.choose("thinking", "high")
    control.fail_next("slow", seconds=5)
    page.begin("A harbour at dawn")
    newest = page.page.locator("#stage .running .line")
    expect(newest).to_have_text(
        re.compile("The sandbox was asked: A harbour at dawn|pixels|A quick draft first"), timeout=30_000
    )
    expect(page.page.locator("#stage img.draft")).to_be_visible(timeout=30_000)
    expect(page.status).to_contain_text("usual")
    assert page.state() == "waiting"
    page.wait_end("done")
    page.wait_version(1)
    expect(page.page.locator("#stage img.draft")).to_be_hidden()
    card = page.turns().last
    card.locator("summary").click()
    expect(card).to_contain_text("Reading the request")


def test_search_names_its_sources(page: StudioPage, control: Control) -> None:
    page.switch("search", on=True)
    page.send("The tallest lighthouse there is")
    sources = page.turns().last.locator(".sources a")
    expect(sources.first).to_have_attribute("rel", "noopener noreferrer")
    expect(sources.first).to_have_attribute("href", re.compile("^https?://"))


HOSTILE = '<img src=x onerror="window.hit=1"> ${1+1} {{value}} <script>hit=1</script>'
HOSTILE_NAME = "<img src=x onerror=window.hit=1>.png"


def test_markup_in_prompts_names_titles_and_answers_is_text(page: StudioPage, control: Control, tmp_path: Path) -> None:
    control.fail_next("retired", successor=HOSTILE)
    reference = tmp_path / HOSTILE_NAME
    reference.write_bytes(picture_bytes())
    page.attach([reference])
    expect(page.references()).to_have_count(1)
    page.show("references")
    expect(page.references().first).to_contain_text(HOSTILE_NAME)
    page.send(HOSTILE, expect_state="failed")
    page.status.get_by_role("button", name="Details").click()
    expect(page.page.locator("#status-detail")).to_contain_text(HOSTILE)
    expect(page.turns().last.locator(".asked")).to_have_text(HOSTILE)
    page.send(HOSTILE)
    page.wait_version(1)
    expect(page.page.locator("#stage .cap .request")).to_have_text(HOSTILE)
    assert control.last().asked == [HOSTILE]
    page.rename(HOSTILE)
    expect(page.page.locator(".title-text")).to_have_text(HOSTILE)
    page.open_menu()
    page.reload()
    expect(page.page.locator(".title-text")).to_have_text(HOSTILE)
    assert page.page.evaluate("[window.hit, document.querySelectorAll('[onerror]').length]") == [None, 0]
