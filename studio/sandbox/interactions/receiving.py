"""A create request of the Interactions API → the generateContent request it amounts to, examined. Runs in a worker.

The two APIs paint by the same path: the same history gives the same picture through either.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from studio.image_models import ALIASES, ImageModel, find_model
from studio.sandbox.answer import response_id
from studio.sandbox.ask import Ask, Job, examine_sent
from studio.sandbox.google_errors import JsonObject, Refused, invalid_argument, model_retired
from studio.sandbox.history import Content, Part, PartKind
from studio.sandbox.interactions.errors import (
    InteractionError,
    InteractionRefused,
    interaction_data,
    invalid_input,
    invalid_request,
    not_found,
    translated,
)
from studio.sandbox.interactions.schema import check_request
from studio.sandbox.interactions.steps import contents_of_input
from studio.sandbox.interactions.store import InteractionId, InteractionShelf, Record, moment_text
from studio.sandbox.protocol import load_json
from studio.sandbox.usage import PromptTokens, prompt_tokens

_SAMPLING: Final = ("temperature", "top_p", "seed", "max_output_tokens", "stop_sequences")
_SERVER_TOOLS: Final = (
    "google_search", "code_execution", "url_context", "google_maps", "file_search", "computer_use",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InteractionJob:
    """What a worker needs besides the body. `job.model_id` is what a glance at the body gave."""

    job: Job
    shelf: InteractionShelf
    owner: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a body: something to paint, or an error."""

    error: InteractionError | None = None
    summary: JsonObject = field(default_factory=dict)
    """What the journal says of the request."""
    model_id: str = ""
    stream: bool = False
    background: bool = False
    ask: Ask | None = None
    new_tokens: PromptTokens | None = None
    """What this request alone costs to read: what is stored already is not counted (public recordings, 2026-05)."""
    record: Record | None = None
    """The interaction that has begun; on the shelf already, where it is `stored`."""
    stored: bool = False


def receive(body: bytes, job: InteractionJob) -> Reading:
    """Check a create request, examine what it asks, and unless it said otherwise put it on the shelf."""
    try:
        sent = _without_nulls(load_json(body))
        check_request(sent)
        model = _model(sent)
        _check_wishes(sent, model)
        return _examined(sent, model, job)
    except Refused as refused:
        return Reading(error=translated(refused.error))
    except InteractionRefused as refused:
        return Reading(error=refused.error)
    except FileNotFoundError:
        # The interaction to continue was deleted while it was being read.
        return Reading(error=not_found())


def request_of(sent: JsonObject, job: InteractionJob) -> JsonObject:
    """The contents of a create request, after those of the interaction it continues, and its system instruction: as a
    generateContent request holds them. Raises Refused for a request of another form."""
    try:
        told = _without_nulls(sent)
        check_request(told)
        request = _request(told, [*_history_of(told, job), *contents_of_input(told["input"])])
    except InteractionRefused as refused:
        raise Refused(invalid_argument(refused.error.message)) from refused
    return {name: request[name] for name in ("contents", "system_instruction") if name in request}


def _history_of(sent: JsonObject, job: InteractionJob) -> list[JsonObject]:
    """What there is of it still."""
    try:
        previous = _previous(sent, job)
        return job.shelf.contents(previous) if previous else []
    except (InteractionRefused, FileNotFoundError):
        return []


def _without_nulls(sent: JsonObject) -> JsonObject:
    return {name: value for name, value in sent.items() if value is not None}


def _model(sent: JsonObject) -> ImageModel:
    if "model" not in sent and "agent" not in sent:
        raise InteractionRefused(invalid_input("model"))
    model_id = sent.get("model", "").removeprefix("models/")
    model = find_model(model_id)
    if model is None:
        raise InteractionRefused(not_found())
    if model_id in ALIASES:
        error = translated(model_retired(model_id, ALIASES[model_id]))
        raise InteractionRefused(replace(error, code="model_not_found"))
    return model


def _check_wishes(sent: JsonObject, model: ImageModel) -> None:
    """What this API refuses in its own words; the rest is left to generateContent's checks. Raises
    InteractionRefused."""
    if sent.get("background"):
        if model.id in interaction_data()["background"]["refused"]:
            text = f"Model '{model.id}' does not support background interactions."
            raise InteractionRefused(invalid_request(text))
        if sent.get("store") is False:
            # docs/interactions: background needs the store; its text is not captured.
            raise InteractionRefused(invalid_request("'background' cannot be used with 'store' set to false."))
    formats = _formats(sent)
    if any(each.get("delivery") for each in formats if each["type"] == "image"):
        raise InteractionRefused(invalid_request("Image delivery mode is not supported."))
    if any(each["type"] not in ("text", "image") for each in formats) or any(
        modality not in ("text", "image") for modality in sent.get("response_modalities", [])
    ):
        text = "The requested combination of response modalities is not supported by the model."
        raise InteractionRefused(invalid_request(text))
    size = _image_config(sent).get("image_size")
    if size and model.sizes and size not in model.sizes:
        raise InteractionRefused(not_found())
    _check_level(model, sent.get("generation_config", {}).get("thinking_level"))
    _check_tools(sent.get("tools", []))


