"""The database that keeps the history: SQLite by default, PostgreSQL for several machines.

The database's own transactions decide who writes: a writer locks the series first and
reads after that, so every decision is made on the newest state.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from impulscal.errors import HistoryError, Message, _, reason_of
from impulscal.history import tables
from impulscal.history.engines import (
    engine_for,
    engine_in_memory,
    file_of,
    of_one_state,
    parse,
)
from impulscal.history.standing_file import StandingFile
from impulscal.history.transaction import Transaction

__all__ = ["Database"]


class Database:
    """One history; safe to share between threads and processes."""

    def __init__(self, engine: sa.Engine, file: StandingFile | None = None) -> None:
        self._engine = engine
        self._file = file
        self._mending = threading.Lock()
        self._reader = of_one_state(engine)
        self._writer = engine.execution_options(writes=True)

    @classmethod
    def open(cls, url: str) -> "Database":
        """Open the history at ``url``, make or migrate it where needed.

        Raises:
            HistoryError: It cannot be opened, or a newer release wrote it.
        """
        parsed = parse(url)
        file = file_of(parsed)
        if file is not None:
            _make_private(file)
        with _told(parsed, sqlite3.Error, OSError):
            database = cls(engine_for(parsed), None if file is None else StandingFile(file))
            try:
                database._migrate()
                if database._file is not None:
                    database._file.hold()
            except BaseException:
                database.close()
                raise
        return database

    @staticmethod
    def exists(url: str) -> bool:
        """Tell whether there is a history at ``url``; that of a server is taken to be there.

        Raises:
            HistoryError: That is not the address of a database.
        """
        parsed = parse(url)
        if parsed.get_backend_name() != "sqlite":
            return True
        return bool(parsed.database) and Path(str(parsed.database)).exists()

    @classmethod
    def copy(cls, url: str) -> "Database | None":
        """Return a copy of the history at ``url`` in memory, or None where there is none.

        For previews and checks: whatever is published into the copy is forgotten, and
        the history itself is only read.

        Raises:
            HistoryError: It cannot be read, or another release wrote it.
        """
        if not cls.exists(url):
            return None
        parsed = _read_only(parse(url))
        with _told(parsed):
            source = cls(engine_for(parsed))
            try:
                return source._copied()
            finally:
                source.close()

    @classmethod
    def as_it_is(cls, url: str) -> "Database":
        """Return the history at ``url`` for reading alone, whichever release wrote it.

        For what was told last while a newer release has the history: its tables may have more
        columns than ours, and every column that is read is named.

        Raises:
            HistoryError: That is not the address of a database.
        """
        return cls(engine_for(_read_only(parse(url))))

    @classmethod
    def in_memory(cls) -> "Database":
        """Return an empty history that ends with the process."""
        engine = engine_in_memory()
        with engine.begin() as connection:
            tables.make(connection)
        return cls(engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()
        if self._file is not None:
            self._file.let_go()

    @contextmanager
    def reading(self) -> Iterator["Transaction"]:
        """Read one consistent state.

        Raises:
            HistoryError: The database cannot be read.
        """
        with self._standing(), self._reader.begin() as connection:
            yield Transaction(connection)

    @contextmanager
    def writing(self) -> Iterator["Transaction"]:
        """Read and write in one transaction; all or nothing is kept.

        Raises:
            HistoryError: The database cannot be written.
        """
        with self._standing(), self._writer.begin() as connection:
            yield Transaction(connection)

    @contextmanager
    def _standing(self) -> Iterator[None]:
        """See to it that connections lead to the file that is there, and tell of errors."""
        try:
            if self._file is not None and not self._file.stands():
                with _told(self._engine.url, sqlite3.Error, OSError):
                    self._stand_again(self._file)
            with _told(self._engine.url):
                yield
        except HistoryError:
            if self._file is not None:
                # What a connection remembers of a damaged file would outlive its repair.
                self._engine.dispose()
            raise

    def _stand_again(self, file: StandingFile) -> None:
        with self._mending:
            if file.stands():
                return
            file.put_back()
            self._engine.dispose()
            self._migrate()
            file.hold()

    def _migrate(self) -> None:
        with self._engine.begin() as connection:
            version = _version(connection)
        if version == tables.VERSION:
            return
        if version is not None:
            # A quarter of what a start takes, and hardly ever needed.
            from impulscal.history import migration  # noqa: PLC0415

            if version not in migration.versions():
                raise HistoryError(
                    _(
                        "A newer release of impulscal wrote this history. "
                        "Install that release again; this one could damage it."
                    )
                )
        with self._writer.begin() as connection:
            # One process makes or migrates; the others wait for the lock and find it done.
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(7355608)"))
            if version is not None:
                migration.upgrade(connection)
            elif _version(connection) is None:
                tables.make(connection)

    def _copied(self) -> "Database | None":
        with self._reader.begin() as source:
            version = _version(source)
            if version is None:
                return None
            if version != tables.VERSION:
                raise HistoryError(
                    _(
                        "Another release of impulscal wrote this history. "
                        "Start `impulscal serve` of this release once; it brings it up to date."
                    )
                )
            target = Database.in_memory()
            with target.writing() as copy:
                for table in tables.metadata.sorted_tables:
                    rows = [dict(row) for row in source.execute(table.select()).mappings()]
                    if rows:
                        copy.connection.execute(table.insert(), rows)
        return target


def _read_only(url: sa.URL) -> sa.URL:
    file = file_of(url)
    if file is None:
        return url
    # ``mode=ro`` needs the URI form; it quotes ? and # in the path.
    address = file.absolute().as_uri().replace("file://", "file:")
    return url.set(database=address, query={"mode": "ro", "uri": "true"})


def _make_private(file: Path) -> None:
    """Make folder and file, where they are missing, for their owner alone: guests are in it.

    SQLite's journals take the mode of the file.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise HistoryError(
            _(
                "The folder {folder} for the history cannot be made: {reason}.",
                folder=file.parent,
                reason=error.strerror,
            )
        ) from error
    with suppress(OSError):  # it is there, or SQLite will say what is wrong
        file.touch(mode=0o600, exist_ok=False)


def _version(connection: sa.Connection) -> str | None:
    """Return the version of the tables as Alembic wrote it down; None where there are none."""
    if not sa.inspect(connection).has_table(tables.version.name):
        return None
    version: str | None = connection.scalar(sa.select(tables.version.c.version_num))
    return version


@contextmanager
def _told(url: sa.URL, *others: type[Exception]) -> Iterator[None]:
    """Turn what the database says, and ``others``, into an error for people.

    The original is not chained to it: PostgreSQL quotes the row that it refuses, so a
    traceback would show a guest.
    """
    troubles: tuple[type[Exception], ...] = (SQLAlchemyError, *others)
    try:
        yield
    except troubles as error:
        reason = _reason(error)
        shown = url.difference_update_query(["password", "sslpassword"])
        raise HistoryError(
            _(
                "The history ({address}) cannot be used: {reason}. "
                "Check that the database is there, has room, and may be written.",
                address=shown.render_as_string(hide_password=True),
                reason=reason,
            )
        ) from None


def _reason(error: Exception) -> Message | str:
    if isinstance(error, OSError):
        return reason_of(error)
    return str(getattr(error, "orig", None) or error).splitlines()[0]
