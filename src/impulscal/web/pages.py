"""The pages for people: the list of series, a series, a session; and the files of their look."""

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.exceptions import HTTPException

from impulscal.errors import _
from impulscal.front import QUERY
from impulscal.language import LANGUAGES, translate
from impulscal.web.addresses import Visit, site, visit
from impulscal.web.assets import asset_named
from impulscal.web.frame import HTML, show
from impulscal.web.overview import overview
from impulscal.web.pictures import pictures
from impulscal.web.refusals import show_refusal
from impulscal.web.representation import respond
from impulscal.web.season import season
from impulscal.web.start import start
from impulscal.web.subscribe import TooLongError, chosen, language_name, qr_code, topics
from impulscal.web.told import path_of

__all__ = ["blueprint"]

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@blueprint.get("/<any(de, en):lang>")
def show_start(lang: str | None = None) -> Response:
    """Answer with the only series' page, or the list of series."""
    shelf = site().editions.current()
    if len(shelf.editions) == 1:
        return show_series(next(iter(shelf.editions)), lang)
    if shelf.waiting and not shelf.editions:
        abort(503)
    language = lang or "de"
    editions = tuple(sorted(shelf.editions.values(), key=lambda edition: edition.series.id))
    prefix = "" if lang is None else f"/{lang}"
    representation = site().representations.get(
        editions,
        f"{prefix}/",
        lambda: render_template("start.html", **start(editions, language)).encode(),
        content_type=HTML,
    )
    return respond(representation, site().editions)


@blueprint.get("/<series>")
@blueprint.get("/<any(de, en):lang>/<series>")
def show_series(series: str, lang: str | None = None) -> Response:
    """Answer with the page of a series: what it is, how to subscribe, all sessions."""
    visited = visit(series, lang)
    try:
        choice = chosen(request.args, visited)
    except TooLongError:
        advice = _("So many topics do not fit into one address. Please choose fewer, or none.")
        return _refused(visited, translate(advice, visited.language), 400)
    except HTTPException as error:
        if not isinstance(error.response, Response):
            raise
        advice_text = error.response.get_data(as_text=True).strip()
        return _refused(visited, advice_text, error.response.status_code)
    query = choice.query()
    page = visited.links.series_page() + (f"?{query}" if query else "")
    return show(
        visited,
        "",
        "series.html",
        query=query,
        choice=choice,
        topics=lambda: topics(visited.edition, visited.language),
        language_name=lambda code: language_name(code, visited.language),
        overview=lambda: overview(visited.edition),
        season=lambda: season(visited.edition, visited.language),
        qr=lambda: qr_code(page),
        qr_address=page,
        alarms=_alarms,
        text_languages=tuple(dict.fromkeys((visited.edition.series.language, *LANGUAGES))),
    )


def _alarms(chosen_one: int | None) -> list[int]:
    """Return the reminders to choose from, minutes; with the present one."""
    return sorted({10, 30, 60} | ({chosen_one} if chosen_one is not None else set()))


def _refused(visited: Visit, advice: str, status: int) -> Response:
    """Answer a choice that cannot be with a page that says what can."""
    heading = translate(_("This selection is not possible."), visited.language)
    back = path_of(visited.links.series_page()) + "#abonnieren"
    return show_refusal(visited, heading, advice, status, back=back)


@blueprint.get("/<series>/<session>")
@blueprint.get("/<any(de, en):lang>/<series>/<session>")
def show_session(series: str, session: str, lang: str | None = None) -> Response:
    """Answer with the page of a session."""
    visited = visit(series, lang)
    published = visited.edition.by_id.get(session)
    if published is None:
        abort(404)
    sessions = visited.edition.sessions
    place = sessions.index(published)
    return show(
        visited,
        f"{session}/",
        "session.html",
        session=published,
        before=sessions[place - 1] if place else None,
        after=sessions[place + 1] if place + 1 < len(sessions) else None,
        pictures=lambda: pictures(visited, published),
    )


@blueprint.get("/static/<name>")
def show_static(name: str) -> Response:
    """Answer with a file of the site's own look."""
    asset = asset_named(name)
    if asset is None:
        abort(404)
    response = Response(asset.body, content_type=asset.content_type)
    fresh = "31536000, immutable" if name == asset.name else "300"
    response.headers["Cache-Control"] = f"public, max-age={fresh}"
    response.set_etag(asset.digest)
    if name == asset.name:
        request.environ[QUERY] = ""
    return response
