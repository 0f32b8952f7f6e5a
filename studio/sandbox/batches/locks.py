"""A lock between processes that ends with the process that holds it, however that ends."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _try(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def held_alone(path: Path) -> Iterator[bool]:
    """Whether the lock is ours inside the `with`; False: another has it. Raises OSError where the folder is gone."""
    with path.open("ab") as file:
        try:
            _try(file.fileno())
        except OSError:
            yield False
        else:
            yield True
