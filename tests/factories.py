"""Small builders of valid values. Every argument may be left out; ids are new each time, times start at NOW."""

# ruff: noqa: ANN401 -- `changes` are whatever fields the value has

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from studio.branch import Conversation
from studio.errors import Billed, Category, ErrorFacts
from studio.image_models import DEFAULT_MODEL_ID
from studio.parts import Blob, ImagePart, Part, TextPart
from studio.ports import NewImage, StoredPicture
from studio.prompt import Draft, ImageSettings, Prompt, ReferenceImage
from studio.response import ImageResponse
from studio.turn import Attempt, Turn
from studio.usage import Usage
from studio.version import Version

OWNER: Final = "local"
NOW: Final = datetime(2026, 11, 22, 12, 0, 0, 250, tzinfo=UTC)
# The counts of a public recording of gemini-3-pro-image, 2026-07-29.
RECORDED_USAGE: Final = Usage(
    prompt_tokens=22,
    candidates_tokens=1216,
    thoughts_tokens=179,
    total_tokens=1417,
    prompt_details={"TEXT": 22},
    candidates_details={"IMAGE": 1120},
)


def later(seconds: float) -> datetime:
    """NOW and so many seconds."""
    return NOW + timedelta(seconds=seconds)


def new_id() -> str:
    return uuid4().hex


def a_blob(content: str = "picture", *, mime_type: str = "image/png") -> Blob:
    """The blob that these bytes would be; nothing is stored."""
    data = content.encode()
    return Blob(sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data), mime_type=mime_type)


def a_picture(blob: Blob | None = None, **changes: Any) -> StoredPicture:
    """A stored picture of 1024 × 1024 pixels."""
    return replace(StoredPicture(blob=blob or a_blob(), width_px=1024, height_px=1024), **changes)


def settings(**changes: Any) -> ImageSettings:
    return replace(ImageSettings(model=DEFAULT_MODEL_ID, image_size="2K"), **changes)


def a_reference(number: int = 1, **changes: Any) -> ReferenceImage:
    image = a_blob(f"reference {number}")
    reference = ReferenceImage(
        number=number, name=f"Reference {number}", role="object", image=image, width_px=640, height_px=480
    )
    return replace(reference, **changes)


def a_prompt(text: str = "a mug on a table", **changes: Any) -> Prompt:
    return replace(Prompt(text=text, settings=settings()), **changes)


def a_draft(text: str = "", **changes: Any) -> Draft:
    return replace(Draft(settings=settings(), text=text), **changes)


def a_conversation(**changes: Any) -> Conversation:
    conversation = Conversation(
        id=new_id(), owner=OWNER, title="Untitled", tip=None, draft=a_draft(), created_at=NOW, updated_at=NOW
    )
    return replace(conversation, **changes)


def a_turn(conversation: Conversation | str = "", **changes: Any) -> Turn:
    """A turn that is being sent; of a conversation or its id."""
    turn = Turn(
        id=new_id(),
        conversation_id=conversation if isinstance(conversation, str) else conversation.id,
        parent=None,
        prompt=a_prompt(),
        provider="sandbox",
        status="sending",
        created_at=NOW,
    )
    return replace(turn, **changes)


def an_attempt(turn: Turn | str = "", **changes: Any) -> Attempt:
    """The first call of a turn's first image, running; of a turn or its id."""
    attempt = Attempt(
        id=new_id(),
        turn_id=turn if isinstance(turn, str) else turn.id,
        variant=1,
        number=1,
        state="running",
        started_at=NOW,
        body_bytes=2_000,
    )
    return replace(attempt, **changes)


def an_answer(*images: Blob, text: str = "Here it is.", **changes: Any) -> ImageResponse:
    """An answer with those pictures (one when none are given), each with a signature, after a line of text."""
    pictures = tuple(
        ImagePart(image=image, signature=a_blob(f"signature of {image.sha256}", mime_type="application/octet-stream"))
        for image in images or (a_blob(f"answer {new_id()}"),)
    )
    parts: tuple[Part, ...] = (TextPart(text=text), *pictures)
    usage = Usage(
        prompt_tokens=12,
        candidates_tokens=1_390,
        thoughts_tokens=150,
        total_tokens=1_552,
        prompt_details={"TEXT": 12},
        candidates_details={"IMAGE": 1_120 * len(pictures)},
    )
    return replace(ImageResponse(parts=parts, finish_reason="STOP", usage=usage), **changes)


def answered(attempt: Attempt, response: ImageResponse | None = None, **changes: Any) -> Attempt:
    """The attempt with its answer, ten seconds later, for $0.14."""
    done = replace(
        attempt,
        state="done",
        response=response or an_answer(),
        ended_at=attempt.started_at + timedelta(seconds=10),
        cost_usd=Decimal("0.14"),
    )
    return replace(done, **changes)


def failed(attempt: Attempt, *, category: Category = "overloaded", billed: Billed = "no", **changes: Any) -> Attempt:
    """The attempt, failed a second later."""
    error = ErrorFacts(category=category, stage="wait", billed=billed)
    ended = replace(attempt, state="failed", error=error, ended_at=attempt.started_at + timedelta(seconds=1))
    return replace(ended, **changes)


def new_images(response: ImageResponse | None) -> Sequence[NewImage]:
    """The pictures of an answer, as they become versions."""
    return tuple(
        NewImage(image=part.image, width_px=1024, height_px=1024, part_index=index)
        for index, part in enumerate(response.parts if response else ())
        if isinstance(part, ImagePart) and not part.thought
    )


def a_version(number: int = 1, **changes: Any) -> Version:
    version = Version(
        number=number,
        parent=None,
        image=a_blob(f"version {number}"),
        width_px=1024,
        height_px=1024,
        created_at=NOW,
    )
    return replace(version, **changes)
