"""Dates and times as people read them.

Dates follow Babel's German and British locales. Spaces are plain ones: calendar
programs search and wrap these texts, and some show a no-break space as a box.
"""

import functools
from datetime import date, datetime

from babel.dates import format_date, get_timezone_location

from impulscal.errors import Message, _
from impulscal.history.facts import Moment
from impulscal.language import locale_of, spoken, translate
from impulscal.schedule.clock import zone

__all__ = ["date_only", "day", "moment", "period", "stamp_day", "time_of_day", "zone_name"]

# Abbreviations that people in Europe know and that mean one thing only. IST, EST and
# the like mean several; those zones are named by their place.
_ABBREVIATIONS: dict[str, Message] = {
    # Translators: Central European Time, in German MEZ.
    "CET": _("CET"),
    "CEST": _("CEST"),
    # Translators: Eastern European Time, in German OEZ.
    "EET": _("EET"),
    "EEST": _("EEST"),
    # Translators: Western European Time, in German WEZ.
    "WET": _("WET"),
    "WEST": _("WEST"),
    "GMT": _("GMT"),
    "UTC": _("UTC"),
}


def day(when: date, language: str) -> str:
    """Return a date with its weekday: ``Dienstag, 8. Juni 2021``."""
    return _written(when, "full", language)


def date_only(when: date, language: str, *, year: bool = True) -> str:
    """Return a date without its weekday: ``8. Juni 2021``, ``8 June``."""
    if year:
        return _written(when, "long", language)
    return _written(when, "d. MMMM" if spoken(language) == "de" else "d MMMM", language)


def stamp_day(when: date, language: str) -> str:
    """Return a date as short as the language allows: ``20.05.2021``, ``20 May 2021``."""
    return _written(when, "medium" if spoken(language) == "de" else "long", language)


def _written(when: date, form: str, language: str) -> str:
    # The same day stands in a feed, its pages and other languages' again and again.
    return _of_day(when.year, when.month, when.day, form, spoken(language))


@functools.lru_cache(maxsize=4096)
def _of_day(year: int, month: int, of_month: int, form: str, language: str) -> str:
    return format_date(date(year, month, of_month), form, locale=locale_of(language))


def time_of_day(when: datetime, language: str) -> str:
    """Return a wall time: ``12:00 Uhr``, ``12:00``."""
    return translate(_("{time}", time=f"{when:%H:%M}"), language)


def moment(told: Moment, zone_now: str, language: str) -> str:
    """Return a start that was told earlier, its zone named where that is another one now.

    Args:
        told: The start as it was told.
        zone_now: IANA name of the zone that the session has now.
        language: Of the words.
    """
    wall = datetime.fromisoformat(told.wall).replace(tzinfo=zone(told.zone))
    text = f"{day(wall, language)}, {time_of_day(wall, language)}"
    return text if told.zone == zone_now else f"{text} ({zone_name(wall, language)})"


def period(start: datetime, end: datetime, language: str) -> str:
    """Return from when to when: ``Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)``.

    Where the session passes midnight both days are named, and where the clocks change
    meanwhile, both zone names.
    """
    zones = zone_name(start, language), zone_name(end, language)
    if start.date() == end.date() and zones[0] == zones[1]:
        hours = translate(_("{start}–{end}", start=f"{start:%H:%M}", end=f"{end:%H:%M}"), language)
        return f"{day(start, language)}, {hours} ({zones[0]})"
    since, until = time_of_day(start, language), time_of_day(end, language)
    if zones[0] != zones[1]:
        since = f"{since} ({zones[0]})"
    if start.date() != end.date():
        until = f"{day(end, language)}, {until}"
    # Translators: Both ends of a session, each with its time, the day where they differ.
    span = translate(_("{since} to {until}", since=since, until=until), language)
    return f"{day(start, language)}, {span} ({zones[1]})"


def zone_name(when: datetime, language: str) -> str:
    """Return the name of the zone of ``when`` as it is called on that day.

    A well-known abbreviation (``MESZ``), else the place and its distance from UTC
    (``Ortszeit New York, UTC−4``).
    """
    known = _ABBREVIATIONS.get(when.tzname() or "")
    if known is not None:
        return translate(known, language)
    offset = _offset(when)
    place = get_timezone_location(
        when.tzinfo, locale=locale_of(language), return_city=True
    ).rpartition("/")[2]
    if not place.replace(" ", "").replace("-", "").isalpha():
        return offset
    # Translators: {place} is a city, {offset} like UTC+5:30.
    return translate(_("{place} time, {offset}", place=place, offset=offset), language)


def _offset(when: datetime) -> str:
    offset = when.utcoffset()
    if offset is None:
        raise TypeError(f"{when} has no zone")
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
