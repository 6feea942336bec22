"""A worker of `impulscal serve`: a process of its own that answers, by granian.

It is started as a fresh interpreter (``python -m impulscal.worker LISTENER CHANNEL ALONE``), so
that a reload takes the code that is installed then. LISTENER is the descriptor of the socket to
accept from. Over CHANNEL it says once that it can answer, in a line of JSON, and by an empty
line that it has something new; by an empty line it hears that another has. When CHANNEL is closed,
the process that watches is gone, and the worker ends too.
"""

import asyncio
import json
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from granian._futures import _new_cbscheduler
from granian._granian import SocketHolder, WorkerSignal, WSGIWorker
from granian.http import HTTP1Settings

from impulscal.front import AT_ONCE, NotAtOnceError, Opening
from impulscal.kept_answers import Recalled, recall
from impulscal.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["main"]

_log = logging.getLogger("impulscal")

# Granian's threads. One answers what is in memory; the others are for bodies, which only they
# can read: half-sent forms of the staff area, of which `web.staff.places` bears eight.
_READERS = 16

# After how many seconds without work they end: never, for `_Lane` counts them.
_IDLE = 2**31

# All else takes its time in these: a long rendering, a history that does not answer.
_THREADS = 16

# The ends of paths that have a thread to themselves: whoever probes waits a second, and then
# takes a worker for dead that still answers every feed.
_PROBES = ("/healthz", "/metrics")

# Headers have to come within that, in milliseconds; a connection may idle as long between
# two requests. Longer than a proxy keeps one (deploy/nginx.conf).
_HEADERS = 30_000

# All headers of one request, in bytes; more is answered with 431.
_HEADER_BYTES = 65_536

# As the watching process asked for it (`impulscal.cli.serve.listeners`): granian asks again.
_BACKLOG = 4096

# Connections that one worker holds at most; further ones wait to be accepted. They are no
# requests: most idle, so it is far more than there are threads.
_CONNECTIONS = 8_192

# Open files that are no connections: the database, the schedule, the log.
_OTHER_FILES = 256

# How long requests that run may take when nobody watches any more, in seconds.
_PATIENCE = 10


class _End:
    """The end of this process: who asks for it, and when all requests are answered.

    Attributes:
        called: What to do when another worker has something new.
    """

    def __init__(self) -> None:
        self.called: Callable[[], None] = lambda: None
        self.signal = WorkerSignal()
        self._answered = threading.Event()
        self._asked = threading.Lock()
        self.signal.add_cb(self._answered.set)
        signal.signal(signal.SIGTERM, lambda _number, _frame: self.ask())

    def ask(self) -> None:
        """Accept no more, and let running requests end."""
        # A second time would block.
        if self._asked.acquire(blocking=False):
            self.signal.set()

    def is_asked(self) -> bool:
        """Tell whether somebody has asked for it."""
        return self._asked.locked()

    def ask_when_alone(self, watching: socket.socket) -> None:
        """Wait until the watching process is gone, and end then: for a thread of its own."""
        while watching.recv(64):
            self.called()
        self.ask()
        time.sleep(_PATIENCE)
        os._exit(1)

    def wait(self) -> None:
        """Wait until all requests are answered."""
        self._answered.wait()


def main(listener: int, channel: int, alone: int) -> None:
    """Answer until a signal, or the end of the watching process, asks to end.

    Args:
        listener: Descriptor of the socket to accept from.
        channel: Descriptor of the socket to the watching process.
        alone: 1 if nobody answers as long as this process does not.
    """
    end = _End()
    watching = socket.socket(fileno=channel)
    threading.Thread(target=end.ask_when_alone, args=(watching,), daemon=True).start()
    settings = Settings.from_environment(os.environ)
    kept = recall(settings) if alone else Recalled()
    opening = Opening(
        kept.answers, settings.base_url, lambda: settings.clock.seconds() < kept.until
    )
    if kept.answers:
        _accept(listener, opening, end)
    # It takes a second, and the first look may take several.
    from impulscal.web.looking import (  # noqa: PLC0415
        create_looking_app,
        take_over,
        told,
        wait_for_editions,
    )

    app = create_looking_app()
    editions = app.extensions["impulscal"].editions
    end.called = editions.look_soon
    if not alone:
        wait_for_editions(app, give_up=end.is_asked)
    news = told(app)
    take_over(app, kept)
    opening.open(app.wsgi_app)
    if not kept.answers:
        _accept(listener, opening, end)
    watching.sendall(json.dumps(news).encode() + b"\n")
    editions.tell_others = lambda: watching.sendall(b"\n")
    end.wait()


def _accept(listener: int, app: "WSGIApplication", end: _End) -> None:
    unix = socket.socket(fileno=os.dup(listener)).family == socket.AF_UNIX
    loop = asyncio.new_event_loop()
    # Their stubs lack arguments. One worker of granian's is one process.
    holder_type: Any = SocketHolder
    worker_type: Any = WSGIWorker
    worker = worker_type(
        1,
        (None, holder_type(listener, unix, _BACKLOG)),
        None,
        py_threads=_READERS,
        py_threads_idle_timeout=_IDLE,
        backpressure=_connections(),
        http_mode="1",
        http1_opts=HTTP1Settings(header_read_timeout=_HEADERS, max_buffer_size=_HEADER_BYTES),
    )
    scheduler_of: Any = _new_cbscheduler
    scheduler = scheduler_of(loop, _called(app), impl_asyncio=True)
    serve = worker.serve_mtr_uds if unix else worker.serve_mtr
    serve(scheduler, loop, end.signal)


def _connections() -> int:
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return _CONNECTIONS
    return max(min(_CONNECTIONS, soft - _OTHER_FILES), soft // 2)


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


def _called(app: "WSGIApplication") -> Callable[[Any, dict[str, Any]], None]:
    """Return what granian calls for each request, in threads of its own.

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
    lane, probes, others = _Lane(), _Threads(app, 1), _Threads(app, _THREADS)

    def answer(proto: Any, environ: dict[str, Any]) -> None:
        has_body = "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ
        lane.enter()
        try:
            _answer(app, proto, environ | at_once)
        except NotAtOnceError:
            if has_body:
                # Granian gives a body to nobody else.
                with lane.left():
                    _answer(app, proto, environ | base)
            else:
                # Granian waits until ``proto`` was given an answer, by whomever.
                is_probe = environ["PATH_INFO"].rstrip("/").endswith(_PROBES)
                (probes if is_probe else others).answer(proto, environ | base)
        # A connection goes on with its next request when its body was read, or whoever could
        # read it came back: with one, no thread sleeps here.
        if not has_body:
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


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
