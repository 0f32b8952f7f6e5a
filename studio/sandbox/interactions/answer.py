"""The Interaction resource and its events as bytes. Shapes: public recordings of 2026-05 and 2026-10.

What is read from the shelf here is megabytes: `shown` and `replayed` run in a worker.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from studio.sandbox.google_errors import JsonObject, internal
from studio.sandbox.interactions.errors import (
    InteractionError,
    InteractionRefused,
    malformed_name,
    not_found,
    translated,
)
from studio.sandbox.interactions.steps import StepWriter, event, input_step, packed, search_steps
from studio.sandbox.interactions.store import InteractionId, InteractionShelf, Record, moment_text
from studio.sandbox.usage import OutputTokens, PromptTokens

LAST_EVENT: Final = b"event: done\r\ndata: [DONE]\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, where, when and how much; `running` is whether the sandbox is still at work on what is read."""

    shelf: InteractionShelf
    owner: str
    now: datetime
    running: bool = False
    include_input: bool = False

    def find(self, interaction_id: str) -> Record:
        """Raises InteractionRefused: 400 for what is no id (live, 2026-08), 404 for one that leads to nothing."""
        if InteractionId.read(interaction_id) is None:
            raise InteractionRefused(malformed_name(interaction_id))
        record = self.shelf.read(interaction_id, owner=self.owner, now=self.now)
        if record is None:
            raise InteractionRefused(not_found())
        if record.status == "in_progress" and not self.running:
            # The sandbox was stopped in the middle of it.
            record.status, record.errors = "failed", [translated(internal()).value()]
        return record


def usage_of(new: PromptTokens, whole: PromptTokens, output: OutputTokens, *, searches: int) -> JsonObject:
    """Only what is new counts as input; `raw_prompt_token` has the stored conversation too (recordings of 2026-05 and
    2026-10). TEXT is not among the output's modalities."""
    read, written = new.text + new.image, output.image + output.other
    usage: JsonObject = {
        "total_tokens": read + written + output.thoughts,
        "total_input_tokens": read,
        "input_tokens_by_modality": _by_modality({"image": new.image, "text": new.text}),
        "total_cached_tokens": 0,
        "total_output_tokens": written,
    }
    if output.image:
        usage["output_tokens_by_modality"] = _by_modality({"image": output.image})
    usage |= {"total_tool_use_tokens": 0, "total_thought_tokens": output.thoughts}
    if searches:
        usage["grounding_tool_count"] = [{"type": "google_search", "count": searches}]
    return usage | {"raw_prompt_token": whole.text + whole.image}


def _by_modality(counted: dict[str, int]) -> list[JsonObject]:
    return [{"modality": name, "tokens": tokens} for name, tokens in counted.items() if tokens]


def resource(record: Record, steps: Sequence[bytes] | None, *, named: bool = True) -> bytes:
    """The Interaction; `steps` None leaves them out, as a background one's first answer does. One that is not stored is
    not `named`: it has no id."""
    head = json.dumps(_head(record, named=named))[:-1]
    tail = json.dumps({"object": "interaction", "model": record.model})[1:]
    shown = b"" if steps is None else b'"steps": [' + b", ".join(steps) + b"], "
    return b"".join([head.encode(), b", ", shown, tail.encode()])


def _head(record: Record, *, named: bool) -> JsonObject:
    head: JsonObject = {"id": record.id} if named else {}
    head["status"] = record.status
    if record.usage is not None:
        head["usage"] = record.usage
    head |= {"created": record.created, "updated": record.updated, "service_tier": "standard"}
    if record.errors:
        head["errors"] = record.errors
    return head


def opening_events(record: Record, *, named: bool = True) -> Iterator[bytes]:
    """An interaction without an id is told of with an empty one, which the SDK's types ask for (not captured)."""
    name = record.id if named else ""
    begun = {"id": name, "status": "in_progress", "object": "interaction", "model": record.model}
    yield event("interaction.created", {"interaction": begun})
    yield event("interaction.status_update", {"interaction_id": name, "status": "in_progress"})


def closing_events(record: Record, *, named: bool = True) -> Iterator[bytes]:
    """The end of a stream: the interaction without its steps."""
    told = _head(record, named=True) | {"object": "interaction", "model": record.model}
    yield event("interaction.completed", {"interaction": told | ({} if named else {"id": ""})})
    yield LAST_EVENT


def error_event(error: InteractionError) -> bytes:
    return event("error", {"error": error.value()})


def numbered(events: Sequence[bytes], *, start: int = 1) -> Iterator[bytes]:
    """The events with an event_id each, by which a stream can be taken up again."""
    for number, each in enumerate(events, start=start):
        yield each.replace(b"data: {", b'data: {"event_id": "%d", ' % number, 1)


def shown(interaction_id: str, reader: Reader) -> bytes:
    """The answer of `get`: the resource with its steps, the user's among them. Raises InteractionRefused."""
    record = reader.find(interaction_id)
    contents = _contents(record, reader)
    steps: list[bytes] = []
    writer = StepWriter(search_steps(record.grounding))
    own = record.answered if record.answered is not None else len(record.contents)
    for index, content in enumerate(contents, start=record.turn):
        if content["role"] != "model":
            steps.append(input_step(content))
        elif index < own:
            steps += _written(StepWriter(), content).as_json()
        else:
            _written(writer, content)
    whole = resource(record, [*steps, *writer.as_json()])
    if not reader.include_input:
        return whole
    given = b", ".join(steps)
    previous = json.dumps({"previous_interaction_id": record.previous})[1:-1].encode() if record.previous else b""
    return b"".join([whole[:-1], b', "input": [', given, b"]", b", " if previous else b"", previous, b"}"])


def cancelled(interaction_id: str, reader: Reader) -> bytes:
    """Note that an interaction was cancelled, unless it had ended by then; the resource. Raises InteractionRefused."""
    record = replace(reader, running=True).find(interaction_id)
    if record.status == "in_progress":
        record.status, record.updated = "cancelled", moment_text(reader.now)
        reader.shelf.save(record)
    return shown(interaction_id, reader)


def look_up(interaction_id: str, reader: Reader) -> Record:
    """Raises InteractionRefused when it is not the reader's to see."""
    return reader.find(interaction_id)


def removed(interaction_id: str, reader: Reader) -> None:
    """Delete an interaction. Raises InteractionRefused."""
    if InteractionId.read(interaction_id) is None or not reader.shelf.remove_damaged(interaction_id):
        reader.shelf.remove(reader.find(interaction_id).id)


def replayed(interaction_id: str, reader: Reader) -> list[bytes]:
    """The events of an interaction's stream, the first with the id 1. Raises InteractionRefused."""
    record = reader.find(interaction_id)
    events = list(opening_events(record))
    if record.status == "failed":
        events += [error_event(InteractionError(500, each["code"], each["message"])) for each in record.errors]
    if record.answered is not None:
        writer = StepWriter(search_steps(record.grounding))
        events += writer.opening()
        for content in _contents(record, reader)[record.answered - record.turn :]:
            for part in content["parts"]:
                events += writer.add(packed(part))
        events += writer.closing()
    ends = list(closing_events(record)) if record.status != "failed" else [LAST_EVENT]
    return [*numbered(events + ends[:-1]), ends[-1]]


def _contents(record: Record, reader: Reader) -> list[JsonObject]:
    try:
        return reader.shelf.contents(record, record.turn)
    except FileNotFoundError as error:
        raise InteractionRefused(not_found()) from error


def _written(writer: StepWriter, content: JsonObject) -> StepWriter:
    for part in content["parts"]:
        for _ in writer.add(packed(part)):
            continue
    return writer
