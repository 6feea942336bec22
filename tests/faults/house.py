"""A server as an operator runs it, whose files, disk and database a test can spoil."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any

from faults.subscriber import Answer, Subscriber
from web.running import free_port
from web.serving import schedule, session

__all__ = ["FEED", "PATIENCE", "House", "living", "until"]

FEED = "/stadtimpuls.ics"

PATIENCE = 60.0
"""How long a machine with much to do may take for anything, in seconds."""


def until(met: Callable[[], object], *, what: str = "it") -> None:
    end = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.02)


def _without_privileges() -> list[str]:
    """Return what lets root find closed what is closed for others, as its prefix."""
    if os.geteuid() != 0:
        return []
    program = shutil.which("setpriv")
    assert program is not None, "setpriv (Debian: util-linux) is missing"
    return [program, "--bounding-set", "-dac_override,-dac_read_search", "--"]


@dataclass
class House:
    """A folder with a schedule and a history, and a server on it."""

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    # One tells what it has told; several differ for as long as a look takes.
    options: tuple[str, ...] = ("--workers", "1")
    port: int = field(default_factory=free_port)
    log: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _process: subprocess.Popen[str] | None = None

    @property
    def file(self) -> Path:
        return self.folder / "schedules" / "sessions.yaml"

    @property
    def history(self) -> Path:
        return self.folder / "state" / "impulscal.sqlite3"

    def furnish(self) -> None:
        """Make the folders and a first schedule."""
        self.file.parent.mkdir(exist_ok=True)
        self.history.parent.mkdir(exist_ok=True)
        self.save(self.text("Anfang"))

    @staticmethod
    def text(title: str) -> str:
        """Return a schedule whose second session has ``title``."""
        return schedule(
            session(1, "2041-06-08", topic="Stadt"), session(2, "2041-07-13", title=title)
        )

    def save(self, text: str) -> None:
        """Save the schedule as good editors do: whole, at once."""
        new = self.file.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.replace(self.file)

    def edit(self) -> str:
        """Save another title and return it."""
        # None that a feed says of itself (“Fassung 3”).
        title = f"Thema {next(self._numbers):04}"
        self.save(self.text(title))
        return title

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        environment = {
            **{name: told for name, told in os.environ.items() if not name.startswith("IMPULS")},
            "IMPULSCAL_SCHEDULE": str(self.file),
            "IMPULSCAL_DATABASE_URL": f"sqlite:///{self.history}?timeout=1",
            "IMPULSCAL_BASE_URL": "https://kalender.example",
            "IMPULSCAL_RELOAD_SECONDS": "0.05",
            "LC_ALL": "C.UTF-8",
            **self.variables,
        }
        program = str(Path(sys.executable).with_name("impulscal"))
        self._process = subprocess.Popen(
            [*_without_privileges(), program, "serve", "--port", str(self.port), *self.options],
            env=environment,
            cwd=self.folder,
            # A pipe: a full disk does not swallow what stands in the log.
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        until(self._answers, what="the start of the server")

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End the server."""
        process = self._process
        if process is None:
            return
        workers = self.workers()
        process.send_signal(number)
        process.wait(PATIENCE)
        if number == signal.SIGKILL:
            # Nobody was left to end them.
            for worker in workers:
                os.kill(worker, signal.SIGKILL)
            until(lambda: not any(Path(f"/proc/{worker}/fd").exists() for worker in workers))
        self._process = None

    def workers(self) -> list[int]:
        """Return the processes that answer."""
        assert self._process is not None
        parent = self._process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
        return [int(child) for child in children.split()]

    @contextmanager
    def limited(self, number: int, value: int) -> Iterator[None]:
        """Set a limit of the running workers (``resource.RLIMIT_…``) for a while."""
        workers = self.workers()
        before = {worker: resource.prlimit(worker, number) for worker in workers}
        for worker in workers:
            resource.prlimit(worker, number, (value, before[worker][1]))
        try:
            yield
        finally:
            for worker in workers:
                resource.prlimit(worker, number, before[worker])

    def ask(
        self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, headers=dict(headers or {}))
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(status=answer.status, headers=told, body=answer.read())
        finally:
            connection.close()

    def poll(self, subscriber: Subscriber, path: str = FEED) -> None:
        """Let ``subscriber`` ask whether there is anything new, and take the answer."""
        subscriber.take(self.ask(path, headers=subscriber.conditions()))

    def told(self, subscriber: Subscriber, title: str) -> bool:
        """Let ``subscriber`` poll and tell whether a session has ``title`` now."""
        self.poll(subscriber)
        return any(title in summary for summary in subscriber.summaries)

    def await_title(self, subscriber: Subscriber, title: str) -> None:
        """Let ``subscriber`` poll until the second session has ``title``."""
        until(lambda: self.told(subscriber, title), what=f"“{title}”")

    def health(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.ask("/healthz").body)
        return told

    def logged(self, words: str) -> bool:
        """Tell whether ``words`` stand in the log."""
        return any(words in line for line in self.log)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "\n".join(self.log)
        try:
            # Before its first look it has nothing to serve yet.
            return self.ask("/healthz").status == 200
        except OSError:
            return False

    def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        with self._process.stderr as log:
            self.log.extend(log)


@contextmanager
def living(folder: Path, *options: str, **variables: str) -> Iterator[House]:
    """Give a house whose server runs."""
    house = House(folder, variables=variables, options=options or ("--workers", "1"))
    house.furnish()
    house.start()
    try:
        yield house
    finally:
        house.stop()
