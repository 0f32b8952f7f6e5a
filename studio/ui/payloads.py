"""What the page may send, checked as untrusted input: sizes are bounded, unknown fields refused, numbers in range."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from studio.image_models import MAX_REFERENCES
from studio.prompt import MAX_PROMPT_CHARS, MAX_VARIANTS, ImageSettings, StructuredPrompt, clean_name

# A prompt that is too long is answered with a sentence, so it has to get this far; only nonsense is cut off here.
_MAX_TEXT = MAX_PROMPT_CHARS * 40
_MAX_NOTES = 12
_Text = Annotated[str, Field(max_length=_MAX_TEXT)]
_Short = Annotated[str, Field(max_length=64)]
_Note = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Payload(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Structured(_Payload):
    subject: _Text = ""
    style: _Text = ""
    composition: _Text = ""
    technical: _Text = ""
    exclude: _Text = ""

    def value(self) -> StructuredPrompt:
        return StructuredPrompt(**self.model_dump())


class SettingsPayload(_Payload):
    model: _Short
    aspect_ratio: _Short | None = None
    image_size: _Short | None = None
    thinking_level: _Short | None = None
    show_thinking: bool = True
    variants: Annotated[int, Field(ge=1, le=MAX_VARIANTS)] = 1
    search: bool = False

    def value(self) -> ImageSettings:
        return ImageSettings(**self.model_dump())


class ReferencePayload(_Payload):
    sha256: _Digest
    name: Annotated[str, Field(max_length=1000)]
    role: Literal["object", "person", "style", "other"] = "other"
    pinned: bool = False
    notes: Annotated[tuple[_Note, ...], Field(max_length=_MAX_NOTES)] = ()

    @property
    def clean_name(self) -> str:
        return clean_name(self.name)


class DraftPayload(_Payload):
    text: _Text = ""
    structured: Structured = Structured()
    settings: SettingsPayload
    references: Annotated[tuple[ReferencePayload, ...], Field(max_length=MAX_REFERENCES)] = ()


class Command(BaseModel):
    """What every command carries."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: Annotated[str, Field(max_length=200)]
    conversation_id: _Short


class Plain(Command):
    pass


class Stop(Command):
    """`turn_id`: a turn that was sent and may not have come yet."""

    turn_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None


class Send(Command):
    """`turn_id` is the page's own: sent again after a lost reply, it makes no second turn."""

    draft: DraftPayload
    turn_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None


class SaveDraft(Command):
    draft: DraftPayload
    rev: Annotated[int, Field(ge=0, le=2**53)] = 0


class Retry(Command):
    turn_id: _Short


class VersionNumber(Command):
    number: Annotated[int, Field(ge=0, le=1_000_000)]


class OpenConversation(Command):
    id: _Short


class Rename(Command):
    id: _Short
    title: Annotated[str, Field(max_length=2000)]


class BeginFrom(Command):
    sha256: _Digest
    name: Annotated[str, Field(max_length=1000)]


class SetBudget(Command):
    cap_usd: Annotated[Decimal, Field(max_digits=12, decimal_places=4)] | None


class CheckConnection(Command):
    model: _Short
