"""Applications called in a loop, as granian calls them: ``SCHEDULE HISTORY``."""

import io
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.peers.with_etag import make_app
from benchmarks.schedules import SERIES
from impulscal.settings import Settings
from impulscal.web import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_FEED = f"/{SERIES}.ics"

# What granian gives for a request of a calendar program.
_ENVIRON: dict[str, Any] = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "SERVER_SOFTWARE": "Granian",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8000",
    "REMOTE_ADDR": "127.0.0.1",
    "REQUEST_METHOD": "GET",
    "QUERY_STRING": "",
    "HTTP_HOST": "kalender.example",
    "HTTP_USER_AGENT": "Thunderbird/128.0",
    "HTTP_ACCEPT": "text/calendar,text/plain;q=0.8,*/*;q=0.5",
    "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
    "wsgi.input_terminated": True,
}


_CALLS = {"impulscal": 20_000, "Flask": 1_000}


def main(schedule: Path, history: Path) -> None:
    """Ask both applications for a feed of the same bytes; tell the seconds of a request."""
    ours = create_app(Settings(schedules=(schedule,), database_url=f"sqlite:///{history}"))
    body = schedule.with_suffix(".ics")
    body.write_bytes(_Answer.of(ours, _environ(_FEED)).body)
    os.environ["BENCHMARK_BODY"] = str(body)
    told = {
        "impulscal": _both(ours, _FEED, _CALLS["impulscal"]),
        "Flask": _both(make_app(), "/feed.ics", _CALLS["Flask"]),
    }
    sys.stdout.write(json.dumps(told))


@dataclass(frozen=True, slots=True)
class _Answer:
    status: str
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, app: "WSGIApplication", environ: "WSGIEnvironment") -> "_Answer":
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> Any:
            told.extend((status, dict(headers)))

        body = b"".join(app(dict(environ), start))
        return cls(told[0], told[1], body)


def _environ(path: str) -> "WSGIEnvironment":
    return {**_ENVIRON, "PATH_INFO": path, "wsgi.input": io.BytesIO()}


def _both(app: "WSGIApplication", path: str, calls: int) -> dict[str, float]:
    environ = _environ(path)
    again = {**environ, "HTTP_IF_NONE_MATCH": _Answer.of(app, environ).headers["ETag"]}
    return {
        "200": _seconds(app, environ, calls, "200 OK"),
        "304": _seconds(app, again, calls, "304 NOT MODIFIED"),
    }


def _seconds(
    app: "WSGIApplication", environ: "WSGIEnvironment", calls: int, expected: str
) -> float:
    answered = _Answer.of(app, environ).status
    if answered.upper() != expected:
        raise RuntimeError(f"{answered} instead of {expected}")

    def start(_status: str, _headers: object, _error: object = None) -> Any:
        return None

    for _number in range(calls // 10):
        b"".join(app(dict(environ), start))
    begin = time.process_time()
    for _number in range(calls):
        b"".join(app(dict(environ), start))
    return (time.process_time() - begin) / calls


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
