"""A call taken apart for the inspector: every part with its fingerprint, pictures as thumbnails. Runs in a worker.

What is kept is bounded, whatever was sent: so many parts, so many characters, and of pictures thumbnails alone.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from studio.image_models import find_model
from studio.sandbox.ask import Job
from studio.sandbox.google_errors import JsonObject, Refused
from studio.sandbox.history import Content, Part, content_of, contents_of
from studio.sandbox.inspector.evidence import Evidence
from studio.sandbox.packed import PackedPart
from studio.sandbox.pictures import looks_like_picture, size_px
from studio.sandbox.protocol import BYPASSES, load_json, parse
from studio.sandbox.signatures import Signer, text_to_sign

SignatureVerdict = Literal["valid", "missing", "altered", "of another part", "bypass", "not checked", "made here", ""]

MOST_PARTS: Final = 120
TEXT_CHARS: Final = 4_000
_TEXT_CHARS_IN_ALL: Final = 100_000
_RAW_CHARS: Final = 64_000
_ASKED_CHARS: Final = 200
_BASE64_SHOWN_CHARS: Final = 160
_BASE64_FIELDS: Final = ("data", "thoughtSignature", "thought_signature", "signature")
_APART: Final = ("contents", "systemInstruction", "system_instruction", "tools", "input")
_NAMED: Final = (
    (re.compile(r"content position (\d+), part position (\d+)"), 0),
    (re.compile(r"contents\[(\d+)\]\.parts\[(\d+)\]"), 1),
)
"""How the service's errors name a part, and what to add to get positions that count from 1."""


@dataclass(frozen=True, slots=True)
class Dissection:
    """`detail` is JSON; `thumbnails` are WebP by the SHA-256 of what they show, None for what shows nothing."""

    detail: bytes
    asked: str
    pictures_in: int
    pictures_out: int
    pictures: tuple[str, ...] = ()
    """SHA-256 of each picture shown."""
    thumbnails: dict[str, bytes | None] = field(default_factory=dict)


def dissect(evidence: Evidence, entry: JsonObject, known: frozenset[str]) -> Dissection:
    """`entry` is the journal's; of the pictures in `known` no thumbnail is made."""
    request = _read(evidence)
    shower = _Shower(_signer_of(evidence.job), _named_position(str(entry.get("verdict", ""))))
    contents = [shower.content(content, number) for number, content in enumerate(request.contents, start=1)]
    system = [shower.part(part, number, "") for number, part in enumerate(request.system, start=1)]
    answered = [_answered(part) for part in evidence.answer]
    shown = [
        shower.part(part, number, "made here" if part.signature else "")
        for number, part in enumerate(answered, start=1)
    ]
    given = [part.data for content in request.contents for part in content.parts if part.kind == "image"]
    given = given or list(request.loose)
    made = [part.data for part in answered if part.kind == "image"]
    detail: JsonObject = {
        "contents": contents or entry.get("contents", []),
        "system": system,
        "settings": request.settings or _settings(entry.get("generationConfig")),
        "tools": request.tools,
        "problem": request.problem,
        "raw": request.raw,
        "named": shower.named,
        "left_out": max(0, -shower.parts_left),
        "answer": shown,
        "headers": evidence.headers,
    }
    pictures = {hashlib.sha256(data).hexdigest(): data for data in (*given[-MOST_PARTS:], *made[:MOST_PARTS])}
    asked = next((content.text for content in reversed(request.contents) if content.role != "model"), "")
    return Dissection(
        detail=json.dumps(detail, ensure_ascii=False).encode("utf-8", "replace"),
        asked=" ".join((asked or _asked_of(entry)).split())[:_ASKED_CHARS],
        pictures_in=len(given),
        pictures_out=len(made),
        pictures=tuple(pictures),
        thumbnails=_thumbnails({name: data for name, data in pictures.items() if name not in known}),
    )


@dataclass(slots=True)
class _Request:
    """What could be read of a body."""

    contents: Sequence[Content] = ()
    system: Sequence[Part] = ()
    settings: JsonObject = field(default_factory=dict)
    tools: object = None
    raw: object = None
    problem: str = ""
    loose: Sequence[bytes] = ()
    """The pictures of a body that has no contents."""


def _read(evidence: Evidence) -> _Request:
    if not evidence.body:
        return _Request()
    try:
        sent = load_json(evidence.body)
    except Refused as refused:
        text = evidence.body[:TEXT_CHARS].decode("utf-8", "replace")
        return _Request(problem=refused.error.message, raw=text)
    others = {name: value for name, value in sent.items() if name not in _APART}
    request = _Request(settings=_settings(others), tools=_shortened(sent.get("tools")), raw=_bounded(_shortened(sent)))
    if evidence.job is None or evidence.amounts_to is not None:
        request.loose = list(_pictures_in(sent))
    if evidence.job is None:
        return request
    try:
        meant = evidence.amounts_to(sent) if evidence.amounts_to else sent
        message = parse(meant, message="GenerateContentRequest", version=evidence.job.version)
        contents = contents_of(message)
        told = message.get("system_instruction")
        request.system = () if told is None else content_of(told, "system_instruction").parts
        request.contents = [_with_files(content, evidence.job) for content in contents]
    except Refused as refused:
        request.problem = refused.error.message
    return request


