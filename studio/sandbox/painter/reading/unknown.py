"""What a prompt asks for that the painter has no model of, so that the answer can say so."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from studio.sandbox.painter.land.features import find_features
from studio.sandbox.painter.lettering.textplace import without_quotes
from studio.sandbox.painter.people.person import people_said, people_table
from studio.sandbox.painter.reading.captions import with_article
from studio.sandbox.painter.reading.cast_list import WORN, find_colours, find_things
from studio.sandbox.painter.reading.designs import design_of, designs
from studio.sandbox.painter.reading.finding import Found, find_terms
from studio.sandbox.painter.reading.reading import cut_up
from studio.sandbox.painter.reading.shortfalls import is_understood, notice_of_shortfall
from studio.sandbox.painter.reading.styles import without_styles
from studio.sandbox.painter.scene import Scene
from studio.sandbox.painter.vocabulary import vocabulary

_CUTS = re.compile(
    r"(\s*[,.;:()]\s*|\s(?:and|with|of|on|in|at|by|under|over|before|behind|beside|near|against|from|for|to|into|above"
    r"|below|inside|next to|in front of|holding|wearing|that|which|as|like|showing|during|after|through|is|are)\s)"
)
_ARTICLE = re.compile(r"^(?:an?|two|three|four|five|the|some|one)\s+")
_JOINS = ("", "and", "beside", "next to", ",")
_SIGN = re.compile(r"\bsigns?$")
"""A street's shop fronts have theirs."""
_OWNERS = ("of", "for", "showing")
"""After these comes the thing itself: "a study of pears"."""
_NO_THINGS = frozenset(
    ("picture", "image", "photo", "photograph", "something", "anything", "nothing", "hello", "test", "please", "thing",
     "one", "it", "me", "shot", "view", "scene", "composition", "mood", "subject", "sense", "life",
     "feeling", "atmosphere", "words", "word", "text", "letters", "title", "headline", "caption", "name", "slogan")
)  # fmt: skip
"""Words that name nothing one could paint."""
_ASIDE = re.compile(r"\b(?:with|wearing|holding|reading|on|in|beside|of|has|and|over|under|near|behind)\b")
_LABELS = {"bag": "a handbag"}
"""What a stand-in is called where its own label says less than it shows."""
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
        or re.search(r"\b(?:sky|skies|clouds?|sunset|sunrise)\b", phrase)
        or any(find_terms(phrase, table) for table in tables)
    )


def _as_written(phrase: str, prompt: str) -> str:
    """The phrase with the prompt's own capitals, but for the first letter of a sentence's article."""
    at = " ".join(prompt.lower().split()).find(phrase)
    said = " ".join(prompt.split())[at : at + len(phrase)] if at >= 0 else phrase
    return said[0].lower() + said[1:]


@cache
def _formats() -> tuple[str, ...]:
    """Ways of laying a picture out that there is no layout for."""
    table = tomllib.loads((Path(__file__).parent / "strangers.toml").read_text("utf-8"))
    return tuple(table["formats"]["words"])


@cache
def _strangers() -> tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]:
    """(things there is no model of, the words for which a subject stands in)."""
    table = tomllib.loads((Path(__file__).parent / "strangers.toml").read_text("utf-8"))
    instead = {name: tuple(words) for name, words in table.pop("instead").items()}
    del table["formats"], table["parts"]
    return tuple(word for words in table.values() for word in words), instead


def _known_words(text: str) -> list[Found]:
    """Where the text names what one of the tables knows."""
    words = vocabulary()
    traits = {f"{trait} {name}": tuple(row["words"]) for trait, rows in people_table().items()
              for name, row in rows.items() if "words" in row}  # fmt: skip
    tables = (words.scenes, {name: (name,) for name in words.rooms}, traits,
              {name: surface.words for name, surface in words.surfaces.items()})  # fmt: skip
    return [*find_things(text), *find_features(text), *(hit for table in tables for hit in find_terms(text, table))]


def _with_article(text: str, hit: Found) -> str:
    before = re.search(r"\b(?:an?|two|three|four|five|the|some|one)\s$", text[: hit.start])
    return (before.group() if before else "") + text[hit.start : hit.end]


def _named_strangers(text: str) -> list[str]:
    """The things without a model that a text (lower case) names, unless a table knows a word as long."""
    known = _known_words(text)
    return [
        _with_article(text, hit)
        for hit in find_terms(text, {"stranger": _strangers()[0]})
        if not any(
            one.start < hit.end and hit.start < one.end and one.end - one.start >= hit.end - hit.start for one in known
        )
    ]


def _not_at_hand(prompt: str, scene: Scene) -> list[str]:
    """What is known by itself but has no place in this portrait: things neither worn nor carried."""
    if scene.kind != "portrait":
        return []
    text = without_styles(cut_up(without_quotes(prompt)).subject)
    there = {item.subject for item in scene.items}
    others = _known_words(text)
    return [
        _with_article(text, hit)
        for hit in find_things(text)
        if hit.name not in there
        and hit.name not in WORN
        and not any(one.name != hit.name and one.start < hit.end and hit.start < one.end for one in others)
    ]


