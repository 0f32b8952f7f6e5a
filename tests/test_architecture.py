"""The shape of the project: who may import whom, what stays light, how long things get."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from importlinter.application import use_cases
from importlinter.configuration import configure

from tests.support.environment import ROOT

LONGEST_FILE = 350
LONGEST_FUNCTION = 60
LONGEST_APP = 40

HEAVY = ("PIL", "dbos", "google.genai", "gradio", "numpy", "sqlalchemy")
LIGHT_MODULES = (
    "studio.branch",
    "studio.conversation",
    "studio.conversations",
    "studio.cost",
    "studio.image_models",
    "studio.plan",
    "studio.ports",
    "studio.request",
    "studio.response",
    "studio.settings",
    "studio.turn",
    "studio.ui.handlers",
    "studio.ui.pages",
    "studio.ui.shapes",
    "studio.ui.view",
    "studio.ui.words",
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def product_files() -> list[Path]:
    """Every Python file of the product."""
    return [ROOT / "app.py", *sorted((ROOT / "studio").rglob("*.py"))]


def all_files() -> list[Path]:
    """Every Python file of the project."""
    rest = (path for folder in ("tests", "scripts", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py")))
    return [*product_files(), *rest]


def parsed(paths: list[Path]) -> Iterator[tuple[str, ast.Module]]:
    """Each file's name and tree."""
    for path in paths:
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def functions_of(tree: ast.Module) -> Iterator[Function]:
    """Every function and method."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def found(finder: Callable[[ast.Module], Iterator[str]], paths: list[Path]) -> list[str]:
    """`file: finding` for all findings."""
    return [f"{name}: {finding}" for name, tree in parsed(paths) for finding in finder(tree)]


def test_imports_keep_the_contracts_of_pyproject(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    configure()
    assert use_cases.lint_imports(config_filename="pyproject.toml", cache_dir=None, no_logo=True), "see what it printed"


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_rules_and_screen_logic_load_nothing_heavy(module: str) -> None:
    """In a process of its own: a static graph cannot see an import made while running."""
    code = f"import sys, {module}; sys.stdout.write(' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_no_file_is_longer_than_one_idea() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in all_files()}
    assert [f"{path.relative_to(ROOT)}: {length}" for path, length in lengths.items() if length > LONGEST_FILE] == []


def test_app_only_puts_things_together() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) <= LONGEST_APP


def test_no_function_is_longer_than_a_screen() -> None:
    def too_long(tree: ast.Module) -> Iterator[str]:
        for node in functions_of(tree):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{node.name} has {length} lines"

    assert found(too_long, all_files()) == []


def test_no_module_state_is_rebound() -> None:
    def rebinding(tree: ast.Module) -> Iterator[str]:
        return (f"global in line {node.lineno}" for node in ast.walk(tree) if isinstance(node, ast.Global))

    assert found(rebinding, all_files()) == []


def test_the_product_never_prints() -> None:
    def printing(tree: ast.Module) -> Iterator[str]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                yield f"print in line {node.lineno}"

    assert found(printing, product_files()) == []


def test_every_function_says_what_it_takes_and_gives() -> None:
    def untyped(tree: ast.Module) -> Iterator[str]:
        for node in functions_of(tree):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            open_ones = [a.arg for a in arguments if a.annotation is None and a.arg not in {"self", "cls"}]
            if open_ones or node.returns is None:
                yield f"{node.name} {open_ones or 'returns'}"

    assert found(untyped, all_files()) == []


def test_no_package_loads_anything_on_the_way() -> None:
    """`studio.turn` must not cost what `studio.ui` costs. Only the painter, heavy itself, may load something heavy."""

    def outside(tree: ast.Module) -> Iterator[str]:
        for node in tree.body:
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            yield from (name for name in names if name.partition(".")[0] in {h.partition(".")[0] for h in HEAVY})

    packages = [path for path in product_files() if path.name == "__init__.py" and path.parent.name != "painter"]
    assert found(outside, packages) == []


def test_no_test_is_switched_off() -> None:
    """What only an operating system can do is tested where there is that system."""

    def switched_off(tree: ast.Module) -> Iterator[str]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in {"skip", "xfail", "importorskip"}:
                yield f"{node.attr} in line {node.lineno}"
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("skipif"):
                condition = ast.unparse(node.args[0])
                if condition not in {"sys.platform != 'linux'", "sys.platform == 'win32'"}:
                    yield f"skipif {condition} in line {node.lineno}"

    assert found(switched_off, sorted((ROOT / "tests").rglob("*.py"))) == []
