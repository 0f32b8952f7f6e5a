"""Reading what an edit asks of open country: the season, and what stands, sails or flies in it."""

import re
from dataclasses import replace
from functools import partial

from studio.sandbox.painter.edits.clauses import polarity
from studio.sandbox.painter.edits.drafting import Asked, Draft, blanked
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.whereabouts import before_place, depth_and_side, place_in
from studio.sandbox.painter.land.features import (
    MOST_FEATURES,
    Season,
    Thing,
    feature_table,
    find_features,
    find_season,
    things_in,
)
from studio.sandbox.painter.land.landmarks import SIDED, Landmark
from studio.sandbox.painter.reading.brief import find_colours, find_subjects
from studio.sandbox.painter.reading.captions import with_article
from studio.sandbox.painter.reading.finding import find_terms
from studio.sandbox.painter.scene import Kind, Scene
from studio.sandbox.painter.vocabulary import vocabulary

_INDOORS: tuple[Kind, ...] = ("object", "portrait", "poster", "abstract")
_SEASONED: tuple[Kind, ...] = ("mountains", "meadow", "lake", "forest", "snow")
"""Kinds of country whose painters know the seasons."""
_SNOW_LIES = re.compile(
    r"\bsnow(?:y)?[ -](?:covered|capped|topped|clad)\b|\b(?:covered|blanketed|deep) in snow\b|\bin (?:the )?snow\b"
    r"|\bsnow (?:on|over|across) (?:the |its |all )|\bsnowy (?:mountains?|peaks?|landscape|scene|trees|ground|hills?)\b"
)
_ADD = re.compile(
    r"^(?:please )?(?:add|put|place|include|insert|set|introduce|bring in|have|with|draw|show|paint"
    r"|there (?:is|are|should be)|i want|an?\b|two|three|four|five|some|a few|more)\b"
)
_REMOVE = re.compile(r"\b(?:remove|delete|erase|take (?:away|out|off)|get rid of|without|lose|no|hide|clear)\b")
_SKY = re.compile(r"\bsk(?:y|ies)\b")


def _season_said(text: str) -> Season:
    if _SNOW_LIES.search(text):
        return "winter"
    return find_season(re.sub(r"\bin the snow\b", " ", text))


def _is_open(scene: Scene | None) -> bool:
    return scene is not None and scene.kind not in _INDOORS


def _turned(scene: Scene, season: Season) -> Scene:
    """The country in the season; snow-covered peaks are mountains again in any but winter."""
    if scene.kind == "snow":
        return scene if season == "winter" else replace(scene, kind="mountains", season=season)
    return replace(scene, season=season)


def _read_season(asked: Asked, draft: Draft) -> bool:
    text, scene = asked.left, draft.scene
    season = _season_said(text)
    indoors = scene is not None and scene.kind in _INDOORS
    if not season or indoors or polarity(text, len(text)) == "none":
        return False
    if scene is not None and scene.kind in _SEASONED:
        if _turned(scene, season) == scene:
            draft.note(f"It is {season} in the picture already.")
        else:
            draft.restage(_turned(scene, season), f"in {season}")
    else:
        draft.op(Op("season", min(1.5, asked.degree.scale), season), f"in {season}")
    return True


def _is_landmark(op: Op, name: str) -> bool:
    return op.name == "landmark" and op.value.startswith(f"{name}|")


def _removed(asked: Asked, draft: Draft, names: list[str]) -> bool:
    scene = draft.scene
    if not _REMOVE.search(asked.left):
        return False
    for name in names:
        label = feature_table()[name].phrase
        if draft.takes_out(partial(_is_landmark, name=name), f"without {label}"):
            continue
        if scene is not None and any(thing.name == name for thing in scene.features):
            scene = replace(scene, features=tuple(thing for thing in scene.features if thing.name != name))
            draft.restage(scene, f"without {label}")
        else:
            draft.note(f"I see none of the kind in the picture: {label}.")
    return True


