"""The only reader of the environment and of `.env`: one frozen, typed object, checked at start.

Every variable is described in `.env.example` and the README; a test ties the three together.
"""

import io
import os
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from dotenv import set_key
from dotenv.parser import parse_stream
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from studio.errors import SettingsError
from studio.image_models import ALIASES, CATALOGUE, DEFAULT_MODEL_ID, find_model, is_model_id

EngineKind = Literal["sandbox", "developer", "enterprise", "gateway"]

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_MIN_TOKEN_CHARS: Final = 16
_LOCATION: Final = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_MAX_KEY_CHARS: Final = 500
_ENCODING: Final = "utf-8-sig"  # Windows editors begin a UTF-8 file with a mark that is no part of the first name


class Settings(BaseSettings):
    """What the environment says. Amounts in USD, sizes in MB (10⁶ bytes), times in seconds."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, env_ignore_empty=True)

    gemini_api_key: SecretStr | None = Field(default=None, validation_alias="GEMINI_API_KEY")
    google_api_key: SecretStr | None = Field(default=None, validation_alias="GOOGLE_API_KEY")
    base_url: str | None = Field(default=None, validation_alias="GOOGLE_GEMINI_BASE_URL")
    enterprise: bool = Field(default=False, validation_alias="GOOGLE_GENAI_USE_ENTERPRISE")
    vertexai: bool = Field(default=False, validation_alias="GOOGLE_GENAI_USE_VERTEXAI")
    project: str | None = Field(default=None, validation_alias="GOOGLE_CLOUD_PROJECT")
    location: str | None = Field(default=None, validation_alias="GOOGLE_CLOUD_LOCATION")
    host: str = Field(default="127.0.0.1", validation_alias="STUDIO_HOST")
    port: int = Field(default=7860, ge=0, le=65535, validation_alias="STUDIO_PORT")
    data_dir: Path = Field(default=Path("data"), validation_alias="STUDIO_DATA_DIR")
    model: str = Field(default=DEFAULT_MODEL_ID, validation_alias="STUDIO_MODEL")
    budget_usd: Decimal = Field(default=Decimal(10), gt=0, le=100_000, validation_alias="STUDIO_BUDGET_USD")
    requests_per_minute: int = Field(default=60, ge=1, le=10_000, validation_alias="STUDIO_REQUESTS_PER_MINUTE")
    max_retries: int = Field(default=5, ge=0, le=20, validation_alias="STUDIO_MAX_RETRIES")
    retry_base_s: float = Field(default=10.0, gt=0, le=600, validation_alias="STUDIO_RETRY_BASE_S")
    retry_max_s: float = Field(default=300.0, gt=0, le=3600, validation_alias="STUDIO_RETRY_MAX_S")
    history_budget_mb: float = Field(default=20.0, ge=0, le=100, validation_alias="STUDIO_HISTORY_BUDGET_MB")
    timeout_s: float = Field(default=180.0, ge=5, le=3600, validation_alias="STUDIO_TIMEOUT_S")
    access_tokens: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), validation_alias="STUDIO_ACCESS_TOKENS"
    )
    proxy_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
    )

    @field_validator("gemini_api_key", "google_api_key")
    @classmethod
    def _sendable_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not is_sendable(key.get_secret_value()):
            raise ValueError("this cannot be an API key. Copy it again, without spaces or line breaks")
        return key

    @field_validator("base_url")
    @classmethod
    def _plain_address(cls, base_url: str | None) -> str | None:
        if base_url is None:
            return None
        if not base_url.startswith(("http://", "https://")) or not _host_of(base_url) or not is_sendable(base_url):
            raise ValueError("it must be an address that begins with http:// or https://")
        if "@" in urlsplit(base_url).netloc:
            # The address is shown on the page and kept with every turn.
            raise ValueError("an address must not hold a user name or a password. Use a key instead")
        return base_url

    @field_validator("location")
    @classmethod
    def _a_location(cls, location: str | None) -> str | None:
        if location and not _LOCATION.fullmatch(location):
            # It becomes a part of the address that is asked.
            raise ValueError("a location such as global, us-central1 or europe-west4 is wanted")
        return location

    @field_validator("access_tokens", mode="before")
    @classmethod
    def _split_tokens(cls, value: object) -> object:
        return tuple(token.strip() for token in value.split(",") if token.strip()) if isinstance(value, str) else value

    @field_validator("access_tokens")
    @classmethod
    def _long_tokens(cls, tokens: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(token.get_secret_value()) < _MIN_TOKEN_CHARS for token in tokens):
            raise ValueError(f"each token needs at least {_MIN_TOKEN_CHARS} characters")
        return tokens

    @field_validator("model")
    @classmethod
    def _model_id(cls, model: str) -> str:
        if not is_model_id(model):
            raise ValueError(f"a model's id is wanted, such as {', '.join(each.id for each in CATALOGUE)}")
        return model


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says; it wins over the environment."""

    host: str | None = None
    port: int | None = None
    data_dir: Path | None = None
    sandbox: bool = False
    open: bool = True


