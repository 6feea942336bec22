"""The process that watches: starts workers, replaces those that end, reloads, stops.

It is one thread that waits for signals and for its workers. What a worker needs from it is the
listening socket; everything else it reads itself, in the release that is installed when it
starts.
"""

import logging
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from impulscal.cli.serve import systemd
from impulscal.cli.serve.worker import NEVER, Told, Worker
from impulscal.errors import Message, _

__all__ = ["Supervisor"]

_log = logging.getLogger("impulscal")

# How long running requests may take after the end was asked for, in seconds; after a reload
# there is no hurry, and clients that send nothing are gone by then.
_PATIENCE = 10.0
_PATIENCE_OF_A_RELOAD = 45.0

# How long new workers may take to be able to answer, in seconds: a large file may have to be
# published first.
_START = 300.0

# A worker that ends before it answers, or so soon afterwards, is replaced only after a pause,
# which doubles each time: a fault that comes back at once may not take all of the machine.
_SOON = 2.0
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.25, 15.0


class Supervisor:
    """Keeps a number of workers answering."""

    def __init__(
        self,
        listener: socket.socket,
        number: int,
        *,
        announce: Callable[[tuple[Message, ...]], None],
    ) -> None:
        """Prepare to watch.

        Args:
            listener: What the workers accept from.
            number: How many workers.
            announce: Called once, with the addresses, when all workers answer.
        """
        self._listener = listener
        self._number = number
        self._announce = announce
        self._selector = selectors.DefaultSelector()
        self._workers: list[Worker] = []
        self._fresh: list[Worker] = []
        self._leaving: list[Worker] = []
        self._due: list[float] = []
        self._soon = 0
        self._stopping = False
        self._code = 0

    def run(self) -> int:
        """Serve until a signal asks to end; return the exit code: 1 if workers did not start."""
        with self._selector, self._signals():
            self._fresh = [self._started() for _number in range(self._number)]
            while self._leaving or not self._stopping:
                for key, _events in self._selector.select(self._next_moment()):
                    key.data()
                self._keep_time(time.monotonic())
        return self._code

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Turn signals into calls of the loop."""
        heard, told = socket.socketpair()
        heard.settimeout(0)
        told.settimeout(0)
        before = signal.set_wakeup_fd(told.fileno())
        numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        handlers = [signal.signal(number, _do_nothing) for number in numbers]

        def hear() -> None:
            for number in heard.recv(64):
                self._reload() if number == signal.SIGHUP else self._stop()

        self._selector.register(heard, selectors.EVENT_READ, hear)
        try:
            yield
        finally:
            for number, handler in zip(numbers, handlers, strict=True):
                signal.signal(number, handler)
            signal.set_wakeup_fd(before)
            heard.close()
            told.close()

    def _started(self) -> Worker:
        alone = not any(worker.told for worker in self._workers)
        worker = Worker.start(self._listener, alone=alone)
        self._selector.register(
            worker.channel, selectors.EVENT_READ, lambda: self._hear_worker(worker)
        )
        return worker

    def _hear_worker(self, worker: Worker) -> None:
        if not worker.hear():
            self._selector.unregister(worker.channel)
            self._bury(worker, worker.end())
            return
        for other in (*self._workers, *self._fresh, *self._leaving):
            if other is not worker:
                other.call()
        if worker.told is not None and all(fresh.told for fresh in self._fresh):
            self._take_over(worker.told)

    def _take_over(self, told: Told) -> None:
        """Let the new workers, which all answer now, take the place of the old ones."""
        if not self._fresh:
            return
        if self._workers:
            _log.info("New workers answer; the old ones end.")
        else:
            self._announce(_addresses(told))
        self._dismiss(self._workers, _PATIENCE_OF_A_RELOAD)
        self._workers, self._fresh = self._fresh, []
        self._due.clear()
        systemd.notify("READY=1")

    def _bury(self, worker: Worker, code: int) -> None:
        """Go on without a worker that has ended."""
        if worker in self._leaving:
            self._leaving.remove(worker)
        elif worker in self._fresh:
            self._fresh.remove(worker)
            self._give_up_fresh()
        else:
            self._workers.remove(worker)
            self._replace(worker, code)

    def _replace(self, worker: Worker, code: int) -> None:
        now = time.monotonic()
        self._soon = self._soon + 1 if now - worker.answers_since < _SOON else 0
        pause = min(_SHORTEST_PAUSE * 2**self._soon, _LONGEST_PAUSE) if self._soon else 0.0
        _log.error("A worker ended unexpectedly (%s); another takes its place.", _shown(code))
        self._due.append(now + pause)

    def _reload(self) -> None:
        """Start new workers, which take over when all of them answer."""
        if self._stopping:
            return
        systemd.notify("RELOADING=1")
        self._dismiss(self._fresh, 0.0)
        self._fresh = [self._started() for _number in range(self._number)]

    def _give_up_fresh(self) -> None:
        """Go on with the old workers; where there are none, the start has failed."""
        self._dismiss(self._fresh, 0.0)
        self._fresh = []
        if self._workers or self._due:
            _log.error("New workers do not start; the old ones go on.")
            systemd.notify("READY=1")
        else:
            _log.error("The workers do not start.")
            self._code = 1
            self._stop()

    def _stop(self) -> None:
        # Asked a second time, nothing is waited for.
        patience = 0.0 if self._stopping else _PATIENCE
        self._stopping = True
        # Who comes now is refused at once, and a web server in front turns to what it has.
        self._listener.close()
        systemd.notify("STOPPING=1")
        self._due.clear()
        self._dismiss([*self._workers, *self._fresh, *self._leaving], patience)
        self._workers, self._fresh = [], []

    def _dismiss(self, workers: list[Worker], patience: float) -> None:
        for worker in workers:
            worker.ask_to_end(patience)
            if worker not in self._leaving:
                self._leaving.append(worker)

    def _next_moment(self) -> float | None:
        """Return in how many seconds there is something to do without being called."""
        moments = [*self._due, *(worker.killed_at for worker in self._leaving)]
        moments += [worker.started_at + _START for worker in self._fresh]
        first = min(moments, default=NEVER)
        return None if first == NEVER else max(first - time.monotonic(), 0.0)

    def _keep_time(self, now: float) -> None:
        for worker in self._leaving:
            if now >= worker.killed_at:
                worker.kill()
        if any(now >= worker.started_at + _START for worker in self._fresh):
            self._give_up_fresh()
        ready = [moment for moment in self._due if moment <= now]
        self._due = [moment for moment in self._due if moment > now]
        self._workers += [self._started() for _moment in ready]


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """Let the number arrive at the wake-up descriptor: the default would end the process."""


def _shown(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {-code}"


def _addresses(told: Told) -> tuple[Message, ...]:
    """Return what to tell people of what is served."""
    return (
        # Translators: An address follows; what stands there is meant for browsers.
        *(_("Page: {address}", address=address) for address in told.pages),
        # Translators: The address that calendars subscribe to follows.
        *(_("Feed: {address}", address=address) for address in told.feeds),
        *(
            _(
                "{path} has errors; what was published before is served. "
                "`impulscal check` names them.",
                path=path,
            )
            for path in told.broken
        ),
    )
