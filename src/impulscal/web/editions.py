"""The current editions of this process, and the looks that keep them current.

A look happens when it is due: at the latest ``reload_seconds`` after the last one, and
at the next turning point. Any request makes it, so it works on any WSGI server, however
it forks; `impulscal serve` has a thread that looks without one too. One thread looks; the
others are answered from the editions there are.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from impulscal.edition import Edition, sharing
from impulscal.errors import HistoryError, ImpulscalError
from impulscal.history.database import Database
from impulscal.publication import (
    Outcome,
    Published,
    publish,
    recall,
    republish,
    vanished,
)
from impulscal.schedule.reader.problems import repeated_series, vanished_series
from impulscal.settings import Settings
from impulscal.web.files import Files, FoundFile
from impulscal.web.shelf import Album, Report, Shelf, albums_of, tell

__all__ = ["Editions"]

_log = logging.getLogger("impulscal")

# A stamp lies ahead of the clock by about a second after two edits in one second. A
# clock that was set back is not waited for.
_PATIENCE = timedelta(seconds=2)

# A history that a look has waited for so long is one that hangs, in seconds.
_SLOW = 2.0

# How soon a history that failed is asked again where files are never looked at.
_RETRY_SECONDS = 2.0

# A turning point is noticed that soon without a request, in seconds.
_LONGEST_PAUSE = 1.0

_EMPTY = Shelf(editions={}, waiting=True)


class Editions:
    """Keeps the editions current; one for each process, shared by its threads.

    Attributes:
        next_turn: When the next turning point comes, seconds since 1970; infinity for never.
        tell_others: Called when a look that nobody asked for has found something new.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._seconds = settings.clock.seconds
        self._database: Database | None = None
        self._files = Files(settings)
        self._shelf = _EMPTY
        self._looked = False
        self._looking_since: float | None = None
        self._watched = False
        self._next_look = 0.0
        self.next_turn = math.inf
        self._tried: datetime | None = None
        self._lock = threading.Lock()
        self._asked = threading.Event()
        self.tell_others: Callable[[], None] = lambda: None

    def current(self) -> Shelf:
        """Return what is to be served now; never raises for a broken file or history.

        Where a thread keeps looking, nobody else waits for a file to be read.
        """
        if not self._watched:
            self._look_if_due()
        return self._shelf

    def version(self) -> object:
        """Return the same object as long as the editions stay the same."""
        # Each request asks: what `current` and `_due` do, without their calls.
        if time.monotonic() < self._next_look and self._seconds() < self.next_turn:
            return self._shelf.editions
        return self.current().editions

    @property
    def looked_at(self) -> datetime | None:
        """When the files were last looked at; None before the first time."""
        return self._tried

    def keep_looking(self) -> None:
        """Look whenever it is due, as long as the process lives: for a thread of its own."""
        pause = min(self.settings.reload_seconds or _LONGEST_PAUSE, _LONGEST_PAUSE)
        while True:
            asked, before = self._asked.is_set(), self._shelf.editions
            if asked:
                self._asked.clear()
                self._next_look = 0.0
            try:
                self._look_if_due()
                # Who was told by others tells nobody: no call goes in a circle.
                if self._shelf.editions is not before and not asked:
                    self.tell_others()
            except Exception:  # noqa: BLE001 -- what fails now may work the next time
                _log.exception("A look failed.")
            self._watched = self._looked
            turn = self.next_turn - self.settings.clock.seconds()
            self._asked.wait(min(pause, turn) if turn > 0 else pause)

    def wait_for_writers(self) -> None:
        """Wait until no file is being written, for a moment at most: before the first look."""
        self._files.rest()

    def look_soon(self) -> None:
        """Let the thread that keeps looking do so at once: others have something new."""
        self._asked.set()

    @property
    def history_hangs(self) -> bool:
        """Whether a look waits for something, as for a server that is there and says nothing."""
        since = self._looking_since
        return since is not None and time.monotonic() - since > _SLOW

    @property
    def history_failed(self) -> bool:
        """Whether the last look could not use the history."""
        return self._shelf.failure is not None

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

    def _look_if_due(self) -> None:
        if self._due() and self._lock.acquire(blocking=not self._looked):
            try:
                if self._due():
                    self._looking_since = time.monotonic()
                    self._look()
            finally:
                self._looking_since = None
                self._lock.release()

    def _due(self) -> bool:
        if time.monotonic() >= self._next_look:
            return True
        return self.settings.clock.seconds() >= self.next_turn

    def _look(self) -> None:
        before, moment = self._shelf, self.settings.clock.now()
        try:
            shelf = self._renewed(before, moment)
        except HistoryError as error:
            shelf = replace(self._recalled(before), failure=error)
            if str(error) != str(before.failure):
                _log.error("%s The last good editions stay.", error)
        ahead = [edition.modified_at for edition in shelf.editions.values()]
        if ahead and shelf is not before:
            self.settings.clock.wait_for(max(ahead), at_most=_PATIENCE)
        self._shelf = shelf
        self._looked = True
        self._tried = moment
        wait = self.settings.reload_seconds or (_RETRY_SECONDS if shelf.failure else math.inf)
        turn = shelf.next_turn(moment)
        self.next_turn = math.inf if turn is None else turn.timestamp()
        self._next_look = time.monotonic() + wait

    def _recalled(self, before: Shelf) -> Shelf:
        """Return ``before``; where it is empty, with what can be read of the history."""
        if before.editions:
            return before
        try:
            database = self._readable()
            with database.reading() as transaction:
                known = transaction.series()
            now = self.settings.clock.now()
            editions = {series: recall(database, series, now=now) for series in known}
        except ImpulscalError:
            return before
        if database is not self._database:
            database.close()
        return replace(before, editions=editions)

    def _readable(self) -> Database:
        try:
            return self.database()
        except HistoryError:
            if self.settings.preview:
                raise
            # That of a newer release, in a deployment that is rolling on or was taken back.
            return Database.as_it_is(self.settings.database_url)

    def _renewed(self, before: Shelf, moment: datetime) -> Shelf:
        changed = self._files.look()
        database = self.database()
        with database.reading() as transaction:
            state = transaction.state()
        turned = self.next_turn <= moment.timestamp()
        if self._looked and not (changed or turned or before.failure) and state == before.state:
            return before
        shelf = self._published(database, before)
        # The state from before: what another process writes meanwhile shows in the next look.
        return replace(shelf, state=state)

    def _published(self, database: Database, before: Shelf) -> Shelf:
        editions: dict[str, Edition] = {}
        reports = []
        taken: set[str] = set()
        for found in self._files.found():
            report, edition = self._publish(database, found, taken, before)
            reports.append(report)
            if edition is not None:
                editions[edition.series.id] = edition
        with database.reading() as transaction:
            known = transaction.series()
            orphans = [
                report
                for report in reports
                if report.outcome is Outcome.REFUSED
                and report.series not in editions
                and not transaction.series_of_path(str(report.path.absolute()))
            ]
            albums = albums_of(self._files.found(), known, transaction)
        files = [report.path for report in reports]
        # What was served goes on, also when the history was lost and knows nothing of it.
        for series in sorted({*known, *before.editions} - editions.keys()):
            edition = self._last_good(database, series, before)
            if edition is not None:
                editions[series] = edition
                gone = vanished(database, series, files, now=edition.moment)
                if gone is not None:
                    reports.append(_missing(gone, series))
        tell(reports, before, preview=self.settings.preview)
        return Shelf(
            editions=_unless_all_same(before, editions, albums),
            albums=albums,
            reports=tuple(reports),
            waiting=bool(orphans) or not editions.keys() >= set(known),
        )

    def _publish(
        self, database: Database, found: FoundFile, taken: set[str], before: Shelf
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
            try:
                now = self.settings.clock.now(schedule.series.timezone)
                told = before.editions.get(schedule.series.id)
                published = publish(
                    database,
                    found.file,
                    reading,
                    now=now,
                    told=told,
                    lies_there=found.is_as_found,
                )
            except HistoryError:
                raise
            except Exception:  # noqa: BLE001 -- one file's bug is not the others'
                _log.exception("%s cannot be published.", found.path)
                published = Published(outcome=Outcome.REFUSED, problems=reading.problems)
        report = Report(
            path=found.path,
            series=series,
            outcome=published.outcome,
            problems=published.problems,
        )
        return report, published.edition

    def _last_good(self, database: Database, series: str, before: Shelf) -> Edition | None:
        edition = before.editions.get(series)
        timezone = "Europe/Berlin" if edition is None else edition.series.timezone
        try:
            now = self.settings.clock.now(timezone)
            return republish(database, series, now=now, told=edition).edition
        except HistoryError:
            raise
        except ImpulscalError as error:
            _log.error("%s: %s", series, error)
        except Exception:  # noqa: BLE001 -- one series' bug is not the others'
            _log.exception("%s cannot be published again.", series)
        return edition


def _missing(path: Path, series: str) -> Report:
    problems = (vanished_series(series),)
    return Report(path=path, series=series, outcome=Outcome.REFUSED, problems=problems)


def _unless_same(before: Edition, edition: Edition) -> Edition:
    """Return ``before`` where ``edition`` tells the same: what was rendered still holds."""
    same = (before.digest, before.modified_at, before.next_turn, before.topics) == (
        edition.digest,
        edition.modified_at,
        edition.next_turn,
        edition.topics,
    )
    return before if same else sharing(before, edition)


def _unless_all_same(
    before: Shelf, editions: Mapping[str, Edition], albums: Mapping[str, Album]
) -> Mapping[str, Edition]:
    """Return those of ``before`` where nothing is different: they are the version of all answers.

    With other pictures an edition is another one, for pages name them by their bytes.
    """
    kept = {}
    for series, edition in editions.items():
        known = before.editions.get(series)
        if known is None:
            kept[series] = edition
        elif before.albums.get(series) == albums.get(series):
            kept[series] = _unless_same(known, edition)
        else:
            kept[series] = sharing(known, edition)
    same = kept.keys() == before.editions.keys() and all(
        kept[name] is edition for name, edition in before.editions.items()
    )
    return before.editions if same else kept
