"""The page's own files, under an address that changes when they do: a browser asks for each of them once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PREFIX: Final = "/ui"
_RELEASE_CHARS: Final = 16
_BEFORE_THE_PAGE: Final = "js/theme.js"
"""No module: it runs before anything is drawn."""
_KEEP: Final = "public, max-age=31536000, immutable"
_ASK_EACH_TIME: Final = "no-cache"
"""For addresses without a release: scripts of two versions would not fit together."""


@dataclass(frozen=True, slots=True)
class PageFiles:
    """A folder of scripts, styles, fonts and pictures. `release` stands for all their bytes and names."""

    folder: Path
    release: str

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Read every file once. Files changed later are seen after the next start."""
        digest = hashlib.sha256()
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix().encode()
            digest.update(hashlib.sha256(name).digest() + hashlib.sha256(path.read_bytes()).digest())
        return cls(folder, digest.hexdigest()[:_RELEASE_CHARS])

    @property
    def root(self) -> str:
        """Where this release is served; what files ask for by relative addresses is of the same one."""
        return f"{PREFIX}/{self.release}"

    def modules(self) -> Sequence[str]:
        """Addresses of the scripts that studio.js brings in."""
        return self._addresses("js/*.js", "vendor/*.js", but=_BEFORE_THE_PAGE)

    def styles(self) -> Sequence[str]:
        """Addresses of the stylesheets that studio.css brings in."""
        return self._addresses("css/*.css")

    def _addresses(self, *patterns: str, but: str = "") -> Sequence[str]:
        names = (path.relative_to(self.folder).as_posix() for pattern in patterns for path in self.folder.glob(pattern))
        return [f"{self.root}/{name}" for name in sorted(names) if name != but]


class ServedFiles(StaticFiles):
    """Serves a release to be kept, and the plain addresses to be asked about at each load."""

    def __init__(self, files: PageFiles) -> None:
        super().__init__(directory=files.folder)
        self._release = Path(files.release)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """As Starlette's, with the release taken off the path."""
        wanted = Path(path)
        of_release = wanted.is_relative_to(self._release)
        plain = str(wanted.relative_to(self._release)) if of_release else path
        response = await super().get_response(plain, scope)  # raises for a file that is not there
        response.headers["cache-control"] = _KEEP if of_release else _ASK_EACH_TIME
        return response
