"""The facts that a public ``.ics`` of a session tells, as JSON values, and their fingerprint."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from impulscal.schedule.lifecycle import Public
from impulscal.schedule.model import Link, Person, Registration, Series, Text

__all__ = ["Facts", "Moment", "facts_of", "fingerprint"]

Facts = Mapping[str, Any]
"""Named, non-empty facts as JSON values; what is empty is not there."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A start or end as it was told: wall time with zone, and the instant.

    Both, because a law can move the instant under an unchanged wall time.
    """

    wall: str
    zone: str
    utc: str

    @classmethod
    def of(cls, when: datetime) -> "Moment":
        """Return the moment of an aware datetime whose zone is a ``ZoneInfo``."""
        return cls(
            wall=when.replace(tzinfo=None).isoformat(timespec="seconds"),
            zone=str(when.tzinfo),
            utc=when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )

    @property
    def instant(self) -> datetime:
        """The instant, in UTC."""
        return datetime.fromisoformat(self.utc)

    def same_date(self, other: "Moment") -> bool:
        """Tell whether people would call both the same date: by the wall or the instant."""
        return self.utc == other.utc or (self.wall, self.zone) == (other.wall, other.zone)

    def as_json(self) -> dict[str, str]:
        """Return the moment as a fact."""
        return {"wall": self.wall, "zone": self.zone, "utc": self.utc}


def fingerprint(facts: Facts) -> str:
    """Return the SHA-256 of ``facts`` in canonical JSON."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def facts_of(series: Series, session: Public) -> Facts:
    """Return what a public ``.ics`` of ``session`` tells, in all languages at once.

    Feeds in several languages share UID and SEQUENCE, so a word changed in one of
    them revises all. Pictures, the join link and the program's own wording are not
    facts.
    """
    facts: dict[str, Any] = {
        "series": _text(series.title),
        "organizer": None
        if series.organizer is None
        else _some(name=_text(series.organizer.name), email=series.organizer.email),
        "start": Moment.of(session.start).as_json(),
        "end": Moment.of(session.end).as_json(),
        "title": _text(session.title),
        "status": str(session.status),
        "note": _text(session.note),
        "announced": session.announced,
        "details_on": None if session.details_on is None else session.details_on.isoformat(),
        "location": _text(session.location),
        "moderators": [_person(person) for person in session.moderators],
        "topic": _text(session.topic),
        "teaser": _text(session.teaser),
        "description": _text(session.description),
        "speakers": [_person(person) for person in session.speakers],
        "registration": _registration(session.registration),
        "links": [_link(link) for link in session.links],
        "materials": [_link(link) for link in session.materials],
    }
    return _some(**facts)


def _some(**facts: Any) -> dict[str, Any]:
    """Drop what is empty, so that a fact named in a later release revises nothing."""
    return {name: value for name, value in facts.items() if value not in (None, "", [], {}, False)}


def _text(text: Text | None) -> dict[str, str] | None:
    return None if text is None else dict(text.by_language)


def _person(person: Person) -> dict[str, Any]:
    return _some(
        name=_text(person.name),
        role=_text(person.role),
        organisation=_text(person.organisation),
        about=_text(person.about),
    )


def _link(link: Link) -> dict[str, Any]:
    return _some(title=_text(link.title), url=link.url)


def _registration(registration: Registration | None) -> dict[str, Any] | None:
    if registration is None:
        return None
    closes = registration.closes
    return _some(
        email=registration.email,
        url=registration.url,
        closes=None
        if closes is None
        else _some(
            date=closes.day.isoformat(),
            time=None
            if closes.time_of_day is None
            else closes.time_of_day.isoformat(timespec="minutes"),
        ),
        places=registration.places,
        free=registration.free,
        full=registration.full,
        note=_text(registration.note),
    )
