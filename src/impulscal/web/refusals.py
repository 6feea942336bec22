"""What an address answers when it cannot answer: plain for programs, a page for people."""

from http import HTTPStatus
from typing import Any

from flask import Response, render_template, request
from werkzeug.exceptions import HTTPException

from impulscal.errors import Message, _
from impulscal.language import LANGUAGES, translate
from impulscal.web.addresses import Visit, answer_whole_path, site
from impulscal.web.frame import HTML, frame, words
from impulscal.web.overview import overview

__all__ = ["refuse", "show_refusal"]

_PROGRAMS = (".ics", ".json", ".atom", ".xml", ".txt", ".css", ".js", "/healthz")

# How long a program that met no edition yet should wait, in seconds.
_RETRY_AFTER = "60"


def refuse(error: HTTPException) -> Response:
    """Answer for ``error``: 400 and 404 that the views raise, 405, 503 without an edition."""
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    answer = None
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        try:
            answer = answer_whole_path()
        except HTTPException as other:
            return refuse(other)
    return answer or _refusal(error, status)


def _refusal(error: HTTPException, status: HTTPStatus) -> Response:
    language = _language()
    heading, advice = _words(status)
    if request.path.endswith(_PROGRAMS):
        text = f"{translate(heading, language)} {translate(advice, language)}\n"
        response = Response(text, content_type="text/plain; charset=utf-8")
    else:
        response = _page(status, heading, advice, language)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = _RETRY_AFTER
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def show_refusal(visited: Visit, heading: str, advice: str, status: int, **values: Any) -> Response:
    """Answer with a page of the series that says what is wrong and offers a way on.

    Args:
        visited: The series, whose frame the page has.
        heading: In the language of the page.
        advice: Likewise; what to do.
        status: Of HTTP.
        values: ``back``: where the reader can mend it; ``listed``: the sessions.
    """
    text = render_template(
        "refusal.html",
        **{
            **frame(visited, ""),
            "here": None,
            "heading": heading,
            "advice": advice,
            "code": int(status),
            **values,
        },
    )
    response = Response(text, status=status, content_type=HTML)
    response.headers["Cache-Control"] = "no-store"
    return response


def _language() -> str:
    """Return the language of the address: what it names, else that of its series."""
    first = request.path.strip("/").partition("/")[0]
    if first in LANGUAGES:
        return first
    edition = site().editions.current().editions.get(first)
    return "de" if edition is None else edition.series.language


def _words(status: HTTPStatus) -> tuple[Message, Message]:
    if status is HTTPStatus.NOT_FOUND:
        return _("This page does not exist."), _("The address may be incomplete.")
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        return _("This is not ready yet."), _("Please try again in a minute.")
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        return _("This address can only be read."), _("Use GET or HEAD.")
    return (
        _("Something went wrong."),
        _("It is our fault. Subscribed calendars are kept. Please try again later."),
    )


def _page(status: HTTPStatus, heading: Message, advice: Message, language: str) -> Response:
    visited = _visited(language)
    if visited is None:
        text = render_template(
            "refusal.html",
            heading=translate(heading, language),
            advice=translate(advice, language),
            code=status.value,
            **words(language),
        )
        return Response(text, content_type=HTML)
    language = visited.language
    parts = [part for part in request.path.split("/") if part not in ("", *LANGUAGES)]
    if status is HTTPStatus.NOT_FOUND and len(parts) == 2 and parts[0] == visited.edition.series.id:
        heading = _("This session does not exist (any more).")
        advice = _("Here are all sessions of the series.")
        return show_refusal(
            visited,
            translate(heading, language),
            translate(advice, language),
            status,
            listed=overview(visited.edition),
        )
    return show_refusal(visited, translate(heading, language), translate(advice, language), status)


def _visited(language: str) -> Visit | None:
    """Return the series that the address is about, or the only one there is."""
    editions = site().editions.current().editions
    named = [part for part in request.path.split("/") if part in editions]
    series = named[0] if named else next(iter(editions), None)
    if series is None or (not named and len(editions) > 1):
        return None
    prefixed = request.path.strip("/").partition("/")[0] in LANGUAGES
    edition = editions[series]
    return Visit(edition, language if prefixed else edition.series.language, "")
