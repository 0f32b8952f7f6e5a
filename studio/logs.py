"""Log lines without secrets: whatever a secret's value is, it is replaced in the finished text, tracebacks included."""

import json
import logging
from collections.abc import Iterable
from urllib.parse import quote

from pydantic import SecretStr

_MASK = "•••"


class Secrets:
    """The secrets of this process. A key that is entered later is added."""

    def __init__(self, secrets: Iterable[SecretStr | None] = ()) -> None:
        self._spellings: tuple[str, ...] = ()
        for secret in secrets:
            if secret is not None:
                self.add(secret)

    def add(self, secret: SecretStr) -> None:
        """From now on this is replaced too, also as it stands in an address, in JSON or in a repr."""
        value = secret.get_secret_value()
        if not value:
            return
        spellings = {value, quote(value, safe=""), json.dumps(value)[1:-1], repr(value)[1:-1], *self._spellings}
        # The longest first: one secret may be the beginning of another.
        self._spellings = tuple(sorted(spellings, key=len, reverse=True))

    def redact(self, text: str) -> str:
        """The text with every secret replaced."""
        for spelling in self._spellings:
            text = text.replace(spelling, _MASK)
        return text


class RedactingFormatter(logging.Formatter):
    """Formats a record, then takes every secret out of the result."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return self._secrets.redact(super().format(record))
