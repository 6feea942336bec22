"""Which thread of a worker answers what.

Granian hands each request to one of its threads. That one gives what is at hand, and leaves to
others what takes time.
"""

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from impulscal.front import AT_ONCE, NotAtOnceError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["THREADS", "called"]

_log = logging.getLogger("impulscal")

THREADS = 16
"""How many threads granian has, which never end.

One answers what is in memory; the others are for bodies, which only they can read: half-sent
forms of the staff area, of which ``web.staff.places`` bears eight.
"""

# All else takes its time in ours: a long rendering, a history that does not answer.
_SLOW = 16

# Requests with a body that are answered at once; granian's other threads are for all else.
_BODIES = THREADS - 2

# What a request with a body hears when there are so many already.
_BUSY = (
    503,
    [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Retry-After", "5"),
    ],
    b"""Hier ist gerade viel los. Bitte versuchen Sie es gleich noch einmal.
A lot is going on here. Please try again shortly.
""",
)

# They have threads to themselves: whoever probes waits a second, and then takes a worker for
# dead that still answers every feed.
_PROBES = frozenset(("/healthz", "/metrics"))
_PROBERS = 4


def called(app: "WSGIApplication") -> Callable[[Any, dict[str, Any]], None]:
    """Return what granian calls for each request, in its threads.

    Granian's own way puts the process's environment into each request's, and in ours
    there are a key and passwords.
    """
    base = {
        "SCRIPT_NAME": "",
        "wsgi.errors": sys.stderr,
        "wsgi.input_terminated": True,
        "wsgi.multiprocess": True,
        "wsgi.multithread": True,
        "wsgi.run_once": False,
        "wsgi.version": (1, 0),
    }
    at_once = base | {AT_ONCE: True}
    lane, bodies = _Lane(), threading.BoundedSemaphore(_BODIES)
    probes, others = _Threads(app, _PROBERS), _Threads(app, _SLOW)

    def answer(proto: Any, environ: dict[str, Any]) -> None:
        has_body = environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ
        asked = environ | at_once
        lane.enter()
        try:
            _answer(app, proto, asked)
        except NotAtOnceError:
            if not has_body:
                # Granian waits until ``proto`` was given an answer, by whomever. The path is a
                # plain one by now.
                threads = probes if asked["PATH_INFO"] in _PROBES else others
                threads.answer(proto, environ | base)
            elif bodies.acquire(blocking=False):
                # Granian gives a body to nobody else.
                try:
                    with lane.left():
                        _answer(app, proto, environ | base)
                finally:
                    bodies.release()
            else:
                proto.response_bytes(*_BUSY)
        # A connection goes on with its next request when its body was read, or whoever could
        # read it came back: with one, no thread sleeps here.
        if not has_body:
            # Nor does anybody's address or cookie.
            environ.clear()
            asked.clear()
            lane.rest()

    return answer


class _Lane:
    """Lets one of granian's threads answer at a time, and the others sleep.

    Several would pass Python's lock on from one to the next with each request, which takes
    longer than the answer. Whoever has to wait for a body leaves the lane to another.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: set[int] = set()
        self._awake = 0
        self._asleep = 0
        self._bed = threading.Semaphore(0)

    def enter(self) -> None:
        """Come with a request: granian starts threads as it likes, and they never end."""
        thread = threading.get_ident()
        if thread not in self._known:
            with self._lock:
                self._known.add(thread)
                self._awake += 1

    def rest(self) -> None:
        """Sleep, after an answer, if another is awake to come with the next request."""
        if self._awake < 2:
            return
        with self._lock:
            if self._awake < 2:
                return
            self._awake -= 1
            self._asleep += 1
        self._bed.acquire()

    @contextmanager
    def left(self) -> Iterator[None]:
        """Leave the lane to another that sleeps, as long as the block lasts."""
        with self._lock:
            self._awake -= 1
            if not self._awake and self._asleep:
                self._awake, self._asleep = 1, self._asleep - 1
                self._bed.release()
        try:
            yield
        finally:
            with self._lock:
                self._awake += 1


class _Threads:
    """Threads for answers that take time, given in the order in which they were asked for.

    All are there from the beginning, so that none is missing later. They end with the process:
    it does not wait for an answer whose client has left.
    """

    def __init__(self, app: "WSGIApplication", count: int) -> None:
        self._app = app
        self._asked: SimpleQueue[tuple[Any, dict[str, Any]]] = SimpleQueue()
        for _number in range(count):
            threading.Thread(target=self._work, name="answers in time", daemon=True).start()

    def answer(self, proto: Any, environ: dict[str, Any]) -> None:
        self._asked.put((proto, environ))

    def _work(self) -> None:
        while True:
            self._answer(*self._asked.get())

    def _answer(self, proto: Any, environ: dict[str, Any]) -> None:
        try:
            _answer(self._app, proto, environ)
        except BaseException:  # noqa: BLE001 -- whoever asked waits for an answer
            _log.exception("A request failed.")
            proto.response_bytes(500, [], b"")


def _answer(app: "WSGIApplication", proto: Any, environ: dict[str, Any]) -> None:
    start = _Start()
    body = app(environ, start)  # type: ignore[arg-type]
    try:
        whole = b"".join(body)
    finally:
        if hasattr(body, "close"):
            body.close()
    proto.response_bytes(start.status, start.headers, whole)


class _Start:
    """What WSGI calls ``start_response``: keeps what is said."""

    __slots__ = ("headers", "status")

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[str, str]] = []

    def __call__(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> None:
        del exc_info
        self.status = int(status[:3])
        self.headers = headers