@dataclass(frozen=True, slots=True)
class StudioSettings:
    """The settings of one run, with the choices made: which engine, which folder, what to say about both at start."""

    values: Settings
    options: Options
    home: Path
    """The folder of app.py: `.env` and a relative data folder resolve against it."""

    @property
    def engine(self) -> EngineKind:
        """Order: --sandbox, the enterprise flag, a base address (key optional), a key, the sandbox."""
        if self.options.sandbox:
            return "sandbox"
        if self.values.enterprise or self.values.vertexai:
            return "enterprise"
        if self.values.base_url:
            return "gateway"
        return "developer" if self.api_key else "sandbox"

    @property
    def api_key(self) -> SecretStr | None:
        """GOOGLE_API_KEY wins over a different GEMINI_API_KEY, as in the SDK."""
        return self.values.google_api_key or self.values.gemini_api_key

    @property
    def secrets(self) -> tuple[SecretStr | None, ...]:
        """Everything that must never be written to a log."""
        values = self.values
        return (values.gemini_api_key, values.google_api_key, values.proxy_url, *values.access_tokens)

    @property
    def host(self) -> str:
        return self.options.host or self.values.host

    @property
    def port(self) -> int:
        return self.values.port if self.options.port is None else self.options.port

    @property
    def data_dir(self) -> Path:
        # A .env file has no shell that would read "~".
        folder = Path(os.path.expanduser(self.options.data_dir or self.values.data_dir))  # noqa: PTH111 (never raises)
        return (self.home / folder).resolve()

    @property
    def on_loopback(self) -> bool:
        return self.host in LOOPBACK

    @property
    def env_file(self) -> Path:
        return self.home / ".env"

    @property
    def proxy_problem(self) -> str | None:
        """Why the proxy cannot be used on the way to Google; None when it can, or there is none."""
        proxy = self.values.proxy_url.get_secret_value() if self.values.proxy_url else ""
        if not proxy or (proxy.startswith(("http://", "https://")) and _host_of(proxy)):
            return None
        return "HTTPS_PROXY (or ALL_PROXY) is not an http:// or https:// address. Correct it, or leave it empty."

    @property
    def history_budget_bytes(self) -> int | None:
        """None for STUDIO_HISTORY_BUDGET_MB=0: no budget but the service's own limit."""
        return int(self.values.history_budget_mb * 1_000_000) or None

    @property
    def notices(self) -> tuple[str, ...]:
        """What the start line has to say about choices that could surprise."""
        notices: list[str] = []
        gemini, google = self.values.gemini_api_key, self.values.google_api_key
        if gemini and google and gemini != google:
            notices.append("GOOGLE_API_KEY and GEMINI_API_KEY differ; GOOGLE_API_KEY is used.")
        if self.values.model in ALIASES:
            notices.append(f"{self.values.model} was retired; {ALIASES[self.values.model]} is used instead.")
        elif find_model(self.values.model) is None:
            notices.append(f"{self.values.model} is not in the catalogue: its cost will be unknown.")
        return tuple(notices)


