"""The application of a process that serves for long, and its threads."""

import logging
import sys
import threading
import time
from collections.abc import Callable

from flask import Flask

from impulscal.front import Front, Kept
from impulscal.invitations.delivery.upkeep import Upkeep
from impulscal.kept_answers import Recalled, keep, recall
from impulscal.links import Links
from impulscal.publication import Outcome
from impulscal.web import create_app
from impulscal.web.editions import Editions

__all__ = ["create_looking_app", "take_over", "told", "wait_for_editions"]

_log = logging.getLogger("impulscal")

# Answers are written down for the next start when no new one came for so long, in seconds.
_CALM = 1.0


def create_looking_app() -> Flask:
    """Make the application of a process that serves for long.

    It looks at the files, sends what is in the outbox and forgets guests by itself, and
    keeps its answers for the next start. A preview never writes, so it does only the first.
    What was asked is counted in either.

    Raises:
        UsageError: A setting cannot be what it should be.
    """
    app = create_app()
    editions: Editions = app.extensions["impulscal"].editions
    editions.wait_for_writers()
    threading.Thread(target=editions.keep_looking, name="looks", daemon=True).start()
    app.extensions["impulscal.watch"].keep()
    if not editions.settings.preview:
        upkeep = Upkeep(editions.database, editions.settings)
        threading.Thread(target=upkeep.keep_delivering, name="upkeep", daemon=True).start()
        keeping = (editions, app.extensions["impulscal.front"])
        threading.Thread(target=_keep_answers, args=keeping, name="answers", daemon=True).start()
    return app


def wait_for_editions(app: Flask, give_up: Callable[[], bool]) -> None:
    """Return when there is something to serve, or there never was: not while the history is gone.

    Until then others answer, with the editions that they have.

    Args:
        app: What is to serve.
        give_up: Tells whether to wait no longer.

    Raises:
        SystemExit: It was given up.
    """
    editions: Editions = app.extensions["impulscal"].editions
    while not editions.current().editions and editions.history_failed:
        if give_up():
            sys.exit()
        time.sleep(_CALM)


def told(app: Flask) -> dict[str, list[str]]:
    """Return what people are told at the start: addresses of ``pages`` and ``feeds``.

    And the paths of files that are ``broken``. The first look happens here.
    """
    editions: Editions = app.extensions["impulscal"].editions
    shelf, base_url = editions.current(), editions.settings.base_url
    links = [
        Links(base_url=base_url, series=edition.series, language=edition.series.language)
        for edition in shelf.editions.values()
    ]
    return {
        "pages": [f"{base_url}/"],
        "feeds": [link.feed_address() for link in links],
        "broken": [
            str(report.path) for report in shelf.reports if report.outcome is Outcome.REFUSED
        ],
    }


def take_over(app: Flask, kept: Recalled) -> None:
    """Let the front give what the process before has answered.

    As its own answers where that is certain; else only where the application fails.
    """
    editions: Editions = app.extensions["impulscal"].editions
    front: Front = app.extensions["impulscal.front"]
    version = editions.version()
    again = recall(editions.settings)
    current = again.current and editions.version() is version
    for key, answer in (again if current else kept).answers.items():
        front.memory.keep(key, Kept(version if current else None, answer))


def _keep_answers(editions: Editions, front: Front) -> None:
    kept = before = (0, (0, 0))
    while True:
        time.sleep(_CALM)
        shelf, until = editions.current(), editions.next_turn
        if not shelf.editions:
            continue
        # What this process has published itself shows in the state of the look after.
        now = (front.memory.count, shelf.state)
        if now == before != kept and not shelf.failure and not shelf.waiting:
            answers = front.memory.of(shelf.editions)
            try:
                keep(editions.settings, answers, files=shelf.files, state=shelf.state, until=until)
            except Exception:  # noqa: BLE001 -- the next ones may be kept
                _log.exception("Answers could not be kept for the next start.")
            kept = now
        before = now
