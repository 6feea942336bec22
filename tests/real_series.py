"""The real series, stadt:impuls of 2021, as it stood at nine on 20 May 2021."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from impulscal.edition import Edition, make_edition
from impulscal.history.revisions import History, revise
from impulscal.schedule.model import Schedule, Session, Status
from impulscal.schedule.reader import read
from impulscal.vcalendar.feed import Options
from schedules import NOW, text, wall

__all__ = ["BASE_URL", "FEEDS", "changed_edition", "real_edition"]

FILE = Path(__file__).parent.parent / "sessions.yaml"

BASE_URL = "https://kalender.example"

FEEDS = {
    "feed": Options(),
    "feed-deadlines": Options(deadlines=True),
    "feed-alarm": Options(alarm=30),
    "feed-topic": Options(topics=("gerechte-stadt",)),
    "feed-cancelled-visible": Options(cancelled_visible=True),
    "feed-all-options": Options(
        deadlines=True,
        alarm=0,
        topics=("gerechte-stadt",),
        cancelled_visible=True,
    ),
}
"""Each option of the feed alone, and all together."""


def real_edition() -> Edition:
    """Return the series as nobody has changed it yet."""
    return _published(_real_schedule())


def changed_edition() -> Edition:
    """Return what might have become of it: moved, not yet fixed, cancelled, back again."""
    first = _real_schedule()
    _one, two, three, four, five = first.sessions
    second = {
        "2": replace(two, start=wall("2021-06-15 12:00"), end=wall("2021-06-15 12:30")),
        "3": replace(three, status=Status.TENTATIVE),
        "4": replace(four, start=wall("2021-10-19 12:00"), end=wall("2021-10-19 12:30")),
        "5": replace(five, status=Status.CANCELLED, note=text("Wir holen das Thema 2022 nach.")),
    }
    third = {
        **second,
        "2": replace(
            two,
            start=wall("2021-06-22 12:00"),
            end=wall("2021-06-22 12:30"),
            note=text("Frank Schmitz ist erkrankt.", "Frank Schmitz is ill."),
        ),
        "4": four,
    }
    return _published(first, _with(first, second), _with(first, third))


def _with(schedule: Schedule, changed: dict[str, Session]) -> Schedule:
    sessions = (changed.get(session.id, session) for session in schedule.sessions)
    return replace(schedule, sessions=tuple(sessions))


def _real_schedule() -> Schedule:
    reading = read(FILE.read_bytes(), folder=FILE.parent, now=NOW)
    assert reading.schedule is not None, reading.problems
    return reading.schedule


def _published(*schedules: Schedule) -> Edition:
    history = History()
    for days, schedule in enumerate(schedules):
        moment = NOW + timedelta(days=days)
        history = history.after(revise(history, schedule, now=moment))
    # Of all topics, only the second session's is announced by then.
    topics = {"gerechte-stadt": "Gerechte Stadt"}
    return make_edition(schedule, history, digest="0" * 64, moment=moment, topics=topics)
