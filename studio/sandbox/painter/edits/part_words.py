"""Effects said of a part nobody can tell from the rest ("blur the sky"), and effects said in a colour."""

import re
from collections.abc import Sequence
from dataclasses import replace

from studio.sandbox.painter.edits.drafting import Draft, blanked
from studio.sandbox.painter.edits.phrases import Wish
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.tone import GRADES
from studio.sandbox.painter.reading.brief import find_colours
from studio.sandbox.painter.reading.finding import Found
from studio.sandbox.painter.vocabulary import vocabulary

_PART = re.compile(
    r"\b(?:the|her|his|its|their) (sky|clouds?|water|lake|sea|ocean|river|mountains?|hills?|trees?|grass|hair|skin|eyes"
    r"|lips|face|hands?|teeth|shirt|sweater|jacket|dress)$"
)
_VERB = r"^(?:please |now )*(?:make|turn|blur|sharpen|soften|brighten|darken|lighten|warm|cool|desaturate|saturate)\b"
_LOCAL = (*GRADES, "blur", "tint")
_MEDIUM = re.compile(r"\s+(?:pencil|ink|pen|sketch|drawing|chalk|vignette|gradient)\b")
_DRAWN = ("pencil", "ink", "sketch", "engraving")


def part_alone(text: str, wishes: Sequence[Wish]) -> str:
    """The part of the picture that all wishes of a clause are said of, "" where they are of the whole or can be kept
    to what they are said of.
    """
    ops = [op for wish in wishes for op in wish.ops]
    if not ops or any(op.name not in _LOCAL or op.value for op in ops) or not re.match(_VERB, text):
        return ""
    rest = text
    for wish in wishes:
        rest = rest[: wish.start] + " " * (wish.end - wish.start) + rest[wish.end :]
    found = _PART.search(
        " ".join(re.sub(r"\b(?:a|bit|little|touch|much|slightly|more|very|please)\b", " ", rest).split())
    )
    return found.group(1) if found else ""


def _is_its_own(text: str, hit: Found) -> bool:
    """Whether a colour is an effect's and no thing's or paper's: "in blue", "a blue pencil drawing"."""
    return text[: hit.start].rstrip().endswith(" in") or _MEDIUM.match(text[hit.end :]) is not None


def with_their_colour(text: str, wishes: Sequence[Wish], draft: Draft, *, said: str) -> str:
    """The text without a colour said of a drawing or a vignette ("a pencil drawing in blue"), which then has it.

    said: the whole clause, of which the text is what is left.
    """
    names = {op.name for wish in wishes for op in wish.ops}
    colours = [hit for hit in find_colours(text) if _is_its_own(said, hit)]
    if not colours or not names & {*_DRAWN, "vignette", "gradient"}:
        return text
    hit = colours[0]
    code = vocabulary().colours[hit.name]
    if names & set(_DRAWN) and "monochrome" not in names:
        draft.op(Op("duotone", 1.0, f"{code},#fbf9f4"), f"in {hit.name}")
    elif names == {"vignette"} and hit.name in ("white", "black"):
        way = -1.0 if hit.name == "white" else 1.0
        draft.ops = [replace(op, amount=way * abs(op.amount)) if op.name == "vignette" else op for op in draft.ops]
        draft.did = ["lighter corners" if way < 0 and done == "a vignette" else done for done in draft.did]
    elif names & {"vignette", "gradient"}:
        draft.note(f"I did not make it {hit.name}: a vignette is dark or light, a gradient runs straight.")
    else:
        return text
    return blanked(text, hit.start, hit.end)
