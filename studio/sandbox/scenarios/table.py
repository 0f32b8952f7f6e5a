"""Scenarios: what they are called (scenarios.toml), how they are asked for, and whom they happen to.

A wish is `name` or `name:param=value,param=value`; several are joined by commas: `rpm:limit=5,overloaded:p=0.1`.
"""

import random
import textwrap
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from studio.sandbox.scenarios.faults import Fault, can_be, range_said

NONE: Final = "none"
"""In a header: leave out what is active."""
_LONGEST_WISH: Final = 2000

Value = str | int | float


class UnknownScenario(ValueError):
    """The wish cannot be granted; its text says why and what there is."""


@dataclass(frozen=True, slots=True)
class When:
    """Which of the calls it happens to, by their count from 1."""

    p: float = 1.0
    """Probability, drawn anew for every call."""
    every: int = 0
    """Of every so many calls …"""
    length: int = 1
    """… the last so many."""
    first: int = 0
    """Only the first so many; 0: no end."""
    after: int = 0
    """Not the first so many."""
    model: str = ""
    """Only this model's calls; "": every model's."""

    def happens(self, nth: int, dice: random.Random) -> bool:
        """Whether the nth call it could happen to is one."""
        drawn = dice.random() < self.p
        nth -= self.after
        if nth < 1 or (self.first and nth > self.first):
            return False
        in_burst = not self.every or (nth - 1) % self.every >= self.every - self.length
        return drawn and in_burst


