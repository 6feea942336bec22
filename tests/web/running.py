"""The server as it really runs: a process of its own, asked over sockets."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from web.serving import Serving

__all__ = ["DEADLINE", "ask", "served", "until"]

DEADLINE = 60.0
"""How long a server may take for anything, in seconds."""


def until(met: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not met():
        assert time.monotonic() < end, "the deadline has passed"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def ask(
    port: int, path: str, method: str = "GET", headers: Mapping[str, str] | None = None
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def answers(port: int) -> bool:
    try:
        return ask(port, "/robots.txt")[0].status == 200
    except OSError:
        return False


@contextmanager
def served(serving: Serving, *options: str, **variables: str) -> Iterator[int]:
    """Run ``impulscal serve`` in a process of its own; give the port.

    What it writes to standard output stands in ``output`` in the folder.
    """
    port = free_port()
    environment = {
        **os.environ,
        "IMPULSCAL_SCHEDULE": str(serving.file),
        "IMPULSCAL_DATABASE_URL": f"sqlite:///{serving.history}",
        "IMPULSCAL_BASE_URL": "https://kalender.example",
        "IMPULSCAL_RELOAD_SECONDS": "0.05",
        **variables,
    }
    program = Path(sys.executable).parent / "impulscal"
    with (
        (serving.folder / "output").open("wb") as output,
        subprocess.Popen(
            [program, "serve", "--port", str(port), "--workers", "1", *options],
            env=environment,
            cwd=serving.folder,
            stderr=subprocess.DEVNULL,
            stdout=output,
        ) as process,
    ):
        try:
            until(lambda: answers(port))
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(DEADLINE)
