"""Reading the colours an edit wants of a printed sheet: of its ground, of its letters, or of both."""

import re
from dataclasses import replace

from studio.sandbox.painter.edits.clauses import polarity
from studio.sandbox.painter.edits.drafting import Asked, Draft
from studio.sandbox.painter.reading.brief import find_colours
from studio.sandbox.painter.reading.cast_list import is_ground
from studio.sandbox.painter.reading.designs import colours_on
from studio.sandbox.painter.vocabulary import vocabulary

_LETTERS = re.compile(r"\b(?:texts?|words?|letters|lettering|fonts?|typography|type|titles?|headline|name|wordmark)\b")
_GROUND = re.compile(r"\b(?:back(?:ground|drop)|paper|sheet|ground)\b")


def read_sheet(asked: Asked, draft: Draft) -> str:
    """Reads "make it gold on black", "the text red", "a yellow background" of a poster, card or logo of our own."""
    text, scene = asked.left, draft.scene
    if scene is None or scene.kind != "poster" or any(op.name == "text" for op in (*draft.before, *draft.ops)):
        return text
    colours = [hit for hit in find_colours(text) if polarity(text, hit.end) == "more"]
    if not colours:
        return text
    letters, ground = colours_on(text)
    if letters:
        draft.restage(replace(scene, inks=(ground, "", letters)), f"{colours[0].name} on {colours[-1].name}")
        return ""
    code, name = vocabulary().colours[colours[-1].name], colours[-1].name
    if _LETTERS.search(text):
        draft.restage(replace(scene, inks=(scene.inks[0], code, scene.inks[2])), f"{name} letters")
    elif _GROUND.search(text) or is_ground(text, colours[-1]):
        draft.restage(replace(scene, inks=(code, *scene.inks[1:])), f"{name} background")
    else:
        return text
    return ""
