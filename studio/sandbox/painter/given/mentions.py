"""Which picture is meant where a prompt names one: "image 2", "the second picture", "images 1-3", "hall.png"."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from studio.sandbox.painter.reading.brief import without_references

_MOST_LISTED = 14
_INTRODUCED = re.compile(r'^\s*image\s+(\d+)\s*:\s*"([^"\n]*)"\s*(?:\((\w+)\))?(.*)$', re.IGNORECASE | re.MULTILINE)
MENTION = re.compile(r"\bimage (\d+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Label:
    """How a picture is introduced in the prompt; the number is the one the prompt's words use."""

    number: int
    name: str = ""
    role: str = ""


@cache
def references_table() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "references.toml").read_text(encoding="utf-8"))


@cache
def any_of(kind: str, name: str) -> str:
    words = "|".join(references_table()[kind][name])
    return rf"(?<![\w-])(?:{words})(?![\w-])"


def says(name: str, text: str) -> bool:
    """Whether a text (lower case) holds one of the words listed under a name of references.toml."""
    return re.search(any_of("words", name), text) is not None


def labels_of(prompt: str, count: int) -> tuple[Label, ...]:
    """The label of each picture given; a picture attached in an earlier turn is introduced but not among them."""
    found = [
        Label(int(number), name, (role or "").lower())
        for number, name, role, rest in _INTRODUCED.findall(prompt)
        if "attached earlier" not in rest
    ]
    if len(found) == count:
        return tuple(found)
    roles = {label.number: label for label in found}
    return tuple(roles.get(number, Label(number)) for number in range(1, count + 1))


def numbered(text: str, labels: Sequence[Label]) -> str:
    """The text with every way of naming a picture as "image n", n counted in the order given; lists joined by "+"."""
    numbers, picture = references_table()["number"], "|".join(references_table()["words"]["picture"])
    ordinals = "|".join(numbers)
    place = {str(label.number): str(i + 1) for i, label in enumerate(labels)}

    def swap(pattern: str, by: str | Callable[[re.Match[str]], str]) -> None:
        nonlocal text
        text = re.sub(pattern, by, text, flags=re.IGNORECASE)

    for label in labels:
        if len(label.name) > 3 and "." in label.name:
            swap(re.escape(label.name), f"image {label.number}")
    swap(rf"\bthe last (?:{picture})\b", f"image {labels[-1].number}")
    swap(rf"\b(?:the )?({ordinals}) (?:of the )?(?:{picture})\b", lambda m: _ordinal(m.group(1), m.group(0)))
    swap(rf"\bthe ({ordinals})(?: one)?(?=\s*(?:[,.;]|$|(?:on|in|into|onto|to|as|and|beside|with)\b))",
         lambda m: _ordinal(m.group(1), m.group(0)))  # fmt: skip
    swap(rf"@?\b(?:{picture})\s?#?({ordinals})\b", lambda m: f"image {numbers[m.group(1).lower()]}")
    swap(rf"\b(?:{picture})(?<=s)\s?#?(\d{{1,2}})\s?(?:-|–|—|to|through)\s?(\d{{1,2}})\b", _run)
    swap(rf"@?\b(?:{picture})[\s_-]?#?(\d{{1,2}})\b", r"image \1")
    if len(labels) == 1:
        swap(_THE_ONE, f"image {labels[0].number}")
    text = _runs_of_one(text)
    listed = re.compile(
        r"\b(image \d+) ?(?:, ?and|,|\band\b|&|\+(?! image)) ?(?:image )?(\d{1,2})\b"
        r"(?! ?[x×%:]| (?:times|copies|pieces|more|of)\b)"
    )
    for _ in range(_MOST_LISTED):
        text = listed.sub(r"\1 + image \2", text)
    swap(r"\bnext to\b", "beside")
    return MENTION.sub(lambda m: f"image {place.get(m.group(1), str(100 + int(m.group(1))))}", text)


_THE_ONE = (
    r"\b(?:the|this|my) (?:reference|attached|uploaded|supplied)(?: (?:image|picture|photo|file))?\b"
    r"(?!,? image)(?! (?:\w+ )?#?\d)"
)
_NAME_ENDS = (
    r"(?=\s*(?:[,.;:!?]|$)|\s+(?:on|into|onto|at|to|and|with|by|beside|behind|before|under|over|next|against|near|as"
    r"|is|are|for|inside|in|floating|standing|lying)\b(?! (?:the )?image))"
)


