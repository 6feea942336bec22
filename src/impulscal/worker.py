"""A worker of `impulscal serve`: a process of its own that answers, by granian.

It is started as a fresh interpreter (``python -m impulscal.worker LISTENER CHANNEL ALONE``), so
that a reload takes the code that is installed then. LISTENER is the descriptor of the socket to
accept from. Over CHANNEL it says once that it can answer, in a line of JSON, and by an empty
line that it has something new; by an empty line it hears that another has. When CHANNEL is closed,
the process that watches is gone, and the worker ends too.
"""

import asyncio
import json
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from granian._futures import _new_cbscheduler
from granian._granian import SocketHolder, WorkerSignal, WSGIWorker
from granian.http import HTTP1Settings

from impulscal.front import Opening
from impulscal.kept_answers import Recalled, recall
from impulscal.settings import Settings
from impulscal.threads import THREADS, called

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["main"]

# After how many seconds without work granian's threads end: never, for they are counted.
_IDLE = 2**31

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
        # It may be gone with words of ours unread.
        with suppress(ConnectionError):
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
        py_threads=THREADS,
        py_threads_idle_timeout=_IDLE,
        backpressure=_connections(),
        http_mode="1",
        http1_opts=HTTP1Settings(header_read_timeout=_HEADERS, max_buffer_size=_HEADER_BYTES),
    )
    scheduler_of: Any = _new_cbscheduler
    scheduler = scheduler_of(loop, called(app), impl_asyncio=True)
    serve = worker.serve_mtr_uds if unix else worker.serve_mtr
    serve(scheduler, loop, end.signal)


def _connections() -> int:
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return _CONNECTIONS
    return max(min(_CONNECTIONS, soft - _OTHER_FILES), soft // 2)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
