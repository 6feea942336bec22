"""When a session starts, ends, is announced, and closes its registration."""

from datetime import date, datetime, time, timedelta

from impulscal.errors import _
from impulscal.schedule.clock import first_instant, plus
from impulscal.schedule.model import Announce, Deadline
from impulscal.schedule.reader.context import Context
from impulscal.schedule.reader.form import SeriesForm, SessionForm
from impulscal.schedule.reader.problems import Code, Place
from impulscal.schedule.reader.times import Now, Offset, WhenAnnounced, WhenClosed
from impulscal.schedule.reader.tree import Path

__all__ = ["announce", "check_series_times", "deadline", "end_of", "start_of"]

_SERIES: Path = ("series",)


def check_series_times(context: Context, series: SeriesForm) -> None:
    """Report times of the series that contradict each other."""
    context.conflict(series, _SERIES, "duration", "end")
    if _contradicts_itself(series):
        _ends_too_early(context, context.tree.place((*_SERIES, "end")))


def start_of(
    context: Context, series: SeriesForm, session: SessionForm, path: Path
) -> datetime | None:
    """Return when the session at ``path`` starts; None where a problem keeps that open."""
    time_of_day = session.start or series.start
    if time_of_day is None:
        context.missing(path, "start", (*_SERIES, "start"))
    if time_of_day is None or session.date is None:
        return None
    named = "date" if session.start is None else "start"
    return context.localize(session.date, time_of_day, context.tree.place((*path, named)))


def end_of(
    context: Context, series: SeriesForm, session: SessionForm, path: Path, start: datetime | None
) -> datetime | None:
    """Return when the session at ``path`` ends; None where a problem keeps that open."""
    context.conflict(session, path, "duration", "end")
    if session.duration is None and session.end is None:
        return _inherited_end(context, series, session, path, start)
    if start is None:
        return None
    if session.duration is not None:
        return plus(start, session.duration)
    place = context.tree.place((*path, "end"))
    return _end_at(context, start, session.end, place)


def _inherited_end(
    context: Context, series: SeriesForm, session: SessionForm, path: Path, start: datetime | None
) -> datetime | None:
    if series.duration is None and series.end is None:
        context.missing(path, "duration", (*path, "end"), *_series("duration", "end"))
        return None
    if start is None or _contradicts_itself(series):
        return None
    if series.duration is not None:
        return plus(start, series.duration)
    if session.start is None or series.start is None or series.end is None:
        named = "date" if session.start is None else "start"
        return _end_at(context, start, series.end, context.tree.place((*path, named)))
    return plus(start, _length(series.start, series.end))


def _series(*keys: str) -> tuple[Path, ...]:
    return tuple((*_SERIES, key) for key in keys)


def _contradicts_itself(series: SeriesForm) -> bool:
    return series.start is not None and series.end is not None and series.end <= series.start


def _length(start: time, end: time) -> timedelta:
    """Return how long a session of the series lasts, by the series' start and end."""
    begins, ends = (timedelta(hours=clock.hour, minutes=clock.minute) for clock in (start, end))
    return ends - begins


def _end_at(
    context: Context, start: datetime, time_of_day: time | None, place: Place
) -> datetime | None:
    if time_of_day is None:
        return None
    end = context.localize(start.date(), time_of_day, place)
    if end is not None and end.timestamp() <= start.timestamp():
        _ends_too_early(context, place)
        return None
    return end


def _ends_too_early(context: Context, place: Place) -> None:
    message = _(
        "The end does not lie after the start. For a session past midnight write a duration "
        "instead of the end."
    )
    context.problems.add(place, Code.END_BEFORE_START, message)


def deadline(
    context: Context, closes: WhenClosed, start: datetime, place: Place
) -> Deadline | None:
    """Return until when people can register for a session that starts at ``start``.

    Args:
        context: The file.
        closes: What it says.
        start: Start of the session.
        place: Where ``closes`` stands.
    """
    if isinstance(closes, Offset):
        return _end_of_day(context, start.date() - timedelta(days=closes.days))
    if closes.time_of_day is None:
        return _end_of_day(context, closes.day)
    until = context.localize(closes.day, closes.time_of_day, place)
    if until is None:
        return None
    return Deadline(day=closes.day, time_of_day=closes.time_of_day, until=until)


def _end_of_day(context: Context, day: date) -> Deadline:
    return Deadline(day=day, until=first_instant(day + timedelta(days=1), context.zone))


def announce(
    context: Context, when: WhenAnnounced, start: datetime, place: Place
) -> Announce | None:
    """Return when a session that starts at ``start`` is announced; arguments as ``deadline``."""
    if isinstance(when, Now):
        return Announce()
    if isinstance(when, Offset):
        day = start.date() - timedelta(days=when.days)
        return Announce(written=when.written, at=first_instant(day, context.zone))
    if when.time_of_day is None:
        return Announce(written=when.written, at=first_instant(when.day, context.zone))
    at = context.localize(when.day, when.time_of_day, place)
    return None if at is None else Announce(written=when.written, at=at)
