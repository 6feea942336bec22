"""The database for commands that work on what is kept, and make none."""

from collections.abc import Iterator
from contextlib import contextmanager

from impulscal.errors import ImpulscalError, Message, _
from impulscal.history.database import Database
from impulscal.settings import Settings

__all__ = ["kept_database", "open_kept"]


@contextmanager
def kept_database(settings: Settings) -> Iterator[Database]:
    """Give the database, for what is kept of guests.

    Raises:
        ImpulscalError: There is none.
        HistoryError: It cannot be used.
    """
    nothing = _(
        "There is no database, so there are no guests and no messages. "
        "IMPULSCAL_DATABASE_URL names it."
    )
    with open_kept(settings, nothing) as database:
        yield database


@contextmanager
def open_kept(settings: Settings, nothing: Message) -> Iterator[Database]:
    """Give the database.

    Args:
        settings: Name it.
        nothing: What is said where there is none.

    Raises:
        ImpulscalError: There is none.
        HistoryError: It cannot be used.
    """
    if not Database.exists(settings.database_url):
        raise ImpulscalError(nothing)
    database = Database.open(settings.database_url)
    try:
        yield database
    finally:
        database.close()
