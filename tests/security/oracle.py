"""What must hold of any file, whatever stands in it: the judge of all that is made up.

A file is read; what is accepted is published, into an empty history and into one that has
published the example; what is published is rendered and read back.
"""

import hashlib
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from icalendar import Calendar, Event

from impulscal.edition import Edition
from impulscal.history import tables
from impulscal.history.database import Database
from impulscal.language import LANGUAGES, translate
from impulscal.publication import Outcome, Published, publish
from impulscal.saved_file import SavedFile
from impulscal.schedule.model import Schedule
from impulscal.schedule.reader import Problem, Reading, read
from impulscal.vcalendar.feed import Options, feed, single_file

__all__ = ["EXAMPLE", "NOW", "judge"]

NOW = datetime(2021, 5, 20, 9, tzinfo=UTC)

EXAMPLE = (Path(__file__).parents[2] / "sessions.yaml").read_bytes()

_FOLDER = Path(__file__).parent

_BASE_URL = "https://feeds.invalid"

_SMALL = 64 * 1024  # bytes; larger files have bounds and tests of their own

_LONGEST_MESSAGE = 1000  # characters; what a message quotes of the file is cut

# All that a program may find in an event; another name is one that somebody smuggled in.
_PROPERTIES = frozenset(
    {
        *("UID", "DTSTAMP", "LAST-MODIFIED", "CREATED", "SEQUENCE", "DTSTART", "DTEND"),
        *("SUMMARY", "DESCRIPTION", "LOCATION", "URL", "CATEGORIES", "STATUS", "TRANSP"),
        *("X-MICROSOFT-CDO-BUSYSTATUS", "X-ALT-DESC"),
    }
)


def judge(data: bytes, *, seconds: float = 2.0) -> str:
    """Return the outcome of the file ``data`` once all that must hold of it was seen to hold.

    Args:
        data: The file.
        seconds: CPU time that reading a file of up to 64 kB may take.

    Raises:
        AssertionError: Something does not hold. Any other exception is a fault too.
    """
    begun = time.process_time()
    reading = read(data, folder=_FOLDER, now=NOW)
    spent = time.process_time() - begun
    assert spent < seconds or len(data) > _SMALL, f"reading took {spent:.1f} s"
    _judge_problems(data, reading.problems)
    assert (reading.schedule is None) == any(problem.is_error for problem in reading.problems)
    if reading.schedule is None:
        return "unreadable"
    return _judge_publication(data, reading, reading.schedule)


def _judge_problems(data: bytes, problems: tuple[Problem, ...]) -> None:
    lines = _lines(data)
    for problem in problems:
        line, column = problem.place
        assert 1 <= line <= len(lines), f"{problem.code} in line {line} of {len(lines)}"
        assert 1 <= column <= len(lines[line - 1]) + 1, f"{problem.code} in {line}:{column}"
        for language in LANGUAGES:
            assert 0 < len(translate(problem.message, language)) < _LONGEST_MESSAGE


def _lines(data: bytes) -> list[str]:
    """Return the lines as an editor counts them."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return re.split(r"\r\n|\r|\n", data.decode(encoding, "replace"))


def _judge_publication(data: bytes, reading: Reading, schedule: Schedule) -> str:
    fresh = _publish(data, reading, after_example=False)
    assert fresh.outcome is Outcome.PUBLISHED, fresh.outcome
    assert fresh.edition is not None
    _judge_edition(fresh.edition, schedule)
    later = _publish(data, reading, after_example=True)
    _judge_problems(data, later.problems)
    if later.edition is not None:
        _judge_edition(later.edition, schedule)
    return str(later.outcome)


def _publish(data: bytes, reading: Reading, *, after_example: bool) -> Published:
    database = _database()
    if after_example:
        before = read(EXAMPLE, folder=None, now=NOW)
        done = publish(database, _saved(EXAMPLE), before, now=NOW - timedelta(days=1))
        assert done.outcome is Outcome.PUBLISHED, done.problems
    published = publish(database, _saved(data), reading, now=NOW)
    with database.writing() as transaction:
        for table in reversed(tables.metadata.sorted_tables):
            transaction.connection.execute(table.delete())
    return published


@cache
def _database() -> Database:
    return Database.in_memory()


def _saved(data: bytes) -> SavedFile:
    digest = hashlib.sha256(data).hexdigest()
    return SavedFile(path=Path("/x.yaml"), data=data, digest=digest, saved_ns=1, read_ns=2)


def _judge_edition(edition: Edition, schedule: Schedule) -> None:
    shown = {
        session.id: session
        for session in schedule.sessions
        if session.id not in schedule.withdrawn and session.id in edition.by_id
    }
    assert set(shown) == set(edition.by_id)
    expected = {
        schedule.series.uid(session.id): (session.start, session.end) for session in shown.values()
    }
    links = [link for session in schedule.sessions for link in _private(session.join_url)]
    for language in LANGUAGES:
        whole = _parsed(_feed(edition, language))
        assert {uid: _times(event) for uid, event in whole.items()} == expected
        for event in whole.values():
            _judge_event(event, links)
    for session in list(shown)[:3]:
        rendered = single_file(edition, session, language="de", base_url=_BASE_URL)
        (event,) = _parsed(rendered).values()
        assert _times(event) == expected[schedule.series.uid(session)]
        _judge_event(event, links)


def _feed(edition: Edition, language: str) -> bytes:
    options = Options(deadlines=language == "de", alarm=30 if language == "de" else None)
    source = f"{_BASE_URL}/{edition.series.id}.ics"
    return feed(edition, language=language, options=options, base_url=_BASE_URL, source=source)


def _parsed(data: bytes) -> dict[str, Event]:
    """Return the events of a calendar by UID, those of deadlines apart."""
    calendar = Calendar.from_ical(data)
    assert {part.name for part in calendar.subcomponents} <= {"VEVENT", "VTIMEZONE"}
    events = [
        event for event in calendar.events if isinstance(_value(event, "DTSTART").dt, datetime)
    ]
    by_uid = {str(event["UID"]): event for event in events}
    assert len(by_uid) == len(events)
    for event in calendar.events:
        assert not event.errors
        assert {part.name for part in event.subcomponents} <= {"VALARM"}
        assert set(event) <= _PROPERTIES, set(event) - _PROPERTIES
    return by_uid


def _times(event: Event) -> tuple[object, object]:
    return _value(event, "DTSTART").dt, _value(event, "DTEND").dt


def _value(event: Event, name: str) -> Any:
    return event[name]


def _private(join_url: str | None) -> Iterator[str]:
    """Yield what of a private link must not be read; a host alone may be a word like others."""
    link = (join_url or "").casefold().partition("://")[2].rstrip("/")
    if "." in link.partition("/")[0]:
        yield link


def _judge_event(event: Event, links: list[str]) -> None:
    for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "CATEGORIES", "X-ALT-DESC"):
        told = _value(event, name).to_ical().decode().casefold() if name in event else ""
        for link in links:
            found = re.search(rf"(?<![\w.-]){re.escape(link)}(?![\w%-])", told)
            assert found is None, f"a private link stands in {name}"
