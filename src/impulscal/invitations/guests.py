"""The guests in the database."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import sqlalchemy as sa

from impulscal.history import tables
from impulscal.history.transaction import Transaction
from impulscal.invitations.address import key_of
from impulscal.invitations.model import Guest, Listed, Method, Partstat, Step, Told

__all__ = [
    "add_guest",
    "erase_guests",
    "forget_erased",
    "guest_by_handle",
    "guest_by_id",
    "guests_by_id",
    "guests_of_address",
    "guests_of_series",
    "guests_of_session",
    "remember_answer",
    "remember_join_link",
    "remember_name",
    "remember_return",
    "remember_sign_off",
    "remember_told",
    "remembered_join_link",
]

_GUEST = tables.guest.c


def add_guest(
    transaction: Transaction, series: str, session: str, person: Listed, *, now: datetime
) -> Guest:
    """Add a guest; the address must not yet be among those of the session.

    Raises:
        BadAddressError: The address is none.
    """
    floor = _told_to_erased(transaction, series, session)
    guest = Guest(
        id=0,
        handle=secrets.token_urlsafe(24),
        series=series,
        session=session,
        address=person.address,
        name=person.name,
        language=person.language,
        added_at=now.astimezone(UTC),
        told=floor,
    )
    number: int = transaction.connection.execute(
        tables.guest.insert()
        .values(
            handle=guest.handle,
            series=guest.series,
            session=guest.session,
            address=guest.address,
            address_key=key_of(guest.address),
            name=guest.name,
            language=guest.language,
            added_at=guest.added_at,
            partstat=guest.partstat,
            told_sequence=None if floor is None else floor.sequence,
            told_at=None if floor is None else floor.at,
        )
        .returning(_GUEST.id)
    ).scalar_one()
    return replace(guest, id=number)


def erase_guests(transaction: Transaction, guests: Iterable[Guest]) -> None:
    """Erase ``guests`` and their messages; only the highest numbers stay, without a name.

    Whoever is invited anew holds perhaps the cancellation, which has a higher number than
    the schedule (SEMANTICS 11: never below the CANCEL).
    """
    for guest in guests:
        if guest.told is not None:
            _remember_erased(transaction, guest, guest.told)
        # Not left to the foreign key: an SQLite that was opened by hand does not mind it.
        of_guest = tables.message.c.guest == guest.id
        transaction.connection.execute(tables.message.delete().where(of_guest))
        transaction.connection.execute(tables.guest.delete().where(_GUEST.id == guest.id))


def forget_erased(transaction: Transaction, series: str, session: str) -> None:
    """Forget what guests of a session who were erased had been told."""
    transaction.connection.execute(tables.erased.delete().where(_erased_of(series, session)))


def _told_to_erased(transaction: Transaction, series: str, session: str) -> Told | None:
    query = tables.erased.select().where(_erased_of(series, session))
    row = transaction.connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    return Told(method=None, sequence=row["told_sequence"], at=row["told_at"], facts={})


def _remember_erased(transaction: Transaction, guest: Guest, told: Told) -> None:
    before = _told_to_erased(transaction, guest.series, guest.session) or told
    forget_erased(transaction, guest.series, guest.session)
    row = {
        "series": guest.series,
        "session": guest.session,
        "told_sequence": max(before.sequence, told.sequence),
        "told_at": max(before.at, told.at),
    }
    transaction.connection.execute(tables.erased.insert(), row)


def _erased_of(series: str, session: str) -> sa.ColumnElement[bool]:
    column = tables.erased.c
    return (column.series == series) & (column.session == session)


def guests_of_session(transaction: Transaction, series: str, session: str) -> tuple[Guest, ...]:
    """Return the guests of a session in the order in which they were added."""
    return _guests(transaction, (_GUEST.series == series) & (_GUEST.session == session))


def guests_of_series(transaction: Transaction, series: str) -> Mapping[str, tuple[Guest, ...]]:
    """Return the guests of all sessions of a series, by session id."""
    found: dict[str, tuple[Guest, ...]] = {}
    for guest in _guests(transaction, _GUEST.series == series):
        found[guest.session] = (*found.get(guest.session, ()), guest)
    return found


def guests_of_address(transaction: Transaction, address: str) -> tuple[Guest, ...]:
    """Return what is kept of the person with ``address``, in all series.

    Raises:
        BadAddressError: The address is none.
    """
    return _guests(transaction, _GUEST.address_key == key_of(address))


def guest_by_handle(transaction: Transaction, handle: str) -> Guest | None:
    """Return the guest whose sign-off link holds ``handle``."""
    return next(iter(_guests(transaction, _GUEST.handle == handle)), None)


def guests_by_id(transaction: Transaction, guests: Iterable[int]) -> Mapping[int, Guest]:
    """Return the guests in the rows ``guests``, by row, as far as there are any."""
    found = _guests(transaction, _GUEST.id.in_(tuple(guests)))
    return {guest.id: guest for guest in found}


def guest_by_id(transaction: Transaction, guest: int) -> Guest | None:
    """Return the guest in the row ``guest``."""
    return next(iter(_guests(transaction, _GUEST.id == guest)), None)


def remember_told(transaction: Transaction, guest: Guest, step: Step) -> Guest:
    """Write down that ``step`` was queued for ``guest``; return the guest as they are now."""
    told = Told(method=step.method, sequence=step.sequence, at=step.dtstamp, facts=step.facts)
    answered_at = None if step.asks else guest.answered_at
    _update(
        transaction,
        guest,
        told_sequence=told.sequence,
        told_at=told.at,
        told_method=told.method,
        told=dict(told.facts),
        partstat=step.partstat,
        answered_at=answered_at,
    )
    return replace(guest, told=told, partstat=step.partstat, answered_at=answered_at)


def remember_answer(
    transaction: Transaction, guest: Guest, partstat: Partstat, *, at: datetime
) -> Guest:
    """Write down what ``guest`` answered to the date told last."""
    _update(transaction, guest, partstat=partstat, answered_at=at)
    return replace(guest, partstat=partstat, answered_at=at)


def remember_sign_off(transaction: Transaction, guest: Guest, *, at: datetime) -> Guest:
    """Write down that ``guest`` does not come."""
    _update(transaction, guest, signed_off_at=at)
    return replace(guest, signed_off_at=at)


def remember_return(transaction: Transaction, guest: Guest) -> Guest:
    """Write down that ``guest`` comes after all."""
    _update(transaction, guest, signed_off_at=None)
    return replace(guest, signed_off_at=None)


def remember_name(transaction: Transaction, guest: Guest, name: str, language: str | None) -> Guest:
    """Write down how ``guest`` is called and in which language they read."""
    _update(transaction, guest, name=name, language=language)
    return replace(guest, name=name, language=language)


def remember_join_link(transaction: Transaction, series: str, session: str, url: str) -> None:
    """Write down the link of a session whose file names none."""
    transaction.lock(series)  # else two at once would both insert
    column = tables.join_link.c
    same = (column.series == series) & (column.session == session)
    transaction.connection.execute(tables.join_link.delete().where(same))
    row = {"series": series, "session": session, "url": url}
    transaction.connection.execute(tables.join_link.insert(), row)


def remembered_join_link(transaction: Transaction, series: str, session: str) -> str | None:
    """Return the link that ``remember_join_link`` wrote down last."""
    column = tables.join_link.c
    url: str | None = transaction.connection.execute(
        sa.select(column.url).where((column.series == series) & (column.session == session))
    ).scalar_one_or_none()
    return url


def _update(transaction: Transaction, guest: Guest, **values: object) -> None:
    same = _GUEST.id == guest.id
    transaction.connection.execute(tables.guest.update().where(same).values(**values))


def _guests(transaction: Transaction, which: sa.ColumnElement[bool]) -> tuple[Guest, ...]:
    query = tables.guest.select().where(which).order_by(_GUEST.id)
    rows: Iterable[sa.RowMapping] = transaction.connection.execute(query).mappings()
    return tuple(_guest(row) for row in rows)


def _guest(row: sa.RowMapping) -> Guest:
    told = None
    if row["told_at"] is not None:
        method = row["told_method"]
        told = Told(
            method=None if method is None else Method(method),
            sequence=row["told_sequence"],
            at=row["told_at"],
            facts=row["told"] or {},
        )
    return Guest(
        id=row["id"],
        handle=row["handle"],
        series=row["series"],
        session=row["session"],
        address=row["address"],
        name=row["name"],
        language=row["language"],
        added_at=row["added_at"],
        signed_off_at=row["signed_off_at"],
        told=told,
        partstat=Partstat(row["partstat"]),
        answered_at=row["answered_at"],
    )
