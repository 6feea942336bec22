"""Flask with an ETag and no rendering at all: what an ordinary view costs.

Run by ``BENCHMARK_BODY=… gunicorn "benchmarks.peers.with_etag:make_app()"``.
"""

import os
from pathlib import Path

from flask import Flask, Response, request

__all__ = ["make_app"]


def make_app() -> Flask:
    """Make the application; its only address is ``/feed.ics``."""
    app = Flask(__name__)
    body = Path(os.environ["BENCHMARK_BODY"]).read_bytes()

    @app.get("/feed.ics")
    def feed() -> Response:
        response = Response(body, content_type="text/calendar; charset=utf-8")
        response.headers["Cache-Control"] = "public, max-age=300"
        response.add_etag()
        return response.make_conditional(request)  # type: ignore[return-value]

    return app
