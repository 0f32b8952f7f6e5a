"""A prompt: text, free or structured, with its reference images and the settings it is sent with."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Final

from studio.errors import InputError
from studio.image_models import MAX_REFERENCES, ImageModel, ReferenceRole, is_model_id, model_of
from studio.parts import Blob

MAX_PROMPT_CHARS: Final = 60_000
"""About 15,000 tokens: the smallest image model reads 32,768 tokens, and the rest is for pictures and history."""

MAX_VARIANTS: Final = 4
MAX_NAME_CHARS: Final = 80

_LINE_BREAKS: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")

# Tab and line breaks are text; every other control and the invisible format characters that can hide or reorder words
# are not. Zero-width joiners stay: several scripts and every family emoji need them. So do the Arabic, Syriac and
# Kaithi number signs, which Unicode counts as format characters though they are drawn.
_KEPT_CONTROLS: Final = frozenset(
    "\t\n\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)

# The flags of England, Scotland, Texas … are a black flag, three to six invisible tag characters and an end mark. Tag
# characters anywhere else are hidden text.
_REGION_FLAG: Final = re.compile("(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f)")


@dataclass(frozen=True, slots=True)
class ReferenceImage:
    """A picture given with a prompt. `number` counts from 1 within that prompt; sizes in pixels as displayed; `notes`
    name what was done to the file when it was taken in."""

    number: int
    name: str
    role: ReferenceRole
    image: Blob
    width_px: int
    height_px: int
    pinned: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """What is asked of the model. None means the model's own choice; temperature and seed are never sent."""

    model: str
    aspect_ratio: str | None = None
    image_size: str | None = None
    thinking_level: str | None = None
    show_thinking: bool = True
    variants: int = 1
    search: bool = False


