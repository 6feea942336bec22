"""Programs that nobody here wrote, each made to say what it reads.

Every reader takes many calendars at once, so that a program is started once for all.
"""

import json
import subprocess
import zoneinfo
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import icalendar
import vobject  # type: ignore[import-untyped]
from ical.calendar_stream import IcsCalendarStream
from icalendar.parser import Contentline

from read_back.told import Told, written

__all__ = [
    "READERS",
    "Reader",
    "as_message",
    "ical_told",
    "icalendar_told",
    "icaljs",
    "libical",
    "libical_errors",
    "strict_icalendar",
    "vobject_told",
]

# Readers that go by Python's own zone table get the package's, which is as new as ours. By
# the table of an older system, Casablanca is an hour off from 2026 on: that is the system's
# fault, whatever VTIMEZONE the file has.
zoneinfo.reset_tzpath(to=[])
zoneinfo.ZoneInfo.clear_cache()

HERE = Path(__file__).parent

Reader = Callable[[Sequence[bytes]], list[list[Told]]]


def read_with_icaljs(calendars: Sequence[bytes]) -> list[list[Told]]:
    """ical.js, in Thunderbird and Nextcloud; believes the VTIMEZONE of the file."""
    return [[Told(**event["told"]) for event in found["events"]] for found in icaljs(calendars)]


def read_with_libical(calendars: Sequence[bytes]) -> list[list[Told]]:
    """libical, in Evolution and GNOME; believes the VTIMEZONE of the file."""
    return [[Told(**event["told"]) for event in found["events"]] for found in libical(calendars)]


def libical_errors(calendars: Sequence[bytes]) -> list[int]:
    """Return how many errors libical's restriction check finds in each calendar."""
    return [found["errors"] for found in libical(calendars)]


def as_message(calendar: bytes) -> bytes:
    """Return ``calendar`` as an iTIP message, which libical checks most strictly.

    Without a METHOD it does not even miss a DTSTAMP.
    """
    published = calendar.replace(b"CALSCALE:", b"METHOD:PUBLISH\r\nCALSCALE:", 1)
    organizer = b"BEGIN:VEVENT\r\nORGANIZER:mailto:stadtimpuls@einsateam.de\r\n"
    return published.replace(b"BEGIN:VEVENT\r\n", organizer)


def read_with_vobject(calendars: Sequence[bytes]) -> list[list[Told]]:
    """vobject, validating; believes the VTIMEZONE of the file."""
    return [list(_vobject_events(calendar)) for calendar in calendars]


def read_with_ical(calendars: Sequence[bytes]) -> list[list[Told]]:
    """Allen Porter's ical, in Home Assistant; strict by its types."""
    return [list(_ical_events(calendar)) for calendar in calendars]


def read_with_icalendar(calendars: Sequence[bytes]) -> list[list[Told]]:
    """icalendar with every line parsed strictly; goes by its own zone table."""
    return [list(_icalendar_events(calendar)) for calendar in calendars]


READERS: Mapping[str, Reader] = {
    "ical.js": read_with_icaljs,
    "libical": read_with_libical,
    "vobject": read_with_vobject,
    "ical": read_with_ical,
    "icalendar": read_with_icalendar,
}


def icaljs(calendars: Sequence[bytes]) -> list[dict[str, Any]]:
    """Return what the program with ical.js says of each calendar."""
    return _run(["node", str(HERE / "read_with_icaljs.mjs")], calendars)


def libical(calendars: Sequence[bytes]) -> list[dict[str, Any]]:
    """Return what the program with libical says of each calendar."""
    # -I: the virtual environment's packages are none of its business.
    return _run(["/usr/bin/python3", "-I", str(HERE / "read_with_libical.py")], calendars)


def _run(command: list[str], calendars: Sequence[bytes]) -> list[dict[str, Any]]:
    texts = json.dumps([calendar.decode() for calendar in calendars])
    done = subprocess.run(command, input=texts.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _vobject_events(calendar: bytes) -> Iterator[Told]:
    parsed = vobject.readOne(calendar.decode())
    parsed.validate(raiseException=True)
    return map(vobject_told, parsed.contents.get("vevent", []))


def vobject_told(event: Any) -> Told:
    """Return what vobject says of an event."""
    return Told(
        uid=event.uid.value,
        sequence=int(event.sequence.value),
        start=written(event.dtstart.value),
        end=written(event.dtend.value),
        title=event.summary.value,
        description=event.description.value,
        location=event.location.value if hasattr(event, "location") else "",
        status=event.status.value if hasattr(event, "status") else "",
    )


def _ical_events(calendar: bytes) -> Iterator[Told]:
    events: Any = IcsCalendarStream.calendar_from_ics(calendar.decode()).events
    return map(ical_told, events)


def ical_told(event: Any) -> Told:
    """Return what ical says of an event."""
    return Told(
        uid=event.uid,
        sequence=event.sequence,
        start=written(event.dtstart),
        end=written(event.dtend),
        title=event.summary,
        description=event.description,
        location=event.location or "",
        status="" if event.status is None else event.status.value,
    )


def _icalendar_events(calendar: bytes) -> Iterator[Told]:
    return map(icalendar_told, strict_icalendar(calendar).walk("VEVENT"))


def strict_icalendar(calendar: bytes) -> Any:
    """Return the calendar as icalendar parses it, every line strictly."""
    for line in calendar.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n"):
        Contentline(line, strict=True).parts()  # type: ignore[no-untyped-call]
    parsed: Any = icalendar.Calendar.from_ical(calendar)
    assert [component.errors for component in parsed.walk() if component.errors] == []
    return parsed


def icalendar_told(event: Any) -> Told:
    """Return what icalendar says of an event."""
    return Told(
        uid=str(event["UID"]),
        sequence=int(event["SEQUENCE"]),
        start=written(event["DTSTART"].dt),
        end=written(event["DTEND"].dt),
        title=str(event["SUMMARY"]),
        description=str(event["DESCRIPTION"]),
        location=str(event.get("LOCATION", "")),
        status=str(event.get("STATUS", "")),
    )
