"""Load by wrk, and what a request then costs its server."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.places import HERE
from benchmarks.servers import Server

__all__ = ["Load", "microseconds"]

# More waiting requests than a worker has threads; it is never idle.
_CONNECTIONS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Requests of one kind.

    Attributes:
        path: What is asked for.
        headers: Of every request; ``Connection: close`` makes each one a connection.
        seconds: How long.
    """

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: int


def microseconds(server: Server, load: Load) -> float:
    """Return what a request of ``load`` costs all processes of ``server``: processor time, µs.

    Raises:
        RuntimeError: Requests failed, or none was answered.
    """
    command = ["wrk", "--threads", "1", "--connections", str(_CONNECTIONS)]
    command += ["--duration", f"{load.seconds}s", "--script", str(HERE / "load.lua")]
    # A busy machine is no failure of the server.
    command += ["--timeout", "30s"]
    for name, value in load.headers.items():
        command += ["--header", f"{name}: {value}"]
    before = server.processor_seconds()
    told = subprocess.run(
        [*command, f"http://127.0.0.1:{server.port}{load.path}"],
        capture_output=True,
        text=True,
        check=True,
    )
    taken = server.processor_seconds() - before
    counts = json.loads(told.stdout.rstrip().rpartition("\n")[2])
    if counts["failed"] > counts["requests"] / 1000 or not counts["requests"]:
        raise RuntimeError(f"{server.name} failed {load.path}: {counts}")
    return taken / int(counts["requests"]) * 1e6
