"""Reading what an edit asks of the people of a sandbox portrait: hair, face, what they wear, their age."""

import re
from dataclasses import replace

from studio.sandbox.painter.edits.drafting import Asked, Draft
from studio.sandbox.painter.edits.ground_words import GROUND
from studio.sandbox.painter.people.person import Person, person_with
from studio.sandbox.painter.reading.finding import find_terms
from studio.sandbox.painter.vocabulary import vocabulary

_ABOUT = re.compile(
    r"\b(?:skin|hair(?:ed|cut)?|blonde?|brunette|redhead|bald|fringe|beard(?:ed)?|moustache|mustache|stubble|shave[dn]?"
    r"|glasses|sunglasses|spectacles|shades|hat|cap|beanie|hijab|headscarf|smil(?:e|es|ing)|laugh(?:s|ing)?|grin\w*|frown\w*"
    r"|serious|happ(?:y|ier)|sad(?:der)?|surprised?|angry|expression|eyes|freckles|earrings?|sweater|jumper|shirt|t-shirt|tee"
    r"|hoodie|coat|suit|blazer|jacket|dress|turtleneck|blouse|older|younger|old|young|elderly|woman|man|girl|boy|person|people)\b"
)
_GONE = r"\b(?:remove|delete|erase|take (?:out|away)|get rid of) (?:the |all )?(?:woman|man|girl|boy|person|people)\b"
_GARMENT = re.compile(
    r"\b(sweater|jumper|shirt|t-shirt|tee|hoodie|coat|suit|blazer|jacket|dress|turtleneck|blouse)"
    r"(?: (?:is|to be))? (?:to |into |in )?(?:a )?([a-z]+(?: [a-z]+)?)\b"
)
_INTO = re.compile(r"\b(?:with|into|by|for|to)\b|\bmake (?:it|her|him|them)\b")
_AGES = (
    (r"\b(?:older|elderly|old|aged)\b", "old"),
    (r"\b(?:younger|young)\b", "young"),
    (r"\b(?:child|kid)\b", "child"),
)
_SHADES = {
    "skin": ("porcelain", "light", "warm", "olive", "brown", "deep"),
    "hair_colour": ("white", "grey", "blonde", "red", "brown", "black"),
}
"""From light to dark."""
_SHADE = re.compile(
    r"\b(?:darken|lighten)\b.{0,8}\b(?:hair|skin)\b|\b(?:hair|skin)\b.{0,14}\b(?:darker|lighter)\b"
    r"|\b(?:darker|lighter) (?:hair|skin)\b"
)
_MAKE_UP = re.compile(
    r"\b(?:give (?:her|him|them)|wear(?:s|ing)?|with|put .* on)\b"
    r".*\b(?:lipstick|make-?up|mascara|eye ?shadow|eye ?liner)\b"
    r"|\b(?:lipstick|make-?up|mascara|eye ?shadow|eye ?liner) on\b"
)
_HAT_COLOUR = re.compile(r"\b[a-z]+ (?:hat|cap|beanie|hijab|headscarf)\b")
_WOMENS = {"bob": "short", "bun": "short", "ponytail": "short", "long": "short"}


def _spelled(text: str) -> str:
    """The text with "sweater to red" said as "red sweater" too."""
    found = _GARMENT.search(text)
    if found is None:
        return text
    colour = next((w for w in (found.group(2), found.group(2).split()[0]) if w in vocabulary().colours), "")
    return f"{text} {colour} {found.group(1)}" if colour else text


def _of_another_gender(person: Person, text: str) -> Person:
    """Who "replace the woman with a man" makes of someone: what is named after "with" or "into"."""
    turn = list(_INTO.finditer(text))
    named = re.findall(r"\b(woman|man|girl|boy|lady|guy)\b", text[turn[-1].end() :]) if turn else []
    if not named:
        return person
    gender = "woman" if named[-1] in ("woman", "girl", "lady") else "man"
    age = "child" if named[-1] in ("girl", "boy") else person.age
    if gender == person.gender:
        return replace(person, age=age)
    hair = (
        _WOMENS.get(person.hair, person.hair) if gender == "man" else "long" if person.hair == "short" else person.hair
    )
    return replace(person, gender=gender, age=age, hair=hair, beard="", earrings=False)


