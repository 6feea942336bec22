"""What is public at a moment, and when that changes next.

Before a session is announced the public sees little of it: ``Public`` then simply
does not hold the rest. All that is rendered is made from ``Public``, so an
unannounced text or a private link has no way out.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from impulscal.schedule.clock import first_instant
from impulscal.schedule.model import (
    Deadline,
    Image,
    Link,
    Person,
    Registration,
    Schedule,
    Series,
    Session,
    Status,
    Text,
)

__all__ = ["Public", "State", "is_announced", "next_turn", "public", "state"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """What the public may know of a session at a moment.

    Attributes:
        announced: Whether all has been told.
        details_on: Before that: the day (series' zone) on which more follows.
        title: The working title before the announcement, if there is one.
    """

    id: str
    start: datetime
    end: datetime
    title: Text
    status: Status
    note: Text | None
    announced: bool
    details_on: date | None = None
    location: Text | None = None
    moderators: tuple[Person, ...] = ()
    topic: Text | None = None
    teaser: Text | None = None
    description: Text | None = None
    speakers: tuple[Person, ...] = ()
    registration: Registration | None = None
    links: tuple[Link, ...] = ()
    materials: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()


def is_announced(session: Session, now: datetime) -> bool:
    """Tell whether ``session`` is announced at ``now`` by the file alone."""
    return session.announce.at is None or session.announce.at <= now


def public(series: Series, session: Session, *, announced: bool) -> Public:
    """Return what the public may know of ``session``.

    Before the announcement the place and the moderators are the series' own: what a
    session says of its own waits.
    """
    if not announced:
        at = session.announce.at
        return Public(
            id=session.id,
            start=session.start,
            end=session.end,
            title=session.working_title or session.title,
            status=session.status,
            note=session.note,
            announced=False,
            details_on=None if at is None else at.astimezone(session.start.tzinfo).date(),
            location=series.location,
            moderators=tuple(replace(person, about=None) for person in series.moderators),
        )
    return Public(
        id=session.id,
        start=session.start,
        end=session.end,
        title=session.title,
        status=session.status,
        note=session.note,
        announced=True,
        location=session.location,
        moderators=session.moderators,
        topic=session.topic,
        teaser=session.teaser,
        description=session.description,
        speakers=session.speakers,
        registration=session.registration,
        links=session.links,
        materials=session.materials,
        images=session.images,
    )


class State(StrEnum):
    """Where a session stands at a moment: what pages say first."""

    CANCELLED = "cancelled"
    OVER = "over"
    RUNNING = "running"
    UNANNOUNCED = "unannounced"
    ANNOUNCED = "announced"
    NO_REGISTRATION = "no-registration"
    FULL = "full"
    CLOSED = "closed"
    LAST_DAY = "last-day"
    OPEN = "open"


def state(session: Public, now: datetime) -> State:
    """Return where ``session`` stands at ``now``."""
    if session.status is Status.CANCELLED:
        return State.CANCELLED
    if session.end <= now:
        return State.OVER
    if session.start <= now:
        return State.RUNNING
    if not session.announced:
        return State.UNANNOUNCED
    return _registration_state(session, now)


def _registration_state(session: Public, now: datetime) -> State:
    registration = session.registration
    if registration is None:
        return State.ANNOUNCED
    if not registration.needed:
        return State.NO_REGISTRATION
    if registration.full:
        return State.FULL
    if registration.closes is not None:
        return _deadline_state(registration.closes, session, now)
    reachable = registration.email is not None or registration.url is not None
    return State.OPEN if reachable else State.ANNOUNCED


def _deadline_state(deadline: Deadline, session: Public, now: datetime) -> State:
    if deadline.until <= now:
        return State.CLOSED
    if now.astimezone(session.start.tzinfo).date() >= deadline.day:
        return State.LAST_DAY
    return State.OPEN


def next_turn(schedule: Schedule, now: datetime) -> datetime | None:
    """Return the first instant after ``now`` at which something becomes different.

    That is: a session is announced, begins or ends, or its registration enters its
    last day or closes.
    """
    ahead = [turn for session in schedule.sessions for turn in _turns(session) if turn > now]
    return min(ahead, default=None)


def _turns(session: Session) -> tuple[datetime, ...]:
    turns = [session.start, session.end]
    if session.announce.at is not None:
        turns.append(session.announce.at)
    if session.registration is not None and session.registration.closes is not None:
        closes = session.registration.closes
        turns += [first_instant(closes.day, session.start.tzinfo), closes.until]
    return tuple(turns)
