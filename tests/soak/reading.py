"""What a calendar says, and whether it is one: every line looked at, every event parsed once."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from icalendar import Calendar

from soak.author import SERIES
from vcalendar.lint import faults

__all__ = ["Entry", "Reader", "Told"]

_EVENT = re.compile(rb"BEGIN:VEVENT\r\n.*?\r\nEND:VEVENT\r\n", re.DOTALL)
_TOKEN = re.compile(r"Stand (\d+)")

# Parsing an event takes a millisecond; of a thousand that are alike these are enough.
_MOST_OF_THE_PAST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One VEVENT.

    Attributes:
        uid: Without the domain.
        stamp: LAST-MODIFIED, which DTSTAMP has to equal.
        token: Which version of the schedule touched it last.
    """

    uid: str
    sequence: int
    stamp: str
    token: int

    @property
    def session(self) -> str:
        """Id of its session."""
        return self.uid.partition(".")[0]

    @property
    def is_deadline(self) -> bool:
        """Whether it is the entry of a deadline."""
        return ".deadline." in self.uid


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A calendar.

    Attributes:
        faults: What is wrong with it; nothing else counts then.
        entries: By UID.
        modified: LAST-MODIFIED of a feed, of a single file that of its event.
    """

    faults: tuple[str, ...] = ()
    entries: Mapping[str, Entry] = field(default_factory=dict)
    modified: str = ""

    def tokens(self) -> dict[str, int]:
        """Return the tokens of the sessions by id."""
        return {
            entry.session: entry.token for entry in self.entries.values() if not entry.is_deadline
        }


class Reader:
    """Reads every distinct calendar once."""

    def __init__(self) -> None:
        self.calendars: dict[str, Told] = {}
        self._entries: dict[bytes, Entry] = {}
        self.parsed = 0

    def read(self, body: bytes) -> tuple[str, Told]:
        """Return the hexadecimal SHA-256 of ``body`` and what it says."""
        digest = hashlib.sha256(body).hexdigest()
        told = self.calendars.get(digest)
        if told is None:
            told = self.calendars[digest] = self._told(body)
        return digest, told

    def _told(self, body: bytes) -> Told:
        wrong = tuple(faults(body)[:3])
        if wrong:
            return Told(faults=wrong)
        head, *_rest = _EVENT.split(body, maxsplit=1)
        blocks = _EVENT.findall(body)
        if body != head + b"".join(blocks) + b"END:VCALENDAR\r\n":
            return Told(faults=("something stands between or after the events",))
        try:
            entries = [self._entry(head, block) for block in blocks]
        except (ValueError, AssertionError, KeyError) as error:
            return Told(faults=(f"an event that is none: {error!r}",))
        uids = {entry.uid: entry for entry in entries}
        if len(uids) != len(entries):
            return Told(faults=("a UID stands twice",))
        own = re.search(rb"\r\nLAST-MODIFIED:(\S+)", head)
        modified = own[1].decode() if own else max(entry.stamp for entry in entries)
        return Told(entries=uids, modified=modified)

    def _entry(self, head: bytes, block: bytes) -> Entry:
        key = hashlib.sha256(head.partition(b"BEGIN:VTIMEZONE")[2] + block).digest()
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = _parsed(block)
            index = entry.session.removeprefix("alt-")
            if index == entry.session or int(index) < _MOST_OF_THE_PAST:
                _parse_all(head + block + b"END:VCALENDAR\r\n", entry)
                self.parsed += 1
        return entry


def _parsed(block: bytes) -> Entry:
    lines = block.replace(b"\r\n ", b"").decode().split("\r\n")
    own = dict(line.split(":", 1) for line in reversed(lines) if ":" in line)
    uid, at, domain = own["UID"].partition("@")
    token = _TOKEN.search(own["SUMMARY"])
    assert (at, domain, token is not None) == ("@", f"{SERIES}.example", True), uid
    assert own["DTSTAMP"] == own["LAST-MODIFIED"], f"{uid}: two stamps"
    balance = [line for line in lines if line.startswith(("BEGIN:", "END:"))]
    alarm = ["BEGIN:VALARM", "END:VALARM"]
    assert balance in (["BEGIN:VEVENT", *alarm, "END:VEVENT"], ["BEGIN:VEVENT", "END:VEVENT"])
    return Entry(
        uid=uid,
        sequence=int(own["SEQUENCE"]),
        stamp=own["LAST-MODIFIED"],
        token=int(token[1]) if token else -1,
    )


def _parse_all(calendar: bytes, entry: Entry) -> None:
    parsed = Calendar.from_ical(calendar)
    (event,) = parsed.walk("VEVENT")
    assert (parsed.errors, event.errors) == ([], []), entry.uid
    assert event.decoded("DTSTART") < event.decoded("DTEND"), entry.uid
    assert event.decoded("SEQUENCE") == entry.sequence, entry.uid
