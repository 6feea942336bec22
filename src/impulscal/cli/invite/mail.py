"""``impulscal invite --send`` and ``--update``: what is due, and the way to the outbox.

All but the letters is first done in a copy of the history, by the code that does it: so it
can be told beforehand, and a dry run ends there.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from impulscal.cli.invite.chosen import Chosen, with_join_link
from impulscal.cli.progress import progress
from impulscal.edition import Edition
from impulscal.errors import ImpulscalError, UsageError, _
from impulscal.history.database import Database
from impulscal.history.transaction import Transaction
from impulscal.invitations.address import key_of
from impulscal.invitations.guests import guests_of_session
from impulscal.invitations.inviting import (
    Added,
    add_guests,
    bring_back,
    no_join_link,
    outstanding,
)
from impulscal.invitations.mailing import Mailing
from impulscal.invitations.model import Guest, Kind, Listed, Method, PrivateSession, State, Step
from impulscal.invitations.post import Post
from impulscal.invitations.private import private_session
from impulscal.invitations.standing import last_states
from impulscal.publication import Outcome, publish

__all__ = ["FIRST", "Order", "Plan", "prepare", "refuse_late", "send"]

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
class Plan:
    """What there is to do, once the guests are written down.

    Attributes:
        private: The session with its link.
        added: What became of the guest list, if there was one.
        guests: All of the session.
        due: Who is to be told what, as it was asked for.
        left: Who is due something else, which was not asked for.
        states: What became of the last messages to the guests until now.
    """

    private: PrivateSession
    added: Added | None
    guests: tuple[Guest, ...]
    due: tuple[tuple[Guest, Step], ...]
    left: tuple[tuple[Guest, Step], ...]
    states: Counter[State]

    @property
    def coming(self) -> int:
        """How many guests have not signed off."""
        return sum(guest.signed_off_at is None for guest in self.guests)


def prepare(
    transaction: Transaction, chosen: Chosen, private: PrivateSession, order: Order
) -> Plan:
    """Write down guests and link, and return what there is to tell.

    Args:
        transaction: A writing one, of the history or of a copy.
        chosen: The session.
        private: The same, of that database.
        order: What is asked for.

    Raises:
        NoJoinLinkError: Somebody would be invited, and there is no link.
        UsageError: The link cannot be taken, or somebody is to be invited again who did
            not sign off.
    """
    private = with_join_link(transaction, private, order.join_url, chosen.data)
    added = None
    if order.listed is not None:
        added = add_guests(transaction, private, order.listed, now=chosen.now)
    back = _brought_back(transaction, private, order.again)
    found = outstanding(transaction, private, now=chosen.now)
    # Who comes back to a session that was cancelled meanwhile is told as all were.
    due = tuple(one for one in found if one[1].kind in order.kinds or one[0].id in back)
    told = {guest.id for guest, _step in due}
    if private.join_url is None and any(step.method is Method.REQUEST for _guest, step in due):
        raise no_join_link(private)
    series, session = private.series.id, private.session.id
    return Plan(
        private=private,
        added=added,
        guests=guests_of_session(transaction, series, session),
        due=due,
        left=tuple(one for one in found if one[0].id not in told),
        states=Counter(last_states(transaction, series, session).values()),
    )


def send(database: Database, chosen: Chosen, order: Order, post: Post) -> int:
    """Publish the file and queue what is asked for; return how many messages.

    Raises:
        ImpulscalError: The file was changed a moment ago and cannot be published, or as
            ``prepare`` says; nobody is told anything.
        UsageError: Nobody can be named as sender; nobody is told anything.
    """
    edition = _published(database, chosen)
    post.sender(edition.series)
    session = chosen.private.session.id
    with database.writing() as transaction:
        transaction.lock(edition.series.id)
        private = private_session(transaction, edition, session)
        plan = prepare(transaction, chosen, private, order)
    mailing = Mailing(private=plan.private, post=post, now=chosen.now)
    with progress(_("Writing")) as told:
        return mailing.queue(database, [guest.id for guest, _step in plan.due], told)


def _published(database: Database, chosen: Chosen) -> Edition:
    draft = chosen.draft
    assert draft.file is not None  # noqa: S101 -- a session was found in it
    published = publish(database, draft.file, draft.reading, now=chosen.now)
    if published.edition is None or published.outcome is Outcome.SUPERSEDED:
        raise ImpulscalError(
            _(
                "{path} cannot be published, so nothing was sent. `impulscal check` tells why.",
                path=draft.path,
            )
        )
    return published.edition


def refuse_late(chosen: Chosen, kinds: Collection[Kind]) -> None:
    """Refuse first invitations to a session that is over or cancelled.

    Raises:
        ImpulscalError: It is.
    """
    if kinds is not FIRST:
        return
    if chosen.over:
        raise ImpulscalError(
            _(
                "Session {session} is over: nobody is invited any more. --out still writes files.",
                session=chosen.name,
            )
        )
    if chosen.private.session.cancelled:
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
