"""The first moments of a process, before its application has been imported."""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from impulscal.front.answer import Answer
from impulscal.front.at_once import take_time
from impulscal.front.memory import Key
from impulscal.front.paths import PlainPaths

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["Opening"]


class Opening:
    """Gives the answers of the process before; what it does not have waits for the application."""

    def __init__(
        self, kept: Mapping[Key, Answer], base_url: str, holds: Callable[[], bool]
    ) -> None:
        """Start with what was kept.

        Args:
            kept: The answers, by plain path and canonical query.
            base_url: Public address, whose path may stand before each of them.
            holds: Tells whether the time of the answers has not passed.
        """
        self._kept = kept
        self._holds = holds
        self._first = PlainPaths(self._answer, base_url)
        self._app: WSGIApplication | None = None
        self._opened = threading.Event()

    def open(self, app: "WSGIApplication") -> None:
        """Leave everything to ``app`` from now on."""
        self._app = app
        self._kept = {}
        self._opened.set()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer at once if that can be; else as soon as the application is there.

        Raises:
            NotAtOnceError: That is later, and was not wanted.
        """
        return (self._app or self._first)(environ, start_response)

    def _answer(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            key = (environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
            answer = self._kept.get(key)
            if answer is not None and self._holds():
                return answer.send(environ, start_response)
        take_time(environ)
        self._opened.wait()
        assert self._app is not None  # noqa: S101 -- it opens with one
        return self._app(environ, start_response)
