"""What came back from one request, and what it amounts to: an image, a refusal, or words without a picture."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from studio.parts import ImagePart, Part, result_images, visible_text
from studio.usage import Usage

Outcome = Literal["image", "refused", "empty"]

# Finish reasons with which the service declines a picture (SDK enum, google-genai 3.4; live studies, 2026-09).
_REFUSALS: Final = frozenset({
    "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT", "IMAGE_OTHER", "IMAGE_RECITATION", "ESCALATION", "PUP_LIMITED_DISABLED", "MODEL_ARMOR",
})  # fmt: skip


_NO_REASON: Final = frozenset({"", "STOP", "FINISH_REASON_UNSPECIFIED"})
_MARKDOWN_LINK: Final = re.compile(r"\[([^\]]+)\]\([^)\s]*\)")


@dataclass(frozen=True, slots=True)
class Source:
    """A web page the answer was grounded on. Both are the service's text: never markup, never followed by us."""

    title: str
    uri: str


@dataclass(frozen=True, slots=True)
class ImageResponse:
    """One candidate, verbatim. `parts` keep the order and the signatures they came with.

    `finish_reason` and `block_reason` are the service's own names; empty where it sent none.
    """

    parts: tuple[Part, ...]
    finish_reason: str = ""
    finish_message: str = ""
    block_reason: str = ""
    usage: Usage | None = None
    model_version: str = ""
    response_id: str = ""
    sources: tuple[Source, ...] = ()
    search_queries: tuple[str, ...] = ()

    @property
    def images(self) -> tuple[ImagePart, ...]:
        return result_images(self.parts)

    @property
    def outcome(self) -> Outcome:
        if self.images:
            return "image"
        if self.block_reason or self.finish_reason in _REFUSALS:
            return "refused"
        return "empty"

    @property
    def reason(self) -> str:
        """Why there is no picture, in one sentence; empty where there is one. Model text in it is inert text."""
        if self.outcome == "image":
            return ""
        if self.block_reason:
            return f"Gemini blocked the prompt before drawing anything ({_plain(self.block_reason)})."
        if self.finish_message:
            return _without_links(self.finish_message)
        if self.finish_reason in _REFUSALS:
            return f"Gemini declined to show this picture ({_plain(self.finish_reason)})."
        if self.finish_reason == "NO_IMAGE":
            # Some models answer so to a subject they decline, too (live studies, 2026-09).
            return "Gemini answered without a picture: it read no wish for one in the prompt, or declined its subject."
        if self.finish_reason == "MAX_TOKENS":
            return "The answer was cut off before the picture."
        if visible_text(self.parts):
            return "Gemini answered in words instead of a picture."
        if self.finish_reason not in _NO_REASON:
            return f"Gemini ended its answer without a picture ({_plain(self.finish_reason)})."
        return "Gemini answered without a picture and without a reason."


def _without_links(text: str) -> str:
    """The service writes its messages as Markdown; the page shows text, so a link is only its words."""
    return _MARKDOWN_LINK.sub(r"\1", text)


def _plain(name: str) -> str:
    return name.lower().replace("_", " ")
