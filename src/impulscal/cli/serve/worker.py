"""A worker as the watching process sees it."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["NEVER", "Told", "Worker"]

NEVER = float("inf")
"""A moment that does not come."""

# glibc keeps what was freed, for each thread apart; only one of ours runs Python at a time.
_FRUGAL = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "131072"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a worker says when it can answer.

    Attributes:
        pages: Addresses for browsers.
        feeds: Addresses that calendars subscribe to.
        broken: Paths of files that have errors.
    """

    pages: tuple[str, ...]
    feeds: tuple[str, ...]
    broken: tuple[str, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class Worker:
    """A process that answers.

    Attributes:
        channel: It says there what it serves, then by empty lines that it has something new,
            and closes it when it ends. By empty lines it is told that others have.
        started_at: Monotonic time in seconds.
        told: What it said; None until it can answer.
        answers_since: Monotonic time from which it could.
        killed_at: Monotonic time after which it is no longer waited for.
    """

    process: subprocess.Popen[bytes]
    channel: socket.socket
    started_at: float
    told: Told | None = None
    answers_since: float = NEVER
    killed_at: float = NEVER
    _heard: bytearray = field(default_factory=bytearray)

    @classmethod
    def start(cls, listener: socket.socket, *, alone: bool) -> "Worker":
        """Start a fresh interpreter that accepts from ``listener``.

        Args:
            listener: Shared by all workers.
            alone: Whether nobody else answers.
        """
        ours, theirs = socket.socketpair()
        handed = (listener.fileno(), theirs.fileno())
        with theirs:
            process = subprocess.Popen(  # noqa: S603 -- our own program
                # -P: no module of the folder that we happen to be in takes another's place.
                [sys.executable, "-P", "-m", "impulscal.worker", *map(str, (*handed, int(alone)))],
                env=_FRUGAL | os.environ,
                pass_fds=handed,
                stdin=subprocess.DEVNULL,
                # Ctrl-C is for the watching process, which asks each in its turn.
                process_group=0,
            )
        ours.settimeout(0)
        return cls(process=process, channel=ours, started_at=time.monotonic())

    def hear(self) -> bool:
        """Read what it says; return whether it lives."""
        try:
            heard = self.channel.recv(65_536)
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        if self.told is None:
            self._heard += heard
        if self.told is None and self._heard.endswith(b"\n"):
            told = json.loads(bytes(self._heard))
            self.told = Told(**{name: tuple(values) for name, values in told.items()})
            self.answers_since = time.monotonic()
        return bool(heard)

    def call(self) -> None:
        """Tell it that another one has something new."""
        # One that ends needs nothing new; one that hears nothing has enough of them to read.
        with suppress(OSError):
            self.channel.send(b"\n")

    def ask_to_end(self, patience: float) -> None:
        """Ask it to answer what was asked and to end, within ``patience`` seconds."""
        self.killed_at = min(self.killed_at, time.monotonic() + patience)
        self.process.terminate()

    def kill(self) -> None:
        """End it at once."""
        self.killed_at = NEVER
        self.process.kill()

    def end(self) -> int:
        """Take leave of it; return its exit code, negative for a signal."""
        self.channel.close()
        # Whoever closes the channel is ending; it may hang there no longer.
        self.process.kill()
        code = self.process.wait()
        # What it measured of itself holds no more (prometheus-client's names).
        folder = Path(os.environ.get("PROMETHEUS_MULTIPROC_DIR", os.devnull))
        for file in folder.glob(f"gauge_live*_{self.process.pid}.db"):
            file.unlink(missing_ok=True)
        return code
