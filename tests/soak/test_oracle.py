"""That the soak would notice: every answer that must not be, one at a time."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from soak.author import Author
from soak.clients import ADDRESSES, Address
from soak.oracle import Held, Oracle
from soak.running import run
from soak.wire import Answer, Connection, NoHttpError

FEED = ADDRESSES[0]

DATES = [f"Thu, 20 May 2027 07:00:{second:02} GMT" for second in range(60)]


def calendar(tokens: dict[str, int], sequences: dict[str, int]) -> bytes:
    """Return a feed; what version 7 touched was revised at second 7."""
    newest = max(tokens.values())
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:soak"]
    lines.append(f"LAST-MODIFIED:20270520T0700{newest:02}Z")
    for name, token in tokens.items():
        stamp = f"20270520T0700{token:02}Z"
        lines += ["BEGIN:VEVENT", f"UID:{name}.soak@soak.example", f"DTSTAMP:{stamp}"]
        lines += [f"LAST-MODIFIED:{stamp}", f"SEQUENCE:{sequences.get(name, token)}"]
        lines += ["DTSTART:20270608T100000Z", "DTEND:20270608T103000Z"]
        lines += [f"SUMMARY:Thema {name}\\, Stand {token}", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def whole(body: bytes, second: int, **headers: str) -> Answer:
    """Return the answer to a GET without conditions."""
    told = {
        "content-type": "text/calendar; charset=utf-8",
        "content-length": str(len(body)),
        "cache-control": "public, max-age=300",
        "etag": f'"{hashlib.sha256(body).hexdigest()}"',
        "last-modified": DATES[second],
    }
    return Answer(
        request=b"GET /soak.ics HTTP/1.1\r\nHost: soak.example\r\n\r\n",
        head=b"",
        status=200,
        headers={**told, **{name.replace("_", "-"): value for name, value in headers.items()}},
        body=body,
        asked_at=float(second),
        told_at=second + 0.5,
    )


def known(answer: Answer, condition: str = "If-None-Match", **headers: str) -> Answer:
    """Return a 304 to somebody who has ``answer``."""
    told = {name: answer.headers[name] for name in ("cache-control", "etag", "last-modified")}
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    request = f"GET /soak.ics HTTP/1.1\r\n{condition}: what it has\r\n\r\n".encode()
    return replace(answer, request=request, status=304, body=b"", headers={**told, **changed})


@dataclass
class Watched:
    """An oracle, a subscriber, and an author who has saved some versions."""

    author: Author = field(default_factory=lambda: Author(today=date(2027, 5, 20)))
    held: Held = field(default_factory=Held)

    def __post_init__(self) -> None:
        self.author.begin()
        for _edit in range(9):
            self.author.edit()
        self.oracle = Oracle(self.author)
        self.here = self.connection()

    @staticmethod
    def connection() -> Connection:
        # Of a connection, only which one it is counts.
        return Connection(asyncio.StreamReader.__new__(asyncio.StreamReader), None, 0.0)  # type: ignore[arg-type]

    def version(self, number: int, **sequences: int) -> bytes:
        changed = {name.removeprefix("s"): value for name, value in sequences.items()}
        return calendar(self.author.versions[number].tokens(), changed)

    def take(self, answer: Answer, address: Address = FEED) -> None:
        self.oracle.take(address, self.held, answer, self.here)

    def touched(self, number: int) -> str:
        """Return a session that version ``number`` touched and that was there before."""
        before = self.author.versions[number - 1].tokens()
        tokens = self.author.versions[number].tokens()
        return next(name for name in before if tokens.get(name) == number)


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_the_truth_is_no_fault(watched: Watched) -> None:
    first = whole(watched.version(3), 3)
    second = whole(watched.version(5), 5)
    for answer in (first, known(first), second, known(second, "If-Modified-Since")):
        watched.take(answer)

    watched.here = watched.connection()
    watched.take(whole(watched.version(4), 6, last_modified=DATES[4]))

    assert watched.oracle.faults == []
    assert (watched.oracle.versions, watched.oracle.worst_lag) == (2, 0.5)


Lie = Callable[[Watched], Answer]

LIES: dict[str, Lie] = {
    "answered 503": lambda w: replace(whole(w.version(3), 3), status=503),
    "answered 404": lambda w: replace(whole(w.version(3), 3), status=404),
    "has content-encoding": lambda w: whole(w.version(3), 3, content_encoding="gzip"),
    "has vary": lambda w: whole(w.version(3), 3, vary="Accept"),
    "Content-Type text/html": lambda w: whole(w.version(3), 3, content_type="text/html"),
    "Cache-Control": lambda w: whole(w.version(3), 3, cache_control="no-store"),
    "ETag ": lambda w: whole(w.version(3), 3, etag=f'"{"0" * 64}"'),
    "begin with its begin": lambda w: whole(w.version(3)[: len(w.version(3)) // 2], 3),
    "a line end that is not CRLF": lambda w: whole(w.version(3).replace(b"\r\nU", b"\nU", 1), 3),
    "a line of": lambda w: whole(w.version(3).replace(b"Thema", b"Thema" * 20, 1), 3),
    "an event that is none": lambda w: whole(w.version(3).replace(b"SEQUENCE:", b"SEQ:", 1), 3),
    "two stamps": lambda w: whole(w.version(3).replace(b"DTSTAMP:2027", b"DTSTAMP:2026", 1), 3),
    "a UID stands twice": lambda w: whole(w.version(3).replace(b"UID:2.", b"UID:1."), 3),
    "between or after": lambda w: whole(
        w.version(3).replace(b"END:VEVENT\r\nBEGIN", b"END:VEVENT\r\nX-A:b\r\nBEGIN", 1), 3
    ),
    "never saved as a whole": lambda w: whole(
        calendar({**w.author.versions[3].tokens(), "1": 99 - 60}, {}), 3
    ),
    "304 for somebody who named nothing": lambda w: replace(
        known(whole(w.version(3), 3)), request=b"GET / HTTP/1.1\r\n\r\n"
    ),
}


@pytest.mark.parametrize("fault", LIES)
def test_an_answer_that_is_wrong_by_itself_is_noticed(watched: Watched, fault: str) -> None:
    watched.take(LIES[fault](watched))

    assert [fault in told for told in watched.oracle.faults] == [True]


def test_a_session_that_vanished_is_noticed(watched: Watched) -> None:
    tokens = watched.author.versions[3].tokens()
    del tokens["1"]

    watched.take(whole(calendar(tokens, {}), 3))

    assert "never saved as a whole" in watched.oracle.faults[0]


def test_a_sequence_that_falls_is_noticed_though_another_connection_tells_it(
    watched: Watched,
) -> None:
    touched = watched.touched(6)
    watched.take(whole(watched.version(5, **{f"s{touched}": 9}), 5))
    watched.here = watched.connection()

    watched.take(whole(watched.version(6, **{f"s{touched}": 8}), 6))

    assert [f"{touched}.soak: (9, " in fault for fault in watched.oracle.faults] == [True]


def test_another_sequence_of_the_same_revision_is_noticed(watched: Watched) -> None:
    watched.take(whole(watched.version(5), 5))

    watched.take(whole(watched.version(6, s1=77), 6))

    assert ["both at" in fault for fault in watched.oracle.faults] == [True]


@pytest.mark.parametrize("second", [4, 5], ids=["fell", "stayed"])
def test_a_date_that_does_not_rise_with_the_bytes_is_noticed(watched: Watched, second: int) -> None:
    watched.take(whole(watched.version(5), 5))

    watched.take(whole(watched.version(6), 6, last_modified=DATES[second]))

    assert ["Last-Modified: " in fault for fault in watched.oracle.faults] == [True]


def test_an_older_version_on_the_same_connection_is_noticed(watched: Watched) -> None:
    watched.take(whole(watched.version(5), 5))

    watched.take(whole(watched.version(3), 3, last_modified=DATES[3]))

    assert ["version 3 after 5" in fault for fault in watched.oracle.faults] == [True]


def test_a_304_for_other_bytes_is_noticed(watched: Watched) -> None:
    old, new = whole(watched.version(3), 3), whole(watched.version(5), 5)
    watched.take(old)

    watched.take(known(new))
    watched.take(known(new, "If-Modified-Since"))
    watched.take(known(new, "If-Modified-Since", last_modified=DATES[3]))

    assert [fault.partition(": ")[2][:10] for fault in watched.oracle.faults] == [
        '304 with "',
        "304 with T",
        "one of bot",
    ]


def test_a_200_for_an_etag_that_still_holds_is_noticed(watched: Watched) -> None:
    answer = whole(watched.version(3), 3)
    watched.take(answer)

    watched.take(replace(answer, request=known(answer).request))

    assert ["200 with the ETag" in fault for fault in watched.oracle.faults] == [True]


def test_a_worker_that_stays_behind_shows_in_the_lag(watched: Watched) -> None:
    watched.take(whole(watched.version(5), 5))
    watched.here = watched.connection()
    watched.oracle.away.spans.append((10.0, 20.0))

    watched.take(replace(whole(watched.version(3), 3), asked_at=45.5))

    assert watched.oracle.worst_lag == 30.0


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"rest of the last body\r\n\r\n",
    ],
)
def test_what_is_no_http_is_noticed(said: bytes) -> None:
    async def ask() -> Answer:
        async def say(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(said)
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(say, "127.0.0.1", 0) as server:
            connection = await Connection.open(server.sockets[0].getsockname()[1])
            return await connection.ask("GET", "/soak.ics", {})

    with pytest.raises(NoHttpError):
        run(ask())
