"""Events: what a session becomes in a calendar (RFC 5545 3.6.1), as octets.

The order of the properties is fixed, UID first: some programs take the first UID of a
text for the event's, and the VALARM has one too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from impulscal.edition import PublishedSession
from impulscal.links import Links
from impulscal.schedule.model import Status
from impulscal.vcalendar.form import sound
from impulscal.vcalendar.lines import as_date, as_utc, as_wall, component, content_line
from impulscal.vcalendar.text import text
from impulscal.vcalendar.timezone import governs, rule_of
from impulscal.wording.description import Description, deadline_description, description
from impulscal.wording.titles import deadline_title, marked_title

__all__ = [
    "Texts",
    "View",
    "deadline_entry",
    "feed_event",
    "is_zoned",
    "private_event",
    "public_place",
    "saved_event",
    "times",
    "told",
    "zone_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """For whom events are written.

    Attributes:
        language: Of the texts.
        links: The addresses in that language.
    """

    language: str
    links: Links


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What an event says at length.

    Attributes:
        description: As plain text.
        location: As plain text; None for none.
    """

    description: str
    location: str | None


def told(session: PublishedSession, view: View) -> bytes:
    """Return what every feed tells of a session whatever its options: UID to CATEGORIES."""
    texts = _public_texts(session, view, _description(session, view))
    return sound(b"".join(_told(session, view, texts, session.revision.sequence)))


def feed_event(
    session: PublishedSession, view: View, body: bytes, *, alarm: int | None, visible: bool
) -> bytes:
    """Return the session as subscribers get it: free, since subscribing is not attending.

    Args:
        session: The session.
        view: For whom.
        body: What ``told`` made of both.
        alarm: Minutes before the start at which an alarm rings, or None.
        visible: Whether a cancelled session says so in its title only.
    """
    status = session.public.status
    if session.cancelled and visible:
        status = Status.CONFIRMED
    bell = _alarm(session, view, alarm) if alarm is not None and not session.cancelled else b""
    return component("VEVENT", body, _shown_as(status, "FREE"), bell)


def saved_event(session: PublishedSession, view: View) -> bytes:
    """Return the session as people save it in a calendar of their own: busy.

    No ORGANIZER: Outlook would ask to answer an invitation that nobody sent.
    """
    written = _description(session, view)
    # A whole document, as Outlook writes it itself.
    document = f"<!DOCTYPE html><html><body>{written.html()}</body></html>"
    as_html = content_line("X-ALT-DESC;FMTTYPE=text/html", text(document))
    return private_event(session, view, _public_texts(session, view, written), as_html)


def private_event(session: PublishedSession, view: View, texts: Texts, *further: bytes) -> bytes:
    """Return the session as ``saved_event`` does, with other texts and ``further`` lines."""
    status = session.public.status
    lines = _told(session, view, texts, session.revision.schedule_sequence)
    return component("VEVENT", *lines, _shown_as(status, _BUSY[status]), *further)


_BUSY = {Status.CONFIRMED: "BUSY", Status.TENTATIVE: "TENTATIVE", Status.CANCELLED: "FREE"}


def deadline_entry(session: PublishedSession, view: View) -> bytes:
    """Return the all-day entry of the registration deadline; nothing where there is none."""
    public, series = session.public, view.links.series
    closes = None if public.registration is None else public.registration.closes
    if closes is None or session.cancelled:
        return b""
    page = view.links.session_page(session.id)
    words = deadline_description(series, session, view.language, page)
    event = component(
        "VEVENT",
        *_revision(series.deadline_uid(session.id), session, session.revision.sequence),
        content_line("DTSTART;VALUE=DATE", as_date(closes.day)),
        content_line("DTEND;VALUE=DATE", as_date(closes.day + timedelta(days=1))),
        content_line("SUMMARY", text(deadline_title(series, session, view.language))),
        content_line("DESCRIPTION", text(words.plain())),
        content_line("URL", page),
        _topic(session, view),
        _shown_as(public.status, "FREE"),
    )
    return sound(event)


