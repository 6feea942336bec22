"""Publishing: from a saved file, or the last one published, to an edition.

Everything is decided and written in one transaction, so several processes that share
a history come to the same edition, and a kill at any point leaves all or nothing.
"""

import functools
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from impulscal.collector import held_back
from impulscal.edition import Edition, make_edition
from impulscal.errors import NoEditionError, _
from impulscal.history.continuity import breaches, left_behind
from impulscal.history.data import merge
from impulscal.history.database import Database
from impulscal.history.revisions import Change, History, Revision, revise
from impulscal.history.transaction import Publication, Transaction
from impulscal.saved_file import SavedFile
from impulscal.schedule.model import Schedule, slug
from impulscal.schedule.reader import Code, Problem, Reading, read
from impulscal.schedule.reader.problems import removed_series

__all__ = [
    "Outcome",
    "Published",
    "last_schedule",
    "publish",
    "recall",
    "republish",
    "vanished",
]

_log = logging.getLogger("impulscal")


class Outcome(StrEnum):
    """What became of a file that was to be published."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The outcome of publishing.

    Attributes:
        edition: What is to be served from now on; None where the file was refused.
        changes: What changed for subscribers by this step.
        problems: What is wrong with the file, warnings included.
    """

    outcome: Outcome
    edition: Edition | None = None
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()


