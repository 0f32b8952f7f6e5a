"""Interactions on disk: a folder each, with the record, and beside it the pictures and signatures under their SHA-256.

A continued interaction's folder holds the conversation up to it: what came before is linked into it, not copied. So
every byte is written once, and to delete or outlive one interaction leaves the others whole. Runs in workers.
"""

import base64
import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

from studio.sandbox.files.store import DAMAGE
from studio.sandbox.google_errors import JsonObject
from studio.sandbox.protocol import BYPASSES, decode_base64

DAY_S: Final = 24 * 3600.0
FREE_RETENTION_S: Final = DAY_S
PAID_RETENTION_S: Final = 55 * DAY_S
"""How long the free and the paid tier keep an interaction (docs/interactions-overview)."""

_RECORD: Final = "record.json"
_DRAFT: Final = "draft-"
_RESPONSE_ID_CHARS: Final = 23
_FIRST, _OWN = b"\n\x17", b"\x12\x17"
_ID: Final = re.compile(r"v1_[A-Za-z0-9_-]{67}")


@dataclass(frozen=True, slots=True)
class InteractionId:
    """Two response ids after "v1_", protobuf in URL-safe base64: the conversation's first, and this one's own (public
    recordings, 2026-05). A response id begins with its Unix second."""

    first: str
    own: str

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None for what could never have been an id."""
        if not _ID.fullmatch(text):
            return None
        raw = decode_base64(text[3:])
        first, own = raw[2 : 2 + _RESPONSE_ID_CHARS], raw[4 + _RESPONSE_ID_CHARS :]
        if raw[:2] != _FIRST or raw[2 + _RESPONSE_ID_CHARS : 4 + _RESPONSE_ID_CHARS] != _OWN:
            return None
        with contextlib.suppress(ValueError):
            decode_base64(own.decode("ascii"))
            return cls(first.decode("ascii"), own.decode("ascii"))
        return None

    @property
    def made_at(self) -> datetime:
        return datetime.fromtimestamp(int.from_bytes(decode_base64(self.own)[:4], "little"), UTC)

    def __str__(self) -> str:
        raw = _FIRST + self.first.encode() + _OWN + self.own.encode()
        return "v1_" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass(slots=True)
class Record:
    """One interaction. Times are ISO 8601 in UTC; `owner` stands for the API key."""

    id: str
    owner: str
    model: str
    status: str
    created: str
    updated: str
    contents: list[JsonObject] = field(default_factory=list)
    """The conversation up to here, as generateContent would be sent it, with file names in place of bytes."""
    turn: int = 0
    """Which content is the first of this interaction's own input."""
    answered: int | None = None
    """Which content is the first of its answer; None until there is one."""
    previous: str | None = None
    usage: JsonObject | None = None
    grounding: JsonObject | None = None
    errors: list[JsonObject] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class InteractionLimits:
    """How long interactions are kept. Beyond `kept` of them the oldest go before their time: the service has more disk
    than a laptop."""

    retention_s: float = FREE_RETENTION_S
    kept: int = 500


