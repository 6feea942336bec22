"""The outbox: messages that wait, are being sent, or were sent.

At least once: a message is claimed before it is handed over, and a claim that nobody
comes back from ends by itself (``due_at``); then the same bytes are sent again, with the
same Message-ID, so that no calendar shows two entries.

The messages of one guest go out in their order: a later one waits for an earlier.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from impulscal.history import tables
from impulscal.history.transaction import Transaction
from impulscal.invitations.model import Kind, Letter, OutboxMessage, State

__all__ = [
    "claim",
    "count_due",
    "count_states",
    "give_up",
    "messages",
    "next_due",
    "next_free",
    "put_off",
    "queue",
    "release",
    "retry",
    "sent",
]

_MESSAGE = tables.message.c

_WAITING = (State.QUEUED, State.SENDING, State.FAILED)

_MINUTE = timedelta(minutes=1)

_PAUSES = (1, 5, 15, 60, 180, 360, 720, 1440)  # minutes
"""How long is waited after each failure; after the last one a message is given up."""


def queue(transaction: Transaction, letter: Letter, *, now: datetime) -> None:
    """Put ``letter`` into the outbox."""
    row = {
        "guest": letter.guest,
        "kind": letter.kind,
        "method": letter.method,
        "told": None if letter.facts is None else dict(letter.facts),
        "recipient": letter.recipient,
        "message_id": letter.message_id,
        "data": letter.data,
        "state": State.QUEUED,
        "queued_at": now,
        "attempts": 0,
        "due_at": now,
    }
    transaction.connection.execute(tables.message.insert(), row)


def claim(
    transaction: Transaction, *, now: datetime, lease: timedelta, per_minute: int = 0
) -> OutboxMessage | None:
    """Take the next message that is due and mark it as being sent; None if there is none.

    Sign-in links go first, then what was queued first. To be called in a writing
    transaction of its own, so that no two processes take the same.

    Args:
        transaction: A writing one.
        now: The moment.
        lease: How long the sender has; if it dies, the message is due again after that.
        per_minute: How many attempts a minute all processes make together; 0: any number.
    """
    _one_after_the_other(transaction)
    if next_free(transaction, now=now, per_minute=per_minute) > now:
        return None
    query = (
        # The id alone: the texts of all that wait would be sorted with it. A sign-in link
        # goes first: behind a thousand invitations it would be void when it comes.
        sa.select(_MESSAGE.id)
        .where(_due(now), ~_held_up())
        .order_by(_MESSAGE.guest.is_not(None), _MESSAGE.id)
        .limit(1)
        # Nobody may erase it before it is read whole (PostgreSQL; SQLite has one writer).
        .with_for_update()
    )
    found = transaction.connection.execute(query).scalar_one_or_none()
    if found is None:
        return None
    transaction.connection.execute(
        tables.message.update()
        .where(_MESSAGE.id == found)
        .values(
            state=State.SENDING,
            attempts=_MESSAGE.attempts + 1,
            attempted_at=now,
            due_at=now + lease,
        )
    )
    query = tables.message.select().where(_MESSAGE.id == found)
    return _message(transaction.connection.execute(query).mappings().one())


def sent(transaction: Transaction, message: OutboxMessage, reply: str, *, now: datetime) -> None:
    """Write down that the server took ``message``; its text is no longer needed.

    That holds whoever else is sending it by now.
    """
    transaction.connection.execute(
        tables.message.update()
        .where(_same(message))
        .values(state=State.SENT, sent_at=now, reply=reply, data=None)
    )


def put_off(
    transaction: Transaction, message: OutboxMessage, reply: str, *, now: datetime
) -> State:
    """Write down that the server did not take ``message`` now; return what became of it."""
    if message.attempts > len(_PAUSES):
        give_up(transaction, message, reply)
        return State.GIVEN_UP
    pause = timedelta(minutes=_PAUSES[message.attempts - 1])
    _update(transaction, message, state=State.FAILED, reply=reply, due_at=now + pause)
    return State.FAILED


def release(transaction: Transaction, message: OutboxMessage, *, now: datetime) -> None:
    """Give back a message that was claimed and not tried."""
    _update(transaction, message, state=State.QUEUED, attempts=message.attempts - 1, due_at=now)


def give_up(transaction: Transaction, message: OutboxMessage, reply: str) -> None:
    """Write down that the server will never take ``message`` (5xx).

    The guest then holds what was told before, if anything, and is due the rest again.
    """
    _update(transaction, message, state=State.GIVEN_UP, reply=reply)
    if message.guest is not None:
        _settle(transaction, (message.guest,))


def retry(transaction: Transaction, which: Iterable[int] | None, *, now: datetime) -> int:
    """Make failed and given up messages due now; return how many.

    One that was given up and has a successor to the same guest stays: it tells what is
    no longer so.

    Args:
        transaction: A writing one.
        which: Ids of messages; None for all.
        now: The moment.
    """
    later = tables.message.alias("later")
    overtaken = (
        sa.select(later.c.id)
        .where(later.c.guest == _MESSAGE.guest, later.c.id > _MESSAGE.id)
        .exists()
    )
    chosen = (_MESSAGE.state == State.FAILED) | ((_MESSAGE.state == State.GIVEN_UP) & ~overtaken)
    if which is not None:
        chosen &= _MESSAGE.id.in_(tuple(which))
    tried = transaction.connection.execute(
        tables.message.update()
        .where(chosen)
        .values(state=State.QUEUED, due_at=now, attempts=0)
        .returning(_MESSAGE.guest)
    ).all()
    _settle(transaction, {guest for (guest,) in tried if guest is not None})
    return len(tried)


def next_due(transaction: Transaction, *, now: datetime) -> datetime | None:
    """Return when the next message can be tried, ``now`` at the earliest; None if none waits."""
    queued = sa.func.count().filter(_MESSAGE.state == State.QUEUED)
    query = sa.select(queued, sa.func.min(_MESSAGE.due_at)).where(
        _MESSAGE.state.in_(_WAITING), ~_held_up()
    )
    ready, earliest = transaction.connection.execute(query).one()
    if ready:
        return now
    return None if earliest is None else max(earliest, now)


def next_free(transaction: Transaction, *, now: datetime, per_minute: int) -> datetime:
    """Return from when on one more attempt is within ``per_minute`` (0: any number)."""
    if not per_minute:
        return now
    # The one whose end makes room. What lies ahead of a clock that was set back, or that
    # stood and went on, is left out: it would hold up everything until then.
    query = (
        sa.select(_MESSAGE.attempted_at)
        .where(_MESSAGE.attempted_at > now - _MINUTE, _MESSAGE.attempted_at <= now)
        .order_by(_MESSAGE.attempted_at.desc())
        .offset(per_minute - 1)
        .limit(1)
    )
    oldest: datetime | None = transaction.connection.execute(query).scalar_one_or_none()
    return now if oldest is None else oldest + _MINUTE


def count_due(transaction: Transaction, *, now: datetime) -> int:
    """Return how many messages are due, those included that wait for an earlier one."""
    query = sa.select(sa.func.count()).where(_due(now))
    number: int = transaction.connection.execute(query).scalar_one()
    return number


def messages(
    transaction: Transaction,
    *,
    series: str | None = None,
    session: str | None = None,
    states: Iterable[State] = tuple(State),
    texts: bool = False,
) -> tuple[OutboxMessage, ...]:
    """Return messages in the order in which they were queued.

    Args:
        transaction: To read in.
        series: Id; None for all.
        session: Id; None for all of the series.
        states: Where they stand.
        texts: Whether with ``data``: of a thousand that is 20 MB.
    """
    data = _MESSAGE.data if texts else sa.null().label("data")
    others = (column for column in _MESSAGE if column is not _MESSAGE.data)
    query = sa.select(*others, data).where(_MESSAGE.state.in_(tuple(states)))
    if series is not None:
        query = query.join(tables.guest).where(tables.guest.c.series == series)
        if session is not None:
            query = query.where(tables.guest.c.session == session)
    rows = transaction.connection.execute(query.order_by(_MESSAGE.id)).mappings()
    return tuple(_message(row) for row in rows)


def count_states(transaction: Transaction) -> Counter[State]:
    """Return how many messages stand where."""
    query = sa.select(_MESSAGE.state, sa.func.count()).group_by(_MESSAGE.state)
    return Counter(
        {State(state): number for state, number in transaction.connection.execute(query)}
    )


def _due(now: datetime) -> sa.ColumnElement[bool]:
    # What is queued is due whatever its stamp says: a clock that stands (IMPULSCAL_NOW) may
    # have been ahead.
    return (_MESSAGE.state == State.QUEUED) | (
        _MESSAGE.state.in_((State.SENDING, State.FAILED)) & (_MESSAGE.due_at <= now)
    )


def _held_up() -> sa.ColumnElement[bool]:
    """Return whether an earlier message to the same guest has not gone out yet."""
    earlier = tables.message.alias("earlier")
    return (
        sa.select(earlier.c.id)
        .where(
            earlier.c.guest == _MESSAGE.guest,
            earlier.c.id < _MESSAGE.id,
            earlier.c.state.in_(_WAITING),
        )
        .exists()
    )


def _settle(transaction: Transaction, guests: Iterable[int]) -> None:
    """Write down what ``guests`` hold: the last message to each that was not given up."""
    for guest in guests:
        last = transaction.connection.execute(
            sa.select(_MESSAGE.method, _MESSAGE.told)
            .where(_MESSAGE.guest == guest, _MESSAGE.state != State.GIVEN_UP)
            .order_by(_MESSAGE.id.desc())
            .limit(1)
        ).one_or_none()
        held = {"told_method": None, "told": None}
        if last is not None:
            held = {"told_method": last.method, "told": last.told}
        transaction.connection.execute(
            tables.guest.update().where(tables.guest.c.id == guest).values(**held)
        )


def _one_after_the_other(transaction: Transaction) -> None:
    """Let no two processes claim at the same time, so that each sees what the other took."""
    # A writer of SQLite is alone anyway.
    if transaction.connection.dialect.name == "postgresql":
        transaction.connection.execute(sa.text("SELECT pg_advisory_xact_lock(7355609)"))


def _update(transaction: Transaction, message: OutboxMessage, **values: object) -> None:
    """Change ``message`` unless it is no longer ours: another took over, or it is erased."""
    ours = (_MESSAGE.state == State.SENDING) & (_MESSAGE.attempts == message.attempts)
    transaction.connection.execute(
        tables.message.update().where(_same(message), ours).values(**values)
    )


def _same(message: OutboxMessage) -> sa.ColumnElement[bool]:
    # The number of one that was erased meanwhile may be another's by now.
    return (_MESSAGE.id == message.id) & (_MESSAGE.message_id == message.message_id)


def _message(row: sa.RowMapping) -> OutboxMessage:
    return OutboxMessage(
        id=row["id"],
        guest=row["guest"],
        kind=Kind(row["kind"]),
        recipient=row["recipient"],
        message_id=row["message_id"],
        data=row["data"],
        state=State(row["state"]),
        queued_at=row["queued_at"],
        attempts=row["attempts"],
        attempted_at=row["attempted_at"],
        due_at=row["due_at"],
        sent_at=row["sent_at"],
        reply=row["reply"],
    )
