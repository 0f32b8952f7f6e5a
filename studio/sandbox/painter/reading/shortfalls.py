"""What a picture of something known falls short of what was asked: parts that stay, and more of a thing than fit."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from studio.sandbox.painter.lettering.textplace import without_quotes
from studio.sandbox.painter.reading.cast_list import find_things
from studio.sandbox.painter.reading.finding import find_terms
from studio.sandbox.painter.reading.reading import count_before, cut_up
from studio.sandbox.painter.scene import MOST_THINGS, Scene
from studio.sandbox.painter.vocabulary import vocabulary

_COUNTS = ("", "one", "two", "three", "four", "five", "six", "seven")


@cache
def parts() -> Mapping[str, tuple[str, ...]]:
    """What is part of a model and cannot be left out, by subject or kind of scene."""
    table = tomllib.loads((Path(__file__).parent / "strangers.toml").read_text("utf-8"))
    return {name: tuple(words) for name, words in table["parts"].items()}


def notice_of_shortfall(prompt: str, scene: Scene) -> str:
    """Sentences on parts that stay though they were to go, and on what there are fewer of; "" where all is as asked."""
    wish = cut_up(without_quotes(prompt))
    shown = [scene.subject or scene.kind, *(item.subject for item in scene.items)]
    stays = [wish.left_out[hit.start : hit.end] for name in shown
             if name in parts() for hit in find_terms(wish.left_out, {name: parts()[name]})]  # fmt: skip
    said = [f"I do not know how to leave out “{stays[0]}” here, so it is still there."] if stays else []
    return " ".join((*said, *_too_many(wish.text, scene), *_vase_apart(wish.text, scene)))


def _vase_apart(text: str, scene: Scene) -> list[str]:
    """A sentence where flowers and their vase, which are one model, were to be of two colours."""
    names = "|".join(sorted(map(re.escape, vocabulary().colours), key=len, reverse=True))
    vase = re.search(rf"\b({names}) (?:[a-z]+ )?vase\b", text)
    codes = vocabulary().colours
    if scene.subject != "flowers" or vase is None or scene.colour in ("", codes[vase.group(1)]):
        return []
    return [f"The vase takes the flowers' colour here, so it is not {vase.group(1)}."]


def _too_many(text: str, scene: Scene) -> list[str]:
    """A sentence on the first thing of which there are fewer than asked."""
    if scene.kind != "object":
        return []
    counts = {scene.subject: scene.count, **{item.subject: item.count for item in scene.items}}
    since = 0
    for hit in find_things(text):
        asked = count_before(text, hit, since=since, plural=False)
        since = hit.end
        if asked > MOST_THINGS and hit.name in counts:
            noun = vocabulary().subjects[hit.name].many
            number = _COUNTS[counts[hit.name]]
            return [f"I painted {number} {noun}: no more than {_COUNTS[MOST_THINGS]} things have room in a picture."]
    return []


def is_understood(text: str) -> bool:
    """Whether a text (lower case) has so few words that there was nothing to understand."""
    return len(re.findall(r"[^\W\d_]{3,}", text)) < 2
