"""What is read out of edits as designers write them: a table of instructions and all that each must and may change."""

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from studio.sandbox.painter.edits.instructions import Plan, read_instruction
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.reading.brief import read_brief
from studio.sandbox.painter.scene import Scene

SEED = bytes(range(32))
TABLE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "instructions.toml").read_text(encoding="utf-8"))
ROWS = [(row["on"], *entry) for row in TABLE["rows"] for entry in row["edits"]]
_BY_DIRECTION = (
    "warmth", "exposure", "contrast", "vibrance", "saturation", "shadows", "highlights", "clarity", "sharpen", "zoom",
    "vignette", "tint",
)  # fmt: skip


@pytest.fixture(scope="module")
def scenes() -> dict[str, Scene | None]:
    return {name: read_brief(prompt, SEED) if prompt else None for name, prompt in TABLE["pictures"].items()}


def said_of(op: Op) -> str:
    """An op in short: the direction of a grade, then what names its kind, colour, place or region."""
    sign = ("-" if op.amount < 0 else "+") if op.name in _BY_DIRECTION else ""
    value = op.value.split("|")[:2] if op.name in ("add", "swap", "landmark", "relight") else [op.value]
    if op.name in ("extra", "grain", "text") or op.value.startswith("view:"):
        value = [op.value.split(":")[1 if op.value.startswith("view:") else 0]] if op.name != "grain" else []
    if op.name == "text":
        value = []
    return " ".join([f"{op.name}{sign}", *filter(None, value)])


def changes_of(before: Scene | None, after: Scene | None) -> list[str]:
    """The scene's fields that differ, "name=value"; of people the traits, of things the names."""
    found: list[str] = []
    if before is None or after is None:
        return found
    for field in fields(Scene):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old == new:
            continue
        if field.name == "people":
            found += [f"{trait.name}={getattr(new[0], trait.name)}" for trait in fields(new[0])
                      if getattr(new[0], trait.name) != getattr(old[0], trait.name)]  # fmt: skip
        elif field.name == "features":
            found += [f"with={thing.name}" for thing in new if thing not in old]
        else:
            found.append(f"{field.name}={' '.join(new) if isinstance(new, tuple) else new}")
    return found


def summary(plan: Plan, scene: Scene | None) -> tuple[list[str], str]:
    done = [said_of(op) for op in (*plan.kept, *plan.ops)] + changes_of(scene, plan.scene)
    return done, "missed" if plan.missed else "noted" if plan.notes else ""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}: {row[1][:60]}")
def test_an_instruction_is_read_whole_and_nothing_else(row: list[Any], scenes: dict[str, Scene | None]) -> None:
    on, words, done, *rest = row
    plan = read_instruction(words, scenes[on], SEED)
    assert summary(plan, scenes[on]) == (done, rest[0] if rest else "")
    if done:
        assert plan.did, "what is done is said in words"


def test_the_table_is_as_broad_as_it_claims() -> None:
    assert len(ROWS) >= 120
    assert {on for on, *_ in ROWS} == set(TABLE["pictures"])
