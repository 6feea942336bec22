"""Addresses as they come in: the base path, closing slashes, languages, series, sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Response, abort, current_app, request
from werkzeug.exceptions import HTTPException

from impulscal.edition import Edition
from impulscal.front import QUERY
from impulscal.links import Links
from impulscal.settings import Settings
from impulscal.web.editions import Editions
from impulscal.web.representation import Representations

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["PlainPaths", "Site", "Visit", "answer_whole_path", "site", "visit"]

_WHOLE_PATH = "impulscal.whole_path"


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
        if self._base_path and f"{path}/".startswith(f"{self._base_path}/"):
            environ[_WHOLE_PATH] = path
            path = _plain(path[len(self._base_path) :])
        environ["PATH_INFO"] = path
        # Addresses come from the settings, never from the request; a strange host would
        # only be refused.
        environ["HTTP_HOST"] = self._host
        # Nothing here is a web socket; Werkzeug would refuse whoever offers one.
        environ.pop("HTTP_UPGRADE", None)
        return self._app(environ, start_response)


def _plain(path: str) -> str:
    return "/" + "/".join(part for part in path.split("/") if part)


def answer_whole_path() -> Response | None:
    """Answer for the path from which something was taken that looked like the base path.

    Below https://example.de/stadtimpuls the page of session 2 of ``stadtimpuls`` is
    ``/stadtimpuls/2`` behind a proxy that cuts the base path off. None where no view is
    asked at the whole path; else what its view returns or raises.
    """
    path = request.environ.pop(_WHOLE_PATH, None)
    if path is None:
        return None
    try:
        endpoint, values = current_app.url_map.bind("").match(path, method=request.method)
    except HTTPException:
        return None
    answer = current_app.view_functions[endpoint](**values)
    # At another mount the same path means something else.
    request.environ.pop(QUERY, None)
    return answer if isinstance(answer, Response) else None


@dataclass(frozen=True, slots=True)
class Site:
    """What all views share."""

    settings: Settings
    editions: Editions
    representations: Representations


def site() -> Site:
    """Return what all views share."""
    shared = current_app.extensions["impulscal"]
    assert isinstance(shared, Site)  # noqa: S101 -- create_app puts it there
    return shared


@dataclass(frozen=True, slots=True)
class Visit:
    """One series in one language, as an address names it.

    Attributes:
        prefix: ``/de``, ``/en`` or nothing: which of the addresses it is.
    """

    edition: Edition
    language: str
    prefix: str

    @property
    def links(self) -> Links:
        """The addresses of the series in this language."""
        return Links(
            base_url=site().settings.base_url,
            series=self.edition.series,
            language=self.language,
        )


def visit(series: str, lang: str | None) -> Visit:
    """Return the visited series; 404 where there is none, 503 where it may come yet."""
    shelf = site().editions.current()
    edition = shelf.editions.get(series)
    if edition is None:
        abort(503 if shelf.waiting else 404)
    prefix = "" if lang is None else f"/{lang}"
    return Visit(edition, lang or edition.series.language, prefix)
