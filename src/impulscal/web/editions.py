"""The current editions of this process, and the looks that keep them current.

A look happens on a request, when it is due: at the latest ``reload_seconds`` after the
last one, and at the next turning point. One thread looks; the others are answered from
the editions there are. So it works on any WSGI server, however it forks.
"""

import logging
import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from impulscal.edition import Edition
from impulscal.errors import HistoryError, ImpulscalError
from impulscal.history.database import Database
from impulscal.publication import (
    Outcome,
    Published,
    SavedFile,
    load,
    publish,
    republish,
    schedule_files,
)
from impulscal.schedule.reader import Problem, Reading, read
from impulscal.schedule.reader.problems import repeated_series
from impulscal.settings import Settings

__all__ = ["Editions", "Report", "Shelf"]

_log = logging.getLogger("impulscal")

# A stamp lies ahead of the clock by about a second after two edits in one second. A
# clock that was set back is not waited for.
_PATIENCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the last look found of one file.

    Attributes:
        series: Id of the series the file holds, as far as it could be read.
        outcome: What became of it.
    """

    path: Path
    series: str | None
    outcome: Outcome
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What is served at the moment; replaced as a whole.

    Attributes:
        editions: By series id.
        reports: One for each file, in the order of the settings.
        failure: Why the history could not be used in the last look, if so.
        waiting: Whether a file never made it to an edition: an address that is
            unknown now may be its own.
        state: The history's token at the last look.
    """

    editions: Mapping[str, Edition]
    reports: tuple[Report, ...] = ()
    failure: ImpulscalError | None = None
    waiting: bool = False
    state: tuple[int, int] = (0, 0)

    def next_turn(self) -> datetime | None:
        """Return when the first of the editions is due to change by itself."""
        turns = [edition.next_turn for edition in self.editions.values() if edition.next_turn]
        return min(turns, default=None)


# How soon a history that failed is asked again where files are never looked at.
_RETRY_SECONDS = 2.0

_EMPTY = Shelf(editions={}, waiting=True)


@dataclass(frozen=True, slots=True)
class _Found:
    """A file as of its last change, read."""

    signature: tuple[int, ...]
    file: SavedFile | None
    reading: Reading


