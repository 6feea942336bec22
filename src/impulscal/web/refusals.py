"""What an address answers when it cannot answer: plain for programs, a page for people."""

from http import HTTPStatus

from flask import Response, render_template, request
from werkzeug.exceptions import HTTPException

from impulscal.errors import Message, _
from impulscal.language import LANGUAGES, translate
from impulscal.web.addresses import answer_whole_path, site

__all__ = ["page_words", "refuse"]

_PROGRAMS = (".ics", ".json", ".txt", ".css", "/healthz")

# How long a program that met no edition yet should wait, in seconds.
_RETRY_AFTER = "60"


def refuse(error: HTTPException) -> Response:
    """Answer for ``error``: 400 and 404 that the views raise, 405, 503 without an edition."""
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    answer = answer_whole_path() if status is HTTPStatus.NOT_FOUND else None
    return answer or _refusal(error, status)


def _refusal(error: HTTPException, status: HTTPStatus) -> Response:
    language, prefix = _language()
    heading, advice = _words(status)
    if request.path.endswith(_PROGRAMS):
        text = f"{translate(heading, language)} {translate(advice, language)}\n"
        response = Response(text, content_type="text/plain; charset=utf-8")
    else:
        words = page_words(language, prefix)
        page = render_template(
            "refusal.html",
            heading=translate(heading, language),
            advice=translate(advice, language),
            code=status.value,
            **words,
        )
        response = Response(page)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = _RETRY_AFTER
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _language() -> tuple[str, str]:
    """Return the language of the address, as far as it names one, and its prefix."""
    first = request.path.strip("/").partition("/")[0]
    if first in LANGUAGES:
        return first, f"/{first}"
    edition = site().editions.current().editions.get(first)
    return ("de" if edition is None else edition.series.language), ""


def _words(status: HTTPStatus) -> tuple[Message, Message]:
    if status is HTTPStatus.NOT_FOUND:
        return _("This page does not exist."), _("The address may be incomplete.")
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        return _("This is not ready yet."), _("Please try again in a minute.")
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        return _("This address can only be read."), _("Use GET or HEAD.")
    return _("Something went wrong."), _(
        "It is our fault. Subscribed calendars are kept. Please try again later."
    )


def page_words(language: str, prefix: str) -> dict[str, object]:
    """Return what every template needs to speak ``language``.

    Args:
        language: Of the words.
        prefix: ``/de``, ``/en`` or nothing, for the addresses on the page.
    """

    def say(template: str, **values: object) -> str:
        return translate(Message(template, values), language)

    settings = site().settings
    return {
        "_": say,
        "language": language,
        "prefix": prefix,
        "spoken": language if language in LANGUAGES else "en",
        "languages": LANGUAGES,
        "base_path": settings.base_path,
        "moment": settings.clock.fixed,
    }
