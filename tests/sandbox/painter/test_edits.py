import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from studio.sandbox.painter import paint
from studio.sandbox.painter.finish import NOTE
from tests.sandbox.painter.conftest import Pixels, drawn, encoded, order, painted, pixels_of, without_mark

SOURCES = ("mug", "photo")


def chroma(pixels: Pixels) -> float:
    return float((pixels.max(axis=-1) - pixels.min(axis=-1)).mean())


def warmth(pixels: Pixels) -> float:
    return float((pixels[..., 0] - pixels[..., 2]).mean())


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest) -> bytes:
    """A sandbox picture, which is repainted, and one from elsewhere, which is edited as pixels."""
    data: bytes = request.getfixturevalue(request.param)
    return data


def edited(prompt: str, source: bytes) -> Pixels:
    return without_mark(pixels_of(painted(prompt, source=source).data))


def test_black_and_white_leaves_no_colour(source: bytes) -> None:
    assert chroma(edited("black and white, high contrast", source)) < 0.5


@pytest.mark.parametrize(("prompt", "sign"), [("warmer", 1), ("cooler please", -1)])
def test_warmer_and_cooler_move_red_against_blue(prompt: str, sign: int, source: bytes) -> None:
    before = warmth(without_mark(pixels_of(source)))
    assert (warmth(edited(prompt, source)) - before) * sign > 12


@pytest.mark.parametrize(("prompt", "sign"), [("brighter", 1), ("make it darker", -1)])
def test_brighter_and_darker_move_the_mean(prompt: str, sign: int, source: bytes) -> None:
    before = float(without_mark(pixels_of(source)).mean())
    assert (float(edited(prompt, source).mean()) - before) * sign > 6


def test_a_bit_is_less_than_much(photo: bytes) -> None:
    before = warmth(without_mark(pixels_of(photo)))
    bit, plain, much = (warmth(edited(words, photo)) - before for words in ("a bit warmer", "warmer", "much warmer"))
    assert 0 < bit < plain < much


def test_more_vibrant_has_more_colour_and_muted_less(source: bytes) -> None:
    assert chroma(edited("muted", source)) < chroma(edited("more vibrant", source)) - 8


@pytest.mark.parametrize("prompt", ["pure white background", "remove the background"])
def test_a_white_background_is_white_to_the_border(prompt: str, source: bytes) -> None:
    pixels = edited(prompt, source)
    assert min(pixels[:6].min(), pixels[:, :6].min(), pixels[:, -6:].min()) >= 250
    assert pixels.min() < 200


def test_a_background_takes_the_colour_asked(source: bytes) -> None:
    top = edited("navy background", source)[:12]
    assert top[..., 2].mean() > top[..., 0].mean() + 15
    assert top.mean() < 110


def test_a_blurred_background_keeps_the_subject_sharp(photo: bytes) -> None:
    stripes = pixels_of(photo).copy()
    stripes[:, ::8] -= 60
    busy = io.BytesIO()
    disc = (np.hypot(*np.mgrid[-80:80, -128:128]) < 44)[..., None]
    Image.fromarray(np.where(disc, pixels_of(photo), stripes).clip(0, 255).astype(np.uint8)).save(busy, "PNG")
    before, after = without_mark(pixels_of(busy.getvalue())), edited("blur the background", busy.getvalue())
    assert np.abs(np.diff(after[:20, :, 1], axis=1)).mean() < 0.5 * np.abs(np.diff(before[:20, :, 1], axis=1)).mean()
    assert np.abs(after[70:90, 110:130] - before[70:90, 110:130]).mean() < 12


def test_recolouring_moves_the_subject_and_keeps_the_rest(source: bytes) -> None:
    before, after = without_mark(pixels_of(source)), edited("make it cobalt blue", source)
    assert (after[..., 2] - after[..., 0]).max() > 70
    assert np.abs(after[:10] - before[:10]).mean() < 4


def test_words_in_quotes_are_set_on_the_picture(source: bytes) -> None:
    gap = np.abs(edited('add the text "Slow Mornings"', source) - without_mark(pixels_of(source)))
    assert 0.01 < (gap.max(axis=-1) > 60).mean() < 0.4


