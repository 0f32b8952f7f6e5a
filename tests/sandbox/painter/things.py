"""A mug, and what edits of things around it are read as."""

from studio.sandbox.painter.edits.ground_words import Reading, State
from studio.sandbox.painter.edits.object_words import read_things
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.whereabouts import Placing
from studio.sandbox.painter.scene import Scene

MUG = Scene(kind="object", seed=bytes(32), subject="mug")


def read(text: str, scene: Scene | None = None, ops: tuple[Op, ...] = ()) -> Reading | None:
    return read_things(text, State(scene=scene, ops=ops, seed="ab12cd34"))


def ops_of(text: str, scene: Scene | None = None, ops: tuple[Op, ...] = ()) -> tuple[Op, ...]:
    reading = read(text, scene, ops)
    assert reading is not None
    return reading.ops


def adding(subject: str = "apple", place: str = "left", *, count: int = 1, height_cm: float = 9) -> Op:
    placing = Placing(subject=subject, place=place, count=count, height_cm=height_cm, beside_cm=11, seed="0a")
    return Op("add", 1.0, placing.text())
