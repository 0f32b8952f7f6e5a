"""Reading a colour said of one part of a picture: what can be painted alone is, and of what cannot that is said."""

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from studio.sandbox.painter.colour import srgb, to_oklab
from studio.sandbox.painter.edits.clauses import polarity
from studio.sandbox.painter.edits.drafting import Asked, Draft
from studio.sandbox.painter.edits.ground_words import PAINT
from studio.sandbox.painter.edits.several_words import has_surface
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.land.features import find_features
from studio.sandbox.painter.reading.brief import find_surfaces
from studio.sandbox.painter.reading.captions import colour_name
from studio.sandbox.painter.reading.cast_list import find_colours, find_subjects
from studio.sandbox.painter.reading.finding import Found
from studio.sandbox.painter.scene import Kind, Scene
from studio.sandbox.painter.vocabulary import vocabulary

_EXCEPTED = re.compile(r"\b(?:everything|all|the rest)\b.*\b(?:except|but|apart from|other than)(?: for)? the [\w ]+$")
_BUT_THE_SKY = re.compile(r"\b(?:except|but|apart from|other than)(?: for)? (?:the|its) (?:sky|clouds|water|sea|lake)$")
_SKY_STAYS = (
    "I cannot tell that part from the rest, so I left all as it is; "
    "name a half (“the bottom half black and white”) or the subject."
)
_FROM_TO = re.compile(
    r"^(?:change|turn|make|swap|replace|recolou?r)(?: all)?(?: the)? ([a-z ]+?)s? (?:in)?to ([a-z ]+)$"
)
_ALIKE = 0.13
"""How far apart in OKLab two colours may be that one word is said of."""
_NO_COLOUR = re.compile(r"\bblack[- ](?:and|&|n|'n')[- ]white\b|\bduo-?tone\b|\bgradient\b")
_SUPPORT = re.compile(r"\b(?:the|its) (?:\w+ )?(table ?top|table|desk|counter|floor|ground|surface)\b")
_SKY = re.compile(r"\b(?:the|its) (sky|clouds?|sea|water|mountains?|hills?|grass|trees?)\b")
_PART = re.compile(r"\bthe ([a-z]+)\b")
_WHOLE = re.compile(
    r"\b(?:picture|image|photo|scene|shot|everything|colou?rs?|background|light|lights|tones?|sky|whole)\b"
)
_PAINTED: Mapping[Kind, str] = {
    "mountains": r"mountains?|hills?|peaks?|rocks?|cliffs?", "snow": r"mountains?|hills?|peaks?|rocks?",
    "sea": r"sea|ocean|water|waves?", "lake": r"lake|water", "desert": r"desert|dunes?|sand",
    "forest": r"forest|woods?|trees?|leaves|foliage", "city": r"city|buildings?|houses?|towers?|skyline",
}  # fmt: skip
"""What the one colour of a country is the colour of, by kind."""
_REMOVE_SUBJECT = re.compile(
    r"^(?:remove|delete|erase|get rid of|take (?:away|out)) (?:the |its )?(?:main )?"
    r"(?:subject|person|figure|model|woman|man|portrait|landscape)$"
)
_REMOVE_TABLE = re.compile(
    r"^(?:remove|delete|erase|get rid of|take (?:away|out)|no) (?:the |its )?(table(?: ?top)?|desk)$"
)


def _colours(text: str) -> list[Found]:
    """The colours a clause names, without the words that are a thing's own name in it."""
    things = find_subjects(text)
    return [hit for hit in find_colours(text) if all(hit.end <= one.start or one.end <= hit.start for one in things)]


def _all_but_it(text: str, code: str, name: str, draft: Draft) -> bool:
    if not _EXCEPTED.search(text):
        return False
    draft.op(Op("recolour background", 1.0, code), f"{name} but for the subject")
    return True


def _exchanged(text: str, draft: Draft) -> bool:
    """Reads "change red to blue": the subject, where it is of the first colour."""
    found = _FROM_TO.fullmatch(text)
    codes = vocabulary().colours
    if found is None or found.group(1) not in codes or found.group(2) not in codes:
        return False
    old, new, scene = found.group(1), found.group(2), draft.scene
    if scene is None:
        draft.op(Op("recolour", 1.0, codes[new]), f"{new} subject")
    elif scene.kind == "object" and not scene.bare and _is_called(old, scene):
        draft.restage(replace(scene, colour=codes[new]), f"{new} subject")
    else:
        draft.note(f"I see nothing {old} in the picture that I could paint {new}; name the thing.")
    return True


