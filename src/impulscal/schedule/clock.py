"""Wall times, zones, offsets and the rhythm.

pytz is the source of the zone data, since its release can be pinned like any other
dependency; but it reads only the 32-bit half of its own files and knows no summer
time after 2037. So the same files are read whole by ``zoneinfo``.
"""

import functools
import itertools
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytz
from dateutil.rrule import rrule, rrulestr

__all__ = [
    "AmbiguousTimeError",
    "NoSuchTimeError",
    "Rhythm",
    "first_instant",
    "is_zone",
    "localize",
    "plus",
    "zone",
]


class NoSuchTimeError(ValueError):
    """The zone skips this wall time (clocks go forward)."""


class AmbiguousTimeError(ValueError):
    """The zone has this wall time twice (clocks go back).

    Attributes:
        readings: The two instants it can mean, the earlier first.
    """

    def __init__(self, wall: datetime, readings: tuple[datetime, datetime]) -> None:
        super().__init__(f"{wall} exists twice")
        self.readings = readings


def is_zone(name: str) -> bool:
    """Tell whether ``name`` is an IANA zone name, spelled exactly."""
    return name in pytz.all_timezones_set


@functools.cache
def zone(name: str) -> ZoneInfo:
    """Return the zone ``name`` from the pinned zone data.

    Raises:
        KeyError: There is no such zone.
    """
    if not is_zone(name):
        raise KeyError(name)
    # open_resource is public in pytz and absent from its stubs
    with pytz.open_resource(name) as data:  # type: ignore[attr-defined]
        return ZoneInfo.from_file(data, key=name)


def localize(wall: datetime, tz: ZoneInfo) -> datetime:
    """Return the aware datetime that a wall clock in ``tz`` shows as ``wall``.

    A wall time that does not survive the way to UTC and back is skipped; one that
    survives and has two offsets exists twice.

    Raises:
        NoSuchTimeError: The zone skips ``wall``.
        AmbiguousTimeError: The zone has ``wall`` twice.
    """
    first = wall.replace(tzinfo=tz, fold=0)
    second = wall.replace(tzinfo=tz, fold=1)
    if first.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != wall:
        raise NoSuchTimeError(f"{wall} does not exist in {tz.key}")
    if first.utcoffset() != second.utcoffset():
        raise AmbiguousTimeError(wall, (first, second))
    return first


def first_instant(day: date, tz: tzinfo | None) -> datetime:
    """Return the first instant of ``day``: midnight, or later where that is skipped."""
    wall = datetime.combine(day, time())
    midnight = wall.replace(tzinfo=tz)
    there = midnight.astimezone(UTC).astimezone(tz)
    if there.replace(tzinfo=None) == wall:
        return there
    # fold=1 reads a skipped wall time with the offset after the gap, which gives the
    # instant before it; the gap's own end is the change of offset.
    low = wall.replace(tzinfo=tz, fold=1).astimezone(UTC)
    high = midnight.astimezone(UTC)
    before = low.astimezone(tz).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.astimezone(tz)


def plus(start: datetime, duration: timedelta) -> datetime:
    """Return the instant ``duration`` of elapsed time after ``start``, in its zone."""
    return (start.astimezone(UTC) + duration).astimezone(start.tzinfo)


_RULE = re.compile(
    r"FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)"
    r"(?:;(?:INTERVAL=[1-9][0-9]{0,2}|WKST=[A-Z]{2}"
    r"|BY(?:DAY|MONTHDAY|YEARDAY|WEEKNO|MONTH|SETPOS)=[0-9A-Z,+-]{1,200}))*"
)

# The Gregorian calendar, weekdays included, repeats itself after 400 years. dateutil
# looks for the next date up to the year 9999; moved there, a rule without any date
# (31 February) is found out in milliseconds.
_CYCLES = 19 * 400


class Rhythm:
    """How often sessions take place: an RFC 5545 RRULE that speaks of days alone.

    Args:
        rule: The value of RRULE in upper case, without COUNT, UNTIL, BYHOUR, BYMINUTE
            and BYSECOND.

    Raises:
        ValueError: ``rule`` is none, or names no date at all.
    """

    def __init__(self, rule: str) -> None:
        parts = sorted(rule.split(";"), key=lambda part: not part.startswith("FREQ="))
        names = [part.partition("=")[0] for part in parts]
        if _RULE.fullmatch(";".join(parts)) is None or len(set(names)) < len(names):
            raise ValueError(f"{rule!r} is no rule of days")
        if parts[0] in {"FREQ=DAILY", "FREQ=WEEKLY"} and re.search(r"BYDAY=[^;]*\d", rule):
            raise ValueError("RFC 5545 3.3.10: a numbered weekday needs MONTHLY or YEARLY")
        self._rule = rule
        try:
            first = next(iter(self._from(date(2000, 1, 1))), None)
        except LookupError as error:  # dateutil on a ninth Tuesday of the month
            raise ValueError(f"{rule!r} names no date") from error
        if first is None:
            raise ValueError(f"{rule!r} names no date")

    def dates(self, anchor: date, last: date) -> Iterator[date]:
        """Yield the dates of the rhythm from ``anchor`` through ``last``.

        ``anchor`` says which of the weeks or months an INTERVAL counts from; it is
        yielded only if the rule names it.
        """
        days = (moved.date() for moved in self._from(anchor))
        found = (day.replace(year=day.year - _CYCLES) for day in days)
        return itertools.takewhile(lambda day: day <= last, found)

    def _from(self, anchor: date) -> rrule:
        start = datetime(anchor.year + _CYCLES, anchor.month, anchor.day)  # noqa: DTZ001 -- a day
        rule = rrulestr(self._rule, dtstart=start)
        if not isinstance(rule, rrule):
            raise TypeError(f"{self._rule!r} is a set of rules")
        return rule
