"""Settings: what each variable may be, one line per mistake, and the choices made from them."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr

from studio.errors import SettingsError
from studio.settings import Options, StudioSettings, drop_unusable_proxies, load_settings

KEY: Final = "AIzaSy-made-up-0123456789"
TOKENS: Final = "anna-0123456789abcdef, ben-0123456789abcdefg,"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in app.py's place, and none of the variables set."""
    for name in tuple(os.environ):
        if name.upper().startswith(("GEMINI_", "GOOGLE_", "STUDIO_")) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    return tmp_path


def load(home: Path, **options: object) -> StudioSettings:
    return load_settings(home=home, options=Options(**options))  # type: ignore[arg-type]


def problems(home: Path, **options: object) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(home, **options)
    assert all("\n" not in problem for problem in caught.value.problems)
    return caught.value.problems


# ---- values -----------------------------------------------------------------------------------------------------


def test_with_nothing_set_the_studio_paints_in_its_sandbox(home: Path) -> None:
    settings = load(home)
    assert settings.engine == "sandbox"
    assert (settings.host, settings.port, settings.on_loopback) == ("127.0.0.1", 7860, True)
    assert settings.data_dir == home / "data"
    assert settings.values.budget_usd == Decimal(10)
    assert settings.history_budget_bytes == 20_000_000
    assert settings.notices == ()


