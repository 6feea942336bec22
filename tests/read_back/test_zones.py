"""Times of every year from 1990 to 2040, read by programs that believe the file's VTIMEZONE."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from impulscal.edition import Edition
from impulscal.schedule.clock import plus, zone
from impulscal.schedule.model import Session
from impulscal.vcalendar.feed import Options, feed
from read_back.readers import READERS, as_message, libical_errors
from read_back.told import written
from schedules import make_series, make_session, publish

ZONES = [
    *("Europe/Berlin", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Athens"),
    *("Europe/Istanbul", "Europe/Moscow", "America/New_York", "America/Sao_Paulo"),
    *("Africa/Casablanca", "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Chatham"),
    *("Asia/Kolkata", "Asia/Tehran", "America/Nuuk", "Antarctica/Troll", "UTC"),
]
NOON = timedelta(hours=12)


def _sessions(name: str) -> Iterator[Session]:
    """Winter, summer and the days around the usual changes of each year, at all hours."""
    instants = [
        datetime(year, month, day, (year + 5 * month) % 24, 30, tzinfo=UTC)
        for year in range(1990, 2041)
        for month, day in [(1, 15), (3, 29), (7, 1), (10, 27)]
    ]
    for number, instant in enumerate(instants):
        start = instant.astimezone(zone(name))
        yield make_session(start, id=str(number), end=plus(start, NOON))


def _publish(name: str) -> Edition:
    return publish(_sessions(name), series=make_series(timezone=name))


def _render(edition: Edition) -> bytes:
    address = "https://kalender.example"
    return feed(edition, language="de", options=Options(), base_url=address, source=address)


@pytest.fixture(scope="module")
def editions() -> list[Edition]:
    return [_publish(name) for name in ZONES]


@pytest.mark.parametrize("program", ["ical.js", "libical", "vobject"])
def test_every_time_is_read_as_the_model_has_it(
    program: str, editions: list[Edition], require_program: Callable[[str], None]
) -> None:
    require_program(program)
    calendars = [_render(edition) for edition in editions]

    read = READERS[program](calendars)

    assert [[(told.start, told.end) for told in events] for events in read] == [
        [
            (written(session.public.start), written(session.public.end))
            for session in edition.sessions
        ]
        for edition in editions
    ]


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC"])
@pytest.mark.parametrize("program", READERS)
def test_feed_without_events_is_read(
    program: str, name: str, require_program: Callable[[str], None]
) -> None:
    require_program(program)
    calendar = _render(publish([], series=make_series(timezone=name)))

    assert READERS[program]([calendar]) == [[]]


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC"])
def test_libical_finds_no_error_in_a_feed_without_events(
    name: str, require_program: Callable[[str], None]
) -> None:
    require_program("libical")
    calendar = _render(publish([], series=make_series(timezone=name)))

    assert libical_errors([as_message(calendar)]) == [0]
