"""The feed that people subscribe to, and the file of a single session, as bytes.

Two different files: a calendar name or a second event makes Outlook open a saved file
as a new calendar, and what is saved is busy while a subscription is not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

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
    told,
    zone_of,
)
from impulscal.vcalendar.form import sound, whole
from impulscal.vcalendar.kept import KeptEvents
from impulscal.vcalendar.lines import as_utc, content_line
from impulscal.vcalendar.text import text
from impulscal.vcalendar.timezone import UTC_RULE, Rule, rule_of, vtimezone
from impulscal.wording.lines import one_line

__all__ = ["Options", "feed", "single_calendar", "single_file", "single_file_name"]

# Google goes its own way; Nextcloud asks once a week unless told.
_REFRESH = "PT1H"

_TOLD, _DEADLINES = KeptEvents(told), KeptEvents(deadline_entry)


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
    view = View(language=language, links=links)
    events = list(_events(edition, view, options))
    # Without events too: a calendar has at least one component (RFC 5545 3.6).
    rule = _rule(edition) or (UTC_RULE if not events else None)
    return _calendar(
        language,
        *_calendar_properties(edition, view, options),
        content_line("SOURCE;VALUE=URI", source),
        content_line("URL", links.series_page()),
        content_line("LAST-MODIFIED", as_utc(edition.modified_at)),
        b"" if rule is None else vtimezone(rule),
        events=events,
    )


def single_file(edition: Edition, session_id: str, *, language: str, base_url: str) -> bytes:
    """Return the file of one session, to save or to send on.

    Raises:
        KeyError: There is no such session in this edition.
    """
    links = Links(base_url=base_url, series=edition.series, language=language)
    session = edition.by_id[session_id]
    event = saved_event(session, View(language=language, links=links))
    return single_calendar(session, event, language)


def single_calendar(
    session: PublishedSession, event: bytes, language: str, *, method: str | None = None
) -> bytes:
    """Return ``event``, which ``session`` became, as a calendar of its own.

    Args:
        session: It tells whether its zone has to be described.
        event: The event.
        language: Of its texts.
        method: METHOD, where it is an iTIP message (RFC 5546 1.4).
    """
    rule = rule_of(zone_of(session.public.start))
    return _calendar(
        language,
        b"" if method is None else content_line("METHOD", method),
        vtimezone(rule) if rule is not None and is_zoned(session) else b"",
        events=[sound(event)],
    )


def single_file_name(edition: Edition, session_id: str) -> str:
    """Return the name to save it by: ``stadtimpuls-2-2021-06-08.ics``."""
    start = edition.by_id[session_id].public.start
    return f"{edition.series.id}-{session_id}-{start:%Y-%m-%d}.ics"


def _calendar(language: str, *lines: bytes, events: Sequence[bytes]) -> bytes:
    head = (
        b"BEGIN:VCALENDAR\r\n",
        content_line("VERSION", "2.0"),
        content_line("PRODID", f"-//impulscal//impulscal//{spoken(language).upper()}"),
        content_line("CALSCALE", "GREGORIAN"),
        *lines,
    )
    return whole(b"".join(head), events)


def _calendar_properties(edition: Edition, view: View, options: Options) -> Iterator[bytes]:
    """Yield name, colour and refresh hints.

    No UID: vdirsyncer takes the first one of the text for that of every event and
    keeps one event (pimutils/vdirsyncer#1222).
    """
    series = edition.series
    name = text(_name(edition, view.language, options))
    yield content_line("NAME", name)
    yield content_line("X-WR-CALNAME", name)
    yield content_line("X-WR-TIMEZONE", series.timezone)
    if series.color is not None:
        yield content_line("COLOR", series.color)
        yield content_line("X-APPLE-CALENDAR-COLOR", COLORS[series.color])
    yield content_line("REFRESH-INTERVAL;VALUE=DURATION", _REFRESH)
    yield content_line("X-PUBLISHED-TTL", _REFRESH)


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


def _events(edition: Edition, view: View, options: Options) -> Iterator[bytes]:
    bodies = _TOLD.of(edition, view)
    deadlines = _DEADLINES.of(edition, view) if options.deadlines else {}
    for session in edition.sessions:
        if options.topics and session.topic_slug(edition.series) not in options.topics:
            continue
        body = bodies[session.id]
        yield feed_event(
            session, view, body, alarm=options.alarm, visible=options.cancelled_visible
        )
        if deadlines.get(session.id):
            yield deadlines[session.id]


def _rule(edition: Edition) -> Rule | None:
    """Return the rule of the zone that the sessions are in."""
    starts = (zone_of(session.public.start) for session in edition.sessions)
    return rule_of(next(starts, zone(edition.series.timezone)))
