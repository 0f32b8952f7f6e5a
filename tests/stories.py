"""Conversations told turn by turn for the tests of the value files, and the JSON body a request makes on the wire."""

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, TypedDict, get_args

from hypothesis import strategies as st

from studio.branch import Tree
from studio.image_models import NANO_BANANA_PRO, ImageModel, ReferenceRole
from studio.parts import Blob, ImagePart, OpaquePart, Part, TextPart
from studio.plan import plan_turn
from studio.prompt import ReferenceImage, default_settings
from studio.request import HistoryBudget, ImageRequest
from studio.response import ImageResponse
from studio.turn import Attempt, Turn
from studio.version import Version
from tests.factories import a_blob, a_conversation, a_draft, a_prompt, a_reference, a_turn, a_version, an_attempt, later

UNLIMITED: Final = HistoryBudget(body_bytes=None)


def sized(name: str, size_bytes: int = 1_000) -> Blob:
    """A blob of its own name and a size of its own."""
    return replace(a_blob(name, mime_type="image/jpeg"), size_bytes=size_bytes)


def picture(name: str, *, size_bytes: int = 1_000, signed: bool = True, thought: bool = False) -> ImagePart:
    """A picture of a model, with as large a signature as itself."""
    signature = sized(f"signature of {name}", size_bytes) if signed else None
    return ImagePart(image=sized(name, size_bytes), signature=signature, thought=thought)


def given(name: str, *, number: int = 1, role: ReferenceRole = "object", pinned: bool = False) -> ReferenceImage:
    """A reference image of that name, 5 kB."""
    return a_reference(number, name=name, role=role, pinned=pinned, image=sized(name, 5_000))


class _Place(TypedDict, total=False):
    """Where a version's picture came: nowhere, for an uploaded one."""

    turn_id: str
    attempt_id: str
    part_index: int


class Story:
    """A conversation being told: each `ask` plans a turn, writes it down and keeps its pictures as versions."""

    def __init__(self, *, provider: str = "sandbox", model: ImageModel = NANO_BANANA_PRO) -> None:
        self.provider = provider
        self.model = model
        self._turns: list[Turn] = []
        self._attempts: list[Attempt] = []
        self._versions: list[Version] = []

    @property
    def tree(self) -> Tree:
        return Tree(
            conversation=a_conversation(
                tip=self._versions[-1].number if self._versions else None,
                draft=a_draft(settings=default_settings(self.model)),
            ),
            turns=tuple(self._turns),
            attempts=tuple(self._attempts),
            versions=tuple(self._versions),
        )

    def upload(self, name: str = "original") -> Version:
        return self._keep(number=0, parent=None, image=sized(name), place=_Place())

    def ask(
        self,
        text: str = "A mug",
        *,
        parent: Version | None = None,
        answers: Sequence[tuple[Part, ...]] | None = None,
        references: tuple[ReferenceImage, ...] = (),
    ) -> tuple[Version, ...]:
        """One turn with an attempt for each answer; the versions it made."""
        turn = self._open(text, parent=parent, references=references)
        if answers is None:
            answers = ((picture(f"picture of {turn.id}", signed=self.model.signs_parts),),)
        kept: list[Version] = []
        for variant, parts in enumerate(answers, start=1):
            kept += self._answered(turn, variant=variant, parts=parts)
        return tuple(kept)

    def one(self, text: str = "A mug", *, parent: Version | None = None, parts: tuple[Part, ...] = ()) -> Version:
        """One turn with one answer; the version of its result."""
        return self.ask(text, parent=parent, answers=(parts,) if parts else None)[-1]

    def _open(self, text: str, *, parent: Version | None, references: tuple[ReferenceImage, ...]) -> Turn:
        plan = plan_turn(
            tree=self.tree,
            parent=parent,
            prompt=a_prompt(text, references=references, settings=default_settings(self.model)),
            model=self.model,
            provider=self.provider,
            budget=UNLIMITED,
        )
        turn = a_turn(
            id=f"t{len(self._turns) + 1}",
            parent=None if parent is None else parent.number,
            prompt=plan.prompt,
            provider=self.provider,
            status="done",
            created_at=later(60 * len(self._turns)),
            starts_fresh=plan.fresh is not None,
        )
        self._turns.append(turn)
        return turn

    def _answered(self, turn: Turn, *, variant: int, parts: tuple[Part, ...]) -> list[Version]:
        attempt = an_attempt(
            turn,
            id=f"{turn.id}-{variant}",
            variant=variant,
            state="done",
            response=ImageResponse(parts=parts, finish_reason="STOP"),
        )
        self._attempts.append(attempt)
        return [
            self._keep(
                number=max((each.number for each in self._versions), default=0) + 1,
                parent=turn.parent,
                image=part.image,
                place=_Place(turn_id=turn.id, attempt_id=attempt.id, part_index=index),
            )
            for index, part in enumerate(parts)
            if isinstance(part, ImagePart) and not part.thought
        ]

    def _keep(self, *, number: int, parent: int | None, image: Blob, place: _Place) -> Version:
        version = a_version(number, parent=parent, image=image, **place)
        self._versions.append(version)
        return version


