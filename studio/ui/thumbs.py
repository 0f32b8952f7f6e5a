"""Thumbnails, made once each and kept on disk; they can always be made again."""

import asyncio
import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from studio.ports import BlobFiles, Pictures

WIDTHS_PX: Final = (128, 256, 512, 1024, 2048)


@dataclass(frozen=True, slots=True)
class Thumbs:
    """Files `folder/ab/<sha256>-<width>.webp`."""

    folder: Path
    blobs: BlobFiles
    pictures: Pictures
    _making: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def path(self, sha256: str, *, width_px: int) -> Path:
        """The file of a thumbnail at least as wide as asked (of the widths there are). Raises PictureRefused."""
        width_px = next((width for width in WIDTHS_PX if width >= width_px), WIDTHS_PX[-1])
        path = self.folder / sha256[:2] / f"{sha256}-{width_px}.webp"
        if path.exists():
            return path
        try:
            async with self._making[path.name]:
                if not path.exists():
                    data = await asyncio.to_thread(self.blobs.get, sha256)
                    await asyncio.to_thread(_write, path, await self.pictures.thumbnail(data, width_px=width_px))
        finally:
            self._making.pop(path.name, None)
        return path


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.write_bytes(data)
    draft.replace(path)
