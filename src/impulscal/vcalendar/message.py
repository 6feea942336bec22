"""iTIP messages: an invitation, its update, its cancellation, for one attendee (RFC 5546).

Without what only belongs in feeds and files: no calendar name, no colour, no busy status
and no HTML; wrong values of those made Outlook refuse whole messages (CLIENTS.md 5.2).
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from icalendar.parser import Parameters

from impulscal.edition import Edition, PublishedSession
from impulscal.links import Links
from impulscal.schedule.model import Status
from impulscal.vcalendar.event import Texts, View, private_event, public_place, times
from impulscal.vcalendar.feed import single_calendar
from impulscal.vcalendar.lines import as_utc, component, content_line
from impulscal.vcalendar.text import sound, text

__all__ = ["Mailbox", "PrivateTexts", "Scheduling", "message", "private_file"]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A person or team with an e-mail address in ASCII (RFC 5545 3.3.3)."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduling:
    """What makes an event a message to one attendee.

    Attributes:
        method: METHOD: ``REQUEST`` or ``CANCEL``.
        sequence: SEQUENCE.
        dtstamp: DTSTAMP: when the message was made.
        partstat: PARTSTAT of the attendee.
        rsvp: Whether the attendee is asked to answer.
        summary, description: As plain text in the attendee's language.
        location: As plain text; None for none.
        join_url: The participation link; None in a cancellation.
        join_label: What the link is, in words.
        page: Address of the session's public page.
        language: Of the texts.
    """

    method: str
    sequence: int
    dtstamp: datetime
    partstat: str
    rsvp: bool
    organizer: Mailbox
    attendee: Mailbox
    summary: str
    description: str
    location: str | None
    join_url: str | None
    join_label: str
    page: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateTexts:
    """What a private file says beside what the public one does.

    Attributes:
        description: As plain text, with the link.
        location: As plain text, with the link; None for what the public one says.
        join_url, join_label: The link, and what it is in words; None for none.
        base_url: Public address of the server.
        language: Of the texts.
    """

    description: str
    location: str | None
    join_url: str | None
    join_label: str
    base_url: str
    language: str


def message(edition: Edition, session: PublishedSession, scheduling: Scheduling) -> bytes:
    """Return the iTIP message that ``scheduling`` describes (RFC 5546 3.2.2, 3.2.5)."""
    event = component("VEVENT", *_lines(edition, session, scheduling))
    return single_calendar(session, event, scheduling.language, method=scheduling.method)


def private_file(edition: Edition, session: PublishedSession, told: PrivateTexts) -> bytes:
    """Return the file of one session with its link, to be attached to a mail.

    Like the public one, and without METHOD too: Outlook sends no REQUEST that was made
    elsewhere (CLIENTS.md 5.6), and a file that nobody answers asks for no answer.
    """
    links = Links(base_url=told.base_url, series=edition.series, language=told.language)
    place = public_place(session, told.language) if told.location is None else told.location
    texts = Texts(description=told.description, location=place)
    link = () if told.join_url is None else _conference(told.join_url, told.join_label)
    event = private_event(session, View(language=told.language, links=links), texts, *link)
    return single_calendar(session, event, told.language)


def _lines(edition: Edition, session: PublishedSession, scheduling: Scheduling) -> Iterator[bytes]:
    yield content_line("UID", edition.series.uid(session.id))
    yield content_line("DTSTAMP", as_utc(scheduling.dtstamp))
    yield content_line("SEQUENCE", str(scheduling.sequence))
    yield from times(session)
    yield content_line("SUMMARY", text(scheduling.summary))
    yield content_line("DESCRIPTION", text(scheduling.description))
    if scheduling.location is not None:
        yield content_line("LOCATION", text(scheduling.location))
    yield content_line("URL", scheduling.page)
    yield from _people(scheduling)
    yield from _status(session, scheduling)
    if scheduling.join_url is not None:
        yield from _conference(scheduling.join_url, scheduling.join_label)


def _people(scheduling: Scheduling) -> Iterator[bytes]:
    yield _person("ORGANIZER", scheduling.organizer)
    yield _person(
        "ATTENDEE",
        scheduling.attendee,
        CUTYPE="INDIVIDUAL",
        ROLE="REQ-PARTICIPANT",
        PARTSTAT=scheduling.partstat,
        RSVP="TRUE" if scheduling.rsvp else "FALSE",
    )


def _person(name: str, mailbox: Mailbox, **parameters: str) -> bytes:
    shown = _parameter(mailbox.name)
    if shown:
        parameters = {"CN": shown, **parameters}
    return _with_parameters(name, parameters, f"mailto:{mailbox.address}")


def _with_parameters(name: str, parameters: dict[str, Any], value: str) -> bytes:
    # icalendar knows which values want quotes, and in which programs.
    written = Parameters(parameters).to_ical(sorted=False).decode()
    return content_line(f"{name};{written}" if written else name, value)


def _status(session: PublishedSession, scheduling: Scheduling) -> Iterator[bytes]:
    # A CANCEL without STATUS takes one attendee off a session that takes place.
    if scheduling.method != "CANCEL" or session.cancelled:
        yield content_line("STATUS", session.public.status.upper())
    free = session.public.status is Status.CANCELLED
    yield content_line("TRANSP", "TRANSPARENT" if free else "OPAQUE")


def _conference(url: str, label: str) -> Iterator[bytes]:
    """Yield the link once more for programs that have a button for it (RFC 7986 5.11)."""
    parameters = {"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"], "LABEL": _parameter(label)}
    yield _with_parameters("CONFERENCE", parameters, url)
    host = urlsplit(url).hostname or ""
    if host == "meet.google.com":
        yield content_line("X-GOOGLE-CONFERENCE", text(url))
    if host in _TEAMS:
        yield content_line("X-MICROSOFT-SKYPETEAMSMEETINGURL", text(url))


_TEAMS = ("teams.microsoft.com", "teams.live.com", "teams.cloud.microsoft")


def _parameter(value: str) -> str:
    """Return ``value`` as a parameter can hold it: one line without controls (RFC 5545 3.1).

    Quotes become apostrophes, since not every program undoes RFC 6868; backslashes become
    slashes: of a name that ends in one libical makes a part of the address.
    """
    plain = sound(value).replace('"', "'").replace("\\", "/")
    shown = (" " if unicodedata.category(sign) in _CONTROLS else sign for sign in plain)
    return " ".join("".join(shown).split())


# Only these: joiners belong to Persian names and to many an emoji.
_CONTROLS = ("Cc", "Cs")
