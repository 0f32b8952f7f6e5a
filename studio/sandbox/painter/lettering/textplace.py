"""Words asked for in a picture: which, where, in what face and colour. Read from a prompt, kept as one line of JSON."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from studio.sandbox.painter.lettering.typefaces import capitals, typefaces
from studio.sandbox.painter.lettering.wrapping import Align
from studio.sandbox.painter.vocabulary import vocabulary

Role = Literal["title", "subtitle", "small"]
Stand = Literal["top", "middle", "bottom"]
MOST_PIECES = 8
_MOST_LETTERS = 240
_QUOTED = re.compile(
    '(?<!\\d)["“„«”]((?:[^"”“»\n]|\n(?!\\s*\n)){1,1000})["”“»]|[「『]([^」』\n]{1,1000})[」』]'
    "|(?<!\\w)['‘’\u201a]((?:[^'’‘\n]|(?<=\\w)['’](?=\\w)){1,160}?)['’‘](?!\\w)"
)
"""A quotation may go on over a line's end, not over an empty line; after a figure the mark is one of inches."""
_NAME = r"[A-Z0-9][\w'’&!?-]*(?: (?:(?:&|and|of|the|in|to|a) )*[A-Z0-9][\w'’&!?-]*)*"
_SAID = re.compile(
    rf"\b(?:[Ss]aying|(?:that|which) (?:says|reads)|[Ww]ith the (?:words?|text|title|headline|slogan|lettering|name)"
    rf"|[Tt]itled|[Ee]ntitled):? ({_NAME})"
)
"""Words asked for without quotation marks, known by their capitals: "a poster saying HELLO WORLD"."""
_REFERENCE_LINE = re.compile(r'^\s*image\s+\d+\s*:\s*".*$', re.IGNORECASE | re.MULTILINE)
_JOINTS = re.compile(r"[,;.\n]|\band\b|\bthen\b|\bwith\b|\bplus\b")
_LETTERING = r"(?:text|letters|lettering|type|words?|font|caption|headline|title|writing|typography|script|sign|neon)"
_ON_THING = re.compile(r"\bon (?:the|its|his|her|their|my|a|an|it)\b ?(?:[a-z-]+ )?([a-z-]+)?")

CAPITALS = re.compile(r"\b(?:all[ -]caps|in caps|(?:in )?(?:all )?capitals|upper ?case)\b", re.IGNORECASE)
"""Asks for the words in capitals; it is no cap to wear."""
_BEARER = re.compile(
    r"\b([a-z-]+) (?:(?:with|bearing|printed with) (?:the |a )?(?:words?|text|slogan|name|lettering|label|print)"
    r"|(?:that|which) (?:says|reads)|saying|reading|printed with|label\w*|called|branded)\b"
)
"""What the words are said to be on: "a T-shirt with the words"."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A place in every picture, as shares of it; turned by so many degrees anticlockwise."""

    box: tuple[float, float, float, float]
    align: Align
    stand: Stand
    words: tuple[str, ...]
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Lexicon:
    places: Mapping[str, Placement]
    things: tuple[str, ...]
    bearers: tuple[str, ...]
    """Of the things those that words are printed on, said or not."""
    not_things: tuple[str, ...]
    role_words: Mapping[str, tuple[str, ...]]
    effects: Mapping[str, tuple[str, ...]]
    scales: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted words and where the quotation, marks and all, stands in the prompt."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    role: Role = "title"


@dataclass(frozen=True, slots=True)
class TextOrder:
    """Words set together at one place. An empty string is "not said"."""

    pieces: tuple[Piece, ...]
    place: str = ""
    """A key of the places, or "subject" for on the thing shown."""
    face: str = ""
    colour: str = ""
    effect: str = ""
    scale: float = 1.0

    @property
    def text(self) -> str:
        return " ".join(piece.text for piece in self.pieces)


@cache
def lexicon() -> Lexicon:
    table = tomllib.loads((Path(__file__).parent / "textplace.toml").read_text("utf-8"))
    places = {
        name: Placement(**{**row, "box": tuple(row["box"]), "words": tuple(row["words"])})
        for name, row in table["places"].items()
    }
    groups = {key: {name: tuple(words) for name, words in table[key].items()}
              for key in ("role_words", "effects", "scales")}  # fmt: skip
    return Lexicon(
        places=places,
        things=tuple(table["things"]["words"]),
        bearers=tuple(table["things"]["bearers"]),
        not_things=tuple(table["not_things"]),
        **groups,
    )


