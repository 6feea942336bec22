"""``/{series}.json``: the schedule and its revisions as data.

From a saved copy ``impulscal restore`` rebuilds a lost history.
"""

import json
from typing import Any

from flask import Blueprint, Response, request

from impulscal.history.data import public_log, revision_to_json
from impulscal.history.revisions import Revision
from impulscal.web.addresses import Visit, site, visit
from impulscal.web.representation import respond

__all__ = ["blueprint"]

blueprint = Blueprint("data", __name__)


@blueprint.get("/<series>.json")
@blueprint.get("/<any(de, en):lang>/<series>.json")
def show_data(series: str, lang: str | None = None) -> Response:
    """Answer with the series as data; only what is public stands in it."""
    visited = visit(series, lang)
    representation = site().representations.get(
        (visited.edition,),
        f"{visited.prefix}/{series}.json",
        lambda: _document(visited, _log(series)),
        content_type="application/json; charset=utf-8",
    )
    response = respond(request, representation, site().editions)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _log(series: str) -> tuple[Revision, ...]:
    with site().editions.database().reading() as transaction:
        return public_log(transaction.log(series))


def _document(visited: Visit, log: tuple[Revision, ...]) -> bytes:
    edition, links = visited.edition, visited.links
    series = edition.series
    # An edition tells what it told, also while the history is already ahead of it.
    told = [entry for entry in log if entry.revised_at <= edition.modified_at]
    document: dict[str, Any] = {
        "format": 1,
        "series": {
            "id": series.id,
            "domain": series.domain,
            "title": dict(series.title.by_language),
            "language": series.language,
            "timezone": series.timezone,
            "page": links.series_page(),
            "feed": links.feed_address(),
        },
        "edition": edition.fingerprint,
        "modified_at": edition.modified_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "topics": dict(edition.topics),
        "sessions": [
            {
                "id": session.id,
                "uid": series.uid(session.id),
                "page": links.session_page(session.id),
                "file": links.single_file_address(session.id),
                "sequence": session.revision.sequence,
                "moved": session.revision.moved,
                **session.revision.facts,
            }
            for session in edition.sessions
        ],
        "revisions": [revision_to_json(entry) for entry in told],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