def load_settings(*, home: Path, options: Options) -> StudioSettings:
    """Read the environment and `home/.env`. Raises SettingsError with one line per mistake."""
    problems = _env_file_problems(home / ".env")
    try:
        values = Settings(_env_file=home / ".env", _env_file_encoding=_ENCODING)
    except ValidationError as error:
        problems += tuple(_problem(each) for each in error.errors(include_input=False))
        raise SettingsError(problems) from None
    settings = StudioSettings(values=values, options=options, home=home)
    problems += _contradictions(settings)
    if problems:
        raise SettingsError(problems)
    return settings


def is_sendable(value: str) -> bool:
    """Whether a value can travel in an HTTP header: printable ASCII without spaces, not too long."""
    return 0 < len(value) <= _MAX_KEY_CHARS and value.isascii() and value.isprintable() and " " not in value


def _host_of(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _problem(error: ErrorDetails) -> str:
    name = str(error["loc"][0]) if error["loc"] else "settings"
    return f"{name}: {error['msg'].removeprefix('Value error, ')}. Change it in the environment or in .env."


def _env_file_problems(env_file: Path) -> tuple[str, ...]:
    """Lines of `.env` that would be skipped in silence. Raises SettingsError when it cannot be read at all."""
    if not env_file.exists():
        return ()
    try:
        text = env_file.read_text(encoding=_ENCODING)
    except UnicodeDecodeError:
        text = "\0"
    except OSError as error:
        raise SettingsError(
            (f".env cannot be read ({error.strerror}). Make it a readable file, or move it away.",)
        ) from None
    if "\0" in text:
        raise SettingsError((".env is not a UTF-8 text file. Save it as UTF-8, one NAME=value per line.",))
    return tuple(
        f".env line {binding.original.line} is not NAME=value. Correct it or start it with # to switch it off."
        for binding in parse_stream(io.StringIO(text))
        if binding.error or (binding.key is not None and binding.value is None)
    )


def _contradictions(settings: StudioSettings) -> tuple[str, ...]:
    problems: list[str] = []
    if not settings.on_loopback and not settings.values.access_tokens:
        problems.append(
            f"STUDIO_HOST is {settings.host}, which others can reach, but STUDIO_ACCESS_TOKENS is empty. "
            "Set it to one token per person, or use 127.0.0.1."
        )
    if settings.engine == "enterprise" and not settings.values.project:
        problems.append("GOOGLE_CLOUD_PROJECT is needed with GOOGLE_GENAI_USE_ENTERPRISE. Set it to your project's id.")
    if settings.engine in ("developer", "enterprise", "gateway") and settings.proxy_problem:
        problems.append(settings.proxy_problem)
    if settings.values.retry_max_s < settings.values.retry_base_s:
        problems.append("STUDIO_RETRY_MAX_S is smaller than STUDIO_RETRY_BASE_S. Make it at least as large.")
    return tuple(problems)


def drop_unusable_proxies() -> None:
    """Take proxies other than http ones out of this process's environment: libraries fail at import over a SOCKS proxy
    they have no support for (httpx 0.28 without socksio), also where nothing would be sent through it."""
    for name in [each for each in os.environ if each.lower().endswith("_proxy") and each.lower() != "no_proxy"]:
        scheme, separator, _ = os.environ[name].partition("://")
        if separator and scheme.lower() not in ("http", "https"):
            del os.environ[name]


def save_key(env_file: Path, key: SecretStr) -> None:
    """Write the key into `.env`, readable by its owner only. Raises OSError when the file cannot be written."""
    env_file.touch(mode=0o600, exist_ok=True)
    env_file.chmod(0o600)
    set_key(env_file, "GEMINI_API_KEY", key.get_secret_value(), quote_mode="always")
    env_file.chmod(0o600)
