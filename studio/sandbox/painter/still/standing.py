"""Which things a still life shows, as it stands after single ones were taken away, painted or exchanged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio.sandbox.painter.changes import Change, by_place
from studio.sandbox.painter.noise import dice
from studio.sandbox.painter.scene import Item, Role, Scene
from studio.sandbox.painter.still.arrangement import Spot, arranged, sized_spot
from studio.sandbox.painter.still.cutout import Thing
from studio.sandbox.painter.still.interior import furnished
from studio.sandbox.painter.still.studio_set import staging_of
from studio.sandbox.painter.vocabulary import vocabulary

PUT = 100
"""The number of a thing put on another is that one's and this."""
_SMALLEST, _LARGEST = 0.4, 1.6
"""How much smaller or larger a thing may be than the one whose place it takes."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing of a still life as it is now."""

    number: int
    """Its place among the scene's things, the subject's first."""
    subject: str
    """What it was painted as."""
    nth: int
    """Which of this subject's things."""
    shown: str
    """What it is now."""
    colour: str
    finish: str
    role: Role | None
    """None for the scene's subject."""
    own: bool = True
    """Whether it was asked for; a room has some furniture unasked."""
    put: bool = False
    """Whether it was put since on the thing that its other fields name."""


def with_furniture(scene: Scene) -> Scene:
    """The scene with what its room has unasked."""
    roomy = scene.stage == "room" and not scene.setting and scene.view not in ("top", "close")
    return furnished(scene) if roomy else scene


def _every(scene: Scene) -> list[tuple[Standing, bool]]:
    """(each thing, whether it was taken away)."""
    own = scene.count + sum(item.count for item in scene.items)
    rows: list[tuple[str, str, str, int, Role | None]] = [
        (scene.subject, scene.colour, scene.finish, scene.count, None),
        *((i.subject, i.colour, i.finish, i.count, i.role) for i in with_furniture(scene).items),
    ]
    changes, met, every = by_place(scene.changed), dict[str, int](), list[tuple[Standing, bool]]()
    for subject, colour, finish, count, role in rows:
        for _ in range(count):
            nth = met.get(subject, 0)
            met[subject] = nth + 1
            change = changes.get((subject, nth), Change(subject, nth))
            body = ("", "") if change.instead else (colour, finish)
            one = Standing(
                len(every), subject, nth, change.instead or subject, change.colour or body[0],
                change.finish or body[1], role, len(every) < own,
            )  # fmt: skip
            every.append((one, change.gone or (scene.bare and role is None)))
    for one, gone in tuple(every):
        change = changes.get((one.subject, one.nth), Change(one.subject, one.nth))
        if change.bears and not gone:
            put = replace(one, number=PUT + one.number, shown=change.bears, colour=change.bears_colour, finish="",
                          role="on" if one.role is None else "beside", own=True, put=True)  # fmt: skip
            every.append((put, False))
    return every


def standing(scene: Scene) -> list[Standing]:
    """What is there, in the order the scene names it."""
    return [one for one, gone in _every(scene) if not gone]


def spots_of(scene: Scene) -> list[Spot]:
    """Where everything stands, what was taken away included."""
    stage = staging_of(scene, vocabulary().subjects[scene.subject])
    return arranged(with_furniture(scene), dice(scene.seed, "arrangement"), pitch=stage.pitch)


def gone_numbers(scene: Scene) -> frozenset[int]:
    """The numbers of the things that were taken away."""
    if not (scene.changed or scene.bare):
        return frozenset()
    return frozenset(one.number for one, gone in _every(scene) if gone)


def as_changed(scene: Scene, spots: Sequence[Spot]) -> list[Spot]:
    """The things in their places with what became of them; what was taken away is among them, for the frame's sake."""
    if not scene.changed:
        return list(spots)
    every = {one.number: one for one, _ in _every(scene)}
    new = [_exchanged(spot, every[spot.number], scene) if spot.number in every else spot for spot in spots]
    gone = gone_numbers(scene)
    fallen = [spot for spot in new if spot.number in gone and spot.thing.subject.seat]
    new = [_lowered(spot, fallen) if spot.number not in gone else spot for spot in new]
    return [*new, *(_put(one, new) for one in every.values() if one.put)]


def _put(one: Standing, spots: Sequence[Spot]) -> Spot:
    """What was put on a thing of the scene: where there is most room on it, no wider than it is."""
    base = next(spot for spot in spots if spot.number == one.number - PUT)
    subject = vocabulary().subjects[one.shown]
    spot = sized_spot(Thing(subject=subject, colour=one.colour), subject.height_cm)
    spot = sized_spot(spot.thing, spot.height * min(1.0, 0.9 * base.half_width / spot.half_width))
    taken = [other.x for other in spots if other.base_z == base.z and abs(other.x - base.x) < base.half_width]
    free = base.half_width * 0.8 - spot.half_width
    places = [base.x + max(0.0, free) * share for share in (0.15, -0.6, 0.6)]
    x = max(places, key=lambda place: min((abs(place - other) for other in taken), default=0.0))
    level = base.y + base.thing.subject.seat * base.unit_cm
    return replace(spot, x=x, y=level, z=base.z + base.half_depth * 0.12, base_z=base.z, number=one.number)


def _exchanged(spot: Spot, one: Standing, scene: Scene) -> Spot:
    thing = replace(spot.thing, colour=one.colour, finish=one.finish)
    if one.shown == one.subject:
        return replace(spot, thing=thing)
    thing = replace(thing, subject=vocabulary().subjects[one.shown])
    new = sized_spot(thing, thing.subject.height_cm * (scene.size if one.role is None else 1.0))
    share = _span(new) / _span(spot)
    new = sized_spot(thing, new.height * min(max(share, _SMALLEST), _LARGEST) / share)
    return replace(
        spot, thing=thing, unit_cm=new.unit_cm, half_width=new.half_width, half_depth=new.half_depth, height=new.height
    )


def _span(spot: Spot) -> float:
    return max(spot.height, 2 * spot.half_width)


def _lowered(spot: Spot, fallen: Sequence[Spot]) -> Spot:
    """What stood on a thing that was taken away, on what that stood on."""
    if spot.base_z is None:
        return spot
    for base in fallen:
        if base.z == spot.base_z and abs(spot.x - base.x) <= base.half_width:
            return replace(spot, y=base.y, base_z=base.base_z)
    return spot


def as_shown(scene: Scene) -> Scene:
    """The scene as one would name it now, to be spoken of and not to be painted; the subject is "" of an empty one."""
    if scene.kind != "object" or not (scene.changed or scene.bare):
        return scene
    groups: dict[tuple[str, str, str, Role | None], int] = {}
    for one in standing(scene):
        if one.own:
            key = (one.shown, one.colour, one.finish, one.role)
            groups[key] = groups.get(key, 0) + 1
    if not groups:
        return replace(scene, subject="", items=(), changed=(), bare=False)
    rows = list(groups.items())
    (subject, colour, finish, _), count = rows[0]
    items = tuple(Item(name, tint, stuff, n, role or "beside") for (name, tint, stuff, role), n in rows[1:])
    return replace(
        scene, subject=subject, colour=colour, finish=finish, count=count, items=items, changed=(), bare=False
    )
