"""The server under the soak, as an operator runs it, and what the kernel says of its workers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from web.running import answers, free_port

__all__ = ["Sample", "Served", "served"]

_WORKERS = 2

# How long anything may take on a machine that others use too, in seconds.
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What one worker had at one moment.

    Attributes:
        memory: Resident, in MB.
        files: Open file descriptors, sockets included.
    """

    pid: int
    memory: float
    files: int
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A server that runs."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def wait(self) -> None:
        """Return when all workers answer."""
        self.until(lambda: self._accepting() == _WORKERS and answers(self.port))

    def _accepting(self) -> int:
        """Return how many workers wait at the port for somebody to come."""
        rows = [line.split() for line in _read(Path("/proc/net/tcp")).splitlines()]
        listener = next((row[9] for row in rows if row[1].endswith(f":{self.port:04X}")), "0")
        waiting = f" ino:{int(listener):x} "
        return sum(
            any(waiting in _read(told) for told in Path(f"/proc/{pid}/fdinfo").glob("*"))
            for pid in self.workers()
        )

    def until(self, met: Callable[[], bool]) -> None:
        """Return when ``met`` says so."""
        end = time.monotonic() + _PATIENCE
        while not met():
            assert time.monotonic() < end, self.log.read_text(encoding="utf-8")
            time.sleep(0.05)

    def workers(self) -> list[int]:
        """Return the process ids of the workers, the oldest first."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            stat = _read(folder / "stat").rpartition(")")[2].split()
            if stat and int(stat[1]) == self.process.pid and stat[0] != "Z":
                found.append((int(stat[19]), int(folder.name)))
        return [pid for _started, pid in sorted(found)]

    def samples(self) -> Iterator[Sample]:
        """Yield what each worker has now."""
        for pid in self.workers():
            folder = Path("/proc") / str(pid)
            told = dict(line.partition(":")[::2] for line in _read(folder / "status").splitlines())
            if "VmRSS" in told:
                yield Sample(
                    pid=pid,
                    memory=int(told["VmRSS"].split()[0]) / 1024,
                    files=len(list((folder / "fd").iterdir())),
                    threads=int(told["Threads"]),
                )

    def kill(self, pid: int) -> None:
        """Kill a worker as the kernel does that has no memory left."""
        os.kill(pid, signal.SIGKILL)

    def reload(self) -> None:
        """Ask for other workers, as `systemctl reload` does."""
        self.process.send_signal(signal.SIGHUP)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return ""


@contextmanager
def served(folder: Path, *, database_url: str) -> Iterator[Served]:
    """Serve ``sessions.yaml`` of ``folder`` by two workers, as long as the context lasts."""
    port, log = free_port(), folder / "log"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("IMPULSCAL_")},
        "IMPULSCAL_SCHEDULE": str(folder / "sessions.yaml"),
        "IMPULSCAL_DATABASE_URL": database_url,
        "IMPULSCAL_BASE_URL": "https://soak.example",
        "IMPULSCAL_RELOAD_SECONDS": "0.5",
    }
    program = Path(sys.executable).with_name("impulscal")
    command = [str(program), "serve", "--port", str(port), "--workers", str(_WORKERS)]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=stream, stderr=stream
        )
    server = Served(process=process, port=port, log=log)
    try:
        server.wait()
        yield server
    finally:
        process.terminate()
        process.wait(_PATIENCE)
