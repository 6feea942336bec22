"""The database: migrations, copies, Last-Modified, and what it says when it cannot be used."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from history.files import NOW, publish_file, saved, sessions
from impulscal.errors import HistoryError
from impulscal.history import migration, tables
from impulscal.history.database import Database

ONE = sessions("1 2021-06-08 Eins")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url)
    yield opened
    opened.close()


def test_the_migrations_make_the_tables_that_a_new_history_has(
    database: Database, database_url: str
) -> None:
    database.close()
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        made = shape(connection)
        tables.metadata.drop_all(connection)
        tables.version.drop(connection)

        migration.upgrade(connection)

        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
        assert shape(connection) == made
    engine.dispose()


def shape(connection: sa.Connection) -> dict[str, list[str]]:
    """Return which tables there are, what they are made of, and at which version they are."""
    found = sa.inspect(connection)
    names = sorted(found.get_table_names())
    parts: list[Callable[[str], Sequence[Any]]] = [
        found.get_columns,
        found.get_indexes,
        found.get_unique_constraints,
        found.get_foreign_keys,
    ]
    told = {name: sorted(str(part) for tell in parts for part in tell(name)) for name in names}
    return told | {"version": [str(connection.scalar(sa.select(tables.version)))]}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def _open_to_all() -> Iterator[None]:
    """Let new files be readable by everybody, as on most machines."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_open_to_all")
def test_only_its_owner_reads_a_new_history_and_its_journal(tmp_path: Path) -> None:
    file = tmp_path / "instance" / "history.sqlite3"
    database = Database.open(f"sqlite:///{file}")
    with database.writing() as transaction:
        transaction.connection.execute(tables.guest.delete())
        transaction.connection.execute(sa.text("CREATE TABLE written (id INTEGER)"))

        found = {path.name: mode(path) for path in file.parent.iterdir()}
    database.close()

    assert mode(file.parent) == 0o700
    assert found == {"history.sqlite3": 0o600, "history.sqlite3-journal": 0o600}


@pytest.mark.usefixtures("_open_to_all")
def test_a_history_that_is_there_keeps_its_rights(file: Path) -> None:
    file.touch(mode=0o640)

    Database.open(f"sqlite:///{file}").close()

    assert mode(file) == 0o640


def rows(database: Database) -> dict[str, list[sa.Row[Any]]]:
    with database.reading() as transaction:
        return {
            table.name: list(transaction.connection.execute(table.select()))
            for table in tables.metadata.sorted_tables
        }


def test_a_copy_takes_over_everything_and_gives_nothing_back(
    database: Database, database_url: str
) -> None:
    publish_file(database, saved(ONE, 1))
    before = rows(database)

    copy = Database.copy(database_url)

    assert copy is not None
    assert rows(copy) == before
    moved = publish_file(copy, saved(sessions("1 2021-06-15 Eins"), 2))
    assert [change.after.sequence for change in moved.changes] == [1]
    copy.close()
    assert rows(database) == before


def test_a_copy_leaves_the_file_as_it_is(file: Path) -> None:
    database = Database.open(f"sqlite:///{file}")
    publish_file(database, saved(ONE, 1))
    database.close()
    bytes_before = file.read_bytes()

    copy = Database.copy(f"sqlite:///{file}")

    assert copy is not None
    publish_file(copy, saved(sessions("1 2021-06-15 Eins"), 2))
    copy.close()
    assert file.read_bytes() == bytes_before


def test_there_is_no_copy_where_there_is_no_history(database_url: str, tmp_path: Path) -> None:
    assert Database.copy(database_url) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a?b#c.sqlite3", "grün & rot.sqlite3", "%41.sqlite3"])
def test_any_file_name_can_be_copied(tmp_path: Path, name: str) -> None:
    url = sa.URL.create("sqlite", database=str(tmp_path / name))
    database = Database.open(url.render_as_string())
    publish_file(database, saved(ONE, 1))

    copy = Database.copy(url.render_as_string())

    assert copy is not None
    with copy.reading() as transaction:
        assert transaction.series() == ("reihe",)


def test_a_file_that_is_no_database_is_told_in_a_sentence(file: Path) -> None:
    file.write_text("Das ist keine Datenbank, sondern ein längerer Text.\n" * 100)

    with pytest.raises(HistoryError, match="file is not a database"):
        Database.open(f"sqlite:///{file}")


def test_the_history_of_a_newer_release_is_not_touched(
    database: Database, database_url: str
) -> None:
    with database.writing() as transaction:
        transaction.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(HistoryError, match="newer release"):
        Database.open(database_url)
    with pytest.raises(HistoryError, match="Another release"):
        Database.copy(database_url)


def test_the_tables_have_the_version_of_the_newest_migration() -> None:
    assert migration.head() == tables.VERSION


def test_a_password_is_never_told(tmp_path: Path) -> None:
    with pytest.raises(HistoryError) as caught:
        Database.open(f"sqlite://user:geheim@/{tmp_path}/x.sqlite3")

    assert "geheim" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "instance").write_text("")

    with pytest.raises(HistoryError, match="instance"):
        Database.open(f"sqlite:///{tmp_path}/instance/history.sqlite3")


def test_last_modified_stays_while_the_bytes_stay(database: Database) -> None:
    publish_file(database, saved(ONE, 1))

    with database.writing() as transaction:
        stamps = [
            transaction.renew_last_modified(
                "reihe", "/reihe.ics", "a", modified_at=NOW, now=NOW + timedelta(hours=hour)
            )
            for hour in (0, 5)
        ]

    assert stamps == [NOW, NOW]


def test_last_modified_rises_with_bytes_that_changed_without_a_revision(
    database: Database,
) -> None:
    publish_file(database, saved(ONE, 1))
    with database.writing() as transaction:
        for digest, now in (("a", NOW), ("b", NOW + timedelta(hours=5)), ("c", NOW)):
            transaction.renew_last_modified("reihe", "/reihe.ics", digest, modified_at=NOW, now=now)

        assert transaction.last_modified("reihe", "/reihe.ics", "c") == NOW + timedelta(
            hours=5, seconds=1
        )
        assert transaction.last_modified("reihe", "/reihe.ics", "b") is None


def test_bytes_of_an_overtaken_edition_get_no_date(database: Database) -> None:
    publish_file(database, saved(ONE, 1))
    publish_file(database, saved(sessions("1 2021-06-15 Eins"), 2), NOW + timedelta(hours=1))

    with database.writing() as transaction:
        stale = transaction.renew_last_modified(
            "reihe", "/reihe.ics", "a", modified_at=NOW, now=NOW + timedelta(hours=2)
        )

    assert stale is None


def test_instants_come_back_aware_and_in_utc(database: Database) -> None:
    publish_file(database, saved(ONE, 1))

    with database.reading() as transaction:
        (revision,) = transaction.log("reihe")
        publication = transaction.newest_publication("reihe")

    assert revision.revised_at.isoformat() == "2021-05-01T07:00:00+00:00"
    assert publication is not None
    assert publication.published_at == NOW
