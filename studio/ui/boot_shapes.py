"""What the page needs once, when it opens: the rest of the JSON contract in `shapes`."""

from collections.abc import Mapping
from dataclasses import dataclass

from studio.ui.shapes import PageView


@dataclass(frozen=True, slots=True)
class SizeOption:
    """`pixels` maps each ratio to [width, height]."""

    id: str
    price: str
    pixels: dict[str, tuple[int, int]]
    advice: str


@dataclass(frozen=True, slots=True)
class ModelOption:
    """A model of the menu, with only the controls it honours."""

    id: str
    name: str
    short_name: str
    strength: str
    notice: str | None
    may_stop: bool
    ratios: tuple[str, ...]
    sizes: tuple[SizeOption, ...]
    sized: bool
    default_size: str | None
    levels: tuple[str, ...]
    default_level: str | None
    thinks: bool
    search: bool
    limits: dict[str, int]
    reference_total: int


@dataclass(frozen=True, slots=True)
class PresetView:
    """An edit preset: what it is called and the instruction it fills in. `{n}` stands for a reference's number."""

    id: str
    label: str
    instruction: str
    words: str
    needs_reference: bool = False


@dataclass(frozen=True, slots=True)
class PresetGroup:
    title: str
    presets: tuple[PresetView, ...]


@dataclass(frozen=True, slots=True)
class ExampleView:
    """An inviting first prompt, with a picture made by the sandbox. `picture` is an address under /ui."""

    title: str
    text: str
    picture: str


@dataclass(frozen=True, slots=True)
class Boot:
    """`GET /session`: what the page needs once."""

    token: str
    view: PageView
    models: tuple[ModelOption, ...]
    unlisted: ModelOption
    aliases: Mapping[str, str]
    """Retired ids and the ids that took their place."""
    presets: tuple[PresetGroup, ...]
    examples: tuple[ExampleView, ...]
    prices_date: str
    intake_notes: Mapping[str, str]
    """What is said of each of a reference's `notes`."""
    max_references: int
    max_upload_bytes: int
    max_prompt_chars: int
