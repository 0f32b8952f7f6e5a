"""An edit taken apart: clauses in the order said, how much, whether more or less, and what is only a name."""

import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

from studio.sandbox.painter.reading.brief import find_colours

Polarity = Literal["more", "less", "none"]

_JOINT = re.compile(
    r"\s*(?:[;\n!?…]|,(?!\d)|\.(?!\d)|[–—](?!\d)"
    r"|\b(?:and|then|but|plus|also|while|afterwards|after that|next(?! to\b))\b|&(?!\w))"
    r"(?:\s*(?:[;,.\n!?]|\b(?:and|then|but|plus|also|finally|next(?! to\b))\b))*\s*"
)
_UNCHANGED = (
    r"without (?:changing|touching|altering|affecting|losing|moving|making (?:it|this|anything)"
    r"|(?:it )?(?:getting|becoming|turning))"
)
_BEFORE_KEEPING = re.compile(rf"\s+(?=(?:{_UNCHANGED}|keeping|leaving|keep|leave|preserv)\b)")
_WHOLE = re.compile(
    r"(?:black|blak|balck)[- ](?:and|&|'?n'?)[- ]wh?i?th?e|b ?& ?w\b|b and w\b|teal (?:and|&) orange|pen (?:and|&) ink"
    r"|salt (?:and|&) pepper|instead of (?:the|this|that|my|an?) [\w ]{2,30}, "
    # "with warm, low light": the comma stands inside a list of adjectives.
    r"|\b(?:with|in|an?|under|of|by|from)\s+(?!bit|little|touch|tad)(?:[\w-]+\s+)?(?:warm|cool|soft|low|hard|gentle|even"
    r"|diffused?|bright|dark|large|big|small|long|deep|pale|clean|modern|bold|thin|tall|old|young),\s+(?=[a-z-]+ [a-z])"
    r"|before and after|up and down|more and more|left and right|top and bottom|in and out of focus"
    r"|\b(?:everything|anything|nothing|all|none) but\b"
)
_COLOUR_PAIR = re.compile(
    r"duo-?tone|gradient|\blight(?:s|ing)\b|\blight$|colou?r (?:grad(?:e|ing)|palette|scheme)|two[- ]tone|split[- ]ton"
    r"|\bbetween\b|\bstripes?\b"
)
_KEEP = re.compile(
    r"^(?:(?:please|just|only|and|but|also)\s+)*(?:(?:keep|keeping|leave|leaving|preserv\w+|maintain\w*|retain\w*"
    rf"|don'?t|don’t|do not|never|avoid|anything but|{_UNCHANGED})\b"
    r"(?! (?:only|just|forget)\b)|(?:nothing|everything|all) else\b|the rest\b|change nothing|no other change"
    # "brighter but not warmer"; but "not so bright", "not bright enough" and "not in colour" ask for something.
    r"|not (?!so\b|as\b|that\b|too\b|very\b|quite\b|only\b|just\b|enough\b|(?:in )?(?:full )?colou?r|.* enough\b))"
)
_SAME = re.compile(r"\b(?:the same|unchanged|as (?:it|they) (?:is|are|was|were)|as[- ]is|intact|untouched|alone)$")
_BARE_NAME = re.compile(r"^(?:the|its|his|her|their|my|all|every|same)\b[\w' -]{1,40}$")
_DOES = re.compile(r"^(?:make|add|turn|give|put|set|remove|change|apply|use|crop|flip|rotate)\b|\b\w{3,}er\b")
_FILLER = re.compile(
    r"^(?:(?:please|thanks?|thank you|cheers|great|nice|good|perfect|lovely|ok(?:ay)?|hi|hello|hey"
    r"|now|again|so|well|yes|wow"
    r"|cool|awesome|beautiful|this time|for me|very much|a lot|that'?s it|if possible|if you can"
    r"|actually|sorry|hm+|wait|right|sure|basically|honestly|oh|almost there|much better|better|as discussed"
    r"|no (?:more |other |further )?changes?(?: needed)?|nothing"
    r"|as well|too|instead"
    r"|(?:i )?(?:really )?(?:like|love) (?:it|this|that)|(?:it |that |this )?(?:looks?|is) (?:great"
    r"|good|nice|perfect|lovely)"
    r"|(?:can|could|would) you(?: please)?|i(?:'d| would)? (?:like|want)(?: you)?(?: to)?|let'?s"
    r"|make it|do it)\s*)+$"
)
_EXCEPT = re.compile(r"\b(?:except|but|apart from|other than|besides)(?: for)? (the [\w ]+)$")
_SPARED = re.compile(
    r"^(?:keep|keeping|leave|leaving|with)(?: just| only)? (?:the|its|his|her) ([\w ]+?)"
    r"(?: still)? (?:in (?:full |its |their |the )?(?:own )?colou?rs?|colou?red|colou?rful|(?P<hue>[a-z]+))$"
)
_OTHERS = re.compile(r"(?:(?:make|turn) )?(everything else|all else|the rest|the others?)\b")
_NOT_THIS = re.compile(r"(?:not |for )?(?:the|its|his|her) ([\w-]+)")
_COLOURLESS = re.compile(r"\b(?:black|b ?& ?w|monochrome|gr[ae]y(?:scale)?|desaturat\w+|sepia|colou?r)\b")
_WHICH = re.compile(r"(?:which|that|it|make it|turn it)(?: (?:should|must|can|needs to|is to)(?: be| become)?)? ")
_AS_WITH = re.compile(r"^(?:as|like) (?:with|if|though|from|in|on|through)\b")
_OF_LETTERS = re.compile(
    r"(?:(?:in|with|set in|please|very|extra|all) )*(?:bold|italics?|underlined|upper ?case|lower ?case|caps|capitals"
    r"|large|big|bigger|huge|small|tiny|cent(?:red|ered)|serif|sans(?:[- ]serif)?|handwritten|script|elegant|thin|light"
    r"|modern|condensed|playful)(?:,? (?:bold|large|big|small|white|black|letters|lettering|type|text|font|typeface))*"
)
"""How the words of the clause before are to be set."""
_QUOTED = re.compile('["“”«»„\ue000-\uf8ff]')
_PRAISE = re.compile(
    r"(?:the |this |that |your )?[\w ]{2,30} (?:is|are|looks?) (?:\w+ )?(?:nice"
    r"|great|good|fine|perfect|lovely|beautiful)"
)
_TAIL = re.compile(
    r"(?:(?:going |running )?(?:from )?(?:the )?(?:left|right|top|bottom)(?: to (?:the )?(?:left|right|top|bottom))"
    r"|diagonal(?:ly)?|horizontal(?:ly)?|vertical(?:ly)?|just a (?:bit|little|touch)"
    r"|(?:only )?(?:a (?:little )?bit|a little|slightly"
    r"|a touch|subtly|gently)|[+-]?\d{1,3} ?(?:%|percent))"
)
_POLITE = re.compile(
    r"^(?:(?:please|now|just|also|next|finally|first|actually|can you|could you|would you|i(?:'d"
    r"| would) like(?: you)? to|i want(?: you)?"
    r"(?: to)?|let'?s|maybe|kindly|i(?:'d| would) love(?: you)? to)\s+)+|\s+(?:please|thanks|thank you|for me|now)$",
    re.IGNORECASE,
)

