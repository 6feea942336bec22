"""The calendar files: the feed with its options and variants, and each session alone."""

from flask import Blueprint, Response, abort, request
from werkzeug.datastructures import MultiDict

from impulscal.edition import Edition
from impulscal.links import VARIANTS
from impulscal.vcalendar.feed import Options, feed, single_file, single_file_name
from impulscal.web.addresses import Visit, site, visit
from impulscal.web.options import parse
from impulscal.web.representation import respond

__all__ = ["blueprint"]

blueprint = Blueprint("feeds", __name__)

_CALENDAR = "text/calendar; charset=utf-8"


@blueprint.get("/<series>.ics")
@blueprint.get("/<any(de, en):lang>/<series>.ics")
def show_feed(series: str, lang: str | None = None) -> Response:
    """Answer with the feed; its address is a promise (DESIGN decision 7)."""
    visited = visit(series, lang)
    options = parse(request.args, visited.edition, visited.language)
    query = options.query()
    address = f"{visited.prefix}/{series}.ics" + (f"?{query}" if query else "")
    return _feed(visited, options, address, visited.links.feed_address(query))


@blueprint.get("/feeds/<variant>/<series>.ics")
@blueprint.get("/<any(de, en):lang>/feeds/<variant>/<series>.ics")
def show_variant(variant: str, series: str, lang: str | None = None) -> Response:
    """Answer with the feed in a fixed variant; options in the query add to it."""
    if variant not in VARIANTS:
        abort(404)
    visited = visit(series, lang)
    given = MultiDict(request.args)
    name, _, value = VARIANTS[variant].partition("=")
    given.setlist(name, [value])
    options = parse(given, visited.edition, visited.language)
    given.poplist(name)
    extra = parse(given, visited.edition, visited.language).query()
    suffix = f"?{extra}" if extra else ""
    address = f"{visited.prefix}/feeds/{variant}/{series}.ics{suffix}"
    source = visited.links.variant_address(variant) + suffix
    return _feed(visited, options, address, source)


@blueprint.get("/<series>/<session>.ics")
@blueprint.get("/<any(de, en):lang>/<series>/<session>.ics")
def show_session(series: str, session: str, lang: str | None = None) -> Response:
    """Answer with one session alone, to save or to send on."""
    visited = visit(series, lang)
    edition = visited.edition
    if session not in edition.by_id:
        abort(404)
    base_url = site().settings.base_url
    representation = site().representations.get(
        (edition,),
        f"{visited.prefix}/{series}/{session}.ics",
        lambda: single_file(edition, session, language=visited.language, base_url=base_url),
        content_type=_CALENDAR,
        disposition=f'attachment; filename="{single_file_name(edition, session)}"',
    )
    return _calendar(respond(representation, site().editions))


def _feed(visited: Visit, options: Options, address: str, source: str) -> Response:
    edition: Edition = visited.edition
    base_url = site().settings.base_url
    representation = site().representations.get(
        (edition,),
        address,
        lambda: feed(
            edition,
            language=visited.language,
            options=options,
            base_url=base_url,
            source=source,
        ),
        content_type=_CALENDAR,
        disposition=f'inline; filename="{edition.series.id}.ics"',
    )
    return _calendar(respond(representation, site().editions))


def _calendar(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    # Calendar programs may fetch it, search engines need not list it.
    response.headers["X-Robots-Tag"] = "noindex"
    return response
