"""What is installed is what pyproject.toml pins, all of it, and the pins say nothing about where it came from."""

import re
import tomllib
from importlib import metadata
from typing import Any

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import pin
from tests.support.environment import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins_that_apply() -> dict[str, str]:
    """Name → version of the pins whose markers hold here."""
    pinned = map(Requirement, PROJECT["tool"]["uv"]["constraint-dependencies"])
    return {
        canonicalize_name(one.name): str(one.specifier).removeprefix("==")
        for one in pinned
        if one.marker is None or one.marker.evaluate()
    }


def declared() -> list[Requirement]:
    """What the project and its groups ask for."""
    groups = PROJECT["dependency-groups"]
    lines = [*PROJECT["project"]["dependencies"], *(line for group in groups.values() for line in group)]
    return [Requirement(line) for line in lines if isinstance(line, str)]


def closure(wanted: list[Requirement]) -> set[str]:
    """The names of everything needed here, down to the last."""
    environment = {name: str(value) for name, value in default_environment().items()}
    seen: set[tuple[str, str]] = set()
    queue = [(one, extra) for one in wanted for extra in ("", *one.extras)]
    while queue:
        one, extra = queue.pop()
        name = canonicalize_name(one.name)
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for line in metadata.requires(name) or []:
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate(environment | {"extra": extra}):
                queue += [(needed, also) for also in ("", *needed.extras)]
    return {name for name, _ in seen}


def test_every_package_in_the_closure_is_pinned_to_what_is_installed() -> None:
    installed = {name: metadata.version(name) for name in closure(declared())}
    pins = pins_that_apply()
    assert {name: pins.get(name) for name in installed} == installed


def test_pins_name_a_version_and_no_host() -> None:
    lines = PROJECT["tool"]["uv"]["constraint-dependencies"]
    assert [line for line in lines if re.search(r"://|@|[<>~]=?.*==|\.whl", line.partition(";")[0])] == []
    assert all("==" in line for line in lines)


def test_writing_pins_again_changes_nothing() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert pin.with_pins(text, PROJECT["tool"]["uv"]["constraint-dependencies"]) == text


def test_a_project_without_a_uv_table_cannot_be_pinned() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        pin.with_pins("[project]\n", ["a==1"])
