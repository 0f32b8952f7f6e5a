"""Finding the vocabulary's words in a text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Found:
    """A word of the vocabulary and where it stands in the text."""

    name: str
    start: int
    end: int


Entries = tuple[tuple[str, tuple[str, ...]], ...]


@lru_cache(maxsize=64)
def _pattern(table: Entries) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """One pattern for a whole table, the longest word first at every place; and whose word each is."""
    owners: dict[str, str] = {}
    for name, words in table:
        for word in words:
            owners.setdefault(word, name)
    choices = "|".join(re.escape(word) for word in sorted(owners, key=len, reverse=True))
    return re.compile(rf"(?<![a-z])(?=(({choices})(?:s|es)?)(?![a-z]))"), owners


def find_terms(text: str, table: Mapping[str, Iterable[str]]) -> list[Found]:
    """Every term in the text, in order; of overlapping ones the longest."""
    entries = tuple((name, tuple(words)) for name, words in table.items())
    if not entries:
        return []
    pattern, owners = _pattern(entries)
    hits = [Found(owners[m.group(2)], m.start(1), m.end(1)) for m in pattern.finditer(text)]
    hits.sort(key=lambda hit: (hit.start - hit.end, hit.start))
    kept: list[Found] = []
    for hit in hits:
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)
