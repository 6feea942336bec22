"""Content lines: names and values as octets, folded (RFC 5545 3.1).

Written by hand, since icalendar looks at each letter for itself: a feed takes it ten times
as long. The bytes are the same, which the tests hold against it.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime

__all__ = ["as_date", "as_utc", "as_wall", "component", "content_line"]

_MOST = 74  # octets of a line, after the blank that continues it too: RFC 5545 allows 75
_SURE = _MOST // 4  # No letter has more than four octets.
_CONTINUED = b"\r\n "


def content_line(name: str, value: str) -> bytes:
    """Return one property as octets, its line break included.

    Args:
        name: With its parameters: ``DTSTART;TZID=Europe/Berlin``.
        value: As it is to stand there: a TEXT is escaped already (``text``).
    """
    line = f"{name}:{value}"
    octets = line.encode()
    if len(line) > _SURE and len(octets) > _MOST:
        octets = _CONTINUED.join(_folded(octets))
    return octets + b"\r\n"


def _folded(line: bytes) -> Iterable[bytes]:
    start, last = 0, len(line) - _MOST
    while start < last:
        end = start + _MOST
        # 10xxxxxx goes on with a letter that began before.
        while line[end] & 0xC0 == 0x80:
            end -= 1
        # Neither is what a backslash or a circumflex (RFC 6868) escapes parted from it.
        if line[end - 1] in b"\\^" and end - start > 1:
            end -= 1
        yield line[start:end]
        start = end
    yield line[start:]


def component(name: str, *lines: bytes) -> bytes:
    """Return the component ``name`` (RFC 5545 3.4) with ``lines`` in it, as octets."""
    return b"".join((f"BEGIN:{name}\r\n".encode(), *lines, f"END:{name}\r\n".encode()))


def as_utc(when: datetime) -> str:
    """Return an instant in UTC: ``20210608T100000Z`` (RFC 5545 3.3.5, form 2)."""
    return f"{as_wall(when.astimezone(UTC))}Z"


def as_wall(when: datetime) -> str:
    """Return what the clock on the wall shows: ``20210608T120000`` (form 1)."""
    return when.isoformat(timespec="seconds")[:19].replace("-", "").replace(":", "")


def as_date(when: date) -> str:
    """Return a day: ``20210608`` (RFC 5545 3.3.4)."""
    return when.isoformat().replace("-", "")