def is_zoned(session: PublishedSession) -> bool:
    """Tell whether the session's times are written with a TZID.

    Not in the night in which the clocks go back: a wall time that exists twice means
    the first one (RFC 5545 3.3.5), which is not always the one that is meant.
    """
    start, end = session.public.start, session.public.end
    return governs(rule_of(zone_of(start)), start) and not (_is_twice(start) or _is_twice(end))


def _is_twice(when: datetime) -> bool:
    return when.replace(fold=0).utcoffset() != when.replace(fold=1).utcoffset()


def times(session: PublishedSession) -> Iterator[bytes]:
    """Yield DTSTART and DTEND, with TZID or in UTC."""
    zoned = is_zoned(session)
    for name, when in (("DTSTART", session.public.start), ("DTEND", session.public.end)):
        if zoned:
            yield content_line(f"{name};TZID={zone_of(when).key}", as_wall(when))
        else:
            yield content_line(name, as_utc(when))


def _told(session: PublishedSession, view: View, texts: Texts, sequence: int) -> Iterator[bytes]:
    series = view.links.series
    yield from _revision(series.uid(session.id), session, sequence)
    yield from times(session)
    yield content_line("SUMMARY", text(marked_title(series, session, view.language)))
    yield content_line("DESCRIPTION", text(texts.description))
    if texts.location is not None:
        yield content_line("LOCATION", text(texts.location))
    yield content_line("URL", view.links.session_page(session.id))
    yield _topic(session, view)


def _public_texts(session: PublishedSession, view: View, written: Description) -> Texts:
    return Texts(description=written.plain(), location=public_place(session, view.language))


def public_place(session: PublishedSession, language: str) -> str | None:
    """Return where the session takes place; None where nothing is said."""
    location = session.public.location
    return None if location is None else location.in_language(language)


def _description(session: PublishedSession, view: View) -> Description:
    page = view.links.session_page(session.id)
    return description(view.links.series, session, view.language, page)


def _revision(uid: str, session: PublishedSession, sequence: int) -> Iterator[bytes]:
    """Yield what programs tell old from new by; Google and others go by all of it."""
    revised_at = as_utc(session.revision.revised_at)
    yield content_line("UID", uid)
    yield content_line("DTSTAMP", revised_at)
    yield content_line("LAST-MODIFIED", revised_at)
    yield content_line("CREATED", as_utc(session.revision.created_at))
    yield content_line("SEQUENCE", str(sequence))


def _topic(session: PublishedSession, view: View) -> bytes:
    if session.public.topic is None:
        return b""
    # One value and no list: a comma in a topic is part of it.
    return content_line("CATEGORIES", text(session.public.topic.in_language(view.language)))


def _shown_as(status: Status, shown_as: str) -> bytes:
    transparency = "TRANSPARENT" if shown_as == "FREE" else "OPAQUE"
    return (
        f"STATUS:{status.upper()}\r\n"
        f"TRANSP:{transparency}\r\n"
        f"X-MICROSOFT-CDO-BUSYSTATUS:{shown_as}\r\n"
    ).encode()


def _alarm(session: PublishedSession, view: View, minutes: int) -> bytes:
    series = view.links.series
    bell = component(
        "VALARM",
        content_line("UID", f"alarm.{series.uid(session.id)}"),
        content_line("ACTION", "DISPLAY"),
        # Minutes as asked for: some programs read only the plainest form of a duration.
        content_line("TRIGGER", f"-PT{minutes}M" if minutes else "PT0M"),
        content_line("DESCRIPTION", text(marked_title(series, session, view.language))),
    )
    return sound(bell)


def zone_of(when: datetime) -> ZoneInfo:
    """Return the zone of a session's time, from the zone data it was read with."""
    if not isinstance(when.tzinfo, ZoneInfo):
        raise TypeError(f"{when} is not in a zone of the zone data")
    return when.tzinfo
