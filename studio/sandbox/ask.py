"""A request's body → what is to be painted, or the refusal. Runs in a worker: a body may hold 100 MB of base64."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from studio.image_models import ALIASES, ImageModel, find_model
from studio.sandbox import canvas
from studio.sandbox.canvas import Canvas
from studio.sandbox.checks import check_inputs, check_model, check_schema
from studio.sandbox.files.parts import FileReader, with_files
from studio.sandbox.google_errors import GoogleError, JsonObject, Refused, model_not_found, model_retired
from studio.sandbox.history import Content, Part, content_of, contents_of, last_user_turn
from studio.sandbox.journal import summary_of
from studio.sandbox.pictures import size_px
from studio.sandbox.protocol import load_json, parse
from studio.sandbox.signatures import Signer, check_history
from studio.sandbox.usage import PromptTokens, prompt_tokens, thinking_level

Refusal = Literal["safety", "blocked", "words_only", "no_image"]
"""The ways of answering 200 without a picture that a prompt alone can bring about."""

CURRENT_IMAGE: Final = "The current image"
"""A text part that begins so introduces the picture to edit."""

_MAGIC_WORDS: Final[tuple[tuple[str, Refusal], ...]] = (
    ("sandbox refuse", "safety"), ("sandbox block", "blocked"), ("sandbox words only", "words_only"),
)  # fmt: skip
_EDIT_WORDS: Final = re.compile(
    r"\b(make|change|turn|remove|erase|add|replace|swap|warm\w*|cool\w*|crop|blur|bright\w*|dark\w*|convert|put|give|"
    r"rotate|flip|zoom|recolou?r|colou?r|edit|adjust|increase|decrease|more|less|restore|sharpen|upscale|this|it)\b",
    re.IGNORECASE,
)

_SENTENCE_END: Final = re.compile(r"[.\n]")
_MENTIONED: Final = re.compile(r"\bimages? (\d{1,2})\b", re.IGNORECASE)
_PLACES: Final = re.compile(r"\b(?:place|put|set|add|insert|compose|position|stand|drop)\b", re.IGNORECASE)
_INTO: Final = re.compile(r"\b(?:on|onto|in|into|to|at|over|inside|before|against)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs besides the body."""

    model_id: str
    version: str
    signer: Signer
    wants_summary: bool
    files: FileReader | None = None
    """Whose files a request may name; None: there are none."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One accepted request."""

    model_id: str
    prompt: str
    subject_prompt: str
    source: bytes | None
    references: tuple[bytes, ...]
    asked_canvas: Canvas
    small_canvas: Canvas
    """The same at 1K, for an answer smaller than asked."""
    level: str | None
    include_thoughts: bool
    wants_text: bool
    searches: bool
    refusal: Refusal | None
    prompt_tokens: PromptTokens
    digest: bytes
    """SHA-256 of the request without its signatures."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of a body: an ask or an error, and what the journal says of it."""

    ask: Ask | None
    error: GoogleError | None
    summary: JsonObject


def examine(body: bytes, job: Job) -> Examined:
    """Both validation stages, the signatures, then the plan."""
    try:
        sent = load_json(body)
    except Refused as refused:
        return Examined(None, refused.error, {})
    return examine_sent(sent, job)


def examine_sent(sent: JsonObject, job: Job) -> Examined:
    """The same of a GenerateContentRequest that has been read already."""
    summary: JsonObject = {}
    try:
        if job.wants_summary:
            summary |= _settings(sent)
        message = parse(sent, message="GenerateContentRequest", version=job.version)
        contents = check_schema(message)
        if job.wants_summary:
            summary |= summary_of(contents)
        model = _model(job)
        check_model(model, message)
        contents = with_files(contents, job.files)
        check_inputs(contents)
        if model.signs_parts:
            check_history(contents, job.signer)
        return Examined(_ask(model, message, contents, job.files), None, summary)
    except Refused as refused:
        return Examined(None, refused.error, summary)


