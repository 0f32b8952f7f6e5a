"""Column types that keep values exact on every database: UTC times, decimal money, JSON values."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Generic, TypeVar

from sqlalchemy import Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from studio.store.codec import Codec

Value = TypeVar("Value")

_TIME_CHARS: Final = 32
_MONEY_CHARS: Final = 64


class UtcTime(TypeDecorator[datetime]):
    """Aware times as ISO 8601 text in UTC, always with microseconds, so that text order is time order."""

    impl = String(_TIME_CHARS)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class Money(TypeDecorator[Decimal]):
    """USD as the decimal's own text. SQL cannot add it, which is as well: SQLite would do so in binary floats."""

    impl = String(_MONEY_CHARS)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not value.is_finite():
            raise ValueError("money must be a finite number")
        return str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class JsonValue(TypeDecorator[Value], Generic[Value]):
    """A frozen value as JSON text."""

    impl = Text
    cache_ok = True

    def __init__(self, codec: Codec[Value]) -> None:
        super().__init__()
        self.codec = codec

    def process_bind_param(self, value: Value | None, dialect: Dialect) -> str | None:
        return None if value is None else self.codec.encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Value | None:
        return None if value is None else self.codec.decode(value)
