"""Words that name both a colour and a thing ("orange", "a peach sofa"), and which of the two a text means."""

import re
from functools import cache

from studio.sandbox.painter.reading.finding import Found, find_terms
from studio.sandbox.painter.vocabulary import vocabulary

_ADDED = re.compile(r"\s*(?:add|put|place|include|insert)\b")
_ONE = re.compile(
    r"(?:^|\s)(?:an?|the|one|more|another|each|every"
    r"|half an?|single|whole|sliced|halved|peeled|juicy|ripe|fresh|this|that"
    r"|his|her|its|my)(?: (?:single|whole|sliced|halved|peeled|juicy|ripe|fresh|big|small|large|tiny|glossy|shiny))?\s$"
)
"""What stands before one thing of a kind."""
_PIECE_OF = re.compile(r"\b(?:slices?|wedges?|pieces?|twist|half|halves|bowl|glass|bunch|bouquet|crate|jar) of\s$")
_WITH = re.compile(r"\b(?:add|remove|with|replace|delete|of)\s$")
_OF_COLOUR = re.compile(r"\b(?:hint|touch|shade|tone|wash|accent|splash|hue|pop|mix|palette)s? of\s$")
_IN_COLOUR = re.compile(
    r"\b(?:in|to|into|painted|coloured|colored|dyed|tinted)(?: an?)?(?: (?:bright|deep|soft|pale))?\s$"
)
_GLUE = r"(?:\s*,\s*(?:and\s)?|\s(?:and|to|or|into|&)\s|\s*/\s*|\s*&\s*)"
_MADE_OF = re.compile(
    r" (?:juice|slices?|wedges?|halves|half|zest|peel|trees?|groves?|blossoms?|petals?|segments?|bouquets?|bush\w*"
    r"|bars?|pieces?|truffles?|chips?|garden|jars?|tubes?|pots?)\b"
)
"""After these the word says what a thing is of: orange slices."""
_NO_NOUN = re.compile(
    r"(?:in|on|at|with|and|or|beside|next|near|by|under|over|above|below|from|into|onto|to|for|of|is|are|was|as|that"
    r"|which|behind|before|against|inside|around|between|hanging|lying|sitting|resting|standing|but|while|where|so|very"
    r"|cut|instead|please|too|again|slightly|left|right)"
)
_LEAVES = re.compile(r"(?<![a-z])(?:leaf|leaves)(?![a-z])")

_NO_PLACES = ("poster", "abstract")


@cache
def _colours_pattern() -> str:
    return "|".join(sorted(map(re.escape, vocabulary().colours), key=len, reverse=True))


@cache
def _lists() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """(colours listed right before a place, colours listed right after it)."""
    colours = _colours_pattern()
    return re.compile(rf"(?<![a-z])(?:(?:{colours}){_GLUE})+$"), re.compile(rf"(?:{_GLUE}(?:{colours})(?![a-z]))+")


def _describes(after: str) -> bool:
    """Whether a noun follows, which the word before is said of; after: the text from the end of the word."""
    found = re.match(r"(?:-coloured|-colored)?\s([a-z'-]+)", after)
    while found and re.fullmatch(r"[a-z-]+(?:ed|ing)", found.group(1)):  # "an orange striped cat"
        after = after[found.end() :]
        found = re.match(r"\s([a-z'-]+)", after)
        if found is None:
            return False
    if found is None or _NO_NOUN.fullmatch(found.group(1)):
        return False
    colour = re.match(rf"\s(?:{_colours_pattern()})(?![a-z])", after)
    # In "make the lemon blue" the lemon is what turns blue.
    return not colour or _describes(after[colour.end() :])


def _only_colours(listed: str) -> bool:
    """Whether a list of colour words has one that names nothing else."""
    things = {word for subject in vocabulary().subjects.values() for word in subject.words}
    return any(hit.name not in things for hit in find_terms(listed, {n: (n,) for n in vocabulary().colours}))


def is_hue(text: str, hit: Found) -> bool:
    """Whether a subject's word only says a colour: "orange sky", "a peach sofa", "in purple and orange".

    It is the thing with an article or a number and no noun after: "an orange", "two oranges", "oranges in a bowl".
    """
    word, before, after = text[hit.start : hit.end], text[: hit.start], text[hit.end :]
    longer = find_terms(text, {name: (name,) for name in vocabulary().colours})
    if any(c.start <= hit.start and hit.end <= c.end and c.end - c.start > hit.end - hit.start for c in longer):
        return True
    if word not in vocabulary().colours or _MADE_OF.match(after):
        return False
    if _describes(after):
        return True
    if (
        _ADDED.match(text)
        and re.search(rf"\b(?:an?|one) (?:{_colours_pattern()})\s$", before)
        and not after.strip(" .!,")
    ):
        return False  # "add a red lemon"
    earlier, later = _lists()
    listed, follows = earlier.search(before), later.match(after)
    tail = after[follows.end() :] if follows else ""
    if follows and not follows.group(0).lstrip().startswith(",") and _describes(tail):
        return True
    if listed:
        if _only_colours(listed.group(0)) and not _ONE.search(before):
            return True
        before = before[: listed.start()] if not _ONE.search(before) else before
    if _ONE.search(before) and not re.search(r"\b(?:in|painted) an? (?:\w+ )?$", before):
        return False
    if follows and (_only_colours(follows.group(0)) or _describes(tail)):
        return True
    return not _stands_alone(before)


def _stands_alone(before: str) -> bool:
    """Whether a word without an article is a thing after what stands before it."""
    if _OF_COLOUR.search(before) or _IN_COLOUR.search(before):
        return False
    if not before.strip() or _PIECE_OF.search(before) or _WITH.search(before):
        return True
    joined = re.search(rf"([a-z]+){_GLUE}$", before)
    if joined is None or joined.group(0).rstrip().endswith(" to"):
        return False
    words = {name: subject.words for name, subject in vocabulary().subjects.items()}
    return any(hit.end == joined.end(1) for hit in find_terms(before, words))


def without_foliage(text: str, hits: list[Found]) -> list[Found]:
    """The hits but for leaves that are scenery or strewn, not a plant of their own: "orange leaves", "basil leaves"."""
    own = [hit for hit in hits if not _LEAVES.fullmatch(text[hit.start : hit.end])]
    scenery = bool(find_terms(text, {k: v for k, v in vocabulary().scenes.items() if k not in _NO_PLACES}))
    return own if own or scenery else hits