def quotes(prompt: str) -> list[Quote]:
    """Every quoted piece, in order; the names of references are not among them."""
    plain = _REFERENCE_LINE.sub(lambda m: " " * len(m.group()), prompt)
    found = []
    for m in _QUOTED.finditer(plain):
        text = next(" ".join(group.split()) for group in m.groups() if group)
        if text:
            found.append(Quote(_clipped(text), m.start(), m.end()))
    if not found:
        found = [Quote(_clipped(m.group(1)), m.start(1), m.end(1)) for m in _SAID.finditer(plain)]
    return found[:MOST_PIECES]


def _clipped(text: str) -> str:
    """A text as long as one can be set, cut between two words."""
    return text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1].rpartition(" ")[0] + "…"


def notice_of_length(prompt: str) -> str:
    """A sentence on quotations that were cut, "" where none was."""
    cut = any(quote.end - quote.start > _MOST_LETTERS and quote.text.endswith("…") for quote in quotes(prompt))
    return f"I set only the first {_MOST_LETTERS} letters of the words." if cut else ""


def without_quotes(prompt: str) -> str:
    """The prompt with every quotation left out, so that its words are not read as wishes."""
    bare = _QUOTED.sub(" ", prompt)
    return _SAID.sub(" ", bare) if bare == prompt else bare


@cache
def pattern_of(words: tuple[str, ...], *, plural: str = "") -> re.Pattern[str]:
    """Any of the words as a whole, the longest first."""
    said = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![a-z-])(?:{said}){plural}(?![a-z-])") if said else re.compile(r"(?!)")


def _named(text: str, table: Mapping[str, tuple[str, ...]]) -> list[tuple[int, str]]:
    """(place in the text, name) of each name said, of overlapping ones the longest."""
    hits = [(m.start(), m.end(), name) for name, words in table.items() for m in pattern_of(words).finditer(text)]
    hits.sort(key=lambda hit: hit[0] - hit[1])
    kept: list[tuple[int, int, str]] = []
    for hit in hits:
        if all(hit[1] <= other[0] or hit[0] >= other[1] for other in kept):
            kept.append(hit)
    return [(start, name) for start, _, name in sorted(kept)]


def _last(text: str, table: Mapping[str, tuple[str, ...]]) -> str:
    hits = _named(text, table)
    return hits[-1][1] if hits else ""


def read_place(words: str) -> str:
    """The place said in lower-case words: a key of the places, "subject", or ""."""
    known = lexicon()
    for match in _ON_THING.finditer(words):
        noun = match.group(1) or ""
        said = match.group().split()
        if said[1] == "it" or (noun and noun not in known.not_things and said[2] not in known.not_things):
            things = {*known.things, *(w for s in vocabulary().subjects.values() for w in s.words)}
            if said[1] == "it" or any(word in things for word in said[1:]):
                return "subject"
    bearer = _BEARER.search(words)
    borne = "subject" if bearer and bearer.group(1) in known.bearers else ""
    return _last(words, {name: place.words for name, place in known.places.items()}) or borne


def read_colour(words: str) -> str:
    """The colour said of the letters: "white text", "in red", "red letters"; never that of a thing."""
    codes = vocabulary().colours
    names = "|".join(re.escape(name) for name in sorted(codes, key=len, reverse=True))
    adjectives = r"(?:(?:bold|big|large|small|neon|bright|serif|italic|glowing|huge|condensed|thin|clean) )*"
    patterns = (
        rf"(?:^|(?<![a-z]))({names}) {adjectives}{_LETTERING}\b",
        rf"\bin {adjectives}({names})(?= ?(?:$|[,.;:]|and\b|at\b|on\b|across\b|{adjectives}{_LETTERING}))",
        rf"\b{_LETTERING}(?: colou?r)?(?: in| to| is|:)? {adjectives}({names})\b",
    )
    for pattern in patterns:
        match = re.search(pattern, words)
        if match:
            return codes[match.group(1)]
    return ""


def _contexts(prompt: str, found: list[Quote]) -> list[str]:
    """The words said of each quotation: those around it, parted from its neighbours' at a comma or an "and"."""
    low = prompt.lower()
    parts: list[list[str]] = [[] for _ in found]
    for i, quote in enumerate(found):
        before = low[found[i - 1].end if i else 0 : quote.start]
        if i == 0:
            parts[0].append(before)
            continue
        joints = list(_JOINTS.finditer(before))
        if not joints:
            parts[i - 1 if before.strip() and read_place(before) else i].append(before)
        else:
            cut = joints[0].start() if joints[0].start() > 0 else joints[0].end()
            parts[i - 1].append(before[:cut])
            parts[i].append(before[cut:])
    tail = low[found[-1].end :] if found else ""
    if found:
        parts[-1].append(tail.partition(".")[0] if len(found) > 1 else tail)
    return [" ".join(" ".join(part).split()) for part in parts]


