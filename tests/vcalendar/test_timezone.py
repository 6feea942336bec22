"""VTIMEZONE: known zones to the letter, and the zone data hour by hour to 2040."""

from bisect import bisect
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import pytz
from dateutil.rrule import rrulestr

from impulscal.schedule.clock import zone
from impulscal.vcalendar.timezone import MARGIN, Rule, governs, last_rule, rule_of, vtimezone
from schedules import wall

# Zone, first instant, and of each observance: onset, rule, offsets from and to, name.
VECTORS = {
    "Europe/Berlin": (
        "1996-03-31 01:00",
        "19960331T020000 3 -1SU +0100 +0200 CEST",
        "19961027T030000 10 -1SU +0200 +0100 CET",
    ),
    "Europe/London": (
        "1996-03-31 01:00",
        "19960331T010000 3 -1SU +0000 +0100 BST",
        "19961027T020000 10 -1SU +0100 +0000 GMT",
    ),
    # The data calls winter the exception here ("negative summer time").
    "Europe/Dublin": (
        "1996-03-31 01:00",
        "19960331T010000 3 -1SU +0000 +0100 IST",
        "19961027T020000 10 -1SU +0100 +0000 GMT",
    ),
    "America/New_York": (
        "2007-03-11 07:00",
        "20070311T020000 3 2SU -0500 -0400 EDT",
        "20071104T020000 11 1SU -0400 -0500 EST",
    ),
    "Australia/Sydney": (
        "2008-04-05 16:00",
        "20081005T020000 10 1SU +1000 +1100 AEDT",
        "20080406T030000 4 1SU +1100 +1000 AEST",
    ),
    # Half an hour of summer time.
    "Australia/Lord_Howe": (
        "2008-04-05 15:00",
        "20081005T020000 10 1SU +1030 +1100 +11",
        "20080406T020000 4 1SU +1100 +1030 +1030",
    ),
    "Pacific/Chatham": (
        "2007-09-29 14:00",
        "20070930T024500 9 -1SU +1245 +1345 +1345",
        "20080406T034500 4 1SU +1345 +1245 +1245",
    ),
    # Two hours of it.
    "Antarctica/Troll": (
        "2005-03-27 01:00",
        "20050327T010000 3 -1SU +0000 +0200 +02",
        "20051030T030000 10 -1SU +0200 +0000 +00",
    ),
    "America/Sao_Paulo": ("2019-02-17 02:00", "", "19700101T000000 - - -0300 -0300 -03"),
    "Europe/Istanbul": ("2016-03-27 01:00", "", "19700101T000000 - - +0300 +0300 +03"),
    "Europe/Moscow": ("2014-10-25 22:00", "", "19700101T000000 - - +0300 +0300 MSK"),
    "Asia/Tehran": ("2022-09-21 19:30", "", "19700101T000000 - - +0330 +0330 +0330"),
    # By the law of 2026 (zone data 2026b and later).
    "Africa/Casablanca": ("2026-09-20 01:00", "", "19700101T000000 - - +0000 +0000 +00"),
    "Asia/Kolkata": ("always", "", "19700101T000000 - - +0530 +0530 IST"),
}


@pytest.mark.parametrize("name", VECTORS)
def test_last_rule_of_a_zone(name: str) -> None:
    rule = last_rule(name)

    assert rule is not None
    assert _told(rule) == VECTORS[name]


def observances(rule: Rule) -> dict[str, dict[str, str]]:
    """Return the properties of STANDARD and DAYLIGHT as they are written."""
    parts = {}
    for part in vtimezone(rule).decode().split("BEGIN:")[2:]:
        name, *told = part.splitlines()
        ends = told.index(f"END:{name}")
        parts[name] = dict(line.split(":") for line in told[:ends])
    return parts


def _told(rule: Rule) -> tuple[str, str, str]:
    parts = {name: _observance(told) for name, told in observances(rule).items()}
    first = "always" if rule.valid_from is None else f"{rule.valid_from:%Y-%m-%d %H:%M}"
    return first, parts.get("DAYLIGHT", ""), parts["STANDARD"]


def _observance(told: dict[str, str]) -> str:
    rule = told.get("RRULE", "FREQ=YEARLY;BYMONTH=-;BYDAY=-")
    month, day = rule.removeprefix("FREQ=YEARLY;BYMONTH=").split(";BYDAY=")
    offsets = f"{told['TZOFFSETFROM']} {told['TZOFFSETTO']} {told['TZNAME']}"
    return f"{told['DTSTART']} {month} {day} {offsets}"


# Their changes fall on "the Saturday before the last Sunday" and the like, or they are UTC.
WITHOUT_RULE = {
    *("Africa/Cairo", "America/Nuuk", "America/Santiago", "America/Scoresbysund"),
    *("Asia/Gaza", "Asia/Hebron", "Asia/Jerusalem", "UTC", "Etc/UTC", "Etc/GMT", "GMT", "Zulu"),
}


@pytest.mark.parametrize("name", sorted(WITHOUT_RULE))
def test_zone_that_no_yearly_rule_describes_has_none(name: str) -> None:
    assert last_rule(name) is None


