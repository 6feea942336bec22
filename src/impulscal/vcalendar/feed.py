"""The feed that people subscribe to, and the file of a single session, as bytes.

Two different files: a calendar name or a second event makes Outlook open a saved file
as a new calendar, and what is saved is busy while a subscription is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from icalendar import Calendar, Event

from impulscal.edition import Edition, PublishedSession
from impulscal.errors import Message, _
from impulscal.language import spoken, translate
from impulscal.links import Links
from impulscal.schedule.clock import zone
from impulscal.schedule.colors import COLORS
from impulscal.vcalendar.event import (
    View,
    deadline_entry,
    feed_event,
    is_zoned,
    saved_event,
    zone_of,
)
from impulscal.vcalendar.form import whole
from impulscal.vcalendar.text import text
from impulscal.vcalendar.timezone import UTC_RULE, Rule, rule_of, vtimezone
from impulscal.wording.lines import one_line

__all__ = ["Options", "feed", "single_calendar", "single_file", "single_file_name"]

# Google goes its own way; Nextcloud asks once a week unless told.
_REFRESH = "PT1H"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a subscriber may ask of the feed.

    Attributes:
        deadlines: Add an all-day entry for every registration deadline.
        alarm: Minutes (0 to 10080) before every session at which an alarm rings.
        topics: Slugs, sorted; only sessions with one of them. Empty: all.
        cancelled_visible: Keep cancelled sessions where STATUS:CANCELLED hides them.
    """

    deadlines: bool = False
    alarm: int | None = None
    topics: tuple[str, ...] = ()
    cancelled_visible: bool = False

    def query(self) -> str:
        """Return the options as a query string in a fixed order, ``""`` if there are none."""
        pairs = []
        if self.cancelled_visible:
            pairs.append("cancelled=visible")
        if self.deadlines:
            pairs.append("deadlines=1")
        if self.alarm is not None:
            pairs.append(f"alarm={self.alarm}")
        pairs += [f"topic={quote(topic, safe='')}" for topic in self.topics]
        return "&".join(pairs)


def feed(edition: Edition, *, language: str, options: Options, base_url: str, source: str) -> bytes:
    """Return the feed of ``edition`` (RFC 5545; calendar properties RFC 7986).

    Args:
        edition: What to show; the same edition gives the same bytes.
        language: ``de``, ``en`` or the series' own.
        options: What the subscriber asked for.
        base_url: Public address of the server.
        source: The subscribed address itself, with its options.
    """
    links = Links(base_url=base_url, series=edition.series, language=language)
    view = View(
        language=language,
        links=links,
        alarm=options.alarm,
        cancelled_visible=options.cancelled_visible,
    )
    calendar = _calendar(language)
    _add_calendar_properties(calendar, edition, view, options)
    calendar.add("source", source, {"VALUE": "URI"})
    calendar.add("url", links.series_page())
    calendar.add("last-modified", edition.modified_at)
    events = list(_events(edition, view, options))
    # Without events too: a calendar has at least one component (RFC 5545 3.6).
    rule = _rule(edition) or (UTC_RULE if not events else None)
    if rule is not None:
        calendar.add_component(vtimezone(rule))
    for event in events:
        calendar.add_component(event)
    return _bytes(calendar)


def single_file(edition: Edition, session_id: str, *, language: str, base_url: str) -> bytes:
    """Return the file of one session, to save or to send on.

    Raises:
        KeyError: There is no such session in this edition.
    """
    links = Links(base_url=base_url, series=edition.series, language=language)
    view = View(language=language, links=links)
    session = edition.by_id[session_id]
    return single_calendar(session, saved_event(edition, session, view), language)


def single_calendar(
    session: PublishedSession, event: Event, language: str, *, method: str | None = None
) -> bytes:
    """Return ``event``, which ``session`` became, as a calendar of its own.

    Args:
        session: It tells whether its zone has to be described.
        event: The event.
        language: Of its texts.
        method: METHOD, where it is an iTIP message (RFC 5546 1.4).
    """
    calendar = _calendar(language)
    if method is not None:
        calendar.add("method", method)
    rule = rule_of(zone_of(session.public.start))
    if rule is not None and is_zoned(session):
        calendar.add_component(vtimezone(rule))
    calendar.add_component(event)
    return _bytes(calendar)


def single_file_name(edition: Edition, session_id: str) -> str:
    """Return the name to save it by: ``stadtimpuls-2-2021-06-08.ics``."""
    start = edition.by_id[session_id].public.start
    return f"{edition.series.id}-{session_id}-{start:%Y-%m-%d}.ics"


def _calendar(language: str) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//impulscal//impulscal//{spoken(language).upper()}")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _add_calendar_properties(
    calendar: Calendar, edition: Edition, view: View, options: Options
) -> None:
    """Add name, colour and refresh hints.

    No UID: vdirsyncer takes the first one of the text for that of every event and
    keeps one event (pimutils/vdirsyncer#1222).
    """
    series = edition.series
    name = text(_name(edition, view.language, options))
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", series.timezone)
    if series.color is not None:
        calendar.add("color", series.color)
        calendar.add("x-apple-calendar-color", COLORS[series.color])
    calendar.add("refresh-interval", text(_REFRESH), {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", _REFRESH)


def _name(edition: Edition, language: str, options: Options) -> str:
    """Return the calendar's name; people who subscribe to several tell them apart by it."""
    title = one_line(edition.series.title.in_language(language))
    topics = [edition.listed_topics.get(topic, topic) for topic in options.topics]
    variant = ", ".join([*topics, *(translate(told, language) for told in _variant(options))])
    return f"{title} ({variant})" if variant else title


def _variant(options: Options) -> Iterator[Message]:
    if options.deadlines:
        yield _("with registration deadlines")
    if options.alarm is not None:
        yield _alarm_name(options.alarm)
    if options.cancelled_visible:
        yield _("cancelled sessions stay visible")


def _alarm_name(minutes: int) -> Message:
    match minutes:
        case 0:
            return _("alarm at the start")
        case 1:
            return _("alarm 1 minute before")
        case _:
            return _("alarm {minutes} minutes before", minutes=minutes)


def _events(edition: Edition, view: View, options: Options) -> Iterator[Event]:
    for session in edition.sessions:
        if options.topics and session.topic_slug(edition.series) not in options.topics:
            continue
        yield feed_event(edition, session, view)
        deadline = deadline_entry(edition, session, view) if options.deadlines else None
        if deadline is not None:
            yield deadline


def _rule(edition: Edition) -> Rule | None:
    """Return the rule of the zone that the sessions are in."""
    starts = (zone_of(session.public.start) for session in edition.sessions)
    return rule_of(next(starts, zone(edition.series.timezone)))


def _bytes(calendar: Calendar) -> bytes:
    rendered: bytes = calendar.to_ical(sorted=False)
    return whole(rendered, events=len(calendar.events))
