"""The database for commands that work on what is kept, and make none."""

from collections.abc import Iterator
from contextlib import contextmanager

from impulscal.errors import ImpulscalError, _
from impulscal.history.database import Database
from impulscal.settings import Settings

__all__ = ["kept_database"]


@contextmanager
def kept_database(settings: Settings) -> Iterator[Database]:
    """Give the database.

    Raises:
        ImpulscalError: There is none.
        HistoryError: It cannot be used.
    """
    if not Database.exists(settings.database_url):
        raise ImpulscalError(
            _(
                "There is no database, so there are no guests and no messages. "
                "IMPULSCAL_DATABASE_URL names it."
            )
        )
    database = Database.open(settings.database_url)
    try:
        yield database
    finally:
        database.close()