def _is_called(name: str, scene: Scene) -> bool:
    words = vocabulary()
    own = scene.colour or (words.subjects[scene.subject].colour if scene.subject in words.subjects else "")
    if own == "":
        return False
    near, asked = (to_oklab(srgb(code)[None, :])[0] for code in (own, words.colours[name]))
    return name == colour_name(own) or float(np.sqrt(((near - asked) ** 2).sum())) < _ALIKE


def _of_still_life(text: str, draft: Draft, scene: Scene) -> bool:
    """What a thing stands on, or a sky there is none of: painting the thing instead would be wrong."""
    support, sky = _SUPPORT.search(text), _SKY.search(text)
    named = [hit for hit in find_subjects(text) if hit.name != "table"]
    if support is not None and scene.kind == "object" and scene.subject != "table" and not named:
        if has_surface(scene) or find_surfaces(text[: support.start()] + " " + text[support.end() :]):
            return False
        draft.note(f"I cannot paint the {support.group(1)} alone; name what it is of, such as slate, marble or linen.")
    elif sky is not None and not named:
        draft.note(f"I see no {sky.group(1)} in the picture that I could paint.")
    else:
        return False
    return True


def _of_country(text: str, hit: Found, draft: Draft, scene: Scene) -> bool:
    """The part of a country that its one colour is of, or one of the things that stand in it."""
    code = vocabulary().colours[hit.name]
    rest = text[: hit.start] + " " * (hit.end - hit.start) + text[hit.end :]
    there = {one.name for one in find_features(rest)} & {thing.name for thing in scene.features}
    part = _PART.search(rest)
    if there:
        things = tuple(replace(one, colour=code) if one.name in there else one for one in scene.features)
        draft.restage(replace(scene, features=things), f"{hit.name} {part.group(1) if part else 'now'}")
        return True
    if part is None or _WHOLE.search(rest):
        return False
    own = _PAINTED.get(scene.kind, "(?!)")
    if re.fullmatch(own, part.group(1)):
        draft.restage(replace(scene, colour=code), f"{hit.name} {part.group(1)}")
    else:
        draft.note(f"I can colour the sky or all of a landscape, not the {part.group(1)} alone.")
    return True


def _painted(text: str, draft: Draft) -> bool:
    colours = _colours(text)
    if not colours or not PAINT.search(text) or _NO_COLOUR.search(text) or polarity(text, colours[-1].end) != "more":
        return False
    hit, scene = colours[-1], draft.scene
    if _all_but_it(text, vocabulary().colours[hit.name], hit.name, draft) or _exchanged(text, draft):
        return True
    if scene is None or scene.kind in ("poster", "abstract"):
        return False
    if scene.kind in ("object", "portrait"):
        return not scene.setting and _of_still_life(text, draft, scene)
    return _of_country(text, hit, draft, scene)


def _gone(text: str, draft: Draft) -> bool:
    """What all else of a picture stands on, or is: it is not taken out, and that is said."""
    scene = draft.scene
    if scene is None:
        return False
    table = _REMOVE_TABLE.fullmatch(text)
    if table is not None and scene.kind == "object" and scene.subject != "table":
        draft.note(f"I cannot take the {table.group(1)} out: all else in the picture stands on it.")
    elif _REMOVE_SUBJECT.fullmatch(text) and scene.kind not in ("object", "poster"):
        what = "the portrait" if scene.kind == "portrait" else "the landscape"
        draft.note(f"Without {what} nothing would be left of the picture; name a part of it that is to go.")
    else:
        return False
    return True


def read_parts(asked: Asked, draft: Draft) -> str:
    """Reads "make the mountains purple", "change red to blue", "everything blue but the apple"."""
    text = asked.left.strip(" .!,")
    if _BUT_THE_SKY.search(text):
        draft.note(_SKY_STAYS)
        return ""
    return "" if _gone(text, draft) or _painted(text, draft) else asked.left
