"""File parts of a request: a picture named by its file becomes the very part it would be inline. Runs in a worker."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from studio.sandbox.files.store import Shelf, StoredFile, file_denied
from studio.sandbox.google_errors import GoogleError, Refused, invalid_argument
from studio.sandbox.history import Content, Part

_FILE_URI: Final = re.compile(r"(?:https?://[^/]+/(?:v1|v1beta)/)?files/(?P<id>[^/?#]*)")


@dataclass(frozen=True, slots=True)
class FileReader:
    """One caller's files at one moment."""

    shelf: Shelf
    owner: str
    now: datetime

    def read(self, part: Part) -> Part:
        """The part with its bytes, if it names a file of the sandbox; any other as it is.

        Of a file that is no picture only the digest is read: nothing looks at more of it. Raises Refused for a file
        that is not there (403), is not ready (400) or was announced as another kind (400).
        """
        named = _FILE_URI.fullmatch(part.text) if part.kind == "file" else None
        if named is None:
            return part
        file = self.shelf.find(named["id"], owner=self.owner, now=self.now)
        self._check(file, part.mime_type)
        if file.mime_type.startswith("image/"):
            try:
                data = self.shelf.bytes_of(file).read_bytes()
            except FileNotFoundError as error:
                raise Refused(file_denied(file.id)) from error
            return replace(part, kind="image", text="", data=data, mime_type=file.mime_type)
        return replace(part, text="", data=bytes.fromhex(file.sha256_hex), mime_type=file.mime_type)

    def _check(self, file: StoredFile, announced: str) -> None:
        if announced and announced != file.mime_type:
            # not captured
            text = f"The File {file.id} is of MIME type {file.mime_type}, not {announced}."
            raise Refused(invalid_argument(text))
        if file.state(self.now) != "ACTIVE":
            text = f"The File {file.id} is not in an ACTIVE state and usage is not allowed."
            raise Refused(GoogleError(400, "FAILED_PRECONDITION", text))


def with_files(contents: Sequence[Content], reader: FileReader | None) -> tuple[Content, ...]:
    """The contents with their files read; as they are where there is no reader. Raises Refused."""
    if reader is None:
        return tuple(contents)
    return tuple(replace(content, parts=tuple(reader.read(part) for part in content.parts)) for content in contents)
