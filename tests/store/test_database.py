"""The engine policy, the migrations, and what is said when the database fails."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, inspect, select, text
from sqlalchemy.exc import OperationalError

from studio.errors import StoreError
from studio.store.database import Database, open_database
from studio.store.rows import columns_of
from studio.store.schema import BLOBS, CONVERSATIONS, METADATA
from tests.factories import a_conversation


def pragma(connection: Connection, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_every_connection_is_safe_against_a_power_cut_and_checks_references(database: Database) -> None:
    with database.read() as first, database.read() as second:
        for connection in (first, second):
            assert pragma(connection, "journal_mode") == "wal"
            assert pragma(connection, "synchronous") == 2
            assert pragma(connection, "foreign_keys") == 1
            assert pragma(connection, "busy_timeout") == 30_000


def test_an_empty_folder_gets_the_schema_of_the_code(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert set(inspect(connection).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_opening_again_keeps_what_is_there(database_path: Path) -> None:
    first = open_database(database_path)
    with first.write() as connection:
        connection.execute(insert(BLOBS).values(sha256="a" * 64, size_bytes=7))
    first.close()
    second = open_database(database_path)
    with second.read() as connection:
        assert connection.execute(select(BLOBS.c.size_bytes)).scalar_one() == 7
    second.close()


def test_a_folder_of_a_newer_version_is_refused_and_left_alone(database_path: Path) -> None:
    database = open_database(database_path)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    before = database_path.read_bytes()
    with pytest.raises(StoreError, match=r"a newer Retake \(schema 9999\)"):
        open_database(database_path)
    assert database_path.read_bytes() == before


def test_a_migration_that_fails_leaves_no_half_schema(database_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr("alembic.op.create_index", fail)
        with pytest.raises(RuntimeError, match="power cut"):
            open_database(database_path)
    database = open_database(database_path)
    with database.read() as connection:
        assert set(inspect(connection).get_table_names()) == {*METADATA.tables, "alembic_version"}
    database.close()


def test_a_folder_name_with_a_percent_sign_works(tmp_path: Path) -> None:
    open_database(tmp_path / "100%(a)s" / "studio.db").close()


def test_an_address_works_like_a_path(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/studio.db").close()
    assert (tmp_path / "studio.db").is_file()


def test_a_file_that_is_no_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "studio.db").write_bytes(b"not a database at all " * 500)
    with pytest.raises(StoreError, match="is not one"):
        open_database(tmp_path / "studio.db")


def test_a_file_in_place_of_the_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreError, match="a file is in its place"):
        open_database(tmp_path / "data" / "studio.db")


def test_an_address_without_a_driver_is_refused_with_a_sentence() -> None:
    with pytest.raises(StoreError, match="No driver"):
        open_database("nosuchbase://localhost/studio")


def test_a_full_disk_is_said_and_nothing_of_the_transaction_stays(database: Database) -> None:
    rows = [{"sha256": f"{number:064}", "size_bytes": 1} for number in range(5_000)]

    def fill() -> None:
        with database.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pragma(connection, 'page_count')}")
            connection.execute(insert(BLOBS), rows)

    with pytest.raises(StoreError, match="is full"):
        fill()
    with database.read() as connection:
        assert connection.execute(select(BLOBS)).all() == []


def test_a_row_that_refers_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(StoreError, match="Nothing was written"), database.write() as connection:
        connection.execute(text("INSERT INTO blob_owners VALUES ('local', 'nothing', 'image/png')"))


def test_a_read_sees_one_moment_while_another_writes(database: Database) -> None:
    with database.read() as reader:
        assert reader.execute(select(BLOBS)).all() == []
        with database.write() as writer:
            writer.execute(insert(BLOBS).values(sha256="a" * 64, size_bytes=1))
        assert reader.execute(select(BLOBS)).all() == []
    with database.read() as reader:
        assert len(reader.execute(select(BLOBS)).all()) == 1


def test_a_write_is_alone_from_its_first_read_on(database: Database) -> None:
    with database.write() as first, database.read() as second:
        first.execute(select(BLOBS)).all()
        second.exec_driver_sql("PRAGMA busy_timeout=0")
        with pytest.raises(OperationalError, match="database is locked"):
            second.execute(insert(BLOBS).values(sha256="a" * 64, size_bytes=1))


@pytest.mark.parametrize("amount", ["0", "0.10", "0.1000", "1E+2", "-0.5", "1E-31", "12345678901234567890.12"])
def test_money_keeps_every_digit(database: Database, amount: str) -> None:
    with database.write() as connection:
        connection.execute(insert(CONVERSATIONS).values(columns_of(a_conversation(budget_usd=Decimal(amount)))))
        read = connection.execute(select(CONVERSATIONS.c.budget_usd)).scalar_one()
    assert str(read) == amount


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_money_that_is_no_amount_is_refused(database: Database, amount: str) -> None:
    row = columns_of(a_conversation(budget_usd=Decimal(amount)))
    with pytest.raises(Exception, match="finite"), database.write() as connection:
        connection.execute(insert(CONVERSATIONS).values(row))


def test_times_sort_as_text_whatever_their_zone_or_precision(database: Database) -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    times = [
        noon,
        noon + timedelta(microseconds=1),
        (noon + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=-9))),
        (noon + timedelta(seconds=2)).astimezone(timezone(timedelta(hours=5, minutes=30))),
    ]
    rows = [columns_of(a_conversation(updated_at=time)) for time in reversed(times)]
    with database.write() as connection:
        connection.execute(insert(CONVERSATIONS), rows)
        found = connection.execute(select(CONVERSATIONS.c.updated_at).order_by(CONVERSATIONS.c.updated_at))
        read = found.scalars().all()
    assert read == times
    assert all(time.utcoffset() == timedelta(0) for time in read)


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    row = columns_of(a_conversation(created_at=datetime(2026, 11, 22, tzinfo=UTC).replace(tzinfo=None)))
    with pytest.raises(Exception, match="without a zone"), database.write() as connection:
        connection.execute(insert(CONVERSATIONS).values(row))