@pytest.mark.parametrize(
    "prompt",
    [
        "add steam", "add snow", "add rain", "add fog", "add a vignette", "add film grain", "sepia",
        "duotone in navy and peach",
        "pencil sketch", "watercolour", "posterise it", "zoom in", "rotate 90 degrees", "flip it", "sunset light",
        "golden hour", "night light", "more contrast",
    ],
)  # fmt: skip
def test_an_edit_changes_the_picture_and_is_named(prompt: str, source: bytes) -> None:
    painting = painted(prompt, source=source)
    changed = np.abs(without_mark(pixels_of(painting.data)) - without_mark(pixels_of(source)))
    assert (changed > 6).mean() > 0.003
    assert changed.max() > 25
    assert painting.notice == ""


def test_sunset_is_warm_and_night_is_dark(source: bytes) -> None:
    assert warmth(edited("sunset light", source)) > warmth(without_mark(pixels_of(source))) + 15
    assert edited("night light", source).mean() < without_mark(pixels_of(source)).mean() - 25


def test_several_changes_in_a_sentence_are_all_made(photo: bytes) -> None:
    pixels = edited("make it cobalt blue, flip it and then black and white", photo)
    assert chroma(pixels) < 0.5
    assert {"cobalt", "mirrored", "black and white"} <= {
        word for word in ("cobalt", "mirrored", "black and white")
        if word in painted("make it cobalt blue, flip it and then black and white", source=photo).caption.lower()
    }  # fmt: skip


def test_words_not_understood_change_a_little_and_are_owned_up_to(source: bytes) -> None:
    painting = painted("frobnicate the wibble", source=source)
    gap = np.abs(without_mark(pixels_of(painting.data)) - without_mark(pixels_of(source))).mean()
    assert 1 < gap < 30
    assert painting.notice == "I did not understand “frobnicate the wibble”, so I only adjusted the light a little."


def test_what_was_understood_is_done_and_the_rest_is_named(source: bytes) -> None:
    painting = painted("warmer, and give it more soul", source=source)
    assert painting.notice == "Done: warmer. I did not understand “give it more soul”."
    assert "warmer" not in painting.caption.lower()
    assert np.abs(pixels_of(painting.data) - pixels_of(painted("warmer", source=source).data)).max() <= 1


@pytest.mark.parametrize("prompt", ["keep everything as it is", "no snow", "thanks, looks great!"])
def test_nothing_asked_is_nothing_changed(prompt: str, source: bytes) -> None:
    painting = painted(prompt, source=source)
    assert np.abs(edited(prompt, source) - without_mark(pixels_of(source))).max() == 0
    assert painting.notice != ""


def test_outside_what_is_changed_every_pixel_is_the_very_same(photo: bytes) -> None:
    before, after = without_mark(pixels_of(photo)), edited("add letterbox bars", photo)
    same = (before == after).all(axis=(1, 2))
    assert same[40:110].all()
    assert not same[0]
    vignette = edited("add a vignette", photo)
    assert np.array_equal(vignette[70:90, 110:146], before[70:90, 110:146])


def test_a_large_picture_keeps_its_own_pixels_where_nothing_changes() -> None:
    grid = np.random.default_rng(5).integers(60, 200, (1100, 1100, 3), dtype=np.uint8)
    large = encoded(Image.fromarray(grid, mode="RGB"))
    asked = replace(order("add a vignette", source=large), width_px=1100, height_px=1100)
    after = pixels_of(paint(asked).data)
    assert np.array_equal(after[500:600, 500:600], grid[500:600, 500:600].astype(np.float32))
    assert after[:60, :60].mean() < 0.8 * grid[:60, :60].mean()


def test_a_jpeg_comes_through_within_what_encoding_costs(photo: bytes) -> None:
    with Image.open(io.BytesIO(photo)) as picture:
        source = encoded(picture.convert("RGB"), "JPEG")
    after = paint(replace(order("keep it as it is", source=source), mime_type="image/jpeg")).data
    assert np.abs(without_mark(pixels_of(after)) - without_mark(pixels_of(source))).mean() < 1