def wire_body(request: ImageRequest) -> bytes:
    """The JSON body of a request, spaced and escaped as google-genai 3.4 writes it; the bytes in it are made up."""
    body: dict[str, Any] = {
        "contents": [
            {"parts": [_part_json(part) for part in content.parts], "role": content.role}
            for content in request.contents
        ],
        "generationConfig": {
            "responseModalities": ["TEXT", "IMAGE"],
            "imageConfig": {"aspectRatio": request.aspect_ratio, "imageSize": request.image_size},
            "thinkingConfig": {"includeThoughts": request.include_thoughts, "thinkingLevel": request.thinking_level},
        },
    }
    if request.search:
        body["tools"] = [{"googleSearch": {}}]
    return json.dumps(body).encode()


def _part_json(part: Part) -> dict[str, Any]:
    match part:
        case TextPart(text=text):
            data: dict[str, Any] = {"text": text}
        case ImagePart(image=image):
            data = {"inlineData": {"data": _base64_of(image), "mimeType": image.mime_type}}
        case OpaquePart(json=raw):
            data = json.loads(raw)
    if part.thought:
        data["thought"] = True
    if part.signature is not None:
        data["thoughtSignature"] = _base64_of(part.signature)
    return data


def _base64_of(stored: Blob) -> str:
    return base64.b64encode(b"\xab" * stored.size_bytes).decode()


_SIZES: Final = st.integers(min_value=1, max_value=40_000)
_ROLES: Final[st.SearchStrategy[ReferenceRole]] = st.sampled_from(get_args(ReferenceRole))


@st.composite
def answers(draw: st.DrawFn, *, name: str) -> tuple[Part, ...]:
    """An answer's parts: thoughts, drafts, words and opaque parts in any order, then one or two pictures."""
    parts: list[Part] = []
    extras = draw(st.lists(st.sampled_from(("thought", "draft", "text", "opaque")), max_size=3))
    for index, kind in enumerate(extras):
        match kind:
            case "thought":
                parts.append(TextPart(text=draw(st.text(max_size=40)), thought=True))
            case "draft":
                parts.append(picture(f"{name} draft {index}", size_bytes=draw(_SIZES), signed=False, thought=True))
            case "text":
                signature = sized(f"{name} text signature {index}", draw(_SIZES))
                parts.append(TextPart(text=draw(st.text(max_size=40)), signature=signature))
            case _:
                parts.append(OpaquePart(json=json.dumps({"fileData": {"fileUri": draw(st.text(max_size=20))}})))
    count = draw(st.integers(min_value=1, max_value=2))
    parts += [picture(f"{name} picture {index}", size_bytes=draw(_SIZES)) for index in range(count)]
    return tuple(parts)


@st.composite
def stories(draw: st.DrawFn, *, max_turns: int = 6) -> Story:
    """A tree of turns: forks from any version, variants, several pictures in an answer, pins, new providers."""
    story = Story()
    if draw(st.booleans()):
        story.upload()
    for number in range(1, draw(st.integers(min_value=1, max_value=max_turns)) + 1):
        story.provider = draw(st.sampled_from(("sandbox", "sandbox", "sandbox", "developer")))
        versions = story.tree.versions
        parent = draw(st.sampled_from((*versions[-2:], *versions, None)))
        attached = draw(st.lists(st.tuples(st.integers(0, 3), _ROLES, st.booleans()), max_size=2))
        variants = draw(st.integers(min_value=1, max_value=2))
        story.ask(
            draw(st.text(min_size=1, max_size=60)),
            parent=parent,
            references=tuple(
                given(f"r{which}", number=place, role=role, pinned=pinned)
                for place, (which, role, pinned) in enumerate(attached, start=1)
            ),
            answers=[draw(answers(name=f"turn {number} variant {variant}")) for variant in range(variants)],
        )
    return story
