"""Editions nobody would think of: any text, any zone, any date from 1990 to 2040."""

import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytz
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from impulscal.edition import Edition
from impulscal.schedule.clock import plus, zone
from impulscal.schedule.model import (
    Deadline,
    Link,
    Organizer,
    Person,
    Registration,
    Session,
    Status,
    Text,
)
from schedules import make_series, publish

__all__ = ["generate_editions"]

# What has broken calendar programs before, beside whatever hypothesis thinks of.
_PIECES = st.sampled_from(
    [
        *(
            "Straße",
            "日本語",
            "👩🏽‍💻",
            "🇩🇪",
            "שלום",
            "مرحبا",
            "e\u0301",
            "\u202eabc\u202c",
            "a\u200bb",
        ),
        *(
            ",",
            ";",
            ":",
            "\\",
            "\\n",
            "\\,",
            '"',
            "'",
            "^n",
            "%20",
            "=",
            "|",
            "<b>",
            "&amp;",
            "{x}",
        ),
        *(
            "BEGIN:VEVENT",
            "END:VCALENDAR",
            "UID:1",
            "*a*",
            "# b",
            "- c",
            "1. d",
            "[e](https://f.de)",
        ),
        *(" ", "  ", "\u00a0", "\u2028", "ä" * 80, "x" * 80, "https://example.org/?a=1,2;3"),
    ]
)
# The model's promise: normal form C, no control characters but the line feed and the tab.
_CHARACTERS = st.characters(exclude_categories=("Cc", "Cs"))


def _model_text(pieces: list[str]) -> str:
    return unicodedata.normalize("NFC", "".join(pieces)).strip()


_LINE = st.lists(_PIECES | st.text(_CHARACTERS, max_size=12), max_size=8).map(_model_text)
_TITLE = _LINE.map(lambda line: line or "Titel")
_PARAGRAPHS = st.lists(_LINE | st.just("\t"), max_size=6).map("\n".join).map(str.strip)


def _texts(words: st.SearchStrategy[str]) -> st.SearchStrategy[Text]:
    only_german = st.builds(lambda de: Text((("de", de),)), words)
    both = st.builds(lambda de, en: Text((("de", de), ("en", en))), words, words)
    return only_german | both


_PEOPLE = st.lists(
    st.builds(
        Person,
        name=_texts(_TITLE),
        role=st.none() | _texts(_TITLE),
        organisation=st.none() | _texts(_TITLE),
        about=st.none() | _texts(_PARAGRAPHS),
    ),
    max_size=2,
).map(tuple)
_LINKS = st.lists(
    st.builds(Link, title=_texts(_TITLE), url=st.sampled_from([None, "https://example.org/a,b;c"])),
    max_size=2,
).map(tuple)


@st.composite
def _registrations(draw: st.DrawFn, start: datetime) -> Registration:
    day = start.date() - timedelta(days=draw(st.integers(0, 40)))
    until = start - timedelta(hours=1)
    return Registration(
        email=draw(st.sampled_from([None, "anmeldung@example.org"])),
        closes=draw(st.sampled_from([None, Deadline(day=day, until=until)])),
        places=draw(st.none() | st.integers(1, 5000)),
        free=draw(st.booleans()),
        full=draw(st.booleans()),
        note=draw(st.none() | _texts(_PARAGRAPHS)),
    )


@st.composite
def _sessions(draw: st.DrawFn, number: int, tz: ZoneInfo) -> Session:
    first, last = datetime(1990, 1, 2), datetime(2040, 12, 30)  # noqa: DTZ001 -- given UTC below
    minute = draw(st.datetimes(first, last)).replace(second=0, microsecond=0, tzinfo=UTC)
    start = minute.astimezone(tz)
    return Session(
        id=str(number),
        start=start,
        end=plus(start, timedelta(minutes=draw(st.integers(1, 3000)))),
        title=draw(_texts(_TITLE)),
        topic=draw(st.none() | _texts(_TITLE)),
        teaser=draw(st.none() | _texts(_PARAGRAPHS)),
        description=draw(st.none() | _texts(_PARAGRAPHS)),
        location=draw(st.none() | _texts(_TITLE)),
        speakers=draw(_PEOPLE),
        moderators=draw(_PEOPLE),
        links=draw(_LINKS),
        registration=draw(st.none() | _registrations(start)),
        status=draw(st.sampled_from(Status)),
        note=draw(st.none() | _texts(_PARAGRAPHS)),
    )


@st.composite
def _editions(draw: st.DrawFn) -> Edition:
    name = draw(st.sampled_from(pytz.all_timezones))
    series = make_series(
        title=draw(_texts(_TITLE)),
        timezone=name,
        organizer=draw(st.none() | st.builds(Organizer, name=_texts(_TITLE))),
    )
    numbers = range(draw(st.integers(1, 3)))
    told = [draw(_sessions(number, zone(name))) for number in numbers]
    retold = [draw(_sessions(number, zone(name))) for number in numbers]
    return (
        publish(told, retold, series=series)
        if draw(st.booleans())
        else publish(told, series=series)
    )


def generate_editions() -> list[Edition]:
    """Return as many editions as the profile has examples; a hundred, the same each time."""
    editions: list[Edition] = []

    # Nothing can fail in here, so nothing is to be explained or made smaller.
    @settings(phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(_editions())
    def collect(edition: Edition) -> None:
        editions.append(edition)

    collect()
    return editions
