"""What an event tells, in the words of the model, for comparing readers with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from impulscal.edition import Edition, PublishedSession
from impulscal.links import Links
from impulscal.vcalendar.feed import Options
from impulscal.wording.description import deadline_description, description
from impulscal.wording.titles import deadline_title, marked_title

__all__ = ["Attendee", "Message", "Party", "Told", "expected_feed", "expected_file", "written"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Told:
    """One event. Times as UTC (``2021-06-08T10:00:00Z``), days as ``2021-06-04``."""

    uid: str
    sequence: int
    start: str
    end: str
    title: str
    description: str
    location: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who organises: the address without ``mailto:``, the name as it is read."""

    address: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee(Party):
    """Who is invited, and what they answered."""

    partstat: str
    rsvp: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An iTIP message of one event.

    Attributes:
        stamp: DTSTAMP, as UTC.
        conference: Address of the first CONFERENCE; empty for none. None where a program
            does not know the property.
    """

    method: str
    event: Told
    stamp: str
    conference: str | None
    organizer: Party | None
    attendees: tuple[Attendee, ...]


def written(when: date) -> str:
    """Return a day or an aware time as ``Told`` has it."""
    if not isinstance(when, datetime):
        return when.isoformat()
    if when.tzinfo is None:
        return f"{when} in no zone"
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def expected_feed(
    edition: Edition, *, language: str, options: Options, base_url: str
) -> Iterator[Told]:
    """What every reader should find in the feed."""
    links = Links(base_url=base_url, series=edition.series, language=language)
    for session in edition.sessions:
        topic = session.topic_slug(edition.series)
        if options.topics and topic not in options.topics:
            continue
        status = str(session.public.status).upper()
        if session.cancelled and options.cancelled_visible:
            status = "CONFIRMED"
        sequence = session.revision.sequence
        yield _session(edition, session, links, status=status, sequence=sequence)
        if options.deadlines:
            yield from _deadline(edition, session, links)


def expected_file(edition: Edition, session_id: str, *, language: str, base_url: str) -> Told:
    """What every reader should find in the file of one session."""
    session = edition.by_id[session_id]
    return _session(
        edition,
        session,
        Links(base_url=base_url, series=edition.series, language=language),
        status=str(session.public.status).upper(),
        sequence=session.revision.schedule_sequence,
    )


def _shown(told: str) -> str:
    """Return a text as calendars can show it; ``vcalendar.text`` says why."""
    lines = told.replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(letter for letter in lines if not _is_noncharacter(ord(letter)))


def _is_noncharacter(code: int) -> bool:
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def _session(
    edition: Edition, session: PublishedSession, links: Links, *, status: str, sequence: int
) -> Told:
    series, language = edition.series, links.language
    location = session.public.location
    page = links.session_page(session.id)
    return Told(
        uid=f"{session.id}.{series.id}@{series.domain}",
        sequence=sequence,
        start=written(session.public.start),
        end=written(session.public.end),
        title=_shown(marked_title(series, session, language)),
        description=_shown(description(series, session, language, page).plain()),
        location="" if location is None else _shown(location.in_language(language)),
        status=status,
    )


def _deadline(edition: Edition, session: PublishedSession, links: Links) -> Iterator[Told]:
    series, language = edition.series, links.language
    registration = session.public.registration
    if session.cancelled or registration is None or registration.closes is None:
        return
    day = registration.closes.day
    page = links.session_page(session.id)
    yield Told(
        uid=f"{session.id}.deadline.{series.id}@{series.domain}",
        sequence=session.revision.sequence,
        start=written(day),
        end=written(day + timedelta(days=1)),
        title=_shown(deadline_title(series, session, language)),
        description=_shown(deadline_description(series, session, language, page).plain()),
        location="",
        status=str(session.public.status).upper(),
    )
