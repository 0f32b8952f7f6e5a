"""Frozen values ↔ JSON text, exact both ways.

Parts are told apart by their literal `kind`. The text is ASCII: a lone surrogate is a thing the service can send and a
database cannot hold, and a paid answer must not be lost to it.
"""

import json
from collections.abc import Mapping
from typing import Final, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from studio.errors import ErrorFacts, StoreError
from studio.prompt import Draft, Prompt
from studio.response import ImageResponse
from studio.turn import TurnNote

Value = TypeVar("Value")


class Codec(Generic[Value]):
    """Writes and reads one kind of value."""

    def __init__(self, adapter: TypeAdapter[Value]) -> None:
        self._adapter = adapter

    def encode(self, value: Value) -> str:
        # Pydantic warns of any mapping that is no dict; `_plain` takes care of those and refuses the rest.
        plain = self._adapter.dump_python(value, mode="json", fallback=_plain, warnings=False)
        return json.dumps(plain, separators=(",", ":"))

    def decode(self, text: str) -> Value:
        """Raises StoreError when the text is not such a value."""
        try:
            return self._adapter.validate_python(json.loads(text))
        except (ValidationError, json.JSONDecodeError) as error:
            raise StoreError(
                "A record in the data folder cannot be read: it is damaged, or a newer Retake wrote it. "
                "Update Retake, or restore the folder from a backup."
            ) from error


PROMPT: Final = Codec(TypeAdapter(Prompt))
DRAFT: Final = Codec(TypeAdapter(Draft))
RESPONSE: Final = Codec(TypeAdapter(ImageResponse))
ERROR: Final = Codec(TypeAdapter(ErrorFacts))
NOTES: Final[Codec[tuple[TurnNote, ...]]] = Codec(TypeAdapter(tuple[TurnNote, ...]))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
