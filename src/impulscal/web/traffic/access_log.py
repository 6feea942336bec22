"""The access log, in the Common Log Format, written by a thread of its own.

``host - - [day/month/year:time zone] "request line" status bytes``. A request only leaves its
facts in a queue: a slow disk, or a pipe that nobody reads, holds up nobody.
"""

import atexit
import os
import select
import threading
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime

from impulscal.web.traffic.masks import masked_address, masked_path, masked_query, quoted

__all__ = ["AccessLog", "Line"]

# Lines that wait; some seconds of the most that one process answers.
_MOST_WAITING = 50_000

# How often they are written, in seconds.
_EVERY = 0.25

# How long a reader that has fallen asleep is waited for at the end, in seconds.
_PATIENCE = 1.0

# What goes into a pipe at once, if there is room at all: lines of several processes do not
# mix (POSIX, write: at least 512; Linux 4,096).
_AT_ONCE = select.PIPE_BUF


Line = tuple[float, str, str, str, str, str, str, int]
"""The facts of one request: when it was answered (seconds since 1970); the client's address,
whole (only its beginning is written); method, path, query and protocol; the status line; how
many bytes the body has. A plain tuple: one is made for every request."""


class AccessLog:
    """Writes lines to a file, a terminal or a pipe.

    Attributes:
        dropped: How many lines came faster than they could be written.
    """

    def __init__(self, descriptor: int, *, most_waiting: int = _MOST_WAITING) -> None:
        """Write to ``descriptor``, once ``start`` is called or ``write`` by hand."""
        self._descriptor = descriptor
        self._most_waiting = most_waiting
        self._waiting: deque[Line] = deque()
        self.dropped = 0
        self._untold = 0
        self._end = threading.Event()
        self._writing = threading.Lock()
        self._last_stamp = (0, "")

    def note(self, line: Line) -> None:
        """Take down a request; dropped and counted where too many wait already."""
        if len(self._waiting) < self._most_waiting:
            self._waiting.append(line)
        else:
            self.dropped += 1
            self._untold += 1

    def start(self) -> None:
        """Write what waits as long as the process lives, and what is left at its end."""
        self._begin()
        # Threads stay behind where a server forks after loading the app.
        os.register_at_fork(after_in_child=self._begin)
        atexit.register(self.close)

    def _begin(self) -> None:
        self._writing = threading.Lock()
        threading.Thread(target=self._keep_writing, name="access log", daemon=True).start()

    def close(self) -> None:
        """Write what is left, unless nobody reads."""
        self._end.set()
        self.write(patience=_PATIENCE)

    def write(self, *, patience: float = float("inf")) -> None:
        """Write what waits.

        Args:
            patience: How long a reader is waited for, in seconds.
        """
        with self._writing:
            until = time.monotonic() + patience
            for block in self._blocks():
                if not self._put(block, until):
                    break

    def _keep_writing(self) -> None:
        while not self._end.wait(_EVERY):
            self.write()

    def _blocks(self) -> Iterator[bytes]:
        block = b""
        for line in self._lines():
            if len(block) + len(line) > _AT_ONCE:
                yield block
                block = b""
            block += line
        if block:
            yield block

    def _lines(self) -> Iterator[bytes]:
        while self._waiting:
            yield self._told(self._waiting.popleft())
        if self._untold:
            dropped, self._untold = self._untold, 0
            yield f"# {dropped} lines are missing: they came faster than they were read\n".encode()

    def _told(self, line: Line) -> bytes:
        seconds, address, method, path, query, protocol, status, size = line
        asked = masked_path(path) + (masked_query(query) if query else "")
        request = f"{quoted(method[:20])} {asked} {quoted(protocol[:10])}"
        client, moment = masked_address(address), self._stamp(seconds)
        return f'{client} - - [{moment}] "{request}" {status[:3]} {size or "-"}\n'.encode("ascii")

    def _stamp(self, seconds: float) -> str:
        """Return ``20/May/2021:07:00:00 +0000``; the months are English in every locale."""
        known, told = self._last_stamp
        second = int(seconds)
        if second != known:
            when = datetime.fromtimestamp(second, UTC)
            told = f"{when.day:02}/{_MONTHS[when.month - 1]}/{when.year}:{when:%H:%M:%S} +0000"
            self._last_stamp = (second, told)
        return told

    def _put(self, block: bytes, until: float) -> bool:
        """Write ``block`` as soon as it fits; return whether it did in time."""
        while block:
            left = until - time.monotonic()
            _read, ready, _failed = select.select(
                (), (self._descriptor,), (), None if left == float("inf") else max(left, 0)
            )
            if not ready:
                return False
            try:
                block = block[os.write(self._descriptor, block) :]
            except BlockingIOError:
                time.sleep(_EVERY)
            except OSError:  # nobody reads it any more, or the disk is full
                return False
        return True


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