@dataclass(frozen=True, slots=True)
class Scenario:
    """One entry of scenarios.toml."""

    name: str
    says: str
    kind: str
    fixed: Mapping[str, Value]
    params: Mapping[str, Value]
    choices: Mapping[str, Sequence[str]]
    when: When
    mix: Mapping[str, float]

    def listed(self) -> dict[str, Any]:
        """For the control endpoint."""
        held: dict[str, Any] = {"name": self.name, "says": self.says, "params": self.usual}
        if self.choices:
            held["choices"] = {name: list(values) for name, values in self.choices.items()}
        if self.mix:
            held["mix"] = dict(self.mix)
        return held

    @property
    def usual(self) -> dict[str, Value]:
        """Its params as they are unless told otherwise; of those every scenario takes, the ones it sets."""
        always = When()
        names = [field.name for field in fields(When)]
        timed = {name: getattr(self.when, name) for name in names if getattr(self.when, name) != getattr(always, name)}
        return {**self.params, **timed}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A scenario with its params, as it was asked for."""

    scenario: Scenario
    params: Mapping[str, Value]
    when: When
    text: str
    """The wish, in one spelling: the same wish has the same count and the same luck."""

    def fault(self, dice: random.Random) -> Fault | None:
        """What happens to a call it happens to; None where the dice of a mix fall on a calm one."""
        if self.scenario.mix:
            return _drawn(self.scenario.mix, dice)
        return Fault(self.scenario.kind, MappingProxyType({**self.scenario.fixed, **self.params}))


@cache
def known() -> Mapping[str, Scenario]:
    """All of them, in the order of the file."""
    held = tomllib.loads(files(__package__).joinpath("scenarios.toml").read_text(encoding="utf-8"))
    return MappingProxyType({name: _scenario(name, entry) for name, entry in held.items()})


def parse(wishes: Iterable[str]) -> tuple[Chosen, ...]:
    """The scenarios of these wishes, in their order. Raises UnknownScenario."""
    return tuple(_chosen(name, given) for name, given in _split(",".join(wishes)))


def parse_header(wish: str) -> tuple[bool, tuple[Chosen, ...]]:
    """Whether the active scenarios stay, and what is added to them. Raises UnknownScenario."""
    parts = _split(wish)
    return all(name != NONE for name, _ in parts), tuple(_chosen(name, given) for name, given in parts if name != NONE)


def overview() -> str:
    """The text of --list-scenarios."""
    lines = ["Scenarios, for --scenario, x-sandbox-scenario and PUT /control/scenarios:", ""]
    for scenario in known().values():
        params = ",".join(f"{name}={_shown(value)}" for name, value in scenario.usual.items())
        lines += [f"  {scenario.name}{':' if params else ''}{params}", f"      {scenario.says}"]
        lines += [f"      {name} one of {', '.join(values)}" for name, values in scenario.choices.items()]
        if scenario.mix:
            mixed = ", ".join(f"{name} {share:.0%}" for name, share in scenario.mix.items())
            lines += textwrap.wrap(
                mixed, 110, initial_indent=" " * 6, subsequent_indent=" " * 6, break_on_hyphens=False
            )
    lines += [
        "",
        "Join several with commas: rpm:limit=5,overloaded:p=0.1",
        "Each also takes p (probability), every and length (of every N calls the last so many), first (only the first",
        "N calls), after (not the first N) and model (only this one). In a header, none leaves out what is active.",
    ]
    return "\n".join(lines) + "\n"


def _drawn(mix: Mapping[str, float], dice: random.Random) -> Fault | None:
    left = dice.random()
    for name, share in mix.items():
        left -= share
        if left < 0:
            [chosen] = parse([name])
            return chosen.fault(dice)
    return None


def _scenario(name: str, entry: Mapping[str, Any]) -> Scenario:
    return Scenario(
        name=name,
        says=entry["says"],
        kind=entry["kind"],
        fixed=MappingProxyType(entry.get("fixed", {})),
        params=MappingProxyType(entry.get("params", {})),
        choices=MappingProxyType(entry.get("choices", {})),
        when=When(**entry.get("when", {})),
        mix=MappingProxyType(entry.get("mix", {})),
    )


def _split(wish: str) -> list[tuple[str, dict[str, str]]]:
    """(name, params) of each; a piece with = and no name before it belongs to the scenario before it."""
    if len(wish) > _LONGEST_WISH:
        raise UnknownScenario(f"A wish for scenarios has at most {_LONGEST_WISH} characters.")
    found: list[tuple[str, dict[str, str]]] = []
    for piece in filter(None, (piece.strip() for piece in wish.split(","))):
        name, colon, given = piece.partition(":")
        if not colon:
            name, given = ("", piece) if "=" in piece else (piece, "")
        if name:
            found.append((name.strip(), {}))
        if not found:
            raise UnknownScenario(f"{piece!r} stands before any scenario. {_help()}")
        if given:
            key, equals, value = given.partition("=")
            if not equals:
                raise UnknownScenario(f"{piece!r} is not name:param=value. {_help()}")
            found[-1][1][key.strip().replace("-", "_")] = value.strip()
    return found


def _help() -> str:
    return f"Known scenarios: {', '.join(known())}."


def _chosen(name: str, given: Mapping[str, str]) -> Chosen:
    scenario = known().get(name)
    if scenario is None:
        raise UnknownScenario(f"There is no scenario {name!r}. {_help()}")
    defaults = {**{field.name: getattr(scenario.when, field.name) for field in fields(When)}, **scenario.params}
    if stray := sorted(set(given) - set(defaults)):
        raise UnknownScenario(f"{name} does not take {', '.join(stray)}; it takes {', '.join(defaults)}.")
    told = {key: _value(scenario, key, value, defaults[key]) for key, value in given.items()}
    when = When(**{field.name: told.get(field.name, defaults[field.name]) for field in fields(When)})
    params = {key: told.get(key, default) for key, default in scenario.params.items()}
    shown = ",".join(f"{key}={_shown(value)}" for key, value in sorted(told.items()))
    return Chosen(scenario, MappingProxyType(params), when, f"{name}:{shown}" if shown else name)


def _shown(value: Value) -> Value:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _value(scenario: Scenario, key: str, text: str, default: Value) -> Value:
    """The text as a value of the default's type."""
    wrong = UnknownScenario(f"{scenario.name}: {key}={text} is not {_wanted(scenario, key, default)}.")
    if isinstance(default, str):
        if key in scenario.choices and text not in scenario.choices[key]:
            raise wrong
        return text
    try:
        number = type(default)(text)
    except ValueError:
        raise wrong from None
    if not can_be(key, number):
        raise wrong
    return number


def _wanted(scenario: Scenario, key: str, default: Value) -> str:
    if isinstance(default, str):
        return f"one of {', '.join(scenario.choices.get(key, ()))}"
    return range_said(key, type(default))
