"""What is added to a picture and where, as a value that fits into one line of a picture's record."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from studio.sandbox.painter.scene import is_colour
from studio.sandbox.painter.vocabulary import vocabulary

MOST = 7
"""Things added at once."""
_WHOLE = r"(?!(the )?(picture|image|frame|photo|scene|shot|canvas)\b)"

# The first that fits wins. "left of the mug" is beside it, "left of the picture" is the picture's left third.
_PLACES: tuple[tuple[str, str], ...] = (
    ("top-left", r"(top|upper)[- ]left|left[- ](top|upper)"),
    ("top-right", r"(top|upper)[- ]right|right[- ](top|upper)"),
    ("bottom-left", r"(bottom|lower)[- ]left|left[- ](bottom|lower)"),
    ("bottom-right", r"(bottom|lower)[- ]right|right[- ](bottom|lower)"),
    ("beside-left", rf"\bleft( side| hand side)? of {_WHOLE}|to its left"),
    ("beside-right", rf"\bright( side| hand side)? of {_WHOLE}|to its right"),
    ("on", r"on top of|\batop\b|stacked on|perched on|on its (top|head|lid)"),
    ("behind", r"\bbehind\b|in back of"),
    ("front", r"in front of"),
    ("background", r"in the (back|distance)\b|far away|background"),
    ("foreground", r"in the front\b|in front\b|foreground|close to the camera"),
    ("beside", r"\bbeside|next to|alongside|\bby (the|its|it)\b|close to|\bnear\b|adjacent|\bat its side|around"),
    ("sky", r"in the (sky|air)|\bflying\b|\babove\b|\bover(head)?\b|hovering|floating"),
    ("left", r"\bleft\b"),
    ("right", r"\bright\b"),
    ("below", r"\bunder(neath)?\b|\bbelow\b|beneath"),
    ("top", r"\b(top|upper)\b"),
    ("bottom", r"\b(bottom|lower)\b"),
    ("centre", r"\b(cent(re|er)|middle)\b"),
)
_DEPTHS = ("background", "foreground")
_BY_IT = ("behind", "front")
_SIDED_DEPTHS = tuple(f"{depth}-{side}" for depth in (*_DEPTHS, *_BY_IT) for side in ("left", "right"))
PLACES = (*(name for name, _ in _PLACES), *_SIDED_DEPTHS, "same", "")
_WHERE = re.compile(
    r"\b(on top of|to the (left|right)|on the (left|right|far|top|bottom)|left of|right of|at the|in the|in front|"
    r"behind|beside|next to|near|close to|around|above|over|under|below|beneath|underneath|atop|alongside|perched on|"
    r"stacked on|onto|on|by (the|it|its))\b"
)
_COUNTS: Mapping[str, int] = {
    "two": 2, "couple": 2, "pair": 2, "three": 3, "few": 3, "some": 3, "several": 4, "four": 4, "five": 5, "six": 6,
    "seven": 7, "many": 6,
}  # fmt: skip
_HEAPS: tuple[tuple[str, int], ...] = (
    (r"\bhalf a dozen\b", 6), (r"\bdozens\b", 24), (r"\bdozen\b", 12), (r"\bhundreds?\b", 100),
    (r"\bthousands?\b", 1000),
)  # fmt: skip
_SIZES: tuple[tuple[str, float], ...] = (
    (r"\b(tiny|mini|miniature|very small)\b", 0.5), (r"\b(small|little|smaller)\b", 0.7),
    (r"\b(huge|giant|enormous|gigantic)\b", 1.9), (r"\b(big|large|bigger|larger|tall)\b", 1.4),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placing:
    """Things of one kind set into a picture. Lengths in centimetres; the place is one of PLACES."""

    subject: str
    place: str = ""
    colour: str = ""
    finish: str = ""
    count: int = 1
    height_cm: float = 20.0
    beside_cm: float = 0.0
    """How high the picture's own subject is, 0 when that is not known."""
    pitch_deg: int = 12
    """How steeply the camera looks down."""
    seed: str = ""
    open_air: bool = False
    """Set into open country or a city rather than beside a subject on a table."""

    def text(self) -> str:
        """The line `placing_from` reads."""
        return "|".join((
            self.subject, self.place, self.colour, self.finish, str(self.count), f"{self.height_cm:.2f}",
            f"{self.beside_cm:.2f}", str(self.pitch_deg), self.seed,
            "open" if self.open_air else "",
        ))  # fmt: skip