@dataclass(frozen=True, slots=True)
class InteractionShelf:
    """The folder the interactions are in. Small enough to be sent to a worker."""

    folder: Path
    limits: InteractionLimits

    def read(self, interaction_id: str, *, owner: str, now: datetime) -> Record | None:
        """The owner's interaction; None when there is none, it is another's, or its time is over."""
        name = InteractionId.read(interaction_id)
        if name is None or self._is_over(name, now):
            return None
        try:
            record = Record(**json.loads((self.folder / interaction_id / _RECORD).read_bytes()))
        except (FileNotFoundError, NotADirectoryError, *DAMAGE):
            return None  # what is damaged is as if it were gone
        # A file system that ignores case may have found another.
        return record if record.owner == owner and record.id == interaction_id else None

    def contents(self, record: Record, start: int = 0) -> list[JsonObject]:
        """The record's contents from `start` on, with their bytes as base64."""
        folder = self.folder / record.id
        return [_taken_out(content, folder) for content in record.contents[start:]]

    def create(self, record: Record, contents: Sequence[JsonObject], *, previous: Record | None, now: datetime) -> None:
        """Put a new interaction on the shelf, after `previous`; its own contents are put away with it.

        FileNotFoundError when the previous one has been deleted meanwhile.
        """
        self._sweep(now)
        draft = self.folder / f"{_DRAFT}{secrets.token_hex(8)}"
        draft.mkdir(parents=True)
        try:
            if previous is not None:
                _link_all(self.folder / previous.id, draft)
            before = previous.contents if previous else []
            record.contents = [*before, *(_put_away(content, draft) for content in contents)]
            record.turn = len(before)
            _write(draft / _RECORD, record)
            draft.rename(self.folder / record.id)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise

    def answer(self, record: Record, contents: Sequence[JsonObject]) -> None:
        """Add the answer and save the record. FileNotFoundError when it has been deleted meanwhile."""
        folder = self.folder / record.id
        record.answered = len(record.contents)
        record.contents = [*record.contents, *(_put_away(content, folder) for content in contents)]
        self.save(record)

    def save(self, record: Record) -> None:
        """Write the record anew. FileNotFoundError when it has been deleted meanwhile."""
        _write(self.folder / record.id / _RECORD, record)

    def remove_damaged(self, interaction_id: str) -> bool:
        """Forget an interaction that cannot be read, whose ever it was. Whether it was so."""
        try:
            Record(**json.loads((self.folder / interaction_id / _RECORD).read_bytes()))
        except (FileNotFoundError, NotADirectoryError):
            return False
        except DAMAGE:
            self.remove(interaction_id)
            return True
        return False

    def remove(self, interaction_id: str) -> None:
        """Record first: what cannot be found is not being read."""
        folder = self.folder / interaction_id
        (folder / _RECORD).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)

    def _is_over(self, name: InteractionId, now: datetime) -> bool:
        return now >= name.made_at + timedelta(seconds=self.limits.retention_s)

    def _sweep(self, now: datetime) -> None:
        """Forget what is past its time, too many, or was left half made a day ago."""
        self.folder.mkdir(parents=True, exist_ok=True)
        names = {entry.name: InteractionId.read(entry.name) for entry in os.scandir(self.folder)}
        current = sorted((name.made_at, text) for text, name in names.items() if name and not self._is_over(name, now))
        staying = {text for _, text in current[max(0, len(current) + 1 - self.limits.kept) :]}
        for text, name in names.items():
            if name is not None and text not in staying:
                self.remove(text)
            elif name is None and text.startswith(_DRAFT) and _is_old(self.folder / text, now):
                shutil.rmtree(self.folder / text, ignore_errors=True)


def moment_text(moment: datetime) -> str:
    """As a record holds it: whole seconds, in UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_old(path: Path, now: datetime) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return now.timestamp() - path.stat().st_mtime > DAY_S
    return False


def _write(path: Path, record: Record) -> None:
    draft = path.with_name(f"{_DRAFT}{secrets.token_hex(8)}")
    draft.write_bytes(json.dumps(asdict(record)).encode())
    if not path.parent.exists():
        raise FileNotFoundError(path)
    draft.replace(path)


def _link_all(source: Path, target: Path) -> None:
    for entry in os.scandir(source):
        if entry.name != _RECORD and not entry.name.startswith(_DRAFT):
            _link(Path(entry.path), target / entry.name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError:
        # Some file systems know no links.
        shutil.copyfile(source, target)


def _put_away(content: JsonObject, folder: Path) -> JsonObject:
    return _with_held(content, lambda encoded: _saved(encoded, folder))


def _taken_out(content: JsonObject, folder: Path) -> JsonObject:
    return _with_held(content, lambda name: _loaded(name, folder))


def _with_held(content: JsonObject, change: Callable[[str], str]) -> JsonObject:
    """The content with its pictures and signatures changed: bytes to the names of their files, or back."""
    return content | {"parts": [_part_with_held(part, change) for part in content.get("parts", [])]}


def _part_with_held(part: JsonObject, change: Callable[[str], str]) -> JsonObject:
    changed = dict(part)
    if "inline_data" in part:
        changed["inline_data"] = part["inline_data"] | {"data": change(part["inline_data"]["data"])}
    if "thought_signature" in part:
        changed["thought_signature"] = change(part["thought_signature"])
    return changed


def _saved(encoded: str, folder: Path) -> str:
    if encoded.encode() in BYPASSES:
        return encoded
    data = decode_base64(encoded)
    name = hashlib.sha256(data).hexdigest()
    if not (folder / name).exists():
        draft = folder / f"{_DRAFT}{secrets.token_hex(8)}"
        draft.write_bytes(data)
        draft.replace(folder / name)
    return name


def _loaded(name: str, folder: Path) -> str:
    if name.encode() in BYPASSES:
        return name
    return base64.b64encode((folder / name).read_bytes()).decode("ascii")
