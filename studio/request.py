"""Branch path + prompt → ImageRequest: exactly what will be sent, every signature on the part it came with.

The history budget lives here: whole turns are kept from the newest back while the JSON body and the model's token
window allow; a turn is never split, and the new prompt always goes whole.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from studio.branch import Exchange
from studio.errors import InputError
from studio.image_models import ImageModel
from studio.parts import ImagePart, Part, TextPart
from studio.prompt import Prompt, ReferenceImage

MEGABYTE: Final = 1_000_000
MAX_BODY_BYTES: Final = 100 * MEGABYTE
"""Inline request limit since 2026-01-08 (ai.google.dev/gemini-api/docs/file-input-methods)."""

CHARS_PER_TOKEN: Final = 4
SIGNATURE_TOKENS: Final = 256
"""A replayed signature counts as input, at a rate that is published nowhere (read 2026-11-22). About half of what the
cheapest signed picture counts, which errs on the high side: a forecast that is too low is what passes a cap."""

_PART_OVERHEAD_BYTES: Final = 64
_BODY_OVERHEAD_BYTES: Final = 512


@dataclass(frozen=True, slots=True)
class Content:
    """One side of an exchange as it is sent."""

    role: Literal["user", "model"]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """What goes out, once per variant. `body_bytes` is the JSON body's size, `prompt_tokens` a forecast."""

    model: str
    contents: tuple[Content, ...]
    aspect_ratio: str | None
    image_size: str | None
    thinking_level: str | None
    include_thoughts: bool
    search: bool
    body_bytes: int
    prompt_tokens: int
    left_out_turns: int = 0

    @property
    def replays(self) -> bool:
        """Whether earlier turns travel with it."""
        return any(content.role == "model" for content in self.contents)

    @property
    def picture_count(self) -> int:
        return sum(isinstance(part, ImagePart) for content in self.contents for part in content.parts)


@dataclass(frozen=True, slots=True)
class HistoryBudget:
    """`body_bytes` bounds the JSON body (None: only the service's own 100 MB)."""

    body_bytes: int | None = 20 * MEGABYTE

    @property
    def limit_bytes(self) -> int:
        return MAX_BODY_BYTES if self.body_bytes is None else min(self.body_bytes, MAX_BODY_BYTES)


def compose(*, model: ImageModel, path: Sequence[Exchange], prompt: Prompt, budget: HistoryBudget) -> ImageRequest:
    """The request for a prompt at the end of a path, with as many of the newest whole turns as the budget allows.

    Raises InputError("request_too_large") when the new prompt alone is over 100 MB, with the sizes.
    """
    kept = _newest_that_fit(model=model, path=path, prompt=prompt, limit_bytes=budget.limit_bytes)
    contents = _contents(kept, prompt)
    size_bytes = body_bytes(contents)
    if size_bytes > MAX_BODY_BYTES:
        raise InputError("request_too_large", _too_large(size_bytes))
    settings = prompt.settings
    return ImageRequest(
        model=model.id,
        contents=contents,
        aspect_ratio=settings.aspect_ratio,
        image_size=settings.image_size,
        thinking_level=settings.thinking_level,
        include_thoughts=settings.show_thinking and model.thinks,
        search=settings.search,
        body_bytes=size_bytes,
        prompt_tokens=prompt_tokens(contents, model),
        left_out_turns=len(path) - len(kept),
    )


def user_parts(prompt: Prompt, already_sent: set[str]) -> tuple[Part, ...]:
    """A prompt as user parts: the current image, then each reference behind its number and name, then the text.

    `already_sent` holds the digests of pinned pictures that an older kept turn attaches; those are only named again.
    It is extended with what this prompt attaches.
    """
    parts: list[Part] = []
    if prompt.current_image is not None:
        parts += [TextPart(text="The current image:"), ImagePart(image=prompt.current_image)]
    for reference in prompt.references:
        if reference.pinned and reference.image.sha256 in already_sent:
            parts.append(TextPart(text=f"{_introduction(reference)}, attached earlier in this conversation."))
            continue
        parts += [TextPart(text=f"{_introduction(reference)}:"), ImagePart(image=reference.image)]
        already_sent.add(reference.image.sha256)
    parts.append(TextPart(text=prompt.text))
    return tuple(parts)


def body_bytes(contents: Iterable[Content]) -> int:
    """The size of the JSON body those contents make, in bytes."""
    return _BODY_OVERHEAD_BYTES + sum(_part_bytes(part) for content in contents for part in content.parts)


def prompt_tokens(contents: Iterable[Content], model: ImageModel) -> int:
    """A forecast of the prompt's tokens on a model."""
    return sum(_part_tokens(part, model) for content in contents for part in content.parts)


def _newest_that_fit(
    *, model: ImageModel, path: Sequence[Exchange], prompt: Prompt, limit_bytes: int
) -> Sequence[Exchange]:
    kept: Sequence[Exchange] = ()
    for start in range(len(path) - 1, -1, -1):
        longer = path[start:]
        if not _fits(model=model, contents=_contents(longer, prompt), limit_bytes=limit_bytes):
            break
        kept = longer
    return kept


def _fits(*, model: ImageModel, contents: Sequence[Content], limit_bytes: int) -> bool:
    return body_bytes(contents) <= limit_bytes and prompt_tokens(contents, model) <= model.context_tokens


def _contents(kept: Sequence[Exchange], prompt: Prompt) -> tuple[Content, ...]:
    already_sent: set[str] = set()
    contents: list[Content] = []
    for exchange in kept:
        contents.append(Content(role="user", parts=user_parts(exchange.turn.prompt, already_sent)))
        answer = exchange.attempt.response
        contents.append(Content(role="model", parts=answer.parts if answer else ()))
    contents.append(Content(role="user", parts=user_parts(prompt, already_sent)))
    return tuple(contents)


def _introduction(reference: ReferenceImage) -> str:
    role = "" if reference.role == "other" else f" ({reference.role})"
    return f'Image {reference.number}: "{reference.name}"{role}'


def _part_bytes(part: Part) -> int:
    signature = _base64_bytes(part.signature.size_bytes) + _PART_OVERHEAD_BYTES if part.signature else 0
    if isinstance(part, ImagePart):
        data = _base64_bytes(part.image.size_bytes)
    else:
        # As the SDK writes it: characters outside ASCII are escaped, six bytes each.
        data = len(json.dumps(part.text if isinstance(part, TextPart) else json.loads(part.json)))
    return data + _PART_OVERHEAD_BYTES + signature


def _base64_bytes(size_bytes: int) -> int:
    return -(-size_bytes // 3) * 4


def _part_tokens(part: Part, model: ImageModel) -> int:
    signature = SIGNATURE_TOKENS if part.signature else 0
    if isinstance(part, ImagePart):
        return model.input_image_tokens + signature
    text = part.text if isinstance(part, TextPart) else part.json
    return -(-len(text) // CHARS_PER_TOKEN) + signature


def _too_large(size_bytes: int) -> str:
    size_mb = math.ceil(size_bytes / MEGABYTE * 10) / 10  # upwards: 100.0 MB would not explain why 100 MB is too little
    return (
        f"This request would be {size_mb:.1f} MB; Gemini takes {MAX_BODY_BYTES // MEGABYTE} MB at most. "
        "Remove some references or use smaller files, then send again."
    )
