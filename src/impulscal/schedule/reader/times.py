"""How dates, times, durations and offsets are spelled.

Everything is given as text and comes back as a value that still knows no session: an
offset waits for its date, a time for its day.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from impulscal.errors import _
from impulscal.schedule.reader.bad_value import BadValueError
from impulscal.schedule.reader.problems import Code
from impulscal.schedule.reader.words import shortened

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "NOW",
    "WhenAnnounced",
    "WhenClosed",
    "parse_announce",
    "parse_closes",
    "parse_date",
    "parse_duration",
    "parse_time",
]

FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Years outside are mistyped; calendar programs know no zones for them either."""

_MAX_DURATION = timedelta(days=31)
_MAX_OFFSET = 3660  # days: ten years

DATE = r"(?:(\d{4})-(\d{2})-(\d{2})|(\d{2})\.(\d{2})\.(\d{4}))"
TIME = r"(\d{1,2})[:.](\d{2})"
_DATE = re.compile(DATE, re.ASCII)
_TIME = re.compile(TIME, re.ASCII)
_HOURS = r"(\d{1,4})\s*(?:h|hours?|Std\.?|Stunden?)"
_MINUTES = r"(\d{1,6})\s*(?:min\.?|minutes?|Minuten?)"
DURATION = rf"{_HOURS}|{_MINUTES}|{_HOURS}\s*{_MINUTES}"
ISO_DURATION = r"PT(?=\d)(?:(\d{1,4})H)?(?:(\d{1,6})M)?"
_DURATION = re.compile(rf"(?:{_HOURS})?\s*(?:{_MINUTES})?", re.ASCII | re.IGNORECASE)
_ISO_DURATION = re.compile(ISO_DURATION, re.ASCII)
OFFSET = r"(\d{1,6})\s+(?:(days?|Tage?)|(weeks?|Wochen?))\s+(?:before|vorher)"
_OFFSET = re.compile(OFFSET, re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Offset:
    """So many calendar days before the session.

    Attributes:
        written: In one spelling, however the file puts it: ``4 weeks before``.
    """

    days: int
    written: str


@dataclass(frozen=True, slots=True)
class Written:
    """A day, or a time of a day, by the wall clock."""

    day: date
    time_of_day: time | None = None

    @property
    def written(self) -> str:
        """In one spelling, however the file puts it."""
        if self.time_of_day is None:
            return self.day.isoformat()
        return datetime.combine(self.day, self.time_of_day).isoformat(timespec="minutes")


@dataclass(frozen=True, slots=True)
class Now:
    """Announced from the beginning."""

    written: str = "now"


NOW = Now()

WhenClosed = Offset | Written
"""When registration closes, as far as the text tells."""

WhenAnnounced = Offset | Written | Now
"""When a session is announced, as far as the text tells."""


def parse_date(text: str) -> date:
    """Return the day that ``2021-06-08`` or ``08.06.2021`` names.

    Raises:
        BadValueError: ``bad-date``.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        message = _(
            "“{text}” is no date. Write it like 2021-06-08 or 08.06.2021.", text=shortened(text)
        )
        raise BadValueError(Code.BAD_DATE, message)
    year, month, day = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        message = _("There is no day “{text}” in the calendar.", text=shortened(text))
        raise BadValueError(Code.BAD_DATE, message) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = _(
            "The year of “{text}” lies outside {first} to {last}.",
            text=shortened(text),
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
        raise BadValueError(Code.BAD_DATE, message)
    return found


def parse_time(text: str) -> time:
    """Return the time of day that ``12:00`` or ``12.00`` names.

    Raises:
        BadValueError: ``bad-time``.
    """
    match = _TIME.fullmatch(text)
    if match is not None and int(match[1]) < 24 and int(match[2]) < 60:
        return time(int(match[1]), int(match[2]))
    message = _(
        "“{text}” is no time of day. Write hours and minutes like 12:00.",
        text=shortened(text),
    )
    raise BadValueError(Code.BAD_TIME, message)


def parse_duration(text: str) -> timedelta:
    """Return the elapsed time that ``30 min``, ``1 h 30 min`` or ``PT30M`` names.

    Raises:
        BadValueError: ``bad-duration``.
    """
    match = _ISO_DURATION.fullmatch(text) or _DURATION.fullmatch(text)
    if match is None or not (match[1] or match[2]):
        message = _(
            "“{text}” is no duration. Write it like 30 min, 1 h or 1 h 30 min.",
            text=shortened(text),
        )
        raise BadValueError(Code.BAD_DURATION, message)
    duration = timedelta(hours=int(match[1] or 0), minutes=int(match[2] or 0))
    if not timedelta() < duration <= _MAX_DURATION:
        message = _(
            "A session lasts at least a minute and at most {days} days, not “{text}”.",
            days=_MAX_DURATION.days,
            text=shortened(text),
        )
        raise BadValueError(Code.BAD_DURATION, message)
    return duration


def parse_closes(text: str) -> WhenClosed:
    """Return when registration closes: ``4 days before``, a date, or a date and time.

    Raises:
        BadValueError: ``bad-offset``, ``bad-date`` or ``bad-time``, by what it looks like.
    """
    return _parse_offset(text) or _parse_moment(text) or _refuse(text)


def parse_announce(text: str) -> WhenAnnounced:
    """Return when a session is announced: as ``parse_closes``, or ``now``.

    Raises:
        BadValueError: ``bad-offset``, ``bad-date`` or ``bad-time``, by what it looks like.
    """
    if text == NOW.written:
        return NOW
    return parse_closes(text)


def _parse_offset(text: str) -> Offset | None:
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    number, in_days = int(match[1]), match[2] is not None
    days = number if in_days else 7 * number
    if days > _MAX_OFFSET:
        message = _("“{text}” lies more than ten years before the session.", text=shortened(text))
        raise BadValueError(Code.BAD_OFFSET, message)
    unit = "day" if in_days else "week"
    plural = "" if number == 1 else "s"
    return Offset(days, f"{number} {unit}{plural} before")


def _parse_moment(text: str) -> Written | None:
    """Return a date with or without a time; None where the text does not begin like one."""
    if re.match(r"[+-]?\d{1,4}[-./]\d", text) is None:
        return None
    day, _blank, time_of_day = text.replace("T", " ", 1).partition(" ")
    if not time_of_day:
        return Written(parse_date(day))
    return Written(parse_date(day), parse_time(time_of_day.strip()))


def _refuse(text: str) -> WhenClosed:
    message = _(
        "“{text}” is not understood. Write an offset like “4 days before” or “2 weeks before”, "
        "a date like 2021-06-04, or a date and time like 2021-06-04 12:00.",
        text=shortened(text),
    )
    raise BadValueError(Code.BAD_OFFSET, message)
