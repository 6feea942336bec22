"""What no answer may be, looked at over all clients and in order of time."""

import bisect
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from itertools import pairwise

from soak.author import Author
from soak.clients import Address
from soak.reading import Reader, Told
from soak.wire import Answer, Connection

__all__ = ["Held", "Oracle", "Times"]

_CACHEABLE = "public, max-age=300"

# Outlook fails with packed feeds, and nothing about a feed depends on who asks (DESIGN 7).
_FOREIGN = ("content-encoding", "vary", "set-cookie", "location", "transfer-encoding")

_MOST_FAULTS = 8


@dataclass(slots=True)
class Held:
    """What a program keeps of the last whole answer."""

    etag: str | None = None
    date: str | None = None
    digest: str = ""


@dataclass(slots=True)
class Times:
    """Spans of monotonic time in which something was away."""

    spans: list[tuple[float, float]] = field(default_factory=list)

    def within(self, begin: float, end: float) -> float:
        """Return how many seconds of the time from ``begin`` to ``end`` lie in the spans."""
        return sum(max(0.0, min(end, last) - max(begin, first)) for first, last in self.spans)


@dataclass(slots=True)
class _Log:
    """Numbers that must rise with the key they belong to, each with something that is its own."""

    _values: dict[str, tuple[int, str]] = field(default_factory=dict)
    _keys: list[str] = field(default_factory=list)

    def fault(self, key: str, value: tuple[int, str], *, strictly: bool = True) -> str | None:
        """Take down that ``value`` belongs to ``key``; return what contradicts it."""
        known = self._values.get(key)
        if known is not None:
            return None if known == value else f"{known} and {value} both at {key}"
        at = bisect.bisect(self._keys, key)
        self._keys.insert(at, key)
        self._values[key] = value
        near = [(each, self._values[each]) for each in self._keys[max(0, at - 1) : at + 2]]
        for (earlier, before), (later, after) in pairwise(near):
            if before[0] > after[0] or (strictly and before[0] == after[0]):
                return f"{before} at {earlier}, but {after} at {later}"
        return None


