"""Mails read back by programs that nobody here wrote."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar, Event

from impulscal.invitations.model import Listed
from invitations.house import JUERGEN, House, schedule, session

__all__ = [
    "JOIN",
    "calendar_of",
    "event_of",
    "html_of",
    "life",
    "plain_of",
    "read",
    "sent",
    "words_of_html",
]

JOIN = "https://treffen.example/geheim-2"


def read(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def _part(data: bytes, kind: str) -> EmailMessage:
    (found,) = (part for part in read(data).walk() if part.get_content_type() == kind)
    assert isinstance(found, EmailMessage)
    return found


def plain_of(data: bytes) -> str:
    return str(_part(data, "text/plain").get_content()).replace("\r\n", "\n")


def html_of(data: bytes) -> str:
    return str(_part(data, "text/html").get_content())


def calendar_of(data: bytes) -> bytes:
    found = _part(data, "text/calendar").get_payload(decode=True)
    assert isinstance(found, bytes)
    return found


def event_of(data: bytes) -> Event:
    (event,) = Calendar.from_ical(calendar_of(data)).events
    return event


def words_of_html(data: bytes) -> str:
    """Return the visible words, one blank between them."""
    body = html_of(data).partition("<body")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", f"<body{body}").split())


def sent(house: House, *people: Listed, **facts: Any) -> bytes:
    """Return the invitation to one guest of a session with ``facts``."""
    house.publish(schedule(session(**facts)))
    house.add(*(people or (JUERGEN,)))
    house.invite()
    data = house.messages()[-1].data
    assert data is not None
    return data


def life(house: House) -> dict[str, bytes]:
    """Return one message of each kind, by kind."""

    def steps() -> Iterator[None]:
        house.add()
        house.invite()
        yield
        for changed in (
            session(date="2021-06-15", note="Frank Schmitz ist erkrankt."),
            session(date="2021-06-15", join_url="https://treffen.example/neu-2"),
            session(date="2021-06-15", status="cancelled"),
            session(date="2021-06-15"),
        ):
            house.go(days=1)
            house.publish(schedule(changed))
            house.update()
            yield
        house.go(days=1)
        house.sign_off(*house.guests())
        yield

    told = {}
    for _step in steps():
        message = house.messages()[-1]
        assert message.data is not None
        told[str(message.kind)] = message.data
    return told
