"""What a guest is due next: the life of an invitation. Pure.

The numbers follow RFC 5546 2.1.4 and what calendar programs were seen to do with them
(SEMANTICS 5, 6, 11): a corrected word keeps SEQUENCE and the answer, a new date raises
SEQUENCE and asks again; DTSTAMP always rises.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from impulscal.history.facts import Facts, Moment
from impulscal.invitations.model import Guest, Kind, Method, Partstat, PrivateSession, Step, Told
from impulscal.schedule.model import Status, Text

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

_DATE = ("start", "end")

# Facts, and parts of facts, that are a text in several languages.
_TEXTS = frozenset(
    {
        *("series", "title", "note", "location", "teaser", "description"),
        *("name", "role", "organisation", "about"),
    }
)


def facts_for_guests(private: PrivateSession) -> Facts:
    """Return what an invitation to ``private`` tells, in all languages, as JSON values."""
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
    told = guest.told if guest.invited else None
    if private.session.cancelled:
        # Who holds nothing has nothing to be taken back.
        return None if told is None else _cancel(guest, told, private, now)
    if told is not None and not _changed(guest, private, told.facts):
        return None
    return _request(guest, private, now)


def sign_off_step(guest: Guest, private: PrivateSession, *, now: datetime) -> Step | None:
    """Return the CANCEL for ``guest`` alone, or None where they hold no invitation.

    Without STATUS: the session takes place, only not for them (RFC 5546 3.2.5).
    """
    if guest.told is None or not guest.invited:
        return None
    return Step(
        kind=Kind.SIGNED_OFF,
        method=Method.CANCEL,
        sequence=_sequence(guest, private, risen=True),
        dtstamp=_dtstamp(guest, private, now),
        partstat=guest.partstat,
        asks=False,
        facts=guest.told.facts,
        before=guest.told.facts,
    )


def _request(guest: Guest, private: PrivateSession, now: datetime) -> Step:
    facts = facts_for_guests(private)
    kind = _kind(guest.told, facts)
    held = {} if guest.told is None else guest.told.facts
    rescheduled = bool(held) and any(held[at] != facts[at] for at in _DATE)
    sequence = _sequence(guest, private, risen=rescheduled or kind is Kind.REINSTATED)
    # A program asks again when the number rises; then the old answer is void.
    asks = guest.told is None or not guest.invited or sequence > guest.told.sequence
    before = None if guest.told is None or kind is Kind.INVITATION else guest.told.facts
    return Step(
        kind=kind,
        method=Method.REQUEST,
        sequence=sequence,
        dtstamp=_dtstamp(guest, private, now),
        partstat=Partstat.NEEDS_ACTION if asks else guest.partstat,
        asks=asks,
        facts=facts,
        before=before,
        changed=() if before is None else _changed(guest, private, before),
    )


def _kind(told: Told | None, facts: Facts) -> Kind:
    if told is None or told.method is None:
        return Kind.INVITATION
    if told.method is Method.CANCEL:
        # After a sign-off the told session was not cancelled: then it is an invitation anew.
        cancelled = told.facts["status"] == Status.CANCELLED
        return Kind.REINSTATED if cancelled else Kind.INVITATION
    moved = any(not Moment(**told.facts[at]).same_date(Moment(**facts[at])) for at in _DATE)
    return Kind.MOVED if moved else Kind.CHANGED


def _cancel(guest: Guest, told: Told, private: PrivateSession, now: datetime) -> Step:
    return Step(
        kind=Kind.CANCELLED,
        method=Method.CANCEL,
        sequence=_sequence(guest, private, risen=True),
        dtstamp=_dtstamp(guest, private, now),
        partstat=guest.partstat,
        asks=False,
        facts=facts_for_guests(private),
        before=told.facts,
        changed=_changed(guest, private, told.facts),
    )


def _sequence(guest: Guest, private: PrivateSession, *, risen: bool) -> int:
    """Return SEQUENCE: the schedule's, but never below what the guest holds.

    Args:
        guest: To whom it is told.
        private: The session.
        risen: Whether it has to be higher than what the guest holds (RFC 5546 2.1.4).
            Often the schedule's own number has risen then, but a guest who signed off
            and was invited again is ahead of it.
    """
    number = private.session.revision.schedule_sequence
    if guest.told is None:
        return number
    return max(number, guest.told.sequence + 1 if risen else guest.told.sequence)


def _dtstamp(guest: Guest, private: PrivateSession, now: datetime) -> datetime:
    """Return DTSTAMP: now, but later than what the guest holds, even if the clock is not.

    And never earlier than that of the public file: with the same SEQUENCE and a later
    DTSTAMP the file would take the place of an accepted invitation (SEMANTICS 6).
    """
    stamps = [now.astimezone(UTC).replace(microsecond=0), private.session.revision.revised_at]
    if guest.told is not None:
        stamps.append(guest.told.at + timedelta(seconds=1))
    return max(stamps)


def _changed(guest: Guest, private: PrivateSession, before: Facts) -> tuple[str, ...]:
    """Return the names of the facts that differ from ``before`` in the guest's language."""
    language = guest.language or private.series.language
    old, new = _read(before, language), _read(facts_for_guests(private), language)
    return tuple(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))


def _read(fact: Any, language: str) -> Any:
    """Return ``fact`` as somebody who reads ``language`` finds it.

    A word that is corrected in another language is no news for them.
    """
    if isinstance(fact, list):
        return [_read(one, language) for one in fact]
    if not isinstance(fact, Mapping):
        return fact
    return {
        name: Text(tuple(part.items())).in_language(language)
        if name in _TEXTS
        else _read(part, language)
        for name, part in fact.items()
    }
