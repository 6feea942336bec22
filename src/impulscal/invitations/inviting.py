"""Inviting: what staff do to guests, each decided and written in one transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from impulscal.edition import Edition
from impulscal.errors import ImpulscalError, UsageError, _
from impulscal.history.transaction import Transaction
from impulscal.invitations import outbox
from impulscal.invitations.address import key_of
from impulscal.invitations.due import due, sign_off_step
from impulscal.invitations.guests import (
    add_guest,
    guest_by_id,
    guests_of_series,
    guests_of_session,
    remember_join_link,
    remember_name,
    remember_return,
    remember_sign_off,
    remember_told,
)
from impulscal.invitations.model import Guest, Kind, Listed, Method, PrivateSession, Step
from impulscal.invitations.post import Post
from impulscal.invitations.private import UnknownSessionError, private_session
from impulscal.publication import last_schedule
from impulscal.schedule.model import Schedule
from impulscal.schedule.reader.addresses import parse_url
from impulscal.schedule.reader.bad_value import BadValueError

__all__ = [
    "UPDATES",
    "Added",
    "BadJoinLinkError",
    "Inviting",
    "NoJoinLinkError",
    "OvertakenError",
    "add_guests",
    "bring_back",
    "no_join_link",
    "outdated",
    "outstanding",
    "set_join_link",
]

UPDATES = frozenset({Kind.MOVED, Kind.CHANGED, Kind.CANCELLED, Kind.REINSTATED})
"""What guests are told who hold an invitation already."""


class BadJoinLinkError(UsageError):
    """A participation link that cannot be taken."""


class NoJoinLinkError(ImpulscalError):
    """A session without a participation link, to which nobody can be invited."""


class OvertakenError(ImpulscalError):
    """A session that was read before another schedule was published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of a guest list.

    Attributes:
        new: Added now.
        known: Were guests already.
        corrected: How many guests had another name, and have that of the list now.
        signed_off: Are on the list though they had signed off; they stay signed off.
    """

    new: tuple[Guest, ...]
    known: tuple[Guest, ...]
    corrected: int = 0
    signed_off: tuple[Guest, ...]


def add_guests(
    transaction: Transaction, private: PrivateSession, listed: Iterable[Listed], *, now: datetime
) -> Added:
    """Add the people of a guest list to a session; nobody is told anything yet.

    Of guests who were there before, the list corrects name and language where it gives them.

    Raises:
        BadAddressError: An address is none; nobody was added.
    """
    series, session = private.series.id, private.session.id
    transaction.lock(series)
    there = {
        key_of(guest.address): guest for guest in guests_of_session(transaction, series, session)
    }
    before = frozenset(there)
    found: dict[str, Guest] = {}
    for person in listed:
        key = key_of(person.address)
        if key in found:  # of two rows the first one's name holds
            found[key] = _named(transaction, found[key], found[key].name or person.name, person)
        elif key in there:
            guest = there[key]
            found[key] = _named(transaction, guest, person.name or guest.name, person)
        else:
            found[key] = add_guest(transaction, series, session, person, now=now)
    known = [guest for key, guest in found.items() if key in before]
    return Added(
        new=tuple(guest for key, guest in found.items() if key not in before),
        known=tuple(guest for guest in known if guest.signed_off_at is None),
        corrected=sum(there[key].name not in ("", found[key].name) for key in before & set(found)),
        signed_off=tuple(guest for guest in known if guest.signed_off_at is not None),
    )


def _named(transaction: Transaction, guest: Guest, name: str, person: Listed) -> Guest:
    language = person.language or guest.language
    if (name, language) == (guest.name, guest.language):
        return guest
    return remember_name(transaction, guest, name, language)


def set_join_link(transaction: Transaction, private: PrivateSession, url: str) -> PrivateSession:
    """Remember the participation link of a session whose file names none.

    Returns:
        The session with the link that holds: where the file names one, that one, since
        guests would be told now the one, now the other.

    Raises:
        BadJoinLinkError: ``url`` is no web address.
    """
    try:
        remember_join_link(transaction, private.series.id, private.session.id, parse_url(url))
    except BadValueError as error:
        raise BadJoinLinkError(
            _(
                "The participation link is no web address. "
                "Write it whole, beginning with https://, without blanks."
            )
        ) from error
    return private_session(transaction, private.edition, private.session.id)


def outstanding(
    transaction: Transaction, private: PrivateSession, *, now: datetime
) -> tuple[tuple[Guest, Step], ...]:
    """Return who is due which message."""
    guests = guests_of_session(transaction, private.series.id, private.session.id)
    return tuple(_due(guests, private, now))


def outdated(
    transaction: Transaction, edition: Edition, schedule: Schedule | None = None, *, now: datetime
) -> Mapping[str, tuple[tuple[Guest, Step], ...]]:
    """Return, by session, whose copy is out of date; sessions without such guests are left out.

    A session that was withdrawn is among them, though not in ``edition``: whoever holds an
    invitation to it is due a cancellation (``withdrawn.withdrawn_session``).

    Args:
        transaction: Of the database that holds the guests.
        edition: What is public, or would be.
        schedule: What it was made from; else what was published last.
        now: The moment.
    """
    whole = schedule or last_schedule(transaction, edition.series.id)
    found = {}
    for session, guests in guests_of_series(transaction, edition.series.id).items():
        try:
            private = private_session(transaction, edition, session, whole)
        except UnknownSessionError:
            continue  # over, and gone from the file
        steps = tuple(
            (guest, step) for guest, step in _due(guests, private, now) if step.kind in UPDATES
        )
        if steps:
            found[session] = steps
    return found


@dataclass(frozen=True, slots=True)
class Inviting:
    """Telling the guests of one session, in one transaction.

    Attributes:
        transaction: A writing one.
        post: Writes the messages.
        now: The moment of queueing: DTSTAMP.
    """

    transaction: Transaction
    private: PrivateSession
    post: Post
    now: datetime

    def send(
        self, kinds: Collection[Kind], only: Collection[int] | None = None
    ) -> tuple[tuple[Guest, Step], ...]:
        """Queue what guests are due, one message each; return who was told what.

        Args:
            kinds: What is to be told; other messages that are due stay due.
            only: Ids of the guests it is for; None for all.

        Raises:
            NoJoinLinkError: Somebody would be invited and there is no link.
            OvertakenError: Another schedule was published meanwhile.
            UsageError: Nobody can be named as sender.
        """
        self.transaction.lock(self.private.series.id)
        self._refuse_overtaken()
        told = []
        for guest, step in outstanding(self.transaction, self.private, now=self.now):
            if step.kind not in kinds or (only is not None and guest.id not in only):
                continue
            if self.private.join_url is None and step.method is Method.REQUEST:
                raise no_join_link(self.private)
            told.append((self._tell(guest, step), step))
        return tuple(told)

    def sign_off(self, guest: Guest) -> Guest:
        """Sign ``guest`` off and queue the CANCEL for them, if they hold an invitation.

        Raises:
            UsageError: Nobody can be named as sender.
        """
        self.transaction.lock(self.private.series.id)
        # Somebody may have been faster: two clicks are one sign-off.
        guest = guest_by_id(self.transaction, guest.id) or guest
        if guest.signed_off_at is not None:
            return guest
        step = sign_off_step(guest, self.private, now=self.now)
        if step is not None and not self.private.session.revision.over(self.now):
            guest = self._tell(guest, step)
        return remember_sign_off(self.transaction, guest, at=self.now)

    def _refuse_overtaken(self) -> None:
        # What was read before the lock may be old by now, and would tell an old date anew.
        session = self.private.session
        newest = self.transaction.history(self.private.series.id).revisions.get(session.id)
        if newest is None or newest.ordinal != session.revision.ordinal:
            raise OvertakenError(
                _(
                    "Session {session} has just changed, so nothing was sent. "
                    "Look at it again, then send.",
                    session=session.id,
                )
            )

    def _tell(self, guest: Guest, step: Step) -> Guest:
        outbox.queue(self.transaction, self.post.letter(self.private, guest, step), now=self.now)
        return remember_told(self.transaction, guest, step)


def no_join_link(private: PrivateSession) -> NoJoinLinkError:
    """Return the error for a session without a participation link."""
    return NoJoinLinkError(
        _(
            "Session {session} has no participation link. Write join_url: https://… at the "
            "session in the file, or say --join-url https://….",
            session=private.session.id,
        )
    )


def bring_back(transaction: Transaction, guest: Guest) -> Guest:
    """Take back that ``guest`` signed off; an invitation is due then."""
    return remember_return(transaction, guest)


def _due(
    guests: Iterable[Guest], private: PrivateSession, now: datetime
) -> Iterator[tuple[Guest, Step]]:
    for guest in guests:
        step = due(guest, private, now=now)
        if step is not None:
            yield guest, step
