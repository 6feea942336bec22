"""email.message and icalendar alone, nothing kept and nothing queued: ``SAMPLE COUNT``.

The texts and the event of SAMPLE, with another guest each time.
"""

import email
import json
import sys
import time
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from icalendar import Calendar, Event, vCalAddress
from icalendar.cal.component import Component


@dataclass(frozen=True, slots=True)
class _Sample:
    plain: str
    html: str
    calendar: Component
    subject: str
    sender: str


def main(file: Path, count: int) -> None:
    """Write to ``count`` guests; tell what it took."""
    sample = _read(file)
    begin = time.process_time()
    written = sum(len(_message(sample, number)) for number in range(count))
    told = {"seconds": time.process_time() - begin, "bytes": written}
    sys.stdout.write(json.dumps(told))


def _read(file: Path) -> _Sample:
    message = email.message_from_bytes(file.read_bytes(), policy=SMTP)
    plain, html, calendar = (
        part.get_content() for part in message.walk() if not part.is_multipart()
    )
    return _Sample(
        plain=plain,
        html=html,
        calendar=Calendar.from_ical(calendar),
        subject=message["Subject"],
        sender=message["From"],
    )


def _message(sample: _Sample, number: int) -> bytes:
    name, address = f"Jürgen Müller {number}", f"gast-{number}@stadt.example"
    message = EmailMessage(policy=SMTP)
    message["From"] = sample.sender
    message["To"] = f"{name} <{address}>"
    message["Subject"] = sample.subject
    message["Message-ID"] = f"<{number}@impulscal.example>"
    message.set_content(sample.plain.replace("Jürgen Müller 0", name))
    message.add_alternative(sample.html.replace("Jürgen Müller 0", name), subtype="html")
    message.add_alternative(
        _calendar(sample.calendar, name, address),
        maintype="text",
        subtype="calendar",
        cte="base64",
        params={"method": "REQUEST", "charset": "UTF-8"},
    )
    return message.as_bytes()


def _calendar(sample: Component, name: str, address: str) -> bytes:
    calendar = Calendar()
    for key in ("version", "prodid", "method"):
        calendar.add(key, str(sample[key]))
    for component in sample.subcomponents:
        calendar.add_component(
            _event(component, name, address) if component.name == "VEVENT" else component
        )
    rendered: bytes = calendar.to_ical()
    return rendered


def _event(sample: Component, name: str, address: str) -> Event:
    event = Event()
    for key, value in sample.items():
        if key != "ATTENDEE":
            event.add(key, getattr(value, "dt", value))
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["CN"] = name
    attendee.params["PARTSTAT"] = "NEEDS-ACTION"
    attendee.params["RSVP"] = "TRUE"
    event.add("attendee", attendee)
    return event


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
