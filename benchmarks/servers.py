"""Servers as they really run: processes of their own, with the processor time they took."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryFile

from benchmarks.places import PROGRAMS, ROOT
from impulscal.kept_answers import recall
from impulscal.settings import Settings

__all__ = ["Answer", "Server", "ask", "free_port", "impulscal", "running", "until_kept"]

_PATIENCE = 120.0  # seconds that a server may take to start

# A server rests that takes less than this share of half a second; one that looks at its files
# takes a hundredth.
_REST, _RESTING = 0.5, 0.05

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers.

    Attributes:
        name: As the tables have it.
        port: On this machine.
        pid: Of its first process.
        seconds_to_start: From its start to its first whole answer.
    """

    name: str
    port: int
    pid: int
    seconds_to_start: float

    def processes(self) -> tuple[int, ...]:
        """Return its processes, the first one first."""
        return tuple(_with_children(self.pid))

    def processor_seconds(self) -> float:
        """Return what all its processes have taken so far, user and system together."""
        return sum(_processor_seconds(pid) for pid in self.processes())

    def settle(self) -> None:
        """Wait until it rests: what a server still does after its start is no request's cost."""
        end = time.monotonic() + _PATIENCE
        before = self.processor_seconds()
        while time.monotonic() < end:
            time.sleep(_REST)
            now = self.processor_seconds()
            if now - before < _REST * _RESTING:
                return
            before = now


@contextmanager
def running(
    name: str,
    command: Sequence[str],
    *,
    port: int,
    path: str = "/",
    settings: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Run ``command`` until the block ends; begin when ``path`` is answered with 200.

    Raises:
        RuntimeError: It ended, or does not answer.
    """
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("IMPULSCAL_")},
        **(settings or {}),
    }
    with TemporaryFile() as log:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            if not _answers(port, path, process):
                log.seek(0)
                told = log.read().decode(errors="replace")
                raise RuntimeError(f"{name} did not answer {path} with 200:\n{told}")
            yield Server(name, port, process.pid, time.perf_counter() - begin)
        finally:
            _end(process)


@contextmanager
def impulscal(file: Path, *, path: str, **settings: str) -> Iterator[Server]:
    """Run ``impulscal serve`` with one worker on ``file``; its history stands beside it.

    Args:
        file: The schedule.
        path: What has to be answered first.
        settings: Others, or other values, without ``IMPULSCAL_``.
    """
    port = free_port()
    told = {
        "SCHEDULE": str(file),
        "DATABASE_URL": f"sqlite:///{file.with_suffix('.sqlite3')}",
        "BASE_URL": "https://kalender.example",
        **settings,
    }
    command = [str(PROGRAMS / "impulscal"), "serve", "--workers", "1", "--no-access-log"]
    command += ["--port", str(port)]
    environment = {f"IMPULSCAL_{key}": value for key, value in told.items()}
    with running("impulscal", command, port=port, path=path, settings=environment) as server:
        yield server


def until_kept(file: Path) -> None:
    """Wait until the server on ``file`` has written down its answers for the next start.

    Raises:
        RuntimeError: It does not.
    """
    settings = Settings(
        schedules=(file,),
        base_url="https://kalender.example",
        database_url=f"sqlite:///{file.with_suffix('.sqlite3')}",
    )
    end = time.monotonic() + _PATIENCE
    while not recall(settings).current:
        if time.monotonic() > end:
            raise RuntimeError("no answers are kept for the next start")
        time.sleep(_REST)


def ask(
    port: int, path: str, headers: Mapping[str, str] | None = None, *, timeout: float = _PATIENCE
) -> Answer:
    """Ask for ``path`` once, on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers=dict(headers or {}))
        answer = connection.getresponse()
        body = answer.read()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, body)
    finally:
        connection.close()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int, path: str, process: subprocess.Popen[bytes]) -> bool:
    """Ask until ``path`` is answered with 200; return False if the process ended before."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            if ask(port, path).status == 200:
                return True
        except (OSError, HTTPException):
            pass
        # Short, since starts are measured; a question that is refused costs little.
        time.sleep(0.002)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _with_children(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            yield from _with_children(int(child))


def _processor_seconds(pid: int) -> float:
    # What follows the name, which may hold anything; then utime is the 12th and stime the 13th
    # (proc_pid_stat(5)). The kernel keeps their sum exact and rounds to ticks only here.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
