"""Addresses as they come in: the base path, closing slashes, languages, series, sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import abort, current_app

from impulscal.edition import Edition
from impulscal.links import Links
from impulscal.settings import Settings
from impulscal.web.editions import Editions
from impulscal.web.representation import Representations

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["PlainPaths", "Site", "Visit", "site", "visit"]


class PlainPaths:
    """WSGI middleware: takes the base path and closing slashes off the path.

    So every address answers with and without a slash, and behind a proxy that passes
    the public path on as well as behind one that cuts it off; nothing redirects.
    """

    def __init__(self, app: "WSGIApplication", base_url: str) -> None:
        self._app = app
        self._base_path = urlsplit(base_url).path.rstrip("/")

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Pass the request on with a plain path."""
        path = environ.get("PATH_INFO", "")
        if self._base_path and f"{path}/".startswith(f"{self._base_path}/"):
            path = path[len(self._base_path) :]
        environ["PATH_INFO"] = "/" + path.strip("/")
        return self._app(environ, start_response)


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
