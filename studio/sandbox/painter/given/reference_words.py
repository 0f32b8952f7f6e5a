"""Reading what a prompt wants of the pictures given with it: which is set where, whose style, what layout."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.sandbox.painter.edits.clauses import Clause, clauses_of, degree_of
from studio.sandbox.painter.edits.instructions import read_instruction
from studio.sandbox.painter.filters.whereabouts import place_in, size_in
from studio.sandbox.painter.given.mentions import (
    MENTION,
    Label,
    absent,
    any_of,
    as_written,
    labels_of,
    mentions,
    named_by_label,
    numbered,
    references_table,
    says,
)
from studio.sandbox.painter.given.particulars import Particulars, is_count, particulars_of, places_of
from studio.sandbox.painter.lettering.textplace import MOST_PIECES, quotes
from studio.sandbox.painter.reading.brief import find_surfaces, without_references
from studio.sandbox.painter.reading.cast_list import find_colours
from studio.sandbox.painter.reading.outdoors import lands_in

MOST_PLACED = 3
"""Things set into one picture at once; more are laid out beside it."""
MOST_TOGETHER = 5
"""People in one group."""
_MASK = 0xE000
_MOST_CLAUSES = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the words ask of the references. Indices count from 0 in the order given."""

    labels: tuple[Label, ...]
    items: tuple[int, ...] = ()
    """Those named as content, in the order named; all of them where "these" or "both" is said."""
    ground: int | None = None
    """The one whose scene the others are set into."""
    style: int | None = None
    palette_only: bool = False
    style_scale: float = 1.0
    layout: str = ""
    """"pair" | "row" | "column" | "grid" | "board", "" for none."""
    columns: int = 0
    captions: bool = False
    together: bool = False
    """Several people are to be in one picture."""
    people: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    """Where each of the items is to be, of `whereabouts.PLACES`; "" where it is not said."""
    size: float = 1.0
    sets: bool = False
    """A verb such as "place" or "add" was said."""
    stage: str = ""
    """The words that say where, when they name a place that can be painted; lower case."""
    edits: str = ""
    """The clauses that ask for changes of the composed picture, in the designer's words."""
    early: str = ""
    """Those of them that are said before anything is said of the pictures given, to be made first."""
    scene: str = ""
    """The composition's own words without what was said of style: what a fresh picture is to show."""
    first: tuple[tuple[int, str], ...] = ()
    """Changes of one picture before it is put to the others: which one, and the clause."""
    own: str = ""
    """What is said of the pictures, lower case, whatever came of it; pictures by their place in the order given."""
    missed: tuple[str, ...] = ()
    more: Particulars = field(default_factory=Particulars)
    absent: tuple[int, ...] = ()
    """Numbers named that no picture has."""


def _style_patterns() -> tuple[str, ...]:
    of_style = f"(?:{any_of('words', 'style')}|{any_of('words', 'palette')})"
    return (
        rf"{of_style}(?:\s[\w-]+){{0,3}}?\s(?:of|from|in|like|as|as in)\s(?:the\s)?image (\d+)(?:'s)?",
        (
            rf"image (\d+)(?:'s| as (?:a |the |its |my |your )?| for (?:the |its )?| (?:sets|gives|defines) the )\s?"
            rf"(?:\w+ )?{of_style}(?: reference)?"
        ),
        r"\b(?:like|inspired by|resembling|similar to|to match|matching|match|as if from|after)\s(?:the\s)?image (\d+)",
    )


def _style_in(text: str, labels: Sequence[Label]) -> tuple[int | None, bool, str]:
    """(whose style, whether only its colours, the text without the words that say so)."""
    for pattern in _style_patterns():
        match = re.search(pattern, text)
        if match is None or not 1 <= int(match.group(1)) <= len(labels):
            continue
        colours = says("palette", match.group()) and not says("style", match.group())
        lead = re.search(r"(?:\b(?:in|with|using|use|apply|transfer|take|give it|and|the|same|painted|drawn|its)\s)+$",
                         text[: match.start()])  # fmt: skip
        start = lead.start() if lead else match.start()
        rest = re.sub(r"^\s*(?:to|on|onto|for) (?=image|it|this|the)", " ", text[match.end() :])
        return int(match.group(1)) - 1, colours, f"{text[:start]} {rest}".strip()
    marked = [i for i, label in enumerate(labels) if label.role == "style"]
    named = mentions(text, len(labels))
    if len(marked) == 1 and marked[0] not in named:
        return marked[0], False, text
    return None, False, text


