"""A record of its own for every test, on disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.store.blobs import LocalBlobs
from studio.store.conversations import SqlStore
from studio.store.database import Database, open_database


@pytest.fixture
def database_path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "studio.db"


@pytest.fixture
def database(database_path: Path) -> Iterator[Database]:
    database = open_database(database_path)
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> Iterator[SqlStore]:
    store = SqlStore(database)
    yield store
    store.close()


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "data" / "blobs")
