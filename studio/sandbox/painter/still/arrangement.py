"""Where several things stand: sizes true to each other, close together, none hidden, the small ones in front."""

from dataclasses import dataclass, replace
from math import cos, radians, sin

import numpy as np

from studio.sandbox.painter.scene import Scene
from studio.sandbox.painter.still.cutout import Thing
from studio.sandbox.painter.still.parts import bounds
from studio.sandbox.painter.vocabulary import vocabulary

_SMALLEST = 0.2
"""The smallest thing is drawn at least this high, as a share of the tallest: a ring beside a guitar must be seen."""
_TRIES = 70
_TABLES = ("desk", "table", "side_table")
_ISO_DEG = 38.0
_ON_FLOORS_CM = 45
"""From this height on a thing may stand on a floor; what is smaller goes onto furniture."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A thing in its place, in centimetres: x across, y above the ground, z towards the camera."""

    thing: Thing
    unit_cm: float
    """Centimetres of one unit of the thing's model."""
    half_width: float
    half_depth: float
    height: float
    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    base_z: float | None = None
    """Of what it stands on, None on the ground."""
    number: int = -1
    """Which of the scene's things it is, the subject's first; −1 for what is none of them."""

    @property
    def order(self) -> tuple[float, float]:
        """What is painted first has the smaller one: the far before the near, a base before what stands on it."""
        return (self.z, -1e6) if self.base_z is None else (self.base_z, self.z)


def _sized(thing: Thing, *, least_cm: float, flat: bool) -> Spot:
    x0, y0, z0, x1, y1, z1 = bounds(thing.parts())
    tall = y1 - min(y0, 0.0)
    unit = thing.subject.height_cm / tall
    unit *= max(1.0, least_cm / (max(tall, x1 - x0) * unit))
    half_depth = (z1 - z0) / 2 * unit
    if flat:
        half_depth = tall * unit / 2 if thing.subject.lies else max(-z0, z1) * unit + tall * unit * 0.12
    return Spot(
        thing=thing, unit_cm=unit, half_width=(x1 - x0) / 2 * unit, half_depth=half_depth, height=tall * unit
    )  # fmt: skip


def sized_spot(thing: Thing, height_cm: float) -> Spot:
    """A thing so high, in nobody's place yet."""
    spot = _sized(thing, least_cm=0.0, flat=False)
    by = height_cm / spot.height
    return replace(
        spot, unit_cm=spot.unit_cm * by, half_width=spot.half_width * by, half_depth=spot.half_depth * by,
        height=height_cm,
    )  # fmt: skip


def _moved(spot: Spot, *, x: float, y: float, z: float, base_z: float | None = None) -> Spot:
    return replace(spot, x=x, y=y, z=z, base_z=base_z)


def _collides(spot: Spot, others: list[Spot], *, flat: bool) -> bool:
    for other in others:
        across = abs(spot.x - other.x) / (spot.half_width + other.half_width)
        deep = abs(spot.z - other.z) / (spot.half_depth + other.half_depth)
        if (max(across, deep) < 1.15) if flat else (np.hypot(across, deep) < 0.98):
            return True
    return False


def _hidden(spot: Spot, other: Spot, pitch: float) -> float:
    """How much of the one behind the one in front hides, 0–1."""
    front, back = (spot, other) if spot.z > other.z else (other, spot)
    left, right = (
        max(front.x - front.half_width, back.x - back.half_width),
        min(front.x + front.half_width, back.x + back.half_width),
    )
    if right <= left:
        return 0.0
    risen = front.height * cos(pitch) - (front.z - back.z) * sin(pitch)
    return min(1.0, (right - left) / (2 * back.half_width)) * min(1.0, max(0.0, risen / (back.height * cos(pitch))))


def _cost(spot: Spot, placed: list[Spot], pitch: float) -> float:
    if pitch > 1:  # a layout seen from above: wider than high, nothing hides anything
        largest = max(other.half_width + other.half_depth for other in placed)
        middle = float(np.mean([other.x for other in (*placed, spot)]))
        return (
            float(np.hypot(spot.x - placed[0].x, (spot.z - placed[0].z) * 1.9)) / largest + 0.2 * abs(middle) / largest
        )
    tallest = max(other.height for other in placed)
    middle = sum(other.x * other.height for other in (*placed, spot)) / sum(o.height for o in (*placed, spot))
    spread = float(np.hypot(spot.x - placed[0].x, (spot.z - placed[0].z) * 1.1)) / tallest
    small_in_front = (1 - spot.height / tallest) * -0.5 * spot.z / tallest
    hidden: float = sum(_hidden(spot, other, pitch) ** 1.5 for other in placed)
    total: float = spread * 0.5 + 4.5 * hidden + abs(middle) / tallest * 0.6 + small_in_front
    return total


