"""A plan in the making: what the readers of an edit's clauses write down, one after another."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from studio.sandbox.painter.edits.clauses import Degree
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.scene import Scene

State = tuple[Scene, tuple[Op, ...]]
"""A sandbox picture: its scene and the changes made to it since."""


@dataclass(slots=True)
class Draft:
    """`before`: the changes the picture came with, `ops`: the new ones; `scene`: None for a picture from elsewhere."""

    scene: Scene | None
    before: list[Op]
    past: list[State]
    """What the picture was before each of the last edits, the oldest first."""
    seed: str
    ops: list[Op] = field(default_factory=list)
    did: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Whole sentences on what was understood and could not be done."""
    heard: int = 0
    """How many times something was understood."""
    undone: bool = False
    placed: tuple[tuple[str, ...], ...] = ()
    """The names of each thing known to have been set into a picture from elsewhere."""

    def op(self, op: Op, words: str = "") -> None:
        self.made((op,), words)

    def made(self, ops: Iterable[Op], words: str) -> None:
        self.ops += ops
        self._said(words)

    def restage(self, scene: Scene, words: str) -> None:
        self.scene = scene
        self._said(words)

    def note(self, sentence: str) -> None:
        self.heard += 1
        self.notes.append(sentence)

    def _said(self, words: str) -> None:
        self.heard += 1
        if words:
            self.did.append(words)

    def takes_out(self, fits: Callable[[Op], bool], words: str) -> bool:
        """Drops the changes that fit, old and new; whether there were any."""
        count = len(self.before) + len(self.ops)
        self.before = [op for op in self.before if not fits(op)]
        self.ops = [op for op in self.ops if not fits(op)]
        if len(self.before) + len(self.ops) == count:
            return False
        self._said(words)
        return True

    def weakens(self, fits: Callable[[Op], bool], share: float, words: str) -> bool:
        """Makes the changes that fit weaker by the share; whether there were any."""
        if not any(fits(op) for op in (*self.before, *self.ops)):
            return False
        self.before = [replace(op, amount=op.amount * share) if fits(op) else op for op in self.before]
        self.ops = [replace(op, amount=op.amount * share) if fits(op) else op for op in self.ops]
        self._said(words)
        return True


@dataclass(frozen=True, slots=True)
class Asked:
    """A clause as its readers get it: the designer's words, the same in small letters, and how much is asked for.

    `left` is the text with what was taken blanked, every other place as it was.
    """

    words: str
    text: str
    left: str
    degree: Degree


Reader = Callable[[Asked, Draft], str]
"""Writes down what it understands of a clause and returns the text it leaves to those after it."""


def blanked(text: str, start: int, end: int) -> str:
    """The text with a stretch taken out, every other place as it was."""
    return text[:start] + " " * (end - start) + text[end:]
