"""What a prompt says besides its subject: what to leave out, how many, of what material, how framed, where."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from studio.sandbox.painter.reading.finding import Found, find_terms
from studio.sandbox.painter.scene import Order, Place, Stage, Support, View
from studio.sandbox.painter.vocabulary import vocabulary

_FIELDS = re.compile(
    r"(?<!\w)(style|composition|technical|subject|setting|location|environment|scene|lighting|light|camera|lens|palette"
    r"|colou?rs?|colou?r palette|mood|background|details|action"
    r"|do not include|negative(?: prompt)?|avoid|exclude|without):\s"
)
_OUT_FIELDS = ("do not include", "negative", "negative prompt", "avoid", "exclude", "without")
_SUBJECT_FIELDS = ("subject", "details", "action")
_PALETTE_FIELDS = ("palette", "color", "colour", "colors", "colours", "color palette", "colour palette")
_SAID_SO = {"lighting": "light", "light": "light", "background": "background"}
"""What a field's value says of the picture without the field's name: "Background: sage" is a sage background."""
_LEFT_OUT = re.compile(
    r"\b(?:no|without(?: any)?|avoid(?:ing)?|exclud(?:e|ing)|never|don['’]?t (?:include|add|show)"
    r"|do not (?:include|add|show))"
    r"[:\s]+((?:(?!\b(?:but|and then|with|on|in)\b)[\w' -]){2,48}(?:\s(?:or|nor)\s[\w' -]{2,30})?)"
)
_DENIED = re.compile(r"\bnot (?:(?:in|on|an?|the) ){0,2}([a-z]+)(?=\s*(?:[,.;:!]|$))")
"""Of "an apple, not red"."""
_LENS = re.compile(
    r"\b\d+\s?-?mm(?: [a-z]+)? ?lens\b|\b\d+\s?-?mm\b|\bf/?\d+(?:\.\d+)?\b"
    r"|\b(?:macro|wide|prime|telephoto|tilt-shift|zoom) lens\b"
    r"|\bcamera (?:angle|lens|view|position)\b|\bshot (?:on|with) [\w ]+|\bdepth of field\b|\b[48]k\b"
    r"|\b(?:children['’]?s |story)?book illustrations?\b|\bcamera settings?\b"
)
_GENRES = re.compile(
    r"\b(?:food|product|portrait|fashion|street|landscape|wildlife|architectur\w+|still[- ]life|beauty|interior|car"
    r"|automotive|travel|drone|aerial|jewel\w+|watch|hero|brand|campaign|catalogue)[- ]"
    r"(?:photo\w*|shots?|shoot|styling|stylist|images?|pictures?|render\w*)\b|\bapp icons?\b"
    r"|\bshadows? of (?:an? |the )?[\w-]+(?: (?:leaf|leaves|blinds|window|tree))?\b"
)
"""What names the trade, not a thing: "food photography" holds no food of its own."""
_NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "pair of": 2, "couple of": 2, "trio of": 3,
    "a few": 3, "some": 3, "several": 4, "many": 6, "lots of": 7,
    "dozen": 12, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15,
    "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100,
    "hundreds of": 100, "thousand": 1000, "thousands of": 1000,
    "8": 8, "9": 9, "10": 10, "12": 12, "15": 15, "20": 20, "50": 50, "100": 100,
    "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7,
}  # fmt: skip
_COUNT = re.compile(rf"\b({'|'.join(sorted(_NUMBERS, key=len, reverse=True))})(?:\s+[\w-]+){{0,3}}\s*$")
_RIM = re.compile(
    r"\b(?:rim[- ]?li(?:ght|t)\w*|back[- ]?li(?:ght|t)\w*|edge light\w*|halo light|contre-jour|against the light)\b"
)
_PLAIN = re.compile(
    r"\b(?:minimal\w*|simple|uncluttered|empty|bare|isolated|plain|no props|negative space|clean|copy space|spare)\b"
)
_SIDE_OF = re.compile(
    r"\b(?:on |to )?(?:the )?(left|right) of (?!(?:the )?(?:frame|picture|image|photo|centre|center|middle)\b)"
)
TERRACE = re.compile(r"\bcaf[eé] (?:tables?|chairs?|terraces?|seating)\b")
"""What stands outside a café, in the street."""
_SEVERAL = 3
"""How many a plural without a number is."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A prompt's text cut up: what is asked for, the subject's own field, and what is to be left out. Lower case."""

    text: str
    subject: str
    left_out: str
    palette: str = ""
    """The colours the whole picture is to be in."""


