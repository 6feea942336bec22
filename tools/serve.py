"""Serve the schedule and, beside it, a preview of an earlier day: ``make serve``.

The example series is over, so the preview shows it as it was on 20 May 2021: session 2
announced, sessions 3 to 5 still to be. Both servers end together, with Ctrl-C or when
one of them ends by itself.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

PREVIEW_MOMENT = "2021-05-20T09:00"
PATIENCE = 60.0  # seconds until a server that does not answer counts as failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One of the two: what it is called, where it answers, how it is started."""

    name: str
    address: str
    arguments: Sequence[str]
    settings: Mapping[str, str]

    def start(self) -> subprocess.Popen[bytes]:
        """Start it with its settings, which those of the environment do not override."""
        command = [str(Path(sys.executable).with_name("impulscal")), "serve", *self.arguments]
        # For one visitor; and what is printed in the end is to stay on the screen.
        command += ["--workers", "1", "--no-access-log"]
        # In a process group of its own: Ctrl-C comes here only, and here it is passed on.
        return subprocess.Popen(command, env={**os.environ, **self.settings}, process_group=0)


def servers(port: int) -> tuple[Server, Server]:
    """Return the server at ``port`` and the preview at the next one."""
    address, preview = (f"http://127.0.0.1:{number}" for number in (port, port + 1))
    return (
        Server(
            name="Today",
            address=address,
            arguments=["--port", str(port)],
            settings={"IMPULSCAL_BASE_URL": address},
        ),
        Server(
            name=f"Preview as of {PREVIEW_MOMENT}",
            address=preview,
            arguments=["--port", str(port + 1), "--at", PREVIEW_MOMENT],
            # A preview never writes, so this file never comes to be: the preview has no
            # history of later revisions that would show.
            settings={
                "IMPULSCAL_BASE_URL": preview,
                "IMPULSCAL_DATABASE_URL": "sqlite:///instance/preview.sqlite3",
            },
        ),
    )


def series_served(address: str) -> list[str] | None:
    """Return the ids of the series served at ``address``, or None while nothing answers."""
    try:
        with urlopen(f"{address}/healthz", timeout=5) as response:
            return list(json.load(response)["series"])
    except HTTPError as error:
        # 503: a file never made it to an edition; the others are served all the same.
        return list(json.load(error)["series"])
    except OSError:
        return None


def report(server: Server, series: Sequence[str]) -> str:
    """Return the lines to print about ``server``, which serves ``series``."""
    feeds = [f"  feed  {server.address}/{series_id}.ics" for series_id in series]
    if not feeds:
        feeds = ["  no feed: the schedule has problems; to see them: .venv/bin/impulscal check"]
    return "\n".join([server.name, f"  page  {server.address}/", *feeds])


def wait_for(server: Server, process: subprocess.Popen[bytes]) -> list[str] | None:
    """Return what is served once the server answers; None if it ended or took too long."""
    last = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < last:
        series = series_served(server.address)
        if series is not None:
            return series
        time.sleep(0.1)
    return None


def taken(port: int) -> bool:
    """Return whether another program has ``port``; it would answer in our server's place."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def run(port: int) -> int:
    """Serve until Ctrl-C; return the exit code."""
    for number in (port, port + 1):
        if taken(number):
            print(f"Port {number} is taken by another program. Choose others, for example:")
            print(f"  make serve PORT={port + 100}")
            return 1
    pair = servers(port)
    with contextlib.ExitStack() as stack:
        processes = []
        for server in pair:
            process = server.start()
            stack.callback(stop, process)
            processes.append(process)
        reports = []
        for server, process in zip(pair, processes, strict=True):
            series = wait_for(server, process)
            if series is None:
                print(f"{server.name}: no answer at {server.address}. The reason stands above.")
                return 1
            reports.append(report(server, series))
        # Together and last, below what the servers log while they start.
        print("", *reports, "Ctrl-C ends both.", sep="\n\n", flush=True)
        while all(process.poll() is None for process in processes):
            time.sleep(0.2)
    return 1


def stop(process: subprocess.Popen[bytes]) -> None:
    """End ``process`` and its workers and wait for it, so that its port is free again."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def main() -> int:
    """Run from the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="the preview takes the next one")
    # A plain `kill` ends both servers too, not only this program.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return run(parser.parse_args().port)
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
