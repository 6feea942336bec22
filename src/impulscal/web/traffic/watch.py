"""All that watches one process: what is counted, where it is written, who carries it away."""

import atexit
import logging
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from impulscal.subscribers.polls import Polls
from impulscal.web.addresses import Site
from impulscal.web.state import Glance
from impulscal.web.traffic.access_log import AccessLog
from impulscal.web.traffic.middleware import Traffic

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from impulscal.web.traffic.metrics import Metrics

__all__ = ["Watch", "watch_over"]

_log = logging.getLogger("impulscal")

# How far the counts of one worker may lag behind in what another tells, in seconds.
_EVERY = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What watches a process.

    Attributes:
        polls: None in a preview, which never writes.
        access_log: None unless it is switched on.
        metrics: None where nobody may read them.
    """

    traffic: Traffic
    glance: Glance
    polls: Polls | None
    access_log: AccessLog | None
    metrics: "Metrics | None"

    def keep(self) -> None:
        """Carry the counts away as long as the process lives, by a thread of its own."""
        if self.polls is not None:
            self.polls.has_help()
        threading.Thread(target=self._keep_carrying, name="counts", daemon=True).start()
        atexit.register(self._end)

    def _keep_carrying(self) -> None:
        while True:
            time.sleep(_EVERY)
            self._carry()

    def _carry(self) -> None:
        try:
            if self.metrics is not None:
                self.metrics.carry()
            if self.polls is not None:
                self.polls.tell_if_due()
        except Exception:  # noqa: BLE001 -- one bug is no reason to stop counting for good
            _log.exception("Counts of requests were lost.")

    def _end(self) -> None:
        # Not by a thread: Python 3.12 and later start none any more by now.
        if self.metrics is not None:
            self.metrics.carry()
        if self.polls is not None:
            self.polls.tell_at_the_end()


def watch_over(app: "WSGIApplication", site: Site) -> Watch:
    """Return what watches ``app``; its ``traffic`` stands before it.

    Args:
        app: All there is.
        site: Of the same application.
    """
    settings = site.settings
    seconds = settings.clock.seconds
    polls = None if settings.preview else Polls(site.editions.database, seconds)
    access_log = AccessLog(sys.stdout.fileno()) if settings.access_log else None
    if access_log is not None:
        access_log.start()
    traffic = Traffic(
        app, seconds=seconds, polls=polls, access_log=access_log, proxies=settings.proxies
    )
    metrics = None
    if settings.metrics_token is not None:
        from impulscal.web.traffic.metrics import Metrics  # noqa: PLC0415 -- slow to import

        metrics = Metrics(traffic.tally)
        site.representations.timing = metrics.rendering.time
    return Watch(
        traffic=traffic, glance=Glance(site), polls=polls, access_log=access_log, metrics=metrics
    )
