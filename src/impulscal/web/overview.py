"""What the page of a series puts first: what changed, what comes next, what is over."""

import itertools
from dataclasses import dataclass

from impulscal.edition import Edition, PublishedSession
from impulscal.schedule.lifecycle import State, state

__all__ = ["Overview", "Year", "overview"]

# Above these the list is grouped by year, and the years can be closed.
_GROUPED = 12
_FOLDED = 60

_MOST_NOTICES = 2


@dataclass(frozen=True, slots=True)
class Year:
    """The sessions of one year, in the order of the list; ``number`` 0 for all years."""

    number: int
    sessions: tuple[PublishedSession, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The sessions of a series, sorted for its page.

    Attributes:
        next: The session that runs or comes next; what is cancelled does not count.
        live: Whether it runs.
        changed: Coming sessions that are cancelled or moved, the newest change first.
        more_changed: Whether there are more of them than ``changed`` holds.
        coming: What is not over, in the order of the dates.
        past: What is over, the newest first.
        folded: Whether years are to be closed.
    """

    next: PublishedSession | None
    live: bool
    changed: tuple[PublishedSession, ...]
    more_changed: bool
    coming: tuple[Year, ...]
    past: tuple[Year, ...]
    folded: bool

    @property
    def over(self) -> bool:
        """Whether there were sessions and none is left."""
        return not self.coming and bool(self.past)

    @property
    def with_materials(self) -> tuple[PublishedSession, ...]:
        """The sessions that there is something to see of."""
        return tuple(s for year in self.past for s in year.sessions if s.public.materials)


def overview(edition: Edition) -> Overview:
    """Sort the sessions of ``edition`` as its moment has it."""
    now = edition.moment
    past = [session for session in edition.sessions if session.public.end <= now]
    coming = [session for session in edition.sessions if session.public.end > now]
    firm = [session for session in coming if not session.cancelled]
    changed = sorted(
        (session for session in coming if session.cancelled or session.revision.moved),
        key=lambda session: session.revision.revised_at,
        reverse=True,
    )
    grouped = len(edition.sessions) > _GROUPED
    return Overview(
        next=firm[0] if firm else None,
        live=bool(firm) and state(firm[0].public, now) is State.RUNNING,
        changed=tuple(changed[:_MOST_NOTICES]),
        more_changed=len(changed) > _MOST_NOTICES,
        coming=_years(coming, grouped=grouped),
        past=_years(past[::-1], grouped=grouped),
        folded=len(edition.sessions) > _FOLDED,
    )


def _years(sessions: list[PublishedSession], *, grouped: bool) -> tuple[Year, ...]:
    if not grouped:
        return (Year(0, tuple(sessions)),) if sessions else ()
    years = itertools.groupby(sessions, key=lambda session: session.public.start.year)
    return tuple(Year(number, tuple(group)) for number, group in years)
