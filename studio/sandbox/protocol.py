"""JSON → a message with snake_case keys and decoded bytes, or Google's schema-stage refusal.

Either spelling of a name and either base64 alphabet is accepted, padded or not: the SDK itself mixes the first and
uses the URL-safe one. What may stand where is data: protocol.toml.
"""

import binascii
import json
import math
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final, cast

from studio.sandbox.google_errors import JsonObject, Refused, bad_request

BYPASSES: Final = (b"skip_thought_signature_validator", b"context_engineering_is_the_way_to_go")
"""Values that stand for any thought signature (docs/thought-signatures). As text they arrive as they are."""

_UNEXPECTED: Final = "Invalid JSON payload received."
_URL_SAFE_TO_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_ENUM_NAME: Final = re.compile(r"[A-Z][A-Z0-9_]*")
_HALF_PAIR: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_UNREAD: Final = "message:"
_INNER_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")


@cache
def _schema() -> JsonObject:
    return tomllib.loads(files(__package__).joinpath("protocol.toml").read_text(encoding="utf-8"))


def decode_base64(text: str) -> bytes:
    """Either alphabet, padded or not. Raises ValueError for anything else."""
    try:
        raw = text.encode("ascii").translate(_URL_SAFE_TO_STANDARD).rstrip(b"=")
        return binascii.a2b_base64(raw + b"=" * (-len(raw) % 4), strict_mode=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError("Base64 decoding failed") from error


def snake_case(name: str) -> str:
    return _INNER_CAPITAL.sub("_", name).lower()


def parse(value: JsonObject, *, message: str, version: str) -> JsonObject:
    """The JSON object as a message of protocol.toml. Raises Refused with every violation that was found."""
    reader = _Reader(version=version)
    parsed = reader.message(value, message, "")
    if reader.violations:
        raise Refused(bad_request(reader.violations))
    return parsed


def read_json(text: bytes) -> object:
    """JSON of Unicode text. Raises ValueError for half a surrogate pair as well: it is no character, and cannot be sent
    on (the service's words for it: not captured). Raises RecursionError for what is nested too deeply."""
    value: object = json.loads(text)
    if _HALF_PAIR.search(text):
        json.dumps(value, ensure_ascii=False).encode()
    return value


def load_json(body: bytes) -> JsonObject:
    """The body's JSON object. Raises Refused for anything else."""
    try:
        value = read_json(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Refused(bad_request([("", f"{_UNEXPECTED} Parsing terminated before end of input.")])) from error
    if not isinstance(value, dict):
        text = f'{_UNEXPECTED} Unknown name "": Root element must be a message.'
        raise Refused(bad_request([("", text)]))
    return cast(JsonObject, value)


@dataclass(slots=True)
class _Reader:
    """Walks one body and collects what is wrong with it."""

    version: str
    violations: list[tuple[str, str]] = field(default_factory=list)

    def message(self, value: JsonObject, name: str, path: str) -> JsonObject:
        fields: dict[str, str] = _schema()[name]
        parsed: JsonObject = {}
        for key, item in value.items():
            known = snake_case(key)
            kind = fields.get(known)
            if kind is None:
                at = f" at '{path}'" if path else ""
                self.violations.append((path, f'{_UNEXPECTED} Unknown name "{key}"{at}: Cannot find field.'))
            elif item is not None:
                parsed[known] = self._value(item, kind, f"{path}.{known}" if path else known)
        return parsed

    def _value(self, item: object, kind: str, path: str) -> object:
        if kind.startswith("["):
            return self._list(item, kind[1:-1], path)
        if kind[0].isupper():
            if isinstance(item, dict):
                return self.message(item, kind, path)
            return self._not_message(item, kind, path)
        return self._scalar(item, kind, path)

    def _not_message(self, item: object, name: str, path: str) -> object:
        if isinstance(item, list):
            return self._not_repeating(item, path)
        return self._invalid(path, self._type(name), item)

    def _list(self, item: object, kind: str, path: str) -> list[object]:
        if not isinstance(item, list | dict):
            # the field is named without a place in its list (public sighting: "Invalid value at 'contents' (…)")
            return [self._value(item, kind, path)]
        # One message in place of a list of one is accepted, as protobuf's JSON reader does.
        items = item if isinstance(item, list) else [item]
        return [self._value(each, kind, f"{path}[{index}]") for index, each in enumerate(items)]

    def _scalar(self, item: object, kind: str, path: str) -> object:
        if kind == "any":
            return item
        if kind.startswith(_UNREAD):
            name = kind.removeprefix(_UNREAD)
            return item if isinstance(item, dict) else self._not_message(item, name, path)
        if isinstance(item, list):
            return self._not_repeating(item, path)
        if kind.startswith("enum"):
            return self._enum(item, kind.removeprefix("enum").removeprefix(":"), path)
        if kind in ("int", "float"):
            return self._number(item, kind, path)
        if kind == "bytes":
            return self._bytes(item, path)
        wanted = bool if kind == "bool" else str
        return item if isinstance(item, wanted) else self._invalid(path, f"TYPE_{kind.upper()}", item)

    def _bytes(self, item: object, path: str) -> bytes:
        if isinstance(item, str):
            if item.encode("utf-8", "replace") in BYPASSES:
                return item.encode()
            try:
                return decode_base64(item)
            except ValueError:
                self.violations.append((path, f"Invalid value at '{path}' (TYPE_BYTES), Base64 decoding failed"))
                return b""
        self._invalid(path, "TYPE_BYTES", item)
        return b""

    def _number(self, item: object, kind: str, path: str) -> float | int:
        wanted = "TYPE_INT32" if kind == "int" else "TYPE_FLOAT"
        if isinstance(item, bool) or not isinstance(item, int | float | str):
            self._invalid(path, wanted, item)
            return 0
        try:
            number = float(item)
        except (ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number) or (kind == "int" and not number.is_integer()):
            self._invalid(path, wanted, item)
            return 0
        return int(number) if kind == "int" else number

    def _enum(self, item: object, name: str, path: str) -> object:
        if not name:
            return item if _ENUM_NAME.fullmatch(str(item)) else self._invalid(path, "TYPE_ENUM", item)
        enum = _schema()["enums"][name]
        if isinstance(item, str) and item.upper() in enum["values"]:
            return item.upper()
        self._invalid(path, self._type(enum["type"]), item)
        return ""

    def _type(self, name: str) -> str:
        """The type as the service names it (public sightings for Content, Schema and HarmCategory)."""
        return f"type.googleapis.com/google.ai.generativelanguage.{self.version}.{name}"

    def _not_repeating(self, item: object, path: str) -> object:
        """Notes the violation and hands the item back, so that the walk goes on."""
        parent, _, name = path.rpartition(".")
        at = f" at '{parent}'" if parent else ""
        text = f'{_UNEXPECTED} Unknown name "{name}"{at}: Proto field is not repeating, cannot start list.'
        self.violations.append((parent, text))
        return item

    def _invalid(self, path: str, kind: str, item: object) -> object:
        shown = json.dumps(item, ensure_ascii=False)
        self.violations.append((path, f"Invalid value at '{path}' ({kind}), {shown[:200]}"))
        return item
