"""The log of a series as far as an edition has told it."""

from dataclasses import dataclass
from datetime import datetime

from impulscal.edition import Edition
from impulscal.history.log import News, news, told
from impulscal.history.revisions import Revision
from impulscal.web.addresses import site

__all__ = ["Log", "log_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What the public may know of the history of a series.

    Attributes:
        revisions: Oldest first.
        news: What of it people want to know, newest first.
        founded_at: When the series was first published, UTC; it never changes.
    """

    revisions: tuple[Revision, ...]
    news: tuple[News, ...]
    founded_at: datetime


def log_of(edition: Edition) -> Log:
    """Return the log of ``edition``: also while the history is already ahead of it.

    Raises:
        HistoryError: The history cannot be read.
    """
    series = edition.series.id
    with site().editions.database().reading() as transaction:
        entire = transaction.log(series)
        founded_at = transaction.history(series).founded_at
    # What was restored into a new history is older than that.
    stamps = [entry.revised_at for entry in entire[:1]]
    opened_at = min(stamps, default=None)
    known = [stamp for stamp in (founded_at, opened_at) if stamp is not None]
    public = told(entire, until=edition.modified_at)
    return Log(
        revisions=public,
        news=news(public, opened_at=opened_at),
        founded_at=min(known, default=edition.modified_at),
    )
