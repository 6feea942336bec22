"""``/{series}.json``: the schedule and its revisions as data, and the schema of it.

From a saved copy ``impulscal restore`` rebuilds a lost history; so ``format``, ``topics``
and ``revisions`` stay as they are. All else is for others who show the series.
"""

import json
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from flask import Blueprint, Response

from impulscal.edition import Edition, PublishedSession
from impulscal.history.data import revision_to_json
from impulscal.links import VARIANTS, Links
from impulscal.schedule.model import Series
from impulscal.web.addresses import site, visit
from impulscal.web.log import Log, log_of
from impulscal.web.representation import Representation, respond

__all__ = ["SCHEMA", "blueprint"]

blueprint = Blueprint("data", __name__)

SCHEMA = "/static/series.schema.json"
"""Where the JSON Schema of the document stands, below the base URL."""


@blueprint.get("/<series>.json")
@blueprint.get("/<any(de, en):lang>/<series>.json")
def show_data(series: str, lang: str | None = None) -> Response:
    """Answer with the series as data; only what is public stands in it."""
    visited = visit(series, lang)
    edition, links = visited.edition, visited.links
    representation = site().representations.get(
        (edition,),
        f"{visited.prefix}/{series}.json",
        lambda: _written(_document(edition, log_of(edition), links)),
        content_type="application/json; charset=utf-8",
    )
    return _shared(representation)


@blueprint.get(SCHEMA)
def show_schema() -> Response:
    """Answer with the JSON Schema of ``/{series}.json``."""
    representation = site().representations.get(
        (),
        SCHEMA,
        resources.files("impulscal.web").joinpath("static", "series.schema.json").read_bytes,
        content_type="application/schema+json; charset=utf-8",
    )
    return _shared(representation)


def _shared(representation: Representation) -> Response:
    """Answer so that scripts of other websites may read it."""
    response = respond(representation, site().editions)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _written(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _document(edition: Edition, log: Log, links: Links) -> dict[str, Any]:
    return {
        "$schema": f"{links.base_url.rstrip('/')}{SCHEMA}",
        "format": 1,
        "series": dict(_series(edition.series, links)),
        "edition": edition.fingerprint,
        "modified_at": edition.modified_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "topics": dict(edition.listed_topics),
        "sessions": [_session(edition.series, session, links) for session in edition.sessions],
        "revisions": [revision_to_json(entry) for entry in log.revisions],
    }


def _series(series: Series, links: Links) -> Iterator[tuple[str, Any]]:
    page = links.series_page()
    yield "id", series.id
    yield "domain", series.domain
    yield "title", dict(series.title.by_language)
    for name, text in (("subtitle", series.subtitle), ("description", series.description)):
        if text is not None:
            yield name, dict(text.by_language)
    yield "language", series.language
    yield "timezone", series.timezone
    if series.homepage is not None:
        yield "homepage", series.homepage
    yield "page", page
    yield "changes", f"{page}changes/"
    yield "atom", f"{page.removesuffix('/')}.atom"
    yield "feed", links.feed_address()
    yield "variants", {variant: links.variant_address(variant) for variant in VARIANTS}


def _session(series: Series, session: PublishedSession, links: Links) -> dict[str, Any]:
    return {
        "id": session.id,
        "uid": series.uid(session.id),
        "page": links.session_page(session.id),
        "file": links.single_file_address(session.id),
        "sequence": session.revision.sequence,
        "moved": session.revision.moved,
        "starts_at": session.public.start.isoformat(timespec="seconds"),
        "ends_at": session.public.end.isoformat(timespec="seconds"),
        **session.revision.facts,
    }