def _check_level(model: ImageModel, level: str | None) -> None:
    # Pro takes any level without effect, so its catalogue entry offers none.
    if level and model.thinking_levels and level not in model.thinking_levels:
        allowed = ", ".join(model.thinking_levels)
        text = f"'{level}' is not a supported thinking level for this model. Allowed values are: {allowed}."
        raise InteractionRefused(invalid_request(text))


def _check_tools(tools: Sequence[JsonObject]) -> None:
    for tool in tools:
        if tool["type"] != "function" and tool["type"] not in _SERVER_TOOLS:
            # not captured
            raise InteractionRefused(invalid_request(f"Tool '{tool['type']}' is not supported for this model."))


def _examined(sent: JsonObject, model: ImageModel, job: InteractionJob) -> Reading:
    previous = _previous(sent, job)
    new = contents_of_input(sent["input"])
    history = job.shelf.contents(previous) if previous else []
    request = _request(sent, [*history, *new])
    examined = examine_sent(request, replace(job.job, model_id=model.id))
    if examined.ask is None:
        error = translated(examined.error) if examined.error else None
        return Reading(error=error, summary=examined.summary, model_id=model.id)
    record = _opened(model, previous, job)
    stored = sent.get("store", True)
    if stored:
        job.shelf.create(record, new, previous=previous, now=job.now)
    return Reading(
        summary=examined.summary,
        model_id=model.id,
        stream=sent.get("stream", False),
        background=sent.get("background", False),
        ask=examined.ask,
        new_tokens=_tokens(model, new, sent.get("system_instruction", "")),
        record=record,
        stored=stored,
    )


def _previous(sent: JsonObject, job: InteractionJob) -> Record | None:
    """The interaction to continue. Raises InteractionRefused (404) when there is none, or it has not ended yet."""
    previous_id = sent.get("previous_interaction_id")
    if previous_id is None:
        return None
    record = job.shelf.read(previous_id, owner=job.owner, now=job.now)
    if record is None or record.answered is None:
        raise InteractionRefused(not_found())
    return record


def _opened(model: ImageModel, previous: Record | None, job: InteractionJob) -> Record:
    own = response_id(job.now.timestamp())
    before = InteractionId.read(previous.id) if previous else None
    moment = moment_text(job.now)
    return Record(
        id=str(InteractionId(first=before.first if before else own, own=own)),
        owner=job.owner,
        model=model.id,
        status="in_progress",
        created=moment,
        updated=moment,
        previous=previous.id if previous else None,
    )


def _formats(sent: JsonObject) -> list[JsonObject]:
    given = sent.get("response_format", [])
    return given if isinstance(given, list) else [given]


def _image_config(sent: JsonObject) -> JsonObject:
    asked: JsonObject = dict(sent.get("generation_config", {}).get("image_config") or {})
    for each in _formats(sent):
        if each["type"] == "image":
            asked |= each
    return {name: asked[name] for name in ("aspect_ratio", "image_size") if asked.get(name)}


def _request(sent: JsonObject, contents: list[JsonObject]) -> JsonObject:
    """The same as a GenerateContentRequest."""
    request: JsonObject = {"contents": contents, "generation_config": _generation_config(sent)}
    if sent.get("system_instruction"):
        request["system_instruction"] = {"parts": [{"text": sent["system_instruction"]}]}
    if sent.get("cached_content"):
        request["cached_content"] = sent["cached_content"]
    if sent.get("tools"):
        request["tools"] = [_tool(tool) for tool in sent["tools"]]
    return request


def _tool(tool: JsonObject) -> JsonObject:
    return {"function_declarations": [tool]} if tool["type"] == "function" else {tool["type"]: {}}


def _generation_config(sent: JsonObject) -> JsonObject:
    told: JsonObject = sent.get("generation_config", {})
    config: JsonObject = {name: told[name] for name in _SAMPLING if told.get(name) is not None}
    thinking: JsonObject = {}
    if told.get("thinking_level"):
        thinking["thinking_level"] = told["thinking_level"].upper()
    if told.get("thinking_summaries") == "auto":
        thinking["include_thoughts"] = True
    mime_types = [each["mime_type"] for each in _formats(sent) if each["type"] == "text" and each.get("mime_type")]
    optional: dict[str, Any] = {
        "thinking_config": thinking,
        "image_config": _image_config(sent),
        "response_modalities": _modalities(sent),
        "response_mime_type": next(iter(mime_types), ""),
    }
    return config | {name: value for name, value in optional.items() if value}


def _modalities(sent: JsonObject) -> list[str]:
    """An image alone suppresses the words; a list of both asks for both (live, 2026-08)."""
    asked = sent.get("response_modalities") or [each["type"] for each in _formats(sent)]
    return [modality.upper() for modality in dict.fromkeys(asked)]


def _tokens(model: ImageModel, contents: Sequence[JsonObject], system: str) -> PromptTokens:
    told = (Part(kind="text", text=system),)
    read = (Content(content["role"], tuple(_counted(part) for part in content["parts"])) for content in contents)
    return prompt_tokens(model, [Content("user", told), *read])


def _counted(part: JsonObject) -> Part:
    """As much of a part as its tokens are counted by."""
    blob = part.get("inline_data") or part.get("file_data") or {}
    kind: PartKind = "text" if "text" in part else "image" if blob.get("mime_type", "").startswith("image/") else "file"
    return Part(kind=kind, text=part.get("text", ""), signature=bytes(len(part.get("thought_signature", "")) * 3 // 4))
