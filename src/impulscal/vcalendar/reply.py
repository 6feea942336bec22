"""What calendar programs answer (METHOD:REPLY, RFC 5546 3.2.3), read without trusting it.

Only the lines that matter are looked at. Time zones and rules of repetition are not worked
out: a stranger can make those endless.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from icalendar.parser import Contentline, Contentlines

__all__ = ["Answer", "NotAnAnswerError", "Respondent", "read_answer"]

# An address may have 254 characters; names and parameters stand before it.
_LONGEST_LINE = 4000

_READ = re.compile(
    r"(?:BEGIN|END|METHOD|UID|SEQUENCE|DTSTAMP|RECURRENCE-ID|ATTENDEE)[;:]", re.IGNORECASE
)

# Outlook and Exchange keep the UID of others inside an identifier of their own, and some of
# their programs answer with that (MS-OXCICAL 2.1.3.1.1.20.26).
_WRAPPED = re.compile(r"040000008200E00074C5B7101A82E008.*7643616C2D55696401000000(.*?)(?:00)?")


class NotAnAnswerError(ValueError):
    """The text is no iCalendar object, or none that could be the answer of one person.

    Attributes:
        method: METHOD in capitals, as far as there is one.
    """

    def __init__(self, reason: str, method: str | None = None) -> None:
        super().__init__(reason)
        self.method = method


@dataclass(frozen=True, slots=True)
class Respondent:
    """An ATTENDEE: address as it was written, PARTSTAT in capitals."""

    address: str
    partstat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A REPLY to one event.

    Attributes:
        sequence: 0 where it is missing (RFC 5545 3.8.7.4).
        dtstamp: When the answer was given, UTC.
        respondents: Whoever is named; a good answer names one (RFC 5546 3.2.3).
    """

    uid: str
    sequence: int
    dtstamp: datetime
    respondents: tuple[Respondent, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the calendar, or of the event in it."""

    inside: str
    name: str
    parameters: dict[str, str]
    value: str


def read_answer(text: str) -> Answer:
    """Return the REPLY that ``text`` holds.

    Raises:
        NotAnAnswerError: It holds none, or one to several events, or one without what
            RFC 5546 3.2.3 asks for.
    """
    lines = tuple(_lines(text))
    method = next((line.value.strip().upper() for line in lines if line.name == "METHOD"), None)
    if method != "REPLY":
        raise NotAnAnswerError("no REPLY", method)
    event = [line for line in lines if line.inside == "VEVENT"]
    if len(_values(event, "BEGIN")) != 1 or len(_values(event, "END")) != 1:
        raise NotAnAnswerError("not one whole event")
    # No session of ours is repeated, so nobody can answer to one of several dates.
    if _values(event, "RECURRENCE-ID"):
        raise NotAnAnswerError("one of several dates")
    return Answer(
        uid=_unwrapped(_only(event, "UID")),
        sequence=_sequence(event),
        dtstamp=_instant(_only(event, "DTSTAMP")),
        respondents=tuple(_respondents(event)),
    )


def _lines(text: str) -> Iterator[_Line]:
    """Yield the lines that matter, each with the component that it stands in."""
    inside: list[str] = []
    unfolded: Iterable[Contentline] = Contentlines.from_ical(text)  # type: ignore[no-untyped-call]
    for line in unfolded:
        if len(line) > _LONGEST_LINE or not _READ.match(line):
            continue
        try:
            name, parameters, value = _parts(line)
        except ValueError:
            continue
        if name == "BEGIN":
            inside.append(value.strip().upper())
        if inside:
            yield _Line(inside[-1], name, parameters, value)
        if name == "END":
            del inside[-1:]


def _parts(line: Contentline) -> tuple[str, dict[str, str], str]:
    name, parameters, value = line.parts()
    # One with several values is a list, and none that is looked for.
    single = {key.upper(): told for key, told in parameters.items() if isinstance(told, str)}
    return name.upper(), single, value


def _values(event: Iterable[_Line], name: str) -> list[str]:
    return [line.value.strip() for line in event if line.name == name]


def _only(event: Iterable[_Line], name: str) -> str:
    values = _values(event, name)
    if len(values) != 1 or not values[0]:
        raise NotAnAnswerError(f"not one {name}")
    return values[0]


def _sequence(event: Iterable[_Line]) -> int:
    values = _values(event, "SEQUENCE") or ["0"]
    if len(values) != 1 or not re.fullmatch("[0-9]{1,9}", values[0]):
        raise NotAnAnswerError("no number in SEQUENCE")
    return int(values[0])


def _instant(value: str) -> datetime:
    # RFC 5545 3.8.7.2 wants UTC; some programs forget to say so, or write dashes and colons.
    try:
        when = datetime.fromisoformat(value)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NotAnAnswerError("no moment in DTSTAMP") from error


def _respondents(event: Iterable[_Line]) -> Iterator[Respondent]:
    for line in event:
        if line.name == "ATTENDEE":
            scheme, _colon, rest = line.value.strip().partition(":")
            # Calendar servers name people by paths of their own, and EMAIL says who it is
            # (RFC 7986 6.2).
            mail = unquote(rest) if scheme.lower() == "mailto" else line.parameters.get("EMAIL", "")
            partstat = line.parameters.get("PARTSTAT", "NEEDS-ACTION")
            yield Respondent(address=mail.strip(), partstat=partstat.strip().upper())


def _unwrapped(uid: str) -> str:
    found = _WRAPPED.fullmatch(uid.upper())
    if found is None:
        return uid
    try:
        return bytes.fromhex(found[1]).decode("ascii")
    except ValueError:
        return uid
