"""A prompt written as JSON or with HTML in it, as the words it means."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_OBJECT = re.compile(r"(?:```(?:json)?\s*)?(\{.*\})(?:\s*```)?", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|i|u|em|strong|p|br|span|div|code|mark|h[1-6]|li|ul|ol)\s*/?>", re.IGNORECASE)
_WORDS = ("text", "title", "headline", "caption", "words", "slogan", "tagline", "subtitle", "copy")
"""Keys whose value is to be written in the picture."""
_LEFT_OUT = ("exclude", "negative", "negative_prompt", "negative prompt", "avoid", "without", "do_not_include")
_OF_THE_CALL = ("aspect_ratio", "aspect ratio", "size", "resolution", "seed", "model", "format", "quality", "version")
"""Keys that say how the call is made, not what is seen."""
_BEFORE_NOUN = ("count", "quantity", "number", "size", "material", "finish", "color", "colour", "condition")
_MOST_DEPTH = 6


def as_words(prompt: str) -> str:
    """The prompt without tags, a JSON object in it said as fields ("Subject: a vase."); mostly unchanged."""
    prompt = _TAG.sub(" ", prompt)
    found = _OBJECT.search(prompt)
    if found is None or '"' not in found.group(1):
        return prompt
    try:
        row = json.loads(found.group(1))
    except (ValueError, RecursionError):
        return prompt
    return " ".join(
        part for part in (prompt[: found.start()].strip(), _fields(row), prompt[found.end() :].strip()) if part
    )


def _fields(row: Mapping[str, Any]) -> str:
    """One sentence a field, what is written and what is left out last."""
    lead: list[str] = []
    written: list[str] = []
    denied: list[str] = []
    for key, value in row.items():
        name = key.strip().lower()
        if name in _LEFT_OUT:
            denied.append(", ".join(_leaves(value, 0)))
        elif name in _WORDS:
            written += _written(name, value)
        elif name not in _OF_THE_CALL and (said := _said(value, 0)):
            lead.append(said if name in ("prompt", "description") else f"{name.replace('_', ' ')}: {said}")
    sentences = [f"{said.rstrip(' .')}." for said in lead]
    sentences += written
    sentences += [f"Exclude: {said.rstrip(' .')}." for said in denied if said]
    return " ".join(sentences)


def _written(name: str, value: object) -> Iterator[str]:
    """What is to be written as a quotation; of an object its first words, the rest says how."""
    parts = list(value.values()) if isinstance(value, dict) else [value]
    leaves = [leaf for part in parts for leaf in _leaves(part, 1)]
    leaves, rest = (leaves[:1], leaves[1:]) if isinstance(value, dict) else (leaves, [])
    for words in leaves:
        plain = words.replace('"', "'").strip()
        if plain:
            yield f"With the {name} “{plain}” {' '.join(rest)}".rstrip() + "."


def _said(value: object, depth: int) -> str:
    """A value as words: of an object what is said of a thing before the thing."""
    if isinstance(value, dict):
        traits = [_said(part, depth + 1) for key, part in value.items() if key.lower() in _BEFORE_NOUN]
        others = [part for key, part in value.items() if key.lower() not in _BEFORE_NOUN]
        return " ".join([*traits, ", ".join(leaf for part in others for leaf in _leaves(part, depth + 1))]).strip()
    return ", ".join(_leaves(value, depth))


def _leaves(value: object, depth: int) -> Iterator[str]:
    if depth > _MOST_DEPTH:
        return
    if isinstance(value, dict):
        yield _said(value, depth + 1)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part, depth + 1)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)