def test_the_mark_is_there_once_however_often_a_picture_is_edited(photo: bytes) -> None:
    once = painted("black and white", source=photo).data
    again = painted("flip it", source=painted("flip it", source=once).data).data
    first, last = pixels_of(once), pixels_of(again)
    assert np.abs(first[140:, 180:] - last[140:, 180:]).mean() < 4
    assert np.abs(first[:136] - last[:136]).max() <= 1


def test_undo_brings_a_sandbox_picture_back_and_reset_its_first_state(mug: bytes) -> None:
    grey = painted("black and white", source=mug).data
    blue = painted("make it cobalt blue", source=grey).data
    assert np.array_equal(pixels_of(painted("undo that", source=blue).data), pixels_of(grey))
    assert np.array_equal(pixels_of(painted("back to the original", source=blue).data), pixels_of(mug))


def test_an_effect_is_taken_out_of_a_sandbox_picture_again(mug: bytes) -> None:
    changed = painted("add a vignette and film grain", source=mug).data
    assert np.array_equal(edited("no vignette, and remove the grain", changed), without_mark(pixels_of(mug)))


def test_another_version_is_another_picture_with_the_same_changes(mug: bytes) -> None:
    grey = painted("black and white", source=mug).data
    again = painted("try again", source=grey, seed=9)
    assert chroma(without_mark(pixels_of(again.data))) < 0.5
    assert np.abs(pixels_of(again.data) - pixels_of(grey)).mean() > 2
    assert again.notice == ""


def test_a_sandbox_picture_is_restaged_turn_by_turn(mug: bytes) -> None:
    blue = painted("make it cobalt blue", source=mug)
    slate = painted("put it on slate, no steam", source=blue.data)
    glass = painted("swap the mug for a glass", source=slate.data)
    assert blue.caption.startswith("A cobalt ceramic mug on linen")
    assert slate.caption.startswith("A cobalt ceramic mug on slate")
    assert glass.caption.startswith("A glass on slate")
    assert without_mark(pixels_of(slate.data))[-20:].mean() < without_mark(pixels_of(blue.data))[-20:].mean() - 25


def test_steam_added_to_a_sandbox_picture_can_be_taken_away_again(mug: bytes) -> None:
    steaming = painted("add steam", source=mug)
    assert np.abs(edited("no steam", steaming.data) - without_mark(pixels_of(mug))).mean() < 0.5


def test_a_picture_of_another_ratio_is_fitted_without_distortion() -> None:
    pixels = edited("brighter", drawn("#b4553c", width=160, height=320))
    disc = (pixels[..., 0] - pixels[..., 2]) > 60
    assert np.ptp(np.nonzero(disc.any(axis=0))[0]) == pytest.approx(88 * 256 / 160, rel=0.1)


def test_a_record_for_other_pixels_is_not_believed(mug: bytes, photo: bytes) -> None:
    with Image.open(io.BytesIO(mug)) as picture:
        note = picture.info["retake-sandbox"]
    info = PngImagePlugin.PngInfo()
    info.add_text("retake-sandbox", note)
    out = io.BytesIO()
    Image.open(io.BytesIO(photo)).save(out, "PNG", pnginfo=info)
    assert "mug" not in painted("warmer", source=out.getvalue()).caption.lower()


@pytest.mark.parametrize("record", ["{", "[]", "{}", '{"scene":{},"ops":[]}', '{"print":"AAAA","scene":3,"ops":{}}'])
def test_a_broken_record_is_taken_for_no_record(record: str, photo: bytes) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("retake-sandbox", f"{NOTE} {record}")
    out = io.BytesIO()
    Image.open(io.BytesIO(photo)).save(out, "PNG", pnginfo=info)
    assert painted("warmer", source=out.getvalue()).caption == "Warmer."


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n"])
def test_an_undecodable_source_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be decoded"):
        painted("warmer", source=data)


def test_a_picture_cut_short_is_refused(mug: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be decoded"):
        painted("warmer", source=mug[: len(mug) // 2])
