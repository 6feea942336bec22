"""Mail as it comes in, read without trusting it: who sent it, and which calendars it holds.

Python's own parser goes as deep and as long as a message wants it to; here a message is
split by its boundaries, and what is larger, deeper or longer than any answer is not read.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.errors import InvalidHeaderDefect
from email.headerregistry import AddressHeader, HeaderRegistry
from email.message import Message
from email.parser import BytesHeaderParser
from itertools import dropwhile, islice, takewhile

__all__ = ["MOST_BYTES", "IncomingMail", "read_mail"]

MOST_BYTES = 10 * 1024 * 1024
"""A larger message is no answer."""

_MOST_HEAD = 256 * 1024
_MOST_HEAD_OF_PART = 16 * 1024
_LONGEST_HEADER = 8 * 1024
_TOO_LONG = ""
_MOST_PARTS = 100
_DEEPEST = 10
_MOST_CALENDAR = 256 * 1024
_MOST_CALENDARS = 4
"""Programs send an answer twice at most; to look at one of the largest takes half a second."""

_VERDICT = "authentication-results"

# Google attaches its answers once more under the second name.
_CALENDARS = ("text/calendar", "application/ics")

# Outlook's own form (MS-OXTNEF), where nothing else can be read.
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMail:
    """What is read of a message.

    Attributes:
        sender: The one address in From; None where there is not exactly one.
        forged: Whether the receiving server has found that the sender is not who sent it.
        calendars: Texts, those first that calendar programs look at first.
        tnef: Whether there is a ``winmail.dat``.
    """

    sender: str | None
    forged: bool
    calendars: tuple[str, ...]
    tnef: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """A part that has none itself.

    Attributes:
        kind: Its content type, or the one that its name tells.
    """

    head: Message
    kind: str
    body: bytes


def read_mail(data: bytes) -> IncomingMail:
    """Read a message (RFC 5322, MIME), whoever wrote it.

    Args:
        data: With or without the line ``From …`` that mailboxes and mail filters put
            before it; at most ``MOST_BYTES`` of it are read.
    """
    data = re.sub(rb"\AFrom [^\n]*\n", b"", data[:MOST_BYTES])
    head, _body = _split(data, _MOST_HEAD)
    parts = tuple(_parts(data))
    calendars = sorted(
        (part for part in parts if part.kind in _CALENDARS and len(part.body) <= _MOST_CALENDAR),
        key=lambda part: _CALENDARS.index(part.kind),
    )
    return IncomingMail(
        sender=_sender(_values(head, "From")),
        forged=_forged(_last_verdicts(head)),
        calendars=tuple(_text(part) for part in calendars[:_MOST_CALENDARS]),
        tnef=any(part.kind in _TNEF for part in parts),
    )


def _split(data: bytes, most: int) -> tuple[Message, bytes]:
    """Return the headers and what comes after them; a head that does not end has no body."""
    end = re.compile(rb"(?:\A|\n)\r?\n").search(data, 0, most)
    told, body = (data[:most], b"") if end is None else (data[: end.end()], data[end.end() :])
    written = BytesHeaderParser().parsebytes(told)
    head = Message()
    for name, value in written.raw_items():
        # Not left out: two lines From are no less two because nobody reads one of them.
        head[name] = value if len(value) <= _LONGEST_HEADER else _TOO_LONG
    return head, body


def _values(head: Message, name: str) -> list[str]:
    return [str(value) for value in head.get_all(name, [])]


def _parts(data: bytes) -> Iterator[_Part]:
    """Yield the parts, however they lie inside one another; not those of attached messages.

    An attached message is somebody else's: of it nobody has seen who sent it.
    """
    waiting = deque([(data, 0)])
    for _number in range(_MOST_PARTS):
        if not waiting:
            return
        piece, depth = waiting.popleft()
        head, body = _split(piece, _MOST_HEAD_OF_PART if depth else _MOST_HEAD)
        boundary = head.get_boundary()
        if head.get_content_maintype() == "multipart" and boundary and depth < _DEEPEST:
            found = islice(_pieces(body, boundary), _MOST_PARTS)
            waiting += [(inner, depth + 1) for inner in found]
        else:
            yield _Part(head, _kind(head), body)


def _pieces(body: bytes, boundary: str) -> Iterator[bytes]:
    """Yield what stands between the boundaries (RFC 2046 5.1.1); the last one may be missing."""
    written = re.escape(boundary.encode("utf-8", "surrogateescape"))
    start = None
    for line in re.finditer(rb"^--" + written + rb"(--)?[ \t]*\r?(?:\n|\Z)", body, re.MULTILINE):
        if start is not None:
            yield body[start : line.start()]
        if line[1]:
            return
        start = line.end()
    if start is not None:
        yield body[start:]


def _kind(head: Message) -> str:
    kind = head.get_content_type()
    name = (head.get_filename() or "").lower()
    if kind not in _CALENDARS and name.endswith(".ics"):
        return _CALENDARS[-1]
    return _TNEF[0] if name == "winmail.dat" else kind


def _text(part: _Part) -> str:
    """Return the text of a part, whatever its charset says: calendars are in UTF-8.

    All that is looked for in it is ASCII.
    """
    part.head.set_payload(part.body.decode("ascii", "surrogateescape"))
    payload = part.head.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    for charset in ("utf-8-sig", part.head.get_content_charset("ascii")):
        try:
            text = data.decode(charset)
        except (LookupError, ValueError):
            continue
        if "\0" not in text:
            return text
    return data.decode("latin-1")


def _sender(values: list[str]) -> str | None:
    """Return the address in From, if it is one that nobody can read in two ways."""
    if len(values) != 1:
        return None
    header = HeaderRegistry()("From", values[0])
    # “known@a.example <other@b.example>”: this library finds the first one, others the second.
    if any(isinstance(defect, InvalidHeaderDefect) for defect in header.defects):
        return None
    addresses = header.addresses if isinstance(header, AddressHeader) else ()
    return addresses[0].addr_spec if len(addresses) == 1 else None


def _last_verdicts(head: Message) -> list[str]:
    """Return what the server says that checked the message last, from the top.

    Every server writes above what came with the message (RFC 8601 4.1), so the topmost lines
    are its own, and end at the next Received. Where no server wrote one, as in a message
    that a mail program saved, all below the topmost line may be the sender's.
    """
    lines = [(name.lower(), str(value)) for name, value in head.items()]
    received = any(name == "received" for name, _value in lines)
    below = dropwhile(lambda line: line[0] != _VERDICT, lines)
    last = takewhile(lambda line: line[0] != "received", below)
    verdicts = [value for name, value in last if name == _VERDICT]
    return verdicts if received else verdicts[:1]


def _forged(values: list[str]) -> bool:
    """Tell whether the receiving server says that From is not who sent it (RFC 8601).

    DMARC decides; without it a failed SPF does that no DKIM makes good. A sender can put
    lines below those of the server: of each method the first line counts that tells of it.
    """
    if _TOO_LONG in values:
        return True
    verdicts = [_verdict(value) for value in values]
    found = [results for server, results in verdicts if server == verdicts[0][0]]
    dmarc, spf, dkim = (_first(method, found) for method in ("dmarc", "spf", "dkim"))
    if "fail" in dmarc or "pass" in dmarc:
        return "fail" in dmarc
    return "fail" in spf and "pass" not in spf | dkim


def _first(method: str, found: list[set[str]]) -> set[str]:
    """Return what the first line that tells of a method says of it."""
    told = (
        {one[len(method) + 1 :] for one in each if one.startswith(f"{method}=")} for each in found
    )
    return next(filter(None, told), set())


def _verdict(value: str) -> tuple[str, set[str]]:
    """Return who speaks (Microsoft's servers do not say), and results such as ``spf=fail``."""
    plain = re.sub(r"\([^()]*\)", " ", value)
    first, *others = plain.lower().split(";")
    server, results = ("", [first, *others]) if "=" in first else (first.strip(), others)
    return server, set(_results(results))


def _results(stated: Iterable[str]) -> Iterator[str]:
    for text in stated:
        # A version may stand behind the method (RFC 8601 2.2): “dmarc/1=fail”.
        found = re.match(r"\s*(\w+)\s*(?:/\s*\d+\s*)?=\s*(\w+)", text)
        if found is not None:
            yield f"{found[1]}={found[2]}"
