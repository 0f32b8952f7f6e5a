"""Reading what changes the scene of an edit: its light, what the subject stands on, where, and of what colour."""

import re
from dataclasses import replace

from studio.sandbox.painter.edits.clauses import is_attributive, is_of_the_picture, polarity
from studio.sandbox.painter.edits.drafting import Asked, Draft, blanked
from studio.sandbox.painter.edits.phrases import side_of
from studio.sandbox.painter.filters.light import moods
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.reading.brief import (
    find_colours,
    find_lights,
    find_subjects,
    find_surfaces,
    find_terms,
    is_ground,
)
from studio.sandbox.painter.reading.finding import Found
from studio.sandbox.painter.reading.reading import view_of, wants_rim
from studio.sandbox.painter.scene import Kind, Place, Scene, Stage
from studio.sandbox.painter.vocabulary import vocabulary

_LANDS: tuple[Kind, ...] = ("mountains", "sea", "desert", "forest", "snow", "city")
_UNLIT: tuple[Kind, ...] = ("poster", "abstract")
_NOT_A_LIGHT_ALONE = frozenset(
    ("warm", "cool", "cold", "dark", "bright", "soft", "clean", "fresh", "gentle", "window", "minimal", "minimalist")
)
_ADJECTIVES = frozenset(
    ("moody", "dramatic", "dreamy", "airy", "romantic", "intimate", "icy", "frosty", "futuristic", "cinematic")
)
_TO_A_LAND = re.compile(
    r"^\W*(?:(?:make|turn|change|transform|set|move|put|place|replace|swap|switch|show|instead|in|into|on|at|by|an?|now"
    r"|with|for|it|this|that|the|scene|picture|to)\b.*)?$"
)
_BEFORE_LANDS: tuple[Kind, ...] = ("object", "portrait")
"""Scenes that may have open country behind them."""
_CARRIERS = ("paper", "linen")
_MEDIUM = re.compile(r"\b(?:paint\w*|draw\w*|sketch\w*|print\w*|water ?-?colou?r|duotone|ink|engraving|collage)\b")
_ROOMS = {"sill": "window sill", "seamless": "studio sweep"}
_PAINTS = re.compile(
    r"\b(?:make|paint|colou?r|turn|change|recolou?r|dye|repaint|give|want|it|this|subject|product|object|background"
    r"|backdrop|walls?)\b"
)
_SURROUNDINGS = re.compile(
    r"\b(?:sky|water|sea|lake|river|sun|moon|clouds?|grass|trees?|leaves|road|light|eyes|hair|glow)\b"
)
_LETTERS = re.compile(r"\b(?:texts?|words?|letters|lettering|fonts?|titles?|headline|caption|typography|slogan)\b")
_VIEWS = {"top": "seen from above", "low": "from a low angle", "close": "close up"}
_SWAPS = re.compile(r"\b(?:swap|replace|change|turn|instead|becomes?|exchange|switch)\b")
_GROUNDS = ("background", "backdrop", "wall", "walls", "seamless", "ground", "one", "paint", "colour", "color")
_ADVERBS = ("above", "below", "behind")


def _mood_of(name: str) -> str:
    """The mood that relights a finished picture as the vocabulary's light of this name would."""
    if name in moods():
        return name
    like = vocabulary().lights[name].like
    return like if like in moods() else "soft"


def _fits_light(text: str, *, name: str, start: int, end: int) -> bool:
    word = text[start:end]
    if text[end:].startswith((" light", " lighting")) or word.endswith(("light", "lighting")):
        return True
    if word in _NOT_A_LIGHT_ALONE or (name == "cold" and word in ("fog", "foggy", "misty")):
        return False
    return word not in _ADJECTIVES or is_of_the_picture(text, start, end)


def _without_light(draft: Draft, name: str, phrase: str) -> None:
    mood = _mood_of(name)
    if draft.takes_out(lambda op: op.name == "relight" and op.value.partition("|")[0] == mood, f"no {phrase}"):
        return
    if draft.scene is not None and draft.scene.light == name:
        draft.restage(replace(draft.scene, light="soft"), f"no {phrase}")
    else:
        draft.note(f"There is no {phrase} in the picture to take out.")


