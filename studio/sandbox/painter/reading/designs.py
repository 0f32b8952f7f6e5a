"""What a printed thing is about: its form, topic, palette and copy, chosen by the words and otherwise by the seed."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from studio.sandbox.painter.colour import shifted, srgb
from studio.sandbox.painter.lettering.textplace import (
    MOST_PIECES,
    lexicon,
    pattern_of,
    quotes,
    read_text_orders,
    without_quotes,
)
from studio.sandbox.painter.lettering.typefaces import typefaces
from studio.sandbox.painter.vocabulary import vocabulary

_NAMED = re.compile(
    r"\b(?:called|named|titled|entitled) "
    r"((?:[A-Z0-9][\w'’&-]*)(?: (?:&|and|of|the|[A-Z0-9][\w'’&-]*))*)"
)
_LETTERS = r"(?:letters|lettering|text|type|words|ink|print)"


@dataclass(frozen=True, slots=True)
class Topic:
    words: tuple[str, ...]
    layouts: tuple[str, ...]
    palettes: tuple[str, ...]
    marks: tuple[str, ...]
    subjects: tuple[str, ...] = ()
    """Of the vocabulary: what a product poster shows."""


@dataclass(frozen=True, slots=True)
class Designs:
    forms: Mapping[str, tuple[str, ...]]
    topics: Mapping[str, Topic]
    palettes: Mapping[str, tuple[str, ...]]
    mark_words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Design:
    """Keys of the forms, the topics, the faces and the marks; the last two may be empty."""

    form: str = "poster"
    topic: str = "other"
    face: str = ""
    mark: str = ""


@cache
def designs() -> Designs:
    table = tomllib.loads((Path(__file__).parent / "designs.toml").read_text("utf-8"))
    return Designs(
        forms={name: tuple(words) for name, words in table["forms"].items()},
        topics={name: Topic(**{key: tuple(value) for key, value in row.items()})
                for name, row in table["topics"].items()},
        palettes={name: tuple(codes) for name, codes in table["palettes"].items()},
        mark_words={name: tuple(words) for name, words in table["mark_words"].items()},
    )  # fmt: skip


def _first(text: str, table: Mapping[str, tuple[str, ...]]) -> str:
    """The name of the first term in the text, the longest where two begin together."""
    hits = [
        (match.start(), -len(match.group()), name)
        for name, words in table.items()
        for match in [pattern_of(words, plural="(?:s|es)?").search(text)]
        if match
    ]
    return min(hits)[2] if hits else ""


def read_design(prompt: str) -> str:
    """The design a prompt asks for, as a scene keeps it: "poster jazz - -", "logo coffee serif coffee"."""
    known = designs()
    text = without_quotes(prompt).lower()
    # The most telling form: "film poster" is a film's even where "poster" stands first.
    form = max((name for name in known.forms if _first(text, {name: known.forms[name]})),
               key=lambda name: max(len(w) for w in known.forms[name] if w in text), default="poster")  # fmt: skip
    without_form = re.sub("|".join(re.escape(w) for w in known.forms[form]), " ", text) if form != "film" else text
    topics = {name: topic.words for name, topic in known.topics.items()}
    topic = _first(without_form, topics) or _first(" ".join(q.text.lower() for q in quotes(prompt)), topics)
    face = next((order.face for order in read_text_orders(prompt) if order.face), "") or _face_said(text)
    mark = _first(without_form, known.mark_words)
    return " ".join((form, topic or "other", face or "-", mark or "-"))


def _face_said(text: str) -> str:
    words = {f"{word} {noun}": name for name, said in typefaces().words.items() for word in said
             for noun in ("type", "typography", "lettering", "font", "letters", "text", "title")}  # fmt: skip
    return next((words[word] for word in sorted(words, key=len, reverse=True) if word in text), "")


def design_of(value: str) -> Design | None:
    """The design a scene keeps; None when it is not one of ours. An empty value is any poster."""
    if not value:
        return Design()
    known = designs()
    parts = value.split(" ")
    if len(parts) != 4:
        return None
    form, topic, face, mark = parts
    known_words = form in known.forms and topic in known.topics
    if not known_words or face not in ("-", *typefaces().faces) or mark not in ("-", *known.mark_words):
        return None
    return Design(form, topic, face.strip("-"), mark.strip("-"))


def read_copy(prompt: str) -> str:
    """The words to set, one piece a line, the weightiest first; "" when there are none or none are wanted."""
    pieces = [piece for order in read_text_orders(prompt) for piece in order.pieces]
    if pieces:
        ranks = [piece for role in ("title", "subtitle", "small") for piece in pieces if piece.role == role]
        return "\n".join(piece.text for piece in ranks[:MOST_PIECES])
    if re.search(r"\b(no|without)( any)? (text|words|letters|lettering|typography)\b", prompt.lower()):
        return ""
    named = _NAMED.search(without_quotes(prompt))
    return named.group(1) if named and named.group(1).lower() not in lexicon().not_things else ""


def colours_on(text: str) -> tuple[str, str]:
    """(ink, ground) of "white on blue" in a text (lower case), as "#rrggbb"; two empty strings where it is not said."""
    codes = vocabulary().colours
    name = "|".join(re.escape(word) for word in sorted(codes, key=len, reverse=True))
    said = re.search(rf"\b({name})(?: {_LETTERS})? on (?:an? |the )?(dark |deep |light |pale )?({name})\b", text)
    if said is None:
        return "", ""
    ink, tone, ground = said.groups()
    return codes[ink], _toned(codes[ground], (tone or "").strip())


def _toned(code: str, tone: str) -> str:
    light = {"dark": -0.2, "deep": -0.14, "light": 0.14, "pale": 0.22}.get(tone, 0.0)
    if not light:
        return code
    return "#" + "".join(f"{round(float(v) * 255):02x}" for v in np.clip(shifted(srgb(code), light=light), 0, 1))


def describe_design(design: str, text: str) -> str:
    """One sentence on a printed thing: what it is and what it reads."""
    form = (design_of(design) or Design()).form
    names = {"film": "film poster", "magazine": "magazine cover", "book": "book cover", "card": "business card",
             "album": "album cover"}  # fmt: skip
    noun = names.get(form, form)
    pieces = [piece for piece in text.split("\n") if piece]
    said = " · ".join(f"“{piece}”" for piece in pieces)
    return f"{'An' if noun[0] in 'aeiou' else 'A'} {noun}" + (f" that reads {said}." if said else " without words.")


def with_face(design: str, face: str) -> str:
    """The design set in another face."""
    known = design_of(design) or Design()
    return " ".join((known.form, known.topic, face, known.mark or "-"))
