"""No secret is ever written to a log."""

import logging
import pickle
from typing import Final
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from studio.logs import RedactingFormatter, Secrets

KEY: Final = 'canary-key/0123"456+789'


def formatted(secrets: Secrets, message: str, *arguments: object, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("studio", logging.ERROR, __file__, 1, message, arguments, info)
    return RedactingFormatter(secrets).format(record)


def fail() -> None:
    raise RuntimeError(f"refused {KEY}") from ValueError(KEY)


def test_a_secret_is_replaced_wherever_it_stands() -> None:
    line = formatted(Secrets([SecretStr(KEY)]), "GET %s with %s", f"https://x.test/?key={KEY}", {"key": KEY})
    assert "canary" not in line
    assert line.count("•••") == 2


@pytest.mark.parametrize("spelling", [quote(KEY, safe=""), repr({"key": KEY}), KEY.replace('"', '\\"')])
def test_other_spellings_of_a_secret_are_replaced_too(spelling: str) -> None:
    assert "canary" not in formatted(Secrets([SecretStr(KEY)]), "%s", spelling)


def test_a_traceback_gives_no_secret_away() -> None:
    with pytest.raises(RuntimeError) as caught:
        fail()
    line = formatted(Secrets([SecretStr(KEY)]), "failed", error=caught.value)
    assert "Traceback" in line
    assert "canary" not in line


def test_a_key_entered_later_is_a_secret_from_then_on() -> None:
    secrets = Secrets([None])
    assert KEY in formatted(secrets, KEY)
    secrets.add(SecretStr(KEY))
    assert KEY not in formatted(secrets, KEY)


def test_a_secret_that_begins_another_does_not_give_the_other_away() -> None:
    secrets = Secrets([SecretStr("canary-key"), SecretStr("canary-key-longer")])
    assert secrets.redact("canary-key-longer canary-key") == "••• •••"


def test_no_secret_at_all_changes_nothing() -> None:
    assert Secrets([None, SecretStr("")]).redact("as it was") == "as it was"


def test_a_secret_does_not_travel_in_what_is_shown_of_it() -> None:
    secret = SecretStr(KEY)
    assert "canary" not in f"{secret!r}{secret}{Secrets([secret])!r}"
    assert b"canary" not in pickle.dumps(ValueError(repr(secret)))