def _from_a_side(asked: Asked, draft: Draft, side: str) -> str:
    """What "light from the right" and no more asks for."""
    draft.op(Op("relight", asked.degree.scale, f"key|{side}"), f"light from {'' if side in _ADVERBS else 'the '}{side}")
    return ""


def read_light(asked: Asked, draft: Draft) -> str:
    """Reads "sunset light", "make it more dramatic": the scene is lit anew, a picture from elsewhere relit."""
    text = asked.left
    hits = [hit for hit in find_lights(text) if _fits_light(asked.text, name=hit.name, start=hit.start, end=hit.end)]
    lit = re.search(r"light|\bsun|lit\b", asked.text)
    side = side_of(asked.text) if lit else ""
    if not hits:
        return _from_a_side(asked, draft, side) if side and re.search(r"light|lit\b", text) else text
    hit = hits[0]
    phrase = vocabulary().lights[hit.name].phrase
    scene = draft.scene
    if polarity(asked.text, hit.end) != "more":
        _without_light(draft, hit.name, phrase)
    elif (
        scene is not None
        and scene.kind not in _UNLIT
        and scene.light != hit.name
        and not side
        and (asked.degree.scale >= 1 or asked.degree.exact)
    ):
        draft.restage(replace(scene, light=hit.name), phrase)
        if asked.degree.scale > 1 and not asked.degree.exact:
            draft.op(Op("relight", asked.degree.scale - 1, _mood_of(hit.name)))
    else:
        mood = _mood_of(hit.name)
        draft.op(Op("relight", asked.degree.scale, f"{mood}|{side}" if side else mood), phrase)
    for taken in hits:
        text = blanked(text, taken.start, taken.end)
    return text


def _moves_there(text: str, land: Found, scene: Scene) -> bool:
    """Whether a place is where the picture is to be, rather than one that is in it: "higher mountains", "the sea"."""
    before = text[: land.start]
    if scene.kind in _BEFORE_LANDS:
        return True
    if re.search(r"\b(?:the|its|these|those|more|fewer|less|bigger|higher|taller) (?:\w+ )?$", before):
        return (
            re.search(r"\b(?:put|place|set|move|bring)\b.*\b(?:in|into|to|on|at|by) the (?:\w+ )?$", before) is not None
        )
    return _TO_A_LAND.search(before) is not None


def _read_camera(asked: Asked, draft: Draft) -> bool:
    """Reads "from above", "move the mug to the left", "rim light": how a still life is seen and lit."""
    scene, text = draft.scene, asked.left
    if scene is None or scene.kind != "object":
        return False
    moved = re.search(
        r"\b(?:move|shift|slide|push|place|put)\b.* (?:to|on|in|into) the (left|right|cent(?:re|er)|middle)\b", text
    )
    empty = re.search(r"\b(?:space|room) (?:on|to|at) the (left|right)\b", text)
    if wants_rim(text) and not scene.rim:
        draft.restage(replace(scene, rim=True), "rim light")
    elif moved or empty:
        side = (moved or empty).group(1)  # type: ignore[union-attr]
        side = {"left": "right", "right": "left"}[side] if empty and not moved else side
        place: Place = {"left": "left", "right": "right"}.get(side, "centre")  # type: ignore[assignment]
        where = f"on the {place}" if place != "centre" else "in the middle"
        if scene.place == place:
            draft.note(f"What the picture shows is {where} already.")
        else:
            draft.restage(replace(scene, place=place, moved=scene.moved or bool(moved)), where)
    elif (view := view_of(text)) and view != scene.view and not re.search(r"\blight", text):
        draft.restage(replace(scene, view=view), _VIEWS.get(view, f"a {view} view"))
    else:
        return False
    return True


