"""A running sandbox's own word on what it was asked, and the failures it is told to have next."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class SentPart:
    """One part as it arrived. Digests are SHA-256; "" where the part has no such thing."""

    role: str
    kind: str
    text: str
    sha256: str
    signature_sha256: str
    signature_bytes: int


@dataclass(frozen=True, slots=True)
class Call:
    """One generate call. `turns` are its contents in order, as parts."""

    model: str
    key_tail: str
    status: int
    turns: tuple[tuple[SentPart, ...], ...]
    settings: dict[str, Any]

    @property
    def roles(self) -> list[str]:
        """The roles in order."""
        return [turn[0].role for turn in self.turns]

    @property
    def asked(self) -> list[str]:
        """What the designer typed, turn by turn: the last text of every user turn."""
        return [turn[-1].text for turn in self.turns if turn[0].role == "user"]

    @property
    def answered(self) -> list[str]:
        """Digests of the pictures replayed as the model's results, thoughts left aside."""
        return [part.sha256 for turn in self.turns for part in turn if part.role == "model" and part.kind == "image"]

    @property
    def signatures(self) -> dict[str, str]:
        """Digest of a replayed picture → digest of the signature on it."""
        return {
            part.sha256: part.signature_sha256
            for turn in self.turns
            for part in turn
            if part.role == "model" and part.kind == "image"
        }

    @property
    def given(self) -> list[SentPart]:
        """The parts of the new prompt."""
        return list(self.turns[-1])

    @property
    def given_pictures(self) -> list[str]:
        """Digests of the pictures that came with the new prompt, in order."""
        return [part.sha256 for part in self.given if part.sha256]


class Control:
    """The /control/* routes of a sandbox started with --control."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def fail_next(self, kind: str, *, count: int = 1, **params: object) -> None:
        """The next calls meet this failure, one each."""
        self._ask("POST", "faults", json.dumps([{"kind": kind, "count": count, "params": params}]).encode())

    def calls(self) -> list[Call]:
        """The calls since `forget`, oldest first; a call is there once it is answered or given up."""
        return [_call(entry) for entry in self._ask("GET", "requests")]

    def last(self) -> Call:
        """The newest call. IndexError when there was none."""
        return self.calls()[-1]

    def forget(self) -> None:
        """No calls, no failures to come."""
        self._ask("DELETE", "faults")
        self._ask("DELETE", "requests")

    def _ask(self, method: Literal["GET", "POST", "DELETE"], what: str, body: bytes | None = None) -> list[Any]:
        request = urllib.request.Request(f"{self._base_url}/control/{what}", data=body, method=method)
        with _OPENER.open(request, timeout=30) as answer:
            listed: list[Any] = json.load(answer)
        return listed


def _call(entry: dict[str, Any]) -> Call:
    return Call(
        model=entry["model"],
        key_tail=entry["key_tail"],
        status=entry["status"],
        turns=tuple(tuple(_parts(content)) for content in entry.get("contents", ())),
        settings=entry.get("generationConfig", {}),
    )


def _parts(content: dict[str, Any]) -> Iterator[SentPart]:
    for part in content["parts"]:
        yield SentPart(
            role=content["role"],
            kind=part["kind"],
            text=part.get("text", ""),
            sha256=part.get("data_sha256", ""),
            signature_sha256=part.get("signature_sha256", ""),
            signature_bytes=part.get("signature_bytes", 0),
        )
