"""One writer per data folder: a second process on it notices and can stay read-only."""

from pathlib import Path
from types import TracebackType
from typing import Final, Self

from filelock import FileLock, Timeout

from studio.errors import StoreError
from studio.store.folder import unwritable

_LOCK_NAME: Final = "retake.lock"


class DataFolderLock:
    """An advisory lock on a data folder; the system frees it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # A soft lock is a file that outlives a crash: it would lock the designer out of their own pictures.
        self._lock = FileLock(folder / _LOCK_NAME, thread_local=False, fallback_to_soft=False)

    @property
    def held(self) -> bool:
        return self._lock.is_locked

    def acquire(self) -> bool:
        """Take the lock without waiting; False when another process, or another instance here, has it.

        Raises StoreError when the folder cannot be written or its disk has no locks.
        """
        if self.held:
            return True
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            return False
        except NotImplementedError as error:
            raise StoreError(
                f"The data folder {self._folder} is on a disk without file locks, where two studios could overwrite "
                "each other. Choose a folder on this computer with STUDIO_DATA_DIR."
            ) from error
        except OSError as error:
            raise unwritable(self._folder, error) from error
        return True

    def release(self) -> None:
        self._lock.release()

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()
