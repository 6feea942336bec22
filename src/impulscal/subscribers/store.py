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
from impulscal.subscribers.sketch import Sketch
from impulscal.subscribers.tally import Tally

__all__ = ["RETENTION_DAYS", "Asked", "add", "asked", "forget_polls", "is_over", "salts"]

RETENTION_DAYS = 400
"""How long counts are kept: so long that a year can be compared with the one before."""

# How far clocks of different machines may be apart when the salt of a day is erased.
_APART = timedelta(hours=1)

# How long the erasure waits for those who read the salts; others wait behind it meanwhile.
_WAIT = "1s"

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


def add(
    transaction: Transaction,
    counted: Mapping[tuple[date, str, Family], Tally],
    now: datetime,
) -> None:
    """Add what a process counted, by day, series and family.

    Of a day that is over the sketch is gone. A process that was cut off until then adds its
    requests all the same; of programs the higher number counts, its own or that of the others.
    """
    over = _over(now)
    # In one order everywhere, so that no two wait for each other.
    for (day, series, family), tally in sorted(counted.items(), key=lambda item: item[0]):
        key = {"day": day, "series": series, "family": str(family)}
        empty = Sketch().packed() if day >= over else None
        nothing = {"requests": 0, "clients": 0.0, "sketch": empty}
        transaction.insert_missing(tables.poll, {**key, **nothing})
        same = (_POLL.day == day) & (_POLL.series == series) & (_POLL.family == str(family))
        row = transaction.connection.execute(
            tables.poll.select().where(same).with_for_update()
        ).one()
        sketch = Sketch(row.sketch)
        sketch.merge(tally.sketch)
        goes_on = day >= over and row.sketch is not None
        transaction.connection.execute(
            tables.poll.update()
            .where(same)
            .values(
                requests=row.requests + tally.requests,
                # Never fewer than before, also where the sketch is gone already.
                clients=max(row.clients, sketch.count()),
                sketch=sketch.packed() if goes_on else None,
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


def is_over(transaction: Transaction, now: datetime) -> bool:
    """Tell whether there is a day for ``forget_polls``: once a day, mostly."""
    query = sa.select(sa.exists().where(_SALT.day < _over(now)))
    return bool(transaction.connection.execute(query).scalar_one())


def forget_polls(transaction: Transaction, now: datetime) -> None:
    """Erase salts and sketches of days that are over; in the end the counts too.

    In a transaction of its own, since it waits for all others that use the salts.
    """
    over = _over(now)
    execute = transaction.connection.execute
    if transaction.connection.dialect.name == "postgresql":
        _erase_from_server(transaction, over)
    else:
        # The connection overwrites what it deletes (history/engines.py).
        execute(tables.poll_salt.delete().where(_SALT.day < over))
    settled = (_POLL.day < over) & _POLL.sketch.is_not(None)
    execute(tables.poll.update().where(settled).values(sketch=None))
    execute(tables.poll.delete().where(_POLL.day < over - timedelta(days=RETENTION_DAYS)))


def _erase_from_server(transaction: Transaction, over: date) -> None:
    """Put a new file in the place of the table's.

    PostgreSQL keeps a deleted row in its file until a VACUUM, which by itself comes after some
    fifty days for a table as small as this, and not while anybody reads an older state.
    """
    execute = transaction.connection.execute
    execute(sa.text(f"SET LOCAL lock_timeout = '{_WAIT}'"))
    execute(sa.text("LOCK TABLE poll_salt IN ACCESS EXCLUSIVE MODE"))
    lasting = execute(tables.poll_salt.select().where(_SALT.day >= over)).mappings().all()
    execute(sa.text("TRUNCATE poll_salt"))
    if lasting:
        execute(tables.poll_salt.insert(), [dict(row) for row in lasting])


def _over(now: datetime) -> date:
    """Return the first day (UTC) that still goes on somewhere."""
    return (now.astimezone(UTC) - _APART).date()
