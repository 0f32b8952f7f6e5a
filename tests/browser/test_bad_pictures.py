"""Files that are no pictures, or not ones Gemini takes: one sentence each, and nothing typed or dropped is lost."""

import re
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.imaging import pictures
from tests.support.control import Control
from tests.support.page import StudioPage

TYPED = "Arrange these on a shelf"
TOO_LARGE = "This file is larger than 64 MB, the most a picture may have. Use a smaller one."

_UPLOAD: str = """async (size) => {
  const {token} = await (await fetch('/session')).json();
  const headers = {'X-Retake-Token': token, 'X-File-Name': 'huge.png'};
  const answer = await fetch('/uploads', {method: 'POST', headers, body: new Blob([new Uint8Array(size)])});
  return [answer.status, (await answer.json()).problem];
}"""


def huge_png() -> bytes:
    """20,000 × 20,000 pixels by its header, in a few bytes."""
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)
    body = pictures.png_chunk(b"IHDR", header) + pictures.png_chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + body + pictures.png_chunk(b"IEND", b"")


def refused() -> dict[str, tuple[bytes, str]]:
    """File name → its bytes and the sentence that refuses them."""
    jpeg = pictures.encoded(pictures.scene(64, 48), "JPEG")
    heic = pictures.heic(pictures.scene(64, 48))
    return {
        "brief.png": (b"Dear team,\nhere is the brief.\n", "This file is not a picture but text"),
        "half.jpg": (jpeg[: len(jpeg) // 2], "This JPEG is cut off: its end is missing; copy or download it again."),
        "huge.png": (huge_png(), "This picture has 400 megapixels; 50 is the most, so export a smaller copy."),
        "broken.heic": (heic[:40] + b"\xff" * (len(heic) - 40), "This HEIC is damaged and cannot be read"),
        "empty.webp": (b"", "empty.webp is empty."),
    }


def converted() -> dict[str, tuple[bytes, str]]:
    """File name → its bytes and the note that says what was done to it."""
    deep = np.full((20, 30, 3), 40_000, dtype=np.uint16)
    return {
        "moving.gif": (pictures.animated("GIF"), "Only the first frame is used."),
        "print.jpg": (
            pictures.encoded(Image.new("CMYK", (40, 30), (200, 10, 10, 0)), "JPEG"),
            "Converted from CMYK to RGB.",
        ),
        "deep.png": (pictures.deep_png(deep), "Reduced from 16 to 8 bits per channel."),
    }


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_each_is_refused_with_its_sentence(
    page: StudioPage, control: Control, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    page.guard.expect("status of 422")
    page.prompt.fill(TYPED)
    page.attach([write(tmp_path, "good.png", pictures.encoded(pictures.scene(), "PNG"))])
    page.show("references")
    for name, (data, sentence) in refused().items():
        with subtests.test(name):
            page.drop_files([write(tmp_path, name, data)], on="#prompt textarea")
            failed = page.page.locator(f"#references [data-state=failed][title*='{name}']")
            expect(failed).to_have_attribute("title", re.compile(re.escape(sentence)))
            expect(page.toasts().last).to_contain_text(sentence)
    expect(page.prompt).to_have_value(TYPED)
    expect(page.references()).to_have_count(1)
    page.send(TYPED)
    assert len(control.last().given_pictures) == 1


def test_each_that_can_be_used_comes_with_a_note(
    page: StudioPage, control: Control, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    page.prompt.fill(TYPED)
    page.show("references")
    for number, (name, (data, note)) in enumerate(converted().items(), start=1):
        with subtests.test(name):
            page.attach([write(tmp_path, name, data)])
            expect(page.page.locator("#panel-references")).to_contain_text(f"Image {number}: {note}")
    page.send(TYPED)
    assert len(control.last().given_pictures) == len(converted())


def test_two_hundred_megabytes_are_refused_before_they_travel(page: StudioPage, tmp_path: Path) -> None:
    path = tmp_path / "scan.png"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    page.prompt.fill(TYPED)
    page.page.locator("#reference-upload").set_input_files(path)
    expect(page.toasts()).to_contain_text("scan.png has 200 MB; 64 MB is the most for one picture.")
    expect(page.prompt).to_have_value(TYPED)
    assert page.reference_count() == 0


def test_two_hundred_megabytes_are_refused_by_the_server_too(page: StudioPage) -> None:
    page.guard.expect("status of 422")
    assert page.page.evaluate(_UPLOAD, 200_000_000) == [422, TOO_LARGE]
