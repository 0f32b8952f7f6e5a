"""multipart/related, as an upload in one request uses it: a JSON part about the file, then the file. Streamed."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser

from studio.sandbox.google_errors import Refused, invalid_argument

_BOUNDARY: Final = re.compile(r'boundary=(?:"([^"]+)"|([^;\s]+))', re.IGNORECASE)
_LARGEST_METADATA_BYTES: Final = 1024**2
_PARTS: Final = 2


@dataclass(slots=True)
class Related:
    """A body being read. `metadata` and `mime_type` are whole once `pieces` has yielded, or ended."""

    content_type: str
    metadata: bytes = b""
    mime_type: str = ""
    _part: int = 0
    _field: bytes = b""
    _arrived: list[bytes] = field(default_factory=list)

    async def pieces(self, body: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
        """The second part's bytes as they arrive. Raises Refused for a body that is not of this form."""
        parser = self._parser()
        try:
            async for piece in body:
                parser.write(piece)
                if self._arrived:
                    yield b"".join(self._arrived)
                    self._arrived.clear()
            parser.finalize()
        except MultipartParseError as error:
            raise Refused(invalid_argument("Multipart body does not contain 2 or 3 parts.")) from error
        if self._part != _PARTS:
            raise Refused(invalid_argument("Multipart body does not contain 2 or 3 parts."))

    def _parser(self) -> MultipartParser:
        boundary = _BOUNDARY.search(self.content_type)
        if boundary is None:
            raise Refused(invalid_argument("Missing multipart boundary."))  # not captured
        return MultipartParser(
            (boundary[1] or boundary[2]).encode("latin-1"),
            {
                "on_part_begin": self._begin,
                "on_header_field": self._name,
                "on_header_value": self._value,
                "on_header_end": self._end_header,
                "on_part_data": self._data,
            },
        )

    def _begin(self) -> None:
        self._part += 1
        if self._part > _PARTS:
            raise Refused(invalid_argument("Multipart body does not contain 2 or 3 parts."))

    def _name(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _value(self, data: bytes, start: int, end: int) -> None:
        if self._part == _PARTS and self._field.lower() == b"content-type":
            self.mime_type += data[start:end].decode("latin-1")

    def _end_header(self) -> None:
        self._field = b""

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part == _PARTS:
            self._arrived.append(data[start:end])
            return
        self.metadata += data[start:end]
        if len(self.metadata) > _LARGEST_METADATA_BYTES:
            raise Refused(invalid_argument("Metadata part is too large."))
