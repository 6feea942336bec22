"""``impulscal invite --send`` and ``--update``: what is due, and the way to the outbox.

What will happen is first done in a copy of the history, by the code that does it: so it
can be told beforehand, and a dry run ends there.
"""

from collections.abc import Collection
from dataclasses import dataclass

from impulscal.cli.chosen import Chosen, with_join_link
from impulscal.cli.terminal import terminal_language
from impulscal.errors import ImpulscalError, UsageError, _
from impulscal.history.database import Database
from impulscal.history.transaction import Transaction
from impulscal.invitations.address import key_of
from impulscal.invitations.guests import guests_of_session
from impulscal.invitations.inviting import (
    UPDATES,
    Added,
    Inviting,
    add_guests,
    bring_back,
    outstanding,
)
from impulscal.invitations.model import Guest, Kind, Listed, PrivateSession, Step
from impulscal.invitations.post import Post
from impulscal.invitations.private import private_session
from impulscal.publication import Outcome, publish
from impulscal.wording.dates import period

__all__ = ["FIRST", "Done", "Order", "carry_out", "refuse_late", "send"]

FIRST = frozenset({Kind.INVITATION})
"""What guests are told who hold no invitation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for.

    Attributes:
        kinds: What is to be told: ``FIRST`` or ``UPDATES``.
        listed: The guest list, if there is one.
        again: Addresses of guests who signed off and come after all.
        join_url: The participation link, where the file names none.
    """

    kinds: Collection[Kind]
    listed: tuple[Listed, ...] | None
    again: tuple[str, ...]
    join_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was written down.

    Attributes:
        private: The session with its link.
        added: What became of the guest list, if there was one.
        guests: All of the session, as they are now.
        told: Who was told what.
        left: Who is due something else, which was not asked for.
    """

    private: PrivateSession
    added: Added | None
    guests: tuple[Guest, ...]
    told: tuple[tuple[Guest, Step], ...]
    left: tuple[tuple[Guest, Step], ...]

    @property
    def coming(self) -> int:
        """How many guests have not signed off."""
        return sum(guest.signed_off_at is None for guest in self.guests)


def carry_out(
    transaction: Transaction, chosen: Chosen, private: PrivateSession, order: Order, post: Post
) -> Done:
    """Add guests and queue what they are due.

    Args:
        transaction: A writing one, of the history or of a copy.
        chosen: The session.
        private: The same, of that database.
        order: What is asked for.
        post: Writes the messages.

    Raises:
        NoJoinLinkError: Somebody would be invited, and there is no link.
        UsageError: The link cannot be taken, nobody can be named as sender, or somebody is
            to be invited again who did not sign off.
    """
    series, session = private.series.id, private.session.id
    data = b"" if chosen.draft.file is None else chosen.draft.file.data
    private = with_join_link(transaction, private, order.join_url, data)
    added = None
    if order.listed is not None:
        added = add_guests(transaction, private, order.listed, now=chosen.now)
    back = _brought_back(transaction, private, order.again)
    inviting = Inviting(transaction, private, post, chosen.now)
    told = inviting.send(order.kinds)
    if back:
        # Of a session that was cancelled meanwhile they were told as all were.
        told += inviting.send(FIRST | UPDATES, only=back)
    return Done(
        private=private,
        added=added,
        guests=guests_of_session(transaction, series, session),
        told=told,
        left=outstanding(transaction, private, now=chosen.now),
    )


def send(database: Database, chosen: Chosen, order: Order, post: Post) -> Done:
    """Publish the file and queue what is asked for.

    Raises:
        ImpulscalError: The file was changed a moment ago and cannot be published, or as
            ``carry_out`` says; nobody is told anything.
    """
    draft, series = chosen.draft, chosen.private.series.id
    assert draft.file is not None  # noqa: S101 -- a session was found in it
    published = publish(database, draft.file, draft.reading, now=chosen.now)
    edition = published.edition
    if edition is None or published.outcome is Outcome.SUPERSEDED:
        raise ImpulscalError(
            _(
                "{path} cannot be published, so nothing was sent. `impulscal check` tells why.",
                path=draft.path,
            )
        )
    with database.writing() as transaction:
        transaction.lock(series)
        private = private_session(transaction, edition, chosen.private.session.id)
        return carry_out(transaction, chosen, private, order, post)


def refuse_late(chosen: Chosen, kinds: Collection[Kind]) -> None:
    """Refuse first invitations to a session that is over or cancelled.

    Raises:
        ImpulscalError: It is.
    """
    if kinds is not FIRST:
        return
    session = chosen.private.session
    if chosen.over:
        raise ImpulscalError(
            _(
                "Session {session} is over ({period}): nobody is invited any more. --out still "
                "writes files.",
                session=chosen.name,
                period=period(session.public.start, session.public.end, terminal_language()),
            )
        )
    if session.cancelled:
        raise ImpulscalError(
            _(
                "Session {session} is cancelled: nobody is invited. --update tells those who "
                "were invited.",
                session=chosen.name,
            )
        )


def _brought_back(
    transaction: Transaction, private: PrivateSession, addresses: Collection[str]
) -> frozenset[int]:
    series, session = private.series.id, private.session.id
    guests = {
        key_of(guest.address): guest for guest in guests_of_session(transaction, series, session)
    }
    back = set()
    for address in addresses:
        guest = guests.get(key_of(address))
        if guest is None or guest.signed_off_at is None:
            raise UsageError(
                _(
                    "--again: nobody with the address {address} has signed off from session "
                    "{session}.",
                    address=address,
                    session=session,
                )
            )
        back.add(bring_back(transaction, guest).id)
    return frozenset(back)