_TINY = re.compile(
    r"\b(?:very slightly|a tiny bit|a tad|a hair|barely|just a hint|a hint|ever so slightly|very subtl[ey])\b"
)
_LITTLE = re.compile(
    r"\b(?:a (?:wee |little )?bit|a little|slight(?:ly)?|a touch|subtl[ey]|subtly|gentl[ey]|gently"
    r"|somewhat|light(?:ly)?(?= (?:vignette"
    r"|grain|snow|rain|fog|blur|tint))|mild(?:ly)?|faint(?:ly)?|moderate(?:ly)?|just a|thin|not too)\b"
)
_MOST = re.compile(
    r"\b(?:extremely|insanely|ultra|super|maximum|completely|totally|as \w+ as possible|way way|very very)\b"
)
_MUCH = re.compile(
    r"\b(?:much|very|far|a lot|lots|really|(?<!too )strong(?:ly|er)?|way|heav(?:y|ily|ier)|dramatically"
    r"|significantly|considerably|thick"
    r"|intense(?:ly)?|massively|plenty|so much)\b"
)
_PERCENT = re.compile(r"([+−-]?)\s?(\d{1,3}(?:\.\d+)?)\s?(?:%|percent\b|per cent\b)")
_NONE = re.compile(
    r"\b(?:no|remove|removing|without|lose|drop|take (?:away|out|off)|get rid of|stop the|delete"
    r"|erase|turn off|switch off|undo"
    r"|omit|minus|eliminate|clear(?: away)?|ditch|kill|zero|none of)\b(?!.*\b(?:add|with|use)\b)"
)
_LESS = re.compile(
    r"\b(?:less|reduc\w+|lower(?:ed)?|decreas\w+|(?:tone|dial|bring|turn|pull|scale)(?: it)? down"
    r"|cut|soften|weaken|ease|curb|trim|tame|subdue|suppress"
    r"|(?:knock|pull|dial|scale|cut|ease|rein|hold|tone)(?: it)? (?:back|in|off)"
    r"|(?:easy|easier) on|take (?:some|a bit of|a little)|too|not (?:so|as|that)"
    r"|fewer|minimi[sz]e|calm|halve|half the)\b(?!.*\b(?:add|more)\b)"
)
_LESS_AFTER = re.compile(r"^(?: \w+)? (?:down|lower|back|off)\b|^ (?:is|are|looks?) too (?:strong|much|high|heavy)\b")
_SIGNED = re.compile(r"(?<![\w.])([+−–-])\s?(\d{1,3})\b(?!\s?(?:%|percent|per cent|°|deg|:|\.\d))")
"""A slider's number: "saturation -30" is of a hundred."""
_MINUS = ("-", "−", "–")
_NOT_ENOUGH = re.compile(r"\bnot\b.*\benough\b|\bisn'?t\b.*\benough\b|\bneeds\b|\btoo (?:little|few|low)\b")

