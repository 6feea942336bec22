"""An edition: the schedule as it is public at one moment, with a revision for every session.

It never changes. All that is rendered is a pure function of it, so the same edition
gives the same bytes on every worker and every machine.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from itertools import count
from operator import attrgetter

from impulscal.history.revisions import ChangeKind, History, Revision
from impulscal.schedule.lifecycle import Public, next_turn, public
from impulscal.schedule.model import Schedule, Series, Status, slug

__all__ = ["Edition", "PublishedSession", "make_edition", "sharing"]

_NUMBERS = attrgetter(*(field.name for field in fields(Revision) if field.name != "facts"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSession:
    """A session as the public may see it, with its revision."""

    public: Public
    revision: Revision

    @property
    def id(self) -> str:
        """The session's id."""
        return self.public.id

    @property
    def cancelled(self) -> bool:
        """Whether it is cancelled."""
        return self.public.status is Status.CANCELLED

    @property
    def tentative(self) -> bool:
        """Whether it may still change."""
        return self.public.status is Status.TENTATIVE

    def same_as(self, other: "PublishedSession") -> bool:
        """Tell whether both tell the same, in every language and file.

        Not by ``==``: datetimes of one zone are equal to it by what the clock shows, in the
        night that shows an hour twice too; and the facts are told by their fingerprint.
        """
        mine, others = self.public, other.public
        return self is other or (
            _NUMBERS(self.revision) == _NUMBERS(other.revision)
            and mine == others
            and mine.start.fold == others.start.fold
            and mine.end.fold == others.end.fold
        )

    def topic_slug(self, series: Series) -> str | None:
        """Return the topic as the feed option names it: from the series' own language."""
        if self.public.topic is None:
            return None
        return slug(self.public.topic.in_language(series.language))


@dataclass(frozen=True, kw_only=True)
class Edition:
    """One published state of a series.

    Attributes:
        digest: SHA-256 of the file text it was made from, hexadecimal; not public.
        moment: The moment it shows.
        sessions: Ordered by start, then id; withdrawn and removed ones are gone.
        modified_at: UTC; the last change that subscribers can see, removals included.
        next_turn: When another edition is due even if the file stays as it is.
        topics: Slug and name of every topic ever published (names in the series'
            language); a subscribed address with one of them stays good.
        unlisted: Slugs of topics that left with a withdrawn session: still good, but
            named nowhere.
        made: Rises from edition to edition in this process; the clock may not.
    """

    series: Series
    digest: str
    moment: datetime
    sessions: tuple[PublishedSession, ...]
    modified_at: datetime
    next_turn: datetime | None
    topics: Mapping[str, str]
    unlisted: frozenset[str] = frozenset()
    made: int = field(default_factory=count().__next__, compare=False, repr=False)

    @cached_property
    def listed_topics(self) -> Mapping[str, str]:
        """The topics that may be named."""
        return {slug: name for slug, name in self.topics.items() if slug not in self.unlisted}

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of what was told, hexadecimal.

        Public, unlike ``digest``: from that of the whole file somebody who knows the
        rest could find out a short join link by trying.
        """
        told = sorted(
            f"{session.id} {session.revision.sequence} {session.revision.fingerprint}"
            for session in self.sessions
        )
        text = "\n".join([self.series.id, self.modified_at.isoformat(), *told])
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def by_id(self) -> Mapping[str, PublishedSession]:
        """The sessions by id."""
        return {session.id: session for session in self.sessions}


def make_edition(
    schedule: Schedule,
    history: History,
    *,
    digest: str,
    moment: datetime,
    topics: Mapping[str, str],
) -> Edition:
    """Join ``schedule`` with its revisions.

    A session is shown as far as its revision told it: an announcement that is not yet
    written down is not yet public.
    """
    sessions = []
    for session in schedule.sessions:
        revision = history.revisions.get(session.id)
        if revision is None or not revision.present:
            continue
        told = public(schedule.series, session, announced=revision.announced)
        sessions.append(PublishedSession(public=told, revision=revision))
    sessions.sort(key=lambda published: (published.public.start, published.id))
    unlisted = frozenset(_topics_of_withdrawn(schedule.series, history)) - {
        published.topic_slug(schedule.series) for published in sessions
    }
    return Edition(
        series=schedule.series,
        digest=digest,
        moment=moment,
        sessions=tuple(sessions),
        modified_at=history.modified_at or history.founded_at or moment,
        next_turn=next_turn(schedule, moment),
        topics=dict(topics),
        unlisted=unlisted,
    )


def sharing(before: Edition, edition: Edition) -> Edition:
    """Return ``edition`` with those sessions of ``before`` that tell the same.

    So both together take little more room than one, and whoever has made something from a
    session finds at once that it still holds.
    """
    known = before.by_id
    sessions = (
        known[session.id] if session.id in known and known[session.id].same_as(session) else session
        for session in edition.sessions
    )
    return replace(edition, sessions=tuple(sessions))


def _topics_of_withdrawn(series: Series, history: History) -> Iterator[str]:
    for revision in history.revisions.values():
        names = revision.facts.get("topic")
        if names and ChangeKind.WITHDRAWN in revision.kinds:
            yield slug(names.get(series.language) or next(iter(names.values())))
