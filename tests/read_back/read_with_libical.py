"""Read calendars with libical, the parser of Evolution and GNOME; run by Debian's Python.

In: a JSON list of calendar texts. Out: a JSON list of {errors, method, events}, where errors
counts what libical's check of the RFC's restrictions found.
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import gi  # type: ignore[import-not-found]  # Debian's, not in the environment

gi.require_version("ICalGLib", "3.0")
from gi.repository import (  # type: ignore[import-not-found]  # noqa: E402 -- the version first
    ICalGLib,
)


def told(time: Any) -> str:
    """Return a DATE as it is, a DATE-TIME in UTC by the file's own VTIMEZONE."""
    day = f"{time.get_year():04}-{time.get_month():02}-{time.get_day():02}"
    if time.is_date():
        return day
    if not time.is_utc():
        return told(time.convert_to_zone(ICalGLib.Timezone.get_utc_timezone()))
    return f"{day}T{time.get_hour():02}:{time.get_minute():02}:{time.get_second():02}Z"


def properties(component: Any, name: str) -> Iterator[Any]:
    kind = getattr(ICalGLib.PropertyKind, f"{name}_PROPERTY")
    found = component.get_first_property(kind)
    while found is not None:
        yield found
        found = component.get_next_property(kind)


def value(component: Any, name: str) -> str:
    """Return the value of the first property ``name``; nothing if there is none."""
    found = next(properties(component, name), None)
    return "" if found is None else found.get_value_as_string()


def parameter(prop: Any, name: str) -> Any:
    return prop.get_first_parameter(getattr(ICalGLib.ParameterKind, f"{name}_PARAMETER"))


def party(prop: Any) -> dict[str, Any]:
    name = parameter(prop, "CN")
    return {
        "address": prop.get_value_as_string().replace("mailto:", ""),
        "name": "" if name is None else name.get_cn(),
    }


def attendee(prop: Any) -> dict[str, Any]:
    rsvp = parameter(prop, "RSVP")
    return {
        **party(prop),
        "partstat": prop.get_parameter_as_string("PARTSTAT"),
        "rsvp": rsvp is not None and rsvp.get_rsvp() == ICalGLib.ParameterRsvp.TRUE,
    }


def conference(event: Any) -> str:
    """Return the address as libical writes it again: its introspection lacks the property."""
    text = event.as_ical_string().replace("\r\n ", "")
    found = re.search(r'^CONFERENCE(?:;[A-Z]+=(?:"[^"]*"|[^:;"])*)*:(.*?)\r$', text, re.MULTILINE)
    return "" if found is None else found[1]


def events(calendar: Any) -> Iterator[dict[str, Any]]:
    kind = ICalGLib.ComponentKind.VEVENT_COMPONENT
    event = calendar.get_first_component(kind)
    while event is not None:
        organizers = [party(prop) for prop in properties(event, "ORGANIZER")]
        yield {
            "told": {
                "uid": event.get_uid(),
                "sequence": event.get_sequence(),
                "start": told(event.get_dtstart()),
                "end": told(event.get_dtend()),
                "title": event.get_summary(),
                "description": event.get_description(),
                "location": event.get_location() or "",
                "status": value(event, "STATUS"),
            },
            "stamp": told(event.get_dtstamp()),
            "conference": conference(event),
            "organizer": organizers[0] if organizers else None,
            "attendees": [attendee(prop) for prop in properties(event, "ATTENDEE")],
        }
        event = calendar.get_next_component(kind)


def read(text: str) -> dict[str, Any]:
    calendar = ICalGLib.Component.new_from_string(text)
    method = value(calendar, "METHOD")
    found = list(events(calendar))
    calendar.check_restrictions()
    return {"errors": calendar.count_errors(), "method": method, "events": found}


if __name__ == "__main__":
    json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
