"""What a picture shows, as a value: enough to paint it again, changed in one thing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from studio.sandbox.painter.changes import Change, changes_from_record, changes_to_record
from studio.sandbox.painter.colour import Field, is_hex
from studio.sandbox.painter.land.features import SEASONS, Season, Thing, things_from_record, things_to_record
from studio.sandbox.painter.people.person import MOST_PEOPLE, Person, person_from_record, person_to_record
from studio.sandbox.painter.reading.designs import design_of
from studio.sandbox.painter.vocabulary import vocabulary

Kind = Literal[
    "object", "mountains", "sea", "desert", "forest", "snow", "city", "poster", "abstract", "meadow", "lake", "canyon",
    "space", "street", "portrait",
]  # fmt: skip
Extra = Literal["steam", "snow", "rain", "fog"]
KINDS: tuple[Kind, ...] = get_args(Kind)
EXTRAS: tuple[Extra, ...] = get_args(Extra)
Stage = Literal["", "seamless", "room", "kitchen", "sill"]
Woods = Literal["", "conifer", "broadleaf", "birch", "jungle"]
Support = Literal["", "plinth", "air"]
View = Literal["", "top", "close", "wide", "low", "iso"]
Place = Literal["", "left", "right", "centre", "top", "bottom"]
Order = Literal["", "left", "right"]
Role = Literal["beside", "on", "under"]
MOST_THINGS = 7
"""Subjects in one picture, counts included."""
SIZES = (0.25, 3.0)
"""The least and the largest factor a subject's size is changed by."""
_TEXT_LIMIT = 1600


@dataclass(frozen=True, slots=True)
class Item:
    """Something besides the subject: next to it, standing on it, or what it stands on."""

    subject: str
    colour: str = ""
    finish: str = ""
    count: int = 1
    role: Role = "beside"


@dataclass(frozen=True, slots=True)
class Scene:
    """Colours are "#rrggbb"; names are keys of the vocabulary; an empty string is "not said"."""

    kind: Kind
    seed: bytes
    subject: str = ""
    colour: str = ""
    surface: str = ""
    surface_colour: str = ""
    """Of "black velvet"; "" for the surface's own."""
    wall: str = ""
    tone: str = ""
    """The wall when none was said: chosen once, so that it stays when the subject changes."""
    light: str = "soft"
    setting: str = ""
    """A landscape kind behind an object."""
    text: str = ""
    extras: tuple[Extra, ...] = ()
    items: tuple[Item, ...] = ()
    count: int = 1
    """How many of the subject."""
    finish: str = ""
    """What the subject's body is made of, where it was said: a key of the vocabulary's finishes."""
    stage: Stage = ""
    support: Support = ""
    """A plinth to stand on, or nothing at all: it floats."""
    view: View = ""
    place: Place = ""
    """Where in the frame the things stand; the rest is left empty."""
    order: Order = ""
    """On which side of the second thing the first one stands."""
    moved: bool = False
    """They were moved there in a finished picture, and so keep their size."""
    size: float = 1.0
    """How much larger than usual the subject is drawn, within SIZES."""
    rim: bool = False
    """A light from behind was asked for."""
    plain: bool = False
    """Nothing is to be added that was not named: no leaves' shadow, niche or plinth."""
    features: tuple[Thing, ...] = ()
    """What stands, sails or flies in a landscape."""
    season: Season = ""
    woods: Woods = ""
    """What grows in a wood; left open, conifers, or broad leaves in a season that colours them."""
    people: tuple[Person, ...] = ()
    """Who a portrait shows, from left to right."""
    bare: bool = False
    """The subject, or everybody in a portrait, was taken away: the place is painted without."""
    absent: tuple[str, ...] = ()
    """What was said to be left out of a place that has it unasked: subjects and the vocabulary's kinds."""
    changed: tuple[Change, ...] = ()
    """What became of single things since; where all stand is found as though nothing had."""
    inks: tuple[str, str, str] = ("", "", "")
    """Of a printed thing, since it was painted: the colour of its ground, its letters, and all that is printed."""
    design: str = ""
    """What a poster is: its form, topic and face, see `designs.design_of`."""


