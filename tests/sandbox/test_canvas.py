"""How many pixels an answer has, and how a header tells a picture's size."""

import io

import pytest
from PIL import Image

from studio.image_models import CATALOGUE, NANO_BANANA_2, NANO_BANANA_21, NANO_BANANA_25, Pixels
from studio.sandbox.canvas import choose, image_size_of
from studio.sandbox.pictures import looks_like_picture, size_px
from tests.sandbox_fixture import picture_bytes


def chosen(
    *, source: Pixels | None = None, size: str = "1K", prompt: str = "a fox", ratio: str | None = None
) -> Pixels:
    canvas = choose(NANO_BANANA_2, ratio=ratio, size=size, source=source, prompt=prompt)
    return canvas.width_px, canvas.height_px


@pytest.mark.parametrize(
    ("size", "pixels"), [("512", (704, 384)), ("1K", (1408, 768)), ("2K", (2816, 1536)), ("4K", (5632, 3072))]
)
def test_a_plain_prompt_gets_the_usual_landscape(size: str, pixels: Pixels) -> None:
    assert chosen(size=size) == pixels


@pytest.mark.parametrize("prompt", ["a full-body portrait", "A POSTER for jazz", "phone wallpaper"])
def test_a_portrait_prompt_gets_the_usual_portrait(prompt: str) -> None:
    assert chosen(prompt=prompt) == (848, 1264)


def test_an_input_picture_lends_its_exact_ratio_at_the_size_s_area() -> None:
    assert chosen(source=(1240, 1754)) == (864, 1222)
    assert chosen(source=(1754, 1240), size="2K") == (2444, 1728)


@pytest.mark.parametrize("model", [model for model in CATALOGUE if model.signs_parts], ids=lambda model: model.id)
def test_an_edit_of_the_model_s_own_picture_keeps_its_pixels(model: object) -> None:
    for pixels in (*NANO_BANANA_21.pixels["1K"].values(), (1408, 768), (848, 1264)):
        assert chosen(source=pixels) == pixels
        assert chosen(source=(pixels[0] * 2, pixels[1] * 2)) == pixels


def test_an_asked_ratio_overrides_the_input_picture() -> None:
    assert chosen(source=(1240, 1754), ratio="16:9") == (1376, 768)


def test_a_ratio_past_the_most_extreme_is_brought_back() -> None:
    width, height = chosen(source=(10_000, 10))
    assert 8 < width / height < 8.5


def test_the_2_5_model_is_square_or_near_its_input() -> None:
    for source, pixels in ((None, (1024, 1024)), ((1240, 1754), (864, 1184))):
        canvas = choose(NANO_BANANA_25, ratio=None, size="4K", source=source, prompt="portrait")
        assert (canvas.width_px, canvas.height_px, canvas.size) == (*pixels, "1K")


@pytest.mark.parametrize(("asked", "size"), [(None, "1K"), ("", "1K"), ("512P", "512"), ("512PX", "512"), ("4K", "4K")])
def test_image_sizes_have_one_name_each(asked: str | None, size: str) -> None:
    assert image_size_of(asked) == size


@pytest.mark.parametrize("mime", ["PNG", "JPEG", "WEBP", "lossless"])
def test_a_header_tells_the_size(mime: str) -> None:
    held = io.BytesIO()
    Image.new("RGB", (123, 45)).save(held, "WEBP" if mime == "lossless" else mime, lossless=mime == "lossless")

    assert size_px(held.getvalue()) == (123, 45)
    assert looks_like_picture(held.getvalue())


def test_a_transparent_webp_tells_its_size_too() -> None:
    held = io.BytesIO()
    Image.new("RGBA", (123, 45), (0, 0, 0, 9)).save(held, "WEBP", quality=50)

    assert size_px(held.getvalue()) == (123, 45)


def test_the_largest_extent_of_a_heif_header_is_its_size() -> None:
    box = b"\0\0\0\x14ispe\0\0\0\0"
    boxes = box + (512).to_bytes(4, "big") * 2 + box + (4032).to_bytes(4, "big") + (3024).to_bytes(4, "big")
    data = b"\0\0\0\x18ftypheic" + b"\0" * 12 + boxes

    assert size_px(data) == (4032, 3024)
    assert looks_like_picture(data)


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a" + b"\0" * 20, b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\0"])
def test_what_says_no_size_has_none(data: bytes) -> None:
    assert size_px(data) is None


def test_a_cut_picture_still_tells_its_size() -> None:
    assert size_px(picture_bytes(300, 200, mime="image/jpeg")[:400]) in {(300, 200), None}
