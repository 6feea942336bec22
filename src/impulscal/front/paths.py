"""Paths as they come in: the base path and needless slashes taken off."""

import string
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes, urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["WHOLE_PATH", "PlainPaths"]

WHOLE_PATH = "impulscal.whole_path"
"""Where a path stands from which the base path was taken off, as it was before."""


class PlainPaths:
    """WSGI middleware: takes the base path and needless slashes off the path.

    So every address answers with and without a closing slash, and behind a proxy that
    passes the public path on as well as behind one that cuts it off; nothing redirects.
    """

    def __init__(self, app: "WSGIApplication", base_url: str) -> None:
        self._app = app
        self._host = urlsplit(base_url).netloc
        # PATH_INFO is decoded, its bytes read as Latin-1 (PEP 3333).
        path = unquote_to_bytes(urlsplit(base_url).path).decode("latin-1")
        self._base_path = _plain(path).rstrip("/")

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Pass the request on with a plain path."""
        path = _plain(environ.get("PATH_INFO", ""))
        if self._base_path and self._is_below(path) and WHOLE_PATH not in environ:
            environ[WHOLE_PATH] = path
            path = _plain(path[len(self._base_path) :])
        environ["PATH_INFO"] = path
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            # Some programs send letters as they are, in any encoding; Flask fails at what is
            # not UTF-8.
            environ["QUERY_STRING"] = quote(query.encode("latin-1"), safe=string.punctuation)
        # Addresses come from the settings, never from the request; a strange host would
        # only be refused.
        environ["HTTP_HOST"] = self._host
        # Nothing here is a web socket; Werkzeug would refuse whoever offers one.
        environ.pop("HTTP_UPGRADE", None)
        return self._app(environ, start_response)

    def _is_below(self, path: str) -> bool:
        return f"{path}/".startswith(f"{self._base_path}/")


def _plain(path: str) -> str:
    if path[:1] == "/" != path[-1:] and "//" not in path:
        return path
    return "/" + "/".join(part for part in path.split("/") if part)
