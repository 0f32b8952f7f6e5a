"""What a printed thing is about: its form, topic, palette and copy, chosen by the words and otherwise by the seed."""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from studio.sandbox.painter.colour import shifted, srgb
from studio.sandbox.painter.lettering.textplace import (
    MOST_PIECES,
    Piece,
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
_FOR = re.compile(
    r"(?<!style )(?<!styles )\b(?:for|of|to) ((?:[A-Z][\w'’&-]*)(?: (?:&|and|of|the|[A-Z0-9][\w'’&-]*))*)"
    r"(?=$|[,.;:!]| (?:in|at|on|with|by|from)\b)"
)
"""Of "invitation for Anna and Tom" and "travel poster of Lisbon": whom or what a sheet names unquoted."""
_SAYING = re.compile(
    r"\b(?:saying|(?:that|which) (?:says|reads)) ([\w'’&!? -]+?)"
    r"(?= (?:in|on|at|with|over|above|below) |[,.;:]|$)"
)
"""Of a poster "saying hello world", in whatever case."""
_MARKS = ("logo", "emblem")
"""Printed things that need no words."""
_OF_THINGS = ("icon", "pattern", "sticker")
LAID_OUT = ("card", "menu", "ticket", "logo", "emblem", "monogram", "wordmark", "icon", "pattern", "sticker")
"""Printed things whose words have a place of their own."""
_ASIDE = re.compile(r"\b(?:with|wearing|holding|on|in|beside)\b[^,;.]*$")
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
    spots: tuple["Spot", ...] = ()
    """Of the pieces of its copy in order; empty where neither a place nor a size was said of any."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a piece of copy stands, a key of the places or "" for anywhere, and its size as a factor."""

    place: str = ""
    scale: float = 1.0


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
    return " ".join((form, topic or "other", face or "-", mark or "-", *_spots_said(prompt)))


def _ranked(prompt: str) -> list[tuple[Piece, Spot]]:
    """The pieces of copy, the weightiest first, each with where it is to stand and how large."""
    pieces = [(piece, Spot(order.place if order.place in lexicon().places else "", order.scale))
              for order in read_text_orders(prompt) for piece in order.pieces]  # fmt: skip
    ranks = [row for role in ("title", "subtitle", "small") for row in pieces if row[0].role == role]
    return ranks[:MOST_PIECES]


def _spots_said(prompt: str) -> tuple[str, ...]:
    """The spots as a word of the design; nothing where none was said."""
    spots = [spot for _, spot in _ranked(prompt)]
    return () if all(spot == Spot() for spot in spots) else (_spelled(spots),)


def _spelled(spots: Sequence[Spot]) -> str:
    """Spots as a word of a design: "top,bottom*0.6"."""
    return ",".join(spot.place + (f"*{spot.scale:g}" if spot.scale != 1 else "") for spot in spots)


def _spots_of(value: str) -> tuple[Spot, ...] | None:
    """The spots of a design's word; None when it is not one of ours."""
    spots = []
    for part in value.split(",")[:MOST_PIECES]:
        place, _, scale = part.partition("*")
        if (place and place not in lexicon().places) or (scale and not re.fullmatch(r"[0-2](?:\.\d{1,3})?", scale)):
            return None
        spots.append(Spot(place, max(0.1, float(scale or 1))))
    return tuple(spots)


def is_printed(prompt: str, left_out: str, *, shown: bool, view: str) -> bool:
    """Whether what is asked for is a printed thing itself: not an icon seen in space, nor stickers on something.

    left_out: what the prompt forbids; a poster without words is the picture it would have.
    shown: whether anything was named that an icon, a pattern or a sticker could show.
    """
    text = without_quotes(prompt).lower()
    design = design_of(read_design(prompt))
    if design is None or design.form not in _OF_THINGS:
        wordless = re.search(r"\b(?:text|words?|letter\w*|typography)\b", left_out)
        return wordless is None or (design is not None and design.form in _MARKS)
    said = pattern_of(designs().forms[design.form]).search(text)
    modelled = view == "iso" or re.search(r"\b(?:3d|clay|glossy)\b", text) is not None
    return shown and not modelled and not (said and _ASIDE.search(text[: said.start()]))


def names_form(words: Collection[str], prompt: str) -> bool:
    """Whether one of a thing's words only says what is printed: the book of "book cover"."""
    text = without_quotes(prompt).lower()
    said = [word for forms in designs().forms.values() for word in forms if " " in word and word in text]
    return any(word in phrase.split() for phrase in said for word in words)


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
    if len(parts) not in (4, 5):
        return None
    form, topic, face, mark = parts[:4]
    spots = _spots_of(parts[4]) if len(parts) > 4 else ()
    known_words = form in known.forms and topic in known.topics and spots is not None
    if not known_words or face not in ("-", *typefaces().faces) or mark not in ("-", *known.mark_words):
        return None
    return Design(form, topic, face.strip("-"), mark.strip("-"), spots or ())


def read_copy(prompt: str) -> str:
    """The words to set, one piece a line, the weightiest first; "" when there are none or none are wanted."""
    pieces = _ranked(prompt)
    if pieces:
        return "\n".join(piece.text for piece, _ in pieces)
    if re.search(r"\b(no|without)( any)? (text|words|letters|lettering|typography)\b", prompt.lower()):
        return ""
    said = _SAYING.search(prompt)
    if said:
        return said.group(1)
    plain = without_quotes(prompt)
    named = _NAMED.search(plain) or _FOR.search(plain)
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


def describe_design(design: str, text: str, things: str = "") -> str:
    """One sentence on a printed thing: what it is, which things it is drawn of, and what it reads."""
    form = (design_of(design) or Design()).form
    names = {"film": "film poster", "magazine": "magazine cover", "book": "book cover", "card": "business card",
             "album": "album cover", "sticker": "sheet of stickers", "pattern": "seamless pattern"}  # fmt: skip
    noun = names.get(form, form)
    pieces = [piece for piece in text.split("\n") if piece]
    said = " · ".join(f"“{piece}”" for piece in pieces)
    what = f"{'An' if noun[0] in 'aeiou' else 'A'} {noun}" + (
        f" {'of' if form in _OF_THINGS else 'with'} {things}" if things else ""
    )
    return what + (f" that reads {said}." if said else "." if form in _OF_THINGS else " without words.")


def is_laid_out(design: str) -> bool:
    """Whether the words of a printed thing cannot be put elsewhere on it."""
    return (design_of(design) or Design()).form in LAID_OUT


def with_face(design: str, face: str) -> str:
    """The design set in another face."""
    parts = (design or "poster other - -").split(" ")
    return " ".join((*parts[:2], face, *parts[3:]))


def with_spot(design: str, index: int, *, place: str, scale: float) -> str:
    """The design with one piece of its copy at another place ("" for where it is) and so much larger."""
    spots = list((design_of(design) or Design()).spots)
    spots += [Spot()] * (index + 1 - len(spots))
    old = spots[index]
    spots[index] = Spot(place or old.place, min(2.5, max(0.2, round(old.scale * scale, 3))))
    parts = (design or "poster other - -").split(" ")
    return " ".join((*parts[:4], _spelled(spots)))
