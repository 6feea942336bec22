"""Wall times, zones, offsets and the rhythm.

pytz is the source of the zone data, since its release can be pinned like any other
dependency; but it reads only the 32-bit half of its own files and knows no summer
time after 2037. So the same files are read whole by ``zoneinfo``.
"""

import functools
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytz

__all__ = [
    "AmbiguousTimeError",
    "NoSuchTimeError",
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
