"""iTIP messages: an invitation, its update, its cancellation, for one attendee (RFC 5546).

Without what only belongs in feeds and files: no calendar name, no colour, no busy status
and no HTML; wrong values of those made Outlook refuse whole messages (CLIENTS.md 5.2).
"""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from icalendar import Event
from icalendar.prop import vCalAddress, vUri

from impulscal.edition import Edition, PublishedSession
from impulscal.links import Links
from impulscal.schedule.model import Status
from impulscal.vcalendar.event import View, is_zoned, saved_event
from impulscal.vcalendar.feed import single_calendar
from impulscal.vcalendar.text import text

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
        location: As plain text, with the link; None for none.
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
    event = Event()
    start, end = session.public.start, session.public.end
    zoned = is_zoned(session)
    event.add("uid", edition.series.uid(session.id))
    event.add("dtstamp", scheduling.dtstamp)
    event.add("sequence", scheduling.sequence)
    event.add("dtstart", start if zoned else start.astimezone(UTC))
    event.add("dtend", end if zoned else end.astimezone(UTC))
    event.add("summary", text(scheduling.summary))
    event.add("description", text(scheduling.description))
    if scheduling.location is not None:
        event.add("location", text(scheduling.location))
    event.add("url", scheduling.page)
    _add_people(event, scheduling)
    _add_status(event, session, scheduling)
    if scheduling.join_url is not None:
        _add_conference(event, scheduling.join_url, scheduling.join_label)
    return single_calendar(session, event, scheduling.language, method=scheduling.method)


def private_file(edition: Edition, session: PublishedSession, told: PrivateTexts) -> bytes:
    """Return the file of one session with its link, to be attached to a mail.

    Like the public one, and without METHOD too: Outlook sends no REQUEST that was made
    elsewhere (CLIENTS.md 5.6), and a file that nobody answers asks for no answer.
    """
    links = Links(base_url=told.base_url, series=edition.series, language=told.language)
    event = saved_event(edition, session, View(language=told.language, links=links))
    event["description"] = text(told.description)
    del event["x-alt-desc"]
    if told.location is not None:
        event["location"] = text(told.location)
    if told.join_url is not None:
        _add_conference(event, told.join_url, told.join_label)
    return single_calendar(session, event, told.language)


def _add_people(event: Event, scheduling: Scheduling) -> None:
    event.add("organizer", _address(scheduling.organizer))
    attendee = _address(scheduling.attendee)
    attendee.params["CUTYPE"] = "INDIVIDUAL"
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = scheduling.partstat
    attendee.params["RSVP"] = "TRUE" if scheduling.rsvp else "FALSE"
    event.add("attendee", attendee)


def _address(mailbox: Mailbox) -> vCalAddress:
    address = vCalAddress(f"mailto:{mailbox.address}")
    name = _parameter(mailbox.name)
    if name:
        address.params["CN"] = name
    return address


def _add_status(event: Event, session: PublishedSession, scheduling: Scheduling) -> None:
    # A CANCEL without STATUS takes one attendee off a session that takes place.
    if scheduling.method != "CANCEL" or session.cancelled:
        event.add("status", session.public.status.upper())
    free = session.public.status is Status.CANCELLED
    event.add("transp", "TRANSPARENT" if free else "OPAQUE")


def _add_conference(event: Event, url: str, label: str) -> None:
    """Add the link once more for programs that have a button for it (RFC 7986 5.11)."""
    parameters = {"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"], "LABEL": _parameter(label)}
    event.add("conference", vUri(url, params=parameters))
    host = urlsplit(url).hostname or ""
    if host == "meet.google.com":
        event.add("x-google-conference", url)
    if host in _TEAMS:
        event.add("x-microsoft-skypeteamsmeetingurl", url)


_TEAMS = ("teams.microsoft.com", "teams.live.com", "teams.cloud.microsoft")


def _parameter(value: str) -> str:
    """Return ``value`` as a parameter can hold it: one line without controls (RFC 5545 3.1).

    Quotes become apostrophes, since not every program undoes RFC 6868; backslashes become
    slashes: of a name that ends in one libical makes a part of the address.
    """
    plain = text(value).replace('"', "'").replace("\\", "/")
    shown = (" " if unicodedata.category(sign) in _CONTROLS else sign for sign in plain)
    return " ".join("".join(shown).split())


# Only these: joiners belong to Persian names and to many an emoji.
_CONTROLS = ("Cc", "Cs")