_ARTICLES = frozenset(("a", "an", "the", "some", "its", "his", "her", "my", "your", "this", "that"))


def without_politeness(words: str) -> str:
    """The wish alone: "could you please add a lemon" is "add a lemon"."""
    return _POLITE.sub("", _POLITE.sub("", words)).strip(" ,.;:!?")


@dataclass(frozen=True, slots=True)
class Clause:
    """One wish: the designer's own words, the same in small letters, and the word or mark that joins it on."""

    words: str
    text: str
    joint: str = ""

    @property
    def name(self) -> str:
        """The words as a sentence about them quotes them, without the politeness."""
        return without_politeness(self.words)


@dataclass(frozen=True, slots=True)
class Degree:
    """How much: scale 1 is "as said"; exact when a number was given; times for "half as", "twice as"."""

    scale: float = 1.0
    exact: bool = False
    times: float | None = None


@dataclass(slots=True)
class _Kept:
    """What the clauses before the one being read were."""

    kept: bool = False
    but: str = ""
    """What a clause that keeps all else leaves out: "everything except the background"."""
    spared: str = ""
    """What is to keep its colour, of a sentence that says so first: "keep the mug in colour, the rest …"."""
    clauses: list[Clause] = field(default_factory=list)


@cache
def speech(kind: str) -> frozenset[str]:
    """One of the lists of speech.toml."""
    table = tomllib.loads((Path(__file__).parent / "speech.toml").read_text(encoding="utf-8"))
    return frozenset(table[kind].split())


def small(words: str) -> str:
    """Small letters, character for character, so that places in one are places in the other."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in words).replace("’", "'")


def _whole_spans(text: str) -> list[tuple[int, int]]:
    spans = [m.span() for m in _WHOLE.finditer(text)]
    if _COLOUR_PAIR.search(text):
        for first, second in pairwise(find_colours(text)):
            if re.fullmatch(
                r"\s*(?:and|&|to|,|into)\s*(?:an? )?(?:(?:warm|cool|deep|dark|light|pale|soft|bright) )?",
                text[first.end : second.start],
            ):
                spans.append((first.start, second.end))
    return spans


def clauses_of(prompt: str) -> list[Clause]:
    """The sentence's wishes in the order said; "keep the rest the same" and politeness are not among them."""
    text = small(prompt)
    whole = _whole_spans(text)
    cuts = [m.span() for m in _JOINT.finditer(text)] + [m.span() for m in _BEFORE_KEEPING.finditer(text)]
    cuts = sorted(cut for cut in cuts if not any(start < cut[1] and cut[0] < end for start, end in whole))
    ends = [*cuts, (len(text), len(text))]
    start, joint, state = 0, "", _Kept()
    for cut in ends:
        clause = Clause(words=prompt[start : cut[0]].strip(), text=" ".join(text[start : cut[0]].split()), joint=joint)
        start, joint = max(cut[1], start), text[cut[0] : cut[1]].strip()
        _take(clause, state)
    return state.clauses


def _joined(state: _Kept, clause: Clause, text: str) -> None:
    """Makes the clause a part of the one before it, which then reads as the text."""
    last = state.clauses[-1]
    state.clauses[-1] = replace(last, words=f"{last.words}, {clause.words}", text=text)


