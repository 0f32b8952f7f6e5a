"""What a sandbox picture's file says of how it was made: its scene, the changes since, and what it was before each.

A file may come from anyone: a record is believed only when every value in it is one of ours.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.sandbox.painter.edits.drafting import State
from studio.sandbox.painter.edits.object_edits import believed
from studio.sandbox.painter.filters.light import SIDES, moods
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.registry import FILTERS
from studio.sandbox.painter.filters.tone import GRADES, REGIONS
from studio.sandbox.painter.land.landmarks import is_season, landmark_from
from studio.sandbox.painter.lettering.textplace import from_value
from studio.sandbox.painter.scene import EXTRAS, Scene, is_colour, scene_from_record, scene_to_record

_MOST_OPS = 64
_MOST_STATES = 8
_MOST_AMOUNT = 8.0
_LONGEST = 120
_DEGREES = re.compile(r"-?\d{1,3}(?:\.\d{1,2})?")
_SHARE = r"(?:0(?:\.\d{1,6})?|1(?:\.0{1,6})?)"
_CROP = re.compile(rf"{_SHARE}(?:,{_SHARE}){{3}}|[1-9]\d?(?:\.\d{{1,2}})?:[1-9]\d?(?:\.\d{{1,2}})?|0\.\d{{1,2}}:[1-9]")
_POINT = re.compile(rf"(?:{_SHARE},{_SHARE})?")


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a record holds; the scene is None when there is no record to believe."""

    scene: Scene | None = None
    ops: tuple[Op, ...] = ()
    past: tuple[State, ...] = ()


def _are_colours(value: str) -> bool:
    return len(value.split(",")) == 2 and all(map(is_colour, value.split(",")))


def _is_wash(value: str) -> bool:
    fields = value.split(",")
    colours = [code for code in fields[:2] if code]
    return len(fields) == 3 and bool(colours) and all(map(is_colour, colours)) and bool(_DEGREES.fullmatch(fields[2]))


def _is_mood(value: str) -> bool:
    name, _, side = value.partition("|")
    return name in moods() and (side == "" or side in SIDES)


def _is_short(value: str) -> bool:
    return len(value) <= _LONGEST


def _fits(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda value: pattern.fullmatch(value) is not None


_VALUES: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(GRADES, lambda value: value == "" or value in REGIONS),
    **dict.fromkeys(("sun rays", "lens flare"), lambda value: value == "" or value in SIDES),
    "tint": is_colour, "split": _are_colours, "duotone": _are_colours, "gradient": _is_wash, "relight": _is_mood,
    "crop": _fits(_CROP), "zoom": _fits(_POINT), "rotate": _fits(_DEGREES),
    "straighten": lambda value: value == "" or _DEGREES.fullmatch(value) is not None,
    "border": lambda value: value == "" or is_colour(value),
    "text": lambda value: from_value(value) is not None,
    "season": is_season, "landmark": lambda value: landmark_from(value) is not None,
    "extra": lambda value: value.partition(":")[0] in EXTRAS and len(value) <= 80,
}  # fmt: skip
"""What each filter takes as a value, but for those of things; any other takes a short line or none."""


def _op_from(row: object) -> Op | None:
    if not (isinstance(row, list) and len(row) == 3):
        return None
    name, amount, value = row
    if not isinstance(name, str) or name not in FILTERS or not isinstance(value, str):
        return None
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not abs(amount) <= _MOST_AMOUNT:
        return None
    op = Op(name, float(amount), value)
    return op if _VALUES.get(name, _is_short)(value) and believed(op) else None


def _state_from(row: object) -> State | None:
    if not isinstance(row, dict) or not isinstance(row.get("scene"), dict) or not isinstance(row.get("ops"), list):
        return None
    scene = scene_from_record(row["scene"])
    ops = [_op_from(one) for one in row["ops"][: _MOST_OPS + 1]]
    if scene is None or None in ops or len(ops) > _MOST_OPS:
        return None
    return scene, tuple(op for op in ops if op is not None)


def recalled(record: Mapping[str, Any] | None) -> Recalled:
    """What a picture's record says; an empty answer for any other picture, or when the record is not one of ours."""
    if record is None:
        return Recalled()
    state = _state_from(dict(record))
    rows = record.get("past", [])
    past = [_state_from(row) for row in rows[: _MOST_STATES + 1]] if isinstance(rows, list) else [None]
    if state is None or None in past or len(past) > _MOST_STATES:
        return Recalled()
    return Recalled(*state, past=tuple(one for one in past if one is not None))


def _row(state: State) -> dict[str, Any]:
    return {"scene": scene_to_record(state[0]), "ops": [[op.name, op.amount, op.value] for op in state[1]]}


def record_of(scene: Scene, ops: Sequence[Op], past: Sequence[State] = ()) -> dict[str, Any] | None:
    """The record of a picture; None when it has been changed so often that it goes on as pixels.

    Of a long past the first state and the newest are kept.
    """
    if len(ops) > _MOST_OPS:
        return None
    kept = [*past[:1], *past[1:][-(_MOST_STATES - 1) :]]
    return {**_row((scene, tuple(ops))), **({"past": [_row(state) for state in kept]} if kept else {})}
