"""Guests and what is sent to them, as plain frozen values.

A *guest* is a person invited to one session; ATTENDEE is the property that names them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from impulscal.edition import Edition, PublishedSession
from impulscal.history.facts import Facts
from impulscal.schedule.model import Series

__all__ = [
    "Guest",
    "Kind",
    "Letter",
    "Listed",
    "Method",
    "OutboxMessage",
    "Partstat",
    "PrivateSession",
    "Sender",
    "State",
    "Step",
    "Told",
]


class Method(StrEnum):
    """METHOD of an iTIP message (RFC 5546 1.4), as far as an organizer sends them."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Partstat(StrEnum):
    """What a guest answered (RFC 5545 3.2.12)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"


class Kind(StrEnum):
    """What a message tells its guest, or that it is a sign-in link for staff."""

    INVITATION = "invitation"
    MOVED = "moved"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    SIGNED_OFF = "signed-off"
    REINSTATED = "reinstated"
    SIGN_IN = "sign-in"


class State(StrEnum):
    """Where a message of the outbox stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateSession:
    """A published session with its participation link: what guests are invited to.

    Only this room and those above it know the link; nothing public is made from it.
    """

    edition: Edition
    session: PublishedSession
    join_url: str | None

    @property
    def series(self) -> Series:
        """The series of the session."""
        return self.edition.series


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a guest holds, and the highest numbers that were sent to them.

    Attributes:
        method: Of the last message that was not given up: what the guest's calendar holds,
            if it arrived. None where all were given up.
        sequence: The highest SEQUENCE that was ever sent.
        at: The latest DTSTAMP that was ever sent, UTC, whole seconds.
        facts: What that last message told (``due.facts_for_guests``); empty without one.
    """

    method: Method | None
    sequence: int
    at: datetime
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A person invited to one session.

    Attributes:
        id: Of the database's row; 0 where it has none.
        handle: Unguessable; names the guest in sign-off links.
        series, session: Ids.
        address: E-mail address as it was written.
        name: As it was written; may be empty.
        language: ``de`` or ``en``; None for that of the series.
        signed_off_at: When the guest said that they do not come.
        told: None before the first message was queued, unless somebody with the same
            address may have been told something before.
        partstat: The answer to the date told last.
        answered_at: When that answer was given.
    """

    id: int
    handle: str
    series: str
    session: str
    address: str
    name: str
    added_at: datetime
    language: str | None = None
    signed_off_at: datetime | None = None
    told: Told | None = None
    partstat: Partstat = Partstat.NEEDS_ACTION
    answered_at: datetime | None = None

    @property
    def reached(self) -> bool:
        """Whether they were told anything, as far as is known."""
        return self.told is not None and self.told.method is not None

    @property
    def invited(self) -> bool:
        """Whether the guest holds an invitation that was not taken back."""
        return self.told is not None and self.told.method is Method.REQUEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends: From of the mail and ORGANIZER of the invitation, which have to agree.

    Attributes:
        reply_to: Where answers of people go if not to ``address``.
    """

    name: str
    address: str
    reply_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The next message that a guest is due.

    Attributes:
        sequence: SEQUENCE; never below an earlier one of this guest.
        dtstamp: DTSTAMP, UTC, whole seconds; later than any earlier one of this guest.
        partstat: PARTSTAT; the known answer where nobody is asked again.
        asks: RSVP; whether the guest is asked (again).
        facts: What the guest knows after it.
        before: What the guest was told last, or None.
        changed: Names of the facts that differ from ``before``.
    """

    kind: Kind
    method: Method
    sequence: int
    dtstamp: datetime
    partstat: Partstat
    asks: bool
    facts: Facts
    before: Facts | None = None
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One person of a guest list, as it was read.

    Attributes:
        address: A good one, as it was written.
        name: May be empty.
        language: ``de``, ``en``, or None for that of the series.
    """

    address: str
    name: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message to one person, ready for the outbox.

    Attributes:
        guest: Id of the guest's row; None for a sign-in link.
        recipient: Address in ASCII.
        message_id: With its angle brackets.
        data: The whole message (RFC 5322).
        method, facts: What the guest holds after it.
    """

    guest: int | None
    kind: Kind
    recipient: str
    message_id: str
    data: bytes
    method: Method | None = None
    facts: Facts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """A message of the outbox.

    Attributes:
        guest: Id of the guest's row; None for a sign-in link.
        data: The whole message (RFC 5322); None once it is sent.
        due_at: When it may be tried; while it is being sent, when its sender counts as
            dead.
        reply: The server's words.
    """

    id: int
    guest: int | None
    kind: Kind
    recipient: str
    message_id: str
    data: bytes | None
    state: State
    queued_at: datetime
    attempts: int = 0
    attempted_at: datetime | None = None
    due_at: datetime
    sent_at: datetime | None = None
    reply: str | None = None
