"""References: dropped, ordered, named, sent as they came, in the shown order."""

import hashlib
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.imaging import pictures
from tests.support.control import Control
from tests.support.page import StudioPage

KINDS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
MOST = 14


def files(folder: Path, count: int) -> list[Path]:
    """Small pictures without metadata, of three formats, each its own."""
    made = []
    for number in range(1, count + 1):
        extension = list(KINDS)[number % len(KINDS)]
        path = folder / f"part {number:02}.{extension}"
        path.write_bytes(pictures.encoded(pictures.scene(40 + number, 30), KINDS[extension]))
        made.append(path)
    return made


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fill_tray(page: StudioPage, paths: list[Path]) -> None:
    """One drop of all files on the prompt."""
    page.drop_files(paths, on="#prompt textarea")
    expect(page.references()).to_have_count(len(paths), timeout=60_000)


def press_on(page: StudioPage, position: int, *keys: str) -> str:
    """Focus the reference at a position (from 1), press keys; the digest of the one that has the focus afterwards."""
    slot = page.references().nth(position - 1)
    slot.focus()
    held = slot.get_attribute("data-sha256") or ""
    for key in keys:
        page.page.keyboard.press(key)
        expect(page.page.locator("#references [data-reference]:focus")).to_have_attribute("data-sha256", held)
    return held


def test_fourteen_are_sent_in_the_shown_order_byte_for_byte(page: StudioPage, control: Control, tmp_path: Path) -> None:
    dropped = files(tmp_path, MOST)
    fill_tray(page, dropped)
    order = [digest(path) for path in dropped]
    names = dict(zip(order, [path.name for path in dropped], strict=True))
    assert page.reference_shas() == order

    page.show("references")
    assert press_on(page, 14, "Alt+Home") == order[13]
    press_on(page, 4, "Alt+ArrowLeft", "Alt+ArrowLeft")
    press_on(page, 6, "Alt+ArrowRight")
    press_on(page, 7, "Alt+End")
    order.insert(0, order.pop(13))
    order.insert(1, order.pop(3))
    order.insert(6, order.pop(5))
    order.append(order.pop(6))
    assert page.reference_shas() == order
    numbers = page.references().evaluate_all("nodes => nodes.map((node) => node.dataset.number)")
    assert numbers == [str(number) for number in range(1, MOST + 1)]

    page.send("Combine all of them on one shelf")
    given = control.last().given
    assert [part.sha256 for part in given if part.kind == "image"] == order
    introduced = [f'Image {number}: "{names[sha]}":' for number, sha in enumerate(order, start=1)]
    assert [part.text for part in given if part.kind == "text"] == [*introduced, "Combine all of them on one shelf"]
    assert [part.kind for part in given] == ["text", "image"] * MOST + ["text"]


def test_the_fifteenth_is_left_out_with_a_sentence(page: StudioPage, tmp_path: Path) -> None:
    many = files(tmp_path, MOST + 1)
    fill_tray(page, many[:MOST])
    page.prompt.fill("A shelf of these")
    page.drop_files(many[MOST:], on="#prompt textarea")
    expect(page.toasts()).to_contain_text(
        f"A prompt takes 14 references at most, so {many[MOST].name} was left out. Remove one to add another."
    )
    assert page.reference_count() == MOST
    expect(page.prompt).to_have_value("A shelf of these")


def test_the_tray_survives_a_refresh_with_names_roles_and_pins(page: StudioPage, tmp_path: Path) -> None:
    fill_tray(page, files(tmp_path, 3))
    page.show("references")
    press_on(page, 3, "Alt+ArrowLeft")
    page.page.locator("#reference-name").fill("Blue vase")
    page.page.locator("#reference-role").select_option("object")
    page.page.get_by_role("button", name="Keep for the next requests").click()
    order = page.reference_shas()
    page.type_and_save("Put image 2 on the table")
    page.reload()
    expect(page.references()).to_have_count(3)
    assert page.reference_shas() == order
    page.show("references")
    expect(page.references().nth(1)).to_have_attribute("aria-label", "Image 2, Blue vase, object, pinned")
    expect(page.prompt).to_have_value("Put image 2 on the table")


