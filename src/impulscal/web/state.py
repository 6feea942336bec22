"""How the process is, for machines that watch it: ``/healthz`` and ``/metrics``."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from impulscal.errors import HistoryError
from impulscal.history.database import Database
from impulscal.history.hurry import hurried
from impulscal.invitations import outbox
from impulscal.invitations.model import State
from impulscal.publication import Outcome
from impulscal.schedule.reader.problems import Severity
from impulscal.web.addresses import Site
from impulscal.web.shelf import Shelf

__all__ = ["HURRY", "Glance", "Health", "age_of"]

HURRY = 1.0
"""How long the database is waited for, in seconds: whoever watches does not wait for long."""

# How long the counts of the outbox are told again, in seconds: probes come often.
_FRESH = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the process is.

    Attributes:
        status: ``ok``: all is as the files say. ``degraded``: not all is, and what can be served
            is. ``unavailable``: there is nothing that could be served.
        failures: Codes of what fails: ``history``; ``file`` where one is refused.
        looked_at: When the files were last looked at, None before the first time.
        problems: How many the files have.
        outbox: How many messages stand where; None where the history cannot be read.
    """

    status: str
    failures: tuple[str, ...]
    looked_at: datetime | None
    problems: Mapping[Severity, int]
    outbox: Mapping[State, int] | None

    @property
    def ready(self) -> bool:
        """Whether there is something to serve."""
        return self.status != "unavailable"


class Glance:
    """Takes a look at a process that serves; one for each."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._outbox: Mapping[State, int] | None = None
        self._counted = -_FRESH

    def health(self, shelf: Shelf) -> Health:
        """Return how the process is that serves ``shelf``; never raises."""
        problems = Counter(
            problem.severity for report in shelf.reports for problem in report.problems
        )
        refused = any(report.outcome is Outcome.REFUSED for report in shelf.reports)
        ailing = shelf.failure is not None or self._site.editions.history_hangs
        return Health(
            status=_status(shelf, ailing=ailing),
            failures=("history",) * ailing + ("file",) * refused,
            looked_at=self._site.editions.looked_at,
            problems={severity: problems[severity] for severity in Severity},
            # Asking again would take as long as a server that is gone is waited for.
            outbox=None if ailing else self._messages(),
        )

    def _messages(self) -> Mapping[State, int] | None:
        if time.monotonic() >= self._counted + _FRESH:
            self._outbox = _count(self._site.editions.database)
            self._counted = time.monotonic()
        return self._outbox


def age_of(moment: datetime, now: datetime) -> float:
    """Return how long ago ``moment`` was, in seconds; stamps may be a little ahead."""
    return max((now - moment) / timedelta(seconds=1), 0.0)


def _status(shelf: Shelf, *, ailing: bool) -> str:
    if shelf.waiting and not shelf.editions:
        return "unavailable"
    outcomes = {report.outcome for report in shelf.reports}
    worried = outcomes & {Outcome.REFUSED, Outcome.SUPERSEDED}
    return "degraded" if shelf.waiting or ailing or worried else "ok"


def _count(database: Callable[[], Database]) -> Mapping[State, int] | None:
    try:
        with hurried(HURRY), database().reading() as transaction:
            counts = outbox.count_states(transaction)
    except HistoryError:
        return None
    return {state: counts[state] for state in State}
