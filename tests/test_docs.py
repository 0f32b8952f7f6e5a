"""The documents say what is so: settings, prices, paths, licences."""

import re
import sqlite3
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from dotenv import dotenv_values
from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from studio.image_models import PRICES_READ_ON
from studio.sandbox.scenarios.table import parse
from studio.settings import Settings
from tests.support.environment import ROOT, for_child

DOCUMENTS = ("README.md", "AGENTS.md", "CHANGELOG.md", "THIRD_PARTY.md", "docs/test-your-client.md")
FOLD = 40


def text_of(name: str) -> str:
    """A document at the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, title: str) -> str:
    """What stands under a heading of a document, up to the next of its rank."""
    return text_of(name).split(f"\n## {title}\n")[1].split("\n## ")[0]


def variable_of(field: FieldInfo) -> str:
    """A setting's environment variable; the first where it has several."""
    alias = field.validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else str(alias)


def shown(default: Any) -> str:  # noqa: ANN401 (settings have all kinds of defaults)
    """A default as it is written in a document: nothing for none, 10 for 10.0."""
    if default is None or default == ():
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)


def documented_defaults() -> dict[str, str]:
    """Variable → default of every setting."""
    return {variable_of(field): shown(field.default) for field in Settings.model_fields.values()}


def test_the_script_of_the_readme_makes_refines_forks_and_prints_the_cost(tmp_path: Path) -> None:
    script = section("README.md", "From a script").split("```python\n")[1].split("```")[0]
    assert len([line for line in script.splitlines() if line.strip()]) <= 12
    environment = for_child({"STUDIO_DATA_DIR": str(tmp_path)})
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"\$0\.[0-9]{2}, simulated: True\n", done.stdout)
    with sqlite3.connect(tmp_path / "retake.db") as database:
        versions = database.execute("SELECT number, parent FROM versions ORDER BY number").fetchall()
    database.close()
    assert versions == [(1, None), (2, 1), (3, 2), (4, 2)]


def test_the_example_file_lists_every_setting_with_its_default() -> None:
    listed = dotenv_values(ROOT / ".env.example")
    defaults = documented_defaults()
    assert set(listed) == set(defaults)
    assert {name: value for name, value in listed.items() if value} == {
        name: default for name, default in defaults.items() if default not in {"", "false"}
    }


def test_every_setting_of_the_example_file_is_explained() -> None:
    lines = text_of(".env.example").splitlines()
    settings = [(above, line) for above, line in pairwise(lines) if re.match(r"[A-Z0-9_]+=", line)]
    assert settings
    assert [line for above, line in settings if not re.match(r"# \S", above)] == []


def test_the_readme_table_lists_every_setting_with_its_default() -> None:
    rows = re.findall(
        r"^\| `([A-Z0-9_]+)` \| (?:`([^`]*)`)? ?\| (.+) \|$", section("README.md", "Settings"), re.MULTILINE
    )
    assert {name: default for name, default, _ in rows} == documented_defaults()
    assert all(meaning for *_, meaning in rows)


def test_the_readme_dates_the_prices() -> None:
    day = f"{PRICES_READ_ON.day} {PRICES_READ_ON:%B %Y}"
    assert day in section("README.md", "How cost is computed")


def test_the_first_screen_of_the_readme_says_what_it_is_and_how_to_start() -> None:
    first = text_of("README.md").splitlines()[:FOLD]
    assert first[0] == "# Retake"
    assert sum(line.startswith("**") and line.endswith("**") for line in first[:4]) == 1
    assert any(line.startswith("![") for line in first)
    for command in ("pip install uv && uv run app.py", "pip install uv && uv run pytest"):
        assert any(line.strip().startswith(command) for line in first)


def test_features_are_few_enough_to_read() -> None:
    bullets = [line for line in section("README.md", "What it does").splitlines() if line.startswith("- ")]
    assert 1 <= len(bullets) <= 9


def test_the_tree_names_every_folder_and_no_other() -> None:
    named = set(re.findall(r"^      (\w+)/", section("README.md", "The tree"), re.MULTILINE))
    there = {path.name for path in (ROOT / "studio").iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert named == there


@pytest.mark.parametrize("document", DOCUMENTS)
def test_local_links_lead_somewhere(document: str) -> None:
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", text_of(document)) if "://" not in target]
    folder = (ROOT / document).parent
    assert [target for target in targets if not (folder / target.partition("#")[0]).exists()] == []


@pytest.mark.parametrize("document", ["AGENTS.md", "THIRD_PARTY.md"])
def test_named_files_exist(document: str) -> None:
    named = re.findall(r"`((?:[\w.-]+/)*[\w.-]+(?:/|\.(?:py|toml|md|js|css|ttf|woff2)))`", text_of(document))
    places = (ROOT, ROOT / "studio", ROOT / "studio" / "ui")
    assert named
    assert [name for name in named if not any((place / name).exists() for place in places)] == []


def test_what_is_carried_of_others_is_listed_with_its_licence() -> None:
    folders = (
        ROOT / "assets" / "vendor",
        ROOT / "assets" / "fonts",
        ROOT / "studio" / "sandbox" / "painter" / "lettering" / "fonts",
    )
    carried = [path for folder in folders for path in sorted(folder.iterdir())]
    listed = text_of("THIRD_PARTY.md")
    assert carried
    assert [str(path.relative_to(ROOT)) for path in carried if path.relative_to(ROOT).as_posix() not in listed] == []


def test_the_scenarios_of_the_docs_can_be_played() -> None:
    text = text_of("docs/test-your-client.md")
    asked = re.findall(r'--scenario "([^"]+)"|x-sandbox-scenario: ([^"]+)"|-d \'\["([^"]+)"\]\'|--scenario (\w+)', text)
    wishes = [wish for found in asked for wish in found if wish]
    assert len(wishes) >= 4
    assert all(parse([wish]) for wish in wishes)


def test_contributors_find_the_commands_of_the_readme() -> None:
    for command in ("uv run app.py", "uv run pytest", "uv run pytest -m endurance", "uv run scripts/pin.py"):
        assert command in section("AGENTS.md", "Commands")


def test_contributors_find_every_script() -> None:
    scripts = sorted((ROOT / "scripts").glob("*.py"))
    assert [path.name for path in scripts if not re.search(rf"scripts[/.]{path.stem}\b", text_of("AGENTS.md"))] == []
