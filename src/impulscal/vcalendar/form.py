"""The form of a calendar file, looked at once more before anybody gets it.

A feed is a promise: one bad line makes Google drop the whole of it, and a truncated one
empties Thunderbird (CLIENTS.md 2.1, 11).
"""

__all__ = ["MalformedError", "whole"]

_LONGEST = 75  # octets without the line break, RFC 5545 3.1


class MalformedError(ValueError):
    """The bytes are not a whole calendar: a bug, never a fault of the schedule."""


def whole(data: bytes, *, events: int) -> bytes:
    """Return ``data`` if it is a whole calendar with so many events.

    Raises:
        MalformedError: It is not.
    """
    lines = data.split(b"\r\n")
    sound = (
        lines[0] == b"BEGIN:VCALENDAR"
        and lines[-2:] == [b"END:VCALENDAR", b""]
        and lines.count(b"BEGIN:VEVENT") == lines.count(b"END:VEVENT") == events
        and data.count(b"\n") == data.count(b"\r") == len(lines) - 1
        and max(map(len, lines)) <= _LONGEST
        and _decodes(data)
    )
    if not sound:
        raise MalformedError("the rendered bytes are not a whole calendar")
    return data


def _decodes(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
