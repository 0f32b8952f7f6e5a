"""Secrets among the settings: never shown, and a saved key is its owner's alone."""

import stat
import sys
from pathlib import Path
from typing import Final

import pytest
from dotenv import dotenv_values
from pydantic import SecretStr

from studio.settings import Options, StudioSettings, load_settings, save_key

KEY: Final = "AIzaSy-made-up-0123456789"
TOKENS: Final = "anna-0123456789abcdef, ben-0123456789abcdefg,"


def load(home: Path) -> StudioSettings:
    return load_settings(home=home, options=Options())


def test_no_repr_shows_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("HTTPS_PROXY", "http://anna:secret@proxy.test")
    monkeypatch.setenv("STUDIO_ACCESS_TOKENS", TOKENS)
    settings = load(tmp_path)
    shown = f"{settings!r} {settings.values!r} {settings.values} {settings.values.model_dump_json()} {settings.secrets}"
    for secret in (KEY, "anna:secret", "anna-0123456789abcdef"):
        assert secret not in shown
    assert {each.get_secret_value() for each in settings.secrets if each} >= {KEY, "http://anna:secret@proxy.test"}


@pytest.mark.parametrize("key", [KEY, "it's", 'quo"ted', "back\\slash", "$HOME", "#hash", "a=b"])
def test_a_saved_key_is_read_back_and_everything_else_stays(tmp_path: Path, key: str) -> None:
    file = tmp_path / ".env"
    file.write_text("# mine\nSTUDIO_PORT=8123\nGEMINI_API_KEY=old\n", encoding="utf-8")
    save_key(file, SecretStr(key))
    assert dotenv_values(file) == {"STUDIO_PORT": "8123", "GEMINI_API_KEY": key}
    assert file.read_text(encoding="utf-8").startswith("# mine\n")
    assert load(tmp_path).api_key == SecretStr(key)


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_a_saved_key_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    save_key(file, SecretStr(KEY))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    save_key(file, SecretStr(KEY))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
