"""The title a conversation gets from its first prompt."""

import pytest

from studio.title import UNTITLED, title_from

LONG = "A ceramic mug on linen, soft morning light from the left, calm neutral background"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A ceramic mug on linen, morning light", "A ceramic mug on linen, morning light"),
        ("Make it blue.", "Make it blue"),
        ("  two\n\nlines —", "two lines"),
        ("Which one?", "Which one?"),
        (LONG, "A ceramic mug on linen, soft morning light from the left…"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        ("山" * 80, "山" * 59 + "…"),
        ("", UNTITLED),
        ("...", UNTITLED),
    ],
)
def test_a_title_is_the_first_prompt_and_says_where_it_was_cut(text: str, title: str) -> None:
    assert title_from(text) == title
    assert len(title) <= 60
