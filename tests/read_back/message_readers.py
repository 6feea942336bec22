"""The same programs, made to say what they read in an iTIP message: who asks whom for what."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import vobject  # type: ignore[import-untyped]
from ical.calendar_stream import IcsCalendarStream

from read_back.readers import (
    ical_told,
    icalendar_told,
    icaljs,
    libical,
    strict_icalendar,
    vobject_told,
)
from read_back.told import Attendee, Message, Party, Told, written

__all__ = ["MESSAGE_READERS"]

MessageReader = Callable[[Sequence[bytes]], list[Message]]


def _from_program(found: dict[str, Any]) -> Message:
    (event,) = found["events"]
    return Message(
        method=found["method"],
        event=Told(**event["told"]),
        stamp=event["stamp"],
        conference=event["conference"],
        organizer=None if event["organizer"] is None else Party(**event["organizer"]),
        attendees=tuple(Attendee(**attendee) for attendee in event["attendees"]),
    )


def _read_with_vobject(calendar: bytes) -> Message:
    parsed = vobject.readOne(calendar.decode())
    parsed.validate(raiseException=True)
    event = parsed.vevent
    organizer = _vobject_party(event.organizer) if hasattr(event, "organizer") else None
    return Message(
        method=parsed.method.value,
        event=vobject_told(event),
        stamp=written(event.dtstamp.value),
        conference=None,  # younger than vobject, which cuts it at a comma
        organizer=None if organizer is None else Party(**organizer),
        attendees=tuple(
            Attendee(
                **_vobject_party(attendee),
                partstat=attendee.params["PARTSTAT"][0],
                rsvp=attendee.params["RSVP"] == ["TRUE"],
            )
            for attendee in event.contents.get("attendee", [])
        ),
    )


def _vobject_party(line: Any) -> dict[str, str]:
    (name,) = line.params.get("CN", [""])
    return {"address": line.value.removeprefix("mailto:"), "name": _undone(name)}


def _undone(name: str) -> str:
    """Return ``name`` with RFC 6868 undone, which is younger than vobject."""
    return re.sub(r"\^([n'^])", lambda found: {"n": "\n", "'": '"', "^": "^"}[found[1]], name)


def _read_with_ical(calendar: bytes) -> Message:
    parsed: Any = IcsCalendarStream.calendar_from_ics(calendar.decode())
    (event,) = parsed.events
    return Message(
        method=str(parsed.method),
        event=ical_told(event),
        stamp=written(event.dtstamp),
        conference="".join(str(one.uri) for one in event.conference[:1]),
        organizer=None if event.organizer is None else Party(**_ical_party(event.organizer)),
        attendees=tuple(
            Attendee(**_ical_party(attendee), partstat=attendee.status, rsvp=bool(attendee.rsvp))
            for attendee in event.attendees
        ),
    )


def _ical_party(address: Any) -> dict[str, str]:
    return {
        "address": str(address.uri).removeprefix("mailto:"),
        "name": address.common_name or "",
    }


def _read_with_icalendar(calendar: bytes) -> Message:
    parsed = strict_icalendar(calendar)
    (event,) = parsed.walk("VEVENT")
    organizer = event.get("ORGANIZER")
    return Message(
        method=str(parsed["METHOD"]),
        event=icalendar_told(event),
        stamp=written(event["DTSTAMP"].dt),
        conference=str(event.get("CONFERENCE", "")),
        organizer=None if organizer is None else Party(**_icalendar_party(organizer)),
        attendees=tuple(
            Attendee(
                **_icalendar_party(attendee),
                partstat=attendee.params["PARTSTAT"],
                rsvp=attendee.params["RSVP"] == "TRUE",
            )
            for attendee in event.attendees
        ),
    )


def _icalendar_party(address: Any) -> dict[str, str]:
    return {
        "address": str(address).removeprefix("mailto:"),
        "name": str(address.params.get("CN", "")),
    }


MESSAGE_READERS: Mapping[str, MessageReader] = {
    "ical.js": lambda calendars: [_from_program(found) for found in icaljs(calendars)],
    "libical": lambda calendars: [_from_program(found) for found in libical(calendars)],
    "vobject": lambda calendars: [_read_with_vobject(calendar) for calendar in calendars],
    "ical": lambda calendars: [_read_with_ical(calendar) for calendar in calendars],
    "icalendar": lambda calendars: [_read_with_icalendar(calendar) for calendar in calendars],
}
