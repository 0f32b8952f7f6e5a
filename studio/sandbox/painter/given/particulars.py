"""What a prompt says of a board or of things set in beside which pictures: exceptions, the largest, counts, a title."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.sandbox.painter.filters.whereabouts import place_in
from studio.sandbox.painter.given.mentions import MENTION, any_of, mentions, references_table, says
from studio.sandbox.painter.lettering.textplace import quotes, without_quotes
from studio.sandbox.painter.reading.cast_list import find_colours
from studio.sandbox.painter.vocabulary import vocabulary

MOST_COPIES = 12
"""Of one thing in one picture."""
_MIDDLE = re.compile(r"\b(?:in the |at the )?(?:cent(?:re|er)|middle)\b")
_FIRST = re.compile(r"^ ?(?:comes? |goes |is |as (?:the )?)?(?:first|at the (?:start|beginning)|leading)\b")
_LAST = re.compile(r"^ ?(?:comes? |goes |is |as (?:the )?)?(?:last|at the end)\b")
_TIMES = re.compile(r"\b(\w+) ?(?:times|x|×)(?!\w)|[x×] ?(\d{1,2})\b")
_LARGE_BOARD = re.compile(r"\ban? (?:very )?(?:big|large|huge)\b")
_LEAD = re.compile(
    r"[,;.]?\s*(?:\b(?:with|and|add|put|write|using|under|has|a|an|the|in|large|big|bold|small|serif)\s+)*"
    r"\b(?:titled?|headline|heading|header|headed|called|named|name|text|words?|that says|saying|that reads|reading"
    r"|lettering)(?: is| reads| says| of)?:?\s*$"
)
_AS_TITLE = re.compile(r"\s*(?:as|for) (?:a |the |its )?(?:big |large |bold )?(?:title|headline|heading|header)\b")
_TITLE_PLACE = re.compile(
    r"\s*,?\s*(?:(?:centred|centered|in large letters|in bold),? )?(?:at|on|along|across|in) the (?:very )?"
    r"(?:top|bottom|foot|head)(?: cent(?:re|er))?\b|\s*(?:above|below|over|under)(?:neath)? (?:it|them|the \w+)?"
)
_ONLY_MIDDLE = re.compile(r"^ ?(?:is |goes |comes )?(?:in|at) the (?:very )?(?:cent(?:re|er)|middle)\b")


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is said beside which pictures are meant; indices count from 0 in the order given."""

    left_out: tuple[int, ...] = ()
    hero: int | None = None
    """The one to be larger than the others on a board."""
    hero_middle: bool = False
    """It is to be in the middle rather than on the left."""
    first: int | None = None
    last: int | None = None
    copies: int = 1
    """How many of each thing."""
    too_many: bool = False
    """More of them were asked for than there is room for."""
    title: str = ""
    title_below: bool = False
    ground: str = ""
    """The colour code a board is laid out on, "" for paper."""

    @property
    def ranks(self) -> bool:
        """Whether pictures are named for their rank among all rather than as all that is wanted."""
        return any(one is not None for one in (self.hero, self.first, self.last))


def particulars_of(text: str, count: int) -> tuple[Particulars, str]:
    """(what is said beside, the text without exceptions and title); in the text pictures are named as "image n"."""
    left_out, rest = _exceptions(text, count)
    title, below, rest = _title(rest)
    plain = without_quotes(rest).lower()
    hero, first, last = _ranked(plain, count)
    asked = _copies(plain)
    said = Particulars(
        left_out=left_out,
        hero=None if hero is None else hero[0],
        hero_middle=hero is not None and hero[1],
        first=first,
        last=last,
        copies=min(asked, MOST_COPIES),
        too_many=asked > MOST_COPIES,
        title=title,
        title_below=below,
        ground=_ground(plain),
    )
    return said, rest


def _exceptions(text: str, count: int) -> tuple[tuple[int, ...], str]:
    except_for = any_of("words", "except")
    gone: list[int] = []

    def taken(match: re.Match[str]) -> str:
        gone.extend(mentions(match.group(1), count))
        return " all " if match.group().lower().strip(", ").startswith("all but") else " "

    pattern = rf",?(?: and| but)? ?{except_for} (?:for )?(?:the )?(image \d+(?: \+ image \d+)*)"
    rest = re.sub(pattern, taken, text, flags=re.IGNORECASE)
    return tuple(dict.fromkeys(gone)), rest


