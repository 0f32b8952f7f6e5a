"""Real conversations with a sandbox, kept to be sent back, and what the service's rules say of whatever is sent back.

`Rules` knows nothing of how the sandbox makes or checks signatures: it has only seen which part each of them came with.
"""

import base64
import copy
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
from PIL import Image

from studio.sandbox.painter import Painting, PaintOrder
from tests.sandbox_fixture import ANY_KEY, encode, picture_bytes

Json = dict[str, Any]
History = list[Json]
"""Contents as the API sends them: camelCase, standard base64."""

GIVEN: Final = ("words", "picture", "file")
"""What the user may bring beside a prompt."""
ANSWERED: Final = (
    "", "text-first", "two-images", "unflagged-draft", "text-refusal", "text-first,two-images",
    "unflagged-draft,text-first",
)  # fmt: skip
"""What the sandbox may be told to answer with."""
BYPASSES: Final = ("skip_thought_signature_validator", "context_engineering_is_the_way_to_go")
PICTURE: Final = picture_bytes()
FILE: Final = picture_bytes(colour="plum")
DOCS: Final = "Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
CORRUPTED: Final = "Corrupted thought signature."
NOT_VALID: Final = "Thought signature is not valid"


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange: what the user gives, what the sandbox is told to answer with, and whether it shows its thoughts."""

    given: str = "words"
    answered: str = ""
    thinks: bool = False


def tiny_painting(order: PaintOrder) -> Painting:
    """64 pixels drawn from the seed, whatever was asked: no two pictures are alike, and none costs time."""
    digest = hashlib.sha256(order.seed).digest()
    picture = Image.frombytes("RGB", (8, 8), digest * 6)
    return Painting(
        encode(picture, order.mime_type), order.width_px, order.height_px, caption=f"No. {digest.hex()[:6]}."
    )


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def inline(data: bytes, mime_type: str = "image/png") -> Json:
    return {"inlineData": {"mimeType": mime_type, "data": encoded(data)}}


def said(text: str, *parts: Json, role: str = "user") -> Json:
    return {"role": role, "parts": [*parts, {"text": text}]}


def held_by(part: Json) -> str:
    """What a signature of this part is bound to, as text that is equal for equal parts."""
    if "inlineData" in part:
        return f"image {part['inlineData']['data']}"
    return f"image {encoded(FILE)}" if "fileData" in part else f"text {part['text']}"


def is_image(part: Json) -> bool:
    return "text" not in part and not part.get("thought")


Place = tuple[int, int]
"""Of a part: its content's index and its own."""


def places(history: History) -> Iterator[Place]:
    return ((i, j) for i, content in enumerate(history) for j in range(len(content["parts"])))


def part_at(history: History, place: Place) -> Json:
    part: Json = history[place[0]]["parts"][place[1]]
    return part


def signed_places(history: History) -> list[Place]:
    return [place for place in places(history) if "thoughtSignature" in part_at(history, place)]


@dataclass(slots=True)
class Rules:
    """What gemini-api's documents and refusals say about signatures; `issued` has each one's part, as it was sent."""

    issued: dict[str, str] = field(default_factory=dict)

    def note(self, parts: Sequence[Json]) -> None:
        for part in parts:
            if "thoughtSignature" in part:
                self.issued[part["thoughtSignature"]] = held_by(part)

    def refusal(self, history: History) -> str | None:
        """The first objection of a 3.x model, parts being looked at in their order."""
        return next(filter(None, (self._objection(history, place) for place in places(history))), None)

    def _objection(self, history: History, place: Place) -> str | None:
        part, content = part_at(history, place), history[place[0]]
        signature = part.get("thoughtSignature", "")
        if signature in (*BYPASSES, *(encoded(word.encode()) for word in BYPASSES)):
            return None
        if signature:
            made_for = self.issued.get(signature)
            return CORRUPTED if made_for is None else None if made_for == held_by(part) else NOT_VALID
        if content["role"] == "user":
            return None
        kind = "Image" if is_image(part) else "Text" if part is _leading_text(content) else ""
        return missing(kind, place) if kind else None


