"""Revisions: what subscribers were told, and what becomes of it when the schedule changes.

Pure: ``revise`` compares a history with a schedule and returns changes; the database
writes them. Nothing here reads a clock.

The numbers follow RFC 5545 3.8.7.4 and RFC 5546 2.1.4; Google and others go by
SEQUENCE, DTSTAMP and LAST-MODIFIED together, so one revision moves all three.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from impulscal.history.facts import Facts, Moment, facts_of, fingerprint
from impulscal.schedule.lifecycle import Public, is_announced, public
from impulscal.schedule.model import Schedule, Session, Status

__all__ = [
    "Change",
    "ChangeKind",
    "History",
    "Revision",
    "revise",
]

_SECOND = timedelta(seconds=1)


class ChangeKind(StrEnum):
    """What happened to a session."""

    ADDED = "added"
    ANNOUNCED = "announced"
    UNANNOUNCED = "unannounced"
    MOVED = "moved"
    ZONE = "zone"
    CANCELLED = "cancelled"
    REINSTATED = "reinstated"
    TEXT = "text"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    RETURNED = "returned"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One published state of a session.

    Attributes:
        ordinal: Place in the session's own log: 0, 1, 2, …
        sequence: SEQUENCE of the feed: raised by one by every visible change.
        schedule_sequence: ``sequence`` at the last change of start, end, cancellation
            or reinstatement: SEQUENCE of the single file and of invitations, so that a
            corrected word does not make guests answer again.
        revised_at: UTC, whole seconds; DTSTAMP and LAST-MODIFIED.
        created_at: ``revised_at`` of the first revision; CREATED.
        present: False once the session has left everything public.
        announced: Whether all was told.
        announce: What the file said of the announcement when this was told.
        first_start: The first start ever told.
        previous_start: The start told before the last move, if it ever moved.
        reinstated: Whether the last schedule change took a cancellation back.
        kinds: What happened in this revision.
        changed: Names of the facts that differ from the revision before.
    """

    session: str
    ordinal: int
    sequence: int
    schedule_sequence: int
    revised_at: datetime
    created_at: datetime
    present: bool
    announced: bool
    announce: str
    first_start: Moment
    previous_start: Moment | None
    reinstated: bool
    kinds: tuple[ChangeKind, ...]
    changed: tuple[str, ...]
    facts: Facts
    fingerprint: str

    @property
    def start(self) -> Moment:
        """The start that was told."""
        return Moment(**self.facts["start"])

    @property
    def end(self) -> Moment:
        """The end that was told."""
        return Moment(**self.facts["end"])

    @property
    def cancelled(self) -> bool:
        """Whether the session was told to be cancelled."""
        return bool(self.facts["status"] == Status.CANCELLED)

    @property
    def moved(self) -> bool:
        """Whether the start differs from the first one told."""
        return not self.start.same_date(self.first_start)

    @property
    def moved_back(self) -> bool:
        """Whether the session moved and has come back to its first start."""
        return self.previous_start is not None and not self.moved

    @property
    def held(self) -> bool:
        """Whether the session is one that takes place; past its end it has been held."""
        return bool(self.facts["status"] == Status.CONFIRMED)

    def over(self, now: datetime) -> bool:
        """Tell whether the told end has passed at ``now``."""
        return self.end.instant <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of one series: the latest revision of every session ever published.

    Attributes:
        founded_at: When the series was first published; None before.
        modified_at: The last stamp given in this series, removals included; None
            before the first revision.
    """

    domain: str | None = None
    founded_at: datetime | None = None
    revisions: Mapping[str, Revision] = field(default_factory=dict)
    modified_at: datetime | None = None

    def after(self, changes: Iterable["Change"]) -> "History":
        """Return the history with ``changes`` written."""
        revisions = dict(self.revisions)
        modified_at = self.modified_at
        for change in changes:
            revisions[change.after.session] = change.after
            if modified_at is None or change.after.revised_at > modified_at:
                modified_at = change.after.revised_at
        return replace(self, revisions=revisions, modified_at=modified_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One session's step from one revision to the next."""

    before: Revision | None
    after: Revision


def revise(history: History, schedule: Schedule, *, now: datetime) -> tuple[Change, ...]:
    """Compare ``schedule`` with ``history`` and return what changes for subscribers.

    Stamps: an edit is stamped ``now``; the announcement of a session already told is
    stamped with its turning point, however late it is noticed. Each stamp is at least
    one second after the series' last, so that two revisions never share one (ICSx5
    compares by whole seconds).

    Args:
        history: The series' history; what was announced in it stays announced, unless
            the file itself says otherwise.
        schedule: The schedule to publish. It has passed the checks against the
            history (``publication``): what is gone from it may go.
        now: The moment of publication.
    """
    drafts = [
        *_drafts_of_schedule(history, schedule, now),
        *_drafts_of_departures(history, schedule, now),
    ]
    drafts.sort(key=lambda draft: draft[0])
    changes = []
    last_instant: datetime | None = None
    stamp = history.modified_at or history.founded_at
    for instant, change in drafts:
        if instant != last_instant or stamp is None:
            whole = instant.astimezone(UTC).replace(microsecond=0)
            stamp = whole if stamp is None else max(whole, stamp + _SECOND)
            last_instant = instant
        changes.append(_stamped(change, stamp))
    return tuple(changes)


def _stamped(change: Change, stamp: datetime) -> Change:
    created = stamp if change.before is None else change.before.created_at
    return replace(change, after=replace(change.after, revised_at=stamp, created_at=created))


