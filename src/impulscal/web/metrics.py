"""``/metrics``: what Prometheus reads, for whoever brings the token along."""

import hmac

from flask import Blueprint, Response, abort, current_app, request

from impulscal.web.addresses import site
from impulscal.web.traffic import Watch

__all__ = ["blueprint", "watch"]

blueprint = Blueprint("metrics", __name__)


def watch() -> Watch:
    """Return what watches this process."""
    found = current_app.extensions["impulscal.watch"]
    assert isinstance(found, Watch)  # noqa: S101 -- create_app puts it there
    return found


@blueprint.get("/metrics")
def show_metrics() -> Response:
    """Answer in Prometheus' text format; 404 to everybody without the token."""
    metrics = watch().metrics
    if metrics is None or not _is_allowed():
        abort(404)
    from impulscal.web.traffic.metrics import CONTENT_TYPE  # noqa: PLC0415 -- slow to import
    from impulscal.web.traffic.readings import read_off  # noqa: PLC0415 -- likewise

    shelf, log = site().editions.current(), watch().access_log
    readings = read_off(
        site(),
        shelf,
        watch().glance.health(shelf),
        dropped_lines=0 if log is None else log.dropped,
    )
    response = Response(metrics.tell(readings), content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_allowed() -> bool:
    token = site().settings.metrics_token or ""
    given = request.headers.get("Authorization", "")
    # As bytes, since a stranger may send others than ASCII.
    return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
