"""What a create request may hold, checked as the Interactions API does: strictly, and with the first objection only.

Names are snake_case and nothing else. What may stand where is data: interactions.toml.
"""

import difflib
from typing import Final

from studio.sandbox.google_errors import JsonObject
from studio.sandbox.interactions.errors import (
    InteractionRefused,
    interaction_data,
    invalid_input,
    legacy_input,
    unknown_parameter,
    unsupported_value,
)
from studio.sandbox.protocol import decode_base64, snake_case

_SCALARS: Final[dict[str, type | tuple[type, ...]]] = {
    "string": str,
    "bool": bool,
    "int": int,
    "number": (int, float),
    "object": dict,
}


def check_request(sent: JsonObject) -> None:
    """Raises InteractionRefused for the first thing that is wrong with a create request's form."""
    _check_message(sent, "CreateInteraction", "")
    _check_input(sent.get("input"))


def _check_input(given: object) -> None:
    """A text, one content, contents, or steps."""
    if isinstance(given, str):
        return
    if isinstance(given, dict):
        _check(given, "Content", "input")
    elif isinstance(given, list):
        if any(isinstance(item, dict) and "role" in item for item in given):
            raise InteractionRefused(legacy_input())
        kind = "Step" if is_steps(given) else "Content"
        _check(given, f"[{kind}]", "input")
    else:
        raise InteractionRefused(invalid_input("input"))


def is_steps(given: object) -> bool:
    """Whether an input is a list of steps rather than of contents: its first item says so."""
    first = given[0] if isinstance(given, list) and given else None
    kind = first.get("type") if isinstance(first, dict) else None
    return isinstance(kind, str) and kind in interaction_data()["unions"]["Step"]


def _check(item: object, kind: str, path: str) -> None:
    if kind == "any" or item is None:
        return
    if kind.startswith("["):
        _check_list(item, kind[1:-1], path)
    elif kind.endswith("*"):
        if isinstance(item, list):
            _check_list(item, kind[:-1], path)
        else:
            _check(item, kind[:-1], path)
    elif kind.startswith("enum:"):
        _check_enum(item, kind.removeprefix("enum:"), path)
    elif kind[0].isupper():
        _check_message(item, kind, path)
    else:
        _check_scalar(item, kind, path)


def _check_list(item: object, kind: str, path: str) -> None:
    if not isinstance(item, list):
        raise InteractionRefused(invalid_input(path))
    for index, each in enumerate(item):
        _check(each, kind, f"{path}[{index}]")


def _check_message(item: object, name: str, path: str) -> None:
    if not isinstance(item, dict):
        raise InteractionRefused(invalid_input(path or "request"))
    fields = _fields(item, name, path)
    if fields is None:
        return
    for key, value in item.items():
        at = f"{path}.{key}" if path else key
        if key not in fields:
            raise InteractionRefused(unknown_parameter(at, _similar(key, fields)))
        _check(value, fields[key], at)


def _fields(item: JsonObject, name: str, path: str) -> dict[str, str] | None:
    """The fields a message may have; of a union, those of the member that its `type` names. None: anything goes."""
    data = interaction_data()
    members: dict[str, str] | None = data["unions"].get(name)
    if members is not None:
        kind = item.get("type")
        if kind is None:
            raise InteractionRefused(invalid_input(path))
        if not isinstance(kind, str):
            raise InteractionRefused(invalid_input(f"{path}.type"))
        if kind not in members:
            raise InteractionRefused(unsupported_value(kind, f"{path}.type", list(members)))
        name = members[kind]
    fields: dict[str, str] | None = data["messages"].get(name)
    return fields


def _similar(key: str, fields: dict[str, str]) -> str | None:
    spelled = snake_case(key)
    return spelled if spelled in fields else next(iter(difflib.get_close_matches(spelled, fields, n=1)), None)


def _check_enum(item: object, name: str, path: str) -> None:
    values: list[str] = interaction_data()["enums"][name]
    if not isinstance(item, str):
        raise InteractionRefused(invalid_input(path))
    if item not in values:
        raise InteractionRefused(unsupported_value(item, path, values))


def _check_scalar(item: object, kind: str, path: str) -> None:
    if kind == "bytes":
        _check_bytes(item, path)
    elif not isinstance(item, _SCALARS[kind]) or (isinstance(item, bool) and kind != "bool"):
        raise InteractionRefused(invalid_input(path))


def _check_bytes(item: object, path: str) -> None:
    if not isinstance(item, str):
        raise InteractionRefused(invalid_input(path))
    try:
        decode_base64(item)
    except ValueError as error:
        raise InteractionRefused(invalid_input(path)) from error