def _with(scene: Scene, thing: Thing) -> Scene:
    """The country with the thing, or with more of it."""
    there = next((one for one in scene.features if one.name == thing.name), None)
    others = tuple(one for one in scene.features if one.name != thing.name)
    more = thing if there is None else replace(thing, count=min(5, there.count + thing.count))
    return replace(scene, features=(*others, more)[-MOST_FEATURES:])


def _has(draft: Draft, name: str) -> bool:
    drawn = any(_is_landmark(op, name) for op in (*draft.before, *draft.ops))
    things = draft.scene.features if draft.scene is not None else ()
    return drawn or any(thing.name == name for thing in things)


def _clear_sky(draft: Draft) -> None:
    """Takes the sun and the moon that hang in a sky of the sandbox's own out of it: a picture has one of them."""
    draft.before = [op for op in draft.before if not _is_landmark(op, "moon")]
    draft.ops = [op for op in draft.ops if not _is_landmark(op, "moon")]
    if draft.scene is None:
        return
    kept = tuple(thing for thing in draft.scene.features if thing.name != "moon")
    absent = tuple(dict.fromkeys((*draft.scene.absent, "sun")))
    draft.scene = replace(draft.scene, features=kept, absent=absent)


def _stand(thing: Thing, place: str, draft: Draft) -> None:
    """Into the scene where it is the sandbox's own and the words leave the place to it, else onto the picture."""
    said = feature_table()[thing.name].phrase
    if thing.name == "moon" and draft.scene is not None and draft.scene.kind != "street":
        if place in SIDED:
            _clear_sky(draft)
        elif _has(draft, thing.name):
            draft.note("There is a moon in the picture already.")
            return
    if draft.scene is not None and place not in SIDED:
        draft.restage(_with(draft.scene, thing), said)
        return
    where = f" {place.replace('-', ' ')}" if place in SIDED else ""
    landmark = Landmark(
        thing.name, place if place in SIDED else "", thing.colour, thing.count, f"{draft.seed[:6]}{len(draft.ops):02x}"
    )
    draft.op(Op("landmark", 1.0, landmark.text()), f"{said}{where and ' at the'}{where}")


def _read_features(asked: Asked, draft: Draft) -> bool:
    text = asked.left
    hits = find_features(before_place(text))
    if not hits and not find_subjects(before_place(text)):
        hits = find_features(text)
    if _REMOVE.search(text):
        hits = find_terms(text, {name: feature.words for name, feature in feature_table().items()})
    if draft.scene is None:
        subjects = find_subjects(before_place(text))
        hits = [
            hit
            for hit in hits
            if hit.name == "birds" or not any(s.start < hit.end and hit.start < s.end for s in subjects)
        ]
    elif not _is_open(draft.scene):
        return False
    if _REMOVE.search(text) and hits and draft.scene is not None:
        return _removed(asked, draft, [hit.name for hit in hits])
    hits = [hit for hit in hits if feature_table()[hit.name].place != "terrain" or draft.scene is not None]
    if not hits or not _ADD.search(text) or _REMOVE.search(text):
        return False
    words = vocabulary()
    for thing in things_in(text, hits, find_colours(text), words.colours):
        depth, side = depth_and_side(place_in(text))
        _stand(thing, side or depth, draft)
    return True


def _read_sky(asked: Asked, draft: Draft) -> bool:
    """Reads "make the sky pink" as a wash from the top."""
    text, colours = asked.left, find_colours(asked.left)
    if not _SKY.search(text) or not colours or (draft.scene is not None and not _is_open(draft.scene)):
        return False
    second = vocabulary().colours[colours[1].name] if len(colours) > 1 else ""
    code = vocabulary().colours[colours[0].name]
    draft.op(
        Op("gradient", min(1.5, asked.degree.scale), f"{code},{second},90"), with_article(f"{colours[0].name} sky")
    )
    return True


def read_outdoors(asked: Asked, draft: Draft) -> str:
    """Reads "in winter", "add a cabin by the lake", "a sailing boat on the left", "make the sky pink"."""
    text = asked.left
    if _read_sky(asked, draft) or _read_features(asked, draft):
        return blanked(text, 0, len(text))
    if _read_season(asked, draft):
        return blanked(text, 0, len(text))
    return text
