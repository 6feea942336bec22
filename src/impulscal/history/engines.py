"""The door to either kind of database: how it is reached, and how long it is waited for."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from impulscal.errors import HistoryError, _

__all__ = ["engine_for", "engine_in_memory", "file_of", "of_one_state", "parse"]

_DRIVER = "postgresql+psycopg"

# How long to wait for another writer, unless the address says ``?timeout=…``. Somebody
# may be waiting for a page meanwhile.
_BUSY_SECONDS = 10

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


def parse(url: str) -> sa.URL:
    """Return the address ``url`` of a database, in SQLAlchemy's form.

    Raises:
        HistoryError: It is none.
    """
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


def file_of(url: sa.URL) -> Path | None:
    """Return the file of an SQLite; None for a server, or where there is no plain file."""
    # SQLite also takes ``file:`` addresses and ``:memory:``, which are no paths.
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return None if url.database.startswith(("file:", ":")) else Path(url.database)


def engine_for(url: sa.URL) -> sa.Engine:
    """Return what connects to the database at ``url``, once it is used.

    Raises:
        HistoryError: There is no driver for it.
    """
    # Parameters are people's names and addresses: no traceback shows them.
    if url.get_backend_name() != "sqlite":
        patience = _PATIENCE if url.drivername == _DRIVER else {}
        unsaid = {name: value for name, value in patience.items() if name not in url.query}
        try:
            # Connections that broke while nobody used them are renewed (pre_ping).
            engine = sa.create_engine(
                url, pool_pre_ping=True, connect_args=unsaid, hide_parameters=True
            )
        except ImportError as error:
            raise HistoryError(
                _("The history needs the Python package {package}: install it.", package=error.name)
            ) from error
        if url.drivername == _DRIVER:
            # Here, since whoever has an SQLite does not wait for psycopg to be imported.
            from impulscal.history.patience import use_patient_connections  # noqa: PLC0415

            use_patient_connections(engine)
        return engine
    patience = {} if "timeout" in url.query else {"timeout": _BUSY_SECONDS}
    engine = sa.create_engine(url, connect_args=patience, hide_parameters=True)
    _begin_by_hand(engine)
    return engine


def of_one_state(engine: sa.Engine) -> sa.Engine:
    """Return ``engine`` for transactions that see one state of the database and change none.

    SQLite has no others. PostgreSQL by itself shows every statement what was committed
    before it: right for a writer, who decides on the newest once it has its lock.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def engine_in_memory() -> sa.Engine:
    """Return what connects to an empty SQLite that ends with the process."""
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
