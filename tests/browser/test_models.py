"""The model menu: listed models, and one that the catalogue does not know yet."""

from playwright.sync_api import expect

from tests.support.control import Control
from tests.support.page import StudioPage


def test_a_model_outside_the_catalogue_is_asked_for_and_its_cost_is_unknown(page: StudioPage, control: Control) -> None:
    page.show("create")
    model, box = page.page.locator("#model"), page.page.locator("#model-id")
    model.select_option(label="Another model, by its id…")
    expect(box).to_be_focused()
    box.fill("not an id/")
    box.press("Enter")
    expect(page.page.get_by_text("An id has letters, digits, dots and dashes.")).to_be_visible()
    box.fill("gemini-9-image")
    box.press("Enter")

    expect(model).to_have_value("gemini-9-image")
    expect(box).to_be_hidden()
    expect(page.page.locator("#panel-create")).to_contain_text("what it can do and what it costs are unknown")
    expect(page.page.locator("#aspect-ratio")).to_be_hidden()
    expect(page.page.locator("#image-size")).to_be_hidden()
    estimate = page.page.locator("#cost-estimate")
    expect(estimate.get_by_text("unknown")).to_be_visible()
    expect(estimate).to_have_attribute("data-usd", "")

    page.send("A fox in the snow", expect_state="failed")
    expect(page.status).to_contain_text("Google no longer offers this model here. Choose another model in Create.")
    assert control.last().model == "gemini-9-image"
    expect(page.prompt).to_have_value("A fox in the snow")
    model.select_option("gemini-3-pro-image")
    expect(page.page.locator("#aspect-ratio")).to_be_visible()
    page.page.locator("#send").click()
    page.wait_version(1)


def test_the_id_box_closes_without_a_change(page: StudioPage) -> None:
    page.show("create")
    model = page.page.locator("#model")
    before = model.input_value()
    model.select_option(label="Another model, by its id…")
    page.page.locator("#model-id").press("Escape")
    expect(page.page.locator("#model-id")).to_be_hidden()
    expect(model).to_have_value(before)


def test_a_retired_id_leads_to_its_successor_and_says_so(page: StudioPage) -> None:
    page.show("create")
    model = page.page.locator("#model")
    model.select_option(label="Another model, by its id…")
    page.page.locator("#model-id").fill("gemini-2.5-flash-image-preview")
    page.page.get_by_role("button", name="Use", exact=True).click()
    expect(model).to_have_value("gemini-2.5-flash-image")
    expect(page.toasts()).to_contain_text(
        "gemini-2.5-flash-image-preview was retired; Nano Banana (2.5) is used instead."
    )


def test_models_past_their_end_stand_last_and_say_so(page: StudioPage) -> None:
    page.show("create")
    options = page.page.locator("#model option").all_text_contents()
    assert [text.partition(" — ")[0] for text in options if "may stop answering" in text] == [
        "Nano Banana 2", "Nano Banana (2.5)",
    ]  # fmt: skip
    assert options[-3].endswith("may stop answering")
    assert options[-2].endswith("may stop answering")


def test_a_model_without_sizes_shows_no_size_group_and_its_pixels_beside_the_ratio(page: StudioPage) -> None:
    page.choose_model("gemini-2.5-flash-image")
    page.choose("aspect-ratio", "16:9")
    panel = page.page.locator("#panel-create")
    expect(panel.get_by_text("Size", exact=True)).to_be_hidden()
    ratio = panel.locator(".f", has=page.page.locator("#aspect-ratio"))
    expect(ratio.locator(".label em")).to_have_text("1344 × 768 px")
    page.choose_model("gemini-3-pro-image")
    expect(panel.get_by_text("Size", exact=True)).to_be_visible()
    expect(ratio.locator(".label em")).to_be_empty()


def test_an_id_that_is_left_half_typed_changes_nothing(page: StudioPage, control: Control) -> None:
    page.show("create")
    model, box = page.page.locator("#model"), page.page.locator("#model-id")
    before = model.input_value()
    model.select_option(label="Another model, by its id…")
    box.fill("gemini-9")
    page.prompt.click()
    expect(box).to_be_hidden()
    expect(model).to_have_value(before)

    page.prompt.fill("A fox")
    model.select_option(label="Another model, by its id…")
    box.fill("constructor")
    box.press("Control+Enter")  # takes the id, and sends nothing
    expect(model).to_have_value("constructor")
    assert control.calls() == []
    expect(page.toasts()).to_have_count(0)
    expect(page.prompt).to_have_value("A fox")
