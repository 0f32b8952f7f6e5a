"""The environment tests run in: none of the developer's keys, addresses, proxies or settings."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
OFFLINE: Final = Path(__file__).resolve().parent / "offline"

_PREFIXES: Final = ("GEMINI_", "GOOGLE_", "STUDIO_", "GRADIO_", "VERTEX", "CLOUDSDK_")
_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ftp_proxy", "ws_proxy", "wss_proxy")

NO_BYTECODE: Final = "PYTHONDONTWRITEBYTECODE"
"""Where it is set, half of every studio's start is compiling Gradio once more, and a run starts dozens."""

OFFLINE_CHILDREN: Final[Mapping[str, str]] = MappingProxyType(
    {"PYTHONPATH": os.pathsep.join([str(OFFLINE), str(ROOT)])}
)
"""Makes every Python that inherits it refuse to leave the machine, as its parent does."""

AS_STARTED: Final[Mapping[str, str]] = MappingProxyType(dict(os.environ))
"""What the run was started with; only for getting a Chromium, which may need a proxy."""

DEFAULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "GEMINI_API_KEY": "",
        "GOOGLE_API_KEY": "",
        "GOOGLE_GEMINI_BASE_URL": "",
        "GOOGLE_GENAI_USE_ENTERPRISE": "false",
        "GOOGLE_GENAI_USE_VERTEXAI": "false",
        "STUDIO_ACCESS_TOKENS": "",
        "STUDIO_BUDGET_USD": "10",
        "STUDIO_HISTORY_BUDGET_MB": "20",
        "STUDIO_HOST": "127.0.0.1",
        "STUDIO_MAX_RETRIES": "5",
        "STUDIO_MODEL": "gemini-3-pro-image",
        "STUDIO_REQUESTS_PER_MINUTE": "60",
        "STUDIO_RETRY_BASE_S": "10",
        "STUDIO_RETRY_MAX_S": "300",
        "STUDIO_TIMEOUT_S": "180",
    }
)
"""Said outright to every studio a test starts, so that a developer's own .env decides nothing."""


def is_personal(name: str) -> bool:
    """Whether a variable could send a test to a paid service, change what it sees or make every child slow."""
    return name.upper().startswith(_PREFIXES) or name.lower() in _PROXIES or name == NO_BYTECODE


def cleaned(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without personal variables."""
    return {name: value for name, value in environment.items() if not is_personal(name)}


def for_child(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a studio under test: clean, offline, every setting said outright, `extra` on top."""
    return {**cleaned(AS_STARTED), **DEFAULTS, **OFFLINE_CHILDREN, "PYTHONUNBUFFERED": "1", **(extra or {})}
