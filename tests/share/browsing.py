"""A server, a website on another port that takes from it, and Chromium that visits both."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from share.serving import SCHEDULE

__all__ = ["Visit", "foreign_site", "served"]

MOMENT = "2021-05-20T09:00"


@contextmanager
def served(folder: Path, base_path: str = "") -> Iterator[str]:
    """Serve the small series from ``folder`` and give its public address."""
    (folder / "sessions.yaml").write_text(SCHEDULE)
    port = _free_port()
    address = f"http://127.0.0.1:{port}{base_path}"
    environment = {
        **os.environ,
        "IMPULSCAL_SCHEDULE": str(folder / "sessions.yaml"),
        "IMPULSCAL_DATABASE_URL": f"sqlite:///{folder / 'history.sqlite3'}",
        "IMPULSCAL_BASE_URL": address,
        "IMPULSCAL_NOW": MOMENT,
    }
    command = [str(Path(sys.executable).parent / "impulscal"), "serve", "--port", str(port)]
    command += ["--workers", "1"]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            _wait_for(f"{address}/healthz", process)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


@contextmanager
def foreign_site(folder: Path) -> Iterator[str]:
    """Serve the files of ``folder`` from a port of its own and give the address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Visit:
    """A visit of one page, and what became of it.

    Attributes:
        complaints: What the console and the page's own scripts complained about.
        hosts: Host and port of everything that was asked for.
    """

    def __init__(self, browser: Browser, *, script: bool = True, width: int = 900) -> None:
        self._browser, self._script, self._width = browser, script, width
        self.complaints: list[str] = []
        self.hosts: set[str] = set()

    def __enter__(self) -> Self:
        self.context: BrowserContext = self._browser.new_context(
            java_script_enabled=self._script, viewport={"width": self._width, "height": 800}
        )
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self._complain(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.context.close()

    def _complain(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _attempt in range(200):
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)
