"""Words asked for in posters and prompts: where they stand, how large, however they were given."""

import json
from dataclasses import replace

import numpy as np
import pytest

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.lettering.textplace import notice_of_length, quotes
from studio.sandbox.painter.reading.brief import read_brief
from studio.sandbox.painter.reading.designs import with_spot
from studio.sandbox.painter.reading.json_prompts import as_words
from studio.sandbox.painter.scene import scene_from_record, scene_to_record
from studio.sandbox.painter.sheets.poster import paint_poster
from tests.sandbox.painter.conftest import painted, pixels_of

SEED = bytes(range(32))
SIZE = {"width": 160, "height": 200}


def ink_of(prompt: str, *, word: str = "HELLO", other: str = "IIIII") -> Field:
    """Where the word is set: what changes when another is set in its place."""
    first, second = (
        paint_poster(read_brief(said, SEED), **SIZE).picture for said in (prompt, prompt.replace(word, other))
    )
    return np.asarray(np.abs(first - second).max(axis=-1) > 0.1)


@pytest.mark.parametrize(
    ("place", "rows", "columns"),
    [("at the top", (0.0, 0.32), (0.0, 1.0)), ("at the bottom", (0.68, 1.0), (0.0, 1.0)),
     ("in the centre", (0.33, 0.67), (0.0, 1.0)), ("on the left", (0.0, 1.0), (0.0, 0.42)),
     ("in the bottom left corner", (0.68, 1.0), (0.0, 0.8)), ("along the right edge", (0.0, 1.0), (0.84, 1.0))],
)  # fmt: skip
def test_a_posters_words_stand_where_they_were_asked(
    place: str, rows: tuple[float, float], columns: tuple[float, float]
) -> None:
    where = np.argwhere(ink_of(f'poster with "HELLO" {place}')) / (SIZE["height"], SIZE["width"])
    assert len(where) > 60
    assert rows[0] <= where[:, 0].min()
    assert where[:, 0].max() <= rows[1]
    assert columns[0] <= where[:, 1].min()
    assert where[:, 1].max() <= columns[1]


def test_each_of_two_lines_stands_at_its_own_place() -> None:
    prompt = 'jazz poster with "HELLO" at the top and "12 June" at the bottom'
    title, date = ink_of(prompt), ink_of(prompt, word="12 June", other="30 July")
    assert np.argwhere(title)[:, 0].max() < SIZE["height"] * 0.35
    assert np.argwhere(date)[:, 0].min() > SIZE["height"] * 0.7


def test_a_posters_words_are_as_large_as_asked() -> None:
    heights = [
        np.ptp(np.argwhere(ink_of(f'poster, "HELLO" at the top{size}'))[:, 0])
        for size in (", tiny", ", small", "", ", huge")
    ]
    assert heights == sorted(heights)
    assert heights[1] * 1.4 < heights[2]


def test_a_place_on_a_poster_comes_back_from_its_record() -> None:
    scene = read_brief('poster with "HELLO" at the top and "now" at the bottom, small', SEED)
    assert scene_from_record(scene_to_record(scene)) == scene
    assert scene_from_record({**scene_to_record(scene), "design": "poster other - - nowhere"}) is None


@pytest.mark.parametrize(
    "prompt",
    ['{"subject": "a green glass vase", "exclude": "text, people"}',
     json.dumps({"subject": {"object": "vase", "color": "green", "material": "glass"}, "avoid": ["text"]}, indent=2),
     'Paint this:\n```json\n{"prompt": "a green glass vase", "aspect_ratio": "1:1"}\n```'],
)  # fmt: skip
def test_a_prompt_in_json_is_read_for_what_it_means(prompt: str) -> None:
    painting = painted(prompt)
    assert painting.caption.startswith("A green glass vase")
    assert painting.notice == ""


def test_words_to_be_written_are_found_in_json() -> None:
    scene = read_brief(
        as_words('{"scene": "jazz poster", "title": {"content": "BLUE", "position": "at the top"}}'), SEED
    )
    assert (scene.kind, scene.text, scene.design.split(" ")[-1]) == ("poster", "BLUE", "top")


def test_what_only_looks_like_json_is_left_alone() -> None:
    for prompt in ('a {curly} "mug"', '{"a": ', "{" * 3000 + '"', "a mug"):
        assert as_words(prompt) == prompt


@pytest.mark.parametrize(
    ("prompt", "text"),
    [("Poster: “Jazz\nFestival\n2026”", "Jazz Festival 2026"), ("poster saying HELLO WORLD", "HELLO WORLD"),
     ("poster saying hello world in red", "hello world"), ("poster with the title Midnight Sun", "Midnight Sun"),
     ("a poster that says Good Morning at the top", "Good Morning"), (f'poster "{"WORD " * 40}"', ("WORD " * 40)[:-1])],
)  # fmt: skip
def test_words_are_found_however_they_are_given(prompt: str, text: str) -> None:
    assert read_brief(prompt, SEED).text == text


def test_words_too_long_to_set_are_cut_and_it_is_said() -> None:
    prompt = f'poster "{"WORD " * 80}"'
    assert 200 < len(quotes(prompt)[0].text) <= 240
    assert notice_of_length(prompt)
    assert not notice_of_length('poster "WORD"')


def test_the_book_of_a_book_cover_is_not_what_it_shows() -> None:
    assert read_brief('book cover "The Sea"', SEED).items == ()


def test_inches_are_no_quotation() -> None:
    assert quotes('a 6" plate and an 8" bowl') == []


def test_tags_are_no_words() -> None:
    assert as_words("make it <b>warmer</b>").split() == ["make", "it", "warmer"]


def test_a_posters_words_are_moved_and_resized() -> None:
    poster = painted('poster with "HELLO"').data
    for edit, said in (("move the title to the top", "the words at the top"), ("make the text smaller", "resized")):
        painting = painted(edit, source=poster)
        assert said in painting.caption
        assert painting.notice == ""
        assert (np.abs(pixels_of(painting.data) - pixels_of(poster)).max(axis=-1) > 30).mean() > 0.01


def test_a_line_keeps_its_place_when_another_is_moved() -> None:
    design = with_spot("poster other - -", 1, place="bottom", scale=1.0)
    scene = replace(read_brief('poster with "HELLO" and "now"', SEED), design=design)
    other = replace(scene, text="IIIII\nnow")
    moved = np.abs(paint_poster(scene, **SIZE).picture - paint_poster(other, **SIZE).picture).max(axis=-1) > 0.1
    assert np.argwhere(moved)[:, 0].max() < SIZE["height"] * 0.4
