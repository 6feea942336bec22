"""The real server with every state, as its own process, the way an operator runs it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from states import MOMENT

__all__ = ["LANGUAGES", "free_port", "pages", "running"]

LANGUAGES = ("de", "en")

_PATIENCE = 60.0  # seconds until a server that does not answer counts as failed


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[str]:
    """Serve the schedules of ``folder`` at ``MOMENT`` and give the address.

    Args:
        folder: With the files and the history.
        settings: Others, or other values, without ``IMPULSCAL_``.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("IMPULSCAL_")},
        "IMPULSCAL_SCHEDULE": str(folder),
        "IMPULSCAL_DATABASE_URL": f"sqlite:///{folder / 'history.sqlite3'}",
        "IMPULSCAL_BASE_URL": address,
        "IMPULSCAL_NOW": MOMENT,
        "IMPULSCAL_RELOAD_SECONDS": "0",
        **{f"IMPULSCAL_{name}": value for name, value in settings.items()},
    }
    command = [str(Path(sys.executable).with_name("impulscal")), "serve", "--port", str(port)]
    command += ["--workers", "1"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(address, process, folder / "log")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def pages(address: str) -> list[str]:
    """Return the paths of all pages in both languages.

    Of a series with more than three sessions, the first three. The pages that a state of a
    session does not change stand once.
    """
    found = []
    for series in _told(f"{address}/healthz")["series"]:
        sessions = _told(f"{address}/{series}.json")["sessions"]
        own = ["", *(f"{session['id']}/" for session in sessions[:3]), "changes/", "embed?past=1"]
        found += [f"{series}/{page}" for page in own]
    found += [f"{series}/share" for series in ("stadtimpuls", "ohne-termine", "feindlich")]
    found += [f"stadtimpuls/{page}" for page in ("keiner/", "?alarm=abc", "share?limit=abc")]
    found += ["stadtimpuls/embed?theme=dark", "stadtimpuls/embed?limit=abc"]
    found += ["stadtimpuls/?deadlines=1&alarm=30&texts=en", "", "keine-reihe/"]
    return [f"/{language}/{page}" for page in found for language in LANGUAGES]


def _told(address: str) -> Any:
    with urlopen(address, timeout=_PATIENCE) as answer:
        return json.load(answer)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    last = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < last:
        try:
            _told(f"{address}/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text(encoding="utf-8"))
