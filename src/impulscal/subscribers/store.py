"""The counts of polls in the database: one row for each day, series and family.

Any number of processes and machines add to a row: requests by adding, sketches by merging.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from impulscal.history import tables
from impulscal.history.transaction import Transaction
from impulscal.subscribers.clients import Family
from impulscal.subscribers.polls import Tally
from impulscal.subscribers.sketch import Sketch

__all__ = ["RETENTION_DAYS", "Asked", "add", "asked", "forget_polls", "salts"]

RETENTION_DAYS = 400
"""How long counts are kept: so long that a year can be compared with the one before."""

# A process that was cut off from the database adds its counts later.
_STRAGGLERS = timedelta(days=7)

# How far clocks of different machines may be apart when the salt of a day is erased.
_APART = timedelta(hours=1)

_SALT_BYTES = 32

_POLL = tables.poll.c
_SALT = tables.poll_salt.c

_KNOWN = frozenset(Family)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asked for the feeds of a series on a day (UTC).

    Attributes:
        requests: How often, whatever the answer was: the feed or that it is the same.
        clients: How many distinct programs, about; 0 where that says nothing.
    """

    day: date
    series: str
    family: Family
    requests: int
    clients: float


def add(transaction: Transaction, counted: Mapping[tuple[date, str, Family], Tally]) -> None:
    """Add what a process counted, by day, series and family."""
    # In one order everywhere, so that no two wait for each other.
    for (day, series, family), tally in sorted(counted.items(), key=lambda item: item[0]):
        key = {"day": day, "series": series, "family": str(family)}
        nothing = {"requests": 0, "clients": 0.0, "sketch": Sketch().packed()}
        transaction.insert_missing(tables.poll, {**key, **nothing})
        same = (_POLL.day == day) & (_POLL.series == series) & (_POLL.family == str(family))
        row = transaction.connection.execute(
            tables.poll.select().where(same).with_for_update()
        ).one()
        sketch = Sketch(row.sketch)
        sketch.merge(tally.sketch)
        transaction.connection.execute(
            tables.poll.update()
            .where(same)
            .values(
                requests=row.requests + tally.requests,
                # Never fewer than before, also where the sketch is gone already.
                clients=max(row.clients, sketch.count()),
                sketch=sketch.packed() if row.sketch is not None else None,
            )
        )


def asked(transaction: Transaction, *, since: date, series: str | None = None) -> tuple[Asked, ...]:
    """Return the counts from ``since`` on, of one series or all, in order of day."""
    query = sa.select(_POLL.day, _POLL.series, _POLL.family, _POLL.requests, _POLL.clients).where(
        _POLL.day >= since
    )
    if series is not None:
        query = query.where(_POLL.series == series)
    rows = transaction.connection.execute(query).mappings()
    # A family that only another release knows is left out.
    known = [
        Asked(**{**row, "family": Family(row["family"])}) for row in rows if row["family"] in _KNOWN
    ]
    return tuple(sorted(known, key=lambda one: (one.day, one.series, one.family)))


def salts(transaction: Transaction, days: Iterable[date]) -> dict[date, bytes]:
    """Return what addresses are hashed with on ``days``: the same for all processes."""
    wanted = tuple(days)
    for day in wanted:
        salt = secrets.token_bytes(_SALT_BYTES)
        transaction.insert_missing(tables.poll_salt, {"day": day, "salt": salt})
    rows = transaction.connection.execute(
        tables.poll_salt.select().where(_SALT.day.in_(wanted))
    ).all()
    return {row.day: row.salt for row in rows}


def forget_polls(transaction: Transaction, now: datetime) -> None:
    """Erase the salts of days that are over, then the sketches, in the end the counts."""
    over = (now.astimezone(UTC) - _APART).date()
    execute = transaction.connection.execute
    execute(tables.poll_salt.delete().where(_SALT.day < over))
    settled = (_POLL.day < over - _STRAGGLERS) & _POLL.sketch.is_not(None)
    execute(tables.poll.update().where(settled).values(sketch=None))
    execute(tables.poll.delete().where(_POLL.day < over - timedelta(days=RETENTION_DAYS)))