# Wall time, and how it is written: with the zone's name or in UTC.
EVENTS = [
    ("Europe/Berlin", "2021-06-08 12:00", True, "20210608T100000Z"),
    ("Europe/Berlin", "2021-11-09 12:00", True, "20211109T110000Z"),
    ("Europe/Berlin", "1995-10-10 12:00", False, "19951010T110000Z"),
    ("America/New_York", "2005-04-01 12:00", False, "20050401T170000Z"),
    ("America/New_York", "2026-07-01 12:00", True, "20260701T160000Z"),
    ("America/Sao_Paulo", "2018-12-11 12:00", False, "20181211T140000Z"),
    ("America/Sao_Paulo", "2026-12-08 12:00", True, "20261208T150000Z"),
    ("Europe/Istanbul", "2015-07-01 12:00", False, "20150701T090000Z"),
    ("Europe/Moscow", "2013-07-01 12:00", False, "20130701T080000Z"),
    ("Asia/Tehran", "2022-07-01 12:30", False, "20220701T080000Z"),
    ("Africa/Casablanca", "2026-03-01 12:00", False, "20260301T120000Z"),
    ("Africa/Casablanca", "2026-06-01 12:00", False, "20260601T110000Z"),
    ("America/Nuuk", "2026-07-01 12:00", False, "20260701T130000Z"),
    # pytz.localize would say 11:00 here: it knows no summer time after 2037.
    ("Europe/Berlin", "2039-07-05 12:00", True, "20390705T100000Z"),
    ("UTC", "2026-07-01 12:00", False, "20260701T120000Z"),
]


@pytest.mark.parametrize(("name", "written", "zoned", "instant"), EVENTS)
def test_time_of_an_event(name: str, written: str, zoned: bool, instant: str) -> None:  # noqa: FBT001
    start = wall(written, name)

    governed = governs(last_rule(name), start)

    assert (governed, f"{start.astimezone(UTC):%Y%m%dT%H%M%SZ}") == (zoned, instant)


def test_rule_governs_from_two_years_after_it_came_into_force() -> None:
    rule = last_rule("America/Sao_Paulo")
    assert rule is not None
    assert rule.valid_from is not None
    first = rule.valid_from + MARGIN

    assert [governs(rule, first - timedelta(seconds=1)), governs(rule, first)] == [False, True]


HOURLY = [
    *("Europe/Berlin", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Athens"),
    *("Europe/Istanbul", "Europe/Moscow", "America/New_York", "America/Sao_Paulo"),
    *("Africa/Casablanca", "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Chatham"),
    *("Asia/Kolkata", "Asia/Tehran", "Antarctica/Troll"),
]
HOUR = timedelta(hours=1)
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", HOURLY)
def test_rendered_zone_agrees_with_the_zone_data_in_every_hour(name: str) -> None:
    rule = last_rule(name)
    assert rule is not None
    since = FIRST if rule.valid_from is None else max(FIRST, rule.valid_from)
    changes = _changes(rule)
    starts = [change for change, _ in changes]
    edges = [since, *(start for start in starts if since < start < LAST), LAST]

    wrong = {
        (begin, offset)
        for begin, end in pairwise(edges)
        for offset in _hourly_offsets(zone(name), begin, end)
        if offset != changes[bisect(starts, begin) - 1][1]
    }

    assert wrong == set()


def _hourly_offsets(tz: ZoneInfo, begin: datetime, end: datetime) -> set[timedelta | None]:
    """Return the offsets that the zone data has between two instants, looked at hourly."""
    hours = (end - begin) // HOUR
    local = begin.replace(tzinfo=tz)
    return {tz.fromutc(local + count * HOUR).utcoffset() for count in range(hours)}


def _changes(rule: Rule) -> list[tuple[datetime, timedelta]]:
    """Return the instants of change that a rendered VTIMEZONE means, with the new offset."""
    changes = []
    for told in observances(rule).values():
        before, after = (_offset(told[name]) for name in ("TZOFFSETFROM", "TZOFFSETTO"))
        onset = datetime.strptime(told["DTSTART"] + "Z", "%Y%m%dT%H%M%S%z")
        onsets = [onset]
        if "RRULE" in told:
            onsets = rrulestr(told["RRULE"], dtstart=onset).between(onset, LAST, inc=True)
        changes += [(moment - before, after) for moment in onsets]
    return sorted(changes)


def _offset(written: str) -> timedelta:
    minutes = timedelta(hours=int(written[1:3]), minutes=int(written[3:5]))
    return -minutes if written.startswith("-") else minutes


def test_every_zone_has_a_rule_or_stays_in_utc() -> None:
    without = {
        name
        for name in pytz.common_timezones
        if last_rule(name) is None and zone(name).utcoffset(datetime(2026, 1, 1)) != timedelta(0)  # noqa: DTZ001
    }

    assert without == {name for name in WITHOUT_RULE if "/" in name} - {"Etc/UTC", "Etc/GMT"}


def test_a_new_law_changes_the_rule() -> None:
    # Berlin by the data of another zone, as if summer time were to last all year.
    with pytz.open_resource("Africa/Tripoli") as data:  # type: ignore[attr-defined]
        law = ZoneInfo.from_file(data, key="Europe/Berlin")

    rule = rule_of(law)

    assert rule is not None
    assert _told(rule) == ("2013-03-29 00:00", "", "19700101T000000 - - +0200 +0200 EET")
