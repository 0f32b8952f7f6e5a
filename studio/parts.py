"""Parts of a prompt or an answer, each with the thought signature that came with it.

A signature is opaque (0.8–2.2 MB raw on image parts of Gemini 3.x) and belongs to its own part: it is stored as a blob
beside the part and goes back on the same part, unchanged. Parts hold references to stored bytes, never the bytes, so a
conversation of fifty pictures is a few kilobytes in memory.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Blob:
    """Stored bytes, named by their SHA-256 (64 lower-case hex digits)."""

    sha256: str
    size_bytes: int
    mime_type: str


@dataclass(frozen=True, slots=True)
class TextPart:
    """Text as it came; `thought` marks the model's own deliberation. May be empty and still carry a signature."""

    text: str
    thought: bool = False
    signature: Blob | None = None
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture; `thought` marks a draft, which is kept but never taken for a result."""

    image: Blob
    thought: bool = False
    signature: Blob | None = None
    kind: Literal["image"] = "image"


@dataclass(frozen=True, slots=True)
class OpaquePart:
    """Anything else the service sent, as the JSON it came in, so that a replay is still verbatim."""

    json: str
    thought: bool = False
    signature: Blob | None = None
    kind: Literal["opaque"] = "opaque"


Part = TextPart | ImagePart | OpaquePart


def result_images(parts: tuple[Part, ...]) -> tuple[ImagePart, ...]:
    """The pictures that may be results: every image not flagged as a thought, in order; the last one is the result."""
    return tuple(part for part in parts if isinstance(part, ImagePart) and not part.thought)


def visible_text(parts: tuple[Part, ...]) -> str:
    """What the model said to the reader, thoughts left out."""
    return "".join(part.text for part in parts if isinstance(part, TextPart) and not part.thought).strip()


def thought_text(parts: tuple[Part, ...]) -> str:
    """What the model said to itself."""
    return "".join(part.text for part in parts if isinstance(part, TextPart) and part.thought).strip()


def blobs_of(parts: tuple[Part, ...]) -> tuple[Blob, ...]:
    """Every stored blob the parts stand on, pictures and signatures."""
    images = [part.image for part in parts if isinstance(part, ImagePart)]
    signatures = [part.signature for part in parts if part.signature is not None]
    return (*images, *signatures)
