"""What a worker knows of its state when Prometheus asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from impulscal.errors import HistoryError
from impulscal.history.hurry import hurried
from impulscal.subscribers.clients import REACH, Reach
from impulscal.subscribers.store import asked
from impulscal.web.addresses import Site
from impulscal.web.shelf import Shelf
from impulscal.web.state import HURRY, Health, age_of

__all__ = ["EditionReading", "Readings", "read_off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionReading:
    """One edition that is served.

    Attributes:
        age: Seconds since subscribers last saw a change.
        next_turn: Seconds since 1970; None where it never changes by itself.
    """

    series: str
    age: float
    next_turn: float | None
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """All that is no counter.

    Attributes:
        look_age: Seconds since the files were looked at; None before the first time.
        problems: By severity.
        outbox: Messages by state; empty where the history cannot be read.
        subscribers: Series, family, and about how many programs on the last whole day.
        dropped_lines: Of the access log.
    """

    ready: bool
    history_failed: bool
    look_age: float | None
    editions: tuple[EditionReading, ...]
    problems: Mapping[str, int]
    outbox: Mapping[str, int]
    subscribers: tuple[tuple[str, str, int], ...]
    dropped_lines: int


def read_off(site: Site, shelf: Shelf, health: Health, *, dropped_lines: int) -> Readings:
    """Read off the state of the process that serves ``shelf``."""
    now = site.settings.clock.now()
    looked_at = health.looked_at
    return Readings(
        ready=health.ready,
        history_failed="history" in health.failures,
        look_age=None if looked_at is None else age_of(looked_at, now),
        editions=tuple(
            EditionReading(
                series=series,
                age=age_of(edition.modified_at, now),
                next_turn=edition.next_turn.timestamp() if edition.next_turn else None,
                sessions=len(edition.sessions),
            )
            for series, edition in sorted(shelf.editions.items())
        ),
        problems={str(severity): count for severity, count in health.problems.items()},
        outbox={str(state): count for state, count in (health.outbox or {}).items()},
        subscribers=() if "history" in health.failures else _subscribers(site, now),
        dropped_lines=dropped_lines,
    )


def _subscribers(site: Site, now: datetime) -> tuple[tuple[str, str, int], ...]:
    yesterday = now.astimezone(UTC).date() - timedelta(days=1)
    try:
        with hurried(HURRY), site.editions.database().reading() as transaction:
            rows = asked(transaction, since=yesterday)
    except HistoryError:
        return ()
    return tuple(
        (row.series, str(row.family), round(row.clients))
        for row in rows
        if row.day == yesterday and REACH[row.family] in (Reach.PEOPLE, Reach.SERVERS)
    )