@dataclass(frozen=True, slots=True)
class Known:
    """A thing that was set into a picture: what it may be called, and its coverage (h, w)."""

    names: tuple[str, ...]
    """Keys of the vocabulary's subjects and plain words, lower case."""
    cover: Field
    shade: Field
    """Where its shadow lies (h, w), 0–1."""


@dataclass(frozen=True, slots=True)
class Relief:
    """How the subject's surface is turned, for what is printed on it; it holds while the canvas has this coverage."""

    alpha: Field
    turn: Field
    """(h, w): the sine of the angle to the side the surface faces, −1 left, 0 to the front, 1 right."""
    tilt: float
    """The sine of the angle the camera looks down at."""
    label: Field | None = None
    """(h, w): coverage of the label of a glossy thing; None where there is nothing of the kind."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture in the making: sRGB floats (h, w, 3), and where known the subject's coverage and its shadow (h, w)."""

    picture: Field
    alpha: Field | None = None
    shadow: Field | None = None
    stood: tuple[float, float, float, float] | None = None
    """The subject's own box (left, top, right, bottom; px) once things were added to it, or it was taken away."""
    known: tuple[Known, ...] = ()
    """What was set in from other pictures, while nothing has moved since."""
    relief: Relief | None = None
    remark: str = ""
    """What the designer is to be told of how it came to be, as a sentence."""


def scene_to_record(scene: Scene) -> dict[str, Any]:
    return {
        "kind": scene.kind, "seed": scene.seed.hex(), "subject": scene.subject, "colour": scene.colour,
        "surface": scene.surface,
        "surface_colour": scene.surface_colour, "wall": scene.wall, "tone": scene.tone, "light": scene.light,
        "setting": scene.setting, "text": scene.text, "extras": list(scene.extras),
        "items": [[i.subject, i.colour, i.finish, i.count, i.role] for i in scene.items], "count": scene.count,
        "finish": scene.finish, "stage": scene.stage, "support": scene.support, "view": scene.view,
        "place": scene.place, "order": scene.order, "moved": scene.moved, "size": scene.size,
        "rim": scene.rim, "plain": scene.plain,
        "features": things_to_record(scene.features), "season": scene.season, "woods": scene.woods,
        "people": [person_to_record(person) for person in scene.people], "design": scene.design,
        "bare": scene.bare, "absent": list(scene.absent),
        "changed": changes_to_record(scene.changed), "inks": list(scene.inks),
    }  # fmt: skip


def is_colour(code: str) -> bool:
    return is_hex(code)


def scene_from_record(record: Mapping[str, Any]) -> Scene | None:
    """The scene of a record found in a file, which may be anything; None unless every value is one of ours."""
    words = vocabulary()
    texts = {
        k: record.get(k)
        for k in ("subject", "colour", "surface", "wall", "tone", "light", "setting", "text", "seed", "kind")
    }
    extras = record.get("extras")
    if not all(isinstance(v, str) for v in texts.values()) or not isinstance(extras, list):
        return None
    good = (
        texts["kind"] in KINDS
        and (texts["subject"] in words.subjects if texts["kind"] == "object" else texts["subject"] == "")
        and all(texts[k] == "" or is_colour(str(texts[k])) for k in ("colour", "wall", "tone"))
        and (texts["surface"] == "" or texts["surface"] in words.surfaces)
        and texts["light"] in words.lights
        and (texts["setting"] == "" or texts["setting"] in KINDS)
        and len(str(texts["text"])) <= _TEXT_LIMIT
        and all(extra in EXTRAS for extra in extras)
        and len(str(texts["seed"])) == 64
        and all(c in "0123456789abcdef" for c in str(texts["seed"]))
    )
    if not good:
        return None
    staging, cast = _staging_from(record), _cast_from(record)
    if staging is None or cast is None:
        return None
    seed = bytes.fromhex(str(texts.pop("seed")))
    return Scene(seed=seed, extras=tuple(extras), **texts, **staging, **cast)  # type: ignore[arg-type]