def _drafts_of_schedule(
    history: History, schedule: Schedule, now: datetime
) -> Iterable[tuple[datetime, Change]]:
    for session in schedule.sessions:
        if session.id in schedule.withdrawn:
            continue
        before = history.revisions.get(session.id)
        told = public(schedule.series, session, announced=_stays_announced(session, before, now))
        facts = facts_of(schedule.series, told)
        if before is not None and before.present and _same(before, facts, now):
            continue
        after = _next(before, session, told, facts)
        yield _instant(before, after, session, now), Change(before=before, after=after)


def _instant(before: Revision | None, after: Revision, session: Session, now: datetime) -> datetime:
    turned = (
        before is not None
        and after.kinds == (ChangeKind.ANNOUNCED,)
        and before.announce == after.announce
        and session.announce.at is not None
    )
    return min(now, session.announce.at) if turned and session.announce.at else now


def _drafts_of_departures(
    history: History, schedule: Schedule, now: datetime
) -> Iterable[tuple[datetime, Change]]:
    there = {session.id for session in schedule.sessions} - schedule.withdrawn
    for before in history.revisions.values():
        withdrawn = before.session in schedule.withdrawn
        # What is ahead and merely missing never leaves by itself; ``continuity`` refuses it.
        # What left when it was over can still be withdrawn: then its log leaves too.
        erased = withdrawn and ChangeKind.WITHDRAWN not in before.kinds
        if before.session not in there and (erased or (before.present and before.over(now))):
            kind = ChangeKind.WITHDRAWN if withdrawn else ChangeKind.REMOVED
            after = replace(
                before, ordinal=before.ordinal + 1, present=False, kinds=(kind,), changed=()
            )
            yield now, Change(before=before, after=after)


def _stays_announced(session: Session, before: Revision | None, now: datetime) -> bool:
    if is_announced(session, now):
        return True
    return before is not None and before.announced and before.announce == session.announce.written


def _same(before: Revision, facts: Facts, now: datetime) -> bool:
    if before.fingerprint == fingerprint(facts):
        return True
    # New zone data may correct the past; nobody is helped by a revision of it.
    return before.over(now) and _without_instants(before.facts) == _without_instants(facts)


def _without_instants(facts: Facts) -> dict[str, Any]:
    plain = dict(facts)
    for name in ("start", "end"):
        plain[name] = {key: value for key, value in plain[name].items() if key != "utc"}
    return plain


def _next(before: Revision | None, session: Session, told: Public, facts: Facts) -> Revision:
    start = Moment.of(told.start)
    epoch = datetime.fromtimestamp(0, UTC)  # ``revise`` puts the stamp in its place
    if before is None:
        return Revision(
            session=session.id,
            ordinal=0,
            sequence=0,
            schedule_sequence=0,
            revised_at=epoch,
            created_at=epoch,
            present=True,
            announced=told.announced,
            announce=session.announce.written,
            first_start=start,
            previous_start=None,
            reinstated=False,
            kinds=(ChangeKind.ADDED,),
            changed=(),
            facts=facts,
            fingerprint=fingerprint(facts),
        )
    sequence = before.sequence + 1
    kinds = _kinds(before, facts, announced=told.announced)
    rescheduled = not {
        ChangeKind.MOVED,
        ChangeKind.ZONE,
        ChangeKind.CANCELLED,
        ChangeKind.REINSTATED,
        ChangeKind.RETURNED,
    }.isdisjoint(kinds)
    reinstated = ChangeKind.REINSTATED in kinds if rescheduled else before.reinstated
    return Revision(
        session=session.id,
        ordinal=before.ordinal + 1,
        sequence=sequence,
        schedule_sequence=sequence if rescheduled else before.schedule_sequence,
        revised_at=epoch,
        created_at=before.created_at,
        present=True,
        announced=told.announced,
        announce=session.announce.written,
        first_start=before.first_start,
        previous_start=(before.previous_start if start.same_date(before.start) else before.start),
        reinstated=reinstated,
        kinds=kinds,
        changed=_changed(before.facts, facts),
        facts=facts,
        fingerprint=fingerprint(facts),
    )


def _changed(before: Facts, after: Facts) -> tuple[str, ...]:
    names = {*before, *after}
    return tuple(sorted(name for name in names if before.get(name) != after.get(name)))


def _kinds(before: Revision, facts: Facts, *, announced: bool) -> tuple[ChangeKind, ...]:
    kinds = []
    if not before.present:
        kinds.append(ChangeKind.RETURNED)
    start, end = Moment(**facts["start"]), Moment(**facts["end"])
    if not (start.same_date(before.start) and end.same_date(before.end)):
        kinds.append(ChangeKind.MOVED)
    elif (start, end) != (before.start, before.end):
        kinds.append(ChangeKind.ZONE)
    cancelled = facts["status"] == Status.CANCELLED
    if cancelled != before.cancelled:
        kinds.append(ChangeKind.CANCELLED if cancelled else ChangeKind.REINSTATED)
    if announced != before.announced:
        kinds.append(ChangeKind.ANNOUNCED if announced else ChangeKind.UNANNOUNCED)
    elif _reads_differently(before, facts, toggled=cancelled != before.cancelled):
        kinds.append(ChangeKind.TEXT)
    return tuple(kinds) or (ChangeKind.TEXT,)


def _reads_differently(before: Revision, facts: Facts, *, toggled: bool) -> bool:
    """Tell whether a fact changed that no other kind speaks for."""
    spoken_for = {"start", "end"}
    if toggled:
        spoken_for |= {"status", "registration", "details_on"}
    return not spoken_for.issuperset(_changed(before.facts, facts))
