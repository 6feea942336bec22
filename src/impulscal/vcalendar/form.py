"""The form of a calendar file, looked at once more before anybody gets it.

A feed is a promise: one bad line makes Google drop the whole of it, and a truncated one
empties Thunderbird (CLIENTS.md 2.1, 11).
"""

from collections.abc import Sequence

__all__ = ["MalformedError", "sound", "whole"]

_LONGEST = 75  # octets without the line break, RFC 5545 3.1


class MalformedError(ValueError):
    """The bytes are not a whole calendar: a bug, never a fault of the schedule."""


def sound(lines: bytes) -> bytes:
    """Return ``lines`` if they are whole lines that every program can read; none will do.

    Raises:
        MalformedError: They are not.
    """
    # What follows the last line break is no line.
    *whole_lines, rest = lines.split(b"\r\n")
    if (
        rest
        or lines.count(b"\n") != len(whole_lines)
        or lines.count(b"\r") != len(whole_lines)
        or max(map(len, whole_lines), default=0) > _LONGEST
        or not _decodes(lines)
    ):
        raise MalformedError("the rendered bytes are not whole lines")
    return lines


def whole(head: bytes, events: Sequence[bytes]) -> bytes:
    """Return the calendar that begins with ``head`` and holds ``events``.

    Args:
        head: Its lines up to the first event.
        events: Each of them ``sound``, which is not looked at again for every feed.

    Raises:
        MalformedError: It would not be a whole calendar.
    """
    data = b"".join((sound(head), *events, _END))
    if (
        not head.startswith(b"BEGIN:VCALENDAR\r\n")
        or not data.endswith(b"\r\n" + _END)
        or data.count(b"\nBEGIN:VEVENT\r") != len(events)
        or data.count(b"\nEND:VEVENT\r") != len(events)
        or data.count(b"\nEND:VCALENDAR\r") != 1
    ):
        raise MalformedError("the rendered bytes are not a whole calendar")
    return data


_END = b"END:VCALENDAR\r\n"


def _decodes(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
