"""The words of edits.toml found in a clause, as wishes: filters to be made, or an effect to be taken away."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from studio.sandbox.painter.edits.clauses import (
    Degree,
    Polarity,
    is_attributive,
    is_negative,
    is_of_the_picture,
    polarity,
)
from studio.sandbox.painter.filters.ops import HALVES, Op
from studio.sandbox.painter.filters.tone import GRADES
from studio.sandbox.painter.reading.brief import find_subjects

_GROUND = re.compile(r"\b(?:background|backdrop|surroundings|(?:the|its) (?:table|floor|ground|walls?|desk|surface))\b")
_SUBJECT = re.compile(
    r"\b(?:the|its|his|her) (?:main )?(?:subject|product|object|person|figure|foreground|face|model)\b"
)
_HALF = re.compile(
    r"\b(left|right|top|upper|bottom|lower)[- ](?:hand )?(?:half|side|part) ?(?:of (?:it|the \w+))?\b(?! light)"
)
_SPARED = re.compile(r"\b(?:except|but|apart from|other than|besides)(?: for)? (?:the|its|his|her) [\w ]+$")
_HALF_AS = re.compile(r"\bhalf as\b")
"""What a change is to leave as it is: "everything except the mug"."""
_SIDE = re.compile(
    r"\b(?:from|on|at|in) (?:the )?(?:top |upper |far )?(left|right|above|below"
    r"|behind|top|bottom)\b"
)
_REGION_SAID = {**{side: f"in the {side} half" for side in HALVES}, "background": "but for the subject"}
_PARTLY = ("monochrome", "blur", "sepia", "invert")
"""Effects that can be kept to a part of the picture."""
_SIDES = {"top": "above", "bottom": "below"}
_BY_TIMES = {"exposure": lambda times: float(np.log2(times)) / 0.75}


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that is in a picture or not."""

    name: str
    said: str
    ops: tuple[Op, ...]
    pattern: re.Pattern[str]
    bare: re.Pattern[str]
    unless: re.Pattern[str] | None
    gone: tuple[Op, ...]
    gone_said: str
    extra: bool


