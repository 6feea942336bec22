"""Messages to test with: what makes a session one, small and readable."""

from datetime import UTC, datetime
from typing import Any

from impulscal.vcalendar.message import Mailbox, PrivateTexts, Scheduling

__all__ = ["JOIN_URL", "private_texts", "scheduling"]

JOIN_URL = "https://treffen.example/geheim-2"


def scheduling(**facts: Any) -> Scheduling:
    """Return the first invitation to Jürgen Müller, or what ``facts`` make of it."""
    plain = {
        "method": "REQUEST",
        "sequence": 0,
        "dtstamp": datetime(2021, 5, 20, 8, tzinfo=UTC),
        "partstat": "NEEDS-ACTION",
        "rsvp": True,
        "organizer": Mailbox("EINSATEAM", "stadtimpuls@einsateam.de"),
        "attendee": Mailbox("Müller, Jürgen", "j.mueller@stadt.example"),
        "summary": "stadt:impuls #2: Gerechte Stadt",
        "description": f"Ihr Teilnahme-Link: {JOIN_URL}\nBitte geben Sie ihn nicht weiter.",
        "location": f"Online, {JOIN_URL}",
        "join_url": JOIN_URL,
        "join_label": "Teilnahme-Link",
        "page": "https://kalender.example/stadtimpuls/2/",
        "language": "de",
    }
    return Scheduling(**{**plain, **facts})


def private_texts(**facts: Any) -> PrivateTexts:
    """Return what a private file says beside the public one."""
    plain = {
        "description": f"Ihr Teilnahme-Link: {JOIN_URL}",
        "location": f"Online, {JOIN_URL}",
        "join_url": JOIN_URL,
        "join_label": "Teilnahme-Link",
        "base_url": "https://kalender.example",
        "language": "de",
    }
    return PrivateTexts(**{**plain, **facts})
