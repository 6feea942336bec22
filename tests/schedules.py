"""Schedules to test with, small and readable, and the editions they become."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from impulscal.edition import Edition, make_edition
from impulscal.history.revisions import History, revise
from impulscal.schedule.clock import first_instant, localize, zone
from impulscal.schedule.model import Deadline, Schedule, Series, Session, Text

__all__ = ["deadline", "make_series", "make_session", "publish", "text", "wall"]

NOW = datetime(2021, 5, 20, 9, tzinfo=zone("Europe/Berlin"))


def text(de: str, en: str | None = None) -> Text:
    return Text((("de", de),) if en is None else (("de", de), ("en", en)))


def wall(written: str, name: str = "Europe/Berlin") -> datetime:
    """Return the instant that a clock in the zone ``name`` shows as ``written``."""
    return localize(datetime.fromisoformat(written), zone(name))


def deadline(day: date, name: str = "Europe/Berlin") -> Deadline:
    return Deadline(day=day, until=first_instant(day + timedelta(days=1), zone(name)))


def make_series(**facts: Any) -> Series:
    plain = {"id": "stadtimpuls", "domain": "einsateam.de", "title": text("stadt:impuls")}
    return Series(**{**plain, **facts})


def make_session(start: datetime | None = None, **facts: Any) -> Session:
    """Return a session of half an hour; the second one of the real series if not told."""
    begin = wall("2021-06-08 12:00") if start is None else start
    plain = {
        "id": "2",
        "start": begin,
        "end": begin + timedelta(minutes=30),
        "title": text("Gerechte Stadt"),
    }
    return Session(**{**plain, **facts})


def publish(
    *steps: Iterable[Session], series: Series | None = None, now: datetime = NOW
) -> Edition:
    """Publish one state of the sessions after the other, a day apart, and return the last.

    Args:
        steps: The sessions of each state.
        series: What holds for all of them.
        now: When the first state is published.
    """
    history = History()
    of_series = make_series() if series is None else series
    moment = now
    for number, sessions in enumerate(steps):
        moment = now + timedelta(days=number)
        schedule = Schedule(series=of_series, sessions=tuple(sessions))
        history = history.after(revise(history, schedule, now=moment))
    return make_edition(schedule, history, digest="0" * 64, moment=moment, topics={})