def _cast_from(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Features, season and people, none of them in old records; None when one is not ours."""
    features, season, rows = (
        things_from_record(record.get("features", [])), record.get("season", ""), record.get("people", [])
    )  # fmt: skip
    if features is None or season not in SEASONS or not isinstance(rows, list) or len(rows) > MOST_PEOPLE:
        return None
    people = [person_from_record(row) for row in rows]
    if None in people or (record.get("kind") == "portrait" and not people):
        return None
    woods = record.get("woods", "")
    if woods not in get_args(Woods):
        return None
    return {"features": features, "season": season, "woods": woods, "people": tuple(people)}


def _staging_from(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The fields that came later, each with the value it had before it existed; None when one is not ours."""
    rows = record.get("items", [])
    absent = record.get("absent", [])
    changed = changes_from_record(record.get("changed", []))
    inks = record.get("inks", ["", "", ""])
    items = [_item_from(row) for row in rows] if isinstance(rows, list) and len(rows) <= MOST_THINGS else [None]
    fields = {
        "count": record.get("count", 1), "finish": record.get("finish", ""), "stage": record.get("stage", ""),
        "support": record.get("support", ""), "view": record.get("view", ""), "place": record.get("place", ""),
        "order": record.get("order", ""),
        "moved": record.get("moved", False), "size": record.get("size", 1.0), "rim": record.get("rim", False),
        "plain": record.get("plain", False), "surface_colour": record.get("surface_colour", ""),
        "design": record.get("design", ""), "bare": record.get("bare", False),
    }  # fmt: skip
    good = (
        None not in items
        and changed is not None
        and _are_inks(inks)
        and _is_count(fields["count"])
        and (fields["finish"] == "" or fields["finish"] in list(vocabulary().finishes))
        and fields["stage"] in get_args(Stage)
        and fields["support"] in get_args(Support)
        and fields["view"] in get_args(View)
        and fields["place"] in get_args(Place)
        and fields["order"] in get_args(Order)
        and isinstance(fields["moved"], bool)
        and _is_size(fields["size"])
        and isinstance(fields["rim"], bool)
        and isinstance(fields["plain"], bool)
        and isinstance(fields["bare"], bool)
        and _are_known(absent)
        and isinstance(fields["design"], str)
        and isinstance(fields["surface_colour"], str)
        and (fields["surface_colour"] == "" or is_colour(fields["surface_colour"]))
        and design_of(fields["design"]) is not None
    )
    lists = {"items": tuple(items), "absent": tuple(absent), "changed": changed, "inks": tuple(inks)}
    return {**fields, **lists} if good else None


def _are_known(names: object) -> bool:
    """Whether these are names of what can be left out."""
    words = vocabulary()
    return isinstance(names, list) and all(
        isinstance(name, str) and (name in words.subjects or name in words.kinds) for name in names
    )


def _are_inks(codes: object) -> bool:
    """Whether these are the colours of a ground, of letters and of a print, each perhaps unsaid."""
    return (
        isinstance(codes, list)
        and len(codes) == 3
        and all(isinstance(code, str) and (code == "" or is_colour(code)) for code in codes)
    )


def _is_size(value: object) -> bool:
    """Whether this is a factor a subject's size may be changed by."""
    return isinstance(value, int | float) and not isinstance(value, bool) and SIZES[0] <= value <= SIZES[1]


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_THINGS


def _item_from(row: object) -> Item | None:
    if not (isinstance(row, list) and len(row) == 5 and all(isinstance(row[k], str) for k in (0, 1, 2, 4))):
        return None
    subject, colour, finish, count, role = row
    words = vocabulary()
    good = (
        subject in words.subjects
        and (colour == "" or is_colour(colour))
        and (finish == "" or finish in words.finishes)
        and _is_count(count)
        and role in get_args(Role)
    )
    return Item(subject=subject, colour=colour, finish=finish, count=count, role=role) if good else None
