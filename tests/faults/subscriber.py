"""A subscriber: remembers what a feed told it, and refuses what would harm its calendar.

What it refuses is what programs punish (CLIENTS.md 2 and 11): an error empties a calendar or
switches it off, a number that falls is ignored, a session that vanishes is deleted.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

from icalendar import Calendar

__all__ = ["Answer", "Event", "Subscriber", "events_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One VEVENT, as far as a calendar program goes by it."""

    sequence: int
    stamp: datetime
    summary: str
    text: bytes


@dataclass
class Subscriber:
    """Somebody who polls one address for years.

    ``take`` raises AssertionError for an answer that must never be given. Whoever asks, and
    how, is no business of this class: give it each answer in the order in which it came.
    """

    body: bytes = b""
    etag: str | None = None
    last_modified: str | None = None
    events: Mapping[str, Event] = field(default_factory=dict)

    @property
    def summaries(self) -> set[str]:
        """The titles in the calendar now."""
        return {event.summary for event in self.events.values()}

    @property
    def sequences(self) -> dict[str, int]:
        """SEQUENCE by UID, as in the calendar now."""
        return {uid: event.sequence for uid, event in self.events.items()}

    def conditions(self) -> dict[str, str]:
        """Return the headers with which it asks whether there is anything new."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value is not None}

    def take(self, answer: Answer, *, method: str = "GET") -> None:
        """Update the calendar by ``answer``, unless it is one that must never be given."""
        assert answer.status in (200, 304), f"a subscribed address answered {answer.status}"
        self._take_dates(answer)
        if answer.status == 304:
            assert self.etag is not None, "304 for somebody who has nothing"
            assert answer.body == b"", "304 with a body"
            return
        kind = answer.headers.get("content-type")
        assert kind == "text/calendar; charset=utf-8", f"Content-Type {kind}"
        if method == "HEAD":
            assert answer.body == b"", "HEAD with a body"
            return
        length = int(answer.headers.get("content-length", len(answer.body)))
        assert length == len(answer.body), f"{len(answer.body)} of {length} bytes came"
        self._take_body(answer.body)
        self.etag = answer.headers["etag"]

    def _take_dates(self, answer: Answer) -> None:
        told = answer.headers.get("last-modified")
        if told is None:
            return
        if self.last_modified is not None:
            before, after = map(parsedate_to_datetime, (self.last_modified, told))
            assert after >= before, f"Last-Modified went back from {before} to {after}"
            changed = answer.headers.get("etag") != self.etag
            assert after > before or not changed, f"other bytes with the same date {after}"
        # Of a HEAD too: Thunderbird asks so first. The bytes it tells of come next.
        if answer.headers.get("etag") == self.etag or answer.body:
            self.last_modified = told

    def _take_body(self, body: bytes) -> None:
        if body == self.body:
            return
        events = events_of(body)
        for uid, before in self.events.items():
            assert uid in events, f"{uid} vanished"
            _assert_goes_on(uid, before, events[uid])
        self.body, self.events = body, events


def _assert_goes_on(uid: str, before: Event, after: Event) -> None:
    fall = f"{uid} fell from {before.sequence} to {after.sequence}"
    assert after.sequence >= before.sequence, fall
    assert after.stamp >= before.stamp, f"{uid} went back from {before.stamp} to {after.stamp}"
    if after.text != before.text:
        assert after.sequence > before.sequence, f"{uid} changed without a revision"
        assert after.stamp > before.stamp, f"{uid} changed within one second"


@functools.lru_cache(maxsize=32)
def events_of(body: bytes) -> Mapping[str, Event]:
    """Return the events of a calendar by UID, unless it is not whole and valid."""
    assert body.startswith(b"BEGIN:VCALENDAR\r\n"), f"no calendar: {body[:40]!r}"
    assert body.endswith(b"END:VCALENDAR\r\n"), f"no whole calendar: {body[-40:]!r}"
    assert re.search(rb"(?<!\r)\n|\r(?!\n)|\x00", body) is None, "a bare line end, or NUL"
    assert all(len(line) <= 75 for line in body.split(b"\r\n")), "a line that is not folded"
    calendar = Calendar.from_ical(body)
    assert calendar.errors == []
    found: dict[str, Event] = {}
    for event in calendar.walk("VEVENT"):
        assert event.errors == []
        uid = str(event.decoded("UID"))
        assert uid not in found, f"{uid} stands twice"
        assert event.decoded("DTSTART") <= event.decoded("DTEND")
        found[uid] = Event(
            sequence=int(event.decoded("SEQUENCE")),
            stamp=event.decoded("DTSTAMP"),
            summary=str(event["SUMMARY"]),
            text=event.to_ical(),
        )
    return found
