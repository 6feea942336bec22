"""Clients that are slow, idle, many, greedy, or speak no HTTP: others notice nothing of them."""

import re
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from faults.house import FEED, PATIENCE, House, living, until
from faults.subscriber import Subscriber
from web.serving import schedule, session

LARGE = "/gross.ics"

GET = b"GET /stadtimpuls.ics HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /robots.txt HTTP/1.1\r\nHost: x\r\n"
END = b"\r\n"

# What stands behind a body that two readers measure differently: the second request.
SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"

# Ends a connection that is still open.
LAST = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("clients")
    large = folder / "large.yaml"
    words = "Ein langer Text über vieles. " * 140
    many = [session(n, f"2041-{n % 12 + 1:02}-11", description=words) for n in range(1, 301)]
    large.write_text(schedule(*many, id="gross"), encoding="utf-8")
    own = folder / "schedules" / "sessions.yaml"
    with living(folder, IMPULSCAL_SCHEDULE=f"{own}:{large}") as house:
        yield house


@pytest.fixture
def subscriber(house: House) -> Iterator[Subscriber]:
    """Give somebody else, who is answered at the end as at the beginning."""
    subscriber = Subscriber()
    house.poll(subscriber)
    workers = house.workers()
    yield subscriber
    house.poll(subscriber)
    # Nobody had to be brought back to life.
    assert house.workers() == workers


@contextmanager
def connected(house: House) -> Iterator[socket.socket]:
    with closing(socket.create_connection(("127.0.0.1", house.port), PATIENCE)) as connection:
        yield connection


def statuses(house: House, sent: bytes) -> list[int]:
    """Send bytes, and a last request; return the status of every answer that comes."""
    got = bytearray()
    with connected(house) as connection:
        try:
            connection.sendall(sent + LAST)
            while part := connection.recv(65536):
                got += part
        except ConnectionError:
            pass  # an answer may come before all was sent, and the connection end
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", bytes(got))]


def memory(house: House) -> int:
    """Return the memory of the workers, in megabytes."""
    kilobytes = 0
    for worker in house.workers():
        told = Path(f"/proc/{worker}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", told)
        assert found is not None
        kilobytes += int(found[1])
    return kilobytes // 1024


