"""Batches on disk: one folder each, so that they outlive the process. No request and no result is held in memory.

    job.json        what was asked, written once
    requests.jsonl  the inline requests, one a line (a batch from a file reads that file)
    outcomes.jsonl  one short line for every request that is done; its existence means that the batch runs
    results.jsonl   what came of them, in order
    final.json      how it ended; whoever links it into place first has decided

What a batch is like at a moment is read from these, so nobody has to agree about it beyond the file system.

Shapes: a public recording of an inline batch (2026-08-19) and google-genai 3.4.0, read 2026-11-22.
"""

import contextlib
import json
import logging
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

from studio.sandbox.files.store import DAMAGE, publish, timestamp
from studio.sandbox.google_errors import JsonObject, Refused, route_not_found

_LOG: Final = logging.getLogger(__name__)

BatchState = Literal["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED"]

PRICE_FACTOR: Final = Decimal("0.5")
"""A batch costs half (docs/batch-api). Only the bill says so: usageMetadata of a recorded batch names the service tier
"standard" like any other call's."""
NAME_CHARS: Final = 36

_TYPES: Final = "type.googleapis.com/google.ai.generativelanguage.v1main"
_ID: Final = re.compile(r"[a-z0-9]{1,60}")
_RPC_CODES: Final = {
    "CANCELLED": 1, "INVALID_ARGUMENT": 3, "DEADLINE_EXCEEDED": 4, "NOT_FOUND": 5, "ALREADY_EXISTS": 6,
    "PERMISSION_DENIED": 7, "RESOURCE_EXHAUSTED": 8, "FAILED_PRECONDITION": 9, "ABORTED": 10, "INTERNAL": 13,
    "UNAVAILABLE": 14,
}  # fmt: skip
_UNKNOWN_CODE: Final = 2


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How long a batch waits before it runs, which `pace` multiplies (a few seconds in the recording), and what the
    service allows (docs/batch-api: under 20 MB inline, 100 jobs at once, expired after 48 hours). What has ended is
    kept for six weeks."""

    pending_s: float = 2.0
    expiry_s: float = 48 * 3600.0
    kept_s: float = 42 * 24 * 3600.0
    inline_bytes: int = 20 * 1024**2
    jobs: int = 100


@dataclass(frozen=True, slots=True)
class BatchJob:
    """What was asked. Times are aware UTC; `input_file` is the id of a file, empty for inline requests."""

    id: str
    owner: str
    key_tail: str
    model_id: str
    version: str
    display_name: str
    request_count: int
    input_file: str
    created_at: datetime
    runs_at: datetime
    expires_at: datetime
    fails: bool = False
    """A scenario has it end as FAILED."""

    @property
    def name(self) -> str:
        return f"batches/{self.id}"

    @property
    def results_file(self) -> str:
        """The id of the file that the results of a batch from a file become, as the service names it."""
        return f"batch-{self.id}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One request that is done: whether it was answered, and where its line of results.jsonl ends."""

    ok: bool
    end: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """How a batch ended. `error` is a google.rpc.Status, or empty."""

    state: BatchState
    at: datetime
    error: JsonObject


@dataclass(frozen=True, slots=True)
class View:
    """A batch at one moment."""

    job: BatchJob
    state: BatchState
    outcomes: tuple[Outcome, ...]
    final: Ending | None

    @property
    def shows_results(self) -> bool:
        """A cancelled batch keeps what was done; an expired one has nothing to retrieve (docs/batch-api)."""
        return self.state in ("SUCCEEDED", "CANCELLED")

    def metadata(self) -> JsonObject:
        """The GenerateContentBatch without its output. Counts are strings, and none is zero."""
        done = sum(1 for outcome in self.outcomes if outcome.ok)
        counts = {
            "requestCount": self.job.request_count,
            "pendingRequestCount": self.job.request_count - len(self.outcomes) if self.final is None else 0,
            "successfulRequestCount": done,
            "failedRequestCount": len(self.outcomes) - done,
        }
        metadata: JsonObject = {
            "@type": f"{_TYPES}.GenerateContentBatch",
            "model": f"models/{self.job.model_id}",
            **({"displayName": self.job.display_name} if self.job.display_name else {}),
            "createTime": timestamp(self.job.created_at),
        }
        if self.final is not None:
            metadata["endTime"] = timestamp(self.final.at)
        latest = self.final.at if self.final else self.outcomes[-1].at if self.outcomes else self.job.created_at
        return metadata | {
            "updateTime": timestamp(latest),
            "batchStats": {name: str(count) for name, count in counts.items() if count},
            "state": f"BATCH_STATE_{self.state}",
            "name": self.job.name,
        }

    def operation(self, output: JsonObject | None) -> JsonObject:
        """The long-running operation. `output` None: there is nothing to show."""
        metadata = self.metadata()
        if output is not None:
            metadata["output"] = output
        operation: JsonObject = {"name": self.job.name, "metadata": metadata}
        if self.final is None:
            return operation
        operation["done"] = True
        if self.final.error:
            operation["error"] = self.final.error
        elif output is not None:
            operation["response"] = {"@type": f"{_TYPES}.GenerateContentBatchOutput", **output}
        return operation