def named_by_label(text: str, labels: Sequence[Label]) -> str:
    """The text with "the bottle" as "the bottle of image 1" where that picture's file is called so, and "the product",
    "the person" and "the scene" as the one picture with that role; text as `numbered` gives it."""
    named = {int(number) - 1 for number in MENTION.findall(text)}
    free = [i for i in range(len(labels)) if i not in named and labels[i].role != "style"]
    things, persons, scenes, others = (
        [i for i in free if labels[i].role in role] for role in (("object",), ("person",), ("scene",), ("", "other"))
    )
    scenes = scenes or (others if things or persons else [])
    swaps = [(rf"(?:the|my|our|this|that|an?) (?:[a-z-]+ )?{noun}", i) for i, noun in _nouns(free, labels).items()]
    swaps += [(rf"(?:the|my|our|this) {any_of('words', 'thing')}", i) for i in things if len(things) == 1]
    swaps += [(rf"(?:the|this) {any_of('words', 'person')}", i) for i in persons if len(persons) == 1]
    for pattern, i in swaps:
        text = re.sub(rf"\b({pattern}){_NAME_ENDS}", rf"\1 of image {i + 1}", text, flags=re.IGNORECASE)
    if len(scenes) == 1:
        scene = rf"\b(?:the|this|that) {any_of('words', 'scene')}{_NAME_ENDS}"
        text = re.sub(scene, f"image {scenes[0] + 1}", text, flags=re.IGNORECASE)
    return text


def _nouns(among: Sequence[int], labels: Sequence[Label]) -> dict[int, str]:
    """The last word of each picture's file name, where it can name a thing and names one picture alone."""
    stems = {i: re.findall(r"[a-z]{3,}", labels[i].name.rsplit(".", 1)[0].lower())[-1:] for i in among}
    words = {i: stem[0] for i, stem in stems.items() if stem and "." in labels[i].name}
    dull = [i for i, word in words.items() if any(says(kind, word) for kind in ("picture", "scene", "thing", "person"))]
    return {i: word for i, word in words.items() if i not in dull and list(words.values()).count(word) == 1}


def _runs_of_one(text: str) -> str:
    """Spells "image 1 to 14" out, and "image 1 to image 14"; where something is moved, "to" says where it goes."""

    def spelt(match: re.Match[str]) -> str:
        before = re.split(r"[.;\n]", text[: match.start()].lower())[-1]
        to = match.group(2).lower() == "to"
        return match.group() if to and (says("carry", before) or says("style", before)) else _run(match)

    ends = r"\bimage (\d{1,2})\s?(-|–|—|through|thru|until|up to|to)\s?(?:image )?(\d{1,2})\b(?! (?:times|copies)\b)"
    return re.sub(ends, spelt, text, flags=re.IGNORECASE)


def _run(match: re.Match[str]) -> str:
    """Spells "images 2-4" out; anything but a rising run of a few stays as it is."""
    first, last = int(match.group(1)), int(match.groups()[-1])
    if not first < last < first + _MOST_LISTED:
        return match.group()
    return " + ".join(f"image {number}" for number in range(first, last + 1))


def as_written(text: str, labels: Sequence[Label]) -> str:
    """The text with every picture by the number the prompt uses, not the one it was counted by."""

    def number(match: re.Match[str]) -> str:
        at = int(match.group(1))
        return f"image {labels[at - 1].number if at <= len(labels) else at - 100}"

    return MENTION.sub(number, text)


def _ordinal(word: str, whole: str) -> str:
    """Turns "the second picture" into a number, and leaves "two pictures" a count."""
    plural = whole.endswith("s")
    cardinal = word.lower() in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return whole if plural or cardinal else f"image {references_table()['number'][word.lower()]}"


def mentions(text: str, count: int) -> list[int]:
    """Indices of the pictures a text names, each once, in order."""
    numbers = [int(n) - 1 for n in MENTION.findall(text)]
    return [n for n in dict.fromkeys(numbers) if 0 <= n < count]


def absent(prompt: str, labels: Sequence[Label]) -> tuple[int, ...]:
    text = numbered(without_references(prompt), labels)
    return tuple(dict.fromkeys(int(n) - 100 for n in MENTION.findall(text) if int(n) > 100))
