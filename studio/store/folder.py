"""The data folder: made on first use, and refused with one sentence when it cannot be written."""

import errno
import os
import tempfile
from pathlib import Path
from typing import Final

from studio.errors import StoreError

_PRIVATE: Final = 0o700
_REASONS: Final = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "its disk quota is used up",
    errno.EROFS: "it is on a read-only disk",
    errno.EACCES: "you may not write there",
    errno.EPERM: "you may not write there",
    errno.EEXIST: "a file is in its place",
    errno.ENOTDIR: "a file is in its place",
    errno.EIO: "the disk reports an error",
}
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def prepare_folder(folder: Path) -> None:
    """Make the data folder, for this user alone, and prove that it can be written.

    Raises StoreError with a sentence that names the folder and what to do.
    """
    try:
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"probe")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(folder: Path, error: OSError) -> StoreError:
    """The error for a data folder that could not be written."""
    reason = _REASONS.get(error.errno or 0, error.strerror or "the system refused")
    to_do = "Free some space" if error.errno in _FULL else "Make it writable"
    return StoreError(
        f"The data folder {folder} cannot be written: {reason}. {to_do}, or choose another folder with STUDIO_DATA_DIR."
    )