class _RefusedError(Exception):
    """Rolls the transaction back."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__()
        self.problems = problems


@held_back()
def publish(  # noqa: PLR0913 -- what was told, and what lies there, only a server knows
    database: Database,
    file: SavedFile,
    reading: Reading,
    *,
    now: datetime,
    told: Edition | None = None,
    lies_there: Callable[[], bool] = lambda: True,
) -> Published:
    """Publish ``file``, unless it is broken, breaks what was published, or is superseded.

    A file that was published once and superseded since (another machine is ahead, a
    rolling deployment) is not published again unless it was saved after that; the
    edition of the history is then what holds. So replicas with different files never
    take turns undoing each other.

    Args:
        database: The history; all is done in one transaction.
        file: The file.
        reading: What ``read`` made of it.
        now: The moment, aware.
        told: What subscribers were told last, as far as it is known: a history that was
            lost or is an older copy learns it first, so that no SEQUENCE falls.
        lies_there: Tells whether what was read is still what lies there. Another process
            may have read and published its successor first; the edition of the history is
            then what holds, until the successor was read here too.

    Raises:
        HistoryError: The database cannot be used; nothing was published.
    """
    if reading.schedule is None:
        return Published(outcome=Outcome.REFUSED, problems=reading.problems)
    series = reading.schedule.series
    try:
        with database.writing() as transaction:
            transaction.add_series(series.id, series.domain)
            transaction.lock(series.id)
            _remember(transaction, told)
            newest = transaction.newest_publication(series.id)
            if newest is not None and newest.read_ns > file.read_ns and not lies_there():
                edition, changes = _brought_up_to(transaction, newest, now)
                outcome = Outcome.UNCHANGED
            elif newest is not None and _superseded(transaction, newest, file):
                edition, changes = _brought_up_to(transaction, newest, now)
                outcome = Outcome.SUPERSEDED
            else:
                edition, changes = _published(transaction, newest, file, reading, now)
                new = newest is None or newest.digest != file.digest
                outcome = Outcome.PUBLISHED if new else Outcome.UNCHANGED
    except _RefusedError as refused:
        return Published(outcome=Outcome.REFUSED, problems=refused.problems)
    problems = tuple(_without_moved(reading, edition))
    return Published(outcome=outcome, edition=edition, changes=changes, problems=problems)


def _without_moved(reading: Reading, edition: Edition) -> Iterator[Problem]:
    """Yield the problems, but not that a session is off the rhythm because it was moved.

    The reader cannot know: only the history tells what was moved.
    """
    places = reading.places
    moved = {
        place
        for session in edition.sessions
        if session.revision.moved
        for place in (places.session_date(session.id), places.session_start(session.id))
    }
    for problem in reading.problems:
        if problem.code != Code.OFF_RHYTHM or problem.place not in moved:
            yield problem


def republish(
    database: Database, series: str, *, now: datetime, told: Edition | None = None
) -> Published:
    """Bring the last published text of ``series`` to the moment ``now``; ``told`` as above.

    For a series whose file is broken or gone: what was published goes on, turning
    points included.

    Raises:
        HistoryError: The database cannot be used.
        NoEditionError: Nothing was ever published, or this release cannot read it.
    """
    with database.writing() as transaction:
        transaction.lock(series)
        _remember(transaction, told)
        edition, changes = _brought_up_to(transaction, _newest(transaction, series), now)
    return Published(outcome=Outcome.UNCHANGED, edition=edition, changes=changes)


def recall(database: Database, series: str, *, now: datetime) -> Edition:
    """Return what was told last of ``series`` without writing anything.

    For a process that starts while the history cannot be written.

    Raises:
        HistoryError: The database cannot be read.
        NoEditionError: Nothing was ever published, or this release cannot read it.
    """
    with database.reading() as transaction:
        newest = _newest(transaction, series)
        return make_edition(
            _schedule_of(newest),
            transaction.history(series),
            digest=newest.digest,
            moment=now,
            topics=transaction.topics(series),
        )


def last_schedule(transaction: Transaction, series: str) -> Schedule:
    """Return what was published last of ``series``, private links included.

    Raises:
        NoEditionError: Nothing was ever published, or this release cannot read it.
    """
    return _schedule_of(_newest(transaction, series))


def _remember(transaction: Transaction, told: Edition | None) -> None:
    """Write down what subscribers were told and the history does not know."""
    if told is None:
        return
    series, known = told.series, transaction.numbers(told.series.id)
    revisions = [session.revision for session in told.sessions]
    if all(_is_known(revision, known.get(revision.session)) for revision in revisions):
        return
    transaction.add_series(series.id, series.domain)
    transaction.lock(series.id)
    merge(transaction, series.id, revisions)
    transaction.add_topics(series.id, told.topics)
    _log.warning(
        "The history knew less of %s than subscribers do. It was told what they know.", series.id
    )


def _is_known(revision: Revision, latest: tuple[int, str] | None) -> bool:
    if latest is None:
        return False
    return latest[0] > revision.sequence or latest == (revision.sequence, revision.fingerprint)


def _newest(transaction: Transaction, series: str) -> Publication:
    newest = transaction.newest_publication(series)
    if newest is None:
        raise NoEditionError(_("Nothing was ever published of {series}.", series=series))
    return newest


def vanished(
    database: Database, series: str, files: Collection[Path], *, now: datetime
) -> Path | None:
    """Return the path of the file of ``series`` if it is gone and people wait for sessions.

    Args:
        database: The history.
        series: Id of a series that none of ``files`` has published.
        files: The files that are there, or are known to be missing.
        now: The moment; a series that is over may go.

    Raises:
        HistoryError: The database cannot be read.
    """
    with database.reading() as transaction:
        newest = transaction.newest_publication(series)
        if newest is None or newest.path in {str(file.absolute()) for file in files}:
            return None
        waited_for = left_behind(transaction.history(series), now=now)
    return Path(newest.path) if waited_for else None


def _superseded(transaction: Transaction, newest: Publication, file: SavedFile) -> bool:
    if newest.digest == file.digest:
        return False
    superseded_ns = transaction.superseded_ns(newest.series, file.digest)
    return superseded_ns is not None and file.saved_ns <= superseded_ns


def _brought_up_to(
    transaction: Transaction, newest: Publication, now: datetime
) -> tuple[Edition, tuple[Change, ...]]:
    """Let the turning points since ``newest`` pass."""
    schedule = _schedule_of(newest)
    history, changes = _revised(transaction, transaction.history(newest.series), schedule, now)
    return _edition(transaction, schedule, history, newest.digest, now), changes


def _published(
    transaction: Transaction,
    newest: Publication | None,
    file: SavedFile,
    reading: Reading,
    now: datetime,
) -> tuple[Edition, tuple[Change, ...]]:
    schedule = reading.schedule
    assert schedule is not None  # noqa: S101 -- ``publish`` has turned the others away
    series = schedule.series.id
    history = transaction.history(series)
    _refuse_breaches(transaction, file, reading, history, now)
    history, changes = _revised(transaction, history, schedule, now)
    if newest is None or newest.digest != file.digest:
        transaction.add_publication(_publication(series, file, now))
    return _edition(transaction, schedule, history, file.digest, now), changes


def _refuse_breaches(
    transaction: Transaction, file: SavedFile, reading: Reading, history: History, now: datetime
) -> None:
    schedule = reading.schedule
    assert schedule is not None  # noqa: S101 -- ``publish`` has turned the others away
    found = list(breaches(history, schedule, reading.places, now=now))
    found += [
        removed_series(reading.places.series_id, other)
        for other in transaction.series_of_path(str(file.path))
        if other != schedule.series.id and left_behind(transaction.history(other), now=now)
    ]
    if found:
        raise _RefusedError(tuple(sorted((*reading.problems, *found))))


def _revised(
    transaction: Transaction, history: History, schedule: Schedule, now: datetime
) -> tuple[History, tuple[Change, ...]]:
    changes = revise(history, schedule, now=now)
    transaction.add_changes(schedule.series.id, changes)
    founded_at = history.founded_at or now.astimezone(UTC).replace(microsecond=0)
    return replace(history.after(changes), founded_at=founded_at), changes


def _edition(
    transaction: Transaction, schedule: Schedule, history: History, digest: str, now: datetime
) -> Edition:
    series = schedule.series.id
    known = transaction.topics(series)
    edition = make_edition(schedule, history, digest=digest, moment=now, topics=known)
    fresh = {topic: name for topic, name in _topics(edition).items() if topic not in known}
    transaction.add_topics(series, fresh)
    topics = dict(sorted({**known, **fresh}.items()))
    return replace(edition, topics=topics)


def _topics(edition: Edition) -> Mapping[str, str]:
    language = edition.series.language
    names = [
        session.public.topic.in_language(language)
        for session in edition.sessions
        if session.public.topic is not None
    ]
    return {slug(name): name for name in names}


def _publication(series: str, file: SavedFile, now: datetime) -> Publication:
    return Publication(
        series=series,
        digest=file.digest,
        text=file.data,
        path=str(file.path),
        saved_ns=file.saved_ns,
        read_ns=file.read_ns,
        published_at=now.astimezone(UTC),
    )


def _schedule_of(publication: Publication) -> Schedule:
    schedule = _read_again(publication.text)
    if schedule is None:
        raise NoEditionError(
            _(
                "This release cannot read what was last published of {series}. "
                "Mend its file: `impulscal check` says how.",
                series=publication.series,
            )
        )
    return schedule


@functools.lru_cache(maxsize=16)
def _read_again(text: bytes) -> Schedule | None:
    # The model does not depend on the moment, only warnings do; they were told before.
    return read(text, folder=None, now=datetime.fromtimestamp(0, UTC)).schedule
