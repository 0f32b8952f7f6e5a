"""The pictures given with a prompt and what is wanted of them, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.edits.editing import Edited
from studio.sandbox.painter.finish import Given, covered
from studio.sandbox.painter.given.reference_words import Wanted


@dataclass(frozen=True, slots=True)
class Brought(Edited):
    """What came of the pictures, with what is said of it; the seed is of the grain, where the picture edited has its
    own."""

    unread: tuple[str, ...] = field(default=(), kw_only=True)
    """Words on the pictures that nothing came of."""
    fallback: bool = field(default=False, kw_only=True)
    """Laid out because nothing more was understood."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked, and all that is given for it."""

    prompt: str
    wanted: Wanted
    source: Given | None
    given: Sequence[Given]
    pictures: Sequence[Image.Image]
    """The given ones without the sandbox's mark."""
    size: tuple[int, int]
    """(width, height) to work at."""
    seed: bytes

    def full(self, picture: Image.Image) -> Field:
        return covered(picture, width=self.size[0], height=self.size[1])

    def image(self, index: int) -> str:
        return f"image {self.wanted.labels[index].number}"
