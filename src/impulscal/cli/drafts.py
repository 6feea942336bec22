"""Files as they would be published now: on top of a copy of the history, never written."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from impulscal.cli.terminal import note
from impulscal.errors import Message, _
from impulscal.history.database import Database
from impulscal.links import Links
from impulscal.publication import Outcome, Published, publish, vanished
from impulscal.saved_file import SavedFile, load, schedule_files
from impulscal.schedule.reader import Code, Problem, Reading, read
from impulscal.schedule.reader.problems import large_feed, no_file, repeated_series, vanished_series
from impulscal.settings import Clock, Settings, moment
from impulscal.vcalendar.feed import Options, feed

__all__ = [
    "Draft",
    "at_option",
    "drafts",
    "drafts_in",
    "files_argument",
    "history_copy",
    "paths",
    "read_at",
    "settings_for",
    "weighed",
]

_Command = TypeVar("_Command", bound=Callable[..., Any])

# Google's limit is 1 MB (CLIENTS.md 3.5).
_LARGE_FEED = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One file and what would become of it.

    Attributes:
        path: As it was given.
        file: What was found there; None where it cannot be read.
    """

    path: Path
    file: SavedFile | None
    reading: Reading
    published: Published

    @property
    def data(self) -> bytes:
        """The file's bytes, for showing lines of it; empty where it cannot be read."""
        return b"" if self.file is None else self.file.data

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, those with the history included."""
        return self.published.problems

    @property
    def refused(self) -> bool:
        """Whether nothing of it would be published."""
        return self.published.outcome is Outcome.REFUSED

    @property
    def superseded(self) -> Message | None:
        """What to tell where a newer file has taken this one's place."""
        if self.published.outcome is not Outcome.SUPERSEDED:
            return None
        return _(
            "This file was published before, and another has taken its place since. "
            "Save it again if it is the right one."
        )


def at_option(command: _Command) -> _Command:
    """Give ``command`` the option ``--at``."""
    return click.option(
        "--at",
        metavar="MOMENT",
        help="Show how it would be at another moment, like 2021-05-20T09:00 (in the zone of "
        "the series). Nothing is written.",
    )(command)


def files_argument(command: _Command) -> _Command:
    """Give ``command`` the files it works on; without any those of the settings."""
    return click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))(
        command
    )


def settings_for(files: Iterable[Path] = (), at: str | None = None) -> Settings:
    """Return the settings of the environment, with the files and the moment given.

    Raises:
        UsageError: A setting or the moment cannot be read.
    """
    settings = Settings.from_environment(os.environ)
    chosen = tuple(files)
    if chosen:
        settings = replace(settings, schedules=chosen)
    if at is not None:
        settings = replace(settings, clock=Clock(moment(at, "--at")))
    return settings


def paths(settings: Settings) -> tuple[Path, ...]:
    """Return the files to work on, each once; a folder without any stands for itself."""
    found = (path for given in settings.schedules for path in schedule_files((given,)) or (given,))
    return tuple(dict.fromkeys(found))


def read_at(data: bytes, path: Path, clock: Clock) -> Reading:
    """Read a file at the moment of ``clock``; one without an offset is in the file's zone."""
    reading = read(data, folder=path.parent, now=clock.now())
    floating = clock.fixed is not None and clock.fixed.tzinfo is None
    if reading.schedule is not None and floating:
        local = clock.now(reading.schedule.series.timezone)
        if local != clock.now():
            return read(data, folder=path.parent, now=local)
    return reading


@contextmanager
def history_copy(settings: Settings) -> Iterator[Database]:
    """Give a copy of the history in memory, and tell where there is none to copy.

    Raises:
        HistoryError: There is a history, and it cannot be read.
    """
    database = Database.copy(settings.database_url)
    if database is None:
        note(_("There is no history yet: nothing was published that could be compared."))
        database = Database.in_memory()
    try:
        yield database
    finally:
        database.close()


def drafts(settings: Settings) -> Iterator[Draft]:
    """Yield what would become of each file if it were published at the clock's moment.

    Raises:
        HistoryError: There is a history, and it cannot be read.
    """
    with history_copy(settings) as database:
        yield from drafts_in(database, settings)


def drafts_in(database: Database, settings: Settings) -> Iterator[Draft]:
    """Yield what becomes of each file in ``database``, a copy of the history."""
    taken: set[str] = set()
    files = paths(settings)
    for path in files:
        yield _draft(database, settings, path, taken)
    yield from _vanished(database, settings, files, taken)


def _vanished(
    database: Database, settings: Settings, files: tuple[Path, ...], taken: set[str]
) -> Iterator[Draft]:
    """Yield what is gone from the folders that are looked at as a whole."""
    folders = {path.absolute() for path in settings.schedules if path.is_dir()}
    with database.reading() as transaction:
        known = transaction.series()
    for series in known:
        if series not in taken:
            gone = vanished(database, series, files, now=settings.clock.now())
            if gone is not None and gone.parent in folders:
                reading = Reading(None, (vanished_series(series),))
                yield Draft(path=gone, file=None, reading=reading, published=_refused(reading))


def _draft(database: Database, settings: Settings, path: Path, taken: set[str]) -> Draft:
    loaded = load(path, read_ns=settings.clock.file_time_ns())
    if isinstance(loaded, Problem):
        problem = no_file(path, _NO_YAML) if path.is_dir() else loaded
        reading = Reading(None, (problem,))
        return Draft(path=path, file=None, reading=reading, published=_refused(reading))
    reading = read_at(loaded.data, path, settings.clock)
    published = _refused(reading)
    if reading.schedule is not None:
        series = reading.schedule.series
        now = settings.clock.now(series.timezone)
        if series.id in taken:
            again = repeated_series(reading.places.series_id, series.id)
            published = _refused(reading, again)
        else:
            published = publish(database, loaded, reading, now=now)
        taken.add(series.id)
    return Draft(path=path, file=loaded, reading=reading, published=published)


# Translators: Why a folder cannot be read.
_NO_YAML = _("a folder without any .yaml file")


def _refused(reading: Reading, *more: Problem) -> Published:
    problems = tuple(sorted((*reading.problems, *more)))
    return Published(outcome=Outcome.REFUSED, problems=problems)


def weighed(draft: Draft, base_url: str) -> Draft:
    """Return ``draft`` with the warning about a feed that grows too large for Google."""
    edition = draft.published.edition
    if edition is None or any(problem.code == Code.LARGE_FEED for problem in draft.problems):
        return draft
    language = edition.series.language
    source = Links(base_url=base_url, series=edition.series, language=language).feed_address()
    rendered = feed(edition, language=language, options=Options(), base_url=base_url, source=source)
    if len(rendered) <= _LARGE_FEED:
        return draft
    problem = large_feed(draft.reading.places.sessions, kilobytes=len(rendered) // 1000)
    problems = tuple(sorted((*draft.problems, problem)))
    return replace(draft, published=replace(draft.published, problems=problems))
