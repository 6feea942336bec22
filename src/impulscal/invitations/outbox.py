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
    "count_states",
    "give_up",
    "messages",
    "next_due",
    "put_off",
    "queue",
    "release",
    "retry",
    "sent",
]

_MESSAGE = tables.message.c

_WAITING = (State.QUEUED, State.SENDING, State.FAILED)

_PAUSES = (1, 5, 15, 60, 180, 360, 720, 1440)  # minutes
"""How long is waited after each failure; after the last one a message is given up."""


def queue(transaction: Transaction, letter: Letter, *, now: datetime) -> None:
    """Put ``letter`` into the outbox."""
    row = {
        "guest": letter.guest,
        "kind": letter.kind,
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

    In a writing transaction of its own, so that no two processes take the same.

    Args:
        transaction: A writing one.
        now: The moment.
        lease: How long the sender has; if it dies, the message is due again after that.
        per_minute: How many attempts a minute all processes make together; 0: any number.
    """
    if per_minute and _attempts_since(transaction, now - timedelta(minutes=1)) >= per_minute:
        return None
    earlier = tables.message.alias("earlier")
    waits = (
        sa.select(earlier.c.id)
        .where(
            earlier.c.guest == _MESSAGE.guest,
            earlier.c.id < _MESSAGE.id,
            earlier.c.state.in_(_WAITING),
        )
        .exists()
    )
    query = (
        tables.message.select()
        .where(_MESSAGE.state.in_(_WAITING), _MESSAGE.due_at <= now, ~waits)
        .order_by(_MESSAGE.due_at, _MESSAGE.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = transaction.connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    _update(
        transaction,
        row["id"],
        state=State.SENDING,
        attempts=row["attempts"] + 1,
        attempted_at=now,
        due_at=now + lease,
    )
    return _found(transaction, row["id"])


def sent(transaction: Transaction, message: OutboxMessage, reply: str, *, now: datetime) -> None:
    """Write down that the server took ``message``; its text is no longer needed."""
    _update(transaction, message.id, state=State.SENT, sent_at=now, reply=reply, data=None)


def put_off(
    transaction: Transaction, message: OutboxMessage, reply: str, *, now: datetime
) -> State:
    """Write down that the server did not take ``message`` now; return what became of it."""
    if message.attempts > len(_PAUSES):
        give_up(transaction, message, reply)
        return State.GIVEN_UP
    pause = timedelta(minutes=_PAUSES[message.attempts - 1])
    _update(transaction, message.id, state=State.FAILED, reply=reply, due_at=now + pause)
    return State.FAILED


def release(transaction: Transaction, message: OutboxMessage, *, now: datetime) -> None:
    """Give back a message that was claimed and not tried."""
    _update(transaction, message.id, state=State.QUEUED, attempts=message.attempts - 1, due_at=now)


def give_up(transaction: Transaction, message: OutboxMessage, reply: str) -> None:
    """Write down that the server will never take ``message`` (5xx)."""
    _update(transaction, message.id, state=State.GIVEN_UP, reply=reply)


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
    result = transaction.connection.execute(
        tables.message.update().where(chosen).values(state=State.QUEUED, due_at=now, attempts=0)
    )
    return result.rowcount


def next_due(transaction: Transaction) -> datetime | None:
    """Return when the next message can be tried; None if nothing waits."""
    query = sa.select(sa.func.min(_MESSAGE.due_at)).where(_MESSAGE.state.in_(_WAITING))
    found: datetime | None = transaction.connection.execute(query).scalar_one()
    return found


def messages(
    transaction: Transaction,
    *,
    guest: int | None = None,
    series: str | None = None,
    session: str | None = None,
    states: Iterable[State] = tuple(State),
) -> tuple[OutboxMessage, ...]:
    """Return messages in the order in which they were queued."""
    query = tables.message.select().where(_MESSAGE.state.in_(tuple(states)))
    if guest is not None:
        query = query.where(_MESSAGE.guest == guest)
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


def _attempts_since(transaction: Transaction, since: datetime) -> int:
    query = sa.select(sa.func.count()).where(_MESSAGE.attempted_at > since)
    count: int = transaction.connection.execute(query).scalar_one()
    return count


def _found(transaction: Transaction, message: int) -> OutboxMessage:
    query = tables.message.select().where(_MESSAGE.id == message)
    return _message(transaction.connection.execute(query).mappings().one())


def _update(transaction: Transaction, message: int, **values: object) -> None:
    same = _MESSAGE.id == message
    transaction.connection.execute(tables.message.update().where(same).values(**values))


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
