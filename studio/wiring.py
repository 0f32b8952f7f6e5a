"""The composition root of the page: what stands behind it, its routes and its Blocks, as one app."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_hex
from typing import Final

from fastapi import FastAPI
from pydantic import SecretStr

from studio.backstage import build_backstage
from studio.engine_switch import HOME
from studio.errors import StoreError
from studio.logs import Secrets
from studio.settings import LOOPBACK, StudioSettings
from studio.ui.blocks import build_blocks, mount_blocks
from studio.ui.guard import Owners, PageTokens
from studio.ui.handlers import Handlers
from studio.ui.page_files import PageFiles
from studio.ui.pages import Pages
from studio.ui.server import ServerParts, create_server

_SESSION_SECRET_FILE: Final = "session.key"  # noqa: S105 (a file's name)
_SESSION_SECRET_CHARS: Final = 64


def build_app(settings: StudioSettings, secrets: Secrets) -> FastAPI:
    """Everything, wired. Raises StoreError or SettingsError with a sentence when it cannot be."""
    behind = build_backstage(settings, secrets)
    read_only = not behind.writes

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with behind.running():
            if behind.writes:
                behind.imaging.warm()
            _keep_what_is_made()
            yield

    tokens, owners = PageTokens(), Owners(settings.values.access_tokens)
    pages = Pages(behind.studio, connection=behind.switch, read_only=read_only)
    files = PageFiles.of(HOME / "assets")
    parts = ServerParts(
        studio=behind.studio,
        connection=behind.switch,
        pages=pages,
        tokens=tokens,
        owners=owners,
        blobs=behind.blobs,
        pictures=behind.imaging,
        files=files,
        thumbs=settings.data_dir / "thumbs",
        session_secret=_session_secret(settings.data_dir),
        allowed_hosts=tuple(LOOPBACK) if settings.on_loopback else None,
        read_only=read_only,
    )
    handlers = Handlers(behind.studio, connection=behind.switch, pages=pages, tokens=tokens, read_only=read_only)
    return mount_blocks(create_server(parts, lifespan=lifespan), build_blocks(handlers=handlers, owners=owners), files)


def _keep_what_is_made() -> None:
    """What start-up made stays for good; otherwise a full collection walks all of it in the middle of a turn."""
    gc.collect()
    gc.freeze()


def _session_secret(data_dir: Path) -> SecretStr:
    """The key that signs login cookies, kept so that a restart logs nobody out.

    Made anew when the file does not hold a whole one: anyone could sign with an empty key. Raises StoreError.
    """
    path = data_dir / _SESSION_SECRET_FILE
    try:
        kept = path.read_text(encoding="ascii") if path.exists() else ""
        if len(kept) == _SESSION_SECRET_CHARS:
            return SecretStr(kept)
        fresh = token_hex(_SESSION_SECRET_CHARS // 2)
        draft = path.with_name(f"{path.name}.{token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(fresh, encoding="ascii")
        draft.replace(path)
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"The file {path} cannot be used. Move it away, then start again.") from error
    return SecretStr(fresh)
