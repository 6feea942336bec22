"""The outermost WSGI middleware: sees every request once it is answered."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from impulscal.front import NotAtOnceError
from impulscal.subscribers.clients import family_of
from impulscal.subscribers.polls import Polls
from impulscal.web.traffic.access_log import AccessLog
from impulscal.web.traffic.kinds import Kind, place_of
from impulscal.web.traffic.tally import Cell, Key, Tally

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["Traffic"]

_FAILED = "500 Internal Server Error"
_FEED = str(Kind.FEED)

# Named, since annotations of an inner function are worked out each time it is made.
_Headers = list[tuple[str, str]]
_Write = Callable[[bytes], object]

_NOTHING: _Headers = []

# Kinds of requests that are remembered. Strangers may send ever new ones: then all are
# forgotten and worked out again.
_MOST_KNOWN = 4_096

# Characters of path, User-Agent and method; longer ones are not remembered.
_LONGEST_KNOWN = 1_024

# Characters of each fact that waits for the access log, which writes fewer.
_LONGEST_TOLD = 1_024


@dataclass(frozen=True, slots=True)
class _Seen:
    """What requests of a kind mean.

    Attributes:
        family: A value of ``Family``.
        kind: A value of ``Kind``.
        polled: The series whose feed they poll, if they do.
        cell: Where they are counted.
    """

    family: str
    kind: str
    polled: str | None
    cell: Cell


class Traffic:
    """Counts requests and polls, and writes the access log.

    Nothing of it can fail or hold up a request: it works in memory, and others carry away what
    it found.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        seconds: Callable[[], float],
        polls: Polls | None = None,
        access_log: AccessLog | None = None,
        proxies: int = 0,
    ) -> None:
        """Stand before ``app``.

        Args:
            app: It may write into ``environ["front.answer"]`` where the answer came from.
            seconds: The clock, in seconds since 1970.
            polls: Where polls of feeds are counted; None in a preview.
            access_log: None where none is wanted.
            proxies: How many proxies of ours each request comes through: so many entries of
                X-Forwarded-For are believed, and none that a client writes itself.
        """
        self._app = app
        self._seconds = seconds
        self._polls = polls
        self._log = access_log
        self._proxies = proxies
        self.tally = Tally()
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str, str, str, str], _Seen] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Pass the request on, and take down what became of it."""
        # What lies behind makes the path plain.
        path = environ.get("PATH_INFO", "")
        told, said = _FAILED, _NOTHING

        def start(status: str, headers: _Headers, exc_info: Any = None, /) -> _Write:
            nonlocal told, said
            told, said = status, headers
            if exc_info is None:
                return start_response(status, headers)
            return start_response(status, headers, exc_info)

        try:
            body = self._app(environ, start)
        except NotAtOnceError:
            raise  # it is asked again
        except BaseException:
            self._note(environ, path, _FAILED, 0)
            raise
        if type(body) is list and len(body) < 2:
            size = len(body[0]) if body else 0
        else:
            size = _size(environ, said)
        self._note(environ, path, told, size)
        return body

    def _note(self, environ: "WSGIEnvironment", path: str, status: str, size: int) -> None:
        agent = environ.get("HTTP_USER_AGENT", "")
        plain = environ.get("PATH_INFO", "")
        method = environ["REQUEST_METHOD"]
        answered = environ.get("front.answer", "app")
        key = (agent, plain, method, status, answered)
        seen = self._seen.get(key)
        if seen is None:
            seen = self._see(*key)
        with self._lock:
            seen.cell.requests += 1
            seen.cell.size += size
        if seen.polled is None and self._log is None:
            return
        address = self._address(environ) if self._proxies else environ.get("REMOTE_ADDR", "")
        if seen.polled is not None and self._polls is not None:
            self._polls.count(seen.polled, seen.family, address, agent)
        if self._log is not None:
            query = environ.get("QUERY_STRING", "") if seen.kind == _FEED else ""
            protocol = environ.get("SERVER_PROTOCOL", "")
            asked = path[:_LONGEST_TOLD], query[:_LONGEST_TOLD], protocol[:_LONGEST_TOLD]
            client = address[:_LONGEST_TOLD], method[:_LONGEST_TOLD]
            self._log.note((self._seconds(), *client, *asked, status, size))

    def _see(self, agent: str, path: str, method: str, status: str, answered: str) -> _Seen:
        """Work out what requests of a kind mean; remembered, since most are alike."""
        family, place = str(family_of(agent)), place_of(path)
        polls = place.kind == _FEED and method == "GET" and status.startswith(("200", "304"))
        with self._lock:
            cell = self.tally.cell(Key(family, place.kind, status[:3], answered))
        seen = _Seen(family, place.kind, place.series if polls else None, cell)
        if len(agent) + len(path) + len(method) <= _LONGEST_KNOWN:
            if len(self._seen) >= _MOST_KNOWN:
                self._seen.clear()
            self._seen[agent, path, method, status, answered] = seen
        return seen

    def _address(self, environ: "WSGIEnvironment") -> str:
        """Return the client's address as the outermost of our proxies saw it."""
        told: list[str] = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(told) >= self._proxies:
            return told[-self._proxies].strip()
        address: str = environ.get("REMOTE_ADDR", "")
        return address


def _size(environ: "WSGIEnvironment", headers: _Headers) -> int:
    """Return how many bytes the body has; 0 where nobody knows before it is sent."""
    if environ["REQUEST_METHOD"] != "HEAD":
        for name, value in headers:
            if name.lower() == "content-length" and value.isdecimal():
                return int(value)
    return 0