@dataclass(frozen=True, slots=True)
class BatchFolder:
    """The folder of one batch."""

    path: Path

    @property
    def requests(self) -> Path:
        return self.path / "requests.jsonl"

    @property
    def results(self) -> Path:
        return self.path / "results.jsonl"

    @property
    def outcomes(self) -> Path:
        return self.path / "outcomes.jsonl"

    def write_job(self, job: BatchJob) -> None:
        publish(self.path / "job.json", _encoded(job))

    def view(self) -> View:
        """Raises FileNotFoundError when the batch is gone."""
        job = _job((self.path / "job.json").read_bytes())
        outcomes, final = tuple(self.read_outcomes()), self.final()
        running: BatchState = "RUNNING" if self.outcomes.exists() else "PENDING"
        return View(job, final.state if final else running, outcomes, final)

    def final(self) -> Ending | None:
        with contextlib.suppress(FileNotFoundError):
            fields = json.loads((self.path / "final.json").read_bytes())
            return Ending(**(fields | {"at": datetime.fromisoformat(fields["at"])}))
        return None

    def finish(self, final: Ending) -> None:
        """The end, unless it has ended already or is gone."""
        with contextlib.suppress(FileExistsError, FileNotFoundError):
            publish(self.path / "final.json", _encoded(final))

    def read_outcomes(self) -> Iterator[Outcome]:
        """What is done; a last line that was cut off counts for nothing."""
        with contextlib.suppress(FileNotFoundError):
            for line in self.outcomes.read_bytes().splitlines(keepends=True):
                if line.endswith(b"\n"):
                    fields = json.loads(line)
                    yield Outcome(**(fields | {"at": datetime.fromisoformat(fields["at"])}))

    def begin(self) -> tuple[Outcome, ...]:
        """The batch runs from now on; what is done already. Mends what a crash has left half written.

        Raises FileNotFoundError when the batch is gone.
        """
        with self.outcomes.open("ab") as outcomes, self.results.open("ab") as results:
            outcomes.truncate(self.outcomes.read_bytes().rfind(b"\n") + 1)
            done = tuple(self.read_outcomes())
            results.truncate(done[-1].end if done else 0)
        return done

    def append(self, result: bytes, *, ok: bool, at: datetime) -> None:
        """One more result, then its outcome. Raises FileNotFoundError when the batch is gone."""
        with self.results.open("r+b") as results:
            results.seek(0, os.SEEK_END)
            results.write(result + b"\n")
            end = results.tell()
        with self.outcomes.open("r+b") as outcomes:
            outcomes.seek(0, os.SEEK_END)
            outcomes.write(_encoded(Outcome(ok=ok, end=end, at=at)) + b"\n")


@dataclass(frozen=True, slots=True)
class BatchStore:
    """All batches."""

    folder: Path

    def folder_of(self, batch_id: str) -> BatchFolder:
        """Raises Refused (404) for a name that is none."""
        if not _ID.fullmatch(batch_id):
            raise Refused(route_not_found())
        return BatchFolder(self.folder / batch_id)

    def find(self, batch_id: str, *, owner: str) -> tuple[BatchFolder, View]:
        """The owner's batch. Raises Refused (404)."""
        folder = self.folder_of(batch_id)
        # what is damaged is as if it were gone
        with contextlib.suppress(FileNotFoundError, *DAMAGE):
            view = folder.view()
            if view.job.owner == owner:
                return folder, view
        raise Refused(route_not_found())

    def remove_damaged(self, batch_id: str) -> bool:
        """Forget a batch that cannot be read, whose ever it was. Whether it was so. Raises Refused as `folder_of`."""
        folder = self.folder_of(batch_id)
        try:
            folder.view()
        except FileNotFoundError:
            return False
        except DAMAGE:
            self.remove(folder)
            return True
        return False

    def all(self) -> list[tuple[BatchFolder, View]]:
        """Every batch there is, the newest first."""
        found: list[tuple[BatchFolder, View]] = []
        for job in self.folder.glob("*/job.json"):
            folder = BatchFolder(job.parent)
            try:
                found.append((folder, folder.view()))
            except FileNotFoundError:
                continue
            except DAMAGE as error:
                _LOG.warning("%s is damaged and left out: %s", job, error)
        return sorted(found, key=lambda pair: (pair[1].job.created_at, pair[1].job.id), reverse=True)

    def remove(self, folder: BatchFolder) -> None:
        """The job first: then it cannot be found any more, whatever of it is left."""
        (folder.path / "job.json").unlink(missing_ok=True)
        shutil.rmtree(folder.path, ignore_errors=True)


def status_of(refused_status: str, message: str) -> JsonObject:
    """A google.rpc.Status, whose codes are gRPC's: 13 for an internal error (googleapis/python-genai issue 1341)."""
    return {"code": _RPC_CODES.get(refused_status, _UNKNOWN_CODE), "message": message}


def _encoded(value: "BatchJob | Outcome | Ending") -> bytes:
    return json.dumps(asdict(value), default=datetime.isoformat).encode()


def _job(record: bytes) -> BatchJob:
    fields: dict[str, Any] = json.loads(record)
    times = {name: datetime.fromisoformat(fields[name]) for name in ("created_at", "runs_at", "expires_at")}
    return BatchJob(**(fields | times))
