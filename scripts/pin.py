"""Pin the whole closure of dependencies in pyproject.toml: `uv run scripts/pin.py`.

Resolves every group for Python 3.11 and later on every platform, with the newest versions that pyproject.toml allows,
and writes `[tool.uv] constraint-dependencies`. The result names versions and markers, never where they came from.
`--check` changes nothing and exits with 1 when the pins are not what resolving gives today.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent / "pyproject.toml"
_BLOCK: Final = re.compile(r"^constraint-dependencies = \[\n(?:    .*\n)*\]\n", re.MULTILINE)
_PIN: Final = re.compile(r"[a-z0-9-]+==[^\s;]+(?: ; .+)?")


def without_pins(text: str) -> str:
    """The project file as it would be with nothing pinned."""
    return _BLOCK.sub("", text)


def with_pins(text: str, pins: list[str]) -> str:
    """The project file with `pins` as the first entry of [tool.uv]. ValueError when it has no such table."""
    block = "constraint-dependencies = [\n" + "".join(f"    {quoted(pin)},\n" for pin in pins) + "]\n"
    changed, count = re.subn(r"^\[tool\.uv\]\n", lambda head: head[0] + block, without_pins(text), flags=re.MULTILINE)
    if count != 1:
        raise ValueError("pyproject.toml needs exactly one [tool.uv] table")
    return changed


def quoted(pin: str) -> str:
    """A TOML string; markers hold single quotes, never double ones."""
    return f'"{pin}"'


def resolve(text: str) -> list[str]:
    """One `name==version` or `name==version ; marker` a line, sorted. CalledProcessError when it cannot be resolved."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "pyproject.toml"
        project.write_text(without_pins(text), encoding="utf-8")
        command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--upgrade"]
        plain = ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
        groups = [argument for name in tomllib.loads(text)["dependency-groups"] for argument in ("--group", name)]
        done = subprocess.run(
            [*command, *plain, *groups, "pyproject.toml"], cwd=folder, check=True, capture_output=True, text=True
        )
    pins = sorted(line.strip().replace('"', "'") for line in done.stdout.splitlines() if line.strip())
    odd = [pin for pin in pins if not _PIN.fullmatch(pin)]
    if odd:
        raise ValueError(f"not a plain pin: {', '.join(odd)}")
    return pins


def main() -> int:
    """0 when the pins are written, or already right; 1 when --check finds others."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 when the pins are stale")
    check = parser.parse_args().check
    before = PROJECT.read_text(encoding="utf-8")
    try:
        after = with_pins(before, resolve(before))
    except subprocess.CalledProcessError as error:
        sys.stderr.write(error.stderr)
        return 1
    if check:
        return int(after != before)
    PROJECT.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
