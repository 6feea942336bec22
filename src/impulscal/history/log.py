"""The log as the public may read it, and what of it is news.

What is gone from everything public is gone from here too: a log that remembered it
would publish for ever what somebody has taken out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from impulscal.history.data import public_log
from impulscal.history.revisions import Change, ChangeKind, Revision

__all__ = ["News", "news", "told"]

# What the public knows of a session that is not announced (INTERFACE section 1).
_ALWAYS_PUBLIC = frozenset(
    {"announced", "details_on", "end", "note", "organizer", "series", "start", "status", "title"}
)

# A session that is over and gone is missed by nobody; what is restored was told before.
_NO_NEWS = frozenset({ChangeKind.REMOVED, ChangeKind.RESTORED, ChangeKind.WITHDRAWN})


# Of these people want to know which sessions they befell, not each alone: a new season or
# another title of the series would read as thirty pieces of news.
_TOGETHER = frozenset(
    {ChangeKind.ADDED, ChangeKind.ANNOUNCED, ChangeKind.UNANNOUNCED, ChangeKind.TEXT}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that a publication changed, of one session or of several alike.

    Attributes:
        key: Tells it from all other news of the series, for ever.
        stamp: When, UTC.
        changes: In the order of the log.
        opening: Whether these are the sessions that the series began with.
    """

    key: str
    stamp: datetime
    changes: tuple[Change, ...]
    opening: bool = False

    @property
    def kinds(self) -> tuple[ChangeKind, ...]:
        """What happened; the same for all of ``changes``."""
        return self.changes[0].after.kinds


def told(log: Iterable[Revision], *, until: datetime) -> tuple[Revision, ...]:
    """Return the revisions up to the stamp ``until`` as far as they are public, oldest first.

    Gone is a session that is withdrawn, and of one that came back the time before; the
    names of the facts that were told of a session whose announcement was taken back; and
    a note that the session does not have any more: it may name an illness. Titles are
    those of now.
    """
    entries = [entry for entry in log if entry.revised_at <= until]
    withdrawn_at = {
        entry.session: entry.ordinal for entry in entries if ChangeKind.WITHDRAWN in entry.kinds
    }
    kept = public_log(
        entry for entry in entries if entry.ordinal > withdrawn_at.get(entry.session, -1)
    )
    latest = {entry.session: entry for entry in kept}
    return tuple(_as_public(entry, latest[entry.session]) for entry in kept)


def _as_public(entry: Revision, latest: Revision) -> Revision:
    facts = {**entry.facts, "title": latest.facts["title"]}
    if facts.get("note") != latest.facts.get("note"):
        facts.pop("note", None)
    if latest.announced:
        return replace(entry, facts=facts)
    changed = tuple(name for name in entry.changed if name in _ALWAYS_PUBLIC)
    return replace(entry, facts=facts, changed=changed)


def news(log: Sequence[Revision], *, opened_at: datetime | None) -> tuple[News, ...]:
    """Return what the public ``log`` tells that people want to know, newest first.

    Args:
        log: As ``told`` returns it.
        opened_at: The stamp of the first publication with sessions.
    """
    before: dict[str, Revision] = {}
    found: dict[str, list[Change]] = {}
    for entry in log:
        if not _NO_NEWS.issuperset(entry.kinds):
            change = Change(before=before.get(entry.session), after=entry)
            found.setdefault(_key(entry), []).append(change)
        before[entry.session] = entry
    told_of = [
        News(
            key=key,
            stamp=changes[0].after.revised_at,
            changes=tuple(changes),
            opening=changes[0].after.kinds == (ChangeKind.ADDED,)
            and changes[0].after.revised_at == opened_at,
        )
        for key, changes in found.items()
    ]
    return tuple(sorted(told_of, key=lambda one: one.stamp, reverse=True))


def _key(entry: Revision) -> str:
    """Return the key of the news that ``entry`` belongs to.

    No two revisions of a session that are news have one SEQUENCE; unlike the ordinal it
    also outlives a restored history.
    """
    if len(entry.kinds) > 1 or entry.kinds[0] not in _TOGETHER:
        return f"{entry.session}/{entry.sequence}"
    names = entry.changed if entry.kinds == (ChangeKind.TEXT,) else ()
    return "/".join((entry.kinds[0], f"{entry.revised_at:%Y-%m-%dT%H:%M:%SZ}", *names))