def test_what_was_sent_moves_to_the_used_row_and_a_pin_keeps_one(
    page: StudioPage, control: Control, tmp_path: Path
) -> None:
    paths = files(tmp_path, 2)
    fill_tray(page, paths)
    page.show("references")
    press_on(page, 1)
    page.page.locator("#reference-role").select_option("style")
    page.page.get_by_role("button", name="Keep for the next requests").click()
    page.send("In the style of image 1")
    assert control.last().given[0].text == f'Image 1: "{paths[0].name}" (style):'
    expect(page.references()).to_have_count(1)
    assert page.reference_shas() == [digest(paths[0])]

    page.send("Once more, brighter")
    # The picture travels once, in the oldest turn; afterwards it is only named again.
    assert [part.kind for part in control.last().given] == ["text", "text"]
    assert control.last().given[0].text == f'Image 1: "{paths[0].name}" (style), attached earlier in this conversation.'

    used = page.page.get_by_role("group", name="Used in this conversation").get_by_role("button")
    expect(used).to_have_count(1)
    used.click()
    expect(page.references()).to_have_count(2)
    assert page.reference_shas() == [digest(path) for path in paths]


def test_what_a_camera_wrote_into_a_picture_is_removed_and_said(
    page: StudioPage, control: Control, tmp_path: Path
) -> None:
    photo = tmp_path / "holiday.jpg"
    photo.write_bytes(pictures.loaded_jpeg())
    page.attach([photo])
    page.show("references")
    expect(page.page.locator("#panel-references")).to_contain_text(
        "Image 1: Location, camera data and comments were removed; the pixels are untouched."
    )
    page.reload()
    page.show("references")
    expect(page.page.locator("#panel-references")).to_contain_text("Image 1: Location, camera data")
    page.send("A postcard of image 1")
    assert control.last().given_pictures == page.used_shas(page.conversation_id())
    assert control.last().given_pictures != [digest(photo)]


def test_presets_follow_the_reference_that_is_chosen(page: StudioPage, tmp_path: Path) -> None:
    fill_tray(page, files(tmp_path, 3))
    page.show("edit")
    choice = page.page.locator("#panel-edit .follow")
    expect(page.page.locator("#panel-edit [role=group]", has=page.page.locator(".follow"))).to_contain_text("image 1")
    assert choice.evaluate("node => node.offsetHeight") <= 36
    page.page.get_by_role("radio", name="3").click()
    page.page.get_by_role("button", name="Like image 3").click()
    expect(page.prompt).to_have_value(re.compile(r"\bimage 3\b"))
    page.page.get_by_role("radio", name="2").click()
    page.page.get_by_role("button", name="Like image 2").click()
    expect(page.prompt).to_have_value(re.compile(r"\bimage 2\b"))
    expect(page.prompt).not_to_have_value(re.compile(r"\bimage 3\b"))
    page.reload()
    page.show("edit")
    expect(page.page.get_by_role("button", name="Like image 2")).to_be_visible()


def test_every_picture_is_counted_also_one_without_a_role(page: StudioPage, tmp_path: Path) -> None:
    fill_tray(page, files(tmp_path, 2))
    page.show("references")
    rows = page.page.locator("#panel-references .limits")

    def shown() -> list[str]:
        return [" ".join(row.split()) for row in rows.locator("tbody tr").all_inner_texts()]

    assert "Other 2" in shown()
    assert "In all 2 of 14" in shown()
    press_on(page, 1)
    page.page.locator("#reference-role").select_option("person")
    expect(rows.locator("tr", has_text="Other").locator("td").last).to_have_text("1")
    expect(rows.locator("tr", has_text="People").locator("td").last).to_have_text(re.compile(r"^1 of \d+$"))
