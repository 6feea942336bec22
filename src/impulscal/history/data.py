"""The history as data: what ``/{series}.json`` publishes, and how it is taken back in.

Only what was public stands there. The latest revision of a session carries all its
facts; earlier ones only those that a list of changes names.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from impulscal.history.revisions import ChangeKind, Revision
from impulscal.history.transaction import Transaction

__all__ = ["merge", "public_log", "revision_to_json"]

# Facts that a list of changes names.
_EARLIER = ("start", "end", "title", "status", "note", "announced", "details_on")


def public_log(log: Iterable[Revision]) -> tuple[Revision, ...]:
    """Return the revisions of ``log`` that the public may see, in the same order.

    A withdrawn session was a mistake: it leaves with its own log.
    """
    entries = tuple(log)
    latest = {entry.session: entry for entry in entries}
    return tuple(
        entry if latest[entry.session] is entry else _shortened(entry)
        for entry in entries
        if ChangeKind.WITHDRAWN not in latest[entry.session].kinds
    )


def _shortened(revision: Revision) -> Revision:
    facts = {name: revision.facts[name] for name in _EARLIER if name in revision.facts}
    return replace(revision, facts=facts)


def revision_to_json(revision: Revision) -> dict[str, Any]:
    """Return ``revision`` as a JSON value."""
    previous = revision.previous_start
    return {
        "session": revision.session,
        "ordinal": revision.ordinal,
        "sequence": revision.sequence,
        "schedule_sequence": revision.schedule_sequence,
        "revised_at": _instant(revision.revised_at),
        "created_at": _instant(revision.created_at),
        "present": revision.present,
        "announced": revision.announced,
        "announce": revision.announce,
        "first_start": revision.first_start.as_json(),
        "previous_start": None if previous is None else previous.as_json(),
        "reinstated": revision.reinstated,
        "kinds": [str(kind) for kind in revision.kinds],
        "changed": list(revision.changed),
        "facts": dict(revision.facts),
    }


def merge(transaction: Transaction, series: str, found: Iterable[Revision]) -> tuple[Revision, ...]:
    """Add to the history of ``series`` what it lacks of ``found``; return what was added.

    By maximum: no SEQUENCE is lowered. A session that both know at the same SEQUENCE
    with other facts takes those that were published, so that the next publication
    raises it. ``schedule_sequence`` becomes ``sequence``: it may be too high, never
    too low (SEMANTICS 5).
    """
    history = transaction.history(series)
    log: dict[str, list[Revision]] = {}
    for revision in found:
        log.setdefault(revision.session, []).append(revision)
    added: list[Revision] = []
    for session, revisions in log.items():
        revisions[-1] = replace(revisions[-1], schedule_sequence=revisions[-1].sequence)
        added += _missing(history.revisions.get(session), revisions)
    added.sort(key=lambda revision: (revision.revised_at, revision.session, revision.ordinal))
    transaction.add_revisions(series, added)
    return tuple(added)


def _missing(known: Revision | None, found: list[Revision]) -> list[Revision]:
    if known is None:
        return [replace(revision, ordinal=n) for n, revision in enumerate(found)]
    latest = found[-1]
    older = latest.sequence < known.sequence
    same = latest.sequence == known.sequence and latest.fingerprint == known.fingerprint
    if older or same:
        return []
    return [
        replace(
            latest,
            ordinal=known.ordinal + 1,
            revised_at=max(latest.revised_at, known.revised_at),
            created_at=min(latest.created_at, known.created_at),
            kinds=(ChangeKind.RESTORED,),
            changed=(),
        )
    ]


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