def _leading_text(content: Json) -> Json | None:
    """The first part shown, if it is a text and a picture follows."""
    shown: list[Json] = [part for part in content["parts"] if not part.get("thought")]
    return shown[0] if shown and "text" in shown[0] and any(is_image(part) for part in shown) else None


def missing(kind: str, place: Place) -> str:
    """The service counts from 1."""
    content, part = (index + 1 for index in place)
    return f"{kind} part is missing a thought_signature in content position {content}, part position {part}. {DOCS}"


class Sitter:
    """Holds conversations with one sandbox, each only once, and sends them back.

    No dataclass: an example that fails is printed with it, and all that it holds would be more than anyone reads.
    """

    def __init__(self, http: httpx2.Client) -> None:
        self.http = http
        self.rules = Rules()
        self._file_uri = ""
        self._held: dict[tuple[str, tuple[Turn, ...]], History] = {}

    def conversation(self, model: str, turns: tuple[Turn, ...]) -> History:
        """A copy of what was said in these turns, by the user and by the model."""
        known = (model, turns)
        if known not in self._held:
            before = self.conversation(model, turns[:-1]) if turns else []
            self._held[known] = before + self._exchange(model, before, turns[-1]) if turns else []
        return copy.deepcopy(self._held[known])

    def _exchange(self, model: str, before: History, turn: Turn) -> History:
        asked = said(f"paint number {len(before)}", *self._given(turn))
        body: Json = {"contents": [*before, asked]}
        if turn.thinks and model != "gemini-2.5-flash-image":
            body["generationConfig"] = {"thinkingConfig": {"includeThoughts": True, "thinkingLevel": "HIGH"}}
        answer = self.ask(json.dumps(body), model, scenario=turn.answered)
        assert answer.status_code == 200, answer.text
        content: Json = answer.json()["candidates"][0]["content"]
        self.rules.note(content["parts"])
        return [asked, content]

    def _given(self, turn: Turn) -> list[Json]:
        if turn.given == "file":
            return [{"fileData": {"fileUri": self._uploaded(), "mimeType": "image/png"}}]
        return [inline(PICTURE)] if turn.given == "picture" else []

    def _uploaded(self) -> str:
        if not self._file_uri:
            headers = {"x-goog-api-key": ANY_KEY, "x-goog-upload-protocol": "raw", "content-type": "image/png"}
            answer = self.http.post("/upload/v1beta/files", content=FILE, headers=headers)
            self._file_uri = answer.json()["file"]["uri"]
        return self._file_uri

    def ask(self, body: str, model: str, *, scenario: str = "") -> httpx2.Response:
        headers = {"x-goog-api-key": ANY_KEY, "x-sandbox-scenario": scenario}
        return self.http.post(f"/v1beta/models/{model}:generateContent", content=body.encode(), headers=headers)

    def refusal(self, history: History, model: str, *, spelling: int = 0) -> str | None:
        """The sentence this history is refused with when the conversation goes on, or None when it does go on."""
        body = spelled({"contents": [*history, said("warmer")]}, random.Random(spelling))
        answer = self.ask(json.dumps(body), model)
        if answer.status_code == 200:
            assert answer.json()["candidates"][0]["finishReason"] == "STOP"
            return None
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["status"]) == (400, 400, "INVALID_ARGUMENT")
        return str(error["message"])


def spelled(value: Any, dice: random.Random) -> Any:  # noqa: ANN401 - any JSON
    """The same JSON as other clients write it: keys in either style, base64 in either alphabet, padded or not."""
    if isinstance(value, list):
        return [spelled(item, dice) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        _key(key, dice): _base64(item, dice) if key in _BYTES else spelled(item, dice) for key, item in value.items()
    }


_BYTES: Final = ("data", "thoughtSignature")
_SNAKE: Final = {
    "inlineData": "inline_data", "mimeType": "mime_type", "thoughtSignature": "thought_signature",
    "fileData": "file_data", "fileUri": "file_uri",
}  # fmt: skip


def _key(key: str, dice: random.Random) -> str:
    return dice.choice((key, _SNAKE.get(key, key)))


def _base64(text: str, dice: random.Random) -> str:
    if text in BYPASSES:
        return text
    text = dice.choice((text, text.replace("+", "-").replace("/", "_")))
    return dice.choice((text, text.rstrip("=")))