def _is_spared(clause: Clause, state: _Kept) -> bool:
    """Takes "…, but keep the mug in colour", "…, but not the mug": what another wish leaves as it is."""
    spared, others = _SPARED.search(clause.text), _OTHERS.match(clause.text)
    last = state.clauses[-1].text if state.clauses and not state.kept else ""
    contrary = clause.joint.endswith("but") or re.search(r"\b\w{3,}er$", last) is not None
    alone = _NOT_THIS.fullmatch(clause.text) if contrary else None
    hue = (spared and spared.group("hue")) or ""
    if spared is not None and hue and (" " in spared.group(1) or not find_colours(hue)):
        return False
    if spared is not None and hue and last and spared.group(1) == "sky" and not _COLOURLESS.search(last):
        state.clauses.append(replace(clause, text=f"make it a {hue} sky"))
    elif spared is not None and last and _COLOURLESS.search(last):
        _joined(state, clause, f"{last} except the {spared.group(1)}")
    elif alone is not None and last:
        _joined(state, clause, f"{last} except the {alone.group(1)}")
    elif spared is not None:
        state.spared, state.kept = spared.group(1), True
    elif state.spared and others is not None and _COLOURLESS.search(clause.text):
        text = f"{clause.text[: others.start(1)]}everything{clause.text[others.end() :]} except the {state.spared}"
        state.spared, state.kept = "", False
        state.clauses.append(replace(clause, text=text))
    else:
        return False
    return True


def _take(clause: Clause, state: _Kept) -> None:
    about = _WHICH.match(clause.text)
    if about is not None and state.but:
        clause = replace(clause, text=f"make {state.but} {clause.text[about.end() :]}")
    if _is_spared(clause, state):
        return
    left_out = _EXCEPT.search(clause.text)
    state.but = left_out.group(1) if left_out else ""
    if not clause.text or _FILLER.fullmatch(clause.text) or _PRAISE.fullmatch(clause.text):
        return
    letters = _OF_LETTERS.fullmatch(clause.text) and state.clauses and _QUOTED.search(state.clauses[-1].text)
    meant = state.clauses and _AS_WITH.search(clause.text) and not find_colours(clause.text)
    if letters or meant or _TAIL.fullmatch(clause.text):
        # "…, left to right" says how the wish before it is meant.
        if state.clauses and not state.kept:
            _joined(state, clause, f"{state.clauses[-1].text} {clause.text}")
        return
    listed = (
        clause.joint in ("and", "or", ",", ", and") and _BARE_NAME.match(clause.text) and not _DOES.search(clause.text)
    )
    state.kept = bool(_KEEP.search(clause.text) or _SAME.search(clause.text) or (state.kept and listed))
    if not state.kept:
        state.clauses.append(clause)


def degree_of(text: str) -> Degree:
    """How much a clause asks for. A percentage is of the filter's own scale: 50 % is "as said"."""
    percent = _PERCENT.search(text) or _SIGNED.search(text)
    if percent:
        return Degree(scale=min(2.5, max(0.04, float(percent.group(2)) / 50)), exact=True)
    if re.search(r"\bhalf as\b|\bby half\b|\bhalve\b|\bhalf the\b", text):
        return Degree(exact=True, times=0.5)
    if re.search(r"\btwice as\b|\bdouble\b|\btwice the\b", text):
        return Degree(scale=1.6, exact=True, times=2.0)
    for pattern, scale in ((_TINY, 0.3), (_LITTLE, 0.5), (_MOST, 2.1), (_MUCH, 1.6)):
        if pattern.search(text):
            return Degree(scale=scale)
    return Degree()


def is_negative(text: str) -> bool:
    """Whether the clause's amount has a minus: "brighter by -50%"."""
    number = _PERCENT.search(text) or _SIGNED.search(text)
    return number is not None and number.group(1) in _MINUS


def polarity(text: str, end: int) -> Polarity:
    """Whether what ends at the place is asked for, asked to be less, or to be gone."""
    if _NOT_ENOUGH.search(text):
        return "more"
    before = text[:end]
    if _LESS.search(before) or _LESS_AFTER.search(text[end:]) or is_negative(text):
        return "less"
    return "none" if _NONE.search(before) else "more"


def is_attributive(text: str, end: int) -> bool:
    """Whether the adjective that ends here belongs to a thing's name: "a darker mug", but not "darker light"."""
    after = re.match(r"[^\w%+-]*([\w'-]+)", text[end:])
    return (
        after is not None
        and after.group(1) not in speech("of_the_picture") | speech("goes_on")
        and not after.group(1)[0].isdigit()
    )


def is_of_the_picture(text: str, start: int, end: int) -> bool:
    """Whether a bare adjective is meant of the whole picture: "make it warm", "warm light"; not "the warm lamp"."""
    if is_attributive(text, end):
        return False
    before = text[:start].split()
    after = re.match(r"\s+([\w'-]+)", text[end:])
    if after is not None and after.group(1) in speech("of_the_picture"):
        return True
    said_of = speech("before_adjective") | speech("of_the_picture")
    return not before or (before[-1] in said_of and before[-1] not in _ARTICLES)