def _number(text: str, low: float, high: float) -> float | None:
    """The number when it is one and within the range."""
    if re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,6})?", text) is None:
        return None
    return float(text) if low <= float(text) <= high else None


def placing_from(text: str) -> Placing | None:
    """The placing of a line found in a file, which may be anything; None unless every value is one of ours."""
    fields = text.split("|")
    if len(fields) != 10:
        return None
    subject, place, colour, finish, count, height, beside, pitch, seed, around = fields
    words = vocabulary()
    numbers = (_number(count, 1, MOST), _number(height, 0.1, 50000), _number(beside, 0, 50000), _number(pitch, 0, 90))
    good = (
        subject in words.subjects
        and place in PLACES
        and (colour == "" or is_colour(colour))
        and (finish == "" or finish in words.finishes)
        and re.fullmatch(r"[0-9a-f]{0,64}", seed) is not None
        and around in ("", "open")
    )
    if not good or None in numbers:
        return None
    n, high, near, down = (number or 0.0 for number in numbers)
    return Placing(
        subject=subject, place=place, colour=colour, finish=finish, count=int(n), height_cm=high, beside_cm=near,
        pitch_deg=int(down), seed=seed, open_air=around == "open",
    )  # fmt: skip


def place_in(clause: str) -> str:
    """The place the words name, "" for none."""
    place = next((name for name, pattern in _PLACES if re.search(pattern, clause)), "")
    side = re.search(r"\b(?:on|to|at|in) the (?:far )?(left|right)\b(?! of)", clause)
    return f"{place}-{side.group(1)}" if place in _DEPTHS and side is not None else place


def place_beside_it(clause: str) -> str:
    """As `place_in`, with the side of what is put behind or in front of the subject: "behind-right"."""
    place = place_in(clause)
    side = re.search(r"\b(?:on|to|at) the (left|right)\b(?! of)", clause)
    return f"{place}-{side.group(1)}" if place in _BY_IT and side is not None else place


def depth_and_side(place: str) -> tuple[str, str]:
    """A place as how far away and on which side: ("background", "left"); any other as it is, and ""."""
    depth, _, side = place.partition("-")
    return (depth, side) if place in _SIDED_DEPTHS else (place, "")


def before_place(clause: str) -> str:
    """The clause up to what says where: "a lemon on the left of the mug" speaks of a lemon."""
    cut = _WHERE.search(clause)
    return clause[: cut.start()] if cut else clause


def number_in(words: str) -> int:
    """The number said in figures or dozens, 0 for none."""
    found = re.search(r"\b(\d{1,5})\b(?! ?(?:cm|mm|px|%))", words)
    if found:
        return int(found.group(1))
    return next((number for pattern, number in _HEAPS if re.search(pattern, words)), 0)


def count_in(words: str) -> int:
    """How many of a thing the words before its noun ask for."""
    number = number_in(words)
    if number > 1:
        return min(number, MOST)
    return next((count for word, count in _COUNTS.items() if re.search(rf"\b{word}\b", words)), 1)


def size_in(words: str) -> float:
    """How much larger than usual, as a factor."""
    return next((factor for pattern, factor in _SIZES if re.search(pattern, words)), 1.0)


def frame_of(placing: Placing, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) in px of the part of a picture (height, width) that may change for it."""
    left, top, right, bottom = region_of(placing.place)
    return left * size[1], top * size[0], right * size[1], bottom * size[0]


def region_of(place: str) -> tuple[float, float, float, float]:
    """(left, top, right, bottom), 0–1: the part of the picture that may change for a thing put there."""
    third = 1 / 3
    sides = place.split("-") if place in ("top-left", "top-right", "bottom-left", "bottom-right") else [place]
    left, right = (2 * third if "right" in sides else 0.0), (third if "left" in sides else 1.0)
    top, bottom = (2 * third if "bottom" in sides else 0.0), (third if "top" in sides else 1.0)
    return (third, 0.0, 2 * third, 1.0) if place == "centre" else (left, top, right, bottom)