def read_place(asked: Asked, draft: Draft) -> str:
    """Reads "on slate", "in a forest": what the subject of a sandbox picture stands on, or before."""
    text = asked.left
    if draft.scene is None:
        return text
    if _read_camera(asked, draft):
        return ""
    surfaces = [hit for hit in find_surfaces(text) if hit.name not in _CARRIERS or not _MEDIUM.search(asked.text)]
    rooms = find_terms(text, vocabulary().stages)
    if rooms and draft.scene.kind == "object" and polarity(asked.text, rooms[0].end) == "more":
        # A room brings its own table and walls.
        stage: Stage = rooms[0].name  # type: ignore[assignment]  # a test ties the table's names to Stage
        draft.restage(
            replace(draft.scene, stage=stage, setting="", surface="", wall=""), f"in a {_ROOMS.get(stage, stage)}"
        )
        return blanked(text, rooms[0].start, rooms[0].end)
    if surfaces and draft.scene.kind == "object" and polarity(asked.text, surfaces[0].end) == "more":
        hit = surfaces[-1 if _SWAPS.search(asked.text) else 0]
        draft.restage(replace(draft.scene, surface=hit.name, setting="", wall=""), f"on {hit.name}")
        return blanked(text, hit.start, hit.end)
    tints = find_colours(text)
    lands = [
        hit
        for hit in find_terms(text, {k: vocabulary().scenes[k] for k in _LANDS})
        if _moves_there(asked.text, hit, draft.scene) and all(hit.end <= c.start or c.end <= hit.start for c in tints)
    ]
    if lands and polarity(asked.text, lands[0].end) == "more":
        land: Kind = lands[0].name  # type: ignore[assignment]
        scene = draft.scene
        draft.restage(
            replace(scene, setting=land, surface="", wall="")
            if scene.kind in _BEFORE_LANDS
            else replace(scene, kind=land),
            f"{land} setting",
        )
        return blanked(text, lands[0].start, lands[0].end)
    return text


def read_subject(asked: Asked, draft: Draft) -> str:
    """Reads "swap the mug for a glass": another subject in the same place."""
    text = asked.left
    if draft.scene is None or draft.scene.kind != "object" or not _SWAPS.search(asked.text):
        return text
    others = [hit for hit in find_subjects(text) if hit.name not in (draft.scene.subject, "table")]
    if not others:
        return text
    hit = others[-1]
    draft.restage(
        replace(draft.scene, kind="object", subject=hit.name, colour="", text="", bare=False),
        f"{hit.name.replace('_', ' ')} instead",
    )
    return blanked(text, hit.start, hit.end)


def _names_another(text: str, end: int, scene: Scene | None) -> bool:
    """Whether the colour that ends here is part of another thing's name: "dark chocolate cake"."""
    after = re.match(r"\s+([\w-]+)", text[end:])
    if after is None or not is_attributive(text, end):
        return False
    named = [hit.name for hit in find_subjects(after.group(1))]
    own = bool(named) and (scene is None or scene.subject in named)
    return not (own or find_colours(after.group(1)) or after.group(1) in _GROUNDS)


def _is_poster(draft: Draft) -> bool:
    return draft.scene is not None and draft.scene.kind == "poster"


def _is_paint(text: str, hit: Found) -> bool:
    """Whether the colour is to be painted with on a picture nobody knows: "make it red", or no more than "red"."""
    rest = blanked(text, hit.start, hit.end)
    said = is_ground(text, hit) or _PAINTS.search(rest) is not None
    return (said and not _SURROUNDINGS.search(rest)) or re.fullmatch(
        r"[\s,.!]*(?:in|now|please)?[\s,.!]*", rest
    ) is not None


def read_colours(asked: Asked, draft: Draft) -> str:
    """A colour said of the background or, alone, of the subject."""
    text = asked.left
    for hit in [] if _LETTERS.search(asked.text) and not _is_poster(draft) else find_colours(text):
        code = vocabulary().colours[hit.name]
        if polarity(asked.text, hit.end) != "more" or (draft.scene is None and not _is_paint(asked.text, hit)):
            continue
        if asked.text[hit.end : hit.end + 5] == " hour" or _names_another(asked.text, hit.end, draft.scene):
            continue
        if is_ground(text, hit):
            if draft.scene is not None and draft.scene.kind == "object" and hit.name != "white":
                draft.restage(replace(draft.scene, wall=code, setting=""), f"{hit.name} background")
            else:
                ground = "#ffffff" if hit.name == "white" else code
                draft.op(Op("background", 1.0, ground), f"{hit.name} background")
        elif draft.scene is not None and draft.scene.kind == "portrait":
            draft.note("In a portrait I can colour hair, eyes, clothes and the background only, so I left that out.")
        elif draft.scene is not None:
            draft.restage(replace(draft.scene, colour=code), f"{hit.name} subject")
        else:
            draft.op(Op("recolour", 1.0, code), f"{hit.name} subject")
        text = blanked(text, hit.start, hit.end)
    return text