def stand_ins(prompt: str, scene: Scene) -> list[str]:
    """What is painted as something like it: "“a violin” as a guitar"."""
    text = without_styles(cut_up(without_quotes(prompt)).subject)
    shown = {scene.subject, *(item.subject for item in scene.items)}
    instead = {name: words for name, words in _strangers()[1].items() if name in shown}
    subjects = vocabulary().subjects
    found = [f"“{_with_article(text, hit)}” as {_LABELS.get(hit.name) or with_article(subjects[hit.name].label)}"
             for hit in find_terms(text, instead)]  # fmt: skip
    sliced = re.search(r"\b((?:an? |one )?slices? of )", text)
    whole = find_things(text[sliced.end() :]) if sliced else []
    if (
        sliced
        and whole
        and whole[0].name in shown
        and text[sliced.end() : sliced.end() + whole[0].start].count(" ") < 3
    ):
        found.append(f"“{text[sliced.start() : sliced.end() + whole[0].end]}” whole")
    return found[:3]


def unknown_things(prompt: str, scene: Scene) -> list[str]:
    """The things asked for by name, article and all, of which the scene can show nothing; at most three."""
    found = _phrases_unknown(prompt, scene) if scene.kind not in ("poster", "portrait") else []
    text = without_styles(cut_up(without_quotes(prompt)).subject)
    for thing in _named_strangers(text):
        bare = _ARTICLE.sub("", thing)
        if scene.kind == "street" and _SIGN.search(bare):
            continue
        if not any(bare in said.lower() for said in found) and not _is_marked(scene, bare):
            found.append(thing)
    return found[:3]


def _is_marked(scene: Scene, thing: str) -> bool:
    """Whether a logo has a mark for the thing."""
    design = design_of(scene.design) if scene.kind == "poster" else None
    return design is not None and bool(design.mark) and thing.removesuffix("s") in designs().mark_words[design.mark]


def _phrases_unknown(prompt: str, scene: Scene) -> list[str]:
    """The phrases with an article that name nothing known."""
    text = without_styles(cut_up(without_quotes(prompt)).subject)
    found: list[str] = []
    lead = True
    joins = _JOINS if scene.kind == "object" else (*_JOINS, "with")
    for before, phrase, after in _phrases(text):
        counted = _ARTICLE.match(phrase)
        bare = phrase[counted.end() :] if counted else phrase
        if not bare or len(bare.split()) > _MOST_WORDS or len(phrase) > _MOST_LETTERS or after in _OWNERS:
            continue
        if set(bare.split()) & _NO_THINGS or (scene.kind == "street" and _SIGN.search(bare)):
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
    if scene.kind == "abstract" and _is_abstract_asked(prompt):
        return ""
    layout = _layout_missed(prompt, scene)
    if layout:
        shown = "an abstract" if scene.kind == "abstract" else "only what it shows"
        return f"I do not know how to lay out {layout}, so I painted {shown}."
    return " ".join(filter(None, (_notice_of_things(prompt, scene), notice_of_shortfall(prompt, scene))))


def _notice_of_things(prompt: str, scene: Scene) -> str:
    """A sentence on the things there is no model of, and on those painted as others."""
    missing, likened = unknown_things(prompt, scene), stand_ins(prompt, scene)
    if not missing and scene.kind == "abstract" and not _says_only_looks(prompt):
        return "I found nothing there that I know how to paint (I read English), so I painted an abstract."
    if not missing:
        apart = [f"“{phrase}”" for phrase in _not_at_hand(prompt, scene)]
        if apart:
            return f"I left out {_listed(apart[:3])}, for which a portrait has no room."
        return f"I painted {_listed(likened[:3])}." if likened else ""
    said = ", ".join(f"“{phrase}”" for phrase in missing[:-1]) + " or " if len(missing) > 1 else ""
    instead = "so I painted an abstract" if scene.kind == "abstract" else "so I left it out"
    reason = instead if len(missing) == 1 else instead.replace(" it", " them")
    also = f", and painted {_listed(likened[: 3 - len(missing)])}" if likened and len(missing) < 3 else ""
    return f"I do not know how to paint {said}“{missing[-1]}”, {reason}{also}."


def _says_only_looks(prompt: str) -> bool:
    """Whether a prompt names nothing but colours, light and looks, as an abstract's may."""
    text = without_styles(cut_up(without_quotes(prompt)).text)
    for table in ({name: (name,) for name in vocabulary().colours},
                  {name: light.words for name, light in vocabulary().lights.items()}):  # fmt: skip
        for hit in reversed(find_terms(text, table)):
            text = text[: hit.start] + text[hit.end :]
    return is_understood(text) or bool(_names_nothing(text))


def _names_nothing(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text)) & _NO_THINGS


def _layout_missed(prompt: str, scene: Scene) -> str:
    """The way the picture itself was to be laid out, article and all, when there is no such layout; "" otherwise."""
    text = " ".join(without_quotes(prompt).lower().split())
    hit = next(iter(find_terms(text, {"format": _formats()})), None)
    if hit is None or scene.kind in ("poster", "portrait") or _ASIDE.search(text[: hit.start]):
        return ""
    said = text[hit.start : hit.end]
    return f"a UI{said[2:]}" if said.startswith("ui ") else with_article(said)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _is_abstract_asked(prompt: str) -> bool:
    return bool(find_terms(prompt.lower(), {"abstract": vocabulary().scenes["abstract"]}))
