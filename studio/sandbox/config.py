"""What one sandbox needs to know, and the key its thought signatures are made with."""

import contextlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from studio.sandbox.batches.store import BatchLimits
from studio.sandbox.files.store import FileLimits
from studio.sandbox.interactions.store import InteractionLimits

KEY_FILE: Final = "sandbox-signing.key"
KEY_SIZE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """Knobs of one sandbox.

    `data_dir` holds the signing key. Signature sizes are raw bytes, both ends included. `pace` multiplies the
    simulated waiting (0: answer as soon as the picture is painted). `control` opens /control/*. `worker_processes` 0
    works in threads of this process, which suits tests. `max_request_bytes` None: any size, as the real service does.
    `seed` changes every picture and all luck. `scenarios` are wishes as scenarios/table.py reads them,
    active from the start.
    """

    data_dir: Path
    signature_min_bytes: int = 800_000
    signature_max_bytes: int = 1_200_000
    pace: float = 1.0
    control: bool = False
    inspector: bool = False
    worker_processes: int = 2
    max_request_bytes: int | None = None
    seed: int = 0
    scenarios: tuple[str, ...] = ()
    files: FileLimits = field(default_factory=FileLimits)
    batches: BatchLimits = field(default_factory=BatchLimits)
    interactions: InteractionLimits = field(default_factory=InteractionLimits)
    """All three are kept in `data_dir` as well, each in a folder of its name."""


def signing_key(data_dir: Path) -> bytes:
    """The folder's key, made on first use, so that old conversations still verify after a restart.

    Raises OSError when the folder cannot be used and ValueError when the key file is damaged.
    """
    path = data_dir / KEY_FILE
    data_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _write_key(path)
    key = path.read_bytes()
    if len(key) != KEY_SIZE_BYTES:
        raise ValueError(f"{path} is damaged: {len(key)} bytes instead of {KEY_SIZE_BYTES}")
    return key


def _write_key(path: Path) -> None:
    """Write a fresh key aside, then link it into place: two starting at once agree, and none reads half a key."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_SIZE_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
