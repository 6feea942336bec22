"""A web server in front of `impulscal serve`, both real, with the files of deploy/."""

import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

from serve.server import PATIENCE, Answer
from web.running import DEADLINE, free_port

__all__ = ["DEPLOY", "FEED", "ROOT", "Front", "free_port", "own_certificate", "started"]

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
FEED = "/stadtimpuls.ics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Where a web server answers."""

    port: int
    tls: bool

    def ask(
        self,
        path: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        connection = self.connection()
        try:
            connection.request(method, path, headers=dict(headers or {}), body=body)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def connection(self) -> HTTPConnection:
        if not self.tls:
            return HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return HTTPSConnection("127.0.0.1", self.port, timeout=DEADLINE, context=context)

    def answers(self) -> bool:
        try:
            self.ask("/robots.txt")
        except OSError:
            return False
        return True


@contextmanager
def started(command: list[str], front: Front, log: Path, **settings: str) -> Iterator[None]:
    """Run a web server until the end of the block."""
    with (
        log.open("wb") as written,
        subprocess.Popen(command, env=settings or None, stdout=written, stderr=written) as process,
    ):
        try:
            end = time.monotonic() + PATIENCE
            while not front.answers():
                assert process.poll() is None, log.read_text(encoding="utf-8")
                assert time.monotonic() < end, log.read_text(encoding="utf-8")
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


def own_certificate(folder: Path) -> None:
    """Write ``fullchain.pem`` and ``privkey.pem``, which nobody trusts."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-subj", "/CN=localhost", "-days", "2"]
    command += ["-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem"]
    subprocess.run(command, check=True, capture_output=True)
