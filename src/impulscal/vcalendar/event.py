"""Events: what a session becomes in a calendar (RFC 5545 3.6.1).

The order of the properties is fixed, UID first: some programs take the first UID of a
text for the event's, and the VALARM has one too.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Event

from impulscal.edition import Edition, PublishedSession
from impulscal.links import Links
from impulscal.schedule.model import Status
from impulscal.vcalendar.text import text
from impulscal.vcalendar.timezone import governs, rule_of
from impulscal.wording.description import Description, deadline_description, description
from impulscal.wording.titles import deadline_title, marked_title

__all__ = ["View", "deadline_entry", "feed_event", "is_zoned", "saved_event", "zone_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """For whom events are written.

    Attributes:
        language: Of the texts.
        links: The addresses in that language.
        alarm: Minutes before the start at which an alarm rings, or None.
        cancelled_visible: Whether a cancelled session says so in its title only.
    """

    language: str
    links: Links
    alarm: int | None = None
    cancelled_visible: bool = False


def feed_event(edition: Edition, session: PublishedSession, view: View) -> Event:
    """Return the session as subscribers get it: free, since subscribing is not attending."""
    event = _event(edition, session, view, sequence=session.revision.sequence)
    visible = session.cancelled and view.cancelled_visible
    status = Status.CONFIRMED if visible else session.public.status
    event.add("status", status.upper())
    _add_busy(event, "FREE")
    if view.alarm is not None and not session.cancelled:
        event.add_component(_alarm(edition, session, view, view.alarm))
    return event


def saved_event(edition: Edition, session: PublishedSession, view: View) -> Event:
    """Return the session as people save it in a calendar of their own: busy.

    No ORGANIZER: Outlook would ask to answer an invitation that nobody sent.
    """
    event = _event(edition, session, view, sequence=session.revision.schedule_sequence)
    event.add("status", session.public.status.upper())
    _add_busy(event, _BUSY[session.public.status])
    # A whole document, as Outlook writes it itself.
    told = _description(edition, session, view).html()
    document = f"<!DOCTYPE html><html><body>{told}</body></html>"
    event.add("x-alt-desc", text(document), {"FMTTYPE": "text/html"})
    return event


_BUSY = {Status.CONFIRMED: "BUSY", Status.TENTATIVE: "TENTATIVE", Status.CANCELLED: "FREE"}


def deadline_entry(edition: Edition, session: PublishedSession, view: View) -> Event | None:
    """Return the all-day entry of the registration deadline, where there is one."""
    public, series = session.public, edition.series
    closes = None if public.registration is None else public.registration.closes
    if closes is None or session.cancelled:
        return None
    page = view.links.session_page(session.id)
    told = deadline_description(series, session, view.language, page)
    event = Event()
    _add_revision(event, series.deadline_uid(session.id), session, session.revision.sequence)
    event.add("dtstart", closes.day)
    event.add("dtend", closes.day + timedelta(days=1))
    event.add("summary", text(deadline_title(series, session, view.language)))
    event.add("description", text(told.plain()))
    event.add("url", page)
    _add_topic(event, session, view)
    event.add("status", public.status.upper())
    _add_busy(event, "FREE")
    return event


def is_zoned(session: PublishedSession) -> bool:
    """Tell whether the session's times are written with a TZID.

    Not in the night in which the clocks go back: a wall time that exists twice means
    the first one (RFC 5545 3.3.5), which is not always the one that is meant.
    """
    start, end = session.public.start, session.public.end
    return governs(rule_of(zone_of(start)), start) and not (_is_twice(start) or _is_twice(end))


def _is_twice(when: datetime) -> bool:
    return when.replace(fold=0).utcoffset() != when.replace(fold=1).utcoffset()


def _event(edition: Edition, session: PublishedSession, view: View, *, sequence: int) -> Event:
    public, series = session.public, edition.series
    event = Event()
    _add_revision(event, series.uid(session.id), session, sequence)
    zoned = is_zoned(session)
    event.add("dtstart", public.start if zoned else public.start.astimezone(UTC))
    event.add("dtend", public.end if zoned else public.end.astimezone(UTC))
    event.add("summary", text(marked_title(series, session, view.language)))
    event.add("description", text(_description(edition, session, view).plain()))
    if public.location is not None:
        event.add("location", text(public.location.in_language(view.language)))
    event.add("url", view.links.session_page(session.id))
    _add_topic(event, session, view)
    return event


def _description(edition: Edition, session: PublishedSession, view: View) -> Description:
    page = view.links.session_page(session.id)
    return description(edition.series, session, view.language, page)


def _add_revision(event: Event, uid: str, session: PublishedSession, sequence: int) -> None:
    """Add what programs tell old from new by; Google and others go by all of it."""
    event.add("uid", uid)
    event.add("dtstamp", session.revision.revised_at)
    event.add("last-modified", session.revision.revised_at)
    event.add("created", session.revision.created_at)
    event.add("sequence", sequence)


def _add_topic(event: Event, session: PublishedSession, view: View) -> None:
    if session.public.topic is not None:
        # One value and no list: a comma in a topic is part of it.
        topic = text(session.public.topic.in_language(view.language))
        event.add("categories", topic, encode=False)


def _add_busy(event: Event, shown_as: str) -> None:
    event.add("transp", "TRANSPARENT" if shown_as == "FREE" else "OPAQUE")
    event.add("x-microsoft-cdo-busystatus", shown_as)


def _alarm(edition: Edition, session: PublishedSession, view: View, minutes: int) -> Alarm:
    alarm = Alarm()
    alarm.add("uid", f"alarm.{edition.series.uid(session.id)}")
    alarm.add("action", "DISPLAY")
    # Minutes as asked for: some programs read only the plainest form of a duration.
    alarm.add("trigger", text(f"-PT{minutes}M" if minutes else "PT0M"))
    alarm.add("description", text(marked_title(edition.series, session, view.language)))
    return alarm


def zone_of(when: datetime) -> ZoneInfo:
    """Return the zone of a session's time, from the zone data it was read with."""
    if not isinstance(when.tzinfo, ZoneInfo):
        raise TypeError(f"{when} is not in a zone of the zone data")
    return when.tzinfo