@dataclass(frozen=True, slots=True)
class StructuredPrompt:
    """The five fields that compose into a prompt's text."""

    subject: str = ""
    style: str = ""
    composition: str = ""
    technical: str = ""
    exclude: str = ""

    def compose(self) -> str:
        """One paragraph: the subject as it is, the others introduced by a word, empty fields left out."""
        lines = [
            _sentence(self.subject),
            _sentence(self.style, "Style: "),
            _sentence(self.composition, "Composition: "),
            _sentence(self.technical, "Technical: "),
            _sentence(self.exclude, "Do not include: "),
        ]
        return " ".join(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a turn asks. `current_image` is set where the picture being edited travels as user input: an uploaded
    original, or a fresh start from the tip; where the history itself carries it, it is None."""

    text: str
    settings: ImageSettings
    references: tuple[ReferenceImage, ...] = ()
    current_image: Blob | None = None
    structured: StructuredPrompt | None = field(default=None)


def _sentence(text: str, lead: str = "") -> str:
    text = " ".join(text.split())
    if not text:
        return ""
    return f"{lead}{text}" if text.endswith((".", "!", "?", "…")) else f"{lead}{text}."


def clean_text(text: str) -> tuple[str, bool]:
    """The text without control and invisible format characters, and whether any were taken out.

    Every kind of line break becomes a newline, which does not count as taking out.
    """
    text = _LINE_BREAKS.sub("\n", text)
    pieces = _REGION_FLAG.split(text)
    kept = "".join(piece if index % 2 else "".join(filter(_is_text, piece)) for index, piece in enumerate(pieces))
    return kept, kept != text


def _is_text(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Cn":
        return not _is_never_drawn(ord(char))
    return char in _KEPT_CONTROLS or category not in {"Cc", "Cf", "Cs", "Co"}


def _is_never_drawn(code: int) -> bool:
    """Whether a character this Python's Unicode does not know is a noncharacter or reserved as invisible.

    The others stay: they are emoji and ideographs newer than Python's tables (3.11 ends at Unicode 14).
    """
    noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return noncharacter or code == 0x2065 or 0xFFF0 <= code <= 0xFFF8 or 0xE0000 <= code <= 0xE0FFF


def clean_name(name: str) -> str:
    """A reference's name as one short line of text; quotes are dropped because the request quotes it."""
    text, _ = clean_text(name.replace("\\", "/").rsplit("/", 1)[-1])
    line = " ".join(text.replace('"', "").split())
    return line[:MAX_NAME_CHARS].strip() or "picture"


def check_prompt(prompt: Prompt) -> ImageModel:
    """The prompt's model, when everything the prompt asks for exists on it.

    Raises InputError with one sentence otherwise: empty or overlong text, no model's id, a ratio, size or level the
    model does not have, variants outside 1–4, the 15th reference.
    """
    if not is_model_id(prompt.settings.model):
        raise InputError(
            "unsupported_setting", f"“{prompt.settings.model[:60]}” is not a model's id. Choose a model in Create."
        )
    model = model_of(prompt.settings.model)
    if not prompt.text.strip():
        raise InputError("empty_prompt")
    if len(prompt.text) > MAX_PROMPT_CHARS:
        raise InputError(
            "prompt_too_long",
            f"The prompt has {len(prompt.text):,} characters; {MAX_PROMPT_CHARS:,} is the most. "
            "Shorten it, then send again.",
        )
    if len(prompt.references) > MAX_REFERENCES:
        raise InputError("too_many_references")
    check_settings(prompt.settings, model)
    return model


def check_settings(settings: ImageSettings, model: ImageModel) -> None:
    """Raise InputError for the first value the model does not have."""
    problem = None
    if settings.aspect_ratio is not None and settings.aspect_ratio not in model.ratios:
        offered = f"Choose one of {', '.join(model.ratios)}." if model.ratios else "Leave it to the model."
        problem = f"{model.name} has no {settings.aspect_ratio[:8]} ratio. {offered}"
    elif settings.image_size is not None and settings.image_size not in model.sizes:
        offered = ", ".join(model.sizes) or "no sizes to choose"
        problem = f"{model.name} has no {settings.image_size[:8]} size; it has {offered}."
    elif settings.thinking_level is not None and settings.thinking_level not in model.thinking_levels:
        problem = f"{model.name} has no “{settings.thinking_level[:12]}” thinking level."
    elif settings.search and not model.search:
        problem = f"{model.name} cannot use Google Search. Turn it off, or choose another model."
    elif not 1 <= settings.variants <= MAX_VARIANTS:
        problem = f"Choose 1 to {MAX_VARIANTS} images."
    if problem:
        raise InputError("unsupported_setting", problem)


def settings_for(model: ImageModel, settings: ImageSettings) -> ImageSettings:
    """The settings carried over to a model: what it has stays, what it lacks becomes its default."""
    return ImageSettings(
        model=model.id,
        aspect_ratio=settings.aspect_ratio if settings.aspect_ratio in model.ratios else None,
        image_size=settings.image_size if settings.image_size in model.sizes else model.default_size,
        thinking_level=settings.thinking_level
        if settings.thinking_level in model.thinking_levels
        else model.default_thinking_level,
        show_thinking=settings.show_thinking and model.thinks,
        variants=min(max(settings.variants, 1), MAX_VARIANTS),
        search=settings.search and model.search,
    )


def default_settings(model: ImageModel) -> ImageSettings:
    """Auto ratio, the size rule of `ImageModel.default_size`, the model's own level, one image."""
    return settings_for(model, ImageSettings(model=model.id))


@dataclass(frozen=True, slots=True)
class Draft:
    """The prompt being written: what the composer, the tray and the panels hold until it is sent.

    `rev` grows when the studio itself changes it (cleared by Send, restored by a failure), never by typing.
    """

    settings: ImageSettings
    text: str = ""
    structured: StructuredPrompt = field(default_factory=StructuredPrompt)
    references: tuple[ReferenceImage, ...] = ()
    rev: int = 0

    def prompt(self) -> Prompt:
        """The prompt as it would be sent now, its references numbered in their order."""
        structured = self.structured if self.structured != StructuredPrompt() else None
        return Prompt(
            text=self.text, settings=self.settings, references=numbered(self.references), structured=structured
        )


def numbered(references: tuple[ReferenceImage, ...]) -> tuple[ReferenceImage, ...]:
    """The references numbered 1, 2 … in their order."""
    return tuple(replace(reference, number=number) for number, reference in enumerate(references, start=1))
