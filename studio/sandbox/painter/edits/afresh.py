"""Whether the words of a later turn describe a whole new picture rather than a change to the one there is."""

import re

from studio.sandbox.painter.reading.brief import find_subjects, read_brief, without_references
from studio.sandbox.painter.scene import Scene
from studio.sandbox.painter.still.standing import standing

_OPENING = re.compile(
    r"^(?:(?:ok(?:ay)?|and|then|great|thanks|please|now|next|new picture|new image)\b[,:]? *)*"
    r"(?:(?:paint|draw|create|generate|design|make(?: me)?|show(?: me)?|give me|i(?:'d)? (?:want|like)"
    r"|let'?s (?:do|see)) (?:now )?)?(?:an?|two|three|four|five|some) (?!bit|little|lot|touch|hint|few|more|different)"
)
_OUTRIGHT = re.compile(
    r"^(?:\w+[,:]? )?(?:now|next|new (?:picture|image)|paint|create|generate|design)\b"
    r"|\b(?:photo|photograph|picture|image|portrait|illustration|painting|drawing|render)(?:graph)? of\b"
)
_OF_THIS = re.compile(
    r"\b(?:it|its|this|that|these|those|same|instead|too|also|him|her|his|them|their|background|backdrop|behind|beside"
    r"|next to|more|less|another|add|filter|effect|look|tone|overlay|version|crop|border|vignette|gradient|mood|feel"
    r"|(?:the|of|in) (?:\w+ )?(?:picture|image|photo|scene|frame|subject|left|right|top|bottom|corner|middle"
    r"|cent(?:re|er)|foreground|distance|sky))\b"
)
_DEFINITE = re.compile(r"\bthe\b")


def _names(scene: Scene) -> set[str]:
    """The subjects of a still life."""
    return {one.shown for one in standing(scene)} if scene.kind == "object" else set()


def is_new_picture(prompt: str, scene: Scene, seed: bytes) -> bool:
    """Whether the prompt is a description of its own: "a dog on a beach", "now a poster for a jazz festival"."""
    text = " ".join(without_references(prompt).lower().split())
    if not _OPENING.search(text) or _OF_THIS.search(text):
        return False
    if _names(scene) & {hit.name for hit in find_subjects(text)}:
        return False
    outright = _OUTRIGHT.search(text) is not None
    brief = read_brief(prompt, seed)
    if brief.kind in ("poster", "portrait"):
        return outright or brief.kind != scene.kind
    if brief.kind != "object":
        return outright and brief.kind != "abstract"
    placed = bool(brief.setting or brief.stage) or (bool(brief.surface or brief.items) and not _DEFINITE.search(text))
    return placed or ("now" not in text.split() and outright)
