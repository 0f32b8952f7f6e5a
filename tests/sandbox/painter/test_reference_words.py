"""What is said of pictures given, and of the people in them: done, or said not to be."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from studio.sandbox.painter import paint
from studio.sandbox.painter.finish import decode
from studio.sandbox.painter.given.people_words import unread_of_people
from studio.sandbox.painter.given.reference_words import read_references
from studio.sandbox.painter.given.series import portrayed, sitter_of
from studio.sandbox.painter.given.stages import Stage
from tests.sandbox.painter.conftest import drawn, order, painted, pixels_of

SIZE = (256, 160)


def saved_anew(data: bytes) -> bytes:
    """The picture as another program saves it: without the sandbox's record."""
    out = io.BytesIO()
    Image.open(io.BytesIO(data)).convert("RGB").save(out, "JPEG", quality=92)
    return out.getvalue()


@pytest.fixture(scope="module")
def nora() -> bytes:
    return painted("portrait of a woman with red hair").data


@pytest.mark.parametrize(
    "words",
    ["Replace the background with image 1", "Use image 1 as the background", "Swap the background for image 1",
     "Change the background to image 1"],
)  # fmt: skip
def test_a_picture_comes_behind_the_subject_of_the_current_one(words: str) -> None:
    current = drawn("#c02020", width=SIZE[0], height=SIZE[1], ground="#d8d4cc")
    behind = drawn("#3060a0", width=SIZE[0], height=SIZE[1], ground="#3060a0")
    painting = painted(words, source=current, references=(behind,))
    before, after = pixels_of(current), pixels_of(painting.data)
    red = (before[..., 0] > 2 * before[..., 1]) & (before[..., 0] > 2 * before[..., 2])
    assert float((after[..., 0] > 1.6 * after[..., 2])[red].mean()) > 0.9, "the subject stays where it is"
    rim = np.concatenate([after[:20].reshape(-1, 3), after[:, :20].reshape(-1, 3)]).mean(axis=0)
    assert rim == pytest.approx((0x30, 0x60, 0xA0), abs=14)
    assert painting.notice == ""


def test_a_current_picture_without_a_subject_keeps_its_background() -> None:
    plain = drawn("#808890", width=SIZE[0], height=SIZE[1], ground="#808890")
    painting = painted("Replace the background with image 1", source=plain, references=(drawn("#3060a0"),))
    assert "could not tell a subject from its background" in painting.notice


@pytest.mark.parametrize(
    "words",
    [
        "A group photo of the people in images 1, 2 and 3 at the beach",
        "A group photo of the people in image 1, image 2 and image 3 at the beach",
        "The people from images 1-3 together",
        "The people from images 1 to 3 together",
    ],
)
def test_everyone_listed_is_in_the_group(words: str) -> None:
    wanted = read_references(words, 3, bytes(32))
    assert (wanted.people, wanted.ground, wanted.together) == ((0, 1, 2), None, True)


def test_the_picture_someone_is_put_in_is_still_the_scene() -> None:
    wanted = read_references("Put the woman from image 1 in image 2", 2, bytes(32))
    assert (wanted.items, wanted.ground) == ((0,), 1)


@pytest.mark.parametrize(
    ("words", "unread"),
    [
        ("the person from image 1 as an astronaut", ("as an astronaut",)),
        ("the person from image 1 riding a bicycle", ("riding a bicycle",)),
        ("the person from image 1 reading in a library", ("reading",)),
        ("the person from image 1 wearing a green coat in a park", ()),
        ("the woman from image 1 smiling in the kitchen", ()),
    ],
)
def test_what_comes_of_nothing_is_told_from_what_is_painted(words: str, unread: tuple[str, ...]) -> None:
    assert unread_of_people(words, dressed=True)[0] == unread


def test_clothes_of_someone_cut_out_stay_as_they_are() -> None:
    assert unread_of_people("the man from image 1 wearing a green coat", dressed=False)[0] == ("wearing a green coat",)


def test_a_person_is_shown_and_what_was_not_understood_is_said(nora: bytes) -> None:
    painting = painted("The person from image 1 as an astronaut", references=(nora,))
    assert painting.caption.startswith("The person of image 1")
    assert painting.notice == "I did not understand “as an astronaut”."


def test_a_person_wears_the_hat_that_is_asked_for(nora: bytes) -> None:
    bare, hatted = (
        pixels_of(painted(f"The woman from image 1 {words}", references=(nora,)).data)
        for words in ("smiling", "smiling and wearing a hat")
    )
    assert float(np.abs(bare - hatted)[:60].max(axis=-1).mean()) > 4


def test_a_board_for_want_of_better_says_so() -> None:
    painting = painted("the woman of image 1 dancing tango with image 2", references=(drawn("#c02020"),) * 2)
    assert "so I laid the pictures out side by side" in painting.notice


def test_a_picture_is_changed_alone_before_it_is_set_in() -> None:
    references = (drawn("#c02020", ground="#f4f4f4"), drawn("#2a7a4a", width=320, height=200, ground="#3060a0"))
    words = "Make image 1 black and white and put it on the scene of image 2"
    painting = painted(words, references=references)
    pixels = pixels_of(painting.data)
    assert painting.caption.startswith("Image 1 set into image 2")
    assert float((pixels[..., 2] > pixels[..., 0] + 60).mean()) > 0.3, "the scene keeps its colours"
    assert not ((pixels[..., 0] > 2 * pixels[..., 1]) & (pixels[..., 0] > 2 * pixels[..., 2])).any()


def test_a_number_no_picture_has_is_said_as_it_was_written() -> None:
    painting = painted("style of image 7", references=(drawn("#c02020"), drawn("#2a7a4a")))
    assert painting.notice == "There is no image 7: 2 pictures were given."


def portrait_saved_anew(words: str, *, width: int, height: int) -> bytes:
    return saved_anew(paint(replace(order(words), width_px=width, height_px=height)).data)


@pytest.mark.parametrize("words", ["portrait of a woman with red hair", "portrait of an old man with a white beard"])
def test_someone_cut_out_keeps_head_and_shoulders_in_one_piece(words: str) -> None:
    data = portrait_saved_anew(words, width=512, height=384)
    alpha = sitter_of(decode(data).picture).cut.alpha > 0.5
    height, width = alpha.shape
    head = alpha[round(height * 0.16) : round(height * 0.5), round(width * 0.42) : round(width * 0.58)]
    assert float(head.mean()) > 0.98
    assert alpha[-3:].mean() > 0.2, "down to the foot"
    assert not alpha[: round(height * 0.5), : round(width * 0.25)].any(), "nothing of the old wall"


def test_the_mark_of_a_picture_saved_anew_stays_behind() -> None:
    given = decode(portrait_saved_anew("portrait of a woman with red hair", width=384, height=512))
    assert not given.marked
    dark = Stage(np.zeros((512, 384, 3), dtype=np.float32), 0.6, "soft", "wall")
    picture = portrayed(dark, [given], text="", seed=bytes(32)).picture
    assert float(picture[-60:, 200:].min(axis=-1).max()) < 0.57, "no white letters on a dark coat"
