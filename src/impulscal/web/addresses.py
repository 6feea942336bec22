"""Addresses as they come in: languages, series, sessions."""

from dataclasses import dataclass

from flask import Response, abort, current_app, request
from werkzeug.exceptions import HTTPException

from impulscal.edition import Edition
from impulscal.front import QUERY, WHOLE_PATH
from impulscal.links import Links
from impulscal.settings import Settings
from impulscal.web.editions import Editions
from impulscal.web.representation import Representations

__all__ = ["Site", "Visit", "answer_whole_path", "site", "visit"]


def answer_whole_path() -> Response | None:
    """Answer for the path from which something was taken that looked like the base path.

    Below https://example.de/stadtimpuls the page of session 2 of ``stadtimpuls`` is
    ``/stadtimpuls/2`` behind a proxy that cuts the base path off. None where no view is
    asked at the whole path; else what its view returns or raises.
    """
    path = request.environ.pop(WHOLE_PATH, None)
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
