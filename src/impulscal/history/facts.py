"""The facts that a public ``.ics`` of a session tells, as JSON values, and their fingerprint."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from impulscal.language import LANGUAGES
from impulscal.schedule.lifecycle import Public
from impulscal.schedule.model import (
    Deadline,
    Link,
    Organizer,
    Person,
    Registration,
    Series,
    Status,
    Text,
)

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
            utc=f"{when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z",
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
    return hashlib.sha256(_CANONICAL.encode(facts).encode()).hexdigest()


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def facts_of(series: Series, session: Public) -> Facts:
    """Return what a public ``.ics`` of ``session`` tells, in all languages at once.

    Feeds in several languages share UID and SEQUENCE, so a word changed in one of
    them revises all. Pictures, the join link and the program's own wording are not
    facts; of a cancelled session neither is how to register.
    """
    tell = _Teller(frozenset({*LANGUAGES, series.language}))
    cancelled = session.status is Status.CANCELLED
    details_on = None if cancelled or session.details_on is None else session.details_on
    return _some(
        series=tell.text(series.title),
        organizer=tell.organizer(series.organizer),
        start=Moment.of(session.start).as_json(),
        end=Moment.of(session.end).as_json(),
        title=tell.text(session.title),
        status=str(session.status),
        note=tell.text(session.note),
        announced=session.announced,
        details_on=None if details_on is None else details_on.isoformat(),
        location=tell.text(session.location),
        moderators=[tell.person(person) for person in session.moderators],
        topic=tell.text(session.topic),
        teaser=tell.text(session.teaser),
        description=tell.text(session.description),
        speakers=[tell.person(person) for person in session.speakers],
        registration=None if cancelled else tell.registration(session.registration),
        links=[tell.link(link) for link in session.links],
        materials=[tell.link(link) for link in session.materials],
    )


def _some(**facts: Any) -> dict[str, Any]:
    """Drop what is empty, so that a fact named in a later release revises nothing."""
    return {name: value for name, value in facts.items() if value}


@dataclass(frozen=True, slots=True)
class _Teller:
    """Turns values into facts, in the languages that have an address."""

    languages: frozenset[str]

    def text(self, text: Text | None) -> dict[str, str] | None:
        if text is None:
            return None
        if len(text.by_language) == 1:
            return dict(text.by_language)
        fallback = text.by_language[0][0]
        return {
            tag: wording
            for tag, wording in text.by_language
            if tag in self.languages or tag == fallback
        }

    def organizer(self, organizer: Organizer | None) -> dict[str, Any] | None:
        if organizer is None:
            return None
        return _some(name=self.text(organizer.name), email=organizer.email)

    def person(self, person: Person) -> dict[str, Any]:
        return _some(
            name=self.text(person.name),
            role=self.text(person.role),
            organisation=self.text(person.organisation),
            about=self.text(person.about),
        )

    def link(self, link: Link) -> dict[str, Any]:
        return _some(title=self.text(link.title), url=link.url)

    def registration(self, registration: Registration | None) -> dict[str, Any] | None:
        if registration is None:
            return None
        if not registration.needed:
            return {"needed": "no"}
        return _some(
            email=registration.email,
            url=registration.url,
            closes=_deadline(registration.closes),
            places=registration.places,
            free=registration.free,
            full=registration.full,
            note=self.text(registration.note),
        )


def _deadline(closes: Deadline | None) -> dict[str, Any] | None:
    if closes is None:
        return None
    time = closes.time_of_day
    return _some(
        date=closes.day.isoformat(),
        time=None if time is None else time.isoformat(timespec="minutes"),
    )
