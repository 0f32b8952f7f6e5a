import io
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest
from PIL import Image

from studio.image_models import NANO_BANANA_21
from studio.sandbox.painter import paint
from studio.sandbox.painter.reading.brief import read_brief
from studio.sandbox.painter.reading.styles import styles
from studio.sandbox.painter.vocabulary import vocabulary
from tests.sandbox.painter.conftest import FRESH, order, painted, pixels_of, without_mark

PROMPTS = (
    "A ceramic mug on linen, morning light", "A glass of juice on marble", "Mountains at dawn", "A calm sea at sunset",
    "Desert dunes", "A forest in fog", "Snowy peaks", "A city skyline at night", "A portrait of a woman", "A fox",
    'A poster that says "Slow Mornings"', "An abstract in coral and teal",
)  # fmt: skip


def test_the_same_order_gives_the_same_bytes_in_another_process() -> None:
    with get_context("spawn").Pool(1) as pool:
        elsewhere = pool.apply(paint, (FRESH,))
    assert elsewhere == paint(FRESH)


def test_every_prompt_gives_a_picture_of_its_own() -> None:
    pictures = [pixels_of(painted(prompt).data) for prompt in PROMPTS]
    gaps = [np.abs(a - b).mean() for i, a in enumerate(pictures) for b in pictures[:i]]
    assert min(gaps) > 6


@pytest.mark.parametrize("prompt", PROMPTS)
def test_asking_again_gives_a_visibly_different_picture(prompt: str) -> None:
    first, second = (pixels_of(painted(prompt, seed=seed).data) for seed in (1, 2))
    assert np.abs(first - second).mean() > 6


@pytest.mark.parametrize("ratio", sorted(NANO_BANANA_21.ratios))
def test_a_picture_has_exactly_the_asked_pixels(ratio: str) -> None:
    width, height = (side // 4 + 1 for side in NANO_BANANA_21.pixels["1K"][ratio])
    painting = paint(replace(FRESH, width_px=width, height_px=height))
    with Image.open(io.BytesIO(painting.data)) as picture:
        assert picture.size == (painting.width_px, painting.height_px) == (width, height)


def test_a_picture_larger_than_the_working_size_has_exactly_the_asked_pixels() -> None:
    painting = paint(replace(FRESH, prompt="abstract", width_px=2928 * 2, height_px=352 * 2, mime_type="image/jpeg"))
    with Image.open(io.BytesIO(painting.data)) as picture:
        assert picture.size == (5856, 704)


@pytest.mark.parametrize("mime_type", ["image/jpeg", "image/png"])
def test_a_picture_is_of_the_asked_kind_and_says_who_painted_it(mime_type: str) -> None:
    painting = paint(replace(FRESH, mime_type=mime_type))  # type: ignore[arg-type]
    with Image.open(io.BytesIO(painting.data)) as picture:
        assert Image.MIME[picture.format or ""] == mime_type
        assert picture.mode == "RGB"
        assert [round(dots) for dots in picture.info["dpi"]] == [300, 300]
        note = picture.info["comment"].decode() if mime_type == "image/jpeg" else picture.info["Software"]
    assert "Retake sandbox, not by Gemini" in note


def test_the_record_in_a_file_holds_no_prompt() -> None:
    assert b"Pemberton" not in painted("A ceramic mug for Pemberton on linen, morning light").data


def test_the_mark_stands_in_the_lower_right_corner() -> None:
    pixels = pixels_of(painted("A white egg on a white background, studio").data)
    corner, left = pixels[-26:, -70:], pixels[-26:, :70]
    assert corner.min() < left.min() - 20
    assert corner.max() - corner.min() > 60


def test_the_subject_takes_the_colour_that_is_said_of_it() -> None:
    blue, red = (pixels_of(painted(f"a {c} vase, studio light").data) for c in ("cobalt blue", "red"))
    assert (blue[..., 2] - blue[..., 0]).max() > 80
    assert (red[..., 0] - red[..., 2]).max() > 80


@pytest.mark.parametrize("name", sorted(vocabulary().subjects))
def test_every_subject_can_be_found_by_its_first_word(name: str) -> None:
    word = vocabulary().subjects[name].words[0]
    assert read_brief(f"a {word}, studio light", bytes(32)).subject == name


def test_the_tables_are_as_rich_as_promised() -> None:
    words = vocabulary()
    assert len(words.subjects) >= 85
    assert len(words.lights) + len(words.surfaces) + len(styles()) >= 40
    assert len(words.colours) >= 40


def test_subjects_stand_out_from_their_room() -> None:
    for name, subject in list(vocabulary().subjects.items())[::5]:
        small = paint(replace(order(f"a {subject.words[0]}", seed=3), width_px=96, height_px=80))
        assert without_mark(pixels_of(small.data))[10:, 20:-20].std() > 8, name


def test_a_caption_is_one_honest_sentence() -> None:
    assert painted("a cobalt mug on linen, soft light").caption == "A cobalt mug on linen, soft window light."


@pytest.mark.parametrize("change", [{"seed": b"short"}, {"width_px": 0}])
def test_an_order_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must"):
        paint(replace(FRESH, **change))  # type: ignore[arg-type]


def test_an_endless_prompt_is_read_as_far_as_words_matter_and_says_so() -> None:
    endless = f"A red ceramic mug on linen. {'red blue green ' * 5000}"
    painting = painted(endless)
    assert painting.notice.startswith("I read only the first 4,000 characters.")
    assert "mug" in painting.caption
