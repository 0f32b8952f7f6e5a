"""The words of an edit as the readers know them: slips of the keyboard mended, roundabout wordings put plainly."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_WORD = re.compile(r"[a-z]{3,}")
_NEAR = 1


@cache
def _table() -> tuple[tuple[str, ...], Mapping[str, str], Mapping[str, tuple[tuple[re.Pattern[str], str], ...]]]:
    """(words worth mending, slips too far from theirs to be found, roundabout wordings with their plain ones: of a
    "whole" message, and "plain" of a clause).
    """
    rows = tomllib.loads((Path(__file__).parent / "wording.toml").read_text(encoding="utf-8"))
    plain = {
        kind: tuple((re.compile(row[0], re.IGNORECASE), str(row[1])) for row in rows[kind])
        for kind in ("whole", "plain")
    }
    return tuple(rows["words"].split()), rows["slips"], plain


def _is_one_slip(word: str, meant: str) -> bool:
    """Whether one letter was left out, added, changed or two neighbours exchanged; the first letter counts as sure."""
    if word[0] != meant[0] or abs(len(word) - len(meant)) > _NEAR:
        return False
    same = next((i for i, (a, b) in enumerate(zip(word, meant, strict=False)) if a != b), min(len(word), len(meant)))
    rest, goal = word[same:], meant[same:]
    swapped = rest[:2] == goal[1::-1] and rest[2:] == goal[2:] and len(rest) > 1
    return rest[1:] == goal[1:] or rest[1:] == goal or rest == goal[1:] or swapped


def _mended(word: str) -> str:
    words, slips, _ = _table()
    if word in slips:
        return slips[word]
    # An ending is no slip: "backgrounds", "sharpens".
    if word in words or any(word == f"{meant}{end}" for meant in words for end in ("s", "d", "r", "y", "e")):
        return word
    near: Sequence[str] = [meant for meant in words if len(word) > len("black") and _is_one_slip(word, meant)]
    return near[0] if len(near) == 1 else word


def plainly(text: str) -> str:
    """A clause (small letters) with slips mended and roundabout wordings replaced."""
    text = _WORD.sub(lambda hit: _mended(hit.group()), text)
    for pattern, plain in _table()[2]["plain"]:
        text = pattern.sub(plain, text)
    return text


def put_apart(prompt: str) -> str:
    """The message (quoted words masked) with each thing of a list asked for by itself where the list says it once."""
    for pattern, plain in _table()[2]["whole"]:
        prompt = pattern.sub(plain, prompt)
    return prompt