def read_style(words: str) -> TextOrder:
    """Face, colour, effect and size said in lower-case words, without any text."""
    known = lexicon()
    return TextOrder(
        pieces=(), place=read_place(words), face=_last(words, typefaces().words), colour=read_colour(words),
        effect=_last(words, known.effects), scale=float(_last(words, known.scales) or 1.0),
    )  # fmt: skip


def role_said(words: str) -> str:
    """The role said in lower-case words, "" for none."""
    return _last(words, lexicon().role_words)


def _role(words: str, index: int) -> Role:
    said = role_said(words)
    return said if said in get_args(Role) else ("title", "subtitle", "small")[min(index, 2)]  # type: ignore[return-value]


def read_text_orders(prompt: str) -> tuple[TextOrder, ...]:
    """What is to be written, in the order said; pieces for one place are set together."""
    found = quotes(prompt)
    contexts = _contexts(prompt, found)
    styles = [read_style(words) for words in contexts]
    shared = next((style.place for style in styles if style.place), "")
    caps = CAPITALS.search(without_quotes(prompt).lower())
    orders: list[TextOrder] = []
    for i, (quote, words, style) in enumerate(zip(found, contexts, styles, strict=True)):
        place = style.place or (orders[-1].place if orders else shared)
        text = capitals(quote.text) if caps else quote.text
        if orders and orders[-1].place == place:
            last = orders[-1]
            piece = Piece(text, _role(words, len(last.pieces)))
            face, colour = last.face or style.face, last.colour or style.colour
            orders[-1] = replace(last, pieces=(*last.pieces, piece), face=face, colour=colour,
                                 effect=last.effect or style.effect)  # fmt: skip
        else:
            role = _role(words, i if not style.place else 0)
            if style.scale < 1:
                role = "title"  # alone at its place, "small" is said of the size
            orders.append(replace(style, place=place, pieces=(Piece(text, role),)))
    return tuple(orders)


def to_value(order: TextOrder) -> str:
    """The order as the value of an `Op`: short JSON."""
    row: dict[str, Any] = {"t": [[piece.text, piece.role] for piece in order.pieces]}
    fields = {"at": order.place, "face": order.face, "ink": order.colour, "fx": order.effect}
    row |= {key: value for key, value in fields.items() if value}
    if order.scale != 1.0:
        row["scale"] = order.scale
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def from_value(value: str) -> TextOrder | None:
    """The order of an `Op`'s value, which may come from anyone's file; None unless all of it is ours.

    Plain words, as records held at first, are a title at no particular place.
    """
    if not value.startswith(("{", "[")):
        return TextOrder((Piece(value),)) if 0 < len(value) <= _MOST_LETTERS else None
    try:
        row = json.loads(value)
    except ValueError:
        return None
    return _order_of(row) if isinstance(row, dict) else None


def _order_of(row: Mapping[str, Any]) -> TextOrder | None:
    pieces = row.get("t")
    texts = {key: row.get(key, "") for key in ("at", "face", "ink", "fx")}
    scale = row.get("scale", 1.0)
    if not isinstance(pieces, list) or not 0 < len(pieces) <= MOST_PIECES:
        return None
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(scale, int | float):
        return None
    known = lexicon()
    good = (
        all(_is_piece(piece) for piece in pieces)
        and (texts["at"] in ("", "subject") or texts["at"] in known.places)
        and (texts["face"] == "" or texts["face"] in typefaces().faces)
        and (texts["fx"] == "" or texts["fx"] in known.effects)
        and (texts["ink"] == "" or re.fullmatch(r"#[0-9a-f]{6}", texts["ink"]) is not None)
        and 0.1 <= scale <= 3
    )
    if not good:
        return None
    return TextOrder(
        tuple(Piece(text, role) for text, role in pieces), texts["at"], texts["face"], texts["ink"],
        effect=texts["fx"], scale=float(scale),
    )  # fmt: skip


def _is_piece(piece: object) -> bool:
    return (
        isinstance(piece, list)
        and len(piece) == 2
        and isinstance(piece[0], str)
        and 0 < len(piece[0]) <= _MOST_LETTERS
        and piece[1] in get_args(Role)
    )
