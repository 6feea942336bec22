"""`impulscal serve` at a Unix socket, watched over from outside."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM, socket
from typing import NamedTuple

from web.running import DEADLINE, until

__all__ = ["IMPULSCAL", "PATIENCE", "Answer", "Server", "environment", "running", "started"]

IMPULSCAL = str(Path(sys.executable).with_name("impulscal"))

PATIENCE = 60.0
"""How long a server may take to start or to end, in seconds, on a slow machine."""


class Answer(NamedTuple):
    status: int
    headers: HTTPMessage
    body: bytes


class UnixConnection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=DEADLINE)
        self._path = path

    def connect(self) -> None:
        self.sock = connected(self._path)


def connected(path: Path) -> socket:
    connection = socket(AF_UNIX, SOCK_STREAM)
    connection.settimeout(DEADLINE)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection


def accepts(path: Path) -> bool:
    """Whether somebody listens there: a socket has its path a moment before."""
    try:
        connected(path).close()
    except OSError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The watching process, where it listens, and what it wrote."""

    process: subprocess.Popen[bytes]
    path: Path
    log: Path

    def ask(
        self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = UnixConnection(self.path)
        try:
            connection.request(method, path, headers=dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def connect(self) -> socket:
        return connected(self.path)

    def workers(self) -> set[int]:
        """The processes that it started and that live (proc(5))."""
        number = self.process.pid
        children = Path(f"/proc/{number}/task/{number}/children").read_text(encoding="ascii")
        return {int(child) for child in children.split()}

    def told(self) -> str:
        return self.log.read_text(encoding="utf-8")


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Settings for the schedule in ``folder``, and none of the tests' own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("IMPULSCAL_")}
    return {
        **own,
        "LC_ALL": "C.UTF-8",
        "IMPULSCAL_SCHEDULE": str(folder / "sessions.yaml"),
        "IMPULSCAL_DATABASE_URL": f"sqlite:///{folder / 'history.sqlite3'}",
        "IMPULSCAL_BASE_URL": "https://kalender.example",
        **settings,
    }


@contextmanager
def running(folder: Path, *options: str, **settings: str) -> Iterator[Server]:
    """Serve what is in ``folder`` at a socket there, and end it if it still runs."""
    with started(folder, *options, **settings) as server:
        until(lambda: "Stop with Ctrl-C." in server.told() or server.process.poll() is not None)
        yield server


@contextmanager
def started(folder: Path, *options: str, **settings: str) -> Iterator[Server]:
    """Start to serve, and wait only until it listens."""
    path, log = folder / "socket", folder / "log"
    command = [IMPULSCAL, "serve", "--unix-socket", str(path), *options]
    with (
        log.open("wb") as written,
        subprocess.Popen(
            command, env=environment(folder, **settings), cwd=folder, stdout=written, stderr=written
        ) as process,
    ):
        server = Server(process=process, path=path, log=log)
        try:
            until(lambda: accepts(path) or process.poll() is not None)
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)
