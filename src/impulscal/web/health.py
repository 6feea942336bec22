"""What machines ask for: ``/healthz`` and ``/robots.txt``."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify

from impulscal import __version__
from impulscal.publication import Outcome
from impulscal.web.addresses import site
from impulscal.web.metrics import watch
from impulscal.web.representation import respond
from impulscal.web.shelf import Report, Shelf
from impulscal.web.state import age_of

__all__ = ["blueprint"]

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def show_health() -> tuple[Response, int]:
    """Answer with the state: codes and numbers only, no text of the file.

    ``live``: the process answers. ``ready``: there is something to serve; 503 where there is
    not. ``ok``: all is as the files say; ``degraded``: not all is, and what can be served is;
    ``unavailable``: there is nothing that could be served. Ages are in seconds.
    """
    shelf = site().editions.current()
    health = watch().glance.health(shelf)
    clock = site().settings.clock
    now = clock.now()
    answer: dict[str, Any] = {
        "status": health.status,
        "live": True,
        "ready": health.ready,
        "version": __version__,
        "clock": {
            "fixed": clock.fixed is not None,
            # A clock that stands may have no offset: then it is that of each series.
            "now": (clock.fixed or now).isoformat(timespec="seconds"),
        },
        "preview": site().settings.preview,
        "look": {
            "at": health.looked_at and health.looked_at.isoformat(timespec="seconds"),
            "age": health.looked_at and round(age_of(health.looked_at, now), 1),
        },
        "history": "failed" if "history" in health.failures else "ok",
        "failures": health.failures,
        "problems": health.problems,
        "outbox": health.outbox,
        # Without a file it is the last good edition of one that is broken or gone.
        "series": {
            edition.series.id: {
                "file": _file_of(edition.series.id, shelf),
                "edition": edition.fingerprint,
                "modified_at": edition.modified_at.isoformat(),
                "age": round(age_of(edition.modified_at, now)),
                "next_turn": edition.next_turn and edition.next_turn.isoformat(),
                "sessions": len(edition.sessions),
            }
            for edition in shelf.editions.values()
        },
        "files": [_file(report) for report in shelf.reports],
    }
    response = jsonify(answer)
    response.headers["Cache-Control"] = "no-store"
    return response, HTTPStatus.OK if health.ready else HTTPStatus.SERVICE_UNAVAILABLE


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