@dataclass(slots=True)
class _Shower:
    """Shows parts until there have been enough of them."""

    signer: Signer | None
    named: tuple[int, int] | None
    parts_left: int = MOST_PARTS * 2
    chars_left: int = _TEXT_CHARS_IN_ALL

    def content(self, content: Content, number: int) -> JsonObject:
        signed_text = text_to_sign(content.parts) if content.role == "model" else None
        parts: list[JsonObject] = []
        for position, part in enumerate(content.parts, start=1):
            is_signed = content.role == "model" and (part.kind == "image" or part is signed_text)
            verdict = _verdict(part, self.signer, needed=is_signed and not part.thought)
            parts.append(self.part(part, position, verdict) | {"named": (number, position) == self.named})
        return {"position": number, "role": content.role, "parts": [part for part in parts if "kind" in part]}

    def part(self, part: Part, position: int, verdict: SignatureVerdict) -> JsonObject:
        """The part as the page shows it; nothing of it when there have been enough."""
        self.parts_left -= 1
        if self.parts_left < 0:
            return {}
        shown: JsonObject = {"position": position, "kind": part.kind, "thought": part.thought, "verdict": verdict}
        if part.text:
            kept = part.text[: min(TEXT_CHARS, self.chars_left)]
            self.chars_left -= len(kept)
            shown |= {"text": kept, "chars": len(part.text)}
        if part.data:
            shown |= {"mime_type": part.mime_type, "pixels": size_px(part.data), **_fingerprint("data", part.data)}
        if part.signature is not None:
            shown |= _fingerprint("signature", part.signature)
        return shown


def _verdict(part: Part, signer: Signer | None, *, needed: bool) -> SignatureVerdict:
    if part.signature is None:
        return "missing" if needed and signer is not None else ""
    if part.signature in BYPASSES:
        return "bypass"
    if signer is None:
        return "not checked"
    try:
        signer.check(part)
    except Refused as refused:
        return "of another part" if "not valid" in refused.error.message else "altered"
    return "valid"


def _signer_of(job: Job | None) -> Signer | None:
    """Who checks the signatures; nobody for a model that makes none."""
    model = find_model(job.model_id) if job else None
    return job.signer if job and model and model.signs_parts else None


def _with_files(content: Content, job: Job) -> Content:
    """The content with the pictures of its files, as far as they can be had; a file goes on being named."""
    if job.files is None:
        return content
    parts: list[Part] = []
    for part in content.parts:
        try:
            parts.append(job.files.read(part))
        except Refused:
            parts.append(part)
    return Content(content.role, tuple(parts))


def _answered(part: PackedPart) -> Part:
    kind: Literal["image", "text"] = "image" if part.is_image else "text"
    signature = base64.b64decode(part.signature_b64) or None
    data = base64.b64decode(part.data_b64)
    return Part(kind, text=part.text, data=data, mime_type=part.mime_type, thought=part.thought, signature=signature)


def _fingerprint(name: str, held: bytes) -> JsonObject:
    return {f"{name}_sha256": hashlib.sha256(held).hexdigest(), f"{name}_bytes": len(held)}


def _named_position(verdict: str) -> tuple[int, int] | None:
    for pattern, add in _NAMED:
        found = pattern.search(verdict)
        if found:
            return int(found[1]) + add, int(found[2]) + add
    return None


def _asked_of(entry: JsonObject) -> str:
    """The newest words of the user in a journal's summary."""
    texts = [
        part.get("text", "")
        for content in reversed(entry.get("contents", []))
        if content["role"] != "model"
        for part in content["parts"]
    ]
    return next(filter(None, texts), "")


def _settings(sent: object) -> JsonObject:
    short = _bounded(_shortened(sent))
    return short if isinstance(short, dict) else {}


def _shortened(value: object, name: str = "") -> object:
    """JSON with what is long put in words; the page's curl command has stand-ins for it."""
    if isinstance(value, dict):
        return {str(key)[:200]: _shortened(item, str(key)) for key, item in list(value.items())[:MOST_PARTS]}
    if isinstance(value, list):
        return [_shortened(item) for item in value[:MOST_PARTS]]
    if isinstance(value, str) and name in _BASE64_FIELDS and len(value) > _BASE64_SHOWN_CHARS:
        return f"<{len(value):,} characters of base64>"
    if isinstance(value, str) and len(value) > TEXT_CHARS:
        return f"{value[:TEXT_CHARS]}… <{len(value):,} characters>"
    return value


def _bounded(value: object) -> object:
    """The value, or None where even what was shortened is too long to keep."""
    return value if len(json.dumps(value)) <= _RAW_CHARS else None


def _pictures_in(value: object) -> Iterator[bytes]:
    """What decodes to a picture, wherever in a body it stands."""
    if isinstance(value, list):
        for item in value:
            yield from _pictures_in(item)
    elif isinstance(value, dict):
        data = value.get("data")
        if isinstance(data, str):
            try:
                held = base64.b64decode(data, validate=True)
            except (binascii.Error, ValueError):
                held = b""
            if looks_like_picture(held):
                yield held
        for item in value.values():
            if isinstance(item, list | dict):
                yield from _pictures_in(item)


def _thumbnails(pictures: Mapping[str, bytes]) -> dict[str, bytes | None]:
    from studio.sandbox.painter.thumbnails import thumbnail  # noqa: PLC0415 - only workers need Pillow

    return {name: thumbnail(picture) for name, picture in pictures.items()}