@dataclass(frozen=True, slots=True)
class Graded:
    """A scale with two directions, and the words of each."""

    op: str
    said: tuple[str, str]
    words: Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a place in a clause asks: ops to add, or with `effect` that it come, become less or go."""

    start: int
    end: int
    said: str = ""
    ops: tuple[Op, ...] = ()
    effect: Effect | None = None
    polarity: Polarity = "more"


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    listed = "|".join(words)
    return re.compile(rf"(?<![\w-])(?:{listed})(?![\w-])" if listed else r"(?!)")


def _ops(rows: Iterable[Iterable[Any]]) -> tuple[Op, ...]:
    return tuple(Op(str(name), float(amount), str(value)) for name, amount, value in rows)


def _effect(row: Mapping[str, Any]) -> Effect:
    return Effect(
        name=row["name"],
        said=row["said"],
        ops=_ops(row["ops"]),
        pattern=_any_of(row.get("words", ())),
        bare=_any_of(row.get("bare", ())),
        unless=re.compile(row["unless"]) if "unless" in row else None,
        gone=_ops(row.get("gone", ())),
        gone_said=row.get("gone_said", ""),
        extra=bool(row.get("extra")),
    )


@cache
def phrases() -> tuple[tuple[Graded, ...], tuple[Effect, ...]]:
    table = tomllib.loads((Path(__file__).parent / "edits.toml").read_text(encoding="utf-8"))
    kinds = ("up", "down", "up_bare", "down_bare", "nouns")
    graded = [
        Graded(op=row["op"], said=(row["said"][0], row["said"][1]), words={k: _any_of(row.get(k, ())) for k in kinds})
        for row in table["graded"]
    ]
    return tuple(graded), tuple(_effect(row) for row in table["effect"])


def region_of(text: str) -> str:
    """Which part a clause speaks of: "subject", "background", a half ("left") or "" for the whole picture."""
    half = _HALF.search(text)
    if half is not None:
        return {"upper": "top", "lower": "bottom"}.get(half.group(1), half.group(1))
    spared = _SPARED.search(text)
    if spared is not None:
        return "subject" if _GROUND.search(text[spared.start() :]) else "background"
    if _GROUND.search(text):
        return "background"
    named = any(re.search(r"\b(?:the|its|his|her)(?: \w+)? $", text[: hit.start]) for hit in find_subjects(text))
    return "subject" if named or _SUBJECT.search(text) else ""


def side_of(text: str) -> str:
    """The side a light is said to come from, "" for none."""
    found = _SIDE.search(text)
    if found is None:
        return "behind" if re.search(r"\bback-?lit\b|\bback-?light", text) else ""
    return _SIDES.get(found.group(1), found.group(1))


def _amount(op: str, sign: int, degree: Degree) -> float:
    if degree.times is not None and op in _BY_TIMES:
        less = degree.times if degree.times < 1 else 1 / degree.times
        more = 1 + degree.times if degree.times < 1 else degree.times
        return _BY_TIMES[op](more if sign > 0 else less)
    return sign * degree.scale


def _graded_wishes(text: str, graded: Graded, degree: Degree) -> Iterable[Wish]:
    for kind, pattern in graded.words.items():
        for match in pattern.finditer(text):
            start, end = match.span()
            bare = kind.endswith("_bare")
            if bare and not is_of_the_picture(text, start, end):
                continue
            if match.group().endswith("er") and not bare and is_attributive(text, end):
                continue
            sign = -1 if kind.startswith("down") else 1
            if (bare or kind == "nouns") and polarity(text, end) != "more":
                sign = -sign
            if sign > 0 and not bare and kind != "nouns" and is_negative(text):
                sign = -1
            if _HALF_AS.search(text):
                sign = -sign
            region = region_of(text) if graded.op in GRADES else ""
            words = graded.said[sign < 0] + (f" {region}{' half' if region in HALVES else ''}" if region else "")
            yield Wish(start, end, words, (Op(graded.op, _amount(graded.op, sign, degree), region),))


def _effect_wishes(text: str, effect: Effect, degree: Degree, seed: str) -> Iterable[Wish]:
    if effect.unless is not None and effect.unless.search(text):
        return
    for pattern, bare in ((effect.pattern, False), (effect.bare, True)):
        for match in pattern.finditer(text):
            if bare and not is_of_the_picture(text, *match.span()):
                continue
            way = polarity(text, match.end())
            if effect.name in ("denoise", "dehaze", "monochrome", "posterise"):
                way = "more"  # "no colour", "less noise" and "reduce to 3 flat colours" are these effects' own words
            region = region_of(text) if effect.name in _PARTLY else ""
            times = degree.times if degree.times is not None else 1.0
            ops = tuple(
                replace(
                    op,
                    amount=op.amount * degree.scale * times,
                    value=region
                    if op.name in GRADES and not op.value
                    else op.value.replace("{seed}", seed).replace("{side}", side_of(text)),
                )
                for op in effect.ops
            )
            said = f"{effect.said} {_REGION_SAID[region]}" if region in _REGION_SAID else effect.said
            yield Wish(*match.span(), said, ops, effect, way)


def apart(wishes: Iterable[Wish]) -> list[Wish]:
    """Of wishes that share words the one with the most, each effect or scale once; in the order said."""
    kept: list[Wish] = []
    for wish in sorted(wishes, key=lambda wish: (wish.start - wish.end, wish.start)):
        again = any(
            (wish.effect is not None and wish.effect is other.effect)
            or (wish.effect is None and other.effect is None and wish.ops[:1] == other.ops[:1])
            for other in kept
        )
        if not again and all(wish.end <= other.start or wish.start >= other.end for other in kept):
            kept.append(wish)
    return sorted(kept, key=lambda wish: wish.start)


def wishes_of(text: str, degree: Degree, *, seed: str) -> list[Wish]:
    """Every scale and effect a clause names; the seed is for what is strewn at random."""
    graded, effects = phrases()
    found = [wish for scale in graded for wish in _graded_wishes(text, scale, degree)]
    found += [wish for effect in effects for wish in _effect_wishes(text, effect, degree, seed)]
    return found
