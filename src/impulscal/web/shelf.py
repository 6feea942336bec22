"""What is served at the moment, and what became of each file."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from impulscal.edition import Edition
from impulscal.errors import ImpulscalError
from impulscal.history.transaction import Transaction
from impulscal.publication import Outcome
from impulscal.schedule.reader import Problem
from impulscal.schedule.reader.pictures import Signatures
from impulscal.web.files import FoundFile

__all__ = ["Album", "Report", "Shelf", "albums_of", "tell"]

_log = logging.getLogger("impulscal")


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
class Album:
    """Where the pictures of a series lie.

    Attributes:
        files: Those of its schedule as the last look found them.
    """

    folder: Path
    files: Signatures = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What is served at the moment; replaced as a whole.

    Attributes:
        editions: By series id; another object where anything that is shown is another,
            pictures included.
        reports: One for each file, in the order of the settings.
        failure: Why the history could not be used in the last look, if so.
        waiting: Whether a file never made it to an edition: an address that is
            unknown now may be its own.
        state: The history's token at the last look.
        albums: By series id.
    """

    editions: Mapping[str, Edition]
    reports: tuple[Report, ...] = ()
    failure: ImpulscalError | None = None
    waiting: bool = False
    state: tuple[int, int] = (0, 0)
    albums: Mapping[str, Album] = field(default_factory=dict)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that all is made from: schedules, and the pictures that they name."""
        pictures = (path for album in self.albums.values() for path in album.files)
        return (*(report.path for report in self.reports), *pictures)

    def next_turn(self, after: datetime | None) -> datetime | None:
        """Return when the first of the editions is due to change by itself.

        Args:
            after: Turning points up to then were tried already.
        """
        turns = [edition.next_turn for edition in self.editions.values() if edition.next_turn]
        return min((turn for turn in turns if after is None or turn > after), default=None)


def albums_of(
    files: Iterable[FoundFile], known: Iterable[str], transaction: Transaction
) -> dict[str, Album]:
    """Return where the pictures of each series lie; of a file that fails, where they lay.

    Args:
        files: What the last look found.
        known: Ids of the series that the history knows.
        transaction: Of the history.
    """
    albums: dict[str, Album] = {}
    # What a file that cannot be read has held, another one may hold now.
    for found in sorted(files, key=lambda found: found.reading.schedule is None):
        schedule, path = found.reading.schedule, str(found.path.absolute())
        held = [schedule.series.id] if schedule else transaction.series_of_path(path)
        for series in held:
            albums.setdefault(series, Album(folder=found.path.parent, files=found.pictures))
    for series in known:
        newest = None if series in albums else transaction.newest_publication(series)
        if newest is not None:
            albums[series] = Album(folder=Path(newest.path).parent)
    return albums


def tell(reports: Iterable[Report], before: Shelf, *, preview: bool) -> None:
    """Write into the log what a look found, as far as the last one had not.

    Args:
        reports: What it found.
        before: What was served until then.
        preview: Whether nothing leaves this process.
    """
    known = {report.path: report for report in before.reports}
    for report in reports:
        last = known.get(report.path)
        if last is None or last.problems != report.problems:
            _tell_problems(report)
        if last is None or last.outcome is not report.outcome:
            _tell_outcome(report, preview=preview)


def _tell_problems(report: Report) -> None:
    # Messages quote the file, which holds private links; a log travels far.
    for problem in report.problems:
        where = f"{report.path}:{problem.line}:{problem.column}"
        _log.warning("%s: %s[%s]", where, problem.severity, problem.code)


def _tell_outcome(report: Report, *, preview: bool) -> None:
    match report.outcome:
        case Outcome.REFUSED:
            _log.error(
                "%s is not published; the last good edition stays. `impulscal check` says more.",
                report.path,
            )
        case Outcome.SUPERSEDED:
            _log.warning("%s was published and superseded; the newer edition stays.", report.path)
        case Outcome.PUBLISHED if preview:
            _log.info("%s is shown as it would be published.", report.path)
        case Outcome.PUBLISHED:
            _log.info("%s is published.", report.path)
