"""What a guest is due next: the life of an invitation. Pure.

The numbers follow RFC 5546 2.1.4 and what calendar programs were seen to do with them
(SEMANTICS 5, 6, 11): a corrected word keeps SEQUENCE and the answer, a new date raises
SEQUENCE and asks again; DTSTAMP always rises.
"""

from datetime import UTC, datetime, timedelta

from impulscal.history.facts import Facts, Moment
from impulscal.invitations.model import Guest, Kind, Method, Partstat, PrivateSession, Step

__all__ = ["due", "facts_for_guests", "sign_off_step"]

# What an invitation tells. Who is invited has registered: that registration closed, or
# that all places are taken, is no news for them; neither are materials, which come after.
_FACTS = (
    "series",
    "start",
    "end",
    "title",
    "status",
    "note",
    "location",
    "moderators",
    "teaser",
    "description",
    "speakers",
    "links",
)


def facts_for_guests(private: PrivateSession) -> Facts:
    """Return what an invitation to ``private`` tells, as JSON values."""
    revision = private.session.revision
    facts = {name: revision.facts[name] for name in _FACTS if name in revision.facts}
    if private.join_url is not None:
        facts["join_url"] = private.join_url
    return facts


def due(guest: Guest, private: PrivateSession, *, now: datetime) -> Step | None:
    """Return the message that ``guest`` is due, or None if their copy is right.

    Args:
        guest: Who signed off is due nothing; the sign-off itself told them
            (``sign_off_step``).
        private: The session as it is published now.
        now: The moment of queueing. Of a session that is over nobody is told anything.
    """
    if guest.signed_off_at is not None or private.session.revision.over(now):
        return None
    if guest.told is None:
        return None if private.session.cancelled else _request(guest, private, now, None)
    if guest.told.method is Method.CANCEL:
        return None if private.session.cancelled else _request(guest, private, now, None)
    if private.session.cancelled:
        return _cancel(guest, private, now)
    facts = facts_for_guests(private)
    if guest.told.facts == facts:
        return None
    return _request(guest, private, now, guest.told.facts)


def sign_off_step(guest: Guest, private: PrivateSession, *, now: datetime) -> Step | None:
    """Return the CANCEL for ``guest`` alone, or None where they hold no invitation.

    Without STATUS: the session takes place, only not for them (RFC 5546 3.2.5).
    """
    if guest.told is None or not guest.invited:
        return None
    number = private.session.revision.schedule_sequence
    return Step(
        kind=Kind.SIGNED_OFF,
        method=Method.CANCEL,
        sequence=max(number, guest.told.sequence + 1),
        dtstamp=_dtstamp(guest, now),
        partstat=guest.partstat,
        asks=False,
        facts=guest.told.facts,
        before=guest.told.facts,
    )


def _request(guest: Guest, private: PrivateSession, now: datetime, before: Facts | None) -> Step:
    facts = facts_for_guests(private)
    kind = _kind(guest, before, facts)
    sequence = _sequence(guest, private, risen=kind in (Kind.MOVED, Kind.REINSTATED))
    # A program asks again when the number rises; then the old answer is void.
    asks = guest.told is None or before is None or sequence > guest.told.sequence
    return Step(
        kind=kind,
        method=Method.REQUEST,
        sequence=sequence,
        dtstamp=_dtstamp(guest, now),
        partstat=Partstat.NEEDS_ACTION if asks else guest.partstat,
        asks=asks,
        facts=facts,
        before=before,
        changed=_changed(before, facts),
    )


def _kind(guest: Guest, before: Facts | None, facts: Facts) -> Kind:
    if before is None:
        # After a sign-off the told session was not cancelled: then it is an invitation anew.
        cancelled = guest.told is not None and guest.told.facts.get("status") == "cancelled"
        return Kind.REINSTATED if cancelled else Kind.INVITATION
    moved = any(
        not Moment(**before[name]).same_date(Moment(**facts[name])) for name in ("start", "end")
    )
    return Kind.MOVED if moved else Kind.CHANGED


def _cancel(guest: Guest, private: PrivateSession, now: datetime) -> Step:
    before = None if guest.told is None else guest.told.facts
    facts = facts_for_guests(private)
    return Step(
        kind=Kind.CANCELLED,
        method=Method.CANCEL,
        sequence=_sequence(guest, private, risen=True),
        dtstamp=_dtstamp(guest, now),
        partstat=guest.partstat,
        asks=False,
        facts=facts,
        before=before,
        changed=_changed(before, facts),
    )


def _sequence(guest: Guest, private: PrivateSession, *, risen: bool) -> int:
    """Return SEQUENCE: the schedule's, but never below what the guest holds.

    Args:
        guest: To whom it is told.
        private: The session.
        risen: Whether it has to be higher than what the guest holds (RFC 5546 2.1.4).
            The schedule's own number has risen then, but a guest who signed off and was
            invited again is ahead of it.
    """
    number = private.session.revision.schedule_sequence
    if guest.told is None:
        return number
    return max(number, guest.told.sequence + 1 if risen else guest.told.sequence)


def _dtstamp(guest: Guest, now: datetime) -> datetime:
    whole = now.astimezone(UTC).replace(microsecond=0)
    return whole if guest.told is None else max(whole, guest.told.at + timedelta(seconds=1))


def _changed(before: Facts | None, facts: Facts) -> tuple[str, ...]:
    if before is None:
        return ()
    return tuple(sorted(name for name in {*before, *facts} if before.get(name) != facts.get(name)))
