"""Our values ↔ the SDK's types. Parts go out and come back in order, each with its own signature; nothing is dropped.

Pictures and signatures are tickets on the SDK's side (see `tickets`); bytes short enough to have passed the scan as
they are get stored here.
"""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from google.genai import types

from studio.gemini.tickets import Stored, Tickets
from studio.gemini.transport import keep_received
from studio.parts import Blob, ImagePart, OpaquePart, Part, TextPart
from studio.ports import Blobs
from studio.request import Content, ImageRequest
from studio.response import ImageResponse, Source
from studio.usage import Usage

_SIGNATURE_MIME: str = "application/octet-stream"


class Mapper:
    """Translates one engine's messages."""

    def __init__(self, *, blobs: Blobs, tickets: Tickets) -> None:
        self._blobs = blobs
        self._tickets = tickets

    def contents(self, request: ImageRequest) -> list[types.Content]:
        """The request's contents, every signature on the part it came with."""
        return [self._content(content) for content in request.contents]

    async def parts(self, content: types.Content | None) -> tuple[Part, ...]:
        """An answer's parts as values; the bytes they stand on are stored when this returns."""
        found = (content.parts if content else None) or []
        return tuple([await self._part_in(part) for part in found])

    def _content(self, content: Content) -> types.Content:
        return types.Content(role=content.role, parts=[self._part_out(part) for part in content.parts])

    def _part_out(self, part: Part) -> types.Part:
        signature = self._ticket(part.signature) if part.signature else None
        thought = True if part.thought else None
        match part:
            case TextPart(text=text):
                return types.Part(text=text, thought=thought, thought_signature=signature)
            case ImagePart(image=image):
                data = types.Blob(data=self._ticket(image), mime_type=image.mime_type)
                return types.Part(inline_data=data, thought=thought, thought_signature=signature)
            case OpaquePart(json=raw):
                opaque = types.Part.model_validate_json(raw)
                return opaque.model_copy(update={"thought": thought, "thought_signature": signature})

    def _ticket(self, blob: Blob) -> bytes:
        return self._tickets.ticket(Stored(sha256=blob.sha256, size_bytes=blob.size_bytes))

    async def _part_in(self, part: types.Part) -> Part:
        thought = bool(part.thought)
        signature = await self._stored(part.thought_signature, _SIGNATURE_MIME)
        data = part.inline_data
        if data is not None and data.data is not None and (data.mime_type or "").startswith("image/"):
            image = await self._stored(data.data, data.mime_type or "")
            if image is not None:
                return ImagePart(image=image, thought=thought, signature=signature)
        if part.text is not None:
            return TextPart(text=part.text, thought=thought, signature=signature)
        part = await self._with_its_bytes(part)
        rest = part.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"thought", "thought_signature"})
        return OpaquePart(json=json.dumps(rest), thought=thought, signature=signature)

    async def _with_its_bytes(self, part: types.Part) -> types.Part:
        """Inline data that is no picture stays in the part's JSON, where a ticket would be lost with this process."""
        data = part.inline_data
        known = self._tickets.read(data.data) if data is not None and data.data is not None else None
        if data is None or known is None:
            return part
        held = await asyncio.to_thread(self._blobs.get, known.sha256)
        return part.model_copy(update={"inline_data": data.model_copy(update={"data": held})})

    async def _stored(self, data: bytes | None, mime_type: str) -> Blob | None:
        if data is None:
            return None
        known = self._tickets.read(data)
        if known is not None:
            return Blob(sha256=known.sha256, size_bytes=known.size_bytes, mime_type=mime_type)
        return await keep_received(self._blobs, data, mime_type=mime_type)


def config_of(request: ImageRequest) -> types.GenerateContentConfig:
    """The request's settings. Temperature and seed are never sent: 2.1 refuses both, and neither reproduces."""
    thinking = None
    if request.include_thoughts or request.thinking_level:
        level = types.ThinkingLevel(request.thinking_level.upper()) if request.thinking_level else None
        thinking = types.ThinkingConfig(include_thoughts=request.include_thoughts or None, thinking_level=level)
    image = None
    if request.aspect_ratio or request.image_size:
        image = types.ImageConfig(aspect_ratio=request.aspect_ratio, image_size=request.image_size)
    return types.GenerateContentConfig(
        response_modalities=["TEXT", "IMAGE"],
        image_config=image,
        thinking_config=thinking,
        tools=[types.Tool(google_search=types.GoogleSearch())] if request.search else None,
    )


@dataclass(slots=True)
class Answer:
    """An answer being put together from its chunks; a plain answer is one chunk."""

    parts: list[Part] = field(default_factory=list)
    finish_reason: str = ""
    finish_message: str = ""
    block_reason: str = ""
    usage: Usage | None = None
    model_version: str = ""
    response_id: str = ""
    sources: tuple[Source, ...] = ()
    queries: tuple[str, ...] = ()

    def take(self, chunk: types.GenerateContentResponse, parts: Iterable[Part]) -> None:
        """Add a chunk and its parts; what a later chunk says of the whole answer replaces what an earlier one said."""
        self.parts.extend(parts)
        self.model_version = chunk.model_version or self.model_version
        self.response_id = chunk.response_id or self.response_id
        feedback = chunk.prompt_feedback
        if feedback is not None and feedback.block_reason is not None:
            self.block_reason = _name(feedback.block_reason)
            self.finish_message = feedback.block_reason_message or self.finish_message
        candidate = chunk.candidates[0] if chunk.candidates else None
        if candidate is not None:
            self._take_candidate(candidate)
        if chunk.usage_metadata is not None:
            self.usage = _usage(chunk.usage_metadata)

    @property
    def ended(self) -> bool:
        """Whether the service said that this is all: a cut stream ends without."""
        return bool(self.finish_reason or self.block_reason)

    def response(self) -> ImageResponse:
        return ImageResponse(
            parts=tuple(self.parts),
            finish_reason=self.finish_reason,
            finish_message=self.finish_message,
            block_reason=self.block_reason,
            usage=replace(self.usage, search_queries=len(self.queries)) if self.usage else None,
            model_version=self.model_version,
            response_id=self.response_id,
            sources=self.sources,
            search_queries=self.queries,
        )

    def _take_candidate(self, candidate: types.Candidate) -> None:
        if candidate.finish_reason is not None:
            self.finish_reason = _name(candidate.finish_reason)
        self.finish_message = candidate.finish_message or self.finish_message
        grounding = candidate.grounding_metadata
        if grounding is None:
            return
        self.queries = tuple(grounding.web_search_queries or ()) or self.queries
        webs = [chunk.web for chunk in grounding.grounding_chunks or () if chunk.web is not None]
        self.sources = tuple(Source(title=web.title or "", uri=web.uri or "") for web in webs) or self.sources


def _usage(metadata: types.GenerateContentResponseUsageMetadata) -> Usage:
    return Usage(
        prompt_tokens=metadata.prompt_token_count or 0,
        candidates_tokens=metadata.candidates_token_count or 0,
        thoughts_tokens=metadata.thoughts_token_count or 0,
        total_tokens=metadata.total_token_count or 0,
        prompt_details=_details(metadata.prompt_tokens_details),
        candidates_details=_details(metadata.candidates_tokens_details),
    )


def _details(counts: list[types.ModalityTokenCount] | None) -> dict[str, int]:
    return {_name(count.modality): count.token_count or 0 for count in counts or () if count.modality is not None}


def _name(value: object) -> str:
    return str(getattr(value, "value", value))
