"""The middleware."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from impulscal.front.answer import Answer
from impulscal.front.at_once import take_time
from impulscal.front.memory import Kept, Memory

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["QUERY", "Front"]

# Where an application writes the query, in its canonical form, under which its answer may be
# given again; what writes nothing is not kept.
QUERY = "impulscal.query"

# Pages, sessions and variants of some series; combinations of options, which strangers choose,
# push each other out.
_MOST_BYTES = 64 * 1024 * 1024

_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


class Front:
    """Gives an answer again as long as the version of what is served is the same.

    It is kept if the application wrote the canonical query of the address into
    ``environ[QUERY]``, and is given to requests of just that path and query. What was kept of
    an older version is given where the application fails: an address that worked goes on.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        version: Callable[[], object],
        has_come: Callable[[float], bool],
        most_bytes: int = _MOST_BYTES,
    ) -> None:
        """Stand before ``app``.

        Args:
            app: Its answers to GET are whole: no 304, nothing packed.
            version: Returns the same object as long as all answers stay the same.
            has_come: Tells whether a moment, in seconds since 1970, is past. What was modified
                later is asked for again: no answer has a Last-Modified after its Date
                (RFC 9110 8.8.2.1).
            most_bytes: How many bytes of bodies are kept.
        """
        self._app = app
        self._version = version
        self._has_come = has_come
        self.memory = Memory(most_bytes)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer from memory, or with what the application says.

        Raises:
            NotAtOnceError: It is not in memory, and only what is was wanted.
        """
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            take_time(environ)
            return self._app(environ, start_response)
        version = self._version()
        kept = self.memory.get((environ["PATH_INFO"], environ.get("QUERY_STRING", "")))
        if kept is not None and kept.version is version and self._has_begun(kept.answer):
            environ["front.answer"] = "memory"
            return kept.answer.send(environ, start_response)
        take_time(environ)
        environ["front.answer"] = "app"
        return self._ask(version, kept, environ, start_response)

    def _has_begun(self, answer: Answer) -> bool:
        return answer.modified is None or self._has_come(answer.modified)

    def _ask(
        self,
        version: object,
        stale: Kept | None,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:
        path, heard = environ["PATH_INFO"], _Heard()
        asked = {name: value for name, value in environ.items() if name not in _CONDITIONS}
        asked["REQUEST_METHOD"] = "GET"
        body = self._app(asked, heard)
        if stale is not None and heard.status.startswith("5"):
            _close(body)
            return stale.answer.send(environ, start_response)
        if not heard.is_validated():
            return _pass_on(heard, body, environ, start_response)
        answer = Answer(heard.headers, _read(body))
        query = asked.get(QUERY)
        if query is None:
            return answer.send(environ, start_response, packed=False)
        self.memory.keep((path, query), Kept(version, answer))
        return answer.send(environ, start_response)


class _Heard:
    """Takes down what the application says before its body."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []

    def __call__(
        self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return _write

    def is_validated(self) -> bool:
        names = {name.lower() for name, _value in self.headers}
        return self.status.startswith("200") and not names.isdisjoint({"etag", "last-modified"})


def _write(_data: bytes) -> object:
    raise NotImplementedError  # PEP 3333: only for frameworks from before WSGI


def _pass_on(
    heard: _Heard,
    body: Iterable[bytes],
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
) -> Iterable[bytes]:
    start_response(heard.status, heard.headers)
    if environ["REQUEST_METHOD"] == "GET":
        return body
    _close(body)
    return []


def _read(body: Iterable[bytes]) -> bytes:
    try:
        return b"".join(body)
    finally:
        _close(body)


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()