@dataclass
class Oracle:
    """Takes every answer; ``faults`` is what was wrong, the exchange with it.

    Attributes:
        away: When the database was; nobody can be up to date then.
        worst_lag: The longest time for which a worker told what another had overtaken,
            in seconds that the database was there.
    """

    author: Author
    reader: Reader = field(default_factory=Reader)
    away: Times = field(default_factory=Times)
    faults: list[str] = field(default_factory=list)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    worst_lag: float = 0.0
    slowest: float = 0.0
    _newest: list[tuple[int, float]] = field(default_factory=list)
    _revisions: dict[tuple[str, bool], _Log] = field(default_factory=dict)
    _dates: dict[str, _Log] = field(default_factory=dict)
    _date_of: dict[tuple[str, str], str] = field(default_factory=dict)
    _lengths: dict[str, int] = field(default_factory=dict)

    @property
    def versions(self) -> int:
        """How many versions of the schedule somebody was told."""
        return len(self._newest)

    def take(self, address: Address, held: Held, answer: Answer, connection: Connection) -> None:
        """Judge ``answer`` and let the program keep it."""
        method = answer.request.partition(b" ")[0].decode()
        self.statuses[method, answer.status] += 1
        self.slowest = max(self.slowest, answer.told_at - answer.asked_at)
        found = list(self._of_headers(answer, method))
        if not found and answer.status == 304:
            found += self._of_304(address, held, answer, connection)
        elif not found and method == "HEAD":
            found += self._of_head(answer)
        elif not found:
            found += self._of_body(address, held, answer, connection)
        for fault in found:
            self.blame(f"{address.target}: {fault}\n{answer.shown()}")

    def blame(self, fault: str) -> None:
        """Keep ``fault``, unless there are many already."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(fault)

    def _of_headers(self, answer: Answer, method: str) -> Iterator[str]:
        headers = answer.headers
        if answer.status not in (200, 304):
            yield f"a subscribed address answered {answer.status}"
            return
        yield from (f"has {name}" for name in _FOREIGN if name in headers)
        if headers.get("cache-control") != _CACHEABLE:
            yield f"Cache-Control {headers.get('cache-control')}"
        if len(headers.get("etag", "")) != 66:
            yield f"ETag {headers.get('etag')}"
        if answer.status == 304 and b"\r\nIf-" not in answer.request:
            yield "304 for somebody who named nothing"
        if answer.status == 200 and headers.get("content-type") != "text/calendar; charset=utf-8":
            yield f"Content-Type {headers.get('content-type')} of {method}"

    def _of_head(self, answer: Answer) -> Iterator[str]:
        length, etag = answer.headers.get("content-length", ""), answer.headers["etag"]
        if not length.isdecimal() or self._lengths.get(etag, int(length)) != int(length):
            yield f"HEAD tells {length} bytes of {self._lengths.get(etag)}"

    def _of_304(
        self, address: Address, held: Held, answer: Answer, connection: Connection
    ) -> Iterator[str]:
        headers = answer.headers
        if b"\r\nIf-None-Match" in answer.request:
            if headers["etag"] != held.etag:
                yield f"304 with {headers['etag']} for {held.etag}"
        elif held.date is None or _seconds(headers.get("last-modified")) > _seconds(held.date):
            yield f"304 with {headers.get('last-modified')} for {held.date}"
        elif (headers["etag"] == held.etag) != (headers.get("last-modified") == held.date):
            yield f"one of both validators alone stands for other bytes than {held}"
        told = self.reader.calendars[held.digest]
        yield from self._of_time(address, told, answer, connection)

    def _of_body(
        self, address: Address, held: Held, answer: Answer, connection: Connection
    ) -> Iterator[str]:
        new = answer.headers["etag"].strip('"')
        if held.etag == answer.headers["etag"] and b"\r\nIf-None-Match" in answer.request:
            yield "200 with the ETag that was named"
        digest, told = self.reader.read(answer.body)
        if digest != new:
            yield f"ETag {new} of bytes with {digest}"
        if told.faults:
            yield from told.faults
            return
        self._lengths[answer.headers["etag"]] = len(answer.body)
        date = answer.headers.get("last-modified")
        yield from self._of_time(address, told, answer, connection)
        yield from self._of_date(address, digest, told, date)
        held.etag, held.date, held.digest = answer.headers["etag"], date, digest

    def _of_time(
        self, address: Address, told: Told, answer: Answer, connection: Connection
    ) -> Iterator[str]:
        shown = self._span(address, told)
        if shown is None:
            yield f"this was never saved as a whole: {told.tokens()}"
            return
        first, last = shown
        if last < connection.oldest:
            yield f"version {last} after {connection.oldest} on connection {connection.number}"
        connection.oldest = max(connection.oldest, first)
        yield from self._of_revisions(address, told)
        self.worst_lag = max(self.worst_lag, self._lag(last, answer.asked_at))
        if not self._newest or self._newest[-1][0] < first:
            self._newest.append((first, answer.told_at))

    def _span(self, address: Address, told: Told) -> tuple[int, int] | None:
        tokens = told.tokens()
        if not address.single:
            return self.author.find(tokens, address.topic)
        ((name, token),) = tokens.items()
        later = [each.sessions[name].token for each in self.author.versions[token:]]
        until = next((at for at, new in enumerate(later) if new != token), len(later))
        return (token, token + until - 1) if until else None

    def _lag(self, last: int, asked_at: float) -> float:
        at = bisect.bisect(self._newest, (last + 1,))
        if at == len(self._newest) or self._newest[at][1] >= asked_at:
            return 0.0
        since = self._newest[at][1]
        return asked_at - since - self.away.within(since, asked_at)

    def _of_revisions(self, address: Address, told: Told) -> Iterator[str]:
        for entry in told.entries.values():
            log = self._revisions.setdefault((entry.session, address.single), _Log())
            value = (entry.sequence, f"version {entry.token}")
            # The file of one session counts changes of its date only.
            fault = log.fault(entry.stamp, value, strictly=not address.single)
            if fault is not None:
                yield f"{entry.uid}: {fault}"

    def _of_date(
        self, address: Address, digest: str, told: Told, date: str | None
    ) -> Iterator[str]:
        if date is None:
            return
        key = (address.canonical, digest)
        if self._date_of.setdefault(key, date) != date:
            yield f"the same bytes with the dates {self._date_of[key]} and {date}"
        log = self._dates.setdefault(address.canonical, _Log())
        # What orders the bytes of one address: the stamp that they bear themselves.
        fault = log.fault(told.modified, (_seconds(date), digest))
        if fault is not None:
            yield f"Last-Modified: {fault}"


def _seconds(date: str | None) -> int:
    return int(parsedate_to_datetime(date).timestamp()) if date else 0