def _ground_in(text: str, count: int) -> int | None:
    """The picture whose scene the others are set into."""
    scene, over = any_of("words", "scene"), any_of("words", "over")
    patterns = (
        rf"{scene} (?:of|in) image \d+ (?:with|by|for|to|against) (?:the )?(?:\w+ of )?image (\d+)",
        rf"image (\d+) (?:as|is|for|being) (?:a |an |the |its |my )?(?:\w+ )?{scene}",
        rf"{scene}\s(?:\w+ ){{0,2}}?(?:of|from|in|is|be|by|with|to)\s(?:the )?image (\d+)",
        rf"\b(?:swap|exchange|change|replace) (?:[\w']+ ){{0,4}}?{scene} for image (\d+)",
        rf"{over}\s(?:(?!image)[\w'-]+\s){{0,4}}?image (\d+)",
    )
    named = mentions(text, count)
    for pattern in patterns:
        found = [int(m.group(1)) - 1 for m in re.finditer(pattern, text) if not _tells_of_whom(text, m)]
        found = [n for n in found if 0 <= n < count]
        if found and (len(named) > 1 or says("every", text) or pattern != patterns[-1]):
            last = found[-1]
            if pattern != patterns[-1] or last != named[0] or len(found) == 1:
                return last
    if re.search(any_of("words", "join"), text) and len(named) > 1:
        return named[-1]
    return None


def _tells_of_whom(text: str, match: re.Match[str]) -> bool:
    """Whether "in image 1" only says which people are meant: "the people in images 1 and 2"."""
    said = match.group()
    if re.search(_beside_someone(), said):
        return True
    if re.fullmatch(r"in (?:the )?image \d+", said) is None:
        return False
    whom = re.search(r"[\w']+\s*$", text[: match.start()])
    listed = re.match(r" ?(?:\+|, ?(?:and )?) ?image \d", text[match.end() :]) is not None
    return listed or (whom is not None and (says("people", whom.group()) or says("person", whom.group())))


def _beside_someone() -> str:
    """Words that set people side by side: "beside the man in image 2" is of him, not of his picture's scene."""
    person = any_of("words", "person")
    return rf"\b(?:beside|alongside|together with) (?:the |a )?{person} (?:in|of|from) (?:the )?image \d"


def _layout_in(text: str) -> tuple[str, int]:
    """(the layout named, its columns where they are said)."""
    size = re.search(r"\b([1-7]) ?(?:[x×]|by) ?([1-7])\b", text)
    for name in references_table()["layout"]:
        if re.search(any_of("layout", name), text):
            return name, int(size.group(1)) if size else 0
    return "", 0


def _stage_in(text: str) -> str:
    """The words that say where something is to be, "" when they name no place that can be painted."""
    plain = MENTION.sub(" ", text)
    known = bool(lands_in(plain)) or bool(find_surfaces(plain)) or is_studio(plain)
    known = known or says("indoors", plain) or says("calm", plain)
    return " ".join(plain.split()) if known else ""


def is_studio(text: str) -> bool:
    """Whether a text (lower case) speaks of a photographer's backdrop: a seamless one, or a background of a colour."""
    coloured = re.search(r"((?:[\w-]+ ){1,3})(?:background|ground|wall)\b", text)
    return says("backdrop", text) or (coloured is not None and bool(find_colours(coloured.group(1))))


def _is_of_pictures(clause: str) -> bool:
    """Whether a clause speaks of the pictures given or of how they are brought together."""
    mentioned = MENTION.search(clause) is not None or says("every", clause) or says("people", clause)
    return mentioned or _layout_in(clause)[0] != "" or says("person", clause)