@pytest.mark.parametrize(
    ("name", "value", "field", "read"),
    [
        ("GOOGLE_GEMINI_BASE_URL", "https://gemini.example.com/v1", "base_url", "https://gemini.example.com/v1"),
        ("GOOGLE_GENAI_USE_ENTERPRISE", "1", "enterprise", True),
        ("GOOGLE_GENAI_USE_VERTEXAI", "true", "vertexai", True),
        ("GOOGLE_CLOUD_PROJECT", "studio-1", "project", "studio-1"),
        ("GOOGLE_CLOUD_LOCATION", "europe-west4", "location", "europe-west4"),
        ("STUDIO_HOST", "localhost", "host", "localhost"),
        ("STUDIO_PORT", "0", "port", 0),
        ("STUDIO_DATA_DIR", "/srv/retake", "data_dir", Path("/srv/retake")),
        ("STUDIO_MODEL", "gemini-2.5-flash-image", "model", "gemini-2.5-flash-image"),
        ("STUDIO_BUDGET_USD", "2.50", "budget_usd", Decimal("2.50")),
        ("STUDIO_REQUESTS_PER_MINUTE", "1", "requests_per_minute", 1),
        ("STUDIO_MAX_RETRIES", "0", "max_retries", 0),
        ("STUDIO_RETRY_BASE_S", "0.5", "retry_base_s", 0.5),
        ("STUDIO_RETRY_MAX_S", "10", "retry_max_s", 10.0),
        ("STUDIO_HISTORY_BUDGET_MB", "99", "history_budget_mb", 99.0),
        ("STUDIO_TIMEOUT_S", "5", "timeout_s", 5.0),
    ],
)
def test_every_variable_is_read(home: Path, name: str, value: str, field: str, read: object) -> None:
    lines = [f"{name}={value}", "GOOGLE_CLOUD_PROJECT=studio-1"]
    (home / ".env").write_text("\n".join(lines), encoding="utf-8")
    assert getattr(load(home).values, field) == read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GEMINI_API_KEY", "two words"),
        ("GOOGLE_API_KEY", "schlüssel"),
        ("GEMINI_API_KEY", "x" * 501),
        ("GOOGLE_GEMINI_BASE_URL", "gemini.example.com"),
        ("GOOGLE_GEMINI_BASE_URL", "ftp://gemini.example.com"),
        ("GOOGLE_GEMINI_BASE_URL", "https://"),
        ("GOOGLE_GEMINI_BASE_URL", "https://[::1"),
        ("GOOGLE_GEMINI_BASE_URL", "https://anna:secret@gemini.example.com"),
        ("GOOGLE_GENAI_USE_ENTERPRISE", "perhaps"),
        ("GOOGLE_GENAI_USE_VERTEXAI", "2"),
        ("GOOGLE_CLOUD_LOCATION", "evil.example/"),
        ("STUDIO_PORT", "http"),
        ("STUDIO_PORT", "65536"),
        ("STUDIO_PORT", "-1"),
        ("STUDIO_MODEL", "the best one"),
        ("STUDIO_BUDGET_USD", "0"),
        ("STUDIO_BUDGET_USD", "NaN"),
        ("STUDIO_BUDGET_USD", "ten dollars"),
        ("STUDIO_REQUESTS_PER_MINUTE", "0"),
        ("STUDIO_MAX_RETRIES", "-1"),
        ("STUDIO_MAX_RETRIES", "2.5"),
        ("STUDIO_RETRY_BASE_S", "0"),
        ("STUDIO_RETRY_MAX_S", "inf"),
        ("STUDIO_HISTORY_BUDGET_MB", "101"),
        ("STUDIO_TIMEOUT_S", "4"),
        ("STUDIO_ACCESS_TOKENS", "long-enough-0123456789,short"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable_and_not_the_value(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    [problem] = problems(home)
    assert problem.startswith(f"{name}: ")
    assert problem.endswith("Change it in the environment or in .env.")
    if name.endswith(("KEY", "TOKENS", "URL")):
        assert value == "https://" or value not in problem
        assert "secret" not in problem


def test_every_mistake_is_told_at_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_PORT", "http")
    monkeypatch.setenv("STUDIO_MODEL", "the best one")
    (home / ".env").write_text("STUDIO_HOST\n", encoding="utf-8")
    found = problems(home)
    assert [problem.split()[0] for problem in found] == [".env", "STUDIO_PORT:", "STUDIO_MODEL:"]


def test_an_empty_variable_is_as_good_as_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "")
    monkeypatch.setenv("STUDIO_PORT", "")
    settings = load(home)
    assert (settings.api_key, settings.port) == (None, 7860)


def test_no_history_budget_is_the_services_own_limit(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_HISTORY_BUDGET_MB", "0")
    assert load(home).history_budget_bytes is None


# ---- which engine -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "sandbox", "engine"),
    [
        ({}, False, "sandbox"),
        ({"GEMINI_API_KEY": KEY}, False, "developer"),
        ({"GOOGLE_API_KEY": KEY}, False, "developer"),
        ({"GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": "http://gate.test"}, False, "gateway"),
        ({"GOOGLE_GEMINI_BASE_URL": "http://gate.test"}, False, "gateway"),
        ({"GOOGLE_GENAI_USE_VERTEXAI": "1", "GOOGLE_CLOUD_PROJECT": "p", "GEMINI_API_KEY": KEY}, False, "enterprise"),
        (
            {
                "GOOGLE_GENAI_USE_ENTERPRISE": "1",
                "GOOGLE_CLOUD_PROJECT": "p",
                "GOOGLE_GEMINI_BASE_URL": "http://g.test",
            },
            False,
            "enterprise",
        ),
        ({"GOOGLE_GENAI_USE_ENTERPRISE": "1", "GOOGLE_GEMINI_BASE_URL": "http://g.test"}, True, "sandbox"),
        ({"GEMINI_API_KEY": KEY}, True, "sandbox"),
    ],
)
def test_the_engines_have_an_order(
    home: Path, monkeypatch: pytest.MonkeyPatch, *, variables: dict[str, str], sandbox: bool, engine: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert load(home, sandbox=sandbox).engine == engine


def test_google_api_key_wins_over_a_different_one_and_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "gemini-key")
    monkeypatch.setenv("GOOGLE_API_KEY", KEY)
    settings = load(home)
    assert settings.api_key == SecretStr(KEY)
    assert settings.notices == ("GOOGLE_API_KEY and GEMINI_API_KEY differ; GOOGLE_API_KEY is used.",)
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    assert load(home).notices == ()


def test_a_retired_preview_id_is_its_successor_with_a_notice(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_MODEL", "gemini-3-pro-image-preview")
    assert load(home).notices == ("gemini-3-pro-image-preview was retired; gemini-3-pro-image is used instead.",)


def test_a_model_outside_the_catalogue_is_allowed_with_a_notice(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_MODEL", "gemini-9-image")
    settings = load(home)
    assert settings.values.model == "gemini-9-image"
    assert settings.notices == ("gemini-9-image is not in the catalogue: its cost will be unknown.",)


def test_enterprise_needs_a_project(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_USE_ENTERPRISE", "true")
    [problem] = problems(home)
    assert problem.startswith("GOOGLE_CLOUD_PROJECT is needed")
    assert load(home, sandbox=True).engine == "sandbox"


def test_the_longest_wait_is_not_shorter_than_the_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_RETRY_MAX_S", "5")
    [problem] = problems(home)
    assert problem == "STUDIO_RETRY_MAX_S is smaller than STUDIO_RETRY_BASE_S. Make it at least as large."


def test_a_proxy_that_cannot_be_used_matters_on_the_way_to_google_only(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://anna:secret@proxy.test:1080")
    assert load(home).engine == "sandbox"
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    [problem] = problems(home)
    assert problem.startswith("HTTPS_PROXY (or ALL_PROXY)")
    assert "secret" not in problem
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    proxy = load(home).values.proxy_url
    assert proxy is not None
    assert proxy.get_secret_value() == "http://proxy.test:3128"


def test_proxies_that_libraries_trip_over_are_dropped(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "ALL_PROXY": "socks5://p.test:1",
        "https_proxy": "http://p.test:2",
        "NO_PROXY": "x",
        "http_proxy": "p.test:3",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    drop_unusable_proxies()
    assert {name for name in given if name in os.environ} == {"https_proxy", "NO_PROXY", "http_proxy"}


# ---- who may connect --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "studio.example"])  # noqa: S104 (nothing is bound)
def test_off_loopback_access_tokens_are_needed(home: Path, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    [problem] = problems(home, host=host)
    assert problem == (
        f"STUDIO_HOST is {host}, which others can reach, but STUDIO_ACCESS_TOKENS is empty. "
        "Set it to one token per person, or use 127.0.0.1."
    )
    monkeypatch.setenv("STUDIO_ACCESS_TOKENS", TOKENS)
    tokens = load(home, host=host).values.access_tokens
    assert [token.get_secret_value() for token in tokens] == ["anna-0123456789abcdef", "ben-0123456789abcdefg"]


def test_options_win_over_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_PORT", "1234")
    monkeypatch.setenv("STUDIO_DATA_DIR", "elsewhere")
    settings = load(home, port=0, data_dir=Path("here"), host="::1")
    assert (settings.port, settings.data_dir, settings.host) == (0, home / "here", "::1")
    assert settings.on_loopback


def test_data_folders_are_taken_from_the_folder_of_app_py(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    monkeypatch.setenv("STUDIO_DATA_DIR", "../pictures")
    assert load(home).data_dir == (home / "../pictures").resolve()
    monkeypatch.setenv("STUDIO_DATA_DIR", "~/retake")
    assert load(home).data_dir == Path("~/retake").expanduser()


# ---- .env -------------------------------------------------------------------------------------------------------


def test_the_environment_wins_over_the_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".env").write_text("STUDIO_PORT=1111\nGEMINI_API_KEY=from-the-file\n", encoding="utf-8")
    monkeypatch.setenv("STUDIO_PORT", "2222")
    settings = load(home)
    assert (settings.port, settings.api_key) == (2222, SecretStr("from-the-file"))


@pytest.mark.parametrize(
    "text",
    ["# a comment\n\nSTUDIO_PORT=8123\n", "export STUDIO_PORT=8123", "\ufeffSTUDIO_PORT=8123\r\n",
     "STUDIO_PORT = '8123'",
     'GOOGLE_CLOUD_PROJECT="two\nlines"\nSTUDIO_PORT=8123', "UNKNOWN=1\nSTUDIO_PORT=8123"],
)  # fmt: skip
def test_the_usual_spellings_of_a_file_are_read(home: Path, text: str) -> None:
    (home / ".env").write_text(text, encoding="utf-8")
    assert load(home).port == 8123


@pytest.mark.parametrize("line", ["STUDIO_PORT", "GEMINI_API_KEY: abc", "AIzaSy-a-key-alone"])
def test_a_line_without_an_assignment_is_named(home: Path, line: str) -> None:
    (home / ".env").write_text(f"# mine\nSTUDIO_PORT=8123\n{line}\n", encoding="utf-8")
    assert problems(home) == (".env line 3 is not NAME=value. Correct it or start it with # to switch it off.",)


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe\x00\x01\x02", "GEMINI_API_KEY=x".encode("utf-16"), "GEMINI_API_KEY=x".encode("utf-16-le"),
     b"GEMINI_API_KEY=\x00x", b"STUDIO_PORT=\xe9"],
)  # fmt: skip
def test_a_file_that_is_no_text_is_one_sentence(home: Path, data: bytes) -> None:
    (home / ".env").write_bytes(data)
    assert problems(home) == (".env is not a UTF-8 text file. Save it as UTF-8, one NAME=value per line.",)


def test_a_folder_called_env_is_one_sentence(home: Path) -> None:
    (home / ".env").mkdir()
    assert problems(home) == (".env cannot be read (Is a directory). Make it a readable file, or move it away.",)


def test_an_unreadable_file_is_one_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".env").write_text("STUDIO_PORT=1", encoding="utf-8")

    def refused(self: Path, **_: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refused)  # the tests may run as root, who may read everything
    assert problems(home) == (".env cannot be read (Permission denied). Make it a readable file, or move it away.",)
