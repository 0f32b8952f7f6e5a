"""Files on disk: what was uploaded, and what batches have produced. Nothing of them is held in memory.

One file is two: its bytes under a name nobody chose, and a small record, `<id>.json`, which is linked into place once
the bytes are whole. So an id is taken once, whoever writes, and two sandboxes may share a folder.

Facts: a public recording of an upload (2026-08-19) and docs/files, read 2026-11-22.
"""

import base64
import contextlib
import hashlib
import json
import logging
import os
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal, Self

from studio.sandbox.google_errors import GoogleError, JsonObject, Refused, invalid_argument

Clock = Callable[[], datetime]
FileState = Literal["ACTIVE", "PROCESSING"]

DAMAGE: Final = (ValueError, TypeError, KeyError)
"""What reading a record raises that is not what was written."""
LONGEST_ID: Final = 40
_LOG: Final = logging.getLogger(__name__)
_ID: Final = re.compile(r"[a-z0-9]+(-+[a-z0-9]+)*")
_ID_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
_GIB: Final = 1024**3
_OWNER_CHARS: Final = 32
_DRAWN_ID_CHARS: Final = 12


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What the service allows (docs/files: 2 GB a file, 20 GB a project, 48 hours), and how long a video is worked
    on before it can be used, which `pace` multiplies (not captured)."""

    file_bytes: int = 2 * _GIB
    project_bytes: int = 20 * _GIB
    chunk_bytes: int = 8 * 1024**2
    """What every chunk of an upload but the last is a multiple of (x-goog-upload-chunk-granularity, as recorded)."""
    lifetime_s: float = 48 * 3600.0
    video_processing_s: float = 5.0


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file's record. Times are aware UTC; `owner` stands for the API key, `held_as` names the bytes on disk."""

    id: str
    owner: str
    display_name: str
    mime_type: str
    size_bytes: int
    sha256_hex: str
    created_at: datetime
    ready_at: datetime
    expires_at: datetime
    held_as: str
    generated: bool = False

    @property
    def name(self) -> str:
        return f"files/{self.id}"

    def state(self, now: datetime) -> FileState:
        return "PROCESSING" if now < self.ready_at else "ACTIVE"

    def value(self, base_url: str, now: datetime) -> JsonObject:
        """The File resource; `base_url` ends with the API version, such as http://127.0.0.1:8787/v1beta."""
        value: JsonObject = {"name": self.name}
        if self.display_name:
            value["displayName"] = self.display_name
        value |= {
            "mimeType": self.mime_type,
            "sizeBytes": str(self.size_bytes),
            "createTime": timestamp(self.created_at),
            "updateTime": timestamp(self.created_at),
            "expirationTime": timestamp(self.expires_at),
            # base64 of the hexadecimal digits, as recorded
            "sha256Hash": base64.b64encode(self.sha256_hex.encode()).decode(),
            "uri": f"{base_url}/{self.name}",
        }
        if self.generated:
            value["downloadUri"] = f"{base_url}/{self.name}:download?alt=media"
        return value | {"state": self.state(now), "source": "GENERATED" if self.generated else "UPLOADED"}

    def record(self) -> bytes:
        return json.dumps(asdict(self), default=datetime.isoformat).encode()

    @classmethod
    def read(cls, record: bytes) -> Self:
        fields: dict[str, Any] = json.loads(record)
        times = {name: datetime.fromisoformat(fields[name]) for name in ("created_at", "ready_at", "expires_at")}
        return cls(**(fields | times))


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder the files are in. Small enough to be sent to a worker."""

    folder: Path

    def open(self) -> Path:
        """The folder of what is still arriving, made when missing."""
        arriving = self.folder / "arriving"
        arriving.mkdir(parents=True, exist_ok=True)
        return arriving

    def bytes_of(self, file: StoredFile) -> Path:
        return self.folder / file.held_as

    def find(self, file_id: str, *, owner: str, now: datetime) -> StoredFile:
        """The owner's file. Raises Refused (403) when there is none, it is another's, or its time is over."""
        if len(file_id) <= 2 * LONGEST_ID and _ID.fullmatch(file_id):
            # what is damaged is as if it were gone
            with contextlib.suppress(FileNotFoundError, *DAMAGE):
                file = StoredFile.read((self.folder / f"{file_id}.json").read_bytes())
                if file.owner == owner and now < file.expires_at:
                    return file
        raise Refused(file_denied(file_id))

    def remove_damaged(self, file_id: str) -> bool:
        """Make room for its name where a record cannot be read, whose ever it was. Whether it was so."""
        if not _ID.fullmatch(file_id):
            return False
        record = self.folder / f"{file_id}.json"
        try:
            StoredFile.read(record.read_bytes())
        except FileNotFoundError:
            return False
        except DAMAGE:
            record.unlink(missing_ok=True)
            return True
        return False

    def listed(self, *, owner: str, now: datetime) -> list[StoredFile]:
        """The owner's files, the newest first."""
        mine = [file for file in self._all() if file.owner == owner and now < file.expires_at]
        return sorted(mine, key=lambda file: (file.created_at, file.id), reverse=True)

    def put(self, arrived: Path, file: StoredFile) -> None:
        """Take the bytes at `arrived` in. Raises Refused (409) when the id is taken; then the bytes are gone too."""
        held = self.bytes_of(file)
        arrived.replace(held)
        try:
            publish(self.folder / f"{file.id}.json", file.record())
        except FileExistsError as error:
            held.unlink()
            raise Refused(GoogleError(409, "ALREADY_EXISTS", "Requested entity already exists")) from error

    def remove(self, file: StoredFile) -> None:
        """Record first: what cannot be found is not being read."""
        (self.folder / f"{file.id}.json").unlink(missing_ok=True)
        self.bytes_of(file).unlink(missing_ok=True)

    def sweep(self, *, now: datetime, limits: FileLimits) -> None:
        """Forget what is past its time, unfinished uploads included."""
        for file in self._all():
            if now >= file.expires_at:
                self.remove(file)
        oldest = (now - timedelta(seconds=limits.lifetime_s)).timestamp()
        for left in self.open().iterdir():
            with contextlib.suppress(FileNotFoundError):
                if left.stat().st_mtime < oldest:
                    left.unlink()

    def _all(self) -> Iterator[StoredFile]:
        for record in sorted(self.folder.glob("*.json")):
            try:
                yield StoredFile.read(record.read_bytes())
            except FileNotFoundError:
                continue
            except DAMAGE as error:
                _LOG.warning("%s is damaged and left out: %s", record, error)


