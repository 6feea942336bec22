"""The database that keeps the history: SQLite by default, PostgreSQL for several machines.

The database's own transactions decide who writes: a writer locks the series first and
reads after that, so every decision is made on the newest state.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import alembic.command
import sqlalchemy as sa
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from impulscal.errors import HistoryError, _
from impulscal.history import tables
from impulscal.history.transaction import Transaction

__all__ = ["Database"]

# How long to wait for another writer, unless the address says ``?timeout=…``. Somebody
# may be waiting for a page meanwhile.
_BUSY_SECONDS = 10

_DRIVER = "postgresql+psycopg"

# The same for a server, by the names of its own library; the address may say otherwise. A
# server that vanished is not waited for, and a client that vanished (its machine, the
# network) does not keep its locks.
_PATIENCE = {
    "connect_timeout": _BUSY_SECONDS,
    "tcp_user_timeout": _BUSY_SECONDS * 1000,  # milliseconds
    "keepalives_idle": _BUSY_SECONDS,
    "keepalives_interval": _BUSY_SECONDS,
    "keepalives_count": 3,
    "options": f"-c lock_timeout={_BUSY_SECONDS}s -c idle_in_transaction_session_timeout=60s",
    "fallback_application_name": "impulscal",
}


class Database:
    """One history; safe to share between threads and processes."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._reader = _of_one_state(engine)
        self._writer = engine.execution_options(writes=True)

    @classmethod
    def open(cls, url: str) -> "Database":
        """Open the history at ``url``, make or migrate it where needed.

        Raises:
            HistoryError: It cannot be opened, or a newer release wrote it.
        """
        parsed = _parse(url)
        file = _file(parsed)
        if file is not None:
            _make_folder(file)
        with _told(parsed):
            database = cls(_engine(parsed))
            try:
                database._migrate()
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
        parsed = _parse(url)
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
        parsed = _parse(url)
        if parsed.get_backend_name() == "sqlite":
            # ``mode=ro`` needs the URI form; it quotes ? and # in the path.
            address = Path(str(parsed.database)).absolute().as_uri().replace("file://", "file:")
            parsed = parsed.set(database=address, query={"mode": "ro", "uri": "true"})
        with _told(parsed):
            source = cls(_engine(parsed))
            try:
                return source._copied()
            finally:
                source.close()

    @classmethod
    def in_memory(cls) -> "Database":
        """Return an empty history that ends with the process."""
        database = cls(_memory())
        database._migrate()
        return database

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator["Transaction"]:
        """Read one consistent state.

        Raises:
            HistoryError: The database cannot be read.
        """
        with _told(self._engine.url), self._reader.begin() as connection:
            yield Transaction(connection)

    @contextmanager
    def writing(self) -> Iterator["Transaction"]:
        """Read and write in one transaction; all or nothing is kept.

        Raises:
            HistoryError: The database cannot be written.
        """
        with _told(self._engine.url), self._writer.begin() as connection:
            yield Transaction(connection)

    def _migrate(self) -> None:
        config = _alembic()
        script = ScriptDirectory.from_config(config)
        with self._engine.begin() as connection:
            version = _version(connection)
        if version == script.get_current_head():
            return
        if version not in (None, *(step.revision for step in script.walk_revisions())):
            raise HistoryError(
                _(
                    "A newer release of impulscal wrote this history. "
                    "Install that release again; this one could damage it."
                )
            )
        with self._writer.begin() as connection:
            # One process migrates; the others wait for the lock and find it done.
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(7355608)"))
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")

    def _copied(self) -> "Database | None":
        with self._reader.begin() as source:
            version = _version(source)
            if version is None:
                return None
            if version != ScriptDirectory.from_config(_alembic()).get_current_head():
                raise HistoryError(
                    _(
                        "Another release of impulscal wrote this history. "
                        "Start `impulscal serve` of this release once; it brings it up to date."
                    )
                )
            engine = _memory()
            target = Database(engine)
            target._migrate()
            with engine.begin() as sink:
                for table in tables.metadata.sorted_tables:
                    rows = [dict(row) for row in source.execute(table.select()).mappings()]
                    if rows:
                        sink.execute(table.insert(), rows)
        return target


def _parse(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except SQLAlchemyError as error:
        raise HistoryError(
            _(
                "IMPULSCAL_DATABASE_URL is not the address of a database. "
                "Write for example sqlite:///instance/impulscal.sqlite3."
            )
        ) from error
    # Which driver that is by itself depends on the release of SQLAlchemy.
    return parsed.set(drivername=_DRIVER) if parsed.drivername == "postgresql" else parsed


def _file(url: sa.URL) -> Path | None:
    # SQLite also takes ``file:`` addresses and ``:memory:``, which are no paths.
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return None if url.database.startswith(("file:", ":")) else Path(url.database)


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HistoryError(
            _(
                "The folder {folder} for the history cannot be made: {reason}.",
                folder=file.parent,
                reason=error.strerror,
            )
        ) from error


def _engine(url: sa.URL) -> sa.Engine:
    # Parameters are people's names and addresses: no traceback shows them.
    if url.get_backend_name() != "sqlite":
        patience = _PATIENCE if url.drivername == _DRIVER else {}
        unsaid = {name: value for name, value in patience.items() if name not in url.query}
        try:
            # Connections that broke while nobody used them are renewed (pre_ping).
            return sa.create_engine(
                url, pool_pre_ping=True, connect_args=unsaid, hide_parameters=True
            )
        except ImportError as error:
            raise HistoryError(
                _("The history needs the Python package {package}: install it.", package=error.name)
            ) from error
    patience = {} if "timeout" in url.query else {"timeout": _BUSY_SECONDS}
    engine = sa.create_engine(url, connect_args=patience, hide_parameters=True)
    _begin_by_hand(engine)
    return engine


def _of_one_state(engine: sa.Engine) -> sa.Engine:
    """Return ``engine`` for transactions that see one state of the database and change none.

    SQLite has no others. PostgreSQL by itself shows every statement what was committed
    before it: right for a writer, who decides on the newest once it has its lock.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _memory() -> sa.Engine:
    engine = sa.create_engine(
        "sqlite://",
        poolclass=sa.pool.StaticPool,
        connect_args={"check_same_thread": False},
        hide_parameters=True,
    )
    _begin_by_hand(engine)
    return engine


def _begin_by_hand(engine: sa.Engine) -> None:
    """Let SQLite's driver leave transactions to us.

    A writer takes the lock at its beginning: two that read first and then want to
    write would both fail.
    """

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        # Else what is erased stays readable in the file until something else takes its room.
        connection.execute("PRAGMA secure_delete = ON")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _alembic() -> Config:
    config = Config()
    folder = resources.files("impulscal.history").joinpath("migrations")
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _version(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _told(url: sa.URL) -> Iterator[None]:
    """Turn what the database says into an error for people.

    The original is not chained to it: PostgreSQL quotes the row that it refuses, so a
    traceback would show a guest.
    """
    try:
        yield
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        shown = url.difference_update_query(["password", "sslpassword"])
        raise HistoryError(
            _(
                "The history ({address}) cannot be used: {reason}. "
                "Check that the database is there, has room, and may be written.",
                address=shown.render_as_string(hide_password=True),
                reason=reason,
            )
        ) from None
