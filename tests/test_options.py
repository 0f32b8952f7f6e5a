"""The command line."""

import sys
from pathlib import Path

import pytest

from studio.options import parse_options
from studio.settings import Options


def test_nothing_said_leaves_everything_to_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    assert parse_options([]) == Options(host=None, port=None, data_dir=None, sandbox=False, open=False)


def test_everything_can_be_said() -> None:
    found = parse_options(["--host", "::1", "--port", "0", "--data-dir", "d", "--sandbox", "--open"])
    assert found == Options(host="::1", port=0, data_dir=Path("d"), sandbox=True, open=True)


@pytest.mark.parametrize(("flags", "interactive", "opens"), [
    ([], True, True), ([], False, False), (["--no-open"], True, False), (["--open"], False, True),
])  # fmt: skip
def test_the_page_opens_by_itself_only_for_someone_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, *, flags: list[str], interactive: bool, opens: bool
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: interactive, raising=False)
    assert parse_options(flags).open is opens


@pytest.mark.parametrize(
    "arguments", [["--bogus"], ["extra"], ["--port"], ["--port", "http"], ["--port", "65536"], ["--port", "-1"],
                  ["--port", "9" * 5000]],
)  # fmt: skip
def test_a_wrong_option_ends_with_status_2_and_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("usage: app.py")
    assert said[-1].startswith("app.py: error: ")
    assert len(said[-1]) < 200


def test_help_lists_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert [flag for flag in ("--host", "--port", "--data-dir", "--sandbox", "--open") if flag not in said] == []
