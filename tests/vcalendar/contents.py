"""The lines of a calendar as they stand, unfolded, for comparing with what is expected."""

import itertools

__all__ = ["event", "head", "lines", "uids"]


def lines(calendar: bytes) -> list[str]:
    # Unfolded before it is decoded: a fold may stand anywhere (RFC 5545 3.1).
    return calendar.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def head(calendar: bytes) -> list[str]:
    """Return the calendar's own properties."""
    own = itertools.takewhile(
        lambda line: not line.startswith(("BEGIN:", "END:")), lines(calendar)[1:]
    )
    return list(own)


def uids(calendar: bytes) -> list[str]:
    """Return the UIDs of the events, without the domain."""
    return [_part(line) for event in _events(calendar) for line in event if line.startswith("UID:")]


def event(calendar: bytes, uid: str) -> dict[str, str]:
    """Return the properties of one event, parameters as part of the name, in their order."""
    found = next(event for event in _events(calendar) if f"UID:{uid}@einsateam.de" in event)
    return dict(line.split(":", 1) for line in found)


def _part(line: str) -> str:
    return line.removeprefix("UID:").partition("@")[0]


def _events(calendar: bytes) -> list[list[str]]:
    """Return the lines of each event, without those of its alarm."""
    events: list[list[str]] = []
    inside = ""
    for line in lines(calendar):
        if line.startswith(("BEGIN:", "END:")):
            inside = line
            if line == "BEGIN:VEVENT":
                events.append([])
        elif inside == "BEGIN:VEVENT":
            events[-1].append(line)
    return events