def cut_up(plain: str) -> Wish:
    """The wish in a prompt, free or composed by `StructuredPrompt`."""
    low = _shared_nouns(" ".join(plain.lower().replace("’", "'").split()))
    pieces = _FIELDS.split(low)
    subject = pieces[0]
    rest: list[str] = []
    left_out: list[str] = []
    palette: list[str] = []
    for name, value in zip(pieces[1::2], pieces[2::2], strict=True):
        if name in _SUBJECT_FIELDS:
            subject = f"{subject} {value}".strip()
        elif name in _PALETTE_FIELDS:
            palette.append(value)
        elif name in _OUT_FIELDS:
            named, _, more = value.partition(". ")
            left_out.append(named)
            subject = f"{subject} {more}".strip()
        else:
            rest.append(_said_whole(value, _SAID_SO.get(name, "")))
    whole = " ".join([subject, *rest])
    left_out += [found.group(1) for found in _LEFT_OUT.finditer(whole)]
    left_out += _DENIED.findall(whole)
    whole, subject = _DENIED.sub(" ", whole), _DENIED.sub(" ", subject)
    palette += [found.group(1) for found in _palette_said().finditer(whole)]
    whole, subject = _palette_said().sub(" ", whole), _palette_said().sub(" ", subject)
    clean = _LENS.sub(" ", _LEFT_OUT.sub(" ", whole))
    own = _GENRES.sub(" ", _LENS.sub(" ", _LEFT_OUT.sub(" ", subject)))
    return Wish(text=" ".join(clean.split()), subject=" ".join(own.split()), left_out=" , ".join(left_out),
                palette=" , ".join(palette))  # fmt: skip


@cache
def _shared() -> re.Pattern[str]:
    colours = "|".join(sorted(map(re.escape, vocabulary().colours), key=len, reverse=True))
    numbers = "|".join(("one", "a", "an", *sorted(_NUMBERS, key=len, reverse=True)))
    return re.compile(rf"\b({numbers}) ({colours}) and ({numbers}) ({colours}) ([a-z]+)\b")


def _shared_nouns(text: str) -> str:
    """Each of two counts with the noun they share: "one red cup and two blue cups"."""
    return _shared().sub(_told_twice, text)


def _told_twice(found: re.Match[str]) -> str:
    first, colour, second, other, noun = found.groups()
    own = noun.removesuffix("s") if first in ("one", "a", "an") else noun
    return f"{first} {colour} {own} and {second} {other} {noun}"


def _said_whole(value: str, noun: str) -> str:
    """A field's value with the noun its name stood for: "soft" of the lighting is soft light."""
    bare = value.rstrip(" .")
    return value if not noun or noun in bare else f"{bare} {noun}."


@cache
def _palette_said() -> re.Pattern[str]:
    """Colours listed before "palette": "orange and teal palette"."""
    names = "|".join(sorted(map(re.escape, vocabulary().colours), key=len, reverse=True))
    return re.compile(
        rf"(?<![a-z])((?:{names})(?:(?:\s*,\s*|,? and |\s*&\s*)(?:{names}))*) "
        r"(?:(?:colou?r )?palette|colou?r scheme|colours|colors|tones)\b"
    )


def count_before(text: str, hit: Found, *, since: int, plural: bool) -> int:
    """How many of a thing are asked for; since: where the thing before it ends."""
    found = _COUNT.search(text[since : hit.start])
    if found:
        return _NUMBERS[found.group(1)]
    return _SEVERAL if plural else 1


def finish_of(text: str, hit: Found, *, since: int) -> str:
    """The material word said of a thing, before it ("matte black bottle") or after it ("in brushed chrome")."""
    finishes = {name: (name,) for name in vocabulary().finishes}
    before = [
        f for f in find_terms(text[since : hit.start], finishes) if len(text[since + f.end : hit.start].split()) <= 3
    ]
    if before:
        return before[-1].name
    after = re.match(r"\s(?:in|made of|made from|of)\s((?:[\w-]+\s?){1,3})", text[hit.end : hit.end + 40])
    said = find_terms(after.group(1), finishes) if after else []
    return said[0].name if said else ""


def _first(text: str, table: dict[str, tuple[str, ...]]) -> str:
    hits = find_terms(text, table)
    return hits[0].name if hits else ""


def view_of(text: str) -> View:
    return _first(text, dict(vocabulary().views))  # type: ignore[return-value] # a test ties the table's names to View


def order_of(text: str) -> Order:
    """On which side of another a thing is said to stand: "a cat to the left of a dog"."""
    said = _SIDE_OF.search(text)
    return said.group(1) if said else ""  # type: ignore[return-value] # the pattern's choices are Order's


def place_of(text: str) -> Place:
    return _first(_SIDE_OF.sub(" ", text), dict(vocabulary().places))  # type: ignore[return-value] # and to Place


def stage_of(text: str, subjects: Iterable[str]) -> Stage:
    """A room for furniture and where one is named; a seamless backdrop where a product shot is asked for."""
    words = vocabulary()
    indoors = any(words.subjects[name].home for name in subjects)
    named = _first(TERRACE.sub(" ", text), dict(words.stages))
    if named in ("kitchen", "sill") and indoors:
        return "room"
    if named:
        return named  # type: ignore[return-value] # and to Stage
    return "room" if indoors and not re.search(r"\b(?:studio|backdrop|background|cut ?out|icon)\b", text) else ""


def support_of(text: str) -> Support:
    return _first(text, dict(vocabulary().supports))  # type: ignore[return-value] # and to Support


def room_things(text: str) -> tuple[str, ...]:
    """What stands in the room a text names, when it says no more."""
    rooms = vocabulary().rooms
    text = TERRACE.sub(" ", re.sub(r"\boffice(?= (?:building|block|tower)s?\b)", " ", text))
    return rooms.get(_first(text, {name: (name,) for name in rooms}), ())


def wants_rim(text: str) -> bool:
    return _RIM.search(text) is not None


def wants_plain(text: str) -> bool:
    return _PLAIN.search(text) is not None