class Editions:
    """Keeps the editions current; one for each process, shared by its threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._database: Database | None = None
        self._files: dict[Path, _Found] = {}
        self._shelf = _EMPTY
        self._looked = False
        self._next_look = 0.0
        self._tried: datetime | None = None
        self._lock = threading.Lock()

    def current(self) -> Shelf:
        """Return what is to be served now; never raises for a broken file or history."""
        if self._due() and self._lock.acquire(blocking=not self._looked):
            try:
                if self._due():
                    self._look()
            finally:
                self._lock.release()
        return self._shelf

    def database(self) -> Database:
        """Return the history, or in a preview a copy of it in memory.

        Raises:
            HistoryError: It cannot be used.
        """
        if self._database is None:
            if self.settings.preview:
                copy = Database.copy(self.settings.database_url)
                self._database = copy or Database.in_memory()
            else:
                self._database = Database.open(self.settings.database_url)
        return self._database

    def _due(self) -> bool:
        if not self._looked or time.monotonic() >= self._next_look:
            return True
        turn = self._shelf.next_turn()
        # One try for each turning point; if it failed, the next look tries again.
        return turn is not None and turn != self._tried and turn <= self.settings.clock.now()

    def _look(self) -> None:
        before = self._shelf
        try:
            shelf = self._renewed(before)
        except HistoryError as error:
            shelf = replace(before, failure=error)
            if str(error) != str(before.failure):
                _log.error("%s The last good editions stay.", error)
        ahead = [edition.modified_at for edition in shelf.editions.values()]
        if ahead and shelf is not before:
            self.settings.clock.wait_for(max(ahead), at_most=_PATIENCE)
        self._shelf = shelf
        self._looked = True
        self._tried = before.next_turn()
        wait = self.settings.reload_seconds or (_RETRY_SECONDS if shelf.failure else math.inf)
        self._next_look = time.monotonic() + wait

    def _renewed(self, before: Shelf) -> Shelf:
        changed = self._take_files()
        database = self.database()
        with database.reading() as transaction:
            state = transaction.state()
        turn = before.next_turn()
        turned = turn is not None and turn <= self.settings.clock.now()
        if self._looked and not (changed or turned or before.failure) and state == before.state:
            return before
        return self._published(database, before)

    def _published(self, database: Database, before: Shelf) -> Shelf:
        editions: dict[str, Edition] = {}
        reports = []
        taken: set[str] = set()
        for path, found in self._files.items():
            report, edition = self._publish(database, path, found, taken)
            reports.append(report)
            if edition is not None:
                editions[edition.series.id] = edition
        with database.reading() as transaction:
            known = transaction.series()
            orphans = [
                report
                for report in reports
                if report.outcome is Outcome.REFUSED
                and not transaction.series_of_path(str(report.path.absolute()))
            ]
        for series in known:
            if series not in editions:
                edition = self._last_good(database, series, before)
                if edition is not None:
                    editions[series] = edition
        with database.reading() as transaction:
            state = transaction.state()
        _tell(reports, before)
        return Shelf(
            editions=editions,
            reports=tuple(reports),
            waiting=bool(orphans) or len(editions) < len(known),
            state=state,
        )

    def _publish(
        self, database: Database, path: Path, found: _Found, taken: set[str]
    ) -> tuple[Report, Edition | None]:
        reading = found.reading
        schedule = reading.schedule
        series = None if schedule is None else schedule.series.id
        if found.file is None or schedule is None:
            published = Published(outcome=Outcome.REFUSED, problems=reading.problems)
        elif schedule.series.id in taken:
            again = repeated_series(reading.places.series_id, schedule.series.id)
            published = Published(outcome=Outcome.REFUSED, problems=(*reading.problems, again))
        else:
            taken.add(schedule.series.id)
            now = self.settings.clock.now(schedule.series.timezone)
            published = publish(database, found.file, reading, now=now)
        report = Report(
            path=path, series=series, outcome=published.outcome, problems=published.problems
        )
        return report, published.edition

    def _last_good(self, database: Database, series: str, before: Shelf) -> Edition | None:
        edition = before.editions.get(series)
        timezone = "Europe/Berlin" if edition is None else edition.series.timezone
        try:
            return republish(database, series, now=self.settings.clock.now(timezone)).edition
        except HistoryError:
            raise
        except ImpulscalError as error:
            _log.error("%s: %s", series, error)
            return edition

    def _take_files(self) -> bool:
        """Read what is new or changed; return whether anything is."""
        before = self._files
        paths = schedule_files(self.settings.schedules)
        files = {path: self._take(path, before.get(path)) for path in paths}
        changed = files.keys() != before.keys() or any(
            files[path] is not before[path] for path in files
        )
        self._files = files
        return changed

    def _take(self, path: Path, before: _Found | None) -> _Found:
        signature = _signature(path)
        if before is not None and before.signature == signature:
            return before
        loaded = load(path, read_ns=self.settings.clock.file_time_ns())
        if isinstance(loaded, Problem):
            return _Found(signature, None, Reading(None, (loaded,)))
        now = self.settings.clock.now()
        return _Found(signature, loaded, read(loaded.data, folder=path.parent, now=now))


def _signature(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_size, status.st_ino


def _tell(reports: list[Report], before: Shelf) -> None:
    known = {report.path: report for report in before.reports}
    for report in reports:
        if report == known.get(report.path):
            continue
        for problem in report.problems:
            where = f"{report.path}:{problem.line}:{problem.column}"
            _log.warning("%s: %s[%s]: %s", where, problem.severity, problem.code, problem.message)
        if report.outcome is Outcome.REFUSED:
            _log.error("%s is not published; the last good edition stays.", report.path)
        elif report.outcome is Outcome.SUPERSEDED:
            _log.warning("%s was published and superseded; the newer edition stays.", report.path)
        elif report.outcome is Outcome.PUBLISHED:
            _log.info("%s is published.", report.path)
