"""Which engine answers: chosen from the settings at the start, changed in the connection panel."""

import asyncio
import logging
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from studio.errors import ErrorFacts, InputError, SettingsError, StudioError
from studio.gemini.engine import EngineConfig, GeminiEngine
from studio.logs import Secrets
from studio.ports import Blobs, ConnectionFacts, Provider
from studio.sandbox.child import SandboxChild
from studio.settings import StudioSettings, save_key

HOME: Final = Path(__file__).resolve().parent.parent
"""The folder of app.py, from which the sandbox is started."""

_log = logging.getLogger(__name__)


class EngineSwitch:
    """Implements `ports.Connection`: the engine in use, and the ways to change it."""

    def __init__(self, settings: StudioSettings, *, blobs: Blobs, secrets: Secrets) -> None:
        self._settings = settings
        self._secrets = secrets
        self._blobs = blobs
        self._sandbox: SandboxChild | None = None
        self._starting = asyncio.Lock()
        self._retired: list[GeminiEngine] = []
        self._key = settings.api_key if settings.engine in ("developer", "gateway") else None
        self._engine = self._build(self._first_config())

    @property
    def current(self) -> GeminiEngine:
        return self._engine

    @property
    def facts(self) -> ConnectionFacts:
        provider = self._engine.provider
        shown = self._key.get_secret_value()[-4:] if self._key and not provider.simulated else None
        values = self._settings.values
        address = {
            "gateway": values.base_url,
            "enterprise": f"{values.project}, {values.location or 'global'}",
        }.get(provider.kind)
        return ConnectionFacts(
            provider=provider,
            key_last_four=shown,
            address=address,
            can_use_key=self._settings.on_loopback,
            other_key_wins=values.google_api_key is not None,
        )

    async def use_key(self, key: str) -> None:
        """Raises InputError when the way to Google is not set up right."""
        if self._settings.proxy_problem:
            raise InputError("bad_value", self._settings.proxy_problem)
        self._key = SecretStr(key)
        self._secrets.add(self._key)
        base_url = self._settings.values.base_url if self._engine.provider.kind == "gateway" else None
        provider = Provider(kind="gateway", id=base_url) if base_url else Provider(kind="developer", id="developer")
        self._change(self._config(provider, base_url=base_url))

    async def use_sandbox(self) -> None:
        """Raises StudioError when the sandbox cannot be started."""
        async with self._starting:
            try:
                config = await asyncio.to_thread(self._sandbox_config)
            except SettingsError as error:
                raise StudioError(ErrorFacts(category="internal", sentence=str(error))) from error
        self._change(config)

    def save_key(self, key: str) -> bool:
        try:
            save_key(self._settings.env_file, SecretStr(key))
        except OSError as error:
            _log.warning("the key could not be saved: %s", error.strerror)
            return False
        return True

    async def aclose(self) -> None:
        """Close every engine and end the sandbox."""
        for engine in (*self._retired, self._engine):
            await engine.aclose()
        if self._sandbox is not None:
            await asyncio.to_thread(self._sandbox.stop)

    def _change(self, config: EngineConfig) -> None:
        # Turns under way finish on the engine they started with.
        self._retired.append(self._engine)
        self._engine = self._build(config)

    def _build(self, config: EngineConfig) -> GeminiEngine:
        return GeminiEngine(config, blobs=self._blobs)

    def _first_config(self) -> EngineConfig:
        values = self._settings.values
        match self._settings.engine:
            case "sandbox":
                return self._sandbox_config()
            case "enterprise":
                return self._config(Provider(kind="enterprise", id="enterprise"))
            case "gateway":
                return self._config(Provider(kind="gateway", id=values.base_url or "gateway"), base_url=values.base_url)
            case "developer":
                return self._config(Provider(kind="developer", id="developer"))

    def _sandbox_config(self) -> EngineConfig:
        if self._sandbox is None:
            folder = self._settings.data_dir / "sandbox"
            self._sandbox = SandboxChild(data_dir=folder, home=HOME)
        return EngineConfig(
            provider=Provider(kind="sandbox", id="sandbox"),
            api_key=SecretStr("sandbox"),
            base_url=self._sandbox.base_url,
            timeout_s=self._settings.values.timeout_s,
        )

    def _config(self, provider: Provider, *, base_url: str | None = None) -> EngineConfig:
        values = self._settings.values
        proxy = values.proxy_url.get_secret_value() if values.proxy_url else None
        return EngineConfig(
            provider=provider,
            api_key=self._key,
            base_url=base_url,
            enterprise=provider.kind == "enterprise",
            project=values.project,
            location=values.location,
            timeout_s=values.timeout_s,
            proxy_url=proxy,
        )
