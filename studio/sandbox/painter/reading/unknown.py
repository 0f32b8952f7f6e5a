"""What a prompt asks for that the painter has no model of, so that the answer can say so."""

import re
from collections.abc import Iterator

from studio.sandbox.painter.land.features import find_features
from studio.sandbox.painter.lettering.textplace import without_quotes
from studio.sandbox.painter.people.person import people_said
from studio.sandbox.painter.reading.cast_list import find_colours, find_things
from studio.sandbox.painter.reading.finding import find_terms
from studio.sandbox.painter.reading.reading import cut_up
from studio.sandbox.painter.reading.styles import without_styles
from studio.sandbox.painter.scene import Scene
from studio.sandbox.painter.vocabulary import vocabulary

_CUTS = re.compile(
    r"(\s*[,.;:()]\s*|\s(?:and|with|of|on|in|at|by|under|over|before|behind|beside|near|against|from|for|to|into|above"
    r"|below|inside|next to|in front of|holding|wearing|that|which|as|like|showing|during|after|through|is|are)\s)"
)
_ARTICLE = re.compile(r"^(?:an?|two|three|four|five|the|some|one)\s+")
_JOINS = ("", "and", "beside", "next to", ",")
_OWNERS = ("of", "for", "showing")
"""After these comes the thing itself: "a study of pears"."""
_NO_THINGS = frozenset(
    ("picture", "image", "photo", "photograph", "something", "anything", "nothing", "hello", "test", "please", "thing",
     "one", "it", "me", "shot", "view", "scene", "composition", "mood", "subject", "sense", "feeling", "atmosphere")
)  # fmt: skip
"""Words that name nothing one could paint."""
_MOST_WORDS, _MOST_LETTERS = 4, 40


def _phrases(text: str) -> Iterator[tuple[str, str, str]]:
    """(what joins it to the words before, the phrase, what follows it)."""
    pieces = _CUTS.split(f" {text} ")
    for k in range(0, len(pieces), 2):
        before = pieces[k - 1].strip() if k else ""
        after = pieces[k + 1].strip() if k + 1 < len(pieces) else ""
        if pieces[k].strip():
            yield before, pieces[k].strip(), after


def _without_colours(phrase: str) -> str:
    bare = _ARTICLE.sub("", phrase)
    for hit in reversed(find_colours(bare)):
        bare = bare[: hit.start] + bare[hit.end :]
    return bare.strip()


def _is_known(phrase: str) -> bool:
    words = vocabulary()
    tables = (words.scenes, words.views, words.places, words.stages, words.supports,
              {name: (name,) for name in words.rooms},
              {name: light.words for name, light in words.lights.items()},
              {name: surface.words for name, surface in words.surfaces.items()})  # fmt: skip
    return bool(
        find_things(phrase)
        or find_features(phrase)
        or people_said(phrase)
        or not _without_colours(phrase)
        or any(find_terms(phrase, table) for table in tables)
    )


def _as_written(phrase: str, prompt: str) -> str:
    """The phrase with the prompt's own capitals, but for the first letter of a sentence's article."""
    at = " ".join(prompt.lower().split()).find(phrase)
    said = " ".join(prompt.split())[at : at + len(phrase)] if at >= 0 else phrase
    return said[0].lower() + said[1:]


def unknown_things(prompt: str, scene: Scene) -> list[str]:
    """The things asked for by name, article and all, of which the scene can show nothing; at most three."""
    text = without_styles(cut_up(without_quotes(prompt)).subject)
    found: list[str] = []
    lead = True
    joins = _JOINS if scene.kind == "object" else (*_JOINS, "with")
    for before, phrase, after in _phrases(text):
        counted = _ARTICLE.match(phrase)
        bare = phrase[counted.end() :] if counted else phrase
        if not bare or len(bare.split()) > _MOST_WORDS or len(phrase) > _MOST_LETTERS or after in _OWNERS:
            continue
        if set(bare.split()) & _NO_THINGS:
            continue
        first, lead = lead, False
        named = (not found and (scene.kind == "abstract" or (first and before == "of"))) or (
            counted is not None and before in joins
        )
        if named and not _is_known(phrase):
            found.append(_as_written(phrase, prompt))
    return found[:3]


def notice_of_unknown(prompt: str, scene: Scene) -> str:
    """One sentence on what could not be painted, "" when everything could."""
    if scene.kind in ("poster", "portrait") or (scene.kind == "abstract" and _is_abstract_asked(prompt)):
        return ""
    missing = unknown_things(prompt, scene)
    if not missing:
        return ""
    said = " or ".join(f"“{phrase}”" for phrase in missing)
    instead = "so I painted an abstract" if scene.kind == "abstract" else "so I left it out"
    return f"I do not know how to paint {said}, {instead if len(missing) == 1 else instead.replace(' it', ' them')}."


def _is_abstract_asked(prompt: str) -> bool:
    return bool(find_terms(prompt.lower(), {"abstract": vocabulary().scenes["abstract"]}))
