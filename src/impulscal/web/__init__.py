"""The Flask application."""

import logging
import os
import sys

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from impulscal.front import Front, PlainPaths
from impulscal.settings import Settings
from impulscal.web import (
    changes,
    data,
    embed,
    feeds,
    health,
    metadata,
    metrics,
    pages,
    pictures,
    share,
    sign_off,
    sitemap,
)
from impulscal.web.addresses import Site
from impulscal.web.editions import Editions
from impulscal.web.refusals import refuse
from impulscal.web.representation import Representations
from impulscal.web.staff import register_staff
from impulscal.web.traffic import watch_over

__all__ = ["create_app"]

_log = logging.getLogger("impulscal")


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application.

    Args:
        settings: Instead of those of the environment.

    Raises:
        UsageError: A setting cannot be what it should be.
    """
    _log_to_stderr()
    settings = settings or Settings.from_environment(os.environ)
    app = Flask(__name__, static_folder=None)
    # ``//`` in a path is no reason for a redirect.
    app.url_map.merge_slashes = False
    editions = Editions(settings)
    site = Site(settings, editions, Representations(editions))
    app.extensions["impulscal"] = site
    for module in (
        health,
        metrics,
        feeds,
        data,
        changes,
        metadata,
        sitemap,
        embed,
        share,
        pictures,
        pages,
    ):
        app.register_blueprint(module.blueprint)
    if settings.secret_key is not None and not settings.preview:
        app.register_blueprint(sign_off.blueprint)
        register_staff(app)
    app.register_error_handler(HTTPException, refuse)
    app.after_request(_secure)
    front = Front(app.wsgi_app, editions.version, has_come=settings.clock.has_reached)
    app.extensions["impulscal.front"] = front
    watch = watch_over(PlainPaths(front, settings.base_url), site)
    app.extensions["impulscal.watch"] = watch
    app.wsgi_app = watch.traffic  # type: ignore[method-assign]
    if settings.clock.fixed is not None:
        _log.warning("The clock stands at %s.", settings.clock.fixed.isoformat())
    return app


def _log_to_stderr() -> None:
    if not _log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        _log.addHandler(handler)
        _log.setLevel(logging.INFO)


def _secure(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    if response.mimetype == "text/html":
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "
            "img-src 'self'; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'none'",
        )
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    else:
        # Other websites show feeds, data and the element, those too that isolate themselves.
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
    return response
