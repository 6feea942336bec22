"""What other websites show of a series: the list in a frame, and a custom element.

The frame is the only address that may be framed. The element takes its words and dates,
ready in its language, from ``/{series}/embed.json``; so it needs no options in an address
and works with a static export.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from importlib import resources

from flask import Blueprint, Response, abort, render_template, request

from impulscal.errors import Message, _
from impulscal.front import QUERY
from impulscal.language import spoken, translate
from impulscal.web.addresses import Visit, site, visit
from impulscal.web.frame import HTML, words
from impulscal.web.listing import chosen, rows
from impulscal.web.representation import Representation, respond
from impulscal.web.selection import Mistake, Selection, choose, is_color
from impulscal.wording.lines import one_line

__all__ = ["blueprint", "represented"]

blueprint = Blueprint("embed", __name__)

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors *"
)


@blueprint.get("/<series>/embed")
@blueprint.get("/<any(de, en):lang>/<series>/embed")
def show_frame(series: str, lang: str | None = None) -> Response:
    """Answer with the list for a frame; bad options get words in the frame."""
    visited = visit(series, lang)
    selection, mistakes = choose(request.args)
    if mistakes:
        response = Response(_frame(visited, Selection(), mistakes), 400, content_type=HTML)
        response.headers["Cache-Control"] = "no-store"
    else:
        # A limit that nothing reaches is the same list.
        most = max(1, len(rows(visited.edition, visited.links)))
        selection = replace(selection, limit=min(selection.limit, most))
        representation = represented(
            visited,
            f"{visited.prefix}/{series}/embed",
            selection,
            lambda kept: _frame(visited, kept),
        )
        response = respond(representation, site().editions)
    response.headers["Content-Security-Policy"] = _POLICY
    return response


@blueprint.get("/<series>/embed.json")
@blueprint.get("/<any(de, en):lang>/<series>/embed.json")
def show_list(series: str, lang: str | None = None) -> Response:
    """Answer with the list as the custom element needs it."""
    visited = visit(series, lang)
    representation = site().representations.get(
        (visited.edition,),
        f"{visited.prefix}/{series}/embed.json",
        lambda: _document(visited),
        content_type="application/json; charset=utf-8",
    )
    response = respond(representation, site().editions)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/embed.js")
def show_script() -> Response:
    """Answer with the script of the custom element."""
    body = resources.files("impulscal.web").joinpath("static", "embed.js").read_bytes()
    response = _fixed(body, "text/javascript; charset=utf-8")
    request.environ[QUERY] = ""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/embed/<accent>.css")
def show_accent(accent: str) -> Response:
    """Answer with the style sheet of a chosen colour: pages of ours hold no styles."""
    if not is_color(accent):
        abort(404)
    text = f":root, :root[data-theme] {{ --accent: #{accent}; }}\n"
    return _fixed(text.encode(), "text/css; charset=utf-8")


def represented(
    visited: Visit, address: str, selection: Selection, render: Callable[[Selection], bytes]
) -> Representation:
    """Return the representation of ``address`` with the options of ``selection``.

    Strangers can ask for millions of colours. So one rendering is kept for all of them,
    with a stand-in that is replaced for each answer.

    Args:
        visited: The series in a language.
        address: The path.
        selection: The options.
        render: Makes the bytes for a selection whose accent may be the stand-in.
    """
    stand_in = f"accent{visited.edition.fingerprint[:16]}"
    kept = selection if selection.accent is None else replace(selection, accent=stand_in)
    query = replace(kept, accent=kept.accent and "any").query()
    representation = site().representations.get(
        (visited.edition,),
        address + (f"{'&' if '?' in address else '?'}{query}" if query else ""),
        lambda: render(kept),
        content_type=HTML,
    )
    if selection.accent is None:
        return representation
    body = representation.body.replace(stand_in.encode(), selection.accent.encode())
    return replace(representation, address=None, body=body, digest=hashlib.sha256(body).hexdigest())


def _frame(visited: Visit, selection: Selection, mistakes: tuple[Mistake, ...] = ()) -> bytes:
    language, links = visited.language, visited.links
    title_language, title = visited.edition.series.title.choose(language)
    return render_template(
        "embed.html",
        selection=selection,
        mistakes=[translate(mistake.message, language) for mistake in mistakes],
        rows=chosen(visited.edition, links, selection),
        title=one_line(title),
        title_language=title_language,
        page=links.series_page(),
        share=f"{links.series_page()}share",
        **words(language),
    ).encode()


def _document(visited: Visit) -> bytes:
    language = visited.language
    title_language, title = visited.edition.series.title.choose(language)

    def say(message: Message) -> str:
        return translate(message, language)

    document = {
        "lang": spoken(language),
        "heading": say(_("Sessions:")),
        "title": one_line(title),
        "title_language": title_language,
        "past": say(_("Past sessions")),
        "empty": say(_("No sessions announced at the moment.")),
        "all": say(_("All sessions and subscription")),
        "page": visited.links.series_page(),
        "sessions": [
            asdict(row, dict_factory=_without_empty) for row in rows(visited.edition, visited.links)
        ],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _without_empty(pairs: list[tuple[str, object]]) -> dict[str, object]:
    return {name: value for name, value in pairs if value}


def _fixed(body: bytes, content_type: str) -> Response:
    response = Response(body, content_type=content_type)
    response.set_etag(hashlib.sha256(body).hexdigest())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