def _clauses(plain: str) -> list[Clause]:
    """The prompt's clauses; what is quoted parts nothing."""
    found = quotes(plain)
    for i, quote in reversed(list(enumerate(found))):
        inside = chr(_MASK + i) * (quote.end - quote.start - 2)
        plain = f"{plain[: quote.start + 1]}{inside}{plain[quote.end - 1 :]}"
    masks = re.compile(f"[{chr(_MASK)}-{chr(_MASK + MOST_PIECES)}]+")
    return [
        Clause(
            words=masks.sub(lambda hit: found[ord(hit.group()[0]) - _MASK].text, clause.words),
            text=masks.sub(" ", clause.text),
            joint=clause.joint,
        )
        for clause in clauses_of(plain)
    ]


@dataclass(frozen=True, slots=True)
class _Parted:
    """A prompt's clauses: those on the pictures given, those that change the outcome, those nobody knows."""

    own: str
    edits: tuple[str, ...]
    missed: tuple[str, ...]
    scene: str
    early: tuple[str, ...]
    """Those at its head that change the current picture, before another is put to it."""
    first: tuple[tuple[int, str], ...]
    """Those that change a single picture, which is named in them."""


def _parted(prompt: str, labels: Sequence[Label], seed: bytes, *, fresh: bool) -> _Parted:
    """The clauses of a prompt (pictures as "image n")."""
    own, missed, scene = "", [], []
    edits: list[str] = []
    early: list[str] = []
    first: list[tuple[int, str]] = []
    for clause in _clauses(prompt)[:_MOST_CLAUSES]:
        text = clause.text
        of_one = MENTION.sub("it", clause.words)
        of_one = f"make {of_one}" if first and _BECOMES.search(text) else of_one
        if (
            (_EDITS_ONE.search(text) or (first and _BECOMES.search(text)))
            and _style_in(text, labels)[0] is None
            and read_instruction(of_one, None, seed).ops
        ):
            first += [(item, of_one) for item in mentions(text, len(labels))]
        elif (
            _is_of_pictures(text)
            or (fresh and _stage_in(text) and not _CHANGES.search(text))
            or _STYLE_ONLY.search(text)
        ):
            own += f" {clause.joint or ','} {text}"
        elif read_instruction(clause.words, None, seed).ops:
            (edits if fresh or own or first else early).append(clause.words)
        elif _stage_in(text) or (place_in(text) and not _is_filler(text)) or size_in(text) != 1:
            own += f" {clause.joint or ','} {text}"
        elif not _is_filler(text) and not _NAMING.fullmatch(text) and not is_count(text):
            missed.append(as_written(clause.name, labels))
        scene.append(text)
    return _Parted(own.strip(" ,"), tuple(edits), tuple(missed), ", ".join(scene), tuple(early), tuple(first))


_SETS_IN = re.compile(r"^\s*(?:please |now |then )*(?:add|insert|include)\b", re.IGNORECASE)
_EDITS_ONE = re.compile(
    r"^(?:please )?(?:make|turn|convert|crop|rotate|flip|blur|brighten|darken|sharpen|zoom)\b(?=.*\bimage \d)(?!.*"
    r"\bimage \d.*\bimage \d)"
)
_BECOMES = re.compile(r"^image \d+\b(?!.*\bimage \d)")
"""Goes on from a change of another picture: "and image 2 sepia"."""
_CHANGES = re.compile(r"^(?:please )?(?:make|change|replace|swap|turn|add|remove|blur|give|paint|colou?r|convert)\b")
_NAMING = re.compile(r"(?:(?:place|put|set|add|take|combine|use) )?(?:the|my|our|a|an) [\w-]+(?: [\w-]+)?")
"""Only says what is in a picture: "the bottle", as in "the mug and the bottle, images 1 and 2, on image 3"."""
_STYLE_ONLY = re.compile(r"\bin (?:the|that|this) (?:same )?style\b|\b(?:its|that|this) (?:palette|style)\b")


