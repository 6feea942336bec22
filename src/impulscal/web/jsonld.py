"""What search engines and assistants read of a series: schema.org in JSON-LD.

Made from what is public only. A value that nobody stated is left out rather than
guessed. Terms: https://schema.org/Event, https://schema.org/EventSeries.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup

from impulscal.edition import Edition, PublishedSession
from impulscal.history.facts import Moment
from impulscal.links import Links
from impulscal.schedule.clock import zone
from impulscal.schedule.lifecycle import State, state
from impulscal.schedule.model import Deadline, Person, Series, Text
from impulscal.wording import markdown
from impulscal.wording.lines import one_line
from impulscal.wording.titles import title

__all__ = ["event", "event_series", "summary", "written"]

_SCHEMA = "https://schema.org/"

# The page of a long series stays light: each session tells all on its own page.
_SUB_EVENTS = 60

# Enough for any listing; a whole programme text would double the page's weight.
_LONGEST = 300

_ONLINE = re.compile(
    r"\b(online|digital|virtuell|virtual|web-?seminar|webinar|livestream|videokonferenz"
    r"|video ?call|zoom|webex|microsoft teams|big ?blue ?button|jitsi)\b",
    re.IGNORECASE,
)

_AVAILABLE = {
    State.OPEN: "InStock",
    State.LAST_DAY: "InStock",
    State.FULL: "SoldOut",
    State.CLOSED: "OutOfStock",
    State.RUNNING: "OutOfStock",
}


def written(thing: Mapping[str, Any]) -> Markup:
    """Return ``thing`` as it may stand in a ``script`` element.

    No ``<`` can end the element, and U+2028 and U+2029 end no line of a reader that takes
    JSON for JavaScript.
    """
    document = {"@context": _SCHEMA.rstrip("/"), **thing}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 -- nothing in it can end the element


def event_series(edition: Edition, links: Links) -> dict[str, Any]:
    """Return the series with its sessions: those to come first, then the latest ones."""
    series, language = edition.series, links.language
    coming = [one for one in edition.sessions if one.public.end > edition.moment]
    past = [one for one in reversed(edition.sessions) if one.public.end <= edition.moment]
    shown = sorted((coming + past)[:_SUB_EVENTS], key=lambda one: (one.public.start, one.id))
    return _known(
        {
            **_reference(series, links),
            "description": summary(series.description or series.subtitle, language),
            "inLanguage": series.language,
            "startDate": _iso(edition.sessions[0].public.start) if edition.sessions else None,
            "endDate": _iso(max(one.public.end for one in edition.sessions))
            if edition.sessions
            else None,
            "organizer": _organizer(series, language),
            "subEvent": [_brief(edition, session, links) for session in shown],
        }
    )


def event(edition: Edition, session: PublishedSession, links: Links) -> dict[str, Any]:
    """Return ``session`` with all that is public of it."""
    series, public, language = edition.series, session.public, links.language
    registration = public.registration
    return _known(
        {
            **_brief(edition, session, links),
            "description": summary(public.teaser or public.description, language),
            "inLanguage": series.language,
            "keywords": None if public.topic is None else _line(public.topic, language),
            "organizer": _organizer(series, language),
            "performer": [_person(one, language) for one in public.speakers],
            "contributor": [_person(one, language) for one in public.moderators],
            "isAccessibleForFree": True if registration and registration.free else None,
            "maximumAttendeeCapacity": None if registration is None else registration.places,
            "offers": _offer(edition, session, links),
            "superEvent": _reference(series, links),
        }
    )


def summary(text: Text | None, language: str) -> str | None:
    """Return the beginning of a Markdown text on one line, cut at a word."""
    if text is None:
        return None
    plain = " ".join(one_line(markdown.plain(text.in_language(language))).split())
    if len(plain) <= _LONGEST:
        return plain or None
    return plain[:_LONGEST].rpartition(" ")[0] + " …"


def _brief(edition: Edition, session: PublishedSession, links: Links) -> dict[str, Any]:
    """Return what every listing needs of a session."""
    series, public = edition.series, session.public
    page = links.session_page(session.id)
    return _known(
        {
            "@type": "Event",
            "@id": f"{_own(series, links).session_page(session.id)}#event",
            "identifier": series.uid(session.id),
            "name": title(series, session, links.language),
            "url": page,
            "startDate": _iso(public.start),
            "endDate": _iso(public.end),
            **_status(session),
            **_place(public.location, page, links.language),
        }
    )


def _status(session: PublishedSession) -> dict[str, Any]:
    revision = session.revision
    if session.cancelled:
        return {"eventStatus": f"{_SCHEMA}EventCancelled"}
    if not revision.moved:
        return {"eventStatus": f"{_SCHEMA}EventScheduled"}
    earlier: list[Moment] = []
    for told in (revision.previous_start, revision.first_start):
        known = (*earlier, revision.start)
        if told is not None and not any(told.same_date(other) for other in known):
            earlier.append(told)
    dates = [_iso(told.instant.astimezone(zone(told.zone))) for told in earlier]
    return {
        "eventStatus": f"{_SCHEMA}EventRescheduled",
        "previousStartDate": dates[0] if len(dates) == 1 else dates,
    }


def _place(location: Text | None, page: str, language: str) -> dict[str, Any]:
    """Return where it takes place; online that is the public page, never a private link."""
    if location is None:
        return {}
    name = _line(location, language)
    online = {"@type": "VirtualLocation", "url": page}
    somewhere = {"@type": "Place", "name": name, "address": name}
    if not any(_ONLINE.search(wording) for wording in location):
        return {
            "eventAttendanceMode": f"{_SCHEMA}OfflineEventAttendanceMode",
            "location": somewhere,
        }
    # “Online (Zoom)” begins so, “Rathaus und online” does not.
    if any(_ONLINE.match(wording.strip()) for wording in location):
        return {"eventAttendanceMode": f"{_SCHEMA}OnlineEventAttendanceMode", "location": online}
    return {
        "eventAttendanceMode": f"{_SCHEMA}MixedEventAttendanceMode",
        "location": [somewhere, online],
    }


def _offer(edition: Edition, session: PublishedSession, links: Links) -> dict[str, Any] | None:
    """Return how to take part, as far as it is known and still to come."""
    registration = session.public.registration
    availability = _AVAILABLE.get(state(session.public, edition.moment))
    if registration is None or availability is None:
        return None
    price = {"price": 0, "priceCurrency": "EUR"} if registration.free else {}
    return _known(
        {
            "@type": "Offer",
            "url": registration.url or links.session_page(session.id),
            "availability": f"{_SCHEMA}{availability}",
            "validThrough": None
            if registration.closes is None
            else _iso(_last_moment(registration.closes)),
            **price,
        }
    )


def _last_moment(closes: Deadline) -> datetime:
    # People read the day before midnight; midnight itself would name the next one.
    return closes.until if closes.time_of_day is not None else closes.until - timedelta(seconds=1)


def _organizer(series: Series, language: str) -> dict[str, Any] | None:
    if series.organizer is None:
        return None
    name = _line(series.organizer.name, language)
    return _known({"@type": "Organization", "name": name, "url": series.homepage})


def _person(somebody: Person, language: str) -> dict[str, Any]:
    organisation = somebody.organisation
    return _known(
        {
            "@type": "Person",
            "name": _line(somebody.name, language),
            "jobTitle": None if somebody.role is None else _line(somebody.role, language),
            "affiliation": None
            if organisation is None
            else {"@type": "Organization", "name": _line(organisation, language)},
        }
    )


def _reference(series: Series, links: Links) -> dict[str, Any]:
    return {
        "@type": "EventSeries",
        "@id": f"{_own(series, links).series_page()}#series",
        "name": _line(series.title, links.language),
        "url": links.series_page(),
    }


def _own(series: Series, links: Links) -> Links:
    """Return the links in the series' language: a thing has one id in all languages."""
    return Links(base_url=links.base_url, series=series, language=series.language)


def _line(text: Text, language: str) -> str:
    return one_line(text.in_language(language))


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="seconds")


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value not in (None, "", [], {})}
