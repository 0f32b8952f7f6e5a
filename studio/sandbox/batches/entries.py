"""What a batch is asked to do, read and checked. Runs in a worker: inline it is 20 MB, in a file it may be 2 GB."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from studio.image_models import ALIASES, find_model
from studio.sandbox.ask import Examined, Job, examine_sent
from studio.sandbox.files.parts import FileReader
from studio.sandbox.google_errors import (
    GoogleError,
    JsonObject,
    Refused,
    invalid_argument,
    model_not_found,
    model_retired,
)
from studio.sandbox.protocol import load_json, parse, read_json, snake_case

_UNKNOWN_NAME: Final = re.compile(r'Unknown name "(?P<name>[^"]*)"')
_MOST_ERRORS: Final = 20
_METHOD: Final = "batchGenerateContent"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A batch that will run. `input_file` is the id of its file, empty where the requests came inline."""

    display_name: str
    request_count: int
    input_file: str


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a batch. `tag` is what the answer repeats of it: its key, or its metadata."""

    examined: Examined
    tag: JsonObject
    size_bytes: int
    request: bytes = b""
    """The request by itself, where there is somebody to look into it."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a line stands in its file."""

    start: int
    size_bytes: int


def accept(body: bytes, job: Job, target: Path) -> Accepted | GoogleError:
    """Check a batchGenerateContent call as a whole; its inline requests are written to `target`, one a line.

    As the service does it: what is not of the right form refuses the batch, what the model does not do refuses the one
    request later.
    """
    try:
        return _accept(load_json(body), job, target)
    except Refused as refused:
        return refused.error


def spans_of(path: Path) -> list[Span]:
    """The requests of an input: its lines that are not blank. Raises OSError where it cannot be read."""
    with path.open("rb") as lines:
        return [span for span, line in _lines(lines) if line.strip()]


def examine_line(path: Path, span: Span, job: Job) -> Line:
    """One request of an input, examined like a call of its own. Raises OSError where the input cannot be read."""
    with path.open("rb") as lines:
        lines.seek(span.start)
        line = lines.read(span.size_bytes)
    try:
        sent = load_json(line)
    except Refused as refused:
        return Line(Examined(None, refused.error, {}), {}, len(line))
    tag = {name: value for name, value in sent.items() if name in ("key", "metadata")}
    request = sent.get("request", {})
    kept = json.dumps(request).encode() if job.wants_summary else b""
    return Line(examine_sent(request, job), tag, len(line), kept)


def _accept(sent: JsonObject, job: Job, target: Path) -> Accepted:
    message = parse(sent, message="BatchGenerateContentRequest", version=job.version)
    _check_model(job)
    batch = message.get("batch", {})
    source = batch.get("input_config", {})
    file_name, inline = source.get("file_name", ""), source.get("requests", {}).get("requests", [])
    if bool(file_name) == bool(inline):
        # not captured
        text = "* BatchGenerateContentRequest.batch.input_config: exactly one of file_name and requests is expected\n"
        raise Refused(invalid_argument(text))
    if inline:
        for index, item in enumerate(inline):
            _check_same_model(item.get("request", {}), job, f"requests[{index}]")
        _write(_raw(sent, "batch", "input_config", "requests", "requests"), target)
        return Accepted(batch.get("display_name", ""), len(inline), "")
    count = _check_file(file_name, job)
    return Accepted(batch.get("display_name", ""), count, file_name.removeprefix("files/"))


def _check_model(job: Job) -> None:
    if job.model_id in ALIASES:
        raise Refused(model_retired(job.model_id, ALIASES[job.model_id]))
    if find_model(job.model_id) is None:
        missing = model_not_found(job.model_id, job.version)
        raise Refused(replace(missing, message=missing.message.replace("for generateContent.", f"for {_METHOD}.")))


def _check_same_model(request: JsonObject, job: Job, place: str) -> None:
    """A request may name the batch's model once more, no other (how the service says so was not captured)."""
    named = str(request.get("model", "")).removeprefix("models/")
    if named and named != job.model_id:
        text = f"The model of {place} is {named}, that of the batch {job.model_id}: they have to be the same."
        raise Refused(invalid_argument(text))


def _check_file(name: str, job: Job) -> int:
    """How many requests the file has. Raises Refused: with every line that is none (published 2026-02 and 2026-08), or
    where there is no such file."""
    if job.files is None:
        raise RuntimeError("a batch needs the files")
    path = input_path(name.removeprefix("files/"), job.files)
    errors: list[str] = []
    count = 0
    with path.open("rb") as lines:
        for number, (_, line) in enumerate(_lines(lines), start=1):
            if not line.strip():
                continue
            count += 1
            problem = _line_problem(line.rstrip(), job)
            if problem:
                errors.append(f"Error on line {number}: {problem}")
            if len(errors) == _MOST_ERRORS:
                break
    if not count:
        errors.append("The input file has no requests.")  # not captured
    if errors:
        raise Refused(invalid_argument("\n".join(errors)))
    return count


def input_path(file_id: str, files: FileReader) -> Path:
    """Where the bytes of an input file are. Raises Refused when it is not there, or not the caller's."""
    return files.shelf.bytes_of(files.shelf.find(file_id, owner=files.owner, now=files.now))


def _line_problem(line: bytes, job: Job) -> str | None:
    try:
        message = read_json(line)
    except (ValueError, RecursionError) as error:
        column = getattr(error, "colno", 1)
        return f"invalid JSON, near column {column}: {getattr(error, 'msg', 'not UTF-8')}"
    if not isinstance(message, dict):
        return f"invalid JSON, near column 1: unexpected character: '{chr(line.lstrip()[0])}'; expected '{{'"
    try:
        parsed = parse(message, message="BatchLine", version=job.version)
        _check_same_model(parsed.get("request", {}), job, "this line")
    except Refused as refused:
        return _as_line_problem(refused.error.message, line)
    return None if "request" in parsed else "invalid JSON, near column 1: no field 'request'"


def _as_line_problem(message: str, line: bytes) -> str:
    """The schema stage's first sentence as the reader of input files words it."""
    first = message.partition("\n")[0]
    unknown = _UNKNOWN_NAME.search(first)
    if unknown is None:
        return first
    column = line.decode("utf-8", "replace").find(f'"{unknown["name"]}"') + 1
    return f"invalid JSON, near column {column}: no such field: '{unknown['name']}'"


def _lines(lines: BinaryIO) -> Iterator[tuple[Span, bytes]]:
    start = 0
    for line in lines:
        yield Span(start, len(line)), line
        start += len(line)


def _raw(sent: JsonObject, *path: str) -> list[Any]:
    """What stands at a path of snake_case names, in either spelling, as it was sent."""
    value: Any = sent
    for name in path:
        value = next((item for key, item in value.items() if snake_case(key) == name), {})
    return value if isinstance(value, list) else [value]


def _write(requests: list[Any], target: Path) -> None:
    with target.open("wb") as lines:
        for request in requests:
            lines.write(json.dumps(request).encode() + b"\n")
