"""The real series, stadt:impuls of 2021, as it stood at nine on 20 May 2021."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from impulscal.edition import Edition, make_edition
from impulscal.history.revisions import History, revise
from impulscal.schedule.clock import first_instant
from impulscal.schedule.model import (
    Announce,
    Image,
    Link,
    Organizer,
    Person,
    Registration,
    Schedule,
    Series,
    Session,
    Status,
    slug,
)
from impulscal.vcalendar.feed import Options
from schedules import NOW, deadline, text, wall

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
        topics=("digitale-transformation", "gerechte-stadt"),
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
    return _schedule(yaml.safe_load(FILE.read_text()))


def _published(*schedules: Schedule) -> Edition:
    history = History()
    for days, schedule in enumerate(schedules):
        moment = NOW + timedelta(days=days)
        history = history.after(revise(history, schedule, now=moment))
    topics = {
        slug(topic): topic
        for session in schedule.sessions
        if session.topic is not None
        for topic in session.topic
    }
    return make_edition(schedule, history, digest="0" * 64, moment=moment, topics=topics)


def _schedule(data: dict[str, Any]) -> Schedule:
    of_series = data["series"]
    series = Series(
        id=of_series["id"],
        domain=of_series["domain"],
        title=text(of_series["title"]),
        color=of_series["color"],
        organizer=Organizer(
            name=text(of_series["organizer"]["name"]), email=of_series["organizer"]["email"]
        ),
        location=text(of_series["location"]),
        moderators=tuple(_person(person) for person in of_series["moderators"]),
    )
    sessions = [_session(series, of_series["registration"], told) for told in data["sessions"]]
    return Schedule(series=series, sessions=tuple(sessions))


def _session(series: Series, registration: dict[str, Any], told: dict[str, Any]) -> Session:
    start = wall(f"{told['date']} 12:00")
    announced = first_instant(start.date() - timedelta(weeks=4), start.tzinfo)
    return Session(
        id=str(told["id"]),
        start=start,
        end=start + timedelta(minutes=30),
        title=text(told["title"]),
        working_title=_text(told, "working_title"),
        topic=_text(told, "topic"),
        teaser=_text(told, "teaser"),
        description=_text(told, "description"),
        location=series.location,
        speakers=tuple(_person(person) for person in told.get("speakers", [])),
        moderators=series.moderators,
        registration=_registration({**registration, **told.get("registration", {})}),
        announce=Announce(written="4 weeks before", at=announced),
        links=tuple(Link(title=text(link["title"])) for link in told.get("links", [])),
        images=tuple(Image(alt=_text(image, "alt")) for image in told.get("images", [])),
    )


def _registration(told: dict[str, Any]) -> Registration:
    closes: date | None = told.get("closes")
    return Registration(
        email=told["email"],
        free=told["free"],
        closes=None if closes is None else deadline(closes),
        note=_text(told, "note"),
    )


def _person(told: dict[str, Any]) -> Person:
    return Person(
        name=text(told["name"]),
        role=_text(told, "role"),
        organisation=_text(told, "organisation"),
        about=_text(told, "about"),
    )


def _text(told: dict[str, Any], key: str) -> Any:
    return None if told.get(key) is None else text(told[key].strip())
