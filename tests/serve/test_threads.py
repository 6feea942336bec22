"""Which thread of a worker answers what; granian is played by the tests."""

import logging
import threading
from collections.abc import Iterable
from queue import Queue
from typing import TYPE_CHECKING, Any

import pytest

from impulscal.front import AT_ONCE, NotAtOnceError
from impulscal.front.paths import PlainPaths
from impulscal.threads import THREADS, _Lane, called
from web.running import DEADLINE, until

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# More than there are threads for what takes time.
MANY = 40


class Granian:
    """Asks for paths and hears the answers, by whichever thread they come."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.slow = threading.Semaphore(0)
        self.heard: Queue[tuple[str, int, bytes]] = Queue()
        self._answer = called(PlainPaths(self._app, "https://kalender.example/termine"))

    def _app(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path != "/at-hand" and environ.get(AT_ONCE):
            raise NotAtOnceError
        if path == "/slow":
            self.slow.release()
            self.go.wait(DEADLINE)
        if path == "/ends":
            raise SystemExit
        start("200 OK", [])
        return [path.encode()]

    def ask(self, path: str, **headers: str) -> dict[str, str]:
        """Ask, and return what is left of the request when granian's thread comes back."""
        environ = {"PATH_INFO": path, **headers}
        self._answer(_Protocol(path, self.heard), environ)
        return environ

    def ask_beside(self, path: str, **headers: str) -> threading.Thread:
        """Ask as another thread of granian's."""
        thread = threading.Thread(target=self.ask, args=(path,), kwargs=headers, daemon=True)
        thread.start()
        return thread

    def next(self) -> tuple[str, int, bytes]:
        return self.heard.get(timeout=DEADLINE)


class _Protocol:
    def __init__(self, path: str, heard: "Queue[tuple[str, int, bytes]]") -> None:
        self._path, self._heard = path, heard

    def response_bytes(self, status: int, _headers: Any, body: bytes) -> None:
        self._heard.put((self._path, status, body))


@pytest.mark.parametrize("path", ["/at-hand", "/healthz", "/termine/healthz/", "/metrics"])
def test_feeds_in_memory_and_probes_do_not_wait_for_what_takes_time(path: str) -> None:
    granian = Granian()
    for _number in range(MANY):
        granian.ask("/slow")

    granian.ask(path)
    first = granian.next()
    granian.go.set()

    assert first == (path, 200, path.removeprefix("/termine").rstrip("/").encode())
    assert [granian.next() for _number in range(MANY)] == [("/slow", 200, b"/slow")] * MANY


def test_a_path_that_ends_like_a_probe_holds_up_none() -> None:
    granian = Granian()
    for _number in range(MANY):
        granian.ask("/slow")

    granian.ask("/reihe/1/sign-off/healthz")
    granian.ask("/healthz")
    first = granian.next()
    granian.go.set()

    assert first == ("/healthz", 200, b"/healthz")


def test_of_two_threads_one_sleeps_until_the_other_has_to_wait_for_a_body() -> None:
    lane, woken = _Lane(), threading.Event()

    def answer_once() -> None:
        lane.enter()
        lane.rest()
        woken.set()

    lane.enter()
    lane.rest()  # alone, it does not sleep
    threading.Thread(target=answer_once, daemon=True).start()
    until(lambda: lane._asleep == 1)
    slept = not woken.is_set()
    with lane.left():
        woken.wait(DEADLINE)

    assert (slept, woken.is_set(), lane._awake) == (True, True, 2)


def test_a_body_is_read_by_the_thread_that_granian_came_with() -> None:
    granian = Granian()

    granian.ask("/own-thread", CONTENT_LENGTH="1")

    assert granian.heard.get_nowait() == ("/own-thread", 200, b"/own-thread")


@pytest.mark.parametrize("header", ["CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"])
@pytest.mark.parametrize("path", ["/at-hand", "/own-thread"])
def test_no_thread_sleeps_that_could_read_a_body(path: str, header: str) -> None:
    granian = Granian()
    granian.ask("/at-hand")

    other = granian.ask_beside(path, **{header: "1"})
    other.join(DEADLINE)

    assert not other.is_alive()


def test_whoever_sleeps_keeps_nothing_of_a_request() -> None:
    granian = Granian()

    left = [granian.ask(path, HTTP_COOKIE="geheim") for path in ("/at-hand", "/other")]

    assert left == [{}, {}]


def test_a_body_of_no_length_takes_no_thread_from_granian() -> None:
    granian = Granian()

    granian.ask("/slow", CONTENT_LENGTH="0")
    granian.go.set()

    assert granian.next() == ("/slow", 200, b"/slow")


def test_slow_bodies_leave_threads_for_all_else() -> None:
    granian = Granian()
    busy = [granian.ask_beside("/slow", CONTENT_LENGTH="1") for _number in range(THREADS - 2)]
    for _thread in busy:
        granian.slow.acquire(timeout=DEADLINE)

    granian.ask("/slow", CONTENT_LENGTH="1")
    granian.ask("/at-hand")
    heard = [granian.next()[:2] for _number in range(2)]
    granian.go.set()

    assert heard == [("/slow", 503), ("/at-hand", 200)]
    assert {granian.next()[:2] for _thread in busy} == {("/slow", 200)}
    granian.ask("/slow", CONTENT_LENGTH="1")
    assert granian.next()[:2] == ("/slow", 200)


def test_whoever_asked_is_answered_and_the_thread_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    granian = Granian()
    with caplog.at_level(logging.ERROR, "impulscal"):
        for _number in range(MANY):
            granian.ask("/ends")
        ended = [granian.next() for _number in range(MANY)]

    granian.ask("/other")

    assert ended == [("/ends", 500, b"")] * MANY
    assert granian.next() == ("/other", 200, b"/other")
    assert {record.message for record in caplog.records} == {"A request failed."}