def count_tokens(body: bytes, job: Job) -> JsonObject | GoogleError:
    """The answer of countTokens."""
    try:
        outer = parse(load_json(body), message="CountTokensRequest", version=job.version)
        message = outer.get("generate_content_request", outer)
        tokens = prompt_tokens(_model(job), with_files(contents_of(message), job.files))
    except Refused as refused:
        return refused.error
    counted = {"TEXT": tokens.text, "IMAGE": tokens.image}
    details = [{"modality": name, "tokenCount": count} for name, count in counted.items() if count]
    return {"totalTokens": sum(counted.values()), "promptTokensDetails": details}


def _model(job: Job) -> ImageModel:
    model = find_model(job.model_id)
    if model is None:
        raise Refused(model_not_found(job.model_id, job.version))
    if job.model_id in ALIASES:
        raise Refused(model_retired(job.model_id, ALIASES[job.model_id]))
    return model


def _settings(sent: JsonObject) -> JsonObject:
    """The request's settings as they were sent, for the journal; camelCase names, whichever were used."""
    return {_camel_case(key): value for key, value in sent.items() if key != "contents"}


def _camel_case(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _followed(prompt: str, references: Sequence[bytes]) -> bytes:
    """The reference whose shape the answer takes: the one others are placed in where the words say so, or the first."""
    placed = next(filter(None, map(_placed_into, _SENTENCE_END.split(prompt))), 1)
    return references[placed - 1] if placed <= len(references) else next(iter(references), b"")


def _placed_into(sentence: str) -> int:
    """The number of the picture that another is to be set into, the last that is named; 0 where none is."""
    mentioned = list(_MENTIONED.finditer(sentence))
    if len(mentioned) < 2 or not _PLACES.search(sentence, 0, mentioned[0].start()):
        return 0
    return int(mentioned[-1][1]) if _INTO.search(sentence, mentioned[0].end(), mentioned[-1].start()) else 0


def _ask(model: ImageModel, message: JsonObject, contents: tuple[Content, ...], files: FileReader | None) -> Ask:
    config = message.get("generation_config", {})
    image_config, thinking = config.get("image_config", {}), config.get("thinking_config", {})
    modalities = config.get("response_modalities") or ["TEXT", "IMAGE"]
    turn = last_user_turn(contents)
    source = _source(contents, turn)
    references = tuple(part.data for part in turn.images if part is not source)
    followed = source.data if source else _followed(turn.text, references)
    choose = partial(
        canvas.choose, model, ratio=image_config.get("aspect_ratio"), source=size_px(followed), prompt=turn.text
    )
    system = message.get("system_instruction")
    told = () if system is None else with_files((content_of(system, "system_instruction"),), files)
    return Ask(
        model_id=model.id,
        prompt=turn.text,
        subject_prompt=next((content.text for content in contents if content.role != "model"), ""),
        source=source.data if source else None,
        references=references,
        asked_canvas=choose(size=canvas.image_size_of(image_config.get("image_size"))),
        small_canvas=choose(size="1K"),
        level=thinking_level(model, thinking.get("thinking_level")),
        include_thoughts=thinking.get("include_thoughts", False),
        wants_text="TEXT" in modalities,
        searches=any("google_search" in tool for tool in message.get("tools", [])),
        refusal=_refusal(turn),
        prompt_tokens=prompt_tokens(model, (*told, *contents)),
        digest=_digest(model, contents, image_config),
    )


def _source(contents: Sequence[Content], turn: Content) -> Part | None:
    """The picture being edited, if this is an edit."""
    for content in reversed(contents):
        if content.role == "model" and content.images:
            return content.images[-1]
    for content in reversed(contents):
        for before, part in zip(content.parts, content.parts[1:], strict=False):
            if part.kind == "image" and before.kind == "text" and before.text.startswith(CURRENT_IMAGE):
                return part
    if len(turn.images) == 1 and _EDIT_WORDS.search(turn.text):
        return turn.images[0]
    return None


def _refusal(turn: Content) -> Refusal | None:
    said = turn.text.lower()
    for words, refusal in _MAGIC_WORDS:
        if words in said:
            return refusal
    return None if said.strip() or turn.images else "no_image"


def _digest(model: ImageModel, contents: Sequence[Content], image_config: JsonObject) -> bytes:
    told = [
        [content.role, [[part.kind, part.thought, part.digest().hex()] for part in content.parts]]
        for content in contents
    ]
    asked = json.dumps([model.id, told, image_config], sort_keys=True)
    return hashlib.sha256(asked.encode()).digest()
