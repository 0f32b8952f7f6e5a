"""What is said of people in pictures given and comes of nothing: "as an astronaut", "riding a bicycle"."""

import re

from studio.sandbox.painter.filters.whereabouts import place_in
from studio.sandbox.painter.given.mentions import MENTION, any_of, says
from studio.sandbox.painter.given.reference_words import is_unread
from studio.sandbox.painter.people.person import said_trait
from studio.sandbox.painter.reading.brief import find_lights, find_surfaces
from studio.sandbox.painter.reading.cast_list import find_colours
from studio.sandbox.painter.reading.outdoors import lands_in

_PARTS = re.compile(
    r"\s*[,;:+]\s*|\s+(?=(?:as|in|on|at|by|near|with|and|who|while|under|inside|before|behind|beside|during|like"
    r"|(?!evening|morning|living|dining|waiting)\w{2,}ing)\b)"
)
_TRAITS = ("hair", "hair_colour", "eyes", "beard", "head", "expression", "clothes")
_TURNED = re.compile(
    r"\b(?:from (?:behind|the (?:back|side|front)|above|below)|(?:back|side|rear) view|in profile|seen from \w+"
    r"|full[- ]?(?:body|length|figure)|looking (?:away|left|right|up|down|back)|turned (?:away|left|right|round))\b"
)
"""Views that nobody is painted in: all face the camera, head and shoulders."""
_LEAD = re.compile(r"^(?:and|while|who is|who)\s+")


def _is_known(part: str, *, dressed: bool) -> bool:
    bare = MENTION.sub(" ", part)
    if lands_in(bare) or find_surfaces(bare) or find_lights(bare) or says("indoors", bare) or says("calm", bare):
        return True
    if place_in(bare) or (dressed and (any(said_trait(trait, bare) for trait in _TRAITS) or "glasses" in bare)):
        return True
    for name in ("person", "people", "set", "portrayed"):
        bare = re.sub(any_of("words", name), " ", bare)
    return not is_unread(bare)


def unread_of_people(own: str, *, dressed: bool) -> tuple[tuple[str, ...], str]:
    """(the words nothing came of, a sentence on what came out another way).

    own is lower case. dressed: they are painted from their records, so clothes, hair and mood can follow the words.
    """
    parts = [part for part in _PARTS.split(own) if part.strip()]
    turned = _TURNED.search(own)
    parts = [_TURNED.sub(" ", part) for part in parts]
    unread = tuple(
        _LEAD.sub("", part.strip()) for part in parts if part.strip() and not _is_known(part, dressed=dressed)
    )
    unread = (*unread, *([turned.group()] if turned else []))
    hats = [part for part in parts if dressed and said_trait("head", part) and find_colours(part)]
    return unread, "What is worn on the head has a colour that goes with the clothes." if hats else ""
