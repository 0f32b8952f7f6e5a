"""Reading what a clause wants of the background; and the values all readers of things and grounds share."""

import re
from dataclasses import dataclass, replace

from studio.sandbox.painter.filters.background import VIEWS
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.reading.cast_list import find_colours, find_subjects, is_ground
from studio.sandbox.painter.reading.finding import find_terms
from studio.sandbox.painter.scene import Kind, Scene
from studio.sandbox.painter.vocabulary import vocabulary

GROUND = re.compile(r"\b(?:background|backdrop|surroundings|behind (?:it|the))\b")
PAINT = re.compile(r"\b(?:make|paint|colou?r|turn|change|recolou?r|dye|repaint|give|want)\b")
_SET_BEHIND = re.compile(r"^(?:add|put|place|set|show|with|have|there (?:is|are))\b(.+?)\bbehind (?:it|the)\b")
_NO_SUPPORT = re.compile(
    r"\b(?:remove|delete|erase|take (?:away|out|off)|get rid of|without|lose|hide|clear)\b"
    r"\s*(?:the |this |that |its |whole )*(table ?top|table|floor|walls?|sky|ground|desk|road)\s*$"
)
_WALLS = re.compile(r"\b(?:walls?|room|backdrop)\b")
_WHITE_GROUND = re.compile(
    r"\b(?:remove|delete|without|isolate|erase|no|drop|cut out)\b.{0,18}\bback(?:ground|drop)|"
    r"\b(?:pure |plain |clean |on )?white\b.{0,12}\bback(?:ground|drop)|\bback(?:ground|drop)\b.{0,16}\bwhite\b|"
    r"\b(?:remove|delete|erase)\b (?:everything|all)\b.{0,12}\b(?:except|but|apart from)\b|"
    r"\bon (?:pure |plain )?white\b|\bcut ?(?:it )?out\b|\bisolate\b|\btransparen\w+"
)
_SOFT_GROUND = re.compile(
    r"\b(?:blur|soften|defocus)\w*\b.{0,20}\b(?:background|backdrop|behind|surroundings)|"
    r"\b(?:background|backdrop|surroundings)\b.{0,18}\b(?:blur|out of focus|softer)|\bbokeh\b|depth of field"
)
_INTO = re.compile(
    r"\b(?:put|place|set|move|bring|transport|replace|change|turn|swap)\b"
    r"|^(?:now )?(?:in|on|at|by|before|against) (?:an?|the)?\b"
    r"|^(?:make it|show it|have it|i want it) (?:in|on|at|by)\b|\b(?:standing|sitting|lying|placed) (?:in|on|at|by)\b"
)


@dataclass(frozen=True, slots=True)
class State:
    """What is known when a clause is read: the scene (None for a picture from elsewhere) and the ops made so far."""

    scene: Scene | None
    ops: tuple[Op, ...]
    """Those of the picture's record and of the clauses before this one, in order."""
    seed: str
    """Hex digits for what the seed decides."""
    degree: float = 1.0
    adding: bool = False
    """Whether the clause before this one added something, so that "and a pear" adds too."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The state after a clause, what was done in words, and a remark for the designer where one is due."""

    scene: Scene | None
    ops: tuple[Op, ...]
    did: str
    notice: str = ""
    rest: str = ""
    """What of the clause is left for other readers."""


def _white_or_soft(text: str, state: State) -> Reading | None:
    if _SOFT_GROUND.search(text):
        sharp = re.search(r"\b(?:less|sharpen|unblur|no)\b", text)
        ops = tuple(op for op in state.ops if op.name != "blur background") if sharp else state.ops
        if sharp:
            return Reading(state.scene, ops, "background in focus") if len(ops) < len(state.ops) else None
        blur = Op("blur background", state.degree, "")
        return Reading(state.scene, (*ops, blur), "background out of focus")
    if "transparen" in text and not GROUND.search(text) and find_subjects(text):
        return None
    if not _WHITE_GROUND.search(text) or re.search(r"\boff[- ]white", text):
        return None
    shadow = re.search(r"\bshadow", text) and not re.search(r"\b(?:no|without)\b.{0,12}\bshadow", text)
    notice = "This format has no transparency, so the background is pure white." if "transparen" in text else ""
    op = Op("background", 1.0, "#ffffff+shadow" if shadow else "#ffffff")
    return Reading(state.scene, (*state.ops, op), "white background", notice=notice)


def read_ground(text: str, state: State) -> Reading | None:
    """A background of another colour, of two, or a view; the walls of a room."""
    simple = _white_or_soft(text, state)
    if simple is not None:
        return simple
    codes = vocabulary().colours
    behind = _SET_BEHIND.search(text)
    if behind is not None and find_subjects(behind.group(1)):
        return None  # "a lemon behind the bottle" is a thing, and no colour of what is behind it
    said = GROUND.search(text)
    colours = [hit for hit in find_colours(text) if said or is_ground(text, hit)]
    walls = _WALLS.search(text) is not None and PAINT.search(text) is not None
    if said and "gradient" in text and len(colours) > 1:
        pair = f"{codes[colours[0].name]},{codes[colours[1].name]}"
        return Reading(state.scene, (*state.ops, Op("background", 1.0, pair)), "gradient background")
    if colours and (said or walls or is_ground(text, colours[0])) and not _views(text):
        name = colours[0].name
        if state.scene is not None and state.scene.kind == "object":
            scene = replace(state.scene, wall=codes[name], setting="")
            return Reading(scene, state.ops, f"{name} background")
        op = Op("recolour background" if walls else "background", 1.0, codes[name])
        return Reading(state.scene, (*state.ops, op), f"{name} background")
    return _view(text, state)


def read_support(text: str, state: State) -> Reading | None:
    """What all else in a picture from elsewhere stands on, or before, is not taken out, and that is said."""
    found = _NO_SUPPORT.search(text) if state.scene is None else None
    if found is None or any(op.name == "add" and op.value.startswith(f"{found.group(1)}|") for op in state.ops):
        return None
    said = f"I cannot take the {found.group(1)} out: all else in the picture is on it or before it."
    return Reading(None, state.ops, "", notice=said)


def _views(text: str) -> list[Kind]:
    """The kinds of country the words name, in order."""
    hits = find_terms(text, {name: vocabulary().scenes.get(name, ()) for name in VIEWS})
    # "Forest green" is a colour, not a wood.
    tints = find_colours(text)
    hits = [hit for hit in hits if all(hit.end <= tint.start or tint.end <= hit.start for tint in tints)]
    return [next(kind for kind in VIEWS if kind == hit.name) for hit in hits]


def _view(text: str, state: State) -> Reading | None:
    """A place behind the subject of a picture from elsewhere; a sandbox scene is restaged by other readers."""
    rooms = [hit.name for hit in find_terms(text, vocabulary().stages)]
    views = [*_views(text), *rooms]
    if (
        not views
        or state.scene is not None
        or not (_INTO.search(text) or GROUND.search(text))
        or re.search(r"\bsnow(?:ing|fall|flakes)?\b", text)
    ):
        return None
    lights = find_terms(text, {name: light.words for name, light in vocabulary().lights.items()})
    light = lights[0].name if lights else "soft"
    op = Op("background", 1.0, f"view:{views[0]}:{light}:{state.seed[:8]}")
    return Reading(None, (*state.ops, op), f"{views[0]} background")