def _found(spot: Spot, placed: list[Spot], rng: np.random.Generator, *, pitch: float) -> Spot:
    """The best of many drawn places beside those already standing."""
    flat = pitch > 1
    best, lowest = None, np.inf
    for _ in range(_TRIES):
        beside = placed[int(rng.integers(len(placed)))]
        angle, away = float(rng.uniform(0, 6.2832)), float(rng.uniform(1.02, 1.3))
        x = beside.x + cos(angle) * (beside.half_width + spot.half_width) * away
        z = beside.z + sin(angle) * (beside.half_depth + spot.half_depth) * away
        candidate = _moved(spot, x=x, y=0.0, z=z)
        if _collides(candidate, placed, flat=flat):
            continue
        cost = _cost(candidate, placed, pitch if not flat else 1.5)
        if cost < lowest:
            best, lowest = candidate, cost
    if best is None:
        edge = max(other.x + other.half_width for other in placed)
        best = _moved(spot, x=edge + spot.half_width * 1.05, y=0.0, z=0.0)
    return best


def _things(scene: Scene, rng: np.random.Generator) -> list[tuple[Thing, str]]:
    words = vocabulary().subjects
    asked = [(scene.subject, scene.colour, scene.finish, scene.count, "main")]
    asked += [(item.subject, item.colour, item.finish, item.count, item.role) for item in scene.items]
    things = []
    for name, colour, finish, count, role in asked:
        for _ in range(count):
            yaw = float(rng.uniform(-1, 1)) * words[name].yaw + (
                _ISO_DEG * (1.0 if words[name].home else 0.4) if scene.view == "iso" else 0.0
            )
            things.append((Thing(subject=words[name], colour=colour, finish=finish, yaw_deg=yaw), role))
    return things


def arranged(scene: Scene, rng: np.random.Generator, *, pitch: float) -> list[Spot]:
    """Every thing of the scene in its place, the subject first."""
    placed = _placed(scene, rng, pitch=pitch)
    return _in_order(placed, scene) if scene.order and scene.items else placed


def _in_order(placed: list[Spot], scene: Scene) -> list[Spot]:
    """The first kind of thing on the side of the second that was said: all mirrored, or two of them side by side."""
    first = next((spot for spot in placed if spot.number == 0), None)
    second = next((spot for spot in placed if spot.number == scene.count), None)
    if first is None or second is None or first.base_z is not None or second.base_z is not None:
        return placed
    side = 1 if scene.order == "left" else -1
    if len(placed) == 2:
        apart = side * (first.half_width + second.half_width) * 1.06
        return [replace(spot, x=first.x + apart, z=first.z) if spot is second else spot for spot in placed]
    return placed if (second.x - first.x) * side > 0 else [replace(spot, x=-spot.x) for spot in placed]


def _placed(scene: Scene, rng: np.random.Generator, *, pitch: float) -> list[Spot]:
    things = _things(scene, rng)
    flat = pitch > radians(60)
    true = [_sized(thing, least_cm=0.0, flat=flat) for thing, _ in things]
    largest = max(max(spot.height, spot.half_width * 2) for spot in true)
    least = largest * (_SMALLEST * 0.55 if scene.stage == "room" else _SMALLEST)
    sized = [
        (replace(_sized(thing, least_cm=least, flat=flat), number=k), role) for k, (thing, role) in enumerate(things)
    ]
    if not flat and (scene.stage == "room" or any(spot.thing.subject.name in _TABLES for spot, _ in sized)):
        return _among_furniture(sized, rng, pitch=pitch)
    base = next((spot for spot, role in sized if role == "under" and spot.thing.subject.seat), None)
    main = [spot for spot, role in sized if role == "main"]
    placed: list[Spot] = []
    if base is not None and not flat:
        placed.append(_moved(base, x=0.0, y=0.0, z=0.0))
        placed += _row_on(base, main, rng)
    elif scene.count == 2 and main[0].thing.subject.pair and not flat:
        placed += _pair(main)
    else:
        placed.append(main[0])
        placed += _beside(main[1:], placed, rng, pitch=pitch)
    rest = [spot for spot, role in sized if role == "beside" or (role == "under" and spot is not base)]
    if base is not None and flat:
        rest.append(base)
    on_top = [spot for spot, role in sized if role == "on"]
    if on_top and (not placed[0].thing.subject.seat or flat):
        rest, on_top = rest + on_top, []
    placed += _beside(rest, placed, rng, pitch=pitch)
    return placed + (_row_on(placed[0], on_top, rng) if on_top else [])


def _beside(spots: list[Spot], placed: list[Spot], rng: np.random.Generator, *, pitch: float) -> list[Spot]:
    found: list[Spot] = []
    for spot in sorted(spots, key=lambda one: -one.height):
        found.append(_found(spot, [*placed, *found], rng, pitch=pitch))
    return found