@dataclass(frozen=True, slots=True)
class FileStore:
    """The shelf with its rules and its clock."""

    shelf: Shelf
    limits: FileLimits
    pace: float
    now: Clock

    def generated(self, file_id: str, *, owner: str, mime_type: str, digest_of: Path) -> StoredFile:
        """The record of a file the sandbox has made itself; blocks while its bytes are read."""
        with digest_of.open("rb") as made:
            digest = hashlib.file_digest(made, "sha256")
        return self.record(
            Description(id=file_id, mime_type=mime_type),
            owner=owner,
            size_bytes=digest_of.stat().st_size,
            sha256_hex=digest.hexdigest(),
            generated=True,
        )

    def record(
        self,
        described: "Description",
        *,
        owner: str,
        size_bytes: int,
        sha256_hex: str,
        generated: bool = False,
    ) -> StoredFile:
        """The record of bytes that are whole now."""
        now = self.now()
        is_video = described.mime_type.startswith("video/")
        working_s = self.limits.video_processing_s * self.pace if is_video else 0.0
        return StoredFile(
            id=described.id or new_id(_DRAWN_ID_CHARS),
            owner=owner,
            display_name=described.display_name,
            mime_type=described.mime_type,
            size_bytes=size_bytes,
            sha256_hex=sha256_hex,
            created_at=now,
            ready_at=now + timedelta(seconds=working_s),
            expires_at=now + timedelta(seconds=self.limits.lifetime_s),
            held_as=f"{secrets.token_hex(16)}.bin",
            generated=generated,
        )

    def check_room(self, *, owner: str, size_bytes: int) -> None:
        """Raises Refused where a file, or all of the owner's, would be too large."""
        if size_bytes > self.limits.file_bytes:
            # not captured
            text = f"The file is too large: {size_bytes} bytes. A file may have {self.limits.file_bytes} bytes."
            raise Refused(invalid_argument(text))
        held = sum(file.size_bytes for file in self.shelf.listed(owner=owner, now=self.now()))
        if held + size_bytes > self.limits.project_bytes:
            # not captured for Files; Google's own sentence for a quota without a name
            text = "Resource has been exhausted (e.g. check quota)."
            raise Refused(GoogleError(429, "RESOURCE_EXHAUSTED", text))


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of a file before its bytes. An empty id: one is drawn."""

    id: str = ""
    display_name: str = ""
    mime_type: str = ""


def publish(path: Path, data: bytes) -> None:
    """Write aside, then link into place: none reads half of it, and FileExistsError says that somebody was first."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.write_bytes(data)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()


def utc_now() -> datetime:
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """As the service writes it: 2026-08-19T14:34:14.094797Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def owner_of(key: str) -> str:
    """Who a key is, without the key."""
    return hashlib.sha256(key.encode()).hexdigest()[:_OWNER_CHARS]


def new_id(length: int) -> str:
    return "".join(secrets.choice(_ID_ALPHABET) for _ in range(length))


def chosen_id(name: str, *, request: str) -> str:
    """The id in a client's own name, "files/my-picture" or "my-picture". Raises Refused."""
    file_id = name.removeprefix("files/")
    check_length(file_id, f"{request}.file.name")
    if not _ID.fullmatch(file_id):
        # docs/files says what an id may hold; how its breach is worded was not captured
        raise Refused(
            invalid_argument(
                f"* {request}.file.name: File ID must consist of lowercase alphanumeric characters or dashes, and "
                "cannot start or end with a dash.\n"
            )
        )
    return file_id


def check_length(file_id: str, field: str) -> None:
    """Raises Refused. So the service refuses its own batches' result files, "batch-" and 36 characters, wherever
    their record is asked for (googleapis/python-genai issue 1759); they can be downloaded all the same."""
    if len(file_id) > LONGEST_ID:
        raise Refused(
            invalid_argument(
                f"* {field}: File ID (name excluding 'files/') cannot be more than {LONGEST_ID} characters.\n"
            )
        )


def file_denied(file_id: str) -> GoogleError:
    """One answer for a file that never was, is over, or is another's (published 2024 to 2026)."""
    text = f"You do not have permission to access the File {file_id} or it may not exist."
    return GoogleError(403, "PERMISSION_DENIED", text)