REFUSED = {
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 39\r\n\r\nabcde" + SMUGGLED,
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "a blank before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "a folded header": GET + b"X: a\r\n b\r\n\r\n",
    "a NUL": GET + b"X: a\0b\r\n\r\n",
    "a bare carriage return": GET + b"X: a\rTransfer-Encoding: chunked\r\n\r\n",
    "a negative length": GET + b"Content-Length: -1\r\n\r\n",
    "a length with a sign": GET + b"Content-Length: +1\r\n\r\n",
    "an endless length": GET + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "HTTP/0.9": b"GET /stadtimpuls.ics\r\n",
    "HTTP/2.0": b"GET /stadtimpuls.ics HTTP/2.0\r\nHost: x\r\n\r\n",
    "a TLS hello": bytes.fromhex("16030100c8010000c40303") + bytes(190),
    "no target": b"GET  HTTP/1.1\r\nHost: x\r\n\r\n",
    "no method": b"G@T( /stadtimpuls.ics HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED)
@pytest.mark.usefixtures("subscriber")
def test_what_is_no_http_is_refused_and_the_connection_ends(house: House, sent: bytes) -> None:
    assert statuses(house, sent) == [400]


TOO_LARGE = {
    "a long request line": (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", [414]),
    "a long header": (GET + b"X: " + b"a" * 200_000 + b"\r\n\r\n", [431]),
    "many headers": (GET + b"".join(b"X%d: a\r\n" % n for n in range(5000)) + END, [431]),
}


@pytest.mark.parametrize(("sent", "expected"), TOO_LARGE.values(), ids=TOO_LARGE)
@pytest.mark.usefixtures("subscriber")
def test_headers_have_a_limit(house: House, sent: bytes, expected: list[int]) -> None:
    # Where more was sent than is read, the connection may be cut before the answer is.
    assert statuses(house, sent) in (expected, [])


ODD = {
    "a length and chunks": (
        POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        [405],
    ),
    "a chunk without an end": (POST + b"Transfer-Encoding: chunked\r\n\r\nfffffff\r\n", [405]),
    "a body that is a request": (GET + b"Content-Length: 34\r\n\r\n" + SMUGGLED, [200, 200]),
    "bare line feeds": (b"GET /stadtimpuls.ics HTTP/1.1\nHost: x\n\n", [200, 200]),
    "another host's address": (
        b"GET http://evil.example/stadtimpuls.ics HTTP/1.1\r\nHost: x\r\n\r\n",
        [200, 200],
    ),
    "CONNECT": (b"CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n", [405, 200]),
    "HTTP/1.0": (b"GET /stadtimpuls.ics HTTP/1.0\r\n\r\n", [200]),
    "a web socket": (
        GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
        [200, 200],
    ),
    "HTTP/2 in the clear": (
        GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n\r\n",
        [200, 200],
    ),
    "HTTP/2's preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9), []),
    "a way out of the folder": (b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", [404, 200]),
    "nothing": (b"", [200]),
}


@pytest.mark.parametrize(("sent", "expected"), ODD.values(), ids=ODD)
@pytest.mark.usefixtures("subscriber")
def test_what_is_odd_is_answered_once(house: House, sent: bytes, expected: list[int]) -> None:
    assert statuses(house, sent) == expected


@pytest.mark.parametrize("path", ["/robots.txt", "/staff/sign-in"])
def test_a_body_that_nobody_reads_does_not_hold_up_its_connection(
    house: House, subscriber: Subscriber, path: str
) -> None:
    unread = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 12000\r\n\r\n" % path.encode()
    house.poll(subscriber)

    told = [statuses(house, unread + b"a" * 12_000) for _time in range(100)]

    assert [len(answers) for answers in told] == [2] * 100
    assert [answers[1] for answers in told] == [200] * 100


def test_ten_thousand_requests_in_one_go_are_answered_in_order(
    house: House, subscriber: Subscriber
) -> None:
    asked = (GET + b'If-None-Match: "x"\r\n\r\n', GET + b"If-None-Match: *\r\n\r\n")
    with connected(house) as connection:
        connection.settimeout(0.0)
        waiting, got = b"".join(asked) * 5000, bytearray()
        end = time.monotonic() + PATIENCE
        while got.count(b"HTTP/1.1 304") < 5000:
            assert time.monotonic() < end, "answers are missing"
            try:
                waiting = waiting[connection.send(waiting[:65536]) :] if waiting else waiting
            except BlockingIOError:
                house.poll(subscriber)
            try:
                got += connection.recv(1 << 20)
            except BlockingIOError:
                time.sleep(0.001)

    told = re.findall(rb"HTTP/1\.1 (\d{3}) ", bytes(got))
    assert told == [b"200", b"304"] * 5000


def test_a_thousand_idle_connections_keep_nobody_waiting(
    house: House, subscriber: Subscriber
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    with ExitStack() as stack:
        # A third says nothing, a third half a request, a third has had an answer.
        for number in range(1000):
            connection = stack.enter_context(connected(house))
            if number % 3:
                connection.sendall(GET + END if number % 3 == 1 else GET)
        house.poll(subscriber)
        title = house.edit()

        house.await_title(subscriber, title)

    assert subscriber.events


def test_a_request_may_come_byte_by_byte(house: House, subscriber: Subscriber) -> None:
    got = b""
    with connected(house) as connection:
        for byte in GET + b"Connection: close\r\n\r\n":
            connection.sendall(bytes([byte]))
            house.poll(subscriber)
        while part := connection.recv(65536):
            got += part

    assert got.partition(b"\r\n\r\n")[2] == subscriber.body


def test_clients_that_read_nothing_of_a_large_feed_cost_nothing_once_they_are_gone(
    house: House, subscriber: Subscriber
) -> None:
    assert len(house.ask(LARGE).body) > 1_000_000

    def greedy(times: int) -> None:
        with ExitStack() as stack:
            for _time in range(times):
                connection = stack.enter_context(connected(house))
                connection.sendall(GET.replace(FEED.encode(), LARGE.encode()) + END)
            # They are answered when somebody who came later is.
            for _time in range(20):
                house.poll(subscriber)

    greedy(100)
    before = memory(house)
    for _time in range(3):
        greedy(100)

    until(lambda: memory(house) - before < 60, what="the end of the answers")


def test_bodies_that_nobody_asked_for_fill_no_memory(house: House, subscriber: Subscriber) -> None:
    before = memory(house)
    connection = HTTPConnection("127.0.0.1", house.port, timeout=PATIENCE)
    with closing(connection):
        connection.putrequest("POST", FEED)
        connection.putheader("Content-Length", str(1 << 40))
        connection.endheaders()
        try:
            for _time in range(200):
                connection.send(bytes(1 << 20))
        except ConnectionError:
            pass  # the best answer to it

    house.poll(subscriber)
    assert memory(house) - before < 60


def test_connections_that_end_in_the_middle_leave_nothing_behind(
    house: House, subscriber: Subscriber
) -> None:
    def files() -> int:
        return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in house.workers())

    before = files()
    for number in range(300):
        with connected(house) as connection:
            connection.sendall((GET + END)[: number % len(GET)] or b"\r")
            if number % 2:
                # Reset instead of an end.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    house.poll(subscriber)
    until(lambda: files() <= before + 3, what="the end of the connections")
