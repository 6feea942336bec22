"""How long people are remembered: forgetting guests, and telling what is kept of one."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from impulscal.history import tables
from impulscal.history.facts import Moment
from impulscal.history.revisions import Revision
from impulscal.history.transaction import Transaction
from impulscal.invitations.address import key_of
from impulscal.invitations.guests import (
    erase_guests,
    forget_erased,
    guests_of_address,
    guests_of_series,
    guests_of_session,
)
from impulscal.invitations.model import Guest, Kind

__all__ = ["forget_address", "forget_past", "kept_of_address"]

_GUEST = tables.guest.c
_LINK = tables.join_link.c
_MESSAGE = tables.message.c
_SIGN_IN = tables.sign_in.c
_STAFF = tables.staff_session.c

# How long a sign-in link is remembered that signs nobody in any more: the limit on how
# many are sent counts them.
_SIGN_INS = timedelta(days=1)


def forget_past(transaction: Transaction, *, retention_days: int, now: datetime) -> int:
    """Erase the guests of sessions that were over ``retention_days`` ago; return how many.

    A session is over at the end that was told last, whether it took place, was cancelled
    or withdrawn, or is gone from the file. Its messages and its remembered participation
    link go with its guests; spent sign-ins of staff go, too.
    """
    before = now - timedelta(days=retention_days)
    forgotten = sum(
        _forget_past_of(transaction, series, before) for series in _series_with_guests(transaction)
    )
    _forget_sign_ins(transaction, now)
    return forgotten


def forget_address(transaction: Transaction, address: str) -> int:
    """Erase all that is kept of one person; return of how many sessions they were a guest.

    Raises:
        BadAddressError: The address is none.
    """
    key = key_of(address)
    for series in sorted({guest.series for guest in guests_of_address(transaction, address)}):
        transaction.lock(series)
    found = guests_of_address(transaction, address)
    erase_guests(transaction, found)
    for series, session in {(guest.series, guest.session) for guest in found}:
        if not guests_of_session(transaction, series, session):
            _forget_link(transaction, series, session)
    _delete(transaction, tables.message, _to_staff(key))
    _delete(transaction, tables.sign_in, sa.func.lower(_SIGN_IN.address) == key)
    _delete(transaction, tables.staff_session, sa.func.lower(_STAFF.address) == key)
    return len(found)


def kept_of_address(transaction: Transaction, address: str) -> dict[str, Any]:
    """Return all that is kept of one person, as JSON values; empty if nothing is.

    Keys: ``guest``, one entry for each session they were invited to, with its messages;
    ``messages``, sign-in links sent to them as staff; ``sign_ins``, when they asked for
    those; ``staff_sessions``, where they are signed in.

    Raises:
        BadAddressError: The address is none.
    """
    key = key_of(address)
    sign_ins = tables.sign_in.select().where(sa.func.lower(_SIGN_IN.address) == key)
    sessions = tables.staff_session.select().where(sa.func.lower(_STAFF.address) == key)
    kept = {
        "guest": [
            _guest(guest, _messages(transaction, _MESSAGE.guest == guest.id))
            for guest in guests_of_address(transaction, address)
        ],
        "messages": _messages(transaction, _to_staff(key)),
        "sign_ins": list(_rows(transaction, sign_ins.order_by(_SIGN_IN.made_at))),
        "staff_sessions": list(_rows(transaction, sessions.order_by(_STAFF.signed_in_at))),
    }
    return {name: entries for name, entries in kept.items() if entries}


def _series_with_guests(transaction: Transaction) -> tuple[str, ...]:
    query = sa.union(
        sa.select(_GUEST.series), sa.select(_LINK.series), sa.select(tables.erased.c.series)
    )
    return tuple(sorted(transaction.connection.execute(query).scalars()))


def _forget_past_of(transaction: Transaction, series: str, before: datetime) -> int:
    transaction.lock(series)
    revisions = transaction.history(series).revisions
    past: list[Guest] = []
    for session, guests in guests_of_series(transaction, series).items():
        if _end(revisions.get(session), guests) <= before:
            past += guests
    erase_guests(transaction, past)
    left = guests_of_series(transaction, series)
    over = {guest.session for guest in past} | {
        session for session, revision in revisions.items() if revision.over(before)
    }
    for session in over - left.keys():
        _forget_link(transaction, series, session)
        forget_erased(transaction, series, session)
    return len(past)


def _end(revision: Revision | None, guests: Iterable[Guest]) -> datetime:
    """Return the end told last; where the history is lost, that which guests were told."""
    if revision is not None:
        return revision.end.instant
    return max(
        Moment(**guest.told.facts["end"]).instant
        if guest.told is not None and guest.reached
        else guest.added_at
        for guest in guests
    )


def _forget_sign_ins(transaction: Transaction, now: datetime) -> None:
    before = now - _SIGN_INS
    sent = (_MESSAGE.kind == Kind.SIGN_IN) & (_MESSAGE.queued_at <= before)
    _delete(transaction, tables.message, sent)
    spent = (_SIGN_IN.expires_at <= now) | _SIGN_IN.used_at.is_not(None)
    _delete(transaction, tables.sign_in, spent & (_SIGN_IN.made_at <= before))
    _delete(transaction, tables.staff_session, _STAFF.expires_at <= now)


def _forget_link(transaction: Transaction, series: str, session: str) -> None:
    same = (_LINK.series == series) & (_LINK.session == session)
    _delete(transaction, tables.join_link, same)


def _delete(transaction: Transaction, table: sa.Table, which: sa.ColumnElement[bool]) -> None:
    transaction.connection.execute(table.delete().where(which))


def _to_staff(key: str) -> sa.ColumnElement[bool]:
    return _MESSAGE.guest.is_(None) & (sa.func.lower(_MESSAGE.recipient) == key)


def _guest(guest: Guest, messages: list[dict[str, Any]]) -> dict[str, Any]:
    told = guest.told
    return {
        "series": guest.series,
        "session": guest.session,
        "address": guest.address,
        "name": guest.name,
        "language": guest.language,
        "added_at": _stamp(guest.added_at),
        "signed_off_at": _stamp(guest.signed_off_at),
        "answer": str(guest.partstat),
        "answered_at": _stamp(guest.answered_at),
        "handle": guest.handle,
        "told": None
        if told is None
        else {
            "method": None if told.method is None else str(told.method),
            "sequence": told.sequence,
            "at": _stamp(told.at),
            "facts": dict(told.facts),
        },
        "messages": messages,
    }


def _messages(transaction: Transaction, which: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    rows = _rows(transaction, tables.message.select().where(which).order_by(_MESSAGE.id))
    return [{name: row[name] for name in _OF_A_MESSAGE} | {"text": _text(row)} for row in rows]


# Not when it is to be tried again: that tells of the server, and changes by itself.
_OF_A_MESSAGE = (
    "kind",
    "recipient",
    "message_id",
    "state",
    "queued_at",
    "attempts",
    "attempted_at",
    "sent_at",
    "reply",
)


def _text(row: Mapping[str, Any]) -> str | None:
    data: bytes | None = row["data"]
    return None if data is None else data.decode("ascii", "replace")


def _rows(transaction: Transaction, query: sa.Select[Any]) -> Iterator[Mapping[str, Any]]:
    for row in transaction.connection.execute(query).mappings():
        yield {
            name: _stamp(value) if isinstance(value, datetime) else value
            for name, value in row.items()
            if name != "digest"  # of a random number: it tells nothing of anybody
        }


def _stamp(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat(timespec="seconds")