def _ranked(text: str, count: int) -> tuple[tuple[int, bool] | None, int | None, int | None]:
    """(the largest and whether it is in the middle, the first, the last) of those named so."""
    hero: tuple[int, bool] | None = None
    first = last = None
    for match in MENTION.finditer(text):
        index = int(match.group(1)) - 1
        if not 0 <= index < count:
            continue
        after = re.split(r"[,;.]|\bimage \d", text[match.end() :])[0]
        before = re.split(r"[,;.]|\bimage \d+", text[: match.start()])[-1]
        near = before[-12:] if re.search(r"\b(?:a|the|make|with|show|have)\b", before[-24:]) else ""
        if (says("large", after[:40]) and not _LARGE_BOARD.search(after)) or (
            near and re.search(r"\b(?:big|large|huge)\b", near)
        ):
            hero = index, _MIDDLE.search(after) is not None
        elif _ONLY_MIDDLE.search(after):
            hero = index, True
        elif _FIRST.search(after):
            first = index
        elif _LAST.search(after):
            last = index
    return hero, first, last


def is_count(text: str) -> bool:
    """Whether a clause says how often and nothing else: "3 times"."""
    found = re.fullmatch(r"(?:about |around )?(\w+) ?(?:times|x|×)|twice|thrice", text.strip())
    return found is not None and (found.group(1) is None or _number(found.group(1)) > 0)


def _number(word: str) -> int:
    """The number a word or digits spell, 0 for anything else."""
    if word.isdigit():
        return int(word)
    return {"couple": 2, "pair": 2, "dozen": 12}.get(word, int(references_table()["number"].get(word, 0)))


def _copies(text: str) -> int:
    """How many of each: "twice", "3 times", "three of them", "five copies", "three bottles from image 1"."""
    if re.search(r"\btwice\b", text):
        return 2
    if re.search(r"\bthrice\b", text):
        return 3
    found = _TIMES.search(re.sub(r"\b\d ?[x×] ?\d\b", " ", text))
    counts = [_number(found.group(1) or found.group(2))] if found else []
    word = r"(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a couple|a pair|a dozen|dozen)"
    for pattern in (
        rf"\b{word} (?:more )?(?:of (?:it|them|those|these|image \d+(?! \+))|copies|instances|pieces)\b",
        rf"\b{word} (?:[\w-]+ )?[a-z-]+s (?:from|of|in|as in|like|out of) (?:the )?image \d+(?! \+)",
    ):
        counts += [_number(match.group(1).removeprefix("a ")) for match in re.finditer(pattern, text)]
    several = len(set(MENTION.findall(text))) > 2
    return next((number for number in counts if number > 1), 1) if not several else 1


def _title(text: str) -> tuple[str, bool, str]:
    """(the words to stand over a board, whether they are to stand below it, the text without what says so)."""
    for quote in quotes(text):
        before, after = text[: quote.start], text[quote.end :]
        lead = _LEAD.search(before.lower())
        as_title = _AS_TITLE.match(after.lower())
        if lead is None and as_title is None:
            continue
        tail = _TITLE_PLACE.match(after.lower(), as_title.end() if as_title else 0)
        end = tail.end() if tail else as_title.end() if as_title else 0
        below = tail is not None and says("foot", tail.group())
        return quote.text, below, f"{before[: lead.start()] if lead else before} {after[end:]}"
    return "", False, text


def _ground(text: str) -> str:
    """The colour said of what a board lies on: "on black", "on a dark green background"."""
    codes = vocabulary().colours
    for match in re.finditer(r"\b(?:on|onto|over|against)(?: an?| the)? ((?:[\w-]+ ){0,2}[\w-]+)", text):
        hits = find_colours(match.group(1))
        if hits and hits[0].start <= len("a very "):
            return codes[hits[0].name]
    return ""


def _place_of(own: str, item: int) -> str:
    """Where the words after a picture's mention, up to the next one, want it; those of the scene's picture included."""
    found = re.search(rf"\bimage {item + 1}\b(.*?)(?=\bimage \d|$)", own)
    if found is None:
        return place_in(own)
    after = re.sub(r"\b(?:on|in|to|as|into) the (?:background|backdrop) (?:of|from|for)\b", " ", found.group(1))
    before = re.search(r"\b(?:on|in|to|at) the (?:left|right|middle|cent(?:re|er)|foreground)\b", own[: found.start()])
    return place_in(after) or (place_in(before.group()) if before and "image" not in own[: found.start()] else "")


def places_of(own: str, named: Sequence[int]) -> tuple[str, ...]:
    """A place for each; for a single one also what is said after the scene: "image 1 on image 2, on the left"."""
    own = re.sub(r"\b(?:on|against|before|onto) an? (?:[\w-]+ ){0,3}(?:background|backdrop)\b", " ", own)
    if not named:
        return (place_in(own),)
    places = tuple(_place_of(own, item) for item in named)
    if len(named) != 1 or places[0] not in ("", "on"):
        return places
    tail = re.split(r"\bimage \d+", own)[-1]
    return (place_in(tail) or places[0],)
