"""Published sessions joined with their participation links."""

from collections.abc import Iterator

from impulscal.edition import Edition
from impulscal.errors import ImpulscalError, _
from impulscal.history.transaction import Transaction
from impulscal.invitations.guests import remembered_join_link
from impulscal.invitations.model import PrivateSession
from impulscal.invitations.withdrawn import withdrawn_session
from impulscal.publication import last_schedule
from impulscal.schedule.model import Schedule

__all__ = ["UnknownSessionError", "private_session", "private_sessions"]


class UnknownSessionError(ImpulscalError):
    """The series has no session with that id."""


def private_session(
    transaction: Transaction, edition: Edition, session: str, schedule: Schedule | None = None
) -> PrivateSession:
    """Return the session of ``edition`` with the id ``session`` and its link.

    One that was withdrawn while it had guests is still found, as cancelled: they have to
    be told.

    Args:
        transaction: Of the database that holds the guests.
        edition: What is public.
        session: Id.
        schedule: What ``edition`` was made from; else what was published last.

    Raises:
        UnknownSessionError: There is no such session.
        NoEditionError: This release cannot read what was published last.
    """
    published = edition.by_id.get(session)
    if published is None:
        published = withdrawn_session(transaction, edition.series.id, session)
    if published is None:
        raise UnknownSessionError(
            _(
                "{series} has no session “{session}”. There are: {sessions}.",
                series=edition.series.id,
                session=session,
                sessions=", ".join(edition.by_id) or "–",
            )
        )
    whole = schedule or last_schedule(transaction, edition.series.id)
    in_file = next((found.join_url for found in whole.sessions if found.id == session), None)
    remembered = remembered_join_link(transaction, edition.series.id, session)
    return PrivateSession(edition=edition, session=published, join_url=in_file or remembered)


def private_sessions(
    transaction: Transaction, edition: Edition, schedule: Schedule | None = None
) -> Iterator[PrivateSession]:
    """Yield all sessions of ``edition`` with their links.

    Raises:
        NoEditionError: This release cannot read what was published last.
    """
    whole = schedule or last_schedule(transaction, edition.series.id)
    for session in edition.by_id:
        yield private_session(transaction, edition, session, whole)
