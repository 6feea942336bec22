"""Read calendars with libical, the parser of Evolution and GNOME; run by Debian's Python.

In: a JSON list of calendar texts. Out: a JSON list of {errors, events}, where errors
counts what libical's check of the RFC's restrictions found.
"""

import json
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


def events(calendar: Any) -> Iterator[dict[str, Any]]:
    kind = ICalGLib.ComponentKind.VEVENT_COMPONENT
    event = calendar.get_first_component(kind)
    while event is not None:
        status = event.get_first_property(ICalGLib.PropertyKind.STATUS_PROPERTY)
        yield {
            "uid": event.get_uid(),
            "sequence": event.get_sequence(),
            "start": told(event.get_dtstart()),
            "end": told(event.get_dtend()),
            "title": event.get_summary(),
            "description": event.get_description(),
            "location": event.get_location() or "",
            "status": status.get_value_as_string(),
        }
        event = calendar.get_next_component(kind)


def read(text: str) -> dict[str, Any]:
    calendar = ICalGLib.Component.new_from_string(text)
    found = list(events(calendar))
    calendar.check_restrictions()
    return {"errors": calendar.count_errors(), "events": found}


if __name__ == "__main__":
    json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
