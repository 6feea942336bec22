"""The last rule of a zone: how its clocks change each year, for ever from some day on.

A constant of the zone data, that depends on no session and no clock. Only times that it
governs are written with the zone's name; ``timezone`` says why.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from impulscal.schedule.clock import zone

__all__ = ["MARGIN", "UTC_RULE", "Observance", "Rule", "governs", "last_rule", "rule_of"]

MARGIN = timedelta(days=730)
"""How long a rule must have held before times are written by it: devices bring their own
zone tables, and this gives them time to catch up with a new law."""

_SEARCH_FROM = datetime(1970, 1, 1, tzinfo=UTC)
_SEARCH_TO = datetime(2100, 1, 1, tzinfo=UTC)
_STEP = timedelta(days=5)
_SECOND = timedelta(seconds=1)

# After so many years every arrangement of weekdays in a year has occurred.
_WEEKDAY_CYCLE = 28

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observance:
    """One half of the year: STANDARD or DAYLIGHT.

    Attributes:
        onset: The first time the rule begins it, as wall time before the change (RFC
            5545 3.6.5); no zone, since it is what the clock on the wall showed.
        day: Month and weekday on which it begins each year, ``(3, "-1SU")``; None
            where it lasts for ever.
        offset_from: Offset from UTC before it begins.
        offset_to: Offset from UTC while it lasts.
        name: What the zone calls it.
    """

    onset: datetime
    day: tuple[int, str] | None
    offset_from: timedelta
    offset_to: timedelta
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The last rule of a zone.

    Attributes:
        zone: IANA name.
        valid_from: The first instant (UTC) from which this rule alone is right; None
            where it always was, as far as computers go back (1970).
        standard: The time with the lower offset, or the only one.
        daylight: The time with the higher offset. Not by the data's own flag, which
            calls Dublin's and Casablanca's winter the summer time.
    """

    zone: str
    valid_from: datetime | None
    standard: Observance
    daylight: Observance | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    """The instant at which the offset changes."""

    utc: datetime
    before: timedelta
    after: timedelta

    @property
    def wall(self) -> datetime:
        return self.utc.replace(tzinfo=None) + self.before


@dataclass(slots=True)
class _Cycle:
    """The yearly changes to one offset, as far back as one rule explains them."""

    latest: _Change
    first: _Change
    days: frozenset[tuple[int, int, int]]

    def reaches(self, change: _Change) -> bool:
        """Tell whether ``change`` is the same one a year earlier."""
        return (
            change.before == self.first.before
            and change.wall.time() == self.first.wall.time()
            and change.wall.year == self.first.wall.year - 1
            and not self.days.isdisjoint(_days(change.wall))
        )


def last_rule(name: str) -> Rule | None:
    """Return the last rule of the zone ``name`` in the pinned zone data.

    None for zones in UTC, and for those whose changes no yearly rule of one weekday
    describes ("the Saturday before the last Sunday").
    """
    return rule_of(zone(name))


@functools.cache
def rule_of(tz: ZoneInfo) -> Rule | None:
    """Return the last rule of ``tz``; about 70 ms the first time."""
    changes = list(_changes(tz))
    if not changes or changes[-1].utc.year < _SEARCH_TO.year - 1:
        return _fixed(tz, changes)
    cycles = _cycles(changes)
    if any(cycle.first.wall.year > _SEARCH_TO.year - _WEEKDAY_CYCLE for cycle in cycles):
        return None
    standard, daylight = sorted(cycles, key=lambda cycle: cycle.first.after)
    return Rule(
        zone=tz.key,
        valid_from=min(cycle.first.utc for cycle in cycles),
        standard=_observance(tz, standard),
        daylight=_observance(tz, daylight),
    )


def governs(rule: Rule | None, start: datetime) -> bool:
    """Tell whether a session that begins at ``start`` is written with the zone's TZID.

    It depends on this session and the zone's data only, so that no other session and
    no passing of time changes its bytes.
    """
    if rule is None:
        return False
    return start >= (rule.valid_from or _SEARCH_FROM) + MARGIN


def _changes(tz: ZoneInfo) -> Iterator[_Change]:
    """Find all changes of the offset; mere changes of a name are none."""
    instant, offset = _SEARCH_FROM, _offset(tz, _SEARCH_FROM)
    while instant < _SEARCH_TO:
        later = instant + _STEP
        there = _offset(tz, later)
        if there != offset:
            yield _Change(_first_with(tz, there, instant, later), offset, there)
        instant, offset = later, there


def _first_with(tz: ZoneInfo, offset: timedelta, low: datetime, high: datetime) -> datetime:
    """Halve the time between ``low`` and ``high`` until the second of the change is found."""
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        if _offset(tz, middle) == offset:
            high = middle
        else:
            low = middle
    return high


def _fixed(tz: ZoneInfo, changes: list[_Change]) -> Rule | None:
    offset = _offset(tz, _SEARCH_TO)
    if not changes and not offset:
        return None  # UTC by whatever name
    return Rule(
        zone=tz.key,
        valid_from=changes[-1].utc if changes else None,
        standard=_always(offset, _name(tz, _SEARCH_TO)),
    )


def _always(offset: timedelta, name: str) -> Observance:
    onset = _SEARCH_FROM.replace(tzinfo=None)
    return Observance(onset=onset, day=None, offset_from=offset, offset_to=offset, name=name)


UTC_RULE = Rule(zone="UTC", valid_from=None, standard=_always(timedelta(0), "UTC"))
"""For calendars without any event whose zone has no rule. No time is ever written by it."""


def _cycles(changes: list[_Change]) -> list[_Cycle]:
    """Follow the last two changes of a year back for as long as one rule explains them."""
    by_offset: dict[timedelta, _Cycle] = {}
    for change in reversed(changes):
        cycle = by_offset.get(change.after)
        if cycle is None and len(by_offset) < 2:
            by_offset[change.after] = _Cycle(change, change, _days(change.wall))
        elif cycle is not None and cycle.reaches(change):
            cycle.days &= _days(change.wall)
            cycle.first = change
        else:
            break
    return list(by_offset.values())


def _days(wall: datetime) -> frozenset[tuple[int, int, int]]:
    """Return (month, nth, weekday) that the day of ``wall`` can be called by."""
    nth = (wall.day - 1) // 7 + 1
    found = {(wall.month, nth, wall.weekday())} if nth < 5 else set()
    if (wall + timedelta(days=7)).month != wall.month:
        found.add((wall.month, -1, wall.weekday()))
    return frozenset(found)


def _observance(tz: ZoneInfo, cycle: _Cycle) -> Observance:
    # "The last" if it always was the last; else the smallest number.
    month, nth, weekday = min(cycle.days, key=lambda day: day[1])
    return Observance(
        onset=cycle.first.wall,
        day=(month, f"{nth}{_WEEKDAYS[weekday]}"),
        offset_from=cycle.first.before,
        offset_to=cycle.first.after,
        # The name in force: a zone may have renamed itself since.
        name=_name(tz, cycle.latest.utc),
    )


def _offset(tz: ZoneInfo, instant: datetime) -> timedelta:
    offset = instant.astimezone(tz).utcoffset()
    assert offset is not None  # noqa: S101 -- for the type checker: ZoneInfo always has one
    return offset


def _name(tz: ZoneInfo, instant: datetime) -> str:
    return instant.astimezone(tz).tzname() or tz.key