def _pair(spots: list[Spot]) -> list[Spot]:
    """Two of a kind: one in front, the other half behind it."""
    one, other = spots
    return [
        _moved(other, x=one.half_width * 0.62, y=0.0, z=-one.half_depth * 2.1),
        _moved(one, x=0.0, y=0.0, z=0.0),
    ]


def _among_furniture(sized: list[tuple[Spot, str]], rng: np.random.Generator, *, pitch: float) -> list[Spot]:
    """Furniture and figures on the floor; what is small on the table or desk where there is one."""
    spots = [spot for spot, _ in sized]
    tables = [spot for spot in spots if spot.thing.subject.name in _TABLES]
    seated = next((spot for spot, role in sized if role == "under" and spot.thing.subject.seat), None)
    table = min(tables, key=lambda one: _TABLES.index(one.thing.subject.name), default=None)
    upon = [spot for spot, role in sized if seated is not None and role == "main"]
    small = [spot for spot in spots if _is_small(spot) and spot not in upon and spot is not seated]
    if table is None:
        small = []
    big = [spot for spot in spots if spot not in small and spot not in upon]
    first = seated or big[0]
    placed = [_moved(first, x=0.0, y=0.0, z=0.0)]
    for spot in sorted((one for one in big if one is not first), key=lambda one: -one.height):
        placed.append(_along_wall(spot, placed, rng, pitch=pitch))
    if upon:
        placed += _row_on(placed[0], upon, rng)
    if table is None or not small:
        return placed
    stood = next(spot for spot in placed if spot.thing is table.thing)
    return placed + _row_on(stood, small, rng)


def _is_small(spot: Spot) -> bool:
    subject = spot.thing.subject
    return not subject.home and not subject.figure and subject.height_cm < _ON_FLOORS_CM


def _along_wall(spot: Spot, placed: list[Spot], rng: np.random.Generator, *, pitch: float) -> Spot:
    """Low tables and chairs where they fit best; what is tall at the nearer free end of the row, a little back."""
    if spot.thing.subject.figure or spot.thing.subject.seat or spot.height < 90:
        return _found(spot, placed, rng, pitch=pitch)
    left = min(other.x - other.half_width for other in placed)
    right = max(other.x + other.half_width for other in placed)
    gap = spot.half_width * float(rng.uniform(1.02, 1.25))
    on_left = abs(left) < abs(right) if abs(left + right) > 1 else bool(rng.random() < 0.5)
    x = left - gap if on_left else right + gap
    return _moved(spot, x=x, y=0.0, z=-spot.half_depth * 0.4)


def _heap_on(base: Spot, spots: list[Spot], rng: np.random.Generator) -> list[Spot]:
    """Several small things spread over a plate or in a bowl."""
    level = base.thing.subject.seat * base.unit_cm
    reach = max(0.0, base.half_width * 0.80 - spots[0].half_width)
    start = float(rng.uniform(0, 6.2832))
    heap = []
    for k, spot in enumerate(spots):
        away, angle = reach * (k / max(1, len(spots) - 1)) ** 0.5, start + k * 2.4
        heap.append(
            _moved(spot, x=base.x + away * cos(angle), y=base.y + level, z=base.z + away * sin(angle), base_z=base.z)
        )
    return heap


def _row_on(base: Spot, spots: list[Spot], rng: np.random.Generator) -> list[Spot]:
    """The things side by side on top of the base, a little forward so that they do not sink into a back rest."""
    if len(spots) > 2 and not base.thing.subject.home:
        return _heap_on(base, spots, rng)
    level = base.thing.subject.seat * base.unit_cm
    total = sum(spot.half_width * 2.1 for spot in spots)
    if total > base.half_width * 1.9 and len(spots) > 1:
        return _crowded_on(base, spots)
    x = base.x - total / 2 + float(rng.uniform(-0.2, 0.2)) * max(0.0, base.half_width * 1.4 - total / 2)
    row = []
    for spot in spots:
        x += spot.half_width * 1.05
        row.append(_moved(spot, x=x, y=base.y + level, z=base.z + base.half_depth * 0.12, base_z=base.z))
        x += spot.half_width * 1.05
    return row


def _crowded_on(base: Spot, spots: list[Spot]) -> list[Spot]:
    """More than a row holds: spread over the top, the tall at the back."""
    level = base.thing.subject.seat * base.unit_cm
    order = sorted(spots, key=lambda one: -one.height)
    last = max(1, len(order) - 1)
    places = sorted(range(len(order)), key=lambda k: abs(k - last / 2))  # the tallest in the middle
    row = []
    for k, spot in enumerate(order):
        across = (places[k] / last - 0.5) * 1.24 * base.half_width
        back = (-0.25 + 0.65 * k / last) * base.half_depth
        row.append(_moved(spot, x=base.x + across, y=base.y + level, z=base.z + back, base_z=base.z))
    return row
