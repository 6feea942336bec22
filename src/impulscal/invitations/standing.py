"""Where the guests of a session stand, and the numbers that people who invite look at."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from impulscal.history import tables
from impulscal.history.transaction import Transaction
from impulscal.invitations.due import due
from impulscal.invitations.guests import guests_of_session
from impulscal.invitations.inviting import UPDATES
from impulscal.invitations.model import Guest, Kind, Partstat, PrivateSession, State, Step

__all__ = ["Numbers", "Standing", "last_states", "numbers", "standing", "standings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One guest, and where they stand.

    Attributes:
        last: What became of the last message to them; None before the first.
        due: What they should be told next, if anything.
    """

    guest: Guest
    last: State | None
    due: Step | None

    @property
    def coming(self) -> bool:
        """Whether they have not signed off."""
        return self.guest.signed_off_at is None

    @property
    def outdated(self) -> bool:
        """Whether what they were told is no longer so."""
        return self.due is not None and self.due.kind in UPDATES

    @property
    def waiting(self) -> bool:
        """Whether they wait for an invitation and none was tried in vain."""
        return self.uninvited and self.last is not State.GIVEN_UP

    @property
    def uninvited(self) -> bool:
        """Whether they wait for an invitation."""
        return self.due is not None and self.due.kind is Kind.INVITATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How many guests of a session stand where. Who signed off counts only as that.

    Attributes:
        coming: Have not signed off.
        uninvited: Wait for an invitation.
        waiting: Those of them to whom none was given up.
        outdated: Were told what is no longer so.
        undelivered: Never got the last message to them: it was given up.
        answers: Of those who were invited.
        messages: What became of the last message, of those who do not wait for an
            invitation (to those it was of an earlier one), or who wait because it was
            given up.
    """

    coming: int
    signed_off: int
    uninvited: int
    waiting: int
    outdated: int
    undelivered: int
    answers: Mapping[Partstat, int]
    messages: Mapping[State, int]


def numbers(found: Iterable[Standing]) -> Numbers:
    """Count the guests of one session."""
    everybody = tuple(found)
    coming = [one for one in everybody if one.coming]
    messages = Counter(
        one.last
        for one in coming
        if one.last is not None and (one.last is State.GIVEN_UP or not one.uninvited)
    )
    return Numbers(
        coming=len(coming),
        signed_off=len(everybody) - len(coming),
        uninvited=sum(one.uninvited for one in coming),
        waiting=sum(one.waiting for one in coming),
        outdated=sum(one.outdated for one in coming),
        undelivered=messages[State.GIVEN_UP],
        answers=Counter(one.guest.partstat for one in coming if one.guest.invited),
        messages=messages,
    )


def standing(
    private: PrivateSession, guests: Iterable[Guest], states: Mapping[int, State], *, now: datetime
) -> tuple[Standing, ...]:
    """Return where ``guests`` of ``private`` stand, in their order.

    Args:
        private: Their session.
        guests: All or some.
        states: See ``last_states``.
        now: The moment.
    """
    return tuple(
        Standing(guest=guest, last=states.get(guest.id), due=due(guest, private, now=now))
        for guest in guests
    )


def standings(
    transaction: Transaction, private: PrivateSession, *, now: datetime
) -> tuple[Standing, ...]:
    """Return where all guests of ``private`` stand, in the order in which they were added."""
    series, session = private.series.id, private.session.id
    guests = guests_of_session(transaction, series, session)
    return standing(private, guests, last_states(transaction, series, session), now=now)


def last_states(
    transaction: Transaction, series: str, session: str | None = None
) -> Mapping[int, State]:
    """Return what became of the last message to each guest, by the guest's id.

    Args:
        transaction: Of the database that holds the guests.
        series: Whose guests.
        session: Of one session only. Texts of messages are not read.
    """
    guest, message = tables.guest.c, tables.message.c
    chosen = guest.series == series
    if session is not None:
        chosen &= guest.session == session
    newest = (
        sa.select(sa.func.max(message.id))
        .join_from(tables.message, tables.guest)
        .where(chosen)
        .group_by(message.guest)
    )
    query = sa.select(message.guest, message.state).where(message.id.in_(newest))
    return {number: State(state) for number, state in transaction.connection.execute(query)}
