"""Sessions that were withdrawn from everything public while guests hold invitations to them."""

from dataclasses import replace
from datetime import datetime

from impulscal.edition import PublishedSession
from impulscal.history.facts import Facts, Moment
from impulscal.history.revisions import ChangeKind
from impulscal.history.transaction import Transaction
from impulscal.invitations.guests import guests_of_session
from impulscal.schedule.clock import zone
from impulscal.schedule.lifecycle import Public
from impulscal.schedule.model import Status, Text

__all__ = ["withdrawn_session"]


def withdrawn_session(
    transaction: Transaction, series: str, session: str
) -> PublishedSession | None:
    """Return a withdrawn session as its guests have to be told of it: cancelled.

    Made from the facts told last, without the note: it told something else, and nobody
    said why the session was withdrawn.

    Args:
        transaction: Of the database that holds history and guests.
        series: Id of the series.
        session: Id of the session.

    Returns:
        None if it was not withdrawn, or has no guests: then it is nobody's business any more.
    """
    revision = transaction.history(series).revisions.get(session)
    if revision is None or revision.present or ChangeKind.WITHDRAWN not in revision.kinds:
        return None
    if not guests_of_session(transaction, series, session):
        return None
    told = {name: fact for name, fact in revision.facts.items() if name != "note"}
    facts = {**told, "status": str(Status.CANCELLED)}
    public = Public(
        id=session,
        start=_local(revision.start),
        end=_local(revision.end),
        title=Text(tuple(facts["title"].items())),
        status=Status.CANCELLED,
        note=None,
        announced=revision.announced,
        location=_text(facts, "location"),
    )
    return PublishedSession(public=public, revision=replace(revision, facts=facts))


def _local(moment: Moment) -> datetime:
    return moment.instant.astimezone(zone(moment.zone))


def _text(facts: Facts, name: str) -> Text | None:
    return Text(tuple(facts[name].items())) if name in facts else None
