"""The bundled fonts: which there are, which characters each can show, and which one shows a character."""

import struct
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont, features

_HERE = Path(__file__).parent
_JOINERS = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f")


@dataclass(frozen=True, slots=True)
class Typeface:
    """Leading and tracking are in sizes: 1.1 is a line every 1.1 × the size."""

    file: str
    leading: float
    tracking: float
    next: str
    weight: int = 0
    """Of a variable font; 0 where there is one weight."""


@dataclass(frozen=True, slots=True)
class Typefaces:
    faces: Mapping[str, Typeface]
    world: tuple[str, ...]
    """Tried in this order for what a face and its next of kin lack."""
    words: Mapping[str, tuple[str, ...]]
    not_first: str
    """Characters no line of Chinese or Japanese begins with."""
    not_last: str


@cache
def typefaces() -> Typefaces:
    table = tomllib.loads((_HERE / "typefaces.toml").read_text("utf-8"))
    return Typefaces(
        faces={name: Typeface(**row) for name, row in table["faces"].items()},
        world=tuple(table["world"]),
        words={name: tuple(words) for name, words in table["words"].items()},
        not_first=table["not_first"],
        not_last=table["not_last"],
    )


@cache
def shapes_scripts() -> bool:
    """Whether Pillow has raqm here. Without it letters are set one by one: no joining, no ligatures."""
    return bool(features.check("raqm"))


@lru_cache(maxsize=192)
def font(face: str, size_px: int) -> ImageFont.FreeTypeFont:
    kind = typefaces().faces[face]
    engine = ImageFont.Layout.RAQM if shapes_scripts() else ImageFont.Layout.BASIC
    loaded = ImageFont.truetype(str(_HERE / "fonts" / kind.file), size_px, layout_engine=engine)
    if kind.weight:
        loaded.set_variation_by_axes([kind.weight])
    return loaded


def _segments(table: bytes) -> set[int]:
    """The characters of a format 4 subtable of cmap (OpenType 1.9)."""
    count = struct.unpack_from(">H", table, 6)[0] // 2
    column = [struct.unpack_from(f">{count}H", table, 14 + 2 * count * i + (2 if i else 0)) for i in range(4)]
    known: set[int] = set()
    for i, (end, start, delta, shift) in enumerate(zip(*column, strict=True)):
        place = 16 + 6 * count + 2 * i
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code
            if shift:
                glyph = struct.unpack_from(">H", table, place + shift + 2 * (code - start))[0]
            if glyph and (glyph + delta) & 0xFFFF:
                known.add(code)
    return known


def _groups(table: bytes) -> set[int]:
    """The characters of a format 12 subtable."""
    known: set[int] = set()
    for i in range(struct.unpack_from(">I", table, 12)[0]):
        start, end, glyph = struct.unpack_from(">III", table, 16 + 12 * i)
        known.update(range(start + (glyph == 0), end + 1))
    return known


@cache
def _characters(file: str) -> frozenset[int]:
    """The code points a font file maps to a glyph. Pillow has no way to ask."""
    data = (_HERE / "fonts" / file).read_bytes()
    tables = {data[12 + 16 * i : 16 + 16 * i]: 12 + 16 * i for i in range(struct.unpack_from(">H", data, 4)[0])}
    start = struct.unpack_from(">I", data, tables[b"cmap"] + 8)[0]
    known: set[int] = set()
    for i in range(struct.unpack_from(">H", data, start + 2)[0]):
        table = data[start + struct.unpack_from(">I", data, start + 8 + 8 * i)[0] :]
        known |= {4: _segments, 12: _groups}.get(struct.unpack_from(">H", table)[0], lambda _: set())(table)
    return frozenset(known)


def shows(face: str, character: str) -> bool:
    """Whether the face has a glyph for it; what only joins or parts letters needs none."""
    return ord(character) in _characters(typefaces().faces[face].file) or character in _JOINERS


@cache
def chain(face: str) -> tuple[str, ...]:
    """The faces asked in turn, beginning with the one wished."""
    known = typefaces()
    names = [face, known.faces[face].next]
    names.append(known.faces[names[-1]].next)
    return tuple(dict.fromkeys((*names, *known.world)))


@cache
def script_of(character: str) -> str:
    """The first word of its Unicode name (LATIN, GREEK, HEBREW …); "" for digits, marks, blanks and signs."""
    if not unicodedata.category(character).startswith("L"):
        return ""
    first = unicodedata.name(character, "UNKNOWN").partition(" ")[0]
    return {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK", "FULLWIDTH": "CJK"}.get(first, first)


def capitals(text: str) -> str:
    """The text in capitals; Greek ones lose their accents, as Greek is printed, but keep a diaeresis."""
    plain = []
    for letter in text.upper():
        parts = unicodedata.normalize("NFD", letter)
        greek = script_of(letter) == "GREEK"
        plain.append(unicodedata.normalize("NFC", parts.replace("\u0301", "")) if greek else letter)
    return "".join(plain)


def faces_for(text: str, face: str) -> list[str]:
    """The face of each character: one face for a whole script where one has it all, so that no word mixes two."""
    order = chain(face)
    scripts: dict[str, set[str]] = {}
    for c in text:
        scripts.setdefault(script_of(c), set()).add(c)
    home = {
        name: next((f for f in order if all(shows(f, c) for c in letters)), "")
        for name, letters in scripts.items()
        if name
    }
    chosen: list[str] = []
    for c in text:
        script = script_of(c)
        wished = home[script] if script else chosen[-1] if chosen else face
        able = (f for f in (wished, *order) if f and shows(f, c))
        chosen.append(next(able, wished or face))
    return chosen


def unreadable(text: str) -> str:
    """The characters no bundled font can show, each once, in order; "" when all is well."""
    missing = [c for c in text if not c.isspace() and not any(shows(f, c) for f in chain("sans"))]
    return "".join(dict.fromkeys(missing))
