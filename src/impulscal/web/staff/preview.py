"""A file as it would be published now: its problems, and what subscribers would see.

On a copy of the history in memory, by the code that publishes; nothing is written.
"""

import difflib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from impulscal.edition import Edition
from impulscal.errors import NoEditionError, _
from impulscal.history.database import Database
from impulscal.history.log import News
from impulscal.history.revisions import Change, ChangeKind
from impulscal.invitations.inviting import outdated
from impulscal.language import translate
from impulscal.links import Links
from impulscal.publication import publish, recall
from impulscal.saved_file import SavedFile
from impulscal.schedule.model import Text
from impulscal.schedule.reader import Problem, read
from impulscal.settings import Settings
from impulscal.wording.description import description
from impulscal.wording.log import points, title_of
from impulscal.wording.titles import marked_title

__all__ = ["Difference", "Happening", "Line", "Preview", "preview"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a calendar entry.

    Attributes:
        sign: ``+`` it comes, ``-`` it goes, a blank: it stays.
    """

    sign: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that befalls a session, in the words of the list of changes."""

    kind: str
    label: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What subscribers would see of one session.

    Attributes:
        entry: Title and description in their calendars, line by line; only lines near
            a difference, ``…`` where some are left out.
        outdated: How many guests hold an invitation that would be out of date.
    """

    session: str
    title: Text
    happenings: tuple[Happening, ...]
    entry: tuple[Line, ...]
    outdated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would become of a file.

    Attributes:
        lines: The text as its problems count it.
        series: Id of the series, as far as it could be read.
        refused: Whether nothing of it would be published.
    """

    lines: tuple[str, ...]
    problems: tuple[Problem, ...]
    series: str | None
    refused: bool
    differences: tuple[Difference, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps it from being published."""
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What does not."""
        return tuple(problem for problem in self.problems if not problem.is_error)


def preview(data: bytes, settings: Settings, language: str) -> Preview:
    """Return what would become of ``data`` if it were the file of its series now.

    Args:
        data: The bytes of a ``sessions.yaml``.
        settings: They name the database and the clock.
        language: Of the words.

    Raises:
        HistoryError: The history cannot be read.
    """
    database = Database.copy(settings.database_url) or Database.in_memory()
    try:
        return _in_copy(database, data, settings, language)
    finally:
        database.close()


def _in_copy(database: Database, data: bytes, settings: Settings, language: str) -> Preview:
    now = settings.clock.now()
    reading = read(data, folder=None, now=now)
    if reading.schedule is None:
        return _preview(data, reading.problems, None)
    series = reading.schedule.series
    now = settings.clock.now(series.timezone)
    path = _path_of(database, series.id, settings)
    if path.is_file():
        # Its pictures lie beside the file whose place it would take.
        reading = read(data, folder=path.parent, now=now)
    before = _edition(database, series.id, now)
    # As if it were saved now: a text that was published before is published again.
    saved_ns = settings.clock.file_time_ns()
    file = SavedFile(
        path=path,
        data=data,
        digest=hashlib.sha256(data).hexdigest(),
        saved_ns=saved_ns,
        read_ns=saved_ns,
    )
    published = publish(database, file, reading, now=now)
    if published.edition is None or reading.schedule is None:
        return _preview(data, published.problems, series.id)
    with database.reading() as transaction:
        steps = outdated(transaction, published.edition, reading.schedule, now=now)
    teller = _Teller(before, published.edition, settings.base_url, language)
    differences = tuple(
        teller.difference(change, outdated=len(steps.get(change.after.session, ())))
        for change in published.changes
    )
    return _preview(data, published.problems, series.id, differences)


def _path_of(database: Database, series: str, settings: Settings) -> Path:
    """Return where the file of ``series`` lies; of a new series, where it would."""
    with database.reading() as transaction:
        newest = transaction.newest_publication(series)
    if newest is not None:
        return Path(newest.path)
    first = settings.schedules[0]
    return (first / f"{series}.yaml" if first.is_dir() else first.parent / "…").absolute()


def _edition(database: Database, series: str, now: datetime) -> Edition | None:
    try:
        return recall(database, series, now=now)
    except NoEditionError:
        return None


def _preview(
    data: bytes,
    problems: tuple[Problem, ...],
    series: str | None,
    differences: tuple[Difference, ...] | None = None,
) -> Preview:
    text = data.decode(errors="replace")
    return Preview(
        lines=tuple(_LINE_END.split(text.removeprefix("\ufeff"))),
        problems=problems,
        series=series,
        refused=differences is None,
        differences=differences or (),
    )


# What editors count as the end of a line, and with them the reader.
_LINE_END = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells what a change does to what subscribers see."""

    before: Edition | None
    after: Edition
    base_url: str
    language: str

    def difference(self, change: Change, *, outdated: int) -> Difference:
        session = change.after.session
        return Difference(
            session=session,
            title=title_of(change.after),
            happenings=tuple(self._happenings(change)),
            entry=tuple(
                _near(_entry(self, self.before, session), _entry(self, self.after, session))
            ),
            outdated=outdated,
        )

    def _happenings(self, change: Change) -> Iterator[Happening]:
        leaving = {ChangeKind.WITHDRAWN, ChangeKind.REMOVED} & set(change.after.kinds)
        if leaving:
            yield Happening(
                kind=str(leaving.pop()),
                label=translate(_("Leaves the calendar"), self.language),
                sentence="",
            )
            return
        news = News(key="", stamp=change.after.revised_at, changes=(change,))
        for point in points(news, self.language, timezone=self.after.series.timezone):
            yield Happening(
                kind=point.kind,
                label=translate(point.label, self.language),
                sentence="" if point.sentence is None else translate(point.sentence, self.language),
            )


def _entry(teller: _Teller, edition: Edition | None, session: str) -> list[str]:
    """Return title and description as the series' own feed has them."""
    published = None if edition is None else edition.by_id.get(session)
    if edition is None or published is None:
        return []
    series, language = edition.series, edition.series.language
    page = Links(base_url=teller.base_url, series=series, language=language).session_page(session)
    text = description(series, published, language, page).plain()
    return [marked_title(series, published, language), "", *text.split("\n")]


def _near(before: list[str], after: list[str]) -> Iterator[Line]:
    """Yield what differs, with two lines around it."""
    for number, line in enumerate(difflib.unified_diff(before, after, lineterm="", n=2)):
        if number < 2:
            continue  # the names of the files
        if line.startswith("@@"):
            if number > 2:
                yield Line(" ", "…")
            continue
        yield Line(line[0], line[1:])
