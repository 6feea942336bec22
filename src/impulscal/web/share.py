"""``/{series}/share``: blocks for editors of other websites, each with a preview."""

import gzip
from dataclasses import asdict
from importlib import resources
from typing import Any

from flask import Blueprint, Response, request

from impulscal.errors import _
from impulscal.language import LANGUAGES, translate
from impulscal.links import Links
from impulscal.web.addresses import Visit, site, visit
from impulscal.web.embed import represented
from impulscal.web.frame import HTML, render
from impulscal.web.representation import respond
from impulscal.web.selection import MOST, THEMES, Mistake, Selection, choose
from impulscal.web.snippets import Snippets
from impulscal.wording.dates import day

__all__ = ["blueprint"]

blueprint = Blueprint("share", __name__)

# Of a text area in a column of half the page.
_COLUMNS = 50
_MOST_ROWS = 18

# The previews: the frame and the script's data from here, and nothing else.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


@blueprint.get("/<series>/share")
@blueprint.get("/<any(de, en):lang>/<series>/share")
def show_share(series: str, lang: str | None = None) -> Response:
    """Answer with the blocks; bad options get words and the form as it was filled in."""
    visited = visit(series, lang)
    selection, mistakes = choose(request.args)
    language = request.args.get("lang") or visited.language
    languages = tuple(dict.fromkeys((visited.edition.series.language, *LANGUAGES)))
    if language not in languages:
        mistakes = (*mistakes, _wrong_language(language, languages))
    if mistakes:
        response = _refusal(visited, languages, mistakes)
    else:
        response = _blocks(visited, selection, language, languages)
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _blocks(
    visited: Visit, selection: Selection, language: str, languages: tuple[str, ...]
) -> Response:
    suffix = "" if language == visited.language else f"?lang={language}"
    links = Links(
        base_url=site().settings.base_url, series=visited.edition.series, language=language
    )
    representation = represented(
        visited,
        f"{visited.prefix}/{visited.edition.series.id}/share{suffix}",
        selection,
        lambda kept: _page(
            visited,
            languages,
            query="&".join(part for part in (suffix[1:], kept.query()) if part),
            changed=bool(suffix or kept != Selection()),
            snippets=Snippets(visited.edition, links, kept),
            given={**asdict(kept), "accent": kept.accent or "", "lang": language},
        ),
    )
    return respond(representation, site().editions)


def _refusal(visited: Visit, languages: tuple[str, ...], mistakes: tuple[Mistake, ...]) -> Response:
    given = {name: request.args.get(name, "") for name in ("limit", "past", "theme", "accent")}
    body = _page(
        visited,
        languages,
        given={**given, "lang": request.args.get("lang") or visited.language},
        mistakes={
            mistake.option: translate(mistake.message, visited.language) for mistake in mistakes
        },
    )
    response = Response(body, 400, content_type=HTML)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(visited: Visit, languages: tuple[str, ...], **values: Any) -> bytes:
    return render(
        visited,
        "share",
        "share.html",
        choices={"languages": languages, "themes": THEMES, "most": MOST},
        script_size=_script_size(),
        rows_of=_rows_of,
        snapshot_day=day(visited.edition.moment, visited.language),
        **values,
    )


def _wrong_language(value: str, languages: tuple[str, ...]) -> Mistake:
    message = _(
        "Bad value for “{name}”: “{value}”. Allowed: {allowed}.",
        name="lang",
        value=value,
        allowed=", ".join(languages),
    )
    return Mistake("lang", value, message)


def _rows_of(code: str) -> int:
    """Return how many lines a text area needs to show ``code`` whole; long lists scroll."""
    lines = (-(-len(line) // _COLUMNS) for line in code.splitlines())
    return min(_MOST_ROWS, sum(max(1, count) for count in lines))


def _script_size() -> int:
    """Return what the script weighs over the wire, in kilobytes, rounded up."""
    script = resources.files("impulscal.web").joinpath("static", "embed.js").read_bytes()
    return -(-len(gzip.compress(script, mtime=0)) // 1000)
