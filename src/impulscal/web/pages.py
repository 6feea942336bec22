"""The pages for people: the list of series, a series, a session."""

from collections.abc import Callable
from importlib import resources
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from impulscal.edition import PublishedSession
from impulscal.schedule.lifecycle import state
from impulscal.web.addresses import Visit, site, visit
from impulscal.web.refusals import page_words
from impulscal.web.representation import respond
from impulscal.wording import dates, description, markdown, people
from impulscal.wording.state import state_line
from impulscal.wording.status import status_words
from impulscal.wording.titles import marked_title, title

__all__ = ["blueprint"]

blueprint = Blueprint("pages", __name__)

_HTML = "text/html; charset=utf-8"


@blueprint.get("/")
@blueprint.get("/<any(de, en):lang>")
def show_start(lang: str | None = None) -> Response:
    """Answer with the only series' page, or the list of series."""
    shelf = site().editions.current()
    if len(shelf.editions) == 1:
        return show_series(next(iter(shelf.editions)), lang)
    if shelf.waiting and not shelf.editions:
        abort(503)
    editions = tuple(sorted(shelf.editions.values(), key=lambda edition: edition.series.id))
    prefix = "" if lang is None else f"/{lang}"
    representation = site().representations.get(
        editions,
        f"{prefix}/",
        lambda: render_template(
            "start.html", editions=editions, **page_words(lang or "de", prefix)
        ).encode(),
        content_type=_HTML,
    )
    return respond(request, representation, site().editions)


@blueprint.get("/<series>")
@blueprint.get("/<any(de, en):lang>/<series>")
def show_series(series: str, lang: str | None = None) -> Response:
    """Answer with the page of a series: what it is, how to subscribe, all sessions."""
    visited = visit(series, lang)
    return _page(visited, f"{visited.prefix}/{series}/", "series.html")


@blueprint.get("/<series>/<session>")
@blueprint.get("/<any(de, en):lang>/<series>/<session>")
def show_session(series: str, session: str, lang: str | None = None) -> Response:
    """Answer with the page of a session."""
    visited = visit(series, lang)
    published = visited.edition.by_id.get(session)
    if published is None:
        abort(404)
    return _page(
        visited, f"{visited.prefix}/{series}/{session}/", "session.html", session=published
    )


@blueprint.get("/static/<name>")
def show_static(name: str) -> Response:
    """Answer with a file of the site's own look."""
    if name != "style.css":
        abort(404)
    representation = site().representations.get(
        (),
        f"/static/{name}",
        resources.files("impulscal.web").joinpath("static", name).read_bytes,
        content_type="text/css; charset=utf-8",
    )
    return respond(request, representation, site().editions)


def _page(visited: Visit, address: str, template: str, **values: Any) -> Response:
    edition = visited.edition
    representation = site().representations.get(
        (edition,),
        address,
        lambda: render_template(
            template,
            edition=edition,
            links=visited.links,
            **page_words(visited.language, visited.prefix),
            **_wording(visited),
            **values,
        ).encode(),
        content_type=_HTML,
    )
    return respond(request, representation, site().editions)


def _wording(visited: Visit) -> dict[str, Callable[..., Any]]:
    series, language = visited.edition.series, visited.language

    def status(session: PublishedSession) -> tuple[str, str, str]:
        stage = state(session.public, visited.edition.moment)
        return str(stage), *status_words(session, stage, language)

    return {
        "full_title": lambda session: title(series, session, language),
        "marked_title": lambda session: marked_title(series, session, language),
        "state_line": lambda session: state_line(series, session, language),
        "status": status,
        "period": lambda session: dates.period(session.public.start, session.public.end, language),
        "names": lambda persons: people.names(persons, language),
        "text": lambda text: text.in_language(language),
        "html": lambda text: markdown.html(text.in_language(language)),
        "description": lambda session: description.description(
            series, session, language, visited.links.session_page(session.id)
        ),
    }
