"""What no parser complains about and clients stumble over: looked for in the bytes."""

import itertools
import re
from collections.abc import Iterator

from vcalendar.contents import lines

__all__ = ["faults"]

# What has no place in a feed or a single file: Outlook answers invitations nobody sent,
# misreads lists of dates, and refuses zones that end (CLIENTS.md 3.3 and 4.2).
_FOREIGN = re.compile(
    r"(METHOD|ORGANIZER|ATTENDEE|DURATION|RDATE|EXDATE|X-LIC-\S+)[;:]|RRULE:.*(COUNT|UNTIL)="
)


def faults(calendar: bytes) -> list[str]:
    """Return what is wrong with the bytes of a feed or a single file; [] if nothing is."""
    return [*_of_lines(calendar), *_of_zones(lines(calendar)), *_of_properties(lines(calendar))]


def _of_lines(calendar: bytes) -> Iterator[str]:
    folded = calendar.split(b"\r\n")
    if (folded[0], folded[-2:]) != (b"BEGIN:VCALENDAR", [b"END:VCALENDAR", b""]):
        yield "does not begin with its begin and end with its end"
    for line in folded[:-1]:
        if b"\r" in line or b"\n" in line:
            yield f"a line end that is not CRLF: {line!r}"
        if not 0 < len(line) <= 75:
            yield f"a line of {len(line)} octets: {line!r}"
        if line.decode(errors="ignore").encode() != line:
            yield f"folded inside a character: {line!r}"


def _of_zones(unfolded: list[str]) -> Iterator[str]:
    described = [line.removeprefix("TZID:") for line in unfolded if line.startswith("TZID:")]
    named = {found[1] for line in unfolded if (found := re.match(r"DT\w+;TZID=([^:]+):", line))}
    if len(described) != len(set(described)):
        yield f"a zone is described twice: {described}"
    if not named <= set(described):
        yield f"a zone is named and not described: {named - set(described)}"
    components = [line for line in unfolded if line in ("BEGIN:VTIMEZONE", "BEGIN:VEVENT")]
    if components != sorted(components, reverse=True):
        yield "a zone stands after an event"


def _of_properties(unfolded: list[str]) -> Iterator[str]:
    for line in unfolded:
        if _FOREIGN.match(line):
            yield f"has no place here: {line}"
    for line, following in itertools.pairwise(unfolded):
        if line == "BEGIN:VEVENT" and not following.startswith("UID:"):
            yield f"an event does not begin with its UID: {following}"
    before = itertools.takewhile(lambda line: line != "BEGIN:VEVENT", unfolded)
    yield from (f"a UID before the first event: {line}" for line in before if line[:3] == "UID")
