"""The engine policy: how transactions begin, what is on disk when they end, and which schema they find.

Everything that is particular to SQLite is in this file; the rest speaks SQLAlchemy Core and would run on PostgreSQL.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from studio.errors import StoreError
from studio.store.folder import prepare_folder

_BUSY_TIMEOUT_MS: Final = 30_000
_WRITES: Final = "studio_writes"
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_PRAGMAS: Final = (
    f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode=WAL",
    # A row that precedes a paid call must survive a power cut; NORMAL may lose the last commits of a WAL.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)
_SENTENCES: Final[Mapping[str, str]] = {
    "SQLITE_FULL": "The disk with the data folder is full. Free some space, then try again.",
    "SQLITE_READONLY": "The data folder is read-only. Make it writable, or choose another with STUDIO_DATA_DIR.",
    "SQLITE_CANTOPEN": "The database in the data folder cannot be opened. Check the folder and its permissions.",
    "SQLITE_IOERR": "The disk with the data folder reports an error. Check the disk, then try again.",
    "SQLITE_BUSY": "Another program keeps the data folder's database busy. Close it, then try again.",
    "SQLITE_LOCKED": "Another program keeps the data folder's database busy. Close it, then try again.",
    "SQLITE_NOTADB": "The database in the data folder is not one. Restore it from a backup, or choose another folder.",
    "SQLITE_CORRUPT": "The database in the data folder is damaged. Restore it from a backup.",
}


@dataclass(frozen=True, slots=True)
class Database:
    """An open database at the newest schema. Every transaction raises StoreError when the database fails."""

    engine: Engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that sees one moment."""
        with _failures_told(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that is alone from its first read on; on disk when it ends, or as if it never was."""
        with _failures_told(), self.engine.execution_options(**{_WRITES: True}).begin() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def open_database(target: Path | str, *, migrate: bool = True) -> Database:
    """Open the database at a path or an address and bring it to the newest schema; without `migrate` only check that
    it has it, for a process that does not hold the data folder's lock.

    Raises StoreError when its folder cannot be written, it was used by a newer Retake, or it is no database.
    """
    url = _url_of(target)
    if url.get_backend_name() == "sqlite":
        prepare_folder(Path(url.database or "").absolute().parent)
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreError(f"No driver for a {url.get_backend_name()} database is installed.") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    database = Database(engine=engine)
    try:
        with database.write() if migrate else database.read() as connection:
            _bring_up(connection, migrate=migrate)
    except BaseException:
        database.close()
        raise
    return database


def add_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert the rows whose keys are not there yet."""
    if not rows:
        return
    # The two dialects spell it alike, and the core has no word for it.
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(insert(table).on_conflict_do_nothing(), list(rows))


def _url_of(target: Path | str) -> URL:
    if isinstance(target, str) and "://" in target:
        return make_url(target)
    return URL.create("sqlite", database=str(target))


def _set_up_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver begins a transaction at the first write only, so that what was read before it may be stale by then.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _bring_up(connection: Connection, *, migrate: bool) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in scripts.walk_revisions()}
    found = set(MigrationContext.configure(connection).get_current_heads())
    unknown = found - known
    if unknown:
        raise StoreError(
            f"This data folder was last used by a newer Retake (schema {', '.join(sorted(unknown))}). "
            "Update Retake, or choose another folder with STUDIO_DATA_DIR."
        )
    if migrate:
        command.upgrade(config, "head")
    elif found != set(scripts.get_heads()):
        raise StoreError("Another Retake is preparing this data folder. Start this one again in a moment.")


@contextmanager
def _failures_told() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreError(_sentence_of(error)) from error


def _sentence_of(error: DBAPIError) -> str:
    name: str = getattr(error.orig, "sqlite_errorname", "")
    # Extended names add to the plain one: SQLITE_IOERR_WRITE.
    found = next((sentence for start, sentence in _SENTENCES.items() if name.startswith(start)), None)
    return found or "The database refused a change. Nothing was written; the log file has the details."