def _shaded(person: Person, text: str) -> Person:
    """Reads "make her skin darker", "lighter hair": the next of the shades there are."""
    found = _SHADE.search(text)
    if found is None:
        return person
    part = "skin" if "skin" in found.group() else "hair_colour"
    shades = _SHADES[part]
    now = getattr(person, part)
    if now not in shades:
        return person
    step = 1 if "dark" in found.group() else -1
    shade = shades[min(len(shades) - 1, max(0, shades.index(now) + step))]
    return replace(person, skin=shade) if part == "skin" else replace(person, hair_colour=shade)


def changed_person(person: Person, text: str) -> Person:
    """The same person as the words (small letters) want them; equal when they say nothing of a person."""
    if _SHADE.search(text):
        return _shaded(person, text)
    new = person_with(_of_another_gender(person, text), _spelled(text), colours=vocabulary().colours)
    if re.search(r"\b(?:make|looks?|turn|be|is|change)\b", text):
        age = next((age for pattern, age in _AGES if re.search(pattern, text)), "")
        new = replace(new, age=age) if age else new
        if age == "old" and new.hair_colour not in ("grey", "white") and "hair" not in text:
            new = replace(new, hair_colour="grey")
    off = re.search(r"\b(?:no|without|remove|take off|lose)\b", text) is not None
    if re.search(r"\bfreckles?\b", text):
        new = replace(new, freckles=not off)
    if re.search(r"\bearrings?\b", text):
        new = replace(new, earrings=not off)
    if re.search(r"\b(?:stop|don'?t|not|less|no|without)\b.{0,12}\bsmil|\bserious\b", text):
        new = replace(new, expression="neutral")
    elif re.search(r"\b(?:smil\w*|happ\w*|grin\w*)\b", text) and new.expression == person.expression:
        new = replace(new, expression="smile")
    return new


def _meant(person: Person, text: str) -> bool:
    """Whether the words speak of this one of several: "him", "her"."""
    if re.search(r"\b(?:him|his|he|the man(?:'s)?|the boy(?:'s)?)\b", text):
        return person.gender == "man"
    if re.search(r"\b(?:her|she|the woman(?:'s)?|the girl(?:'s)?)\b", text):
        return person.gender == "woman"
    return True


def read_person(asked: Asked, draft: Draft) -> str:
    """Reads "make her hair blonde", "add glasses", "make him smile" for a portrait of the sandbox's own."""
    scene, text = draft.scene, asked.left
    if scene is not None and scene.kind == "portrait" and _MAKE_UP.search(text):
        draft.note("I cannot put make-up on a face; I can change hair, eyes, skin and clothes.")
        return ""
    if scene is None or scene.kind != "portrait" or scene.bare or not _ABOUT.search(text) or GROUND.search(text):
        return text
    if re.search(_GONE, text):
        draft.restage(replace(scene, bare=True), "nobody in it")
        return ""
    aimed = [_meant(person, text) for person in scene.people]
    # Of one alone "him" is said as readily as "her".
    whom = aimed if any(aimed) else [True] * len(aimed)
    people = tuple(
        changed_person(person, text) if one else person for person, one in zip(scene.people, whom, strict=True)
    )
    if people == scene.people:
        if not person_words_known(text):
            return text
        draft.note("That is how the portrait shows it already.")
        return ""
    if _HAT_COLOUR.search(text) and find_terms(text, {name: (name,) for name in vocabulary().colours}):
        draft.note("A hat comes in a colour that goes with the clothes; I cannot choose another for it.")
    draft.restage(replace(scene, people=people), re.sub(r"^(?:please |now |can you |also )+", "", asked.text))
    return ""


def person_words_known(text: str) -> bool:
    """Whether the words name a trait at all, so that an unchanged portrait has it already."""
    other = Person(
        gender="woman", age="adult", skin="light", hair="long", hair_colour="green", eyes="brown", beard="moustache",
        glasses="sun", head="beanie", expression="laugh", clothes="coat", clothes_colour="#000000", earrings=False,
        freckles=False, face=(0.5, 0.5, 0.5, 0.5),
    )  # fmt: skip
    without = replace(other, beard="", glasses="", head="")
    return any(changed_person(one, text) != one for one in (other, without))
