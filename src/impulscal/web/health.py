"""What machines ask for: ``/healthz`` and ``/robots.txt``."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify

from impulscal import __version__
from impulscal.publication import Outcome
from impulscal.web.addresses import site
from impulscal.web.representation import respond
from impulscal.web.shelf import Report, Shelf

__all__ = ["blueprint"]

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def show_health() -> tuple[Response, int]:
    """Answer with the state: codes and lines only, no text of the file.

    ``ok``: all is as the files say; ``degraded``: not all is, and what can be served is;
    ``unavailable`` (503): there is nothing that could be served.
    """
    shelf = site().editions.current()
    clock = site().settings.clock
    state = _state(shelf)
    answer: dict[str, Any] = {
        "status": state,
        "version": __version__,
        "clock": {
            "fixed": clock.fixed is not None,
            # A clock that stands may have no offset: then it is that of each series.
            "now": (clock.fixed or clock.now()).isoformat(timespec="seconds"),
        },
        "preview": site().settings.preview,
        "history": "failed" if shelf.failure else "ok",
        # Without a file it is the last good edition of one that is broken or gone.
        "series": {
            edition.series.id: {
                "file": _file_of(edition.series.id, shelf),
                "edition": edition.fingerprint,
                "modified_at": edition.modified_at.isoformat(),
                "next_turn": edition.next_turn and edition.next_turn.isoformat(),
                "sessions": len(edition.sessions),
            }
            for edition in shelf.editions.values()
        },
        "files": [_file(report) for report in shelf.reports],
    }
    response = jsonify(answer)
    response.headers["Cache-Control"] = "no-store"
    status = HTTPStatus.SERVICE_UNAVAILABLE if state == "unavailable" else HTTPStatus.OK
    return response, status


def _state(shelf: Shelf) -> str:
    if shelf.waiting and not shelf.editions:
        return "unavailable"
    worried = (
        shelf.waiting
        or shelf.failure
        or any(report.outcome in (Outcome.REFUSED, Outcome.SUPERSEDED) for report in shelf.reports)
    )
    return "degraded" if worried else "ok"


def _file_of(series: str, shelf: Shelf) -> str | None:
    names = [
        report.path.name
        for report in shelf.reports
        if report.series == series and report.outcome is not Outcome.REFUSED
    ]
    return names[0] if names else None


def _file(report: Report) -> dict[str, Any]:
    return {
        "file": report.path.name,
        "series": report.series,
        "outcome": str(report.outcome),
        "problems": [
            {
                "line": problem.line,
                "column": problem.column,
                "severity": str(problem.severity),
                "code": problem.code,
            }
            for problem in report.problems
        ],
    }


@blueprint.get("/robots.txt")
def show_robots() -> Response:
    """Allow everything: Google refused feeds of hosts without it (CLIENTS.md 2.2)."""
    base_url = site().settings.base_url
    representation = site().representations.get(
        (),
        "/robots.txt",
        f"User-agent: *\nAllow: /\nSitemap: {base_url}/sitemap.xml\n".encode,
        content_type="text/plain; charset=utf-8",
    )
    return respond(representation, site().editions)