def _is_filler(text: str) -> bool:
    known = re.compile("|".join([*references_table()["filler"]["words"], "image"]))
    return all(known.fullmatch(word) for word in re.findall(r"[\w']+", text))


def is_unread(own: str) -> bool:
    """Whether a clause on the pictures says something that no reader took up."""
    plain = MENTION.sub(" ", own)
    for name in references_table()["layout"]:
        plain = re.sub(any_of("layout", name), " ", plain)
    for name in ("captions", "every", "picture"):
        plain = re.sub(any_of("words", name), " ", plain)
    return not _is_filler(plain)


def _named(own: str, count: int, more: Particulars, *, apart: tuple[int | None, int | None]) -> list[int]:
    """The pictures meant as content, none of those apart: those named, or every one that is not left out."""
    named = [n for n in mentions(own, count) if n not in apart]
    rank_and_file = [n for n in named if n not in (more.hero, more.first, more.last)]
    if (named and not rank_and_file and more.ranks) or (not named and (says("every", own) or more.left_out)):
        named = [n for n in range(count) if n not in apart and n not in more.left_out]
    ends = [n for n in named if n == more.first], [n for n in named if n == more.last and n != more.first]
    return [*ends[0], *(n for n in named if n not in (*ends[0], *ends[1])), *ends[1]]


def read_references(prompt: str, count: int, seed: bytes, *, fresh: bool = True) -> Wanted:
    """What a prompt wants of `count` pictures given with it; fresh: there is no current picture to change."""
    labels = labels_of(prompt, count)
    plain = numbered(without_references(prompt), labels)
    more, plain = particulars_of(named_by_label(plain, labels) if fresh or _SETS_IN.search(plain) else plain, count)
    parted = _parted(plain, labels, seed, fresh=fresh)
    style, palette_only, own = _style_in(parted.own, labels)
    _, _, scene = _style_in(parted.scene, labels)
    layout, columns = _layout_in(own)
    ground = _ground_in(own, count) if layout in ("", "board") else None
    named = _named(own, count, more, apart=(ground, style))
    first, edits = parted.first, parted.edits
    if not named and ground is not None and re.search(r"\b(?:it|this|that)\b", own):
        named = [n for n in dict.fromkeys(n for n, _ in first) if n != ground]
    if not named and ground is None and not layout and (count == 1 or not fresh):
        # Nothing is put anywhere: the change is the whole of it.
        edits = (*[changed for _, changed in first], *edits)
        first = ()
    marked = [i for i, label in enumerate(labels) if label.role == "person" and i not in (ground, style)]
    group = (
        says("people", own)
        or re.search(_beside_someone(), own) is not None
        or (len(marked) > 1 and layout in ("", "board"))
    )
    people = marked or ([n for n in named or range(count) if n not in (ground, style)] if says("person", own) else [])
    if group and not people:
        people = [n for n in range(count) if n not in (ground, style)]
    stage = _stage_in(own)
    if layout == "board" and stage and named:
        layout = ""
    told = bool(layout or ground is not None or style is not None or people)
    acts = re.search(any_of("words", "set"), own) is not None
    early = parted.early
    if not ((named or acts) and ground is None and style is None and not layout and not people):
        early, edits = (), (*early, *edits)
    gone = absent(prompt, labels)
    lost = (as_written(own, labels),) if own and not (told or stage or acts or gone) and is_unread(own) else ()
    return Wanted(
        labels=labels, items=tuple(named), ground=ground, style=style, palette_only=palette_only,
        style_scale=degree_of(prompt.lower()).scale if style is not None else 1.0, layout=layout, columns=columns,
        captions=re.search(any_of("words", "captions"), own) is not None, more=more,
        together=group and 1 < len(people) <= MOST_TOGETHER, people=tuple(people),
        places=places_of(own, named), size=size_in(own),
        sets=acts, stage=stage, edits=", then ".join(edits), early=", then ".join(early), first=first, own=own,
        scene=_tidy(scene), missed=(*parted.missed, *lost), absent=gone,
    )  # fmt: skip


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", MENTION.sub(" ", text)).strip(" ,.;")
