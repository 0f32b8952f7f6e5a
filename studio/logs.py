"""Log lines without secrets: whatever a secret's value is, it is replaced in the finished text, tracebacks included."""

import logging
from collections.abc import Iterable

from pydantic import SecretStr

_MASK = "•••"


class Secrets:
    """The secrets of this process. A key that is entered later is added."""

    def __init__(self, secrets: Iterable[SecretStr | None] = ()) -> None:
        self._values = {secret.get_secret_value() for secret in secrets if secret is not None}

    def add(self, secret: SecretStr) -> None:
        self._values.add(secret.get_secret_value())

    def redact(self, text: str) -> str:
        """The text with every secret replaced."""
        for value in self._values:
            text = text.replace(value, _MASK)
        return text


class RedactingFormatter(logging.Formatter):
    """Formats a record, then takes every secret out of the result."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return self._secrets.redact(super().format(record))
