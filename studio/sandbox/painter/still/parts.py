"""The solids a subject is made of, as values: read, repeated in patterns, turned and moved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import cos, pi, radians, sin
from typing import Any, Literal

from studio.sandbox.painter.noise import dice

Finish = Literal["matte", "satin", "gloss", "metal", "glass", "glow"]
Shape = Literal["lathe", "tube", "ball", "box", "rod"]
Box3 = tuple[float, float, float, float, float, float]
"""Left, bottom, back, right, top, front."""
_GOLDEN_TURN = pi * (3 - 5**0.5)


@dataclass(frozen=True, slots=True)
class Part:
    """One solid of a subject; `numbers` as the table's head describes."""

    shape: Shape
    numbers: tuple[tuple[float, ...], ...]
    paint: str = "body"
    finish: Finish = "matte"
    turn: float = 0.0
    tilt: float = 0.0
    round: float = 0.1
    flat: float = 1.0
    opening: tuple[float, float] | None = None
    """(inner radius, level of the filling)."""
    fill: str = "#20140f"
    skin: str = ""
    """A texture of the surface."""


def _spun(x: float, y: float, *, by: float) -> tuple[float, float]:
    return x * cos(by) - y * sin(by), x * sin(by) + y * cos(by)


def _points_mapped(part: Part, change: Any) -> tuple[tuple[float, ...], ...]:  # noqa: ANN401 - a plain function (x, y, z) → (x, y, z)
    """The part's numbers with every point in them changed; a lathe has none but its axis."""
    if part.shape == "rod":
        row = part.numbers[0]
        return ((*change(*row[:3]), *change(*row[3:6]), *row[6:]),)
    return tuple((*change(*row[:3]), *row[3:]) for row in part.numbers)


def turned(part: Part, yaw_deg: float) -> Part:
    """Turned about the upright axis."""
    if part.shape == "lathe":
        return part
    a = radians(yaw_deg)

    def change(x: float, y: float, z: float) -> tuple[float, float, float]:
        return x * cos(a) + z * sin(a), y, -x * sin(a) + z * cos(a)

    return replace(part, numbers=_points_mapped(part, change), turn=part.turn + yaw_deg)


def dialled(part: Part, angle_deg: float, *, about_x: float, about_y: float) -> Part:
    """Turned clockwise about an axis towards the viewer through (about_x, about_y), as on a clock's face."""
    a = -radians(angle_deg)

    def change(x: float, y: float, z: float) -> tuple[float, float, float]:
        across, up = _spun(x - about_x, y - about_y, by=a)
        return across + about_x, up + about_y, z

    return replace(part, numbers=_points_mapped(part, change), tilt=part.tilt - angle_deg)


def shifted_part(part: Part, by: tuple[float, float, float]) -> Part:
    """Moved; a lathe only up or down, because its axis is the upright one."""
    if part.shape == "lathe":
        rows = tuple((r, y + by[1]) for r, y in part.numbers)
        opening = (part.opening[0], part.opening[1] + by[1]) if part.opening else None
        return replace(part, numbers=rows, opening=opening)

    def change(x: float, y: float, z: float) -> tuple[float, float, float]:
        return x + by[0], y + by[1], z + by[2]

    return replace(part, numbers=_points_mapped(part, change))


def _mirrored(part: Part) -> Part:
    def change(x: float, y: float, z: float) -> tuple[float, float, float]:
        return -x, y, z

    return replace(part, numbers=_points_mapped(part, change), turn=-part.turn, tilt=-part.tilt)


def _scattered(part: Part, count: int, radius: float) -> list[Part]:
    """Copies spread evenly over a disc, each turned, moved and raised a little differently."""
    rng = dice(repr(part.numbers).encode(), "scatter")
    copies = []
    for k in range(count):
        away = radius * ((k + 0.5) / count) ** 0.5 * float(rng.uniform(0.88, 1.08))
        angle = k * _GOLDEN_TURN + float(rng.uniform(-0.25, 0.25))
        spot = (away * cos(angle), float(rng.uniform(-0.008, 0.008)), away * sin(angle))
        copies.append(shifted_part(turned(part, float(rng.uniform(0, 360))), spot))
    return copies


def _gridded(part: Part, row: tuple[float, ...]) -> list[Part]:
    counts, steps = [int(n) for n in row[:3]], row[3:6]
    return [
        shifted_part(part, tuple((k - (n - 1) / 2) * step for k, n, step in zip(place, counts, steps, strict=True)))  # type: ignore[arg-type]
        for place in ((i, j, k) for i in range(counts[0]) for j in range(counts[1]) for k in range(counts[2]))
    ]


def repeated(part: Part, row: Mapping[str, Any]) -> list[Part]:
    """The copies a row of the table asks for: in a ring, on a dial, scattered, in a grid, mirrored; one without."""
    copies = [part]
    if "scatter" in row:
        copies = _scattered(part, int(row["scatter"][0]), float(row["scatter"][1]))
    if "grid" in row:
        copies = _gridded(part, tuple(row["grid"]))
    if "ring" in row:
        copies = [turned(part, 360 * k / row["ring"]) for k in range(int(row["ring"]))]
    if "dial" in row:
        count, about_y, about_x = (float(n) for n in (*row["dial"], 0.0)[:3])
        copies = [dialled(part, 360 * k / count, about_x=about_x, about_y=about_y) for k in range(int(count))]
    if row.get("mirror"):
        copies = [side for copy in copies for side in (copy, _mirrored(copy))]
    paints = row.get("paints", [part.paint])
    return [replace(copy, paint=paints[k % len(paints)]) for k, copy in enumerate(copies)]


def _reach(part: Part) -> Box3:
    if part.shape == "lathe":
        widest, heights = max(r for r, _ in part.numbers), [y for _, y in part.numbers]
        return -widest, min(heights), -widest, widest, max(heights), widest
    if part.shape == "tube":
        spots = [(x, y, z, r, r, r * part.flat) for x, y, z, r in part.numbers]
    elif part.shape == "rod":
        x0, y0, z0, x1, y1, z1, r0, r1 = part.numbers[0]
        along = [x1 - x0, y1 - y0, z1 - z0]
        length = max(1e-6, sum(d * d for d in along) ** 0.5)
        thin = [max(0.0, 1 - (d / length) ** 2) ** 0.5 for d in along]
        spots = [
            (x, y, z, r * thin[0], r * thin[1], r * thin[2]) for x, y, z, r in ((x0, y0, z0, r0), (x1, y1, z1, r1))
        ]
    else:
        x, y, z, a, b, c = part.numbers[0]
        t, u = radians(part.tilt), radians(part.turn)
        a, b = abs(a * cos(t)) + abs(b * sin(t)), abs(a * sin(t)) + abs(b * cos(t))
        spots = [(x, y, z, abs(a * cos(u)) + abs(c * sin(u)), b, abs(a * sin(u)) + abs(c * cos(u)))]
    low = [min(s[k] - s[k + 3] for s in spots) for k in range(3)]
    high = [max(s[k] + s[k + 3] for s in spots) for k in range(3)]
    return low[0], low[1], low[2], high[0], high[1], high[2]


def bounds(parts: tuple[Part, ...]) -> Box3:
    """The box round the parts, a little generous."""
    boxes = [_reach(part) for part in parts]
    low = [min(box[k] for box in boxes) for k in range(3)]
    high = [max(box[k] for box in boxes) for k in range(3, 6)]
    return low[0], low[1], low[2], high[0], high[1], high[2]
